"""Mistakes in recipes that put out again or make, told before anything is trained."""

import pytest

from seodang.recipes.lint import lint
from seodang.recipes.resolve import resolve


def words(name, classes=None, **settings):
    return " ".join(
        finding.words
        for finding in lint(resolve(name, {k.replace("__", "."): v for k, v in settings.items()}), classes)
    )


def test_ten_classes_are_no_mistake_where_none_are_told_apart():
    for name in ("deep-autoencoder", "gan-mnist", "picture-vae"):
        assert lint(resolve(name), tuple("0123456789")) == []


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("deep-autoencoder", {"loss": "cross_entropy"}, "Write loss: mse or binary_cross_entropy."),
        ("gan-mnist", {"loss": "mse"}, "Write loss: binary_cross_entropy."),
        ("deep-autoencoder", {"preparation__scale": "symmetric"}, "the numbers that go in are not from 0 to 1"),
        ("gan-mnist", {"training__keep": "best"}, "not how good the examples are"),
        ("gan-mnist", {"training__patience": "3"}, "not how good the examples are"),
        ("deep-autoencoder", {"training__mixup": "0.2"}, "training.mixup blends examples"),
        ("picture-vae", {"preparation__scale": "samplewise"}, "cannot be turned back into a picture"),
        ("gan-mnist", {"model__discriminator": "[flatten, {dense: 1}, sigmoid]"}, "Leave the sigmoid at the end of the discriminator out."),
        ("deep-autoencoder", {"model__decoder": "[{dense: outputs}, sigmoid]"}, "Leave the sigmoid at the end of the decoder out."),
    ],
)  # fmt: skip
def test_each_mistake_is_told(name, settings, expected):
    assert expected in words(name, **settings)


def test_squared_distance_may_end_in_a_sigmoid_and_take_any_scale():
    assert words("deep-autoencoder", loss="mse", model__decoder="[{dense: outputs}, sigmoid]") == ""
    assert words("deep-autoencoder", loss="mse", preparation__scale="symmetric") == ""


def test_of_a_table_cross_entropy_wants_numbers_from_0_to_1():
    assert "columns.numbers=minmax" in words("linear-autoencoder", (), loss="binary_cross_entropy")
    assert words("linear-autoencoder", (), loss="binary_cross_entropy", columns__numbers="minmax") == ""
