"""Tables of pixels, a picture a row: CSV, TSV (gzipped too) and Parquet tables with a number in each column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from seodang.core.errors import DataError
from seodang.data.readers._common import LABEL_NAMES, classes_of, content_of, short_name, split_of, stamp_of
from seodang.data.source import SPLITS, LeftOut, Source

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
PIXEL = re.compile(r"^\D*\d+(\D+\d+)*$")  # pixel17, 17, px_17, 3x4, pixel_3_4
INDEX_NAMES = {"", "id", "index", "unnamed: 0"}
MOST_COLUMNS = 400_000  # more is no picture; a 1e6-column table is refused before it is parsed
NAMED = 5  # mistakes that are quoted in a sentence


@dataclass
class _Table:
    """One file's rows: values as they stand, before it is known whether they go to 1 or to 255."""

    file: str
    values: np.ndarray  # (rows, pixels) uint8 or float64
    labels: np.ndarray | None  # (rows,) str
    lines: np.ndarray  # (rows,) int64, what a person would look for: the line in a CSV, else the row from 1
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Form:
    """Which column is what. Indices into the columns of the file."""

    names: list[str]
    label: int | None
    pixels: list[int]
    others: list[int]
    header: bool
    delimiter: str
    note: str = ""


def read_pixels(path: Path) -> Source:
    """Read a CSV or TSV file, or a folder with train.csv, test.csv and so on, gzipped or not.

    Raises:
        DataError: No label column, a number of pixels that makes no picture, or most rows are wrong.
    """
    path = Path(path)
    files = [path] if path.is_file() else pixel_files(path)
    root = path.parent if path.is_file() else path
    if not files:
        raise DataError(f"{path} has no CSV or TSV files.")
    tables = [_read_csv(file, root) for file in files]
    return _source(path, tables, "pixel table", stamp_of(root, files))


def pixel_files(folder: Path) -> list[Path]:
    """The CSV and TSV files of a folder, train before validation before test."""
    files = [
        file
        for file in folder.iterdir()
        if file.is_file() and not file.name.startswith(".") and file.name.lower().endswith(SUFFIXES)
    ]
    named = [file for file in files if split_of(_stem(file))]
    files = named if any(split_of(_stem(file)) == "train" for file in named) else files
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    return sorted(files, key=lambda file: (order[split_of(_stem(file))], file.name))


def _stem(file: Path) -> str:
    return file.name.split(".")[0]


# The columns ----------------------------------------------------------------------------------------------------------


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _delimiter(file: str, line: str) -> str:
    counts = {delimiter: line.count(delimiter) for delimiter in (",", "\t", ";")}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    if counts[best] == 0:
        if line.split() and len(line.split()) > 4:
            return " "
        raise DataError(
            f"{file} is no table of pixels: its first line has one cell. Cells are separated by comma, tab or semicolon."
        )
    return best


def _form(file: str, first: list[str], delimiter: str) -> _Form:
    cells = [cell.strip() for cell in first]
    numbers = [cell for cell in cells if _is_number(cell)]
    header = len(numbers) * 2 < len(cells) or _counts_up(numbers)
    if not header:
        text = [position for position, cell in enumerate(cells) if not _is_number(cell) and cell]
        if len(text) > 1:
            raise DataError(
                f"{file}, line 1: cell {text[1] + 1} is {cells[text[1]]!r}. Without a header, one column may hold the "
                "label as text and all others hold pixels."
            )
        names = [f"column {position + 1}" for position in range(len(cells))]
        label = text[0] if text else 0
        if _side(len(cells) - 1) is None and _side(len(cells)) is not None and not text:
            return _Form(names, None, list(range(len(cells))), [], False, delimiter)
        pixels = [position for position in range(len(cells)) if position != label]
        where = "first" if label == 0 else "last" if label == len(cells) - 1 else f"{label + 1}th"
        return _Form(
            names, label, pixels, [], False, delimiter, f"{file} has no header: the {where} column is the label."
        )
    label = _label_of(cells)
    pixels = [position for position, name in enumerate(cells) if position != label and PIXEL.match(name)]
    others = [position for position in range(len(cells)) if position not in {label, *pixels}]
    return _Form(cells, label, pixels, others, True, delimiter)


