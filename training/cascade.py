"""Fit the deep answer on top of the fast one, and choose what `auto` sends to it.

Both parts are weighed on texts that neither was fitted on: the fast logits are out-of-fold, and the encoder never saw
the held-out groups.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from detector.assessment import KINDS, TYPOLOGIES
from detector.bundle import HEADS
from detector.classifier import DeepHeads
from detector.encoder import ContextualEncoder, mean
from training.records import Record, lot

Floats = NDArray[np.float64]

HELD_OUT = 10  # one group in so many
# Share of each public source that the encoder is trained on: enough to know the genre. More of them, or frauds in the
# words of lawful vacancies (EMSCAD), cost what it learns from the corpus.
PUBLIC_SHARES = {
    "fake_jobs": 1.0,
    "guides": 1.0,
    "sms": 0.35,
    "sms_en": 0.3,
    "jobs_en": 0.35,
    "jobs": 0.08,
    "news": 0.12,
    "hoax": 0.25,
    "headlines": 0.3,
    "informal": 0.2,
    "malay": 0.3,
    "emscad_real": 0.15,
}
DEEP_SHARE = 0.06  # of an ordinary mix of listings, at most


def held_out(record: Record) -> bool:
    """Whether the record's group is kept from the encoder; hangs on the group's name alone."""
    return lot(record.group) % HELD_OUT == 0


def for_encoder(record: Record) -> bool:
    """Whether the encoder is trained on the record: all of the corpus and some public texts, held-out groups aside."""
    place = lot(record.id) % 10_000 / 10_000
    wanted = record.part == "corpus" or place < PUBLIC_SHARES.get(record.source, 0.0)
    return wanted and not held_out(record)


def means(encoder: ContextualEncoder, texts: Sequence[str]) -> Floats:
    """Mean token vectors, shape (texts, size), from the encoder as it is served."""
    return np.stack([mean(encoder.token_vectors([text])[0]) for text in texts])


def fit_deep(
    fast: Floats, fast_intercepts: Floats, vectors: Floats, weight: Floats, bias: Floats, records: Sequence[Record]
) -> DeepHeads:
    """Weigh the fast logits and the encoder's logits against each other, head by head.

    Args:
        fast: out-of-fold logits of the fast heads, shape (texts, heads).
        fast_intercepts: of the fast heads, (heads,).
        vectors: mean token vectors of the same texts, (texts, size).
        weight, bias: the encoder's own heads, (heads, size) and (heads,).
        records: the texts, of groups that the encoder did not see.
    """
    own = vectors @ weight.T + bias
    scale, share, offset = (np.zeros(len(HEADS)) for _ in range(3))
    importance = np.array([record.weight for record in records])

    def weigh(head: int, rows: NDArray[np.intp], y: NDArray[np.int64]) -> None:
        both = np.stack([fast[rows, head], own[rows, head]], axis=1)
        model = LogisticRegression(C=10.0).fit(both, y, sample_weight=importance[rows])
        # A part that speaks against its own head has learnt nothing: it is left out.
        scale[head], share[head] = np.maximum(model.coef_[0], 0.0)
        offset[head] = float(model.intercept_[0])

    everywhere = np.arange(len(records))
    weigh(HEADS.index("risk"), everywhere, np.array([record.label for record in records]))
    told = np.array([at for at, record in enumerate(records) if record.typologies is not None], dtype=np.intp)
    for name in TYPOLOGIES:
        weigh(
            HEADS.index(f"typology:{name}"),
            told,
            np.array([int(name in record.typologies) for record in records if record.typologies is not None]),
        )
    kinds = [HEADS.index(f"kind:{kind}") for kind in KINDS]
    scale[kinds], share[kinds], offset[kinds] = _weigh_kinds(fast[:, kinds], own[:, kinds], records, importance)
    return DeepHeads(
        intercepts=scale * fast_intercepts + share * bias + offset, scale=scale, vectors=share[:, None] * weight
    )


def _weigh_kinds(
    fast: Floats, own: Floats, records: Sequence[Record], importance: Floats
) -> tuple[float, float, Floats]:
    """One scale and one share for all kinds, and an offset for each: maximum likelihood of the told kinds."""
    places = {name: at for at, name in enumerate(KINDS)}
    told = [(at, places[record.kind]) for at, record in enumerate(records) if record.kind in places]
    rows, wanted = np.array(told, dtype=np.intp).T

    def loss(p: Floats) -> float:
        logits = p[0] * fast[rows] + p[1] * own[rows] + p[2:]
        chosen = logits[np.arange(len(rows)), wanted]
        return float(np.average(np.logaddexp.reduce(logits, axis=1) - chosen, weights=importance[rows])) + float(
            1e-4 * np.square(p).sum()
        )

    found = minimize(loss, np.concatenate([[0.5, 0.5], np.zeros(len(KINDS))]), method="L-BFGS-B").x
    return max(float(found[0]), 0.0), max(float(found[1]), 0.0), np.asarray(found[2:])


def band(mix: Floats, fast: Floats, labels: NDArray[np.int64], share: float = DEEP_SHARE) -> tuple[float, float]:
    """The fast logits between which `auto` asks the encoder.

    Args:
        mix: fast logits of an ordinary mix of listings, of which at most `share` lie in the band.
        fast: fast logits of labelled texts that the model was not fitted on.
        labels: 0 or 1 of those.

    The upper end is the highest logit that an innocent text got: above it, nothing was ever undecided.
    """
    upper = float(fast[labels == 0].max())
    below = np.sort(mix[mix <= upper])
    allowed = int(share * len(mix))
    if allowed >= len(below):
        return float(min(fast.min(), below[0] if len(below) else upper)), upper
    return float(np.nextafter(below[len(below) - allowed - 1], np.inf)), upper
