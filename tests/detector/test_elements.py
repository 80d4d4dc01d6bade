"""Elements as a flat sequence: what is told apart, and that BeautifulSoup, which it stands in for, sees the same."""

import warnings

import pytest
from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detector.elements import Aside, Element, Elements

PAGE = Elements(
    "<title>Loker</title><main><h1 class=besar>Kurir <b>Solo</b></h1><article><p>satu<!-- x --> <p>dua</article></main>"
    "<header>atas</header><script>if (a < b) '<p>'</script>"
)


def element(name: str) -> Element:
    found = PAGE.first(name)
    assert found is not None
    return found


def test_names_and_attributes() -> None:
    assert [one.name for one in PAGE.all][:5] == ["html", "head", "title", "main", "h1"]
    assert dict(element("h1").attributes) == {"class": "besar"}
    assert PAGE.first("table") is None


def test_text_and_what_stands_aside() -> None:
    assert PAGE.text(element("h1")) == "Kurir Solo"
    assert PAGE.text(PAGE.root) == "LokerKurir Solosatu duaatas"
    assert PAGE.text(element("script")) == "if (a < b) '<p>'"
    assert PAGE.text_size(element("article")) == len("satu dua")


def test_what_is_inside_of_what() -> None:
    assert element("main").holds(element("b"))
    assert not element("h1").holds(element("article"))
    assert not element("main").holds(element("main"))
    assert [one.name for one in PAGE.children(element("main"))] == ["h1", "article"]
    assert PAGE.holds_any(element("main"), frozenset({"b", "table"}))
    assert not PAGE.holds_any(element("b"), frozenset({"b"}))
    assert [PAGE.in_article(element(name)) for name in ("p", "h1", "header", "main")] == [True, True, False, False]


@pytest.mark.parametrize("source", ["", "<!-- x -->", "<!doctype html>", " \n"])
def test_nothing_is_no_element(source: str) -> None:
    assert (Elements(source).items, Elements(source).all) == ([], [])


MARKUP = """<p>~</p>~<div class='a b' id=x>~</div>~<b>~<i>~</b>~</i>~<ul><li>~<dd>~<table><td>~</table>~<h1>~</h1>
~<rt>~</rt>~<template>~</template>~<style>~</style>~<script>~</script>~<title>~<br/>~<a href>~<a HREF=1 href=2>~<o:p>
~<svg>~<!-- x -->~<?x ?>~<!doctype html>~<body x>~</body>~<head>~</html>~<![CDATA[x]]>~&amp;~&nbsp;~&#0;~<~>~ ~é~gaji
~<textarea>~<select><option>~<form>~<main>~<article>~<?xml version='1.0' encoding='utf-16'?>"""
PIECES = st.sampled_from(MARKUP.split("~"))


@given(st.lists(PIECES, max_size=30).map("".join))
@example("<?xml version='1.0' encoding='utf-16'?><p>é")
@settings(deadline=None, max_examples=300)
def test_beautiful_soup_sees_the_same(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup("\n" + source, "lxml", multi_valued_attributes=None)
    page = Elements(source)
    tags = [tag for tag in soup.descendants if isinstance(tag, Tag)]
    assert [(one.name, dict(one.attributes)) for one in page.all] == [(tag.name, tag.attrs) for tag in tags]
    for one, tag in zip(page.all, tags, strict=True):
        assert [child.name for child in page.children(one)] == [
            child.name for child in tag.contents if isinstance(child, Tag)
        ]
        if one.name not in ("rt", "template"):  # a script in these is told apart from them there, but not here
            assert "".join(page.text(one).split()) == "".join(tag.get_text().split())
        assert page.in_article(one) == (tag.find_parent(["article", "main"]) is not None)
    assert all(type(item) in (Element, Aside, str) for item in page.items)
