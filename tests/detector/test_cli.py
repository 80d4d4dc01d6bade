"""`sigap score` as a person at a terminal meets it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detector import cli
from detector.cli import MAX_BYTES, main
from detector.detector import Detector
from detector.errors import BundleMissing
from training.records import ROOT

SAMPLES = ROOT / "data" / "samples"
LURE = SAMPLES / "lure_scam_compound.txt"
PAGE = SAMPLES / "lawful_domestic.html"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def _loaded_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The released model, which the command would load again each time (the subprocess below does)."""
    monkeypatch.setattr(cli.Detector, "load", lambda mode: detector)


def sigap(*arguments: str | Path, given: bytes | str | None = None, colour: bool = False) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=given, color=colour)


def test_a_file(detector: Detector) -> None:
    result = sigap("score", LURE)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "TINGGI / HIGH" in result.stdout, "the level in words, not by colour alone"
    assessment = detector.assess(LURE.read_text(encoding="utf-8"))
    assert f"risk {assessment.risk:.3f}" in result.stdout
    for indicator in assessment.indicators:
        assert indicator.name["id"] in result.stdout
        for law in indicator.legal_basis:
            assert law in result.stdout
    assert "visa turis" in result.stdout
    assert "typology: scam_compound" in result.stdout
    assert "a person decides" in result.stdout


@pytest.mark.parametrize("arguments", [("score", "-"), ("score",)])
def test_standard_input(arguments: tuple[str, ...]) -> None:
    assert sigap(*arguments, given=LURE.read_bytes()).stdout == sigap("score", LURE).stdout


def test_json_is_one_assessment(detector: Detector) -> None:
    result = sigap("score", "--json", LURE)
    [line] = result.stdout.splitlines()
    text = LURE.read_text(encoding="utf-8")
    assert json.loads(line) == detector.assess(text, id=LURE.name).as_dict()
    assert json.loads(sigap("score", "-", "--json", given=text).stdout)["id"] is None


def test_a_page_gives_its_listing() -> None:
    result = sigap("score", PAGE)
    assert result.exit_code == 0
    assert result.stdout.startswith("Customer Service Chat (shift malam)")
    assert "<p>" not in result.stdout
    assert "Beranda" not in result.stdout


def test_a_page_of_several_postings_gives_a_line_each() -> None:
    postings = [
        {"@type": "JobPosting", "title": title, "description": f"{title} di Bekasi, gaji UMK, lamaran ke kantor kami."}
        for title in ("Kasir toko roti", "Sopir pengantar barang")
    ]
    html = f'<html><body><script type="application/ld+json">{json.dumps(postings)}</script></body></html>'
    result = sigap("score", "--json", given=html)
    assert [json.loads(line)["schema"] for line in result.stdout.splitlines()] == ["assessment/1"] * 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = LURE.read_text(encoding="utf-8")
    path = tmp_path / "iklan.txt"
    path.write_bytes(text.encode(encoding))
    plain, other = sigap("score", "--json", given=text), sigap("score", "--json", "-", given=path.read_bytes())
    assert other.stdout == plain.stdout
    assert sigap("score", path).exit_code == 0


REFUSED: list[tuple[str, bytes, str]] = [
    ("empty", b"", "empty"),
    ("blank", b" \r\n\t ", "empty"),
    ("invisible", "\u200b\u200d\u2060".encode(), "empty"),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
    ("control characters", bytes(range(32)) * 8, "control"),
    ("another encoding", "Работа в Бангкоке".encode("windows-1251"), "encoding"),
    ("too large", b"a" * (MAX_BYTES + 1), "limit"),
    ("a page without text", b"<html><script>1</script><body></body></html>", "page"),
]


