"""Fine-tune the pruned encoder: mean of token vectors, linear heads for risk, kind and typologies.

A linear head on a mean of token vectors splits exactly into the tokens' contributions. Torch comes with the extra
`encoder`; serving never needs it.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from detector.assessment import KINDS, TYPOLOGIES
from training.encoder.weights import Shape
from training.records import Record

START, PAD, END = 0, 1, 2  # ids that pruning keeps
_KINDS = list(KINDS)
# What each column of the heads says.
COLUMNS: tuple[str, ...] = ("risk", *(f"kind:{kind}" for kind in KINDS), *(f"typology:{name}" for name in TYPOLOGIES))


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of the fine-tuning; `layers` are those of the pretrained network that are kept, counted from 0."""

    layers: tuple[int, ...] = tuple(range(12))
    epochs: int = 3
    batch: int = 16
    rate: float = 6e-5
    head_rate: float = 1e-3  # the heads start from nothing: at the encoder's rate their logits stay small
    warm_up: float = 0.1
    longest: int = 176  # tokens
    kind_weight: float = 0.5
    typology_weight: float = 0.5
    train_words: bool = False
    seed: int = 0


class Network(nn.Module):
    """The encoder with its linear heads: columns are risk, the kinds, the typologies."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.Linear(encoder.config.hidden_size, 1 + len(KINDS) + len(TYPOLOGIES))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits, shape (texts, heads), of ids (texts, tokens)."""
        vectors = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        # As the detector does: the mean is over the text's own tokens, so that each has a place in the text.
        own = mask * (ids != START) * (ids != END)
        share = own.unsqueeze(-1).to(vectors.dtype)
        logits: Tensor = self.heads((vectors * share).sum(1) / share.sum(1).clamp(min=1))
        return logits


def build(shape: Shape, tensors: dict[str, NDArray[np.float32]], kept: Sequence[int], layers: Sequence[int]) -> Network:
    """The pretrained network with these pieces and layers, and fresh heads."""
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.hidden,
        num_hidden_layers=len(layers),
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        layer_norm_eps=shape.epsilon,
        pad_token_id=PAD,
    )
    state = {}
    for name, values in tensors.items():
        if name.startswith("encoder.layer."):
            _, _, number, rest = name.split(".", 3)
            if int(number) not in layers:
                continue
            name = f"encoder.layer.{list(layers).index(int(number))}.{rest}"
        if name == "embeddings.word_embeddings.weight":
            values = values[list(kept)]
        state[name] = torch.from_numpy(values.copy())
    encoder = BertModel(config, add_pooling_layer=False)
    encoder.load_state_dict(state)
    return Network(encoder)


def pad(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """(ids, mask), each (texts, tokens of the longest)."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), PAD)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask


def batches(lengths: Sequence[int], size: int, rng: random.Random) -> Iterator[list[int]]:
    """Shuffled batches of texts of like length, so that little is padded."""
    order = sorted(range(len(lengths)), key=lambda at: (lengths[at] + rng.uniform(-8, 8), at))
    parts = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(parts)
    yield from parts


def loss(logits: Tensor, records: Sequence[Record], options: Options) -> Tensor:
    """Weighted sum of the heads' losses; a text whose kind or typologies are not told has no part in those."""
    weight = torch.tensor([record.weight for record in records])
    risk = nn.functional.binary_cross_entropy_with_logits(
        logits[:, 0], torch.tensor([float(record.label) for record in records]), reduction="none"
    )
    told = torch.tensor([record.kind is not None for record in records])
    wanted = torch.tensor([_KINDS.index(record.kind) if record.kind in KINDS else 0 for record in records])
    kind = nn.functional.cross_entropy(logits[:, 1 : 1 + len(KINDS)], wanted, reduction="none") * told
    named = torch.tensor([record.typologies is not None for record in records])
    targets = torch.tensor([[float(t in (record.typologies or ())) for t in TYPOLOGIES] for record in records])
    typology = nn.functional.binary_cross_entropy_with_logits(
        logits[:, 1 + len(KINDS) :], targets, reduction="none"
    ).sum(1)
    total: Tensor = weight * (risk + options.kind_weight * kind + options.typology_weight * typology * named)
    return total.mean()


def fine_tune(
    network: Network,
    ids: Sequence[Sequence[int]],
    records: Sequence[Record],
    options: Options,
    say: Callable[[str], None] = print,
) -> Network:
    """AdamW with warm-up and linear decay; `ids` are the token ids of each record's text, special ones included."""
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311 (sampling, not secrets)
    rows = [list(row[: options.longest]) for row in ids]
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(options.train_words)
    groups = [
        {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": options.rate},
        {"params": list(network.heads.parameters()), "lr": options.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups)
    steps = options.epochs * -(-len(rows) // options.batch)
    warm = max(1, int(options.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    network.train()
    for epoch in range(options.epochs):
        total = 0.0
        for part in batches([len(row) for row in rows], options.batch, rng):
            step_loss = loss(network(*pad([rows[at] for at in part])), [records[at] for at in part], options)
            optimizer.zero_grad()
            step_loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(step_loss.detach()) * len(part)
        say(f"epoch {epoch + 1} of {options.epochs}: loss {total / len(rows):.4f}")
    return network


@torch.no_grad()
def logits(network: Network, ids: Sequence[Sequence[int]], longest: int, batch: int = 64) -> NDArray[np.float64]:
    """Logits of every head, shape (texts, heads); tokens after `longest` are not read."""
    network.eval()
    found = np.zeros((len(ids), network.heads.out_features))
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        found[part] = network(*pad([list(ids[at][:longest]) for at in part])).numpy()
    return found
