"""Explanations of rows and windows: parts that add up, planted causes that are found, and the words of a person."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
import torch

from seodang.core.errors import DataError
from seodang.explanations.columns import columns, shapley
from seodang.explanations.example import example_of
from seodang.explanations.feature_maps import feature_maps
from seodang.explanations.past_steps import past_steps, replaced
from seodang.explanations.permutation_importance import permutation_importance
from seodang.explanations.scores import score_of


def game(count, seed):
    """A game with a random value for every set of players."""
    values = np.random.default_rng(seed).normal(size=2**count)
    return lambda sets: values[(sets * (1 << np.arange(count))).sum(1)]


@pytest.mark.parametrize("seed", range(3))
def test_shapley_is_the_mean_over_all_orders(seed):
    value, wanted = game(4, seed), np.zeros(4)
    for order in permutations(range(4)):
        sets = np.zeros((5, 4), bool)
        for step, player in enumerate(order, start=1):
            sets[step:, player] = True
        wanted[list(order)] += np.diff(value(sets)) / 24
    np.testing.assert_allclose(shapley(value, 4), wanted, atol=1e-12)


@pytest.mark.parametrize("count", [3, 10, 13])
def test_shapley_adds_up(count):
    value = game(count, 1)
    whole = value(np.ones((1, count), bool)) - value(np.zeros((1, count), bool))
    assert shapley(value, count).sum() == pytest.approx(float(whole[0]), abs=1e-9)


def test_drawn_orders_find_what_a_sum_is_made_of_exactly():
    weights = np.arange(14.0)
    np.testing.assert_allclose(shapley(lambda sets: sets @ weights, 14), weights, atol=1e-9)


def test_the_groups_of_columns_are_a_partition(rows_run):
    groups, features = rows_run.encoding.groups, rows_run.encoding.features
    assert sorted(place for places in groups.values() for place in places) == list(range(len(features)))
    assert list(groups) == list(rows_run.encoding.columns)
    assert {features[place] for place in groups["warmth"]} == {"warmth", "warmth missing"}
    assert all(features[place].startswith("day · ") for place in groups["day"])


def test_columns_add_up_and_find_the_cause(rows_run):
    example = example_of(rows_run, ["weather=sun", "warmth=20", "shoe=40", "day=2024-05-05"])
    numbers = columns(rows_run, example).numbers
    assert sum(numbers["parts"].values()) == pytest.approx(numbers["answer"] - numbers["answer_typical"], abs=1e-5)
    other = example_of(rows_run, ["weather=rain", "warmth=20", "shoe=40", "day=2024-05-05"])
    parts = columns(rows_run, other).numbers["parts"]
    typical = numbers["typical"]["weather"]
    changed = numbers["parts"] if typical != "sun" else parts
    assert next(iter(changed)) == "weather"


def test_a_typical_row_has_nothing_to_explain(rows_run):
    typical = columns(rows_run, example_of(rows_run, ["#1"])).numbers["typical"]
    words = [f"{name}={value}" for name, value in typical.items()]
    numbers = columns(rows_run, example_of(rows_run, words)).numbers
    assert np.abs(list(numbers["parts"].values())).max() < 1e-6


def test_permutation_finds_the_cause_and_not_the_shoe(rows_run):
    found = permutation_importance(rows_run, example_of(rows_run, [])).numbers
    loss = {name: each["mean"] for name, each in found["loss"].items()}
    assert next(iter(loss)) == "weather"
    assert loss["weather"] > 0.2
    assert abs(loss["shoe"]) < 0.1


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
def test_a_row_may_be_json(rows_run, tmp_path, name):
    rows = [{"weather": "rain", "warmth": None, "shoe": 40, "day": "2024-03-01"}]
    rows.append({"weather": "sun", "warmth": 20, "shoe": 41, "day": "2024-03-02"})
    text = json.dumps(rows) if name == "rows.json" else "\n".join(map(json.dumps, rows))
    (tmp_path / name).write_text(text)
    second = example_of(rows_run, [f"{tmp_path / name}#2"])
    by_words = example_of(rows_run, ["weather=sun", "warmth=20", "shoe=41", "day=2024-03-02"])
    assert torch.equal(second.given, by_words.given)
    assert torch.isfinite(example_of(rows_run, [str(tmp_path / name)]).answer).all(), (
        "a missing value has an answer too"
    )


def test_a_row_in_a_file_is_the_same_as_its_words(rows_run, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("weather,warmth,shoe,day\nrain,12.5,40,2024-03-01\nsun,20,41,2024-03-02\n")
    by_file = example_of(rows_run, [f"{path}#2"])
    by_words = example_of(rows_run, ["weather=sun", "warmth=20", "shoe=41", "day=2024-03-02"])
    assert torch.equal(by_file.given, by_words.given)
    assert torch.equal(example_of(rows_run, [f"{path}#1", "weather=sun"]).given[:, 1:][:, :0], by_file.given[:, :0])
    first = example_of(rows_run, [str(path)])
    assert "has 2 rows; the first is explained" in first.remarks[0]
    changed = example_of(rows_run, [str(path), "weather=sun", "warmth=20", "shoe=41", "day=2024-03-02"])
    assert torch.equal(changed.given, by_words.given), "words change a row"


def test_the_judged_row_is_answered_as_it_was(rows_run):
    from seodang.evaluation.predictions import read

    judged = read(rows_run.folder)
    for number in (1, 7):
        example = example_of(rows_run, [f"#{number}"])
        np.testing.assert_allclose(example.answer.numpy(), judged.probabilities[number - 1], atol=1e-5)
        assert example.true == judged.classes[judged.labels[number - 1]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["#999"], r"#999 is not there: .* was judged on \d+ test examples, #1 to #\d+\."),
        (["nowhere.csv"], "nowhere.csv does not exist. Give a file with a row, #12"),
        (["wether=sun"], "has no column 'wether'. Did you mean weather?"),
        (["weather", "=", "sun"], "Write column=value as one word, without blanks"),
        (["warmth=hot"], "warmth must be a number, got 'hot'."),
        (["day=soon"], "day must be a date, got 'soon'."),
        (["LACKING.csv"], r"LACKING.csv has no column 'shoe', 'day', which the network was trained on\."),
        ([""], "There is nothing to explain: what was given is empty."),
        (["#1", "#2"], "One row is explained at a time, got 2: #1 #2."),
    ],
)
def test_what_a_person_gets_wrong_is_told(rows_run, words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "LACKING.csv").write_text("weather,warmth\nsun,20\n")
    with pytest.raises(DataError, match=sentence):
        example_of(rows_run, words)


def test_the_last_layer_of_a_row_gives_the_networks_scores(rows_run):
    example = example_of(rows_run, ["#3"])
    told = feature_maps(rows_run, example)
    with torch.inference_mode():
        scores = rows_run.network()(example.given)
    assert told.numbers["layers"][-1]["mean"] == pytest.approx(float(scores.mean()), abs=1e-5)
    assert 1 <= len(told.parts[0].items) <= len(told.numbers["layers"])


def test_unknown_names_are_told(rows_run):
    assert "never or hardly seen in training" in " ".join(example_of(rows_run, ["weather=fog"]).remarks)


def test_a_class_may_be_asked_for(rows_run):
    yes, no = (example_of(rows_run, ["weather=sun"], name) for name in ("yes", "no"))
    assert columns(rows_run, yes).numbers["answer"] == pytest.approx(
        1 - columns(rows_run, no).numbers["answer"], abs=1e-5
    )
    with pytest.raises(DataError, match="knows no class 'yess'. Did you mean yes?"):
        example_of(rows_run, ["weather=sun"], "yess")


def test_of_a_linear_forecast_the_loss_is_slope_times_distance_from_the_mean(series_run):
    """f(x) - f(x with one step at the mean) = w (x - mean), for any function that is linear in the window."""
    example = example_of(series_run, [])
    lost, slope = replaced(series_run, example.given)
    values = example.given[0].double().numpy()
    with torch.no_grad():
        score = score_of(series_run, 0)
        one, other = torch.randn(2, *example.given.shape, generator=torch.Generator().manual_seed(0))
        is_linear = torch.allclose(score(one) + score(other), score(one + other) + score(0 * one), atol=1e-3)
    assert is_linear, "the house recipe's network for series; take another test if it is changed"
    wanted = slope * np.array(series_run.encoding.scale) * (values - values.mean(0))
    np.testing.assert_allclose(lost, wanted, atol=2e-3)


def test_windows_by_number_and_by_file(series_run, tmp_path):
    from seodang.evaluation.predictions import read

    judged = read(series_run.folder)
    example = example_of(series_run, ["#2"])
    np.testing.assert_allclose(example.answer.numpy(), judged.predicted[1], rtol=1e-4)
    assert len(example.when) == series_run.encoding.window
    assert past_steps(series_run, example).numbers["steps"][0]["when"] == example.when[0]
    (tmp_path / "short.csv").write_text("month,sold\n2020-01-01,5\n2020-02-01,6\n2020-03-01,7\n")
    with pytest.raises(DataError, match="the network needs the last"):
        example_of(series_run, [str(tmp_path / "short.csv")])
