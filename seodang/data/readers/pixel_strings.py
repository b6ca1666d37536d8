"""A table with pictures written into one of its columns, `70 80 82 …`, as the faces of FER-2013 come."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.readers.content import stamp_of
from seodang.data.readers.naming import split_of
from seodang.data.readers.rows import INDEX_NAMES, LABEL_NAMES, Table, source_of, square_of
from seodang.data.readers.table import read_cells
from seodang.data.source import LeftOut, Source

LEAST_PIXELS = 64  # 8×8
_FEW_ROWS = 5
_LONGEST_LINE = 4_000_000  # characters
_NUMBERS = re.compile(r"[0-9]{1,3}(?: [0-9]{1,3})+")
_SPLIT_NAMES = {"usage", "split", "set", "fold", "subset"}


def holds_pixel_strings(path: Path) -> bool:
    """Whether a CSV or TSV file has a column of pixels in one cell: told from its first lines, never raising."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [line for line in itertools.islice(iter(lambda: file.readline(_LONGEST_LINE), ""), _FEW_ROWS + 1)]
        if len(lines) < 3 or not _NUMBERS.search(lines[1]):
            return False
        rows = list(csv.reader(lines, delimiter="\t" if lines[0].count("\t") > lines[0].count(",") else ","))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return _pixels_of([list(column) for column in zip(*rows[1:], strict=False)]) is not None


def _pixels_of(columns: list[list[str]]) -> int | None:
    """The column whose every cell has as many numbers up to 255, which make a square picture."""
    for place, cells in enumerate(columns):
        counts = {cell.count(" ") + 1 if _NUMBERS.fullmatch(cell.strip()) else 0 for cell in map(str.strip, cells)}
        if len(counts) == 1 and (many := counts.pop()) >= LEAST_PIXELS and square_of(many):
            values = {int(number) for number in " ".join(cells).split()}
            if max(values) <= 255:
                return place
    return None


def read_pixel_strings(path: Path, labelled: bool = True) -> Source:
    """The pictures and their labels; a column such as Usage gives the splits.

    Args:
        labelled: False: labels, if there are any, are not looked at, and each is "?".

    Raises:
        DataError: There is no column of labels beside the pixels.
    """
    path = Path(path)
    cells = read_cells(path, path.parent)
    names = cells.names or []
    heads = [_words(column.slice(0, _FEW_ROWS)) for column in cells.columns]
    place = _pixels_of(heads)
    assert place is not None, "holds_pixel_strings was asked first"
    many = heads[place][0].strip().count(" ") + 1
    rest = [at for at, name in enumerate(names) if at != place and name.lower() not in INDEX_NAMES]
    given = next((at for at in rest if names[at].lower() in _SPLIT_NAMES), None)
    others = [at for at in rest if at != given]
    label = next((at for at in others if names[at].lower() in LABEL_NAMES), others[0] if len(others) == 1 else None)
    if label is None and labelled:
        raise DataError(
            tr(
                "{file} has pixels in the column {pixels}, and no column that is surely their label. It is looked for under the "
                "names {names}.",
                file=cells.file,
                pixels=names[place],
                names=", ".join(LABEL_NAMES),
            )
        )
    rows = len(cells.rows)
    labels = _words(cells.columns[label]) if label is not None and labelled else ["?"] * rows
    values, good = _filled(cells.columns[place], many, labels)
    kept = np.flatnonzero(good).tolist()
    left = [
        LeftOut(f"{cells.file} row {number}", said("no {count:,} pixels from 0 to 255, or no label", count=many))
        for number in cells.rows[~good].tolist()
    ]
    table = Table(
        cells.file,
        values,
        np.array([labels[at] for at in kept]),
        cells.rows[good],
        {names[at]: np.array(_words(cells.columns[at]))[good] for at in rest if at != label},
        [*cells.left_out, *left],
        [
            *cells.notes,
            said("The column {pixels} holds pictures, a row each.", pixels=names[place]),
        ],
    )
    source = source_of(path, [table], said("pixel table"), stamp_of(path.parent, [path]))
    if given is None:
        return source
    return replace(source, splits=np.array([split_of(word) for word in table.columns[names[given]].tolist()]))


def _words(column: pa.ChunkedArray) -> list[str]:
    return [str(value or "") for value in column.to_pylist()]


def _filled(column: pa.ChunkedArray, many: int, labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of the rows that have so many from 0 to 255 and a label, (N, many) uint8, and which rows they are, (R,) bool.

    Cells are taken one at a time: as numbers of Python, a thousand pictures of 48×48 would take over 100 MB.
    """
    values, good = np.empty((len(column), many), np.uint8), np.zeros(len(column), bool)
    count = 0
    for row, cell in enumerate(column):
        text = str(cell.as_py() or "").strip()
        if not labels[row] or not _NUMBERS.fullmatch(text):
            continue
        numbers = np.fromstring(text, np.int16, sep=" ")
        if len(numbers) == many and numbers.max() <= 255:
            values[count], good[row] = numbers, True
            count += 1
    return values[:count], good
