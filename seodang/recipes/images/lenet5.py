"""Lab L06: LeNet-5."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def lenet5() -> Recipe:
    """L06: LeNet-5 reads handwritten digits (MNIST), some 99 %.

    The notes: Conv 6 5×5 same relu, MaxPool 2; Conv 16 5×5 valid relu, MaxPool 2; Dense 120, 84, 10; Adam (rate 1e-3),
    batch 128, 5 epochs. 61,706 parameters. LeCun et al., 1998, had tanh-like units, trained subsampling and 32×32
    pictures; this is the form that courses teach.
    What the notes had wrong: they validate on the test split; here a tenth of the training digits is kept for that.
    Measured: see README.
    """
    layers = [
        *[{"conv": {"filters": 6, "kernel": 5, "padding": "same"}}, "relu", {"max_pool": 2}],
        *[{"conv": {"filters": 16, "kernel": 5, "padding": "valid"}}, "relu", {"max_pool": 2}],
        *["flatten", {"dense": 120}, "relu", {"dense": 84}, "relu", {"dense": "outputs"}],
    ]
    return Recipe(
        name="lenet5",
        data="mnist",
        model=Part(settings={"layers": layers}),
        preparation=Preparation(height=28, width=28, channels=1, scale="unit"),
        training=Training(epochs=5, batch_size=128, optimizer="adam", learning_rate=1e-3),
    )
