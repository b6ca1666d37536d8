"""Our own recipe for texts and an amount to each."""

from __future__ import annotations

from seodang.recipes.recipe import Recipe
from seodang.recipes.texts.text_classifier import text_classifier


def text_regressor() -> Recipe:
    """House recipe for an amount by text (stars, a price): as text-classifier, with the squared distance."""
    return text_classifier().model_copy(update={"name": "text-regressor", "task": "regress", "loss": "mse"})
