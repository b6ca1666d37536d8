"""One trial of a tuning: trained as a run of its own, judged on validation, and written down in trials.jsonl, the one record."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from seodang.core.errors import DataError, RecipeError, RunError, SeodangError
from seodang.core.files import append_line, read_lines
from seodang.core.language import in_english, tr
from seodang.core.sentences import said
from seodang.data.open import open_any
from seodang.recipes.choose import HOUSE
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve
from seodang.runs.events import Answer, Begun, End, Event, Finished, Interrupted, Opened, Planned, Resumed
from seodang.runs.folder import open_data, read_data, read_history, read_recipe
from seodang.runs.train import resume_stream, stream
from seodang.runs.writing import write_manifest
from seodang.training.loop import Epoch, Step
from seodang.training.plan import Plan
from seodang.tuning.answers import keep_answers
from seodang.tuning.space import value_of

STATE = "trials.jsonl"
# What a trial is judged by where nobody says, the first that its history has; and whether higher is better.
MEASURES = {"validation_accuracy": True, "validation_mae": False, "validation_loss": False}


@dataclass(frozen=True)
class Trial:
    """One combination. metrics: of the epoch whose weights the run ends with; empty where it failed, and `failed` says why.

    run: the folder of its run.   examples: of the validation split.   stopped: why it was not trained to its end; empty where it was.
    planned: epochs that it was to have.   course: what it is judged by, after each epoch.   is_plain: the recipe as it is; `settings`
    are then what the recipe has.
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
    stopped: str = ""
    planned: int = 0
    course: tuple[float, ...] = ()
    is_plain: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it was trained to its end."""
        return not self.failed and not self.stopped


@dataclass(frozen=True)
class Trying:
    """An epoch of a trial has ended. value: what it is judged by; None where nothing is known yet."""

    number: int
    settings: dict[str, str]
    epoch: int
    epochs: int
    value: float | None


@dataclass(frozen=True)
class Job:
    """What all trials of a tuning share. where: what the data are called."""

    folder: Path
    data: str | Path | None
    recipe: str | Path | Recipe | None
    fixed: dict[str, str]
    where: str
    by: str | None

    def resolved(self, some: dict[str, str]) -> Recipe:
        """The recipe of a combination."""
        return resolve(self.recipe or HOUSE, {**self.fixed, **some})

    def key(self, some: dict[str, str]) -> str:
        """What tells a trial from any other: its whole recipe and its data."""
        recipe = self.resolved(some).model_dump(mode="json")
        return digest({"recipe": recipe, "data": self.where, "house": self.recipe is None})

    def measure(self, metrics: dict[str, float]) -> str:
        """What trials are judged by, among what was measured; empty where that is nothing."""
        return self.by or next((name for name in MEASURES if name in metrics), "")


def digest(plain: dict[str, Any]) -> str:
    """A short name of plain values, the same for the same values."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class OtherData:
    """There are trials of before that were trained on other data of the same name; they are not taken."""

    where: str

    @property
    def words(self) -> str:
        """The same in a sentence."""
        return tr(
            "{where} is not what it was when trials of before were trained: they are left aside, and trained anew.",
            where=self.where,
        )


