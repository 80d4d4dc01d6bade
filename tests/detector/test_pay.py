"""Pay: sums as ads write them, what they are for, and what they are in rupiah a month."""

import pytest

from detector.entities import Mention, extract
from detector.knowledge.loader import load
from detector.knowledge.schema import Knowledge
from detector.mentions.lexicon import load_lexicon
from detector.mentions.numbers import NumberWords, read_number


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def pay(text: str, knowledge: Knowledge) -> list[Mention]:
    return [m for m in extract(text, knowledge) if m.type == "pay"]


SUMS: list[tuple[str, list[tuple[str, str]], str]] = [
    ("gaji 12jt", [("IDR 12000000/month", "12jt")], "jt, glued"),
    ("gaji 12 jt", [("IDR 12000000/month", "12 jt")], "jt, apart"),
    (
        "gaji 12-15 juta",
        [("IDR 12000000-15000000/month", "12-15 juta")],
        "the first number takes the unit of the second",
    ),
    ("gaji 12 s/d 15jt", [("IDR 12000000-15000000/month", "12 s/d 15jt")], "s/d"),
    ("gaji 7 sampai 12 juta", [("IDR 7000000-12000000/month", "7 sampai 12 juta")], "sampai"),
    ("gaji 12jt an", [("IDR 12000000/month", "12jt an")], "about"),
    ("gaji 12jutaan", [("IDR 12000000/month", "12jutaan")], "about, in one word"),
    ("Rp 5.000.000 per bulan", [("IDR 5000000/month", "Rp 5.000.000")], "dots group thousands"),
    ("Rp. 5.000.000,- per bulan", [("IDR 5000000/month", "Rp. 5.000.000,-")], "the tail belongs to the sum"),
    ("Gaji: Rp4.500.000,00", [("IDR 4500000/month", "Rp4.500.000,00")], "decimals"),
    ("Gaji Rp 2,3jt-3,4jt", [("IDR 2300000-3400000/month", "Rp 2,3jt-3,4jt")], "units on both sides"),
    ("upah 4,5 juta", [("IDR 4500000/month", "4,5 juta")], "a decimal comma"),
    ("salary IDR 5 mio", [("IDR 5000000/month", "IDR 5 mio")], "mio"),
    ("IDR 5,000,000 - 7,500,000 per month", [("IDR 5000000-7500000/month", "IDR 5,000,000 - 7,500,000")], "commas"),
    ("5 - 7 Juta/bulan", [("IDR 5000000-7000000/month", "5 - 7 Juta")], "the period stays outside the words"),
    ("150rb/hari", [("IDR 150000/day", "150rb")], "a day"),
    ("gaji 5 mıo /harı", [("IDR 5000000/day", "5 mıo")], "a Turkish dotless i, which patterns without case match"),
    ("150rb/hr", [("IDR 150000/day", "150rb")], "hr is a day in rupiah"),
    ("CAD 20.50/hr", [("CAD 20.5/hour", "CAD 20.50")], "and an hour in dollars"),
    ("50k per jam", [("IDR 50000/hour", "50k")], "k with a period"),
    ("1,2 jt seminggu", [("IDR 1200000/week", "1,2 jt")], "a week"),
    ("gaji harian 450rb", [("IDR 450000/day", "450rb")], "the period before the sum"),
    ("60jt setahun", [("IDR 60000000/year", "60jt")], "a year"),
    ("Rp 3.000 per like", [("IDR 3000/task", "Rp 3.000")], "a task"),
    ("200rb per shift", [("IDR 200000/day", "200rb")], "a shift"),
    ("RM 3.500 sebulan", [("MYR 3500/month", "RM 3.500")], "ringgit, Indonesian dot"),
    ("gaji RM3,500-RM5,000", [("MYR 3500-5000/month", "RM3,500-RM5,000")], "ringgit, English comma"),
    ("rm80 sehari", [("MYR 80/day", "rm80")], "lower case"),
    ("USD 1.500/bln", [("USD 1500/month", "USD 1.500")], "dollars, Indonesian dot"),
    ("gaji $800-$1200", [("USD 800-1200/month", "$800-$1200")], "a range of dollars"),
    ("gaji 1200 dollar", [("USD 1200/month", "1200 dollar")], "the currency behind"),
    ("gaji 900$ + komisi", [("USD 900/month", "900$")], "the sign behind"),
    ("gaji 900 USDT", [("USD 900/month", "900 USDT")], "a coin that stands for dollars"),
    ("Salary [1000-1300 USD]", [("USD 1000-1300/month", "1000-1300 USD")], "a range, the currency behind"),
    ("gaji SGD 800", [("SGD 800/month", "SGD 800")], "Singapore"),
    ("gaji S$620", [("SGD 620/month", "S$620")], "Singapore, by its sign"),
    ("gaji HK$5.100", [("HKD 5100/month", "HK$5.100")], "Hong Kong"),
    ("gaji NT$ 29.500", [("TWD 29500/month", "NT$ 29.500")], "Taiwan"),
    ("Gaji ¥180.000", [("JPY 180000/month", "¥180.000")], "Japan"),
    ("gaji KRW 2.2 juta", [("KRW 2200000/month", "KRW 2.2 juta")], "won, and not rupiah"),
    ("gaji 2,2 juta won", [("KRW 2200000/month", "2,2 juta won")], "won, behind the unit"),
    ("gaji AED 1.200", [("AED 1200/month", "AED 1.200")], "dirham"),
    ("SAR 1500 per bulan", [("SAR 1500/month", "SAR 1500")], "riyal"),
    ("gaji €2.500", [("EUR 2500/month", "€2.500")], "euro"),
    ("£11.90 an hour", [("GBP 11.9/hour", "£11.90")], "pound, two decimals"),
    ("gaji 1.500,50 euro", [("EUR 1500.5/month", "1.500,50 euro")], "dot and comma, Indonesian"),
    ("salary 1,500.50 euro", [("EUR 1500.5/month", "1,500.50 euro")], "dot and comma, English"),
    ("gaji 2 digit", [("IDR 10000000-19000000/month", "2 digit")], "two digits"),
    ("gaji dua digit", [("IDR 10000000-19000000/month", "dua digit")], "two digits in words"),
    ("gaji belasan juta", [("IDR 10000000-19000000/month", "belasan juta")], "teens of millions"),
    ("penghasilan puluhan juta", [("IDR 20000000-90000000/month", "puluhan juta")], "tens of millions"),
    ("gaji 3x UMR", [("IDR 17189628/month", "3x UMR")], "a multiple of the minimum wage"),
    ("gaji dua belas juta", [("IDR 12000000/month", "dua belas juta")], "number words"),
    ("lima juta sebulan", [("IDR 5000000/month", "lima juta")], "number words"),
    ("gaji sepuluh juta rupiah", [("IDR 10000000/month", "sepuluh juta rupiah")], "with the currency"),
    ("upah lima ratus ribu sehari", [("IDR 500000/day", "lima ratus ribu")], "hundreds of thousands"),
    ("gaji 5.000.000", [("IDR 5000000/month", "5.000.000")], "no currency, but a wage word"),
    ("gaji 12 bersih", [("IDR 12000000/month", "12")], "millions go without saying"),
    ("gapok 4,6 + HM", [("IDR 4600000/month", "4,6")], "millions, with a decimal"),
    ("Gaji 4,8 s/d 6,3", [("IDR 4800000-6300000/month", "4,8 s/d 6,3")], "a range of such"),
    ("gaji 6k", [("XXX 6000/unknown", "6k")], "ringgit or dollars: nobody says"),
    (
        "gaji 5jt + bonus 500rb",
        [("IDR 5000000/month", "5jt"), ("IDR 500000/unknown", "500rb")],
        "two sums; a small one is no month's pay",
    ),
    (
        "4,5 juta atau IDR 5 mio",
        [("IDR 4500000/month", "4,5 juta"), ("IDR 5000000/month", "IDR 5 mio")],
        "a currency belongs to the number behind it",
    ),
    ("Rp 150.000/8 jam", [("IDR 150000/unknown", "Rp 150.000")], "eight hours are no second sum"),
    ("gaji $900 - 25000 orang", [("USD 900/month", "$900")], "people are no second sum"),
]


