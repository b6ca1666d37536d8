"""Lab L41: a series of numbers, and the first recurrent network."""

from __future__ import annotations

from seodang.data.reading import Columns, Series
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def number_series() -> Recipe:
    """L41: an LSTM of 16 units sees five numbers of 0, 1, 2, … and foretells twice the next one.

    The notes: numbers 0 to 104, 100 windows of 5, mean absolute error, Adam, 500 epochs, a fifth for validation, no test.
    What the notes had wrong: windows that are drawn at random for validation have neighbours on both sides in training, so the score
    says nothing of how the series goes on. Here the last fifth validates: larger numbers than any in training, and an LSTM, whose
    cells end in a tanh, cannot count on for long. A straight line can, and the report has it beside the network.
    Measured: see README.
    """
    return Recipe(
        name="number-series",
        data="number-series",
        task="forecast",
        loss="mae",
        model=Part(settings={"layers": [{"lstm": 16}, {"dense": "outputs"}]}),
        columns=Columns(target="double"),
        series=Series(window=5, horizon=1, season=1, seen="others"),
        split=Split(validation=0.2, test=0),
        training=Training(epochs=500, batch_size=32, optimizer="adam", learning_rate=1e-3, log_every=50),
    )
