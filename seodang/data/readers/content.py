"""The bytes of files: a stamp that tells whether they changed, unpacking that stops where memory would."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path

import psutil

from seodang.core.errors import DataError
from seodang.core.language import tr

# An unpacked table or array may take so much of the free memory; more is refused before it is unpacked further.
SHARE_OF_MEMORY = 0.5


def stamp_of(root: Path, files: Iterable[Path]) -> str:
    """Changes when a file comes, goes, or changes its size or time."""
    total = hashlib.blake2b(str(root.resolve()).encode("utf-8", "surrogateescape"), digest_size=16)
    for file in files:
        state = file.stat()
        total.update(f"\0{file}\0{state.st_size}\0{state.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def most_bytes() -> int:
    """How much an unpacked file may take in memory now."""
    return int(psutil.virtual_memory().available * SHARE_OF_MEMORY)


def content_of(path: Path) -> bytes:
    """A file's bytes, unpacked where it is gzip (by its first bytes, not its name).

    Raises:
        DataError: It cannot be read, is a damaged archive, or unpacks to more than memory holds.
    """
    limit = most_bytes()
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        if not packed:
            if path.stat().st_size > limit:
                raise DataError(
                    tr(
                        "{name} has {size:,} bytes, more than the {limit:,} that fit in memory.",
                        name=path.name,
                        size=path.stat().st_size,
                        limit=limit,
                    )
                )
            return path.read_bytes()
        parts, total = [], 0
        with gzip.open(path, "rb") as file:
            while part := file.read(1 << 24):
                parts.append(part)
                total += len(part)
                if total > limit:
                    raise DataError(
                        tr(
                            "{name} unpacks to more than the {limit:,} bytes that fit in memory.",
                            name=path.name,
                            limit=limit,
                        )
                    )
        return b"".join(parts)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            tr("{name} is a damaged or cut-off gzip file ({error}).", name=path.name, error=error)
        ) from None
    except OSError as error:
        raise DataError(tr("{name} cannot be read ({error}).", name=path.name, error=error.strerror or error)) from None
