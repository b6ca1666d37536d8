"""Bag of words: the mean of learnt word vectors, with word pairs, as in fastText. Very fast."""

# B batch · L length
from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._inputs import must_be, one_output

# Multiplicative hashing of a pair of ids (Knuth, TAOCP 3, 6.4): odd constants near 2^32 over the golden ratio.
_FIRST, _SECOND = 2654435761, 2246822519


def pair_ids(tokens: Tensor, buckets: int) -> Tensor:
    """A number 1 to `buckets` for each pair of neighbouring words, 0 where one of the two is padding: (B, L) → (B, L - 1).

    >>> pair_ids(torch.tensor([[5, 7, 0]]), 1000).bool().tolist()
    [[True, False]]
    """
    first, second = tokens[:, :-1], tokens[:, 1:]
    mixed = (first * _FIRST + second * _SECOND) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 15)) % buckets + 1) * ((first != 0) & (second != 0))


class _Bag(nn.Module):
    def __init__(
        self, vocabulary: int, outputs: int, size: int, pairs: int, mode: Literal["mean", "max"], dropout: float
    ) -> None:
        super().__init__()
        self.vocabulary, self.pairs = vocabulary, pairs
        self.words = nn.EmbeddingBag(vocabulary + pairs, size, mode=mode, padding_idx=0)
        with torch.no_grad():
            nn.init.uniform_(self.words.weight, -1 / size, 1 / size)
            self.words.weight[0] = 0
        self.dropout = modules.Dropout(dropout)
        self.head = nn.Linear(size, outputs)
        nn.init.xavier_uniform_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, outputs)."""
        ids = tokens
        if self.pairs:
            pairs = pair_ids(tokens, self.pairs)
            ids = torch.cat([tokens, pairs + (self.vocabulary - 1) * (pairs != 0)], dim=1)
        return self.head(self.dropout(self.words(ids)))


def bag(
    inputs: Spec,
    outputs: Spec,
    *,
    embedding: Annotated[int, Field(ge=1, le=4096)] = 32,
    pairs: Annotated[int, Field(ge=0, le=2**24)] = 2**16,
    mode: Literal["mean", "max"] = "mean",
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
) -> nn.Module:
    """The mean of learnt vectors of words and word pairs, and one dense layer: seconds where an LSTM takes hours.

    Args:
        inputs: tokens (length,). Padding does not count.
        outputs: (C,).
        embedding: Numbers in a vector.
        pairs: Word pairs share so many vectors by a hash; 0: words only.
        mode: mean, or the largest of each number.
        dropout: Share of the mean that is dropped while training.

    Joulin et al., 2016 (fastText), https://arxiv.org/abs/1607.01759.
    """
    must_be("bag", inputs, ["tokens"])
    one_output("bag", outputs)
    return _Bag(inputs.vocabulary, outputs.size, embedding, pairs, mode, dropout)
