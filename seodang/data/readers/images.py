"""Folders of pictures: a folder a class, with or without train, validation and test above them."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr, trn
from seodang.core.sentences import said, saidn, shown
from seodang.data.kinds import READABLE, kind_of, what_else
from seodang.data.readers.decoding import printable
from seodang.data.readers.naming import (
    class_in_name,
    classes_in_names,
    classes_of,
    inside_others,
    on_splits,
    one_spelling,
    short_name,
    split_folders,
    splits_inside,
)
from seodang.data.readers.no_class import refuse_annotated, refuse_no_class
from seodang.data.readers.walk import Found, inside_one_folder, stamp_of_walk, unwrapped, walk
from seodang.data.source import EMPTY_CLASS, SPLITS, LeftOut, Source

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_HEADS = 100  # files in no class folder whose first bytes are looked at


def read_images(path: Path, pattern: str | None = None) -> Source:
    """Read class folders. A class may be a path (birds/heron); a folder's files and links are taken in sorted order.

    Where there are no class folders, the files' names may say the class: cat.0.jpg, dog.0.jpg.

    Args:
        pattern: A regular expression on a file's name, without its folders, whose first group is the class: in place of folders.

    Raises:
        DataError: There are no pictures, or neither folders nor names say their classes, or the pattern matches no name.
    """
    root, where = unwrapped(Path(path)), f"{path}/".replace("//", "/")
    walked, outer = walk(root), root
    found, inside = inside_one_folder(walked)
    root = root / inside
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
    rows = one_spelling(splits_inside(rows, notes), notes)
    named_rows = _by_name(where, pattern, rows, beside, named, notes, left)
    rows, form = named_rows or rows, said("class in the files' names") if named_rows else said("class folders")
    no_pictures = [one.path for one in walked.left_out]
    if not rows and beside:
        refuse_annotated(outer, where, no_pictures)
        _drop_what_is_no_picture(root, beside, left)
    _set_aside(where, beside, rows, named, notes, left)
    if not rows:
        raise DataError(
            tr(
                "{path} has no pictures{tried}. {readable}, in one folder a class.",
                path=where,
                tried=_tried(left),
                readable=shown(READABLE),
            )
            + _unpack(left)
        )
    if not named_rows:
        refuse_no_class(outer, where, {row[1] for row in rows}, no_pictures)
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


def _drop_what_is_no_picture(root: Path, beside: dict[str, list[str]], left: list[LeftOut]) -> None:
    """Of files in no class folder, those that are none by their first bytes are listed, where no picture is among them."""
    for folder in [*beside]:
        files = beside[folder]
        if _none_is_picture(root, files[:_HEADS]) and _none_is_picture(root, files):
            left += [LeftOut(file, what_else(_head(root / file) or b"")) for file in files]
            del beside[folder]


def _none_is_picture(root: Path, files: list[str]) -> bool:
    return not any(head is None or kind_of(head) for head in (_head(root / file) for file in files))


def _head(path: Path) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(1024)
    except OSError:
        return None


def _unpack(left: list[LeftOut]) -> str:
    """What to do about an archive among what was left out."""
    archive = next((one.path for one in left if one.path.lower().endswith(ARCHIVES)), None)
    return " " + tr("Unpack {file} first.", file=archive) if archive else ""


def _tried(left: list[LeftOut]) -> str:
    if not left:
        return ""
    return " " + trn(
        "({count} file left out, the first: {path}, {reason})",
        "({count:,} files left out, the first: {path}, {reason})",
        len(left),
        path=left[0].path,
        reason=shown(left[0].reason.removesuffix(f"; {READABLE}")),  # what can be read is said after it
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
            left.append(LeftOut(f"{folder}/", EMPTY_CLASS))
