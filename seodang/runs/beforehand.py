"""A person's mistakes in a recipe that can be told before the data is read, which may take minutes."""

from __future__ import annotations

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models.build import check_part
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part

# Tasks whose answer to an example is one row of numbers.
_ONE_ANSWER = ("classify", "regress", "forecast")


def refuse_mistakes(recipe: Recipe, *, chosen: bool) -> None:
    """Raise RecipeError with every mistake that no data could mend: of the network, and between network, loss and training.

    Args:
        chosen: Whether a person chose the recipe. The house recipe may still become that of another kind of data, so that only a
            network that a person put into it is looked at.
    """
    mistakes: list[str] = []
    if chosen or recipe.model.name != Part(name="convnet").name:
        given = recipe.preparation
        sides = (given.channels, given.height, given.width)
        pictures = None if None in sides else Spec(sides)  # pyright: ignore[reportArgumentType]
        try:
            check_part(recipe.model, pictures, recipe.task in _ONE_ANSWER)
        except RecipeError as error:
            mistakes.append(str(error))
    if chosen:
        mistakes += [finding.words for finding in lint(recipe) if finding.level == "error"]
    if mistakes:
        raise RecipeError("\n".join(mistakes))
