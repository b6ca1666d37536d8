"""`seodang generate` of pictures and `seodang similar`, as a person types them."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.core.errors import SeodangError


def drawn(file):
    with Image.open(file) as picture:
        return np.asarray(picture)


def test_generate_writes_the_same_grid_each_time(command, maker_run, tmp_path):
    files = [tmp_path / name for name in ("a.png", "b.png")]
    for file in files:
        result = command("generate", maker_run.folder, "--count", 9, "--seed", 1, "--out", file)
        assert result.stdout.strip() == f"9 pictures of 8×8 pixels, of noise drawn with seed 1: {file}"
    one, two = (drawn(file) for file in files)
    assert one.shape == (48, 48), "three rows of three, twice as large"
    np.testing.assert_array_equal(one, two)


def test_generate_goes_from_one_seed_to_another(command, maker_run, tmp_path):
    out = tmp_path / "way.png"
    told = json.loads(command("generate", maker_run.folder, "--between", 1, 2, "--out", out, "--json").stdout)
    assert told == {"run": str(maker_run.folder), "pictures": 10, "out": str(out)}
    assert drawn(out).shape == (16, 160)


def test_similar_tells_and_draws(command, again_run, tmp_path):
    picture, out = tmp_path / "three.png", tmp_path / "like.png"
    Image.fromarray(again_run.prepared().test.fetch(torch.tensor([3]))[0, 0].numpy()).save(picture)
    result = command("similar", again_run.folder, picture, "--count", 3, "--out", out)
    assert len(result.stdout.splitlines()) == 4
    assert out.exists()
    told = json.loads(command("similar", again_run.folder, picture, "--count", 3, "--json").stdout)
    assert [set(each) for each in told["similar"]] == [{"id", "split", "class", "distance"}] * 3


def test_what_is_asked_of_the_wrong_run_is_refused(command, maker_run, tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.evaluation.making._made", lambda *_: pytest.fail("they were drawn"))
    for out, sentence in (
        (tmp_path / "grid.what", "Write a name that ends in .png"),
        (tmp_path / "none" / "grid.png", "none does not exist: make it, or write elsewhere"),
    ):
        with pytest.raises(SeodangError, match=sentence):
            command("generate", maker_run.folder, "--out", out)
    for count, shown in ((0, "0"), (2_000_000, "2,000,000")):
        with pytest.raises(SeodangError, match=f"count must be 1 to 10,000, got {shown}"):
            command("generate", maker_run.folder, "--count", count)
    with pytest.raises(
        SeodangError, match=r"^maker-1 makes pictures; leave out the text, --words, --top-k, --title\.$"
    ):
        command("generate", maker_run.folder, "a seven", "--words", 5, "--top-k", 3, "--title")
    with pytest.raises(SeodangError, match="foretells nothing"):
        command("predict", maker_run.folder, "x.png")


def test_summary_of_a_recipe_shows_encoder_and_decoder(command):
    told = json.loads(command("summary", "gan-mnist", "--json").stdout)
    assert told["parameters"] == 111_568 + 108_801
    assert json.loads(command("summary", "linear-autoencoder", "--input", 3, "--json").stdout)["parameters"] == 17
