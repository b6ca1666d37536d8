"""Tables as people have them: CSV and its relatives, Excel, Parquet, JSON lines; one file, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn
from seodang.data.columns import typed
from seodang.data.frame import Column, Frame, Kind
from seodang.data.readers.characters import plain
from seodang.data.readers.content import stamp_of
from seodang.data.readers.delimited import Cells, read_delimited
from seodang.data.readers.drawn import undrawn
from seodang.data.readers.layout import MOST_COLUMNS, layout
from seodang.data.readers.naming import short_name, split_of
from seodang.data.readers.sheets import OLD_EXCEL, read_arrow, read_excel, read_json
from seodang.data.readers.unpack import unpacked
from seodang.data.source import SPLITS
from seodang.data.words import pc

PACKED = (".gz", ".bz2", ".xz", ".zip")
SUFFIXES = (
    ".csv",
    ".tsv",
    ".tab",
    ".txt",
    ".data",
    ".parquet",
    ".arrow",
    ".feather",
    ".jsonl",
    ".ndjson",
    ".xlsx",
    ".xls",
)
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"))  # letters without width, in names of columns
_HARDLY = 0.05  # of the cells of a column without a name
_HEAD = 1 << 16  # bytes that tell what a file is
# Files of a folder that hold no rows of the table, though they are tables.
ASIDE = ("submission", "readme", "description", "dictionary", "metadata")


def read_table(
    path: Path,
    kinds: Mapping[str, Kind] | None = None,
    header: bool | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    missing: Sequence[str] = (),
) -> Frame:
    """Read a table, or a folder of tables with (nearly) the same columns; what they hold is inferred, and said.

    Args:
        path: CSV, TSV or anything like them, Excel, Parquet, Arrow, Feather or JSON lines, also packed (gz, bz2, xz, zip);
            or a folder of them. train.csv and test.csv are splits; other files of a folder are put one after another.
        kinds: what some columns hold, by name, where that is not to be inferred.
        header: whether the first line names the columns; None to find out.
        decimal: the sign before decimals in texts, "." or ","; None to find out.
        day_first: whether 3/4/2021 is in April; None to find out.
        missing: words and numbers that stand for no value, beside the usual ones.

    Raises:
        DataError: There is no table, most of its rows do not fit, or `kinds` names no column or a kind it cannot have.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(tr("{path} does not exist.", path=path))
    files = [path] if not path.is_dir() else table_files(path)
    root = path if path.is_dir() else path.parent
    if not files:
        raise DataError(
            tr("{path} has no tables. These are looked for: {suffixes}.", path=path, suffixes=", ".join(SUFFIXES))
        )
    parts = [_named(_read(file, file.relative_to(root).as_posix(), header)) for file in files]
    notes = [note for part in parts for note in part.notes]
    names, differing = _names(path, parts)
    notes += differing
    _known(kinds or {}, names)
    series, columns = _typed(parts, names, kinds or {}, decimal, day_first, missing)
    left = tuple(one for part in parts for one in part.left_out)
    series, columns, more = _tidied(series, columns)
    splits = np.concatenate([np.full(len(part.rows), _split(part.file, len(parts) > 1), "U10") for part in parts])
    return Frame(
        name=_short(path),
        where=str(path),
        form=parts[0].form,
        table=pd.DataFrame(dict(zip((c.name for c in columns), series, strict=True)), copy=False),
        columns=tuple(columns),
        ids=[f"{part.file} row {row}" for part in parts for row in part.rows.tolist()],
        splits=splits,
        stamp=stamp_of(root, files),
        left_out=left,
        notes=(*notes, *more),
    )


def holds_rows(path: Path) -> bool:
    """Whether a file of any name is a table: JSON, an archive, or text whose lines have the same number of cells; never raising."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
        if head[:4] == b"PK\x03\x04" or path.suffix.lower() == ".json" or _is_packed(head):
            return True
        text, _ = plain(path.name, head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1])
        return layout(path.name, undrawn(text)[0], None).width > 1 or text.lstrip()[:2] in (b'{"', b"{ ")
    except (OSError, DataError):
        return False


def _is_packed(head: bytes) -> bool:
    return head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))


def table_files(folder: Path) -> list[Path]:
    """The tables of a folder, train before validation before test; where there is a train file, only files of splits."""
    files = [
        file
        for file in sorted(folder.iterdir())
        if file.is_file() and file.name[0] != "." and _bare(file.name.lower()).endswith(SUFFIXES)
    ]
    files = [file for file in files if not any(word in file.name.lower() for word in ASIDE)]
    tables = [file for file in files if not file.name.lower().endswith((".txt", ".data"))]
    files = tables or files
    if any(_split(file.name, True) == "train" for file in files):
        files = [file for file in files if _split(file.name, True)]
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    return sorted(files, key=lambda file: (order[_split(file.name, True)], file.name))


def _bare(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in PACKED if name.endswith(suffix)), name)


def _split(file: str, several: bool) -> str:
    """The split that a file's name says; one file alone is the whole table, whatever it is called."""
    return split_of(Path(file).name.split(".")[0]) if several else ""


