"""The pattern language: what each kind of item matches, and which lines are refused."""

import pytest

from detector.errors import KnowledgeError
from detector.patterns import PatternError, compile_pattern, members
from tests.detector.small_knowledge import SHIPPED, entry, reader_of, shown


def matched(pattern: str, text: str) -> list[str]:
    return shown(reader_of(entry("it", pattern)), text).get("it", [])


MATCHES: list[tuple[str, str, list[str], str]] = [
    # pattern, text, words of each match, why
    ("kerja", "Mau kerja apa?", ["kerja"], "a word"),
    ("kerja", "pekerja", [], "a word is a whole word"),
    ("kerja", "KERJA Kerja kerja", ["kerja", "kerja", "kerja"], "case never matters"),
    ("gaji", "gji besar, salary oke", ["gji", "salary"], "spellings of language.yaml in the text"),
    ("gji", "gaji besar", ["gaji"], "and in the pattern"),
    ("tanpa pengalaman", "tnp pglmn", ["tnp pglmn"], "two spellings side by side"),
    ("admin slot", "admin-slot admin/slot, admin, slot", ["admin slot", "admin slot", "admin slot"], "only separators"),
    ("admin slot", "slot admin", [], "order matters"),
    ("admin slot", "admin judi slot", [], "neighbours only"),
    ("admin|cs|operator", "cs dan operator", ["cs", "operator"], "alternatives"),
    ("customer_service|cs", "Customer Service", ["customer service"], "an alternative of two words"),
    ("customer_service|cs", "customer yang minta service", [], "its words are neighbours, too"),
    ("$NEG pengalaman", "tidak pengalaman, without experience", ["tidak pengalaman", "without experience"], "a macro"),
    ("tiket $FREE", "tiket ditanggung kantor", ["tiket ditanggung kantor"], "the longest of a macro's alternatives"),
    ("gaji @pay", "gaji Rp 12 juta", ["gaji rp 12 juta"], "pay is one token"),
    ("gaji @pay", "gaji besar", [], "there is no pay"),
    ("wa @phone", "WA 0812-0000-0011", ["wa 0812-0000-0011"], "a phone"),
    ("@link", "daftar di karir-contoh.com", ["karir-contoh.com"], "a link"),
    ("@link", "daftar di bit.ly/contoh0000", [], "a short link is a class of its own"),
    ("@shortlink", "daftar di bit.ly/contoh0000", ["bit.ly/contoh0000"], "a short link"),
    ("@email", "kirim ke hrd@contoh.co.id", ["hrd@contoh.co.id"], "an e-mail address"),
    ("telegram @handle", "telegram @karir0000", ["telegram @karir0000"], "a handle"),
    ("admin ...1 @hub", "admin di Kamboja", ["admin di kamboja"], "a scam hub"),
    ("admin ...1 @hub", "admin di Bekasi", [], "no scam hub"),
    ("ke @KH", "ke Phnom Penh", ["ke phnom penh"], "a country by its town"),
    ("ke @KH", "ke Vientiane", [], "another country"),
    ("di @abroad", "di Jepang", ["di jepang"], "anywhere but here"),
    ("di @abroad", "di Bekasi", [], "here"),
    ("di @home", "di Bekasi", ["di bekasi"], "here"),
    ("ke @conflict", "ke Suriah", ["ke suriah"], "at war"),
    ("usia #", "usia 25", ["usia 25"], "a number"),
    ("usia #", "usia muda", [], "no number"),
    ("usia # #", "usia 18-35", ["usia 18 35"], "a range is two numbers"),
    ("usia 35", "usia 35, usia 40", ["usia 35"], "a number that a pattern names"),
    ("sebesar # persen", "sebesar 1.500 persen", [], "a dot inside digits separates two numbers"),
    (
        "sebesar # # persen",
        "sebesar 1.500 persen",
        ["sebesar 1 500 persen"],
        "a dot inside digits separates two numbers",
    ),
    ("bonus ...2 kantor", "bonus kantor", ["bonus kantor"], "a gap may be empty"),
    ("bonus ...2 kantor", "bonus dari semua kantor", ["bonus dari semua kantor"], "two tokens"),
    ("bonus ...2 kantor", "bonus dari semua bos kantor", [], "three are too many"),
    ("bonus ...2 kantor", "ada bonus. Ke kantor", [], "a gap never crosses the end of a sentence"),
    ("bonus ...2 kantor", "ada bonus! Ke kantor", [], "nor an exclamation mark"),
    ("bonus ...2 kantor", "ada bonus? Ke kantor", [], "nor a question mark"),
    ("bonus ...2 kantor", "ada bonus\n\nkantor pusat", [], "nor a blank line"),
    ("bonus ...2 kantor", "ada bonus\nkantor pusat", ["bonus kantor"], "a broken line is no end"),
    ("bonus kantor", "ada bonus. Kantor pusat", [], "neighbours are in one sentence as well"),
    ("gaji ...2 bulan", "gaji 7 7 bulan", ["gaji 7 7 bulan"], "numbers stand in a gap like any word"),
    ("siap kak? berangkat", "siap kak berangkat", ["siap kak berangkat"], "an optional item"),
    ("siap kak? berangkat", "siap berangkat", ["siap berangkat"], "that is left out"),
    ("aman ?", "aman?", ["aman ?"], "a question mark of its own"),
    ("aman ?", "aman.", [], "is no full stop"),
    ("ongkos ...3 tiket", "ongkos ongkos tiket", ["ongkos ongkos tiket"], "the longest of overlapping matches"),
]


