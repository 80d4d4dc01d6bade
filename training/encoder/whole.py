"""The whole pretrained encoder in sentence-transformers, as others would use it: only to be measured against."""

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from training.encoder.finetune import build
from training.encoder.weights import TOKENIZER_FILE, WEIGHTS_FILE, read_weights

_SPECIAL = dict(
    zip(
        ("bos_token", "eos_token", "unk_token", "pad_token", "cls_token", "sep_token"),
        ("<s>", "</s>", "<unk>", "<pad>", "<s>", "</s>"),
        strict=True,
    )
)


def sentence_transformer(downloads: Path, folder: Path) -> Any:
    """A SentenceTransformer of all pieces and layers with mean pooling, one thread; its files are put into `folder`."""
    from sentence_transformers import SentenceTransformer, models

    torch.set_num_threads(1)
    if not (folder / "config.json").is_file():
        shape, tensors = read_weights(downloads / WEIGHTS_FILE)
        network = build(shape, tensors, list(range(shape.vocabulary)), tuple(range(shape.layers)))
        folder.mkdir(parents=True, exist_ok=True)
        network.encoder.save_pretrained(folder)
        shutil.copy(downloads / TOKENIZER_FILE, folder / "tokenizer.json")
        PreTrainedTokenizerFast(
            tokenizer_file=str(folder / "tokenizer.json"),
            **_SPECIAL,
            model_max_length=512,
        ).save_pretrained(folder)
    words = models.Transformer(str(folder), max_seq_length=512)
    return SentenceTransformer(modules=[words, models.Pooling(words.get_word_embedding_dimension())], device="cpu")
