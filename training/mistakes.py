"""The worst mistakes of a model, with the reasons that it gives for them."""

from collections.abc import Sequence
from typing import Any

from training.labelled import Evaluated

WORST = 20
_REASONS = 8  # indicators, and words to each side


def worst(rows: Sequence[Evaluated], results: Sequence[dict[str, Any]], limit: int = WORST) -> list[int]:
    """Indices of the texts on the wrong side of `elevated`, the furthest off in risk first."""
    wrong = [
        (-abs(row.label - result["risk"]), row.id, at)
        for at, (row, result) in enumerate(zip(rows, results, strict=True))
        if bool(row.label) != (result["level"] != "low")
    ]
    return [at for _, _, at in sorted(wrong)[:limit]]


def described(rows: Sequence[Evaluated], results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The worst mistakes as plain data, without the texts: `row` counts from 0.

    Reasons are there where the results were explained; a word's contributions are summed over its places.
    """
    return [_described(at, rows[at], results[at]) for at in worst(rows, results)]


def _described(at: int, row: Evaluated, result: dict[str, Any]) -> dict[str, Any]:
    indicators = sorted(result["indicators"], key=lambda i: (-abs(i["contribution"]), i["id"]))[:_REASONS]
    words: dict[str, float] = {}
    for term in result["terms"]:
        word = term["text"].lower()
        words[word] = words.get(word, 0.0) + term["contribution"]
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    chosen = {w: c for w, c in [*ranked[:_REASONS], *ranked[-_REASONS:]] if c}
    strongest = set(chosen)
    return {
        "row": at,
        "id": row.id,
        "mistake": "missed" if row.label else "false alarm",
        "kind": row.kind,
        "typology": row.typology,
        "language": row.language,
        "risk": result["risk"],
        "logit": result["logit"],
        "level": result["level"],
        "document": result["document"]["kind"],
        "indicators": [
            {
                "id": i["id"],
                "name": i["name"]["en"],
                "contribution": i["contribution"],
                "evidence": [{"start": e["start"], "end": e["end"], "text": e["text"]} for e in i["evidence"]],
            }
            for i in indicators
        ],
        "words": [{"text": word, "contribution": contribution} for word, contribution in chosen.items()],
        "terms": [
            {"start": t["start"], "end": t["end"], "contribution": t["contribution"]}
            for t in result["terms"]
            if t["text"].lower() in strongest
        ],
    }
