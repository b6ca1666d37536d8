"""Lab L32: what one layer cannot do and two can."""

from __future__ import annotations

from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def xor() -> Recipe:
    """L32: two layers (4, 1) learn exclusive or, which no single layer can.

    The notes: a hidden layer 1.5 to 2 times as wide as the inputs, here 4 units for 2 inputs; the first layer bends the plane so
    that the second can divide it with one line. `xor-one-layer` shows what happens without it. The four rows are all there
    is, so nothing is kept apart and the score is on the training rows: this is about what a network can express.
    Measured: 4 of 4 with each of the seeds 0 to 19 (tests/foundations/test_xor_and_moons.py tries some).
    """
    return Recipe(
        name="xor",
        data="xor",
        loss="binary_cross_entropy",
        model=Part(settings={"layers": [{"dense": 4}, "tanh", {"dense": "outputs"}]}),
        split=Split(validation=0, test=0),
        training=Training(epochs=300, batch_size=4, optimizer="adam", learning_rate=0.05, log_every=50),
    )
