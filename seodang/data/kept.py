"""Decoded pictures kept between runs: one safetensors file a data set and preparation, in the cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from pathlib import Path

import numpy as np
import PIL
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from seodang.core.files import cache_folder
from seodang.data.pictures import Decoded, Target

# Raise it when what `pictures` makes of a file changes.
VERSION = 1
# The whole cache; the files used longest ago go first.
MOST_BYTES = int(os.environ.get("SEODANG_CACHE_BYTES", 10 * 2**30))


def key(stamp: str, target: Target | None) -> str:
    """The name under which a result is kept: other content, preparation, Pillow or version, another name."""
    text = json.dumps([VERSION, PIL.__version__, stamp, target])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _path(name: str) -> Path:
    return cache_folder() / "pictures" / f"{name}.safetensors"


def load(name: str, count: int) -> Decoded | None:
    """What was kept, or None where nothing (or nothing whole) is there."""
    path = _path(name)
    try:
        with safe_open(path, "np") as file:
            arrays = {tensor: file.get_tensor(tensor) for tensor in file.keys()}  # noqa: SIM118 (not a dict)
            words = json.loads(file.metadata()["words"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    if words.get("count") != count or words.get("check") != _check(arrays):
        return None
    try:
        os.utime(path)  # used now: goes last
    except OSError:
        pass
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
    """Keep a result. A cache that cannot be written is no mistake: the pictures are decoded again next time."""
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
    size = sum(array.nbytes for array in arrays.values())
    if size > MOST_BYTES // 2:
        return
    words = {
        "count": len(done.mode),
        "check": _check(arrays),
        "modes": modes,
        "reasons": {str(i): reason for i, reason in enumerate(done.reasons) if reason is not None},
    }
    path = _path(name)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_room(path.parent, size)
        save_file(arrays, temporary, {"words": json.dumps(words, ensure_ascii=False)})
        os.replace(temporary, path)
    except (OSError, SafetensorError):
        temporary.unlink(missing_ok=True)


def _check(arrays: dict[str, np.ndarray]) -> str:
    total = 0
    for name in sorted(arrays):
        total = zlib.crc32(memoryview(np.ascontiguousarray(arrays[name])).cast("B"), total)
    return f"{total:08x}"


def _make_room(folder: Path, size: int) -> None:
    files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in folder.iterdir() if path.is_file())
    total = size + sum(file[1] for file in files)
    for _, bytes_, path in files:
        if total <= MOST_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= bytes_
