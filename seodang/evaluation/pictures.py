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
AT_ONCE = 4  # of them: float64 of large pictures stays in the processor's cache


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


def spread(train: Subset) -> dict[str, Any]:
    """Between which brightness and contrast 99 % of the training pictures lie, 0 to 255, so that `predict` can tell an odd photo."""
    import torch

    some = torch.linspace(0, len(train) - 1, min(MEASURED, len(train))).long().unique()
    brightness, contrast = np.empty(len(some)), np.empty(len(some))
    for start in range(0, len(some), AT_ONCE):
        where = slice(start, start + AT_ONCE)
        flat = train.fetch(some[where]).numpy().reshape(len(some[where]), -1).astype(np.float64)
        brightness[where], contrast[where] = flat.mean(axis=1), flat.std(axis=1)
    return {
        "brightness": [round(float(value), 1) for value in np.percentile(brightness, [0.5, 99.5])],
        "contrast": [round(float(value), 1) for value in np.percentile(contrast, [0.5, 99.5])],
    }
