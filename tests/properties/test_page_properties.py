"""Whatever a page is made of, reading it ends in listings or in an input error."""

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.encoding import decode
from detector.errors import InputError
from detector.page import looks_like_html, read_page

MARKUP = """<p>~</p>~<div hidden>~</div>~<ul><li>~</li>~<br~>~<~&amp;~&#0;~<!--~-->~<script>~</script>~<?xml ?>
~<!DOCTYPE html>
~<svg>~<form>~<article>~<main>~<h1>~<title>~<table><td>~<![CDATA[~]]>~gaji 5jt~\x00~\ud800~\n~é~<b itemprop=title>
~<div itemscope itemtype='http://schema.org/JobPosting'>~<b itemprop='baseSalary description' itemscope>
~<meta itemprop=url content=x>
~<script type="application/ld+json">~{"@type":"JobPosting","title":"Kurir"}
~{"@type":
~[~]~}"""
PIECES = tuple(MARKUP.split("~"))
PROPERTIES = """title description hiringOrganization jobLocation baseSalary salaryCurrency datePosted url skills
    jobLocationType applicationContact applicantLocationRequirements educationRequirements"""
KEYS = ["@id", "name", "value", "address", "currency", "minValue", "email"]

json_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
json_values = st.recursive(
    json_scalars | st.just("<p>x</p>&lt;b&gt;"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)
properties = st.sampled_from(PROPERTIES.split())


def survives(html: str | bytes) -> None:
    try:
        listings = read_page(html)
    except InputError:
        return
    assert listings
    for listing in listings:
        assert listing.text == listing.text.strip() != ""
        assert listing.title.casefold() in " ".join(listing.text.split()).casefold()
        assert {type(getattr(listing, name)) for name in ("title", "company", "place", "url", "salary", "date")} == {
            str
        }


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join))
def test_any_markup(html: str) -> None:
    looks_like_html(html)
    survives(html)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    survives(data)
    with suppress(InputError):
        assert decode(data).strip()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(properties, json_values))
def test_any_values_of_a_posting(values: dict[str, object]) -> None:
    posting = json.dumps({"@type": "JobPosting", **values})
    survives(f'<script type="application/ld+json">{posting}</script><p>Lowongan lain')