@pytest.mark.parametrize(("text", "expected", "why"), SUMS, ids=[f"{text}: {why}" for text, _, why in SUMS])
def test_sums(text: str, expected: list[tuple[str, str]], why: str, knowledge: Knowledge) -> None:
    assert [(m.value, text[m.start : m.end]) for m in pay(text, knowledge)] == expected, why


NO_PAY = [
    ("3 juta orang", "people"),
    ("3.000 karyawan baru", "people with a dot"),
    ("10k followers", "followers"),
    ("19 juta lapangan kerja", "jobs"),
    ("kontrak 2 tahun", "years"),
    ("gaji 3 bulan ditahan", "months of pay"),
    ("gaji ke-13 cair", "the thirteenth pay"),
    ("gaji tgl 25", "a date"),
    ("komisi 5%", "a share"),
    ("pengalaman PLN 3 tahun", "a power company"),
    ("bisa PHP 8 dan CAD", "a language and a tool"),
    ("Euro 2024", "a cup"),
    ("Jl. Contoh No. 12, RT 3/RW 4", "an address"),
    ("0812-0000-0011", "a phone"),
    ("25-11-2026 pukul 08.30", "a date and a time"),
    ("UU 18/2017 Pasal 81", "a law"),
    ("jutaan orang tertarik", "vague, and people"),
    ("A4, E-9, 4x6", "sizes and schemes"),
    ("SIP3MI 000/2019", "a licence"),
    ("dua minggu lagi", "number words without money"),
]


