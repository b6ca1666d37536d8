"""From a path or the name of a data set to labelled pictures, or to rows with columns, whatever form they have."""

from __future__ import annotations

import importlib
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError, did_you_mean, nearest
from seodang.core.language import tr, trn
from seodang.core.registry import find, names
from seodang.core.sentences import said, shown
from seodang.data.frame import Frame
from seodang.data.readers import parquet, pixels
from seodang.data.readers.across import below_one_another, lies_down
from seodang.data.readers.decoding import decoded
from seodang.data.readers.idx import idx_files, read_idx
from seodang.data.readers.images import ARCHIVES, read_images
from seodang.data.readers.labelled import read_labelled
from seodang.data.readers.naming import has_group
from seodang.data.readers.numpy_files import numpy_files, read_numpy
from seodang.data.readers.parquet import SUFFIXES as PARQUET_SUFFIXES
from seodang.data.readers.parquet import holds_pictures, read_parquet, table_files
from seodang.data.readers.pixel_signs import holds_pixels, no_pixels
from seodang.data.readers.pixel_strings import holds_pixel_strings, read_pixel_strings
from seodang.data.readers.pixels import SUFFIXES as CSV_SUFFIXES
from seodang.data.readers.pixels import pixel_files, read_pixels
from seodang.data.readers.table import PACKED, holds_rows, read_table
from seodang.data.readers.table import SUFFIXES as TABLE_SUFFIXES
from seodang.data.readers.table import table_files as row_files
from seodang.data.readers.text_signs import holds_texts, packed_text
from seodang.data.readers.texts import read_texts
from seodang.data.readers.walk import PICTURE_SUFFIXES, SYSTEM_FILES, is_ours
from seodang.data.reading import Columns
from seodang.data.source import Card, Source

PROGRAMS = {
    ".dta": "Stata",
    ".sav": "SPSS",
    ".sas7bdat": "SAS",
    ".rds": "R",
    ".rda": "R",
    ".rdata": "R",
    ".mat": "MATLAB",
    ".db": "SQLite",
    ".sqlite": "SQLite",
    ".sqlite3": "SQLite",
    ".mdb": "Access",
    ".accdb": "Access",
    ".xlsb": "Excel",
    ".numbers": "Numbers",
    ".hwp": "Hangul",
}
ARRAYS = {".h5": "HDF5", ".hdf5": "HDF5", ".tfrecord": "TFRecord", ".tfrecords": "TFRecord", ".lmdb": "LMDB"}
_HEAD = 1 << 16  # bytes that tell whether a file is a text
DOCUMENTS = (".doc", ".docx", ".odt", ".rtf", ".pages")
WEIGHTS = (".pt", ".pth", ".ckpt", ".keras", ".onnx", ".safetensors", ".tflite")
FORMS = said(
    "class folders of pictures or texts, pictures with a table of their labels, tables (CSV, TSV, Excel, JSON lines, Parquet, "
    "Arrow), CSV or TSV of pixels, texts, IDX, .npy and .npz"
)


def open_source(where: str | Path, columns: Columns | None = None) -> Source:
    """Labelled pictures from a path, or from the name of a data set (`seodang list datasets`).

    Args:
        columns: What a person says of where the labels stand.

    Raises:
        DataError: There is nothing there, nothing that can be read, or no pictures; the text says what to do.
    """
    opened = _open(where, columns or Columns(), pictures=True)
    if isinstance(opened, Frame):
        raise DataError(
            trn(
                "{where} holds no pictures but {form} with {count} column. Give a folder of pictures, a folder a class.",
                "{where} holds no pictures but {form} with {count:,} columns. Give a folder of pictures, a folder a class.",
                len(opened.columns),
                where=where,
                form=shown(opened.form),
            )
        )
    return opened


def open_unlabelled(path: Path) -> Source | None:
    """The pictures in one file of many, a table of pixels, Parquet, IDX or NumPy, to be asked what they are; None for another file.

    A table may have labels or none, which are not looked at.

    Raises:
        DataError: It is such a file, and cannot be read.
    """
    name = path.name.lower()
    if name.endswith(PARQUET_SUFFIXES):
        return parquet.read_unlabelled(path) if holds_pictures(path) else None
    if name.endswith(CSV_SUFFIXES):
        if holds_pixel_strings(path):
            return read_pixel_strings(path, labelled=False)
        return pixels.read_unlabelled(path) if holds_pixels(path) else None
    if name.endswith((".npy", ".npz")):
        return read_numpy(path)
    return read_idx(path) if "ubyte" in name else None


