"""The pass of every picture through a frozen pretrained base: what it will take, how it is made to fit the time, and itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import in_english
from seodang.core.sentences import said
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
from seodang.training.randomness import order as draw

# So many training pictures pass however late it is: a head on fewer says little.
LEAST = 100


class Pass:
    """The pictures of a run on their way through the frozen base of its network."""

    def __init__(self, data: Prepared, recipe: Recipe, model: Backbone, place: Place) -> None:
        self.data, self.recipe, self.model = data, recipe, model
        self.seconds_per_picture = 0.0  # as it was measured last
        self.left_out: dict[str, int] = {}  # settings of `transfer`, where the minutes did not suffice
        self.extractor = Extractor(model, recipe.preparation, place)

    def plan(self) -> PassPlan:
        """Measured where any picture has to pass."""
        parts = [(part, where) for part, where in self._parts() if len(part)]
        views = self.recipe.transfer.views
        pictures = sum(len(part) * (views if part is self.data.train else 1) for part, _ in parts)
        known = sum(self.extractor.known(self.data.scan.content[where]) for _, where in parts)
        seed = self.recipe.training.seed
        for view in range(1, views):
            content = self.data.scan.content[self.data.division.train]
            known += self.extractor.known(content, self.recipe.augmentation, view, seed)
        seconds = self.pace() if known < pictures else 0.0
        return PassPlan(pictures, known, seconds, self.recipe.transfer.backbone)

    def pace(self) -> float:
        """Seconds a picture: of the pass so far; else of a batch of training pictures, after one that sets things up."""
        if not self.seconds_per_picture:
            some = self.data.train.fetch(torch.arange(min(BATCH, len(self.data.train))))
            self.extractor.through(some)
            started = time.perf_counter()
            self.extractor.through(some)
            self.seconds_per_picture = (time.perf_counter() - started) / len(some)
        return self.seconds_per_picture

    def _parts(self) -> list[tuple[Subset, np.ndarray]]:
        division = self.data.division
        wheres = (division.train, division.validation, division.test)
        return list(zip((self.data.train, self.data.validation, self.data.test), wheres, strict=True))

    def features(self, seconds_left: Callable[[], float] | None = None) -> Iterator[Passed | Prepared]:
        """Yields how far it is, and at last the run's data with features in the place of pictures: training (its views one
        after another) and validation.

        seconds_left: until the head must be begun and the judged pictures have passed too. Where that is no longer to be kept, only as
        many training pictures (or views) pass as there is time for; `recipe` then says how many.
        """
        transfer, content, data, seed = (
            self.recipe.transfer,
            self.data.scan.content,
            self.data,
            self.recipe.training.seed,
        )
        chosen = evenly(data.train.labels, seed)[: transfer.pictures]
        if seconds_left is None:
            chosen.sort()  # as they lie on the disk
        parts = [(data.validation, data.division.validation, 0, [*range(len(data.validation))])]
        parts += [(data.train, data.division.train, view, chosen) for view in range(transfer.views)]
        total, before = sum(len(order) for *_, order in parts), 0
        watch = _Watch(self, seconds_left, len(data.test) - self.extractor.known(content[data.division.test]))
        found: list[Tensor] = []
        for part, where, view, order in parts:
            watch.begin(least=LEAST if part is data.train and not view else 0, may_stop=part is data.train)
            augmentation = self.recipe.augmentation
            for event in self.extractor.features(part, content[where], augmentation, view, seed, order, watch.is_over):
                if isinstance(event, Passed):
                    watch.see(event)
                    yield Passed(before + event.done, total)
                else:
                    found.append(event)
            before += len(order)
            if len(found[-1]) < len(order):
                break
        validation, *views = found
        whole = [view for view in views if len(view) == len(chosen)] or views[:1]
        chosen = sorted(chosen[: len(whole[0])])
        self._write_down(len(chosen), len(whole))
        train = replace(
            data.train,
            pixels=torch.cat(whole),
            labels=data.train.labels[chosen].repeat(len(whole)),
            ids=[data.train.ids[row] for row in chosen] * len(whole),
        )
        yield replace(data, train=train, validation=replace(data.validation, pixels=validation), holds_features=True)

    def _write_down(self, pictures: int, views: int) -> None:
        """Put into the recipe what had to be left out, so that a repeat leaves out the same."""
        transfer, found = self.recipe.transfer, {}
        if pictures < min(len(self.data.train), transfer.pictures or len(self.data.train)):
            found["pictures"] = pictures
        if views < transfer.views:
            found["views"] = views
        self.left_out = found
        self.recipe = self.recipe.model_copy(update={"transfer": transfer.model_copy(update=found)})


class _Watch:
    """Looks while pictures pass whether the time suffices, by the pace they really have: a machine may have become slower."""

    def __init__(self, once: Pass, seconds_left: Callable[[], float] | None, judged: int) -> None:
        self.once, self.seconds_left, self.judged = once, seconds_left, judged
        self.fresh, self.least, self.may_stop = 0, 0, False
        self.began = time.perf_counter()

    def begin(self, *, least: int, may_stop: bool) -> None:
        """The next part. Of it `least` pictures pass in any case."""
        self.before, self.known = self.fresh, -1
        self.least, self.may_stop = least, may_stop

    def see(self, event: Passed) -> None:
        """So many of this part are done; at first those that were known."""
        self.known = event.done if self.known < 0 else self.known
        self.fresh = self.before + event.done - self.known
        if self.fresh:
            self.once.seconds_per_picture = (time.perf_counter() - self.began) / self.fresh

    def is_over(self) -> bool:
        """Whether no more of this part may pass."""
        if self.seconds_left is None or not self.may_stop or self.fresh - self.before < self.least:
            return False
        return self.judged * self.once.seconds_per_picture > self.seconds_left()


def evenly(labels: Tensor, seed: int) -> list[int]:
    """All examples in a drawn order of which every beginning has the classes in about the shares of the whole.

    >>> order = evenly(torch.tensor([0] * 8 + [1] * 4), seed=0)
    >>> sorted(order) == [*range(12)], sum(row < 8 for row in order[:6])
    (True, 4)
    """
    drawn = draw(len(labels), seed, 0)
    places = torch.empty(len(labels), dtype=torch.float64)
    for label in labels.unique().tolist():
        own = drawn[labels[drawn] == label]
        places[own] = (torch.arange(len(own), dtype=torch.float64) + 0.5) / len(own)
    return drawn[places[drawn].argsort(stable=True)].tolist()


def make_pass(data: Prepared, recipe: Recipe, place: Place) -> Pass:
    """The pass of a recipe whose network is not built yet."""
    task = build_task(recipe.task, recipe.loss, data.facts)
    model = build(recipe.model, input_spec(recipe), task.outputs, recipe.training.seed)
    return Pass(data, recipe, cast(Backbone, model), place)


def _less(left: float | None, loading: float) -> float | None:
    """What is left once the pictures were prepared again."""
    return None if left is None else left - loading


def pass_in_time(
    data: Prepared, recipe: Recipe, place: Place, source: Source, asked: Recipe, since: float
) -> tuple[Pass, PassPlan, list[str]]:
    """The pass of a recipe, of smaller pictures where it would take too much of the minutes, and through a smaller network where
    even these do; and why. What a person named (`asked`) stays: a size, a network, a strategy.

    since: when the minutes began, on the clock of `time.perf_counter`.
    """
    once, reasons = make_pass(data, recipe, place), []
    plan, minutes = once.plan(), recipe.training.minutes

    def left() -> float | None:
        return None if minutes is None else 60 * minutes - (time.perf_counter() - since)

    is_free = asked.transfer.strategy == "auto" and asked.transfer.backbone == Transfer().backbone
    networks: list[str] | None = None  # smaller ones that were not tried yet
    while not plan.fits(left()):
        with in_english():  # reasons are kept
            takes = {"clause": duration(plan.seconds), "minutes": minutes}
        side = plan.side_within(recipe, _less(left(), data.scan.seconds)) if asked.preparation.height is None else None
        if side:
            reasons.append(
                said(
                    "preparation: {side}×{side} pixels instead: the larger pictures would take {clause}, too much for the "
                    "{minutes:g} minutes given",
                    side=side,
                    **takes,
                )
            )
            smaller = recipe.preparation.model_copy(update={"height": side, "width": side})
            recipe = recipe.model_copy(update={"preparation": smaller})
        else:
            if networks is None:
                networks = smaller_networks(recipe.transfer.backbone) if is_free else []
            if not networks:
                break
            name = networks.pop(0)
            reasons.append(
                said(
                    "transfer.backbone={name}: through {base} even pictures of this size would take {clause}, too much for the "
                    "{minutes:g} minutes given",
                    name=name,
                    base=plan.base,
                    **takes,
                )
            )
            recipe, more = with_weights(recipe.model_copy(update={"preparation": asked.preparation}), name)
            reasons += more
        data = load_data(source, recipe.preparation, recipe.split, examples=recipe.examples)
        recipe = recipe.model_copy(update={"preparation": data.preparation})
        once = make_pass(data, recipe, place)
        plan = once.plan()
    return once, plan, reasons
