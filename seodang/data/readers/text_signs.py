"""Whether a path holds texts: told from names and at most a few files' first 64 KiB, and which of its files do."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.data.readers.decoding import decoded
from seodang.data.readers.drawn import undrawn
from seodang.data.readers.labelled_lines import LINE_SUFFIXES, are_labelled_lines
from seodang.data.readers.markup import MARKUP_SUFFIXES
from seodang.data.readers.sentence_pairs import are_pairs, language_of, parallel_files
from seodang.data.readers.separators import SPLITS_AT, WIDE
from seodang.data.readers.unpack import unpacked
from seodang.data.readers.walk import PICTURE_SUFFIXES, SYSTEM_FILES, SYSTEM_FOLDERS, is_ours

TEXT_SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst", ".tokens", *MARKUP_SUFFIXES)
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".arrow", ".feather", ".xlsx", ".xls", ".jsonl", ".npy", ".npz")
# Files that speak about the data and are none of it.
ABOUT = re.compile(r"(readme|license|licence|copying|citation|changelog|classes|labels|urls?|index|manifest)\b.*", re.I)
_HEAD = 1 << 16  # bytes that tell what a file is
_ENTRIES = 50  # of each folder are enough to tell what it holds
_FOLDERS = 40
_LEAST_OF_A_LABEL = 5  # lines with the same label, on average


def holds_texts(path: Path) -> bool:
    """Whether a path is meant for `read_texts`: told from names and at most a few files' first 64 KiB, never raising.

    A file: plain text that is no table, or headerless sentence pairs. A folder: it holds such files and no pictures; tables
    beside folders of documents do not matter.
    """
    path = Path(path)
    try:
        return _folder_holds_texts(path) if path.is_dir() else file_holds_text(path)
    except OSError:
        return False


def file_holds_text(path: Path) -> bool:
    """Whether a file is plain text that is no table, labelled lines, or sentence pairs."""
    name = path.name.lower().removesuffix(".gz")
    suffix = os.path.splitext(name)[1]
    known = (*TEXT_SUFFIXES, *LINE_SUFFIXES, ".tsv", ".tab", "")
    if not (suffix in known or suffix.strip(".").isdecimal() or language_of(name)[1]):
        return False
    text, _ = decoded(head_of(path))
    if text is None or not text.strip():
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    if are_labelled_lines(lines):
        return True
    if suffix in LINE_SUFFIXES:
        return False
    return are_pairs(lines) or (suffix not in (".tsv", ".tab") and not _are_a_table(lines))


def packed_text(path: Path) -> str | None:
    """The name of the text in an archive (zip, bz2, xz) that holds one text and no table; None where it holds something else."""
    name = path.name.lower()
    bare = name.removesuffix(".bz2").removesuffix(".xz")
    try:
        if bare == name:
            with zipfile.ZipFile(path) as archive:
                if not any(one.lower().endswith(TEXT_SUFFIXES) for one in archive.namelist()):
                    return None
        elif not bare.endswith(TEXT_SUFFIXES):
            return None
        content, inside = unpacked(path)
    except (DataError, OSError, zipfile.BadZipFile):  # whoever reads it says what is wrong
        return None
    if not inside.lower().removesuffix(".bz2").removesuffix(".xz").endswith(TEXT_SUFFIXES):
        return None
    text, _ = decoded(content)
    lines = [line for line in (text or "").split("\n")[:400] if line.strip()]
    return inside if lines and not _are_a_table(lines) else None


def head_of(path: Path) -> bytes:
    """The first bytes of a file, unpacked; a character cut in two at their end is taken off."""
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    if head[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path, "rb") as file:
                head = file.read(_HEAD)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return b""
    if len(head) < _HEAD:
        return head
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return head[: len(head) // 4 * 4]
    if end := head.rfind(b"\n") + 1:
        return head[:end]
    return head.rstrip(bytes(range(0x80, 0xC0)))[:-1]


def _are_a_table(lines: Sequence[str]) -> bool:
    """Whether lines have the same number of cells each, a good part of them numbers."""
    lines = [line for line in lines if not line.lstrip().startswith(("#", "%", "//"))][:50] or lines[:50]
    if len(lines) > 2 and all(re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", line.strip()) for line in lines):
        return True
    if undrawn("\n".join(lines).encode())[1] or _have_labels_at_an_end(lines):
        return True
    for separator in ("\t", ";", ",", "|", WIDE, None):
        rows = [SPLITS_AT[WIDE].split(line.strip()) if separator == WIDE else _apart(line, separator) for line in lines]
        width = len(rows[0]) if separator is not None or len(rows) < 2 else len(rows[1])  # R writes one name less
        if len(rows) < 2 or width < 2 or sum(len(row) == width for row in rows) < 0.9 * len(rows):
            continue
        cells = [cell.strip(" \"'") for row in rows[1:] for cell in row]
        numbers = sum(bool(re.fullmatch(r"[-+]?[\d.,:/-]*\d[\d.,:/-]*(?:[eEdD][-+]?\d+|%)?", cell)) for cell in cells)
        if numbers >= {None: 0.8, "\t": 0.0}.get(separator, 0.25) * len(cells):
            return True
        if separator is None and numbers >= 0.25 * len(cells) and _are_columns(rows[1:]):
            return True
    return False


def _have_labels_at_an_end(lines: Sequence[str]) -> bool:
    """Whether lines are a text and one of a few words that is said of it, with ; or | between them."""
    for separator in (";", "|"):
        rows = [line.split(separator) for line in lines]
        if len(rows) < 2 * _LEAST_OF_A_LABEL or any(len(row) != 2 for row in rows):
            continue
        for labels, texts in (
            ([row[1] for row in rows], [row[0] for row in rows]),
            ([row[0] for row in rows], [row[1] for row in rows]),
        ):
            words = sum(len(text.split()) for text in texts) / len(texts)
            if (
                words >= 3
                and all(" " not in label.strip() for label in labels)
                and len(rows) >= _LEAST_OF_A_LABEL * len({*labels})
            ):
                return True
    return False


def _apart(line: str, separator: str | None) -> list[str]:
    """A line's cells; between spaces, what stands in quotes is one."""
    return line.split(separator) if separator or '"' not in line else re.findall(r'"[^"]*"|\S+', line)


