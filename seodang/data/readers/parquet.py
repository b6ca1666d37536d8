"""Parquet, Arrow and Feather tables of pictures, as on the Hugging Face hub: an image column and a label column."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.readers.content import stamp_of
from seodang.data.readers.naming import LABEL_NAMES, in_words
from seodang.data.readers.parquet_rows import DAMAGED, Later, Rows, damaged, split_in
from seodang.data.readers.rows import INDEX_NAMES, is_pixel_table, read_pixel_tables
from seodang.data.readers.walk import is_ours
from seodang.data.source import SPLITS, Source

SUFFIXES = (".parquet", ".arrow", ".feather")


def read_parquet(path: Path, target: str | None = None) -> Source:
    """Read a file, or a folder of files whose names say the split (train-00000-of-00002.parquet).

    The image column is binary, or a struct {bytes, path}; names of the classes come from the `huggingface` entry of the
    schema (ClassLabel), else from the label values. Tables without an image column are read as tables of pixels.

    Args:
        target: The column with the labels, where it is not to be found out.

    Raises:
        DataError: A file is damaged, or has no image or label column.
    """
    path = Path(path)
    files = [path] if path.is_file() else table_files(path)
    root = path.parent if path.is_file() else path
    if not files:
        raise DataError(tr("{path} has no Parquet, Arrow or Feather files.", path=path))
    names = [file.relative_to(root).as_posix() for file in files]
    image = _image_of_all(files[0])
    read = [_table(file, later=image) for file in files]
    tables = [(name, table) for name, (table, _) in zip(names, read, strict=True)]
    if is_pixel_table(tables[0][1]):
        return read_pixel_tables(path, tables, "Parquet", stamp_of(root, files))
    image = image or _image_column(*tables[0])
    label = _label_column(*tables[0], image) if target is None else _asked_for(*tables[0], target)
    later = [encoded for _, encoded in read]
    rows = Rows(path, tables, image, label, _class_names(tables[0][1], label), later)
    if target is None and (others := _other_labels(tables[0][1], label)):
        rows.notes.append(
            said(
                "The column {others} could be the label too; {label} is taken. Another is taken with columns.target={others}.",
                others=others[0],
                label=label,
            )
        )
    return rows.source(stamp_of(root, files))


def read_unlabelled(path: Path) -> Source:
    """The pictures of one file, labels or none: each has the one label "?"."""
    (table, _), stamp = _table(path), stamp_of(path.parent, [path])
    if is_pixel_table(table):
        return read_pixel_tables(path, [(path.name, table)], "Parquet", stamp, labelled=False)
    image = _image_column(path.name, table)
    alone = table.select([image]).append_column("?", pa.array(["?"] * len(table)))
    return Rows(path, [(path.name, alone)], image, "?", ["?"], [None]).source(stamp)


def holds_pictures(file: Path, sure: bool = False) -> bool:
    """Whether a Parquet, Arrow or Feather file holds pictures, encoded or as a column a pixel, told from its schema and first rows.

    Args:
        sure: of numbered columns, only where they can hardly be anything but pixels.
    """
    try:
        schema = pyarrow.parquet.read_schema(file) if _is_parquet(file) else _table(file)[0].schema
    except DAMAGED:
        schema = _table(file)[0].schema  # says what is wrong with it
    return any(_is_picture(field.type) for field in schema) or is_pixel_table(_table(file)[0], sure)


def _is_parquet(file: Path) -> bool:
    with open(file, "rb") as opened:
        return opened.read(4) == b"PAR1"


def table_files(folder: Path) -> list[Path]:
    """Parquet, Arrow and Feather files in a folder or up to two below it, train before validation before test."""
    files = [Path(name) for name in _named(str(folder), 2)]
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    return sorted(files, key=lambda file: (order[split_in(file, folder)], file.as_posix()))


def _named(folder: str, deeper: int) -> Iterator[str]:
    """Paths with our suffixes; made for folders that may also hold a million other files."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:
        return
    for entry in entries:
        name = entry.name
        if name[0] == ".":
            continue
        try:
            is_file, is_folder = entry.is_file(), entry.is_dir()
        except OSError:  # a link to itself
            continue
        if name.lower().endswith(SUFFIXES):
            if is_file:
                yield entry.path
        elif deeper and is_folder and not is_ours(entry):  # a run holds its predictions
            yield from _named(entry.path, deeper - 1)


