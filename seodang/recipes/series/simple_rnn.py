"""Lab L44, first cell: the simple recurrent network."""

from __future__ import annotations

from seodang.data.reading import Columns, Series
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def simple_rnn() -> Recipe:
    """L44: simple recurrent cells on daily temperatures: h = tanh(W x + U h + b), 32 units, many days to the next one.

    The notes set three cells side by side: simple-rnn, gru, lstm. Here they have the same units, data and training, so that only the
    cell differs. Each reads a sequence step by step and carries a state:
    - many to one (this recipe): a window of days in, the next day out; a text in, its class out (imdb-bilstm).
    - many to many: an output at every step, {simple_rnn: {units: 32, each_step: true}}; a word for each word (headlines-whole).
    - one to many: one input, then the network reads what it said itself: `seodang generate`, or predict ahead with horizon=1 again
      and again. A vector of the next days at once (series.horizon=7) errs less: mistakes are not fed back.
    The simple cell forgets soon: the gradient shrinks by U and tanh' at every step back. Measured: see README.
    """
    return Recipe(
        name="simple-rnn",
        data="daily-min-temperatures",
        task="forecast",
        loss="mse",
        model=Part(name="recurrent", settings={"cell": "simple_rnn", "units": [32]}),
        columns=Columns(target="Temp", time="Date"),
        series=Series(window=28, horizon=1),
        training=Training(epochs=40, batch_size=32, optimizer="adam", learning_rate=1e-3, keep="best", log_every=5),
    )
