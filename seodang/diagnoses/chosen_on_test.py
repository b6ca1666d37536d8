"""So many runs were judged on one test split that the best of them looks better than it is."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, UNTRUE, Diagnosis, grade
from seodang.evaluation.opened import count
from seodang.evaluation.verdict import points

# Expected largest of k normal values, in standard errors (Harter, 1961, https://doi.org/10.1093/biomet/48.1-2.151), from two runs on.
LARGEST = (0.564, 0.846, 1.029, 1.163, 1.267, 1.352, 1.424, 1.485, 1.539)
# From four runs on the best of equals is expected above its true score by more than a standard error, half the interval's half.
MANY = 4


def chosen_on_test(case: Case) -> Iterator[Diagnosis]:
    """So many runs were judged on one test split that the best of them looks better than it is."""
    report = case.own_report
    examples, main = report["judged"]["examples"], report.get("main", "accuracy")
    chose = case.trained.recipe.training
    if report["split"] == "validation" and (chose.keep == "best" or chose.patience is not None):
        yield Diagnosis(
            tr("The score is of the split that chose the epoch."),
            tr(
                "There is no test split; the best of {count} epochs by {monitor} on {examples:,} validation examples "
                "is judged on the same.",
                count=len(case.trained.history),
                monitor=chose.monitor,
                examples=examples,
            ),
            tr("The best of many looks better than it is, by luck."),
            tr("Keep a test split apart: a folder or file named test.")
            if "validation" in case.trained.data.get("split", {}).get("given", ())
            else tr("Keep a test split apart: split.test=0.15, or a folder or file named test."),
            grade(UNTRUE, 0.1),
            {"epochs": len(case.trained.history), "examples": examples},
        )
        return
    if report["split"] != "test":
        return
    found = count(case.trained.folder, report["judged"]["sha256"], main)
    if found["runs"] < MANY:
        return
    bias = LARGEST[min(found["runs"] - 2, len(LARGEST) - 1)]
    if (bounds := report["intervals"].get(main) or report["intervals"].get("mae")) is None:
        return
    low, high = bounds
    optimism = bias * (high - low) / 3.92
    told = {"times": found["times"], "runs": found["runs"]}
    yield Diagnosis(
        tr("The test split was opened by {runs} runs.", runs=found["runs"]),
        tr(
            "{times} times in all; the best of {runs} equally good runs is expected to look about {optimism} points better "
            "than it is.",
            optimism=points(optimism, examples),
            **told,
        )
        if main == "accuracy"
        else tr(
            "{times} times in all; the best of {runs} equally good runs is expected to look about {optimism:.3g} better than it "
            "is.",
            optimism=optimism,
            **told,
        ),
        tr("Choosing by the test split makes it a training split: the score of the chosen run is too good."),
        tr("Choose by validation (seodang tune does), and judge the chosen run once on examples that no run has seen."),
        grade(CARE, found["runs"] / 20),
        {**found, "optimism": round(optimism, 5)},
    )
