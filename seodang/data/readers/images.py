"""Folders of pictures: a folder a class, with or without train, validation and test above them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr, trn
from seodang.core.sentences import said, saidn, shown
from seodang.data.kinds import READABLE, kind_of, what_else
from seodang.data.readers.decoding import printable
from seodang.data.readers.naming import (
    FOLDER_WORDS,
    class_in_name,
    classes_in_names,
    classes_of,
    inside_others,
    on_splits,
    one_spelling,
    short_name,
    split_folders,
)
from seodang.data.source import SPLITS, LeftOut, Source

# Files that systems leave in folders. They are listed as left out without being opened.
SYSTEM_FILES = {"thumbs.db": "Windows", "desktop.ini": "Windows", "ehthumbs.db": "Windows", "icon\r": "macOS"}
SYSTEM_FOLDERS = {"__macosx", "@eadir", "$recycle.bin", "system volume information", "__pycache__", "lost+found"}
# Names that promise something else than a picture: their first bytes are looked at at once.
OTHER_SUFFIXES = set(
    [
        ".txt",
        ".md",
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".xml",
        ".yaml",
        ".yml",
        ".html",
        ".htm",
        ".py",
        ".ipynb",
        ".pdf",
        ".zip",
        ".gz",
        ".tar",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".db",
        ".ini",
        ".log",
        ".npy",
        ".npz",
        ".parquet",
        ".mp4",
        ".mov",
        ".avi",
        ".svg",
    ]
)
PICTURE_SUFFIXES = set([".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"])
_USUAL = {".jpg", "jpeg", ".png", "webp", ".bmp", ".gif", "tiff"}
LARGEST_FILE = 512 * 1024 * 1024


@dataclass
class Found:
    """What a walk through a folder gives: files by their folder, in order."""

    files: list[tuple[str, str, int, int]] = field(default_factory=list)  # folder, path, size, mtime; relative, posix
    left_out: list[LeftOut] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


def read_images(path: Path, pattern: str | None = None) -> Source:
    """Read class folders. A class may be a path (birds/heron); a folder's files and links are taken in sorted order.

    Where there are no class folders, the files' names may say the class: cat.0.jpg, dog.0.jpg.

    Args:
        pattern: A regular expression on a file's name, without its folders, whose first group is the class: in place of folders.

    Raises:
        DataError: There are no pictures, or neither folders nor names say their classes, or the pattern matches no name.
    """
    root, where = _unwrapped(Path(path)), f"{path}/".replace("//", "/")
    found = walk(root)
    tops = sorted({folder.split("/")[0] for folder in found.folders})
    named = split_folders(tops, {folder for folder, *_ in found.files})
    has_splits = bool(named)
    notes, left = on_splits(tops, named), list(found.left_out)
    if root != Path(path):
        notes.append(said("The pictures lie in {folder}/.", folder=root.relative_to(path).as_posix()))
    rows: list[tuple[str, str, str]] = []  # split, class, path
    beside: dict[str, list[str]] = {}  # pictures without a class, by the folder they lie in
    for folder, file, _, _ in found.files:
        top, _, rest = folder.partition("/")
        split, label = (named.get(top), rest) if has_splits else ("", folder)
        if split is None:
            if top:
                left.append(LeftOut(file, said("{folder}/ is none of train, validation and test", folder=top)))
            else:
                left.append(LeftOut(file, said("lies beside the class folders, so has no class")))
        elif not label:
            beside.setdefault(folder, []).append(file)
        else:
            rows.append((split, unicodedata.normalize("NFC", printable(label)), file))
    folders = {label for _, label, _ in rows}
    rows = one_spelling(rows, notes)
    named_rows = _by_name(where, pattern, rows, beside, named, notes, left)
    rows, form = named_rows or rows, said("class in the files' names") if named_rows else said("class folders")
    _set_aside(where, beside, rows, named, notes, left)
    if not rows:
        raise DataError(
            tr(
                "{path} has no pictures{tried}. {readable}, in one folder a class.",
                path=where,
                tried=_tried(left),
                readable=shown(READABLE),
            )
        )
    if not named_rows:
        _empty_classes(found, named if has_splits else {}, folders, left)
        notes += inside_others({row[1] for row in rows})
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    rows.sort(key=lambda row: (order[row[0]], row[1], row[2]))
    classes, labels = classes_of(np.array([row[1] for row in rows]))
    if all(name.lstrip("-").isdecimal() for name in classes):
        notes.append(said("Class names are numbers and are sorted by size."))
    files = [row[2] for row in rows]
    ids = [*map(printable, files)]
    prefix, stamp = f"{root}/", stamp_of_walk(root, found)
    if named_rows:  # another pattern puts the same files into another order
        stamp = f"{stamp} {hashlib.blake2b(chr(10).join(ids).encode('utf-8', 'surrogateescape'), digest_size=16).hexdigest()}"
    return Source(
        name=short_name(Path(path)),
        where=str(path),
        form=form,
        classes=classes,
        labels=labels,
        ids=ids,
        splits=np.array([row[0] for row in rows]),
        stamp=stamp,
        read=lambda index: read_file(prefix + files[index]),
        left_out=tuple(LeftOut(printable(one.path), one.reason) for one in left),
        notes=tuple(notes),
        label_values=classes,
    )


def read_file(path: str) -> bytes:
    """The bytes of a file, in one call where that is enough."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(handle).st_size
        content = os.read(handle, size + 1)
        while len(content) < size and (more := os.read(handle, size)):
            content += more
        return content
    finally:
        os.close(handle)


