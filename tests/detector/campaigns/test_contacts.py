"""Which contacts a text shows: one spelling each, and nothing that everybody shares."""

import pytest

from detector.campaigns import contacts_of
from detector.entities import EntityExtractor
from detector.knowledge.loader import load


@pytest.fixture(scope="module")
def extractor() -> EntityExtractor:
    return EntityExtractor(load())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WA 0812-0000-0017 atau wa.me/6281200000017", ("phone:+6281200000017",)),
        ("hubungi +855 12 345 678", ("phone:+85512345678",)),
        ("telegram: @Bos_Kamboja, t.me/bos_kamboja", ("telegram:bos_kamboja",)),
        ("email HRD.Maju@contoh.co.id", ("email:hrd.maju@contoh.co.id",)),
        ("daftar di https://karir.contoh-maju.co.id/lowongan?x=1", ("domain:contoh-maju.co.id",)),
        ("daftar di www.contohmaju.com", ("domain:contohmaju.com",)),
        (
            "isi https://bit.ly/LokerKbj lalu https://forms.gle/AbC123",
            ("link:bit.ly/LokerKbj", "link:forms.gle/AbC123"),
        ),
        ("grup https://chat.whatsapp.com/AbCdEf123", ("link:chat.whatsapp.com/AbCdEf123",)),
        ("https://instagram.com/Loker.Maju/", ("link:instagram.com/loker.maju",)),
        ("https://lokermaju.blogspot.com/2026/01", ("domain:lokermaju.blogspot.com",)),
        ("https://facebook.com/groups/loker", ()),
        ("https://docs.google.com dan wa.me saja", ()),
        ("cek di https://kemnaker.go.id/loker", ()),
        ("WA 0812-xxxx-0017", ()),
        ("transfer ke rekening 1234567890", ("account:unknown:1234567890",)),
        ("transfer BCA 123-456-7890, WA 0812-0000-0017", ("account:bca:1234567890", "phone:+6281200000017")),
        ("rek BCA 0840000017 a.n. Budi", ("account:bca:0840000017",)),  # and no phone of ten digits
        ("DP via DANA 0812-0000-0017", ("account:dana:+6281200000017", "phone:+6281200000017")),
        ("DP ke rekening DANA 0812-0000-0017", ("account:dana:+6281200000017", "phone:+6281200000017")),
        ("bayar ke VA BCA 8077081200000017", ()),
        ("", ()),
    ],
)
def test_contacts(text: str, expected: tuple[str, ...], extractor: EntityExtractor) -> None:
    assert contacts_of(text, extractor) == expected


def test_disguised_numbers_are_the_same_contact(extractor: EntityExtractor) -> None:
    assert contacts_of("W4 ０８１２-0000-0017 japri WA O812 0000 0017", extractor) == ("phone:+6281200000017",)
