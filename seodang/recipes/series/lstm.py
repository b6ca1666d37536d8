"""Lab L44, third cell: long short-term memory."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.series.simple_rnn import simple_rnn
from seodang.recipes.settings import Part


def lstm() -> Recipe:
    """L44: long short-term memory on daily temperatures, all else as in simple-rnn.

    A cell beside the state (Hochreiter & Schmidhuber, 1997), with gates for what comes in, what stays and what is shown; four times
    the weights of simple-rnn. Many to one here; see simple-rnn for one to many and many to many. Measured: see README.
    """
    part = Part(name="recurrent", settings={"cell": "lstm", "units": [32]})
    return simple_rnn().model_copy(update={"name": "lstm", "model": part})
