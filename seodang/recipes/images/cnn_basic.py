"""Lab L10: the smallest convolutional network."""

from __future__ import annotations

from seodang.data.prepare import Preparation
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def cnn_basic() -> Recipe:
    """L10: one convolution, one pool, one hidden layer, on 8×8 digits that need no download.

    The notes: any small pictures; Conv 10 3×3 valid relu, MaxPool 2, Flatten, Dense 50 relu, softmax; Adam 1e-3, batch
    50, 20 % validation split. They give no number of epochs; 50 is ours. scikit-learn's digits are the default data:
    `seodang train fashion-mnist cnn-basic` trains the same network on other pictures, in their own size.
    Measured: see README.
    """
    layers = [
        *[{"conv": {"filters": 10, "kernel": 3, "padding": "valid"}}, "relu", {"max_pool": 2}],
        *["flatten", {"dense": 50}, "relu", {"dense": "outputs"}],
    ]
    return Recipe(
        name="cnn-basic",
        data="digits",
        model=Part(settings={"layers": layers}),
        preparation=Preparation(scale="unit"),
        split=Split(validation=0.2),
        training=Training(epochs=50, batch_size=50, optimizer="adam", learning_rate=1e-3, log_every=5),
    )
