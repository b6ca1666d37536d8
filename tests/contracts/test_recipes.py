"""What every recipe must be, over every name of `seodang list recipes`."""

from __future__ import annotations

import pytest
import torch
import yaml

from seodang.core.registry import describe, family, find, names
from seodang.core.spec import Spec
from seodang.core.values import check
from seodang.data.facts import Facts
from seodang.models.build import build
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve, to_yaml
from seodang.tasks.build import build_task

# Where a recipe leaves the size of its pictures to the data: what that data has.
SHAPES = {"digits": (1, 8, 8), "mnist": (1, 28, 28), "fashion-mnist": (1, 28, 28), None: (3, 64, 64)}


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
@pytest.mark.parametrize("name", [name for name in names("recipes") if family("recipes", name) == "images"])
def test_builds_for_any_number_of_classes(name: str, classes: int) -> None:
    recipe = resolve(name)
    outputs = 1 if recipe.loss == "binary_cross_entropy" else classes
    shape = shape_of(recipe)
    model = build(recipe.model.without_weights, Spec(shape), Spec((outputs,)), recipe.training.seed).eval()
    with torch.inference_mode():
        assert model(torch.rand(2, *shape)).shape == (2, outputs)


VOCABULARY, LENGTH, ROWS = 50, 12, 3


def facts_and_inputs(recipe: Recipe, where: str) -> tuple[Facts, torch.Tensor]:
    """Facts of some data that the recipe is for, and inputs as its encoding gives them."""
    classes = ("no", "yes")
    if recipe.task == "forecast":
        window = recipe.series.window or LENGTH
        facts = Facts(targets=("a",), horizon=recipe.series.horizon or 2, inputs=Spec((window, 1)))
        return facts, torch.randn(ROWS, window, 1)
    if where == "texts":
        length = recipe.texts.length or LENGTH
        ids = torch.randint(1, VOCABULARY, (ROWS, length))
        if recipe.task == "translate":
            return Facts(vocabulary=40, inputs=Spec((2, 0), vocabulary=VOCABULARY)), ids.clamp_max(39).repeat(
                2, 1, 1
            ).transpose(0, 1)
        if recipe.task == "next_token":
            shape = (length,) if recipe.texts.prefixes else (0,)
            each = not recipe.texts.prefixes
            return Facts(vocabulary=VOCABULARY, each_step=each, inputs=Spec(shape, vocabulary=VOCABULARY)), ids
        inputs = Spec((length,) if recipe.texts.padding == "begin" else (0,), vocabulary=VOCABULARY)
        return (
            Facts(classes=classes, inputs=inputs) if recipe.task == "classify" else Facts(targets=("a",), inputs=inputs)
        ), ids
    numbers, codes = torch.randn(ROWS, 2), torch.randint(0, 3, (ROWS, 2)).float()
    plain = where == "foundations" or recipe.columns.categories == "one_hot"
    inputs = Spec((2,)) if plain else Spec((4,), categories=(3, 3))
    rows = numbers if plain else torch.cat([numbers, codes], 1)
    return (
        Facts(classes=classes, inputs=inputs) if recipe.task == "classify" else Facts(targets=("a",), inputs=inputs)
    ), rows


@pytest.mark.parametrize("name", [name for name in names("recipes") if family("recipes", name) == "generative"])
def test_builds_what_puts_out_again_or_makes(name: str) -> None:
    recipe = resolve(name)
    shape = (3,) if recipe.columns.numbers == "none" else shape_of(recipe)
    task = build_task(recipe.task, recipe.loss, Facts())
    model = build(recipe.model, Spec(shape), task.outputs, recipe.training.seed).eval()
    assert all(hasattr(model, name) for name in task.needs)
    with torch.inference_mode():
        examples = torch.rand(ROWS, *shape)
        if recipe.task == "reconstruct":
            assert task.decode(model(examples)).shape == examples.shape
            assert model.decode(model.encode(examples)).shape == examples.shape  # pyright: ignore[reportCallIssue]
        if hasattr(model, "make"):
            made = task.decode(model.make(torch.randn(ROWS, model.noise)))  # pyright: ignore[reportCallIssue, reportArgumentType]
            assert made.shape == examples.shape
            assert 0 <= made.min() <= made.max() <= 1


@pytest.mark.parametrize(
    "name", [name for name in names("recipes") if family("recipes", name) not in ("images", "generative")]
)
def test_builds_for_its_kind_of_data(name: str) -> None:
    recipe = resolve(name)
    facts, inputs = facts_and_inputs(recipe, family("recipes", name))
    task = build_task(recipe.task, recipe.loss, facts)
    assert facts.inputs is not None
    part = recipe.model
    if part.name == "language-model":  # whose weights are not here
        shape = {"model_type": "bert", "vocab_size": VOCABULARY, "num_hidden_layers": 1, "hidden_size": 24}
        part = part.model_copy(update={"settings": {**part.settings, "pretrained": False, "config": shape}})
    model = build(part, facts.inputs, task.outputs, 0).eval()
    with torch.inference_mode():
        outputs = model(inputs)
    steps = inputs.shape[-1:] if task.outputs.each_step else ()
    assert outputs.shape == (ROWS, *steps, task.outputs.shape[-1])
    assert torch.isfinite(outputs).all()
    naive = task.decode(outputs)
    assert torch.isfinite(task.loss(outputs, naive)), "the loss takes what the network puts out"


def test_names_data_that_there_is(name: str) -> None:
    data = find("recipes", name)().data
    if data is not None:
        assert data in names("datasets")
