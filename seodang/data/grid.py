"""Many pictures in one: a grid with a short title under each."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from seodang.core.errors import SeodangError
from seodang.core.files import refuse_place, write_bytes
from seodang.core.fonts import best_font, has, plain
from seodang.core.language import tr

GAP, INK, PAPER = 6, "#1b2430", "#ffffff"
# What a picture's file is written as, by its ending.
KINDS = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".gif": "gif",
    ".bmp": "bmp",
    ".tif": "tiff",
    ".tiff": "tiff",
}


@functools.cache
def font(size: int, file: str = "") -> ImageFont.FreeTypeFont:
    """A font of so many pixels; matplotlib's own where no file is named."""
    return ImageFont.truetype(file or plain().file, size)


def fitted_title(title: str, width: int, size: int) -> str:
    """The title with what no font has as "?", cut with "…" to fit into `width` pixels."""
    title = " ".join(title.split())
    best = best_font(title)
    text = "".join(letter if letter.isprintable() and has(best, letter) else "?" for letter in title)
    used = font(size, best.file)
    if used.getlength(text) <= width:
        return text
    while text and used.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def to_picture(pixels: Tensor | np.ndarray) -> Image.Image:
    """One picture (C, H, W) uint8, C 1 or 3."""
    array = np.asarray(pixels)
    return Image.fromarray(np.ascontiguousarray(array[0] if len(array) == 1 else array.transpose(1, 2, 0)))


def grid(
    pixels: Tensor | np.ndarray | Sequence[Image.Image],
    titles: Sequence[str] = (),
    columns: int = 8,
    cell: int | None = None,
) -> Image.Image:
    """Pictures in rows, each scaled to a square cell with its shape kept, a title under each.

    Args:
        pixels: (N, C, H, W) uint8, C 1 or 3; or N pictures of any size.
        titles: N short lines, or none. A title that does not fit is cut; "\\n" begins another line.
        columns: Pictures in a row.
        cell: Side of a cell in pixels. None: the pictures' own longer side, at least 84, at most 200.
    """
    pictures = [one if isinstance(one, Image.Image) else to_picture(one) for one in pixels]
    longest = max((max(one.size) for one in pictures), default=1)
    cell = cell or min(200, max(84, longest))
    size = max(11, cell // 9)
    lines = max((title.count("\n") + 1 for title in titles), default=0)
    high = cell + (lines * (size + 4) + 2 if lines else 0)
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (cell + GAP) + GAP, max(1, rows) * (high + GAP) + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, one in enumerate(pictures):
        left, top = GAP + index % columns * (cell + GAP), GAP + index // columns * (high + GAP)
        shown = enlarged(one, cell)
        sheet.paste(shown, (left + (cell - shown.width) // 2, top + (cell - shown.height) // 2))
        for line, text in enumerate(titles[index].split("\n") if index < len(titles) else ()):
            place = (left + cell / 2, top + cell + 3 + line * (size + 4))
            pen.text(
                place, fitted_title(text, cell, size), fill=INK, font=font(size, best_font(text).file), anchor="ma"
            )
    return sheet


def plain_grid(pixels: Tensor, columns: int) -> Tensor:
    """Pictures (N, C, H, W) side by side without gaps, row after row: (C, rows · H, columns · W); what is left over is black.

    >>> plain_grid(torch.arange(3, dtype=torch.uint8).reshape(3, 1, 1, 1), 2).tolist()
    [[[0, 1], [2, 0]]]
    """
    count, channels, height, width = pixels.shape
    rows = -(-count // columns)
    sheet = torch.zeros(rows * columns, channels, height, width, dtype=pixels.dtype)
    sheet[:count] = pixels
    return (
        sheet.reshape(rows, columns, channels, height, width)
        .permute(2, 0, 3, 1, 4)
        .reshape(channels, rows * height, columns * width)
    )


def refuse_picture(path: str | Path) -> None:
    """Raise, before anything is computed, where a picture could not be written: `refuse_place`, or an ending of no picture."""
    if Path(path).suffix.lower() not in KINDS:
        raise SeodangError(
            tr("{path} does not say which kind of picture it is to be. Write a name that ends in .png.", path=path)
        )
    refuse_place(path)


def save_picture(picture: Image.Image, path: str | Path) -> None:
    """Write a picture whole or not at all, as what its file's ending says (`refuse_picture`)."""
    content = io.BytesIO()
    picture.save(content, KINDS[Path(path).suffix.lower()], optimize=True)
    write_bytes(Path(path), content.getvalue())


def enlarged(one: Image.Image, side: int) -> Image.Image:
    """A picture scaled so that its longer side is `side`: pixels stay visible when it grows, and are averaged when it shrinks."""
    scale = side / max(one.size)
    size = (max(1, round(one.width * scale)), max(1, round(one.height * scale)))
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    return one.convert("RGB").resize(size, way)
