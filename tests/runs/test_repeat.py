"""A run trains again from its own files to the same weights."""

import pytest
import torch

from seodang.core.files import sha256
from seodang.runs.folder import load
from seodang.runs.repeat import repeat
from seodang.runs.train import train


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
