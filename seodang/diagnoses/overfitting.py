"""Training examples are remembered far better than new ones are read."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import WORSE, Diagnosis, grade
from seodang.evaluation.naming import many, split_name
from seodang.evaluation.verdict import OVERFITTED

# A network fits what it trains on a little better than what it does not, and that is no fault: breast-cancer 3.5 points, wine 3.7,
# iris 7.8 of 23 (LOG.md). So more than these points, and less than one time in a hundred by chance.
POINTS, LEVEL = 5, 0.01
# An amount's training error this many times smaller than the lower end of the interval of the judged one: diabetes 1.1, auto-mpg 0.7.
TIMES = 2.0


def overfitting(case: Case) -> Iterator[Diagnosis]:
    """Training examples are remembered far better than new ones are read."""
    report, last = case.own_report, case.history[-1]
    if report.get("main", "accuracy") == "accuracy":
        remembered, score = last.get("accuracy"), report["metrics"]["accuracy"]
        # The verdict's rule (beyond the interval, and by more than its few points), and the stricter one above.
        if remembered is None or remembered <= report["intervals"]["accuracy"][1]:
            return
        gap = 100 * (remembered - score)
        if gap <= max(OVERFITTED, POINTS) or _by_chance(case, remembered, score) >= LEVEL:
            return
        evidence = tr(
            "Right on {remembered:.1f} % of the training {nouns} and on {score:.1f} % of {split}: {gap:.1f} points apart.",
            remembered=100 * remembered,
            nouns=many(case.noun),
            score=100 * score,
            split=split_name(report["split"]),
            gap=gap,
        )
        numbers, size = {"training_accuracy": remembered, "accuracy": score, "points": round(gap, 2)}, gap / 40
    elif report["task"] == "regress" and last.get("mae"):
        error, low = report["metrics"]["mae"], report["intervals"]["mae"][0]
        if low < TIMES * last["mae"]:
            return
        evidence = tr(
            "Off by {mae:.4g} on training rows and by {error:.4g} on {split} ({times:.1f} times).",
            mae=last["mae"],
            error=error,
            split=split_name(report["split"]),
            times=error / last["mae"],
        )
        numbers, size = {"training_mae": last["mae"], "mae": error}, error / last["mae"] / 20
    else:
        return
    if best := _best(case):
        rose = tr(
            "The validation loss was lowest after epoch {best} of {count} and rose after it.",
            best=best,
            count=len(case.history),
        )
        evidence = f"{evidence} {rose}"
        numbers["best_epoch"] = best
    yield Diagnosis(
        tr("The network learnt its training examples by heart."),
        evidence,
        tr("What it knows of them does not hold for new ones; longer training makes it worse, not better."),
        _todo(case, best),
        grade(WORSE, size),
        numbers,
    )


def _by_chance(case: Case, remembered: float, score: float) -> float:
    """How probable so large a difference is where both are equally well known: Fisher's exact test, one-sided."""
    from scipy.stats import fisher_exact

    trained, judged = case.trained.data["split"]["examples"]["train"], case.report["judged"]["examples"]
    rows = [[round(share * of), of - round(share * of)] for share, of in ((remembered, trained), (score, judged))]
    return float(fisher_exact(rows, alternative="greater")[1])  # pyright: ignore[reportArgumentType]


def _best(case: Case) -> int | None:
    """The epoch of the lowest validation loss, where the loss rose by a tenth after it."""
    losses = [line["validation_loss"] for line in case.history if "validation_loss" in line]
    if not losses or losses[-1] < 1.1 * min(losses):
        return None
    return losses.index(min(losses)) + 1


def _todo(case: Case, best: int | None) -> str:
    recipe = case.trained.recipe
    steps = []
    if case.noun == "picture" and not recipe.augmentation.is_on:
        steps.append(tr("Vary the pictures (augmentation.rotation=10 augmentation.zoom=0.1)."))
    if best and recipe.training.keep != "best":
        steps.append(tr("Keep the best epoch (training.keep=best; it was {best}).", best=best))
    if not recipe.training.weight_decay:
        steps.append(tr("Add training.weight_decay=0.01 (with adamw) or dropout."))
    steps.append(tr("Take a smaller network, or more examples."))
    return " ".join(steps[:3])