@pytest.mark.parametrize(("why", "data", "says"), REFUSED, ids=[why for why, _, _ in REFUSED])
@pytest.mark.parametrize("as_json", [False, True])
def test_bad_input_is_one_line_and_exit_code_2(why: str, data: bytes, says: str, as_json: bool, tmp_path: Path) -> None:
    path = tmp_path / "masukan.bin"
    path.write_bytes(data)
    for result in (sigap("score", path, *["--json"] * as_json), sigap("score", *["--json"] * as_json, given=data)):
        assert result.exit_code == 2, why
        assert result.stdout == ""
        [line] = result.stderr.splitlines()
        assert line.startswith("sigap: ")
        assert says in line


@pytest.mark.parametrize(("make", "says"), [(lambda p: None, "No such file"), (lambda p: p.mkdir(), "directory")])
def test_a_file_that_cannot_be_read(make: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "tidak_ada.txt"
    make(path)  # type: ignore[operator]
    result = sigap("score", path)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert str(path) in line
    assert says in line


def test_a_model_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(mode: str) -> Detector:
        raise BundleMissing(str(tmp_path))

    monkeypatch.setattr(cli.Detector, "load", missing)
    result = sigap("score", LURE)
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert f"no model bundle at {tmp_path}" in line


@pytest.mark.parametrize("arguments", [("skor",), ("score", "--xml"), ("score", "a", "b")])
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    result = sigap(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert "Traceback" not in result.stderr


ATTACK = (
    "Lowongan admin Kamboja \x1b[2J\x1b[1;1H\x1b]0;judul\x07 gaji 15 juta \x9b31m pakai visa turis dulu\x08\x08\x08.\r"
    "RISIKO RENDAH\x1b[0m WA 0812-0000-0011 \u202eaman\u202c "
) + "Mess dan makan ditanggung, tiket disediakan. " * 20  # denser, it would be refused as no text


@pytest.mark.parametrize("colour", [False, True])
def test_an_ad_cannot_drive_the_terminal(colour: bool) -> None:
    result = sigap("score", given=ATTACK.encode(), colour=colour)
    assert result.exit_code == 0
    shown = COLOUR.sub("", result.stdout) if colour else result.stdout
    assert ("\x1b" in result.stdout) == colour, "the colours are ours"
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert "\x1b[2J" not in result.stdout


def test_an_id_or_title_cannot_either(tmp_path: Path) -> None:
    head = "<html><head><title>Loker\x1b[31m</title></head>"
    html = f"{head}<body><h1>Loker\x1b[2J</h1><p>{'gaji UMK ' * 20}</p></body></html>"
    result = sigap("score", given=html)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_lone_surrogates_of_a_page_do_not_break_the_output() -> None:
    """JSON-LD may escape half a pair, which no encoding can write."""
    about = "Kasir \\udd25 toko roti di Bekasi, gaji UMK, lamaran ke toko."
    posting = f'{{"@type": "JobPosting", "title": "Kasir \\ud83d toko", "description": "{about}"}}'
    html = f'<html><body><script type="application/ld+json">{posting}</script></body></html>'
    for arguments in (("score",), ("score", "--json")):
        result = sigap(*arguments, given=html)
        assert result.exit_code == 0, result.exception
        assert "Bekasi" in result.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://example.com/loker", "too little text to judge"),
        ("Toko Roti Contoh di Sleman mencari kasir, gaji UMK, lamaran diantar ke toko.", "does not mean safe"),
        ("Lowongan admin di Kam\u200bbo\u200bja, gaji 15 ju\u200bta per bulan", "hidden_text"),
    ],
)
def test_what_is_said_beside_the_level(text: str, says: str) -> None:
    assert says in sigap("score", given=text).stdout


def test_help_names_every_command() -> None:
    shown = sigap("--help").stdout
    assert all(command in shown for command in ("score", "serve", "train", "evaluate", "bench"))
    assert "assessment/1" in sigap("score", "-h").stdout


def test_the_installed_command() -> None:
    """One real process, start to end."""
    command = Path(sys.executable).with_name("sigap")
    done = subprocess.run([command, "score", "--json", LURE], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["level"] == "high"
    refused = subprocess.run([command, "score"], input="", capture_output=True, text=True, check=False, timeout=60)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "sigap: -: the text is empty\n"
