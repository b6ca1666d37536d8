"""GoogLeNet's idea at a size a laptop trains."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start

# B batch · C channels · H height · W width


def _conv(channels: int, filters: int, kernel: int) -> nn.Sequential:
    """Convolution that keeps the sides, batch norm, relu."""
    return nn.Sequential(
        nn.Conv2d(channels, filters, kernel, padding=kernel // 2, bias=False),
        modules.BatchNorm2d(filters),
        modules.Relu(in_place=True),
    )


class Inception(nn.Module):
    """Four looks at the same picture side by side: 1×1, 3×3, 5×5 and a maximum; 1×1 filters first make it thin."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.point = _conv(channels, width, 1)
        self.small = nn.Sequential(_conv(channels, width, 1), _conv(width, width * 3 // 2, 3))
        self.large = nn.Sequential(_conv(channels, max(width // 4, 1), 1), _conv(max(width // 4, 1), width // 2, 5))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), _conv(channels, width // 2, 1))
        self.channels = width + width * 3 // 2 + 2 * (width // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → (B, channels, H, W)."""
        return torch.cat([self.point(x), self.small(x), self.large(x), self.pooled(x)], 1)


class Head(nn.Sequential):
    """Mean of each channel, dropout, one dense layer."""

    def __init__(self, channels: int, outputs: int, dropout: float) -> None:
        super().__init__(modules.GlobalPool(largest=False), modules.Dropout(dropout), nn.Linear(channels, outputs))


class GoogLeNet(nn.Module):
    """A stem, two stages of two modules, and a head; a side head after the first stage, used while training only."""

    def __init__(self, inputs: Spec, outputs: int, width: int, dropout: float, side: bool) -> None:
        super().__init__()
        channels, height, across = inputs.shape
        sides = [height, across]

        def pool() -> nn.Module:
            if min(sides) < 2:
                return nn.Identity()
            sides[:] = [length // 2 for length in sides]
            return nn.MaxPool2d(2)

        self.stem = nn.Sequential(_conv(channels, 2 * width, 3), pool())
        first = Inception(2 * width, width)
        second = Inception(first.channels, width)
        self.early = nn.Sequential(first, second)
        self.between = pool()
        third = Inception(second.channels, 2 * width)
        fourth = Inception(third.channels, 2 * width)
        self.late = nn.Sequential(third, fourth)
        self.side = Head(second.channels, outputs, dropout) if side else None
        self.head = Head(fourth.channels, outputs, dropout)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(B, C, H, W) → (B, outputs); while training (main, side) where there is a side head."""
        early = self.early(self.stem(x))
        main = self.head(self.late(self.between(early)))
        if self.training and self.side is not None:
            return main, self.side(early)
        return main


def googlenet_small(
    inputs: Spec,
    outputs: Spec,
    *,
    width: Annotated[int, Field(ge=2, le=256)] = 16,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2,
    side: bool = True,
) -> nn.Module:
    """Modules that look at 1×1, 3×3 and 5×5 side by side, with a side classifier (Szegedy et al., 2015).

    1×1 convolutions make a picture thin before the costly filters; a classifier half way, which counts 0.3 in the loss
    while training and is not there afterwards, feeds the early layers. https://arxiv.org/abs/1409.4842

    Args:
        inputs: (channels, height, width), 1×1 and larger.
        outputs: (classes,).
        width: Filters of the first modules' 1×1 branch; everything else is in proportion.
        dropout: Share of the heads' inputs that is dropped while training.
        side: With the side classifier, or without, to see what it changes.

    Unlike the paper there is batch norm, as in its successor (https://arxiv.org/abs/1502.03167).
    """
    network = GoogLeNet(inputs, outputs.size, width, dropout, side)
    start(network, "he_normal")
    return network