@pytest.mark.parametrize(("text", "why"), NO_PAY, ids=[f"{text}: {why}" for text, why in NO_PAY])
def test_other_numbers_are_no_pay(text: str, why: str, knowledge: Knowledge) -> None:
    assert pay(text, knowledge) == [], why


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("gaji 5 juta", "wage"),
        ("salary USD 900", "wage"),
        ("dibayar 150rb/hari", "wage"),
        ("uang saku 2 juta", "wage"),
        ("Rp75 rb/jam", "wage"),  # a period of time shows a wage
        ("14 juta gaji bersih", "wage"),  # the word behind
        ("Gaji:\nRp 5 juta", "wage"),  # the line above
        ("biaya admin Rp 150.000", "fee"),
        ("DP 5jt", "fee"),
        ("deposit 250rb dulu", "fee"),
        ("denda 25 juta", "fee"),
        ("potongan RM400 sebulan", "fee"),
        ("transfer 3 juta di depan", "fee"),
        ("uang muka 2 juta", "fee"),
        ("iuran 50rb", "fee"),
        ("setor uang COD Rp 500.000", "fee"),
        ("Rp 350 ribu", "amount"),
        ("15 juta, tiket gratis", "amount"),
        ("Biaya gratis. 15 juta bersih", "amount"),  # another sentence
    ],
)
def test_what_a_sum_is_for(text: str, role: str, knowledge: Knowledge) -> None:
    (sum_,) = pay(text, knowledge)
    assert sum_.detail["role"] == role


def test_the_nearest_word_decides(knowledge: Knowledge) -> None:
    roles = [m.detail["role"] for m in pay("gaji 5 juta, biaya admin 150rb, bonus 1 juta, denda 2 juta", knowledge)]
    assert roles == ["wage", "fee", "wage", "fee"]


@pytest.mark.parametrize(
    ("text", "period", "assumed", "month"),
    [
        ("gaji 5 juta sebulan", "month", False, 5_000_000),
        ("gaji 5 juta", "month", True, 5_000_000),
        ("upah 100rb/hari", "day", False, 2_500_000),
        ("upah 20rb/jam", "hour", False, 3_460_000),
        ("upah 1 juta/minggu", "week", False, 4_330_000),
        ("gaji 60 juta/tahun", "year", False, 5_000_000),
        ("gaji USD 1000", "month", True, 1000 * 16412),
        ("bonus 50rb", "unknown", True, None),
        ("Rp 3.000 per like", "task", False, None),
        ("biaya 5 juta", "once", True, None),
        ("gaji 400 shekel per bulan", "month", False, None),  # no rate is known
    ],
)
def test_rupiah_a_month(text: str, period: str, assumed: bool, month: float | None, knowledge: Knowledge) -> None:
    (sum_,) = pay(text, knowledge)
    detail = sum_.detail
    assert (detail["period"], detail["assumed_period"]) == (period, assumed)
    assert detail["idr_month_max"] == (None if month is None else pytest.approx(month))
    assert detail["idr_month_min"] == detail["idr_month_max"]


@pytest.mark.parametrize(
    ("raw", "multiplier", "value"),
    [
        ("3.500", 1, 3500),
        ("3,500", 1, 3500),
        ("1.500,50", 1, 1500.5),
        ("1,500.50", 1, 1500.5),
        ("5.000.000", 1, 5_000_000),
        ("1.250", 1_000_000, 1_250_000),
        ("1.500", 1_000, 1_500_000),
        ("4,5", 1_000_000, 4_500_000),
        ("0.500", 1_000_000, 500_000),
        ("1.2.3", 1, None),
        ("12.3456", 1, None),
        ("1,00,000", 1, None),
        ("9" * 40, 1, None),
    ],
)
def test_separators(raw: str, multiplier: float, value: float | None) -> None:
    assert read_number(raw, multiplier) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("dua belas", 12),
        ("lima puluh", 50),
        ("dua ratus lima puluh", 250),
        ("sebelas", 11),
        ("lapan", 8),
        ("satu setengah", 1.5),
        ("two", 2),
        ("kucing", None),
    ],
)
def test_number_words(words: str, value: float | None) -> None:
    assert NumberWords(load_lexicon().pay).value(words.split()) == value
