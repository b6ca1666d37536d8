"""The training loop: plain PyTorch, reads top to bottom, yields what happened and touches no disk.

Progress, checkpoints, early stopping and the tests are readers of that stream.
"""

# B batch · C classes
from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.data.augment import Augmentation, augment
from seodang.data.batches import batches
from seodang.data.encoded import Data
from seodang.data.load import Subset
from seodang.data.prepare import Normalise
from seodang.models.backbone import Backbone
from seodang.recipes.recipe import Recipe
from seodang.tasks.build import Task, has_own_step, wanted
from seodang.training.average import Average
from seodang.training.device import Place
from seodang.training.memory import give_back, keep_freed_memory
from seodang.training.mixing import mix_examples
from seodang.training.optimizer import Optimizer, Rivals, make_optimizer
from seodang.training.randomness import bucketed, order, seed_step
from seodang.training.schedule import rate, stretched

# What is summed up over an epoch: the loss, of how many things it is the mean, and what the task tallies (at most two).
SUMS = 4
# Examples in a batch where no gradient is needed; larger ones fall out of a CPU's cache.
JUDGING_BATCH = 250
# A run of less than an epoch is validated once, at its end, on so many examples: all 6,000 of MNIST's would take as long as a fifth of
# 100 steps.
IN_SHORT = 2_000
# And so many numbers may come out for such a batch (32 MB): a score for every word at every place of a text is a lot.
MOST_OUTPUTS = 2**23
# Every so many steps the process's memory is looked at.
STEPS_A_LOOK = 8
# Every so many steps, and at an epoch's end, several processes hear from the first whether and how far to go on.
STEPS_A_MEETING = 10


@dataclass(frozen=True)
class Step:
    """One update: which epoch (from 1) and step (from 1), its loss (a tensor: reading it may wait for a GPU), its rate."""

    epoch: int
    step: int
    loss: Tensor
    learning_rate: float
    examples: int


@dataclass(frozen=True)
class Epoch:
    """The end of an epoch: mean loss and what the task tallies over its examples, the same on validation where there is one."""

    epoch: int
    step: int
    metrics: dict[str, float]
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Notice:
    """Something a person should know, in a sentence."""

    text: str


def is_meeting(event: object, place: Place) -> bool:
    """Whether a reader of the loop may change its end, or leave it, at this event. One process may after every step and epoch."""
    if isinstance(event, Step):
        return place.world == 1 or event.step % STEPS_A_MEETING == 0
    return isinstance(event, Epoch)


