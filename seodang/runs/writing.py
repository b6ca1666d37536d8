"""A run's folder while it is written: made, held by one process, whole before its manifest says so."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from seodang.core.errors import NO_RIGHT, RunError
from seodang.core.files import plain_name, sha256, try_folder, write_json
from seodang.core.language import tr
from seodang.runs.folder import RUNS

# What the manifest leaves out: it would be out of date at once.
_UNLISTED = {"manifest.json", ".lock", "opened.jsonl", "about.yaml"}


def new_folder(name: str, below: str | Path = RUNS) -> Path:
    """Make the folder of a new run: NAME-1, NAME-2, … whichever is free. The folder's creation settles who gets it."""
    clean = plain_name(name, "run", most=56)
    base = Path(below)
    base.mkdir(parents=True, exist_ok=True)
    taken = [
        int(match[1]) for each in base.iterdir() if (match := re.fullmatch(re.escape(clean) + r"-(\d+)", each.name))
    ]
    number = max(taken, default=0) + 1
    while True:
        with contextlib.suppress(FileExistsError):
            (base / f"{clean}-{number}").mkdir()
            return base / f"{clean}-{number}"
        number += 1


def refuse_name(name: str | None) -> None:
    """Raise RunError where nothing of a name that a person gave can stand in a folder's name."""
    if name is not None and not plain_name(name, ""):
        raise RunError(
            tr("A run's name is made of letters, digits, dots, hyphens and underscores, got {name!r}.", name=name)
        )


def refuse_unwritable(below: str | Path = RUNS) -> None:
    """Raise RunError, before anything is read, where no run's folder can be made below a folder."""
    base = Path(below)
    there = next((each for each in (base, *base.absolute().parents) if each.exists()), Path("/"))
    if not there.is_dir():
        raise RunError(
            tr(
                "Runs cannot be saved in {base}: {place} is a file. Say another folder with --runs FOLDER.",
                base=base,
                place=there,
            )
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise RunError(
            tr(
                "Runs cannot be saved in {base}: {place} may not be written to. Say another folder with --runs FOLDER.",
                base=base,
                place=there.resolve(),
            )
        )


def refuse_read_only(folder: Path, why: str, *files: str) -> None:
    """Raise RunError, before anything is computed, where nothing can be written into a run's folder.

    why: a sentence, what would be written.   files: those that only grow, where they are there: each must take another line.
    A full disk is no matter of rights: that it is full is left as the OSError it is.
    """
    try:
        try_folder(folder)
        for file in files:
            if (folder / file).exists():
                open(folder / file, "ab").close()
    except OSError as error:
        if error.errno not in NO_RIGHT:
            raise
        raise RunError(
            tr(
                "{file} may not be written to. {why} Change the rights, or take a copy: `cp -r {folder} {copy}`.",
                file=error.filename,
                why=why,
                folder=shlex.quote(str(folder)),
                copy=Path(RUNS, folder.name + "-copy").as_posix(),
            )
        ) from error


@contextlib.contextmanager
def telling_of_the_disk(folder: Path) -> Iterator[None]:
    """A disk that is full or broken while a run is written becomes a RunError that says how to carry on."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS, errno.EIO):
            raise
        again = (
            tr("carry on with `seodang train --resume {folder}`", folder=folder)
            if any(folder.glob("checkpoint/*.json"))
            else tr("train again")
        )
        raise RunError(
            tr(
                "{file} could not be written: {reason}. Make room or mend the disk, then {again}.",
                file=error.filename or folder,
                reason=error.strerror,
                again=again,
            )
        ) from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run for writing. A second process is refused; the operating system frees the lock of one that died."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:  # an OSError, which tells a reader that the run itself is well
        with contextlib.suppress(OSError, ValueError):
            owner = json.loads((folder / "writer.json").read_text())
            raise RunError(
                tr(
                    "{folder} is being written by process {process}. Wait for it, or stop it with `kill {process}`.",
                    folder=folder,
                    process=owner["pid"],
                )
            ) from error
        raise RunError(
            tr("{folder} is being written by another process. Wait for it to end.", folder=folder)
        ) from error
    try:
        with telling_of_the_disk(folder):
            write_json(folder / "writer.json", {"pid": os.getpid()})
            yield
    finally:
        (folder / "writer.json").unlink(missing_ok=True)
        lock.release()


def write_manifest(folder: Path) -> None:
    """Write the SHA-256 and size of every file of a run; last, and by rename, so that it is there only when all is."""
    files = [
        p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in _UNLISTED and p.name != "writer.json" and p.suffix != ".tmp"
    ]
    listed = {p.relative_to(folder).as_posix(): {"sha256": sha256(p), "bytes": p.stat().st_size} for p in files}
    write_json(folder / "manifest.json", listed)
