"""A table with pictures written into one of its columns, `70 80 82 …`, as the faces of FER-2013 come."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

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
_NUMBERS = re.compile(r"\d{1,3}(?: \d{1,3})+")
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
    columns = [[str(value or "") for value in column.to_pylist()] for column in cells.columns]
    place = _pixels_of([column[:_FEW_ROWS] for column in columns])
    assert place is not None, "holds_pixel_strings was asked first"
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
    labels = columns[label] if label is not None and labelled else ["?"] * len(columns[place])
    many = columns[place][0].strip().count(" ") + 1
    read = [np.array(cell.split(), np.float64) if _NUMBERS.fullmatch(cell.strip()) else None for cell in columns[place]]
    good = [
        at
        for at, values in enumerate(read)
        if values is not None and len(values) == many and values.max() <= 255 and labels[at]
    ]
    kept = set(good)
    left = [
        LeftOut(
            f"{cells.file} row {cells.rows[at]}", said("no {count:,} pixels from 0 to 255, or no label", count=many)
        )
        for at in range(len(read))
        if at not in kept
    ]
    values = np.stack([each for at in good if (each := read[at]) is not None])
    table = Table(
        cells.file,
        values,
        np.array([labels[at] for at in good]),
        cells.rows[good],
        {names[at]: np.array([columns[at][row] for row in good]) for at in rest if at != label},
        [*cells.left_out, *left],
        [
            *cells.notes,
            said("The column {pixels} holds pictures, a row each.", pixels=names[place]),
        ],
    )
    source = source_of(path, [table], said("pixel table"), stamp_of(path.parent, [path]))
    if given is None:
        return source
    return replace(source, splits=np.array([split_of(columns[given][at]) for at in good]))
