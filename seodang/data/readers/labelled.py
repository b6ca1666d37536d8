"""Pictures in a folder with a table beside them that says what each shows: labels.csv, train.csv, metadata.csv, …"""

from __future__ import annotations

import gzip
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.decoding import decoded, printable
from seodang.data.readers.delimited import Cells
from seodang.data.readers.images import read_file
from seodang.data.readers.naming import LABEL_NAMES, SPLIT_WORDS, classes_of, short_name, split_of
from seodang.data.readers.table import read_cells
from seodang.data.readers.walk import PICTURE_SUFFIXES, is_ours, stamp_of_walk, walk
from seodang.data.source import SPLITS, LeftOut, Source
from seodang.data.words import MISSING

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".jsonl", ".xlsx", ".txt")
LARGEST_TABLE = 1 << 28  # bytes; a larger table beside pictures is looked at by nobody
HEAD = 1 << 16  # bytes
# Tables that give no labels, though they name pictures.
ASIDE = ("submission", "readme", "dictionary")
MORE_LABEL_NAMES = ("labels", "class_id", "category_id", "breed", "species", "diagnosis", "tag", "classification")
SPLIT_NAMES = ("split", "set", "data set", "dataset", "data_set", "subset", "partition", "usage")
MOST_LINES = 0.9  # of a text's lines name a picture and its label; a header may be above them
# So many different numbers, and more than this share of the pictures, are amounts and not classes.
MOST_NUMBERS, NUMBERS_SHARE = 30, 0.1


@dataclass
class _Table:
    """One table that names pictures. rows: values of each column as text, "" where missing."""

    file: str
    columns: dict[str, list[str]]
    rows: list[int]
    names: str  # the column that names the pictures
    paths: list[str | None]  # the picture of each row, relative to the root, or None where there is none


def read_labelled(path: Path, target: str | None = None) -> Source | None:
    """Pictures whose labels stand in a table beside them; None where there is no such table, or class folders say the same.

    The column with the files is found by what is there: a path from the table or from the folder, a bare name, a name
    without its ending. The label is the column called label, class and the like, or the only one left, or as many columns
    of 0 and 1 as there are classes. A column `split`, a table's name (train.csv) and folders (train/) give the split.

    Args:
        path: A folder with pictures and a table, or the table itself.
        target: The column with the labels, where it is not to be found out.

    Raises:
        DataError: A table names the pictures, but which column is the label is not to be seen, or holds amounts.
    """
    path = Path(path)
    root = path if path.is_dir() else path.parent
    files = _tables(path)
    if not files:
        return None
    if path.is_file() and not _mentions_pictures(path):
        return None
    cells = [(file, _cells(file, root)) for file in files]
    found = walk(root)
    pictures = _Index([file for _, file, _, _ in found.files])
    tables = [table for file, each in cells if each and (table := _matched(file, root, each, pictures))]
    if not tables:
        return None
    labels = {table.file: _labels(table, target) for table in tables}
    labelled = [table for table in tables if labels[table.file] is not None]
    if not labelled:
        if _tell_classes(found.files):
            return None
        raise _no_label(tables[0], target)
    where = defaultdict(list)
    for table in labelled:
        for picture, label in zip(table.paths, labels[table.file] or (), strict=True):
            if picture and label:
                where[str(PurePosixPath(picture).parent)].append(label)
    if path.is_dir() and len(where) > 1 and all(len(set(words)) == 1 for words in where.values()) and target is None:
        return None  # a folder a class already: the table says the same
    return _source(path, root, found, labelled, tables, labels, files)


def _tables(path: Path) -> list[Path]:
    """Tables in a folder or one below it, train before validation before test."""
    if path.is_file():
        return [path] if path.name.lower().endswith(SUFFIXES) else []
    files = [
        file
        for pattern in ("*", "*/*")
        for file in path.glob(pattern)
        if file.name.lower().endswith(SUFFIXES)
        and file.name[0] != "."
        and not any(word in file.name.lower() for word in ASIDE)
        and file.is_file()
        and not is_ours(file.parent)
        and 0 < file.stat().st_size <= LARGEST_TABLE
    ]
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    return sorted(files, key=lambda file: (order[split_of(file.name.split(".")[0])], file.as_posix()))


