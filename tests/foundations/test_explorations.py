"""What theory says of labs L34 and L35, held against what the experiments find; and that each is told and drawn."""

from __future__ import annotations

import json

import numpy as np
import pytest

from seodang.core.errors import RecipeError, SeodangError
from seodang.core.registry import describe, names
from seodang.foundations.explore import Exploration, explore, write_page
from seodang.foundations.least_squares import descend
from seodang.foundations.linear_stack import drawn_layers, product, run


@pytest.mark.parametrize("name", names("foundations"))
def test_every_experiment_says_and_draws_something(name, tmp_path):
    found = explore(name)
    assert isinstance(found, Exploration)
    assert 2 <= len(found.words) <= 3
    json.dumps(found.numbers, allow_nan=False)
    page = write_page(found, tmp_path / "page.html").read_text()
    assert "<svg" in page
    assert "http" not in page.split("<body>")[1].replace("http://www.w3.org", ""), "the page works offline"
    assert explore(name) == found, "the same every time"
    assert 20 <= len(describe("foundations", name)) <= 120


@pytest.mark.parametrize("seed", range(5))
def test_gradient_descent_ends_at_the_least_squares_solution(seed):
    rng = np.random.default_rng(seed)
    matrix, wanted = rng.normal(size=(30, 4)), rng.normal(size=30)
    weights, distances, shrinks = descend(matrix, wanted, 2_000)
    np.testing.assert_allclose(weights, np.linalg.lstsq(matrix, wanted, rcond=None)[0], atol=1e-10)
    np.testing.assert_allclose(weights, np.linalg.pinv(matrix) @ wanted, atol=1e-10)
    steps = np.arange(len(distances))
    promised = distances[0] * shrinks**steps
    assert (np.array(distances) <= promised * (1 + 1e-9) + 1e-12).all(), "never slower than theory promises"


def test_a_square_system_is_solved_by_the_inverse():
    assert explore("least-squares", {"unknowns": 4}).numbers["inverse_gap"] < 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_sigmoid_gradients_shrink_from_layer_to_layer(seed):
    """The slope of a sigmoid is a quarter at most, and Xavier's weights of a square layer have about norm 1 to 2."""
    found = explore("gradients", {"depth": 8, "seed": seed}).numbers["sigmoid_xavier"]
    shares = np.array(found[:-1]) / np.array(found[1:])
    assert (shares < 0.5).all()
    assert found[0] / found[-1] < 0.3**7


@pytest.mark.parametrize("seed", range(3))
def test_relu_with_he_keeps_the_gradient_and_with_xavier_loses_half_its_square_a_layer(seed):
    """He et al., 2015, section 2.2: the variance is kept from layer to layer; with Xavier's, half of it is."""
    found = explore("gradients", {"depth": 11, "width": 256, "seed": seed}).numbers
    he, xavier = found["relu_he"], found["relu_xavier"]
    assert 1 / 3 < he[0] / he[-1] < 3
    assert xavier[0] / xavier[-1] == pytest.approx(he[0] / he[-1] * 2**-5, rel=0.15), (
        "ten layers by the root of a half each"
    )


def test_the_product_of_a_stack_is_the_stack():
    rng = np.random.default_rng(0)
    for depth in (2, 3, 7):
        stack = drawn_layers([4, *[6] * (depth - 1), 3], depth)
        matrix, offset = product(stack)
        rows = rng.normal(size=(20, 4))
        np.testing.assert_allclose(run(stack, rows), rows @ matrix.T + offset, rtol=1e-10, atol=1e-10)
        bent = run(stack, rows[:1] + rows[1:2], bend=True) + run(stack, 0 * rows[:1], bend=True)
        apart = run(stack, rows[:1], bend=True) + run(stack, rows[1:2], bend=True)
        assert np.abs(bent - apart).max() > 1e-3, "with relu it is no linear map"


def test_mistakes_are_told():
    with pytest.raises(SeodangError, match="Did you mean least-squares?"):
        explore("leest-squares")
    with pytest.raises(RecipeError, match=r"(?s)depth must be greater than or equal to 2, got 1.*Did you mean width\?"):
        explore("gradients", {"depth": "1", "widht": "3"})


def test_the_verb(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command("explore", "linear-stack", "depth=3", "--json")
    answer = json.loads(done.stdout)
    assert answer["gap"] < 1e-10
    assert (tmp_path / answer["page"]).exists()
    with pytest.raises(SeodangError, match="One experiment is wanted, got"):
        command("explore", "depth=3")
