"""What was decoded or parsed, kept between runs: one safetensors file each, in the cache folder, safe to delete.

A file is named by what it was made from (paths, sizes, times, preparation, versions), so it is never stale; it is written beside
its place and renamed; its checksum is looked at before use. What is not whole is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from seodang.core.files import cache_folder
from seodang.data.pictures import Decoded, Target
from seodang.data.source import LeftOut, Source

# Raise it when what `pictures` or the table reader makes of a file changes.
VERSION = 3
# The whole cache: $SEODANG_CACHE_BYTES or 10 GiB. The files used longest ago go first.
MOST_BYTES = 10 * 2**30


def key(stamp: str, target: Target | None) -> str:
    """The name under which a result is kept: other content, preparation, Pillow or version, another name."""
    text = json.dumps([VERSION, PIL.__version__, stamp, target])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def load(name: str, count: int) -> Decoded | None:
    """The pictures that were kept, or None where nothing (or nothing whole) is there."""
    found = _fetch(name)
    if found is None or found[1].get("count") != count:
        return None
    arrays, words = found
    names = words["modes"]
    reasons: list[str | None] = [None] * count
    for index, reason in words["reasons"].items():
        reasons[int(index)] = reason
    return Decoded(
        height=arrays["height"],
        width=arrays["width"],
        mode=[names[index] for index in arrays["mode"].tolist()],
        content=arrays["content"].reshape(-1).view("S16"),
        thumbnail=arrays["thumbnail"],
        pixels=arrays.get("pixels"),
        reasons=reasons,
    )


def save(name: str, done: Decoded) -> None:
    """Keep decoded pictures."""
    modes = sorted(set(done.mode))
    number = {mode: index for index, mode in enumerate(modes)}
    arrays = {
        "height": done.height,
        "width": done.width,
        "mode": np.array([number[mode] for mode in done.mode], np.uint8),
        "content": np.ascontiguousarray(done.content).view(np.uint8).reshape(-1, 16),
        "thumbnail": done.thumbnail,
    }
    if done.pixels is not None:
        arrays["pixels"] = done.pixels
    reasons = {str(i): reason for i, reason in enumerate(done.reasons) if reason is not None}
    _store(name, arrays, {"count": len(done.mode), "modes": modes, "reasons": reasons})


def load_sample(name: str) -> np.ndarray | None:
    """What a look at a sample of a source's pictures found (their sizes, say), or None."""
    found = _fetch(f"{name}-sample")
    return None if found is None else found[0]["found"]


def save_sample(name: str, found: np.ndarray) -> None:
    """Keep what a look at a sample found."""
    _store(f"{name}-sample", {"found": found}, {})


_TEXTS = ("name", "where", "form", "stamp")


def load_table(name: str) -> Source | None:
    """The parsed table that was kept, or None."""
    found = _fetch(name)
    if found is None:
        return None
    arrays, words = found
    return Source(
        **{text: words[text] for text in _TEXTS},
        classes=tuple(words["classes"]),
        labels=arrays["labels"],
        ids=words["ids"],
        splits=np.array(words["split_names"])[arrays["splits"]],
        pixels=arrays["pixels"],
        left_out=tuple(LeftOut(*one) for one in words["left_out"]),
        notes=tuple(words["notes"]),
        label_values=tuple(words["label_values"]),
        columns={column: np.array(values) for column, values in words["columns"].items()},
    )


def save_table(name: str, source: Source) -> None:
    """Keep a parsed table of pixels."""
    assert source.pixels is not None, "a table has pixels"
    split_names, splits = np.unique(source.splits, return_inverse=True)
    words = {
        **{text: getattr(source, text) for text in _TEXTS},
        "classes": source.classes,
        "ids": source.ids,
        "split_names": split_names.tolist(),
        "left_out": [(one.path, one.reason) for one in source.left_out],
        "notes": source.notes,
        "label_values": source.label_values,
        "columns": {column: values.tolist() for column, values in source.columns.items()},
    }
    arrays = {"pixels": source.pixels, "labels": source.labels, "splits": splits.astype(np.uint8)}
    _store(name, arrays, words)


def fetch_features(key: str) -> dict[bytes, np.ndarray]:
    """Features of pictures by the digest of their pixels, from every file that was kept under `key`."""
    found: dict[bytes, np.ndarray] = {}
    for path in sorted(_folder().glob(f"{key}-*.safetensors")):
        if (kept := _fetch(path.stem)) is not None:
            contents = np.ascontiguousarray(kept[0]["content"])
            found |= {row.tobytes(): feature for row, feature in zip(contents, kept[0]["features"], strict=True)}
    return found


def store_features(key: str, content: list[bytes], features: np.ndarray) -> None:
    """Keep features (n, …) of n pictures under `key`, beside those that are there."""
    name = hashlib.blake2b(b"".join(content), digest_size=8).hexdigest()
    rows = np.frombuffer(b"".join(content), np.uint8).reshape(len(content), -1)
    _store(f"{key}-{name}", {"content": rows, "features": features}, {})


def _folder() -> Path:
    return cache_folder() / "pictures"


def _fetch(name: str) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    path = _folder() / f"{name}.safetensors"
    try:
        with safe_open(path, "pt") as file:  # "pt" maps the file where "np" copies it
            arrays = {tensor: file.get_tensor(tensor).numpy() for tensor in file.keys()}  # noqa: SIM118 (not a dict)
            metadata = file.metadata()
        words = json.loads(metadata["words"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    if metadata.get("check") != _check(arrays, metadata["words"]):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used now: goes last
    return arrays, words


def _store(name: str, arrays: dict[str, np.ndarray], words: dict[str, Any]) -> None:
    """A cache that cannot be written is no mistake: the work is done again next time."""
    most = int(os.environ.get("SEODANG_CACHE_BYTES", MOST_BYTES))
    arrays = {key: np.ascontiguousarray(array) for key, array in arrays.items()}
    size = sum(array.nbytes for array in arrays.values())
    if size > most // 2:
        return
    text = json.dumps(words, ensure_ascii=True)
    folder = _folder()
    temporary = folder / f".{name}.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make_room(folder, most - size)
        save_file(arrays, temporary, {"words": text, "check": _check(arrays, text)})
        os.replace(temporary, folder / f"{name}.safetensors")
    except (OSError, SafetensorError):
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _check(arrays: dict[str, np.ndarray], text: str) -> str:
    total = zlib.crc32(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        total = zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), total)
        if array.size:
            total = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, total)
    return f"{total:08x}"


def _make_room(folder: Path, most: int) -> None:
    """Remove what was used longest ago until at most `most` bytes are there; files of a killed writer go too."""
    files = []
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):  # another process may be removing it
            state = entry.stat()
            files.append((state.st_mtime, state.st_size, entry.path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= most:
            return
        Path(path).unlink(missing_ok=True)
        total -= size
