"""Contacts as people write them, and as addresses of this server carry them.

A kept contact is (type, value) in one spelling: ("phone", "+6281200000011"), ("link", "forms.gle/AbC"). People write
the same phone in a dozen ways, and a value may hold slashes, dots and tildes, which mean something in an address.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from detector.campaigns.contacts import contacts_of
from detector.entities import EntityExtractor

LONGEST = 300  # characters that are read
_TYPED = re.compile(r"([a-z_]{1,20}):(?!//)(\S.*)\Z", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9+@:_.\-]+")
_ESCAPED = re.compile(r"~([0-9A-F]{2})")
_TWINS = (".json", ".csv")
_OPENING = re.compile(r"(?:https?://)?(?:www\.)?@?", re.IGNORECASE)  # at most once, in front
_DIGITS_ALONE = re.compile(r"[\d\s().+\-–/]+\Z")
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a person wrote, as what it may be filed under.

    `exact` are (type, value); `values` are values of any type; `account` is the number of a bank account or wallet;
    `parts` are what a value may contain, in its case.
    """

    exact: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    account: str = ""
    parts: tuple[str, ...] = ()


def spelled(written: str, extractor: EntityExtractor) -> Spelling:
    """Read a contact in any spelling: `0812 0000 0011`, `wa.me/62812...`, `@nama`, `phone:+62812...`."""
    written = "".join(c for c in written[:LONGEST] if c.isprintable() and not "\ud800" <= c <= "\udfff").strip()
    if not written:
        return Spelling()
    typed = _TYPED.match(written)
    # Alone, a number without its zero or plus is no phone; after a word that announces one it is.
    found = [*contacts_of(written, extractor), *contacts_of(f"WA {written}", extractor)]
    exact = [(one.partition(":")[0], one.partition(":")[2]) for one in found]
    if typed:
        exact.append((typed[1], typed[2]))
    bare = _OPENING.sub("", typed[2] if typed else written, count=1).rstrip("/")
    digits = "".join(re.findall(r"\d", written))
    is_number = _DIGITS_ALONE.match(written) is not None and len(digits) >= _FEWEST_DIGITS
    return Spelling(
        exact=tuple(dict.fromkeys(exact)),
        values=tuple(dict.fromkeys((written, bare, bare.lower()))),
        account=digits if is_number else "",
        parts=(_without_code(digits),) if is_number else tuple(dict.fromkeys((bare.lower(), bare))),
    )


def path_of(type_: str, value: str) -> str:
    """The address of a contact's page. No escape of it is one of HTTP's, which servers on the way may undo."""
    return f"/contacts/{quote(type_, safe='')}/{escaped(value)}"


def escaped(value: str) -> str:
    """A value within a path: letters, digits and `+@:_.-` as they are, every other byte as `~2F`.

    The dot of a value that ends like a twin (`.json`) or is nothing but dots is escaped too.
    """
    written = "".join(
        piece if _PLAIN.fullmatch(piece) else "".join(f"~{byte:02X}" for byte in piece.encode("utf-8", "replace"))
        for piece in re.findall(r"[A-Za-z0-9+@:_.\-]+|[^A-Za-z0-9+@:_.\-]", value)
    )
    if not written.strip(".") or written.endswith(_TWINS):
        head, _, tail = written.rpartition(".")
        written = f"{head.replace('.', '~2E') if not head.strip('.') else head}~2E{tail}"
    return written


def unescaped(written: str) -> str:
    """The value of a path; what is no escape stands for itself, so that an address typed by hand works too."""
    raw = _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 128 else f"\udc00{m[1]}", written)
    if "\udc00" not in raw:
        return raw
    pieces = re.split("((?:\udc00[0-9A-F]{2})+)", raw)
    return "".join(
        bytes.fromhex(piece.replace("\udc00", "")).decode("utf-8", "replace") if at % 2 else piece
        for at, piece in enumerate(pieces)
    )


def _without_code(digits: str) -> str:
    """The digits that every spelling of a number ends with: without its zero or Indonesia's code."""
    return digits.removeprefix("0") if digits.startswith("0") else digits.removeprefix("62") or digits
