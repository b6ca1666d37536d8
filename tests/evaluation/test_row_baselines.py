"""What a network on rows has to beat is scikit-learn's own answer on the same rows, fitted on training rows alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from seodang.core.numbers import short
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.data.split import Split
from seodang.evaluation.row_baselines import table_baselines
from seodang.evaluation.row_verdict import row_verdict
from seodang.recipes.resolve import resolve
from seodang.runs.opening import encode_frame


def encoded(name, recipe, **settings):
    frame = open_any(name)
    assert isinstance(frame, Frame)
    return encode_frame(frame, resolve(recipe, settings).model_copy(update={"split": Split()}))


def test_boosted_trees_are_scikit_learns_as_they_come():
    data = encoded("diabetes", "table-regressor")
    found = table_baselines(data, data.test)["trees"].answers[:, 0]
    values = data.source.table[list(data.purpose.features)].to_numpy()
    target = data.source.table["target"].to_numpy()
    model = HistGradientBoostingRegressor(random_state=0).fit(values[data.division.train], target[data.division.train])
    expected = model.predict(values[data.division.test])
    assert np.corrcoef(found, expected)[0, 1] > 0.999, "trees see order alone: scaling changes nothing but rounding"


def test_the_linear_model_is_logistic_regression_on_standardised_columns():
    data = encoded("wine", "table-classifier")
    found = table_baselines(data, data.test)["linear"].answers
    values = data.source.table[list(data.purpose.features)].to_numpy()
    scaler = StandardScaler().fit(values[data.division.train])
    model = LogisticRegression(max_iter=300).fit(
        scaler.transform(values[data.division.train]), data.train.labels.numpy()
    )
    np.testing.assert_allclose(found, model.predict_proba(scaler.transform(values[data.division.test])), atol=1e-3)


@pytest.mark.real
def test_categories_reach_the_linear_model_as_zeros_and_ones(real_data):
    real_data("tables")
    data = encoded("penguins", "table-classifier")
    found = table_baselines(data, data.test)["linear"].answers
    names = ["island", "sex"]
    numbers = [name for name in data.purpose.features if name not in names]
    table, train, test = data.source.table, data.division.train, data.division.test
    filled = table[numbers].fillna(table[numbers].iloc[train].median())
    scaled = StandardScaler().fit(filled.iloc[train]).transform(filled)
    marks = table[numbers].isna().to_numpy().astype(float)
    spread = marks[train].std(0)
    marks = (marks - marks[train].mean(0)) / np.where(spread > 0, spread, 1)
    known = table[names].astype(object).where(table[names].notna(), "missing")
    wide = np.hstack([scaled, OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit_transform(known)])
    model = LogisticRegression(max_iter=300).fit(wide[train], data.train.labels.numpy())
    assert (found.argmax(1) == model.predict(wide[test])).mean() > 0.97


def test_rows_that_are_judged_teach_nothing():
    data = encoded("wine", "table-classifier")
    other = replace(data.test, labels=torch.zeros_like(data.test.labels))
    for name, guess in table_baselines(data, data.test).items():
        np.testing.assert_array_equal(guess.answers, table_baselines(data, other)[name].answers)


def report_of(p_value, difference, skill):
    each = {
        "rmse": 2.0, "mae": 1.5, "r2": 0.5, "skill": skill, "how": "", "seconds": 0.0,
        "network_against_it": {"p_value": p_value, "difference": difference},
    }  # fmt: skip
    return {
        "task": "regress", "main": "rmse", "target": "price", "split": "test", "range": [0.0, 10.0], "data": {},
        "judged": {"examples": 100, "noun": "row", "is_own": True, "data": ""}, "horizon": 1,
        "metrics": {"mae": 1.5, "rmse": 2.0, "r2": 0.5}, "intervals": {"mae": [1.0, 2.0]}, "baselines": {"trees": each},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("p_value", "difference", "skill", "sentence"),
    [
        (0.001, -1.0, -0.05, "WORSE than boosted trees by 5.0 %, beyond chance (p = 0.001): use that instead."),
        (0.3, -0.1, -0.01, "NOT better than boosted trees: 1.0 % farther off, which may be chance (p = 0.3). The simpler one is enough."),
        (0.3, 0.1, 0.01, "NOT shown to be better than boosted trees (p = 0.3)."),
    ],
)  # fmt: skip
def test_the_verdict_says_worse_only_beyond_chance(p_value, difference, skill, sentence):
    lines, sobering = row_verdict(report_of(p_value, difference, skill))
    assert lines[2] == sentence
    assert sobering == [sentence], "which is shown in red"


def test_the_verdict_says_better_beyond_chance():
    lines, sobering = row_verdict(report_of(0.001, 1.0, 0.05))
    assert lines[1].endswith("Better than that, beyond chance.")
    assert sobering == []


@pytest.mark.parametrize(("value", "words"), [(0.0, "0"), (-31234.5, "-31,230"), (999.96, "1000"), (1e13, "1e+13")])
def test_amounts_have_four_figures(value, words):
    assert short(value) == words
