"""Lab L50: principal components by gradient descent."""

from __future__ import annotations

from seodang.data.reading import Columns
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def linear_autoencoder() -> Recipe:
    """L50: two dense layers without activation, 3-2-3, find the plane that points in space lie near, as PCA does.

    The notes: 100 points in three dimensions near a plane, 3 → 2 → 3 linear, squared distance, SGD with rate 0.1, 200 epochs
    (Keras' batch of 32). 8 + 9 parameters. Another 100 points of the same making are there to judge by. The plane is PCA's; the
    axes on it are not, for any two directions on the plane do as well (Baldi & Hornik, 1989,
    https://doi.org/10.1016/0893-6080(89)90014-2).
    Measured: docs/generative.md.
    """
    settings = {"encoder": [{"dense": 2}], "decoder": [{"dense": "outputs"}]}
    return Recipe(
        name="linear-autoencoder",
        data="near-plane",
        task="reconstruct",
        loss="mse",
        model=Part(name="autoencoder", settings=settings),
        columns=Columns(numbers="none"),
        split=Split(validation=0),
        training=Training(epochs=200, batch_size=32, optimizer="sgd", learning_rate=0.1, log_every=20),
    )
