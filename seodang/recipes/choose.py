"""What a person did not say: which recipe, how many epochs, which batch; each choice with its reason."""

from __future__ import annotations

from typing import Any

from seodang.data.load import Prepared
from seodang.recipes.recipe import Recipe

HOUSE = "image-classifier"

# Updates that the house recipe aims at: enough for a small network to converge, measured on digits (1,100 pictures),
# asl-letters (21,600), Fashion-MNIST and MNIST (54,000); see LOG.md. Few pictures are seen often, many seldom.
EPOCHS_BY_EXAMPLES = ((2_000, 40), (8_000, 20), (30_000, 8), (10**9, 6))
BATCH_BY_EXAMPLES = ((2_000, 32), (8_000, 64), (10**9, 128))


def suggest(look: dict[str, Any]) -> tuple[str, str]:
    """The recipe for what `seodang look` found, and why."""
    count = sum(sum(classes.values()) for classes in look["counts"].values())
    return HOUSE, f"{count:,} labelled pictures: a small network trained from scratch"


def derive(recipe: Recipe, data: Prepared) -> tuple[Recipe, list[str]]:
    """Fill in what the recipe leaves open, from the data; say what and why."""
    training, reasons = recipe.training, []
    count = len(data.train)
    if training.batch_size is None:
        batch = next(value for limit, value in BATCH_BY_EXAMPLES if count <= limit)
        training = training.model_copy(update={"batch_size": batch})
        reasons.append(f"training.batch_size={batch}: {count:,} training pictures")
    if training.epochs is None:
        epochs = next(value for limit, value in EPOCHS_BY_EXAMPLES if count <= limit)
        training = training.model_copy(update={"epochs": epochs})
        reasons.append(f"training.epochs={epochs}: {count:,} training pictures")
    return recipe.model_copy(update={"training": training, "preparation": data.preparation}), reasons
