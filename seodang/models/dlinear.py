"""Two linear maps from the past of a series to its future: of its trend and of the rest (Zeng et al., 2022)."""

# B batch · L length · C channels · H horizon · T targets
from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.spec import Spec
from seodang.models._linear_forecast import Beside, PastToFuture, beside, horizon_of


def trend(past: Tensor, window: int) -> Tensor:
    """The moving average of (B, L, T) over `window` places; before the first and after the last value those stay as they are.

    >>> trend(torch.tensor([[[1.0], [4.0], [7.0]]]), 3).flatten().tolist()
    [2.0, 4.0, 6.0]
    """
    before, after = (window - 1) // 2, window // 2
    longer = torch.cat([past[:, :1].expand(-1, before, -1), past, past[:, -1:].expand(-1, after, -1)], dim=1)
    return functional.avg_pool1d(longer.mT, window, 1).mT


class _DLinear(nn.Module):
    def __init__(
        self, length: int, horizon: int, targets: int, individual: bool, window: int, others: Beside | None
    ) -> None:
        super().__init__()
        self.targets, self.window = targets, window
        self.trend = PastToFuture(length, horizon, targets, individual, start=1 / length)
        self.rest = PastToFuture(length, horizon, targets, individual, start=1 / length)
        self.others = others

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, C) → (B, H·T): the targets' values at the first step, then at the second, …"""
        past = x[:, :, : self.targets]
        smooth = trend(past, self.window)
        ahead = self.trend(smooth) + self.rest(past - smooth)
        return (ahead if self.others is None else ahead + self.others(x)).flatten(1)


def dlinear(
    inputs: Spec,
    outputs: Spec,
    *,
    targets: Annotated[int, Field(ge=1)] = 1,
    individual: bool = False,
    window: Annotated[int, Field(ge=1)] = 25,
) -> nn.Module:
    """A linear map of the trend and one of what is left: strong on seasons, and nothing to tune.

    Args:
        inputs: a series (length, channels) of a fixed length, of which the first `targets` channels are forecast, each from
            its own past; what the other channels add is one linear map of all of them.
        outputs: (horizon · targets,): all targets at the first step, then at the second, …
        targets: How many channels are forecast.
        individual: Maps for each target instead of one pair for all.
        window: Places that the trend is a mean of.

    Zeng et al., 2022, https://arxiv.org/abs/2205.13504. Before training it foretells the mean of the window.
    """
    length, horizon = horizon_of("dlinear", inputs, outputs, targets)
    return _DLinear(length, horizon, targets, individual, window, beside(inputs, horizon, targets))
