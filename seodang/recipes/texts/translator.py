"""Our own recipe for sentence pairs."""

from __future__ import annotations

from seodang.data.reading import Text
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def translator() -> Recipe:
    """House recipe for sentence pairs: a GRU reads, another writes and looks back at what was read (attention).

    Words are cut into pieces (byte-pair encoding), so that there are no unknown ones: compounds, endings and names come through.
    Few pieces, whose vectors are read and written with alike, make steps short: most of a step is the scores of all pieces.

    Bahdanau et al., 2014, https://arxiv.org/abs/1409.0473. Measured: see README.
    """
    return Recipe(
        name="translator",
        task="translate",
        model=Part(name="translator", settings={"cell": "gru", "attention": True, "dropout": 0.2, "tied": True}),
        texts=Text(tokens="bpe", vocabulary=4_000),
        training=Training(
            optimizer="adamw",
            learning_rate=4e-3,
            schedule="one_cycle",
            max_gradient_norm=1.0,
            label_smoothing=0.1,
            output_bias="frequencies",
            keep="best",
        ),
    )
