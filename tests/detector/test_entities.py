"""Phones, links, handles, e-mail, destinations, papers, companies, age and looks: tables of texts as ads write them.

Each row: the text, what must be found (value, the words that show it), and why the row is there. A row with nothing
expected is a trap that caught someone. Pay has its own table in `test_pay.py`.
"""

from dataclasses import FrozenInstanceError
from itertools import pairwise
from pathlib import Path

import pytest

from detector.entities import EntityExtractor, Mention, extract
from detector.errors import KnowledgeError
from detector.knowledge.loader import load
from detector.knowledge.schema import Knowledge
from detector.mentions.lexicon import load_lexicon
from detector.tokens import MERGED

Expected = list[tuple[str, str]]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def found(text: str, knowledge: Knowledge, *types: str) -> Expected:
    return [(m.value, text[m.start : m.end]) for m in extract(text, knowledge) if m.type in types]


PHONES: list[tuple[str, Expected, str]] = [
    ("WA 0812-0000-0011", [("+6281200000011", "0812-0000-0011")], "the usual form"),
    ("WA:081200000011", [("+6281200000011", "081200000011")], "no separators, glued to the colon"),
    ("hub WA081200000011 ya", [("+6281200000011", "081200000011")], "glued to the word that announces it"),
    ("0812 0000 0011", [("+6281200000011", "0812 0000 0011")], "spaces"),
    ("0812.0000.0011", [("+6281200000011", "0812.0000.0011")], "dots"),
    ("0812 - 3xxx - 9xxx", [("+628123xxx9xxx", "0812 - 3xxx - 9xxx")], "masked digits stay x"),
    ("0812xxxx0011", [("+62812xxxx0011", "0812xxxx0011")], "masked in the middle"),
    ("+62 812-0000-0011", [("+6281200000011", "+62 812-0000-0011")], "international"),
    ("+62 (812) 0000-0011", [("+6281200000011", "+62 (812) 0000-0011")], "brackets inside"),
    ("6281200000011", [("+6281200000011", "6281200000011")], "international without a plus"),
    ("0062 812 0000 0011", [("+6281200000011", "0062 812 0000 0011")], "00 in place of the plus"),
    ("O812-OOOO-OO11", [("+6281200000011", "O812-OOOO-OO11")], "the letter o for zero"),
    ("0 8 1 2 0 0 0 0 0 0 1 1", [("+6281200000011", "0 8 1 2 0 0 0 0 0 0 1 1")], "digits spelled apart"),
    ("*0812-0000-0011*", [("+6281200000011", "0812-0000-0011")], "bold in a chat, the stars are no mask"),
    ("Telp (021) 555-0000", [("+62215550000", "(021) 555-0000")], "landline with its area code"),
    ("0274-000123", [("+62274000123", "0274-000123")], "landline of a smaller town"),
    ("+60 12-345 6789", [("+60123456789", "+60 12-345 6789")], "Malaysia"),
    (
        "call 012-345 6789",
        [("+60123456789", "012-345 6789")],
        "Malaysian mobile without its code: 01x is unused at home",
    ),
    ("03-2610 0000", [("+60326100000", "03-2610 0000")], "Malaysian landline: a two-digit area code"),
    ("+855 12 345 678", [("+85512345678", "+855 12 345 678")], "Cambodia"),
    ("+95 9 123 456 789", [("+959123456789", "+95 9 123 456 789")], "Myanmar"),
    ("Sekarang nomornya +855 dan ganti terus", [("+855", "+855")], "a calling code alone names the country"),
    ("wa.me/6281200000011", [("+6281200000011", "wa.me/6281200000011")], "a chat link is a phone"),
    (
        "https://api.whatsapp.com/send?phone=6281200000011&text=halo",
        [("+6281200000011", "https://api.whatsapp.com/send?phone=6281200000011&text=halo")],
        "the long form of the same",
    ),
    (
        "0812-0000-0011 / 0857-0000-0022",
        [("+6281200000011", "0812-0000-0011"), ("+6285700000022", "0857-0000-0022")],
        "two numbers do not run together",
    ),
    (
        "0812-0000-0011 0857-0000-0022",
        [("+6281200000011", "0812-0000-0011"), ("+6285700000022", "0857-0000-0022")],
        "nor with only a space between",
    ),
    ("0812-0000-0011 18-35 th", [("+6281200000011", "0812-0000-0011")], "the age behind it is not taken in"),
    ("0812-0000-0011 500rb", [("+6281200000011", "0812-0000-0011")], "nor the pay"),
    ("kirim foto KTP ke 0812-0000-0011", [("+6281200000011", "0812-0000-0011")], "KTP before `ke` announces no number"),
    ("saldo e-wallet 0812-0000-0044", [("+6281200000044", "0812-0000-0044")], "an e-wallet number is a phone"),
    ("jam 08.00-17.00 WIB", [], "hours"),
    ("08-12-2026 mulai kerja", [], "a date"),
    ("tahun 2026/2027, buka 24/7", [], "years and 24/7"),
    ("Rp 8.000.000 - 12.000.000", [], "a price"),
    ("rek BCA 0123456789 a.n. Contoh", [], "an account number"),
    ("no rekening BRI: 0812 0101 0000 535", [], "an account number that begins like a mobile"),
    ("NIK 0801010101010001", [], "an identity number"),
    ("SIP3MI 0812/2023", [], "a licence number"),
    ("diskon +50 poin", [], "a plus is no calling code without a phone word"),
    ("00000000000", [], "no number at all"),
]


