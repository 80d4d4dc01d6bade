"""Facts: what follows from the mentions of a text, and which tokens show it."""

from dataclasses import replace

import pytest

from detector.entities import EntityExtractor
from detector.facts import Facts, facts
from detector.knowledge.loader import load
from detector.knowledge.schema import Knowledge, LicenceList
from detector.tokens import Tokens, tokenise


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def extractor(knowledge: Knowledge) -> EntityExtractor:
    return EntityExtractor(knowledge)


def read(text: str, extractor: EntityExtractor, knowledge: Knowledge) -> tuple[Facts, Tokens]:
    mentions = extractor.extract(text)
    tokens = tokenise(text, mentions)
    return facts(mentions, tokens, knowledge), tokens


TABLE: list[tuple[str, str, str, str]] = [
    # text, facts that hold, facts that do not, why
    ("admin di Kamboja", "destination_hub destination_closed destination_abroad", "destination_home", "a scam hub"),
    (
        "kerja di Myanmar",
        "destination_hub destination_conflict destination_closed",
        "destination_transit",
        "at war too",
    ),
    ("lewat Bangkok", "destination_transit destination_abroad", "destination_hub", "a way to the hubs"),
    ("ART di Kuwait", "destination_moratorium destination_abroad", "destination_hub", "households are closed"),
    ("toko di Bekasi", "destination_home", "destination_abroad", "at home"),
    ("Batam lalu Kamboja", "destination_home destination_hub", "", "both"),
    ("gaji 5 juta", "pay_named", "pay_foreign_currency pay_above_lawful_range", "a wage in rupiah"),
    ("15 juta, tiket gratis", "pay_named", "", "a sum that is called nothing"),
    ("biaya admin 500rb", "", "pay_named", "a fee is no pay"),
    ("gaji $900", "pay_named pay_foreign_currency", "", "dollars"),
    ("biaya $900", "", "pay_foreign_currency", "a fee in dollars"),
    ("gaji 6k", "pay_named", "pay_foreign_currency", "nobody says in which currency"),
    ("gaji 5-15 juta", "pay_wide_range pay_named", "", "three times from end to end"),
    ("gaji 5-7 juta", "", "pay_wide_range", "an ordinary range"),
    ("penghasilan puluhan juta", "pay_named", "pay_wide_range", "vague is not wide"),
    ("CS Kamboja gaji 12 juta", "pay_above_lawful_range", "pay_within_lawful_range", "a hub without lawful pay"),
    ("CS Kamboja gaji 4 juta", "", "pay_above_lawful_range pay_within_lawful_range", "little pay in a hub"),
    (
        "pabrik di Malaysia gaji RM 2.000",
        "pay_within_lawful_range",
        "pay_above_lawful_range",
        "what factories pay there",
    ),
    (
        "pabrik di Malaysia gaji RM 9.000",
        "pay_above_lawful_range",
        "pay_within_lawful_range",
        "what no factory pays there",
    ),
    ("Hong Kong, gaji HK$5.100", "pay_within_lawful_range", "pay_above_lawful_range", "the minimum of helpers"),
    ("Taiwan, gaji NT$ 29.500", "pay_within_lawful_range", "pay_above_lawful_range", "the industrial minimum"),
    ("Korea, gaji 25 juta", "pay_within_lawful_range", "pay_above_lawful_range", "high in rupiah, lawful in Korea"),
    ("Rusia, gaji 40 juta", "", "pay_within_lawful_range pay_above_lawful_range", "no lawful pay is known there"),
    ("Kamboja atau Malaysia, gaji 14 juta", "pay_above_lawful_range", "", "the first country that says something"),
    ("admin toko gaji 4 juta", "", "pay_above_lawful_range pay_within_lawful_range", "ordinary at home"),
    ("admin toko gaji 25 juta", "pay_above_lawful_range", "", "three times the highest minimum at home"),
    ("toko di Bekasi gaji 25 juta", "pay_above_lawful_range", "", "a home town is no foreign destination"),
    ("upah 400rb per jam", "pay_above_lawful_range", "", "for an hour"),
    ("upah 150rb per jam", "", "pay_above_lawful_range", "well paid, but an hour's work"),
    ("biaya 25 juta", "", "pay_above_lawful_range", "a fee"),
    ("0812-0000-0011", "phone", "phone_foreign link", "at home"),
    ("+855 12 345 678", "phone phone_foreign", "", "abroad"),
    ("wa.me/6281200000011", "phone link link_messenger", "phone_foreign link_unofficial", "a phone in a link"),
    ("t.me/karir0000", "handle link link_messenger", "link_unofficial", "a handle in a link"),
    ("TG @karir0000", "handle", "link", "a handle by its name"),
    ("sscasn.bkn.go.id", "link link_official", "link_unofficial", "government"),
    ("cdc.contoh.ac.id", "link link_official", "link_unofficial", "university"),
    ("forms.gle/abc", "link link_form", "link_unofficial", "a form"),
    ("karir-contoh.com", "link link_unofficial", "link_official", "a company's, or made to look so"),
    ("bit.ly/abc", "shortlink", "link link_unofficial", "a short link says nothing of its host"),
    ("hrd@gmail.com", "email_free", "email_company link", "free mail"),
    ("hrd@contoh.co.id", "email_company", "email_free", "a company's mail"),
    ("info@kemnaker.go.id", "email_official", "email_company", "government mail"),
    ("visa turis", "visa_visit", "visa_work", "tourist"),
    ("masuk bebas visa", "visa_visit", "visa_work", "no visa at all"),
    ("visa ziarah", "visa_pilgrim", "visa_visit", "pilgrims"),
    ("visa kerja", "visa_work", "visa_visit", "work"),
    ("visa pelajar", "", "visa_visit visa_pilgrim visa_work", "students"),
    ("SIP3MI 000/2019", "licence_named", "licence_unlisted company_named", "a licence"),
    ("PT Contoh Jaya", "company_named", "licence_named", "a company"),
    (
        "PT Contoh Jaya SIP3MI 000/2019",
        "company_named licence_named",
        "licence_unlisted",
        "no complete list is at hand",
    ),
    ("usia maks 35", "age_named", "looks_demanded", "age"),
    ("berpenampilan menarik", "looks_demanded", "age_named", "looks"),
]


