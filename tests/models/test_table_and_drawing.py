"""The table of a network against numbers worked out by hand, and its picture."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from PIL import Image

from seodang.core.errors import SeodangError
from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.models.drawing import draw, picture
from seodang.models.sequential import sequential
from seodang.models.summary import summary, total
from seodang.recipes.settings import Part

GREY, TEN = Spec((1, 28, 28)), Spec((10,))


def network(name: str):
    return build(find("recipes", name)().model, GREY, TEN, seed=0)


def test_lenet_layer_by_layer() -> None:
    rows = summary(network("lenet5"), GREY)
    assert [(row.kind, row.detail, row.output_shape, row.parameters, row.operations) for row in rows] == [
        ("conv", "5×5", (6, 28, 28), 156, 28 * 28 * 6 * 25),
        ("relu", "", (6, 28, 28), 0, 0),
        ("max_pool", "2×2", (6, 14, 14), 0, 0),
        ("conv", "5×5", (16, 10, 10), 2416, 10 * 10 * 16 * 6 * 25),
        ("relu", "", (16, 10, 10), 0, 0),
        ("max_pool", "2×2", (16, 5, 5), 0, 0),
        ("flatten", "", (400,), 0, 0),
        ("dense", "", (120,), 48_120, 48_000),
        ("relu", "", (120,), 0, 0),
        ("dense", "", (84,), 10_164, 10_080),
        ("relu", "", (84,), 0, 0),
        ("dense", "", (10,), 850, 840),
    ]
    assert total(rows) == {"parameters": 61_706, "trainable": 61_706, "not_trainable": 0, "operations": 416_520}


def test_batch_norm_has_four_numbers_a_channel_two_of_them_trainable() -> None:
    rows = [row for row in summary(network("asl-cnn"), GREY) if row.kind == "batch_norm"]
    assert [(row.parameters, row.trainable) for row in rows] == [(300, 150), (200, 100), (100, 50)]


def test_frozen_weights_are_not_trainable() -> None:
    model = network("lenet5")
    next(model.parameters()).requires_grad_(False)
    assert summary(model, GREY)[0].trainable == 6


def test_what_only_training_uses_is_counted_and_marked() -> None:
    rows = summary(build(Part(name="googlenet-small"), GREY, TEN, seed=0), GREY)
    assert [row.kind for row in rows if not row.output_shape] == ["dense"]


def test_the_mode_is_left_as_it_was_and_nothing_is_learnt() -> None:
    model = network("asl-cnn").train()
    before = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    summary(model, GREY)
    assert model.training
    assert all(torch.equal(before[key], tensor) for key, tensor in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_residual_layer_is_one_row_from_outside() -> None:
    model = build(Part(name="resnet-small", settings={"depth": 14}), GREY, TEN, seed=0)
    outside, inside = summary(model, GREY, inside=False), summary(model, GREY)
    assert [row.kind for row in outside].count("two_convs") == 6
    assert total(outside)["parameters"] == total(inside)["parameters"]


def test_titles_stay_on_the_page_and_clear_of_each_other() -> None:
    layers = [
        {"conv": {"filters": 4, "kernel": 3, "stride": 2, "padding": "same"}},
        {"max_pool": {"size": 3, "stride": 2}},
    ]
    layers += [
        {"average_pool": {"size": 3, "stride": 2}},
        {"depthwise": {"kernel": 3}},
        "flatten",
        {"dense": "outputs"},
    ]
    figure = picture(sequential(Spec((1, 64, 64)), TEN, layers=layers), Spec((1, 64, 64)), "long")
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_fontweight() == "bold"][1:]
    assert len(boxes) == 7
    assert boxes[0].x0 > 0
    assert all(left.x1 + 4 < right.x0 for left, right in pairwise(boxes))
    words = {text.get_text() for text in figure.axes[0].texts}
    assert {"average pool", "3×3 stride 2", "depthwise 3×3"} <= words


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    draw(network("lenet5"), GREY, tmp_path / "lenet5.png", "lenet5")
    with Image.open(tmp_path / "lenet5.png") as image:
        assert image.width > 3 * image.height
        assert len(image.convert("RGB").getcolors(maxcolors=2**24)) > 100
    draw(network("lenet5"), GREY, tmp_path / "lenet5.svg", "lenet5")
    text = (tmp_path / "lenet5.svg").read_text()
    for word in ("lenet5", "conv 5×5", "16×10×10", "max pool 2×2", "48,120", "61,706 parameters"):
        assert f">{word}" in text


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeodangError, match=r"^A picture is saved as \.png, \.svg or \.pdf, got network\.jpg\.$"):
        draw(network("lenet5"), GREY, tmp_path / "network.jpg")
    with pytest.raises(SeodangError, match=r"^The folder .*nowhere does not exist: make it, or write elsewhere\.$"):
        draw(network("lenet5"), GREY, tmp_path / "nowhere" / "network.png")
