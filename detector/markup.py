"""HTML elements to the lines that a reader sees: block structure becomes line breaks, lists become lines with dashes.

Two readers: one over parsed elements, which knows boilerplate and hidden ones, and one over the bare source, for
fragments and for pages that are too large or too deep to parse. Neither recurses.
"""

import html
import re

from detector.elements import Element, Elements


def names(line: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(line.split())


_INVISIBLE = names(
    "script style noscript template svg math canvas iframe object embed audio video head title meta link datalist map"
    " select textarea button input dialog"
)
_FURNITURE = frozenset(["nav", "aside"])
_FRAME = frozenset(["header", "footer"])  # furniture of the page, but part of an article
_FURNITURE_ROLES = names(
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar tablist"
)
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|breadcrumbs?|navbar|navigation|footer|sidebar|sharing|share-buttons|sharedaddy"
    r"|social-links|related|similar-jobs|recommended|recommendations|newsletter|pagination|skip-link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OF_THE_PAGE = frozenset(["h1", "article", "main"])  # a form around these wraps the page
_NEVER_FURNITURE = frozenset(["html", "body", "main", "article"])
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity|max-height)\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_PARAGRAPHS = names("p h1 h2 h3 h4 h5 h6 section article blockquote table ul ol dl figure pre main")
_BLOCKS = _PARAGRAPHS | names(
    "html body div tr dt dd li header footer form fieldset address details summary figcaption hr center legend"
)
_CELLS = frozenset(["td", "th"])
_LISTS = frozenset(["ul", "ol"])
_SPACE = re.compile(r"\s+")
_SHORT_PAGE = 200  # characters of main text below which the choice of it is doubted
_FORM_OF_PAGE = 600  # characters; a form with more wraps the page, one with less is for search, login or letters

_TAG = re.compile(r"<(?:(/?)([a-zA-Z][a-zA-Z0-9]*)|[!?/])[^>]*>")
_RAW_ENDS = {  # elements whose content is no text of the page
    name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "noscript", "template", "svg", "textarea", "title", "iframe")
}


def one_line(text: str) -> str:
    """The text with every run of white space as one blank."""
    return _SPACE.sub(" ", text).strip()


def is_hidden(element: Element) -> bool:
    """Whether an attribute of the element itself keeps it from being seen."""
    attributes = element.attributes
    return bool(attributes) and (
        "hidden" in attributes or ("style" in attributes and _HIDING.search(attributes["style"]) is not None)
    )


def main_text(page: Elements) -> tuple[str, bool]:
    """The main text of a page, and whether the page hides other text in it from its readers."""
    roots = (
        [element for element in page.all if element.name == "main"]
        or [element for element in page.all if element.attributes.get("role") == "main"]
        or [element for element in page.all if element.name == "article"]
    )
    if len(roots) == 1:
        text, hidden = read_lines(page, roots[0])
        if len(text) >= _SHORT_PAGE:
            return text, hidden
    body = page.first("body") or page.root
    text, hidden = read_lines(page, body)
    if len(text) < _SHORT_PAGE:  # perhaps the ad itself stands in what looks like furniture
        whole, hidden = read_lines(page, body, with_furniture=True)
        if len(whole) > 3 * len(text):
            return whole, hidden
    return text, hidden


def read_lines(page: Elements, root: Element, *, with_furniture: bool = False) -> tuple[str, bool]:
    """The visible text inside of `root`, and whether text was left out because it is hidden."""
    lines = _Lines()
    hidden = False
    items = page.items
    at, end = root.start + 1, root.end
    while at < end:
        item = items[at]
        if type(item) is str:
            lines.add(item)
        elif type(item) is Element:
            if at == item.end:
                lines.close(item.name)
            elif item.name in _INVISIBLE:
                at = item.end
            elif is_hidden(item):
                hidden = hidden or bool(one_line(page.text(item)))
                at = item.end
            elif not with_furniture and _is_furniture(page, item):
                at = item.end
            else:
                lines.open(item.name)
        at += 1
    return lines.text(), hidden


def _is_furniture(page: Elements, element: Element) -> bool:
    name, attributes = element.name, element.attributes
    if name in _FURNITURE:
        return True
    if name in _FRAME:
        return not page.in_article(element)
    if name == "form":
        return page.text_size(element) < _FORM_OF_PAGE and not page.holds_any(element, _OF_THE_PAGE)
    if not attributes or name in _NEVER_FURNITURE:
        return False
    if attributes.get("aria-hidden") == "true" or attributes.get("role") in _FURNITURE_ROLES:
        return True
    return any(key in attributes and _FURNITURE_NAME.search(attributes[key]) for key in ("class", "id"))


def strip_tags(source: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of HTML source, and its scripts as (tag, content); one pass, whatever the depth."""
    lines = _Lines()
    scripts: list[tuple[str, str]] = []
    size = source.rfind(">") + 1  # so that every tag that begins before it also ends
    at = 0
    while (match := _TAG.search(source, at, size)) is not None:
        start, end = match.span()
        if start > at:
            lines.add(html.unescape(source[at:start]))
        at = end
        slash, name = match.groups()
        if name is None:
            if source.startswith("<!--", start):
                closing_at = source.find("-->", start + 4)
                at = closing_at + 3 if closing_at >= 0 else len(source)
            continue
        name = name.lower()
        if slash:
            lines.close(name)
        elif name in _RAW_ENDS and source[end - 2] != "/":
            closing = _RAW_ENDS[name].search(source, end)
            at = closing.start() if closing else len(source)
            if name == "script":
                scripts.append((match.group(), source[end:at]))
        else:
            lines.open(name)
    lines.add(html.unescape(source[at:]))
    return lines.text(), scripts


class _Lines:
    """Collects text and line breaks; white space of the source means nothing."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._breaks = 2  # line breaks that the text so far ends with, counting a fresh dash as enough of them
        self._lists = 0  # open lists; what their items hold stays together

    def _break(self, count: int) -> None:
        if self._breaks < count:
            self._pieces.append("\n" * (count - self._breaks))
            self._breaks = count

    def _block(self, name: str) -> None:
        self._break(2 if name in _PARAGRAPHS and not self._lists else 1)

    def open(self, name: str) -> None:
        """An element begins."""
        if name == "br":
            if self._breaks < 2:
                self._pieces.append("\n")
                self._breaks += 1
        elif name in _BLOCKS:
            self._block(name)
            if name == "li":
                self._drop_dash()
                self._pieces.append("- ")
                self._breaks = 2
            self._lists += name in _LISTS

    def close(self, name: str) -> None:
        """An element ends."""
        if name in _CELLS:
            self._pieces.append(" ")
        elif name in _BLOCKS:
            if name == "li" or name in _LISTS:
                self._drop_dash()
            self._lists = max(self._lists - (name in _LISTS), 0)
            self._block(name)

    def _drop_dash(self) -> None:
        """An item that said nothing."""
        if self._pieces and self._pieces[-1] == "- ":
            self._pieces.pop()
            self._breaks = 1

    def add(self, text: str) -> None:
        """Running text."""
        flat = _SPACE.sub(" ", text)
        if flat and (flat != " " or not self._breaks):
            self._pieces.append(flat)
            if flat != " ":
                self._breaks = 0

    def text(self) -> str:
        """All lines, without blanks at their ends and more than one empty line in a row."""
        joined = "\n".join(one_line(line) for line in "".join(self._pieces).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", joined).strip()
