"""The network does not even fit its training examples as well as a simple model reads new ones."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from seodang.core.language import tr
from seodang.data.encode_series import SeriesEncoding
from seodang.diagnoses.case import LEVEL, Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, NotChecked, grade
from seodang.evaluation.naming import split_name

MOST_WINDOWS = 5_000


def underfitting(case: Case) -> Iterator[Diagnosis]:
    """The network does not even fit its training examples as well as a simple model reads new ones.

    No threshold of our own: the training score is below what the simple model reaches on new examples, and on those the
    network is worse beyond chance (p < 0.05, the report's paired test). Of a series the years that train may move more than those
    that judge: there its training error is set beside what keeping the last value has on the same windows.
    """
    if case.trained.recipe.makes_examples:  # PCA is the best that a linear network can do, and no sign of a fault
        raise NotChecked
    report, last = case.own_report, case.history[-1]
    main = report.get("main", "accuracy")
    fitted = last.get(main, last.get("mae") if main == "rmse" else None)
    key = main if main in last else "mae" if main == "rmse" else main
    if fitted is None:
        return
    for name in ("linear", "trees", "last value", "a season ago"):
        each = report["baselines"].get(name)
        if each is None:
            continue
        test = each["network_against_it"]
        if test["p_value"] >= LEVEL or test["difference"] >= 0:
            continue
        split, other = report["split"], each[key]
        if report.get("task") == "forecast":
            if name != "last value" or (kept := _last_values_error(case)) is None:
                continue
            split, other = "train", kept
        if fitted >= other if main == "accuracy" else fitted <= other:
            continue
        words = {
            "linear": tr("a linear model"),
            "trees": tr("boosted trees"),
            "last value": tr("keeping the last value"),
            "a season ago": tr("a season ago"),
        }[name]
        shown = (
            (f"{100 * fitted:.1f} %", f"{100 * other:.1f} %")
            if main == "accuracy"
            else (f"{fitted:.4g}", f"{other:.4g}")
        )
        falling = _still_falling([line["loss"] for line in case.history])
        told = {"own": shown[0], "method": words, "split": split_name(split), "other": shown[1]}
        evidence = (
            tr("Accuracy on training examples {own}; of {method} on {split} {other}.", **told)
            if main == "accuracy"
            else tr("Error on training examples {own}; of {method} on {split} {other}.", **told)
        )
        yield Diagnosis(
            tr(
                "The network has not even learnt its training examples: {method} does better on new ones.", method=words
            ),
            f"{evidence} {tr('The training loss was still falling when it ended.')}" if falling else evidence,
            tr("More examples or less freedom will not help: it is too short, too slow, too small or broken."),
            tr("Train longer: training.epochs={count}.", count=4 * len(case.history))
            if falling
            else tr("Look at the rate and at the gradients first; then a larger network (more units, fewer dropped)."),
            grade(USELESS, abs(fitted - other) if main == "accuracy" else 0.5),
            {"training": fitted, "baseline": name, "baseline_score": other, "still_falling": falling},
        )
        return


def _last_values_error(case: Case) -> float | None:
    """The mean distance of the last value from what comes, on training windows; None where the network is not shown the last value."""
    encoding, train = case.trained.encoding, case.train_data
    if not isinstance(encoding, SeriesEncoding) or encoding.target not in encoding.channels or not len(train):
        return None
    chosen = torch.linspace(0, len(train) - 1, min(MOST_WINDOWS, len(train))).long().unique()
    place = encoding.channels.index(encoding.target)
    last = train.fetch(chosen)[:, -1, place] * encoding.scale[place] + encoding.centre[place]
    return float((train.labels[chosen] - last[:, None]).abs().mean())


def _still_falling(losses: list[float]) -> bool:
    """Whether the last fifth of the epochs still took off more than a twentieth of all that was taken off."""
    if len(losses) < 5:
        return len(losses) < 2 or losses[-1] < losses[-2]
    fall = losses[0] - losses[-1]
    return fall > 0 and losses[-1 - len(losses) // 5] - losses[-1] > 0.05 * fall
