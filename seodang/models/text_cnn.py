"""Convolutions over words: filters that each look for a short phrase (Kim, 2014)."""

# B batch · L length · C channels
from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import initialise, start
from seodang.models._inputs import must_be, one_output


class _Phrases(nn.Module):
    """Filters of one width and the largest answer of each: (B, L, C) → (B, filters), 0 and up."""

    takes_mask = True

    def __init__(self, channels: int, filters: int, width: int) -> None:
        super().__init__()
        self.reach = width - 1
        self.conv = nn.Conv1d(channels, filters, width)
        initialise(self.conv.weight, "glorot_uniform")
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """A filter may reach over both ends of the text, whatever padding there is; one wholly beyond does not count."""
        edges = (self.reach, self.reach)
        found = functional.relu(self.conv(functional.pad(x.transpose(1, 2), edges)))
        real = functional.pad(mask.unsqueeze(1).to(x.dtype), edges)
        return (found * functional.max_pool1d(real, self.reach + 1, 1)).amax(2)


class _TextCnn(nn.Module):
    def __init__(
        self, vocabulary: int, outputs: int, embedding: int, widths: tuple[int, ...], filters: int, dropout: float
    ) -> None:
        super().__init__()
        self.embedding = modules.Embedding(vocabulary, embedding, masks=True)
        self.phrases = nn.ModuleList(_Phrases(embedding, filters, width) for width in widths)
        self.dropout = modules.Dropout(dropout)
        self.head = nn.Linear(filters * len(widths), outputs)
        start(self.head, "glorot_uniform")

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, outputs)."""
        x, mask = self.embedding(tokens), tokens != 0
        return self.head(self.dropout(torch.cat([phrases(x, mask) for phrases in self.phrases], dim=1)))


def text_cnn(
    inputs: Spec,
    outputs: Spec,
    *,
    embedding: Annotated[int, Field(ge=1, le=8192)] = 100,
    widths: tuple[Annotated[int, Field(ge=1, le=64)], ...] = (3, 4, 5),
    filters: Annotated[int, Field(ge=1, le=8192)] = 100,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5,
) -> nn.Module:
    """Convolutions over words, each filter's best place in the text: short phrases that decide the class.

    Args:
        inputs: tokens (length,). Padding changes nothing, on either side.
        outputs: (C,).
        embedding: Numbers in the vector of a token.
        widths: How many neighbouring words a filter sees, for each group of filters.
        filters: Number of filters of each width.
        dropout: Share of what the filters found that is dropped while training.

    Kim, 2014, https://arxiv.org/abs/1408.5882 (his word vectors were pretrained, of 300 numbers; these are learnt).
    """
    must_be("text-cnn", inputs, ["tokens"])
    one_output("text-cnn", outputs)
    return _TextCnn(inputs.vocabulary, outputs.size, embedding, widths, filters, dropout)
