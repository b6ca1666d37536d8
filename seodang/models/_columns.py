"""A table's row as the numbers a network reads: categories by learnt vectors, amounts plain or spread out."""

# B batch · N rows · F number columns · K category columns · T bins or frequencies
from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from seodang.core.spec import Spec

Numbers = Literal["plain", "ple", "periodic"]


class PiecewiseLinear(nn.Module):
    """Each amount as how far it has filled each of its column's bins (B, F) → (B, F·T): Gorishniy et al., 2022, section 3.2.

    A filled bin is 1, an empty one 0; below the first and above the last edge it goes on linearly. `edges` (F, T + 1) are
    quantiles that `fit` takes from the training rows; until then those of a normal distribution. They are saved with the
    weights. A bin without width gives 0.

    >>> spread = PiecewiseLinear(1, 2)
    >>> spread.fit(torch.tensor([[0.0], [2.0], [10.0]]))
    >>> spread(torch.tensor([[1.0], [6.0]])).tolist()
    [[0.5, 0.0], [1.0, 0.5]]
    """

    edges: Tensor

    def __init__(self, columns: int, bins: int) -> None:
        super().__init__()
        shares = torch.linspace(0.001, 0.999, bins + 1)
        normal = math.sqrt(2) * torch.erfinv(2 * shares - 1)
        self.register_buffer("edges", normal.repeat(columns, 1))
        self.width = columns * bins

    @torch.no_grad()
    def fit(self, amounts: Tensor) -> None:
        """Take the edges from training rows (N, F)."""
        shares = torch.linspace(0, 1, self.edges.shape[1], dtype=torch.float64)
        ordered = amounts.double().sort(dim=0).values
        places = shares * (len(ordered) - 1)
        below = places.floor().long()
        above = (below + 1).clamp_max(len(ordered) - 1)
        part = (places - below).unsqueeze(1)
        self.edges.copy_((ordered[below] * (1 - part) + ordered[above] * part).T)

    def forward(self, amounts: Tensor) -> Tensor:
        """(B, F) → (B, F·T)."""
        start, width = self.edges[:, :-1], self.edges.diff(dim=1)
        filled = torch.where(width > 0, (amounts.unsqueeze(2) - start) / width.clamp_min(1e-12), 0.0)
        lowest, highest = torch.zeros_like(start[0]), torch.ones_like(start[0])
        lowest[0], highest[-1] = -torch.inf, torch.inf
        return filled.clamp(lowest, highest).flatten(1)


class Periodic(nn.Module):
    """Each amount as sines and cosines of learnt frequencies, a dense layer of its own and relu: Gorishniy et al., 2022, PLR."""

    def __init__(self, columns: int, frequencies: int, size: int, deviation: float = 0.1) -> None:
        super().__init__()
        self.frequencies = nn.Parameter(torch.randn(columns, frequencies) * deviation)
        reach = (2 * frequencies) ** -0.5
        self.weight = nn.Parameter(torch.empty(columns, 2 * frequencies, size).uniform_(-reach, reach))
        self.bias = nn.Parameter(torch.empty(columns, size).uniform_(-reach, reach))
        self.width = columns * size

    def forward(self, amounts: Tensor) -> Tensor:
        """(B, F) → (B, F·size)."""
        turns = 2 * math.pi * self.frequencies * amounts.unsqueeze(2)
        waves = torch.cat([turns.cos(), turns.sin()], dim=2)
        return torch.relu(torch.einsum("bft,fts->bfs", waves, self.weight) + self.bias).flatten(1)


class Columns(nn.Module):
    """A row (B, F + K), amounts before codes, → (B, width).

    Each code of each category column has a learnt vector; that of code 0, "missing or never seen", starts at 0. Amounts go
    in as they are, or as PiecewiseLinear ("ple") or Periodic make them.
    """

    firsts: Tensor

    def __init__(self, inputs: Spec, numbers: Numbers, bins: int, embedding: int) -> None:
        super().__init__()
        counts = inputs.categories
        self.amounts = inputs.size - len(counts)
        self.spread: PiecewiseLinear | Periodic | None = None
        if self.amounts and numbers == "ple":
            self.spread = PiecewiseLinear(self.amounts, bins)
        elif self.amounts and numbers == "periodic":
            self.spread = Periodic(self.amounts, 24, 16)
        self.width = self.spread.width if self.spread else self.amounts
        self.codes = None
        if counts:
            firsts = torch.tensor([0, *counts[:-1]]).cumsum(0)
            self.register_buffer("firsts", firsts, persistent=False)
            self.codes = nn.Embedding(sum(counts), embedding)
            with torch.no_grad():
                nn.init.normal_(self.codes.weight, std=embedding**-0.5)
                self.codes.weight[firsts] = 0
            self.width += len(counts) * embedding

    def fit(self, rows: Tensor) -> None:
        """Take what needs data, the bins' edges, from training rows (N, F + K)."""
        if isinstance(self.spread, PiecewiseLinear):
            self.spread.fit(rows[:, : self.amounts])

    def forward(self, rows: Tensor) -> Tensor:
        """(B, F + K) → (B, width)."""
        parts = []
        if self.amounts:
            amounts = rows[:, : self.amounts]
            parts.append(amounts if self.spread is None else self.spread(amounts))
        if self.codes is not None:
            parts.append(self.codes(rows[:, self.amounts :].long() + self.firsts).flatten(1))
        return torch.cat(parts, dim=1)
