"""Files that are whole or not there: atomic writes, hashes, JSON and append-only lines."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seodang.core.errors import SeodangError
from seodang.core.language import tr

# What a file is tried with: more than a file system keeps beside a file's name.
_TRIED = 4096


def plain_name(text: str, otherwise: str, most: int = 64) -> str:
    """A name that any file system takes and nobody must quote: letters of any script, digits, dot, hyphen, underscore; else a hyphen.

    Args:
        otherwise: What it is called where nothing of the text can be kept.
        most: Its length, in letters; and never more than 180 bytes, of the 255 that a file's name may have.

    >>> plain_name("My Photos (2)", "data"), plain_name("한글 폴더", "data"), plain_name("../..", "data")
    ('My-Photos-2', '한글-폴더', 'data')
    """
    letters = unicodedata.normalize("NFC", text)
    kept = "".join(one if one in "-._" or unicodedata.category(one)[0] in "LMN" else "\0" for one in letters)
    short = re.sub("\0+", "-", kept).strip("-.")[:most]
    return short.encode()[:180].decode(errors="ignore").strip("-.") or otherwise


def try_folder(folder: Path) -> None:
    """Raise the OSError that writing a file into a folder would raise: no right, no room, no such place. Leaves nothing behind."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
            file.flush()
    except OSError as error:
        error.filename = str(folder)  # a person knows the folder, not the temporary name
        raise


def make_folder(path: str | Path) -> Path:
    """The folder that a person asked for, made where it is missing, and one that can be written to.

    Raises:
        SeodangError: It is a file.
        OSError: The system refuses: no right, no room.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise SeodangError(tr("{path} is a file. Give a folder; it is made where it is missing.", path=path))
    path.mkdir(parents=True, exist_ok=True)
    try_folder(path)
    return path


def refuse_place(path: str | Path) -> None:
    """Raise, before anything is computed, where a file that a person asked for could not be written afterwards.

    Raises:
        SeodangError: It is a folder, or its folder does not exist.
        OSError: The system refuses: no right, no room.
    """
    path = Path(path)
    if path.is_dir():
        raise SeodangError(tr("{path} is a folder; say the name of a file.", path=path))
    if not path.parent.is_dir():
        raise SeodangError(tr("The folder {folder} does not exist: make it, or write elsewhere.", folder=path.parent))
    try:
        try_folder(path.parent)
    except OSError as error:
        error.filename = str(path)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader, even after a crash, sees the old one or the whole new one.

    Temporary file in the same folder, flush, fsync, rename, fsync of the folder.
    """
    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        error.filename = str(path)  # a person knows the file, not its temporary name
        raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say of itself which file it was
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically: indented, UTF-8, keys in the order given. NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def append_line(path: Path, value: Any) -> None:
    """Append one JSON line and hand it to the operating system at once."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(value, ensure_ascii=False) + "\n")
        file.flush()


def drop_torn_line(path: Path) -> None:
    """A crash in the middle of a write can leave half a last line; what is appended must not be glued to it."""
    if not path.exists():
        return
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        with open(path, "r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)


def read_lines(path: Path) -> Iterator[Any]:
    """The values of a JSON-lines file; a last line that was cut off by a crash is left out."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                if line.endswith("\n"):
                    raise
                return


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder() -> Path:
    """Where decoded pictures are kept between runs: $SEODANG_CACHE, else the user's cache folder. Safe to delete."""
    if given := os.environ.get("SEODANG_CACHE"):
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    if base:
        return Path(base) / "seodang"
    try:
        return Path.home() / ".cache" / "seodang"
    except RuntimeError:  # nobody's home is known, as of a made-up user in a container
        return Path(tempfile.gettempdir()) / f"seodang-{getattr(os, 'getuid', int)()}"
