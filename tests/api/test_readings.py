"""Canonical values as a person reads them."""

import pytest

from api.catalog import load_catalogs
from api.readings import in_words
from detector.assessment import Entity
from detector.detector import Detector

CATALOGS = load_catalogs()


@pytest.mark.parametrize(
    ("type_", "value", "indonesian", "english"),
    [
        ("destination", "KH", "Kamboja (KH)", "Cambodia (KH)"),
        ("destination", "XX", "XX", "XX"),
        ("pay", "IDR 1200000-1500000/day", "IDR 1.200.000–1.500.000 per hari", "IDR 1,200,000–1,500,000 a day"),
        ("pay", "HKD 62.5/hour", "HKD 62,50 per jam", "HKD 62.50 an hour"),
        ("pay", "USD 1500/unknown", "USD 1.500", "USD 1,500"),
        ("visa", "tourist", "visa turis", "tourist visa"),
        ("visa", "of a new kind", "of a new kind", "of a new kind"),
        ("age", "18-35", "18–35 tahun", "18–35 years"),
        ("age", "18-", "mulai 18 tahun", "from 18 years"),
        ("age", "-35", "sampai 35 tahun", "up to 35 years"),
        ("phone", "+6281200000011", "+6281200000011", "+6281200000011"),
    ],
)  # fmt: skip
def test_values_in_words(detector: Detector, type_: str, value: str, indonesian: str, english: str) -> None:
    entity = Entity(type_, "…", value, 0, 1)
    assert in_words(entity, detector.knowledge, CATALOGS["id"]) == indonesian
    assert in_words(entity, detector.knowledge, CATALOGS["en"]) == english
