"""From a source to what a run holds: in memory or streamed, counted, hashed and described. And its batches."""

import hashlib
import json

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.batches import batches
from seodang.data.load import _sha256, load
from seodang.data.open import open_source
from seodang.data.prepare import Normalise, Preparation
from seodang.data.split import Split


@pytest.fixture(autouse=True)
def fresh_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path):
    """Sixty colour pictures of three classes, two sizes, and one file that is none."""
    generator = np.random.default_rng(0)
    for number in range(60):
        path = tmp_path / "photos" / "abc"[number % 3] / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = (12, 20) if number % 2 else (30, 16)
        Image.fromarray(generator.integers(0, 256, (*size, 3), np.uint8)).save(path)
    (tmp_path / "photos" / "a" / "bad.jpg").write_bytes(b"<html>")
    return tmp_path / "photos"


def test_a_burst_of_pictures_stays_in_one_split(tmp_path):
    """Four shots of each scene, a little brighter or cropped: what is judged is no near copy of what was trained on."""
    random = np.random.default_rng(0)
    for scene in range(40):
        coarse = Image.fromarray(random.integers(0, 256, (9, 9, 3), np.uint8)).resize(
            (96, 96), Image.Resampling.BICUBIC
        )
        for shot in range(4):
            path = tmp_path / "ab"[scene % 2] / f"{scene:02}-{shot}.png"
            path.parent.mkdir(exist_ok=True)
            coarse.crop((shot, 0, 93 + shot, 96)).point(lambda value, shot=shot: int(value * (1 - 0.05 * shot))).save(
                path
            )
    prepared = load(open_source(tmp_path), Preparation(), Split())
    scenes = [
        {name.split("/")[1][:2] for name in part.ids} for part in (prepared.train, prepared.validation, prepared.test)
    ]
    assert not scenes[0] & scenes[1]
    assert not scenes[0] & scenes[2]
    assert not scenes[1] & scenes[2]
    assert len(prepared.test) >= 8
    assert "Copies and near copies stay in one split" in " ".join(prepared.notes)


def test_what_a_run_holds(photos):
    prepared = load(open_source(photos), Preparation(), Split())
    assert prepared.classes == ("a", "b", "c")
    assert [len(part) for part in (prepared.train, prepared.validation, prepared.test)] == [46, 5, 9]
    assert prepared.in_memory
    assert (prepared.preparation.height, prepared.preparation.width, prepared.preparation.channels) == (16, 16, 3)
    assert prepared.train.pixels.shape == (46, 3, 16, 16)
    assert prepared.train.labels.dtype == torch.int64
    for part, where in ((prepared.train, prepared.division.train), (prepared.test, prepared.division.test)):
        assert torch.equal(part.pixels, prepared.scan.pixels[torch.from_numpy(where)])
        assert part.ids == [prepared.source.ids[index] for index in where]
        assert part.labels.tolist() == prepared.source.labels[where].tolist()
    assert prepared.notes == (
        "Pictures of 20×12 to 16×30 pixels are brought to 16×16 (preparation.height and preparation.width change that).",
        "Colour pictures: 3 channels.",
        "The data gives no split: test (9) and validation (5) drawn, stratified by class (seed 0).",
        "The prepared pictures take 46.8 kB and are held in memory.",
        "1 file is left out; `seodang look` says why.",
    )


def test_the_description_is_json_and_says_it_all(photos, monkeypatch):
    monkeypatch.chdir(photos.parent)
    described = load(open_source("photos"), Preparation(), Split()).describe()
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert described["source"] == {"name": "photos", "where": str(photos), "form": "class folders", "examples": 60}
    assert described["counts"] == {
        "train": {"a": 15, "b": 15, "c": 16},
        "validation": {"a": 2, "b": 2, "c": 1},
        "test": {"a": 3, "b": 3, "c": 3},
    }
    assert described["mapping"] == {"a": 0, "b": 1, "c": 2}
    assert described["left_out"] == [{"path": "a/bad.jpg", "reason": "a web page (HTML), not a picture"}]
    assert described["split"]["seed"] == 0
    assert described["preparation"]["height"] == 16
    assert set(described["sha256"]) == {"train", "validation", "test"}


