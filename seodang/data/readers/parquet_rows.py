"""The rows of Parquet files of pictures, one after another: each with its picture, its label and its split."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.readers.naming import classes_of, short_name, split_of
from seodang.data.source import LeftOut, Source

DAMAGED = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError, MemoryError, NotImplementedError)


def damaged(file: Path, error: BaseException) -> DataError:
    """What is said of a file that PyArrow cannot read."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return DataError(
        tr(
            "{name} is damaged or no {format} file ({error}).",
            name=file.name,
            format=file.suffix[1:].capitalize(),
            error=first[:200],
        )
    )


def split_in(file: Path, root: Path) -> str:
    """The split that a file's name says, or its folder's below a root; "" where none does."""
    return split_of(file.stem) or split_of(file.parent.name if file.parent != root else "")


class Later:
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
            raise damaged(self.file, error) from None
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


class Rows:
    """The rows of all files one after another. `later`: for each, its pictures where its table is without them."""

    def __init__(
        self,
        path: Path,
        tables: list[tuple[str, pa.Table]],
        image: str,
        label: str,
        names: list[str] | None,
        later: list[Later | None],
    ) -> None:
        self.path, self.names = path, names
        self.encoded: list[pa.Array | Later] = []
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

    def _add(self, file: str, table: pa.Table, image: str, label: str, later: Later | None) -> None:
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
        split = split_in(Path(file), Path())
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
        """The pictures with a label. Raises DataError where there is none, or where a label has no class."""
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
