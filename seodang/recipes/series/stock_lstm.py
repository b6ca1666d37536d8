"""Lab L42: a share price, three LSTM layers, and the last price beside them."""

from __future__ import annotations

from seodang.data.reading import Columns, Series
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training

WIDTHS = (64, 32, 16)


def stock_lstm() -> Recipe:
    """L42: LSTM layers of 64, 32 and 16 units foretell Apple's next closing price from the last three.

    The notes: 2015-01-01 to 2022-04-21, windows of 3 days, the last 100 for the test, values brought to 0..1 by the least and most of
    the training part, dropout 0.2 after each layer, mean squared error, Adam, 30 epochs, batch 16.
    What the notes left out: that tomorrow's price is today's. Drawn beside the truth the forecast looks good because it follows one
    day late; keeping the last price errs less. Prices of the test are above all that training saw, where the cells' tanh is flat.
    Measured: see README.
    """
    layers = []
    for width in WIDTHS:
        layers += [{"lstm": {"units": width, "each_step": width != WIDTHS[-1]}}, {"dropout": 0.2}]
    return Recipe(
        name="stock-lstm",
        data="aapl",
        task="forecast",
        loss="mse",
        model=Part(settings={"layers": [*layers, {"dense": "outputs"}]}),
        columns=Columns(target="Close", time="Date"),
        series=Series(
            window=3, horizon=1, season=1, test_windows=100, first="2015-01-01", last="2022-04-21", scaling="minmax"
        ),
        split=Split(validation=0),
        training=Training(epochs=30, batch_size=16, optimizer="adam", learning_rate=1e-3, log_every=5),
    )