def _counts_up(numbers: list[str]) -> bool:
    """Whether a first row is 0, 1, 2, … or 1, 2, 3, …: a header of column numbers."""
    if len(numbers) < 4:
        return False
    values = [float(number) for number in numbers]
    return all(value == values[0] + position for position, value in enumerate(values)) and values[0] in (0.0, 1.0)


def _label_of(names: Sequence[str]) -> int | None:
    lower = [name.lower() for name in names]
    for name in LABEL_NAMES:
        if name in lower:
            return lower.index(name)
    return None


def _side(pixels: int) -> tuple[int, int] | None:
    """(side, channels) of a square picture with so many numbers, or None.

    >>> _side(784), _side(3072), _side(783)
    ((28, 1), (32, 3), None)
    """
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if pixels > 0 and side >= 2 and side * side * channels == pixels:
            return side, channels
    return None


def _sure_of_form(file: str, form: _Form) -> None:
    if _side(len(form.pixels)) is None:
        raise DataError(
            f"{file} has {len(form.pixels):,} pixel columns, which make no square picture: 784 would be 28×28 grey, "
            f"3,072 would be 32×32 in colour. Its first columns: {', '.join(form.names[:4])}."
        )


# Reading a CSV --------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, root: Path) -> _Table:
    file = path.relative_to(root).as_posix()
    content = content_of(path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    start = len(content) - len(content.lstrip(b"\r\n"))
    end = min((at for at in (content.find(b"\n", start), content.find(b"\r", start)) if at >= 0), default=len(content))
    line = content[start:end].decode("utf-8", "replace")
    if not line.strip():
        raise DataError(f"{file} is empty.")
    delimiter = _delimiter(file, line)
    if line.count(delimiter) > MOST_COLUMNS:
        raise DataError(f"{file} has {line.count(delimiter) + 1:,} columns, more than the {MOST_COLUMNS:,} allowed.")
    form = _form(file, next(csv.reader([line], delimiter=delimiter), [""]), delimiter)
    _sure_of_form(file, form)
    return _quickly(file, content, form) or _carefully(file, content, form)


def _quickly(file: str, content: bytes, form: _Form) -> _Table | None:
    """With PyArrow, or None where anything at all is odd: then `_carefully` finds out what, and where."""
    if b"\0" in content or (b"\r" in content and b"\n" not in content):
        return None
    for kind in (pa.uint8(), pa.float64()):
        try:
            names = [str(position) for position in range(len(form.names))]
            types = {names[position]: kind for position in form.pixels}
            types |= {
                names[position]: pa.string() for position in range(len(names)) if position not in set(form.pixels)
            }
            table = pyarrow.csv.read_csv(
                pa.py_buffer(content),
                pyarrow.csv.ReadOptions(column_names=names, skip_rows=_skipped(content, form), block_size=1 << 22),
                pyarrow.csv.ParseOptions(delimiter=form.delimiter, newlines_in_values=False),
                pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]),
            )
        except pa.ArrowException:
            continue
        columns = [table.column(names[position]) for position in form.pixels]
        labels = None if form.label is None else table.column(names[form.label])
        if (
            table.num_rows == 0
            or any(column.null_count for column in columns)
            or (labels is not None and labels.null_count)
        ):
            return None
        values = np.empty((table.num_rows, len(columns)), columns[0].type.to_pandas_dtype())
        for position, column in enumerate(columns):
            values[:, position] = column.to_numpy()
        if values.dtype != np.uint8 and not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 255):
            return None
        blank = content.count(b"\n\n") + content.count(b"\r\n\r\n")
        if blank or content[:1] in b"\r\n":
            return None  # line numbers would be wrong
        others = {
            form.names[p]: _words(table.column(names[p]))
            for p in form.others
            if form.names[p].lower() not in INDEX_NAMES
        }
        lines = np.arange(table.num_rows) + 1 + int(form.header)
        words = None if labels is None else _words(labels)
        return _Table(file, values, words, lines, others, notes=[form.note] if form.note else [])
    return None


