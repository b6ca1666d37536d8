"""Arrays of pictures as estimators are given them: (N, H, W) grey or (N, H, W, 3) colour, values 0 to 255."""

# N pictures · H height · W width · C channels
from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.load import Prepared
from seodang.data.load import load as load_pictures
from seodang.data.pictures import prepare_arrays
from seodang.data.prepare import Preparation, target_of
from seodang.data.source import Source
from seodang.recipes.choose import derive
from seodang.recipes.recipe import Recipe


def as_pixels(pictures: np.ndarray) -> np.ndarray:
    """(N, H, W, C) uint8 from (N, H, W[, C]) of any type of number.

    >>> as_pixels(np.full((2, 4, 4), 255.0)).shape
    (2, 4, 4, 1)
    """
    pixels = pictures[..., None] if pictures.ndim == 3 else pictures
    if pixels.ndim != 4 or pixels.shape[3] not in (1, 3):
        raise DataError(
            tr(
                "Got an array of shape {shape}. Rows are (N, columns), pictures (N, height, width) or (N, height, width, 1 or 3).",
                shape=pictures.shape,
            )
        )
    whole = pixels.astype(np.uint8)
    if pixels.dtype != np.uint8 and not np.array_equal(whole, pixels):
        raise DataError(
            tr(
                "Pictures must hold whole numbers from 0 to 255, got values from {least:g} to {most:g}. Where they are 0 to 1, "
                "multiply by 255 and round.",
                least=pixels.min(),
                most=pixels.max(),
            )
        )
    return np.ascontiguousarray(whole)


def prepare_pictures(
    pixels: np.ndarray, labels: np.ndarray, classes: tuple[str, ...], recipe: Recipe, share: float
) -> tuple[Prepared, Recipe]:
    """Prepared and divided as `seodang train` does, without a test split; and the recipe with nothing left open.

    Args:
        labels: (N,) class indices.
        share: Of the pictures, kept apart as validation.
    """
    source = Source(
        name="arrays",
        where=said("the pictures given"),
        form="arrays",
        classes=classes,
        labels=labels.astype(np.int64),
        ids=[f"picture {number + 1}" for number in range(len(pixels))],
        splits=np.full(len(pixels), ""),
        stamp="",
        pixels=pixels,
    )
    split = recipe.split.model_copy(update={"validation": share, "test": 0.0, "by": None, "without": ()})
    prepared = load_pictures(source, recipe.preparation, split)
    return prepared, derive(recipe, prepared)[0]


def inputs_of(pixels: np.ndarray, preparation: Preparation) -> Tensor:
    """(N, C, H, W) uint8, prepared as in training."""
    return torch.from_numpy(np.ascontiguousarray(prepare_arrays(pixels, target_of(preparation))))
