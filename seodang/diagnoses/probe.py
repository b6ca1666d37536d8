"""One batch of the training data through a trained network: what its units put out, how large each layer's gradient is."""

# B batch · L layers
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import NotChecked
from seodang.runs.train import build_network

# Examples in the batch, and numbers in all of them together, so that large pictures take no longer than a second.
MOST, LEAST, NUMBERS = 128, 16, 2_000_000
BENT = (nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Tanh)


@dataclass(frozen=True)
class Activation:
    """What an activation put out. silent: share of its units that put out 0 for every example; at_an_end: share of the values of
    sigmoid or tanh within a hundredth of either end. units: how many (channels, of a convolution)."""

    name: str
    kind: str
    units: int
    silent: float
    at_an_end: float


@dataclass(frozen=True)
class Layer:
    """A layer with weights. gradient, weight: the norm of each; moved: the distance from where it began, over its norm then (0 where
    it began at 0 or is not known)."""

    name: str
    gradient: float
    weight: float
    moved: float


@dataclass(frozen=True)
class Probed:
    """What one batch showed: the activations and layers in order from the input, the loss, and how many examples."""

    activations: tuple[Activation, ...]
    layers: tuple[Layer, ...]
    loss: float
    examples: int


def probe(case: Case) -> Probed:
    """Run the batch; once for a case, whoever asks."""
    if (kept := case.__dict__.get("_probed")) is None:
        kept = case.__dict__["_probed"] = _probe(case)
    return kept


def _probe(case: Case) -> Probed:
    if case.trained.recipe.makes_examples:
        raise NotChecked(tr("Networks whose answers are examples are looked into by their report, not layer by layer."))
    run = case.finished
    if run.recipe.uses_features or run.recipe.transfer.strategy != "none":
        raise NotChecked  # of a pretrained network only the head was trained
    inputs, labels = batch(case)
    network, task = run.network(), run.task
    found: list[Activation] = []
    hooks = [
        module.register_forward_hook(_watch(name, found))
        for name, module in network.named_modules()
        if isinstance(module, BENT) or type(module).__name__ == "Relu"
    ]
    try:
        network.zero_grad()
        loss = task.loss(network(inputs), labels)
        loss.backward()
    finally:
        for hook in hooks:
            hook.remove()
    layers = []
    begun = _start(case)
    for name, parameter in network[1].named_parameters():  # pyright: ignore[reportIndexIssue]
        if parameter.dim() < 2 or parameter.grad is None:
            continue
        start = begun.get(name)
        moved = 0.0
        if start is not None and float(start.norm()) > 0:
            moved = float((parameter.detach() - start).norm() / start.norm())
        layers.append(Layer(name, float(parameter.grad.norm()), float(parameter.detach().norm()), moved))
    network.zero_grad()
    return Probed(tuple(found), tuple(layers), float(loss.detach()), len(labels))


def batch(case: Case) -> tuple[Tensor, Tensor]:
    """Inputs and labels of evenly drawn training examples, as the network takes them."""
    train = case.train_data
    one = train.fetch(torch.zeros(1, dtype=torch.int64))
    count = max(LEAST, min(MOST, NUMBERS // max(1, one.numel()), len(train)))
    chosen = torch.linspace(0, len(train) - 1, min(count, len(train))).long().unique()
    return train.fetch(chosen), train.labels[chosen]


def _watch(name: str, found: list[Activation]) -> Any:
    def hook(module: nn.Module, _: Any, output: Tensor) -> None:
        values = output.detach()
        # Units stand in the last place of rows and sequences, in the second of pictures.
        units = values.flatten(2).amax(2) if values.dim() == 4 else values.reshape(-1, values.shape[-1])
        kind = type(module).__name__.lower()
        if kind.startswith("relu"):
            silent, at_an_end = float((units.amax(0) <= 0).float().mean()), 0.0
        else:
            ends = values.abs() > 0.99 if kind == "tanh" else (values < 0.01) | (values > 0.99)
            silent, at_an_end = 0.0, float(ends.float().mean())
        found.append(Activation(name.removeprefix("1."), kind, units.shape[1], silent, at_an_end))

    return hook


def _start(case: Case) -> dict[str, Tensor]:
    """The weights before the first step: a function of the recipe's seed, so they need not have been kept."""
    run = case.finished
    if run.recipe.model.name == "backbone" or run.data.get("opened") is None or case.prepared is None:
        return {}
    network = build_network(run.recipe, run.task, case.prepared)
    return {name: parameter.detach() for name, parameter in network.named_parameters()}
