"""Words and what stands next to each other, weighed as naive Bayes counts them: a linear model that learns in seconds."""

# B batch · L length · F features · K columns of scores
from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._inputs import must_be, one_output

# Multiplicative hashing (Knuth, TAOCP 3, 6.4): odd constants near 2^32 over the golden ratio.
_FIRST, _SECOND, _NEXT, _WORD = 2654435761, 2246822519, 2654435769, 0xFFFFFFFF
# Where the recipe leaves the buckets open: so many for all columns of scores together, within these bounds. IMDB has 91.1 % of
# the test reviews right with 2^18, 91.7 % with 2^20; NSMC 84.3 and 85.3 %.
_BUCKETS, _LEAST, _MOST = 2**21, 2**14, 2**20
# Naive Bayes adds up log-count ratios as if all n-grams were independent, and is far too sure; a thirtieth of that is a start
# from which both IMDB and NSMC learn fast.
_START = 0.03
_ALIKE = 1e-3  # weights of amounts start within this of 0


def gram_ids(tokens: Tensor, orders: int, buckets: int) -> Tensor:
    """A number 1 to `buckets` for each run of 2 to `orders` neighbouring tokens, 0 where one of them is padding: (B, L) → (B, M).

    >>> gram_ids(torch.tensor([[5, 7, 5, 7, 0]]), 2, 1000).bool().tolist()
    [[True, True, True, False]]
    """
    found, before = [tokens[:, :0]], tokens
    for order in range(2, min(orders, tokens.shape[1]) + 1):
        last = tokens[:, order - 1 :]
        mixed = (before[:, :-1] * _FIRST + last * _SECOND) & _WORD
        real = (last != 0) & (tokens[:, : last.shape[1]] != 0)
        found.append(((mixed ^ (mixed >> 15)) % buckets + 1) * real)
        before = (mixed * _NEXT) & _WORD
    return torch.cat(found, dim=1)


def once(ids: Tensor) -> Tensor:
    """Each number of a row once, the smallest first; in the place of the others stand zeros.

    >>> once(torch.tensor([[3, 1, 3]])).tolist()
    [[1, 3, 0]]
    """
    ordered = ids.sort(dim=1).values
    again = ordered[:, 1:] == ordered[:, :-1]
    ordered[:, 1:].masked_fill_(again, 0)
    return ordered


class _Weighed(nn.Module):
    """A sum of weights of numbered features, each times its ratio, which is not learnt but counted beforehand; 0 is no feature."""

    ratios: Tensor

    def __init__(self, features: int, columns: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features, columns).uniform_(-_ALIKE, _ALIKE))
        self.bias = nn.Parameter(torch.zeros(columns))
        self.register_buffer("ratios", torch.ones(features, columns))

    def forward(self, places: Tensor) -> Tensor:
        """(B, M) → (B, K)."""
        return functional.embedding_bag(places, self.ratios * self.weight, mode="sum", padding_idx=0) + self.bias


class _Ngrams(nn.Module):
    def __init__(
        self, vocabulary: int, outputs: int, orders: int, buckets: int, embedding: int, dropout: float
    ) -> None:
        super().__init__()
        self.vocabulary, self.orders, self.buckets = vocabulary, orders, buckets
        # Two classes are one score: how much more it is the second.
        self.is_binary = outputs == 2
        columns = 1 if self.is_binary else outputs
        self.grams = _Weighed(vocabulary + buckets, columns)
        self.words = self.head = None
        if embedding:
            self.words = nn.EmbeddingBag(vocabulary, embedding, mode="mean", padding_idx=0)
            nn.init.uniform_(self.words.weight, -1 / embedding, 1 / embedding)
            self.head = nn.Linear(embedding, columns)
            with torch.no_grad():
                self.words.weight[0] = 0
                nn.init.zeros_(self.head.bias)
        self.dropout = modules.Dropout(dropout)

    def features(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, M): the tokens and n-grams of each text, each once."""
        grams = gram_ids(tokens, self.orders, self.buckets)
        return once(torch.cat([tokens, grams + (self.vocabulary - 1) * (grams != 0)], dim=1))

    def fit_classes(self, tokens: Tensor, labels: Tensor, classes: int) -> None:
        """Before training: the log-count ratio of every n-gram and class, from training texts (N, L) and their classes (N,)."""
        features = self.vocabulary + self.buckets
        counts = torch.zeros(classes * features, dtype=torch.float64)
        for some, own in zip(tokens.split(1024), labels.split(1024), strict=True):
            places = self.features(some)
            numbers = (places + own.unsqueeze(1) * features)[places != 0]
            counts += torch.bincount(numbers, minlength=len(counts))
        counts = counts.view(classes, features).T
        rest = counts.sum(1, keepdim=True) - counts
        ratios = _log_share(counts) - _log_share(rest)
        self.grams.ratios.copy_(ratios[:, 1:2] if self.is_binary else ratios)
        nn.init.constant_(self.grams.weight, _START)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, outputs)."""
        scores = self.grams(self.features(tokens))
        if self.words is not None and self.head is not None:
            scores = scores + self.head(self.dropout(self.words(tokens)))
        return torch.cat([-scores, scores], dim=1) / 2 if self.is_binary else scores


def _log_share(counts: Tensor) -> Tensor:
    """(F, K): log of each feature's share of its column, one added to every count."""
    return (counts + 1).log() - (counts + 1).sum(0, keepdim=True).log()


def ngrams(
    inputs: Spec,
    outputs: Spec,
    *,
    orders: Annotated[int, Field(ge=1, le=8)] | None = None,
    buckets: Annotated[int, Field(ge=1, le=2**24)] | None = None,
    embedding: Annotated[int, Field(ge=0, le=4096)] = 0,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
) -> nn.Module:
    """Words and word pairs, each weighed by how much more one class has of it than the others, and learnt from there.

    The features and the start of NB-SVM (Wang and Manning, 2012, https://aclanthology.org/P12-2018/), trained by gradient descent
    on the mean loss; where amounts are foretold, or before `fit_classes`, it is a plain linear model.

    Args:
        inputs: tokens (length,). Padding does not count, nor how often a text has an n-gram.
        outputs: (C,).
        orders: Up to so many neighbouring tokens are looked at together. Null: 2; the recipe says 4 where tokens are characters.
        buckets: N-grams share so many weights by a hash. Null: 2^20, fewer where there are many classes.
        embedding: Numbers in a learnt vector of each word, whose mean has a say too; 0: none.
        dropout: Share of that mean that is dropped while training.
    """
    must_be("ngrams", inputs, ["tokens"])
    one_output("ngrams", outputs)
    columns = 1 if outputs.size == 2 else outputs.size
    found = buckets or max(_LEAST, min(_MOST, 2 ** ((_BUCKETS // columns).bit_length() - 1)))
    return _Ngrams(inputs.vocabulary, outputs.size, orders or 2, found, embedding, dropout)
