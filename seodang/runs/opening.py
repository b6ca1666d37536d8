"""From where the data is, and a recipe, to what a run trains on: pictures prepared, or rows, texts and windows encoded."""

from __future__ import annotations

from pathlib import Path

from seodang.data.encoded import Encoded, encode
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.load import load as load_pictures
from seodang.data.open import open_any
from seodang.data.tokens import Tokenizer
from seodang.pretrained.language import find_language_model
from seodang.recipes.choose_rows import architecture_of, purpose_of
from seodang.recipes.recipe import Recipe

# A pretrained language model's tokenizer, and the most tokens that it can read.
Own = tuple[Tokenizer, int]


def open_and_prepare(where: str | Path, recipe: Recipe, own: Own | None = None) -> Prepared | Encoded:
    """Open and divide the data as a resolved recipe says; the same recipe and data give the same splits and encoding."""
    source = open_any(where, recipe.columns)
    if isinstance(source, Frame):
        return encode_frame(source, recipe, own)
    told_apart = recipe.task == "classify"
    return load_pictures(source, recipe.preparation, recipe.split, examples=recipe.examples, classes=told_apart)


def encode_frame(frame: Frame, recipe: Recipe, own: Own | None = None) -> Encoded:
    """Rows, texts or windows as a recipe wants them. `own`: where a run has kept it; None: it is looked for."""
    purpose = purpose_of(frame, recipe)
    if own is None and recipe.texts.tokens == "pretrained" and purpose.text is not None:
        model = find_language_model(architecture_of(recipe))
        own = (model.tokenizer, model.longest)
    return encode(
        frame,
        purpose,
        recipe.task,
        recipe.columns,
        recipe.texts,
        recipe.series,
        recipe.split,
        examples=recipe.examples,
        own=own,
    )