def _are_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of words have the same number of cells, and in each place either numbers or none: a table with spaces."""
    if len(rows) < 4 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 3:
        return False
    shares = [
        np.mean([bool(re.fullmatch(r'"?[-+]?[\d.,]*\d%?"?', cell)) for cell in column])
        for column in zip(*rows, strict=True)
    ]
    return all(share <= 0.1 or share >= 0.9 for share in shares)


def _folder_holds_texts(folder: Path) -> bool:
    deep, flat, tables = 0, [], 0
    for file, depth in _few_of(folder):
        name = file.name.lower()
        suffix = os.path.splitext(name.removesuffix(".gz"))[1]
        if suffix in PICTURE_SUFFIXES or "ubyte" in name:
            return False
        if ABOUT.fullmatch(name):
            continue
        if suffix in TABLE_SUFFIXES:
            tables += depth == 0 or 10  # a table among the documents of a class is no documents' folder
        elif depth == 0:
            flat.append(file)
        elif suffix in TEXT_SUFFIXES or suffix.strip(".").isdecimal() or language_of(name)[1]:
            deep += 1
        elif suffix == "":
            deep += file_holds_text(file)
    if deep:
        return tables < 10
    names = [file.name for file in flat]
    if parallel_files(names):
        return True
    texts = [file for file in flat if file_holds_text(file)]
    return bool(texts) and not tables and 2 * len(texts) > len(flat)


def _few_of(folder: Path) -> Iterator[tuple[Path, int]]:
    """Some files of a folder and of those below it, with their depth; nearer ones first."""
    folders, seen = [(folder, 0)], 0
    while folders and seen < _FOLDERS:
        here, depth = folders.pop(0)
        seen += 1
        with os.scandir(here) as listing:
            for number, entry in enumerate(listing):
                if number >= _ENTRIES:
                    break
                if not is_visible(entry.name) or is_ours(entry):
                    continue
                if entry.is_dir():
                    if depth < 3:
                        folders.append((Path(entry.path), depth + 1))
                elif entry.is_file():
                    yield Path(entry.path), depth


def is_visible(name: str) -> bool:
    """Whether a file or folder is a person's, and neither hidden nor the system's."""
    return not name.startswith(".") and name.lower() not in SYSTEM_FOLDERS and name.lower() not in SYSTEM_FILES
