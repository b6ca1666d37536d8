"""Tables that are no plain text: Parquet, Arrow, Feather, JSON lines and Excel."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.readers.delimited import Cells
from seodang.data.readers.layout import MOST_COLUMNS, layout_of_cells
from seodang.data.readers.parquet_rows import DAMAGED
from seodang.data.readers.totals import without_blank_and_totals
from seodang.data.source import LeftOut
from seodang.data.words import pc

_BEGIN, _LARGEST_OBJECT = 1 << 16, 1 << 28  # bytes that tell whether several objects follow one another; of one object
_DEEPEST = 5  # objects inside objects that become columns
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_arrow(file: str, content: bytes) -> Cells:
    """Parquet, Arrow and Feather, by the first bytes. Names of the hub's ClassLabel take the place of its numbers.

    Raises:
        DataError: It is damaged.
    """
    try:
        if content[:4] == b"PAR1":
            table, form = pyarrow.parquet.ParquetFile(pa.BufferReader(content)).read(), "Parquet"
        elif content[:6] == b"ARROW1":
            table, form = pyarrow.ipc.open_file(pa.BufferReader(content)).read_all(), "Arrow"
        elif content[:4] == b"FEA1":
            table, form = pyarrow.feather.read_table(pa.BufferReader(content)), "Feather"
        else:
            table, form = pyarrow.ipc.open_stream(pa.BufferReader(content)).read_all(), "Arrow"
        return _cells(file, form, _with_class_names(table))
    except DAMAGED as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            tr("{file} is damaged or no Parquet, Arrow or Feather file ({error}).", file=file, error=first[:200])
        ) from None


def _cells(file: str, form: str, table: pa.Table) -> Cells:
    """The columns that hold one value a row; structs are taken apart, lists and bytes left out."""
    if table.num_columns > MOST_COLUMNS:
        raise DataError(
            tr(
                "{file} has {count:,} columns, more than the {most:,} allowed.",
                file=file,
                count=table.num_columns,
                most=MOST_COLUMNS,
            )
        )
    if not table.num_rows or not table.num_columns:
        raise DataError(tr("{file} has no rows.", file=file))
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    left, names, columns = [], [], []
    for column in table.schema:
        kind = column.type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            left.append(LeftOut(f"{file} column {column.name}", said("holds {type}, not one value a row", type=kind)))
        else:
            names.append(column.name)
            columns.append(table.column(len(names) + len(left) - 1))
    if not columns:
        raise DataError(
            tr(
                "{file} has no columns of one value a row, only {types}.",
                file=file,
                types=", ".join(map(str, table.schema.types[:3])),
            )
        )
    return Cells(file, form, names, columns, np.arange(1, table.num_rows + 1), left)


def _with_class_names(table: pa.Table) -> pa.Table:
    try:
        features = json.loads((table.schema.metadata or {})[b"huggingface"])["info"]["features"]
        labels = {n: f["names"] for n, f in features.items() if isinstance(f, dict) and f.get("_type") == "ClassLabel"}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return table
    for name, classes in labels.items():
        if name not in table.column_names or not pa.types.is_integer(table.schema.field(name).type):
            continue
        codes = table.column(name).cast(pa.int64())
        known = pc.and_(pc.greater_equal(codes, 0), pc.less(codes, len(classes)))
        words = pa.array([str(word) for word in classes]).take(pc.if_else(known, codes, None).combine_chunks())
        table = table.set_column(table.column_names.index(name), name, pa.chunked_array([words]))
    return table


def read_json(file: str, content: bytes) -> Cells:
    """A JSON object a line, a list of objects, or an object of columns.

    Raises:
        DataError: A line is no object; the sentence says which.
    """
    text = content.removeprefix(b"\xef\xbb\xbf")
    try:
        if (found := _of_one_object(text)) is not None:
            rows, place = found
            cells = _cells(file, "JSON", _as_written(file, rows))
            if place:
                cells.notes.append(
                    said(
                        "{file}: the {count:,} entries of {place} are the rows.",
                        file=file,
                        count=len(rows),
                        place=place,
                    )
                )
            return cells
        if text.lstrip()[:1] == b"{":
            block = min(max(1 << 24, len(text) // 8), 1 << 30)
            table = pyarrow.json.read_json(pa.BufferReader(text), pyarrow.json.ReadOptions(block_size=block))
            return _cells(file, "JSON lines", table)
    except (pa.ArrowException, ValueError):
        pass
    return _cells(file, "JSON lines", _json_by_hand(file, text))


def _of_one_object(text: bytes) -> tuple[list[Any], str] | None:
    """The rows of a table that is one JSON object: a column a name ({"a": {"0": 1, "1": 2}} or {"a": [1, 2]}), pandas' split form, or
    a list of objects somewhere in it, and where ("data.items"). None where it is none of these."""
    if text.lstrip()[:1] != b"{" or len(text) > _LARGEST_OBJECT or b"}\n{" in text[:_BEGIN].replace(b"\r", b""):
        return None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    values = list(whole.values())
    if {"columns", "data"} <= set(whole) and isinstance(whole["data"], list) and isinstance(whole["columns"], list):
        return [dict(zip(whole["columns"], row, strict=False)) for row in whole["data"]], ""
    columns = [list(each.values()) if isinstance(each, dict) else each for each in values]
    if len(columns) > 1 and all(isinstance(each, list) for each in columns) and len(set(map(len, columns))) == 1:
        return [dict(zip(whole, row, strict=True)) for row in zip(*columns, strict=True)], ""
    lists = sorted(_lists_of_objects(whole), key=lambda found: len(found[0]), reverse=True)
    if not lists or len(lists) > 1 and len(lists[0][0]) == len(lists[1][0]):
        return None
    return lists[0]


def _lists_of_objects(whole: dict[str, Any], place: str = "", depth: int = 0) -> Iterator[tuple[list[Any], str]]:
    """Every list of objects in an object and the objects in it, and under which names it stands."""
    for name, value in whole.items():
        here = f"{place}.{name}" if place else str(name)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield value, here
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _lists_of_objects(value, here, depth + 1)


def _json_by_hand(file: str, text: bytes) -> pa.Table:
    """Objects whose fields change their type from line to line: every value as it is written."""
    try:
        whole = text.decode("utf-8")
        if whole.lstrip()[:1] == "[":
            rows = json.loads(whole)
        else:
            rows = [_object(file, number, line) for number, line in enumerate(whole.split("\n"), 1) if line.strip()]
    except (ValueError, RecursionError) as error:
        raise DataError(tr("{file} is no JSON ({error}).", file=file, error=error)) from None
    return _as_written(file, rows)


def _as_written(file: str, rows: list[Any]) -> pa.Table:
    if len(rows) > 1 and isinstance(rows, list) and all(isinstance(row, list) and row for row in rows):
        named = all(isinstance(cell, str) for cell in rows[0])
        names = rows[0] if named else [f"column {number}" for number in range(1, max(map(len, rows)) + 1)]
        rows = [dict(zip(names, row, strict=False)) for row in rows[named:]]
    wrong = next((number for number, row in enumerate(rows, 1) if not isinstance(row, dict)), None)
    if wrong is not None or not rows:
        raise DataError(
            tr(
                '{file} is no table: entry {number} is no JSON object such as {{"name": "value"}}.',
                file=file,
                number=wrong or 1,
            )
        )
    rows = (
        [_flat(row) for row in rows] if any(isinstance(value, dict) for row in rows for value in row.values()) else rows
    )
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MOST_COLUMNS:
        raise DataError(
            tr(
                "{file} has {count:,} columns, more than the {most:,} allowed.",
                file=file,
                count=len(names),
                most=MOST_COLUMNS,
            )
        )
    return pa.table({name: pa.array([_written(row.get(name)) for row in rows], pa.string()) for name in names})


def _flat(row: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    """Objects inside an object as columns of their own: {"who": {"age": 7}} as who.age.

    >>> _flat({"who": {"age": 7}, "b": 1})
    {'who.age': 7, 'b': 1}
    """
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value and depth < _DEEPEST:
            found.update(_flat(value, f"{before}{name}.", depth + 1))
        else:
            found[f"{before}{name}"] = value
    return found


def _object(file: str, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(
            tr("{file}, line {number}, is no JSON object ({error}).", file=file, number=number, error=error)
        ) from None


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return str(value).encode("utf-8", "replace").decode()


def read_excel(file: str, content: bytes, header: bool | None = None) -> Cells:
    """The sheet of an Excel workbook that has the most cells; formulas as their last values.

    Raises:
        DataError: openpyxl is not installed, the workbook is damaged, or it has no cells.
    """
    try:
        import openpyxl  # pyright: ignore[reportMissingModuleSource, reportMissingImports]
    except ImportError:
        raise DataError(
            tr(
                "{file} is an Excel file. Reading it needs openpyxl: pip install 'seodang[excel]'. Or save it as CSV.",
                file=file,
            )
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {sheet.title: _filled(sheet) for sheet in book.worksheets}
    except DataError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise DataError(
            tr("{file} is a damaged or locked Excel file ({error}).", file=file, error=type(error).__name__)
        ) from None
    full = [title for title, rows in sheets.items() if rows]
    if not full:
        raise DataError(tr("{file} has no cells with values.", file=file))
    title = max(full, key=lambda each: sum(map(bool, (cell for row in sheets[each] for cell in row))))
    rows = sheets[title]
    found = layout_of_cells(rows, header)
    notes = [f"{file}: {note}" for note in found.notes]
    if len(full) > 1:
        others = ", ".join([each for each in full if each != title][:3])
        notes.append(
            said(
                "{file}: of {count} sheets the one with the most cells is read, {sheet}; not {others}.",
                file=file,
                count=len(full),
                sheet=title,
                others=others,
            )
        )
    body = [row for row in rows[found.skipped :] if any(row)]
    if not body:
        raise DataError(tr("{file} has a header but no rows.", file=file))
    columns = [pa.array(column, pa.string()) for column in zip(*body, strict=True)]
    table = pa.table(dict(zip(map(str, range(len(columns))), columns, strict=True)))
    table, numbers, left = without_blank_and_totals(file, table, np.arange(1, len(body) + 1))
    if any(not any(cell.strip() for cell in column.to_pylist()) for column in columns) and _has_unsaved(content):
        notes.append(
            said(
                "{file} has formulas without saved values, which count as missing. Open it in a spreadsheet program and save it.",
                file=file,
            )
        )
    return Cells(file, "Excel", found.names, table.columns, numbers, left, notes)


def _has_unsaved(content: bytes) -> bool:
    """Whether a workbook has a formula whose result was never computed, as programs that are no spreadsheets write it."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return any(re.search(rb"</f>\s*<v\s*/>|</f>\s*<v></v>|</f>\s*</c>", book.read(name)) for name in sheets)


def _filled(sheet: Any) -> list[list[str]]:
    """The cells as words, empty rows at the top and empty columns at both sides cut off."""
    rows = [[_written(value) or "" for value in row] for row in sheet.iter_rows(values_only=True)]
    while rows and not any(rows[0]):
        rows.pop(0)
    filled = [position for row in rows for position, cell in enumerate(row) if cell]
    first, width = min(filled, default=0), max(filled, default=-1) + 1
    return [(row + [""] * width)[first:width] for row in rows] if width else []
