"""One decoding pass over every picture: sizes, digests, thumbnails and prepared pixels, kept for the next run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data import kept
from seodang.data.decoders import Decoders, cores, in_pieces
from seodang.data.pictures import (
    SMALL,
    THUMBNAIL,
    Decoded,
    Target,
    digests,
    many,
    one_array,
    prepare_arrays,
    thumbnails,
    to_grey,
)
from seodang.data.prepare import Preparation, target_of
from seodang.data.source import LeftOut, Source

FIRST = 64  # pictures that tell how large and how slow the others are
CHUNK = 4096
CHUNK_BYTES = 32 * 2**20  # of prepared pixels in a chunk
SMALL_FILE = 4096  # bytes
# A chunk of larger files is about this much work, so that the processes end together and memory stays small.
PIECE_SECONDS = 0.25
# Other processes are worth their start (about 0.3 s) where this one alone would need longer than this.
WORTH_SECONDS = 1.0


@dataclass(eq=False)
class Scan:
    """What one look at every picture gives. N pictures, those that could not be decoded already left out.

    source: the source without them (they are added to its left_out).
    height, width: (N,) int32 pixels, as shown, before any resizing.     mode: N modes of Pillow ("L", "RGB", "P", …).
    content: (N,) S16, equal for pictures whose decoded pixels are equal.
    thumbnail: (N, 16, 16) uint8 grey, each value the mean of its part of the picture.
    pixels: (N, C, H, W) uint8, prepared, or None where none were asked for.
    seconds: how long it took.      from_cache: whether it was kept from an earlier run.
    """

    source: Source
    height: np.ndarray
    width: np.ndarray
    mode: list[str]
    content: np.ndarray
    thumbnail: np.ndarray
    pixels: Tensor | None
    seconds: float = 0.0
    from_cache: bool = False

    def __len__(self) -> int:
        return len(self.source)


def scan(source: Source, preparation: Preparation | None = None) -> Scan:
    """Decode every picture once, in parallel, and keep the result in the cache folder for the next time.

    Args:
        source: Labelled pictures.
        preparation: Resolved; its size, channels and fit decide the prepared pixels. None: no pixels are kept.

    Raises:
        DataError: Not one picture could be decoded.
    """
    begun = time.perf_counter()
    target = None if preparation is None else target_of(preparation)
    if source.pixels is not None:
        done = _arrays(source.pixels, target)
        found = False
    else:
        key = kept.key(source.stamp, target)
        done = kept.load(key, len(source))
        if found := done is not None:
            pass
        else:
            done = _decode(source, target)
            kept.save(key, done)
    return replace(_without_broken(source, done), seconds=time.perf_counter() - begun, from_cache=found)


def _without_broken(source: Source, done: Decoded) -> Scan:
    good = np.array([reason is None for reason in done.reasons], bool)
    if not good.any():
        first = next(iter(done.reasons), None)
        raise DataError(
            tr(
                "{where} has no picture that can be read: {count:,} files were tried, the first ({example}) is left out because: {reason}.",
                where=source.where,
                count=len(source),
                example=source.ids[0],
                reason=shown(first or ""),
            )
        )
    pixels = done.pixels
    if not good.all():
        left = tuple(LeftOut(source.ids[i], done.reasons[i] or "") for i in np.flatnonzero(~good))
        keep = np.flatnonzero(good)
        source = _without_lost_classes(replace(source.select(keep), left_out=(*source.left_out, *left)))
        done = Decoded(
            height=done.height[keep],
            width=done.width[keep],
            mode=[done.mode[i] for i in keep],
            content=done.content[keep],
            thumbnail=done.thumbnail[keep],
            pixels=None,
            reasons=[None] * len(keep),
        )
        pixels = None if pixels is None else pixels[keep]
    return Scan(
        source=source,
        height=done.height,
        width=done.width,
        mode=done.mode,
        content=done.content,
        thumbnail=done.thumbnail,
        pixels=None if pixels is None else torch.from_numpy(pixels),
    )


def _without_lost_classes(source: Source) -> Source:
    """A class none of whose pictures can be read is no class any more; it is listed."""
    counts = np.bincount(source.labels, minlength=len(source.classes))
    if counts.all():
        return source
    stay = counts > 0
    lost = [name for name, kept_ in zip(source.classes, stay, strict=True) if not kept_]
    left = tuple(LeftOut(f"class {name}", said("none of its files can be read, so it is no class")) for name in lost)
    return replace(
        source,
        classes=tuple(name for name, kept_ in zip(source.classes, stay, strict=True) if kept_),
        label_values=tuple(value for value, kept_ in zip(source.label_values, stay, strict=False) if kept_),
        labels=(np.cumsum(stay) - 1)[source.labels],
        left_out=(*source.left_out, *left),
    )


def _decode(source: Source, target: Target | None) -> Decoded:
    assert source.read is not None, "a source has pixels or read"
    done = Decoded.room(len(source), target)
    for chunk, part in _parts(source, target):
        where = slice(chunk.start, chunk.stop)
        done.height[where], done.width[where] = part.height, part.width
        done.mode[where], done.reasons[where] = part.mode, part.reasons
        done.content[where], done.thumbnail[where] = part.content, part.thumbnail
        if done.pixels is not None:
            done.pixels[where] = part.pixels
    return done


def _parts(source: Source, target: Target | None) -> Iterator[tuple[range, Decoded]]:
    """The answers chunk by chunk, in order. The first few pictures tell how long the rest will take."""
    read, count = source.read, len(source)
    assert read is not None, "a source has pixels or read"
    start, each = 0, 0.0
    size = FIRST
    while start < count:
        chunk = range(start, min(start + size, count))
        begun = time.perf_counter()
        part, held = in_pieces(chunk, read, lambda encoded: many(encoded, target))
        yield chunk, part
        each = (time.perf_counter() - begun) / len(chunk)
        size = _chunk_size(held / len(chunk), each, target)
        measured = start > 0 or size < CHUNK  # small pictures are fast by the thousand only
        start = chunk.stop
        if measured and each * (count - start) > WORTH_SECONDS and cores() > 1:
            break
    if start == count:
        return
    chunks = [range(begin, min(begin + size, count)) for begin in range(start, count, size)]
    with Decoders(min(cores(), max(2, int(each * (count - start) / 0.5)), 32)) as decoders:
        for chunk, part in decoders.map(chunks, read, target):
            assert isinstance(chunk, range), "chunks go in and come out as ranges"
            yield chunk, part


def _chunk_size(file: float, each: float, target: Target | None) -> int:
    """Small files go by the thousand (their PNG filters are undone together), others by a quarter of a second of work."""
    most = CHUNK if target is None else max(1, CHUNK_BYTES // (target.channels * target.height * target.width))
    if file < SMALL_FILE:
        return min(CHUNK, most)
    return int(min(CHUNK, most, max(1, PIECE_SECONDS / each)))


def _arrays(array: np.ndarray, target: Target | None) -> Decoded:
    """The same for pixels that are decoded already: (N, height, width, channels) uint8."""
    count, height, width, channels = array.shape
    grey = array[..., 0] if channels == 1 else None
    small = height * width <= SMALL
    thumbnail = np.zeros((count, THUMBNAIL, THUMBNAIL), np.uint8)
    for start in range(0, count, 4096):
        some = slice(start, start + 4096)
        plane = grey[some] if grey is not None else to_grey(array[some])
        thumbnail[some] = thumbnails(plane) if small else _shrunk(plane)
    return Decoded(
        height=np.full(count, height, np.int32),
        width=np.full(count, width, np.int32),
        mode=["L" if channels == 1 else "RGB"] * count,
        content=digests(array),
        thumbnail=thumbnail,
        pixels=None if target is None else prepare_arrays(array, target),
        reasons=[None] * count,
    )


def _shrunk(grey: np.ndarray) -> np.ndarray:
    target = Target(THUMBNAIL, THUMBNAIL, 1, "squash", "box")  # as `thumbnails` does
    return np.concatenate([one_array(plane, target) for plane in grey])
