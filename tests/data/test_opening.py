"""Photos of any camera go in and bombs do not; memory is what the table says; large pictures are decoded one at a time."""

import io
import struct
import subprocess
import sys
import threading
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from seodang.core.errors import DataError
from seodang.data import opening, pictures, png
from seodang.data.decoders import in_pieces
from seodang.data.opening import Refused, open_picture, quiet, room_for
from seodang.data.prepare import Preparation, prepare
from seodang.evaluation.predict import opened

COLOUR = Preparation(height=6, width=8, channels=3)


def reason(content, preparation=COLOUR):
    with pytest.raises(DataError) as caught:
        prepare(content, preparation)
    return str(caught.value)


def encoded(picture, format, **settings):
    stream = io.BytesIO()
    picture.save(stream, format, **settings)
    return stream.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def black_png(width, height, colour=0, padding=0):
    """A whole PNG of black pixels, packed a thousand to one, without ever making them: one packed piece over and over.

    padding: bytes of no meaning behind it, which make the file as long as that of a photo.
    """
    row = 1 + width * png.CHANNELS[colour]
    packer = zlib.compressobj(9)
    piece = packer.compress(bytes(row * 64)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    again = packer.compress(bytes(row * 64)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    last = packer.compress(bytes(row * (height % 64))) + packer.flush()
    check = struct.pack(">I", (row * height % 65521) << 16 | 1)  # Adler-32 of zeros
    packed = piece + again * (height // 64 - 1) + last + check
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return png.SIGNATURE + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"") + bytes(padding)


def claiming(content, width, height):
    """A JPEG whose header says another size than its data has."""
    frame = next(at for at in range(len(content)) if content[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return content[: frame + 5] + struct.pack(">HH", height, width) + content[frame + 9 :]


def slope(width, height):
    """A JPEG of so many pixels that is dark at its left and bright at its right."""
    row = Image.fromarray(np.linspace(0, 255, width, dtype=np.uint8)[None])
    return encoded(row.resize((width, height)).convert("RGB"), "JPEG", quality=50, subsampling="4:2:0")


SMALL_JPEG = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)), "JPEG")


def test_the_black_png_is_what_it_says():
    assert not np.asarray(Image.open(io.BytesIO(black_png(200, 150, 2)))).any()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (black_png(30_000, 30_000), "30000 × 30000 pixels, more than the 500,000,000 allowed"),
        (
            black_png(20_000, 20_000),
            "20000 × 20000 pixels in {size} bytes are no photo but perhaps a decompression bomb",
        ),
        (black_png(13_000, 13_000, 2), "13000 × 13000 pixels in {size} bytes are no photo"),
        (black_png(6400, 6400), "6400 × 6400 pixels in {size} bytes are no photo"),
        (
            black_png(15_000, 15_000, 2, padding=5_000_000),
            "15000 × 15000 pixels take about 2,250 MB of memory to decode, more than the 640 MB allowed; save it smaller, or as "
            "a JPEG that is not progressive",
        ),
        (claiming(SMALL_JPEG, 65_500, 65_500), "65500 × 65500 pixels, more than the 500,000,000 allowed"),
        (claiming(SMALL_JPEG, 20_000, 20_000), "20000 × 20000 pixels in {size} bytes are no photo"),
        # The coefficients of a progressive JPEG are all held at once, whatever it is decoded to.
        (
            claiming(encoded(Image.new("RGB", (64, 64)), "JPEG", progressive=True, subsampling=0), 16_000, 12_500)
            + bytes(2_000_000),
            "16000 × 12500 pixels take about 1,231 MB of memory",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_bomb_is_refused_from_its_header(content, words):
    begun = time.process_time()
    told = reason(content)
    assert time.process_time() - begun < 0.3
    assert told.startswith(words.format(size=f"{len(content):,}"))


def test_half_a_photo_of_many_pixels_is_cut_off():
    content = slope(8064, 6048)
    assert reason(content[: len(content) // 2]) == "cut off before its end (JPEG)"


def test_forty_million_pixels_are_always_read():
    assert open_picture(black_png(8000, 5000)).size == (8000, 5000)
    assert reason(black_png(8000, 5001)).startswith("8000 × 5001 pixels in ")


@pytest.mark.parametrize("size", [(8064, 6048), (12_000, 9_000)], ids=["48 million", "108 million"])
def test_a_photo_of_many_pixels_is_read_everywhere_alike(size, tmp_path):
    content = slope(*size)
    pixels = prepare(content, COLOUR)
    assert abs(pixels[:, 0].astype(int) - (np.arange(8) + 0.5) * 255 / 8).max() < 4
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    photo = opened(str(file), COLOUR)
    assert (photo.reason, photo.size) == ("", size)
    assert np.array_equal(photo.pixels, pixels)
    done = pictures.many([content], pictures.Target(6, 8, 3, "squash"))
    assert np.array_equal(done.pixels[0], pixels)
    assert (done.width[0], done.height[0]) == size


@given(st.integers(1, 8000), st.integers(1, 5000), st.integers(1, 4096))
def test_what_was_read_before_is_decoded_as_before(width, height, side):
    content = claiming(SMALL_JPEG, width, height)
    before, now = Image.open(io.BytesIO(content)), open_picture(content)
    before.draft(None, (side, side))
    with room_for(now, content, side):
        assert (now.size, now.tile) == (before.size, before.tile)


@given(st.integers(6000, 22_000), st.integers(6000, 22_000), st.integers(1, 8192))
def test_never_more_than_forty_million_pixels_of_a_jpeg_are_decoded(width, height, side):
    content = claiming(SMALL_JPEG, width, height) + bytes(2_500_000)
    picture = open_picture(content)
    with room_for(picture, content, side):
        assert picture.size[0] * picture.size[1] <= opening.ALWAYS * 1.001  # a row or column more by rounding


def test_several_scans_are_told_from_one():
    one = encoded(Image.new("RGB", (64, 64)), "JPEG")
    assert not opening._in_several_scans(one)
    assert opening._in_several_scans(encoded(Image.new("RGB", (64, 64)), "JPEG", progressive=True))
    scan = one.index(b"\xff\xda")
    assert opening._in_several_scans(one[: scan + 4] + b"\x01" + one[scan + 5 :])  # a scan of one colour of three


MEASURE = """
import io, resource, sys
from seodang.data.pictures import many, Target
content = sys.stdin.buffer.read()
many([content[:0]], None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert many([content], Target(64, 64, 1, "squash")).reasons == [None]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
@pytest.mark.parametrize(
    ("mode", "format"),
    [
        ("L", "PNG"),
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("I;16", "PNG"),
        ("CMYK", "TIFF"),
        ("RGB", "WEBP"),
    ],
)
def test_decoding_takes_no_more_memory_than_is_reckoned(mode, format):
    width, height = 3000, 2000
    array = np.zeros((height, width), np.uint16 if mode == "I;16" else np.uint8)
    picture = Image.fromarray(array) if mode == "I;16" else Image.fromarray(array).convert(mode)
    settings = {"transparency": 0} if mode == "P" else {}
    content = encoded(picture, format, **settings)
    told = subprocess.run([sys.executable, "-c", MEASURE], input=content, capture_output=True, check=True)
    reckoned = width * height * opening.BYTES_A_PIXEL.get(mode, opening.MOST_BYTES_A_PIXEL)
    assert 1024 * int(told.stdout) < 1.1 * reckoned + 8e6


def test_large_pictures_are_decoded_one_at_a_time(monkeypatch, tmp_path):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path))
    monkeypatch.setattr(opening, "HEAVY", 100)
    content = encoded(Image.new("RGB", (40, 30)), "PNG")
    inside, together = [], []

    def decode():
        picture = open_picture(content)
        with room_for(picture, content, 256):
            inside.append(1)
            together.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=decode) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert together == [1, 1, 1, 1]


def test_where_no_lock_can_be_made_large_pictures_are_decoded_all_the_same(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(opening, "HEAVY", 1)
    assert prepare(encoded(Image.new("RGB", (40, 30)), "PNG"), COLOUR).shape == (3, 6, 8)


def test_files_are_held_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr("seodang.data.decoders.HELD", 2 * len(SMALL_JPEG))
    held = []

    def read(index):
        if index == 4:
            raise OSError("gone")
        return SMALL_JPEG

    def decode(some):
        held.append(len(some))
        return pictures.many(some, None)

    done, size = in_pieces(range(8), read, decode)
    assert held == [3, 4, 1]
    assert size == 7 * len(SMALL_JPEG)
    assert [reason for reason in done.reasons if reason] == ["cannot be read (gone)"]
    assert done.reasons[4]
    assert len(done.content) == 8
    assert in_pieces([], read, decode)[1] == 0


def test_a_refusal_is_raised_before_anything_is_decoded():
    with quiet(), pytest.raises(Refused):
        open_picture(black_png(9000, 9000))
