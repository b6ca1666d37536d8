"""Rows as numbers: learnt from the training rows alone, the same for a row by itself, exact through JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import norm

from seodang.core.errors import DataError
from seodang.data.columns import typed
from seodang.data.encode_table import LEAST_ROWS, TableEncoding, class_names, fit_table
from seodang.data.frame import Frame
from seodang.data.reading import Columns

TRAIN = np.arange(60)


def frame_of(**columns) -> Frame:
    done = [typed(name, pd.Series(values)) for name, values in columns.items()]
    count = len(done[0][0])
    return Frame(
        name="table",
        where="table.csv",
        form="CSV",
        table=pd.DataFrame({column.name: series for series, column in done}),
        columns=tuple(column for _, column in done),
        ids=[f"table.csv row {row + 1}" for row in range(count)],
        splits=np.full(count, ""),
        stamp="",
    )


@pytest.fixture
def frame():
    """100 rows: numbers with gaps, names with rare ones, dates, a class."""
    generator = np.random.default_rng(0)
    age = [f"{value:.1f}" for value in generator.uniform(1, 80, 100)]
    age[3] = age[70] = ""
    town = generator.choice(["Seoul", "Busan", "Daegu"], 100).tolist()
    town[5], town[80] = "Jeju", "Ulsan"
    when = [str(day) for day in np.datetime64("2021-01-01") + generator.integers(0, 700, 100)]
    return frame_of(
        age=age,
        fare=[f"{value:.3f}" for value in generator.lognormal(2, 1, 100)],
        town=town,
        when=when,
        bought=generator.choice(["yes", "no"], 100).tolist(),
    )


def fitted(frame: Frame, train=TRAIN, **settings) -> TableEncoding:
    features = ["age", "fare", "town", "when"]
    return fit_table(frame, train, features, "bought", Columns(**settings), {}, ("no", "yes"))


@pytest.mark.parametrize("numbers", ["standard", "quantile", "minmax", "none"])
@pytest.mark.parametrize("categories", ["codes", "one_hot"])
class TestEveryEncoding:
    def test_rows_that_do_not_train_change_nothing(self, frame, numbers, categories):
        other = frame.table.copy()
        other.loc[60:, ["age", "fare"]] = 1e6
        other.loc[60:, "town"] = "Nowhere"
        other.loc[60:, "when"] = pd.Timestamp("2070-01-01")
        changed = replace(frame, table=other)
        settings = {"numbers": numbers, "categories": categories}
        assert fitted(changed, **settings) == fitted(frame, **settings)
        # Control: a training row that changes does change it.
        other.loc[:59, "age"] = 5.0
        assert fitted(changed, **settings) != fitted(frame, **settings)

    def test_a_row_alone_is_the_row_in_its_table(self, frame, numbers, categories):
        encoding = fitted(frame, numbers=numbers, categories=categories)
        together = encoding.inputs(frame)
        for row in (0, 3, 5, 70, 80, 99):
            assert torch.equal(encoding.inputs(frame.select(np.array([row])))[0], together[row])

    def test_json_keeps_every_bit(self, frame, numbers, categories):
        encoding = fitted(frame, numbers=numbers, categories=categories)
        again = TableEncoding.from_plain(json.loads(json.dumps(encoding.as_plain())))
        assert again == encoding
        assert torch.equal(again.inputs(frame), encoding.inputs(frame))

    def test_it_says_what_each_number_is(self, frame, numbers, categories):
        encoding = fitted(frame, numbers=numbers, categories=categories)
        inputs = encoding.inputs(frame)
        assert encoding.facts.inputs is not None
        assert inputs.shape == (100, len(encoding.features)) == (100, *encoding.facts.inputs.shape)
        assert torch.isfinite(inputs).all()
        assert encoding.columns == ("age", "fare", "when", "town")


def test_training_rows_are_standard(frame):
    inputs = fitted(frame).inputs(frame.select(TRAIN))
    assert torch.allclose(inputs[:, 1].mean(), torch.tensor(0.0), atol=1e-5)
    assert torch.allclose(inputs[:, 1].std(correction=0), torch.tensor(1.0), atol=1e-5)


def test_ranks_follow_the_bell_curve_whatever_the_shape():
    """The rank transform of many draws of any distribution is normal: here log-normal, to what 256 steps resolve."""
    values = np.random.default_rng(0).lognormal(0, 2, 4000)
    frame = frame_of(x=values.tolist(), bought=["yes", "no"] * 2000)
    encoding = fit_table(frame, np.arange(4000), ["x"], "bought", Columns(numbers="quantile"), {}, ("no", "yes"))
    found = np.sort(encoding.inputs(frame)[:, 0].numpy())
    expected = norm.ppf((np.arange(4000) + 0.5) / 4000)
    assert np.abs(found - expected)[100:-100].max() < 0.03


def test_order_is_kept_by_every_scaling(frame):
    order = np.argsort(frame.table["fare"].to_numpy(), kind="stable")
    for numbers in ("standard", "quantile", "minmax", "none"):
        scaled = fitted(frame, numbers=numbers).inputs(frame)[:, 1].numpy()[order]
        assert (np.diff(scaled) >= 0).all()


def test_a_missing_number_is_the_training_median_and_marked(frame):
    encoding = fitted(frame)
    age = encoding.numbers[0]
    assert age.fill == np.nanmedian(frame.table["age"].to_numpy()[:60])
    marked = encoding.features.index("age missing")
    inputs = encoding.inputs(frame)
    assert inputs[:, marked].nonzero().flatten().tolist() == [3, 70]
    asked = frame.select(np.array([3]))
    asked.table["age"] = age.fill
    assert inputs[3, 0] == encoding.inputs(asked)[0, 0]


def test_names_that_are_rare_missing_or_new_share_the_code_0(frame):
    encoding = fitted(frame)
    (town,) = encoding.categories
    assert town.values == ("Busan", "Daegu", "Seoul")
    assert (frame.table["town"][:60] == "Jeju").sum() < LEAST_ROWS
    codes = encoding.inputs(frame)[:, -1]
    assert codes[5] == codes[80] == 0
    asked = frame.select(np.array([0]))
    asked.table["town"] = np.array([None], object)
    assert encoding.inputs(asked)[0, -1] == 0
    assert encoding.facts.inputs is not None
    assert encoding.facts.inputs.categories == (4,)


def test_one_hot_of_an_unknown_name_is_all_zeros(frame):
    encoding = fitted(frame, categories="one_hot")
    assert encoding.features[-3:] == ("town = Busan", "town = Daegu", "town = Seoul")
    inputs = encoding.inputs(frame)
    assert inputs[:, -3:].sum(1).tolist() == [0.0 if row in (5, 80) else 1.0 for row in range(100)]


def test_dates_become_parts_that_vary(frame):
    names = fitted(frame).features
    assert [name for name in names if name.startswith("when")] == [
        "when · year",
        "when · month",
        "when · day",
        "when · weekday",
    ]


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e300])
def test_huge_and_tiny_numbers_are_scaled_like_others(size):
    values = np.random.default_rng(0).normal(3, 1, 50)
    frame = frame_of(x=values.tolist(), bought=["yes", "no"] * 25)
    scaled = replace(frame, table=frame.table.assign(x=values * size))
    found = fit_table(scaled, np.arange(50), ["x"], "bought", Columns(), {}, ("no", "yes")).inputs(scaled)
    expected = (values - values.mean()) / values.std()
    np.testing.assert_allclose(found[:, 0].numpy(), expected, rtol=1e-5, atol=1e-6)


def test_a_number_far_beyond_training_stays_finite(frame):
    encoding = fitted(frame)
    asked = replace(frame, table=frame.table.assign(fare=1e308, age=-1e308))
    assert torch.isfinite(encoding.inputs(asked)).all()


def test_a_column_that_is_gone_is_named(frame):
    encoding = fitted(frame)
    asked = replace(frame, table=frame.table.rename(columns={"fare": "fares"}))
    with pytest.raises(DataError) as caught:
        encoding.inputs(asked)
    assert str(caught.value) == (
        "table.csv has no column 'fare', which the network was trained on. Did you mean fares?"
    )


def test_a_class_that_is_new_is_named(frame):
    encoding = fitted(frame)
    asked = frame.select(np.array([0, 1]))
    asked.table["bought"] = ["maybe", "yes"]
    with pytest.raises(DataError) as caught:
        encoding.targets(asked)
    assert str(caught.value) == (
        "table.csv has bought 'maybe', which the network was not trained on. It knows no, yes."
    )


def test_amounts_beyond_float32_are_refused_in_a_sentence():
    frame = frame_of(x=list(range(30)), price=[1.0] * 29 + [1e60])
    with pytest.raises(DataError, match=r"^price has values such as 1e\+60, too large to compute with"):
        fit_table(frame, np.arange(30), ["x"], "price", Columns(), {}, ())


def test_whole_numbers_are_classes_without_a_point():
    assert class_names(pd.Series([2.0, 10.0, 0.5])) == ["2", "10", "0.5"]
