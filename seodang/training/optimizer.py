"""The update rules, on PyTorch's fused kernels: one call a step for all parameters, on a CPU and on a GPU.

The kernels are those of `torch.optim` with fused=True, and the tests hold each rule equal to its class there. The classes
themselves are not used because making one imports torch._dynamo, 2.4 s of CPU time in every training (measured, torch 2.15).
"""

# pyright: reportPrivateImportUsage=false
from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from seodang.models.backbone import Backbone
from seodang.recipes.settings import Training

# Keras 2's epsilon, outside the root, as the labs were written with. Keras 3 has it inside for RMSprop: sqrt(v + 1e-7). For Adam both
# add it to the root of v before v is corrected for its start at 0, torch.optim after: a gradient of 1e-6 makes a quarter of a first step.
EPSILON = 1e-7
# RMSprop's decay of the squared gradients (Hinton, 2012, lecture 6e of the course on neural networks).
RHO = 0.9
# RMSprop is Adam with beta1 = 0 but for Adam's bias correction, 1 - rho**step. Counted from here it is exactly 1 in float32.
# torch.optim.RMSprop has no fused kernel and is 3 times slower (measured).
UNCORRECTED = 1e6
# Muon: so many Newton-Schulz steps (two, three and five are alike on MNIST, LOG.md) with the coefficients of Jordan, 2024,
# https://kellerjordan.github.io/posts/muon/, and filters so many times faster than what AdamW moves beside them.
NEWTON_SCHULZ, COEFFICIENTS, FILTERS_FASTER = 3, (3.4445, -4.7750, 2.0315), 36.0


@dataclass
class Group:
    """Parameters that share a weight decay, and what the rule remembers of each (tensors of the parameter's own layout)."""

    parameters: list[Tensor]
    weight_decay: float
    rule: str
    scale: float = 1.0  # of the learning rate
    first: list[Tensor] = field(default_factory=list)  # momentum, or the average of the gradients
    second: list[Tensor] = field(default_factory=list)  # the average of their squares
    steps: list[Tensor] = field(default_factory=list)
    done: int = 0  # updates so far; read off `steps` where they were saved


