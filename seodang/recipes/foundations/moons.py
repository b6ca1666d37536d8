"""Lab L33: two moons and a boundary that bends."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def moons() -> Recipe:
    """L33: five relu units and a sigmoid tell two noisy moons apart; the report draws the boundary.

    The notes: 2-5-1 with relu and a sigmoid, Adam, batch 100, 500 epochs, a log line every 100 epochs. The sigmoid is in the
    loss, the weights start by He's rule, which is made for relu, and the points go in standardised: with Glorot's rule and raw
    points four starts in five end at a straight line (test 90 to 94 %), with these one in five does. Five units are five bends,
    and the boundary is made of straight pieces. `moons-leaky` is wider and never got stuck.
    Measured: 96.7 % of 150 test points with seed 0; seeds 0 to 4: 96.7, 97.3, 96.0, 96.7, 90.0 (a linear model 90.7).
    """
    return Recipe(
        name="moons",
        data="moons",
        loss="binary_cross_entropy",
        model=Part(settings={"layers": [{"dense": 5}, "relu", {"dense": "outputs"}], "init": "he_normal"}),
        training=Training(epochs=500, batch_size=100, optimizer="adam", learning_rate=1e-3, log_every=100),
    )