@dataclass
class State:
    """All that changes while training. `tensors` and `numbers` are the whole of it, so saving them saves the run exactly."""

    model: nn.Module
    optimizer: Optimizer | Rivals
    average: Average | None
    step: int = 0
    epoch: int = 0
    done_in_epoch: int = 0  # examples of the present epoch already used
    sums: Tensor = field(
        default_factory=lambda: torch.zeros(SUMS, dtype=torch.float64)
    )  # of the present epoch, see SUMS
    first_step: int = 0  # where the present phase began: extending a finished run begins another one
    total: int = 0  # steps of the whole run; `end_after` changes it on the way
    replanned: list[tuple[int, int]] = field(default_factory=list)  # see recipes.settings.Training
    pieces: int = 1  # a batch goes through the network in so many pieces; doubled where memory runs out

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor of the state by name."""
        found = {f"model.{name}": t for name, t in self.model.state_dict().items()}
        found |= {f"optimizer.{name}": t for name, t in self.optimizer.tensors().items()}
        if self.average:
            found |= {f"average.{name}": t for name, t in self.average.tensors.items()}
        return {**found, "sums": self.sums}

    def numbers(self) -> dict[str, Any]:
        """Every number of the state by name, fit for JSON."""
        return {name: getattr(self, name) for name in ("step", "epoch", "done_in_epoch", "first_step", "pieces")}

    def end_after(self, steps: int) -> None:
        """Let the run end after so many steps; its schedule goes on from where it stands and reaches its end there."""
        self.replanned = [*(self.replanned or [(self.first_step, self.total)]), (self.step, steps)]
        self.total = steps

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.model.load_state_dict(_below("model.", tensors))
        self.optimizer.load(_below("optimizer.", tensors))
        if self.average:
            self.average.load(_below("average.", tensors))
        self.sums.copy_(tensors["sums"])
        for name in ("step", "epoch", "done_in_epoch", "first_step", "pieces"):
            setattr(self, name, numbers[name])


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def begin(model: nn.Module, recipe: Recipe, place: Place) -> State:
    """The state before the first step, the model on its device."""
    if place.device.type == "cpu":
        keep_freed_memory()
    model = model.to(place.device)
    if recipe.training.channels_last:
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = Average(model, recipe.training.ema) if recipe.training.ema else None
    return State(
        model,
        make_optimizer(model, recipe.training, recipe.transfer.rate_decay),
        average,
        sums=torch.zeros(SUMS, dtype=torch.float64, device=place.device),
        replanned=list(recipe.training.replanned),
    )


def count_steps(num_examples: int, recipe: Recipe) -> tuple[int, int]:
    """Steps in an epoch and in all."""
    settings = recipe.training
    assert settings.batch_size is not None, "derive() fills in the batch size"
    assert settings.epochs is not None, "derive() fills in the epochs"
    per_epoch = -(-num_examples // settings.batch_size)
    return per_epoch, settings.steps or per_epoch * settings.epochs


def fit(data: Data, recipe: Recipe, task: Task, state: State, place: Place) -> Iterator[Step | Epoch | Notice]:
    """Train `state.model` in place, from wherever the state stands to the end of the recipe.

    The state is consistent whenever this yields: it may be saved, or left, there.
    """
    settings = recipe.training
    train, validation = _on_device(data.train, place), _on_device(data.validation, place)
    per_epoch, state.total = count_steps(len(train), recipe)
    advance = _Advance(data, recipe, task, state, place)
    batch_size, held = settings.batch_size or 1, 0

    def rate_at(step: int) -> float:
        first, total = state.first_step, state.total - state.first_step
        plans = [(at - first, steps - first) for at, steps in state.replanned if steps > at >= first]
        if plans and (
            len(plans) == 1 or step - first < plans[1][0]
        ):  # to the digit as before anything was planned anew
            return rate(settings, step - first, plans[0][1], per_epoch)
        return rate(settings, stretched(step - first, plans, total) if plans else step - first, total, per_epoch)

    while state.step < state.total or state.done_in_epoch:
        started, example = time.perf_counter(), state.done_in_epoch
        _thaw(state.model, recipe, state.epoch)
        state.model.train()
        indices = _order(train, batch_size, settings.seed, state.epoch)[example:].to(train.labels.device)
        for pixels, labels, _ in (
            batches(train, batch_size, indices) if len(indices) and state.step < state.total else ()
        ):
            learning_rate = rate_at(state.step)
            loss, notice = advance(pixels, labels, learning_rate)
            state.step += 1
            state.done_in_epoch += len(labels)
            if state.step % STEPS_A_LOOK == 0 and place.device.type == "cpu":
                held = give_back(held)
            if notice:
                yield notice
            yield Step(state.epoch + 1, state.step, loss, learning_rate, len(labels))
            if state.step >= state.total:
                break
        metrics = _means(state.sums, task)
        if len(validation) and not has_own_step(task):
            some = _spread(validation, IN_SHORT) if state.total < per_epoch else None
            judged = measure(state, validation, task, advance.normalise, place, some)
            metrics |= {f"validation_{name}": value for name, value in judged.items()}
        state.epoch += 1
        state.done_in_epoch = 0
        state.sums.zero_()
        yield Epoch(state.epoch, state.step, metrics, rate_at(state.step - 1), time.perf_counter() - started)


class _Advance:
    """One update of the weights: forward, loss, backward, step. Made once a run, so that nothing is looked up in the loop."""

    def __init__(self, data: Data, recipe: Recipe, task: Task, state: State, place: Place) -> None:
        self.settings, self.task, self.state, self.place = recipe.training, task, state, place
        self.normalise = normaliser(data).to(place.device)
        self.augmentation = recipe.augmentation
        self.augments = recipe.augmentation != Augmentation()
        self.mixes = bool(self.settings.mixup or self.settings.cutmix)
        self.weights = (
            _class_weights(data.train, len(data.classes)).to(place.device)
            if self.settings.class_weights == "balanced"
            else None
        )
        self.generator = _default_generator(place.device)
        self.model = torch.compile(state.model) if self.settings.compile else state.model
        self.parameters = state.optimizer.parameters
        # Running means and variances: each process has seen its own examples, and all keep the mean of them.
        named = state.model.named_buffers() if place.world > 1 else ()
        self.running = [seen for name, seen in named if name.endswith(("running_mean", "running_var"))]
        self.has_own_step = has_own_step(task)

    def __call__(self, pixels: Tensor, labels: Tensor, learning_rate: float) -> tuple[Tensor, Notice | None]:
        state, notice = self.state, None
        state.optimizer.learning_rate = learning_rate
        if self.has_own_step:
            return self._own_step(pixels, labels), None
        while True:
            try:
                loss, tally = self._gradients(pixels, labels)
                break
            except torch.OutOfMemoryError as error:
                if self.place.world > 1:  # the others wait for sums that do not come
                    raise RunError(
                        tr(
                            "Out of memory with {largest} examples at once in one of {count} processes ({reason}). Train again with a "
                            "smaller training.batch_size.",
                            largest=-(-len(labels) // self.place.world),
                            count=self.place.world,
                            reason=_first_line(error),
                        )
                    ) from None
                largest = -(-len(labels) // state.pieces)
                if largest <= 1:
                    raise
                state.pieces *= 2
                smaller = -(-len(labels) // state.pieces)
                notice = Notice(
                    tr(
                        "Out of memory with {largest} examples at once ({reason}). Going on with {smaller} at once; an update still "
                        "uses {batch_size}.",
                        largest=largest,
                        reason=_first_line(error),
                        smaller=smaller,
                        batch_size=self.settings.batch_size,
                    )
                )
                _free(self.place.device)
        if self.settings.max_gradient_norm:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.settings.max_gradient_norm)
        state.optimizer.step()
        if state.average:
            state.average.update(state.step)
        _add(state.sums, loss, self.task.weight(labels), tally)
        return loss, notice

    def _own_step(self, pixels: Tensor, labels: Tensor) -> Tensor:
        """The update of a task that moves several networks itself; each has an optimiser."""
        seed_step(self.generator, self.settings.seed, self.state.step)
        with self.place.autocast():
            real = self._inputs(pixels.to(self.place.device, non_blocking=True))
            loss, tally = self.task.step(self.model, real, self._update, self.settings.label_smoothing)  # type: ignore[attr-defined]
        if self.state.average:
            self.state.average.update(self.state.step)
        _add(self.state.sums, loss, self.task.weight(labels), tally)
        return loss

    def _update(self, name: str, loss: Tensor) -> None:
        assert isinstance(self.state.optimizer, Rivals), "a task with its own step has networks that are rivals"
        optimizer = self.state.optimizer.of[name]
        optimizer.zero_grad()
        loss.backward()
        if self.settings.max_gradient_norm:
            torch.nn.utils.clip_grad_norm_(optimizer.parameters, self.settings.max_gradient_norm)
        optimizer.step()

    def _inputs(self, pixels: Tensor) -> Tensor:
        return self.normalise(augment(pixels.float(), self.augmentation, self.generator) if self.augments else pixels)

    def _gradients(self, pixels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Leave the gradients of the batch's mean loss in the parameters; give the loss and what the task tallies."""
        place, pieces = self.place, self.state.pieces
        seed_step(self.generator, self.settings.seed, self.state.step, place.rank)
        self.state.optimizer.zero_grad()
        if pieces == place.world == 1:
            return self._piece(pixels, labels, 1.0)
        whole, sums = self.task.weight(labels), torch.zeros((), device=place.device)
        tallies = sums
        # A process that the last, short batch leaves nothing for takes an example along that counts nothing: all send as many sums.
        counts = place.rank < len(labels)
        own_pixels, own_labels = (place.mine(pixels), place.mine(labels)) if counts else (pixels[:1], labels[:1])
        for some_pixels, some_labels in zip(own_pixels.chunk(pieces), own_labels.chunk(pieces), strict=True):
            share = float(self.task.weight(some_labels) / whole) if counts else 0.0
            loss, tally = self._piece(some_pixels, some_labels, share)
            sums, tallies = sums + loss * share, tallies + (tally if counts else 0 * tally)
        return self._together(sums, tallies) if place.world > 1 else (sums, tallies)

    def _together(self, loss: Tensor, tallies: Tensor) -> tuple[Tensor, Tensor]:
        """Sum gradients, loss and tallies over the processes, and average what norms have seen."""
        for seen in self.running:
            seen.div_(self.place.world)
        told = torch.cat([loss.reshape(1), tallies.reshape(-1)])
        self.place.sum(*(p.grad for p in self.parameters if p.grad is not None), *self.running, told)
        return told[0], told[1:]

    def _piece(self, pixels: Tensor, labels: Tensor, share: float) -> tuple[Tensor, Tensor]:
        pixels, labels = (
            pixels.to(self.place.device, non_blocking=True),
            labels.to(self.place.device, non_blocking=True),
        )
        inputs = self._inputs(pixels)
        labels = wanted(self.task, inputs, labels)
        smoothing = self.settings.label_smoothing
        with self.place.autocast():
            if self.mixes:
                inputs, partner, kept = mix_examples(inputs, self.settings, self.generator)
                outputs = self.model(inputs)
                loss = kept * self.task.loss(outputs, labels, weights=self.weights, smoothing=smoothing)
                loss = loss + (1 - kept) * self.task.loss(
                    outputs, labels[partner], weights=self.weights, smoothing=smoothing
                )
            else:
                outputs = self.model(inputs)
                loss = self.task.loss(outputs, labels, weights=self.weights, smoothing=smoothing)
        (loss if share == 1.0 else loss * share).backward()
        with torch.no_grad():
            tally = self.task.tally(self.task.scores(outputs), labels)
        return loss.detach(), tally


