"""The whole flow from a path to a saved run, on one screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import save as save_tensors

from seodang.core.errors import RecipeError, RunError
from seodang.core.files import append_line, write_bytes, write_json, write_text
from seodang.core.registry import find
from seodang.data.augment import Augmentation
from seodang.data.load import Prepared
from seodang.data.load import load as load_data
from seodang.data.open import open_source
from seodang.models.backbone import Backbone
from seodang.models.build import build
from seodang.recipes.choose import HOUSE, decide, derive
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import is_recipe, resolve, to_yaml
from seodang.runs.checkpoint import load_checkpoint, save_checkpoint
from seodang.runs.folder import (
    RUNS,
    Run,
    find_run,
    input_spec,
    load,
    locked,
    new_folder,
    open_data,
    read_data,
    read_machine,
    read_recipe,
    write_manifest,
)
from seodang.runs.history import History
from seodang.runs.interrupt import listening
from seodang.runs.machine import bits_may_differ, describe_machine
from seodang.runs.transfer import Pass, PassPlan, solve_head
from seodang.runs.transfer import words as head_words
from seodang.training.best import Best
from seodang.training.device import Place, choose_device
from seodang.training.features import Passed
from seodang.training.loop import Epoch, Notice, State, Step, begin, fit
from seodang.training.plan import Pace, Plan, duration, make_plan

# Between two checkpoints there is so much more time than writing one takes.
CHECKPOINT_SHARE = 50


@dataclass(frozen=True)
class Opened:
    """The data was read and divided."""

    data: Prepared
    recipe: Recipe
    seconds: float


@dataclass(frozen=True)
class Begun:
    """The run has its folder, and the first step is next. `reasons` are sentences on what was chosen and why."""

    folder: Path
    recipe: Recipe
    plan: Plan | PassPlan
    place: Place
    reasons: tuple[str, ...]
    steps_done: int = 0


@dataclass(frozen=True)
class Planned:
    """What comes after the features, measured."""

    plan: Plan


@dataclass(frozen=True)
class Replanned:
    """The run keeps to its minutes by ending after another number of steps than planned."""

    steps: int


@dataclass(frozen=True)
class Interrupted:
    """A signal came; the state is saved and the run can be carried on."""

    folder: Path
    step: int
    signal: int


@dataclass(frozen=True)
class Finished:
    """The run is whole. `data` spares `evaluate` opening it again."""

    run: Run
    data: Prepared
    training_seconds: float
    best_epoch: int | None


Event = Opened | Begun | Passed | Step | Epoch | Notice | Planned | Replanned | Interrupted | Finished


def train(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    settings: dict[str, Any] | None = None,
    *,
    runs: str | Path = RUNS,
    name: str | None = None,
) -> Run:
    """Train a network on data and save the run; give the run back.

    Args:
        data: A path, or a name of `seodang list datasets`; None for the recipe's own.
        recipe: A name of `seodang list recipes`, a YAML file or a Recipe; None for the house recipe.
        settings: Laid over the recipe, such as {"epochs": 3, "augmentation.rotation": 10}.
        runs: The folder that the run's folder is made in.
        name: The run's name; a number is added. None: the recipe's name, or the data's with the house recipe.

    Raises SeodangError, with what to do, where the data or a setting is wrong.
    """
    for event in stream(data, recipe, settings, runs=runs, name=name):
        if isinstance(event, Interrupted):
            raise KeyboardInterrupt
        if isinstance(event, Finished):
            return event.run
    raise AssertionError("the stream ends with Finished or Interrupted")


def stream(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    settings: dict[str, Any] | None = None,
    *,
    runs: str | Path = RUNS,
    name: str | None = None,
) -> Iterator[Event]:
    """The same as `train`, telling what happens as it does; the command line and the studio are readers of it."""
    started = time.perf_counter()
    if recipe is None and data is not None and is_recipe(str(data)) and not Path(data).is_dir():
        data, recipe = None, data
    asked = resolve(recipe or HOUSE, {key: str(value) for key, value in (settings or {}).items()})
    where = data if data is not None else asked.data
    if where is None:
        raise RecipeError(f"{asked.name} names no data. Say which: `seodang train PATH {asked.name}`.")
    place = choose_device(asked.training)
    source = open_source(where)
    decided, decisions = decide(asked, source)
    prepared = load_data(source, decided.preparation, decided.split, examples=decided.examples)
    yield Opened(prepared, decided, time.perf_counter() - started)

    resolved, reasons = derive(decided, prepared)
    reasons = [*decisions, *reasons]
    findings = lint(
        resolved,
        prepared.classes,
        label_values=prepared.source.label_values,
        training_examples=len(prepared.train),
        validation_examples=len(prepared.validation),
    )
    if errors := [finding.words for finding in findings if finding.level == "error"]:
        raise RecipeError("\n".join(errors))
    reasons += [finding.words for finding in findings]
    task = find("tasks", resolved.task)(len(prepared.classes), resolved.loss)
    model = build(resolved.model, input_spec(resolved), task.outputs, resolved.training.seed)
    once = Pass(prepared, resolved, cast(Backbone, model), place) if resolved.uses_features else None
    plan, resolved = (once.plan(), resolved) if once else make_plan(prepared, resolved, task, model, place)
    while isinstance(plan, PassPlan) and asked.preparation.height is None and (side := plan.side_within(resolved)):
        reasons.append(
            f"preparation: {side}×{side} pixels instead: the larger pictures would take {duration(plan.seconds)}, too much for the "
            f"{resolved.training.minutes:g} minutes given"
        )
        smaller = decided.preparation.model_copy(update={"height": side, "width": side})
        prepared = load_data(source, smaller, decided.split, examples=decided.examples)
        resolved = resolved.model_copy(update={"preparation": prepared.preparation})
        model = build(resolved.model, input_spec(resolved), task.outputs, resolved.training.seed)
        once = Pass(prepared, resolved, cast(Backbone, model), place)
        plan = once.plan()

    folder = new_folder(name or (prepared.source.name if resolved.name == HOUSE else resolved.name), runs)
    with locked(folder):
        machine = describe_machine(place)
        write_text(folder / "recipe.yaml", to_yaml(resolved, reasons))
        write_json(folder / "data.json", {"opened": _reopenable(where), **prepared.describe()})
        write_json(folder / "machine.json", machine)
        yield Begun(folder, resolved, plan, place, tuple(reasons))
        if isinstance(plan, PassPlan):
            assert once is not None, "a pass plan is of a pass"
            yield from _transfer(folder, prepared, resolved, once, place, machine)
            return
        minutes = resolved.training.minutes if asked.training.steps is None else None
        yield from _run(
            folder,
            prepared,
            resolved,
            begin(model, resolved, place),
            Best(resolved.training),
            place,
            machine,
            Pace(plan, minutes) if minutes else None,
        )


def resume(path: str | Path, settings: dict[str, Any] | None = None) -> Iterator[Event]:
    """Carry on a run that was stopped, or, with `training.epochs=+5`, one that had finished; ends as if it had never stopped."""
    folder = find_run(path)
    with locked(folder):
        started = time.perf_counter()
        before = read_recipe(folder)
        recipe = resolve(before, {key: str(value) for key, value in (settings or {}).items()})
        _refuse_other_changes(before, recipe)
        recipe = _free_the_end(before, recipe)
        data = read_data(folder)
        prepared = open_data(folder, recipe, data)
        place = choose_device(recipe.training)
        machine = describe_machine(place)
        yield Opened(prepared, recipe, time.perf_counter() - started)
        if differences := bits_may_differ(read_machine(folder), machine):
            yield Notice(f"Not exact: {', '.join(differences)} since this run began, so the last digits may differ.")
        task = find("tasks", recipe.task)(len(prepared.classes), recipe.loss)
        model = build(recipe.model, input_spec(recipe), task.outputs, recipe.training.seed)
        if recipe.uses_features:
            if (folder / "manifest.json").exists():
                raise RunError(f"{folder} has finished. A head on features is not trained further; start a new run.")
            once = Pass(prepared, recipe, cast(Backbone, model), place)
            yield Begun(folder, recipe, once.plan(), place, ())
            yield from _transfer(folder, prepared, recipe, once, place, machine)
            return
        plan, _ = make_plan(prepared, recipe, task, model, place)
        state, best = begin(model, recipe, place), Best(recipe.training)
        found, damaged = _restore(folder, state, best)
        for sentence in damaged:
            yield Notice(sentence)
        if (folder / "manifest.json").exists():
            if recipe == before:
                raise RunError(
                    f"{folder} has finished. Train it further with `seodang train --resume {folder} training.epochs=+5`."
                )
            if not found:
                raise RunError(
                    f"{folder} has no whole checkpoint to go on from. Train again with `seodang repeat {folder}`."
                )
            (folder / "manifest.json").unlink()
            state.first_step = state.step
            write_text(
                folder / "recipe.yaml",
                to_yaml(recipe, [f"extended after epoch {state.epoch}: a new cycle of the schedule"]),
            )
        yield Begun(folder, recipe, plan, place, (), state.step)
        yield from _run(folder, prepared, recipe, state, best, place, machine)


def _run(
    folder: Path,
    data: Prepared,
    recipe: Recipe,
    state: State,
    best: Best,
    place: Place,
    machine: dict[str, Any],
    pace: Pace | None = None,
    whole: Backbone | None = None,
    pictures: Prepared | None = None,
    spent: float = 0.0,
) -> Iterator[Event]:
    """Read the loop's stream: history, checkpoints, best weights, signals; then write what the run ends with.

    whole: the network whose head is trained here, which is what is saved.   pictures: the run's data, where `data` is their
    features.   spent: seconds that training took before.
    """
    task = find("tasks", recipe.task)(len(data.classes), recipe.loss)
    history, saver = History(folder / "history.jsonl"), _Saver(folder, state, best, recipe.training.checkpoint_seconds)
    started, outside = time.perf_counter(), 0.0
    with listening() as interrupt, torch.random.fork_rng(devices=[]):
        for event in () if best.is_spent(state.epoch) else fit(data, recipe, task, state, place):
            if interrupt.signal is not None and isinstance(event, Step | Epoch):
                if isinstance(event, Epoch):
                    best.see(event, state)
                    history.write(event)
                saver.save()
                yield Interrupted(folder, state.step, interrupt.signal)
                return
            stop = False
            if isinstance(event, Epoch):
                _refuse_nonsense(event, folder)
                stop = best.see(event, state)
                history.write(event)
            if isinstance(event, Step | Epoch) and saver.is_due():
                saver.save()
            if pace and (steps := pace.see(event, state)):
                state.end_after(steps)
                _write_replanned(folder, state, pace.plan.steps_per_epoch)
                yield Replanned(steps)
            left = time.perf_counter()
            yield event
            outside += time.perf_counter() - left
            if stop:
                yield Notice(
                    f"Stopped after epoch {state.epoch}: {best.monitor} has not been better since epoch {best.epoch}."
                )
                break
    seconds = time.perf_counter() - started - outside
    saver.save()
    weights = best.final_weights(state)
    if whole is not None and state.model is whole.head:
        whole.head.load_state_dict(weights)
        weights = whole.state_dict()
    yield _finish(folder, pictures or data, weights, machine, seconds + spent, best.epoch if best.restores else None)


def _transfer(
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
                yield Notice(head_words(head))
        if not recipe.transfer.fine_tune:
            seconds = time.perf_counter() - started - outside
            yield _finish(folder, data, model.state_dict(), machine, seconds, None)
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
    _restore(folder, state, best)
    yield from _run(folder, data_to_see, recipe, state, best, place, machine, whole=model, pictures=data, spent=spent)


def _finish(
    folder: Path,
    data: Prepared,
    weights: dict[str, torch.Tensor],
    machine: dict[str, Any],
    seconds: float,
    best_epoch: int | None,
) -> Finished:
    """Write the weights, what the machine was, and the manifest, last."""
    plain = {name: t.detach().cpu().contiguous() for name, t in weights.items()}
    write_bytes(folder / "model.safetensors", save_tensors(plain))
    write_json(folder / "machine.json", {**machine, "training_seconds": round(seconds, 3)})
    write_manifest(folder)
    return Finished(load(folder), data, seconds, best_epoch)


def _reopenable(where: str | Path) -> str:
    """What opens the data again from any folder: a data set's name as it is, a path in full."""
    return str(Path(where).resolve()) if Path(where).exists() else str(where)


