"""Our own recipe for rows of a table and an amount to each."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.tables.table_classifier import table_classifier


def table_regressor() -> Recipe:
    """House recipe for an amount by row: as table-classifier, with the squared distance; told in the amount's own unit."""
    return table_classifier().model_copy(update={"name": "table-regressor", "task": "regress", "loss": "mse"})
