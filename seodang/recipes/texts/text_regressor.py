"""Our own recipe for texts and an amount to each."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part
from seodang.recipes.texts.text_classifier import text_classifier


def text_regressor() -> Recipe:
    """House recipe for an amount by text (stars, a price): the mean of learnt vectors of words and word pairs.

    fastText (Joulin et al., 2016, https://arxiv.org/abs/1607.01759), with the squared distance.
    Measured: see README.
    """
    base = text_classifier()
    model = Part(name="bag", settings={"embedding": 32, "dropout": 0.3})
    training = base.training.model_copy(update={"learning_rate": 5e-3})
    update = {"name": "text-regressor", "task": "regress", "loss": "mse", "model": model, "training": training}
    return base.model_copy(update=update)