def open_any(where: str | Path, columns: Columns | None = None) -> Source | Frame:
    """Labelled pictures, or a frame: the rows of a table, texts or a series; from a path, or from the name of a data set.

    A name is looked for in the folder $SEODANG_DATA first, then among what is bundled, then on the Hugging Face hub.

    Args:
        columns: What a person says of the columns of a table: their kinds, whether there is a header.

    Raises:
        DataError: There is nothing there, or nothing that can be read; the text says what to do.
    """
    return _open(where, columns or Columns(), pictures=False)


def _open(where: str | Path, columns: Columns, pictures: bool) -> Source | Frame:
    text = str(where)
    if not text.strip():
        raise DataError(tr("An empty name says no data. `.` is the folder you are in."))
    path = Path(where).expanduser()
    if path.exists():
        return _read(path, columns, pictures)
    if re.match(r"[A-Za-z][A-Za-z0-9+]+:/", text):
        raise DataError(
            tr("{path} is an address, and nothing is fetched from there. Download it, then give the file.", path=text)
        )
    public = text.replace("_", "-").lower()
    if isinstance(where, str) and public in names("datasets"):
        return _named(public, columns, pictures)
    if "/" in text or os.sep in text or path.suffix:
        raise DataError(tr("{path} does not exist.", path=text) + _nearby(path))
    raise DataError(
        tr(
            "{name} is neither a file or folder nor the name of a data set. {hint} `seodang list datasets` shows all names.",
            name=text,
            hint=did_you_mean(public, names("datasets")),
        )
    )


def _nearby(path: Path) -> str:
    """The nearest name in the folder the path would lie in."""
    parent = path.parent
    if not parent.is_dir():
        while not parent.is_dir():
            path, parent = parent, parent.parent
        return " " + tr("{path} is not there either.", path=path)
    there = [entry.name for entry in parent.iterdir()]
    match = nearest(path.name, there)
    return " " + tr("Did you mean {match}?", match=match) if match else ""


def _named(name: str, columns: Columns, pictures: bool) -> Source | Frame:
    card: Card = find("datasets", name)()
    if folder := os.environ.get("SEODANG_DATA"):
        for local in (Path(folder) / name, *(Path(folder) / card.local for _ in card.local[:1])):
            if local.exists():
                return _with_card(_read(local, columns, pictures), name, card)
    module = importlib.import_module(f"seodang.data.datasets.{name.replace('-', '_')}")
    if read := getattr(module, "read", None):
        return replace(read(), name=name, card=card)
    if card.hub is None:
        raise DataError(
            tr(
                "{name} is not on the Hugging Face hub ({licence}). Give the path of your copy, "
                "or set SEODANG_DATA to the folder that holds {local}. Its home: {homepage}",
                name=name,
                licence=shown(card.licence),
                local=card.local or name + "/",
                homepage=card.homepage,
            )
        )
    from seodang.data.readers.hub import read_hub

    return _with_card(read_hub(card.hub, name), name, card)


def _with_card(source: Source | Frame, name: str, card: Card) -> Source | Frame:
    """A named data set: its own name, and class names from its card where the data has bare numbers."""
    if isinstance(source, Frame):
        notes = (said("{name} is read from {where}.", name=name, where=source.where), *source.notes)
        return replace(source, name=name, where=name, card=card, notes=notes)
    classes = source.classes
    bare = all(value.isdecimal() for value in classes)
    if bare and len(classes) == len(card.classes) and classes != card.classes:
        source = replace(source, classes=card.classes, label_values=source.label_values or classes)
    place = Path(source.where)
    notes = (
        (said("{name} is read from {where}.", name=name, where=place), *source.notes)
        if place.exists()
        else source.notes
    )
    return replace(source, name=name, where=name, card=card, notes=notes)


