"""Pruning keeps how a text is cut, as long as its pieces are kept."""

import json

import pytest
from tokenizers import Tokenizer

from training.encoder.vocabulary import pieces_in_use, prune


def description(pieces: list[str]) -> dict[str, object]:
    token = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": 0, "content": "<s>"} | token,
            {"id": 1, "content": "<unk>"} | token,
            {"id": len(pieces) - 1, "content": pieces[-1]} | token,
        ],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 1, "vocab": [[piece, -float(at)] for at, piece in enumerate(pieces)]},
    }


PIECES = ["<s>", "<unk>", "▁", "▁lowongan", "▁работа", "▁kerja", "k", "e", "r", "j", "a", "ю", "<mask>"]


def test_a_text_is_cut_as_before_and_foreign_pieces_are_gone() -> None:
    whole = Tokenizer.from_str(json.dumps(description(PIECES)))
    kept = pieces_in_use(whole, ["lowongan kerja", "lowongan"], fewest=1)
    pruned = Tokenizer.from_str(json.dumps(prune(description(PIECES), kept)))
    assert [PIECES[at] for at in kept] == [
        "<s>",
        "<unk>",
        "▁",
        "▁lowongan",
        "▁kerja",
        "k",
        "e",
        "r",
        "j",
        "a",
        "<mask>",
    ]
    before, after = whole.encode("lowongan kerja"), pruned.encode("lowongan kerja")
    assert before.tokens == after.tokens == ["<s>", "▁lowongan", "▁kerja"]
    assert before.offsets == after.offsets
    assert after.ids == [0, 3, 4]
    assert pruned.token_to_id("<mask>") == 10


def test_a_rare_piece_is_spelt_with_smaller_ones() -> None:
    whole = Tokenizer.from_str(json.dumps(description(PIECES)))
    kept = pieces_in_use(whole, ["lowongan", "lowongan", "kerja"], fewest=2)
    pruned = Tokenizer.from_str(json.dumps(prune(description(PIECES), kept)))
    assert pruned.encode("kerja", add_special_tokens=False).tokens == ["▁", "k", "e", "r", "j", "a"]


def test_special_pieces_must_stay() -> None:
    with pytest.raises(ValueError, match="special pieces"):
        prune(description(PIECES), [0, 2, 3])
