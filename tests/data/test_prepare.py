"""From any picture to uint8: every mode and format, turns, sizes, and the exact reasons for what is refused."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seodang.core.errors import DataError
from seodang.data import pictures, png
from seodang.data.prepare import Normalise, Preparation, prepare, resolve
from seodang.data.source import Source

GREY = Preparation(height=4, width=6, channels=1)
COLOUR = Preparation(height=4, width=6, channels=3)


def encoded(picture, format="PNG", **settings):
    stream = io.BytesIO()
    picture.save(stream, format, **settings)
    return stream.getvalue()


def ramp(mode="L"):
    array = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    picture = Image.fromarray(array)
    return picture if mode == "L" else picture.convert(mode)


def reason(content, preparation=GREY):
    with pytest.raises(DataError) as caught:
        prepare(content, preparation)
    return str(caught.value)


@pytest.mark.parametrize("format", ["PNG", "BMP", "GIF", "TIFF"])
def test_lossless_formats_give_the_pixels_back(format):
    assert np.array_equal(prepare(encoded(ramp(), format), GREY)[0], np.asarray(ramp()))


def test_lossless_webp_gives_the_pixels_back():
    assert np.array_equal(prepare(encoded(ramp("RGB"), "WEBP", lossless=True), GREY)[0], np.asarray(ramp()))


def test_jpeg_is_near():
    difference = prepare(encoded(ramp(), "JPEG", quality=95), GREY)[0].astype(int) - np.asarray(ramp())
    assert np.abs(difference).max() < 12


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "L"])
def test_grey_in_any_mode_is_the_same_grey(mode):
    assert np.array_equal(prepare(encoded(ramp(mode)), GREY)[0], np.asarray(ramp()))
    assert np.array_equal(prepare(encoded(ramp(mode)), COLOUR), np.repeat(np.asarray(ramp())[None], 3, 0))


def test_one_bit_is_black_and_white():
    array = np.indices((4, 6)).sum(0) % 2 == 0
    assert np.array_equal(prepare(encoded(Image.fromarray(array)), GREY)[0], array * 255)


def test_sixteen_bits_are_divided_by_257():
    values = np.array([[0, 128, 129, 257, 32896, 65535]] * 4, np.uint16)
    for format in ("PNG", "TIFF"):
        content = encoded(Image.fromarray(values), format)
        assert prepare(content, GREY)[0, 0].tolist() == [0, 0, 1, 1, 128, 255]


def test_cmyk_becomes_rgb():
    picture = Image.new("CMYK", (6, 4), (0, 255, 255, 0))
    assert prepare(encoded(picture, "TIFF"), COLOUR)[:, 0, 0].tolist() == [255, 0, 0]
    jpeg = prepare(encoded(picture, "JPEG", quality=100), COLOUR)[:, 0, 0]
    assert np.abs(jpeg.astype(int) - [255, 0, 0]).max() < 8


def test_what_is_transparent_is_white():
    picture = Image.new("RGBA", (6, 4), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 1, 4))
    picture.paste((0, 0, 0, 128), (1, 0, 2, 4))
    row = prepare(encoded(picture), COLOUR)[:, 0]
    assert row[:, 0].tolist() == [0, 0, 255]
    assert row[:, 1].tolist() == [127, 127, 127]
    assert row[:, 2].tolist() == [255, 255, 255]
    palette = picture.convert("P")
    assert (
        prepare(encoded(palette, "PNG", transparency=palette.getpixel((5, 0))), COLOUR)[:, 0, 5].tolist() == [255] * 3
    )


def test_a_gif_s_first_frame_counts():
    frames = [Image.new("L", (6, 4), value) for value in (10, 200, 90)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert set(prepare(content, GREY).flatten().tolist()) == {10}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_camera_s_turn_is_applied(format, orientation):
    array = np.zeros((16, 24), np.uint8)
    array[:8, :12] = 255  # bright at the top left, as a person saw it
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # the transposition that undoes the turn
    seen = Image.fromarray(array).convert("RGB")
    stored = seen if back is None else seen.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    settings = {"quality": 95} if format == "JPEG" else {"lossless": True} if format == "WEBP" else {}
    content = encoded(stored, format, exif=exif, **settings)
    result = prepare(content, Preparation(height=16, width=24, channels=1))[0]
    assert np.abs(result.astype(int) - array).max() < 20


def test_exif_that_cannot_be_read_costs_nothing():
    content = encoded(ramp(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff\xff\xff")
    assert np.array_equal(prepare(content, GREY)[0], np.asarray(ramp()))


def test_squash_crop_and_pad():
    wide = Image.new("L", (40, 20), 100)
    wide.paste(200, (0, 0, 10, 20))
    content = encoded(wide)
    square = {"height": 20, "width": 20, "channels": 1}
    squash = prepare(content, Preparation(**square))[0]
    crop = prepare(content, Preparation(**square, fit="crop"))[0]
    pad = prepare(content, Preparation(**square, fit="pad"))[0]
    assert squash[10, :4].tolist() == [200] * 4
    assert squash[10, 6:].tolist() == [100] * 14
    assert set(crop.flatten().tolist()) == {100}  # the middle 20 of 40 columns
    assert set(pad[:5].flatten().tolist()) == {0}
    assert set(pad[15:].flatten().tolist()) == {0}
    assert pad[10, 10:].tolist() == [100] * 10


def test_shrinking_is_antialiased():
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 255
    small = prepare(encoded(Image.fromarray(stripes)), Preparation(height=8, width=8, channels=1))
    assert np.abs(small.astype(int) - 127).max() < 8  # nearest would be 0 or 255


def test_an_array_is_prepared_as_its_file_is():
    generator = np.random.default_rng(0)
    for channels, preparation in ((1, COLOUR), (3, GREY), (3, COLOUR)):
        array = generator.integers(0, 256, (9, 5, channels), np.uint8)
        picture = Image.fromarray(array[..., 0] if channels == 1 else array)
        assert np.array_equal(prepare(array, preparation), prepare(encoded(picture), preparation))


# What is refused ------------------------------------------------------------------------------------------------------

READ = "JPEG, PNG, WebP, BMP, GIF and TIFF can be read"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty file"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "a Git LFS pointer, not the picture itself (`git lfs pull` fetches it)",
        ),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page (HTML), not a picture"),
        (b"\n  <html><head>", "a web page (HTML), not a picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', f"an SVG drawing, not pixels; {READ}"),
        (b'{"error": "not found"}', f"text, not a picture; {READ}"),
        (b"Not a picture", f"text, not a picture; {READ}"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", f"a PDF document; {READ}"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", f"a PostScript drawing; {READ}"),
        (b"PK\x03\x04\x14\0", f"a ZIP archive; {READ}"),
        (b"\0\0\0\x18ftypheic\0\0", f"a HEIC picture; {READ}"),
        (b"\0\0\0\x18ftypavif\0\0", f"an AVIF picture; {READ}"),
        (b"\0\0\0\x18ftypisom\0\0", "a film, not a picture"),
        (b"\0\0\1\0\1\0\x10\x10", f"an icon (ICO); {READ}"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", f"a JPEG 2000 picture; {READ}"),
        (b"\xff\x0a\xfa\x1f", f"a JPEG XL picture; {READ}"),
        (b"\0" * 128 + b"DICM\2\0", f"a DICOM image; {READ}"),
        (b"\0" * 500, "only zero bytes, not a picture"),
        (
            b"\x80\x04\x95\x12\0\0\0\0\0\0\0\x8c\x02os",
            "a pickle of Python, which may run code when it is opened; it is not",
        ),
        (b"BM but not a bitmap", f"text, not a picture; {READ}"),
        (b"BM" + b"\xff" * 12 + b"\x28\0\0\0" + b"\xff" * 60, "damaged, cannot be decoded (BMP)"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "damaged, cannot be decoded (PNG)"),
    ],
    ids=lambda value: value[:24].decode("ascii", "replace") if isinstance(value, bytes) else "",
)
def test_what_is_no_picture_is_named(content, words):
    assert reason(content) == words


def test_what_is_cut_off_is_named():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8))
    for format, name in (("JPEG", "JPEG"), ("PNG", "PNG"), ("BMP", "BMP")):
        content = encoded(noise, format)
        assert reason(content[: len(content) // 2]) == f"cut off before its end ({name})"
    for format in ("GIF", "WEBP", "TIFF"):
        content = encoded(noise, format)
        assert reason(content[: len(content) // 2]) in (
            f"cut off before its end ({format})",
            f"damaged, cannot be decoded ({format})",
        )


def test_thirty_two_bits_have_no_known_range():
    content = encoded(Image.fromarray(np.ones((4, 6), np.float32)), "TIFF")
    assert (
        reason(content) == "32 bits a pixel, whose range from dark to bright is not stated; save it with 8 or 16 bits"
    )


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_text_that_unpacks_to_a_gigabyte_is_refused():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 20_000_000))
    small = png.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 8, 0, 0, 0, 0)) + text
    small += chunk(b"IDAT", zlib.compress((b"\0" + b"\7" * 6) * 4)) + chunk(b"IEND", b"")
    assert reason(small) == "damaged, cannot be decoded (PNG)"


def test_pixel_data_that_unpacks_to_more_than_the_picture_is_not_followed():
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 8, 0, 0, 0, 0))
    content = png.SIGNATURE + header + chunk(b"IDAT", zlib.compress(b"\0" * 50_000_000)) + chunk(b"IEND", b"")
    begun = time.process_time()
    assert png.plain(content) is None
    assert time.process_time() - begun < 0.2


def test_a_gif_with_ten_thousand_frames_costs_one_frame():
    frame = encoded(Image.new("L", (6, 4), 7), "GIF")
    body = frame[frame.index(b",") : -1]
    begun = time.process_time()
    assert set(prepare(frame[:-1] + body * 10_000 + b";", GREY).flatten().tolist()) == {7}
    assert time.process_time() - begun < 0.5


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_raise_nothing_but_their_reason(data):
    format = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]))
    content = bytearray(encoded(ramp("RGB"), format))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(1, len(content)))])
    done = pictures.many([content], pictures.Target(4, 6, 1, "squash"))
    assert done.reasons[0] is None or isinstance(done.reasons[0], str)
    if done.reasons[0] is None:
        assert np.array_equal(done.pixels[0], prepare(content, GREY))
    else:
        assert reason(content) == done.reasons[0]


# Plain PNG files, many at once ----------------------------------------------------------------------------------------


def filtered_png(array, filters, colour):
    """An encoder with chosen filters, to test the decoder against Pillow."""
    height, width, deep = array.shape
    rows, lines = array.reshape(height, -1).astype(int), b""
    for number, kind in enumerate(filters):
        row = rows[number]
        above = rows[number - 1] if number else np.zeros_like(row)
        left = np.concatenate([np.zeros(deep, int), row[:-deep]])
        corner = np.concatenate([np.zeros(deep, int), above[:-deep]])
        guess = left + above - corner
        distances = np.stack([abs(guess - left), abs(guess - above), abs(guess - corner)])
        paeth = np.stack([left, above, corner])[distances.argmin(0), np.arange(len(row))]
        less = [0 * row, left, above, (left + above) // 2, paeth][kind]
        lines += bytes([kind]) + ((row - less) % 256).astype(np.uint8).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([0, 2, 4, 6]), st.integers(0, 2**32 - 1))
def test_plain_png_is_decoded_as_pillow_does(height, width, colour, seed):
    generator = np.random.default_rng(seed)
    deep = png.CHANNELS[colour]
    files, arrays = [], []
    for _ in range(5):
        array = generator.integers(0, 256, (height, width, deep), np.uint8)
        if deep in (2, 4) and generator.random() < 0.7:
            array[..., -1] = 255
        files.append(filtered_png(array, generator.integers(0, 5, height), colour))
        arrays.append(array)
    assert all(png.plain(file) for file in files)
    for file, array in zip(files, arrays, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(file))).reshape(array.shape), array)
    target = pictures.Target(height, width, 3, "squash")
    together = pictures.many(files, target)
    for number, file in enumerate(files):
        assert np.array_equal(together.pixels[number], pictures.one(file, target))


def test_a_wrong_checksum_is_not_plain():
    content = bytearray(encoded(ramp()))
    content[-20] ^= 1
    assert png.plain(bytes(content)) is None


# What is left open ----------------------------------------------------------------------------------------------------


def source_of(contents):
    count = len(contents)
    return Source(
        name="made",
        where="made",
        form="class folders",
        classes=("a",),
        labels=np.zeros(count, np.int64),
        ids=[str(number) for number in range(count)],
        splits=np.full(count, ""),
        stamp="",
        read=contents.__getitem__,
    )


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ([(28, 28)] * 3, (28, 28)),
        ([(100, 70)] * 3, (70, 100)),  # (width, height) → (height, width)
        ([(200, 200)] * 3, (128, 128)),
        ([(40, 60), (50, 40), (44, 90)], (40, 40)),  # short sides 40, 40, 44
        ([(5, 3), (4, 3), (9, 3)], (8, 8)),
        ([(300, 2000), (500, 400), (640, 480)], (128, 128)),
    ],
)
def test_the_size_is_found(sizes, wanted):
    found = resolve(Preparation(), source_of([encoded(Image.new("L", size)) for size in sizes]))
    assert (found.height, found.width) == wanted


def test_channels_are_found():
    grey = [encoded(ramp(mode)) for mode in ("L", "RGB", "RGBA", "P", "LA")]
    assert resolve(Preparation(), source_of(grey)).channels == 1
    assert resolve(Preparation(), source_of([*grey, encoded(Image.new("RGB", (6, 4), "red"))])).channels == 3


def test_what_is_given_stays_and_one_side_makes_a_square():
    contents = [encoded(Image.new("RGB", (90, 60), "red"))]
    assert resolve(COLOUR, source_of(contents)) == COLOUR
    half = resolve(Preparation(height=30, channels=1), source_of(contents))
    assert (half.height, half.width, half.channels) == (30, 30, 1)


def test_a_picture_on_its_side_is_measured_as_it_is_seen():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = resolve(Preparation(), source_of([encoded(Image.new("RGB", (60, 90), "red"), "JPEG", exif=exif)]))
    assert (found.height, found.width) == (60, 90)


# Numbers --------------------------------------------------------------------------------------------------------------


def test_unit_symmetric_standard_and_samplewise():
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(1, 1, 1, 3)
    values = {
        "unit": [0, 0.2, 1],
        "symmetric": [-1, -0.6, 1],
        "standard": [-0.2 / 0.4, 0, 0.8 / 0.4],
        "samplewise": [-0.4, -0.2, 0.6],
    }
    for scale, wanted in values.items():
        fitted = Preparation(height=1, width=3, channels=1, scale=scale, mean=(0.2,), std=(0.4,))
        torch.testing.assert_close(Normalise(fitted)(pixels).flatten(), torch.tensor(wanted, dtype=torch.float32))
        torch.testing.assert_close(Normalise(fitted)(pixels.float()), Normalise(fitted)(pixels))


def test_mean_and_std_are_one_number_a_channel():
    with pytest.raises(ValueError, match="mean needs one number a channel: 3, got 1"):
        Preparation(channels=3, mean=(0.5,))
    with pytest.raises(ValueError, match="std must be above 0"):
        Preparation(channels=1, std=(0.0,))
