"""A search: trial after trial, each proposed from those before it, until there are enough or the time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import median

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.core.sentences import shown
from seodang.runs.events import Answer, Interrupted, Leave
from seodang.runs.folder import read_recipe
from seodang.tuning.hopeless import hopeless
from seodang.tuning.propose import propose
from seodang.tuning.space import Space, read_space
from seodang.tuning.trial import Job, OtherData, Record, Trial, Trying, digest, train_trial, values_of


@dataclass(frozen=True)
class Search:
    """What will be searched, and for how long; what stands before the first trial. stops: whether hopeless trials are stopped early."""

    space: Space
    trials: int | None
    minutes: float | None
    seed: int
    stops: bool


@dataclass(frozen=True)
class Over:
    """The search has ended before its trials were tried: why, a sentence."""

    why: str


def search_stream(
    job: Job, record: Record, asked: Search, varied: Mapping[str, str | list[str]]
) -> Iterator[Trial | Trying | OtherData | Interrupted | Over]:
    """Try combinations of a space. The first trial is the recipe as it is; after it a search knows what it has to beat."""
    started, spent, found = time.perf_counter(), list[float](), list[Trial]()
    plain = {"job": job.key({}), "space": {name: repr(one) for name, one in asked.space.items()}, "by": job.by}
    search = digest({**plain, "seed": asked.seed, "stops": asked.stops})
    budget = None if asked.minutes is None else 60 * asked.minutes

    def over(ahead: float = 0.0) -> bool:  # the first trial runs to its end
        return budget is not None and bool(found) and time.perf_counter() - started + ahead > budget

    def ask(epoch: int | None, epochs: int, course: dict[int, float]) -> Answer:
        if over():
            return Leave()
        by = job.measure(found[0].metrics) if found else ""
        if epoch is None or not asked.stops or not by:
            return None
        return hopeless(epoch, epochs, course, found, by)

    def usable(trial: Trial | None) -> Trial | None:  # a recipe that failed as it is is tried again
        return None if trial and trial.failed and not found else trial

    while asked.trials is None or len(found) < asked.trials:
        number, begun = len(found) + 1, time.perf_counter()
        trial = usable(record.searched(search, number))
        if trial is None:
            some = propose(asked.space, found, job.measure(found[0].metrics), asked.seed) if found else {}
            if some is None:
                yield Over(tr("All combinations that there are were tried."))
                return
            trial = usable(record.whole(job.key(some), number, some))
            if over(median(spent) if spent and trial is None else 0.0):
                yield Over(f"{_time_is_over(asked)} {tr('The same command goes on from here.')}")
                return
            if trial is not None:
                trial = trial if found else _as_plain(job, trial, asked.space)
                record.write(search, job.key(some), trial, record.now(some))
            else:
                is_new = record.begun(search, job.key(some), some) is None
                names = () if found else tuple(asked.space)
                for event in train_trial(job, record, number, some, search=search, plain=names, ask=ask):
                    if isinstance(event, Trial):
                        trial = event
                    elif not isinstance(event, Interrupted):
                        yield event
                    elif event.signal:
                        yield event
                        return
                if trial is None:
                    on_the_way = tr("Trial {number} is on its way; the same command goes on with it.", number=number)
                    yield Over(f"{_time_is_over(asked)} {on_the_way}")
                    return
                if is_new and not trial.failed:  # of one that was gone on with only a part was trained
                    spent.append(time.perf_counter() - begun)
        if not found and trial.failed:
            raise RunError(tr("The recipe as it is cannot be trained: {failed}", failed=shown(trial.failed)))
        if not found and job.recipe is None:  # now it is known which network the data got
            read_space(varied, read_recipe(job.folder / "runs" / trial.run), job.fixed)
        found.append(trial)
        yield trial


def _time_is_over(asked: Search) -> str:
    return tr("{minutes:g} minutes are over.", minutes=asked.minutes)


def _as_plain(job: Job, trial: Trial, space: Space) -> Trial:
    """A trial of before that is the recipe as it is, with the values that the recipe has."""
    run = job.folder / "runs" / trial.run
    settings = values_of(read_recipe(run), space) if (run / "recipe.yaml").exists() else {}
    return replace(trial, settings=settings, is_plain=True)
