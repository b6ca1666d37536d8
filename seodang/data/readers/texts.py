"""Texts as people have them: a folder of documents a class, running prose, sentence pairs."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import in_english, tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn, shown
from seodang.data.frame import Column, Frame
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.decoding import decoded, printable, read_as
from seodang.data.readers.labelled_lines import LINE_SUFFIXES, are_labelled_lines, read_labelled_lines
from seodang.data.readers.markup import is_markup, without_markup
from seodang.data.readers.naming import FOLDER_WORDS, short_name, split_folders
from seodang.data.readers.prose import read_prose
from seodang.data.readers.sentence_pairs import (
    are_pairs,
    language_of,
    loosely_parallel,
    parallel_files,
    read_parallel,
    read_tab_pairs,
)
from seodang.data.readers.text_signs import ABOUT, TEXT_SUFFIXES, file_holds_text, head_of, is_visible
from seodang.data.readers.walk import entries_of, is_ours
from seodang.data.repeated_texts import repeated_texts
from seodang.data.source import SPLITS, LeftOut

LARGEST_TEXT = 16 * 1024 * 1024  # bytes of one document among others; War and Peace has 3 million
DEEPEST = 16
# Folders beside the classes whose documents have no label (aclImdb has train/unsup).
UNLABELLED = {"unsup", "unlabeled", "unlabelled", "unsupervised"}


@dataclass
class _Found:
    """What a walk through a folder gives, in sorted order."""

    files: list[str] = field(default_factory=list)  # relative, posix
    left_out: list[LeftOut] = field(default_factory=list)


def read_texts(path: Path) -> Frame:
    """Read labelled documents, running prose or sentence pairs; which it is, is seen from the files.

    Class folders (pos/ neg/, with or without train/ and test/ above them; a class may be a path): columns "text", "label".
    A file of prose, or a folder of them without class folders: one column "text", form "prose"; see `prose`. Sentence pairs,
    parted by tabs or a file a language: columns "source", "target" or named by their language; see `sentence_pairs`.

    Raises:
        DataError: There is nothing there, nothing that is text, or what belongs together does not fit together.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(tr("{path} does not exist.", path=path))
    if not path.is_dir() and not path.is_file():
        raise DataError(tr("{path} is a device or a pipe, not a file. Write its content to a file first.", path=path))
    try:
        return _read_folder(path) if path.is_dir() else _read_files(path, path.parent, [path.name], [])
    except OSError as error:
        raise DataError(tr("{path} cannot be read ({error}).", path=path, error=error.strerror or error)) from None


def _read_folder(path: Path) -> Frame:
    root = _unwrapped(path)
    found = _Found()
    _walk(root, "", set(), found)
    if stems := parallel_files(found.files) or loosely_parallel(root, found.files):
        others = {file for sides in stems.values() for file in sides.values()}
        left = [LeftOut(file, said("no other language beside it")) for file in found.files if file not in others]
        return read_parallel(path, root, stems, [*found.left_out, *left])
    texts, left = [], found.left_out
    for file in found.files:
        if reason := _at_sight(root / file):
            left.append(LeftOut(file, reason))
        else:
            texts.append(file)
    splits, classes, about = _classes(texts)
    if classes:
        return _read_classes(path, root, splits, classes, [*left, *about])
    flat = [file for file in texts if not ABOUT.fullmatch(Path(file).name)] or texts
    if not flat:
        tried = " " + _first_of(left) if left else ""
        raise DataError(
            tr(
                "{path}/ has no texts{tried}. Texts are .txt or .md files: one folder a class, or running prose; or sentence pairs, "
                "as train.en beside train.de.",
                path=path,
                tried=tried,
            )
        )
    return _read_files(path, root, flat, [*left, *about])


def _read_files(path: Path, root: Path, files: list[str], left: list[LeftOut]) -> Frame:
    """Prose, labelled lines or tab-separated pairs."""
    heads = [decoded(head_of(root / file))[0] for file in files]
    if all(head is not None and are_labelled_lines(head.split("\n")) for head in heads):
        return read_labelled_lines(path, root, files, left)
    if all(head is not None and are_pairs(head.split("\n")[:200]) for head in heads):
        return read_tab_pairs(path, root, files, left)
    return read_prose(path, root, files, left)


def _unwrapped(root: Path) -> Path:
    """Down through folders that hold nothing but one folder (an unpacked archive)."""
    for _ in range(4):
        entries = [entry for entry in os.scandir(root) if is_visible(entry.name) and not is_ours(entry)]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].name.lower() in FOLDER_WORDS:
            break
        root = Path(entries[0].path)
    return root


def _walk(folder: Path, relative: str, above: set[tuple[int, int]], found: _Found) -> None:
    """Every regular file below; links are followed, loops and hidden folders are not."""
    for entry, name, state in entries_of(str(folder), relative, found.left_out, printable) or ():
        here = (state.st_dev, state.st_ino)
        if not is_visible(entry.name):
            found.left_out.append(LeftOut(printable(name), said("hidden, or kept there by the system")))
        elif stat.S_ISREG(state.st_mode):
            found.files.append(name)
        elif not stat.S_ISDIR(state.st_mode):
            found.left_out.append(LeftOut(printable(name), said("a device or pipe, not a file")))
        elif here in above or len(above) >= DEEPEST:
            reason = (
                said("a link back to a folder above it")
                if here in above
                else said("more than {most} folders deep", most=DEEPEST)
            )
            found.left_out.append(LeftOut(f"{printable(name)}/", reason))
        else:
            _walk(Path(entry.path), name, above | {here}, found)


