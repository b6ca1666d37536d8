"""VGG's idea at a size a laptop trains."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start


def vgg_small(
    inputs: Spec,
    outputs: Spec,
    *,
    width: Annotated[int, Field(ge=1, le=512)] = 24,
    units: Annotated[int, Field(ge=1, le=4096)] = 128,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5,
) -> nn.Module:
    """Stacks of two 3×3 convolutions between pools, then dense layers (Simonyan & Zisserman, 2014).

    Two 3×3 filters one after the other see 5×5 pixels with fewer weights (18 against 25 a pair of channels) and one
    more bend; the width doubles where a pool halves the sides. https://arxiv.org/abs/1409.1556

    Args:
        inputs: (channels, height, width), 1×1 and larger.
        outputs: (classes,).
        width: Filters of the first stack; the second and third have two and four times as many.
        units: Width of the dense layer before the last.
        dropout: Share of the dense layers' inputs that is dropped while training, as in the paper.

    Unlike the paper there is batch norm after each convolution (torchvision's `vgg16_bn`), without which a network of
    this kind starts slowly, and one hidden dense layer instead of two.
    """
    channels, height, side = inputs.shape
    layers: list[nn.Module] = []
    for filters in (width, 2 * width, 4 * width):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False), modules.BatchNorm2d(filters)]
            layers.append(modules.Relu(in_place=True))
            channels = filters
        if min(height, side) >= 2:
            # The maximum of relus is the relu of the maximum: pooled first, there is a quarter of the work.
            layers.insert(-1, nn.MaxPool2d(2))
            height, side = height // 2, side // 2
    grid = (min(height, 4), min(side, 4))
    if grid != (height, side):
        layers.append(nn.AdaptiveAvgPool2d(grid))
    layers += [modules.Flatten(), modules.Dropout(dropout), nn.Linear(channels * grid[0] * grid[1], units)]
    layers += [modules.Relu(in_place=True), modules.Dropout(dropout), nn.Linear(units, outputs.size)]
    network = nn.Sequential(*layers)
    start(network, "he_normal")
    return network
