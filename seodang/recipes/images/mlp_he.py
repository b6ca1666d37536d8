"""Lab L08, first step: where the weights start."""

from __future__ import annotations

from seodang.recipes.images.mlp_sigmoid import mlp_sigmoid
from seodang.recipes.recipe import Recipe


def mlp_he() -> Recipe:
    """L08, step 1: mlp-sigmoid with He's normal initialisation of the weights.

    He's rule (https://arxiv.org/abs/1502.01852) is made for relu; with sigmoids it is somewhat larger than Glorot's,
    which helps a network that hardly moves.
    Measured: see README.
    """
    before = mlp_sigmoid()
    settings = {**before.model.settings, "init": "he_normal"}
    return before.model_copy(update={"name": "mlp-he", "model": before.model.model_copy(update={"settings": settings})})
