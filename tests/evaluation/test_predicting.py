"""`predict`: photos as in training, and every odd file answered with its reason."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.load import load as load_data
from seodang.data.open import open_source
from seodang.evaluation.predict import answered, expand, predict, remarks


@pytest.fixture(scope="module")
def photos(write_digits, tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("photos"), 0, 2)


def test_a_picture_gets_the_answer_it_got_in_judging(judged, photos):
    """The same pixels through `load` and the run, and through `predict`."""
    run, _ = judged
    answers = predict(run, photos, top=10)
    prepared = load_data(
        open_source(photos), run.recipe.preparation, run.recipe.split.model_copy(update={"test": 0, "validation": 0})
    )
    expected = dict(zip(prepared.train.ids, run.probabilities(prepared.train.pixels), strict=True))
    assert len(answers) == len(expected) == 20
    for answer in answers:
        given = {each["class"]: each["probability"] for each in answer["top"]}
        row = expected[answer["path"].removeprefix(f"{photos}/")]
        assert [given[name] for name in run.classes] == pytest.approx(row.tolist(), abs=2e-6)


def test_digits_are_recognised(judged, photos):
    run, _ = judged
    answers = predict(run.folder, [photos / str(name) for name in range(10)])
    right = [answer["prediction"] == answer["path"].split("/")[-2] for answer in answers]
    assert np.mean(right) >= 0.9
    assert all(
        len(answer["top"]) == 3 and answer["top"][0]["probability"] == answer["probability"] for answer in answers
    )
    assert all(
        a["probability"] >= b["probability"]
        for answer in answers
        for a, b in zip(answer["top"], answer["top"][1:], strict=False)
    )


def test_what_is_no_picture_does_not_stop_the_others(judged, photos, tmp_path):
    run, _ = judged
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    whole = next((photos / "3").iterdir())
    (tmp_path / "torn.png").write_bytes(whole.read_bytes()[:60])
    (tmp_path / "wrong.jpg").write_bytes(whole.read_bytes())  # a PNG by another name is no problem
    answers = {answer["path"].split("/")[-1]: answer for answer in predict(run, [tmp_path, "gone.png"])}
    assert set(answers) == {"notes.txt", "empty.png", "torn.png", "wrong.jpg", "gone.png"}
    assert answers["gone.png"]["error"] == "there is no such file"
    assert all(answers[name]["error"] for name in ("notes.txt", "empty.png", "torn.png"))
    assert "prediction" in answers["wrong.jpg"]


def test_top_is_at_least_one_and_at_most_all(judged, photos):
    run, _ = judged
    assert len(predict(run, photos / "0", top=99)[0]["top"]) == 10
    with pytest.raises(DataError, match=r"^top must be at least 1, got 0\.$"):
        predict(run, photos / "0", top=0)


def test_files_folders_and_patterns_are_each_asked_once(photos, tmp_path):
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.png").write_bytes(b"")
    (tmp_path / "a[1].png").write_bytes(b"")
    found = expand([f"{tmp_path}/*.png", tmp_path, tmp_path / "b.png"])
    assert [name.removeprefix(f"{tmp_path}/") for name in found] == ["a[1].png", "b.png", "a/c.png"]
    assert expand([tmp_path / "a[1].png"]) == [f"{tmp_path}/a[1].png"]


def test_where_nothing_matches_it_is_said(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError) as raised:
        expand([tmp_path / "none", "gone.png", "photos/*.jpg"])
    assert str(raised.value) == (
        f"{tmp_path}/none has no files in it.\ngone.png does not exist.\nNo file matches 'photos/*.jpg'."
    )
    with pytest.raises(DataError, match="Say which pictures"):
        expand([])


def test_a_large_colour_photo_for_a_small_grey_network_is_remarked(judged, tmp_path):
    run, _ = judged
    Image.fromarray(np.full((200, 300, 3), 255, np.uint8)).save(tmp_path / "white.jpg")
    (_, seen), *_ = answered(run, [str(tmp_path / "white.jpg")], 3)
    shrunk, unlike = remarks(run, seen)
    assert shrunk == (
        f"{tmp_path}/white.jpg (300×200) was turned grey and brought to 8×8 (both sides scaled), as this network was "
        "trained: the thing to recognise should fill as much of a picture as there."
    )
    assert unlike.startswith(
        f"{tmp_path}/white.jpg is much brighter (mean 255 of 255) than 99 % of the training pictures ("
    )


def test_training_pictures_are_not_remarked(judged, photos):
    run, _ = judged
    seen = [photo for _, some in answered(run, expand([photos]), 1) for photo in some]
    assert remarks(run, seen) == []


def test_a_run_that_was_not_judged_predicts_too(own_run, photos):
    (own_run.folder / "report.json").unlink()
    (_, seen), *_ = answered(own_run, expand([photos / "1"]), 1)
    assert remarks(own_run, seen) == []


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet", "pictures.parquet", "npz", "idx"])
def test_files_of_many_pictures_are_answered_one_by_one_labels_or_none(judged, photos, tmp_path, form):
    """The same pictures as files and in one file get the same answers, to the last digit."""
    run, _ = judged
    source = open_source(photos)
    arrays = np.stack([np.asarray(Image.open(photos / name)) for name in source.ids])
    rows = pd.DataFrame(arrays.reshape(len(arrays), 64), columns=[f"pixel{n}" for n in range(64)])
    path = tmp_path / f"new.{form}"
    if form.startswith("csv"):
        rows.to_csv(path, index=False)
    elif form == "parquet":
        rows.to_parquet(path)
    elif form == "pictures.parquet":
        pd.DataFrame({"image": [{"bytes": (photos / name).read_bytes()} for name in source.ids]}).to_parquet(path)
    elif form == "npz":
        np.savez(path, x=arrays, y=np.zeros(len(arrays)))
    else:
        path = tmp_path / "new-images-idx3-ubyte"
        for file, array in ((path, arrays), (tmp_path / "new-labels-idx1-ubyte", np.zeros(len(arrays), np.uint8))):
            head = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
            file.write_bytes(head + array.tobytes())
    answers = predict(run, path)
    files = predict(run, [photos / name for name in source.ids])
    assert [answer["top"] for answer in answers] == [answer["top"] for answer in files]
    assert len({answer["path"] for answer in answers}) == len(source.ids)


def test_a_table_of_many_that_cannot_be_read_is_one_answer(judged, photos, tmp_path):
    run, _ = judged
    (tmp_path / "a.npz").write_bytes(b"PK no archive")
    picture = photos / "0" / sorted(p.name for p in (photos / "0").iterdir())[0]
    broken, whole = predict(run, [tmp_path / "a.npz", picture])
    assert broken["error"].startswith("a.npz is a damaged .npz archive")
    assert "prediction" in whole


def test_devices_and_pipes_are_not_waited_for(judged, tmp_path):
    run, _ = judged
    (answer,) = predict(run, "/dev/zero")
    assert answer["error"] == "a device or pipe, not a file"
    (tmp_path / "a.png").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.png")
    assert expand([tmp_path]) == [str(tmp_path / "a.png")]


def test_an_address_and_an_empty_name_say_what_to_do():
    with pytest.raises(DataError) as caught:
        expand(["https://example.org/cat.jpg", ""])
    assert str(caught.value) == (
        "https://example.org/cat.jpg is an address, and nothing is fetched from there. Download it, then give the file.\n"
        "An empty name says no file. `.` is the folder you are in."
    )


def test_runs_and_pages_in_a_folder_are_not_asked_about(tmp_path):
    for file in (
        "a.png",
        "runs/first-1/recipe.yaml",
        "runs/first-1/data.json",
        "runs/first-1/x.png",
        "seodang-look-a.html",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(b"x")
    assert expand([tmp_path]) == [str(tmp_path / "a.png")]
