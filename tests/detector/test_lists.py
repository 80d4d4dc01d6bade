"""Claims of ads against lists: licences, job orders, domains and watched contacts."""

from pathlib import Path

import pytest

from detector.detector import Detector
from detector.lists import Checker, ListError, OfficeList, read_file, read_folder
from detector.lists.claims import Claim

P3MI = """Nama P3MI;No SIP3MI;Berlaku Sampai
PT Karya Samudra Contoh;123/2024;2028-01-31
PT Bina Usaha Contoh;77/2020;2025-06-30
"""
ORDERS = (
    "p3mi,negara,jabatan\nPT Karya Samudra Contoh,Taiwan,Perawat lansia\nPT Karya Samudra Contoh,HK,Penata laksana\n"
)
DOMAINS = "perusahaan,domain\nPT Nusa Tambang Contoh,nusatambang.co.id\n"
WATCHED = "jenis,nilai,catatan\nphone,0812-0000-0077,kasus Bekasi\ntelegram,@hrd_contoh,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index = []
    for kind, text in (("p3mi", P3MI), ("job_orders", ORDERS), ("domains", DOMAINS), ("watched", WATCHED)):
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        index.append(f'- {{file: {kind}.csv, kind: {kind}, as_of: 2026-11-01, origin: "contoh"}}')
    (tmp_path / "lists.yaml").write_text("\n".join(index), encoding="utf-8")
    return tmp_path


@pytest.fixture
def lists(folder: Path) -> tuple[OfficeList, ...]:
    return read_folder(folder)


def check(detector: Detector, lists: tuple[OfficeList, ...], text: str) -> list[Claim]:
    return list(Checker(lists, detector.reader.extractor).check(detector.reader.read(text)))


CASES = [
    ("PT Karya Samudra Contoh buka penempatan perawat ke Taiwan", [("p3mi", "listed"), ("job_orders", "listed")]),
    ("PT. KARYA-SAMUDRA CONTOH buka penempatan ke Korea", [("p3mi", "listed"), ("job_orders", "not_listed")]),
    ("PT Karya Samudera Contoh buka penempatan ke Taiwan", [("p3mi", "similar")]),
    ("PT Karya Samudra Contoh Abadi buka penempatan ke Taiwan", [("p3mi", "similar")]),
    ("PT Lain Sekali Namanya buka penempatan ke Taiwan", [("p3mi", "not_listed")]),
    ("PT Bina Usaha Contoh buka penempatan ke Taiwan", [("p3mi", "expired"), ("job_orders", "not_listed")]),
    ("SIP3MI 123/2024 penempatan Taiwan", [("p3mi", "listed")]),
    ("PT Lain Sekali Namanya SIP3MI 123/2024 Taiwan", [("p3mi", "not_listed"), ("p3mi", "mismatch")]),
    ("SIP3MI 999/2024 penempatan Taiwan", [("p3mi", "not_listed")]),
    ("PT Karya Samudra Contoh mencari kasir di Sleman", []),  # at home there is no placement to check
    ("PT Nusa Tambang Contoh buka lowongan, daftar di karir.nusatambang.co.id", [("domains", "listed")]),
    ("PT Nusa Tambang Contoh buka lowongan, daftar di nusa-tambang.co.id", [("domains", "similar")]),
    ("PT Nusa Tambang Contoh buka lowongan, daftar di rekrutmen-2026.com", [("domains", "mismatch")]),
    ("lowongan admin hubungi +62 812 0000 0077 sekarang juga ya", [("watched", "watched")]),
    ("lowongan admin chat t.me/hrd_contoh sekarang juga ya", [("watched", "watched")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), CASES, ids=[text[:40] for text, _ in CASES])
def test_what_the_lists_say(
    detector: Detector, lists: tuple[OfficeList, ...], text: str, found: list[tuple[str, str]]
) -> None:
    claims = check(detector, lists, text)
    assert sorted((one.kind, one.finding) for one in claims) == sorted(found)
    for one in claims:
        assert one.text == text[one.start : one.end]
        assert (one.as_of, one.origin) == ("2026-11-01", "contoh")


def test_without_a_list_nothing_is_said_but_that(detector: Detector) -> None:
    claims = check(detector, (), "PT Karya Samudra Contoh buka penempatan ke Taiwan, daftar di karyasamudra.co.id")
    assert {(one.kind, one.finding, one.as_of) for one in claims} == {
        ("p3mi", "not_checked", ""),
        ("domains", "not_checked", ""),
    }


def test_the_newest_list_counts(detector: Detector, folder: Path, lists: tuple[OfficeList, ...]) -> None:
    (folder / "baru.csv").write_text("nama\nPT Lain Sekali Namanya\n", encoding="utf-8")
    newer = read_file(folder / "baru.csv", "p3mi", "2026-11-20", "contoh baru")
    claims = check(detector, (newer, *lists), "PT Lain Sekali Namanya buka penempatan ke Taiwan")
    (one,) = [claim for claim in claims if claim.kind == "p3mi"]
    assert (one.finding, one.as_of) == ("listed", "2026-11-20")


@pytest.mark.parametrize(
    ("name", "text", "kind", "as_of", "says"),
    [
        ("a.csv", "kota\nSleman\n", "p3mi", "2026-11-01", "no column is called name or nama"),
        ("a.csv", "nama\nPT A\n", "p3mi", "1 November", "as_of must be a date"),
        ("a.csv", "nama\nPT A\n", "p3mi", "2026-13-01", "as_of must be a date"),
        ("a.csv", "nama\nPT A\n", "other", "2026-11-01", "kind must be one of"),
        ("a.csv", "nama\n", "p3mi", "2026-11-01", "holds no entry"),
        ("a.csv", "nama,negara\nPT A,Atlantis\n", "job_orders", "2026-11-01", "no country is called 'Atlantis'"),
        ("a.csv", "nama\nPT A\n", "job_orders", "2026-11-01", "no column is called country"),
        ("a.pdf", "nama\nPT A\n", "p3mi", "2026-11-01", "must be .csv, .tsv or .xlsx"),
    ],
)
def test_a_broken_list_is_named_with_its_fault(
    tmp_path: Path, name: str, text: str, kind: str, as_of: str, says: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ListError, match=says):
        read_file(tmp_path / name, kind, as_of, "contoh")


@pytest.mark.parametrize(
    "index",
    ["", "a: 1", "- {file: p3mi.csv}", "- {file: ../p3mi.csv, kind: p3mi, as_of: 2026-11-01, origin: x}", "- [", None],
)
def test_a_folder_says_what_each_list_is(tmp_path: Path, index: str | None) -> None:
    if index is not None:
        (tmp_path / "lists.yaml").write_text(index, encoding="utf-8")
    with pytest.raises(ListError, match=r"lists\.yaml"):
        read_folder(tmp_path)
