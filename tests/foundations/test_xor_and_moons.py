"""What labs L32 and L33 are to show: one layer cannot, two can; and the boundary is drawn as the network answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seodang.core.errors import DataError
from seodang.core.files import read_json
from seodang.evaluation.evaluate import evaluate
from seodang.runs.train import train


@pytest.fixture(scope="module")
def xor_run(tmp_path_factory):
    run = train("xor", runs=tmp_path_factory.mktemp("xor"))
    evaluate(run)
    return run


def test_two_layers_learn_xor(xor_run):
    report = read_json(xor_run.folder / "report.json")
    assert report["metrics"]["accuracy"] == 1
    assert report["split"] == "train", "four rows are all there is, and the report says on what it was judged"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_layers_learn_xor_from_any_start(tmp_path, seed):
    assert train("xor", settings={"training.seed": seed}, runs=tmp_path).history[-1]["accuracy"] == 1


@pytest.mark.parametrize("seed", [0, 1])
def test_one_layer_ends_at_the_loss_of_not_knowing(tmp_path, seed):
    """The cross-entropy is convex in one layer, and by symmetry lowest at weights 0, where it is ln 2."""
    run = train("xor", "xor-one-layer", {"training.seed": seed, "training.epochs": 400}, runs=tmp_path)
    assert run.history[-1]["loss"] == pytest.approx(np.log(2), abs=2e-3)
    assert max(line["accuracy"] for line in run.history) <= 0.75, "a line gets three of four right at most"


def test_the_surface_is_what_the_network_answers(xor_run):
    found = read_json(xor_run.folder / "report.json")["surface"]
    assert found["columns"] == ["a", "b"]
    assert sorted(map(tuple, found["points"])) == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    (left, right), (low, high) = found["ends"]
    assert left < 0 < 1 < right
    assert low < 0 < 1 < high
    grid, side = np.array(found["grid"]), len(found["grid"])
    row, column = 3, side - 5
    place = [left + (right - left) * column / (side - 1), low + (high - low) * row / (side - 1)]
    columns = xor_run.encoding.numbers
    scaled = [(value - each.centre) / each.scale for value, each in zip(place, columns, strict=True)]
    score = xor_run.network()(torch.tensor([scaled])).item()
    assert grid[row, column] == (score > 0)
    sure = found["probability"][row][column]
    assert sure == pytest.approx(max(1 / (1 + np.exp(-score)), 1 / (1 + np.exp(score))), abs=1e-3)


def test_the_report_shows_it(xor_run):
    page = (xor_run.folder / "report.html").read_text()
    assert "Decision surface" in page
    assert "What the network answers everywhere" in page


def test_more_columns_have_no_surface(tmp_path):
    rows = "".join(f"{i % 7},{i % 5},{i % 3},{'ab'[i % 2]}\n" for i in range(40))
    (tmp_path / "three.csv").write_text("p,q,r,class\n" + rows)
    run = train(tmp_path / "three.csv", "table-binary", {"training.epochs": 1}, runs=tmp_path)
    assert evaluate(run)["surface"] is None


@pytest.mark.slow
def test_moons_bend_the_boundary(tmp_path):
    """Five units: better than a straight line, which gets 90.7 % of these 150 points."""
    report = evaluate(train("moons", runs=tmp_path))
    assert report["metrics"]["accuracy"] > report["baselines"]["linear"]["accuracy"] + 0.03


def test_a_thousand_amounts_taken_for_classes_are_refused_in_a_few_words(tmp_path):
    with pytest.raises(DataError) as told:
        train("moons", "moons", {"columns.target": "x2"}, runs=tmp_path)
    assert "moons has 1000 classes with fewer than 5 rows" in str(told.value)
    assert str(told.value).endswith(
        "Or is this an amount, or a name, and no class at all? Then another target or task is meant."
    )
    assert len(str(told.value)) < 900
