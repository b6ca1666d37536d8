"""Lab L30: an amount from a table."""

from __future__ import annotations

from seodang.data.reading import Columns
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def table_regression() -> Recipe:
    """L30: three dense layers (16, 8, 1) foretell an amount from any table.

    The notes: 16 relu, 8 relu, 1; mean squared error, Adam, a fifth for validation, 50 epochs, batch 64.
    What the notes had wrong: a relu after the last layer, which cannot put out an amount below 0 (and, of standardised amounts,
    nothing below the mean); and numbers that go in unscaled. Here both are right; categories go in as zeros and ones.
    Measured: see README.
    """
    return Recipe(
        name="table-regression",
        data="california-housing",
        task="regress",
        loss="mse",
        model=Part(settings={"layers": [{"dense": 16}, "relu", {"dense": 8}, "relu", {"dense": "outputs"}]}),
        columns=Columns(categories="one_hot"),
        split=Split(validation=0.2),
        training=Training(epochs=50, batch_size=64, optimizer="adam", learning_rate=1e-3),
    )
