"""Mistakes of shapes that are told before the data is read: never of a network that some data fits."""

import pytest

from seodang.core.registry import find, names
from seodang.core.spec import Spec
from seodang.models.build import check_part, settings_of
from seodang.models.sequential import misfits, sequential


def told(layers, pictures=None, one_answer=True):
    return misfits(settings_of(sequential, "sequential")(layers=layers), pictures, one_answer)


LISTS = [name for name in names("recipes") if find("recipes", name)().model.name == "sequential"]


@pytest.mark.parametrize("name", LISTS)
def test_no_recipe_of_ours_is_refused(name):
    recipe = find("recipes", name)()
    check_part(recipe.model, None, recipe.task in ("classify", "regress", "forecast"))


@pytest.mark.parametrize(
    "layers",
    [
        ["flatten", {"dense": "outputs"}],
        [{"dense": 8}, "relu", {"dense": "outputs"}],  # rows, not pictures
        [{"embedding": 8}, {"lstm": 4}, {"dense": "outputs"}],  # texts
        [{"lstm": 4}, {"dense": "outputs"}],  # series
        [
            *[{"conv": {"filters": 8, "padding": "same"}}, {"max_pool": 2}] * 12,
            "flatten",
            {"dense": "outputs"},
        ],  # 4,096 pixels
        [
            {"reshape": [1, 20, 20]},
            {"conv": 4},
            "flatten",
            {"dense": "outputs"},
        ],  # pictures of 20 pixels, or 400 columns
        ["flatten", {"residual": {"layers": [{"dense": 784}], "shortcut": "identity"}}, {"dense": "outputs"}],
        [{"conv": {"filters": 4, "groups": 2}}, "flatten", {"dense": "outputs"}],  # of two channels
        [{"group_norm": 5}, "flatten", {"dense": "outputs"}],
    ],
    ids=str,
)
def test_what_some_data_fits_is_let_through(layers):
    assert told(layers) == []


def test_pictures_of_a_known_size_are_looked_at_exactly():
    layers = [{"conv": 8}, {"max_pool": 2}, {"conv": 8}, {"max_pool": 2}, {"conv": 8}, "flatten", {"dense": "outputs"}]
    assert told(layers) == told(layers, Spec((1, 28, 28))) == []
    (sentence,) = told(layers, Spec((1, 16, 16)))
    assert sentence == (
        "Layer 5 (conv): the picture is 2×2 here, a window of 3 does not fit. Shapes so far: input 1×16×16 → conv 8×14×14 → "
        "max_pool 8×7×7 → conv 8×5×5 → max_pool 8×2×2."
    )


def test_the_sentence_is_that_of_the_data_which_gets_furthest_and_of_a_common_size():
    (sentence,) = told([{"conv": 8}, "flatten", {"conv": 8}])
    assert sentence.startswith(
        "Layer 3 (conv): conv needs a picture (channels×height×width), but a vector of 5408 numbers comes in."
    )
    (sentence,) = told([{"embedding": 8}, {"conv": 8}])
    assert sentence.startswith("Layer 2 (conv): conv needs a picture (channels×height×width), but a sequence of ")


def test_an_answer_for_each_place_is_let_through_where_it_is_wanted():
    layers = [{"embedding": 8}, {"lstm": {"units": 4, "each_step": True}}, {"dense": "outputs"}]
    assert told(layers, one_answer=False) == []
    assert "the task needs a row of them" in told(layers)[0]
