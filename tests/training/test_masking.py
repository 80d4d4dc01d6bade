"""Masked texts name nobody, and say the rest word for word."""

import pytest

from detector.reading import Reader
from tests.detector.small_knowledge import SHIPPED
from training.masking import mask

CASES = [
    ("WA 0812-3456-7890 ya", "WA 0812-0000-0000 ya"),
    ("hubungi nomor +855 12 345 678", "hubungi nomor 0812-0000-0000"),
    ("klik https://wa.me/6281234567890 sekarang", "klik https://wa.me/6281200000000 sekarang"),
    ("gabung t.me/rekrut_kita lalu isi", "gabung t.me/akun_0000 lalu isi"),
    ("telegram @rekrut_kita buat info", "telegram @akun_0000 buat info"),
    ("kirim ke hrd.palsu@gmail.com segera", "kirim ke nama@tautan.example segera"),
    ("daftar di bit.ly/loker-kita segera", "daftar di tautan.example/laman segera"),
    ("situs https://pertamina-karir.com resmi", "situs https://tautan.example resmi"),
    ("kerja di Kamboja gaji 15 juta", "kerja di tempat itu gaji 15 juta"),
    ("penempatan Bekasi dan sekitarnya", "penempatan tempat itu dan sekitarnya"),
    ("we are hiring for a hotel in Dubai now", "we are hiring for a hotel in that place now"),
    ("dibutuhkan admin di PT Maju Jaya Abadi", "dibutuhkan admin di perusahaan kami"),
    ("loker alfamart untuk lulusan SMA", "loker perusahaan kami untuk lulusan SMA"),
    ("dicari tukang cuci piring yang rajin", "dicari tukang cuci piring yang rajin"),
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(SHIPPED)


@pytest.mark.parametrize(("text", "masked"), CASES)
def test_what_is_replaced(reader: Reader, text: str, masked: str) -> None:
    assert mask(text, reader).text == masked


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_a_masked_text_stays(reader: Reader, text: str) -> None:
    once = mask(text, reader).text
    assert mask(once, reader).text == once


def test_no_phone_and_no_link_is_left(reader: Reader) -> None:
    text = "Loker Kamboja 🇰🇭! PT Sumber Rejeki, WA 081234567890/0856 1111 2222, https://x.co/a, hrd@pt-sumber.com"
    masked = mask(text, reader)
    neutral = {"+6281200000000", "tautan.example", "tautan.example/laman", "nama@tautan.example"}
    left = {m.value for m in reader.read(masked.text).mentions if m.type not in ("licence", "pay", "visa", "age")}
    assert left <= neutral
    assert not any(part in masked.text for part in ("0812345", "1111", "x.co", "sumber", "Sumber", "Kamboja", "🇰🇭"))
    assert masked.replaced == {"company": 1, "destination": 2, "email": 1, "link": 1, "phone": 2}


def test_the_same_text_behind_disguises(reader: Reader) -> None:
    """Offsets are of the text as received, not of the repaired one."""
    assert mask("kerja di K​amboja, 𝗪𝗔 ０812 3456 7890", reader).text == "kerja di tempat itu, 𝗪𝗔 0812-0000-0000"


def test_nothing_visible_is_left_alone(reader: Reader) -> None:
    assert mask("​ ", reader).text == "​ "
