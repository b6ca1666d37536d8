"""Lab L32, where it fails: one layer on exclusive or."""

from __future__ import annotations

from seodang.recipes.foundations.xor import xor
from seodang.recipes.recipe import Recipe


def xor_one_layer() -> Recipe:
    """L32, what fails: one layer on exclusive or; a straight line gets three of four right at most.

    The loss is lowest where the network answers 0.5 to every row, and there it ends (Minsky & Papert, 1969).
    Measured: never more than 3 of 4, whatever the seed, and a loss of ln 2 = 0.693.
    """
    before = xor()
    model = before.model.model_copy(update={"settings": {"layers": [{"dense": "outputs"}]}})
    return before.model_copy(update={"name": "xor-one-layer", "model": model})
