"""Our own recipe for labelled pictures."""

from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def image_classifier() -> Recipe:
    """The house recipe for labelled pictures: a small convolutional network from scratch, fast."""
    return Recipe(
        model=Part(name="convnet"),
        training=Training(
            optimizer="adamw", learning_rate=4e-3, weight_decay=0.05, schedule="one_cycle", label_smoothing=0.1
        ),
    )
