"""One decoding pass: what it finds, what it leaves out, what it keeps for the next time."""

import io
import os
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.core.errors import DataError
from seodang.data import decoders, kept, pictures
from seodang.data import scan as scanning
from seodang.data.open import open_source
from seodang.data.prepare import Preparation, prepare
from seodang.data.scan import scan
from seodang.data.source import Source

SMALL = Preparation(height=8, width=8, channels=1)


@pytest.fixture(autouse=True)
def fresh_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "cache"))


def encoded(array, format="PNG", **settings):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, format, **settings)
    return stream.getvalue()


def source_of(contents, stamp="made", labels=None):
    count = len(contents)
    return Source(
        name="made",
        where="made",
        form="class folders",
        classes=("a", "b"),
        labels=np.arange(count) % 2 if labels is None else np.array(labels),
        ids=[f"{number}.png" for number in range(count)],
        splits=np.full(count, ""),
        stamp=stamp,
        read=contents.__getitem__,
        label_values=("a", "b"),
    )


def mixed(count=40, seed=0):
    """Pictures of several modes, sizes and formats."""
    generator = np.random.default_rng(seed)
    contents = []
    for number in range(count):
        size = (8, 8) if number % 3 else tuple(generator.integers(3, 90, 2))
        array = generator.integers(0, 256, (*size, 3), np.uint8)
        if number % 2:
            array = array[..., 0]
        contents.append(encoded(array, ["PNG", "JPEG", "WEBP", "BMP"][number % 4]))
    return contents


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fit", ["squash", "crop", "pad"])
def test_pixels_are_byte_for_byte_what_prepare_makes(channels, fit):
    contents = mixed()
    preparation = Preparation(height=8, width=8, channels=channels, fit=fit)
    found = scan(source_of(contents), preparation)
    assert found.pixels.dtype == torch.uint8
    for number, content in enumerate(contents):
        assert np.array_equal(found.pixels[number].numpy(), prepare(content, preparation)), number