def _short(path: Path) -> str:
    name = Path(_bare(path.resolve().name))
    return short_name(name.with_suffix("") if name.suffix.lower() in SUFFIXES else name)


def read_cells(file: Path, root: Path, header: bool | None = None) -> Cells:
    """The columns of one table as they stand, each with a name of its own; what they hold is not looked at.

    Raises:
        DataError: It is no table, or most of its rows do not fit.
    """
    return _named(_read(file, file.relative_to(root).as_posix(), header))


# One file -------------------------------------------------------------------------------------------------------------


def _read(path: Path, file: str, header: bool | None) -> Cells:
    """A file by its first bytes, not its name."""
    content, inner = unpacked(path)
    name = _bare(inner.lower())
    head = content[:8]
    if head[:4] in (b"PAR1", b"FEA1") or head[:6] == b"ARROW1" or name.endswith((".parquet", ".arrow", ".feather")):
        return read_arrow(file, content)
    if head[:4] == b"PK\x03\x04":
        if b"content.xml" in content and b"opendocument" in content[:200]:
            raise DataError(tr("{file} is an OpenDocument sheet. Save it as CSV or .xlsx.", file=file))
        return read_excel(file, content, header)
    if head[:4] == OLD_EXCEL:
        raise DataError(tr("{file} is an Excel file of before 2007 (.xls). Save it as .xlsx or CSV.", file=file))
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if name.endswith((".jsonl", ".ndjson", ".json")) or start[:2] in (b'{"', b"{ ") or start[:2] == b"[{":
        return read_json(file, content)
    return read_delimited(file, content, header)


def _named(cells: Cells) -> Cells:
    """The same with a name of its own for every column; columns without name and values are dropped."""
    given = cells.names or [f"column {number}" for number in range(1, len(cells.columns) + 1)]
    given = [" ".join(name.translate(_UNSEEN).split()) for name in given]
    names: list[str] = []
    again: list[str] = []
    kept, spilt = [], 0
    for position, name in enumerate(given):
        if not name or name.lower() == "unnamed: 0":
            if _is_blank(cells.columns[position]):
                continue
            if cells.names and position and _is_hardly_filled(cells.columns[position]):
                spilt += 1
                continue
            name = "index" if position == 0 and "index" not in given else f"column {position + 1}"
        if name in names:
            number = 2
            while f"{name} ({number})" in names or f"{name} ({number})" in given:
                number += 1
            again.append(name)
            name = f"{name} ({number})"
        names.append(name)
        kept.append(cells.columns[position])
    notes = list(cells.notes)
    for name in dict.fromkeys(again):
        notes.append(
            said(
                "{file} has several columns called {name}: the later ones are called {name} (2) and so on.",
                file=cells.file,
                name=name,
            )
        )
    if spilt:
        notes.append(
            saidn(
                "{file}: a column without a name and with hardly a value is passed over.",
                "{file}: {count} columns without a name and with hardly a value are passed over.",
                spilt,
                file=cells.file,
            )
        )
    unnamed = [name for name in names if re.fullmatch(r"column \d+", name) and name not in given]
    if cells.names and unnamed:
        notes.append(
            said(
                "{file} has columns without a name; they are called {names}.",
                file=cells.file,
                names=", ".join(unnamed[:5]),
            )
        )
    if not kept:
        raise DataError(tr("{file} has no columns with values.", file=cells.file))
    return Cells(cells.file, cells.form, names, kept, cells.rows, cells.left_out, notes)


def _is_blank(column: pa.ChunkedArray) -> bool:
    return column.null_count == len(column) or (
        pa.types.is_string(column.type) and not any(word and word.strip() for word in column.unique().to_pylist())
    )


def _is_hardly_filled(column: pa.ChunkedArray) -> bool:
    """Whether nearly all cells are empty: a few rows have a separator too many, as with a comma in a text without quotes."""
    if not pa.types.is_string(column.type):
        return False
    filled = pc.sum(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(column, ""))), 0)).as_py() or 0
    return filled <= _HARDLY * len(column)


# Several files --------------------------------------------------------------------------------------------------------


