"""What a person did not say: which recipe, how many epochs, which batch; each choice with its reason."""

from __future__ import annotations

from typing import Any

from seodang.data.load import Prepared
from seodang.recipes.recipe import Recipe
from seodang.recipes.soundings import may_mirror, nearest_neighbour

HOUSE = "image-classifier"

# How long the house recipe trains. Where a nearest neighbour is right this often, pictures are easy and few passes do.
EASY = 0.93
# Passes over the training pictures: (at least, pictures to be seen beside that, at most). Chosen on the validation splits
# of digits, MNIST, Fashion-MNIST and asl-letters; see LOG.md.
EASY_EPOCHS = (1, 60_000, 15)
HARD_EPOCHS = (4, 190_000, 40)
# Turned and shifted pictures need more passes than these to help; in a few passes they cost accuracy (LOG.md).
MOVED_FROM_EPOCHS = 15
BATCH_BY_EXAMPLES = ((300, 16), (2_000, 32), (8_000, 64), (10**9, 128))


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
        share = nearest_neighbour(data)
        least, seen, most = EASY_EPOCHS if share >= EASY else HARD_EPOCHS
        epochs = min(most, least + round(seen / count))
        training = training.model_copy(update={"epochs": epochs})
        kind = "easy" if share >= EASY else "not easy"
        reasons.append(
            f"training.epochs={epochs}: {count:,} training pictures, {kind} ones (the most similar other picture is of the "
            f"same class {share:.0%} of the time)"
        )
    augmentation = recipe.augmentation
    few = recipe.training.epochs is None and (training.epochs or 0) < MOVED_FROM_EPOCHS
    if few and augmentation.moves:
        augmentation = augmentation.model_copy(update={"rotation": 0.0, "shift_x": 0.0, "shift_y": 0.0})
        reasons.append(f"augmentation.rotation, shift_x, shift_y=0: they help from {MOVED_FROM_EPOCHS} epochs on")
    if augmentation.flip_horizontal is None:
        flip, reason = may_mirror(data)
        augmentation = augmentation.model_copy(update={"flip_horizontal": flip})
        reasons.append(reason)
    found = {"training": training, "augmentation": augmentation, "preparation": data.preparation}
    return recipe.model_copy(update=found), reasons
