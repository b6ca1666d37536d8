"""Labels that a model which never saw them contradicts, as surely as it is right elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.finding import share
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import PENALTY, features, form, labels_of, out_of_fold, some
from seodang.diagnoses.diagnosis import WORSE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import wilson
from seodang.evaluation.naming import example

# Where a model is surest it is hardly ever wrong, unless labels are. The surest quarter of the answers is asked: at least so
# many of them must be contradicted (lower end of the 95 % interval), and nearly as often as answers are over all, for mistakes
# of a model get rarer where it is sure and wrong labels do not (the idea of confident learning, Northcutt et al., 2021,
# https://doi.org/10.1613/jair.1.12125). Over the rate of all answers it is 0 on digits,
# breast-cancer and wine, 0.25 on short reviews, 0.54 on titanic; with a tenth of the labels exchanged 0.76, 0.66, 1.1, 0.58, 0.67 (LOG.md).
SUREST, LEAST, RATIO = 0.25, 0.01, 0.65
LEAST_EXAMPLES = 100
# A model that is wrong more than half as often as always answering the commonest class knows too little to contradict anybody: on photos of
# cats and dogs it is wrong in 46 % and as sure of what is wrong as of what is right.
KNOWS = 0.5


def label_noise(case: Case) -> Iterator[Diagnosis]:
    """Labels that a model which never saw them contradicts, as surely as it is right elsewhere."""
    case.costs()
    labels, classes = labels_of(case)
    kind = form(case)
    rows = some(np.flatnonzero((labels >= 0) & np.isin(case.splits, ("train", "all", ""))))
    if len(rows) < LEAST_EXAMPLES:
        raise NotChecked(tr("Wrong labels cannot be told among {count} examples.", count=len(rows)))
    given = labels[rows]
    known, given = np.unique(given, return_inverse=True)
    counts = np.bincount(given)
    if (counts < 2).any():  # of such a class nothing is known out of fold
        stay = counts[given] > 1
        rows, given = rows[stay], np.unique(given[stay], return_inverse=True)[1]
        known = np.unique(labels[rows])
    scores = out_of_fold(features(case, rows), given, PENALTY[kind])
    ordered = np.sort(scores, axis=1)
    margin = ordered[:, -1] - ordered[:, -2]
    against = scores.argmax(1) != given
    surest = np.argsort(-margin, kind="stable")[: max(LEAST_EXAMPLES // 4, int(SUREST * len(rows)))]
    wrong = int(against[surest].sum())
    rate, overall = wrong / len(surest), float(against.mean())
    if overall > KNOWS * (1 - float(np.bincount(given).max() / len(given))):
        raise NotChecked(
            tr(
                "Wrong labels cannot be told: a linear model that did not see them is itself wrong in {overall:.0f} %.",
                overall=100 * overall,
            )
        )
    if wilson(wrong, len(surest))[0] < LEAST or rate < RATIO * overall:
        return
    suspects = surest[against[surest]]
    ids = case.opened.ids
    told = [
        tr(
            "{name} ({given}, rather {other})",
            name=example(ids[rows[i]]),
            given=classes[known[given[i]]],
            other=classes[known[scores[i].argmax()]],
        )
        for i in suspects[:3]
    ]
    yield Diagnosis(
        tr("About {wrong} of the labels seem wrong.", wrong=share(wrong, len(surest))),
        tr(
            "A linear model that did not see them contradicts {wrong:,} of the {count:,} labels it is surest of, "
            "nearly as often as over all ({overall:.0f} %): {examples}.",
            wrong=wrong,
            count=len(surest),
            overall=100 * overall,
            examples="; ".join(told),
        ),
        tr("A network learns wrong labels by heart, and a test split with wrong labels cannot show a better one."),
        tr("Look at these examples and correct their labels (--json lists more)."),
        grade(WORSE, rate * 3),
        {
            "surest": len(surest),
            "contradicted": wrong,
            "rate": rate,
            "overall": overall,
            "examples": [ids[rows[i]] for i in suspects[:50]],
        },
    )