def _names(path: Path, parts: Sequence[Cells]) -> tuple[list[str], list[str]]:
    """All columns in the order they come, and what to say where files differ."""
    own = [list(part.names or []) for part in parts]
    names = list(dict.fromkeys(name for columns in own for name in columns))
    if len(names) > MOST_COLUMNS:
        raise DataError(
            tr(
                "The tables of {path} have {count:,} columns together, more than the {most:,} allowed.",
                path=path,
                count=len(names),
                most=MOST_COLUMNS,
            )
        )
    notes = []
    for part, columns in zip(parts, own, strict=True):
        shared = [name for name in columns if name in own[0]]
        if 2 * len(shared) < min(len(columns), len(own[0])):
            raise DataError(
                tr(
                    "The tables of {path} have different columns: {first} has {columns}; {second} has {others}. Give one file, "
                    "or a folder of tables with the same columns.",
                    path=path,
                    first=parts[0].file,
                    columns=_some(own[0]),
                    second=part.file,
                    others=_some(columns),
                )
            )
    for name in names:
        without = [part.file for part, columns in zip(parts, own, strict=True) if name not in columns]
        if without:
            notes.append(
                said(
                    "Column {name} is not in {count} of {files} files: it is missing there.",
                    name=name,
                    count=len(without),
                    files=len(parts),
                )
                if len(without) > 2
                else said(
                    "Column {name} is not in {places}: it is missing there.", name=name, places=" and ".join(without)
                )
            )
    return names, notes


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _known(kinds: Mapping[str, Kind], names: Sequence[str]) -> None:
    for name in kinds:
        if name not in names:
            raise DataError(tr("There is no column {name!r}. {hint}", name=name, hint=did_you_mean(name, names)))


# Columns --------------------------------------------------------------------------------------------------------------


def _typed(
    parts: Sequence[Cells],
    names: Sequence[str],
    kinds: Mapping[str, Kind],
    decimal: str | None,
    day_first: bool | None,
    missing: Sequence[str],
) -> tuple[list[pd.Series], list[Column]]:
    """Every column of all files together, with the type of its kind. Where some have decimal commas, a point in the others separates
    thousands; and where some say that the day is first, or the month, it is so in the others."""
    places = [{name: position for position, name in enumerate(part.names or [])} for part in parts]
    joined = []
    for name in names:
        pieces = [
            part.columns[place[name]] if name in place else pa.chunked_array([pa.nulls(len(part.rows))])
            for part, place in zip(parts, places, strict=True)
        ]
        joined.append(_without(_joined(pieces), missing))
    found = [
        typed(name, values, kinds.get(name), decimal, day_first) for name, values in zip(names, joined, strict=True)
    ]
    if decimal is None and any(column.decimal == "," for _, column in found):
        found = [
            typed(column.name, values, kinds.get(column.name), ",") if column.decimal == "." else (series, column)
            for (series, column), values in zip(found, joined, strict=True)
        ]
    shown = {column.day_first for _, column in found} - {None}
    if day_first is None and len(shown) == 1:
        found = [
            typed(column.name, values, kinds.get(column.name), decimal, *shown)
            if column.kind == "date" and column.day_first is None
            else (series, column)
            for (series, column), values in zip(found, joined, strict=True)
        ]
    return [series for series, _ in found], [column for _, column in found]


def _joined(pieces: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Pieces of a column one after another; where files disagree on its type, as words."""
    if len(pieces) == 1:
        return pieces[0]
    kinds = {piece.type for piece in pieces if not pa.types.is_null(piece.type)}
    kind = kinds.pop() if len(kinds) == 1 else pa.string()
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.chunked_array([chunk for piece in pieces for chunk in piece.cast(kind).chunks], kind)


def _without(values: pa.ChunkedArray, missing: Sequence[str]) -> pa.ChunkedArray:
    """A column with nothing where one of the words stands; a number also where it is written with a decimal point."""
    if not missing or pa.types.is_null(values.type):
        return values
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        numbers = [float(word) for word in missing if re.fullmatch(r"[-+]?\d+([.]\d+)?", word)]
        there = pc.is_in(values.cast(pa.float64(), safe=False), pa.array(numbers, pa.float64()))
    elif pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        words = [form for word in missing for form in (word, f"{word}.0", f"{word}.00")]
        there = pc.is_in(pc.utf8_trim_whitespace(values), pa.array(words, values.type))
    else:
        return values
    return pc.if_else(there, pa.scalar(None, values.type), values)


def _tidied(series: list[pd.Series], columns: list[Column]) -> tuple[list[pd.Series], list[Column], list[str]]:
    """An unnamed first column that counts the rows stays as the id "index"; one that does not is a column like others."""
    notes = []
    if columns[0].name == "index" and columns[0].kind == "id":
        notes.append(said("The first column has no name and tells the rows apart: it is kept as the id index."))
    empty = [column.name for column in columns if column.kind == "empty"]
    if empty:
        notes.append(said("No values: {columns}.", columns=_some(empty)))
    return series, columns, notes