@pytest.mark.parametrize(("text", "expected", "why"), PHONES, ids=[why for *_, why in PHONES])
def test_phones(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "phone") == expected, why


@pytest.mark.parametrize(
    ("text", "country", "kind", "via", "masked"),
    [
        ("0812-0000-0011", "ID", "mobile", "number", False),
        ("(021) 555-0000", "ID", "fixed", "number", False),
        ("0800-100-2000", "ID", "unknown", "number", False),
        ("0812 - 3xxx - 9xxx", "ID", "mobile", "number", True),
        ("wa.me/6281200000011", "ID", "mobile", "link", False),
        ("+60 12-345 6789", "MY", "mobile", "number", False),
        ("+855 12 345 678", "KH", "mobile", "number", False),
        ("+855 12 xxx xxx", "KH", "unknown", "number", True),
        ("nomor +95", "MM", "unknown", "number", True),
    ],
)
def test_phone_details(text: str, country: str, kind: str, via: str, masked: bool, knowledge: Knowledge) -> None:
    (phone,) = (m for m in extract(text, knowledge) if m.type == "phone")
    assert phone.detail == {"country": country, "kind": kind, "via": via, "masked": masked}


LINKS: list[tuple[str, str, str | None, str]] = [
    ("https://www.Contoh-Loker.com/Daftar).", "contoh-loker.com/Daftar", "company", "scheme, www, capitals, tail"),
    ("daftar di loker-contoh.com/daftar", "loker-contoh.com/daftar", "company", "no scheme"),
    ("web karir.contoh.co.id ya", "karir.contoh.co.id", "company", "bare host"),
    ("kirim ke contoh.co.id.Hubungi kami", "contoh.co.id", "company", "the next sentence is glued to it"),
    ("cek sscasn.bkn.go.id", "sscasn.bkn.go.id", "official", "government"),
    ("ad.rekrutmen-tni.mil.id", "ad.rekrutmen-tni.mil.id", "official", "army"),
    ("jobs.mom.gov.sg", "jobs.mom.gov.sg", "official", ".gov under a country code"),
    (
        "http://bkn.go.id.pengumuman.site/x",
        "bkn.go.id.pengumuman.site/x",
        "company",
        "go.id inside, but not at the end",
    ),
    ("https://u:p@bca.co.id@evil.example/x", "evil.example/x", "company", "the host stands behind the last @"),
    ("cdc.contoh.ac.id", "cdc.contoh.ac.id", "education", "university"),
    ("forms.gle/abc123", "forms.gle/abc123", "form", "form service"),
    ("docs.google.com/forms/d/1", "docs.google.com/forms/d/1", "form", "form by its path"),
    ("docs.google.com/document/d/1", "docs.google.com/document/d/1", "other", "same host, no form"),
    ("chat.whatsapp.com/AbCd", "chat.whatsapp.com/AbCd", "messenger", "group invitation"),
    ("t.me/+AbCdEf", "t.me/+AbCdEf", "messenger", "private channel: no name, so no handle"),
    ("instagram.com/contoh", "instagram.com/contoh", "social", "social network"),
    ("loker-contoh.blogspot.com", "loker-contoh.blogspot.com", "other", "free page"),
    ("info di situs karir-bank.site", "karir-bank.site", "company", "a newer ending"),
    ("bit.ly/abc", "bit.ly/abc", None, "short link"),
    ("https://s.id/loker", "s.id/loker", None, "short link with a scheme"),
    ("linktr.ee/contoh", "linktr.ee/contoh", None, "link list"),
]


