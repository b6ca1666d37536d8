"""L41 in Keras 3: five numbers of 0, 1, 2, … and twice the next one, by an LSTM of 16 units, Adam, 500 epochs."""

import keras
import numpy as np
from keras import layers

from benchmarks.keras_programs import Cells

EPOCHS, BATCH_SIZE = 500, 32
WINDOW, HELD_OUT = 5, 20


def read(folder):
    """The notebook's first cells: the numbers 0 to 104, windows of five, the last fifth held out, standardised."""
    numbers = np.arange(105, dtype="float32")
    x = np.stack([numbers[i : i + WINDOW] for i in range(100)])[..., None]
    y = 2 * numbers[WINDOW:, None]
    mean, std = numbers[:-HELD_OUT].mean(), numbers[:-HELD_OUT].std()
    x = (x - mean) / std
    x_train, x_held_out, y_train, y_held_out = x[:-HELD_OUT], x[-HELD_OUT:], y[:-HELD_OUT], y[-HELD_OUT:]

    def told(model):
        return 2 * (model.predict_on_batch(x_held_out)[:, 0] * std + mean)

    return Cells(x_train, (y_train / 2 - mean) / std, y_held_out[:, 0], told)


def build(cells):
    """The network."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(WINDOW, 1)))
    model.add(layers.LSTM(16))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mae")
    return model
