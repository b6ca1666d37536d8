"""What judges is not like what trains: a simple model tells them apart by their looks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.data.encode_series import SeriesEncoding
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import PENALTY, features, form, out_of_fold, some
from seodang.diagnoses.diagnosis import CARE, WORSE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import roc_auc_interval
from seodang.evaluation.naming import many, one

# Lower end of the 95 % interval of how often a model tells which of a training and a test example is which (0.5: it cannot; Lopez-Paz
# and Oquab, 2017, https://arxiv.org/abs/1610.06545). The limit is chosen, not measured.
TOLD = 0.6
MOST, LEAST = 2_000, 50
# Of a series, the share of test values beyond all that training had. Of values in no order it is 2 / (N + 1).
BEYOND = 0.25
# Networks that see a window measured from its last value: they answer alike at any level.
FROM_LAST = ("nlinear",)


def shift(case: Case) -> Iterator[Diagnosis]:
    """What judges is not like what trains: a simple model tells them apart by their looks. Labels are not looked at."""
    case.costs()
    if not isinstance(case.opened, Source) and case.purpose.form == "series":
        yield from _beyond(case)
        return
    kind = form(case)
    if case.prepared is None:
        given = {"train", "test"} <= set(case.splits.tolist())
    else:
        given = "test" in case.prepared.division.given
    if not given:
        return  # drawn at random: nothing can be told but by chance
    train, test = (some(np.flatnonzero(case.splits == name), MOST) for name in ("train", "test"))
    if min(len(train), len(test)) < LEAST:
        raise NotChecked(tr("Shift cannot be told by {count} examples.", count=min(len(train), len(test))))
    rows = np.concatenate([train, test])
    later = np.repeat(np.array([0, 1]), [len(train), len(test)])
    scores = out_of_fold(features(case, rows), later, PENALTY[kind])[:, 1]
    low, high = roc_auc_interval(later, scores)
    if low < TOLD:
        return
    told = (low + high) / 2
    yield Diagnosis(
        tr("The test split is not like the training split."),
        tr(
            "By looks alone a linear model tells which of a training and a test {noun} is which {told:.0f} % of "
            "the time (95 % interval {low:.0f}–{high:.0f}, by chance 50; {train:,} and {test:,} {nouns}).",
            noun=one(case.noun),
            nouns=many(case.noun),
            told=100 * told,
            low=100 * low,
            high=100 * high,
            train=len(train),
            test=len(test),
        ),
        tr(
            "The score holds for examples like the test split's; validation, drawn from training, looks better than it."
        ),
        tr("Find what differs (people, camera, time, source); add training examples like the test's, or divide anew."),
        grade(WORSE, 2 * (told - 0.5)),
        {"auc": told, "interval": [low, high], "train": len(train), "test": len(test)},
    )


def _beyond(case: Case) -> Iterator[Diagnosis]:
    """Values after training that lie beyond all that training had."""
    data = case.encoded
    encoding = data.encoding
    assert isinstance(encoding, SeriesEncoding), "a series"
    if len(data.test) < 20:
        return
    values = encoding.values(data.source, (encoding.target,))[:, 0]
    first = data.division.test - 1  # the last value that the network sees: nothing of what is judged is looked at
    seen = values[data.division.train - 1]
    seen = seen[np.isfinite(seen)]
    late = values[first][np.isfinite(values[first])]
    beyond = float(((late < seen.min()) | (late > seen.max())).mean())
    if beyond < BEYOND:
        return
    is_from_last = case.run is not None and case.run.recipe.model.name in FROM_LAST
    yield Diagnosis(
        tr("{target} goes where training never was.", target=encoding.target),
        tr(
            "{beyond:.0f} % of the {count:,} test windows end beyond all that training had ({least} to {most}; "
            "test: {test_least} to {test_most}).",
            beyond=100 * beyond,
            count=len(late),
            least=short(float(seen.min())),
            most=short(float(seen.max())),
            test_least=short(float(late.min())),
            test_most=short(float(late.max())),
        ),
        tr(
            "This network measures from the last value, so the level itself does no harm; another way of moving than in training does."
        )
        if is_from_last
        else tr("A network answers well between what it has seen, not beyond it; tanh and sigmoid are flat there."),
        tr("Look at how the error grows over the test stretch, and train again nearer to what is to be foretold.")
        if is_from_last
        else tr(
            "Foretell changes instead of values, measure each window from its last value (model nlinear), or train "
            "nearer to the test."
        ),
        grade(CARE if is_from_last else WORSE, beyond),
        {"beyond": beyond, "windows": len(late)},
    )