def stamp_of_walk(root: Path, found: Found) -> str:
    """Changes when a file of a walk comes, goes, or changes its size or time."""
    total = hashlib.blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=16)
    lines = [f"{path}\0{size}\0{time}" for _, path, size, time in found.files]
    total.update("\n".join(lines).encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _visible(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in SYSTEM_FOLDERS


def _unwrapped(root: Path) -> Path:
    """Down through folders that hold nothing but one folder that itself holds folders (an unpacked archive)."""
    for _ in range(4):
        entries = [
            entry for entry in os.scandir(root) if _visible(entry.name) and entry.name.lower() not in SYSTEM_FILES
        ]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].name.lower() in FOLDER_WORDS:
            return root
        inner = list(os.scandir(entries[0].path))
        if not any(entry.is_dir() and _visible(entry.name) for entry in inner):
            return root
        if any(entry.is_file() and Path(entry.name).suffix.lower() in PICTURE_SUFFIXES for entry in inner):
            return root
        root = Path(entries[0].path)
    return root


def walk(root: Path) -> Found:
    """Every regular file below `root`, sorted; links are followed, loops and hidden folders are not."""
    found = Found()
    state = os.stat(root)
    found.folders.append("")
    _enter(str(root), "", {(state.st_dev, state.st_ino)}, found)
    found.folders = [folder for folder in found.folders if folder]
    return found


def _enter(path: str, relative: str, above: set[tuple[int, int]], found: Found) -> None:
    try:
        with os.scandir(path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        found.left_out.append(LeftOut(f"{relative}/", said("cannot be opened ({error})", error=error.strerror)))
        found.folders.remove(relative)
        return
    for entry in entries:
        name = f"{relative}/{entry.name}" if relative else entry.name
        try:
            state = entry.stat()
        except OSError as error:
            reason = (
                said("a link that leads nowhere")
                if entry.is_symlink()
                else said("cannot be read ({error})", error=error.strerror)
            )
            found.left_out.append(LeftOut(name, reason))
            continue
        if stat.S_ISREG(state.st_mode):
            if reason := _at_sight(entry, state):
                found.left_out.append(LeftOut(name, reason))
            else:
                found.files.append((relative, name, state.st_size, state.st_mtime_ns))
        elif not stat.S_ISDIR(state.st_mode):
            found.left_out.append(LeftOut(name, said("a device or pipe, not a file")))
        elif not _visible(entry.name):
            kind = said("a hidden folder") if entry.name.startswith(".") else said("a folder of the system")
            found.left_out.append(LeftOut(f"{name}/", kind))
        else:
            here = (state.st_dev, state.st_ino)
            if here in above:
                found.left_out.append(LeftOut(f"{name}/", said("a link back to a folder above it")))
                continue
            found.folders.append(name)
            _enter(entry.path, name, above | {here}, found)


def _at_sight(entry: os.DirEntry[str], state: os.stat_result) -> str | None:
    """Why a file is left out without decoding, or None. Only names that promise no picture are opened."""
    name = entry.name.lower()
    if name[-4:] in _USUAL and name[0] != "." and 0 < state.st_size <= LARGEST_FILE:
        return None  # nearly every file, and there may be a million
    if name in SYSTEM_FILES:
        return said("a file that {system} keeps in folders, not a picture", system=SYSTEM_FILES[name])
    if name == ".ds_store" or name.startswith("._"):
        return said("a file that {system} keeps in folders, not a picture", system="macOS")
    if name.startswith("."):
        return said("a hidden file")
    if state.st_size == 0:
        return said("empty file")
    if state.st_size > LARGEST_FILE:
        return said(
            "{size:,.0f} MB, more than the {most} MB allowed for one picture",
            size=state.st_size / 1e6,
            most=LARGEST_FILE // 2**20,
        )
    if os.path.splitext(name)[1] in OTHER_SUFFIXES:
        try:
            with open(entry.path, "rb") as file:
                head = file.read(1024)
        except OSError as error:
            return said("cannot be read ({error})", error=error.strerror)
        return None if kind_of(head) else what_else(head)
    return None


def _by_name(
    where: str,
    pattern: str | None,
    rows: list[tuple[str, str, str]],
    beside: dict[str, list[str]],
    named: dict[str, str],
    notes: list[str],
    left: list[LeftOut],
) -> list[tuple[str, str, str]]:
    """Rows (split, class, path) by the files' names: as a pattern says, or where no two folders tell classes apart. Empty: they do not.

    A folder of `beside` that has none stays there; single files that say no class are left out.
    """
    if pattern is None and len({label for _, label, _ in rows}) > 1:
        return []
    files = {folder: [*inside] for folder, inside in beside.items()}
    for split, _, file in rows:
        folder = next((name for name, word in named.items() if word == split and file.startswith(f"{name}/")), "")
        files.setdefault(folder, []).append(file)
    wanted = None if pattern is None else re.compile(pattern)
    words = {file: class_in_name(_bare(file), wanted) for inside in files.values() for file in inside}
    if pattern is None:
        train = [file for folder, inside in files.items() for file in inside if named.get(folder, "train") == "train"]
        classes = classes_in_names([_bare(file) for file in train])
        words = {file: word if word in classes else None for file, word in words.items()}
    example = next((file for file in sorted(words) if words[file]), None)
    if example is None and pattern is None:
        return []
    if example is None:
        raise DataError(
            tr(
                "columns.target={pattern} matches none of the {count:,} names of files in {path}, the first: {first}.",
                pattern=pattern,
                count=len(words),
                path=where,
                first=_bare(min(words, default="")),
            )
        )
    found = []
    for folder, inside in files.items():
        if folder in beside and not any(words[file] for file in inside):
            continue
        beside.pop(folder, None)
        reason = said("its name says no class, as {example} does", example=_bare(example))
        left.extend(LeftOut(file, reason) for file in inside if not words[file])
        split = named.get(folder, "")
        found += [
            (split, unicodedata.normalize("NFC", printable(word)), file) for file in inside if (word := words[file])
        ]
    notes.append(
        said(
            "The class of each picture is read from its file's name: {example} is '{name}'. To read it otherwise, give "
            "columns.target a regular expression whose first group is the class.",
            example=_bare(example),
            name=words[example],
        )
    )
    return found


def _bare(file: str) -> str:
    return file.rpartition("/")[2]


def _set_aside(
    root: str,
    beside: dict[str, list[str]],
    rows: list[tuple[str, str, str]],
    named: dict[str, str],
    notes: list[str],
    left: list[LeftOut],
) -> None:
    """Pictures without a class: in test/ they are put aside with a note, beside class folders each is listed."""
    for folder, files in beside.items():
        split = named.get(folder, "")
        if any(row[0] == split for row in rows):
            left.extend(LeftOut(file, said("lies beside the class folders, so has no class")) for file in files)
        elif folder and split != "train":
            aside = said("without labels they are left aside")
            notes.append(
                saidn(
                    "{folder}/ has {count} file but no class folders: {clause}.",
                    "{folder}/ has {count:,} files but no class folders: {clause}.",
                    len(files),
                    folder=folder,
                    clause=aside,
                )
            )
            left.append(LeftOut(f"{folder}/", aside))
        else:
            where = f"{root}{folder}/" if folder else root
            raise DataError(
                trn(
                    "{where} has {count} file but no class folders. Put the pictures of each class into a folder of its own, "
                    "such as {where}cats/ and {where}dogs/, or say it in a table beside them: labels.csv with the columns file "
                    "and label.",
                    "{where} has {count:,} files but no class folders. Put the pictures of each class into a folder of its own, "
                    "such as {where}cats/ and {where}dogs/, or say it in a table beside them: labels.csv with the columns file "
                    "and label.",
                    len(files),
                    where=where,
                )
            )


def _tried(left: list[LeftOut]) -> str:
    if not left:
        return ""
    return " " + trn(
        "({count} file left out, the first: {path}, {reason})",
        "({count:,} files left out, the first: {path}, {reason})",
        len(left),
        path=left[0].path,
        reason=shown(left[0].reason),
    )


def _empty_classes(found: Found, named: dict[str, str], classes: set[str], left: list[LeftOut]) -> None:
    """Folders that hold no picture, themselves or below, would have been classes: listed."""
    for folder in found.folders:
        label = folder
        if named:
            top, _, label = folder.partition("/")
            if top not in named or not label:
                continue
        label = unicodedata.normalize("NFC", printable(label))
        inside = label in classes or any(name.startswith(label + "/") for name in classes)
        if not inside:
            left.append(LeftOut(f"{folder}/", said("an empty class folder: no pictures in it, so it is no class")))