@pytest.mark.parametrize(("text", "holds", "fails", "why"), TABLE, ids=[f"{t}: {why}" for t, _, _, why in TABLE])
def test_facts(text: str, holds: str, fails: str, why: str, extractor: EntityExtractor, knowledge: Knowledge) -> None:
    shown, _ = read(text, extractor, knowledge)
    assert set(holds.split()) <= shown.keys(), why
    assert not set(fails.split()) & shown.keys(), why


@pytest.mark.parametrize("text", [row[0] for row in TABLE])
def test_every_fact_has_a_name_that_conditions_may_use(
    text: str, extractor: EntityExtractor, knowledge: Knowledge
) -> None:
    shown, tokens = read(text, extractor, knowledge)
    assert set(shown) <= set(knowledge.fact_names)
    for spans in shown.values():
        assert spans
        assert all(0 <= start < end <= len(tokens) for start, end in spans)


def test_the_table_shows_every_fact(knowledge: Knowledge) -> None:
    shown = {name for _, holds, _, _ in TABLE for name in holds.split()} | {"licence_unlisted"}
    assert shown == set(knowledge.fact_names)


@pytest.mark.parametrize(
    ("text", "fact", "words"),
    [
        ("butuh admin di Phnom Penh segera", "destination_hub", ["phnom penh"]),
        ("pakai visa turis dulu ya", "visa_visit", ["visa turis"]),
        ("gaji 12 juta, usia 18-35 th", "pay_named", ["12 juta"]),
        ("gaji 12 juta, usia 18-35 th", "age_named", ["18 35 th"]),
        ("Kamboja, Kamboja", "destination_hub", ["kamboja", "kamboja"]),
        ("CS Kamboja gaji 12 juta", "pay_above_lawful_range", ["12 juta"]),
    ],
)
def test_the_words_that_show_a_fact(
    text: str, fact: str, words: list[str], extractor: EntityExtractor, knowledge: Knowledge
) -> None:
    shown, tokens = read(text, extractor, knowledge)
    assert [" ".join(tokens.words[start:end]) for start, end in shown[fact]] == words


@pytest.mark.parametrize(
    ("text", "unlisted"),
    [
        ("PT Contoh Gelap SIP3MI 000/2019", True),
        ("PT Contoh Terang SIP3MI 000/2019", False),
        ("PT. CONTOH TERANG Tbk, SIP3MI 000/2019", False),
        ("PT Contoh Gelap", False),
        ("SIP3MI 000/2019", False),
    ],
)
def test_a_licence_of_a_company_that_is_not_on_a_complete_list(
    text: str, unlisted: bool, extractor: EntityExtractor, knowledge: Knowledge
) -> None:
    listed = LicenceList(complete=True, as_of="2026-11-23", source="OWN", companies=("PT Contoh Terang",))
    shown, _ = read(text, extractor, replace(knowledge, licences=listed))
    assert ("licence_unlisted" in shown) == unlisted


def test_no_mentions_no_facts(extractor: EntityExtractor, knowledge: Knowledge) -> None:
    assert read("selamat pagi semua", extractor, knowledge)[0] == {}
