"""Rows of pixels in memory as pictures: which column is what, the square they make, 0 to 255 or 0 to 1."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.readers.naming import LABEL_NAMES, classes_of, short_name, split_of
from seodang.data.source import LeftOut, Source

PIXEL = re.compile(r"^\D*\d+(\D+\d+)*$")  # pixel17, 17, px_17, 3x4, pixel_3_4
# Columns of such names are pixels whatever they hold; others (x1, feature_7, none) are where many whole numbers go up to 255.
SURE = re.compile(r"^(pixels?|pix|px)[ _.-]?\d+([ _.x-]\d+)*$|^\d+x\d+(x\d+)?$", re.I)
LEAST_UNNAMED, LEAST_BRIGHTEST = 64, 16  # pixels of 8×8 digits, which go to 16; answers in a survey seldom go beyond 10
INDEX_NAMES = {"", "id", "index", "unnamed: 0"}
FEW_ROWS = 20  # that tell what a table holds
NAMED = 5  # mistakes that are quoted in a sentence


@dataclass
class Table:
    """One file's rows: values as they stand, before it is known whether they go to 1 or to 255."""

    file: str
    values: np.ndarray  # (rows, pixels) uint8 or float64
    labels: np.ndarray | None  # (rows,) str
    lines: np.ndarray  # (rows,) int64, what a person would look for: the line in a CSV, else the row from 1
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Form:
    """Which column is what. Indices into the columns of the file."""

    names: list[str]
    label: int | None
    pixels: list[int]
    others: list[int]
    header: bool
    delimiter: str
    note: str = ""


def label_of(names: Sequence[str]) -> tuple[int | None, str]:
    """Which column is the label, and what to say about it: a known name, else the only one that is no pixel.

    >>> label_of(["pixel1", "pixel2", "pixel3", "pixel4", "kind"])
    (4, 'the column kind is the label.')
    """
    lower = [name.lower() for name in names]
    for name in LABEL_NAMES:
        if name in lower:
            return lower.index(name), ""
    rest = [p for p, name in enumerate(names) if not PIXEL.match(name) and lower[p] not in INDEX_NAMES]
    if len(rest) == 1 and len(names) > 4:
        return rest[0], said("the column {name} is the label.", name=names[rest[0]])
    return None, ""


def square_of(pixels: int) -> tuple[int, int] | None:
    """(side, channels) of a square picture with so many numbers, or None.

    >>> square_of(784), square_of(3072), square_of(783)
    ((28, 1), (32, 3), None)
    """
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if pixels > 0 and side >= 2 and side * side * channels == pixels:
            return side, channels
    return None


def sure_of_form(file: str, form: Form) -> None:
    """Refuse a number of pixel columns that makes no square picture, with a DataError."""
    if square_of(len(form.pixels)) is None:
        raise DataError(
            tr(
                "{file} has {count:,} pixel columns, which make no square picture: 784 would be 28×28 grey, "
                "3,072 would be 32×32 in colour. Its first columns: {columns}.",
                file=file,
                count=len(form.pixels),
                columns=", ".join(form.names[:4]),
            )
        )


def are_surely_pixels(names: Sequence[str], rows: Sequence[Sequence[float]]) -> bool:
    """Whether numbered columns are pixels rather than the numbered columns of any other table.

    Args:
        names: of the columns that may be pixels.   rows: their values in a few rows.

    >>> are_surely_pixels(["pixel1", "pixel2", "pixel3", "pixel4"], []), are_surely_pixels(["x1", "x2", "x3", "x4"], [[1, 2, 0, 5]])
    (True, False)
    """
    if all(SURE.match(name.strip()) for name in names):
        return True
    values = [value for row in rows for value in row]
    whole = all(float(value).is_integer() and 0 <= value <= 255 for value in values)
    return len(names) >= LEAST_UNNAMED and whole and max(values, default=0) >= LEAST_BRIGHTEST


def is_pixel_table(table: pa.Table, sure: bool = False) -> bool:
    """Whether a Parquet table holds a pixel a column; where `sure`, only if it can hardly be anything else."""
    numbers = [
        f.name
        for f in table.schema
        if (pa.types.is_integer(f.type) or pa.types.is_floating(f.type)) and PIXEL.match(f.name)
    ]
    if len(numbers) < 4 or square_of(len(numbers)) is None:
        return False
    return not sure or are_surely_pixels(numbers, [*_few_rows(table.select(numbers))])


def _few_rows(table: pa.Table) -> Iterator[list[float]]:
    for row in table.slice(0, FEW_ROWS).to_pylist():
        yield [math.nan if value is None else value for value in row.values()]


def read_pixel_tables(
    path: Path, tables: list[tuple[str, pa.Table]], form: str, stamp: str, labelled: bool = True
) -> Source:
    """Tables already read (Parquet, Arrow) as pictures, a row a picture."""
    found = [_from_arrow(file, table) for file, table in tables]
    return source_of(path, found if labelled else without_labels(found), form, stamp)