def _image_of_all(file: Path) -> str | None:
    """The name of the column of pictures, where the file's schema has one. None for other forms than Parquet."""
    try:
        schema = pyarrow.parquet.read_schema(file) if _is_parquet(file) else ()
    except DAMAGED:
        return None  # reading it says what is wrong
    return next((field.name for field in schema if _has_bytes(field.type)), None)


def _all_there(opened: pyarrow.parquet.ParquetFile, column: str) -> bool:
    """Whether the file itself says that no row lacks its picture (or the path beside it)."""
    parts = [
        opened.metadata.row_group(group).column(number)
        for group in range(opened.metadata.num_row_groups)
        for number in range(opened.metadata.num_columns)
    ]
    told = [part.statistics for part in parts if part.path_in_schema == f"{column}.bytes"]
    return bool(told) and all(one is not None and one.has_null_count and one.null_count == 0 for one in told)


def _table(file: Path, later: str | None = None) -> tuple[pa.Table, Later | None]:
    """A file's columns; without the pictures of the column `later`, which are read when asked for, if every row has one."""
    try:
        with open(file, "rb") as opened:
            head = opened.read(6)
        if head[:4] == b"PAR1":
            parquet = pyarrow.parquet.ParquetFile(file)
            if later is None or not _all_there(parquet, later):
                return parquet.read(), None
            table = parquet.read([name for name in parquet.schema_arrow.names if name != later])
            return table, Later(file, later, parquet.metadata.num_rows)
        source = pa.memory_map(str(file))
        if head == b"ARROW1":
            return pyarrow.ipc.open_file(source).read_all(), None
        return pyarrow.ipc.open_stream(source).read_all(), None
    except DAMAGED as error:
        raise damaged(file, error) from None


def _image_column(file: str, table: pa.Table) -> str:
    for field in table.schema:
        if _has_bytes(field.type):
            return field.name
    for field in table.schema:
        if _binary(field.type):
            return field.name
    raise DataError(
        tr(
            "{file} has no column of pictures (binary, or a struct with bytes). Its columns: {columns}.",
            file=file,
            columns=", ".join(table.column_names),
        )
    )


def _has_bytes(kind: pa.DataType) -> bool:
    """Whether it is the hub's form of a picture: a struct of bytes and path."""
    return pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0 and _binary(kind.field("bytes").type)


def _binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)


def _features(table: pa.Table) -> dict[str, Any]:
    try:
        features = json.loads((table.schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError, RecursionError):
        return {}
    return features if isinstance(features, dict) else {}


def _label_column(file: str, table: pa.Table, image: str) -> str:
    labels = [
        name
        for name, feature in _features(table).items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and name in table.column_names
    ]
    if labels:
        return next((name for name in labels if not name.startswith("coarse")), labels[0])
    for name in LABEL_NAMES:
        for column in table.column_names:
            if column.lower() == name:
                return column
    others = [field for field in table.schema if field.name.lower() not in INDEX_NAMES and not _is_picture(field.type)]
    if len(others) == 1 and _repeats(table.column(others[0].name)):
        return others[0].name
    raise DataError(
        tr(
            "{file} has no label column. It is looked for under the names {names}; the columns are: {columns}.",
            file=file,
            names=", ".join(LABEL_NAMES),
            columns=", ".join(dict.fromkeys([image, *table.column_names])),
        )
    )


def _asked_for(file: str, table: pa.Table, target: str) -> str:
    if target in table.column_names:
        return target
    raise DataError(
        tr(
            "{file} has no column {name}. Its columns: {columns}.",
            file=file,
            name=target,
            columns=", ".join(table.column_names),
        )
    )


def _other_labels(table: pa.Table, label: str) -> list[str]:
    """Columns beside the label that are called like one: coarse_label beside fine_label."""
    return [
        name
        for name in table.column_names
        if name != label and {"label", "class", "category"} & {*in_words(name)} and _repeats(table.column(name))
    ]


def _is_picture(kind: pa.DataType) -> bool:
    return _binary(kind) or _has_bytes(kind)


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether values come again, as classes do."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    told = (
        pa.types.is_integer(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_boolean(kind)
    )
    return told and 2 * len(column.unique()) <= len(column)


def _class_names(table: pa.Table, label: str) -> list[str] | None:
    feature = _features(table).get(label)
    names = feature.get("names") if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" else None
    return [str(name) for name in names] if isinstance(names, list) and names else None
