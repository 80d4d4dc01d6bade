"""Load the knowledge files, validate every entry, and check that names which point at others exist."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from detector.assessment import TYPOLOGIES
from detector.errors import KnowledgeError
from detector.knowledge.schema import (
    Banks,
    Currency,
    Destination,
    IndicatorEntry,
    Knowledge,
    Law,
    LicenceList,
    Source,
    Typology,
)

DIRECTORY = Path(__file__).parent
# Read by `load_banks` alone. No answer of a model hangs on them, so that a change there asks for no new bundle.
_BESIDE_THE_MODEL = frozenset({"banks.yaml"})
EntryT = TypeVar("EntryT", bound=BaseModel)
try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # a build of PyYAML without libyaml: slower, same result
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]


def _read(path: Path) -> dict[str, object]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_YamlLoader)
    except yaml.YAMLError as error:
        raise KnowledgeError(path.name, "-", str(error).replace("\n", " ")) from error
    if not isinstance(data, dict):
        raise KnowledgeError(path.name, "-", "not a mapping")
    return data


def _entries(path: Path, data: dict[str, object], key: str, kind: type[EntryT]) -> tuple[EntryT, ...]:
    rows = data.get(key)
    if not isinstance(rows, list):
        raise KnowledgeError(path.name, key, "not a list")
    found = []
    for row in rows:
        name = str(row.get("id") or row.get("iso2") or row.get("code")) if isinstance(row, dict) else repr(row)
        found.append(_entry(path, name, row, kind))
    return tuple(found)


def _entry(path: Path, name: str, row: object, kind: type[EntryT]) -> EntryT:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise KnowledgeError(path.name, name, f"{where}: {first['msg']}") from error


def load(directory: Path = DIRECTORY) -> Knowledge:
    """Read and validate every knowledge file that the model's answers hang on.

    Raises:
        KnowledgeError: with the file, the entry and the reason.
    """
    digest = sha256()
    data: dict[str, dict[str, object]] = {}
    for path in sorted(directory.rglob("*.yaml")):
        name = path.relative_to(directory).as_posix()
        if name in _BESIDE_THE_MODEL:
            continue
        data[name] = _read(path)
        digest.update(name.encode() + b"\0" + path.read_bytes())

    def entries(name: str, key: str, kind: type[EntryT]) -> tuple[EntryT, ...]:
        if name not in data:
            raise KnowledgeError(name, "-", "the file is missing")
        return _entries(directory / name, data[name], key, kind)

    indicators: list[IndicatorEntry] = []
    for name in data:
        if name.startswith("indicators/"):
            indicators += entries(name, "indicators", IndicatorEntry)
    language = data.get("language.yaml", {})
    places = data.get("destinations.yaml", {})
    function_words = dict(data.get("function_words.yaml", {}).get("function_words") or {})  # type: ignore[call-overload]
    spelling: dict[str, str] = {}
    for canonical, spellings in dict(language.get("spelling") or {}).items():  # type: ignore[call-overload]
        for word in spellings:
            if spelling.setdefault(str(word), str(canonical)) != str(canonical):
                raise KnowledgeError("language.yaml", str(word), "two canonical forms")
    knowledge = Knowledge(
        as_of=str(language.get("as_of")),
        digest=digest.hexdigest(),
        macros={str(k): str(v) for k, v in dict(language.get("macros") or {}).items()},  # type: ignore[call-overload]
        spelling=spelling,
        indicators=tuple(indicators),
        destinations=entries("destinations.yaml", "destinations", Destination),
        currencies=entries("destinations.yaml", "currencies", Currency),
        minimum_wage_idr_month=float(places.get("minimum_wage_idr_month") or 0),  # type: ignore[arg-type]
        laws={law.code: law for law in entries("laws.yaml", "laws", Law)},
        typologies={t.id: t for t in entries("typologies.yaml", "typologies", Typology)},
        sources={s.id: s for s in entries("sources.yaml", "sources", Source)},
        licences=_entry(directory / "licences.yaml", "licences", data.get("licences.yaml"), LicenceList),
        words=frozenset(str(word) for word in list(language.get("words") or [])),  # type: ignore[call-overload]
        fact_names=tuple(str(name) for name in list(language.get("facts") or [])),  # type: ignore[call-overload]
        function_words={str(k): frozenset(str(w) for w in v) for k, v in function_words.items()},
    )
    _cross_check(knowledge)
    return knowledge


@lru_cache(maxsize=4)
def load_banks(directory: Path = DIRECTORY) -> Banks:
    """Read and validate the banks and e-wallets, which tie advertisements together and are no sign of anything.

    Raises:
        KnowledgeError: with the file, the entry and the reason.
    """
    path = directory / "banks.yaml"
    if not path.is_file():
        raise KnowledgeError(path.name, "-", "the file is missing")
    banks = _entry(path, "banks", _read(path), Banks)
    seen: set[str] = set()
    for provider in banks.providers:
        if provider.id in seen:
            raise KnowledgeError(path.name, provider.id, "the id is used twice")
        seen.add(provider.id)
    return banks


def _cross_check(knowledge: Knowledge) -> None:
    """Names that point at other entries must exist; ids must be unique."""
    seen: set[str] = set()
    ids = {entry.id for entry in knowledge.indicators}

    def refuse(entry: str, reason: str) -> None:
        raise KnowledgeError("indicators", entry, reason)

    for entry in knowledge.indicators:
        if entry.id in seen:
            refuse(entry.id, "the id is used twice")
        seen.add(entry.id)
        if not entry.patterns and not entry.derive:
            refuse(entry.id, "neither patterns nor derive: it can never be found")
        for source in entry.sources:
            if source not in knowledge.sources:
                refuse(entry.id, f"unknown source {source}")
        for code in entry.legal_basis:
            if code not in knowledge.laws:
                refuse(entry.id, f"unknown law {code}")
        for typology in entry.typologies:
            if typology not in TYPOLOGIES:
                refuse(entry.id, f"unknown typology {typology}")
        conditions = [*entry.derive, *([entry.requires] if entry.requires else [])]
        for condition in conditions:
            for atom in condition.atoms():
                sort, _, name = atom.partition(":")
                known = ids if sort == "indicator" else set(knowledge.fact_names) if sort == "fact" else set()
                if name not in known:
                    refuse(entry.id, f"unknown atom {atom}")
    if set(knowledge.typologies) != set(TYPOLOGIES):
        raise KnowledgeError("typologies.yaml", "-", "the eight typologies of assessment/1 are expected")