def _read(path: Path, columns: Columns, pictures: bool) -> Source | Frame:
    """What lies at a path. Numbered columns (x1, x2, x3, x4) are pixels where pictures are asked for, else where they surely are."""
    if path.is_dir():
        return _read_folder(path, columns, not pictures)
    if not path.is_file():
        raise DataError(tr("{path} is a device or pipe, not a file.", path=path))
    return _of_no_split(_read_file(path, columns, not pictures), path)


def _of_no_split(source: Source | Frame, path: Path) -> Source | Frame:
    """Who gives one file, mnist_test.csv, means it whole: its name then says no split."""
    given = set(source.splits.tolist())
    if len(given) != 1 or given <= {"", "train"}:
        return source
    note = said("{file} is the only file given, so it is divided whatever its name says.", file=path.name)
    return replace(source, splits=np.full_like(source.splits, ""), notes=(*source.notes, note))


def _read_file(path: Path, columns: Columns, sure: bool) -> Source | Frame:
    name = path.name.lower()
    with open(path, "rb") as file:
        head = file.read(8)
    if head[:4] == b"PAR1" or head[:6] == b"ARROW1" or name.endswith(PARQUET_SUFFIXES):
        return read_parquet(path, columns.target) if holds_pictures(path, sure) else _read_table(path, columns)
    if head[:6] == b"\x93NUMPY" or name.endswith((".npy", ".npz")):
        return _by_itself(read_numpy(path), columns)
    if "ubyte" in name:
        return _by_itself(read_idx(path), columns)
    _refuse_what_others_open(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        raise DataError(tr("{path} is one picture. Training needs a folder of pictures, a folder a class.", path=path))
    if name.endswith(CSV_SUFFIXES) and holds_pixels(path, sure):
        return _by_itself(read_pixels(path), columns)
    if path.suffix.lower() in (".csv", ".tsv") and holds_pixel_strings(path):
        return _by_itself(read_pixel_strings(path), columns)
    if holds_texts(path):
        return read_texts(path)
    if name.endswith((".zip", ".bz2", ".xz")) and (inside := packed_text(path)):
        raise DataError(tr("{path} holds a text, {name}. Unpack it, and give that.", path=path, name=inside))
    if name.endswith(TABLE_SUFFIXES) or name.endswith(tuple(f"{one}{two}" for one in TABLE_SUFFIXES for two in PACKED)):
        table = _read_table(path, columns)
        why = no_pixels(path) if isinstance(table, Frame) and name.endswith(CSV_SUFFIXES) else ""
        return replace(table, notes=(why, *table.notes)) if why else table
    if not path.stat().st_size:
        raise DataError(tr("{path} is empty. These can be read: {forms}.", path=path, forms=shown(FORMS)))
    packed = name.endswith(ARCHIVES)
    if (not packed or name.endswith(".zip")) and holds_rows(path):
        return _read_table(path, columns)
    with open(path, "rb") as file:
        text, _ = decoded(file.read(_HEAD)) if not packed else (None, "")
    if text is not None and "\n" in text:
        raise DataError(
            tr(
                "{path} is a text, but {suffix} is no ending of one that is read. To learn how it goes on, call it {name}.txt.",
                path=path,
                suffix=path.suffix,
                name=path.name,
            )
        )
    unpack = " " + tr("Unpack the archive first, and give the folder.") if packed else ""
    raise DataError(
        tr("{path} is none of the forms that can be read: {forms}.", path=path, forms=shown(FORMS)) + unpack
    )


def _by_itself(source: Source, columns: Columns) -> Source:
    """Pictures of a form in which what the label is is settled: a column that a person names for it is passed over, and that is said."""
    if columns.target is None:
        return source
    note = said("columns.target={target} is passed over: the label is found by its name.", target=columns.target)
    return replace(source, notes=(*source.notes, note))


def _refuse_what_others_open(path: Path) -> None:
    """Files of other programs, by the ends of their names, with what to do."""
    suffix = path.suffix.lower()
    if suffix in (".pkl", ".pickle", ".joblib"):
        raise DataError(
            tr(
                "{path} is a pickle of Python, which may run code when it is opened; it is not. Save it as CSV or Parquet.",
                path=path,
            )
        )
    if suffix in WEIGHTS:
        raise DataError(
            tr(
                "{path} holds the weights of a network and is no data: `seodang import --help` says how they are taken.",
                path=path,
            )
        )
    if suffix in DOCUMENTS:
        raise DataError(
            tr(
                "{path} is a document of a word processor. Save what is to be learnt as .txt, or its table as CSV.",
                path=path,
            )
        )
    if suffix == ".xml":
        raise DataError(tr("{path} is XML, which is not read. Save its rows as CSV or JSON.", path=path))
    if form := ARRAYS.get(suffix):
        raise DataError(
            tr(
                "{path} is {form}, which is not read. Save its arrays with NumPy, np.savez(file, x=pictures, y=labels), or its "
                "pictures as files, a folder a class.",
                path=path,
                form=form,
            )
        )
    if program := PROGRAMS.get(suffix):
        raise DataError(
            tr("{path} is a file of {program}. Save it there as CSV or Excel (.xlsx).", path=path, program=program)
        )


def _read_table(path: Path, columns: Columns) -> Source | Frame:
    if path.is_file() and (labelled := read_labelled(path, columns.target)):
        return labelled
    frame = read_table(path, columns.kinds or None, columns.header, columns.decimal, columns.day_first, columns.missing)
    asked_for_one = columns.target in {column.name for column in frame.columns}
    lies = columns.across if columns.across is not None else not asked_for_one and lies_down(frame)
    return below_one_another(frame) if lies else replace(frame, across=False)


def _read_folder(path: Path, columns: Columns, sure: bool) -> Source | Frame:
    own = {entry.name for entry in path.iterdir() if is_ours(entry)}
    folders = [
        entry.name
        for entry in path.iterdir()
        if entry.is_dir() and not entry.name.startswith((".", "__")) and entry.name not in own
    ]
    has_pictures = _has_pictures(path, own)
    pattern = columns.target if has_pictures and has_group(columns.target) else None
    if has_pictures and (labelled := _labelled(path, columns.target, pattern)):
        return labelled
    if (tables := table_files(path)) and not has_pictures:
        return read_parquet(path, columns.target) if holds_pictures(tables[0], sure) else _read_table(path, columns)
    if idx_files(path):
        return _by_itself(read_idx(path), columns)
    if not [name for name in folders if name not in ("data", "raw")]:
        if numpy_files(path):
            return _by_itself(read_numpy(path), columns)
        pixels = pixel_files(path)
        if pixels and not holds_texts(path) and (row_files(path) or holds_pixels(pixels[0], sure)):
            return (
                _by_itself(read_pixels(path), columns) if holds_pixels(pixels[0], sure) else _read_table(path, columns)
            )
    visible = [
        entry
        for entry in path.iterdir()
        if entry.name.lower() not in SYSTEM_FILES and entry.name[:1] != "." and entry.name not in own
    ]
    if not visible:
        raise DataError(tr("{path} is empty. These can be read: {forms}.", path=path, forms=shown(FORMS)))
    if not has_pictures:
        if holds_texts(path):
            return read_texts(path)
        if row_files(path):
            return _read_table(path, columns)
    if columns.target is not None and pattern is None:
        raise DataError(
            tr(
                "columns.target={target} names a column, and {path} has no table: the class folders say the classes. A regular "
                "expression with a group in parentheses reads them from the files' names.",
                target=columns.target,
                path=path,
            )
        )
    return read_images(path, pattern)


def _labelled(path: Path, target: str | None, pattern: str | None) -> Source | None:
    """Pictures with a table beside them; where the target is a pattern, only if a column is called like that."""
    try:
        return read_labelled(path, target)
    except DataError:
        if pattern is None:
            raise
    return None


def _has_pictures(folder: Path, own: set[str]) -> bool:
    """Whether a picture lies two folders deep or less, but for what Seodang wrote: then tables beside it are not what is meant."""
    return any(
        file.suffix.lower() in PICTURE_SUFFIXES and file.relative_to(folder).parts[0] not in own
        for pattern in ("*", "*/*", "*/*/*")
        for file in folder.glob(pattern)
    )
