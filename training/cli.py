"""Commands `sigap train`, `sigap evaluate` and `sigap bench`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click
import numpy as np

from detector.bundle import default_path
from detector.deep import MODES, Mode
from detector.errors import BundleError
from training.feedback import FeedbackError


def _need_training_extra() -> None:
    """Say which install line is missing instead of failing deep inside."""
    if find_spec("sklearn") is None:
        raise click.ClickException("this command needs scikit-learn: pip install 'sigap[train]'")


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Bundle folder; default models/release.")
@click.option(
    "--encoder",
    type=click.Choice(["fit", "released", "none"]),
    default="released",
    show_default=True,
    help="Train the encoder (an hour; needs the extra `encoder`), keep the released one and weigh it anew, or leave "
    "it out.",
)
@click.option(
    "--feedback",
    "verdicts",
    metavar="DB",
    help="URL of a store (sqlite:///FILE, postgresql://...) whose verdicts teach, too, weighed by agreement.",
)
def train(output: Path | None, encoder: Literal["fit", "released", "none"], verdicts: str | None) -> None:
    """Fit and save a bundle from the corpus and, where it is at hand, the public data.

    Steps whose inputs did not change since the last run are skipped; their files lie in build/train.
    """
    _need_training_extra()
    if encoder == "fit" and (find_spec("torch") is None or find_spec("transformers") is None):
        raise click.ClickException("training the encoder needs torch: pip install 'sigap[train,encoder]'")
    from threadpoolctl import threadpool_limits

    from training.evaluation import write_card
    from training.pipeline import WORK
    from training.pipeline import train as run
    from training.steps import took

    target = output or default_path()
    try:
        with threadpool_limits(1):  # how threads share a sum decides its last digits: one makes runs repeatable
            trained = run(target, encoder=encoder, say=click.echo, verdicts=verdicts)
    except (BundleError, FeedbackError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"saved {trained.version} to {target}: thresholds {dict(trained.thresholds)}")
    card = write_card(target, trained, took(WORK))
    click.echo(f"wrote {card}" if card else "no card: the development files are not beside this checkout")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--text-column", default="text", show_default=True)
@click.option("--label-column", default="label", show_default=True)
@click.option("--bundle", type=click.Path(path_type=Path, exists=True), help="Bundle folder; default the released one.")
@click.option(
    "--model", "mode", type=click.Choice(MODES), default="auto", show_default=True, help="Which answer is measured."
)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write every figure here, too.")
@click.option(
    "--html", "html_path", type=click.Path(path_type=Path), help="Write a page that quotes the mistakes, too."
)
@click.option("--baseline", is_flag=True, help="Fit a bare TF-IDF + logistic regression on the same texts beside it.")
def evaluate(
    files: tuple[Path, ...],
    text_column: str,
    label_column: str,
    bundle: Path | None,
    mode: Mode,
    json_path: Path | None,
    html_path: Path | None,
    baseline: bool,
) -> None:
    """Figures of the released model on labelled FILES (.jsonl or .csv); by default the two development files."""
    _need_training_extra()
    from detector.detector import Detector
    from training import evaluation
    from training.baseline import baseline_logits, fit_baseline
    from training.public_data import public
    from training.records import corpus
    from training.report.page import Section, page

    paths = files or tuple(path for path in evaluation.DEVELOPMENT.values() if path.is_file())
    if not paths:
        raise click.UsageError("no FILES given, and the development files are not beside this checkout")
    detector = Detector.load(bundle, mode)
    bare = fit_baseline(corpus() + public()) if baseline else None
    sections = []
    for path in paths:
        try:
            rows = evaluation.read_labelled(path, text_column, label_column)
            texts = [row.text for row in rows]
            rivals = {"bare TF-IDF + LR": baseline_logits(bare, texts)} if bare is not None else {}
            figures = evaluation.evaluate(detector, rows, rivals)
        except evaluation.LabelledFileError as error:
            raise click.ClickException(str(error)) from error
        click.echo(evaluation.as_text(path.stem, figures))
        sections.append(Section(path.stem, figures, texts))
    if json_path:
        written = evaluation.as_json({section.name: section.figures for section in sections})
        json_path.write_text(written + "\n", encoding="utf-8", errors="backslashreplace")
    if html_path:
        shown = page(sections, detector.version, detector.bundle.knowledge_as_of)
        html_path.write_text(shown, encoding="utf-8")


@click.command()
@click.option("--bundle", type=click.Path(path_type=Path, exists=True), help="Bundle folder; default the released one.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write every figure here, too.")
def ablate(bundle: Path | None, json_path: Path | None) -> None:
    """Leave out one part of the model at a time and measure on the development files: what carries the figures."""
    _need_training_extra()
    from detector.detector import Detector
    from training import ablations, evaluation
    from training.public_data import public
    from training.records import corpus
    from training.report.terminal import ranking_table

    paths = [path for path in evaluation.DEVELOPMENT.values() if path.is_file()]
    if not paths:
        raise click.UsageError("the development files are not beside this checkout")
    detector = Detector.load(bundle)
    measured = {path.stem: ablations.Rows.of(evaluation.read_labelled(path), detector) for path in paths}
    scores = ablations.ablations(detector, corpus() + public(), measured, say=click.echo)
    tables = {}
    for name, part in measured.items():
        y = np.array([row.label for row in part.rows])
        tables[name] = evaluation.ablation_table(y, scores[name], [row.group for row in part.rows])
        click.echo(f"\n{name}\n{ranking_table(tables[name])}")
    if json_path:
        json_path.write_text(evaluation.as_json(tables) + "\n", encoding="utf-8")


@click.command()
@click.option("--bundle", type=click.Path(path_type=Path, exists=True), help="Bundle folder; default the released one.")
def emscad(bundle: Path | None) -> None:
    """English fake advertisements: models fitted on some groups of EMSCAD, measured on the others."""
    _need_training_extra()
    from detector.detector import Detector
    from training.emscad import FILE
    from training.emscad import emscad as measure
    from training.report.terminal import ranking_table

    if not FILE.is_file():
        raise click.UsageError("EMSCAD is not beside this checkout")
    click.echo(ranking_table(measure(Detector.load(bundle))))


@click.command()
@click.option("--texts", default=300, show_default=True, help="How many ads to assess.")
def bench(texts: int) -> None:
    """Time loading and assessing, with the share of each stage."""
    from training.bench import run

    click.echo(run(texts))
