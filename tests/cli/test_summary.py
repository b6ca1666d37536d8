"""`seodang summary` as a person and as a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seodang.core.errors import SeodangError


def test_the_table_has_the_labs_numbers(command) -> None:
    lines = command("summary", "lenet5").stdout.splitlines()
    assert "lenet5  (input 1×28×28)" in lines[0]
    table = [line.split() for line in lines if line.strip()]
    assert ["4", "conv", "5×5", "16×10×10", "2,416", "2,416", "240,000"] in table
    assert ["total", "61,706", "61,706", "416,520"] in table


def test_json_is_one_object_with_the_same_numbers(command) -> None:
    told = json.loads(command("summary", "asl-cnn", "--json", "--classes", "24").stdout)
    assert told["name"] == "asl-cnn"
    assert told["input"] == [1, 28, 28]
    assert told["parameters"] == 264_049
    assert told["not_trainable"] == 300
    assert told["layers"][0] == {
        "layer": "1_conv",
        "kind": "conv",
        "output_shape": [75, 28, 28],
        "parameters": 750,
        "trainable": 750,
        "operations": 529_200,
        "detail": "3×3",
    }


def test_what_the_recipe_leaves_open_is_assumed_aloud_or_given(command) -> None:
    notes = json.loads(command("summary", "image-classifier", "--json").stdout)["notes"]
    assert notes == [
        "The pictures' size comes from the data; shown for 1×28×28 (--input 3,64,64 for another).",
        "The number of classes comes from the data; shown for 10 (--classes 5 for another).",
    ]
    told = json.loads(command("summary", "image-classifier", "--json", "--input", "3,64,48", "--classes", "5").stdout)
    assert told["notes"] == []
    assert told["input"] == [3, 64, 48]
    assert told["layers"][-1]["output_shape"] == [5]


def test_settings_change_the_network(command) -> None:
    deep = json.loads(command("summary", "resnet-small", "model.depth=14", "--json").stdout)
    assert sum(layer["kind"] == "conv" for layer in deep["layers"]) == 13


def test_a_recipe_file(command, tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(
        "model: [flatten, {dense: 7}, relu, {dense: outputs}]\npreparation: {height: 4, width: 4, channels: 1}\n"
    )
    told = json.loads(command("summary", str(file), "--classes", "3", "--json").stdout)
    assert told["parameters"] == 16 * 7 + 7 + 7 * 3 + 3


def test_a_picture_is_saved(command, tmp_path: Path) -> None:
    told = command("summary", "lenet5", "--picture", str(tmp_path / "lenet5.svg")).stdout
    assert f"The picture is in {tmp_path / 'lenet5.svg'}." in told
    assert ">lenet5<" in (tmp_path / "lenet5.svg").read_text()


def test_a_run(command, digits_run) -> None:
    told = json.loads(command("summary", str(digits_run.folder), "--json").stdout)
    assert told["input"] == [1, 8, 8]
    assert told["layers"][-1]["output_shape"] == [10]
    assert told["parameters"] > 1000
    sentence = r"^A run's network is what it is: settings, --input and --classes are for recipes\.$"
    with pytest.raises(SeodangError, match=sentence):
        command("summary", str(digits_run.folder), "--classes", "3")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lenet"], "lenet is neither a recipe nor a run. Did you mean lenet5?"),
        (["lenet5", "mnist-mlp"], "One recipe or run at a time, got 2. `seodang list recipes` shows the recipes."),
        (
            ["lenet5", "--input", "28x28"],
            "--input must be CHANNELS,HEIGHT,WIDTH such as 1,28,28, or for rows their numbers such as 3, got '28x28'.",
        ),
        (["lenet5", "--classes", "1"], "--classes must be at least 2, got 1."),
        (
            ["cnn-deep", "--input", "1,4,4"],
            "Layer 15 (max_pool 2): the picture is 1×1 here, a window of 2 does not fit. Shapes so far: input 1×4×4 → "
            "conv 50×4×4 → relu 50×4×4 → conv 50×4×4 → relu 50×4×4 → max_pool 50×2×2 → conv 50×2×2 → relu 50×2×2 → "
            "conv 50×2×2 → relu 50×2×2 → max_pool 50×1×1 → conv 50×1×1 → relu 50×1×1 → conv 50×1×1 → relu 50×1×1.",
        ),
    ],
)
def test_mistakes_are_explained(command, words: list[str], sentence: str) -> None:
    with pytest.raises(SeodangError) as caught:
        command("summary", *words)
    assert str(caught.value) == sentence
