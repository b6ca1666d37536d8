"""What every recipe must be, over every name of `seodang list recipes`."""

from __future__ import annotations

import pytest
import torch
import yaml

from seodang.core.registry import describe, find, names
from seodang.core.spec import Spec
from seodang.core.values import check
from seodang.models.build import build
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve, to_yaml

# Where a recipe leaves the size of its pictures to the data: what that data has.
SHAPES = {"digits": (1, 8, 8), "fashion-mnist": (1, 28, 28), None: (3, 64, 64)}


@pytest.fixture(params=names("recipes"))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def shape_of(recipe: Recipe) -> tuple[int, ...]:
    asked = recipe.preparation
    if asked.channels and asked.height and asked.width:
        return asked.channels, asked.height, asked.width
    return SHAPES[recipe.data]


def test_is_a_recipe_of_its_own_name(name: str) -> None:
    recipe = find("recipes", name)()
    assert isinstance(recipe, Recipe)
    assert recipe.name in (name, "custom")
    assert recipe == find("recipes", name)(), "a recipe is a value: the same each time"


def test_has_a_line_for_the_list_and_says_where_its_result_is(name: str) -> None:
    line = describe("recipes", name)
    assert line.endswith(".")
    assert 20 <= len(line) <= 120
    function = find("recipes", name)
    assert line == (function.__doc__ or "").splitlines()[0], "the line is the function's own"


def test_survives_yaml(name: str) -> None:
    recipe = find("recipes", name)()
    assert check(Recipe, yaml.safe_load(to_yaml(recipe))) == recipe


def test_has_nothing_for_the_lint(name: str) -> None:
    assert lint(find("recipes", name)()) == []


@pytest.mark.parametrize("classes", [2, 24])
def test_builds_for_any_number_of_classes(name: str, classes: int) -> None:
    recipe = resolve(name)
    outputs = 1 if recipe.loss == "binary_cross_entropy" else classes
    shape = shape_of(recipe)
    model = build(recipe.model.without_weights, Spec(shape), Spec((outputs,)), recipe.training.seed).eval()
    with torch.inference_mode():
        assert model(torch.rand(2, *shape)).shape == (2, outputs)


def test_names_data_that_there_is(name: str) -> None:
    data = find("recipes", name)().data
    if data is not None:
        assert data in names("datasets")