@pytest.mark.parametrize(("text", "value", "domain_class", "why"), LINKS, ids=[why for *_, why in LINKS])
def test_links(text: str, value: str, domain_class: str | None, why: str, knowledge: Knowledge) -> None:
    (link,) = (m for m in extract(text, knowledge) if m.type in ("link", "shortlink"))
    assert (link.type, link.value) == ("link" if domain_class else "shortlink", value), why
    if domain_class:
        assert link.detail["domain_class"] == domain_class, why
    assert link.detail["host"] == value.partition("/")[0]


NO_LINKS = [
    "Jl.Sudirman No.5",
    "min.SMA sederajat",
    "Bpk.Andi",
    "bonus dll.Hubungi admin",
    "gaji 12.000 per jam",
    "Budi, S.Kom dan Ani, S.Pd.I",
    "kirim cv.pdf dan form.docx",
    "Terima kasih.My name is Budi",
    "a.n. Siti, dst.Info lanjut",
    "versi 2.0.1",
    "Tgl.25.Bawa KTP",
]


@pytest.mark.parametrize("text", NO_LINKS)
def test_words_with_a_dot_are_no_links(text: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "link", "shortlink") == []


@pytest.mark.parametrize(
    ("text", "value", "domain_class"),
    [
        ("CV ke HRD.Contoh@Gmail.com", "hrd.contoh@gmail.com", "free"),
        ("hrd@contoh.co.id,", "hrd@contoh.co.id", "company"),
        ("info@kemnaker.go.id", "info@kemnaker.go.id", "official"),
        ("cdc@contoh.ac.id", "cdc@contoh.ac.id", "education"),
        ("phe.rekrut @gmail.com", "phe.rekrut@gmail.com", "free"),
        ("hrd[at]contoh.com", "hrd@contoh.com", "company"),
        ("hr@contoh.com.my", "hr@contoh.com.my", "company"),
    ],
)
def test_emails(text: str, value: str, domain_class: str, knowledge: Knowledge) -> None:
    (email,) = (m for m in extract(text, knowledge) if m.type == "email")
    assert (email.value, email.detail["domain_class"]) == (value, domain_class)
    assert email.detail["domain"] == value.partition("@")[2]


HANDLES: list[tuple[str, Expected, str]] = [
    ("TG: @rekrut_00", [("telegram:rekrut_00", "@rekrut_00")], "service before the name"),
    ("Lamar: telegram @goldenlotus_hr", [("telegram:goldenlotus_hr", "@goldenlotus_hr")], "written out"),
    ("tele rekrut_01 ya", [("telegram:rekrut_01", "rekrut_01")], "no sign, but a name that someone chose"),
    ("Vivian (TG) @novatalent_0000", [("telegram:novatalent_0000", "@novatalent_0000")], "service in brackets"),
    ("t.me/Globalkarir0000", [("telegram:globalkarir0000", "t.me/Globalkarir0000")], "a link that names an account"),
    ("id line: abc_kerja", [("line:abc_kerja", "abc_kerja")], "id line"),
    ("LINE: abangproyek88", [("line:abangproyek88", "abangproyek88")], "line with a colon"),
    ("LINE @kerja99", [("line:kerja99", "@kerja99")], "line with a sign"),
    ("IG @loker.contoh", [("instagram:loker.contoh", "@loker.contoh")], "instagram, a dot in the name"),
    ("minat dm @contoh.kerja", [("unknown:contoh.kerja", "@contoh.kerja")], "a contact word, no service"),
    ("Reply @aldi_99: bukan bro", [], "someone answers someone"),
    ("alamat @contoh.com resmi", [], "a mail domain"),
    ("kapal pole and line KM Contoh", [], "line fishing"),
    ("operator line produksi 2", [], "a production line"),
    ("masuk grup telegram kami", [], "no name"),
]


@pytest.mark.parametrize(("text", "expected", "why"), HANDLES, ids=[why for *_, why in HANDLES])
def test_handles(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "handle") == expected, why


