"""One linear map from the past of a series to its future, relative to the last value (Zeng et al., 2022)."""

# B batch · L length · C channels · H horizon · T targets
from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import Tensor, nn

from seodang.core.spec import Spec
from seodang.models._linear_forecast import Beside, PastToFuture, beside, horizon_of

# Added to a window's own scale, in units of the training part's: what float32 can tell apart. A window that never moves goes on as it is.
LEAST_SCALE = 1e-7


class _NLinear(nn.Module):
    def __init__(
        self, length: int, horizon: int, targets: int, individual: bool, own_scale: bool, others: Beside | None
    ) -> None:
        super().__init__()
        self.targets = targets
        self.own_scale = own_scale
        self.future = PastToFuture(length, horizon, targets, individual, start=0.0)
        self.others = others

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, C) → (B, H·T): the targets' values at the first step, then at the second, …"""
        past = x[:, :, : self.targets]
        last = past[:, -1:]
        scale = past.std(1, correction=0, keepdim=True) + LEAST_SCALE if self.own_scale else 1.0
        above = self.future((past - last) / scale)
        if self.others is not None:
            above = above + self.others(x)
        return (above * scale + last).flatten(1)


def nlinear(
    inputs: Spec,
    outputs: Spec,
    *,
    targets: Annotated[int, Field(ge=1)] = 1,
    individual: bool = False,
    own_scale: bool | None = False,
) -> nn.Module:
    """A linear map from the past to the future, of what the series is above its last value: hard to beat where levels drift.

    Args:
        inputs: a series (length, channels) of a fixed length, of which the first `targets` channels are forecast, each from
            its own past; what the other channels add is one linear map of all of them.
        outputs: (horizon · targets,): all targets at the first step, then at the second, …
        targets: How many channels are forecast.
        individual: A map for each target instead of one for all.
        own_scale: Each window is measured in its own standard deviation, and so is what is foretold of it (Kim et al., 2022,
            https://openreview.net/forum?id=cGDAkQo1C0p): series of different size are foretold alike, and what the other channels add
            grows with the window's spread. Then a past times c gives a forecast times c, for c above 0. Null: where several
            series are in the data.

    Zeng et al., 2022, https://arxiv.org/abs/2205.13504. Shifting a target's past up by c shifts its forecast by c exactly.
    Before training it foretells the last value.
    """
    length, horizon = horizon_of("nlinear", inputs, outputs, targets)
    return _NLinear(length, horizon, targets, individual, bool(own_scale), beside(inputs, horizon, targets))
