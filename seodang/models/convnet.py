"""Small convolutional network for pictures of any size, trained from scratch."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start

# Blocks go on until a side is at most this long; what is left is read place by place by the head.
LARGEST_SIDE = 5


def block(channels: int, width: int, pool: bool) -> nn.Sequential:
    """3×3 convolution, pool, batch norm, relu. Pooling first leaves a quarter of the work for the rest (1.1×, measured)."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        nn.MaxPool2d(2) if pool else nn.Identity(),
        modules.BatchNorm2d(width),
        modules.Relu(in_place=True),
    )


def patch_side(height: int, width: int) -> int:
    """How many pixels a side become channels: the first layers of a picture work on its finest detail and cost the most.

    >>> [patch_side(side, side) for side in (8, 28, 32, 64, 150)]
    [1, 2, 2, 4, 4]
    """
    side = min(height, width)
    return 1 if side < 16 else 2 if side < 64 else 4


def convnet(
    inputs: Spec,
    outputs: Spec,
    *,
    widths: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = (32, 64, 128),
    patch: Annotated[int, Field(ge=1, le=16)] | None = None,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
) -> nn.Module:
    """Patches to channels, blocks of 3×3 convolution, pool, batch norm and relu, one dense layer on top: fast on a CPU.

    Args:
        inputs: (channels, height, width), 1×1 and larger.
        outputs: (classes,).
        widths: Filters of the first blocks; where the picture is still larger than 5×5 after them, blocks of the last
            width follow. A block does not pool where a side is less than 4.
        patch: Squares of patch × patch pixels become channels before the first convolution, which halves the time at 28×28
            (LOG.md). None: 2 from 16 pixels on, 4 from 64 on. Sides that it does not divide are filled up with zeros.
        dropout: Share of the head's inputs that is dropped while training.

    Order conv, pool, norm, activation: Jordan, 2024, https://arxiv.org/abs/2404.00498. Patches to channels: Shi et al.,
    2016, section 2.2 read backwards, https://arxiv.org/abs/1609.05158.
    """
    channels, height, width = inputs.shape
    side = patch or patch_side(height, width)
    blocks: list[nn.Module] = []
    if side > 1:
        below, right = -height % side, -width % side
        blocks += [nn.ZeroPad2d((0, right, 0, below))] if below or right else []
        blocks.append(nn.PixelUnshuffle(side))
        channels, height, width = channels * side**2, (height + below) // side, (width + right) // side
    place = 0
    while place < len(widths) or max(height, width) > LARGEST_SIDE:
        filters = widths[min(place, len(widths) - 1)]
        pool = min(height, width) >= 4
        blocks.append(block(channels, filters, pool))
        channels = filters
        if pool:
            height, width = height // 2, width // 2
        elif place >= len(widths):
            break
        place += 1
    head = nn.Linear(channels * height * width, outputs.size)
    network = nn.Sequential(*blocks, modules.Flatten(), modules.Dropout(dropout), head)
    start(network, "he_normal")
    start(head, "glorot_uniform")
    return network
