"""`seodang import` as a person and as a program see it."""

from __future__ import annotations

import json
import subprocess
import sys

import h5py
import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import SeodangError


@pytest.fixture
def weights(tmp_path):
    with h5py.File(tmp_path / "mlp.weights.h5", "w") as file:
        for name, size in {"dense": (64, 512), "dense_1": (512, 512), "dense_2": (512, 3)}.items():
            file[f"layers/{name}/vars/0"] = np.zeros(size, np.float32)
            file[f"layers/{name}/vars/1"] = np.arange(size[1], dtype=np.float32) / size[1]
    return tmp_path / "mlp.weights.h5"


SIZE = ("preparation.height=8", "preparation.width=8")


def test_from_a_file_to_an_answer(command, weights, tmp_path):
    result = command(
        "import", weights, "mnist-mlp", *SIZE, "--classes", "a, b,c", "--runs", tmp_path / "runs", "--name", "x"
    )
    lines = result.stdout.splitlines()
    assert lines[0] == "Keras 3 weights: 297,475 numbers put into mnist-mlp, 3 classes."
    assert lines[1].endswith("these are the recipe's. Here 8×8, grey, pixels / 255.")
    assert lines[3] == f"Run: {tmp_path}/runs/x-1    Try it: seodang predict {tmp_path}/runs/x-1 PHOTO"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "photo.png")
    told = json.loads(command("predict", tmp_path / "runs" / "x-1", tmp_path / "photo.png", "--json").stdout)
    odds = np.exp([0, 1 / 3, 2 / 3])  # zero kernels: the last biases alone decide
    assert told["predictions"][0]["top"][0]["class"] == "c"
    assert told["predictions"][0]["probability"] == pytest.approx(odds[2] / odds.sum(), abs=1e-5)
    assert json.loads(command("summary", tmp_path / "runs" / "x-1", "--json").stdout)["parameters"] == 297_475


def test_json_is_one_object(command, weights, tmp_path):
    told = json.loads(
        command(
            "import", weights, "mnist-mlp", *SIZE, "--classes", "a,b,c", "--runs", tmp_path / "runs", "--json"
        ).stdout
    )
    assert told["run"] == f"{tmp_path}/runs/mnist-mlp-1"
    assert told["classes"] == ["a", "b", "c"]
    assert told["layers"] == [["dense", "2_dense"], ["dense_1", "4_dense"], ["dense_2", "6_dense"]]
    assert (told["form"], told["numbers"], len(told["sha256"])) == ("Keras 3 weights", 297_475, 64)


def test_one_recipe_is_named(command, weights):
    with pytest.raises(
        SeodangError, match=r"^Name one recipe, the network that .* was trained as, got 2\. `seodang list"
    ):
        command("import", weights, "mnist-mlp", "lenet5")


def test_a_refusal_is_a_sentence_and_exit_code_2(tmp_path):
    (tmp_path / "model.pt").write_bytes(b"\x80\x02cos\nsystem\n")
    done = subprocess.run(
        [sys.executable, "-m", "seodang", "import", "model.pt", "lenet5", "--json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    sentence = (
        "model.pt is a pickle, which can run any program when it is read; nothing of it was read. Where you trust it, save its "
        "weights as safetensors: `safetensors.torch.save_file(model.state_dict(), 'NAME.safetensors')`."
    )
    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (2, f"{sentence}\n", {"error": sentence})
    assert [each.name for each in tmp_path.iterdir()] == ["model.pt"]
