"""A class is rare, and it is the one that suffers."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr, trn
from seodang.core.numbers import percent
from seodang.core.sentences import shown
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import labels_of
from seodang.diagnoses.diagnosis import CARE, WORSE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import wilson

# A class this many times rarer than the largest is rare (as data/findings.py: 10, 5 where there are two).
RARE, RARE_OF_TWO = 10, 5


def _counts(case: Case) -> dict[str, int]:
    labels, classes = labels_of(case)
    return {name: int((labels == place).sum()) for place, name in enumerate(classes)}


def imbalance(case: Case) -> Iterator[Diagnosis]:
    """A class is rare, and it is the one that suffers; of data alone, that it is rare."""
    if case.run is None:
        for finding in case.found("imbalance"):
            yield Diagnosis(
                shown(finding["what"]),
                shown(finding["evidence"]),
                shown(finding["why"]),
                shown(finding["todo"]),
                grade(CARE, 0.5),
                _counts(case),
            )
        return
    report = case.own_report
    if report.get("main", "accuracy") != "accuracy" or "per_class" not in report:
        raise NotChecked
    counts = case.trained.data.get("counts", {}).get("train", {})
    most = max(counts.values(), default=0)
    limit = RARE_OF_TWO if len(counts) == 2 else RARE
    accuracy = report["intervals"]["accuracy"][0]
    suffer = []
    for row in report["per_class"]:
        number = counts.get(row["class"], 0)
        if not number or not row["support"] or most < limit * number:
            continue
        # Found less often than things are told rightly over all, beyond the intervals of both.
        if wilson(round(row["recall"] * row["support"]), row["support"])[1] < accuracy:
            suffer.append((row["recall"], row["class"], number, row["support"]))
    if not suffer:
        return
    suffer.sort()
    told = ", ".join(
        tr(
            "{name} ({recall:.0f} % of {support} found, {number:,} in training)",
            name=name,
            recall=100 * recall,
            support=support,
            number=number,
        )
        for recall, name, number, support in suffer[:3]
    )
    yield Diagnosis(
        trn("{count} rare class is overlooked.", "{count} rare classes are overlooked.", len(suffer)),
        tr(
            "{classes}; the largest class has {most:,}, and {accuracy} are right over all.",
            classes=told,
            most=most,
            accuracy=percent(report["metrics"]["accuracy"], report["judged"]["examples"]),
        ),
        tr("Accuracy hides it: a network that prefers the large class looks good."),
        tr("Train with training.class_weights=balanced, collect more of them, and judge by balanced accuracy.")
        if case.trained.recipe.training.class_weights == "none"
        else tr("Collect more of them, and judge by balanced accuracy."),
        grade(WORSE, 1 - suffer[0][0]),
        {
            "classes": {name: {"recall": recall, "training": number} for recall, name, number, _ in suffer},
            "largest": most,
        },
    )
