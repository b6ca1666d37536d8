"""Runs trained in parts: how long each was to train before its length was changed, so that it can be repeated the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seodang.core.files import write_json
from seodang.recipes.recipe import Recipe
from seodang.runs.folder import PARTS, read_parts

_LENGTHS = ("epochs", "steps", "minutes", "patience", "replanned")


def keep_part(folder: Path, recipe: Recipe, step: int, is_whole: bool) -> None:
    """Record, before a run goes on with another length, what it was to be until this step.

    is_whole: whether the part had come to its end; otherwise it was stopped on its way, which nothing repeats.
    """
    before = [part for part in read_parts(folder) if part["step"] < step]
    lengths = {name: recipe.training.model_dump(mode="json")[name] for name in _LENGTHS}
    write_json(folder / PARTS, {"parts": [*before, {"step": step, "is_whole": is_whole, "training": lengths}]})


def begins_anew(folder: Path, step: int) -> bool:
    """Whether a new cycle of the schedule begins at this step: there a finished run was extended."""
    return any(part["step"] == step and part["is_whole"] for part in read_parts(folder))


def recipes_of(folder: Path, recipe: Recipe) -> list[Recipe]:
    """The recipe of each part in turn, the last one's at the end. Whole parts only."""
    found = [_with(recipe, part["training"]) for part in read_parts(folder) if part["is_whole"]] + [_with(recipe, {})]
    return [each for each, after in zip(found, [*found[1:], None], strict=True) if each != after]


def _with(recipe: Recipe, lengths: dict[str, Any]) -> Recipe:
    """minutes are left out: they have become steps."""
    kind = type(recipe.training)
    training = kind.model_validate({**recipe.training.model_dump(), **lengths, "minutes": None})
    return recipe.model_copy(update={"training": training})