def _free_the_end(before: Recipe, after: Recipe) -> Recipe:
    """Where a run that ended after so many steps gets more epochs, these say where it ends."""
    old, new = before.training, after.training
    if new.epochs == old.epochs or new.steps != old.steps:
        return after
    return after.model_copy(update={"training": new.model_copy(update={"steps": None, "minutes": None})})


def _restore(folder: Path, state: State, best: Best) -> tuple[bool, list[str]]:
    """Bring a state to the newest whole checkpoint. Whether there was one, and a sentence for each damaged one."""
    checkpoint, damaged = load_checkpoint(folder / "checkpoint")
    if checkpoint:
        try:
            state.restore(checkpoint.tensors, checkpoint.numbers["state"])
            best.restore(checkpoint.tensors, checkpoint.numbers["best"])
        except (KeyError, RuntimeError) as error:
            raise RunError(
                f"The checkpoint of {folder} does not fit its recipe ({' '.join(str(error).split())[:120]}): another "
                f"version of seodang wrote it, or the recipe was changed. Train again with `seodang repeat {folder}`."
            ) from None
    return checkpoint is not None, damaged


def _write_replanned(folder: Path, state: State, per_epoch: int) -> None:
    """Before a step is taken under a new plan it stands in the recipe, so that what is resumed or repeated goes the same way."""
    path = folder / "recipe.yaml"
    reasons = [line.removeprefix("# ") for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    found = {"steps": state.total, "epochs": -(-state.total // per_epoch), "replanned": tuple(state.replanned)}
    recipe = read_recipe(folder)
    write_text(path, to_yaml(recipe.model_copy(update={"training": recipe.training.model_copy(update=found)}), reasons))


class _Saver:
    """Writes checkpoints, seldom enough not to slow training."""

    def __init__(self, folder: Path, state: State, best: Best, seconds: float) -> None:
        self.folder, self.state, self.best = folder / "checkpoint", state, best
        self.seconds = self.wait = seconds
        self.last = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self.last > self.wait

    def save(self) -> None:
        started = time.monotonic()
        numbers = {"state": self.state.numbers(), "best": self.best.numbers()}
        save_checkpoint(self.folder, self.state.step, {**self.state.tensors(), **self.best.tensors()}, numbers)
        self.last = time.monotonic()
        self.wait = max(self.seconds, CHECKPOINT_SHARE * (self.last - started)) if self.seconds else 0


def _refuse_nonsense(event: Epoch, folder: Path) -> None:
    loss = event.metrics["loss"]
    if loss != loss or loss in (float("inf"), float("-inf")):
        append_line(folder / "failed.jsonl", {"epoch": event.epoch, "loss": str(loss)})
        raise RunError(
            f"The loss is not a number any more (epoch {event.epoch}): the steps were too large. "
            "Train again with a smaller rate, such as learning_rate a tenth of now, or with max_gradient_norm=1."
        )


def _refuse_other_changes(before: Recipe, after: Recipe) -> None:
    """Only how long to train may change when a run is carried on."""
    free = {"epochs": None, "steps": None, "minutes": None, "patience": None, "log_every": 1, "checkpoint_seconds": 0}
    same = after.model_copy(update={"training": after.training.model_copy(update=free)})
    old = before.model_copy(update={"training": before.training.model_copy(update=free)})
    if same != old:
        raise RecipeError(
            "A run that is carried on keeps its recipe; only training.epochs, steps, minutes, patience, log_every and "
            "checkpoint_seconds may change. "
            "For another recipe start a new run."
        )