PLACES: list[tuple[str, Expected, str]] = [
    ("Kerja di Kamboja", [("KH", "Kamboja")], "country, Indonesian"),
    ("work in CAMBODIA", [("KH", "CAMBODIA")], "country, English, capitals"),
    ("penempatan poipet", [("KH", "poipet")], "town, lower case"),
    ("ke Phnom Penh lalu Bavet", [("KH", "Phnom Penh"), ("KH", "Bavet")], "two words; two places"),
    ("Hong-Kong & Hongkong", [("HK", "Hong-Kong"), ("HK", "Hongkong")], "hyphen; one word"),
    ("Arab Saudi dan Uni Emirat Arab", [("SA", "Arab Saudi"), ("AE", "Uni Emirat Arab")], "the longest name wins"),
    ("Sudan Selatan", [("SS", "Sudan Selatan")], "not Sudan"),
    ("majikan di Arab", [("SA", "Arab")], "the preposition stays outside"),
    ("SPA 🇰🇭 dan 🇹🇭", [("KH", "🇰🇭"), ("TH", "🇹🇭")], "flags"),
    ("kerja KL atau SG", [("MY", "KL"), ("SG", "SG")], "short forms in capitals"),
    ("TW/HK, 50rb/HK", [("TW", "TW"), ("HK", "HK")], "a list of them, and a working day"),
    ("admin (KH)", [("KH", "KH")], "short form in brackets"),
    ("penempatan Batam", [("ID", "Batam")], "home town"),
    ("Parañaque / Paranaque", [("PH", "Parañaque"), ("PH", "Paranaque")], "accents"),
    ("O'Smach", [("KH", "O'Smach")], "apostrophe"),
    ("butuh 5 orang Taiwan", [("TW", "Taiwan")], "a number of people for a place"),
    ("kl nanti, sg utama, kh", [], "short forms in lower case are words"),
    ("6 HK/bulan, pH 7", [], "HK after a number is a working day; pH"),
    ("gaji US$ 500", [], "US$ is a currency"),
    ("Jl. Arab No. 2", [], "a street"),
    ("Jalan Thailand blok B", [], "a street, written out"),
    ("Jl. Raya Batam", [], "a street, two words on"),
    ("restoran Jepang di mal", [], "a restaurant"),
    ("bisa bahasa Korea", [], "a language"),
    ("bahasa Mandarin/Korea dan Jepang", [], "a list of languages"),
    ("Bank of China", [], "a bank"),
    ("Indomaret, indomie", [], "inside other words"),
    ("Thai tea dan Korean style", [], "drinks and styles"),
    ("Qatar Airways", [], "an airline"),
    ("warga negara Indonesia, orang Turki", [], "nationality"),
    ("Male/female, male 18+", [], "no Maldives"),
    ("PT Contoh Korea Mandiri", [], "inside a company's name"),
]


@pytest.mark.parametrize(("text", "expected", "why"), PLACES, ids=[why for *_, why in PLACES])
def test_destinations(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "destination") == expected, why


def test_every_country_of_the_gazetteer_is_found_by_its_names(knowledge: Knowledge) -> None:
    for place in knowledge.destinations:
        for name in (place.name.id, place.name.en):
            text = f"penempatan di {name}, siap kerja"
            assert place.iso2 in [value for value, _ in found(text, knowledge, "destination")], name


VISAS: list[tuple[str, Expected, str]] = [
    ("visa turis dulu", [("tourist", "visa turis")], "tourist"),
    ("TOURIST VISA ok", [("tourist", "TOURIST VISA")], "English, capitals"),
    ("visa kunjungan 60 hari", [("visit", "visa kunjungan")], "visit"),
    ("Visa: kunjungan 60 hari", [("visit", "Visa: kunjungan")], "the kind stands apart"),
    ("visanya ziarah aja bu", [("pilgrim", "visanya ziarah")], "inflected"),
    ("visa umrah atau visa ziarah", [("pilgrim", "visa umrah"), ("pilgrim", "visa ziarah")], "two visas"),
    ("visa on arrival", [("visit", "visa on arrival")], "on arrival"),
    ("social visit pass", [("visit", "social visit pass")], "Malaysian pass"),
    ("visa kerja resmi", [("work", "visa kerja")], "work"),
    ("calling visa keluar", [("work", "calling visa")], "Malaysian approval"),
    ("E-9 Korea, SSW Jepang", [("work", "E-9"), ("work", "SSW")], "schemes"),
    ("visa pelajar", [("student", "visa pelajar")], "student"),
    ("visa transit Dubai", [("transit", "visa transit")], "transit"),
    ("masuk bebas visa 30 hari", [("none", "bebas visa")], "free of visa"),
    ("tanpa visa kerja", [("none", "tanpa visa kerja")], "the negation is part of it"),
    ("kartu Visa dan Mastercard", [], "a card"),
    ("visa diurus. Kerja pabrik", [], "the next sentence is about something else"),
]