# A line of a text such as "images/1.jpg cat": a picture, and what it shows.
_LINE = re.compile(
    rf"\s*(.+?(?:{'|'.join(map(re.escape, sorted(PICTURE_SUFFIXES)))}))(?:\s*[,;:|]\s*|\s+)(\S.*?)\s*", re.I
)


def _cells(file: Path, root: Path) -> Cells | None:
    if file.name.lower().endswith(".txt"):
        return _of_lines(file) if _mentions_pictures(file) else None
    try:
        return read_cells(file, root)
    except DataError:
        return None  # what is no table is no table of labels; the picture reader lists it


def _of_lines(file: Path) -> Cells | None:
    """A text whose lines are a picture and its label; None where nearly all are not."""
    content, _ = decoded(content_of(file))
    lines = [(number, line) for number, line in enumerate((content or "").split("\n"), start=1) if line.strip()]
    found = [(number, match) for number, line in lines if (match := _LINE.fullmatch(line))]
    if not found or len(found) < MOST_LINES * len(lines):
        return None
    columns = [pa.chunked_array([pa.array([match[part] for _, match in found])]) for part in (1, 2)]
    return Cells(file.name, "text", ["picture", "label"], columns, np.array([number for number, _ in found]))


def _words(column) -> list[str]:
    words = ("" if value is None else str(value).strip() for value in column.to_pylist())
    return ["" if word.lower() in MISSING else word for word in words]


def _mentions_pictures(file: Path) -> bool:
    """Whether the first lines of a table hold a name such as a.jpg: then it is worth looking which pictures lie beside it."""
    try:
        with gzip.open(file) if file.name.lower().endswith(".gz") else open(file, "rb") as opened:
            head = opened.read(HEAD).lower()
    except (OSError, EOFError):
        return False
    return any(suffix.encode() in head for suffix in PICTURE_SUFFIXES)


def _composed(name: str) -> str:
    """macOS writes 가 in a file's name as two characters, tables have one."""
    return unicodedata.normalize("NFC", name)


class _Index:
    """Pictures of a folder, to be found by path, by name, and by name without ending, where these are unique."""

    def __init__(self, files: Sequence[str]) -> None:
        self.paths = {_composed(file): file for file in files}
        self._names: dict[str, str | None] = {}
        for path, file in self.paths.items():
            for key in {PurePosixPath(path).name.lower(), PurePosixPath(path).stem.lower()}:
                self._names[key] = None if key in self._names else file

    def find(self, word: str, folder: str) -> str | None:
        """The picture that a cell of a table in `folder` means, or None."""
        word = _composed(word.replace("\\", "/").removeprefix("./"))
        for tried in (f"{_composed(folder)}/{word}" if folder else word, word):
            if tried in self.paths:
                return self.paths[tried]
        tail = word.rsplit("/", 1)[-1].lower()
        return self._names.get(tail) if tail else None


def _matched(file: Path, root: Path, cells: Cells, pictures: _Index) -> _Table | None:
    """The table with the picture of each row, or None where no column names pictures."""
    names = cells.names or [f"column {number}" for number in range(1, len(cells.columns) + 1)]
    columns = {name: _words(column) for name, column in zip(names, cells.columns, strict=True)}
    folder = file.parent.relative_to(root).as_posix().removeprefix(".")
    best, most = None, 0
    for name, words in columns.items():
        some = [word for word in words[:200] if word]
        hits = sum(pictures.find(word, folder) is not None for word in some)
        if some and hits > len(some) / 2 and hits > most and len(set(some)) > 1:
            best, most = name, hits
    if best is None:
        return None
    paths = [pictures.find(word, folder) if word else None for word in columns[best]]
    shown = file.relative_to(root).as_posix()
    return _Table(shown, columns, cells.rows.tolist(), best, paths)


