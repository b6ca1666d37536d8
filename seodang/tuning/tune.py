"""Every combination of some settings trained and judged on validation; what is done is written down and not done again."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seodang.core.errors import RecipeError, RunError
from seodang.core.files import append_line, read_lines
from seodang.core.language import in_english, tr
from seodang.core.processes import num_processes
from seodang.core.sentences import shown
from seodang.recipes.choose import HOUSE
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import is_recipe, resolve
from seodang.runs.events import Begun, Event, Finished, Interrupted
from seodang.runs.train import resume_stream, stream
from seodang.runs.writing import locked
from seodang.tuning.grid import as_text, combinations

TUNINGS = "tunings"
STATE = "trials.jsonl"
# What a trial is judged by where nobody says, the first that its history has; and whether higher is better.
MEASURES = {"validation_accuracy": True, "validation_mae": False, "validation_loss": False}


@dataclass(frozen=True)
class Trial:
    """One combination. metrics: of the epoch whose weights the run ends with; empty where it failed, and `failed` says why.

    run: the folder of its run.   examples: of the validation split.
    """

    number: int
    settings: dict[str, str]
    metrics: dict[str, float] = field(default_factory=dict)
    epochs: int = 0
    seconds: float = 0.0
    run: str = ""
    examples: int = 0
    failed: str = ""
    was_done: bool = False


@dataclass(frozen=True)
class Tuning:
    """What was tried. `trials`: the best first, those that failed last.   by: the measure.   fixed: settings of all trials."""

    folder: Path
    data: str
    recipe: str | None
    fixed: dict[str, str]
    by: str
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The best on validation."""
        return self.trials[0]

    @property
    def settings(self) -> dict[str, str]:
        """All settings that the best was trained with, as `train` takes them."""
        return {**self.fixed, **self.best.settings}


