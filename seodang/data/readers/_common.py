"""What every reader needs: names of splits, classes from label values, a stamp of files, bounded unpacking."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import psutil

from seodang.core.errors import DataError

SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "t10k": "test",
}
LABEL_NAMES = ("label", "labels", "class", "target", "y", "category", "fine_label", "class_name", "letter", "digit")
# An unpacked table or array may take so much of the free memory; more is refused before it is unpacked further.
SHARE_OF_MEMORY = 0.5


def split_of(name: str) -> str:
    """The split a file or folder name announces, or the empty string.

    >>> split_of("train-00000-of-00002"), split_of("Valid"), split_of("fashion_t10k-images"), split_of("cats")
    ('train', 'validation', 'test', '')
    """
    for word in re.split(r"[^a-z0-9]+", name.lower()):
        if word in SPLIT_WORDS:
            return SPLIT_WORDS[word]
    return ""


def short_name(path: Path) -> str:
    """A name for a run's folder, of letters, digits, dot, hyphen and underscore.

    >>> short_name(Path("My Photos.csv.gz"))
    'My-Photos'
    """
    stem = path.resolve().name
    for suffix in (".gz", ".csv", ".tsv", ".txt", ".parquet", ".arrow", ".feather", ".npz", ".npy"):
        stem = stem.removesuffix(suffix)
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-.")[:64] or "data"


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
                    f"{path.name} has {path.stat().st_size:,} bytes, more than the {limit:,} that fit in memory."
                )
            return path.read_bytes()
        parts, total = [], 0
        with gzip.open(path, "rb") as file:
            while part := file.read(1 << 24):
                parts.append(part)
                total += len(part)
                if total > limit:
                    raise DataError(f"{path.name} unpacks to more than the {limit:,} bytes that fit in memory.")
        return b"".join(parts)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is a damaged or cut-off gzip file ({error}).") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read ({error.strerror or error}).") from None


def classes_of(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Label values as text, sorted (numbers by size), and the index of each example's.

    >>> classes, labels = classes_of(np.array(["10", "9", "0", "10"]))
    >>> classes, labels.tolist()
    (('0', '9', '10'), [2, 1, 0, 2])
    """
    found, inverse = np.unique(values.astype(str), return_inverse=True)
    names = [str(name) for name in found]
    try:
        order = sorted(range(len(names)), key=lambda i: (float(names[i]), names[i]))
    except ValueError:
        order = list(range(len(names)))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return tuple(names[i] for i in order), rank[inverse.reshape(-1)]
