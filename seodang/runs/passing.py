"""The pass of every picture through a frozen pretrained base: what it will take, how it is made to fit the time, and itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from seodang.data.load import Prepared, Subset
from seodang.data.load import load as load_data
from seodang.data.source import Source
from seodang.models.backbone import Backbone
from seodang.models.build import build
from seodang.pretrained.here import smaller_networks
from seodang.recipes.choose import with_weights
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Transfer
from seodang.runs.folder import input_spec
from seodang.tasks.build import build_task
from seodang.training.device import Place
from seodang.training.features import BATCH, Extractor, Passed
from seodang.training.plan import PassPlan, duration


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


def make_pass(data: Prepared, recipe: Recipe, place: Place) -> Pass:
    """The pass of a recipe whose network is not built yet."""
    task = build_task(recipe.task, recipe.loss, data.facts)
    model = build(recipe.model, input_spec(recipe), task.outputs, recipe.training.seed)
    return Pass(data, recipe, cast(Backbone, model), place)


def pass_in_time(
    data: Prepared, recipe: Recipe, place: Place, source: Source, asked: Recipe
) -> tuple[Pass, PassPlan, list[str]]:
    """The pass of a recipe, of smaller pictures where it would take too much of the minutes, and through a smaller network where
    even these do; and why. What a person named (`asked`) stays: a size, a network, a strategy.
    """
    once, reasons = make_pass(data, recipe, place), []
    plan, minutes = once.plan(), recipe.training.minutes
    is_free = asked.transfer.strategy == "auto" and asked.transfer.backbone == Transfer().backbone
    networks: list[str] | None = None  # smaller ones that were not tried yet
    while not plan.fits(minutes):
        too_long = f"would take {duration(plan.seconds)}, too much for the {minutes:g} minutes given"
        side = plan.side_within(recipe) if asked.preparation.height is None else None
        if side:
            reasons.append(f"preparation: {side}×{side} pixels instead: the larger pictures {too_long}")
            smaller = recipe.preparation.model_copy(update={"height": side, "width": side})
            recipe = recipe.model_copy(update={"preparation": smaller})
        else:
            if networks is None:
                networks = smaller_networks(recipe.transfer.backbone) if is_free else []
            if not networks:
                break
            name = networks.pop(0)
            reasons.append(f"transfer.backbone={name}: through {plan.base} even pictures of this size {too_long}")
            recipe, reason = with_weights(recipe.model_copy(update={"preparation": asked.preparation}), name)
            reasons.append(reason)
        data = load_data(source, recipe.preparation, recipe.split, examples=recipe.examples)
        recipe = recipe.model_copy(update={"preparation": data.preparation})
        once = make_pass(data, recipe, place)
        plan = once.plan()
    return once, plan, reasons
