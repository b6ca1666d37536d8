"""A run trains again from its own files to the same weights."""

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.core.files import sha256
from seodang.runs.events import Epoch, Interrupted, Leave, Step
from seodang.runs.folder import load
from seodang.runs.repeat import repeat
from seodang.runs.train import resume, resume_stream, stream, train

SETTINGS = {"training.batch_size": 64, "examples": 200}


def test_a_repeat_has_no_difference(digits_run, tmp_path):
    again, difference = repeat(digits_run, runs=tmp_path)
    assert difference.words == "No difference: the same weights, bit for bit, and the same history."
    assert sha256(again.folder / "model.safetensors") == sha256(digits_run.folder / "model.safetensors")
    assert again.recipe == digits_run.recipe


def test_the_saved_recipe_file_trains_to_the_same_weights(digits_run, tmp_path):
    again = train("digits", digits_run.folder / "recipe.yaml", runs=tmp_path)
    assert sha256(again.folder / "model.safetensors") == sha256(digits_run.folder / "model.safetensors")


def test_a_difference_is_stated(digits_run, tmp_path):
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        _, difference = repeat(digits_run, runs=tmp_path)
    finally:
        torch.set_num_threads(threads)
    assert difference.because == (f"threads {threads} → {threads + 1}",)


def test_last_is_the_newest(digits_run, tmp_path, monkeypatch):
    monkeypatch.chdir(digits_run.folder.parent.parent)
    if digits_run.folder.parent.name == "runs":
        assert load("last").folder.name == digits_run.name
    with pytest.raises(Exception, match="is not a run"):
        load("nothing-like-it")


def test_an_extended_run_is_repeated_in_its_parts(tmp_path):
    """Each part has a cycle of the schedule of its own: all epochs in one go would be another training."""
    run = train("digits", settings={**SETTINGS, "training.epochs": 1}, runs=tmp_path)
    for _ in range(2):
        run = resume(run.folder, {"training.epochs": "+1"})
    again, difference = repeat(run, runs=tmp_path)
    assert difference.words == "No difference: the same weights, bit for bit, and the same history."
    assert [line["epoch"] for line in again.history] == [1, 2, 3]


def test_an_extension_that_stops_before_its_first_checkpoint_goes_on_the_same_way(tmp_path):
    whole, stopped = (train("digits", settings={**SETTINGS, "training.epochs": 1}, runs=tmp_path) for _ in range(2))
    whole = resume(whole.folder, {"training.epochs": "+1"})
    events = resume_stream(stopped.folder, {"training.epochs": "+1"})
    next(event for event in events if isinstance(event, Step))
    events.close()
    stopped = resume(stopped.folder)
    assert sha256(stopped.folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")


def test_a_length_that_was_changed_on_the_way_is_kept_and_told(tmp_path):
    events = stream("digits", settings={**SETTINGS, "training.epochs": 3}, runs=tmp_path)
    next(event for event in events if isinstance(event, Epoch))
    end = events.send(Leave())
    assert isinstance(end, Interrupted)
    assert not list(events)
    run = resume(end.folder, {"training.epochs": "2"})
    assert load(run.folder).recipe.training.epochs == 2
    assert repeat(run, runs=tmp_path)[1].because == (
        f"the length of {run.name} was changed while it trained, at step {end.step}",
    )


def test_other_data_is_what_was_other(tmp_path):
    """It said that nothing was known to be other."""
    for number in range(40):
        path = tmp_path / "data" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)).save(path)
    run = train(tmp_path / "data", settings={"training.epochs": 1}, runs=tmp_path)
    (tmp_path / "data" / "a" / "0.png").unlink()
    assert repeat(run, runs=tmp_path)[1].because == ("the data",)
