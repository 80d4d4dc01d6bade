"""The words of the pages, per language, read from `locale/LANGUAGE/*.yaml`, and how numbers are written in each."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

DIRECTORY = Path(__file__).parent / "locale"
LANGUAGES = ("id", "en")


class Catalog:
    """Looks up a string by its dotted key: `t("level.high.title")`."""

    def __init__(self, language: str, strings: Mapping[str, str]) -> None:
        self.language, self.strings = language, strings

    def __call__(self, key: str, **values: object) -> str:
        """The string of `key`, with `{name}` places filled. An unknown key is a KeyError."""
        text = self.strings[key]
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """The string of `key`, or `otherwise`: for names that come from the model and may be new."""
        return self.strings.get(key, otherwise)

    def number(self, value: float, digits: int = 2) -> str:
        """A number with this language's decimal mark and a true minus sign."""
        text = f"{value:,.{digits}f}".replace("-", "−")
        return text.translate({ord(","): ".", ord("."): ","}) if self.language == "id" else text

    def signed(self, value: float, digits: int = 2) -> str:
        """A number that always shows its sign."""
        return self.number(value, digits) if round(value, digits) < 0 else "+" + self.number(abs(value), digits)

    def percent(self, probability: float) -> str:
        """A probability as per cent; never exactly 0 or 100, which no model can know."""
        if probability > 0.999:
            return ">" + self.number(99.9, 1) + "%"
        if probability < 0.001:
            return "<" + self.number(0.1, 1) + "%"
        return self.number(probability * 100, 1) + "%"

    def times(self, log_odds: float) -> str:
        """What a contribution does to the odds, in words a person can hold on to: `3,7 × lebih kuat`."""
        factor = math.exp(min(abs(log_odds), 50.0))
        if factor < 1.05:
            return self("contribution.none")
        key = "contribution.stronger" if log_odds > 0 else "contribution.weaker"
        return self(key, factor=self.number(factor, 1 if factor < 100 else 0))


def flatten(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of a nested mapping under dotted keys."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def load_catalogs(directory: Path = DIRECTORY) -> dict[str, Catalog]:
    """Every catalog, by language code.

    Raises:
        ValueError: two files of a language hold the same key.
    """
    catalogs = {}
    for language in LANGUAGES:
        strings: dict[str, str] = {}
        for path in sorted((directory / language).glob("*.yaml")):  # one file a room; no key is in two
            found = dict(flatten(yaml.safe_load(path.read_text(encoding="utf-8"))))
            twice = strings.keys() & found.keys()
            if twice:
                raise ValueError(f"{path.name}: {sorted(twice)[0]!r} is said in another file too")
            strings |= found
        catalogs[language] = Catalog(language, strings)
    return catalogs
