"""Prune the vocabulary of the tokenizer to the pieces that Indonesian, Malay and English text uses.

Two thirds of a small multilingual encoder are vectors of pieces in scripts that it will never meet here. A text whose
best segmentation holds kept pieces only is cut as before; others fall back to smaller pieces.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tokenizers import Tokenizer


def pieces_in_use(tokenizer: Tokenizer, texts: Iterable[str], fewest: int = 3, batch: int = 2000) -> list[int]:
    """Ids (ascending) of the pieces that at least `fewest` texts hold, with special pieces and single characters.

    Single characters stay so that every word of the Latin alphabet can still be spelt.
    """
    held: Counter[int] = Counter()
    part: list[str] = []

    def count() -> None:
        for encoding in tokenizer.encode_batch_fast(part, add_special_tokens=False):
            held.update(set(encoding.ids))
        part.clear()

    for text in texts:
        part.append(text)
        if len(part) == batch:
            count()
    count()
    kept = {at for at, n in held.items() if n >= fewest}
    for piece, at in tokenizer.get_vocab(with_added_tokens=True).items():
        plain = piece.removeprefix("▁")
        if len(plain) <= 1 and (not plain or plain in _ALWAYS or held[at]):
            kept.add(at)
    kept |= set(tokenizer.get_added_tokens_decoder())
    return sorted(kept)


_ALWAYS = frozenset(chr(at) for at in range(33, 0x180))


def prune(description: dict[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The description of a Unigram tokenizer (`tokenizer.json`) with the kept pieces only, numbered in their order.

    Raises:
        ValueError: when the unknown piece or another special one is not kept.
    """
    number = {old: new for new, old in enumerate(kept)}
    model = description["model"]
    special = {token["id"] for token in description["added_tokens"]} | {model["unk_id"]}
    if missing := sorted(special - number.keys()):
        raise ValueError(f"special pieces {missing} must be kept")
    pruned = dict(description)
    pruned["model"] = model | {"vocab": [model["vocab"][old] for old in kept], "unk_id": number[model["unk_id"]]}
    pruned["added_tokens"] = [token | {"id": number[token["id"]]} for token in description["added_tokens"]]
    processor = dict(description["post_processor"])
    processor["special_tokens"] = {
        name: token | {"ids": [number[old] for old in token["ids"]]}
        for name, token in processor["special_tokens"].items()
    }
    pruned["post_processor"] = processor
    return pruned
