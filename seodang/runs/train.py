"""The whole flow from a path to a saved run, on one screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import torch

from seodang.core.errors import RecipeError, RunError
from seodang.core.files import write_json, write_text
from seodang.core.language import tr
from seodang.core.processes import is_first_process
from seodang.core.sentences import said
from seodang.data.encoded import Encoded
from seodang.data.facts import Facts
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.load import load as load_data
from seodang.data.open import open_any
from seodang.data.source import Source
from seodang.data.twice import twice_in
from seodang.models._initial import start_at_frequencies
from seodang.models.build import build
from seodang.recipes.choose import HOUSE, decide, derive, tune_or_not
from seodang.recipes.choose_rows import HOUSES, derive_rows, house_for, spelled_out
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import is_recipe, resolve, to_yaml
from seodang.runs.beforehand import refuse_mistakes
from seodang.runs.events import Answer, Begun, Event, Finished, Interrupted, Opened
from seodang.runs.folder import (
    ENCODING,
    RUNS,
    Run,
    find_run,
    input_spec,
    open_data,
    read_data,
    read_history,
    read_machine,
    read_recipe,
    refuse_not_begun,
)
from seodang.runs.follow import accompany, follow, restore, rewrite_recipe
from seodang.runs.machine import bits_may_differ, describe_machine
from seodang.runs.opening import encode_frame
from seodang.runs.parts import begins_anew, keep_part
from seodang.runs.passing import make_pass, pass_in_time
from seodang.runs.transfer import transfer
from seodang.runs.writing import locked, new_folder, refuse_name, refuse_read_only, refuse_unwritable
from seodang.tasks.build import build_task, has_own_step
from seodang.training.best import Best
from seodang.training.device import choose_device
from seodang.training.loop import IN_SHORT, Notice, begin
from seodang.training.plan import Pace, Plan, began, make_plan


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

    Raises SeodangError, with what to do, where the data or a setting is wrong. Of several processes (see `training.device`) only the
    first comes back; the others end with the training.
    """
    return _run_of(stream(data, recipe, settings, runs=runs, name=name))


def _run_of(events: Iterable[Event]) -> Run:
    """The run that a training ends with."""
    for event in events:
        if isinstance(event, Interrupted):
            raise KeyboardInterrupt
        if isinstance(event, Finished):
            return event.run
    if not is_first_process():
        raise SystemExit(0)
    raise AssertionError("the stream ends with Finished or Interrupted")


