"""What `seodang train` trains, in memory: no run folder, no plan, no report; in seconds, on the CPU."""

# N examples · C classes
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seodang.data.encoded import Data, Encoded
from seodang.data.frame import Frame
from seodang.data.load import Subset, load
from seodang.data.open import open_any
from seodang.data.source import Source
from seodang.recipes.choose import derive
from seodang.recipes.choose_rows import derive_rows, spelled_out
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve
from seodang.recipes.settings import Part
from seodang.runs.opening import encode_frame
from seodang.runs.train import build_network
from seodang.tasks.build import build_task
from seodang.training.device import Place
from seodang.training.loop import Epoch, begin, fit, normaliser

CPU = Place(torch.device("cpu"))


@dataclass(frozen=True)
class Trained:
    """A trained network with its preparation in front, on the CPU; a line of history an epoch, as a run has."""

    network: nn.Module
    recipe: Recipe
    data: Data
    history: tuple[dict[str, Any], ...]

    @property
    def model(self) -> nn.Module:
        """The network behind its preparation."""
        return list(self.network.children())[-1]

    @property
    def encoding(self) -> Any:
        """How the rows of a table became numbers."""
        assert isinstance(self.data, Encoded), "only rows are encoded"
        return self.data.encoding

    def scores(self, inputs: Tensor) -> Tensor:
        """Raw scores (N, outputs) of what `data` holds: pictures (N, C, H, W) uint8, or encoded rows (N, F)."""
        with torch.inference_mode():
            return self.network(inputs)

    def accuracy(self, part: Subset) -> float:
        """The share of a split that is told right, 0 to 1."""
        task = build_task(self.recipe.task, self.recipe.loss, self.data.facts)
        return float((task.decode(self.scores(inputs_of(part))) == part.labels).float().mean())


def inputs_of(part: Subset) -> Tensor:
    """What of a split goes into a network; lessons' data is always held in memory."""
    assert part.pixels is not None, "the data of a lesson is held in memory"
    return part.pixels


def prepare(
    recipe: str | Recipe, settings: dict[str, Any] | None = None, source: Source | Frame | None = None
) -> tuple[Recipe, Data]:
    """The recipe with all that it left open filled in, and its data, divided as `seodang train` divides it.

    Args:
        settings: Laid over the recipe, such as {"training.epochs": 3}.
        source: Instead of the data that the recipe names.
    """
    asked = resolve(recipe, {key: str(value) for key, value in (settings or {}).items()})
    if source is None:
        assert asked.data is not None, "a lesson's recipe names its data"
        source = open_any(asked.data, asked.columns)
    if isinstance(source, Frame):
        decided, _ = spelled_out(asked, source)
        rows = encode_frame(source, decided)
        return derive_rows(decided, rows)[0], rows
    pictures = load(source, asked.preparation, asked.split, examples=asked.examples)
    return derive(asked, pictures)[0], pictures


def started(recipe: Recipe, data: Data) -> nn.Module:
    """The network before its first step."""
    return build_network(recipe, build_task(recipe.task, recipe.loss, data.facts), data)


def train(recipe: Recipe, data: Data) -> Trained:
    """Train by the one loop. The same recipe and data give the same network; the caller's generator is left as it was."""
    task = build_task(recipe.task, recipe.loss, data.facts)
    state = begin(started(recipe, data), recipe, CPU)
    history = []
    with torch.random.fork_rng(devices=[]):
        for event in fit(data, recipe, task, state, CPU):
            if isinstance(event, Epoch):
                history.append({"epoch": event.epoch, **event.metrics})
    return Trained(nn.Sequential(normaliser(data), state.model).eval(), recipe, data, tuple(history))


def with_layers(recipe: Recipe, layers: list[Any], init: str | None = None) -> Recipe:
    """The recipe with another list of layers as its network."""
    settings: dict[str, Any] = {"layers": layers} | ({"init": init} if init else {})
    return recipe.model_copy(update={"model": Part(settings=settings)})


def with_seed(recipe: Recipe, seed: int) -> Recipe:
    """The recipe with another start and order; the split stays."""
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"seed": seed})})
