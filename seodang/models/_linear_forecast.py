"""What the linear forecasts share: a map from the past of each target to its future."""

# B batch · L length · H horizon · T targets
from __future__ import annotations

import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models._inputs import must_be, one_output


class PastToFuture(nn.Module):
    """(B, L, T) → (B, H, T): one linear map for all targets, or with `individual` one for each.

    Every weight starts at `start`: one layer has no symmetry to break, and a map drawn at random would have to unlearn its noise
    first (daily temperatures, window 365, validation: 2.30 drawn, 2.08 from 0).
    """

    def __init__(self, length: int, horizon: int, targets: int, individual: bool, start: float) -> None:
        super().__init__()
        maps = targets if individual else 1
        self.weight = nn.Parameter(torch.full((maps, horizon, length), start))
        self.bias = nn.Parameter(torch.zeros(maps, horizon))

    def forward(self, past: Tensor) -> Tensor:
        """Each target by its own map, or by the one of all."""
        if len(self.weight) == 1:
            return (past.mT @ self.weight[0].T + self.bias[0]).mT
        return torch.einsum("blt,thl->bht", past, self.weight) + self.bias.T


class Beside(nn.Module):
    """(B, L, C) → (B, H, T): what the channels beyond the targets add, by one linear map of all that is seen of them, which starts
    at 0."""

    def __init__(self, length: int, horizon: int, targets: int, others: int) -> None:
        super().__init__()
        self.targets = targets
        self.weight = nn.Parameter(torch.zeros(horizon * targets, length * others))

    def forward(self, x: Tensor) -> Tensor:
        """What is to be added to the forecast of each target."""
        others = x[:, :, self.targets :].flatten(1)
        return (others @ self.weight.T).unflatten(1, (-1, self.targets))


def beside(inputs: Spec, horizon: int, targets: int) -> Beside | None:
    """The map of the channels beyond the targets; None where there are none."""
    length, channels = inputs.shape
    return Beside(length, horizon, targets, channels - targets) if channels > targets else None


def horizon_of(model: str, inputs: Spec, outputs: Spec, targets: int) -> tuple[int, int]:
    """(length, horizon), or RecipeError where the series and the settings do not fit."""
    must_be(model, inputs, ["series"])
    one_output(model, outputs)
    length, channels = inputs.shape
    if not length:
        raise RecipeError(tr("{model} needs windows of a fixed length, but they may have any.", model=model))
    if targets > channels:
        raise RecipeError(
            tr(
                "targets must be at most the {channels} channels of the series, got {targets}.",
                channels=channels,
                targets=targets,
            )
        )
    if outputs.size % targets:
        raise RecipeError(
            tr(
                "{size} outputs cannot be the same number of steps for each of {targets} targets. Set targets to the number of columns "
                "that are forecast.",
                size=outputs.size,
                targets=targets,
            )
        )
    return length, outputs.size // targets
