"""What training will take, measured by a few real steps on a copy of the network before the first one counts."""

from __future__ import annotations

import copy
import statistics
import time
from dataclasses import dataclass, replace

import numpy as np
import psutil
import torch

from seodang.data.load import Prepared, Subset
from seodang.data.prepare import Normalise
from seodang.recipes.recipe import Recipe
from seodang.tasks.classify import Classify
from seodang.training.device import Place
from seodang.training.loop import JUDGING_BATCH, State, Step, begin, count_steps, fit, measure

PROBE_STEPS = 8
PROBE_SECONDS = 0.6
# With a time budget the probe may be longer, for a steadier figure: this share of the budget, at most 6 s.
BUDGET_SHARE = 0.03


@dataclass(frozen=True)
class Plan:
    """What training will take on this machine. Seconds are of training with its validation, without judging."""

    steps: int
    steps_per_epoch: int
    seconds_per_step: float
    seconds_per_epoch: float
    seconds: float
    memory_bytes: int  # of this process after the probe; on a GPU, its peak there

    @property
    def words(self) -> str:
        """What a person is told before the first step."""
        epochs = self.steps / self.steps_per_epoch
        shown = f"{epochs:.0f}" if epochs == round(epochs) else f"{epochs:.1f}"
        return (
            f"{shown} epoch{'' if shown == '1' else 's'} of {self.steps_per_epoch} steps, about {duration(self.seconds)} "
            f"({self.seconds_per_step * 1000:.1f} ms a step, measured), {self.memory_bytes / 2**30:.1f} GiB of memory"
        )


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(4.2), duration(75), duration(7300)
    ('4 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if whole else f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def make_plan(
    data: Prepared, recipe: Recipe, task: Classify, model: torch.nn.Module, place: Place
) -> tuple[Plan, Recipe]:
    """Measure, and where the recipe has a time budget choose the number of steps that fills it. Nothing of it stays in `model`."""
    budget = recipe.training.minutes
    longest = min(6.0, max(PROBE_SECONDS, BUDGET_SHARE * budget * 60)) if budget else PROBE_SECONDS
    state = begin(copy.deepcopy(model), recipe, place)
    per_step = _seconds_per_step(data, recipe, task, state, place, longest)
    judging = _judging_seconds(data, task, state, place)
    per_epoch, total = count_steps(len(data.train), recipe)
    seconds_per_epoch = per_epoch * per_step + judging
    if budget and recipe.training.steps is None:
        total = max(1, round(budget * 60 / (per_step + judging / per_epoch)))
        if recipe.training.epochs and _is_faithful(recipe):
            total = min(total, per_epoch * recipe.training.epochs)
        recipe = recipe.model_copy(
            update={"training": recipe.training.model_copy(update={"steps": total, "epochs": -(-total // per_epoch)})}
        )
    seconds = total * per_step + (total // per_epoch) * judging
    return Plan(total, per_epoch, per_step, seconds_per_epoch, seconds, _memory(place)), recipe


def _is_faithful(recipe: Recipe) -> bool:
    """A lab with a stated number of epochs is not trained longer because there is time."""
    return recipe.training.schedule == "constant"


def _seconds_per_step(
    data: Prepared, recipe: Recipe, task: Classify, state: State, place: Place, longest: float
) -> float:
    """The median time of a few steps after a first one that sets things up."""
    probe = recipe.model_copy(
        update={"training": recipe.training.model_copy(update={"steps": 10**6, "epochs": 1, "compile": False})}
    )
    generator = torch.random.get_rng_state()
    times: list[float] = []
    started = last = time.perf_counter()
    for event in fit(replace(data, validation=_first(data.validation, 0)), probe, task, state, place):
        if not isinstance(event, Step):
            continue
        float(event.loss)  # waits for a GPU
        now = time.perf_counter()
        times.append(now - last)
        last = now
        if len(times) > PROBE_STEPS and now - started > longest:
            break
        if now - started > 3 * longest and len(times) > 1:
            break
    torch.random.set_rng_state(generator)
    return statistics.median(times[1:] or times)


def _judging_seconds(data: Prepared, task: Classify, state: State, place: Place) -> float:
    """What measuring the validation split takes, from a part of it."""
    count = len(data.validation)
    if not count:
        return 0.0
    sample = _first(data.validation, min(count, JUDGING_BATCH))
    normalise = Normalise(data.preparation).to(place.device)
    started = time.perf_counter()
    measure(state, sample, task, normalise, place)
    return (time.perf_counter() - started) * count / len(sample)


def _first(subset: Subset, count: int) -> Subset:
    """The first few examples of a subset."""
    return replace(
        subset,
        labels=subset.labels[:count],
        ids=subset.ids[:count],
        pixels=None if subset.pixels is None else subset.pixels[:count],
        source=subset.source.select(np.arange(count)) if subset.pixels is None else subset.source,
    )


def _memory(place: Place) -> int:
    if place.device.type == "cuda":
        return torch.cuda.max_memory_allocated(place.device)
    return psutil.Process().memory_info().rss