@pytest.mark.parametrize(("text", "expected", "why"), VISAS, ids=[why for *_, why in VISAS])
def test_visas(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "visa") == expected, why


LICENCES: list[tuple[str, str, str, str | None]] = [
    ("SIP3MI 000/2019", "SIP3MI 000/2019", "SIP3MI", "000/2019"),
    ("SIP3MI No. 214 Tahun 2021", "SIP3MI 214 TAHUN 2021", "SIP3MI", "214 Tahun 2021"),
    ("SIP3MI No: KEP.12/MEN/2020.", "SIP3MI KEP.12/MEN/2020", "SIP3MI", "KEP.12/MEN/2020"),
    ("sip2mi 0455/2026", "SIP2MI 0455/2026", "SIP2MI", "0455/2026"),
    ("SIP2MI job order 118 orang", "SIP2MI", "SIP2MI", None),
    ("SIUPPAK sedang diperpanjang", "SIUPPAK", "SIUPPAK", None),
    ("izin PPIU 417/2021", "PPIU 417/2021", "PPIU", "417/2021"),
    ("LPK-SO Contoh", "SO", "SO", None),
    ("NIB 0000000000000", "NIB 0000000000000", "NIB", "0000000000000"),
]


@pytest.mark.parametrize(("text", "value", "kind", "number"), LICENCES)
def test_licences(text: str, value: str, kind: str, number: str | None, knowledge: Knowledge) -> None:
    (licence,) = (m for m in extract(text, knowledge) if m.type == "licence")
    assert (licence.value, licence.detail) == (value, {"kind": kind, "number": number})


COMPANIES: list[tuple[str, Expected, str]] = [
    ("PT Contoh Maju Jaya mencari staf", [("PT CONTOH MAJU JAYA", "PT Contoh Maju Jaya")], "ends at the verb"),
    ("PT. Contoh Abadi, Bekasi", [("PT CONTOH ABADI", "PT. Contoh Abadi")], "a dot"),
    ("pt contoh jaya butuh operator", [("PT CONTOH JAYA", "pt contoh jaya")], "a chat in lower case"),
    ("REKRUTMEN PT CONTOH RAYA TAHAP II", [("PT CONTOH RAYA", "PT CONTOH RAYA")], "all capitals"),
    ("PT PLN (Persero) membuka", [("PT PLN PERSERO", "PT PLN (Persero)")], "with its form in brackets"),
    ("PT Contoh Indah Tbk", [("PT CONTOH INDAH TBK", "PT Contoh Indah Tbk")], "listed"),
    ("agen ke CV Mitra Contoh Dunia", [("CV MITRA CONTOH DUNIA", "CV Mitra Contoh Dunia")], "a limited partnership"),
    ("Contoh Pay Sdn Bhd, KL", [("CONTOH PAY SDN BHD", "Contoh Pay Sdn Bhd")], "Malaysia"),
    ("Employer: Contoh Shield LLC", [("CONTOH SHIELD LLC", "Contoh Shield LLC")], "suffix"),
    ("Contoh Trading Co., Ltd", [("CONTOH TRADING CO LTD", "Contoh Trading Co., Ltd")], "dots and a comma"),
    (
        "PT Contoh Satu, PT Contoh Dua",
        [("PT CONTOH SATU", "PT Contoh Satu"), ("PT CONTOH DUA", "PT Contoh Dua")],
        "two firms",
    ),
    ("tanpa PT, langsung majikan", [], "no firm, and says so"),
    ("lewat PT di Ponorogo", [], "some firm"),
    ("nama PT apa ya", [], "a question"),
    ("kirim CV Bahasa Inggris", [], "a curriculum vitae"),
    ("CV Anda lolos", [], "a curriculum vitae of someone"),
    ("dibelikan PT. Kontrak dibaca dulu", [], "the end of a sentence"),
    ("Perseroan Terbatas, kuota terbatas", [], "no name"),
]


@pytest.mark.parametrize(("text", "expected", "why"), COMPANIES, ids=[why for *_, why in COMPANIES])
def test_companies(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "company") == expected, why


