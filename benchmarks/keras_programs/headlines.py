"""L40 in Keras 3: the next word of a headline, every beginning an example, Embedding 10, LSTM 100, Dropout .1, Adam, batches of 32.

Keras 2's `Tokenizer` is gone from Keras 3; what it did stands here in a few lines, which are faster than `TextVectorization`.
"""

from collections import Counter

import keras
import numpy as np
import pandas as pd
from keras import layers

from benchmarks.keras_programs import Cells

EPOCHS, BATCH_SIZE = 30, 32
SPACES = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


def read(folder):
    """The notebook's first cells: headlines, words, every beginning of every headline, padded in front."""
    train, held_out = headlines(folder / "train.csv"), headlines(folder / "test.csv")
    counts = Counter(word for words in train for word in words)
    ids = {word: number for number, (word, _) in enumerate(counts.most_common(), 1)}
    longest = max(len(words) for words in train)
    x_train, y_train = examples(train, ids, longest)
    x_held_out, y_held_out = examples(held_out, ids, longest)
    words = ["", *ids]

    def told(model):
        found = []
        for start in range(0, len(x_held_out), 1000):
            probabilities = model.predict_on_batch(x_held_out[start : start + 1000])
            truths = y_held_out[start : start + 1000]
            found.append(np.log(probabilities[np.arange(len(truths)), truths] + 1e-12))
        return np.concatenate(found)

    return Cells(x_train, y_train, [words[number] for number in y_held_out], told, len(words))


def headlines(path):
    """Each headline as its words."""
    column = pd.read_csv(path)["headline"]
    return [words_of(text) for text in column if text.strip() != "Unknown"]


def words_of(text):
    """A text's words, as Keras 2's Tokenizer cuts them."""
    return [word for word in text.lower().translate(SPACES).split(" ") if word]


def examples(headlines, ids, longest):
    """Every beginning of two words or more: (M, longest - 1) padded in front, and its last word (M,)."""
    sequences = []
    for words in headlines:
        line = [ids[word] for word in words if word in ids]
        sequences += [line[: end + 1] for end in range(1, min(len(line), longest))]
    padded = keras.utils.pad_sequences(sequences, maxlen=longest, padding="pre")
    return padded[:, :-1], padded[:, -1]


def build(cells):
    """The network."""
    model = keras.Sequential()
    model.add(keras.Input(shape=(cells.x_train.shape[1],)))
    model.add(layers.Embedding(cells.vocabulary, 10))
    model.add(layers.LSTM(100))
    model.add(layers.Dropout(0.1))
    model.add(layers.Dense(cells.vocabulary, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model