def _at_sight(path: Path) -> str:
    """Why a file is left out before it is read, or the empty string."""
    suffix = os.path.splitext(path.name.lower().removesuffix(".gz"))[1]
    size = path.stat().st_size
    if suffix in LINE_SUFFIXES and file_holds_text(path):
        return ""
    if suffix and suffix not in TEXT_SUFFIXES and not suffix[1:].isdecimal() and not language_of(path.name)[1]:
        return said(
            "{suffix} is no name of a text; {suffixes} are", suffix=suffix, suffixes=", ".join(TEXT_SUFFIXES[:3])
        )
    return said("an empty file") if size == 0 else ""


# Class folders --------------------------------------------------------------------------------------------------------


def _classes(files: Sequence[str]) -> tuple[dict[str, str], dict[str, str], list[LeftOut]]:
    """Split and class of each document, by its path, and those without. No classes: there are no class folders."""
    tops = {file.split("/")[0] for file in files if "/" in file}
    named = split_folders(tops, {file.rpartition("/")[0] for file in files})
    has_splits = bool(named)
    splits: dict[str, str] = {}
    classes: dict[str, str] = {}
    left: list[LeftOut] = []
    unlabelled: dict[str, int] = {}
    for file in files:
        folder = file.rpartition("/")[0]
        top, _, rest = folder.partition("/")
        label = rest if has_splits and top in named else folder
        if has_splits and top not in named:
            left.append(LeftOut(printable(file), said("is in none of train, validation and test")))
        elif not label:
            left.append(LeftOut(printable(file), said("lies in no class folder, so has no class")))
        elif label.split("/")[0].lower() in UNLABELLED:
            unlabelled[folder] = unlabelled.get(folder, 0) + 1
        else:
            splits[file] = named[top] if has_splits else ""
            classes[file] = unicodedata.normalize("NFC", printable(label))
    left += [
        LeftOut(f"{printable(folder)}/", said("{count:,} documents without a class", count=many))
        for folder, many in unlabelled.items()
    ]
    return splits, classes, left if classes else []


def _read_classes(
    path: Path, root: Path, splits: dict[str, str], classes: dict[str, str], left: list[LeftOut]
) -> Frame:
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    texts: dict[str, str] = {}
    encodings, empty = [], 0
    for file in sorted(classes, key=lambda file: (order[splits[file]], classes[file], file)):
        text, why = _document(root / file)
        if text is None:
            left.append(LeftOut(printable(file), why))
        elif not text.strip():
            empty += 1
            left.append(LeftOut(printable(file), said("empty: nothing but white space")))
        else:
            texts[file] = text
            encodings.append(why)
    if not texts:
        raise DataError(tr("{path}/ has no texts {left}.", path=path, left=_first_of(left)))
    labels = [classes[file] for file in texts]
    names = sorted(set(labels))
    ids = [printable(file) for file in texts]
    notes = read_as(encodings)
    if empty:
        notes.append(saidn("1 document is empty and left out.", "{count:,} documents are empty and left out.", empty))
    notes += [
        said("{path} holds {reason}: left aside.", path=one.path, reason=one.reason)
        for one in left
        if one.reason.endswith("without a class")
    ]
    given = np.array([splits[file] for file in texts])
    some = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
    label = Column(
        "label",
        "category" if len(names) > 1 else "constant",
        said("names of the folders: {names}", names=some),
        0,
        len(names),
    )
    return Frame(
        name=short_name(path),
        where=str(path),
        form=said("text folders"),
        table=pd.DataFrame(
            {"text": pd.Series(list(texts.values()), dtype=object), "label": pd.Series(labels, dtype=object)}
        ),
        columns=(Column("text", "text", said("a file each"), 0, len({*texts.values()})), label),
        ids=ids,
        splits=given,
        stamp=stamp_of(root, [root / file for file in classes]),
        left_out=tuple(left),
        notes=(*notes, *repeated_texts(list(texts.values()), ids, given, labels)),
    )


def _first_of(left: Sequence[LeftOut]) -> str:
    return tr(
        "({count:,} left out, the first: {path}, {reason})",
        count=len(left),
        path=left[0].path,
        reason=shown(left[0].reason),
    )


def _document(path: Path) -> tuple[str | None, str]:
    """A document and its encoding, or None and why it is left out."""
    try:
        if path.stat().st_size > LARGEST_TEXT:
            return (
                None,
                said(
                    "{size:,.0f} MB, more than the {most} MB allowed for one text",
                    size=path.stat().st_size / 1e6,
                    most=LARGEST_TEXT // 2**20,
                ),
            )
        with in_english():  # what is wrong is kept as a reason
            content = content_of(path)
    except (DataError, OSError) as error:
        return None, str(error).removesuffix(".")
    if len(content) > LARGEST_TEXT:
        return (
            None,
            said(
                "{size:,.0f} MB unpacked, more than the {most} MB allowed for one text",
                size=len(content) / 1e6,
                most=LARGEST_TEXT // 2**20,
            ),
        )
    text, encoding = decoded(content)
    return (without_markup(text) if text is not None and is_markup(path.name) else text), encoding
