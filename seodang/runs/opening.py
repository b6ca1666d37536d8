"""From where the data is, and a recipe, to what a run trains on: pictures prepared, or rows, texts and windows encoded."""

from __future__ import annotations

from pathlib import Path

from seodang.data.encoded import Encoded, encode
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.load import load as load_pictures
from seodang.data.open import open_any
from seodang.recipes.choose_rows import purpose_of
from seodang.recipes.recipe import Recipe


def open_and_prepare(where: str | Path, recipe: Recipe) -> Prepared | Encoded:
    """Open and divide the data as a resolved recipe says; the same recipe and data give the same splits and encoding."""
    source = open_any(where, recipe.columns)
    if isinstance(source, Frame):
        return encode_frame(source, recipe)
    told_apart = recipe.task == "classify"
    return load_pictures(source, recipe.preparation, recipe.split, examples=recipe.examples, classes=told_apart)


def encode_frame(frame: Frame, recipe: Recipe) -> Encoded:
    """Rows, texts or windows as a recipe wants them."""
    purpose = purpose_of(frame, recipe)
    return encode(
        frame,
        purpose,
        recipe.task,
        recipe.columns,
        recipe.texts,
        recipe.series,
        recipe.split,
        examples=recipe.examples,
    )