def test_a_large_jpeg_is_decoded_small_and_the_same_everywhere():
    array = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    large = np.asarray(Image.fromarray(array).resize((2400, 1600), Image.Resampling.BICUBIC))
    content = encoded(large, "JPEG")
    preparation = Preparation(height=40, width=60, channels=3)
    found = scan(source_of([content] * 2), preparation)
    assert (found.height[0], found.width[0]) == (1600, 2400)
    assert np.array_equal(found.pixels[0].numpy(), prepare(content, preparation))
    full = np.asarray(Image.fromarray(large).resize((60, 40), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert np.abs(found.pixels[0].numpy().astype(int) - full).mean() < 4


def test_sizes_modes_digests_and_thumbnails():
    one = np.arange(64, dtype=np.uint8).reshape(8, 8)
    big = np.kron(np.arange(256, dtype=np.uint8).reshape(16, 16), np.ones((10, 10), np.uint8))
    found = scan(source_of([encoded(one), encoded(one, "BMP"), encoded(big), encoded(one.T.copy())]))
    assert found.height.tolist() == [8, 8, 160, 8]
    assert found.mode == ["L"] * 4
    assert found.content[0] == found.content[1]
    assert len(set(found.content.tolist())) == 3
    assert np.array_equal(found.thumbnail[2], np.arange(256).reshape(16, 16))
    assert np.array_equal(found.thumbnail[0], np.kron(one, np.ones((2, 2))))
    assert found.pixels is None


def test_the_thumbnail_of_an_uneven_size_is_the_mean_of_each_part():
    array = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    up = np.kron(array, np.ones((4, 4), np.uint8)).reshape(16, 7, 16, 7).mean((1, 3))
    assert np.abs(scan(source_of([encoded(array)] * 2)).thumbnail[0] - up).max() <= 0.51


def test_arrays_are_scanned_as_their_files_are():
    generator = np.random.default_rng(0)
    for channels in (1, 3):
        for side in (8, 12, 100):
            array = generator.integers(0, 256, (5, side, side, channels), np.uint8)
            files = source_of([encoded(one[..., 0] if channels == 1 else one) for one in array])
            arrays = Source(**{**files.__dict__, "read": None, "pixels": array})
            for wanted in (1, 3):
                preparation = Preparation(height=8, width=8, channels=wanted)
                a, b = scan(files, preparation), scan(arrays, preparation)
                assert torch.equal(a.pixels, b.pixels)
                assert a.content.tolist() == b.content.tolist()
                assert np.array_equal(a.thumbnail, b.thumbnail)
                assert a.mode == b.mode
                kept_ = list((kept._folder()).glob("*"))
                for path in kept_:
                    path.unlink()


def test_a_thousand_files_of_which_fifty_are_bad():
    contents = mixed(1000)
    bad = {}
    for number in range(7, 1000, 20):
        content, words = [
            (b"", "empty file"),
            (b"<html>404</html>", "a web page (HTML), not a picture"),
            (b"\0" * 99, "only zero bytes, not a picture"),
            (
                encoded(np.random.default_rng(0).integers(0, 256, (90, 90), np.uint8))[:2000],
                "cut off before its end (PNG)",
            ),
        ][number // 20 % 4]
        contents[number] = content
        bad[f"{number}.png"] = words
    source = source_of(contents)
    found = scan(source, SMALL)
    assert {one.path: one.reason for one in found.source.left_out} == bad
    assert found.source.ids == [name for name in source.ids if name not in bad]
    assert len(found.pixels) == len(found.content) == len(found.mode) == len(found.source) == 950
    for index in (0, 6, 7, 500, 949):
        number = int(found.source.ids[index].removesuffix(".png"))
        assert np.array_equal(found.pixels[index].numpy(), prepare(contents[number], SMALL))
        assert found.source.read(index) == contents[number]
        assert found.source.labels[index] == number % 2


def test_nothing_that_can_be_read():
    with pytest.raises(DataError) as caught:
        scan(source_of([b"", b"x"]))
    assert str(caught.value) == (
        "made has no picture that can be read: 2 files were tried, the first (0.png) is left out because: empty file."
    )


def test_a_class_whose_files_are_all_bad_is_no_class():
    found = scan(source_of([*mixed(3), b""], labels=[1, 1, 1, 0]))
    assert found.source.classes == ("b",)
    assert found.source.labels.tolist() == [0, 0, 0]
    assert [(one.path, one.reason) for one in found.source.left_out] == [
        ("3.png", "empty file"),
        ("class a", "none of its files can be read, so it is no class"),
    ]


def test_a_file_that_vanishes_is_left_out(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "x" / name).mkdir(parents=True)
        for number in range(2):
            (tmp_path / "x" / name / f"{number}.png").write_bytes(mixed(1)[0])
    source = open_source(tmp_path / "x")
    (tmp_path / "x" / "a" / "0.png").unlink()
    left = scan(source).source.left_out
    assert [(one.path, one.reason) for one in left] == [("a/0.png", "cannot be read (No such file or directory)")]


# In other processes ---------------------------------------------------------------------------------------------------


@pytest.fixture
def several(monkeypatch):
    """Use decoders for however little work."""
    monkeypatch.setattr(scanning, "WORTH_SECONDS", 0.0)
    monkeypatch.setattr(scanning, "FIRST", 8)
    monkeypatch.setattr(scanning, "CHUNK", 16)
    monkeypatch.setattr(scanning, "cores", lambda: 2)


def test_decoders_give_the_same(several, monkeypatch):
    contents = [*mixed(90), b"", b"<html>"]
    together = scan(source_of(contents), SMALL)
    monkeypatch.setattr(scanning, "WORTH_SECONDS", 1e9)
    alone = scan(source_of(contents, stamp="other"), SMALL)
    assert torch.equal(together.pixels, alone.pixels)
    assert np.array_equal(together.thumbnail, alone.thumbnail)
    assert together.content.tolist() == alone.content.tolist()
    assert together.source.left_out == alone.source.left_out
    assert together.mode == alone.mode
    assert together.height.tolist() == alone.height.tolist()


def test_a_picture_that_kills_its_decoder_is_left_out_alone(monkeypatch):
    contents = mixed(12)
    asked = decoders._Decoder.ask

    def fragile(decoder, encoded, target):
        if contents[5] in encoded:
            decoder.process.kill()
            decoder.process.wait()
        return asked(decoder, encoded, target)

    monkeypatch.setattr(decoders._Decoder, "ask", fragile)
    target = pictures.Target(8, 8, 1, "squash")
    with decoders.Decoders(1) as pool:
        ((_, done),) = pool.map([range(12)], contents.__getitem__, target)
    assert [number for number, reason in enumerate(done.reasons) if reason] == [5]
    assert done.reasons[5] == "made the decoder crash"
    wanted = pictures.many(contents, target)
    assert np.array_equal(done.pixels[6:], wanted.pixels[6:])


@pytest.mark.parametrize("program", ["/nowhere/python", sys.executable])
def test_where_no_process_can_be_started_the_work_is_done_here(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # a program that starts and dies at once
    contents = mixed(6)
    with decoders.Decoders(1) as pool:
        ((_, done),) = pool.map([range(6)], contents.__getitem__, None)
    assert done.reasons == [None] * 6


def test_decoders_go_when_they_are_no_longer_needed():
    pool = decoders.Decoders(2)
    walk = pool.map([range(4)] * 6, mixed(4).__getitem__, None)
    next(walk)
    walk.close()  # given up half way
    pool.close()
    assert pool._idle.empty()


# Kept between runs ----------------------------------------------------------------------------------------------------


def count_decoding(monkeypatch):
    calls = []
    many = scanning.many
    monkeypatch.setattr(scanning, "many", lambda *given: calls.append(1) or many(*given))
    return calls


def folder(root):
    for number, content in enumerate(mixed(6)):
        path = root / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "a" / "bad.png").write_bytes(b"<html>")
    return root


def test_the_second_time_nothing_is_decoded(tmp_path, monkeypatch):
    root = folder(tmp_path / "x")
    first = scan(open_source(root), SMALL)
    calls = count_decoding(monkeypatch)
    again = scan(open_source(root), SMALL)
    assert again.from_cache
    assert not first.from_cache
    assert not calls
    assert torch.equal(first.pixels, again.pixels)
    assert first.content.tolist() == again.content.tolist()
    assert first.mode == again.mode
    assert np.array_equal(first.thumbnail, again.thumbnail)
    assert first.source.left_out == again.source.left_out
    again.pixels[0] = 0  # it is memory of our own


def test_a_changed_file_or_preparation_is_decoded_anew(tmp_path):
    root = folder(tmp_path / "x")
    scan(open_source(root), SMALL)
    assert not scan(open_source(root), Preparation(height=9, width=8, channels=1)).from_cache
    assert not scan(open_source(root)).from_cache
    path = root / "a" / "0.png"
    path.write_bytes(path.read_bytes())
    os.utime(path, ns=(5, 5))
    assert not scan(open_source(root), SMALL).from_cache


@pytest.mark.parametrize("damage", ["empty", "cut", "bit", "words", "folder"])
def test_a_damaged_cache_is_made_again(tmp_path, damage):
    root = folder(tmp_path / "x")
    first = scan(open_source(root), SMALL)
    (path,) = kept._folder().glob("*.safetensors")
    content = bytearray(path.read_bytes())
    if damage == "empty":
        content = b""
    elif damage == "cut":
        content = content[:-9]
    elif damage == "bit":
        content[-5] ^= 4
    elif damage == "words":
        content[content.index(b"reasons") + 2] ^= 1
    path.unlink()
    path.mkdir() if damage == "folder" else path.write_bytes(content)
    again = scan(open_source(root), SMALL)
    assert not again.from_cache
    assert torch.equal(first.pixels, again.pixels)
    assert scan(open_source(root), SMALL).from_cache == (damage != "folder")


def test_a_cache_that_cannot_be_written_is_no_mistake(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "file"))
    assert len(scan(source_of(mixed(4)), SMALL)) == 4


def test_the_cache_has_a_limit_and_the_oldest_goes(monkeypatch):
    sizes = {}
    for number in range(4):
        scan(source_of(mixed(30, seed=number), stamp=str(number)), SMALL)
        for path in kept._folder().iterdir():
            if path not in sizes:
                sizes[path] = path.stat().st_size
                os.utime(path, (number, number))
    oldest = min(sizes, key=lambda path: path.stat().st_mtime)
    monkeypatch.setenv("SEODANG_CACHE_BYTES", str(sum(sizes.values())))
    scan(source_of(mixed(30, seed=9), stamp="9"), SMALL)
    assert not oldest.exists()
    assert sum(path.stat().st_size for path in kept._folder().iterdir()) <= sum(sizes.values()) * 1.02
    monkeypatch.setenv("SEODANG_CACHE_BYTES", "10")
    assert not scan(source_of(mixed(4), stamp="10"), SMALL).from_cache  # too large to be kept, and not kept
    assert not scan(source_of(mixed(4), stamp="10"), SMALL).from_cache


@pytest.mark.real
def test_plain_png_of_mnist_are_as_pillow_decodes_them(real_data, monkeypatch):
    source = open_source(real_data("mnist") / "test.parquet")
    some = [source.read(index) for index in range(0, 10_000, 7)]
    target = pictures.Target(28, 28, 1, "squash")
    together = pictures.many(some, target)
    wanted = np.stack([np.asarray(Image.open(io.BytesIO(content))) for content in some])
    assert np.array_equal(together.pixels[:, 0], wanted)


@pytest.mark.real
def test_a_webp_named_jpg_is_read(real_data):
    found = scan(open_source(real_data("presidential-doggy-door")), Preparation(height=16, width=16, channels=3))
    assert len(found) == 168
    assert found.source.left_out == ()
