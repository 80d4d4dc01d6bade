"""The pages of files: upload, look, start, results, row, downloads, delete; and who may see them."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from api.jobs import downloads
from api.jobs.child import ChildFailed
from api.store import job_rows, jobs
from api.store.job_rows import JobRow
from detector.batch.run import Job as Batch
from detector.batch.run import run
from detector.detector import Detector
from tests.api.jobs.job_files import LURE, ads, csv_of, folder_of, lines_of, read_csv, worker_of
from tests.workbench import Workbench, workbench

ROWS = 20
BROKEN = b'"ad-x","cuma dua"\n"ad-y","","Kota"\n'
HOSTILE = '<img src=x onerror=alert(1)> =HYPERLINK("http://x.example")'


@dataclass(frozen=True)
class Office:
    """A workbench with a lead, an admin, an auditor and two analysts, of whom ani has uploaded a file."""

    bench: Workbench
    folder: Path
    detector: Detector
    clients: dict[str, httpx.Client]

    def upload(self, content: bytes, name: str = "iklan.csv", login: str = "ani") -> str:
        """A file that is received; returns the address of its page."""
        answer = self.clients[login].post("/jobs", files={"file": (name, content)})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def start(self, page: str, **fields: Any) -> None:
        told = {"text": "teks", "id_column": "id", "mode": "fast"} | fields
        answer = self.clients["ani"].post(f"{page}/start", data=told)
        assert answer.status_code == 303, answer.text

    def work(self) -> None:
        worker_of(self.bench.state.store, self.folder, self.detector).work_one(threading.Event())

    def done(self, content: bytes, **fields: Any) -> str:
        page = self.upload(content)
        self.start(page, **fields)
        self.work()
        return page

    def get(self, address: str, login: str = "ani") -> BeautifulSoup:
        answer = self.clients[login].get(address)
        assert answer.status_code == 200, answer.text
        return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture(scope="module")
def office(detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    roles = {"ani": "analyst", "budi": "analyst", "lia": "lead", "adi": "admin", "uli": "auditor"}
    with workbench(detector, folder) as bench:
        clients = {login: bench.signed_in(bench.add(login, role)) for login, role in roles.items()}  # type: ignore[arg-type]
        yield Office(bench, folder, detector, clients)


@pytest.fixture(scope="module")
def page(office: Office) -> str:
    """A file that is done: 20 rows, every third an alert, and two that were rejected."""
    return office.done(csv_of(ads(ROWS)) + BROKEN, keep="yes", channel="facebook")


def test_the_way_of_a_file(office: Office) -> None:
    address = office.upload(csv_of([{"id": "a", "judul": HOSTILE, "teks": LURE, "kota": "Poipet"}]), "loker.csv")
    seen = office.get(address)
    assert seen.h1.text == "Periksa sebelum dinilai"
    assert [cell.text.strip() for cell in seen.select(".sample tbody td")] == ["a", HOSTILE, LURE, "Poipet"]
    assert not seen.select("main img")
    chosen = [box["value"] for box in seen.select("input[name=text][checked]")]
    assert chosen == ["judul", "teks"]
    assert seen.select_one("#id-column option[selected]")["value"] == "id"
    office.start(address, text=chosen)
    waiting = office.get(address)
    assert waiting.select_one("#state-title").text == "Menunggu giliran"
    assert "Belum ada pekerja" in waiting.text
    office.work()
    told = office.clients["ani"].get(f"{address}.json").json()
    assert (told["job"]["state"], told["job"]["owner"], told["job"]["scored"]) == ("done", "ani", 1)
    assert told["job"]["text_columns"] == [], "the readers find these themselves, a title in front of the text"
    assert told["rows"][0]["excerpt"].startswith("<img src=x")
    done = office.get(address)
    assert done.select_one("#state-title").text == "Selesai"
    assert not done.select("main img")
    assert [deed.action for deed in reversed(office.bench.deeds())][-3:] == ["upload.job", "start.job", "end.job"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": []}, "Centang paling sedikit satu kolom"),
        ({"text": "gaji"}, "Pilihan itu tidak ada pada berkas ini"),
        ({"id_column": "gaji"}, "Pilihan itu tidak ada pada berkas ini"),
        ({"mode": "psychic"}, "Pilihan itu tidak ada pada berkas ini"),
        ({"channel": "pigeon"}, "Pilihan itu tidak ada pada berkas ini"),
    ],
)
def test_a_wrong_choice_is_said_beside_it(office: Office, fields: dict[str, Any], says: str) -> None:
    address = office.upload(csv_of(ads(3)))
    told = {"text": "teks", "id_column": "id", "mode": "fast", "keep": "yes"} | fields
    answer = office.clients["ani"].post(f"{address}/start", data=told)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "html.parser")
    assert says in soup.select_one(".summary a").text
    assert soup.select_one("#keep").has_attr("checked"), "what was chosen stays chosen"
    office.clients["ani"].post(f"{address}/delete")


def test_a_file_that_can_not_be_read_fails_at_once_with_a_way_out(office: Office) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    address = office.upload(old, "rahasia.xlsx")
    soup = office.get(address)
    assert soup.select_one("#state-title").text == "Gagal"
    assert "dikunci dengan kata sandi" in soup.select_one(".summary").text
    assert "Excel" in soup.select_one(".summary").text
    assert "locked with a password" in office.get(f"{address}?lang=en").select_one(".summary").text
    office.clients["ani"].get("/jobs?lang=id")


# Results ------------------------------------------------------------------------------------------------------------


def numbers(soup: BeautifulSoup) -> list[int]:
    return [int(link["href"].rpartition("/")[2]) for link in soup.select("table.ranked tbody th a")]


def test_rows_are_ranked_filtered_and_paged_by_their_address(office: Office, page: str) -> None:
    soup = office.get(page)
    assert set(numbers(soup)[:7]) == set(range(1, 21, 3))
    assert len(numbers(soup)) == 20
    assert set(numbers(office.get(f"{page}?level=low"))) == set(range(1, 21)) - set(range(1, 21, 3))
    assert numbers(office.get(f"{page}?typology=seafarer")) == []
    first, second = office.get(f"{page}?level=high&size=25"), office.get(f"{page}?level=high&size=25&page=2")
    assert (len(numbers(first)), numbers(second)) == (7, [])
    rejected = office.get(f"{page}?state=rejected")
    assert numbers(rejected) == [21, 22]
    assert "2 where the header has 3" in rejected.text
    assert numbers(office.get(f"{page}?state=rejected&reason=empty")) == [22]
    assert numbers(office.get(f"{page}?state=x&level=x&typology=x&page=x&size=x")) == numbers(soup)


def test_the_twins_of_a_view_hold_the_same_rows(office: Office, page: str) -> None:
    client = office.clients["ani"]
    told = client.get(f"{page}.json?level=high").json()
    assert [row["number"] for row in told["rows"]] == numbers(office.get(f"{page}?level=high"))
    table = read_csv(client.get(f"{page}.csv?level=high").content)
    assert {
        told["caution"],
        client.get(f"{page}/rows/1.json").json()["caution"],
        *(row["caution"] for row in table),
    } == {"Bukan bukti; perlu verifikasi."}
    assert [int(row["number"]) for row in table] == [row["number"] for row in told["rows"]]
    links = [link["href"] for link in office.get(f"{page}?level=high").select(".twins a")]
    assert links == [f"{page}.json?level=high", f"{page}.csv?level=high"]


def test_rejected_rows_are_explained_and_may_be_taken_away(office: Office, page: str) -> None:
    soup = office.get(page)
    assert [term.text.split(" (")[0].strip() for term in soup.select(".reasons dt a")] == [
        "Jumlah kolom tidak cocok",
        "Teksnya kosong",
    ]
    rejects = office.clients["ani"].get(f"{page}/rejects.jsonl")
    assert [json.loads(line)["reason"] for line in rejects.text.splitlines()] == [
        "columns: 2 where the header has 3",
        "empty",
    ]
    assert 'filename="sigap-iklan-rejects.jsonl"' in rejects.headers["content-disposition"]
    row = office.get(f"{page}/rows/21")
    assert row.h1.text == "Jumlah kolom tidak cocok"
    assert row.select_one(".ad").text == '"ad-x","cuma dua"'
    assert "number of columns differs" in office.get(f"{page}/rows/21?lang=en").text
    office.clients["ani"].get("/jobs?lang=id")


def test_an_alert_shows_its_text_with_the_evidence(office: Office, page: str) -> None:
    soup = office.get(f"{page}/rows/1")
    assert soup.h1.text == "Risiko tinggi"
    assert soup.select(".ad mark")
    assert soup.select(".signs .sign")
    assert "Kota 0" in soup.text
    kept = soup.find("a", string=lambda text: text and text.startswith("Disimpan sebagai iklan"))
    assert kept is not None
    told = office.clients["ani"].get(f"{page}/rows/1.json").json()
    assert told["text"] == ads(1)[0]["teks"]
    assert soup.select_one("form[action='/'] input[name=text]")["value"] == told["text"]


def test_a_row_of_low_risk_is_explained_when_somebody_looks(office: Office, page: str) -> None:
    told = office.clients["ani"].get(f"{page}/rows/2.json").json()
    assert told["terms"] == []
    soup = office.get(f"{page}/rows/2")
    assert "dihitung ulang saat halaman ini dibuka" in soup.text
    assert soup.select(".words li")


def test_what_lists_say_of_a_row_stands_beside_it(office: Office) -> None:
    claim = f"{LURE} Resmi lewat PT Bintang Contoh Sejahtera, P3MI berizin Kemnaker."
    address = office.done(csv_of([{"id": "a", "teks": claim}]))
    soup = office.get(f"{address}/rows/1")
    assert "PT Bintang Contoh Sejahtera" in soup.select_one(".claims").text
    assert not office.get(f"{office.done(csv_of(ads(1)))}/rows/1").select(".claims")


@pytest.mark.parametrize("number", ["0", "23", "99999999999999999999", "-1"])
def test_a_row_that_is_not_there(office: Office, page: str, number: str) -> None:
    assert office.clients["ani"].get(f"{page}/rows/{number}").status_code == 404


def test_results_come_in_four_formats_with_the_columns_of_the_file(
    office: Office, page: str, tmp_path: Path, detector: Detector
) -> None:
    client = office.clients["ani"]
    lines = [json.loads(line) for line in client.get(f"{page}/results.jsonl").text.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, 21))
    table = read_csv(client.get(f"{page}/results.csv").content)
    assert [(row["id"], row["kota"]) for row in table] == [(f"ad-{at}", f"Kota {at}") for at in range(20)]
    assert table[0]["reasons"]
    book = load_workbook(io.BytesIO(client.get(f"{page}/results.xlsx").content))
    assert [row[0] for row in book["sigap"].iter_rows(min_row=2, values_only=True)] == [row["id"] for row in table]
    columns = pq.read_table(io.BytesIO(client.get(f"{page}/results.parquet").content))
    assert columns.column("kota").to_pylist() == [row["kota"] for row in table]
    # The same rows, from the command.
    (tmp_path / "iklan.csv").write_bytes(csv_of(ads(ROWS)) + BROKEN)
    run(Batch((str(tmp_path / "iklan.csv"),), tmp_path / "out.csv", mode="fast"))
    command = (tmp_path / "out.csv").read_bytes().replace(str(tmp_path / "iklan.csv").encode(), b"iklan.csv")
    assert client.get(f"{page}/results.csv").content == command
    assert {deed.details["format"] for deed in office.bench.deeds("download.job")} == set(downloads.SUFFIXES)
    assert client.get(f"{page}/results.docx").status_code == 404
    leftovers = [path.name for path in folder_of(office.folder, page.rpartition("/")[2]).path.glob("download-*")]
    assert leftovers == []


def test_a_download_that_can_not_be_made_is_said_on_the_page(
    office: Office, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MAX_SHEET_ROWS", 19)
    answer = office.clients["ani"].get(f"{page}/results.xlsx")
    assert answer.headers["location"] == f"{page}?trouble=too_many_rows"
    assert "Terlalu banyak baris untuk Excel" in office.get(answer.headers["location"]).select_one(".summary").text

    def fail(module: str, *_: str, **__: float) -> None:
        raise ChildFailed(module, "ended with -9")

    folder_of(office.folder, page.rpartition("/")[2]).path.joinpath("result.csv").unlink(missing_ok=True)
    monkeypatch.setattr(downloads.child, "ask", fail)
    assert office.clients["ani"].get(f"{page}/results.csv").headers["location"] == f"{page}?trouble=internal"
    assert office.get(f"{page}?trouble=<script>").select_one(".summary") is not None


# While it runs ------------------------------------------------------------------------------------------------------


def test_progress_cancel_and_going_on(office: Office) -> None:
    store = office.bench.state.store
    address = office.upload(csv_of(ads(8)))
    id_ = address.rpartition("/")[2]
    office.start(address)
    from api.jobs.lease import LASTS
    from api.moments import now

    with store.writing() as connection:
        assert jobs.claim(connection, "w", now(), LASTS)
        jobs.save(connection, id_, "w", jobs.Progress(4, 3, 1, 1, 0.5))
        job_rows.add(connection, id_, [JobRow(1, "ad-0", 0.9, "high", "", "offer", "", "Dibutuhkan", 0)])
    told = office.clients["ani"].get(f"{address}/progress.json").json()
    assert (told["state"], told["scored"], told["alerts"], told["rejected"], told["share"]) == ("running", 3, 1, 1, 0.5)
    assert told["text"] == "3 baris dinilai, 1 di antaranya perlu diperiksa atau berisiko tinggi; 1 ditolak."
    soup = office.get(address)
    assert soup.progress["value"] == "0.5"
    assert numbers(soup) == [1]
    assert "Penilaian belum selesai" in soup.text
    assert not soup.select(".take"), "what still grows is not handed out"
    assert not soup.select(f"form[action='{address}/delete']")
    assert office.clients["ani"].get(f"{address}/results.jsonl").status_code == 404
    assert office.clients["ani"].post(f"{address}/delete").headers["location"] == address
    office.clients["ani"].post(f"{address}/cancel")
    stopping = office.get(address)
    assert "Permintaan berhenti sudah diterima" in stopping.text
    with store.writing() as connection:
        jobs.finish(connection, id_, "w", "cancelled", now())
        job_rows.clear(connection, id_)
    assert office.get(address).select_one("#state-title").text == "Dihentikan"
    office.clients["ani"].post(f"{address}/again")
    office.work()
    assert office.clients["ani"].get(f"{address}.json").json()["job"]["state"] == "done"


def test_columns_may_be_chosen_again(office: Office) -> None:
    address = office.upload(csv_of(ads(4)))
    office.clients["ani"].post(f"{address}/cancel")
    office.clients["ani"].post(f"{address}/reopen")
    assert office.get(address).h1.text == "Periksa sebelum dinilai"
    office.start(address, text="kota")
    office.work()
    store, id_ = office.bench.state.store, address.rpartition("/")[2]
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE jobs SET state = 'failed', error = 'poison'")
    office.clients["ani"].post(f"{address}/reopen")
    assert not list(folder_of(office.folder, id_).path.glob("result*"))
    office.start(address)
    office.work()
    assert lines_of(folder_of(office.folder, id_).results)[0]["text"] == ads(1)[0]["teks"]
    with store.writing() as connection:  # the others of this office
        connection.exec_driver_sql("UPDATE jobs SET state = 'done', error = '' WHERE error = 'poison'")


def test_deleted_it_is_gone_with_its_files_and_the_record_says_so(office: Office) -> None:
    address = office.done(csv_of(ads(3)))
    id_ = address.rpartition("/")[2]
    answer = office.clients["ani"].post(f"{address}/delete")
    assert answer.headers["location"] == "/jobs"
    assert not folder_of(office.folder, id_).path.exists()
    assert office.clients["ani"].get(address).status_code == 404
    (deed,) = office.bench.deeds("delete.job")[:1]
    assert (deed.actor, deed.object, deed.details["rows"]) == ("ani", f"job:{id_}", 3)


def test_results_that_were_deleted_by_hand_are_no_crash(office: Office) -> None:
    address = office.done(csv_of(ads(3)) + BROKEN)
    folder = folder_of(office.folder, address.rpartition("/")[2])
    folder.forget_results()
    assert set(numbers(office.get(address))) == {1, 2, 3}
    assert numbers(office.get(f"{address}?state=rejected")) == [4, 5]
    assert office.clients["ani"].get(f"{address}/rows/1").status_code == 404
    folder.source.unlink()
    office.clients["ani"].post(f"{address}/delete")


# Who may ------------------------------------------------------------------------------------------------------------


def test_only_the_owner_leads_and_admins_see_a_file_and_auditors_read(office: Office, page: str) -> None:
    paths = (page, f"{page}.json", f"{page}.csv", f"{page}/progress.json", f"{page}/rows/1", f"{page}/results.csv",
             f"{page}/rejects.jsonl")  # fmt: skip
    for login, client in office.clients.items():
        for path in paths:
            assert client.get(path).status_code == (404 if login == "budi" else 200), (login, path)
        listed = {job["id"] for job in client.get("/jobs.json").json()["jobs"]}
        assert (page.rpartition("/")[2] in listed) == (login != "budi"), login
    assert office.get("/jobs", "budi").select("table") == []
    assert "Pengunggah" not in [head.text for head in office.get("/jobs", "ani").select("thead th")]
    assert "Pengunggah" in [head.text for head in office.get("/jobs", "lia").select("thead th")]


def test_only_the_owner_leads_and_admins_change_a_file(office: Office) -> None:
    address = office.upload(csv_of(ads(2)))
    for action in ("start", "cancel", "again", "reopen", "delete"):
        assert office.clients["budi"].post(f"{address}/{action}", data={"text": "teks"}).status_code == 404
        assert office.clients["uli"].post(f"{address}/{action}", data={"text": "teks"}).status_code == 403
    assert office.clients["uli"].get("/jobs/new").status_code == 403
    assert not office.get(address, "uli").select("main form[method=post]")
    assert not office.get("/jobs", "uli").select("a[href='/jobs/new']")
    assert office.clients["lia"].post(f"{address}/cancel").status_code == 303
    assert office.clients["adi"].post(f"{address}/delete").headers["location"] == "/jobs"


def test_the_list_is_filtered_and_has_its_twins(office: Office, page: str) -> None:
    client = office.clients["ani"]
    done = client.get("/jobs.json?state=done").json()
    assert {job["state"] for job in done["jobs"]} == {"done"}
    rows = read_csv(client.get("/jobs.csv?state=done").content)
    assert [row["id"] for row in rows] == [job["id"] for job in done["jobs"]]
    assert len(office.get("/jobs?state=done").select("tbody tr")) == done["total"]
    assert client.get("/jobs.json?state=nonsense").json()["total"] == client.get("/jobs.json").json()["total"]


@pytest.mark.parametrize("id_", ["x", "0" * 32, "..%2f..%2fetc", "A" * 32])
def test_an_address_that_is_no_file(office: Office, id_: str) -> None:
    for path in (f"/jobs/{id_}", f"/jobs/{id_}.json", f"/jobs/{id_}/rows/1", f"/jobs/{id_}/results.csv"):
        assert office.clients["adi"].get(path).status_code == 404


def test_without_the_packages_the_page_says_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.jobs import supervisor

    monkeypatch.setattr(supervisor, "missing", lambda: True)
    soup = office.get("/jobs/new")
    assert not soup.select("form#upload")
    assert "pip install 'sigap[batch]'" in soup.text
