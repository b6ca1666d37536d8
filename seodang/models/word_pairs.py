"""Which word follows which, counted, and an LSTM that learns what the pairs miss."""

# B batch · L length · N = B·L places · P pairs · C words that may come next
from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start
from seodang.models._inputs import must_be
from seodang.models._recurrent import Recurrent

# What is taken off every count and given to words not seen there (Kneser & Ney, 1995; .75 is Church & Gale's).
DISCOUNT = 0.75
# Counted beside each word, so that none has no chance.
AT_LEAST = 0.5


class _Pairs(nn.Module):
    """What counted pairs add to the scores; they lie by their first word a, from first[a] up to first[a + 1]. Not learnt."""

    first: Tensor
    second: Tensor
    more: Tensor
    more_without: Tensor

    def __init__(self, vocabulary: int, pairs: int) -> None:
        super().__init__()
        self.register_buffer("first", torch.zeros(vocabulary + 1, dtype=torch.int64))
        self.register_buffer("second", torch.zeros(pairs, dtype=torch.int64))
        self.register_buffer("more", torch.zeros(pairs))
        self.register_buffer("more_without", torch.zeros(pairs))

    def count(self, before: Tensor, after: Tensor, words: int) -> Tensor:
        """Count pairs (N,), (N,); give in what share of the different ones each of the words comes second, (C,)."""
        keys, counts = (before * words + after).unique(return_counts=True)
        kinds = torch.bincount(keys % words, minlength=words) + AT_LEAST
        shares = kinds / kinds.sum()
        followers = torch.bincount(keys // words, minlength=len(self.first) - 1)  # different ones of each word
        if len(keys) > len(self.second):  # the commonest stay
            chosen = counts.argsort(descending=True, stable=True)[: len(self.second)].sort().values
            keys, counts = keys[chosen], counts[chosen]
        before, after = keys // words, keys % words
        scale = DISCOUNT * followers[before] * shares[after]
        self.first[1:] = torch.bincount(before, minlength=len(self.first) - 1).cumsum(0)
        self.second[: len(keys)] = after
        self.more[: len(keys)] = ((counts - DISCOUNT).clamp_min(0) / scale).log1p()
        self.more_without[: len(keys)] = ((counts - 1 - DISCOUNT).clamp_min(0) / scale).log1p()
        return shares

    def forward(self, scores: Tensor, tokens: Tensor) -> Tensor:
        """(B, L, C) and (B, L) → (B, L, C). While training a pair does not count itself: it was counted from this very text."""
        flat = tokens.flatten()
        counts = self.first[flat + 1] - self.first[flat]
        place = torch.repeat_interleave(counts)  # of each pair to add, which of the N places it is for
        begins = self.first[flat] - (counts.cumsum(0) - counts)
        pair = begins[place] + torch.arange(len(place), device=tokens.device)
        after, more = self.second[pair], self.more[pair]
        if self.training:
            following = torch.cat([tokens[:, 1:], torch.full_like(tokens[:, :1], -1)], 1).flatten()
            more = torch.where(after == following[place], self.more_without[pair], more)
        return scores.flatten().index_add(0, place * scores.shape[-1] + after, more.to(scores.dtype)).view_as(scores)


class _WordPairs(nn.Module):
    def __init__(self, vocabulary: int, words: int, embedding: int, units: int, dropout: float, pairs: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)
        self.lstm = Recurrent("lstm", embedding, units, each_step=True)
        self.dropout = modules.Dropout(dropout)
        self.dense = nn.Linear(units, words)
        start(self.dense, "glorot_uniform")
        self.pairs = _Pairs(vocabulary, pairs)

    @torch.no_grad()
    def fit_words(self, tokens: Tensor, answers: Tensor) -> None:
        """Count the pairs of training texts (N, L) and what comes next (N, L), -100 where nothing does, before training.

        The network then starts as the interpolated Kneser-Ney model of pairs: the dense layer's constants are the logarithms of in
        how many different pairs each word comes second, and a pair that was seen adds to them.
        """
        asked = answers >= 0
        shares = self.pairs.count(tokens[asked], answers[asked], len(self.dense.bias))
        self.dense.bias.copy_(shares.log())

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, L, C)."""
        return self.pairs(self.dense(self.dropout(self.lstm(self.embedding(tokens)))), tokens)


def word_pairs(
    inputs: Spec,
    outputs: Spec,
    *,
    embedding: Annotated[int, Field(ge=1, le=8192)] = 64,
    units: Annotated[int, Field(ge=1, le=8192)] = 128,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2,
    pairs: Annotated[int, Field(ge=1, le=2**24)] = 200_000,
) -> nn.Module:
    """Which word comes next: counted pairs of words, and an LSTM whose scores are added to theirs.

    It starts as the Kneser-Ney model of pairs (`network.fit_words(tokens, answers)` counts them) and learns the rest: residual
    learning with an n-gram model (Li et al., 2022, https://arxiv.org/abs/2210.14431). Before that it is an LSTM as any.

    Args:
        inputs: tokens (length,).
        outputs: (length, C), each_step: at each place, what comes next.
        embedding, units: numbers in a token's vector, and in the LSTM's state.
        dropout: share of the state that is dropped before the scores while training.
        pairs: so many different ones are kept, the commonest.
    """
    must_be("word-pairs", inputs, ["tokens"])
    if not outputs.each_step:
        raise RecipeError(
            tr(
                "word-pairs says what comes next at every place, but the task wants one output for the whole example. Take recurrent, "
                "or texts.prefixes=false."
            )
        )
    return _WordPairs(inputs.vocabulary, outputs.shape[-1], embedding, units, dropout, pairs)