class Record:
    """What trials.jsonl says. A trial that was stopped is known to the search that stopped it and to no other.

    A trial is taken only where the data are those that it was trained on: by the stamp of their files (names, sizes, times), and
    where that is another, as after a copy, by the digests that the trial's run keeps of its splits.
    """

    def __init__(self, job: Job) -> None:
        self.job, self.folder = job, job.folder
        self._whole: dict[str, tuple[Trial, str]] = {}
        self._searched: dict[tuple[str, int], tuple[Trial, str]] = {}
        self._begun: dict[tuple[str, str], tuple[str, str]] = {}
        self._now: dict[str, str] = {}
        self._known: dict[tuple[str, str], bool] = {}
        self._other: list[OtherData] = []
        self._is_told = False
        for line in read_lines(self.folder / STATE) if (self.folder / STATE).exists() else ():
            search, stamp = line.get("search", ""), line.get("data", "")
            if "trial" in line:
                plain = {**line["trial"], "course": tuple(line["trial"].get("course", ()))}
                self._take(line["key"], search, Trial(**plain), stamp)
            else:
                self._begun[search, line["key"]] = line["begun"], stamp

    def _take(self, key: str, search: str, trial: Trial, stamp: str) -> None:
        if not trial.stopped:
            self._whole[key] = trial, stamp
        if search:
            self._searched[search, trial.number] = trial, stamp

    def whole(self, key: str, number: int, settings: dict[str, str]) -> Trial | None:
        """The trial of a combination that was trained to its end (or failed), as number so and so of another search or grid."""
        trial, stamp = self._whole.get(key, (None, ""))
        if trial is None or not self._is_of_these(trial.run, stamp, settings):
            return None
        self._stamped("", key, trial, stamp, settings)
        return replace(trial, number=number, settings=settings, was_done=True, is_plain=False)

    def searched(self, search: str, number: int) -> Trial | None:
        """A trial of a search."""
        trial, stamp = self._searched.get((search, number), (None, ""))
        settings = {} if trial is None or trial.is_plain else trial.settings
        if trial is None or not self._is_of_these(trial.run, stamp, settings):
            return None
        self._stamped(search, self.job.key(settings), trial, stamp, settings)
        return replace(trial, was_done=True)

    def begun(self, search: str, key: str, settings: dict[str, str]) -> Path | None:
        """The folder of the run that was begun for a trial and did not come to its end."""
        name, stamp = self._begun.get((search, key), ("", ""))
        folder = self.folder / "runs" / name
        if not name or not (folder / "recipe.yaml").exists() or (folder / "manifest.json").exists():
            return None
        return folder if self._is_of_these(name, stamp, settings) else None

    def told(self) -> Iterator[OtherData]:
        """That trials were left aside, once."""
        yield from self._other if not self._is_told else ()
        self._is_told = self._is_told or bool(self._other)

    def begin(self, search: str, key: str, run: str, stamp: str) -> None:
        """Write down that a run was begun on data of a stamp."""
        self._begun[search, key] = run, stamp
        append_line(self.folder / STATE, {"key": key, "begun": run, **_of(search), "data": stamp})

    def write(self, search: str, key: str, trial: Trial, stamp: str) -> None:
        """Write down what came of a trial on data of a stamp."""
        self._take(key, search, trial, stamp)
        plain = {name: value for name, value in asdict(trial).items() if name != "was_done"}
        append_line(self.folder / STATE, {"key": key, **_of(search), "data": stamp, "trial": plain})

    def now(self, settings: dict[str, str]) -> str:
        """The stamp of the data as they lie now, opened as a combination has it."""
        columns = self.job.resolved(settings).columns
        key = columns.model_dump_json()
        if key not in self._now:
            self._now[key] = open_any(self.job.where, columns).stamp
        return self._now[key]

    def _stamped(self, search: str, key: str, trial: Trial, stamp: str, settings: dict[str, str]) -> None:
        """Write down the stamp of now of a trial that was found to be of these data, so that it need not be asked again."""
        if stamp != self.now(settings):
            self.write(search, key, trial, self.now(settings))

    def _is_of_these(self, run: str, stamp: str, settings: dict[str, str]) -> bool:
        if stamp and stamp == self.now(settings):
            return True
        if (run, stamp) not in self._known:
            self._known[run, stamp] = self._holds(run)
        return self._known[run, stamp]

    def _holds(self, run: str) -> bool:
        """Whether a run's data, opened again, are what they were."""
        folder = self.folder / "runs" / run
        try:
            recipe, described = read_recipe(folder), read_data(folder)
        except RunError:  # it failed, or is not there any more: nothing to go by
            return False
        try:
            open_data(folder, recipe, described, self.job.where)
        except SeodangError:
            self._other = self._other or [OtherData(self.job.where)]
            return False
        return True


def _of(search: str) -> dict[str, str]:
    return {"search": search} if search else {}


# Says after an epoch, or at a step (None), whether the run goes on: given the epoch, how many there are to be, and the course so far.
Ask = Callable[[int | None, int, dict[int, float]], Answer]


