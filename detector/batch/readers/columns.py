"""Which column is the text, which the title, which the id: by name, or as the user says.

The names are those of real exports: job boards, crawls of social media, and people's own sheets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detector.batch.readers.errors import ColumnMissing
from detector.batch.readers.options import Options

TEXT_NAMES = (
    "text",
    "teks",
    "description",
    "deskripsi",
    "body",
    "caption",
    "content",
    "isi",
    "message",
    "pesan",
    "post",
    "job_description",
    "lowongan",
)
TITLE_NAMES = ("title", "judul", "position", "posisi")
ID_NAMES = ("id", "row_id", "listing_id", "post_id", "url", "link")


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of columns: `text` in the order in which they are joined, `title` before them, `others` with names.

    A title that was found beside the text is among the others, too: it is what a person recognises a row by.
    """

    text: tuple[int, ...]
    title: int | None
    id: int | None
    others: tuple[tuple[int, str], ...]


def lay_out(source: str, names: Sequence[str], options: Options) -> Layout:
    """The layout of a table with these columns.

    Raises:
        ColumnMissing: a named column, or any column for the text, is not there.
    """
    check_names(source, names, options)
    layout = partial_layout(names, options)
    if layout is None:
        raise ColumnMissing(source, TEXT_NAMES, names)
    return layout


def check_names(source: str, names: Sequence[str], options: Options) -> None:
    """Look for the columns that a user named.

    Raises:
        ColumnMissing: one of them is not there.
    """
    for name in options.text_columns:
        if find(names, name) is None:
            raise ColumnMissing(source, (name,), names)
    if options.id_column and find(names, options.id_column) is None:
        raise ColumnMissing(source, (options.id_column,), names, "id")


def partial_layout(names: Sequence[str], options: Options) -> Layout | None:
    """The layout with those of the named columns that are there; none where that leaves no text."""
    title = None
    if options.text_columns:
        text = tuple(place for name in options.text_columns if (place := find(names, name)) is not None)
    else:
        first = _first(names, TEXT_NAMES)
        text = () if first is None else (first,)
        title = _first(names, TITLE_NAMES)
    if not text:
        return None
    id_place = find(names, options.id_column) if options.id_column else _first(names, ID_NAMES)
    id_place = None if id_place in text else id_place
    others = tuple((place, name) for place, name in enumerate(names) if place not in text and place != id_place)
    return Layout(text, title, id_place, others)


def find(names: Sequence[str], wanted: str) -> int | None:
    """The place of a column: by its exact name, else whatever the case and the separators."""
    if wanted in names:
        return names.index(wanted)
    return _first(names, (_plain(wanted),))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names of a header, each once: a second `a` is `a_2`, a column without a name is `column_3`."""
    taken: dict[str, int] = {}
    result: list[str] = []
    for place, given in enumerate(names, start=1):
        name = base = given.strip() or f"column_{place}"
        while name in taken:
            taken[base] += 1
            name = f"{base}_{taken[base]}"
        taken[name] = 1
        result.append(name)
    return tuple(result)


def join(parts: Iterable[str]) -> str:
    """The parts that say something, as paragraphs."""
    return "\n\n".join(part for part in parts if part.strip())


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The place of the first of the wanted names that is there."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(_plain(name), place)
    return next((places[name] for name in wanted if name in places), None)


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
