"""Lab L10: the same, deeper."""

from __future__ import annotations

from typing import Any

from seodang.recipes.images.cnn_basic import cnn_basic
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part


def cnn_deep() -> Recipe:
    """L10: six convolutions in three pairs, on 8×8 digits; needs pictures of 8×8 or more.

    The notes: 6 × Conv 50 3×3 same relu with a MaxPool 2 after each pair, Dense 50 with He's normal initialisation,
    softmax; otherwise as cnn-basic. Three pools leave 1×1 of 8×8, so smaller pictures do not fit.
    Measured: see README.
    """
    convolution: list[Any] = [{"conv": {"filters": 50, "kernel": 3, "padding": "same"}}, "relu"]
    layers = [
        *3 * [*2 * convolution, {"max_pool": 2}],
        *["flatten", {"dense": {"units": 50, "init": "he_normal"}}, "relu", {"dense": "outputs"}],
    ]
    return cnn_basic().model_copy(update={"name": "cnn-deep", "model": Part(settings={"layers": layers})})
