"""What the recipes for series reach on real data, and what beats them."""

from pathlib import Path

import numpy as np
import pytest

from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.evaluation.evaluate import evaluate
from seodang.models.build import build
from seodang.recipes.resolve import resolve
from seodang.runs.train import train


def judged(data, recipe, tmp_path, **settings):
    report = evaluate(train(data, recipe, settings, runs=tmp_path))
    return report, report["baselines"], " ".join(report["verdict"])


def beaten(report, name):
    test = report["baselines"][name]["network_against_it"]
    return test["difference"] > 0 and test["p_value"] < 0.05


@pytest.mark.parametrize(
    ("name", "window", "parameters"),
    [
        ("number-series", 5, 4 * 16 * (1 + 16 + 1) + 17),
        ("stock-lstm", 3, 4 * (64 * (1 + 64 + 1) + 32 * (64 + 32 + 1) + 16 * (32 + 16 + 1)) + 17),
        ("simple-rnn", 28, 32 * (1 + 32 + 1) + 33),
        ("gru", 28, 3 * 32 * (1 + 32 + 2) + 33),
        ("lstm", 28, 4 * 32 * (1 + 32 + 1) + 33),
    ],
)
def test_parameters_are_keras(name, window, parameters):
    """LSTM 4·h·(in + h + 1), GRU 3·h·(in + h + 2), simple 1·h·(in + h + 1), and a dense layer of h + 1."""
    network = build(resolve(name).model, Spec((window, 1)), Spec((1,)), 0)
    assert sum(each.numel() for each in network.parameters()) == parameters


def test_the_three_cells_differ_in_the_cell_alone():
    one, *others = (find("recipes", name)() for name in ("simple-rnn", "gru", "lstm"))
    for other in others:
        same = other.model_copy(update={"name": one.name, "model": one.model})
        assert same == one
        assert {**other.model.settings, "cell": "simple_rnn"} == one.model.settings


def test_counting_is_learnt_in_training_and_a_line_counts_on_better(tmp_path):
    """L41 at a fifth of its epochs."""
    report, baselines, verdict = judged(None, "number-series", tmp_path, **{"training.epochs": 100})
    assert report["split"] == "validation"
    assert report["judged"]["examples"] == 20
    history = report["history"]
    assert history[-1]["mae"] < 0.25 * history[0]["mae"]
    assert baselines["linear"]["mae"] < report["metrics"]["mae"]
    assert "WORSE than a linear model" in verdict


def test_a_series_of_one_column_is_forecast_in_the_order_of_its_rows(tmp_path):
    turns = 10 * np.sin(np.arange(400) * 2 * np.pi / 12)
    (tmp_path / "turns.csv").write_text("value\n" + "\n".join(f"{value:.3f}" for value in turns))
    report, baselines, _ = judged(tmp_path / "turns.csv", "forecaster", tmp_path, **{"training.epochs": 100})
    assert report["data"]["purpose"]["reasons"][0] == (
        "A series: no column says when, so the rows are equal steps in the order in which they lie."
    )
    assert report["horizon"] == 12
    assert report["metrics"]["mae"] < 0.2 * baselines["last value"]["mae"]


def test_a_small_series_beside_large_ones_is_foretold_in_its_own_size(tmp_path):
    """With one scale for all the shop that sells a dozen was foretold -150."""
    draw, days = np.random.default_rng(0), np.arange("2022-01-01", "2023-06-01", dtype="datetime64[D]")
    weeks = np.sin(2 * np.pi * np.arange(len(days)) / 7)
    lines = ["date,shop,sales"]
    for shop, size in (("small", 12), ("middle", 900), ("large", 80_000)):
        sales = size * (1 + 0.4 * weeks + 0.05 * draw.standard_normal(len(days)))
        lines += [f"{day},{shop},{value:.2f}" for day, value in zip(days, sales, strict=True)]
    (tmp_path / "shops.csv").write_text("\n".join(lines))
    report, _, verdict = judged(tmp_path / "shops.csv", None, tmp_path)
    errors = {row["series"]: row["error"] for row in report["by_series"]["rows"]}
    # The noise is 0.05 of each size, and its mean distance 0.04.
    assert {
        shop: errors[shop] / size < 0.06 for shop, size in (("small", 12), ("middle", 900), ("large", 80_000))
    } == dict.fromkeys(errors, True)
    assert (
        "Series by series: nearer than the last value on each of 3." in verdict
        or "a season ago on each of 3" in verdict
    )
    assert "<h2>By series</h2>" in (Path(report["run"]) / "report.html").read_text()


@pytest.mark.real
@pytest.mark.parametrize(("data", "most"), [("daily-min-temperatures", 2.05), ("etth1", 1.36)])
def test_forecaster_beats_the_last_value_and_a_season_ago(real_data, tmp_path, data, most):
    """Measured 1.961 and 1.333."""
    real_data("series")
    report, _, verdict = judged(data, None, tmp_path)
    assert report["metrics"]["mae"] <= most
    assert beaten(report, "last value")
    assert beaten(report, "a season ago")
    assert "Better than the last value and the value a season ago" in verdict


@pytest.mark.real
def test_forecaster_says_that_nothing_beats_the_last_price(real_data, tmp_path):
    real_data("aapl")
    report, baselines, verdict = judged("aapl", None, tmp_path)
    assert baselines["last value"]["mae"] <= min(report["metrics"]["mae"], baselines["linear"]["mae"])
    assert report["metrics"]["mae"] < 1.02 * baselines["last value"]["mae"], "it starts there and stays near"
    assert "Nothing here does better than keeping the last value" in verdict


@pytest.mark.real
def test_last_price_beats_the_lstm(real_data, tmp_path):
    """L42 at a third of its epochs; after all 30 the network's root mean squared error is 10.84, the last price's 3.12."""
    real_data("aapl")
    report, baselines, verdict = judged(None, "stock-lstm", tmp_path, **{"training.epochs": 10})
    assert report["judged"]["examples"] == 100
    assert baselines["last value"]["rmse"] == pytest.approx(3.12, abs=0.01)
    assert report["metrics"]["rmse"] > baselines["last value"]["rmse"]
    assert "WORSE than the last value" in verdict
    assert "Nothing here does better than keeping the last value" in verdict


def test_the_picture_shows_whole_forecasts_that_do_not_overlap(tmp_path):
    days = np.arange("2020-01-01", "2021-06-01", dtype="datetime64[D]")
    values = np.arange(len(days)) % 7 + 0.1 * np.random.default_rng(0).normal(size=len(days))
    rows = "\n".join(f"{day},{value:.3f}" for day, value in zip(days, values, strict=True))
    (tmp_path / "weeks.csv").write_text("date,value\n" + rows)
    report, baselines, _ = judged(tmp_path / "weeks.csv", None, tmp_path, **{"training.epochs": 2})
    drawn = report["forecast"]
    assert drawn["step"] == report["horizon"] == 7
    assert len({len(drawn[name]) for name in ("at", "when", "true", "forecast", "naive")}) == 1
    assert np.diff(drawn["at"]).min() >= 1, "no step twice"
    assert drawn["when"][-1] == "2021-05-31"
    np.testing.assert_allclose(drawn["true"], np.round(values, 3)[-len(drawn["at"]) :], atol=1e-5)
    assert drawn["naive_name"] == "a season ago"
    assert baselines["a season ago"]["mae"] < baselines["last value"]["mae"]
