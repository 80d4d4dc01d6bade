"""Parquet that lies about its sizes: refused by what it states, whatever Arrow would do with it.

All files are read in one other process: Arrow is a native library, and where it dies no test in this one would say so.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from detector.batch.readers.parquet_footer import MAX_COLUMNS, MAX_DEPTH
from tests.detector.batch.hostile_parquet import (
    DELTA_BYTE_ARRAY,
    RLE_DICTIONARY,
    File,
    Page,
    element,
    footer,
    plain,
    same_index,
    sealed,
    varint,
    zigzag,
)
from tests.detector.batch.reader_files import parquet

AD = b"Dicari admin toko di Bekasi"
HUGE = 2_000_000_000
TWO = Page(plain(AD, AD), 2)
MANY = 1_000


def dictionary(*values: bytes) -> Page:
    return Page(plain(*values), len(values), is_dictionary=True)


def shown(count: int) -> Page:
    return Page(same_index(count), count, RLE_DICTIONARY)


def repeated(value: bytes, count: int) -> bytes:
    """DELTA_BYTE_ARRAY: a value, then under 128 that repeat it. Lengths of prefixes, of suffixes, then the bytes."""

    def lengths(first: int, others: int) -> bytes:
        step = others - first  # once; then they stay the same
        width = abs(step).bit_length()
        deltas = [abs(step) if step > 0 else 0] + [0 if step > 0 else -step] * 31
        packed = sum(delta << (place * width) for place, delta in enumerate(deltas)).to_bytes(4 * width, "little")
        rest = sum((0 if step > 0 else -step) << (place * width) for place in range(32)).to_bytes(4 * width, "little")
        head = varint(128) + varint(4) + varint(count) + zigzag(first)
        return head + zigzag(min(step, 0)) + bytes([width] * 4) + packed + rest * 3

    return lengths(0, len(value)) + lengths(len(value), 0) + value


HOSTILE: dict[str, tuple[bytes, list[str]]] = {
    "sound": (File([TWO], 2).written(), ["row", "row"]),
    "sound, a dictionary": (File([dictionary(AD), shown(3)], 3).written(), ["row"] * 3),
    "sound, prefixes": (File([Page(repeated(AD, 100), 100, DELTA_BYTE_ARRAY)], 100).written(), ["row"] * 100),
    "a page states more": (File([Page(plain(AD), 1, states_unpacked=900_000)], 1).written(), ["unreadable"]),
    "a page states absurdly much": (File([Page(plain(AD), 1, states_unpacked=HUGE)], 1).written(), ["bomb"]),
    "a dictionary states absurdly much": (
        File([Page(plain(AD), 1, is_dictionary=True, states_unpacked=HUGE), shown(1)], 1).written(),
        ["bomb"],
    ),
    "a page states less": (File([Page(plain(AD), 1, states_unpacked=5)], 1).written(), ["unreadable"]),
    "a page states a negative size": (File([Page(plain(AD), 1, states_unpacked=-5)], 1).written(), ["unreadable"]),
    "a page is longer than the file": (File([Page(plain(AD), 1, states_packed=HUGE)], 1).written(), ["unreadable"]),
    "unpacks to far more than the footer states": (File([Page(plain(b"x" * 90_000_000), 1)], 1).written(), ["bomb"]),
    "many pages do": (File([Page(plain(b"x" * 1_000_000), 1)] * 90, 90).written(), ["bomb"]),
    "many row groups share their pages": (File([Page(plain(b"x" * 900_000), 1)], 1, groups=90).written(), ["bomb"]),
    "one huge string for every row": (File([dictionary(b"x" * 60_000_000), shown(MANY)], MANY).written(), ["bomb"]),
    "a long text for a million rows": (
        File([dictionary(b"x" * 3_000_000), shown(1_000_000)], 1_000_000).written(),
        ["bomb"],
    ),
    "a value that repeats the one before": (
        File([Page(repeated(b"x" * 60_000_000, 100), 100, DELTA_BYTE_ARRAY)], 100).written(),
        ["bomb"],
    ),
    "two billion rows": (File([dictionary(AD), shown(HUGE)], HUGE).written(), ["bomb"]),
    # Looked at through Arrow's own view of a footer, this would end the process.
    "levels that the column has not": (File([TWO], 2, has_odd_levels=True).written(), ["unreadable"]),
    "more rows than there are": (File([TWO], MANY).written(), ["unreadable"]),
    "three million columns": (
        sealed(b"", footer([element(b"schema", 3_000_000), *[element(b"text")] * 3_000_000], 0, [])),
        ["bomb"],
    ),
    "too many columns": (
        sealed(b"", footer([element(b"schema", MAX_COLUMNS + 1), *[element(b"text")] * (MAX_COLUMNS + 1)], 0, [])),
        ["columns"],
    ),
    "columns in columns": (
        sealed(b"", footer([element(b"g", 1)] * 50_000 + [element(b"text")], 0, [])),
        ["columns"],
    ),
    "columns just too deep": (
        sealed(b"", footer([element(b"g", 1)] * (MAX_DEPTH + 1) + [element(b"text")], 0, [])),
        ["columns"],
    ),
    "a million row groups": (
        sealed(b"", footer([element(b"schema", 1), element(b"text")], 0, [b"\0"] * 1_000_000)),
        ["columns"],
    ),
    "an absurd length of the footer": (b"PAR1" + bytes(20) + b"\xff\xff\xff\xffPAR1", ["unreadable"]),
}


def sound_files() -> list[bytes]:
    """What writers write: encodings, compressions and versions of the format."""
    texts = [None if at % 7 == 0 else f"lowongan {at} " * (at % 30) for at in range(60)]
    table = pa.table({"id": [str(at) for at in range(60)], "text": texts, "n": list(range(60))})
    ways: list[dict[str, Any]] = [
        {},
        {"compression": "zstd", "row_group_size": 20},
        {"compression": "none", "use_dictionary": False},
        {"compression": "gzip", "data_page_version": "2.0"},
        {"compression": "none", "write_page_index": True, "store_schema": False},
        {
            "compression": "none",
            "use_dictionary": False,
            "column_encoding": {
                "text": "DELTA_BYTE_ARRAY",
                "id": "DELTA_LENGTH_BYTE_ARRAY",
                "n": "DELTA_BINARY_PACKED",
            },
        },
    ]
    nested = pa.table({"text": pa.array(texts).dictionary_encode(), "l": [[1, 2]] * 60, "s": [{"a": 1, "b": "x"}] * 60})
    return [*(parquet(table, **way) for way in ways), parquet(nested)]


def mutated(sound: bytes, chance: random.Random) -> bytes:
    """A copy with some bits, bytes or lengths changed, anywhere or in the footer, or cut off."""
    data = bytearray(sound)
    size = int.from_bytes(data[-8:-4], "little")
    in_footer = chance.random() < 0.5
    for _ in range(chance.choice([1, 1, 2, 4])):
        at = len(data) - 8 - chance.randrange(1, size) if in_footer else chance.randrange(len(data) - 8)
        match chance.randrange(4):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                data[at : at + 4] = chance.choice([b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80"])
            case _ if in_footer:  # another length of the footer, which then is told rightly
                data[at:at] = chance.randbytes(2)
                size += 2
                data[-8:-4] = size.to_bytes(4, "little")
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.1 else data)


# What each row group, or each row, states is modest: only while they are read do they become too much.
LATE = ("many row groups share their pages", "a long text for a million rows")


def test_no_file_costs_the_process_or_much_memory(tmp_path: Path) -> None:
    chance = random.Random(20)
    paths: dict[str, str] = {}
    for number, (name, (data, _)) in enumerate(HOSTILE.items()):
        paths[name] = str(tmp_path / f"hostile-{number}.parquet")
        Path(paths[name]).write_bytes(data)
    sound = sound_files()
    for number in range(420):
        paths[f"changed {number}"] = str(tmp_path / f"changed-{number}.parquet")
        Path(paths[f"changed {number}"]).write_bytes(mutated(sound[number % len(sound)], chance))
    done = subprocess.run(
        [sys.executable, "-m", "tests.detector.batch.hostile_parquet"],
        input=json.dumps(list(paths.values())),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"ended by {done.returncode}: {done.stderr[-400:]}"
    result = json.loads(done.stdout)
    for name, (_, expected) in HOSTILE.items():
        ended = result["ends"][paths[name]]
        assert (ended[-1:] if name in LATE else ended) == expected, name
        assert len(ended) < 500, name
    changed = [result["ends"][path] for name, path in paths.items() if name.startswith("changed")]
    assert all(set(ended[:-1]) <= {"row", "empty", "encoding"} for ended in changed), "one reject ends a file"
    assert sum(ended[-1:] == ["unreadable"] for ended in changed) > 200
    assert sum("row" in ended for ended in changed) > 20
    assert result["peak_kib"] < 700_000
