"""Lab L45: a transformer translates."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part
from seodang.recipes.texts.translate_seq2seq import translate_seq2seq


def translate_transformer() -> Recipe:
    """L45: a small transformer, encoder and decoder, translates sentences.

    Vaswani et al., 2017, https://arxiv.org/abs/1706.03762: two blocks each of width 128 with 4 heads. On so few sentences as a
    laptop trains on in minutes it has no advantage over `translate-attention`.
    Measured: see README.
    """
    base = translate_seq2seq()
    model = Part(
        name="translator", settings={"cell": "transformer", "units": 128, "depth": 2, "heads": 4, "dropout": 0.2}
    )
    training = base.training.model_copy(update={"learning_rate": 1e-3})
    return base.model_copy(update={"name": "translate-transformer", "model": model, "training": training})
