"""The word lists of the extractors (`domains`, `papers`, `pay` and `places_context` .yaml), validated on load."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from detector.errors import KnowledgeError
from detector.knowledge.loader import DIRECTORY
from detector.knowledge.schema import AsOf

try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # a build of PyYAML without libyaml: slower, same result
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]

ModelT = TypeVar("ModelT", bound=BaseModel)
Words = frozenset[str]
Listed = tuple[str, ...]


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _File(_List):
    as_of: AsOf
    source: str


class Domains(_File):
    """Hosts by what they are, address endings, and the words that stand beside contacts."""

    tlds: Words
    tlds_with_path: Words
    abbreviations: Words
    official_suffixes: Words
    official_second_levels: Words
    education_suffixes: Words
    education_second_levels: Words
    shorteners: Words
    messengers: Words
    forms: Words
    social: Words
    free_hosts: Words
    free_mail: Words
    phone_words: Words
    account_words: Words
    number_stops: Words
    phone_link_hosts: Words
    telegram_link_hosts: Words
    telegram_pages: Words
    handle_services: dict[str, Listed]
    handle_contact_words: Words
    handle_not_names: Words


class PlacesContext(_File):
    """Where the name of a place is no destination."""

    blocked_after: Words
    people: Words
    people_pairs: Words
    streets: Words
    blocked_before: Words
    place_words: Words
    needs_place_word: Words
    needs_capital: Words
    codes: dict[str, str]
    joins: Words


class VagueSum(_List):
    """A sum named without a number, in rupiah."""

    phrases: Listed
    min: float
    max: float


class PayThresholds(_List):
    """When pay is called implausible (rupiah, factors) or its range wide."""

    above_range_factor: float
    hub_wage_idr_month: float
    home_minimum_wage_factor: float
    home_hourly_idr: float
    wide_range_factor: float


class PayWords(_File):
    """How sums are written, and the words that tell a wage from a fee."""

    thresholds: PayThresholds
    multipliers: dict[int, Listed]
    weak_multipliers: Words
    weak_minimum_idr: float
    number_words: dict[str, float]
    number_tens: Words
    number_hundreds: Words
    number_teens: Words
    whole_sums: dict[str, float]
    vague: tuple[VagueSum, ...]
    minimum_wage_words: Words
    ranges: Listed
    periods: dict[str, Listed]
    day_or_hour: Listed
    fillers: Listed
    wage_words: Words
    fee_words: Words
    wage_pairs: Words
    fee_pairs: Words
    count_units: Words
    other_currencies: dict[str, Listed]
    aliases: dict[str, Listed]
    suffix_only: Words
    doubtful: Words


class VisaWords(_List):
    """Phrases that name a visa, and the loose form "visa ... kind"."""

    phrases: dict[str, Listed]
    stems: Words
    kinds: dict[str, Listed]


class LicenceWords(_List):
    """A kind of licence and its spellings."""

    kind: str
    spellings: Listed


class CompanyWords(_List):
    """Legal forms, and the words at which a name ends."""

    prefixes: Words
    doubtful_prefixes: Words
    suffixes: Listed
    tails: Words
    not_after: Words
    stop_words: Words


class AgeWords(_List):
    """The words around an age limit."""

    cues: Words
    units: Words
    maxima: Words
    maxima_after_cue: Words
    minima: Words
    joins: Listed
    or_less: Listed
    or_more: Listed
    genders: Words
    not_after: Words


class LooksWords(_List):
    """Demands on looks, by canonical term, and the words before a height."""

    terms: dict[str, Listed]
    height_words: Words
    height_fillers: Words


class Papers(_File):
    """Visas, licences, companies, age and looks."""

    visas: VisaWords
    licences: tuple[LicenceWords, ...]
    number_words: Words
    companies: CompanyWords
    ages: AgeWords
    looks: LooksWords


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word lists of the extractors."""

    domains: Domains
    papers: Papers
    pay: PayWords
    places: PlacesContext


def _load(path: Path, model: type[ModelT]) -> ModelT:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_YamlLoader)  # _YamlLoader is a safe loader
        return model.model_validate(data)
    except OSError as error:
        raise KnowledgeError(path.name, "-", "the file is missing") from error
    except yaml.YAMLError as error:
        raise KnowledgeError(path.name, "-", str(error).replace("\n", " ")) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise KnowledgeError(path.name, ".".join(map(str, first["loc"])) or "-", first["msg"]) from error


@lru_cache(maxsize=4)
def load_lexicon(directory: Path = DIRECTORY) -> Lexicon:
    """Read and validate the word lists.

    Raises:
        KnowledgeError: with the file, the entry and the reason.
    """
    return Lexicon(
        domains=_load(directory / "domains.yaml", Domains),
        papers=_load(directory / "papers.yaml", Papers),
        pay=_load(directory / "pay.yaml", PayWords),
        places=_load(directory / "places_context.yaml", PlacesContext),
    )