def stream(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    settings: dict[str, Any] | None = None,
    *,
    runs: str | Path = RUNS,
    name: str | None = None,
    since: float | None = None,
) -> Generator[Event, Answer, None]:
    """The same as `train`, telling what happens as it does; the command line and the studio are readers of it.

    since: when the recipe's minutes began, on the clock of `time.perf_counter`. None: now.
    A reader may answer an Epoch with `End`, or a Step or Epoch with `Leave` (see `runs.events`).
    Of several processes (see `training.device`) the first tells all this; the others give nothing and end when it ends training.
    """
    started = time.perf_counter()
    since = started if since is None else since
    if recipe is None and data is not None and is_recipe(str(data)) and not Path(data).is_dir():
        data, recipe = None, data
    laid = {key: str(value) for key, value in (settings or {}).items()}
    asked = resolve(recipe or HOUSE, laid)
    where = data if data is not None else asked.data
    if where is None:
        raise RecipeError(tr("{name} names no data. Say which: `seodang train PATH {name}`.", name=asked.name))
    refuse_name(name)
    refuse_unwritable(runs)
    refuse_mistakes(asked, chosen=recipe is not None)
    place = choose_device(asked.training)
    source = open_any(where, asked.columns)
    if isinstance(source, Frame):
        asked = resolve(recipe or house_for(source, asked), laid)
        decided, decisions = spelled_out(asked, source)
        prepared = encode_frame(source, decided)
    else:
        decided, decisions = decide(asked, source)
        told_apart = decided.task == "classify"
        prepared = load_data(source, decided.preparation, decided.split, examples=decided.examples, classes=told_apart)
    if place.is_first:
        yield Opened(prepared, decided, time.perf_counter() - started)

    if isinstance(prepared, Encoded):
        resolved, derived = derive_rows(decided, prepared)
        reasons = [*decisions, *derived]
    else:
        tuned, more = tune_or_not(asked, decided, prepared, place.device.type == "cuda")
        resolved, derived = derive(tuned, prepared)
        reasons = [*decisions, *more, *derived]
    findings = lint(
        resolved,
        prepared.classes,
        label_values=getattr(prepared.source, "label_values", ()),
        training_examples=len(prepared.train),
        validation_examples=len(prepared.validation),
    )
    if errors := [finding.words for finding in findings if finding.level == "error"]:
        raise RecipeError("\n".join(errors))
    reasons += [finding.kept for finding in findings]
    once, model = None, None
    if place.world > 1 and trains_alone(resolved, prepared.facts):
        if not place.is_first:
            return
        place = place.alone
        reasons.append(said("one process trains: in this kind of training several have nothing to share"))
    if resolved.uses_features:
        assert isinstance(prepared, Prepared), "pictures go through a pretrained network"
        assert isinstance(source, Source), "pictures have a source"
        once, plan, more = pass_in_time(prepared, resolved, place, source, asked, since)
        prepared, resolved, reasons = once.data, once.recipe, [*reasons, *more]
    else:
        task = build_task(resolved.task, resolved.loss, prepared.facts)
        model = build_network(resolved, task, prepared)
        since = began(since, resolved.training.minutes)
        plan, resolved = make_plan(prepared, resolved, task, model, place, since)
        if plan.steps < plan.steps_per_epoch and len(prepared.validation) > IN_SHORT:
            reasons.append(
                said(
                    "validation: measured on {count:,} of its {whole:,} examples, because the run is shorter than an epoch",
                    count=IN_SHORT,
                    whole=len(prepared.validation),
                )
            )

    if not place.is_first:
        assert model is not None, "what has a pass is trained by the first process"
        accompany(prepared, resolved, task, begin(model, resolved, place), Best(resolved.training), place)
        return
    folder = new_folder(
        name or (prepared.source.name if resolved.name in (HOUSE, *HOUSES.values()) else resolved.name), runs
    )
    with locked(folder):
        machine = describe_machine(place)
        described = {"opened": _reopenable(where), **prepared.describe()}
        if isinstance(prepared, Prepared) and resolved.task == "classify":
            described["same_pictures"] = [one.as_plain() for one in twice_in(prepared.scan)]
        write_json(folder / "data.json", described)
        if isinstance(prepared, Encoded):
            write_json(folder / ENCODING, prepared.encoding.as_plain())
        write_json(folder / "machine.json", machine)
        write_text(
            folder / "recipe.yaml", to_yaml(resolved, reasons)
        )  # the last: with it, it is a run that can be carried on
        yield Begun(folder, resolved, plan, place, tuple(reasons))
        if once:
            assert isinstance(prepared, Prepared), "pictures go through a pretrained network"
            yield from transfer(folder, prepared, resolved, once, place, machine, since)
            return
        assert model is not None, "without a pass the network is built here"
        assert isinstance(plan, Plan), "without a pass steps are planned"
        state, best = begin(model, resolved, place), Best(resolved.training)
        minutes = resolved.training.minutes if asked.training.steps is None else None
        pace = Pace(plan, minutes - (time.perf_counter() - since) / 60) if minutes else None
        yield from follow(folder, prepared, resolved, state, best, place, machine, pace)


def trains_alone(recipe: Recipe, facts: Facts) -> bool:
    """Whether several processes have nothing to share: features that are computed once, networks that learn from each other."""
    return recipe.uses_features or has_own_step(build_task(recipe.task, recipe.loss, facts))


def resume(path: str | Path, settings: dict[str, Any] | None = None) -> Run:
    """Carry on a run that was stopped, or, with `training.epochs=+5`, one that had finished; give the run back.

    Args:
        path: The run, by its folder or its name below ./runs, or "last".
        settings: How long it is to train, such as {"training.epochs": "+5"}: all else stays as it is.

    The weights are those of a run that had never stopped, bit for bit, on the same machine. Raises SeodangError where there is nothing
    to carry on, or where its data is gone or other than it was.
    """
    return _run_of(resume_stream(path, settings))


