"""Lab L40, on counted pairs of words."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training
from seodang.recipes.texts.headlines_whole import headlines_whole


def headlines_pairs() -> Recipe:
    """L40's headlines by counts of words that follow each other and an LSTM, mixed; ahead of both and of the notes' network.

    With 8,600 headlines a network cannot learn which word follows which, but that can be counted: runs of two and of three words. An LSTM
    learns beside the counts, on whole headlines at once (`headlines-whole`), and which of the two to trust at each word.
    Measured: see README.
    """
    lab = headlines_whole()
    training = Training(
        optimizer="adamw",
        learning_rate=4e-3,
        schedule="one_cycle",
        epochs=4,
        batch_size=16,
        max_gradient_norm=1.0,
        output_bias="frequencies",
        keep="best",
    )
    model = Part(name="word-pairs", settings={})
    return lab.model_copy(update={"name": "headlines-pairs", "model": model, "training": training})
