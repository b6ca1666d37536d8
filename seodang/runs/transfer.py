"""The training of a head on a frozen base: every picture goes through the base once, then the head is solved for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.registry import find
from seodang.data.augment import Augmentation
from seodang.data.load import Prepared, Subset
from seodang.models.backbone import Backbone
from seodang.recipes.recipe import Recipe
from seodang.runs.events import Event, Interrupted, Planned
from seodang.runs.follow import finish, follow, restore
from seodang.runs.history import History
from seodang.runs.interrupt import listening
from seodang.tasks.classify import Classify
from seodang.training.best import Best
from seodang.training.device import Place
from seodang.training.features import BATCH, Extractor, Passed
from seodang.training.head import Head, fit_head
from seodang.training.loop import Epoch, Notice, begin
from seodang.training.plan import PassPlan, make_plan


class Pass:
    """The pictures of a run on their way through the frozen base of its network."""

    def __init__(self, data: Prepared, recipe: Recipe, model: Backbone, place: Place) -> None:
        self.data, self.recipe, self.model = data, recipe, model
        self.extractor = Extractor(model, recipe.preparation, place)

    def plan(self) -> PassPlan:
        """Measured on a batch of training pictures, the second after a first one that sets things up."""
        parts = [(part, where) for part, where in self._parts() if len(part)]
        views = self.recipe.transfer.views
        pictures = sum(len(part) * (views if part is self.data.train else 1) for part, _ in parts)
        known = sum(self.extractor.known(self.data.scan.content[where]) for _, where in parts)
        seed = self.recipe.training.seed
        for view in range(1, views):
            content = self.data.scan.content[self.data.division.train]
            known += self.extractor.known(content, self.recipe.augmentation, view, seed)
        seconds = 0.0
        if known < pictures:
            some = self.data.train.fetch(torch.arange(min(BATCH, len(self.data.train))))
            self.extractor.through(some)
            started = time.perf_counter()
            self.extractor.through(some)
            seconds = (time.perf_counter() - started) / len(some)
        return PassPlan(pictures, known, seconds, self.recipe.transfer.backbone)

    def _parts(self) -> list[tuple[Subset, np.ndarray]]:
        division = self.data.division
        wheres = (division.train, division.validation, division.test)
        return list(zip((self.data.train, self.data.validation, self.data.test), wheres, strict=True))

    def features(self) -> Iterator[Passed | Prepared]:
        """Yields how far it is, and at last the run's data with features in the place of pictures: training (its views one
        after another) and validation."""
        transfer, content, data = self.recipe.transfer, self.data.scan.content, self.data
        found: list[Tensor] = []
        jobs = [(data.train, data.division.train, view) for view in range(transfer.views)]
        jobs.append((data.validation, data.division.validation, 0))
        total, before = sum(len(part) for part, _, _ in jobs), 0
        seed = self.recipe.training.seed
        for part, where, view in jobs:
            for event in self.extractor.features(part, content[where], self.recipe.augmentation, view, seed):
                if isinstance(event, Passed):
                    yield Passed(before + event.done, total)
                else:
                    found.append(event)
            before += len(part)
        *views, validation = found
        train = replace(
            data.train,
            pixels=torch.cat(views),
            labels=data.train.labels.repeat(transfer.views),
            ids=data.train.ids * transfer.views,
        )
        yield replace(data, train=train, validation=replace(data.validation, pixels=validation), holds_features=True)


def transfer(
    folder: Path, data: Prepared, recipe: Recipe, once: Pass, place: Place, machine: dict[str, Any]
) -> Iterator[Event]:
    """Every picture through the frozen base once; then the head is solved for, or trained step by step on the features;
    then, where it is asked for, the last stages are trained too."""
    task, model = find("tasks", recipe.task)(len(data.classes), recipe.loss), once.model
    started, outside, head = time.perf_counter(), 0.0, None
    features = None
    with listening() as interrupt:
        for event in once.features():
            if isinstance(event, Prepared):
                features = event
                continue
            if interrupt.signal is not None:  # the features so far are kept
                yield Interrupted(folder, 0, interrupt.signal)
                return
            left = time.perf_counter()
            yield event
            outside += time.perf_counter() - left
    assert features is not None, "the features come last"
    if recipe.solves_head:
        history = History(folder / "history.jsonl")
        for event in solve_head(features, recipe, task, model):
            if isinstance(event, Epoch):
                if not recipe.transfer.fine_tune:
                    history.write(event)
                yield event
            else:
                head = event
                yield Notice(words(head))
        if not recipe.transfer.fine_tune:
            seconds = time.perf_counter() - started - outside
            yield finish(folder, data, model.state_dict(), machine, seconds, None)
            return
    if head is None:
        model_to_train: torch.nn.Module = model.head
        recipe, data_to_see = recipe.model_copy(update={"augmentation": Augmentation()}), features
        best = Best(recipe.training)
    else:
        model.train_stages(recipe.transfer.stages)
        model_to_train, data_to_see = model, data
        best = Best(recipe.training, head.metrics, model)
    spent = time.perf_counter() - started - outside
    plan, _ = make_plan(data_to_see, recipe, task, model_to_train, place)
    yield Planned(plan)
    state = begin(model_to_train, recipe, place)
    restore(folder, state, best)
    yield from follow(folder, data_to_see, recipe, state, best, place, machine, whole=model, pictures=data, spent=spent)


def solve_head(data: Prepared, recipe: Recipe, task: Classify, model: Backbone) -> Iterator[Epoch | Head]:
    """Put the solved head into `model`. Yields each penalty that was tried, and at last the head.

    `data` holds features, as `Pass.features` gives them.
    """
    pairs = []
    for part in (data.train, data.validation):
        assert part.pixels is not None, "features are in memory"
        pairs.append((part.pixels.flatten(1), part.labels))
    for event in fit_head(pairs[0], pairs[1], task, recipe.transfer.penalty, recipe.transfer.views):
        if isinstance(event, Head):
            _put(event, model)
        yield event


def words(head: Head) -> str:
    """What a person is told of a solved head."""
    found = head.metrics
    chosen = f"chosen of {head.tried} by {head.chosen_on}" if head.tried > 1 else f"by {head.chosen_on}"
    words = f"The head: penalty {head.penalty:g}, {chosen}; loss {found['loss']:.4f}, accuracy {found['accuracy']:.2%}"
    if "validation_loss" in found:
        words += f"; validation loss {found['validation_loss']:.4f}, accuracy {found['validation_accuracy']:.2%}"
    return f"{words}."


def _put(head: Head, model: Backbone) -> None:
    dense = [module for module in model.head.modules() if isinstance(module, torch.nn.Linear)][-1]
    with torch.no_grad():
        dense.weight.copy_(head.weight)
        dense.bias.copy_(head.bias)
