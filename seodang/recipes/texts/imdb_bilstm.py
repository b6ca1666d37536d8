"""Lab L43: two bidirectional LSTMs read film reviews."""

from __future__ import annotations

from typing import Any

from seodang.data.reading import Text
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training

LAYERS: list[Any] = [
    {"embedding": {"size": 128}},
    {"lstm": {"units": 256, "bidirectional": True, "each_step": True}},
    {"lstm": {"units": 128, "bidirectional": True}},
    {"dense": "outputs"},
]


def imdb_bilstm() -> Recipe:
    """L43: two bidirectional LSTMs read film reviews of up to 300 words and say whether they are liked. Very slow.

    The notes: the 20,000 commonest words, 300 words of each review padded in front (Keras' pad_sequences keeps the last 300);
    Embedding 128, BiLSTM 256, BiLSTM 128, sigmoid; Adam, batch 256, up to 50 epochs, early stopping with patience 5 and the
    weights of the best epoch, both by validation loss on a fifth of the training reviews. 4,005,121 parameters.
    Source: the course notes' IMDB chapter.
    What the notes had wrong: the same padding is read by both directions, so the backward LSTM ends in zeros; kept as it is there.
    `text-classifier` is better in seconds.
    Measured: see README.
    """
    return Recipe(
        name="imdb-bilstm",
        data="imdb",
        task="classify",
        loss="binary_cross_entropy",
        model=Part(name="sequential", settings={"layers": LAYERS}),
        texts=Text(tokens="notes", vocabulary=20_000, length=300, padding="begin", cut="begin"),
        split=Split(validation=0.2),
        training=Training(
            optimizer="adam", learning_rate=1e-3, epochs=50, batch_size=256, patience=5, monitor="validation_loss"
        ),
    )
