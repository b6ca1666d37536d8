"""Tables of pixels, a picture a row: CSV, TSV (gzipped too) and Parquet tables with a number in each column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data import kept
from seodang.data.readers.characters import as_utf8
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.naming import split_of
from seodang.data.readers.pixel_signs import is_number
from seodang.data.readers.rows import (
    INDEX_NAMES,
    NAMED,
    PIXEL,
    Form,
    Table,
    label_of,
    source_of,
    square_of,
    sure_of_form,
    without_labels,
)
from seodang.data.source import SPLITS, LeftOut, Source

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
WORTH_KEEPING = 2_000_000  # bytes of a table that is parsed only once
SAMPLE, MANY_ROWS = 1 << 20, 200  # bytes and rows that tell which column is the label where no header does
MOST_COLUMNS = 400_000  # more is no picture; a 1e6-column table is refused before it is parsed


def read_pixels(path: Path) -> Source:
    """Read a CSV or TSV file, or a folder with train.csv, test.csv and so on, gzipped or not.

    Raises:
        DataError: No label column, a number of pixels that makes no picture, or most rows are wrong.
    """
    path = Path(path)
    files = [path] if path.is_file() else pixel_files(path)
    root = path.parent if path.is_file() else path
    if not files:
        raise DataError(tr("{path} has no CSV or TSV files.", path=path))
    stamp = stamp_of(root, files)
    if sum(file.stat().st_size for file in files) < WORTH_KEEPING:
        return _parsed(path, root, files, stamp)
    name = kept.key(f"table {path} {stamp}", None)
    if (source := kept.load_table(name)) is None:
        source = _parsed(path, root, files, stamp)
        kept.save_table(name, source)
    return source


def read_unlabelled(path: Path) -> Source:
    """The pictures of one CSV or TSV file of pixels, labels or none: each has the one label "?"."""
    table = _read_csv(path, path.parent)
    return source_of(path, without_labels([table]), said("pixel table"), stamp_of(path.parent, [path]))


def _parsed(path: Path, root: Path, files: list[Path], stamp: str) -> Source:
    return source_of(path, [_read_csv(file, root) for file in files], said("pixel table"), stamp)


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


def _delimiter(file: str, line: str) -> str:
    counts = {delimiter: line.count(delimiter) for delimiter in (",", "\t", ";")}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    if counts[best] == 0:
        if line.split() and len(line.split()) > 4:
            return " "
        raise DataError(
            tr(
                "{file} is no table of pixels: its first line has one cell. Cells are separated by comma, tab or semicolon.",
                file=file,
            )
        )
    return best


def _is_last(rows: list[list[str]]) -> bool:
    """Whether, without a header, the last column is the label and not the first: where the first is always the same, a corner of the
    pictures, and the last is not, but comes again (UCI's optdigits is written so); or the first hardly ever comes again, and the last
    counts classes: 0, 1, 2."""
    firsts, lasts = ([row[at].strip() for row in rows] for at in (0, -1))
    if not 1 < len(set(lasts)) <= len(lasts) / 2:
        return False
    if len(set(firsts)) == 1:
        return True
    counted = sorted(int(cell) for cell in set(lasts) if cell.isdecimal())
    in_a_row = counted == [*range(counted[0], counted[0] + len(set(lasts)))] if counted else False
    return in_a_row and counted[0] in (0, 1) and len(set(firsts)) > len(firsts) / 2


def _form(file: str, first: list[str], delimiter: str, rows: Sequence[list[str]] = ()) -> Form:
    """rows: the first ones of the file, for what a single line does not tell."""
    cells = [cell.strip() for cell in first]
    numbers = [cell for cell in cells if is_number(cell)]
    header = len(numbers) * 2 < len(cells) or _counts_up(numbers)
    if not header:
        text = [position for position, cell in enumerate(cells) if not is_number(cell) and cell]
        if len(text) > 1:
            raise DataError(
                tr(
                    "{file}, line 1: cell {number} is {cell!r}. Without a header, "
                    "one column may hold the label as text and all others hold pixels.",
                    file=file,
                    number=text[1] + 1,
                    cell=cells[text[1]],
                )
            )
        names = [f"column {position + 1}" for position in range(len(cells))]
        label = text[0] if text else len(cells) - 1 if _is_last([row for row in rows if len(row) == len(cells)]) else 0
        if square_of(len(cells) - 1) is None and square_of(len(cells)) is not None and not text:
            return Form(names, None, list(range(len(cells))), [], False, delimiter)
        pixels = [position for position in range(len(cells)) if position != label]
        which = (
            said("{file} has no header: the first column is the label.", file=file)
            if label == 0
            else said("{file} has no header: the last column is the label.", file=file)
            if label == len(cells) - 1
            else said("{file} has no header: the {number}th column is the label.", file=file, number=label + 1)
        )
        return Form(names, label, pixels, [], False, delimiter, which)
    label, note = label_of(cells)
    pixels = [position for position, name in enumerate(cells) if position != label and PIXEL.match(name)]
    others = [position for position in range(len(cells)) if position not in {label, *pixels}]
    return Form(cells, label, pixels, others, True, delimiter, f"{file}: {note}" if note else "")


def _counts_up(numbers: list[str]) -> bool:
    """Whether a first row is 0, 1, 2, … or 1, 2, 3, …: a header of column numbers."""
    if len(numbers) < 4:
        return False
    values = [float(number) for number in numbers]
    return all(value == values[0] + position for position, value in enumerate(values)) and values[0] in (0.0, 1.0)


# Reading a CSV --------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, root: Path) -> Table:
    file = path.relative_to(root).as_posix()
    content = content_of(path)
    notes: list[str] = []
    if not content.isascii():
        content, notes = as_utf8(file, content)
    start = len(content) - len(content.lstrip(b"\r\n"))
    end = min((at for at in (content.find(b"\n", start), content.find(b"\r", start)) if at >= 0), default=len(content))
    line = content[start:end].decode("utf-8", "replace")
    if not line.strip():
        raise DataError(tr("{file} is empty.", file=file))
    delimiter = _delimiter(file, line)
    if line.count(delimiter) > MOST_COLUMNS:
        raise DataError(
            tr(
                "{file} has {count:,} columns, more than the {most:,} allowed.",
                file=file,
                count=line.count(delimiter) + 1,
                most=MOST_COLUMNS,
            )
        )
    rows = [each.split(delimiter) for each in _some_lines(content[start:])]
    form = _form(file, next(csv.reader([line], delimiter=delimiter), [""]), delimiter, rows)
    sure_of_form(file, form)
    table = _quickly(file, content, form) or _carefully(file, content, form)
    return replace(table, notes=[*notes, *table.notes])


def _some_lines(content: bytes) -> list[str]:
    """Up to some hundred lines from all over a table, for it may be sorted by its labels; of a large one from three places."""
    if len(content) <= SAMPLE:
        lines = content.decode("utf-8", "replace").splitlines()
        return lines[:: -(-len(lines) // MANY_ROWS) or 1]
    found: list[str] = []
    for start in (0, len(content) // 2, len(content) - SAMPLE // 3):
        lines = content[start : start + SAMPLE // 3].decode("utf-8", "replace").splitlines()
        found += lines[start > 0 :][: MANY_ROWS // 3]  # the first may be half a line
    return found


def _quickly(file: str, content: bytes, form: Form) -> Table | None:
    """With PyArrow, or None where anything at all is odd: then `_carefully` finds out what, and where."""
    odd = (b"\0", b"\n\n", b"\n\r\n")
    if any(mark in content for mark in odd) or content[:1] in b"\r\n" or (b"\r" in content and b"\n" not in content):
        return None  # line numbers would be wrong, or PyArrow's answer
    if form.header and not content.partition(b"\n")[2]:
        return None  # PyArrow refuses a table without rows, and a process that ends at once then may abort
    pixels = set(form.pixels)
    names = [str(position) for position in range(len(form.names))]
    for kind in (pa.uint8(), pa.float64()):
        types = {name: kind if position in pixels else pa.string() for position, name in enumerate(names)}
        try:
            table = pyarrow.csv.read_csv(
                pa.py_buffer(content),
                pyarrow.csv.ReadOptions(column_names=names, skip_rows=int(form.header), block_size=1 << 22),
                pyarrow.csv.ParseOptions(delimiter=form.delimiter, newlines_in_values=False),
                pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]),
            )
        except pa.ArrowException:
            continue
        labels = None if form.label is None else table.column(names[form.label])
        values = _matrix([table.column(names[position]) for position in form.pixels])
        if values is None or (labels is not None and labels.null_count):
            return None
        others = {
            form.names[p]: _words(table.column(names[p]))
            for p in form.others
            if form.names[p].lower() not in INDEX_NAMES
        }
        return Table(
            file=file,
            values=values,
            labels=None if labels is None else _words(labels),
            lines=np.arange(len(values)) + 1 + int(form.header),
            columns=others,
            notes=[form.note] if form.note else [],
        )
    return None


def _matrix(columns: list[pa.ChunkedArray]) -> np.ndarray | None:
    """Columns as (rows, pixels), or None where a cell is empty, no number or outside 0 to 255."""
    rows = len(columns[0])
    if rows == 0 or any(column.null_count for column in columns):
        return None
    values = np.empty((len(columns), rows), columns[0].type.to_pandas_dtype())
    for column, chunks in zip(values, columns, strict=True):
        start = 0
        for chunk in chunks.chunks:
            column[start : start + len(chunk)] = chunk.to_numpy()
            start += len(chunk)
    if values.dtype != np.uint8 and not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 255):
        return None
    out = np.empty((rows, len(columns)), values.dtype)
    for start in range(0, rows, 64):  # in blocks that stay in the processor's cache
        out[start : start + 64] = values[:, start : start + 64].T
    return out


def _words(column: pa.ChunkedArray) -> np.ndarray:
    return np.char.strip(np.array([word or "" for word in column.to_pylist()], dtype=str))


def _carefully(file: str, content: bytes, form: Form) -> Table:
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
        mistakes = "\n".join(f"{one.path}: {shown(one.reason)}" for one in left[:NAMED])
        raise DataError(
            tr(
                "{file} cannot be read as a table of pixels: {count:,} of {rows:,} rows are wrong.\n{mistakes}",
                file=file,
                count=len(left),
                rows=len(left) + len(rows),
                mistakes=mistakes,
            )
        )
    if not rows:
        raise DataError(tr("{file} has a header but no rows.", file=file))
    return Table(
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


def _row(cells: list[str], form: Form) -> tuple[np.ndarray | None, str | None]:
    if len(cells) != len(form.names):
        return None, said(
            "{count:,} cells, but the first line has {expected:,}", count=len(cells), expected=len(form.names)
        )
    if form.label is not None and not cells[form.label].strip():
        return None, said("column {name} is empty: no label", name=form.names[form.label])
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
            return None, said("column {name} is empty, not a pixel", name=name)
        if not is_number(cell):
            return None, said("column {name} is {cell!r}, not a number", name=name, cell=cell[:40])
        value = float(cell)
        if not math.isfinite(value):
            return None, said("column {name} is {cell}, not a pixel", name=name, cell=cell[:40])
        if not 0 <= value <= 255:
            return None, said("column {name} is {cell}, outside 0 to 255", name=name, cell=cell[:40])
    return None, said("cannot be read as numbers")
