"""What training will take, measured by a few real steps on a copy of the network before the first one counts."""

from __future__ import annotations

import copy
import math
import statistics
import time
from dataclasses import dataclass, replace

import numpy as np
import psutil
import torch

from seodang.core.language import tr, trn
from seodang.data.encoded import Data
from seodang.data.load import Subset
from seodang.pretrained.weights import find_weights
from seodang.recipes.recipe import Recipe
from seodang.tasks.build import Task, has_own_step
from seodang.training.device import Place
from seodang.training.loop import JUDGING_BATCH, Epoch, State, Step, begin, count_steps, fit, measure, normaliser

PROBE_STEPS = 8
PROBE_SECONDS = 0.6
# Nor longer than this share of the training it foretells: a run of a second is not kept waiting for half of one.
PROBE_SHARE = 0.03
# A time budget is looked at anew when these shares of it have passed: other work comes and goes on a machine, and the
# probe sees only a moment. Less than a hundredth is left as it is.
LOOKS = (0.1, 0.25, 0.5, 0.75, 0.9)
WORTH = 0.01
# Of what is left of the minutes that a person gives, the pass may take so much; the head and the report take the rest.
PASS_SHARE = 0.85
# And so many seconds at least: fitting a head takes two on two quiet cores.
HEAD_SECONDS = 2.0
# Most networks halve a picture five times.
STRIDE = 32
# What judging and the report take at the end, measured on two quiet cores.
REPORT_SECONDS = 4.0
LEAST_SIDE = 64


@dataclass(frozen=True)
class Plan:
    """What training will take on this machine. Seconds are of training with its validation, without judging."""

    steps: int
    steps_per_epoch: int
    seconds_per_step: float
    seconds_per_epoch: float
    seconds: float
    most_steps: int | None  # what has a stated number of epochs is not trained longer because there is time
    memory_bytes: int  # of this process after the probe; on a GPU, its peak there

    @property
    def words(self) -> str:
        """What a person is told before the first step."""
        epochs = self.steps / self.steps_per_epoch
        shown = f"{epochs:.0f}" if epochs == round(epochs) else f"{epochs:.1f}" if epochs >= 1 else f"{epochs:.1g}"
        return trn(
            "{epochs} epoch of {steps}, about {duration} ({milliseconds:.1f} ms a step, measured), {memory:.1f} GiB of memory",
            "{epochs} epochs of {steps}, about {duration} ({milliseconds:.1f} ms a step, measured), {memory:.1f} GiB of memory",
            1 if shown == "1" else 2,
            epochs=shown,
            steps=trn("{count} step", "{count:,} steps", self.steps_per_epoch),
            duration=duration(self.seconds),
            milliseconds=self.seconds_per_step * 1000,
            memory=self.memory_bytes / 2**30,
        )