def _from_arrow(file: str, table: pa.Table) -> Table:
    names = table.column_names
    label, note = label_of(names)
    pixels = [
        p for p, f in enumerate(table.schema) if p != label and PIXEL.match(f.name) and not pa.types.is_string(f.type)
    ]
    others = [p for p in range(len(names)) if p not in {label, *pixels} and names[p].lower() not in INDEX_NAMES]
    sure_of_form(file, Form(names, label, pixels, others, True, ","))
    values = np.empty((table.num_rows, len(pixels)), np.float64)
    try:
        for position, column in enumerate(pixels):
            values[:, position] = table.column(column).to_numpy()
    except (pa.ArrowException, ValueError, TypeError):
        raise DataError(
            tr("{file}, column {name}: pixels must be numbers.", file=file, name=names[pixels[0]])
        ) from None
    wrong = ~(np.isfinite(values) & (values >= 0) & (values <= 255))
    words = None if label is None else np.array(["" if v is None else str(v) for v in table.column(label).to_pylist()])
    left = []
    for row in np.flatnonzero(wrong.any(1)).tolist():
        column = int(np.argmax(wrong[row]))
        left.append(
            LeftOut(
                f"{file} row {row + 1}",
                said(
                    "column {name} is {value}, outside 0 to 255",
                    name=names[pixels[column]],
                    value=f"{values[row, column]:g}",
                ),
            )
        )
    if words is not None:
        for row in np.flatnonzero((words == "") & ~wrong.any(1)).tolist():
            left.append(
                LeftOut(f"{file} row {row + 1}", said("column {name} is empty: no label", name=names[label or 0]))
            )
    good = ~wrong.any(1) & (np.ones(len(values), bool) if words is None else words != "")
    if len(left) > good.sum():
        mistakes = "\n".join(f"{one.path}: {shown(one.reason)}" for one in left[:NAMED])
        raise DataError(
            tr(
                "{file} cannot be read as a table of pixels: {count:,} of {rows:,} rows are wrong.\n{mistakes}",
                file=file,
                count=len(left),
                rows=len(values),
                mistakes=mistakes,
            )
        )
    keep = np.flatnonzero(good)
    return Table(
        file,
        values[keep],
        None if words is None else words[keep],
        keep + 1,
        {names[p]: np.array([str(v) for v in table.column(p).to_pylist()])[keep] for p in others},
        left,
        [f"{file}: {note}"] if note else [],
    )


def without_labels(tables: list[Table]) -> list[Table]:
    """The tables, labels or none, with one and the same label: for pictures whose class is asked for."""
    return [replace(table, labels=np.full(len(table.values), "?")) for table in tables]


def source_of(path: Path, tables: list[Table], form: str, stamp: str) -> Source:
    """The rows of all tables as one source. Tables without labels are left aside with a note."""
    notes = [note for table in tables for note in table.notes]
    left = [one for table in tables for one in table.left_out]
    labelled = [table for table in tables if table.labels is not None]
    if not labelled:
        raise DataError(
            tr(
                "{file} has no label column. It is looked for under the names {names}; without a header it is the first column.",
                file=tables[0].file,
                names=", ".join(LABEL_NAMES),
            )
        )
    for table in tables:
        if table.labels is None:
            notes.append(
                said(
                    "{file} has no label column: its {count:,} rows are left aside.",
                    file=table.file,
                    count=len(table.values),
                )
            )
            left.append(LeftOut(table.file, said("no label column, so no labels")))
    widths = {table.values.shape[1]: table.file for table in labelled}
    if len(widths) > 1:
        listed = ", ".join(f"{file} {number:,}" for number, file in widths.items())
        raise DataError(tr("The tables of {path} differ in their number of pixels: {files}.", path=path, files=listed))
    square = square_of(labelled[0].values.shape[1])
    assert square, "checked when the columns were read"
    side, channels = square
    values, remark = to_bytes([table.values for table in labelled])
    notes += [remark] if remark else []
    if channels == 3:
        notes.append(
            said(
                "{count:,} numbers a row are taken as {side}×{side} pixels of red, green and blue.",
                count=side * side * 3,
                side=side,
            )
        )
    classes, labels = classes_of(
        _whole(np.concatenate([table.labels for table in labelled if table.labels is not None]))
    )
    shared = set.intersection(*(set(table.columns) for table in labelled))
    unit = "row" if form != "pixel table" else "line"
    return Source(
        name=short_name(path),
        where=str(path),
        form=form,
        classes=classes,
        labels=labels,
        ids=[f"{table.file} {unit} {line}" for table in labelled for line in table.lines.tolist()],
        splits=np.concatenate([np.full(len(t.values), split_of(Path(t.file).name.split(".")[0])) for t in labelled]),
        stamp=stamp,
        pixels=values.reshape(-1, side, side, channels),
        left_out=tuple(left),
        notes=tuple(notes),
        label_values=classes,
        columns={name: np.concatenate([table.columns[name] for table in labelled]) for name in sorted(shared)},
    )


def _whole(labels: np.ndarray) -> np.ndarray:
    """Labels written as 3.0 are 3, where all are whole numbers."""
    try:
        numbers = labels.astype(np.float64)
    except ValueError:
        return labels
    if np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all() and np.abs(numbers).max() < 2**53:
        return numbers.astype(np.int64).astype(str)
    return labels


def to_bytes(tables: list[np.ndarray]) -> tuple[np.ndarray, str]:
    """All values as uint8: 0..255 as they are, 0..1 times 255. One decision for all tables."""
    if all(values.dtype == np.uint8 for values in tables):
        together = np.concatenate(tables)
        if together.max() > 1:
            return together, ""
    together = np.concatenate([values.astype(np.float64) for values in tables])
    if together.max() <= 1:
        return np.floor(together * 255 + 0.5).astype(np.uint8), said(
            "Pixel values from 0 to 1 are brought to 0 to 255."
        )
    whole = bool((together == np.floor(together)).all())
    note = "" if whole else said("Pixel values with fractions are rounded to whole numbers from 0 to 255.")
    return np.floor(together + 0.5).astype(np.uint8), note
