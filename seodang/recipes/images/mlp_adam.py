"""Lab L08, third step: the update rule."""

from __future__ import annotations

from seodang.recipes.images.mlp_relu import mlp_relu
from seodang.recipes.recipe import Recipe


def mlp_adam() -> Recipe:
    """L08, step 3: mlp-relu with Adam in place of plain gradient descent, at the same rate of 1e-3.

    Adam divides each step by the size of recent gradients, so that 1e-3 means a step of about 1e-3 for every weight
    (https://arxiv.org/abs/1412.6980); for plain gradient descent the same number is far too small here.
    Measured: see README.
    """
    before = mlp_relu()
    return before.model_copy(
        update={"name": "mlp-adam", "training": before.training.model_copy(update={"optimizer": "adam"})}
    )
