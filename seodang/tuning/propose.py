"""Which combination is tried next: by Optuna's tree-structured Parzen estimator, from what the trials so far have shown.

What is proposed is a function of the seed, the number of the trial and the trials before it, so that there is no state to keep: a
search that is gone on with proposes what it would have proposed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from seodang.core.errors import SeodangError
from seodang.core.language import tr
from seodang.tuning.grid import MOST, combinations
from seodang.tuning.space import Choices, Range, Space, count
from seodang.tuning.trial import MEASURES, Trial

# So many trials are drawn at random before the estimator is asked.
AT_RANDOM = 10
# So often it is asked for another where a combination was tried before.
ASKED_AGAIN = 20


@contextlib.contextmanager
def optuna() -> Iterator[Any]:
    """Optuna, silent for a while: what it says of its studies is for its own users.

    Raises SeodangError where it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise SeodangError(
            tr(
                "A search needs Optuna, which is not installed: `pip install 'seodang[tune]'`. A grid of values does not."
            )
        ) from None
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield optuna
    finally:
        optuna.logging.set_verbosity(before)


def refuse_without_optuna() -> None:
    """Raise SeodangError, before anything is trained, where Optuna is not installed."""
    with optuna():
        pass


def propose(space: Space, tried: Sequence[Trial], by: str, seed: int) -> dict[str, str] | None:
    """The combination to try after those, as typed; none that was tried. None where all were."""
    known = {_places(space, trial.settings) for trial in tried}
    number = len(tried) + 1
    mixed = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    with optuna() as library:
        sampler = library.samplers.TPESampler(seed=mixed, n_startup_trials=AT_RANDOM, multivariate=True)
        study = study_of(library, space, tried, by, sampler)
        asked = {name: distribution(library, one) for name, one in space.items()}
        for _ in range(ASKED_AGAIN):
            found = study.ask(asked).params
            some = {name: as_typed(one, found[name]) for name, one in space.items()}
            if _places(space, some) not in known:
                return some
    total = count(space)
    if total is None or total > MOST:
        return some  # there are more than can be counted, and one twice does no harm
    every = combinations({name: [*one.values] for name, one in space.items()})
    left = [some for some in every if _places(space, some) not in known]
    return left[int(np.random.default_rng(mixed).integers(len(left)))] if left else None


def _places(space: Space, settings: Mapping[str, str]) -> tuple[Any, ...]:
    """Where a combination stands; 1e-3 and 0.001 are one place."""
    return tuple(place_of(one, settings.get(name)) for name, one in space.items())


def study_of(library: Any, space: Space, tried: Sequence[Trial], by: str, sampler: Any = None) -> Any:
    """The trials as Optuna knows them. One that failed is the worst of all; one that was stopped is known by how far it came."""
    states = library.trial.TrialState
    study = library.create_study(direction="maximize" if MEASURES[by] else "minimize", sampler=sampler)
    asked = {name: distribution(library, one) for name, one in space.items()}
    for trial in tried:
        places = {name: place_of(one, trial.settings.get(name)) for name, one in space.items()}
        if None in places.values():
            continue  # the recipe as it is may lie outside
        more: dict[str, Any] = {"state": states.COMPLETE, "value": trial.metrics.get(by)}
        if trial.failed:
            more = {"state": states.PRUNED}
        elif trial.stopped:
            more = {"state": states.PRUNED, "intermediate_values": dict(enumerate(trial.course, start=1))}
        study.add_trial(library.trial.create_trial(params=places, distributions=asked, **more))
    return study


def distribution(library: Any, one: Range | Choices) -> Any:
    """A range or choices as Optuna knows them. Choices that are numbers are their places in order, so that neighbours are alike."""
    kinds = library.distributions
    if isinstance(one, Choices):
        if one.in_order is None:
            return kinds.CategoricalDistribution(one.values)
        return kinds.IntDistribution(0, len(one.values) - 1)
    if one.whole:
        return kinds.IntDistribution(int(one.low), int(one.high), log=one.log)
    return kinds.FloatDistribution(one.low, one.high, log=one.log)


def as_typed(one: Range | Choices, found: Any) -> str:
    """What Optuna found, as it is typed."""
    if isinstance(one, Range):
        return one.text(found)
    return found if one.in_order is None else one.in_order[found]


def place_of(one: Range | Choices, text: str | None) -> Any:
    """A value as it was typed, as Optuna knows it; None where it lies outside."""
    place = None if text is None else one.place(text)
    if place is None:
        return None
    if isinstance(one, Range):
        return int(place) if one.whole else place
    return place if one.in_order is None else one.in_order.index(str(place))
