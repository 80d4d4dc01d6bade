"""Commands `sigap train`, `sigap evaluate` and `sigap bench`."""

from importlib.util import find_spec
from pathlib import Path

import click

from detector.bundle import default_path


def _need_training_extra() -> None:
    """Say which install line is missing instead of failing deep inside."""
    if find_spec("sklearn") is None:
        raise click.ClickException("this command needs scikit-learn: pip install 'sigap[train]'")


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Bundle folder; default models/release.")
def train(output: Path | None) -> None:
    """Fit and save a bundle from the corpus and, where it is at hand, the public data."""
    _need_training_extra()
    from threadpoolctl import threadpool_limits

    from training.evaluation import write_card
    from training.pipeline import train as run

    target = output or default_path()
    with threadpool_limits(1):  # how threads share a sum decides its last digits: one thread makes runs repeatable
        bundle = run(target, say=click.echo)
    click.echo(f"saved {bundle.version} to {target}: thresholds {dict(bundle.thresholds)}")
    card = write_card(target, bundle)
    click.echo(f"wrote {card}" if card else "no card: the development files are not beside this checkout")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--text-column", default="text", show_default=True)
@click.option("--label-column", default="label", show_default=True)
@click.option("--model", type=click.Path(path_type=Path, exists=True), help="Bundle folder; default the released one.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write every figure here, too.")
@click.option("--baseline", is_flag=True, help="Fit a bare TF-IDF + logistic regression on the same texts beside it.")
def evaluate(
    files: tuple[Path, ...],
    text_column: str,
    label_column: str,
    model: Path | None,
    json_path: Path | None,
    baseline: bool,
) -> None:
    """Figures of the released model on labelled FILES (.jsonl or .csv); by default the two development files."""
    _need_training_extra()
    import json

    import numpy as np

    from detector.detector import Detector
    from training import evaluation
    from training.baseline import baseline_logits, fit_baseline
    from training.public_data import public
    from training.records import corpus

    paths = files or tuple(path for path in evaluation.DEVELOPMENT.values() if path.is_file())
    if not paths:
        raise click.UsageError("no FILES given, and the development files are not beside this checkout")
    detector = Detector.load(model)
    rival = fit_baseline(corpus() + public()) if baseline else None
    written = {}
    for path in paths:
        try:
            rows = evaluation.read_labelled(path, text_column, label_column)
        except evaluation.LabelledFileError as error:
            raise click.ClickException(str(error)) from error
        figures = evaluation.report(rows, evaluation.score(detector, rows), dict(detector.bundle.thresholds))
        click.echo(evaluation.as_text(path.stem, figures))
        written[path.stem] = figures
        if rival is not None:
            y = np.array([row.label for row in rows])
            bare = {"texts": len(rows), "positives": int(y.sum())}
            bare |= evaluation.ranking(y, baseline_logits(rival, [row.text for row in rows]))
            click.echo(evaluation.as_text(f"{path.stem}, bare TF-IDF + LR", bare))
            written[f"{path.stem}/baseline"] = bare
    if json_path:
        json_path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@click.command()
@click.option("--texts", default=300, show_default=True, help="How many ads to assess.")
def bench(texts: int) -> None:
    """Time loading and assessing, with the share of each stage."""
    from training.bench import run

    click.echo(run(texts))
