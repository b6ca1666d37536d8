"""A picture's file before it is decoded: what it is, how large, and whether there is room for it: photos go in, bombs do not.

A photo of any camera is read (phones make 48, 50, 108 and 200 million pixels), while memory stays bounded:

- up to 40 million pixels everything is decoded;
- above, never more than 40 million pixels of a JPEG are: it is decoded at 1/2, 1/4 or 1/8 of its size; of other formats as many
  as go into the memory that a transparent picture of 40 million pixels takes;
- a few bytes that promise many pixels are no photo (a decompression bomb). This names bombs early and cheaply; that a padded one
  does no harm either is what the limit on memory is for;
- what takes much memory is decoded by one process of a person at a time, however many decoders there are.
"""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator

from PIL import Image

from seodang.core.files import cache_folder
from seodang.core.sentences import said
from seodang.data.kinds import kind_of, what_else

# What is always decoded whole, whatever its format.
ALWAYS = 40_000_000
# Beyond any camera: the largest single shots have 400 million (Hasselblad H6D-400c). A JPEG of so many is read in seconds.
MOST_PIXELS = 500_000_000
# Above 40 million pixels, more pixels than this in a byte are no photo. A JPEG has no more, for it spends two bits at least on a
# block of 64 pixels; one of nothing but sky has 30 to 160 (LOG.md). Zeros are packed to 344 (RGB) or 1,032 (grey) a byte by zlib.
PIXELS_A_BYTE = 256
# Bytes a pixel at the worst moment, by Pillow's mode (which keeps three channels in four bytes): the picture, what it is turned
# into, its bytes, its grey; with transparency the copy, the white behind it and both together. Measured: LOG.md.
BYTES_A_PIXEL = {"1": 3, "L": 3, "RGB": 10, "CMYK": 12, "P": 13}
MOST_BYTES_A_PIXEL = 16
MOST_BYTES = ALWAYS * MOST_BYTES_A_PIXEL
# Above it one picture at a time: more than an opaque one of 40 million pixels takes.
HEAVY = ALWAYS * BYTES_A_PIXEL["RGB"]
LONGEST_WAIT = 60  # seconds, for the turn of one: many times what it takes
# What Pillow raises on damaged files (its documentation promises OSError only; fuzzing finds the others).
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    EOFError,
    MemoryError,
    NotImplementedError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class Refused(Exception):
    """A picture that is left out; the text is the reason, one clause."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Pillow's remarks on odd metadata are not shown; its warning about decompression bombs is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def open_picture(encoded: bytes) -> Image.Image:
    """The header of a picture, not yet decoded. Raises Refused with the reason. Call it inside `quiet()`."""
    head = encoded[:1024]
    kind = kind_of(head)
    if kind is None:
        raise Refused(what_else(head))
    try:
        picture = _header(encoded, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(said("more pixels than can be decoded; save it smaller, or as a JPEG")) from error
    except (SyntaxError, IndexError, TypeError, struct.error) as error:
        raise Refused(said("damaged, cannot be decoded ({format})", format=kind)) from error
    except BROKEN as error:
        raise Refused(damage(kind, error)) from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Refused(
            said(
                "{width} × {height} pixels, more than the {most:,} allowed",
                width=width,
                height=height,
                most=MOST_PIXELS,
            )
        )
    if width * height > max(ALWAYS, PIXELS_A_BYTE * len(encoded)):
        raise Refused(
            said(
                "{width} × {height} pixels in {size:,} bytes are no photo but perhaps a decompression bomb; save it smaller if it is none",
                width=width,
                height=height,
                size=len(encoded),
            )
        )
    return picture


def _header(encoded: bytes, kind: str) -> Image.Image:
    """As `Image.open`, which would refuse more than 179 million pixels whatever they take."""
    if kind not in Image.OPEN:
        Image.preinit()
    if kind not in Image.OPEN:
        Image.init()
    factory, _ = Image.OPEN[kind]
    return factory(io.BytesIO(encoded), "")


def damage(kind: str, error: BaseException) -> str:
    """Why a picture that Pillow gave up on is left out."""
    if isinstance(error, MemoryError):
        return said("needs more memory than there is")
    text = str(error).lower()
    if "truncated" in text or "unexpected end" in text or isinstance(error, EOFError):
        return said("cut off before its end ({format})", format=kind)
    return said("damaged, cannot be decoded ({format})", format=kind)


@contextlib.contextmanager
def room_for(picture: Image.Image, encoded: bytes, side: int) -> Iterator[None]:
    """Where an opened picture is decoded and made small: inside, there is memory for it, and a JPEG is set to be decoded small.

    Args:
        picture: From `open_picture(encoded)`.
        side: Height and width stay at least this, in pixels, where a JPEG is decoded at a part of its size.

    Raises:
        Refused: It would take more memory than pictures may.
    """
    width, height = picture.size
    is_jpeg = picture.format in ("JPEG", "MPO")
    held = _coefficients(picture, encoded) if is_jpeg and width * height > ALWAYS else 0
    if is_jpeg:
        part = next(part for part in (1, 2, 4, 8) if width * height <= ALWAYS * part * part)
        picture.draft(None, (side, side) if part == 1 else (min(side, width // part), min(side, height // part)))
    across, down = picture.size
    mode = "RGBA" if "transparency" in picture.info else picture.mode
    size = held + across * down * BYTES_A_PIXEL.get(mode, MOST_BYTES_A_PIXEL)
    if width * height > ALWAYS and size > MOST_BYTES:
        told = {"width": width, "height": height, "size": size / 10**6, "most": MOST_BYTES // 10**6}
        raise Refused(
            said(
                "{width} × {height} pixels take about {size:,.0f} MB of memory to decode, more than the {most:,} MB allowed; "
                "save it smaller, or as a JPEG that is not progressive",
                **told,
            )
        )
    with _alone() if size > HEAVY else contextlib.nullcontext():
        yield


def _coefficients(picture: Image.Image, encoded: bytes) -> int:
    """Bytes of the coefficients of a JPEG in several scans (progressive, or colour by colour), all held at once; else 0."""
    if not _in_several_scans(encoded):
        return 0
    width, height = picture.size
    shares = [across * down for _, across, down, _ in picture.layer]  # pyright: ignore[reportAttributeAccessIssue]
    most = max(across for _, across, _, _ in picture.layer) * max(down for _, _, down, _ in picture.layer)  # pyright: ignore[reportAttributeAccessIssue]
    return int(2 * width * height * sum(shares) / max(1, most))


def _in_several_scans(encoded: bytes) -> bool:
    """Whether a JPEG's first scan holds not all of it. ITU-T T.81, annex B. https://www.w3.org/Graphics/JPEG/itu-t81.pdf

    >>> frame = b"\\xff\\xd8\\xff%c\\0\\x0b\\x08\\0\\x08\\0\\x08\\x03\\1\\x11\\0\\xff\\xda\\0\\x0c\\x03\\1\\0\\2\\0\\3\\0\\0\\x3f\\0"
    >>> _in_several_scans(frame % 0xC0), _in_several_scans(frame % 0xC2)
    (False, True)
    """
    at, components = 2, 0
    while at + 10 <= len(encoded):
        marker = encoded[at + 1]
        if encoded[at] != 0xFF or marker == 0xFF:  # filling
            at += 1
            continue
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # without content
            at += 2
            continue
        if marker in (0xC2, 0xC6, 0xCA, 0xCE):
            return True
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            components = encoded[at + 9]
        if marker == 0xDA:
            return encoded[at + 4] < components
        at += 2 + int.from_bytes(encoded[at + 2 : at + 4])
    return True


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One at a time, of all threads and processes of a person; the operating system frees what a dead one held."""
    from filelock import FileLock  # 50 ms, which few pictures need

    file = cache_folder() / "large-picture.lock"
    lock = FileLock(file)
    with contextlib.suppress(OSError, NotImplementedError):  # not to be had there, or not in time: then without
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        lock.release()
