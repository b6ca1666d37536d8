"""Parquet, Arrow and Feather tables of pictures, as on the Hugging Face hub: an image column and a label column."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.readers.content import stamp_of
from seodang.data.readers.naming import LABEL_NAMES, classes_of, in_words, short_name, split_of
from seodang.data.readers.rows import INDEX_NAMES, is_pixel_table, read_pixel_tables
from seodang.data.source import SPLITS, LeftOut, Source

SUFFIXES = (".parquet", ".arrow", ".feather")
DAMAGED = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError, MemoryError, NotImplementedError)


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
    rows = _Rows(path, tables, image, label, _class_names(tables[0][1], label), later)
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
    return _Rows(path, [(path.name, alone)], image, "?", ["?"], [None]).source(stamp)


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
    return sorted(files, key=lambda file: (order[_split(file, folder)], file.as_posix()))


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
        if name.lower().endswith(SUFFIXES):
            if entry.is_file():
                yield entry.path
        elif deeper and entry.is_dir():
            yield from _named(entry.path, deeper - 1)


def _split(file: Path, root: Path) -> str:
    return split_of(file.stem) or split_of(file.parent.name if file.parent != root else "")


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


def _table(file: Path, later: str | None = None) -> tuple[pa.Table, _Encoded | None]:
    """A file's columns; without the pictures of the column `later`, which are read when asked for, if every row has one."""
    try:
        with open(file, "rb") as opened:
            head = opened.read(6)
        if head[:4] == b"PAR1":
            parquet = pyarrow.parquet.ParquetFile(file)
            if later is None or not _all_there(parquet, later):
                return parquet.read(), None
            table = parquet.read([name for name in parquet.schema_arrow.names if name != later])
            return table, _Encoded(file, later, parquet.metadata.num_rows)
        source = pa.memory_map(str(file))
        if head == b"ARROW1":
            return pyarrow.ipc.open_file(source).read_all(), None
        return pyarrow.ipc.open_stream(source).read_all(), None
    except DAMAGED as error:
        raise _damaged(file, error) from None


def _damaged(file: Path, error: BaseException) -> DataError:
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return DataError(
        tr(
            "{name} is damaged or no {format} file ({error}).",
            name=file.name,
            format=file.suffix[1:].capitalize(),
            error=first[:200],
        )
    )


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


