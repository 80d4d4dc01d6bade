"""Inputs named by an address. A folder stands in for the bucket; everything but the network is the real thing."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs
import pytest
from reader_files import parquet

from detector.batch import engine
from detector.batch.readers import InputMissing, NothingToRead, UnknownFormat, expand, read, remote
from detector.batch.rows import Rejected, Row
from detector.batch.run import Job, run
from detector.detector import Detector
from detector.errors import BatchError, InputError

TEXTS = [f"Dicari kasir toko roti di Sleman, gaji UMK. Nomor {at}." for at in range(60)]


@pytest.fixture(autouse=True)
def _loaded_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The released model, which each run would load again."""
    monkeypatch.setattr(engine, "load_bundle", lambda path, deep: detector.bundle)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`s3://ads/...` leads to this folder."""
    system = pyarrow.fs.SubTreeFileSystem(str(tmp_path), pyarrow.fs.LocalFileSystem())
    monkeypatch.setattr(remote, "_system", lambda name: (system, name.removeprefix("s3://").partition("?")[0]))
    folder = tmp_path / "ads"
    (folder / "a").mkdir(parents=True)
    lines = "".join(json.dumps({"id": f"ad-{at}", "text": text}) + "\n" for at, text in enumerate(TEXTS))
    (folder / "a/lines.jsonl").write_text(lines)
    (folder / "a.csv").write_text("text\n" + "".join(f'"{text}"\n' for text in TEXTS))
    (folder / "b.csv.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes()))
    (folder / "c.parquet").write_bytes(parquet(pa.table({"text": TEXTS})))
    (folder / "notes.docx").touch()
    (folder / ".hidden.csv").write_text("text\nx\n")
    return folder


def texts(name: str) -> list[str]:
    return [item.text if isinstance(item, Row) else f"<{item.reason}>" for item in read([name])]


@pytest.mark.parametrize("name", ["a/lines.jsonl", "a.csv", "b.csv.gz", "c.parquet"])
def test_each_format_reads_as_from_a_path(bucket: Path, name: str) -> None:
    assert texts(f"s3://ads/{name}") == texts(str(bucket / name)) == TEXTS


def test_a_folder_gives_the_files_that_a_path_would_in_the_same_order(bucket: Path) -> None:
    there = [str(path) for path in expand(["s3://ads/?region=x"])]
    assert there == [f"s3://ads/{path.relative_to(bucket)}" for path in expand([str(bucket)])]  # type: ignore[arg-type]
    assert there == ["s3://ads/a/lines.jsonl", "s3://ads/a.csv", "s3://ads/b.csv.gz", "s3://ads/c.parquet"]


def test_the_address_is_the_source_of_a_row(bucket: Path) -> None:
    assert next(read(["s3://ads/a.csv"])) == Row(1, "1", TEXTS[0], "s3://ads/a.csv")


def test_file_addresses_are_paths(tmp_path: Path) -> None:
    path = tmp_path / "iklan Mei.csv"
    path.write_text("text\nhalo semua\n")
    assert expand([path.as_uri()]) == [path]
    assert "%20" in path.as_uri()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("s3://ads/none.csv", InputMissing),
        ("s3://ads/notes.docx", UnknownFormat),
        ("s3://ads/a/empty", NothingToRead),
    ],
)
def test_what_is_missing_is_named_before_anything_is_read(bucket: Path, name: str, error: type[InputError]) -> None:
    (bucket / "a/empty").mkdir()
    with pytest.raises(error, match=name):
        expand([name])


def test_an_address_of_no_known_kind() -> None:
    with pytest.raises(InputMissing, match=r"gopher://ads/a\.csv can't be read"):
        expand(["gopher://ads/a.csv"])


def test_keys_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(InputMissing, match="holds credentials") as caught:
        expand(["s3://AKIA:sangatrahasia@ads/a.csv"])
    assert "rahasia" not in str(caught.value)


class Breaking:
    """A bucket whose connection breaks after so many bytes of every file."""

    def __init__(self, system: Any, size: int) -> None:
        self._system, self._size = system, size

    def get_file_info(self, path: Any) -> Any:
        return self._system.get_file_info(path)

    def open_input_stream(self, path: str, compression: str | None) -> Any:
        class Stream(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                piece = super().read(size)
                if not piece:
                    raise OSError("connection reset")
                return piece

        return Stream(self._system.open_input_stream(path, compression=compression).read(self._size))


@pytest.mark.parametrize("name", ["a.csv", "a/lines.jsonl", "b.csv.gz", "c.parquet"])
def test_a_connection_that_breaks_stops_the_run_and_loses_nothing(
    bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    job = Job((f"s3://ads/{name}",), tmp_path / "out.jsonl", mode="fast", part_rows=10)
    system, _ = remote._system("s3://ads")
    with monkeypatch.context() as patch:
        patch.setattr(remote, "_system", lambda name: (Breaking(system, 2_000), name.removeprefix("s3://")))
        patch.setattr(remote, "_BUFFER", 512)
        with pytest.raises(BatchError, match="the same command goes on"):
            run(job)
    assert not job.output.exists()
    found = run(job)
    assert (found.rows, found.scored, found.complete) == (60, 60, True)
    assert not [item for item in read(job.inputs) if isinstance(item, Rejected)]
