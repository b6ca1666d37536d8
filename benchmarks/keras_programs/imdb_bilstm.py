"""L43 in Keras 3: film reviews by two bidirectional LSTMs, 20,000 words, 300 of each review, Adam, batches of 256."""

from collections import Counter

import keras
import pandas as pd
from keras import layers

from benchmarks.keras_programs import Cells
from benchmarks.keras_programs.headlines import words_of

EPOCHS, BATCH_SIZE = 50, 256
WORDS, LENGTH = 20_000, 300


def read(folder):
    """The notebook's first cells: reviews as the ids of their words, padded in front, the last 300 kept."""
    train, held_out = pd.read_parquet(folder / "train.parquet"), pd.read_parquet(folder / "test.parquet")
    words = [words_of(text) for text in train["text"]]
    counts = Counter(word for each in words for word in each)
    ids = {word: number for number, (word, _) in enumerate(counts.most_common(WORDS - 1), 1)}
    x_train = padded(words, ids)
    x_held_out = padded([words_of(text) for text in held_out["text"]], ids)

    def told(model):
        return model.predict(x_held_out, batch_size=256, verbose=0)[:, 0] > 0.5

    truths = held_out["label"].to_numpy() == 1
    return Cells(x_train, train["label"].to_numpy("float32"), truths, told)


def padded(texts, ids):
    """(N, 300), zeros in front."""
    rows = [[ids[word] for word in words if word in ids] for words in texts]
    return keras.utils.pad_sequences(rows, maxlen=LENGTH, padding="pre", truncating="pre")


def build(cells):
    """The network."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(LENGTH,)))
    model.add(layers.Embedding(WORDS, 128))
    model.add(layers.Bidirectional(layers.LSTM(256, return_sequences=True)))
    model.add(layers.Bidirectional(layers.LSTM(128)))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model
