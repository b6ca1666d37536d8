"""Series as windows: nothing of the future in what trains, gaps filled from the past, several series apart."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from seodang.core.errors import DataError
from seodang.data.columns import typed
from seodang.data.encode_series import SeriesEncoding, filled, ordered, starts
from seodang.data.encoded import encode, read_encoding
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.reading import Columns, Series, Text
from seodang.data.split import Split

RANDOM = np.random.default_rng(0)


def frame(**columns):
    done = {name: typed(name, pd.Series(values)) for name, values in columns.items()}
    rows = len(next(iter(done.values()))[0])
    table = pd.DataFrame({name: series for name, (series, _) in done.items()})
    ids = [f"made.csv row {row + 1}" for row in range(rows)]
    kinds = tuple(column for _, column in done.values())
    return Frame("made", "made.csv", "CSV", table, kinds, ids, np.full(rows, ""), "stamp")


def days(count=200, first="2021-01-01"):
    return pd.date_range(first, periods=count)


def walk(count=200):
    return np.cumsum(RANDOM.normal(size=count)).round(3)


def encoded(made, series=None, split=None, examples=None, **said) -> Any:
    found = purpose(made, forecast=True, **said)
    columns = Columns(target=found.target, time=found.time, key=found.key)
    split = split or Split()
    return encode(made, found, "forecast", columns, Text(), series or Series(), split, examples=examples)


def refused(*args, **named):
    with pytest.raises(DataError) as caught:
        encoded(*args, **named)
    return str(caught.value)


# The future --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("seen", ["target", "all"])
def test_what_comes_after_training_changes_nothing_that_training_sees(scaling, seen):
    """Scale, season, window, horizon, inputs and targets of the training part follow from the training part."""
    values, other = walk(600) + 5 * np.sin(np.arange(600) * 2 * np.pi / 7), walk(600)
    settings = Series(scaling=scaling, seen=seen)
    before = encoded(frame(date=days(600), other=other, value=values), settings)
    first = before.division.validation[0]
    changed = values.copy()
    changed[first:] = 1000 + 50 * RANDOM.normal(size=600 - first)
    after = encoded(frame(date=days(600), other=np.where(np.arange(600) < first, other, -1e6), value=changed), settings)
    assert after.encoding == before.encoding
    assert torch.equal(after.train.pixels, before.train.pixels)
    assert torch.equal(after.train.labels, before.train.labels)
    assert not torch.equal(after.test.labels, before.test.labels)


@pytest.mark.parametrize("horizon", [1, 3, 12])
def test_no_target_of_training_lies_at_or_after_the_first_of_validation_and_none_of_that_in_the_test(horizon):
    data = encoded(frame(date=days(), value=walk()), Series(window=10, horizon=horizon))
    train, validation, test = data.division.train, data.division.validation, data.division.test
    assert train.max() + horizon - 1 < validation.min()
    assert validation.max() + horizon - 1 < test.min()
    assert test.max() + horizon == 200, "the last value is judged"
    assert train.min() == 10, "and the first window begins with the first row"


def test_each_window_is_what_was_known_and_its_target_what_came():
    values = np.arange(100.0) ** 2
    data = encoded(frame(date=days(100), value=values), Series(window=5, horizon=2))
    encoding = data.encoding
    for part, rows in ((data.train, data.division.train), (data.test, data.division.test)):
        for index in (0, len(rows) - 1):
            row = rows[index]
            known = part.pixels[index, :, 0].numpy() * encoding.scale[0] + encoding.centre[0]
            np.testing.assert_allclose(known, values[row - 5 : row], rtol=1e-4, atol=0.05)
            assert part.labels[index].tolist() == values[row : row + 2].tolist()


def test_training_is_scaled_to_mean_0_and_deviation_1_by_the_rows_before_validation():
    values = walk()
    data = encoded(frame(date=days(), value=values), Series(window=8, horizon=1))
    part = values[: data.division.validation[0]]
    assert data.encoding.centre == (pytest.approx(part.mean()),)
    assert data.encoding.scale == (pytest.approx(part.std()),)
    assert data.facts.centre == data.encoding.centre
    least = encoded(frame(date=days(), value=values), Series(window=8, horizon=1, scaling="minmax"))
    assert least.encoding.centre == (part.min(),)
    assert least.encoding.scale == (pytest.approx(np.ptp(part)),)


def test_rows_in_any_order_give_the_same_windows():
    values = walk()
    plain = encoded(frame(date=days(), value=values))
    order = RANDOM.permutation(200)
    mixed = encoded(frame(date=days()[order], value=values[order]))
    assert mixed.encoding == plain.encoding
    assert torch.equal(mixed.test.pixels, plain.test.pixels)
    assert mixed.test.ids == plain.test.ids


# Gaps --------------------------------------------------------------------------------------------------------------------


def test_gaps_are_filled_from_before_and_never_from_after_or_from_another_series():
    values = np.array([[np.nan, 1], [2, np.nan], [np.nan, np.nan], [np.nan, 4], [5, np.nan]])
    found, gaps = filled(values, np.array([0, 0, 0, 1, 1]))
    np.testing.assert_array_equal(found, [[np.nan, 1], [2, 1], [2, 1], [np.nan, 4], [5, 4]])
    assert gaps.sum() == 4


def test_what_was_missing_is_seen_as_the_value_before_and_is_never_foretold():
    values = walk()
    values[60:63] = np.nan
    made = frame(date=days(), value=values)
    data = encoded(made, Series(window=10, horizon=2))
    rows = np.concatenate([data.division.train, data.division.validation, data.division.test])
    assert not set(rows) & {59, 60, 61, 62}, "windows that would foretell rows 60 to 62"
    assert {58, 63} <= set(rows)
    assert data.encoding.filled == 3
    note = "3 missing values are taken over from the step before; none of them is foretold."
    assert note in data.notes
    seen = data.train.pixels[data.division.train.tolist().index(63)][:, 0]
    assert torch.equal(seen[-3:], seen[-4].repeat(3))


def test_a_column_that_begins_late_is_at_its_centre_before():
    late = walk()
    late[:30] = np.nan
    data = encoded(frame(date=days(), late=late, value=walk()), Series(window=10, horizon=1, seen="all"))
    assert data.train.pixels[0, :, 1].tolist() == [0.0] * 10
    assert torch.isfinite(data.train.pixels).all()


def test_rows_that_do_not_say_when_are_left_out():
    when = days().to_series().reset_index(drop=True)
    when[7] = pd.NaT
    data = encoded(frame(date=when, value=walk()))
    assert "1 rows do not say when and are left out." in data.notes
    assert len(data.source) == 199


# Several series ----------------------------------------------------------------------------------------------------------


def several():
    names = np.repeat(["oslo", "rome", "bern"], 100)
    return frame(date=np.tile(days(100), 3), city=names, value=np.concatenate([walk(100), walk(100) + 50, walk(100)]))


def test_several_series_are_divided_by_time_and_no_window_reaches_into_another():
    data = encoded(several(), Series(window=7, horizon=3))
    made, division = data.source, data.division
    when = made.table["date"].to_numpy()
    assert when[division.train].max() < when[division.validation].min()
    assert when[division.validation].max() < when[division.test].min()
    assert (when[division.train] + np.timedelta64(2, "D")).max() < when[division.validation].min()
    city = made.table["city"].to_numpy()
    for rows in (division.train, division.validation, division.test):
        assert set(city[rows]) == {"oslo", "rome", "bern"}
        assert (city[rows - 7] == city[rows]).all()
        assert (city[rows + 2] == city[rows]).all()


def test_the_future_of_one_series_is_not_in_the_scale_of_another():
    made = several()
    before = encoded(made, Series(window=7, horizon=1))
    late = made.table["date"] >= before.source.table["date"].to_numpy()[before.division.validation].min()
    made.table.loc[late, "value"] += 1000
    assert encoded(made, Series(window=7, horizon=1)).encoding == before.encoding


def test_a_file_of_several_series_in_any_order_is_read_one_after_the_other():
    made = several()
    mixed = made.select(RANDOM.permutation(300))
    again = ordered(mixed, "date", "city")
    for _, rows in again.table.groupby("city"):
        assert (np.diff(rows["date"].to_numpy()) > np.timedelta64(0, "ns")).all()
    city = again.table["city"].to_numpy()
    assert np.count_nonzero(city[1:] != city[:-1]) == 2
    assert len(starts(again, 7, 3, "city", "value")) == 3 * (100 - 7 - 3 + 1)


# Columns known beforehand --------------------------------------------------------------------------------------------------


def test_what_is_known_beforehand_is_seen_up_to_the_last_step_that_is_foretold_and_no_farther():
    made = frame(date=days(), price=walk(), cost=walk(), value=walk())
    data = encoded(made, Series(window=7, horizon=3, known=("price",), seen="all"))
    encoding = data.encoding
    assert encoding.channels == ("value", "cost", "price")
    own = made.table[["value", "cost", "price"]].to_numpy()
    begins = data.division.test
    for inputs, row in zip(data.test.pixels.numpy(), begins.tolist(), strict=True):
        seen = inputs * encoding.scale + encoding.centre
        np.testing.assert_allclose(seen[:, :2], own[row - 7 : row, :2], atol=1e-4)
        np.testing.assert_allclose(seen[:, 2], own[row - 4 : row + 3, 2], atol=1e-4)


def test_the_end_of_one_series_does_not_know_the_beginning_of_the_next():
    made = several()
    made.table["price"] = made.table["value"]
    names = [*made.columns, replace(made.columns[-1], name="price")]
    made = replace(made, columns=tuple(names))
    data = encoded(made, Series(window=7, horizon=3, known=("price",)))
    seen = data.encoding.seen(data.source)[:, 1].numpy() * data.encoding.scale[1] + data.encoding.centre[1]
    price = data.source.table["price"].to_numpy()
    inside = np.arange(300) % 100 < 97
    np.testing.assert_allclose(seen[inside], price[np.flatnonzero(inside) + 3], atol=1e-4)
    np.testing.assert_allclose(seen[~inside], data.encoding.centre[1], atol=1e-4)


def test_what_cannot_be_known_beforehand_is_said():
    made = frame(date=days(), price=walk(), value=walk())
    assert refused(made, Series(known=("value",))) == "series.known names value, which is what is foretold."
    assert refused(made, Series(known=("prize",))) == (
        "series.known must name number columns, got 'prize'. made.csv has price. Did you mean price?"
    )
    assert refused(made, Series(known=("price",), window=2, horizon=3)) == (
        "With series.known the window must be at least the horizon, got series.window=2 and series.horizon=3."
    )
    assert encoded(made, Series(known=("price",), horizon=9, window=None)).encoding.window >= 9
    assert encoded(made, Series(known=("price",), window=1)).encoding.facts.horizon == 1


# Counts, choices, refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("window", "horizon"), [(1, 1), (5, 1), (3, 4), (20, 7)])
def test_a_series_of_n_has_n_less_window_less_horizon_and_one_windows(window, horizon):
    assert (
        len(starts(frame(date=days(50), value=walk(50)), window, horizon, None, "value")) == 50 - window - horizon + 1
    )


def test_only_the_latest_examples_where_few_are_asked_for():
    data = encoded(frame(date=days(), value=walk()), Series(window=5, horizon=1), examples=20)
    full = encoded(frame(date=days(), value=walk()), Series(window=5, horizon=1))
    assert data.division.train.tolist() == full.division.train[-20:].tolist()


def test_a_last_day_includes_its_hours():
    when = pd.date_range("2021-01-01", periods=24 * 20, freq="h")
    data = encoded(
        frame(date=when, value=walk(480)), Series(first="2021-01-02", last="2021-01-10", window=5, horizon=1)
    )
    assert str(data.source.table["date"].iloc[-1]) == "2021-01-10 23:00:00"
    assert len(data.source) == 9 * 24


def test_the_encoding_comes_back_from_json():
    encoding = encoded(several()).encoding
    assert isinstance(encoding, SeriesEncoding)
    assert read_encoding(json.loads(json.dumps(encoding.as_plain()))) == encoding
    known = encoded(frame(date=days(), price=walk(), value=walk()), Series(known=("price",))).encoding
    assert read_encoding(json.loads(json.dumps(known.as_plain()))) == known
    older = {name: value for name, value in encoding.as_plain().items() if name != "beforehand"}
    assert read_encoding(older) == encoding, "as runs were written before there were such columns"


def test_sentences_for_what_cannot_be():
    made = frame(date=days(), value=walk())
    assert refused(made, Series(first="soon")) == "series.first must be a date such as 2015-01-01, got 'soon'."
    assert refused(made, Series(first="2021-07-18")) == (
        "made.csv has 2 rows in the time asked for; a series needs 10 or more."
    )
    assert refused(made, Series(seen="others")) == (
        "series.seen=others, but made.csv has no number column beside value."
    )
    assert refused(made, Series(window=150, horizon=40)) == (
        "made.csv is too short: of 11 windows 2 are for judging, 0 for choosing and 0 to learn from. Ask for a shorter "
        "series.window or series.horizon, or smaller shares: split.test, split.validation, series.test_windows."
    )
    nowhen = frame(value=walk())
    assert refused(nowhen, Series(first="2021-01-01")) == (
        "series.first needs a column that says when; made.csv has none. Say time=COLUMN."
    )


# The labs' numbers ---------------------------------------------------------------------------------------------------------


def test_l41_has_100_windows_80_of_them_to_train():
    made = open_any("number-series")
    assert isinstance(made, Frame)
    settings = Series(window=5, horizon=1, season=1, seen="others")
    data = encoded(made, settings, Split(validation=0.2, test=0), target="double")
    assert (len(data.train), len(data.validation), len(data.test)) == (80, 20, 0)
    first = data.train.pixels[0, :, 0] * data.encoding.scale[0] + data.encoding.centre[0]
    torch.testing.assert_close(first, torch.arange(5.0), atol=1e-4, rtol=0)
    assert data.train.labels[0].tolist() == [10.0], "0, 1, 2, 3, 4 → twice 5"
    assert data.validation.labels[-1].tolist() == [208.0]


@pytest.mark.real
def test_l42_has_1836_windows_the_last_100_of_them_the_test(real_data):
    made = open_any(real_data("aapl"))
    assert isinstance(made, Frame)
    settings = Series(
        window=3, horizon=1, season=1, test_windows=100, first="2015-01-01", last="2022-04-21", scaling="minmax"
    )
    data = encoded(made, settings, Split(validation=0), target="Close", time="Date")
    assert (len(data.source), len(data.train), len(data.validation), len(data.test)) == (1839, 1736, 0, 100)
    assert data.test.ids[-1] == "from 2022-04-21"
    train = made.table[(made.table.Date >= "2015-01-01") & (made.table.Date < data.test.ids[0][5:])].Close
    assert len(train) == 1739
    assert data.encoding.centre == (train.min(),)
    assert data.encoding.scale == (pytest.approx(train.max() - train.min()),)
    assert data.test.pixels.max() > 1, "prices of the test lie above all that training saw"