def _labels(table: _Table, target: str | None) -> list[str] | None:
    """The label of each row as text, "" where it is missing; None where the table has none."""
    others = {name: words for name, words in table.columns.items() if name != table.names}
    if target is not None:
        return others.get(target)
    for wanted in (*LABEL_NAMES, *MORE_LABEL_NAMES):
        for name, words in others.items():
            if name.lower() == wanted and _tells(words):
                return words
    left = {name: words for name, words in others.items() if not _is_split(name, words)}
    if len(left) > 1 and (hot := _one_hot(left)):
        return hot
    words = [words for words in left.values() if _tells(words) and _some_twice(words)]
    return words[0] if len(words) == 1 and len(left) == 1 else None


def _tells(words: list[str]) -> bool:
    return len(set(words) - {""}) > 1


def _some_twice(words: list[str]) -> bool:
    """Whether values come again, as classes do."""
    filled = [word for word in words if word]
    return 2 * len(set(filled)) <= len(filled)


def _is_split(name: str, words: list[str]) -> bool:
    return name.lower() in SPLIT_NAMES and {word.lower() for word in words if word} <= set(SPLIT_WORDS)


def _one_hot(columns: dict[str, list[str]]) -> list[str] | None:
    """The class of each row where there is a column a class, 1 in one of them and 0 in the others; "" where it is not one."""
    chosen = {}
    for name, words in columns.items():
        if all(re.fullmatch(r"[01](\.0*)?", word) for word in words):
            chosen[name] = np.array([word[0] == "1" for word in words])
    if len(chosen) < 2 or len(chosen) < len(columns) - 1:
        return None
    table = np.stack(list(chosen.values()), axis=1)
    single = table.sum(1) == 1
    if single.mean() < 0.9:
        return None
    names = list(chosen)
    return [names[row.argmax()] if one else "" for row, one in zip(table, single, strict=True)]


def _tell_classes(files: list[tuple[str, str, int, int]]) -> bool:
    """Whether pictures lie in two or more folders that are no splits."""
    folders = {folder.split("/")[-1] for folder, *_ in files if folder}
    return len({folder for folder in folders if folder.lower() not in SPLIT_WORDS}) > 1


def _no_label(table: _Table, target: str | None) -> DataError:
    others = [name for name in table.columns if name != table.names]
    listed = ", ".join(others[:12]) + (", …" if len(others) > 12 else "") if others else tr("none")
    if target is not None:
        return DataError(
            tr(
                "{file} has no column {name}. Its columns beside {pictures}: {columns}.",
                file=table.file,
                name=target,
                pictures=table.names,
                columns=listed,
            )
        )
    return DataError(
        tr(
            "{file} names pictures in its column {pictures}, but which column is the label is not to be seen: {columns}. "
            "Say it with columns.target=NAME, or call the column label.",
            file=table.file,
            pictures=table.names,
            columns=listed,
        )
    )


