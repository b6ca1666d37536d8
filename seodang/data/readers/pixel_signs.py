"""Whether a table holds pictures, a pixel a column: told from its first lines."""

from __future__ import annotations

import codecs
import gzip
import math
import zlib
from pathlib import Path

from seodang.core.sentences import said
from seodang.data.readers.rows import FEW_ROWS, PIXEL, SURE, are_surely_pixels, square_of

LEAST_PIXELS = 16  # fewer columns are a table of something else
LONGEST_LINE = 10_000_000  # characters that are looked at
LONGEST_NUMBER = 30  # characters of a pixel


def holds_pixels(path: Path, sure: bool = False) -> bool:
    """Whether a CSV or TSV file looks like pictures, a pixel a column: told from its first lines, never raising.

    Columns called pixel1, pixel2, … (any word, or `1x1`) that fill a square with numbers from 0 to 255, or more than 16 columns of such
    whole numbers without a header, beside a label.

    Args:
        sure: only where they can hardly be anything else: answers to 9 questions make a square too.
    """
    first, second = [*_first_lines(path, 2), ""][:2]
    delimiter = max(",\t;", key=first.count)
    names, cells = (line.replace('"', "").split(delimiter) for line in (first, second))
    if sum(map(_is_pixel, cells)) < len(cells) - 3:
        return False
    if not all(is_number(name) for name in names if name):
        pixels = [position for position, name in enumerate(names) if PIXEL.match(name.strip())]
        found = len(pixels) >= 4 and square_of(len(pixels)) is not None
    else:
        pixels = [position for position, cell in enumerate(cells) if cell.strip().isdecimal()]
        squares = (square_of(len(cells) - labels) for labels in (1, 2))
        found = len(pixels) >= len(cells) - 3 and len(cells) > LEAST_PIXELS and any(squares)
    if not found or not sure:
        return found
    rows = [line.replace('"', "").split(delimiter) for line in _first_lines(path, FEW_ROWS)[1:]]
    values = [[float(row[at]) if is_number(row[at]) else math.nan for at in pixels if at < len(row)] for row in rows]
    return are_surely_pixels([names[at] for at in pixels if at < len(names)], values)


def no_pixels(path: Path) -> str:
    """Why a table whose columns are called like pixels is read as a table all the same; "" where they are not called so."""
    names, cells = (line.replace('"', "").split(",") for line in [*_first_lines(path, 2), "", ""][:2])
    called = [position for position, name in enumerate(names) if SURE.match(name.strip())]
    if len(called) < LEAST_PIXELS or holds_pixels(path):
        return ""
    told = {"file": path.name, "count": len(called)}
    if square_of(len(called)) is None:
        return said(
            "{file} has {count:,} columns called like pixels, which make no square picture (784 would be 28×28): it is read as a "
            "table.",
            **told,
        )
    if all(_is_pixel(cells[position]) for position in called if position < len(cells)):
        return ""
    return said(
        "{file} has {count:,} columns called like pixels, with values that are not from 0 to 255: it is read as a table.",
        **told,
    )


def _first_lines(path: Path, many: int) -> list[str]:
    """The first lines of a file that are not blank; one empty line where there are none or it cannot be read."""
    try:
        opener = gzip.open if path.name.lower().endswith(".gz") else open
        with opener(path, "rb") as file:
            head = file.readline(LONGEST_LINE)
            while head and not head.strip():
                head = file.readline(LONGEST_LINE)
            if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                text = (head + file.read(LONGEST_LINE))[: LONGEST_LINE // 2 * 2].decode("utf-16", "replace")
            else:
                for _ in range(many - 1):
                    head += file.readline(LONGEST_LINE)
                text = head.decode("utf-8-sig", "replace")
    except (OSError, EOFError, zlib.error):
        return [""]
    return [line.strip() for line in text.splitlines()[:many]] or [""]


def _is_pixel(cell: str) -> bool:
    return len(cell) <= LONGEST_NUMBER and is_number(cell) and 0 <= float(cell) <= 255


def is_number(cell: str) -> bool:
    """Whether a cell is a number as Python reads one."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
