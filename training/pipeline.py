"""`sigap train`: corpus and public data in, a released bundle out.

Steps from files to files, each skipped while its inputs stand: collect the texts, fit the fast heads, train the
encoder, then weigh, calibrate, set thresholds and save (`training/release.py`). With the same inputs and the same
libraries every step gives the same bytes; the encoder's also hang on the processor's arithmetic.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.bundle import HEADS, Bundle, default_path, load, save
from detector.classifier import Heads
from detector.encoder import ContextualEncoder
from detector.errors import BundleError
from detector.features import FeatureNames
from detector.grams import GramVectorizer
from detector.knowledge.loader import load as load_knowledge
from detector.reading import Reader
from training.cascade import for_encoder
from training.examples import Example, prepare
from training.feedback import feedback
from training.fit import Held, Model, Options, fit_heads, priors_of
from training.public_data import public
from training.records import CORPUS, ROOT, SHARED, Record, corpus, from_json, read_jsonl
from training.release import release
from training.steps import digest, file_digest, step

WORK = ROOT / "build" / "train"
EncoderSource = Literal["fit", "released", "none"]


@dataclass(frozen=True)
class OwnEncoder:
    """The encoder as it is served, with the heads that it was fine-tuned with: (heads, size) and (heads,)."""

    tokenizer: bytes
    network: bytes
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def ready(self) -> ContextualEncoder:
        """The encoder, ready to run."""
        return ContextualEncoder(self.tokenizer, self.network)


def train(
    output: Path,
    options: Options | None = None,
    encoder: EncoderSource = "fit",
    work: Path = WORK,
    say: Callable[[str], None] = print,
    verdicts: str | None = None,
) -> Bundle:
    """Run the steps that have to be run and save a bundle to `output`.

    `encoder`: `fit` trains one (needs the extra `encoder`, and an hour); `released` keeps that of the released
    bundle and weighs it anew; `none` leaves it out. `verdicts`: the URL of a store whose verdicts teach, too.

    Raises:
        FeedbackError: the verdicts can't be read.
        BundleError: `released` was asked for and the released bundle holds no encoder.
    """
    options = options or Options()
    knowledge = load_knowledge()
    reader = Reader(knowledge)
    names = FeatureNames.of(knowledge).names
    texts = step(work / "collect", _sources(), _collect, say)
    records = [from_json(row) for row in read_jsonl(texts / "records.jsonl")]
    taught = feedback(verdicts, records) if verdicts else []
    records += taught
    say(f"{len(records):,} texts: {_counts(records)}")
    read: list[Example] = []

    def examples() -> list[Example]:
        """Every record read once, and only when a step needs it."""
        if not read:
            read.extend(prepare(records, reader))
        return read

    inputs = {
        "records": file_digest(texts / "records.jsonl"),
        "knowledge": knowledge.digest,
        "code": _code("detector", "detector/mentions", "training/examples.py", "training/fit.py"),
        "options": asdict(options),
    }
    if taught:
        inputs["verdicts"] = digest([asdict(record) for record in taught])

    def fit(directory: Path) -> None:
        _write_fit(directory, *fit_heads(examples(), names, priors_of(knowledge, names, options), options), examples())

    fitted = step(work / "fit", inputs, fit, say)
    model, held, kept = _read_fit(fitted)
    records = [record for record in records if record.id in kept]
    own = _encoder(encoder, work, examples, say)
    bundle = release(model, held, records, own, knowledge, reader)
    save(bundle, output)
    return bundle


def _encoder(
    source: EncoderSource,
    work: Path,
    examples: Callable[[], list[Example]],
    say: Callable[[str], None],
) -> OwnEncoder | None:
    if source == "none":
        return None
    if source == "released":
        deep = load(default_path()).deep
        if deep is None:
            raise BundleError("the released bundle holds no encoder to keep")
        # Its heads were scaled when they were weighed; weighing them anew undoes any scale.
        return OwnEncoder(deep.tokenizer, deep.network, deep.heads.vectors, np.zeros(len(deep.heads.vectors)))
    from training.encoder import train as encoders
    from training.encoder.finetune import Options as EncoderOptions

    chosen = EncoderOptions()
    seen = [example for example in examples() if for_encoder(example.record)]
    # An hour's work: what it really hangs on, and not on all of the detector's code.
    inputs = {
        "texts": digest([[e.text, e.record.label, e.record.kind, e.record.typologies, e.record.weight] for e in seen]),
        "code": _code(*(f"training/encoder/{name}.py" for name in encoders.MODULES)),
    }

    def build(directory: Path) -> None:
        say(f"fine-tuning on {len(seen):,} texts")
        encoders.train_encoder(
            directory,
            [example.record for example in seen],
            [example.text for example in seen],
            chosen,
            say,
            work / "downloads",
        )

    directory = step(work / "encode", inputs | encoders.inputs(chosen), build, say)
    with np.load(directory / encoders.HEADS_FILE) as heads:
        return OwnEncoder(
            (directory / "tokenizer.json").read_bytes(),
            (directory / "encoder.onnx").read_bytes(),
            heads["weight"],
            heads["bias"],
        )


def _sources() -> dict[str, Any]:
    """Digests of every file that records are collected from, and of the code that does it."""
    files = [*sorted(CORPUS.glob("*.jsonl"))]
    if SHARED.is_dir():
        files += sorted(
            path for folder in ("indonesian", "malay", "english") for path in (SHARED / folder).glob("*.jsonl*")
        )
    code = [ROOT / "training" / name for name in ("records.py", "public_data.py")]
    return {path.name: file_digest(path) for path in files + code}


def _code(*places: str) -> dict[str, str]:
    """Digests of Python files, and of those that lie right in folders, under the root of the project."""
    files: list[Path] = []
    for place in places:
        files += [ROOT / place] if place.endswith(".py") else (ROOT / place).glob("*.py")
    return {str(path.relative_to(ROOT)): file_digest(path) for path in sorted(files)}


def _collect(directory: Path) -> None:
    with (directory / "records.jsonl").open("w", encoding="utf-8") as lines:
        for record in corpus() + public():
            lines.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")


def _counts(records: Sequence[Record]) -> str:
    parts = Counter((record.part, record.label) for record in records)
    return ", ".join(f"{n:,} {part} {'recruiting' if label else 'other'}" for (part, label), n in sorted(parts.items()))


def _write_fit(directory: Path, model: Model, held: Held, examples: Sequence[Example]) -> None:
    np.savez(
        directory / "fast.npz",
        intercepts=model.heads.intercepts,
        named=model.heads.named,
        grams=model.heads.grams,
        idf=model.vectorizer.idf,
        held=held.logits,
    )
    (directory / "vocabulary.json").write_text(json.dumps(model.vectorizer.vocabulary), encoding="utf-8")
    (directory / "ids.json").write_text(json.dumps([example.record.id for example in examples]), encoding="utf-8")


def _read_fit(directory: Path) -> tuple[Model, Held, set[str]]:
    vocabulary = json.loads((directory / "vocabulary.json").read_text(encoding="utf-8"))
    with np.load(directory / "fast.npz") as arrays:
        heads = Heads(HEADS, arrays["intercepts"], arrays["named"], arrays["grams"])
        model = Model(GramVectorizer(vocabulary, arrays["idf"]), heads)
        held = Held(arrays["held"])
    return model, held, set(json.loads((directory / "ids.json").read_text(encoding="utf-8")))