def _source(
    path: Path,
    root: Path,
    found,
    labelled: list[_Table],
    tables: list[_Table],
    labels: dict[str, list[str] | None],
    files: list[Path],
) -> Source:
    given: dict[str, tuple[str, str, str, dict[str, str]]] = {}  # picture → label, split, place, other columns
    twice: dict[str, set[str]] = defaultdict(set)
    left: list[LeftOut] = list(found.left_out)
    for table in labelled:
        split = next((name for name, words in table.columns.items() if _is_split(name, words)), None)
        by_name = split_of(PurePosixPath(table.file).name.split(".")[0]) if len(labelled) > 1 else ""
        for position, (picture, label) in enumerate(zip(table.paths, labels[table.file] or (), strict=True)):
            place = f"{table.file} row {table.rows[position]}"
            word = table.columns[table.names][position]
            if picture is None:
                left.append(
                    LeftOut(
                        place,
                        said("the picture {name} is not there", name=word) if word else said("names no picture"),
                    )
                )
                continue
            if not label:
                left.append(LeftOut(place, said("no label for {picture}", picture=picture)))
                continue
            told = SPLIT_WORDS.get(table.columns[split][position].lower(), "") if split else by_name
            top = picture.split("/")[0].lower() if "/" in picture else ""
            twice[picture].add(label)
            row = {name: words[position] for name, words in table.columns.items() if name not in (table.names, split)}
            given.setdefault(picture, (label, told or SPLIT_WORDS.get(top, ""), place, row))
    for picture, words in twice.items():
        if len(words) > 1:
            del given[picture]
            left.append(LeftOut(picture, said("has several labels: {labels}", labels=", ".join(sorted(words)[:4]))))
    left += _unnamed(found.files, twice, labelled[0].file)
    if not given:
        raise DataError(tr("{file} gives no picture a label.", file=labelled[0].file))
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    ids = sorted(given, key=lambda picture: (order[given[picture][1]], given[picture][0], picture))
    words = np.array([printable(given[picture][0]) for picture in ids])
    _refuse_amounts(labelled[0].file, words)
    classes, indices = classes_of(words)
    prefix, shared = f"{root}/", set.intersection(*(set(given[picture][3]) for picture in ids))
    total = hashlib.blake2b(f"{stamp_of_walk(root, found)} {stamp_of(root, files)}".encode(), digest_size=16)
    notes = [
        said("Which picture shows what stands in {files}.", files=" and ".join(table.file for table in labelled[:3]))
    ]
    notes += [
        said("{file} has no labels and is left aside.", file=table.file)
        for table in tables
        if labels[table.file] is None
    ]
    if several := _several_in_one(classes):
        notes.append(
            said(
                "{file} gives pictures several labels at once ({example!r}): each combination is a class of its own. Several answers "
                "a picture are not learnt here.",
                file=labelled[0].file,
                example=several,
            )
        )
    left = [one for one in left if one.path not in {table.file for table in labelled}]
    return Source(
        name=short_name(root if path.is_dir() else path),
        where=str(path),
        form=said("pictures with {file}", file=PurePosixPath(labelled[0].file).name),
        classes=classes,
        labels=indices,
        ids=[*map(printable, ids)],
        splits=np.array([given[picture][1] for picture in ids]),
        stamp=total.hexdigest(),
        read=lambda index: read_file(prefix + ids[index]),
        left_out=tuple(LeftOut(printable(one.path), one.reason) for one in left),
        notes=tuple(notes),
        label_values=classes,
        columns={name: np.array([given[picture][3][name] for picture in ids]) for name in sorted(shared)},
    )


def _unnamed(files: list[tuple[str, str, int, int]], named: dict[str, set[str]], table: str) -> list[LeftOut]:
    """Pictures that no row names; a folder of which none is named, as one."""
    by_folder: dict[str, list[str]] = defaultdict(list)
    for folder, file, _, _ in files:
        by_folder[folder].append(file)
    left = []
    for folder, inside in by_folder.items():
        unnamed = [file for file in inside if file not in named]
        if folder and len(unnamed) == len(inside) > 1:
            left.append(
                LeftOut(
                    f"{folder}/",
                    said("none of its {count:,} files has a label in {table}", count=len(inside), table=table),
                )
            )
        else:
            left += [LeftOut(file, said("no label in {table}", table=table)) for file in unnamed]
    return left


def _several_in_one(classes: Sequence[str]) -> str:
    """A class that is several others together: "cat dog", "cat|dog", where cat and dog are classes too; "" where none is.

    >>> _several_in_one(["car", "car cat", "cat"]), _several_in_one(["golden retriever", "labrador retriever"])
    ('car cat', '')
    """
    known = set(classes)
    for between in ("|", ";", ",", " "):
        together = {name: {part.strip() for part in name.split(between)} - {""} for name in classes if between in name}
        parts = set().union(*together.values()) if together else set()
        if len(parts) > 1 and 2 * len(parts & known) >= len(parts):
            return next(iter(together))
    return ""


def _refuse_amounts(file: str, words: np.ndarray) -> None:
    different = set(words.tolist())
    if len(different) <= max(MOST_NUMBERS, NUMBERS_SHARE * len(words)):
        return
    try:
        [float(word) for word in different]
    except ValueError:
        return
    raise DataError(
        tr(
            "The labels of {file} are {count:,} different numbers for {pictures:,} pictures: amounts, and pictures are "
            "told apart by classes. Name another column with columns.target=NAME, or make classes of the amounts.",
            file=file,
            count=len(different),
            pictures=len(words),
        )
    )
