"""The way in: a form with a file, straight to the disk, and nothing of the sender's that reaches a path."""

import errno
import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.jobs import upload as uploading
from api.jobs.folders import COMPRESSIONS, FORMATS, Folder, Folders, shown_name, suffix_of
from api.jobs.upload import Upload, UploadBroken
from api.settings import Settings
from detector.batch.readers.formats import COMPRESSIONS as READ_COMPRESSIONS
from detector.batch.readers.formats import SUFFIXES
from detector.detector import Detector
from detector.errors import InputTooLarge
from tests.api.jobs.job_files import ads, csv_of
from tests.server import client_of
from tests.workbench import workbench

LIMIT = 100_000


@pytest.fixture
def client(tmp_path: Path, detector: Detector) -> Iterator[httpx.Client]:
    settings = Settings(store=f"sqlite:///{tmp_path / 'jobs.db'}", data=tmp_path, max_upload_bytes=LIMIT)
    with client_of(create_app(settings, detector)) as client:
        client.headers["Accept"] = "text/html"
        yield client


def left(tmp_path: Path) -> list[str]:
    """What lies in the folder of the jobs."""
    folder = tmp_path / "jobs"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_every_format_of_the_readers_and_no_other_may_be_sent() -> None:
    assert set(FORMATS) == set(SUFFIXES)
    assert set(COMPRESSIONS) == set(READ_COMPRESSIONS)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("iklan.csv", ".csv"),
        ("IKLAN.CSV.GZ", ".csv.gz"),
        ("a/b/../../etc/passwd.xlsx", ".xlsx"),
        ("a.csv.exe", None),
        ("a.csv\x00.sh", None),
        ("csv", None),
        (".htaccess", None),
        ("a.gz", None),
        ("", None),
    ],
)
def test_only_the_suffix_of_a_name_counts_and_only_from_a_list(name: str, suffix: str | None) -> None:
    assert suffix_of(name) == suffix


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\sari\\iklan oktober.csv", "iklan oktober.csv"),
        ("../../etc/iklan.csv", "iklan.csv"),
        ("a\u202evsc.exe\n.csv", "a\ufffdvsc.exe\ufffd.csv"),
        ("a" * 400 + ".csv", "a" * 195 + "….csv"),
        ("/", "?"),
    ],
)
def test_a_name_is_for_showing_only(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert len(shown) <= 200


@pytest.mark.parametrize("id_", ["../x", "", "a" * 31, "A" * 32, "a" * 32 + "\n", "0" * 33])
def test_nothing_but_an_id_becomes_part_of_a_path(tmp_path: Path, id_: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        Folders(tmp_path).of(id_)


def test_a_file_is_received_hashed_and_looked_at(client: httpx.Client, tmp_path: Path) -> None:
    content = csv_of(ads(30))
    answer = client.post("/jobs", files={"file": ("loker <i>.csv", content)})
    assert answer.status_code == 303
    job = client.get(answer.headers["location"] + ".json").json()["job"]
    assert (job["state"], job["file"], job["size_bytes"]) == ("uploaded", "loker <i>.csv", len(content))
    assert job["sha256"] == hashlib.sha256(content).hexdigest()
    folder = tmp_path / "jobs" / job["id"]
    assert sorted(path.name for path in folder.iterdir()) == ["preview.json", "source.csv"]
    assert (folder / "source.csv").read_bytes() == content
    assert folder.stat().st_mode & 0o077 == 0, "other users of the machine have no business here"
    page = client.get(answer.headers["location"]).text
    assert "loker &lt;i&gt;.csv" in page


@pytest.mark.parametrize(
    ("files", "status", "says"),
    [
        ({"file": ("iklan.pdf", b"x")}, 422, "Akhiran nama berkas ini tidak dikenal"),
        ({"file": ("", b"")}, 422, "Pilih berkas terlebih dahulu"),
        ({"other": ("iklan.csv", b"a,b")}, 422, "Pilih berkas terlebih dahulu"),
        ([("file", ("a.csv", b"text\nx")), ("file", ("b.csv", b"text\ny"))], 422, "satu berkas saja"),
        ({"file": ("iklan.csv", b"x" * (LIMIT + 1))}, 413, "lebih besar dari 97,7 KB"),
    ],
)
def test_what_can_not_be_taken_is_said_beside_the_field_and_leaves_nothing(
    client: httpx.Client, tmp_path: Path, files: Any, status: int, says: str
) -> None:
    answer = client.post("/jobs", files=files)
    assert answer.status_code == status
    assert says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert left(tmp_path) == []
    assert client.get("/jobs.json").json()["total"] == 0


def test_a_body_beyond_all_limits_is_refused_as_it_comes(client: httpx.Client, tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(10_000):
            yield b"x" * 65_536

    try:
        answer = client.post("/jobs", content=endless(), headers={"content-type": "multipart/form-data; boundary=b"})
    except httpx.TransportError:  # the server hangs up on whoever goes on
        pass
    else:
        assert answer.status_code == 413
    assert left(tmp_path) == []


def test_the_larger_limit_is_for_those_who_are_signed_in_and_for_this_address(
    detector: Detector, tmp_path: Path
) -> None:
    content = b"x" * 3_000_000
    with workbench(detector, tmp_path) as office:
        ani = office.signed_in(office.add("ani"))
        stranger = office.client(**{"sec-fetch-site": "same-origin"})
        assert stranger.post("/jobs", files={"file": ("iklan.csv", content)}).status_code == 401
        assert left(tmp_path) == []
        assert ani.post("/jobs", files={"file": ("iklan.csv", content)}).status_code == 303
        assert ani.post("/", files={"text": (None, content)}).status_code == 413
        assert ani.post("/jobs/x/start", data={"text": content.decode()}).status_code == 413


def test_without_the_token_of_the_visit_nothing_is_received(client: httpx.Client, tmp_path: Path) -> None:
    del client.headers["x-csrf-token"]
    for fields in ({}, {"csrf": "0" * 64}):
        answer = client.post("/jobs", data=fields, files={"file": ("iklan.csv", csv_of(ads(3)))})
        assert answer.status_code == 403
    assert left(tmp_path) == []


def test_the_token_may_come_as_a_field_in_front_of_the_file(client: httpx.Client, tmp_path: Path) -> None:
    token = client.headers.pop("x-csrf-token")
    answer = client.post("/jobs", data={"csrf": token}, files={"file": ("iklan.csv", csv_of(ads(3)))})
    assert answer.status_code == 303
    assert len(left(tmp_path)) == 1


def test_a_full_disk_is_said_and_leaves_nothing(
    client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(uploading.os, "fsync", full)
    answer = client.post("/jobs", files={"file": ("iklan.csv", csv_of(ads(3)))})
    assert answer.status_code == 507
    assert "Ruang penyimpanan server penuh" in answer.text
    assert left(tmp_path) == []


# The parser ---------------------------------------------------------------------------------------------------------


def body(*parts: tuple[str, bytes]) -> bytes:
    return b"".join(b"--b\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts) + b"--b--\r\n"


def disposition(name: str, file_name: str | None = None) -> str:
    more = "" if file_name is None else f'; filename="{file_name}"'
    return f'Content-Disposition: form-data; name="{name}"{more}'


def receiving(tmp_path: Path, seen: list[dict[str, str]], limit: int = LIMIT) -> Upload:
    tmp_path.joinpath("in").mkdir(exist_ok=True)
    return Upload("multipart/form-data; boundary=b", Folder(tmp_path / "in"), limit, seen.append)


@pytest.mark.parametrize("seed", range(8))
def test_cut_into_any_pieces_a_body_gives_the_same_file(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    content = rng.randbytes(3_000) + b"\r\n--bb\r\n--" + b"\r\n"  # almost boundaries
    whole = body((disposition("csrf"), b"t"), (disposition("file", "a.csv"), content), (disposition("x"), b"late"))
    seen: list[dict[str, str]] = []
    upload = receiving(tmp_path, seen)
    at = 0
    while at < len(whole):
        size = rng.choice((1, 2, 7, 64, 999))
        upload.write(whole[at : at + size])
        at += size
    received = upload.close()
    assert (tmp_path / "in" / "source.csv").read_bytes() == content
    assert (received.file_name, received.size) == ("a.csv", len(content))
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert seen == [{"csrf": "t"}], "asked before the first byte of the file is written"


def test_a_second_part_of_the_name_adds_nothing_to_the_file(tmp_path: Path) -> None:
    upload = receiving(tmp_path, [])
    upload.write(body((disposition("file", "a.csv"), b"text\nsatu\n"), (disposition("file"), b"dua")))
    assert upload.close().size == 10


@pytest.mark.parametrize(
    ("whole", "code"),
    [
        (body((disposition("file", "a.csv"), b"x"))[:-9], "cut_off"),
        (body((disposition("csrf"), b"x")), "no_file"),
        (body((disposition("csrf"), b"x" * 5_000)), "no_form"),
        (b"--b\r\nnothing like a header\x00\r\n\r\n", "no_form"),
        (b"", "no_file"),
    ],
)
def test_what_is_no_whole_form_is_refused(tmp_path: Path, whole: bytes, code: str) -> None:
    upload = receiving(tmp_path, [])

    def receive() -> None:
        upload.write(whole)
        upload.close()

    with pytest.raises(UploadBroken) as caught:
        receive()
    upload.drop()
    assert caught.value.code == code


def test_the_limit_is_that_of_the_file(tmp_path: Path) -> None:
    upload = receiving(tmp_path, [], limit=10)
    upload.write(body((disposition("file", "a.csv"), b"x" * 10)))
    assert upload.close().size == 10
    (tmp_path / "in" / "source.csv").unlink()
    upload = receiving(tmp_path, [], limit=10)
    with pytest.raises(InputTooLarge):
        upload.write(body((disposition("file", "a.csv"), b"x" * 11)))
    upload.drop()


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "", "multipart/form-data; boundary="])
def test_a_body_that_is_no_form_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UploadBroken):
        Upload(kind, Folder(tmp_path), LIMIT, lambda fields: None)
