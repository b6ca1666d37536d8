"""From a name and settings to a network: what is refused, and what a seed decides."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from seodang.core.errors import RecipeError, SeodangError
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.recipes.settings import Part

INPUTS, OUTPUTS = Spec((1, 8, 8)), Spec((3,))


def test_settings_are_those_of_the_models_function() -> None:
    with pytest.raises(RecipeError) as caught:
        build(Part(name="resnet-small", settings={"depht": 20, "width": "wide"}), INPUTS, OUTPUTS, seed=0)
    assert str(caught.value).splitlines() == [
        "width must be int, got 'wide'.",
        "depht is not a setting of resnet-small. Did you mean depth?",
    ]


def test_settings_come_as_text_from_the_command_line_too() -> None:
    network = build(Part(name="resnet-small", settings={"depth": "8", "skip": "false"}), INPUTS, OUTPUTS, seed=0)
    assert sum(isinstance(module, torch.nn.Conv2d) for module in network.modules()) == 7


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(SeodangError) as caught:
        build(Part(name="resnet-smal"), INPUTS, OUTPUTS, seed=0)
    assert str(caught.value) == (
        "'resnet-smal' is not a model. Did you mean resnet-small? `seodang list models` shows all."
    )


def test_the_seed_decides_the_weights_and_the_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = build(Part(name="convnet"), INPUTS, OUTPUTS, seed=1).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    again = build(Part(name="convnet"), INPUTS, OUTPUTS, seed=1).state_dict()
    assert all(torch.equal(first[key], again[key]) for key in first)


def test_a_model_can_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "tiny.py"
    file.write_text(
        "from torch import nn\n"
        "def tiny(inputs, outputs, *, width: int = 4) -> nn.Module:\n"
        "    '''One hidden layer.'''\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(inputs.size, width), nn.Linear(width, outputs.size))\n"
    )
    network = build(Part(name=str(file), settings={"width": 7}), INPUTS, OUTPUTS, seed=0)
    assert network(torch.rand(2, 1, 8, 8)).shape == (2, 3)
    with pytest.raises(RecipeError, match="^widht is not a setting of tiny. Did you mean width?"):
        build(Part(name=str(file), settings={"widht": 7}), INPUTS, OUTPUTS, seed=0)


def test_a_model_file_must_be_there_and_define_its_name(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^The model file .*nothing\.py does not exist\.$"):
        build(Part(name=str(tmp_path / "nothing.py")), INPUTS, OUTPUTS, seed=0)
    (tmp_path / "other.py").write_text("def another(inputs, outputs): ...\n")
    with pytest.raises(
        RecipeError, match=r"must define a function other\(inputs, outputs, …\) that returns an nn\.Module\.$"
    ):
        build(Part(name=str(tmp_path / "other.py")), INPUTS, OUTPUTS, seed=0)


def test_skips_change_what_a_deep_network_gives() -> None:
    pictures = torch.rand(4, 1, 8, 8)
    skips, plain = (
        build(Part(name="resnet-small", settings={"depth": 14, "skip": skip}), INPUTS, OUTPUTS, seed=0).eval()(pictures)
        for skip in (True, False)
    )
    assert not torch.allclose(skips, plain)


def test_the_side_classifier_is_there_in_training_only() -> None:
    with_side = build(Part(name="googlenet-small"), INPUTS, OUTPUTS, seed=0)
    without = build(Part(name="googlenet-small", settings={"side": False}), INPUTS, OUTPUTS, seed=0)
    pictures = torch.rand(4, 1, 8, 8)
    assert isinstance(with_side.train()(pictures), tuple)
    assert isinstance(with_side.eval()(pictures), torch.Tensor)
    assert isinstance(without.train()(pictures), torch.Tensor)


def test_a_convnet_goes_on_until_the_picture_is_small() -> None:
    def count(side: int) -> int:
        network = build(Part(name="convnet"), Spec((1, side, side)), OUTPUTS, seed=0)
        return sum(isinstance(module, torch.nn.Conv2d) for module in network.modules())

    assert [count(side) for side in (8, 28, 150, 300)] == [3, 3, 3, 4]
