"""Rows of the input cut into parts, by rules that depend on the input alone: the same rows give the same parts."""

from collections.abc import Iterable, Iterator

from detector.batch.engine import Part
from detector.batch.parts import table
from detector.batch.rows import Rejected, Row

PART_BYTES = 8_388_608  # a part is closed when it holds so many: few long texts weigh as much as many short ones


def cut(items: Iterable[Row | Rejected], rows: int, done: int, shard: tuple[int, int]) -> Iterator[Part]:
    """Parts of at most so many rows and rejects, without those up to number `done` and those of other shards."""
    for at, held in enumerate(_closed(items, rows)):
        if held[-1].number > done and at % shard[1] == shard[0] - 1:
            columns = list(dict.fromkeys(name for item in held if isinstance(item, Row) for name in item.columns))
            yield Part(table(held), held[-1].number, columns)


def _closed(items: Iterable[Row | Rejected], rows: int) -> Iterator[list[Row | Rejected]]:
    held: list[Row | Rejected] = []
    weight = 0
    for item in items:
        held.append(item)
        weight += _bytes(item)
        if len(held) == rows or weight >= PART_BYTES:
            yield held
            held, weight = [], 0
    if held:
        yield held


def _bytes(item: Row | Rejected) -> int:
    """What an item weighs, in bytes: its text and its other columns in UTF-8, or what it was rejected with."""
    if isinstance(item, Rejected):
        return len(item.raw)
    return sum(len(text) if text.isascii() else len(text.encode()) for text in (item.text, *item.columns.values()))
