"""Which settings mattered most in a search: functional analysis of variance, by Optuna, with how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seodang.tuning.propose import distribution, optuna, place_of
from seodang.tuning.space import Range, Space
from seodang.tuning.trial import MEASURES, Trial

# Of fewer trials nothing is said. Resampled so often, with so many trees each.
LEAST_TRIALS, RESAMPLES, TREES = 10, 40, 12


@dataclass(frozen=True)
class Weight:
    """How much of what a forest makes of the trials is one setting's doing, 0 to 1; all settings' sum to 1.

    low, high: the middle 90 % of it when the trials are resampled.   first: how often it is then the first of all, 0 to 1.
    """

    name: str
    share: float
    low: float
    high: float
    first: float


def weights(space: Space, trials: Sequence[Trial], by: str, seed: int = 0) -> list[Weight]:
    """The settings, the weightiest first; none where there is only one, too few trials were trained to their end, or all of these have
    one score.

    Hutter, Hoos and Leyton-Brown, 2014, http://proceedings.mlr.press/v32/hutter14.html: a random forest foretells the score from the
    settings, and the variance of what it says is divided among them. Ranges are taken on the scale that they were tried on.
    """
    seen = [trial for trial in trials if trial.is_whole and _inside(space, trial)]
    if len(space) < 2 or len(seen) < LEAST_TRIALS or _all_tie(seen, by):
        return []
    generator = np.random.default_rng(seed)
    with optuna() as library:
        whole = _shares(library, space, seen, by, seed)
        drawn = []
        for _ in range(RESAMPLES):
            chosen = [seen[place] for place in generator.integers(len(seen), size=len(seen))]
            drawn.append(_shares(library, space, chosen, by, seed))
    table = np.array(drawn)  # (resamples, settings)
    is_most = table == table.max(axis=1, keepdims=True)
    firsts = is_most[is_most.sum(axis=1) == 1].sum(axis=0) / RESAMPLES  # where several are the most, none is the first
    lows, highs = np.percentile(table, [5, 95], axis=0)
    found = [
        Weight(name, float(share), float(low), float(high), float(first))
        for name, share, low, high, first in zip(space, whole, lows, highs, firsts, strict=True)
    ]
    return sorted(found, key=lambda one: -one.share)


def _inside(space: Space, trial: Trial) -> bool:
    return all(place_of(one, trial.settings.get(name)) is not None for name, one in space.items())


def _all_tie(trials: Sequence[Trial], by: str) -> bool:
    return len({trial.metrics[by] for trial in trials}) < 2


def _shares(library: Any, space: Space, trials: Sequence[Trial], by: str, seed: int) -> list[float]:
    """Of each setting; equal ones where the trials, or what the forest makes of them, do not vary."""
    equal = [1 / len(space)] * len(space)
    if _all_tie(trials, by):
        return equal
    study = library.create_study(direction="maximize" if MEASURES[by] else "minimize")
    unit = library.distributions.FloatDistribution(0, 1)
    kinds = {name: unit if isinstance(one, Range) else distribution(library, one) for name, one in space.items()}
    for trial in trials:
        places = {name: _on_scale(one, trial.settings[name]) for name, one in space.items()}
        study.add_trial(library.trial.create_trial(params=places, distributions=kinds, value=trial.metrics[by]))
    forest = library.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=seed)
    try:
        found = library.importance.get_param_importances(study, evaluator=forest, params=[*space])
    except RuntimeError:  # "zero total variance in all trees": each tree happened to draw trials that tie
        return equal
    return [found[name] for name in space]


def _on_scale(one: Any, text: str) -> Any:
    place = place_of(one, text)
    if not isinstance(one, Range):
        return place
    along = math.log if one.log else float
    return (along(place) - along(one.low)) / (along(one.high) - along(one.low))
