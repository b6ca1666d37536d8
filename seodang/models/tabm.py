"""Many small networks in one for table rows, sharing nearly all weights: TabM-mini (Gorishniy et al., 2024)."""

# B batch · K members · F features · W width · C outputs
from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.members import Members
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._columns import Columns, Numbers
from seodang.models._initial import start
from seodang.models._inputs import must_be, one_output


class _Signs(nn.Module):
    """What sets the members apart: each sees the row multiplied by signs of its own, (B, W) → (B, K, W)."""

    def __init__(self, members: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randint(0, 2, (members, width)).float() * 2 - 1)

    def forward(self, x: Tensor) -> Tensor:
        """The signs are where it starts; training changes them."""
        return x.unsqueeze(1) * self.weight


class _Heads(nn.Module):
    """A dense layer for each member, (B, K, W) → (B, K, C)."""

    def __init__(self, members: int, width: int, outputs: int) -> None:
        super().__init__()
        reach = width**-0.5
        self.weight = nn.Parameter(torch.empty(members, width, outputs).uniform_(-reach, reach))
        self.bias = nn.Parameter(torch.zeros(members, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Each member's own."""
        return torch.einsum("bkw,kwc->bkc", x, self.weight) + self.bias


class _TabM(nn.Module):
    def __init__(self, columns: Columns, members: int, hidden: tuple[int, ...], outputs: int, dropout: float) -> None:
        super().__init__()
        self.columns = columns
        self.signs = _Signs(members, columns.width)
        layers: list[nn.Module] = []
        width = columns.width
        for units in hidden:
            layers += [nn.Linear(width, units), modules.Relu(), modules.Dropout(dropout)]
            width = units
        self.body = nn.Sequential(*layers)
        start(self.body, "he_normal")
        self.heads = _Heads(members, width, outputs)

    def fit_numbers(self, rows: Tensor) -> None:
        """Take the bins' edges from training rows (N, F), before training; they are saved with the weights."""
        self.columns.fit(rows)

    def members(self, rows: Tensor) -> Tensor:
        """The raw scores of each member: (B, F) → (B, K, C)."""
        return self.heads(self.body(self.signs(self.columns(rows))))

    def forward(self, rows: Tensor) -> Tensor | Members:
        """(B, F) → the members' mean (B, C); while training (mean, member 1, …, member K): each has a loss of its own."""
        scores = self.members(rows)
        return Members((scores.mean(1), *scores.unbind(1))) if self.training else scores.mean(1)


def tabm(
    inputs: Spec,
    outputs: Spec,
    *,
    members: Annotated[int, Field(ge=2, le=256)] = 8,
    hidden: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = (128, 128),
    numbers: Numbers = "ple",
    bins: Annotated[int, Field(ge=2, le=512)] = 16,
    embedding: Annotated[int, Field(ge=1, le=512)] = 8,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1,
) -> nn.Module:
    """Members that share all dense layers and differ in signs at the entrance and in their heads; their mean is the answer.

    Args:
        inputs: table rows or vectors (features,): amounts, then one code for each of `categories`.
        outputs: (C,).
        members: How many there are. The work is as many times that of `mlp`.
        hidden, numbers, bins, embedding, dropout: as of `mlp`.

    Gorishniy et al., 2024 (TabM-mini), https://arxiv.org/abs/2410.24210. While training, every member's scores come out
    beside their mean (`core.members`), so that each learns by its own mistakes.
    """
    must_be("tabm", inputs, ["vectors", "rows"])
    one_output("tabm", outputs)
    return _TabM(Columns(inputs, numbers, bins, embedding), members, hidden, outputs.size, dropout)
