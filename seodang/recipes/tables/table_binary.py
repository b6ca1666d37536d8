"""Lab L31: one of two classes from a table."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.tables.table_regression import table_regression


def table_binary() -> Recipe:
    """L31: three dense layers (16, 8, 1) and a sigmoid tell two classes of rows apart, in any table.

    The notes: as L30 with a sigmoid and binary cross-entropy; loss and accuracy curves, accuracy score. The sigmoid is in the loss.
    Measured: see README.
    """
    update = {
        "name": "table-binary",
        "data": "pima-indians-diabetes",
        "task": "classify",
        "loss": "binary_cross_entropy",
    }
    return table_regression().model_copy(update=update)