def resume_stream(
    path: str | Path, settings: dict[str, Any] | None = None, *, recipe: Recipe | None = None
) -> Generator[Event, Answer, None]:
    """The same as `resume`, telling what happens as it does.

    recipe: The whole recipe to go on with, in place of settings.
    """
    folder = find_run(path)
    refuse_read_only(folder, tr("Training is carried on there."))
    with locked(folder) if is_first_process() else contextlib.nullcontext():
        refuse_not_begun(folder)
        started = time.perf_counter()
        before = read_recipe(folder)
        recipe = recipe or resolve(before, {key: str(value) for key, value in (settings or {}).items()})
        _refuse_other_changes(before, recipe)
        recipe = _free_the_end(before, recipe)
        if (folder / "manifest.json").exists() and recipe == before:
            if recipe.uses_features:
                raise RunError(_refusal(folder))
            raise RunError(
                tr(
                    "{folder} has finished. Train it further with `seodang train --resume {folder} training.epochs=+5`.",
                    folder=folder,
                )
            )
        data = read_data(folder)
        prepared = open_data(folder, recipe, data)
        place = choose_device(recipe.training)
        machine = describe_machine(place)
        if place.world > 1 and trains_alone(recipe, prepared.facts):
            if not place.is_first:
                return
            place = place.alone
        if place.is_first:
            yield Opened(prepared, recipe, time.perf_counter() - started)
        if place.is_first and (differences := bits_may_differ(read_machine(folder), machine)):
            yield Notice(
                tr(
                    "Not exact: {changes} since this run began, so the last digits may differ.",
                    changes=", ".join(differences),
                )
            )
        if recipe.uses_features:
            if (folder / "manifest.json").exists():
                raise RunError(_refusal(folder))
            assert isinstance(prepared, Prepared), "pictures go through a pretrained network"
            once = make_pass(prepared, recipe, place)
            yield Begun(folder, recipe, once.plan(), place, ())
            yield from transfer(folder, prepared, recipe, once, place, machine, started)
            return
        task = build_task(recipe.task, recipe.loss, prepared.facts)
        model = build_network(recipe, task, prepared)
        plan, _ = make_plan(prepared, recipe, task, model, place)
        state, best = begin(model, recipe, place), Best(recipe.training)
        found, damaged = restore(folder, state, best)
        finished = (folder / "manifest.json").exists()
        if finished or begins_anew(folder, state.step):
            state.first_step = state.step
        place.agree(0)  # all have read the folder before the first one writes
        if not place.is_first:
            accompany(prepared, recipe, task, state, best, place)
            return
        for sentence in damaged:
            yield Notice(sentence)
        if finished:
            if not found:
                raise RunError(
                    tr(
                        "{folder} has no whole checkpoint to go on from. Train again with `seodang repeat {folder}`.",
                        folder=folder,
                    )
                )
            (folder / "manifest.json").unlink()
        if recipe != before:
            if state.step:
                keep_part(folder, before, state.step, finished)
            reason = (
                said("extended after epoch {epoch}: a new cycle of the schedule", epoch=state.epoch)
                if finished
                else None
            )
            asked = {name: getattr(recipe.training, name) for name in type(recipe.training).model_fields}
            rewrite_recipe(folder, training=asked, reason=reason)
        yield Begun(folder, recipe, plan, place, (), state.step)
        spent = sum(line.get("seconds", 0) for line in read_history(folder) if line.get("epoch", 0) <= state.epoch)
        yield from follow(folder, prepared, recipe, state, best, place, machine, spent=spent)


def _refusal(folder: Path) -> str:
    return tr("{folder} has finished. A head on features is not trained further; start a new run.", folder=folder)


def build_network(recipe: Recipe, task: Any, data: Prepared | Encoded) -> torch.nn.Module:
    """The network before its first step; one that starts from the data sees the training rows.

    `training.output_bias` may set the last biases, `fit_numbers(inputs)` places bins of numbers, `fit_classes(inputs, labels,
    classes)` counts what each class has, `fit_words(tokens, answers)` what follows each word.
    """
    model = build(recipe.model, input_spec(recipe, data.facts), task.outputs, recipe.training.seed)
    if missing := [name for name in getattr(task, "needs", ()) if not hasattr(model, name)]:
        raise RecipeError(
            tr(
                "The task {task} needs a network that has {parts}, and {name} has not. Take {models}, or leave model out of the recipe.",
                task=recipe.task,
                parts=tr(" and ").join(missing),
                name=recipe.model.name,
                models="gan" if "rivals" in missing else tr("autoencoder or vae"),
            )
        )
    if recipe.training.output_bias == "frequencies" and task.loss_name == "cross_entropy":
        start_at_frequencies(model, data.train.labels, task.outputs.shape[-1])
    if isinstance(data, Encoded) and (fit_numbers := getattr(model, "fit_numbers", None)):
        fit_numbers(data.train.pixels)
    if isinstance(data, Encoded) and data.classes and (fit_classes := getattr(model, "fit_classes", None)):
        fit_classes(data.train.pixels, data.train.labels, len(data.classes))
    if isinstance(data, Encoded) and (fit_words := getattr(model, "fit_words", None)):
        fit_words(data.train.pixels, data.train.labels)
    return model


def _reopenable(where: str | Path) -> str:
    """What opens the data again from any folder: a data set's name as it is, a path in full."""
    return str(Path(where).resolve()) if Path(where).exists() else str(where)


def _free_the_end(before: Recipe, after: Recipe) -> Recipe:
    """Where a run that ended after so many steps gets more epochs, these say where it ends."""
    old, new = before.training, after.training
    if new.epochs == old.epochs or new.steps != old.steps:
        return after
    return after.model_copy(update={"training": new.model_copy(update={"steps": None, "minutes": None})})


def _refuse_other_changes(before: Recipe, after: Recipe) -> None:
    """Only how long to train may change when a run is carried on."""
    free = {"epochs": None, "steps": None, "minutes": None, "patience": None, "log_every": 1, "checkpoint_seconds": 0}
    same = after.model_copy(update={"training": after.training.model_copy(update=free)})
    old = before.model_copy(update={"training": before.training.model_copy(update=free)})
    if same != old:
        raise RecipeError(
            tr(
                "A run that is carried on keeps its recipe; only training.epochs, steps, minutes, patience, log_every and "
                "checkpoint_seconds may change. For another recipe start a new run."
            )
        )
