"""Small pictures for a page, and how bright and contrasted a set of pictures is."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from seodang.data.load import Subset

# Larger pictures are shrunk to this side for the page; up to LOSSLESS they are PNG, above JPEG, a fifth of its size.
LARGEST_SIDE = 128
LOSSLESS = 48
JPEG_QUALITY = 82
# Training pictures that are looked at for `spread`.
MEASURED = 2000


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """A picture (C, H, W) as text that stands in a page's `src`."""
    from PIL import Image

    channels, height, width = pixels.shape
    image = Image.fromarray(pixels[0] if channels == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    if max(height, width) > LARGEST_SIDE:
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    kind, settings = ("png", {"optimize": True}) if max(image.size) <= LOSSLESS else ("jpeg", {"quality": JPEG_QUALITY})
    encoded = io.BytesIO()
    image.save(encoded, kind, **settings)
    return f"data:image/{kind};base64,{base64.b64encode(encoded.getvalue()).decode()}"


def brightness_and_contrast(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each picture's values, 0 to 255: (N, C, H, W) → (N,), (N,).

    >>> mean, deviation = brightness_and_contrast(np.array([[[[0, 255]]]], dtype=np.uint8))
    >>> float(mean[0]), float(deviation[0])
    (127.5, 127.5)
    """
    flat = pixels.reshape(len(pixels), -1)
    return flat.mean(axis=1, dtype=np.float64), flat.std(axis=1, dtype=np.float64)


def spread(train: Subset) -> dict[str, Any]:
    """Between which brightness and contrast 99 % of the training pictures lie, so that `predict` can tell an odd photo."""
    import torch

    some = torch.linspace(0, len(train) - 1, min(MEASURED, len(train))).long().unique()
    brightness, contrast = brightness_and_contrast(train.fetch(some).numpy())
    return {
        "brightness": [round(float(value), 1) for value in np.percentile(brightness, [0.5, 99.5])],
        "contrast": [round(float(value), 1) for value in np.percentile(contrast, [0.5, 99.5])],
    }
