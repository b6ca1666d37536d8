"""L42 in Keras 3: Apple's next closing price from the last three, by LSTM layers of 64, 32 and 16, Adam, batches of 16, 30 epochs."""

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import MinMaxScaler

from benchmarks.keras_programs import Cells

EPOCHS, BATCH_SIZE = 30, 16
WINDOW, HELD_OUT = 3, 100


def read(folder):
    """The notebook's first cells: the years asked for, brought to 0..1 by the training part, windows of three days."""
    table = pd.read_csv(folder / "AAPL.csv", parse_dates=["Date"]).set_index("Date")
    prices = table.loc["2015-01-01":"2022-04-21", ["Close"]].to_numpy("float32")
    scaler = MinMaxScaler().fit(prices[:-HELD_OUT])
    scaled = scaler.transform(prices)
    x = np.stack([scaled[i : i + WINDOW] for i in range(len(scaled) - WINDOW)])
    y = scaled[WINDOW:]
    x_train, x_held_out, y_train = x[:-HELD_OUT], x[-HELD_OUT:], y[:-HELD_OUT]

    def told(model):
        return scaler.inverse_transform(model.predict_on_batch(x_held_out))[:, 0]

    return Cells(x_train, y_train, prices[-HELD_OUT:, 0], told)


def build(cells):
    """The network."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(WINDOW, 1)))
    model.add(layers.LSTM(64, return_sequences=True))
    model.add(layers.Dropout(0.2))
    model.add(layers.LSTM(32, return_sequences=True))
    model.add(layers.Dropout(0.2))
    model.add(layers.LSTM(16))
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model