def test_the_hash_of_a_split_changes_with_its_content(photos):
    def hashes(split=None):
        return load(open_source(photos), Preparation(height=8, width=8), split or Split()).describe()["sha256"]

    before = hashes()
    assert hashes() == before
    assert hashes(Split(seed=1))["test"] != before["test"]
    test = load(open_source(photos), Preparation(), Split()).test.ids[0]
    Image.new("RGB", (12, 20), "red").save(photos / test)
    after = hashes()
    assert after["test"] != before["test"]
    assert after["train"] == before["train"]


def test_the_hash_is_of_the_pictures_not_of_how_they_are_prepared(photos):
    small = load(open_source(photos), Preparation(height=8, width=8), Split()).describe()["sha256"]
    streamed = load(open_source(photos), Preparation(), Split(), memory_limit=0).describe()["sha256"]
    assert small == streamed


def test_streamed_is_the_same(photos):
    memory = load(open_source(photos), Preparation(), Split())
    streamed = load(open_source(photos), Preparation(), Split(), memory_limit=1000)
    assert not streamed.in_memory
    assert streamed.train.pixels is None
    assert streamed.scan.pixels is None
    assert any("are streamed by" in note for note in streamed.notes)
    generator = torch.Generator().manual_seed(0)
    for _ in range(2):
        order = torch.randperm(len(memory.train), generator=generator)
        for chosen in (order, None, order[:10]):
            a, b = list(batches(memory.train, 8, chosen)), list(batches(streamed.train, 8, chosen))
            assert len(a) == len(b)
            for one, other in zip(a, b, strict=True):
                assert all(torch.equal(x, y) for x, y in zip(one, other, strict=True))
    indices = torch.tensor([5, 0, 5])
    assert torch.equal(memory.train.fetch(indices), streamed.train.fetch(indices))


def test_a_file_that_changes_while_streaming_is_named(photos):
    streamed = load(open_source(photos), Preparation(), Split(), memory_limit=0)
    name = streamed.train.ids[3]
    (photos / name).write_bytes(b"")
    for attempt in (lambda: list(batches(streamed.train, 8)), lambda: streamed.train.fetch(torch.tensor([3]))):
        with pytest.raises(DataError) as caught:
            attempt()
        assert str(caught.value) == f"{name} could be read when training began and cannot be now: empty file."


def test_batches_cover_everything_in_order(photos):
    train = load(open_source(photos), Preparation(), Split()).train
    found = list(batches(train, 20))
    assert [len(pixels) for pixels, _, _ in found] == [20, 20, 6]
    assert torch.equal(torch.cat([pixels for pixels, _, _ in found]), train.pixels)
    assert torch.equal(torch.cat([labels for _, labels, _ in found]), train.labels)
    assert torch.cat([indices for _, _, indices in found]).tolist() == list(range(46))
    order = torch.tensor([3, 3, 0])
    ((pixels, labels, indices),) = batches(train, 20, order)
    assert torch.equal(pixels, train.pixels[order])
    assert torch.equal(labels, train.labels[order])
    assert torch.equal(indices, order)


def test_batches_of_nothing():
    prepared = load(open_source("digits"), Preparation(), Split(validation=0))
    assert list(batches(prepared.validation, 8)) == []
    assert list(batches(prepared.train, 8, torch.zeros(0, dtype=torch.int64))) == []
    assert prepared.validation.pixels.shape == (0, 1, 8, 8)


