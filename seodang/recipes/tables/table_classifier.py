"""Our own recipe for rows of a table and a class to each."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def table_classifier() -> Recipe:
    """House recipe for a class by row: eight small networks that share their weights, numbers in bins; seconds on a CPU.

    TabM-mini (Gorishniy et al., 2024, https://arxiv.org/abs/2410.24210) with piecewise-linear numbers (Gorishniy et al., 2022,
    https://arxiv.org/abs/2203.05556) and a vector for each category. It trains for a fixed number of passes with a falling rate
    and keeps the last weights: a validation split of fifty rows stops too early or too late. The report has boosted trees
    beside it, and says where they win. Measured: benchmarks/tables.md; what was tried and did not help stands in LOG.md.
    """
    return Recipe(
        name="table-classifier",
        task="classify",
        model=Part(name="tabm"),
        training=Training(optimizer="adamw", learning_rate=3e-3, weight_decay=3e-4, schedule="cosine"),
    )
