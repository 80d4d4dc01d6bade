"""An evidence package as PDF: for people to read and file; the JSON package is what a machine checks.

Characters without a glyph in the fonts are written as their code, such as ⟨U+1F9A2⟩, and so is what is invisible:
nothing of a text is dropped silently.
"""

import io
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pymupdf_fonts
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from api.catalog import Catalog
from api.moments import day_and_time
from detector.knowledge.schema import Knowledge

# FiraGO has Latin, Cyrillic, Greek, Arabic, Thai; the others the signs, emoji and styled letters of ads.
_FONTS = {"text": "figo", "symbols": "symbol2", "math": "math", "marks": "symbol1"}
_BOLD = "figbo"
# Controls but the line feed, joiners, marks of direction, selectors of variants, tags.
_INVISIBLE = frozenset(
    [
        *range(0x0A),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        0xAD,
        0x61C,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFE0F,
        0xFEFF,
        *range(0xE0000, 0xE0080),
    ]
)
_LONGEST = 20_000  # characters of one text; the package holds all of it
_INK, _SOFT, _MARK = (23, 32, 42), (74, 86, 99), (255, 227, 223)


def pdf(package: Mapping[str, Any], knowledge: Knowledge, t: Catalog) -> bytes:
    """The package on A4 pages in the language of `t`."""
    made = datetime.fromisoformat(package["made_at"])
    document = _Document(t("case.footer", seal=package["seal"][:16]))
    document.set_creation_date(made)
    document.set_title(package["case"]["title"] or t("case.title"))
    document.set_lang(t.language)
    document.add_page()
    document.heading(package["case"]["title"] or t("case.title"), 18)
    document.paragraph(package["caution"][t.language], bold=True)
    document.paragraph(package["case"]["note"])
    by = package["made_by"]["name"] or package["made_by"]["login"]
    document.fact(t("case.made"), f"{day_and_time(made, t)}, {by} ({package['made_by']['login']})")
    document.fact(
        t("meta.model"), f"{package['model']['version']}; {t('meta.knowledge')} {package['model']['knowledge']}"
    )
    document.fact(t("case.seal"), package["seal"])
    document.paragraph(t("case.verify"), soft=True)
    for ad in package["ads"]:
        _ad(document, ad, knowledge, t)
    if package["laws"]:
        document.heading(t("laws.title"), 14)
        document.paragraph(t("laws.about"), soft=True)
        for law in package["laws"]:
            unverified = "" if law["verified"] else f" ({t('signs.unverified_law')})"
            document.paragraph(f"{law['text']}: {law['about'][t.language]}{unverified}")
    return bytes(document.output())


def _ad(document: "_Document", ad: Mapping[str, Any], knowledge: Knowledge, t: Catalog) -> None:
    found = ad["assessment"]
    look = "unjudged" if "too_little_text" in found["warnings"] else found["level"]
    document.heading(f"{t('kept.link', number=ad['id'])}: {t(f'level.{look}.title')}", 14)
    document.fact(t("case.received"), _moment(ad["received_at"], t))
    document.fact(t("case.seen"), f"{ad['times_seen']} ×, {_moment(ad['last_seen_at'], t)}")
    document.fact(t("form.channel"), t(f"channel.{ad['channel'] or 'unknown'}"))
    document.fact(t("form.origin"), ad["origin"])
    document.fact("sha256", ad["sha256"])
    document.heading(t("case.machine"), 12)
    if look != "unjudged":
        document.fact(t("risk.label"), t.percent(found["risk"]))
    document.fact(t("kind.title"), t(f"kind.{found['document']['kind']}"))
    names = {key: one.name.id if t.language == "id" else one.name.en for key, one in knowledge.typologies.items()}
    typologies = (f"{names.get(one['id'], one['id'])} {t.percent(one['probability'])}" for one in found["typologies"])
    document.fact(t("typologies.title"), "; ".join(typologies))
    document.fact(t("meta.model"), f"{found['model']} ({found['answered_by']}), {found['knowledge']}")
    document.heading(t("form.label"), 12)
    document.ad_text(ad["text"], [e for sign in found["indicators"] for e in sign["evidence"]])
    if len(ad["text"]) > _LONGEST:
        document.paragraph(t("text.left", count=t.number(len(ad["text"]) - _LONGEST, 0)), soft=True)
    document.heading(t("signs.title"), 12)
    for sign in found["indicators"]:
        quotes = ", ".join(f"“{one['text']}”" for one in sign["evidence"][:4])
        laws = f" [{'; '.join(sign['legal_basis'])}]" if sign["legal_basis"] else ""
        document.paragraph(f"• {sign['name'][t.language]} ({t.signed(sign['contribution'])}): {quotes}{laws}")
    document.fact(t("case.contacts"), "; ".join(f"{one['value']} ({one['ads']} ×)" for one in ad["contacts"]))
    document.heading(t("people.title"), 12)
    document.paragraph(t(f"verdict.{ad['verdict'] or 'none'}"))
    for one in ad["verdicts"]:
        undone = f" ({t('people.undone')})" if one["undone_at"] else ""
        said = (
            f"{one['login']}, {_moment(one['created_at'], t)}: {t('verdict.' + one['verdict'])}{undone}. {one['note']}"
        )
        document.paragraph(f"• {said}")
    document.heading(t("case.record"), 12)
    for entry in reversed(ad["record"]):
        document.paragraph(
            f"{entry['number']}. {_moment(entry['at'], t)} {entry['actor']}: {entry['action']}", soft=True
        )


