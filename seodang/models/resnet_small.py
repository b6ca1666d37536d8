"""The residual network's idea at a size a laptop trains."""

from __future__ import annotations

from typing import Annotated

import torch.nn.functional as functional
from pydantic import Field
from torch import Tensor, nn

from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start

# B batch · C channels · H height · W width


class TwoConvs(nn.Module):
    """Two 3×3 convolutions whose result is added to what came in; without `skip`, just the two convolutions."""

    def __init__(self, channels: int, filters: int, stride: int, skip: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.first_norm = modules.BatchNorm2d(filters)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.second_norm = modules.BatchNorm2d(filters)
        # The paper's option A: the shortcut has no weights. Missing pixels are skipped, missing channels are zero, so
        # that a network with and one without skips have exactly the same weights.
        self.skip = skip
        self.stride = stride
        self.missing = filters - channels
        self.act = modules.Relu(in_place=True)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → (B, filters, H / stride, W / stride)."""
        out = self.second_norm(self.second(self.act(self.first_norm(self.first(x)))))
        if self.skip:
            if self.stride > 1:
                x = x[:, :, :: self.stride, :: self.stride]
            if self.missing:
                x = functional.pad(x, (0, 0, 0, 0, 0, self.missing))
            out = out + x
        return self.act(out)


def resnet_small(
    inputs: Spec,
    outputs: Spec,
    *,
    depth: Annotated[int, Field(ge=8, le=110)] = 20,
    width: Annotated[int, Field(ge=1, le=256)] = 16,
    skip: bool = True,
    stem_pool: bool = False,
) -> nn.Module:
    """Residual network for small pictures, 6n + 2 layers deep; skip=false leaves the skips out (He et al., 2016).

    The network of the paper's section 4.2 for CIFAR: one convolution, three stages of n blocks with `width`, 2 and 4
    times as many filters, the mean of each channel and one dense layer. https://arxiv.org/abs/1512.03385

    Args:
        inputs: (channels, height, width), 1×1 and larger.
        outputs: (classes,).
        depth: Layers with weights; rounded down to 8, 14, 20, 26, 32, ….
        width: Filters of the first stage.
        skip: With the skips, or a plain stack with exactly the same weights, to see what they change.
        stem_pool: A 2×2 maximum after the first convolution: a quarter of the work, for a laptop.

    >>> sum(p.numel() for p in resnet_small(Spec((3, 32, 32)), Spec((10,))).parameters())  # the paper: 0.27 million
    269722
    """
    channels = inputs.shape[0]
    layers: list[nn.Module] = [nn.Conv2d(channels, width, 3, padding=1, bias=False), modules.BatchNorm2d(width)]
    if stem_pool and min(inputs.shape[1:]) >= 2:
        layers.append(nn.MaxPool2d(2))
    layers.append(modules.Relu(in_place=True))
    channels = width
    for stage, filters in enumerate((width, 2 * width, 4 * width)):
        for place in range((depth - 2) // 6):
            layers.append(TwoConvs(channels, filters, 2 if stage and not place else 1, skip))
            channels = filters
    layers += [modules.GlobalPool(largest=False), nn.Linear(channels, outputs.size)]
    network = nn.Sequential(*layers)
    start(network, "he_normal")
    return network
