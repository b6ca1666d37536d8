"""Lab L44, second cell: the gated recurrent unit."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.series.simple_rnn import simple_rnn
from seodang.recipes.settings import Part


def gru() -> Recipe:
    """L44: gated recurrent units on daily temperatures, all else as in simple-rnn.

    Two gates (Cho et al., 2014, https://arxiv.org/abs/1406.1078): how much of the state is kept, and how much of it is seen when the
    new one is made. What is kept passes unchanged, so gradients reach further back; three times the weights of simple-rnn.
    Many to one here; see simple-rnn for one to many and many to many. Measured: see README.
    """
    part = Part(name="recurrent", settings={"cell": "gru", "units": [32]})
    return simple_rnn().model_copy(update={"name": "gru", "model": part})
