"""`recognise`: timm's networks with timm's own preparation, side by side; small ones with weights drawn here."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from seodang.core.errors import DataError, SeodangError
from seodang.decisions.decision import Decision, Rule
from seodang.evaluation.recognise import open_network, recognise
from seodang.pretrained import weights as pretrained
from seodang.pretrained.names import imagenet_names
from seodang.pretrained.preparing import preparation_for
from seodang.pretrained.weights import find_weights

NETWORKS = ("test_efficientnet", "test_byobnet")


@pytest.fixture(autouse=True)
def at_hand(small_weights, monkeypatch):
    monkeypatch.setenv("SEODANG_WEIGHTS", str(small_weights))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Three smooth colour pictures of 168×200: at crop 0.95 of 160 pixels timm resizes none of them."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(3):
        coarse = np.random.default_rng(number).integers(0, 256, (5, 6, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((200, 168), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    return folder


@torch.inference_mode()
def timms(small_weights, name, picture):
    """(1000,) probabilities by timm alone: its network, its configuration, its transforms."""
    import timm
    from timm.data import create_transform, resolve_model_data_config

    network = timm.create_model(name, checkpoint_path=str(small_weights / name / "model.safetensors")).eval()
    transform = create_transform(**resolve_model_data_config(network), is_training=False)
    with Image.open(picture) as opened:
        return network(transform(opened.convert("RGB"))[None]).softmax(1)[0]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", NETWORKS)
def test_it_says_what_timm_says(small_weights, pictures, name):
    answers = recognise(pictures, name, top=1000)
    assert [answer["path"] for answer in answers] == [f"{pictures}/{number}.png" for number in range(3)]
    for answer in answers:
        best = answer["networks"][name]["top"]
        wanted = timms(small_weights, name, answer["path"])
        assert sum(each["probability"] for each in best) == pytest.approx(1, abs=1e-3)
        assert [each["probability"] for each in best] == pytest.approx(
            wanted[[e["index"] for e in best]].tolist(), abs=1e-4
        )
        assert all(each["class"] == imagenet_names()[each["index"]] for each in best)
        assert [e["probability"] for e in best] == sorted((e["probability"] for e in best), reverse=True)


def test_networks_side_by_side_say_what_each_says_alone(pictures):
    both = recognise(f"{pictures}/*.png", "test_byobnet, test_efficientnet,test_byobnet", top=2)
    assert [*both[0]["networks"]] == ["test_byobnet", "test_efficientnet"]
    for name in NETWORKS:
        assert [each["networks"][name] for each in recognise(pictures, [name], 2)] == [
            a["networks"][name] for a in both
        ]


def test_what_is_no_picture_does_not_stop_the_others(pictures, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    asked = [tmp_path / "notes.txt", "gone.png", pictures / "0.png"]
    told = {answer.pop("path"): answer for answer in recognise(asked, NETWORKS)}
    assert set(told) == {str(path) for path in asked}
    assert told["gone.png"] == {"error": "there is no such file"}
    assert [*told[str(asked[0])]] == ["error"]
    assert told[str(asked[0])]["error"].startswith("text, not a picture")
    assert [*told[str(asked[2])]["networks"]] == [*NETWORKS]


def test_each_network_decides(pictures):
    first = [answer["networks"] for answer in recognise(pictures, NETWORKS, top=1000)]
    rule = Rule(name="low", classes=("0-499",), answer="low")
    decided = [a["networks"] for a in recognise(pictures, NETWORKS, decide=Decision(rules=(rule,), otherwise="high"))]
    for told, found in zip(first, decided, strict=True):
        for name in NETWORKS:
            low = sum(best["probability"] for best in told[name]["top"] if best["index"] < 500)
            assert found[name]["decision"]["sums"]["low"] == pytest.approx(low, abs=1e-3)
            assert found[name]["decision"]["answer"] == ("low" if low >= 0.5 else "high")


@pytest.mark.parametrize("top", [0, 1001])
def test_top_is_from_1_to_1000(pictures, top):
    with pytest.raises(DataError, match=f"^top must be from 1 to 1000, the number of classes, got {top}\\.$"):
        recognise(pictures, NETWORKS[0], top=top)


def test_a_network_that_timm_does_not_know(pictures):
    with pytest.raises(SeodangError, match=r"^'resnt50' is not a network of timm\. Did you mean resnet50\?$"):
        recognise(pictures, "resnt50")
    with pytest.raises(SeodangError, match=r"^'zebra' is not a network of timm\. Allowed: .*, … \([\d,]+ in all\)\.$"):
        recognise(pictures, "zebra")
    with pytest.raises(SeodangError, match="^Say which networks"):
        recognise(pictures, " , ")


def test_missing_weights_are_told_as_everywhere(pictures, monkeypatch):
    def no_network():
        raise OSError("no network here")

    monkeypatch.setattr(pretrained, "_cached", lambda repository: None)
    monkeypatch.setattr(pretrained, "knock", no_network)
    with pytest.raises(SeodangError) as error:
        recognise(pictures, ["test_byobnet", "resnet50"])
    assert str(error.value).startswith(
        "The weights of resnet50 are not on this machine and the hub cannot be reached (no network here). Fetch"
    )


def configured(folder, name, monkeypatch, **changes):
    """Weights whose own config.json says something else."""
    import timm

    monkeypatch.setenv("SEODANG_WEIGHTS", str(folder))
    (folder / name).mkdir()
    network = timm.create_model(name, pretrained=False)
    save_file(network.state_dict(), folder / name / "model.safetensors")
    config = {**timm.get_pretrained_cfg(name).to_dict(), **changes}  # type: ignore[union-attr]
    (folder / name / "config.json").write_text(json.dumps({"pretrained_cfg": config}))


def test_other_classes_than_imagenets_are_refused(tmp_path, monkeypatch):
    configured(tmp_path, "test_byobnet", monkeypatch, num_classes=21843)
    with pytest.raises(SeodangError) as error:
        open_network("test_byobnet")
    assert str(error.value) == (
        "test_byobnet tells 21,843 classes apart, which are not ImageNet's 1,000, and their names are not known here. Take "
        "another network, such as mobilenetv2_100 or resnet50."
    )


def test_the_preparation_is_the_weights_own(tmp_path, monkeypatch):
    said = {"input_size": [3, 96, 96], "crop_pct": 0.9, "interpolation": "bilinear", "mean": [0.1, 0.2, 0.3]}
    configured(tmp_path, "test_byobnet", monkeypatch, **said, std=[0.4, 0.5, 0.6])
    found = open_network("test_byobnet").preparation
    assert (found.height, found.width, found.channels, found.fit, found.scale) == (96, 96, 3, "crop", "standard")
    assert (found.interpolation, found.mean, found.std) == ("bilinear", (0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert 96 / found.crop_share == pytest.approx(106)  # timm: floor(96 / 0.9)


@pytest.mark.parametrize(
    ("mode", "share", "fit"), [("squash", 1.0, "squash"), ("center", 1.0, "crop"), ("squash", 0.9, None)]
)
def test_how_weights_want_a_picture_cropped(tmp_path, monkeypatch, mode, share, fit):
    configured(tmp_path, "test_byobnet", monkeypatch, crop_mode=mode, crop_pct=share)
    weights = find_weights("test_byobnet")
    if fit is not None:
        assert (preparation_for(weights).fit, preparation_for(weights).crop_share) == (fit, 1.0)
        return
    with pytest.raises(
        SeodangError, match=r"^The weights of test_byobnet want pictures cropped in the way timm calls squash 0\.9,"
    ):
        preparation_for(weights)


def test_importing_seodang_and_the_name_loads_nothing_heavy():
    code = "import sys, seodang; 'recognise' in dir(seodang); print({'torch', 'timm', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