@pytest.mark.parametrize(
    ("pattern", "text", "words", "why"), MATCHES, ids=[f"{p} / {t!r}: {why}" for p, t, _, why in MATCHES]
)
def test_matches(pattern: str, text: str, words: list[str], why: str) -> None:
    assert matched(pattern, text) == words, why


def test_a_number_also_stands_for_numbers_that_other_patterns_name() -> None:
    reader = reader_of(entry("any", "usia #"), entry("named", "usia 35"))
    assert shown(reader, "usia 35") == {"any": ["usia 35"], "named": ["usia 35"]}
    assert shown(reader, "usia 36") == {"any": ["usia 36"]}


REFUSED: list[tuple[str, str, str]] = [
    # pattern, what the message names, why
    ("kerja @mars", "@mars", "an unknown class"),
    ("kerja @kh", "@kh", "countries are upper case"),
    ("kerja @XX", "@XX", "an unknown country"),
    ("$NOBODY kerja", "$NOBODY", "an unknown macro"),
    ("admin||cs", "admin||cs", "an empty alternative"),
    ("admin|", "admin|", "an alternative is missing"),
    ("admin_|cs", "can never be one token", "half a pair of words"),
    ("gaji/bulan", "gaji/bulan", "a separator inside a word"),
    ("a-b", "a-b", "a hyphen separates tokens"),
    ("", "plain word or a mention", "nothing at all"),
    ("...3", "plain word or a mention", "only a gap"),
    ("#", "plain word or a mention", "only a number: it would run on every text with one"),
    ("kak? ...2", "plain word or a mention", "nothing that must be there"),
]


@pytest.mark.parametrize(("pattern", "names", "why"), REFUSED, ids=[why for _, _, why in REFUSED])
def test_lines_that_are_refused(pattern: str, names: str, why: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern, SHIPPED)
    assert names in str(caught.value), why


def test_a_refused_line_names_its_entry() -> None:
    with pytest.raises(KnowledgeError) as caught:
        reader_of(entry("good", "kerja"), entry("broken", "kerja", unless=["tidak @mars"]))
    assert caught.value.entry == "broken"
    assert "@mars" in caught.value.reason


def test_what_is_asked_before_a_pattern_is_tried() -> None:
    plain = compile_pattern("di|ke|dari pemberangkatan ...2 # kak?", SHIPPED)
    assert plain.asked == ({"pemberangkatan"}, {"di", "ke", "dari"}), "the rarest first; numbers and options never"
    joined = compile_pattern("di_kapal|laut", SHIPPED)
    assert joined.asked == ({"kapal", "laut"}, {"di", "laut"}), "of words that stand together each is needed"


def test_classes_of_places_are_sorted_and_know_home_from_abroad() -> None:
    for name in ("hub", "conflict", "abroad", "closed", "moratorium", "transit"):
        words = members(name, SHIPPED.destinations)
        assert list(words) == sorted(words) != [], name
        assert "@ID" not in words, name
    assert members("home", SHIPPED.destinations) == ("@ID",)
    assert "@KH" in members("hub", SHIPPED.destinations)
