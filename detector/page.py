"""HTML to listings: what a reader of the page is offered, and nothing that only a browser or a crawler would see.

schema.org JobPosting (JSON-LD, microdata) gives one listing per posting (`postings.py`); a page without one gives its
main text. Scripts, event handlers and pictures never matter. Pages with absurdly many or deep tags are read without
telling elements apart, so that no page costs more than a second or overflows the stack.
"""

import re
from collections.abc import Iterable
from html import unescape
from typing import Final

from detector.elements import Element, Elements
from detector.encoding import decode
from detector.errors import EmptyInput, InputTooLarge, UnreadablePage
from detector.markup import is_hidden, main_text, names, one_line, strip_tags
from detector.postings import Listing, compose, extend, from_json, from_microdata, is_posting_scope, same_posting

__all__ = ["MAX_PAGE_BYTES", "Listing", "looks_like_html", "read_page"]

MAX_PAGE_BYTES: Final = 3_145_728
MAX_TAGS: Final = 12_000  # so many cost about 0.1 s
MAX_DEPTH: Final = 400  # browsers stop nesting at about 500
MAX_LISTINGS: Final = 200
MAX_TITLE: Final = 300  # characters
_SHORTEST_DESCRIPTION = 40  # characters; a posting with less borrows the text of its page

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Void elements, and elements whose end tag may be left out: these do not add to the depth that is counted.
_FLAT = names(
    "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd option thead tbody"
)
_EVIDENT = re.compile(
    r"<!doctype\s+html|</?(?:html|head|body|div|br|span|script|style|table|tr|td|ul|ol|li|h[1-6]|section|article|main"
    r"|header|footer|nav|meta|link|strong|em|font|form|iframe|svg|img|title|center)(?:\s[^<>]{0,400}|/)?>"
    r"|</(?:p|a|b|i|u|s|q)>|<a\s+href=|<p\s+(?:class|style|id|align)=|<p>\s*\S",
    re.IGNORECASE,
)
# Encodings besides those of `decode` that a page may name; none that can be mistaken for UTF-8.
_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?((?:gb|big5|shift_jis|euc-|iso-8859-|windows-12|koi8|tis-620)[a-z0-9_\-]{0,20})",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Whether a pasted text is HTML source. `<3`, `a < b` and `<gaji 5jt>` are not."""
    return "<" in text and _EVIDENT.search(text) is not None


def read_page(html: str | bytes) -> list[Listing]:
    """The listings of a page, in page order; at least one.

    Raises:
        InputTooLarge: more than `MAX_PAGE_BYTES` bytes (characters, where text is given).
        EmptyInput: nothing was given.
        NotText: the bytes are no text.
        UnreadablePage: the page shows no text to a reader.
    """
    source = _decode_page(html) if isinstance(html, bytes) else html
    if len(source) > MAX_PAGE_BYTES:
        raise InputTooLarge(len(source), MAX_PAGE_BYTES)
    # The parser works on UTF-8, which has no lone surrogates.
    source = re.sub("[\ud800-\udfff\0]", "", source).strip().removeprefix("\ufeff")
    if not source:
        raise EmptyInput
    listings = _read_flat(source) if _is_oversized(source) else _read_elements(source)
    if not listings:
        raise UnreadablePage("it shows no text")
    return listings


def _decode_page(data: bytes) -> str:
    """Decode as `decode` does, but believe the page about its encoding where it is not UTF-8."""
    if len(data) > MAX_PAGE_BYTES:
        raise InputTooLarge(len(data), MAX_PAGE_BYTES)
    named = _CHARSET.search(data[:4096])
    if named:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return data.decode(named.group(1).decode("ascii"))
            except (LookupError, UnicodeDecodeError):
                pass
    return decode(data, MAX_PAGE_BYTES)


def _is_oversized(source: str) -> bool:
    """Whether this page has too many tags, or too many inside of each other."""
    signs = source.count("<")
    if signs > 2 * MAX_TAGS or signs <= MAX_DEPTH:
        return signs > MAX_DEPTH
    depth = tags = 0
    for slash, name in _TAG.findall(source):
        if name.lower() in _FLAT:
            tags += 1
        elif slash:
            depth -= depth > 0
        else:
            depth += 1
            tags += 1
            if depth > MAX_DEPTH:
                return True
    return tags > MAX_TAGS


def _read_elements(source: str) -> list[Listing]:
    """Listings by way of parsed elements."""
    if "<" not in source:
        return _page_listing("", unescape(source).strip(), hidden=False)
    page = Elements(source)
    postings = _postings(page) if "JobPosting" in source else []
    if len(postings) > 1 or (postings and len(postings[0].text) >= _SHORTEST_DESCRIPTION + len(postings[0].title)):
        return postings
    text, hidden = main_text(page)
    if postings:  # a stub that names the post; the page has the rest
        return [extend(postings[0], text, hidden=hidden)] if text else postings
    return _page_listing(_title(page), text, hidden=hidden, url=_address(page))


def _postings(page: Elements) -> list[Listing]:
    """Postings of all formats, in page order, each once."""
    found: list[Listing] = []
    around: Element | None = None
    for element in page.all:
        if element.name == "script":
            if "ld+json" in element.attributes.get("type", "").lower():
                _add(found, from_json(page.text(element)))
        elif is_posting_scope(element) and not (around and around.holds(element)):  # else it is part of that one
            around = element
            posting = from_microdata(page, element)
            _add(found, [posting] if posting else [])
    return found


def _add(found: list[Listing], new: Iterable[Listing]) -> None:
    """Add the listings that are not there yet, up to the limit."""
    for listing in new:
        if len(found) < MAX_LISTINGS and not any(same_posting(listing, known) for known in found):
            found.append(listing)


def _title(page: Elements) -> str:
    """The first visible heading, else the title of the document."""
    heading = page.first("h1")
    if heading and not is_hidden(heading):
        line = one_line(page.text(heading))[:MAX_TITLE]
        if line:
            return line
    title = page.first("title")
    return one_line(page.text(title))[:MAX_TITLE] if title else ""


def _address(page: Elements) -> str:
    """The address that the page gives itself."""
    links = (element.attributes for element in page.all if element.name == "link")
    return next((link["href"] for link in links if link.get("rel") == "canonical" and "href" in link), "")


def _page_listing(title: str, text: str, *, hidden: bool, url: str = "") -> list[Listing]:
    """The page as one listing; none where its body shows nothing."""
    if not text:
        return []
    return [compose(text, title=title, url=url, hidden_text=hidden)]


def _read_flat(source: str) -> list[Listing]:
    """Listings without a tree: no microdata, no boilerplate or hidden elements told apart."""
    text, scripts = strip_tags(source)
    found: list[Listing] = []
    for tag, content in scripts:
        if "ld+json" in tag.lower() and "JobPosting" in content:
            _add(found, from_json(content))
    return found or _page_listing("", text, hidden=False)
