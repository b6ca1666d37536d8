"""Lab L03: convolutions close the gap."""

from __future__ import annotations

from typing import Any

from seodang.recipes.images.asl_mlp import asl_mlp
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part

# Keras' defaults: PyTorch's are a momentum of 0.9 and 1e-5.
BATCH_NORM: dict[str, Any] = {"batch_norm": {"momentum": 0.99, "eps": 0.001}}
POOL: dict[str, Any] = {"max_pool": {"size": 2, "padding": "same"}}


def asl_cnn() -> Recipe:
    """L03: three convolutions with batch norm and dropout read sign-language letters; the gap of L02 closes.

    The notes: Conv 75 3×3 same relu, BatchNorm, MaxPool 2 same; Conv 50, Dropout .2, BatchNorm, MaxPool; Conv 25,
    BatchNorm, MaxPool; Flatten, Dense 512 relu, Dropout .3, softmax 24; RMSprop, batch 32, 20 epochs. 264,049
    parameters, 300 of them not trainable.
    Source: NVIDIA Fundamentals of Deep Learning, notebook 3.
    What the notes had wrong: as in L02, the test split is watched at each epoch; here it is opened once.
    Measured: see README.
    """
    layers = [
        *[{"conv": {"filters": 75, "kernel": 3, "padding": "same"}}, "relu", BATCH_NORM, POOL],
        *[{"conv": {"filters": 50, "kernel": 3, "padding": "same"}}, "relu", {"dropout": 0.2}, BATCH_NORM, POOL],
        *[{"conv": {"filters": 25, "kernel": 3, "padding": "same"}}, "relu", BATCH_NORM, POOL],
        *["flatten", {"dense": 512}, "relu", {"dropout": 0.3}, {"dense": "outputs"}],
    ]
    return asl_mlp().model_copy(update={"name": "asl-cnn", "model": Part(settings={"layers": layers})})