class Optimizer:
    """Groups of parameters, each moved by sgd, rmsprop, adam, adamw or muon. Set `learning_rate`, then `step()` after each backward
    pass."""

    def __init__(self, groups: list[Group], settings: Training) -> None:
        self.groups, self.settings = groups, settings
        self.learning_rate = settings.learning_rate
        start = UNCORRECTED if settings.optimizer == "rmsprop" else 0.0
        for group in groups:
            group.first = [torch.zeros_like(p) for p in group.parameters]
            group.second = [] if group.rule in ("sgd", "muon") else [torch.zeros_like(p) for p in group.parameters]
            group.steps = [torch.tensor(start, device=p.device) for p in group.parameters]

    @property
    def parameters(self) -> list[Tensor]:
        """Every parameter that is updated."""
        return [p for group in self.groups for p in group.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for group in self.groups:
            for parameter in group.parameters:
                parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient, in place."""
        for group in self.groups:
            has = [i for i, p in enumerate(group.parameters) if p.grad is not None]
            if has:
                update = {"sgd": self._sgd, "muon": self._muon}.get(group.rule, self._adam)
                update(group, has)

    def tensors(self) -> dict[str, Tensor]:
        """What the rule remembers, by name, for a checkpoint."""
        return {
            f"{g}.{name}.{i}": t
            for g, group in enumerate(self.groups)
            for name in _SLOTS
            for i, t in enumerate(getattr(group, name))
        }

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Remember what was saved. Copied in place, so each slot keeps its parameter's memory order, which the kernels rely on."""
        for name, tensor in self.tensors().items():
            tensor.copy_(tensors[name])
        for group in self.groups:
            group.done = int(max(group.steps))  # of weights that were thawed later there are fewer

    def _sgd(self, group: Group, has: list[int]) -> None:
        momentum = self.settings.momentum
        torch._fused_sgd_(
            [group.parameters[i] for i in has],
            _gradients(group, has),
            [group.first[i] for i in has] if momentum else [],
            weight_decay=group.weight_decay,
            momentum=momentum,
            lr=self.learning_rate * group.scale,
            dampening=0.0,
            nesterov=self.settings.nesterov and momentum > 0,
            maximize=False,
            # The kernel's first step sets the buffer to the gradient; from zeros every step does the same.
            is_first_step=False,
            grad_scale=None,
            found_inf=None,
        )

    def _muon(self, group: Group, has: list[int]) -> None:
        """Filters move by their momentum made orthogonal: no direction in the space of filters is favoured."""
        momentum = self.settings.momentum
        for i, gradient in zip(has, _gradients(group, has), strict=True):
            parameter, first = group.parameters[i], group.first[i]
            first.lerp_(gradient, 1 - momentum)
            along = orthogonal(gradient.lerp(first, momentum) if self.settings.nesterov else first)
            rate = self.learning_rate * group.scale
            parameter.mul_(1 - rate * group.weight_decay)
            tall = max(1.0, len(parameter) * len(parameter) / parameter.numel()) ** 0.5
            parameter.sub_(along, alpha=rate * FILTERS_FASTER * tall)

    def _adam(self, group: Group, has: list[int]) -> None:
        steps = [group.steps[i] for i in has]
        torch._foreach_add_(steps, 1)
        group.done += 1
        name, epsilon = group.rule, EPSILON
        if name == "adam":  # the kernel adds it after the correction of v, Keras before
            epsilon /= math.sqrt(1 - self.settings.beta2**group.done)
        kernel = torch._fused_adamw_ if name == "adamw" else torch._fused_adam_
        kernel(
            [group.parameters[i] for i in has],
            _gradients(group, has),
            [group.first[i] for i in has],
            [group.second[i] for i in has],
            [],
            steps,
            lr=self.learning_rate * group.scale,
            beta1=0.0 if name == "rmsprop" else self.settings.beta1,
            beta2=RHO if name == "rmsprop" else self.settings.beta2,
            weight_decay=group.weight_decay,
            eps=1e-8 if name == "adamw" else epsilon,
            amsgrad=False,
            maximize=False,
            grad_scale=None,
            found_inf=None,
        )


_SLOTS = ("first", "second", "steps")


def orthogonal(filters: Tensor) -> Tensor:
    """Filters (O, I, H, W) as a matrix (O, I·H·W) whose singular values are brought near 1, from 0.5 to 1.2, in the same layout.

    Newton-Schulz iteration of Jordan, 2024; here in float32, since bfloat16 is slow on most CPUs.
    It is a polynomial of the small square matrix F·Fᵀ times F, so all of it but the first and last product is done on that.
    """
    last = filters.is_contiguous(memory_format=torch.channels_last) and filters.dim() == 4
    shaped = filters.permute(0, 2, 3, 1) if last else filters  # a view where pictures lie channels-last
    found = shaped.reshape(len(filters), -1)
    is_tall = found.shape[0] > found.shape[1]
    square = found.T @ found if is_tall else found @ found.T
    length = square.diagonal().sum().sqrt() + 1e-7
    square = square / (length * length)
    a, b, c = COEFFICIENTS
    factor = None
    for left in range(NEWTON_SCHULZ, 0, -1):  # F becomes (a + rest)·F
        rest = torch.addmm(square, square, square, beta=b, alpha=c)
        if left > 1:
            half = torch.addmm(square, rest, square, beta=a)
            square = torch.addmm(half, half, rest, beta=a)
        if factor is None:
            factor = rest
            factor.diagonal().add_(a)
        else:
            factor = torch.addmm(factor, factor, rest, beta=a)
    assert factor is not None, "there is at least one iteration"
    factor /= length
    found = (found @ factor if is_tall else factor @ found).reshape(shaped.shape)
    return found.permute(0, 3, 1, 2) if last else found


def _gradients(group: Group, has: Iterable[int]) -> list[Tensor]:
    """The gradients in the parameters' memory order."""
    found = []
    for i in has:
        gradient, parameter = group.parameters[i].grad, group.parameters[i]
        assert gradient is not None, "asked for only where there is one"
        same = gradient.stride() == parameter.stride()
        found.append(gradient if same else torch.empty_like(parameter).copy_(gradient))
    return found


class Rivals:
    """An optimiser for each of several networks that learn from each other. `of["generator"].step()` moves one of them."""

    def __init__(self, of: dict[str, Optimizer]) -> None:
        self.of = of
        self.learning_rate = next(iter(of.values())).learning_rate

    def __setattr__(self, name: str, value: object) -> None:
        """A learning rate is every network's."""
        super().__setattr__(name, value)
        if name == "learning_rate":
            for optimizer in self.of.values():
                optimizer.learning_rate = value  # type: ignore[assignment]

    @property
    def parameters(self) -> list[Tensor]:
        """Every parameter that is updated, of all networks."""
        return [p for optimizer in self.of.values() for p in optimizer.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients of all."""
        for optimizer in self.of.values():
            optimizer.zero_grad()

    def step(self) -> None:
        """Move all networks."""
        for optimizer in self.of.values():
            optimizer.step()

    def tensors(self) -> dict[str, Tensor]:
        """What the rules remember, by network and name, for a checkpoint."""
        return {f"{name}.{key}": t for name, each in self.of.items() for key, t in each.tensors().items()}

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Remember what was saved."""
        for name, each in self.of.items():
            each.load({key.removeprefix(f"{name}."): t for key, t in tensors.items() if key.startswith(f"{name}.")})


def make_optimizer(model: nn.Module, settings: Training, rate_decay: float = 1.0) -> Optimizer | Rivals:
    """The optimiser of a recipe over the trainable parameters of a model, or of each of its `rivals`.

    Weight decay is for matrices and filters; biases and the scales of norms have none (one dimension tells them). Of a
    pretrained network each stage further from the head learns `rate_decay` times as fast as the one after it (Howard &
    Ruder, 2018, section 3.2, https://arxiv.org/abs/1801.06146).
    """
    rivals: dict[str, nn.Module] | None = getattr(model, "rivals", None)
    if rivals:
        return Rivals({name: _one(network, settings, rate_decay) for name, network in rivals.items()})
    return _one(model, settings, rate_decay)


def _one(model: nn.Module, settings: Training, rate_decay: float) -> Optimizer:
    parts = model.parts if isinstance(model, Backbone) else [[p for p in model.parameters() if p.requires_grad]]
    groups = []
    for depth, parameters in enumerate(parts):
        scale, rule, decay = rate_decay**depth, settings.optimizer, settings.weight_decay
        assert rule is not None, "derive() fills in the optimizer"
        if rule == "muon":
            groups.append(Group([p for p in parameters if p.ndim == 4], decay, "muon", scale))
            parameters, rule = [p for p in parameters if p.ndim != 4], "adamw"
        groups.append(Group([p for p in parameters if p.ndim > 1], decay, rule, scale))
        groups.append(Group([p for p in parameters if p.ndim <= 1], 0.0, rule, scale))
    return Optimizer([group for group in groups if group.parameters], settings)
