"""Lab L08, second step: the bend."""

from __future__ import annotations

from seodang.recipes.images.mlp_he import mlp_he
from seodang.recipes.recipe import Recipe


def mlp_relu() -> Recipe:
    """L08, step 2: mlp-he with relu in place of sigmoid, which lets the gradient through.

    Measured: see README.
    """
    before = mlp_he()
    layers = ["relu" if layer == "sigmoid" else layer for layer in before.model.settings["layers"]]
    settings = {**before.model.settings, "layers": layers}
    return before.model_copy(
        update={"name": "mlp-relu", "model": before.model.model_copy(update={"settings": settings})}
    )
