"""The update rules, in their fused form where PyTorch has one for the device."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from seodang.recipes.settings import Training

# Keras 2's epsilon, outside the root, as the labs were written with. Keras 3 has it inside: sqrt(v + 1e-7).
EPSILON = 1e-7


class FusedRMSprop(torch.optim.Adam):
    """RMSprop without momentum by PyTorch's fused Adam, which has a CPU kernel; torch.optim.RMSprop has none (3× slower, measured).

    With beta1 = 0 Adam is RMSprop but for the bias correction 1 - rho**step. The count of steps begins so high that it is
    exactly 1 in float32. (Hinton, 2012, lecture 6e of the course on neural networks.)
    """

    FIRST_STEP = 1e6

    def __init__(self, groups: list[dict[str, Any]], lr: float, rho: float = 0.9, eps: float = EPSILON) -> None:
        super().__init__(groups, lr=lr, betas=(0.0, rho), eps=eps, fused=True)
        for group in self.param_groups:
            for parameter in group["params"]:
                self.state[parameter] = {
                    "step": torch.tensor(self.FIRST_STEP, device=parameter.device),
                    "exp_avg": torch.zeros_like(parameter),
                    "exp_avg_sq": torch.zeros_like(parameter),
                }


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