AGES: list[tuple[str, Expected, str]] = [
    ("18-35 th", [("18-35", "18-35 th")], "range and unit"),
    ("usia 18 s/d 35 tahun", [("18-35", "18 s/d 35 tahun")], "s/d"),
    ("umur 20–45", [("20-45", "20–45")], "a cue, no unit"),
    ("cowok/cewek 18-33", [("18-33", "18-33")], "after a gender"),
    ("aged 21 to 35", [("21-35", "21 to 35")], "English"),
    ("usia maks 35", [("-35", "usia maks 35")], "upper limit"),
    ("max 40 tahun", [("-40", "max 40 tahun")], "upper limit without a cue"),
    ("usia sampai 38 tahun", [("-38", "usia sampai 38 tahun")], "up to"),
    ("maks usia 35 tahun", [("-35", "maks usia 35 tahun")], "limit before the cue"),
    ("umur min. 18", [("18-", "umur min. 18")], "lower limit"),
    ("umur 45 ke atas", [("45-", "45 ke atas")], "and older"),
    ("usia 40+", [("40-", "40+")], "plus"),
    ("saya Nur, 34 tahun", [], "someone's age is no demand"),
    ("ancaman penjara 15-20 tahun", [], "a term of prison"),
    ("pengalaman min 20 tahun", [], "experience"),
    ("kontrak 2-3 tahun", [], "a contract"),
    ("gaji 15-20 juta", [], "pay"),
    ("jam 18-22", [], "hours"),
]


@pytest.mark.parametrize(("text", "expected", "why"), AGES, ids=[why for *_, why in AGES])
def test_ages(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "age") == expected, why


LOOKS: list[tuple[str, Expected, str]] = [
    ("berpenampilan menarik", [("penampilan menarik", "berpenampilan menarik")], "the usual phrase"),
    ("cewek good looking", [("good looking", "good looking")], "English in between"),
    ("wanita cantik", [("cantik", "cantik")], "a word"),
    ("tinggi min 160 cm", [("tinggi 160", "tinggi min 160")], "height"),
    ("TB 155", [("tinggi 155", "TB 155")], "height, abbreviated"),
    ("kirim foto full body", [("foto badan", "foto full body")], "a photo of the body"),
    ("gaji menarik", [], "attractive pay"),
    ("tinggi 100 meter", [], "no person is so tall"),
    ("kenaikan tinggi 2026", [], "a year"),
]


@pytest.mark.parametrize(("text", "expected", "why"), LOOKS, ids=[why for *_, why in LOOKS])
def test_looks(text: str, expected: Expected, why: str, knowledge: Knowledge) -> None:
    assert found(text, knowledge, "looks") == expected, why


AD = (
    "🔥 OPEN ADMIN & CS 🔥\nPenempatan: Poipet & Bavet 🇰🇭\ncowok/cewek 18-33, visa turis dulu\n"
    "Gaji $900 + bonus\nTG: @rekrut_maju0007 / wa.me/6281200000011\nPT Contoh Jaya, bit.ly/contoh"
)


def test_a_whole_ad_in_reading_order(knowledge: Knowledge) -> None:
    assert [(m.type, m.value) for m in extract(AD, knowledge)] == [
        ("destination", "KH"),
        ("destination", "KH"),
        ("destination", "KH"),
        ("age", "18-33"),
        ("visa", "tourist"),
        ("pay", "USD 900/month"),
        ("handle", "telegram:rekrut_maju0007"),
        ("phone", "+6281200000011"),
        ("company", "PT CONTOH JAYA"),
        ("shortlink", "bit.ly/contoh"),
    ]


def test_a_warning_at_the_end_of_a_lawful_ad_names_nothing(knowledge: Knowledge) -> None:
    assert extract("Waspada penipuan, kami tidak memungut biaya apa pun.", knowledge) == ()


def test_merged_mentions_do_not_overlap(knowledge: Knowledge) -> None:
    merged = [m for m in extract(AD, knowledge) if m.type in MERGED]
    assert all(left.end <= right.start for left, right in pairwise(merged))


def test_extract_is_the_extractor_compiled_once(knowledge: Knowledge) -> None:
    assert extract(AD, knowledge) == EntityExtractor(knowledge).extract(AD)


def test_a_mention_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Mention("phone", "+6281200000011", 0, 14).start = 1  # type: ignore[misc]


def test_nothing_in_nothing(knowledge: Knowledge) -> None:
    assert extract("", knowledge) == ()


def test_word_lists_that_break_their_schema_are_refused_by_name(tmp_path: Path) -> None:
    directory = tmp_path / "lists"
    directory.mkdir()
    (directory / "domains.yaml").write_text("as_of: '2026'\nsource: OWN\nabbreviations: [no]\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"domains\.yaml"):
        load_lexicon(directory)


def test_word_lists_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"domains\.yaml.*missing"):
        load_lexicon(tmp_path)