class _Encoded:
    """The pictures of one file, read when the first is asked for: where all were decoded and kept by an earlier run, none is."""

    def __init__(self, file: Path, column: str, rows: int) -> None:
        self.file, self.column, self.rows = file, column, rows
        self.read: pa.Array | None = None
        self.lock = threading.Lock()  # several threads feed the processes that decode

    def __getitem__(self, row: int) -> pa.Scalar:
        with self.lock:
            found = self.read = self._read() if self.read is None else self.read
        return found[row]

    def _read(self) -> pa.Array:
        try:
            found = pyarrow.parquet.ParquetFile(self.file).read([f"{self.column}.bytes"]).column(self.column)
        except DAMAGED as error:
            raise _damaged(self.file, error) from None
        if len(found) != self.rows:
            raise DataError(
                tr(
                    "{name} had {before:,} rows when it was opened and has {now:,} now. Start again when nobody writes it.",
                    name=self.file.name,
                    before=self.rows,
                    now=len(found),
                )
            )
        return _whole(found).field("bytes")


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _present(array: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Where there is a value. Arrow's own way to NumPy imports pandas, a quarter of a second."""
    flags = array.is_valid()
    whole = _whole(flags) if isinstance(flags, pa.ChunkedArray) else flags
    return np.from_dlpack(whole.cast(pa.uint8())).astype(bool)


class _Rows:
    """The rows of all files one after another. `later`: for each, its pictures where its table is without them."""

    def __init__(
        self,
        path: Path,
        tables: list[tuple[str, pa.Table]],
        image: str,
        label: str,
        names: list[str] | None,
        later: list[_Encoded | None],
    ) -> None:
        self.path, self.names = path, names
        self.encoded: list[pa.Array | _Encoded] = []
        self.values: list[np.ndarray] = []
        self.keep: list[np.ndarray] = []
        self.splits: list[np.ndarray] = []
        self.ids: list[str] = []
        self.left_out: list[LeftOut] = []
        self.notes: list[str] = []
        for (file, table), encoded in zip(tables, later, strict=True):
            self._add(file, table, image, label, encoded)
        if names is None:
            self.notes.append(said("The classes are the values of the column {label}.", label=label))

    def _add(self, file: str, table: pa.Table, image: str, label: str, later: _Encoded | None) -> None:
        missing = [name for name in (image, label) if name not in table.column_names]
        if later is not None:
            missing.remove(image)
        if missing:
            if label in missing and image not in missing:
                self.notes.append(
                    said(
                        "{file} has no column {label}: without labels its rows are left aside.", file=file, label=label
                    )
                )
                self.left_out.append(LeftOut(file, said("no column {label}, so no labels", label=label)))
                return
            raise DataError(tr("{file} has no column {name}, which the other files have.", file=file, name=missing[0]))
        split = _split(Path(file), Path())
        values, known = self._values(table.column(label))
        paths = None
        if later is None:
            array = _whole(table.column(image))
            if pa.types.is_struct(array.type):
                kind, parts = array.type, array.flatten()  # flatten, not field: a missing struct has no bytes either
                paths = parts[kind.get_field_index("path")] if kind.get_field_index("path") >= 0 else None
                array = parts[kind.get_field_index("bytes")]
            self.encoded.append(array)
            present = _present(array)
        else:
            self.encoded.append(later)
            present = np.ones(len(known), bool)
        for row in np.flatnonzero(~(present & known)).tolist():
            if not present[row]:
                named = paths[row].as_py() if paths is not None else None
                reason = (
                    said("names a file ({file}) instead of holding a picture", file=named)
                    if named
                    else said("no picture in this row")
                )
            else:
                reason = said("no label in this row")
            self.left_out.append(LeftOut(f"{file} row {row + 1}", reason))
        rows = np.flatnonzero(present & known)
        self.keep.append(rows)
        self.values.append(values[rows])
        self.splits.append(np.full(len(rows), split))
        self.ids.extend(f"{file} row {row}" for row in (rows + 1).tolist())

    def _values(self, column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
        """Label values as text and where there is one (−1 is the hub's mark for none)."""
        try:
            known = _present(column)
            if pa.types.is_dictionary(column.type):
                column = column.cast(column.type.value_type)
            if pa.types.is_integer(column.type) and known.all():
                different, which = np.unique(np.from_dlpack(_whole(column)), return_inverse=True)
                return np.array([str(value) for value in different.tolist()])[
                    which
                ], known if self.names is None else different[which] != -1
            if pa.types.is_floating(column.type):
                numbers = column.to_numpy()
                known &= np.isfinite(np.nan_to_num(numbers, nan=np.inf))
                whole = np.where(known, numbers, 0)
                if (whole == whole.astype(np.int64)).all():
                    return whole.astype(np.int64).astype(str), known
                return whole.astype(str), known
            values = column.cast(pa.string()).to_pylist()
        except (pa.ArrowException, ValueError, TypeError) as error:
            raise DataError(
                tr("The label column of {path} cannot be read ({error}).", path=self.path, error=error)
            ) from None
        values = np.array(["" if value is None else value for value in values], dtype=str)
        if self.names is not None:
            known &= values != "-1"
        return values, known

    def source(self, stamp: str) -> Source:
        values = np.concatenate(self.values) if self.values else np.zeros(0, str)
        if not len(values):
            first = next(iter(self.left_out), None)
            why = "" if first is None else f" {first.path}: {shown(first.reason)}."
            raise DataError(tr("{path} has no rows with a picture and a label.", path=self.path) + why)
        classes, labels = classes_of(values)
        label_values = classes
        if self.names is not None:
            known = {str(number): name for number, name in enumerate(self.names)}
            wrong = [value for value in classes if value not in known and value not in self.names]
            if wrong:
                raise DataError(
                    tr(
                        "{path} has the label {label}, but its schema names {count} classes, 0 to {last}.",
                        path=self.path,
                        label=wrong[0],
                        count=len(self.names),
                        last=len(self.names) - 1,
                    )
                )
            classes = tuple(known.get(value, value) for value in classes)
            if len(classes) < len(self.names):
                absent = [name for name in self.names if name not in classes]
                self.notes.append(
                    said(
                        "{count} of the {all} classes have no pictures and are left out: {classes}.",
                        count=len(absent),
                        all=len(self.names),
                        classes=", ".join(absent[:10]) + (" …" if len(absent) > 10 else ""),
                    )
                )
        return Source(
            name=short_name(self.path),
            where=str(self.path),
            form="Parquet",
            classes=classes,
            labels=labels,
            ids=self.ids,
            splits=np.concatenate(self.splits),
            stamp=stamp,
            read=self._reader(),
            left_out=tuple(self.left_out),
            notes=tuple(self.notes),
            label_values=label_values,
        )

    def _reader(self) -> Callable[[int], bytes]:
        encoded = self.encoded
        which = np.concatenate([np.full(len(rows), number) for number, rows in enumerate(self.keep)])
        row = np.concatenate(self.keep)
        return lambda index: encoded[which[index]][int(row[index])].as_py()
