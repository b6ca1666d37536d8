"""Parameters of the labs' networks, as Keras prints them (LABS.md): biases included, batch norm counted 4 a channel."""

from __future__ import annotations

import pytest

from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.models.summary import count_parameters

GREY, DIGITS, PHOTO = (1, 28, 28), (1, 8, 8), (3, 150, 150)


@pytest.mark.parametrize(
    ("name", "shape", "outputs", "parameters"),
    [
        ("mnist-mlp", GREY, 10, 669_706),  # L01
        ("asl-mlp", GREY, 24, 676_888),  # L02
        ("asl-cnn", GREY, 24, 264_049),  # L03
        ("asl-cnn-augmented", GREY, 24, 264_049),  # L04
        ("lenet5", GREY, 10, 61_706),  # L06
        ("mlp-sigmoid", GREY, 10, 784 * 50 + 50 + 50 * 50 + 50 + 50 * 10 + 10),  # L08
        ("mlp-he", GREY, 10, 42_310),
        ("mlp-relu", GREY, 10, 42_310),
        ("mlp-adam", GREY, 10, 42_310),
        ("mlp-batch-norm", GREY, 10, 42_310 + 2 * 4 * 50),
        ("mlp-dropout", GREY, 10, 42_310 + 2 * 4 * 50),
        ("cnn-basic", DIGITS, 10, (9 + 1) * 10 + (10 * 3 * 3 + 1) * 50 + (50 + 1) * 10),  # L10
        ("cnn-deep", DIGITS, 10, (9 + 1) * 50 + 5 * (50 * 9 + 1) * 50 + (50 + 1) * 50 + (50 + 1) * 10),
        ("cats-dogs-cnn", PHOTO, 1, 3_453_121),  # L12, printed in Chollet's book, section 5.2.3
        ("cats-dogs-cnn-augmented", PHOTO, 1, 3_453_121),
    ],
)
def test_parameters_are_those_of_the_notes(name: str, shape: tuple[int, ...], outputs: int, parameters: int) -> None:
    network = build(find("recipes", name)().model, Spec(shape), Spec((outputs,)), seed=0)
    assert count_parameters(network) == parameters


def test_plain_and_residual_network_have_the_same_weights() -> None:
    skips, plain = (
        build(find("recipes", name)().model, Spec(GREY), Spec((10,)), seed=0).state_dict()
        for name in ("resnet-small", "resnet-small-plain")
    )
    assert {key: tensor.shape for key, tensor in skips.items()} == {key: tensor.shape for key, tensor in plain.items()}


def test_each_step_of_the_eighth_lab_changes_one_group() -> None:
    chain = ["mlp-sigmoid", "mlp-he", "mlp-relu", "mlp-adam", "mlp-batch-norm", "mlp-dropout"]
    recipes = [find("recipes", name)().model_dump() for name in chain]
    changes = [
        {key for key in before if key != "name" and before[key] != after[key]}
        for before, after in zip(recipes, recipes[1:], strict=False)
    ]
    assert changes == [{"model"}, {"model"}, {"training"}, {"model"}, {"model"}]
