"""A walk through a folder: every file in order, what is left out without being opened, and where the pictures lie."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from seodang.core.sentences import said
from seodang.data.kinds import kind_of, what_else
from seodang.data.readers.naming import FOLDER_WORDS
from seodang.data.source import OURS, LeftOut

# Files that systems leave in folders. They are listed as left out without being opened.
SYSTEM_FILES = {"thumbs.db": "Windows", "desktop.ini": "Windows", "ehthumbs.db": "Windows", "icon\r": "macOS"}
SYSTEM_FOLDERS = {"__macosx", "@eadir", "$recycle.bin", "system volume information", "__pycache__", "lost+found"}
# What Seodang writes where it is called.
OUR_FILES, OUR_FOLDERS = ("seodang-look-", "seodang-augment-"), ("runs", "tunings")
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


def stamp_of_walk(root: Path, found: Found) -> str:
    """Changes when a file of a walk comes, goes, or changes its size or time."""
    total = hashlib.blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=16)
    lines = [f"{path}\0{size}\0{time}" for _, path, size, time in found.files]
    total.update("\n".join(lines).encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def _visible(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in SYSTEM_FOLDERS


def unwrapped(root: Path) -> Path:
    """Down through folders that hold nothing but one folder that itself holds folders (an unpacked archive)."""
    for _ in range(4):
        entries = [
            entry
            for entry in os.scandir(root)
            if _visible(entry.name) and entry.name.lower() not in SYSTEM_FILES and not is_ours(entry)
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


def inside_one_folder(found: Found) -> tuple[Found, str]:
    """Down to where the pictures are, where all lie in one folder and others hold files that are none: images/ beside labels/, README.

    Returns: the walk as if it had begun there, and that folder; "" where it begins at the top.
    """
    pictures = [folder for folder, file, _, _ in found.files if os.path.splitext(file)[1].lower() in PICTURE_SUFFIXES]
    above = [folder.split("/")[:-1] for folder in {*pictures}] or [[]]  # the last one may be a class
    inside: list[str] = []
    for names in zip(*above, strict=False):
        if len({*names}) > 1 or names[0].lower() in FOLDER_WORDS:
            break
        inside.append(names[0])
    prefix = "".join(f"{name}/" for name in inside)
    outside = {
        folder.split("/")[0] for folder in found.folders if not f"{folder}/".startswith(prefix.split("/")[0] + "/")
    }
    if not prefix or any(not any(one.path.startswith(f"{top}/") for one in found.left_out) for top in outside):
        return found, ""  # an empty folder beside it would have been a class
    kept, left = Found(), list(found.left_out)
    for folder, file, size, time in found.files:
        if folder.startswith(prefix):
            kept.files.append((folder.removeprefix(prefix), file.removeprefix(prefix), size, time))
        else:
            left.append(LeftOut(file, said("lies beside the class folders, so has no class")))
    kept.left_out = [LeftOut(one.path.removeprefix(prefix), one.reason) for one in left]
    kept.folders = [folder.removeprefix(prefix) for folder in found.folders if folder.startswith(prefix)]
    return kept, prefix.rstrip("/")


def walk(root: Path) -> Found:
    """Every regular file below `root`, sorted; links are followed, loops and hidden folders are not."""
    found = Found()
    state = os.stat(root)
    found.folders.append("")
    _enter(str(root), "", {(state.st_dev, state.st_ino)}, found)
    found.folders = [folder for folder in found.folders if folder]
    return found


def entries_of(
    path: str, relative: str, left_out: list[LeftOut], shown: Callable[[str], str] = str
) -> list[tuple[os.DirEntry[str], str, os.stat_result]] | None:
    """What lies in a folder, sorted by name: entry, path below the root and state. None of a folder that cannot be opened.

    What cannot be read, and links that lead nowhere, are added to `left_out`.

    Args:
        relative: the folder's path below the root, "" for the root.   shown: how a path is written in `left_out`.
    """
    try:
        with os.scandir(path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        left_out.append(
            LeftOut(f"{shown(relative or path)}/", said("cannot be opened ({error})", error=error.strerror))
        )
        return None
    found = []
    for entry in entries:
        name = f"{relative}/{entry.name}" if relative else entry.name
        if is_ours(entry):
            left_out.append(LeftOut(shown(f"{name}/" if entry.is_dir() else name), OURS))
            continue
        try:
            found.append((entry, name, entry.stat()))
        except OSError as error:
            reason = (
                said("a link that leads nowhere")
                if entry.is_symlink()
                else said("cannot be read ({error})", error=error.strerror)
            )
            left_out.append(LeftOut(shown(name), reason))
    return found


def is_ours(entry: os.DirEntry[str] | Path) -> bool:
    """Whether an entry of a folder is what Seodang writes where it is called: a run, all runs, trials, the page of a look.

    Who works inside the folder of their data has these beside the classes from the second command on.
    """
    if entry.name.startswith(OUR_FILES):
        return entry.name.endswith((".html", ".png"))
    with contextlib.suppress(OSError):  # a link to itself, a folder that cannot be opened: whoever walks there says so
        if not entry.is_dir():
            return False
        if entry.name not in OUR_FOLDERS:
            return _is_run(os.fspath(entry))
        with os.scandir(entry) as listing:
            return any(_is_run(one.path) for one in listing if one.is_dir())
    return False


def _is_run(folder: str) -> bool:
    has = {name: os.path.exists(os.path.join(folder, name)) for name in ("recipe.yaml", "data.json", "trials.jsonl")}
    return has["trials.jsonl"] or (has["recipe.yaml"] and has["data.json"])


def _enter(path: str, relative: str, above: set[tuple[int, int]], found: Found) -> None:
    entries = entries_of(path, relative, found.left_out)
    if entries is None:
        found.folders.remove(relative)
        return
    for entry, name, state in entries:
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
