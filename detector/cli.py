"""The `sigap` command. Commands of the outer layers join it through the entry-point group `sigap.commands`."""

import json
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

import click

from detector.assessment import Assessment
from detector.deep import MODES, Mode
from detector.detector import Detector
from detector.encoding import decode
from detector.errors import BundleError, InputError, KnowledgeError
from detector.page import Listing, looks_like_html

MAX_BYTES = 1 << 20
_LEVELS = {
    "high": ("red", "TINGGI / HIGH"),
    "elevated": ("yellow", "WASPADA / ELEVATED"),
    "low": ("cyan", "RENDAH / LOW"),
}
_SHOWN_TERMS = 8


class _Commands(click.Group):
    """A group that finds commands of installed layers by name, and imports them only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the built-in and the joined commands."""
        return sorted({*super().list_commands(ctx), *(e.name for e in entry_points(group="sigap.commands"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, or None."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        for entry in entry_points(group="sigap.commands", name=cmd_name):
            command = entry.load()
            return command if isinstance(command, click.Command) else None
        return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sigap")
def main() -> None:
    """Sigap reads a job ad and says how likely it recruits into trafficking or a scam, and which words say so."""


@main.command()
@click.argument("file", default="-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print assessment/1 as JSON, one listing a line.")
@click.option(
    "--model",
    "mode",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="Which answer: fast, deep (with the contextual encoder), or deep only where fast is undecided.",
)
def score(file: Path, as_json: bool, mode: Mode) -> None:
    """Score one ad or HTML page from FILE, or from standard input when FILE is - or left out."""
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if str(file) == "-" else _read(file)
        detector = Detector.load(mode=mode)
        results = _assess(detector, data, None if str(file) == "-" else file.name)
    except (InputError, BundleError, KnowledgeError) as error:
        click.echo(f"sigap: {file}: {error}", err=True)
        raise SystemExit(2) from error
    for at, (listing, received, assessment) in enumerate(results):
        if as_json:
            click.echo(json.dumps(assessment.as_dict(), ensure_ascii=False))
        else:
            click.echo(("\n" if at else "") + render(received, assessment, listing))


def _assess(detector: Detector, data: bytes, name: str | None) -> list[tuple[Listing | None, str, Assessment]]:
    """Listings of a page, or one text: (listing, the text that offsets refer to, assessment)."""
    text = decode(data, limit=MAX_BYTES)
    if looks_like_html(text):
        return [(listing, listing.text, assessment) for listing, assessment in detector.assess_page(text)]
    return [(None, text, detector.assess(text, id=name))]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except OSError as error:
        click.echo(f"sigap: {file}: {error.strerror}", err=True)
        raise SystemExit(2) from error


def render(received: str, assessment: Assessment, listing: Listing | None = None) -> str:
    """An assessment for a terminal: verdict, reasons and the text with its evidence marked."""
    colour, words = _LEVELS[assessment.level]
    lines = []
    if listing and listing.title:
        lines.append(click.style(_printable(listing.title), bold=True))
    lines.append(click.style(f" {words} ", fg="black", bg=colour) + f"  risk {assessment.risk:.3f}")
    kind = assessment.document
    lines.append(f"document: {kind.kind} ({kind.probability:.2f})   language: {assessment.language}")
    for typology in assessment.typologies:
        lines.append(f"typology: {typology.id} ({typology.probability:.2f})")
    if "too_little_text" in assessment.warnings:
        lines.append("teks terlalu pendek untuk dinilai / too little text to judge")
    elif assessment.level == "low":
        lines.append("'low' bukan berarti aman / 'low' does not mean safe")
    if assessment.warnings:
        lines.append("warnings: " + ", ".join(assessment.warnings))
    lines += ["", _marked(received, assessment), ""]
    for indicator in assessment.indicators:
        quoted = "; ".join(f"“{_printable(e.text)}”" for e in indicator.evidence[:3])
        lines.append(
            f"{indicator.contribution:+.2f}  [{indicator.severity}] {indicator.name['id']} / {indicator.name['en']}"
        )
        lines.append(f"       {quoted}" if quoted else "       (dari gabungan tanda / from other signs)")
        if indicator.legal_basis:
            lines.append("       periksa / check: " + "; ".join(indicator.legal_basis))
    strongest = sorted(assessment.terms, key=lambda t: (-abs(t.contribution), t.start))[:_SHOWN_TERMS]
    if strongest:
        lines.append("words:  " + ", ".join(f"{_printable(t.text)} {t.contribution:+.2f}" for t in strongest))
    lines.append(
        f"logit {assessment.logit:+.3f} = intercept {assessment.intercept:+.3f} + signs "
        f"{sum(i.contribution for i in assessment.indicators):+.3f} + words "
        f"{sum(t.contribution for t in assessment.terms):+.3f} + rest {assessment.rest:+.3f}"
    )
    lines.append(
        f"model {assessment.model} ({assessment.answered_by}), knowledge {assessment.knowledge}; a person decides"
    )
    return "\n".join(lines)


def _marked(received: str, assessment: Assessment) -> str:
    """The text with the evidence of risk signs underlined, control characters made harmless."""
    marks = [False] * len(received)
    for indicator in assessment.indicators:
        if indicator.severity:
            for evidence in indicator.evidence:
                marks[evidence.start : evidence.end] = [True] * (evidence.end - evidence.start)
    parts: list[str] = []
    start = 0
    for at in range(1, len(received) + 1):
        if at == len(received) or marks[at] != marks[start]:
            piece = _printable(received[start:at], keep="\n")
            parts.append(click.style(piece, fg="red", underline=True) if marks[start] else piece)
            start = at
    return "".join(parts)


def _printable(text: str, keep: str = "") -> str:
    """Text that can't move the cursor or colour a terminal."""
    return "".join(
        c if c in keep or c.isprintable() else "\N{REPLACEMENT CHARACTER}" if c not in "\r\n\t" else " " for c in text
    )


def run(arguments: Sequence[str] | None = None) -> None:
    """Entry for `python -m detector.cli`."""
    main(arguments)


if __name__ == "__main__":
    run()