@dataclass(frozen=True)
class PassPlan:
    """What a pass through a frozen base will take. `pictures` of all splits and views, of which `known` were kept earlier."""

    pictures: int
    known: int
    seconds_per_picture: float
    base: str

    @property
    def seconds(self) -> float:
        """Of the pass; the head takes a few more."""
        return (self.pictures - self.known) * self.seconds_per_picture

    def side_within(self, recipe: Recipe, left: float | None) -> int | None:
        """The side of pictures, in pixels, with which the pass is over in so many seconds; None where it is anyway, where
        they would be smaller than networks like them, and where the network takes one size only."""
        side = recipe.preparation.height or 0
        if left is None or self.fits(left) or find_weights(recipe.transfer.backbone).fixed_size:
            return None
        smaller = int(side * math.sqrt(pass_seconds(left) / self.seconds)) // STRIDE * STRIDE
        return max(smaller, LEAST_SIDE) if side > LEAST_SIDE else None

    def fits(self, left: float | None) -> bool:
        """Whether the pass leaves enough of so many seconds for the head; always where there is no limit."""
        return left is None or self.seconds <= pass_seconds(left)

    @property
    def words(self) -> str:
        """What a person is told before it begins."""
        fresh = self.pictures - self.known
        if not fresh:
            return tr(
                "the features of all {pictures:,} pictures are known from an earlier run; only the head is fitted",
                pictures=self.pictures,
            )
        known = tr(", {known:,} are known from an earlier run", known=self.known) if self.known else ""
        return tr(
            "{fresh:,} pictures go through {base} once{known}, about {duration} ({milliseconds:.1f} ms a picture, measured); then "
            "the head is fitted, in seconds",
            fresh=fresh,
            base=self.base,
            known=known,
            duration=duration(self.seconds),
            milliseconds=self.seconds_per_picture * 1000,
        )


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(4.2), duration(75), duration(7300)
    ('4 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole or f"{seconds:.1f}")
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if whole % 60:
        return tr("{minutes} min {seconds} s", minutes=minutes, seconds=whole % 60)
    return tr("{minutes} min", minutes=minutes)


def make_plan(
    data: Data, recipe: Recipe, task: Task, model: torch.nn.Module, place: Place, since: float | None = None
) -> tuple[Plan, Recipe]:
    """Measure, and where the recipe has a time budget choose the number of steps that fills it. Nothing of it stays in `model`.

    since: when the minutes began, on the clock of `time.perf_counter`; None: they begin with the first step.
    """
    minutes = recipe.training.minutes
    state = begin(copy.deepcopy(model), recipe, place)
    per_epoch, total = count_steps(len(data.train), recipe)
    per_step = _seconds_per_step(data, _own_part(recipe, place), task, state, place.alone, None if minutes else total)
    judging = _judging_seconds(data, task, state, place.alone) / place.world
    left = 60 * (minutes or 0) - (time.perf_counter() - since if since is not None else 0.0)
    per_step, judging, left = (x / 1e9 for x in place.agree(*(int(1e9 * x) for x in (per_step, judging, left))))
    seconds_per_epoch = per_epoch * per_step + judging
    most = per_epoch * recipe.training.epochs if recipe.training.epochs and _has_its_length(recipe) else None
    if minutes and recipe.training.steps is None:
        total = steps_that_fit(left, 0, per_step, per_epoch, judging, most)
        recipe = recipe.model_copy(
            update={"training": recipe.training.model_copy(update={"steps": total, "epochs": -(-total // per_epoch)})}
        )
    seconds = total * per_step + -(-total // per_epoch) * judging
    return Plan(total, per_epoch, per_step, seconds_per_epoch, seconds, most, _memory(place)), recipe


def _own_part(recipe: Recipe, place: Place) -> Recipe:
    """The recipe with as many examples in a batch as one of the processes takes."""
    batch = max(1, (recipe.training.batch_size or 1) // place.world)
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"batch_size": batch})})


def pass_seconds(left: float) -> float:
    """Of so many seconds that are left, those that the pass may take.

    >>> pass_seconds(100.0), pass_seconds(20.0), pass_seconds(3.0)
    (85.0, 14.0, 0.0)
    """
    return max(0.0, min(PASS_SHARE * left, left - HEAD_SECONDS - REPORT_SECONDS))


def process_began() -> float:
    """When this process was started, on the clock of `time.perf_counter`: what imports took before anything of ours ran counts too."""
    return time.perf_counter() - max(0.0, time.time() - psutil.Process().create_time())


def began(started: float, minutes: float | None) -> float:
    """When the minutes of a training began, on the clock of `time.perf_counter`: when the reading of the data did, and the report takes
    its time too; but a quarter of them is for training, whatever else took long.

    >>> now = time.perf_counter()
    >>> round(now - began(now - 30, minutes=5)), round(now - began(now - 1000, minutes=5))
    (34, 225)
    """
    if minutes is None:
        return started
    return max(started - min(REPORT_SECONDS, 0.05 * 60 * minutes), time.perf_counter() - 0.75 * 60 * minutes)


def steps_that_fit(
    seconds: float, step: int, per_step: float, per_epoch: int, judging: float, most: int | None = None
) -> int:
    """The step after which so many more seconds are over, the validation at each epoch's end and at the run's counted.

    >>> steps_that_fit(10.0, step=100, per_step=0.1, per_epoch=50, judging=1.0)
    180
    """
    left, to_epoch_end = seconds - judging, per_epoch - step % per_epoch
    if left < to_epoch_end * per_step:
        ends = step + max(1, int(left / per_step + 1e-9))
    else:
        epochs, left = divmod(left - to_epoch_end * per_step, per_epoch * per_step + judging)
        more = max(0, int((left - judging) / per_step + 1e-9))
        ends = step + to_epoch_end + int(epochs) * per_epoch + more
    return min(ends, most) if most else ends


class Pace:
    """Keeps a run to its `minutes`: now and then it measures what a step really takes and says where the run should end."""

    def __init__(self, plan: Plan, minutes: float) -> None:
        self.plan, self.budget = plan, minutes * 60
        self.looks = list(LOOKS)
        self.began = self.since = time.perf_counter()
        self.step = 0  # at the last look
        self.judging = plan.seconds_per_epoch - plan.steps_per_epoch * plan.seconds_per_step
        self.judged = 0.0  # seconds of validation since the last look
        self.last_step = self.began

    def see(self, event: object, state: State) -> int | None:
        """Take in what happened. A number of steps where the run should end elsewhere than planned."""
        now = time.perf_counter()
        if isinstance(event, Step):
            self.last_step = now
        elif isinstance(event, Epoch):
            self.judging = now - self.last_step
            self.judged += self.judging
        if not isinstance(event, Step) or not self.looks or now - self.began < self.looks[0] * self.budget:
            return None
        per_step = (now - self.since - self.judged) / max(1, state.step - self.step)
        self.since, self.step, self.judged = now, state.step, 0.0
        self.looks = [look for look in self.looks if now - self.began < look * self.budget]
        left = self.budget - (now - self.began)
        ends = steps_that_fit(left, state.step, per_step, self.plan.steps_per_epoch, self.judging, self.plan.most_steps)
        return ends if abs(ends - state.total) > WORTH * state.total else None


def _has_its_length(recipe: Recipe) -> bool:
    """A lab with a stated number of epochs, and the fine-tuning of a pretrained network, are not made longer because there is time."""
    return recipe.training.schedule == "constant" or recipe.transfer.fine_tune


def _seconds_per_step(
    data: Data, recipe: Recipe, task: Task, state: State, place: Place, total: int | None = None
) -> float:
    """The median time of a few steps after a first one that sets things up.

    total: steps of the run, where they are known: a short one is probed for a shorter time.
    """
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
        steps, seconds = _probing(statistics.median(times[1:] or times), total)
        if len(times) > steps and now - started > seconds:
            break
        if now - started > 3 * PROBE_SECONDS and len(times) > 1:
            break
    torch.random.set_rng_state(generator)
    return statistics.median(times[1:] or times)


def _probing(per_step: float, total: int | None) -> tuple[int, float]:
    """How many steps to measure at least, after the first, and for how many seconds, in a run of so many steps.

    >>> _probing(0.001, 1000), _probing(0.01, 30), _probing(0.001, None)
    ((8, 0.03), (2, 0.009), (8, 0.6))
    """
    if total is None:
        return PROBE_STEPS, PROBE_SECONDS
    steps = min(PROBE_STEPS, max(2, int(PROBE_SHARE * total)))
    return steps, round(min(PROBE_SECONDS, PROBE_SHARE * per_step * total), 6)


def _judging_seconds(data: Data, task: Task, state: State, place: Place) -> float:
    """What measuring the validation split takes, from a part of it."""
    count = len(data.validation)
    if not count or has_own_step(task):
        return 0.0
    sample = _first(data.validation, min(count, JUDGING_BATCH))
    normalise = normaliser(data).to(place.device)
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
        lengths=None if subset.lengths is None else subset.lengths[:count],
    )


def _memory(place: Place) -> int:
    if place.device.type == "cuda":
        return torch.cuda.max_memory_allocated(place.device)
    return psutil.Process().memory_info().rss