def normaliser(data: Data) -> nn.Module:
    """What stands before the network: the preparation's scaling, or nothing where the examples are features."""
    return nn.Identity() if data.holds_features else Normalise(data.preparation)


def _thaw(model: nn.Module, recipe: Recipe, epoch: int) -> None:
    """Of a pretrained network one stage more is trained every so many epochs, from the head down."""
    if isinstance(model, Backbone) and recipe.transfer.unfreeze_every:
        model.thaw(1 + epoch // recipe.transfer.unfreeze_every)


def measure(
    state: State, subset: Subset, task: Task, normalise: nn.Module, place: Place, some: Tensor | None = None
) -> dict[str, float]:
    """Mean loss and what the task tallies of the present weights (the averaged ones where the recipe keeps an average).

    some: indices of the examples that are measured; None: all.
    """
    if state.average:
        with state.average.in_place():
            return measure(replace(state, average=None), subset, task, normalise, place, some)
    state.model.eval()
    sums = torch.zeros(SUMS, dtype=torch.float64, device=place.device)
    with torch.inference_mode(), place.autocast():
        order = subset.by_length if some is None else some
        if place.world > 1:
            order = place.mine(torch.arange(len(subset)) if order is None else order)
        for pixels, labels, _ in batches(subset, judging_batch(subset, task), order):
            inputs = normalise(pixels.to(place.device))
            outputs, labels = state.model(inputs), wanted(task, inputs, labels.to(place.device))
            _add(sums, task.loss(outputs, labels), task.weight(labels), task.tally(outputs, labels))
        place.sum(sums)
    return _means(sums, task)


def _spread(subset: Subset, most: int) -> Tensor | None:
    """At most so many examples, evenly spread over the subset as it lies; None: all of them."""
    return None if len(subset) <= most else torch.linspace(0, len(subset) - 1, most).long().to(subset.labels.device)


def judging_batch(subset: Subset, task: Task) -> int:
    """How many examples are judged at once."""
    outputs = task.outputs
    places = subset.labels.shape[1] if outputs.each_step and subset.labels.dim() > 1 else 1
    last = outputs.shape[-1] if outputs.shape else 1
    return max(1, min(JUDGING_BATCH, MOST_OUTPUTS // max(1, last * places)))


def _add(sums: Tensor, loss: Tensor, weight: int | Tensor, tally: Tensor) -> None:
    """Add a batch to `sums` (see SUMS): its mean loss, of how many things it is the mean, and the task's own sums."""
    total, things, *rest = sums.split([1, 1, len(tally), SUMS - 2 - len(tally)])
    total.add_(loss * weight)
    things.add_(weight)
    rest[0].add_(tally)


def _means(sums: Tensor, task: Task) -> dict[str, float]:
    loss, weight, *tallies = sums.tolist()
    return {"loss": loss / weight, **{name: t / weight for name, t in zip(task.tallied, tallies, strict=False)}}


def _order(train: Subset, batch_size: int, seed: int, epoch: int) -> Tensor:
    """The examples' order in an epoch; sequences of like length meet in a batch, so that little of it is padding."""
    if train.lengths is None:
        return order(len(train), seed, epoch)
    return bucketed(train.lengths, batch_size, seed, epoch)


def _on_device(subset: Subset, place: Place) -> Subset:
    """The subset with its examples on a GPU, where they fit into a third of its free memory; else as it is. How long each is stays
    on the CPU, which cuts the batches."""
    if (
        subset.pixels is None
        or place.device.type != "cuda"
        or subset.pixels.nbytes > torch.cuda.mem_get_info(place.device)[0] / 3
    ):
        return subset
    return replace(subset, pixels=subset.pixels.to(place.device), labels=subset.labels.to(place.device))


def _class_weights(train: Subset, num_classes: int) -> Tensor:
    """A weight for each class so that all weigh the same: N / (C · n_c)."""
    counts = torch.bincount(train.labels, minlength=num_classes).float()
    return len(train) / (num_classes * counts.clamp_min(1))


def _default_generator(device: torch.device) -> torch.Generator:
    if device.type == "cuda":
        return torch.cuda.default_generators[device.index or 0]
    if device.type == "mps":
        return torch.mps._get_default_mps_generator()
    return torch.default_generator


def _free(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:120] if str(error) else tr("no more was said")
