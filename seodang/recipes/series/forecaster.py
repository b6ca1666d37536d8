"""Our own recipe for time series."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def forecaster() -> Recipe:
    """House recipe for time series: one linear layer from the past to what comes next, measured from the last value (NLinear).

    Zeng et al., 2022, https://arxiv.org/abs/2205.13504: such a layer beats transformers on the usual data. The report has the last
    value and the value a season ago beside it, and says where they win. Measured: see README.
    """
    return Recipe(
        name="forecaster",
        task="forecast",
        loss="mae",
        model=Part(name="nlinear"),
        training=Training(optimizer="adamw", learning_rate=2e-3, schedule="one_cycle", keep="best"),
    )
