"""The training of a head on a frozen base: every picture goes through the base once, then the head is solved for."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.core.sentences import said
from seodang.data.augment import Augmentation
from seodang.data.load import Prepared
from seodang.models.backbone import Backbone
from seodang.recipes.recipe import Recipe
from seodang.runs.events import Answer, Event, Interrupted, Planned
from seodang.runs.follow import finish, follow, restore, rewrite_recipe
from seodang.runs.history import History
from seodang.runs.interrupt import listening
from seodang.runs.passing import Pass
from seodang.tasks.build import Task, build_task
from seodang.tasks.classify import Classify
from seodang.training.best import Best
from seodang.training.device import Place
from seodang.training.features import Passed
from seodang.training.head import Head, fit_head
from seodang.training.loop import Epoch, Notice, begin, count_steps
from seodang.training.plan import REPORT_SECONDS, Pace, Plan, duration, make_plan, pass_seconds

# Fine-tuning for fewer steps than this, and for less than two epochs, only disturbs the head: 63 steps brought validation loss on
# cats-dogs-small from 0.081 to 0.093; 142 steps, 110 when planned, on hand-drawn-shapes from 0.259 to 0.070.
LEAST_STEPS = 100
# Training a picture takes at least so many times as long as sending it through the base, so what cannot be worth it is not measured.
TRAINING_SLOWER = 2.0
# Of the minutes given: where so much is left over it is said.
WORTH_SAYING = 0.1


def transfer(
    folder: Path, data: Prepared, recipe: Recipe, once: Pass, place: Place, machine: dict[str, Any], since: float
) -> Generator[Event, Answer, None]:
    """Every picture through the frozen base once; then the head is solved for, or trained step by step on the features;
    then, where it is asked for, the last stages are trained too. The recipe's minutes are of all of it together, with the reading of
    the pictures before (`since`, on the clock of `time.perf_counter`) and the judging and the report after.

    The penalties that were tried are the run's history where nothing else is; where steps follow, these are, and the penalties
    stand in head.jsonl.
    """
    task, model, clock = build_task(recipe.task, recipe.loss, data.facts), once.model, _Clock()
    late = clock.began - since  # what the minutes lost before this began
    minutes = 60 * recipe.training.minutes - late if recipe.training.minutes else None
    features, head, tried, then = data, None, [], None
    with listening() as interrupt:
        whole = 0.0 if minutes is None else pass_seconds(minutes)
        seconds_left = None if minutes is None else lambda: whole - clock.seconds
        for event in _features_and_head(once, task, seconds_left):
            if interrupt.signal is not None:  # the features so far are kept
                yield Interrupted(folder, 0, interrupt.signal)
                return
            if isinstance(event, Prepared):
                features = event
                if once.left_out:
                    yield from clock.tell(_shortened(folder, once, recipe))
            elif isinstance(event, Head):
                head = event
                yield from clock.tell(Notice(words(head)))
            else:
                tried += [event] if isinstance(event, Epoch) else []
                yield from clock.tell(event)
        if head is None or recipe.transfer.fine_tune:
            # The judged pictures pass once more through a network that was trained on; and the report takes its time.
            late += once.pace() * len(data.test) + REPORT_SECONDS
            then = _what_follows(data, features, head, recipe, task, model, place, clock.began - late, once.pace())
            yield from clock.tell(_decided(folder, then, recipe))
        history = History(folder / ("head.jsonl" if then and then.is_worth_it else "history.jsonl"))
        for epoch in tried:
            history.write(_marked(epoch, head))
        if interrupt.signal is not None:
            yield Interrupted(folder, 0, interrupt.signal)
            return
    if then is None or not then.is_worth_it:
        if then is None:
            late += once.seconds_per_picture * len(data.test) + REPORT_SECONDS
        spare = 60 * (recipe.training.minutes or 0.0) - late - clock.seconds
        if spare > WORTH_SAYING * 60 * (recipe.training.minutes or 0.0) > 0:
            yield Notice(
                tr(
                    "Done about {time} before the time is over: more would not make this head better.",
                    time=duration(spare),
                )
            )
        yield finish(folder, data, model.state_dict(), machine, clock.seconds, None)
        return
    state = begin(then.network, then.recipe, place)
    best = Best(recipe.training, head.metrics, model) if head else Best(recipe.training)
    for sentence in restore(folder, state, best)[1]:
        yield Notice(sentence)
    minutes = recipe.training.minutes if recipe.training.steps is None else None
    assert then.plan is not None, "what is worth it was measured"
    pace = Pace(then.plan, minutes - (late + clock.seconds) / 60) if minutes else None
    more = {"whole": model, "pictures": data, "spent": clock.seconds}
    yield from follow(folder, then.data, then.recipe, state, best, place, machine, pace, **more)


def _features_and_head(
    once: Pass, task: Classify, seconds_left: Callable[[], float] | None
) -> Iterator[Passed | Prepared | Epoch | Head]:
    for event in once.features(seconds_left):
        yield event
        if isinstance(event, Prepared) and once.recipe.solves_head:
            yield from solve_head(event, once.recipe, task, once.model)


@dataclass(frozen=True)
class _Then:
    """The training that follows on the features: of which network, on what, for how long."""

    network: torch.nn.Module
    data: Prepared
    recipe: Recipe
    plan: Plan | None  # none where it was not worth measuring
    steps: int
    is_worth_it: bool  # false: the minutes that are left would hardly move it


def _what_follows(
    data: Prepared,
    features: Prepared,
    head: Head | None,
    recipe: Recipe,
    task: Task,
    model: Backbone,
    place: Place,
    since: float,
    each: float,
) -> _Then:
    """The head of layers on the features, or after a solved head the last stages on the pictures; in the minutes that are left of
    those that began then. A picture takes `each` seconds through the base."""
    if head is None:
        network, seen = model.head, features
        recipe = recipe.model_copy(update={"augmentation": Augmentation()})
    else:
        model.train_stages(recipe.transfer.stages)
        network, seen = model, data
    per_epoch, _ = count_steps(len(seen.train), recipe)
    least = min(2 * per_epoch, LEAST_STEPS)
    if head is not None and recipe.training.minutes and recipe.training.steps is None:
        left = 60 * recipe.training.minutes - (time.perf_counter() - since)
        fit = max(0, int(left / (TRAINING_SLOWER * each * (recipe.training.batch_size or 1))))
        if fit < least:
            return _Then(network, seen, recipe, None, fit, False)
    plan, planned = make_plan(seen, recipe, task, network, place, since)
    is_worth_it = head is None or planned is recipe or plan.steps >= least
    return _Then(network, seen, planned, plan, plan.steps, is_worth_it)


def _decided(folder: Path, then: _Then, recipe: Recipe) -> Planned | Notice:
    """Write what follows into the recipe of the run, and tell it."""
    if then.is_worth_it:
        assert then.plan is not None, "what is worth it was measured"
        found = then.recipe.training
        rewrite_recipe(folder, training={"steps": found.steps, "epochs": found.epochs})
        return Planned(then.plan)
    words = said(
        "transfer.fine_tune=false: only {steps} steps of training the last stages fit into the rest of the {minutes:g} minutes; "
        "the head alone is kept",
        steps=then.steps,
        minutes=recipe.training.minutes,
    )
    rewrite_recipe(folder, transfer={"fine_tune": False}, reason=words)
    return Notice(f"{words}.")


def _shortened(folder: Path, once: Pass, recipe: Recipe) -> Notice:
    """Write into the recipe of the run what there was no time for, and tell it."""
    reason = said(
        "the machine is slower than it was measured to be, and {minutes:g} minutes were given",
        minutes=recipe.training.minutes,
    )
    if "pictures" in once.left_out:
        some, all_of_them = once.left_out["pictures"], len(once.data.train)
        words = said(
            "transfer.pictures={some}: the head learns from {count:,} of the {whole:,} training pictures; {reason}",
            some=some,
            count=some,
            whole=all_of_them,
            reason=reason,
        )
    else:
        words = said(
            "transfer.views={views}: each training picture is seen in fewer views; {reason}",
            views=once.left_out["views"],
            reason=reason,
        )
    rewrite_recipe(folder, transfer=once.left_out, reason=words)
    return Notice(f"{words}.")


class _Clock:
    """The time of a run, which stands still while the readers of its stream are busy."""

    def __init__(self) -> None:
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def tell(self, event: Event) -> Iterator[Event]:
        left = time.perf_counter()
        yield event
        self.began += time.perf_counter() - left


def solve_head(data: Prepared, recipe: Recipe, task: Classify, model: Backbone) -> Iterator[Epoch | Head]:
    """Put the solved head into `model`. Yields each penalty that was tried, and at last the head.

    `data` holds features, as `Pass.features` gives them.
    """
    pairs = []
    for part in (data.train, data.validation):
        assert part.pixels is not None, "features are in memory"
        pairs.append((part.pixels.flatten(1) if len(part) else part.pixels, part.labels))
    for event in fit_head(pairs[0], pairs[1], task, recipe.transfer.penalty, recipe.transfer.views):
        if isinstance(event, Head):
            _put(event, model)
        yield event


def _marked(epoch: Epoch, head: Head | None) -> Epoch:
    """A penalty that was tried, and whether it is the chosen one (1) or not (0)."""
    is_chosen = head is not None and epoch.metrics["penalty"] == head.penalty
    return replace(epoch, metrics={**epoch.metrics, "chosen": float(is_chosen)})


def words(head: Head) -> str:
    """What a person is told of a solved head."""
    found = head.metrics
    chosen = (
        tr("chosen of {count} by {by}", count=head.tried, by=head.chosen_on)
        if head.tried > 1
        else tr("by {by}", by=head.chosen_on)
    )
    words = tr(
        "The head: penalty {penalty:g}, {chosen}; loss {loss:.4f}, accuracy {accuracy}",
        penalty=head.penalty,
        chosen=chosen,
        loss=found["loss"],
        accuracy=percent(found["accuracy"]),
    )
    if "validation_loss" in found:
        words += tr(
            "; validation loss {loss:.4f}, accuracy {accuracy}",
            loss=found["validation_loss"],
            accuracy=percent(found["validation_accuracy"]),
        )
    return f"{words}."


def _put(head: Head, model: Backbone) -> None:
    dense = [module for module in model.head.modules() if isinstance(module, torch.nn.Linear)][-1]
    with torch.no_grad():
        dense.weight.copy_(head.weight)
        dense.bias.copy_(head.bias)
