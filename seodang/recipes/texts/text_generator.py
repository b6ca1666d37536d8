"""Our own recipe for texts that are to be gone on with."""

from __future__ import annotations

from seodang.data.reading import Text
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def text_generator() -> Recipe:
    """House recipe that learns to write: an LSTM that sees whole texts at once, with pieces of words.

    Where there are few tokens to learn from, the LSTM is mixed with counts of which follow which (the model word-pairs): on small
    texts they know what no network learns. The report has a bigram model beside it, by perplexity. Measured: see README.
    """
    return Recipe(
        name="text-generator",
        task="next_token",
        model=Part(
            name="recurrent", settings={"cell": "lstm", "embedding": 256, "units": [256], "dropout": 0.3, "tied": True}
        ),
        texts=Text(tokens="bpe", vocabulary=4_000),
        training=Training(
            optimizer="adamw",
            learning_rate=4e-3,
            schedule="one_cycle",
            max_gradient_norm=1.0,
            output_bias="frequencies",
            keep="best",
        ),
    )
