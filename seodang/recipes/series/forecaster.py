"""Our own recipe for time series."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def forecaster() -> Recipe:
    """House recipe for time series: one linear layer from the past to what comes next, measured from the last value (NLinear).

    Of several series each window is measured in its own spread, so that large and small ones learn together. Zeng et al., 2022,
    https://arxiv.org/abs/2205.13504: such a layer beats transformers on the usual data. It starts as the last value and is kept as
    it was in the epoch with the least error on validation, so where nothing can be learnt (shares) it stays near the last value. It
    sees four seasons, or one long one (a year of days). Windows, rate, loss and epochs were chosen on the validation parts of ETTh1,
    daily temperatures, flights and AAPL (LOG.md). The report has the last value, the value a season ago and a ridge regression
    beside it, and says where they win. Measured: see README.
    """
    return Recipe(
        name="forecaster",
        task="forecast",
        loss="huber",
        model=Part(name="nlinear", settings={"own_scale": None}),
        training=Training(
            optimizer="adamw",
            learning_rate=4e-3,
            weight_decay=0.01,
            schedule="one_cycle",
            keep="best",
            log_every=10,
        ),
    )
