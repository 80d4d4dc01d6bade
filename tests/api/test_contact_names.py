"""Contacts in any spelling, and their addresses."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.contact_names import escaped, path_of, spelled, unescaped
from detector.detector import Detector

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(TEXT)
@example("~2F")
@example("a.json")
@example("..json")
@example("...")
@settings(deadline=None)
def test_a_value_comes_back_from_its_address(value: str) -> None:
    written = escaped(value)
    assert unescaped(written) == value
    assert re.fullmatch(r"[A-Za-z0-9+@:_.~\-]+", written)
    assert not written.endswith((".json", ".csv"))
    assert written.strip(".")


@given(st.text(max_size=60))
@settings(deadline=None)
def test_whatever_stands_in_an_address_is_read(written: str) -> None:
    unescaped(written)
    path_of("phone", written)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("+6281200000011", "/contacts/phone/+6281200000011"),
        ("bca:1234567890", "/contacts/phone/bca:1234567890"),
        ("forms.gle/AbC", "/contacts/phone/forms.gle~2FAbC"),
        ("a~b", "/contacts/phone/a~7Eb"),
        ("é", "/contacts/phone/~C3~A9"),
    ],
)
def test_addresses_stay_readable(value: str, path: str) -> None:
    assert path_of("phone", value) == path


@pytest.mark.parametrize(
    ("written", "exact", "parts"),
    [
        ("0812-0000-0011", [("phone", "+6281200000011")], ("81200000011",)),
        ("812 0000 0011", [("phone", "+6281200000011")], ("81200000011",)),
        ("0812", [], ("812",)),
        ("t.me/HRD_contoh", [("telegram", "hrd_contoh")], ("t.me/hrd_contoh", "t.me/HRD_contoh")),
        ("https://www.contoh.example/", [("domain", "contoh.example")], ("contoh.example",)),
        ("account:bca:1234567890", [("account", "bca:1234567890")], ("bca:1234567890",)),
        ("@nama", [], ("nama",)),
        (" \u200b\x00 ", [], ()),
    ],
)
def test_what_a_person_writes(
    detector: Detector, written: str, exact: list[tuple[str, str]], parts: tuple[str, ...]
) -> None:
    spelling = spelled(written, detector.reader.extractor)
    assert set(exact) <= set(spelling.exact)
    assert spelling.parts == parts


@given(written=st.text(max_size=400))
@settings(deadline=None, max_examples=60)
def test_nothing_that_is_written_breaks_the_reading(detector: Detector, written: str) -> None:
    spelling = spelled(written, detector.reader.extractor)
    assert all(type_ and value for type_, value in spelling.exact)
    assert not any("\x00" in part for part in (*spelling.parts, *spelling.values))
