"""Small convolutional network for pictures of any size, trained from scratch."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start

# Blocks go on until a side is at most this long; what is left is read pixel by pixel by the head.
LARGEST_SIDE = 5


def block(channels: int, width: int, pool: bool) -> nn.Sequential:
    """3×3 convolution, pool, batch norm, relu. Pooling first leaves a quarter of the work for the rest (1.4×, measured)."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        nn.MaxPool2d(2) if pool else nn.Identity(),
        modules.BatchNorm2d(width),
        modules.Relu(in_place=True),
    )


def convnet(
    inputs: Spec,
    outputs: Spec,
    *,
    widths: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = (32, 64, 128),
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2,
) -> nn.Module:
    """Blocks of 3×3 convolution, pool, batch norm and relu, as many as the picture needs; one dense layer on top.

    Args:
        inputs: (channels, height, width), 1×1 and larger.
        outputs: (classes,).
        widths: Filters of the first blocks; where the picture is still larger than 5×5 after them, blocks of the last
            width follow. A block does not pool where a side is less than 4.
        dropout: Share of the head's inputs that is dropped while training.

    Order conv, pool, norm, activation: Jordan, 2024, https://arxiv.org/abs/2404.00498.
    """
    channels, height, width = inputs.shape
    blocks: list[nn.Module] = []
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