def tune(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    grid: Mapping[str, list[Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    folder: str | Path | None = None,
    by: str | None = None,
) -> Tuning:
    """Train every combination of a grid and rank them by the validation split. The test split is not looked at.

    Args:
        data, recipe: As of `train`.
        grid: Values to try, such as {"training.learning_rate": [1e-3, 1e-2], "model.depth": [2, 3]}.
        settings: Laid over the recipe in all trials.
        folder: Where the trials and their runs are kept; given again, what is done there is not done again.
            None: ./tunings/RECIPE-DATA.
        by: validation_accuracy (higher is better), validation_mae or validation_loss. None: the first of them there is.

    Raises SeodangError where a setting of any combination is wrong, there is no validation split, or every trial failed.
    """
    for event in tune_stream(data, recipe, grid, settings, folder=folder, by=by):
        if isinstance(event, Interrupted):
            raise KeyboardInterrupt
        if isinstance(event, Tuning):
            return event
    raise AssertionError("the stream ends with the tuning or an interruption")


def tune_stream(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    grid: Mapping[str, list[Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    folder: str | Path | None = None,
    by: str | None = None,
) -> Iterator[Trial | Tuning | Interrupted]:
    """The same as `tune`, giving each trial as it is done; ends with the Tuning, or with Interrupted where a signal came."""
    if num_processes() > 1:
        raise RecipeError(
            tr("Trials are trained by one process, and here are {count}. Leave torchrun out.", count=num_processes())
        )
    if by is not None and by not in MEASURES:
        raise RecipeError(tr("Trials are judged by {measures}, got {by!r}.", measures=", ".join(MEASURES), by=by))
    if recipe is None and data is not None and is_recipe(str(data)) and not Path(data).is_dir():
        data, recipe = None, data
    fixed = {key: as_text(value) for key, value in (settings or {}).items()}
    tried = combinations({key: [as_text(value) for value in values] for key, values in (grid or {}).items()})
    resolved = _all_resolved(recipe, fixed, tried)
    where = str(data) if data is not None else resolved[0].data
    if where is None:
        raise RecipeError(tr("{name} names no data. Say which: `seodang tune PATH {name} …`.", name=resolved[0].name))
    named = None if recipe is None else recipe.name if isinstance(recipe, Recipe) else str(recipe)
    place = Path(folder) if folder is not None else Path(TUNINGS) / _clean(f"{named or 'house'}-{Path(where).name}")
    place.mkdir(parents=True, exist_ok=True)
    trials: list[Trial] = []
    with locked(place):
        done, begun = _state(place)
        for number, (some, one) in enumerate(zip(tried, resolved, strict=True), start=1):
            key = _key(one, where, recipe is None)
            trial = done.get(key)
            if trial is None:
                events = _events(place, begun.get(key), data, recipe, {**fixed, **some}, number)
                trial = yield from _follow(events, place, key, number, some)
                if trial is None:
                    return
            else:
                trial = Trial(**{**trial, "number": number, "settings": some, "was_done": True})
            _refuse_unjudged(trial)
            trials.append(trial)
            yield trial
    yield Tuning(place, where, named, fixed, *_ranked(trials, by))


def _all_resolved(
    recipe: str | Path | Recipe | None, fixed: dict[str, str], tried: list[dict[str, str]]
) -> list[Recipe]:
    """The recipe of every combination, so that a mistake in the last is told before the first is trained."""
    found, mistakes = [], {}
    for some in tried:
        try:
            found.append(resolve(recipe or HOUSE, {**fixed, **some}))
        except RecipeError as error:
            mistakes |= dict.fromkeys(str(error).splitlines())
    if mistakes:
        raise RecipeError("\n".join(mistakes))
    return found


def _key(recipe: Recipe, where: str, house: bool) -> str:
    """What tells a trial from any other: its whole recipe and its data."""
    plain = {"recipe": recipe.model_dump(mode="json"), "data": where, "house": house}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:24]


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:64] or "tuning"


def _state(folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """What trials.jsonl says: trials that are done, and the run of each that was begun, by key."""
    done: dict[str, dict[str, Any]] = {}
    begun: dict[str, str] = {}
    for line in read_lines(folder / STATE) if (folder / STATE).exists() else ():
        if "trial" in line:
            done[line["key"]] = line["trial"]
        else:
            begun[line["key"]] = line["begun"]
    return done, begun


def _events(
    folder: Path,
    begun: str | None,
    data: str | Path | None,
    recipe: str | Path | Recipe | None,
    settings: dict[str, str],
    number: int,
) -> Iterator[Event]:
    """The training of one combination; one that was stopped on its way goes on."""
    run = folder / "runs" / begun if begun else None
    if run is not None and (run / "recipe.yaml").exists() and not (run / "manifest.json").exists():
        return resume_stream(run)
    return stream(data, recipe, settings, runs=folder / "runs", name=f"trial-{number}")


def _follow(events: Iterator[Event], folder: Path, key: str, number: int, settings: dict[str, str]) -> Iterator[Any]:
    """Read a training to its end and write down what came of it. None where a signal stopped it."""
    started = time.perf_counter()
    trial = None
    try:
        with in_english():  # why it failed is kept
            for event in events:
                if isinstance(event, Begun):
                    append_line(folder / STATE, {"key": key, "begun": event.folder.name})
                elif isinstance(event, Interrupted):
                    yield event
                    return None
                elif isinstance(event, Finished):
                    trial = _judged(event, number, settings, time.perf_counter() - started)
    except (RunError, RecipeError) as error:  # this combination does not train; others may
        trial = Trial(number, settings, failed=str(error), seconds=round(time.perf_counter() - started, 3))
    assert trial is not None, "the stream ends with Finished or Interrupted"
    plain = {name: value for name, value in trial.__dict__.items() if name != "was_done"}
    append_line(folder / STATE, {"key": key, "trial": plain})
    return trial


def _judged(event: Finished, number: int, settings: dict[str, str], seconds: float) -> Trial:
    """What validation said of the epoch whose weights the run ends with."""
    run = event.run
    line = run.history[(event.best_epoch or len(run.history)) - 1]
    metrics = {name: float(value) for name, value in line.items() if name in MEASURES}
    examples = int(run.data["split"]["examples"].get("validation", 0))
    return Trial(number, settings, metrics, len(run.history), round(seconds, 3), run.name, examples)


def _refuse_unjudged(trial: Trial) -> None:
    if not trial.failed and not trial.metrics:
        raise RecipeError(
            tr(
                "There is no validation split to judge trials on, and the test split is not for choosing. Write split.validation=0.2, "
                "or give data that brings a validation split."
            )
        )


def _ranked(trials: list[Trial], by: str | None) -> tuple[str, tuple[Trial, ...]]:
    """The measure, and the trials, the best first; of equals the one with the smaller validation loss, then the earlier."""
    worked = [trial for trial in trials if not trial.failed]
    if not worked:
        raise RunError(tr("Every trial failed. The first: {failed}", failed=shown(trials[0].failed)))
    by = by or next(name for name in MEASURES if name in worked[0].metrics)
    if lacking := [trial.number for trial in worked if by not in trial.metrics]:
        raise RecipeError(
            tr(
                "Trial {number} has no {by}; it has {measures}.",
                number=lacking[0],
                by=by,
                measures=", ".join(worked[0].metrics),
            )
        )

    def place(trial: Trial) -> tuple[float, float, int]:
        value = trial.metrics[by]
        return (-value if MEASURES[by] else value), trial.metrics.get("validation_loss", 0.0), trial.number

    failed = [trial for trial in trials if trial.failed]
    return by, (*sorted(worked, key=place), *failed)
