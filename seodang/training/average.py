"""A moving average of the weights, judged and kept in place of the last ones (Polyak & Juditsky, 1992)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


class Average:
    """An exponential moving average of every float tensor of a model, batch statistics included.

    In the first steps the decay is smaller, (1 + step) / (10 + step), so that the random start is soon forgotten.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self._live = {name: t for name, t in model.state_dict().items() if t.is_floating_point()}
        self.tensors = {name: t.detach().clone() for name, t in self._live.items()}
        self._pairs = (list(self.tensors.values()), list(self._live.values()))

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the model's present weights; `step` counts from 0."""
        decay = min(self.decay, (1 + step) / (10 + step))
        averages, live = self._pairs
        torch._foreach_lerp_(averages, live, 1 - decay)  # pyright: ignore[reportPrivateImportUsage]

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """For a while the model has the averaged weights; afterwards its own again."""
        kept = {name: t.clone() for name, t in self._live.items()}
        self._copy(self.tensors)
        try:
            yield
        finally:
            self._copy(kept)

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take saved averages."""
        for name, tensor in self.tensors.items():
            tensor.copy_(tensors[name])

    @torch.no_grad()
    def _copy(self, tensors: dict[str, Tensor]) -> None:
        for name, tensor in self._live.items():
            tensor.copy_(tensors[name])
