"""One picture from encoded bytes to uint8 at the wanted size: the only decoding there is, without PyTorch.

Everything that turns a file into pixels goes through here: `scan`, `prepare`, streaming, prediction and the exports. What
is decided here, once:

- what a file is, is decided by its first bytes, never by its name; JPEG, PNG, WebP, BMP, GIF (first frame), TIFF are read;
- the header is read first: what would need too much memory is refused before anything is decoded (`data/opening.py`);
- the turn that a camera wrote into EXIF is applied; everything else of the metadata is dropped;
- transparent pixels are shown on white, as a viewer shows them; 16 bits become 8 (divided by 257, rounded); CMYK becomes RGB;
- size is changed with bilinear (or bicubic) interpolation over the whole footprint (antialiased). A JPEG much larger than needed is decoded
  at 1/2, 1/4 or 1/8 of its size, never below twice the wanted size nor below 256 pixels.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from seodang.core.sentences import said
from seodang.data import png
from seodang.data.opening import BROKEN, Refused, damage, open_picture, quiet, room_for

THUMBNAIL = 16
# Up to this many pixels thumbnails of a whole chunk are made in one matrix product; above, Pillow is faster. One rule for
# every format, so that a picture's thumbnail does not depend on how it was stored.
SMALL = png.MOST_PIXELS


class Target(NamedTuple):
    """The wanted form: height and width in pixels, channels 1 or 3, fit squash, crop or pad; see `prepare.Preparation`."""

    height: int
    width: int
    channels: int
    fit: str
    interpolation: str = "bilinear"
    crop_share: float = 1.0


@dataclass
class Decoded:
    """What one pass over n pictures gives. Row i is meaningless where reasons[i] is not None."""

    height: np.ndarray  # (n,) int32, as shown (after the EXIF turn), before any resizing
    width: np.ndarray  # (n,) int32
    mode: list[str]  # Pillow's mode of the file: "L", "RGB", "P", "CMYK", …
    content: np.ndarray  # (n,) S16, digest of the decoded pixels
    thumbnail: np.ndarray  # (n, 16, 16) uint8
    pixels: np.ndarray | None  # (n, channels, height, width) uint8, None where no target was given
    reasons: list[str | None]

    @classmethod
    def room(cls, count: int, target: Target | None) -> Decoded:
        """Room for so many pictures, nothing in it yet."""
        return cls(
            height=np.zeros(count, np.int32),
            width=np.zeros(count, np.int32),
            mode=[""] * count,
            content=np.zeros(count, "S16"),
            thumbnail=np.zeros((count, THUMBNAIL, THUMBNAIL), np.uint8),
            pixels=None
            if target is None
            else np.zeros((count, target.channels, target.height, target.width), np.uint8),
            reasons=[None] * count,
        )


def least_side(target: Target | None) -> int:
    """The side in pixels that a JPEG keeps where it is decoded at a part of its size.

    Twice the wanted size keeps the antialiasing of the last step (Pillow's own thumbnail() does the same).
    """
    return max(256, 2 * max(target.height, target.width) if target else 0)


def loaded(picture: Image.Image) -> Image.Image:
    """Decode, turn as EXIF says, and bring to mode L or RGB. Call it inside `room_for`; raises Refused with the reason."""
    try:
        picture.load()
    except BROKEN as error:
        raise Refused(damage(picture.format or "", error)) from error
    return eight_bits(_turned(picture))


def _turned(picture: Image.Image) -> Image.Image:
    info = picture.info
    if not ("exif" in info or "xmp" in info or "XML:com.adobe.xmp" in info or "Raw profile type exif" in info):
        return picture
    try:
        return ImageOps.exif_transpose(picture) or picture
    except BROKEN:
        return picture  # metadata that cannot be read says nothing; the pixels are fine


def shown_size(picture: Image.Image) -> tuple[int, int]:
    """(height, width) of a picture that is not decoded yet, as it is seen after the EXIF turn."""
    width, height = picture.size
    try:
        on_its_side = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except BROKEN:
        on_its_side = False
    return (width, height) if on_its_side else (height, width)


def eight_bits(picture: Image.Image) -> Image.Image:
    """Any mode to L or RGB with 8 bits: transparency on white, 16 bits divided by 257, palette and CMYK to RGB."""
    mode = picture.mode
    if mode in ("L", "RGB") and "transparency" not in picture.info:
        return picture
    if mode.startswith("I;16"):
        values = np.asarray(picture).astype(np.uint32)
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if mode in ("I", "F"):
        raise Refused(said("32 bits a pixel, whose range from dark to bright is not stated; save it with 8 or 16 bits"))
    if mode == "1":
        return picture.convert("L")
    if "transparency" in picture.info or mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        grey = mode in ("L", "LA", "La")
        seen = picture.convert("RGBA")
        seen = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
        return seen.convert("L" if grey else "RGB")
    return picture.convert("RGB")


def fitted(picture: Image.Image, target: Target, raw: bytes | None = None) -> np.ndarray:
    """A picture of mode L or RGB (`raw`: its bytes) at the wanted size and channels: (channels, height, width) uint8."""
    if target.channels == 1 and picture.mode == "RGB":
        picture, raw = picture.convert("L"), None
    size = (target.width, target.height)
    if picture.size != size or (target.fit == "crop" and target.crop_share < 1):
        picture, raw = _resized(picture, size, target), None
    array = np.frombuffer(picture.tobytes() if raw is None else raw, np.uint8)
    if picture.mode == "L":
        plane = array.reshape(1, target.height, target.width)
        return plane if target.channels == 1 else np.broadcast_to(plane, (3, target.height, target.width))
    return array.reshape(target.height, target.width, 3).transpose(2, 0, 1)


_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "box": Image.Resampling.BOX}


def _resized(picture: Image.Image, size: tuple[int, int], target: Target) -> Image.Image:
    width, height = picture.size
    how = _FILTERS[target.interpolation]
    if target.fit == "squash":
        return picture.resize(size, how)
    if target.fit == "crop":
        # As if the whole picture were resized and its middle then cut out at whole pixels (timm, torchvision): half a pixel
        # beside them would interpolate a second time, and moves 12 % of an ImageNet network's probability (LOG.md).
        scale = min(width / size[0], height / size[1]) * target.crop_share
        whole = [max(side, int(length / scale + 1e-6)) for side, length in zip(size, picture.size, strict=True)]
        first = [round((length - side) / 2) for side, length in zip(size, whole, strict=True)]
        x, y = width / whole[0], height / whole[1]
        box = (first[0] * x, first[1] * y, min((first[0] + size[0]) * x, width), min((first[1] + size[1]) * y, height))
        return picture.resize(size, how, box=box)
    scale = min(size[0] / width, size[1] / height)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = Image.new(picture.mode, size)
    canvas.paste(picture.resize(inner, how), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return canvas


def digest(array: bytes | memoryview, height: int, width: int, channels: int) -> bytes:
    """16 bytes that two pictures share if their decoded pixels (H, W, C) are the same."""
    return hashlib.blake2b(array, digest_size=16, salt=_salt(height, width, channels)).digest()


def _salt(height: int, width: int, channels: int) -> bytes:
    return struct.pack("<IIB", height, width, channels)


@cache
def _box(length: int) -> np.ndarray:
    """(16, length) weights of a box filter that averages `length` pixels into 16."""
    edges = np.arange(THUMBNAIL + 1) * (length / THUMBNAIL)
    start = np.arange(length)
    overlap = np.minimum(edges[1:, None], start + 1) - np.maximum(edges[:-1, None], start)
    return (np.clip(overlap, 0, None) * (THUMBNAIL / length)).astype(np.float32)


def thumbnails(grey: np.ndarray) -> np.ndarray:
    """(n, height, width) uint8 grey → (n, 16, 16) uint8, each the mean of its part of the picture."""
    high, wide = _box(grey.shape[1]), _box(grey.shape[2])
    out = np.empty((len(grey), THUMBNAIL, THUMBNAIL), np.uint8)
    for start in range(0, len(grey), 512):
        means = high @ grey[start : start + 512].astype(np.float32) @ wide.T
        out[start : start + 512] = (means + 0.5).astype(np.uint8)
    return out


def to_grey(pixels: np.ndarray) -> np.ndarray:
    """(..., 3) uint8 → (...) uint8 grey, exactly as Pillow's convert("L") (ITU-R 601-2)."""
    weights = np.array([19595, 38470, 7471], np.uint32)
    return ((pixels.astype(np.uint32) @ weights + 0x8000) >> 16).astype(np.uint8)


def one(encoded: bytes, target: Target) -> np.ndarray:
    """One picture prepared: (channels, height, width) uint8. Raises Refused with the reason."""
    with quiet():
        picture = open_picture(encoded)
        with room_for(picture, encoded, least_side(target)):
            return fitted(loaded(picture), target)


def one_array(array: np.ndarray, target: Target) -> np.ndarray:
    """The same for pixels that are decoded already: (height, width) or (height, width, 1 or 3) uint8."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    return fitted(Image.fromarray(np.ascontiguousarray(array)), target)


def many(encoded: Sequence[bytes], target: Target | None) -> Decoded:
    """One decoding pass over n pictures: sizes, modes, digests, thumbnails and, with a target, prepared pixels."""
    done = Decoded.room(len(encoded), target)
    plain: dict[tuple[int, int, int], list[tuple[int, bytes]]] = {}
    odd: list[int] = []
    for index, content in enumerate(encoded):
        if (found := png.plain(content)) is not None:
            plain.setdefault(found[0], []).append((index, found[1]))
        else:
            odd.append(index)
    for shape, rows in plain.items():
        odd += _plain(shape, rows, target, done)
    waiting: dict[tuple[int, int], list[tuple[int, np.ndarray]]] = {}
    with quiet():
        for index in odd:
            try:
                _one_of_many(index, encoded[index], target, done, waiting)
            except Refused as refusal:
                done.reasons[index] = str(refusal)
    for group in waiting.values():
        done.thumbnail[[index for index, _ in group]] = thumbnails(np.stack([grey for _, grey in group]))
    return done


def _plain(
    shape: tuple[int, int, int], rows: list[tuple[int, bytes]], target: Target | None, done: Decoded
) -> list[int]:
    """Plain PNG files of one shape, together. What turns out not to be plain is given back."""
    height, width, deep = shape
    decoded, sound = png.unfiltered([row for _, row in rows], shape)
    if deep in (2, 4):  # with alpha: plain only where nothing is transparent
        sound &= (decoded[..., -1] == 255).all((1, 2))
        decoded = decoded[..., :-1]
    where = np.array([index for index, _ in rows])
    array, good = np.ascontiguousarray(decoded[sound]), where[sound]
    if len(good):
        channels = array.shape[3]
        done.height[good], done.width[good] = height, width
        for index in good.tolist():
            done.mode[index] = png.MODES[deep]
        done.content[good] = digests(array)
        done.thumbnail[good] = thumbnails(array[..., 0] if channels == 1 else to_grey(array))
        if target is not None and done.pixels is not None:
            done.pixels[good] = prepare_arrays(array, target)
    return where[~sound].tolist()


def digests(array: np.ndarray) -> np.ndarray:
    """(n,) S16 digests of decoded pictures (n, height, width, channels)."""
    count, height, width, channels = array.shape
    flat = np.ascontiguousarray(array).reshape(-1).data
    size = height * width * channels
    salted = hashlib.blake2b(digest_size=16, salt=_salt(height, width, channels))
    found = []
    for start in range(0, count * size, size):
        one = salted.copy()
        one.update(flat[start : start + size])
        found.append(one.digest())
    return np.array(found, "S16")


def prepare_arrays(array: np.ndarray, target: Target) -> np.ndarray:
    """(N, height, width, channels) uint8 → (N, C, H, W) uint8, byte for byte what `one_array` makes of each."""
    count, height, width, channels = array.shape
    if (height, width) != (target.height, target.width) or (target.fit == "crop" and target.crop_share < 1):
        out = np.empty((count, target.channels, target.height, target.width), np.uint8)
        for index, picture in enumerate(array):
            out[index] = one_array(picture, target)
        return out
    if channels == target.channels:
        return np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    if channels == 1:
        return np.repeat(array.transpose(0, 3, 1, 2), 3, axis=1)
    return np.concatenate([to_grey(array[i : i + 4096])[:, None] for i in range(0, count, 4096)])


def _one_of_many(index: int, content: bytes, target: Target | None, done: Decoded, waiting: dict) -> None:
    picture = open_picture(content)
    mode, (width, height) = picture.mode, picture.size
    with room_for(picture, content, least_side(target)):
        seen = loaded(picture)
        raw = seen.tobytes()
        across, down = seen.size
        channels = 1 if seen.mode == "L" else 3
        if (width < height) != (across < down):  # EXIF turned it
            width, height = height, width
        done.width[index], done.height[index], done.mode[index] = width, height, mode
        done.content[index] = digest(raw, down, across, channels)
        if across * down <= SMALL:
            array = np.frombuffer(raw, np.uint8)
            grey = array.reshape(down, across) if channels == 1 else to_grey(array.reshape(down, across, 3))
            waiting.setdefault((down, across), []).append((index, grey))
        else:
            grey = seen if channels == 1 else seen.convert("L")
            small = grey.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
            done.thumbnail[index] = np.frombuffer(small.tobytes(), np.uint8).reshape(THUMBNAIL, THUMBNAIL)
        if target is not None and done.pixels is not None:
            done.pixels[index] = fitted(seen, target, raw)
