"""An amount by row in a second: a small network whose numbers go in by bins."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def table_regressor_quick() -> Recipe:
    """An amount by row for a first look: one hidden layer of 64 on numbers in bins, about a second for 20,000 rows.

    How far an amount fills the bins of its column (Gorishniy et al., 2022, https://arxiv.org/abs/2203.05556) is most of what a table
    asks of a network, so a small one learns it in a few hundred steps: on california-housing 250 of them are better than the 50 epochs of
    the lab's network (`table-regression`). `table-regressor`, which trains eight larger ones, is better and slower.
    Measured: benchmarks/results.md.
    """
    return Recipe(
        name="table-regressor-quick",
        task="regress",
        loss="mse",
        model=Part(name="mlp", settings={"hidden": [64], "numbers": "ple", "dropout": 0.0}),
        training=Training(optimizer="adamw", learning_rate=0.02, weight_decay=3e-4, schedule="one_cycle"),
    )
