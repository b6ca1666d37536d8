"""Forecasts of several series, series by series: the mean over all of them says little of the small ones."""

# N windows · H steps ahead
from __future__ import annotations

from typing import Any

import numpy as np

from seodang.evaluation.amounts import amount_metrics, rounded, skill
from seodang.evaluation.metrics import Numbers

TOLD = 20  # series, those first on which the network is worst beside a simple forecast


def by_series(
    series: list[str], targets: Numbers, predicted: Numbers, simple: dict[str, Numbers], loss: str
) -> dict[str, Any] | None:
    """How far off each series' forecasts are, beside a simple forecast; None of a single series, or with nothing beside it.

    Args:
        series: (N,) which series each window is of.   targets, predicted: (N, H), in the target's unit.
        simple: Answers (N, H) by the name of a simple method. The one is taken that is nearer than the others on most series.
        loss: What the network was trained by; of mse errors are roots of mean squares, else mean distances.

    Returns:
        method: the name of the simple forecast.   count: of series.   better: on how many of them the network is nearer.
        rows: for each of the 20 with the least skill series, windows, error, simple_error, skill (1 perfect, below 0 worse).

    >>> truth = np.array([[1.0], [100.0]])
    >>> found = by_series(["a", "b"], truth, truth + 5, {"last value": truth + np.array([[1.0], [50.0]])}, "huber")
    >>> found["better"], found["rows"][0]
    (1, {'series': 'a', 'windows': 1, 'error': 5.0, 'simple_error': 1.0, 'skill': -4.0})
    """
    names, which = np.unique(np.array(series, str), return_inverse=True)
    if len(names) < 2 or not simple:
        return None
    parts = [np.flatnonzero(which == place) for place in range(len(names))]
    main = "rmse" if loss == "mse" else "mae"
    errors = {
        method: np.array([amount_metrics(targets[part], answers[part])[main] for part in parts])
        for method, answers in simple.items()
    }
    nearest = np.argmin(np.stack(list(errors.values())), axis=0)
    method = list(errors)[int(np.bincount(nearest).argmax())]
    rows = []
    for name, part, other in zip(names.tolist(), parts, errors[method].tolist(), strict=True):
        own = amount_metrics(targets[part], predicted[part])
        rows.append(
            {
                "series": name,
                "windows": len(part),
                "error": rounded(own[main]),
                "simple_error": rounded(other),
                "skill": round(skill(own, {main: other}, loss), 4),
            }
        )
    rows.sort(key=lambda row: row["skill"])
    better = sum(row["error"] < row["simple_error"] for row in rows)
    return {"method": method, "count": len(rows), "better": better, "rows": rows[:TOLD]}
