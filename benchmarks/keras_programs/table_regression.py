"""L30 in Keras 3: what a house costs, by three dense layers (16, 8, 1), Adam, batches of 64, 50 epochs.

Unlike in the notes the numbers and the amount are standardised and the last layer has no relu: with raw dollars and Adam's
usual rate 50 epochs end where they began.
"""

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

from benchmarks.keras_programs import Cells

EPOCHS, BATCH_SIZE = 50, 64
TARGET = "median_house_value"


def read(folder):
    """The notebook's first cells: both files, the gaps filled, names as zeros and ones, everything standardised."""
    train, held_out = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    gaps, median = train.columns[train.isna().any()], train.median(numeric_only=True)
    x_train, x_held_out = (
        pd.get_dummies(table.fillna(median).join(table[gaps].isna().add_suffix(" is missing")).drop(columns=TARGET))
        for table in (train, held_out)
    )
    x_held_out = x_held_out.reindex(columns=x_train.columns, fill_value=False)
    inputs, amounts = StandardScaler(), StandardScaler()
    x_train = np.asarray(inputs.fit_transform(x_train), "float32")
    x_held_out = np.asarray(inputs.transform(x_held_out), "float32")
    y_train = np.asarray(amounts.fit_transform(train[[TARGET]]), "float32")

    def told(model):
        return amounts.inverse_transform(model.predict(x_held_out, batch_size=1024, verbose=0))[:, 0]

    return Cells(x_train, y_train, np.asarray(held_out[TARGET], "float64"), told)


def build(cells):
    """The network."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(cells.x_train.shape[1],)))
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dense(8, activation="relu"))
    model.add(layers.Dense(1))
    model.compile(optimizer="adam", loss="mse")
    return model