def _words(column: pa.ChunkedArray) -> np.ndarray:
    return np.char.strip(np.array([word or "" for word in column.to_pylist()], dtype=str))


def _skipped(content: bytes, form: _Form) -> int:
    return int(form.header)


def _carefully(file: str, content: bytes, form: _Form) -> _Table:
    """Row by row: what is wrong is left out with line and column; where most rows are wrong the file is refused."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    rows, labels, lines, left = [], [], [], []
    others: dict[int, list[str]] = {p: [] for p in form.others if form.names[p].lower() not in INDEX_NAMES}
    first = True
    for line, cells in _cells(text, form.delimiter):
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        if first and form.header:
            first = False
            continue
        first = False
        values, problem = _row(cells, form)
        if problem:
            left.append(LeftOut(f"{file} line {line}", problem))
            continue
        rows.append(values)
        lines.append(line)
        labels.append("" if form.label is None else cells[form.label].strip())
        for position, column in others.items():
            column.append(cells[position].strip())
    if len(left) > len(rows):
        mistakes = "\n".join(f"{one.path}: {one.reason}" for one in left[:NAMED])
        raise DataError(
            f"{file} cannot be read as a table of pixels: {len(left):,} of {len(left) + len(rows):,} rows are wrong.\n{mistakes}"
        )
    if not rows:
        raise DataError(f"{file} has a header but no rows.")
    return _Table(
        file,
        np.array(rows),
        None if form.label is None else np.array(labels),
        np.array(lines),
        {form.names[position]: np.array(column) for position, column in others.items()},
        left,
        [form.note] if form.note else [],
    )


def _cells(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(io.StringIO(text), start=1):
        line = line.rstrip("\n")
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        try:
            yield number, next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            yield number, line.split(delimiter)


def _row(cells: list[str], form: _Form) -> tuple[np.ndarray | None, str | None]:
    if len(cells) != len(form.names):
        return None, f"{len(cells):,} cells, but the first line has {len(form.names):,}"
    if form.label is not None and not cells[form.label].strip():
        return None, f"column {form.names[form.label]} is empty: no label"
    picked = [cells[position] for position in form.pixels]
    try:
        values = np.array(picked, dtype=np.float64)
    except ValueError:
        values = None
    if values is not None and np.isfinite(values).all() and values.min() >= 0 and values.max() <= 255:
        return values, None
    for position in form.pixels:
        cell, name = cells[position].strip(), form.names[position]
        if not form.header:
            name = name.removeprefix("column ")
        if not cell:
            return None, f"column {name} is empty, not a pixel"
        if not _is_number(cell):
            return None, f"column {name} is {cell[:40]!r}, not a number"
        value = float(cell)
        if not math.isfinite(value):
            return None, f"column {name} is {cell[:40]}, not a pixel"
        if not 0 <= value <= 255:
            return None, f"column {name} is {cell[:40]}, outside 0 to 255"
    return None, "cannot be read as numbers"


# A table in memory ----------------------------------------------------------------------------------------------------


def is_pixel_table(table: pa.Table) -> bool:
    """Whether a Parquet table holds a pixel a column."""
    numbers = [
        f for f in table.schema if (pa.types.is_integer(f.type) or pa.types.is_floating(f.type)) and PIXEL.match(f.name)
    ]
    return len(numbers) >= 4 and _side(len(numbers)) is not None


def read_pixel_tables(path: Path, tables: list[tuple[str, pa.Table]], form: str, stamp: str) -> Source:
    """Tables already read (Parquet, Arrow) as pictures, a row a picture."""
    return _source(path, [_from_arrow(file, table) for file, table in tables], form, stamp)


def _from_arrow(file: str, table: pa.Table) -> _Table:
    names = table.column_names
    label = _label_of(names)
    pixels = [
        p for p, f in enumerate(table.schema) if p != label and PIXEL.match(f.name) and not pa.types.is_string(f.type)
    ]
    others = [p for p in range(len(names)) if p not in {label, *pixels} and names[p].lower() not in INDEX_NAMES]
    _sure_of_form(file, _Form(names, label, pixels, others, True, ","))
    values = np.empty((table.num_rows, len(pixels)), np.float64)
    try:
        for position, column in enumerate(pixels):
            values[:, position] = table.column(column).to_numpy()
    except (pa.ArrowException, ValueError, TypeError):
        raise DataError(f"{file}, column {names[pixels[0]]}: pixels must be numbers.") from None
    wrong = ~(np.isfinite(values) & (values >= 0) & (values <= 255))
    words = None if label is None else np.array(["" if v is None else str(v) for v in table.column(label).to_pylist()])
    left = []
    for row in np.flatnonzero(wrong.any(1)).tolist():
        column = int(np.argmax(wrong[row]))
        left.append(
            LeftOut(
                f"{file} row {row + 1}", f"column {names[pixels[column]]} is {values[row, column]:g}, outside 0 to 255"
            )
        )
    if words is not None:
        for row in np.flatnonzero((words == "") & ~wrong.any(1)).tolist():
            left.append(LeftOut(f"{file} row {row + 1}", f"column {names[label or 0]} is empty: no label"))
    good = ~wrong.any(1) & (np.ones(len(values), bool) if words is None else words != "")
    if len(left) > good.sum():
        mistakes = "\n".join(f"{one.path}: {one.reason}" for one in left[:NAMED])
        raise DataError(
            f"{file} cannot be read as a table of pixels: {len(left):,} of {len(values):,} rows are wrong.\n{mistakes}"
        )
    keep = np.flatnonzero(good)
    return _Table(
        file,
        values[keep],
        None if words is None else words[keep],
        keep + 1,
        {names[p]: np.array([str(v) for v in table.column(p).to_pylist()])[keep] for p in others},
        left,
    )


def _source(path: Path, tables: list[_Table], form: str, stamp: str) -> Source:
    notes = [note for table in tables for note in table.notes]
    left = [one for table in tables for one in table.left_out]
    labelled = [table for table in tables if table.labels is not None]
    if not labelled:
        raise DataError(
            f"{tables[0].file} has no label column. It is looked for under the names {', '.join(LABEL_NAMES)}; "
            "without a header it is the first column."
        )
    for table in tables:
        if table.labels is None:
            notes.append(f"{table.file} has no label column: its {len(table.values):,} rows are left aside.")
            left.append(LeftOut(table.file, "no label column, so no labels"))
    widths = {table.values.shape[1]: table.file for table in labelled}
    if len(widths) > 1:
        listed = ", ".join(f"{file} {number:,}" for number, file in widths.items())
        raise DataError(f"The tables of {path} differ in their number of pixels: {listed}.")
    square = _side(labelled[0].values.shape[1])
    assert square, "checked when the columns were read"
    side, channels = square
    values, remark = _to_bytes([table.values for table in labelled])
    notes += [remark] if remark else []
    if channels == 3:
        notes.append(f"{side * side * 3:,} numbers a row are taken as {side}×{side} pixels of red, green and blue.")
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


def _to_bytes(tables: list[np.ndarray]) -> tuple[np.ndarray, str]:
    """All values as uint8: 0..255 as they are, 0..1 times 255. One decision for all tables."""
    if all(values.dtype == np.uint8 for values in tables):
        together = np.concatenate(tables)
        if together.max() > 1:
            return together, ""
    together = np.concatenate([values.astype(np.float64) for values in tables])
    if together.max() <= 1:
        return np.floor(together * 255 + 0.5).astype(np.uint8), "Pixel values from 0 to 1 are brought to 0 to 255."
    whole = bool((together == np.floor(together)).all())
    note = "" if whole else "Pixel values with fractions are rounded to whole numbers from 0 to 255."
    return np.floor(together + 0.5).astype(np.uint8), note
