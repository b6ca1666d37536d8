"""How many floating-point operations a training step takes, counted from the network's own layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def training_operations(network: nn.Module, example: Tensor) -> int:
    """FLOP of one training step on one example.

    Counted: dense layers and convolutions, a multiply-add as 2. Forward once; backward twice (to the weights and to the
    layer's input), less the first layer's input gradient, which nobody needs. Norms, activations, pooling, the loss and
    the optimiser are not counted, so the achieved rate is a lower bound.

    Args:
        network: Any network of nn.Linear and nn.Conv2d.
        example: One input with its batch axis, as `network` takes it.

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    >>> training_operations(network, torch.zeros(1, 1, 28, 28)) == 2 * (2 * 784 * 512 + 3 * 512 * 10)
    True
    """
    counts: list[int] = []

    def count(layer: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(layer, nn.Conv2d):
            kernel = layer.kernel_size[0] * layer.kernel_size[1] * layer.in_channels // layer.groups
            counts.append(output[0].numel() * kernel)
        else:
            counts.append(output[0].numel() * layer.in_features)

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.inference_mode():
            network(example)
    finally:
        for hook in hooks:
            hook.remove()
    return 2 * (3 * sum(counts) - counts[0])