def test_fewer_examples_are_stratified():
    whole = load(open_source("digits"), Preparation(), Split())
    some = load(open_source("digits"), Preparation(), Split(), examples=100)
    assert len(some.train) == 100
    assert set(some.train.labels.bincount().tolist()) <= {9, 10, 11}
    assert set(some.train.ids) < set(whole.train.ids)
    assert some.test.ids == whole.test.ids
    assert some.notes[-1] == "Only 100 training examples are used, as asked, stratified by class."
    assert len(load(open_source("digits"), Preparation(), Split(), examples=10**6).train) == len(whole.train)
    few = load(open_source("digits"), Preparation(), Split(), examples=3)
    assert sorted(few.train.labels.tolist()) == list(range(10))  # never fewer than one of each class


def test_mean_and_std_are_those_of_training():
    prepared = load(open_source("digits"), Preparation(scale="standard"), Split())
    values = Normalise(prepared.preparation)(prepared.train.pixels)
    assert abs(float(values.mean())) < 1e-4
    assert abs(float(values.std(correction=0)) - 1) < 1e-4
    unit = prepared.train.pixels.double() / 255
    assert prepared.preparation.mean == (round(float(unit.mean()), 6),)
    assert prepared.preparation.std == (round(float(unit.std(correction=0)), 6),)
    given = load(open_source("digits"), Preparation(scale="standard", mean=(0.5,), std=(0.25,)), Split())
    assert given.preparation.mean == (0.5,)


def test_mean_and_std_of_streamed_pictures(photos):
    wanted = load(open_source(photos), Preparation(scale="standard"), Split()).preparation
    assert load(open_source(photos), Preparation(scale="standard"), Split(), memory_limit=0).preparation == wanted


def test_classes_without(photos):
    prepared = load(open_source(photos), Preparation(), Split(without=("b",)))
    assert prepared.classes == ("a", "c")
    assert prepared.describe()["left_out"][-2:] == [
        {"path": "class b", "reason": "left out by without=b (20 pictures)"},
        {"path": "a/bad.jpg", "reason": "a web page (HTML), not a picture"},
    ]


def test_labels_as_they_came_are_kept(tmp_path):
    lines = ["label,p1,p2,p3,p4", *(f"{label},1,2,3,4" for label in (0, 3, 24) for _ in range(6))]
    (tmp_path / "signs.csv").write_text("\n".join(lines))
    described = load(open_source(tmp_path / "signs.csv"), Preparation(), Split()).describe()
    assert described["mapping"] == {"0": 0, "3": 1, "24": 2}
    assert described["label_values"] == ["0", "3", "24"]


@pytest.mark.real
def test_mnist(real_data):
    prepared = load(open_source(real_data("mnist")), Preparation(), Split())
    assert [len(part) for part in (prepared.train, prepared.validation, prepared.test)] == [54_000, 6_000, 10_000]
    assert prepared.train.pixels.shape == (54_000, 1, 28, 28)
    mean = float(torch.cat([prepared.train.pixels, prepared.validation.pixels]).double().mean()) / 255
    assert round(mean, 4) == 0.1307  # the figure everybody uses


@pytest.mark.real
def test_sign_letters_keep_their_values(real_data):
    prepared = load(open_source("asl-letters"), Preparation(), Split())
    assert real_data("asl-letters").exists()
    assert prepared.classes == tuple("abcdefghiklmnopqrstuvwxy")
    assert prepared.describe()["label_values"][0] == "0"


@pytest.mark.parametrize("ids", [["a.png", "b/가.png", "c\udcff.png"], ["a\0b", "c", "d"]])
def test_a_splits_digest_is_over_id_label_and_content(ids):
    """Id, label in decimals and digest, a NUL after each, one example after another; names of any bytes. As runs have it since the
    first version: their data would be taken for other data."""
    content, labels = np.array([b"x" * 16, b"y\0y", b"z" * 16], "S16"), np.array([10, 0, 2])
    expected = hashlib.sha256(
        b"".join(
            b"%b\0%d\0%b\0" % (ids[i].encode("utf-8", "surrogateescape"), labels[i], bytes(content[i])) for i in (2, 0)
        )
    )
    assert _sha256(ids, content, labels, np.array([2, 0])) == expected.hexdigest()