def train_trial(
    job: Job,
    record: Record,
    number: int,
    settings: dict[str, str],
    *,
    search: str = "",
    plain: tuple[str, ...] = (),
    ask: Ask | None = None,
) -> Iterator[OtherData | Trying | Interrupted | Trial]:
    """Train a combination, or go on with its training, and write down what came of it: ends with the Trial, or with Interrupted where
    it was left on its way.

    plain: of the recipe as it is, the settings whose values are written down.   ask: is asked after each epoch and step, and about
    the last epoch of what is gone on with; None: the run goes to its end.
    """
    key, started, stamp = job.key(settings), time.perf_counter(), ""
    begun = record.begun(search, key, settings)
    yield from record.told()
    events = (
        resume_stream(begun)
        if begun
        else stream(job.data, job.recipe, {**job.fixed, **settings}, runs=job.folder / "runs", name=f"trial-{number}")
    )
    trial, finished, answer, why, epochs, course = None, None, None, "", 0, dict[int, float]()
    try:
        while (event := _next(events, answer)) is not None:
            answer = None
            if isinstance(event, Opened):
                _refuse_without_validation(event)
                stamp = event.data.source.stamp
            if isinstance(event, Begun):
                record.begin(search, key, event.folder.name, stamp)
            if isinstance(event, Begun | Planned):
                epochs = -(-event.plan.steps // event.plan.steps_per_epoch) if isinstance(event.plan, Plan) else 0
            elif isinstance(event, Resumed):
                assert begun is not None, "what was not begun before has no checkpoint"
                course = _course(job, begun, event.epoch)
                answer = (
                    ask(event.epoch, epochs, course) if ask else None
                )  # it may not have been asked before it was left
                why = answer.why if isinstance(answer, End) else why
            elif isinstance(event, Interrupted):
                yield event
                return
            elif isinstance(event, Finished):
                trial = _judged(event, number, settings, time.perf_counter() - started, why, course)
                trial = replace(trial, settings=values_of(event.run.recipe, plain), is_plain=True) if plain else trial
                finished = event
            elif isinstance(event, Epoch) and "penalty" not in event.metrics:
                refuse_unjudged(event.metrics, job.by)
                by = job.measure(event.metrics)
                if by in event.metrics:
                    course[event.epoch] = round(event.metrics[by], 8)
                yield Trying(number, settings, event.epoch, epochs, course.get(event.epoch))
                answer = ask(event.epoch, epochs, course) if ask else None
                why = answer.why if isinstance(answer, End) else why
            elif isinstance(event, Step) and ask:
                answer = ask(None, epochs, course)
    except (RunError, RecipeError) as error:  # this combination does not train; others may
        if isinstance(error.__cause__, OSError):  # a full disk, another process: not the combination's doing
            raise
        seconds = round(time.perf_counter() - started, 3)
        trial = Trial(number, settings, failed=str(error), seconds=seconds, is_plain=bool(plain))
    assert trial is not None, "the stream ends with Finished or Interrupted"
    if not (trial.failed and plain):  # without the recipe as it is there is no search; it is tried again
        record.write(search, key, trial, stamp)
    if finished and trial.is_whole:  # of the others nobody asks what the best of them is worth
        keep_answers(job.folder, finished, job.measure(trial.metrics))
    yield trial


def _refuse_without_validation(event: Opened) -> None:
    """Raise DataError before anything is trained."""
    if not len(event.data.validation):
        raise DataError(
            tr(
                "There is no validation split to judge trials on, and the test split is not for choosing. Write split.validation=0.2, "
                "or give data that brings a validation split."
            )
        )


def refuse_unjudged(metrics: Mapping[str, float], by: str | None) -> None:
    """Raise DataError where nothing that trials are judged by was measured, or not what was asked for."""
    measures = [name for name in MEASURES if name in metrics]
    if not measures:
        raise DataError(
            tr(
                "The validation split is not measured in this training, so trials cannot be ranked: its task has no score there."
            )
        )
    if by is not None and by not in measures:
        raise DataError(tr("These trials have no {by}; they have {measures}.", by=by, measures=", ".join(measures)))


def _next(events: Generator[Event, Answer, None], answer: Answer) -> Event | None:
    """The next event, or None after the last. Inside, English is spoken: why a trial failed is kept."""
    with in_english():
        try:
            return events.send(answer)
        except StopIteration:
            return None


def _course(job: Job, run: Path, last: int) -> dict[int, float]:
    """What a run that is gone on with was judged by after each of its epochs so far; what its history has more is trained again."""
    lines = [line for line in read_history(run) if "penalty" not in line]
    by = job.measure(lines[0]) if lines else ""
    return {line["epoch"]: float(line[by]) for line in lines if by in line and line["epoch"] <= last}


def _judged(
    event: Finished, number: int, settings: dict[str, str], seconds: float, why: str, course: dict[int, float]
) -> Trial:
    """What validation said of the epoch whose weights the run ends with."""
    run = event.run
    line = run.history[(event.best_epoch or len(run.history)) - 1]
    metrics = {name: float(value) for name, value in line.items() if name in MEASURES}
    examples = int(run.data["split"]["examples"].get("validation", 0))
    epochs, training = len(run.history), run.recipe.training
    planned, stopped = epochs, ""
    if training.steps and training.replanned and training.replanned[-1] == (training.steps, training.steps):
        planned = max(epochs, round(epochs * training.replanned[0][1] / training.steps))
        stopped = why or said("stopped after epoch {epoch} of {epochs}", epoch=epochs, epochs=planned)
    along = tuple(course[epoch] for epoch in sorted(course) if epoch <= epochs)
    return Trial(
        number, settings, metrics, epochs, round(seconds, 3), run.name, examples, "", False, stopped, planned, along
    )


def values_of(recipe: Recipe, names: Iterable[str]) -> dict[str, str]:
    """What a resolved recipe has for settings, as it is typed; those that it has."""
    found = {name: value_of(recipe, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def drop_checkpoints(folder: Path, trial: Trial) -> None:
    """What a trial needs to be trained further is several times its weights, and only the best will be: the others' goes."""
    run = folder / "runs" / trial.run
    if trial.run and (run / "manifest.json").exists() and (run / "checkpoint").is_dir():
        shutil.rmtree(run / "checkpoint")
        write_manifest(run)
