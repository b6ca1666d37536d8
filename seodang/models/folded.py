"""A frozen network made faster without changing what it says: batch norms folded into the convolutions before them."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# What the folded network may differ by, of the largest output. Folding changes the order of float32 sums only.
TOLERANCE = 1e-4


def folded(network: nn.Module, example: Tensor) -> nn.Module:
    """A copy in inference mode, channels last, where each batch norm right behind a convolution became part of it.

    1.5 to 1.7 times as fast for MobileNetV2 on a CPU (LOG.md). A convolution and the norm after it are found as neighbours among the
    children of one module; where that is not the order in which they run, the outputs of `example` (B, 3, H, W) differ,
    and the network is given back as it is, only channels last.
    """
    plain = copy.deepcopy(network).eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    quick = copy.deepcopy(plain)
    _fold(quick)
    quick = quick.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.inference_mode():
        example = example.to(memory_format=torch.channels_last)
        try:
            wanted, found = plain(example), quick(example)
        except RuntimeError:
            return plain
    largest = float((wanted - found).abs().max())
    return quick if largest <= TOLERANCE * float(wanted.abs().max()) + 1e-6 else plain


def _fold(module: nn.Module) -> None:
    children = list(module.named_children())
    following = [*children[1:], ("", None)]
    for (name, child), (after, norm) in zip(children, following[: len(children)], strict=True):
        if (
            isinstance(child, nn.Conv2d)
            and isinstance(norm, nn.BatchNorm2d)
            and child.out_channels == norm.num_features
        ):
            setattr(module, name, fuse_conv_bn_eval(child, norm))
            # timm's norms carry the dropout and activation that follow them.
            rest = [part for part in (getattr(norm, "drop", None), getattr(norm, "act", None)) if part is not None]
            setattr(module, after, nn.Sequential(*rest))
        elif not isinstance(child, nn.BatchNorm2d):
            _fold(child)
