"""Numbers as colours: heat over a picture, filters and outputs of layers as tiles, each a picture that stands inside the page."""

# C channels · H height · W width · N tiles
from __future__ import annotations

import base64
import io
import math
from typing import Any

import numpy as np

from seodang.explanations.explanation import Picture

SHOWN_SIDE = 240  # pixels of a picture with heat over it
PIXELATED = 64  # pictures with sides up to this are shown with their pixels as squares
# From nothing to much: dark to light, as black bodies glow; told apart without colour too.
_GLOW = np.array([[20, 11, 52], [132, 32, 107], [229, 92, 48], [246, 215, 70], [252, 255, 200]], np.float64)
FOR, AGAINST = np.array([200, 30, 30], np.float64), np.array([37, 99, 235], np.float64)


def glow(values: np.ndarray) -> np.ndarray:
    """Numbers 0 to 1 → colours (…, 3) uint8."""
    place = np.clip(np.nan_to_num(values), 0, 1) * (len(_GLOW) - 1)
    below = np.minimum(place.astype(int), len(_GLOW) - 2)
    part = (place - below)[..., None]
    return (_GLOW[below] * (1 - part) + _GLOW[below + 1] * part + 0.5).astype(np.uint8)


def two_sided(values: np.ndarray) -> np.ndarray:
    """Numbers -1 (blue) over 0 (white) to 1 (red) → colours (…, 3) uint8."""
    values = np.clip(np.nan_to_num(values), -1, 1)[..., None]
    colour = np.where(values > 0, FOR, AGAINST)
    return (255 + (colour - 255) * np.abs(values) + 0.5).astype(np.uint8)


def plain(pixels: np.ndarray, caption: str = "") -> Picture:
    """A picture (C, H, W) uint8 as it goes into the network."""
    rows = np.repeat(pixels, 3, 0) if len(pixels) == 1 else pixels
    return as_picture(rows.transpose(1, 2, 0), caption)


def heated(pixels: np.ndarray, heat: np.ndarray, caption: str = "", smooth: bool = False) -> Picture:
    """A picture (C, H, W) uint8, grey, under heat (h, w) of -1 to 1: red is for the answer, blue against it.

    smooth: whether a coarse heat is blended over the picture; else its squares are seen.
    """
    side = max(pixels.shape[1:])
    times = max(1, round(SHOWN_SIDE / side))
    grey = np.asarray(pixels, np.float64).mean(0)
    grey = np.kron(grey, np.ones((times, times)))
    heat = resized(np.clip(heat, -1, 1), grey.shape, smooth)[..., None]
    pale = (110 + 0.57 * grey)[..., None].repeat(3, 2)
    strong = np.abs(heat) ** 0.7 * 0.85
    mixed = pale * (1 - strong) + np.where(heat > 0, FOR, AGAINST) * strong
    return as_picture((mixed + 0.5).astype(np.uint8), caption)


def resized(values: np.ndarray, shape: tuple[int, ...], smooth: bool) -> np.ndarray:
    """Numbers (h, w) at another size (H, W)."""
    from PIL import Image

    how = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((shape[1], shape[0]), how), np.float64)


def gathered(values: np.ndarray, most: int = 48) -> np.ndarray:
    """Numbers (H, W) of a large picture as the means of squares, at most so many on a side: single pixels flicker.

    >>> gathered(np.ones((96, 96))).shape, gathered(np.ones((9, 9))).shape
    ((48, 48), (9, 9))
    """
    size = -(-max(values.shape) // most)
    if size == 1:
        return values
    high, wide = (-(-side // size) * size for side in values.shape)
    whole = np.pad(values, ((0, high - values.shape[0]), (0, wide - values.shape[1])), mode="edge")
    return whole.reshape(high // size, size, wide // size, size).mean((1, 3))


def as_picture(colours: np.ndarray, caption: str = "") -> Picture:
    """Colours (H, W, 3) uint8 as a picture of a page: PNG, or JPEG where it is a large photo."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(colours))
    is_small = max(image.size) <= PIXELATED
    kind, settings = ("png", {"optimize": True}) if max(image.size) <= 160 else ("jpeg", {"quality": 88})
    encoded = io.BytesIO()
    image.save(encoded, kind, **settings)
    text = base64.b64encode(encoded.getvalue()).decode()
    return Picture(f"data:image/{kind};base64,{text}", caption, is_small)


def tiles(colours: np.ndarray, columns: int = 0, least: int = 480) -> np.ndarray:
    """Tiles (N, H, W, 3) uint8 as one picture (H, W, 4) with the page between them, enlarged to about `least` pixels across."""
    opaque = np.full((*colours.shape[:3], 1), 255, np.uint8)
    return _laid(np.concatenate([colours, opaque], -1), columns, least, 0)


def _laid(each: np.ndarray, columns: int, least: int, between: int) -> np.ndarray:
    """Tiles (N, H, W, …) uint8 beside and under each other, `between` between them."""
    number, height, width = each.shape[:3]
    columns = columns or math.ceil(math.sqrt(number * 1.6))
    columns = min(columns, number)
    rows = -(-number // columns)
    times = max(1, round(least / columns / width))
    gap = max(1, width * times // 12)
    big = each.repeat(times, 1).repeat(times, 2)
    high, wide = height * times + gap, width * times + gap
    canvas = np.full((rows * high - gap, columns * wide - gap, *each.shape[3:]), between, np.uint8)
    for place, tile in enumerate(big):
        row, column = divmod(place, columns)
        canvas[row * high : row * high + high - gap, column * wide : column * wide + wide - gap] = tile
    return canvas


def tiled(colours: np.ndarray, caption: str = "", columns: int = 0) -> Picture:
    """Tiles (N, H, W, 3) as a picture of a page, without loss: their squares must stay sharp."""
    from PIL import Image

    image = Image.fromarray(tiles(colours, columns))
    return _as_png(image.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE), caption)


def glowing(values: np.ndarray, caption: str = "", columns: int = 0) -> Picture:
    """Tiles of numbers 0 to 1 (N, H, W) as a picture of a page: 255 steps of the glow, and the page between them."""
    from PIL import Image

    steps = (np.clip(np.nan_to_num(values), 0, 1) * 254 + 0.5).astype(np.uint8)
    image = Image.fromarray(_laid(steps, columns, 480, 255))
    image.putpalette([*glow(np.arange(255) / 254).flatten().tolist(), 0, 0, 0])
    return _as_png(image, caption, transparency=255)


def _as_png(image: Any, caption: str, **settings: Any) -> Picture:
    encoded = io.BytesIO()
    image.save(encoded, "png", **settings)
    return Picture(f"data:image/png;base64,{base64.b64encode(encoded.getvalue()).decode()}", caption, False)


def unit(values: np.ndarray) -> np.ndarray:
    """Each of N pictures of numbers (N, …) from its least to its largest as 0 to 1; a flat one is 0."""
    flat = values.reshape(len(values), -1).astype(np.float64)
    low = flat.min(1, keepdims=True)
    span = flat.max(1, keepdims=True) - low
    return ((flat - low) / np.where(span > 0, span, 1)).reshape(values.shape)
