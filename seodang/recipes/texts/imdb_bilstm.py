"""Lab L43: two bidirectional LSTMs read film reviews."""

from __future__ import annotations

from typing import Any

from seodang.data.reading import Text
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training

LAYERS: list[Any] = [
    {"embedding": {"size": 128, "mask": True}},
    {"lstm": {"units": 256, "bidirectional": True, "each_step": True}},
    {"lstm": {"units": 128, "bidirectional": True}},
    {"dense": "outputs"},
]


def imdb_bilstm() -> Recipe:
    """L43: two bidirectional LSTMs read film reviews of up to 300 words and say whether they are liked. Very slow.

    The notes: the 20,000 commonest words, the last 300 words of each review (Keras' pad_sequences); Embedding 128, BiLSTM 256,
    BiLSTM 128, sigmoid; Adam, batch 256, up to 50 epochs, early stopping with patience 5 and the weights of the best epoch, both
    by validation loss on a fifth of the training reviews. 4,005,121 parameters.
    Source: the course notes' IMDB chapter.
    What the notes had wrong: reviews are padded in front and both directions read the padding, so the backward LSTM ends in zeros.
    Here padding is not read (Keras: mask_zero), and reviews of a like length share a batch, so there is little of it.
    `text-classifier` is better in seconds.
    Measured: see README.
    """
    return Recipe(
        name="imdb-bilstm",
        data="imdb",
        task="classify",
        loss="binary_cross_entropy",
        model=Part(name="sequential", settings={"layers": LAYERS}),
        texts=Text(tokens="notes", vocabulary=20_000, length=300, cut="begin"),
        split=Split(validation=0.2),
        training=Training(
            optimizer="adam", learning_rate=1e-3, epochs=50, batch_size=256, patience=5, monitor="validation_loss"
        ),
    )
