"""Combinations of some settings trained and judged on validation; what is done is written down and not done again."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import RecipeError, RunError
from seodang.core.files import drop_torn_line, plain_name
from seodang.core.language import tr
from seodang.core.processes import num_processes
from seodang.core.sentences import shown
from seodang.recipes.choose import HOUSE
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import is_recipe, resolve
from seodang.runs.events import Interrupted
from seodang.runs.writing import locked
from seodang.tuning.answers import ANSWERS, Answers, beyond_choice, read_answers
from seodang.tuning.grid import Varied, as_text, as_typed, combinations, refuse_mixed
from seodang.tuning.importance import Weight, weights
from seodang.tuning.propose import refuse_without_optuna
from seodang.tuning.search import Over, Search, search_stream
from seodang.tuning.space import Space, count, read_space
from seodang.tuning.trial import (
    MEASURES,
    STATE,
    Job,
    OtherData,
    Record,
    Trial,
    Trying,
    drop_checkpoints,
    refuse_unjudged,
    train_trial,
)

TUNINGS = "tunings"


@dataclass(frozen=True)
class Tuning:
    """What was tried. `trials`: the best first, then those that were stopped, then those that failed.   by: the measure.

    fixed: settings of all trials.   search: what was searched; None where every combination was tried.   ended: why a search has
    fewer trials than were asked for; empty where it has not.
    """

    folder: Path
    data: str
    recipe: str | None
    fixed: dict[str, str]
    by: str
    trials: tuple[Trial, ...]
    search: Search | None = None
    ended: str = ""

    @property
    def best(self) -> Trial:
        """The best on validation."""
        return self.trials[0]

    @property
    def settings(self) -> dict[str, str]:
        """All settings that the best was trained with, as `train` takes them."""
        return dict(self.fixed) if self.best.is_plain else {**self.fixed, **self.best.settings}

    @functools.cached_property
    def importance(self) -> list[Weight]:
        """Which settings mattered most in a search, the weightiest first; empty where that cannot be said."""
        if self.search is None:
            return []
        return weights(self.search.space, sorted(self.trials, key=lambda trial: trial.number), self.by)

    @functools.cached_property
    def expected(self) -> float | None:
        """What the best has on new examples, estimated: its score without the luck of having been chosen by it. None where the
        answers to each validation example are not known of every trial, or are answers to different ones."""
        if len(self._answers) < 2 or self.examples_differ:
            return None
        higher, own = MEASURES[self.by], self.best.metrics[self.by]
        scores = np.stack([each.scores for each in self._answers])
        return (min if higher else max)(own, beyond_choice(scores, higher))

    @property
    def examples_differ(self) -> bool:
        """Whether trials are known to have been judged on different validation examples: `split.seed` was varied, or the data changed."""
        return len({each.examples for each in self._answers}) > 1

    @functools.cached_property
    def _answers(self) -> list[Answers]:
        """Of the trials that were trained to their end; none where they are not known of each."""
        known, whole = read_answers(self.folder, self.by), [trial for trial in self.trials if trial.is_whole]
        found = [known[trial.run] for trial in whole if trial.run in known]
        return found if len(found) == len(whole) and all(each.examples for each in found) else []


Told = Search | OtherData | Trying | Trial | Tuning | Interrupted


def tune(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    grid: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    to_the_end: bool = False,
    folder: str | Path | None = None,
    by: str | None = None,
) -> Tuning:
    """Train combinations of settings and rank them by the validation split. The test split is not looked at.

    Every combination of lists of values; or, with `trials` or `minutes`, those that a search proposes, which may take ranges too.

    Args:
        data, recipe: As of `train`.
        grid: Values to try, such as {"training.learning_rate": [1e-3, 1e-2], "model.depth": [2, 3]}, or a range, "1e-4..1e-1".
        settings: Laid over the recipe in all trials.
        trials: So many combinations, the recipe as it is among them.
        minutes: The time that a search may take.
        seed: Of a search: the same one proposes the same.
        to_the_end: Whether a search trains hopeless trials to their end too.
        folder: Where the trials and their runs are kept; given again, what is done there is not done again.
            None: ./tunings/RECIPE-DATA.
        by: validation_accuracy (higher is better), validation_mae or validation_loss. None: the first of them there is.

    Raises SeodangError where a setting of any combination is wrong, there is no validation split, or every trial failed.
    """
    told = tune_stream(
        data, recipe, grid, settings,
        trials=trials, minutes=minutes, seed=seed, to_the_end=to_the_end, folder=folder, by=by,
    )  # fmt: skip
    for event in told:
        if isinstance(event, Interrupted):
            raise KeyboardInterrupt
        if isinstance(event, Tuning):
            return event
    raise AssertionError("the stream ends with the tuning or an interruption")


def tune_stream(
    data: str | Path | None = None,
    recipe: str | Path | Recipe | None = None,
    grid: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    to_the_end: bool = False,
    folder: str | Path | None = None,
    by: str | None = None,
) -> Iterator[Told]:
    """The same as `tune`, giving what a search will do, each epoch, and each trial as it is done; ends with the Tuning, or with
    Interrupted where a signal came."""
    if num_processes() > 1:
        raise RecipeError(
            tr("Trials are trained by one process, and here are {count}. Leave torchrun out.", count=num_processes())
        )
    if recipe is None and data is not None and is_recipe(str(data)) and not Path(data).is_dir():
        data, recipe = None, data
    fixed, varied = {key: as_text(value) for key, value in (settings or {}).items()}, as_typed(grid or {})
    _refuse_options(by, trials, minutes, seed)
    space, base = _space(recipe, fixed, varied)
    if asked := _search(space, varied, trials, minutes, seed, not to_the_end):
        refuse_without_optuna()
    every = [] if asked else _all_checked(recipe, fixed, varied)
    where = str(data) if data is not None else base.data
    if where is None:
        raise RecipeError(tr("{name} names no data. Say which: `seodang tune PATH {name} …`.", name=base.name))
    named = None if recipe is None else recipe.name if isinstance(recipe, Recipe) else str(recipe)
    place = Path(folder) if folder is not None else Path(TUNINGS) / _clean(f"{named or 'house'}-{Path(where).name}")
    if place.resolve() == Path(where).resolve():
        raise RecipeError(
            tr(
                "{folder} is where the data are looked for. Say another folder for the trials with --folder.",
                folder=place,
            )
        )
    made = [folder for folder in (place, *place.parents) if not folder.exists()]
    place.mkdir(parents=True, exist_ok=True)
    job, ended = Job(place, data, recipe, fixed, where, by), ""
    found: list[Trial] = []
    with _dropped_if_empty(made), locked(place):
        for file in (STATE, ANSWERS):
            drop_torn_line(place / file)
        record = Record(job)
        if asked:
            yield asked
        for event in search_stream(job, record, asked, varied) if asked else _grid_stream(job, record, every):
            if isinstance(event, Over):
                ended = event.why
                continue
            if isinstance(event, Trial):
                if not event.failed:
                    refuse_unjudged(event.metrics, by)
                _keep_one_checkpoint(job, found, event)
                found.append(event)
            yield event
            if isinstance(event, Interrupted):
                return
    yield Tuning(place, where, named, fixed, *_ranked(job, found), asked, ended)


@contextlib.contextmanager
def _dropped_if_empty(made: list[Path]) -> Iterator[None]:
    """New folders, the inmost first, in which nothing was begun, as where the data are misspelt, do not stay."""
    try:
        yield
    finally:
        if made and not (made[0] / STATE).exists():
            with contextlib.suppress(OSError):
                (made[0] / ".lock").unlink(missing_ok=True)
                for folder in made:
                    folder.rmdir()


def _grid_stream(
    job: Job, record: Record, tried: list[dict[str, str]]
) -> Iterator[Trial | Trying | OtherData | Interrupted]:
    for number, some in enumerate(tried, start=1):
        trial = record.whole(job.key(some), number, some)
        yield from train_trial(job, record, number, some) if trial is None else [trial]


def _refuse_options(by: str | None, trials: int | None, minutes: float | None, seed: int) -> None:
    mistakes = []
    if by is not None and by not in MEASURES:
        mistakes.append(tr("Trials are judged by {measures}, got {by!r}.", measures=", ".join(MEASURES), by=by))
    if trials is not None and trials < 2:
        mistakes.append(
            tr("A search has 2 trials or more (the first is the recipe as it is), got {trials}.", trials=trials)
        )
    if minutes is not None and not 0 < minutes < float("inf"):
        mistakes.append(tr("The minutes of a search are more than 0, got {minutes:g}.", minutes=minutes))
    if seed < 0:
        mistakes.append(tr("The seed of a search is 0 or more, got {seed}.", seed=seed))
    if mistakes:
        raise RecipeError("\n".join(mistakes))


def _space(recipe: str | Path | Recipe | None, fixed: dict[str, str], varied: Varied) -> tuple[Space, Recipe]:
    """What varies, and the recipe without it. Every mistake in either is told at once."""
    if not varied:
        combinations({})
    refuse_mixed(varied)
    base, mistakes, space = resolve(recipe or HOUSE), dict[str, None](), Space()
    is_laid = False
    try:
        base = resolve(recipe or HOUSE, fixed)
        is_laid = True
    except RecipeError as error:
        mistakes |= dict.fromkeys(str(error).splitlines())
    try:
        space = read_space(varied, None if recipe is None else base, fixed if is_laid else {})
    except RecipeError as error:
        mistakes |= dict.fromkeys(str(error).splitlines())
    if mistakes:
        raise RecipeError("\n".join(mistakes))
    return space, base


def _search(
    space: Space, varied: Varied, trials: int | None, minutes: float | None, seed: int, stops: bool
) -> Search | None:
    """The search that was asked for; None where every combination is to be tried."""
    ranges = " ".join(f"{key}={text}" for key, text in varied.items() if isinstance(text, str))
    if trials is None and minutes is None:
        if ranges:
            raise RecipeError(
                tr(
                    "{ranges}: a range has no last value. Say how many trials there are to be, --trials 20, or how long they may "
                    "take, --minutes 5.",
                    ranges=ranges,
                )
            )
        return None
    total = count(space)
    if not ranges and minutes is None and total is not None and trials is not None and total <= trials:
        return None
    return Search(space, trials, minutes, seed, stops)


def _all_checked(recipe: str | Path | Recipe | None, fixed: dict[str, str], varied: Varied) -> list[dict[str, str]]:
    """Every combination, so that a mistake in the last is told before the first is trained."""
    tried = combinations({key: [values] if isinstance(values, str) else values for key, values in varied.items()})
    mistakes = dict[str, None]()
    for some in tried:
        try:
            resolve(recipe or HOUSE, {**fixed, **some})
        except RecipeError as error:
            mistakes |= dict.fromkeys(str(error).splitlines())
    if mistakes:
        raise RecipeError("\n".join(mistakes))
    return tried


def _clean(name: str) -> str:
    return plain_name(name, "tuning")


def _keep_one_checkpoint(job: Job, before: list[Trial], trial: Trial) -> None:
    """Of what trials need to be trained further, only the best one's stays: it is several times their weights."""
    if trial.failed:
        return
    by = job.measure(trial.metrics)
    best = min((each for each in before if each.is_whole), key=lambda each: _place(each, by), default=None)
    if best is None or best.run == trial.run:
        return
    is_better = trial.is_whole and _place(trial, by) < _place(best, by)
    drop_checkpoints(job.folder, best if is_better else trial)


def _place(trial: Trial, by: str) -> tuple[float, float, int]:
    value = trial.metrics[by]
    return (-value if MEASURES[by] else value), trial.metrics.get("validation_loss", 0.0), trial.number


def _ranked(job: Job, trials: list[Trial]) -> tuple[str, tuple[Trial, ...]]:
    """The measure, and the trials, the best first; of equals the one with the smaller validation loss, then the earlier. After those
    that were trained to their end come those that were stopped, then those that failed."""
    worked = [trial for trial in trials if not trial.failed]
    if not worked:
        raise RunError(tr("Every trial failed. The first: {failed}", failed=shown(trials[0].failed)))
    by = job.measure(worked[0].metrics)
    failed = [trial for trial in trials if trial.failed]
    return by, (*sorted(worked, key=lambda trial: (not trial.is_whole, *_place(trial, by))), *failed)
