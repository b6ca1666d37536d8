"""The update rules, in their fused form where PyTorch has one for the device."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from seodang.recipes.settings import Training

# Keras' epsilon, which the labs were written with; PyTorch's 1e-8 differs only for gradients below 1e-6.
EPSILON = 1e-7


class FusedRMSprop(torch.optim.Adam):
    """RMSprop without momentum by PyTorch's fused Adam, which has a CPU kernel; torch.optim.RMSprop has none.

    With beta1 = 0 Adam is RMSprop but for the bias correction c = sqrt(1 - rho**step): it moves by
    lr·g / (sqrt(v)/c + eps). Giving it lr/c and eps/c cancels c. (Hinton, 2012, lecture 6e of the course on neural networks.)
    """

    def __init__(
        self, parameters: Any, lr: float, rho: float = 0.9, eps: float = EPSILON, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr=lr, betas=(0.0, rho), eps=eps, weight_decay=weight_decay, fused=True)
        for group in self.param_groups:
            group.setdefault("count", 0)

    def step(self, closure: Any = None) -> Any:
        plain = [(group["lr"], group["eps"]) for group in self.param_groups]
        for group in self.param_groups:
            group["count"] += 1
            correction = math.sqrt(1 - group["betas"][1] ** group["count"])
            group["lr"], group["eps"] = group["lr"] / correction, group["eps"] / correction
        try:
            return super().step(closure)
        finally:
            for group, (lr, eps) in zip(self.param_groups, plain, strict=True):
                group["lr"], group["eps"] = lr, eps


def make_optimizer(model: nn.Module, settings: Training) -> torch.optim.Optimizer:
    """The optimiser of a recipe over the trainable parameters of a model.

    Weight decay is for matrices and filters; biases and the scales of norms have none (one dimension tells them).
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    decayed, free = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    lr = settings.learning_rate
    if settings.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=lr, momentum=settings.momentum, nesterov=settings.nesterov, fused=True)
    if settings.optimizer == "rmsprop":
        if settings.momentum:
            return torch.optim.RMSprop(groups, lr=lr, alpha=0.9, eps=EPSILON, momentum=settings.momentum)
        return FusedRMSprop(groups, lr=lr)
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=lr, eps=EPSILON, fused=True)
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, settings.beta2), fused=True)