def _moment(text: str, t: Catalog) -> str:
    return day_and_time(datetime.fromisoformat(text), t)


class _Document(FPDF):
    """A4 with the fonts, and the few kinds of lines that a case file has."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_auto_page_break(True, margin=18)
        self.set_margins(18, 16)
        for family, name in _FONTS.items():
            self.add_font(family, fname=_font_file(name))
        self.add_font("text", style="B", fname=_font_file(_BOLD))
        self.set_fallback_fonts([family for family in _FONTS if family != "text"], exact_match=False)
        self.set_font("text", size=10)

    def footer(self) -> None:
        """The seal and the page on every page, so that no sheet stands alone."""
        self.set_y(-14)
        self.set_font("text", size=8)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"{self._foot}   {self.page_no()}", align="C")
        self.set_text_color(*_INK)

    def heading(self, text: str, size: int) -> None:
        """A heading of `size` points."""
        self.ln(size / 5)
        self.set_font("text", "B", size)
        self.multi_cell(0, size * 0.5, shown(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        self.set_font("text", size=10)
        self.ln(1)

    def paragraph(self, text: str, bold: bool = False, soft: bool = False) -> None:
        """A paragraph; nothing where there is no text."""
        if text:
            self.set_font("text", "B" if bold else "", 10)
            self.set_text_color(*(_SOFT if soft else _INK))
            self.multi_cell(0, 5.2, shown(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
            self.set_text_color(*_INK)

    def fact(self, name: str, value: str) -> None:
        """A name and its value; nothing where there is no value."""
        if value:
            self.set_font("text", "B", 10)
            self.write(5.2, f"{name}: ")
            self.set_font("text", size=10)
            self.write(5.2, shown(value))
            self.ln(5.6)

    def ad_text(self, text: str, evidence: list[Mapping[str, Any]]) -> None:
        """The ad with its evidence set in bold: colour alone says nothing on a copy in black and white."""
        for piece, marked in _pieces(text[:_LONGEST], evidence):
            self.set_font("text", "B" if marked else "", 10)
            self.write(5.4, shown(piece))
        self.set_font("text", size=10)
        self.ln(7)


def shown(text: str) -> str:
    """The text with everything that the fonts can't show, or nobody could see, written as its code."""
    glyphs = _glyphs()
    return "".join(
        one if one == "\n" or (ord(one) in glyphs and ord(one) not in _INVISIBLE) else f"⟨U+{ord(one):04X}⟩"
        for one in text.replace("\r\n", "\n").replace("\t", "    ")
    )


def _pieces(text: str, evidence: list[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """The text in stretches that are evidence or not."""
    marked = bytearray(len(text))
    for one in evidence:
        start, end = one["start"], min(one["end"], len(text))
        marked[start:end] = b"\1" * max(0, end - start)
    at = 0
    while at < len(text):
        end = marked.find(1 - marked[at], at)
        end = len(text) if end < 0 else end
        yield text[at:end], bool(marked[at])
        at = end


@lru_cache(maxsize=1)
def _folder() -> "tempfile.TemporaryDirectory[str]":
    """Where the fonts lie as files while the process runs; the PDF library takes nothing else."""
    return tempfile.TemporaryDirectory(prefix="sigap-fonts-")


def _font_file(name: str) -> Path:
    path = Path(_folder().name) / f"{name}.ttf"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        part.write_bytes(pymupdf_fonts.fontbuffers[name]())
        part.replace(path)
    return path


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    found: set[int] = set()
    for name in _FONTS.values():
        with TTFont(io.BytesIO(pymupdf_fonts.fontbuffers[name]()), lazy=True) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)
