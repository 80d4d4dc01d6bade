"""Compressed files, and the promise behind all readers: whatever the bytes, every file ends, and rows are counted."""

import gzip
import io
import random
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.batch.readers import Options, read
from detector.batch.readers.formats import COMPRESSIONS, SUFFIXES
from detector.errors import InputError
from tests.detector.batch.reader_files import items, parquet, rows, told, workbook, written

PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}
LINES = b"".join(b'{"text": "baris %d %d"}\n' % (number, number**9) for number in range(20_000))


@pytest.mark.parametrize("packed", COMPRESSIONS)
@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".csv", b"id,text\na,halo\n"),
        (".jsonl", b'{"id": "a", "text": "halo"}\n'),
        (".parquet", parquet({"id": ["a"], "text": ["halo"]})),
        (".xlsx", workbook(["id", "text"], ["a", "halo"])),
    ],
)
def test_every_format_may_be_compressed(suffix: str, data: bytes, packed: str) -> None:
    assert rows(f"x{suffix}{packed}", PACKERS[packed](data)) == [("a", "halo")]


@pytest.mark.parametrize("packed", COMPRESSIONS)
def test_members_and_the_nuls_of_tapes_are_read_through(packed: str) -> None:
    pack = PACKERS[packed]
    data = pack(b'{"text": "a"}\n{"te') + pack(b'xt": "b"}\n') + bytes(100) + pack(b"") + pack(b'{"text": "c"}')
    assert [text for _, text in rows(f"x.jsonl{packed}", data)] == ["a", "b", "c"]


@pytest.mark.parametrize("packed", COMPRESSIONS)
def test_a_stream_that_is_cut_off_gives_the_rows_so_far(packed: str) -> None:
    data = PACKERS[packed](LINES)
    found = told(f"x.jsonl{packed}", data[: len(data) * 3 // 4])
    assert 5_000 < len(found) < 20_000
    assert found[-1] == "<unreadable>"
    assert found[:-1] == [f"baris {number} {number**9}" for number in range(len(found) - 1)]


@pytest.mark.parametrize("packed", COMPRESSIONS)
def test_rubbish_behind_a_stream_does_not_go_unsaid(packed: str) -> None:
    assert told(f"x.jsonl{packed}", PACKERS[packed](b'{"text": "a"}\n') + b"sampah") == ["a", "<unreadable>"]


@pytest.mark.parametrize("packed", COMPRESSIONS)
def test_a_bomb_is_stopped_and_never_held(packed: str) -> None:
    data = PACKERS[packed](b"id,text\n1,a\n2," + bytes([120]) * 90_000_000)
    with written(f"x.csv{packed}", data) as path:
        tracemalloc.start()
        found = list(read([path]))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [getattr(item, "reason", "").partition(":")[0] for item in found] == ["", "bomb"]
    assert peak < 100_000_000 if packed == ".zst" else peak < 16_000_000


SUFFIX = st.sampled_from([*SUFFIXES, *(suffix + packed for suffix in SUFFIXES for packed in COMPRESSIONS)])
START = st.sampled_from(
    [
        b"",
        b"id,text\n",
        b'text\n"',
        b'{"text":',
        b"\xff\xfe",
        b"PK\x03\x04",
        b"PAR1",
        b"WARC/1.0\r\n",
        b"<html>",
        b"\x1f\x8b\x08\0",
    ]
)


@given(SUFFIX, START, st.binary(max_size=200))
@settings(deadline=None, max_examples=150)
def test_whatever_the_bytes_nothing_but_the_documented_error_is_raised(suffix: str, start: bytes, data: bytes) -> None:
    packed = PACKERS.get("." + suffix.rpartition(".")[2])
    for content in (start + data, packed(start + data) if packed else data):
        with suppress(InputError):
            items(f"x{suffix}", content, Options())


SOUND = {
    "x.csv": b'id,text\n1,"a\nb"\n2,c\n' * 5,
    "x.jsonl": b'{"text": "a", "x": [1, {"y": null}]}\n' * 5,
    "x.parquet": parquet({"id": [1, 2], "text": ["a", "b"]}, compression="zstd"),
    "x.xlsx": workbook(["id", "text"], [1, "a"], [2, "b"]),
    "x.html": b"<html><body><p>Dicari admin</p></body></html>",
    "x.jsonl.gz": gzip.compress(LINES[:2_000]),
    "x.csv.zst": zstandard.compress(b"text\nhalo\n" * 100),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_with_a_few_changed_bytes_ends_like_any_other(name: str) -> None:
    chance = random.Random(name)
    for _ in range(40):
        file = io.BytesIO(SOUND[name])
        for _ in range(chance.randrange(1, 5)):
            file.seek(chance.randrange(len(SOUND[name])))
            file.write(chance.randbytes(chance.randrange(1, 4)))
        data = file.getvalue()
        with suppress(InputError):
            items(name, data[: chance.randrange(1, len(data))] if chance.random() < 0.3 else data)
