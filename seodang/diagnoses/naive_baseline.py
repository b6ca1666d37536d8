"""Something much simpler does as well, or better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.core.numbers import percent, short
from seodang.data.encode_series import SeriesEncoding
from seodang.diagnoses.case import LEVEL, Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, NotChecked, grade
from seodang.evaluation.amounts import losses, nearer
from seodang.evaluation.naming import METHODS, method, metric, split_name
from seodang.evaluation.row_baselines import series_baselines
from seodang.evaluation.verdict import chance

LEAST_WINDOWS = 50


def naive_baseline(case: Case) -> Iterator[Diagnosis]:
    """Something much simpler does as well, or better: by the report's paired tests; of a series alone, keeping the last value."""
    if case.run is None:
        yield from _random_walk(case)
        return
    report = case.own_report
    main = report.get("main", "accuracy")
    beaten = [name for name in case.beaten_by if name in METHODS]
    if not beaten or main not in report["metrics"]:
        return
    own, lower = report["metrics"][main], main != "accuracy"
    best = min(beaten, key=lambda name: report["baselines"][name][main] * (1 if lower else -1))
    each = report["baselines"][best]
    test = each.get("network_against_it", {"p_value": 0.0, "difference": -1.0})  # of tokens there is no paired test
    worse = test["p_value"] < LEVEL and test["difference"] < 0
    count = report["judged"]["examples"]
    figures = [short(value) if lower else percent(value, count) for value in (own, each[main])]
    told = {"metric": metric(main), "own": figures[0], "other": figures[1]}
    told |= {"examples": count, "split": split_name(report["split"])}
    walk = best == "last value" and all(report["baselines"][n][main] >= each[main] for n in report["baselines"])
    yield Diagnosis(
        tr("The network is worse than {name}.", name=method(best))
        if worse
        else tr("The network is not shown to be better than {name}.", name=method(best)),
        tr("{metric} {own} against {other} on {examples:,} {split} examples ({p}).", p=chance(test["p_value"]), **told)
        if "network_against_it" in each
        else tr("{metric} {own} against {other} on {examples:,} {split} examples.", **told),
        tr("Nothing here does better than keeping the last value: the past of this series says no more than that.")
        if walk
        else tr("What is simpler is cheaper, faster and easier to explain; a network has to be better to be worth it."),
        tr("Use the last value, foretell changes instead of values, or find columns that say more than the past.")
        if walk
        else tr(
            "Look at the other findings for why it learnt no more than that; until then it is worth no more than the guess."
        )
        if best == "naive"
        else tr(
            "Train longer, or on more pairs: it does not yet know how sentences of the other language go, let alone what they say."
        )
        if case.trained.recipe.task == "translate"
        else tr("Use {name}, or look at the other findings for why the network falls short.", name=method(best)),
        grade(USELESS, 0.95 if worse or best == "naive" else 0.4),
        {main: own, "baseline": best, "baseline_score": each[main], "p_value": test["p_value"]},
    )


def _random_walk(case: Case) -> Iterator[Diagnosis]:
    """Whether a linear model of the window foretells a series better than its last value does, on what comes after training.

    The test split stays closed: it is asked on validation, else on the last fifth of the training windows.
    """
    data = case.encoded
    encoding: Any = data.encoding
    assert isinstance(encoding, SeriesEncoding), "a series"
    judged, rows = data.validation, data.division.validation
    if len(judged) < LEAST_WINDOWS:
        raise NotChecked(
            tr(
                "Only {count} windows stand in validation; {needed} are needed to see whether anything beats "
                "the last value.",
                count=len(judged),
                needed=LEAST_WINDOWS,
            )
        )
    found = series_baselines(data, judged, data.source, rows)
    targets = judged.labels.numpy().astype(np.float64)
    lag = max(encoding.facts.horizon - 1, int(np.ceil(len(targets) ** (1 / 3))))
    error = {name: losses(targets, guess.answers, "mse") for name, guess in found.items()}
    test = nearer(error["last value"], error["linear"], lag)
    others = [name for name in error if name != "last value"]
    # No one of them is nearer than the last value, and the linear model is not beyond chance either.
    if any(error[name].mean() < error["last value"].mean() for name in others) or (
        test["p_value"] < LEVEL and test["difference"] > 0
    ):
        return
    own, linear = (float(np.sqrt(error[name].mean())) for name in ("last value", "linear"))
    yield Diagnosis(
        tr("Nothing beats the last value of {target}.", target=encoding.target),
        tr(
            "Root mean squared error over {count:,} validation windows: keeping the last value {own}, a linear "
            "model on the last {window} steps {linear} ({p}).",
            count=len(targets),
            own=short(own),
            window=encoding.window,
            linear=short(linear),
            p=chance(test["p_value"]),
        ),
        tr("A forecast drawn beside the truth will look good, because it follows a step late; it foretells nothing."),
        tr(
            "Keep the last value as the one to beat, foretell changes instead of values, or find columns that "
            "say more than the past."
        ),
        grade(USELESS, 0.9),
        {"last_value_rmse": own, "linear_rmse": linear, "p_value": test["p_value"], "windows": len(targets)},
    )
