"""What columns hold: every way of writing numbers and dates, what is a name and what an amount, and the reasons told."""

import uuid

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.data.amounts import amounts
from seodang.data.columns import typed
from seodang.data.dates import dates
from seodang.data.frame import KINDS
from seodang.data.words import MISSING


def known(values):
    return [value for value in values.tolist() if value == value and value is not None]


# Numbers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "values", "reason"),
    [
        (["1", "2.5", "-3e2"], [1, 2.5, -300], "3 numbers from -300 to 2.5"),
        (["1,234", "5"], [1234, 5], "2 different whole numbers from 5 to 1234; commas separate thousands"),
        (["1,234,567.5", "5"], [1234567.5, 5], "2 numbers from 5 to 1.23457e+06; commas separate thousands"),
        (["3,5", "1,234"], [3.5, 1.234], "2 numbers from 1.234 to 3.5; decimal commas"),
        (["1.234,5", "7"], [1234.5, 7], "2 numbers from 7 to 1234.5; decimal commas"),
        (["1.234.567", "7"], [1234567, 7], "2 different whole numbers from 7 to 1234567; points separate thousands"),
        (["1 234", "7"], [1234, 7], "2 different whole numbers from 7 to 1234; spaces separate thousands"),
        (["1'234", "7"], [1234, 7], "2 different whole numbers from 7 to 1234; apostrophes separate thousands"),
        (["12%", "3.5%"], [12, 3.5], "2 numbers from 3.5 to 12; % taken off"),
        (["$12", "$3"], [12, 3], "2 different whole numbers from 3 to 12; $ taken off"),
        (["1,200원", "300원"], [1200, 300], "2 different whole numbers from 300 to 1200; 원 taken off; commas separate thousands"),
        (["₩1,200", "₩300"], [1200, 300], "2 different whole numbers from 300 to 1200; ₩ taken off; commas separate thousands"),
        (["(7)", "5"], [-7, 5], "2 different whole numbers from -7 to 5; brackets mean minus"),
        (["−7", "5"], [-7, 5], "2 different whole numbers from -7 to 5"),
        (["１２", "3"], [12, 3], "2 different whole numbers from 3 to 12"),
        (["5 kg", "7kg"], [5, 7], "2 different whole numbers from 5 to 7; kg taken off"),
        (["+5", ".5"], [5, 0.5], "2 numbers from 0.5 to 5"),
        (["0", "1", "1"], [0, 1, 1], "0 and 1 only"),
        (["5", "5", "?"], [5, 5], "5 or nothing"),
        (["1", "inf", "7"], [1, 7], "2 different whole numbers from 1 to 7; 1 value is too large or infinite and counts as missing"),
        (["9:30", "12:15"], [9.5, 12.25], "2 numbers from 9.5 to 12.25; hours, of times such as 9:30"),
        (["1.5K", "2M"], [1500, 2e6], "2 different whole numbers from 1500 to 2000000; K, M, B, T are thousands, millions and so on"),
        (["3", "1", "unknown"], [3, 1], "2 different whole numbers from 1 to 3; 1 value is no number and counts as missing: 'unknown'"),
        (["01", "02", "11"], [1, 2, 11], "3 different whole numbers from 1 to 11"),
        (["1949", "1950", "1951"], [1949, 1950, 1951], "3 different whole numbers from 1949 to 1951"),
    ],
)  # fmt: skip
def test_numbers_however_they_are_written(words, values, reason):
    series, column = typed("x", words)
    assert (column.kind, column.reason) == ("number", reason)
    assert series.dtype == np.float64
    assert known(series) == values


@pytest.mark.parametrize(
    "words", [["12%", "7"], ["$5", "€5"], ["192.168.0.1", "10.0.0.1"], ["1,2,3", "4"], ["5+", "4"], ["A1", "B2"], ["12:30", "9:75"]]
)  # fmt: skip
def test_what_only_looks_like_numbers_stays_words(words):
    series, column = typed("x", words)
    assert column.kind == "category"
    assert series.tolist() == words


def test_a_few_words_among_many_numbers_count_as_missing():
    series, column = typed("x", [*map(str, range(100, 160)), "broken", "n.d."])
    assert column.kind == "number"
    assert column.reason == (
        "60 different whole numbers from 100 to 159; 2 values are no numbers and count as missing: 'broken', 'n.d.'"
    )
    assert column.missing == 2
    assert typed("x", ["1", "2", "3"] * 30 + ["4+"])[1].kind == "category", (
        "few different numbers: the word is a class too"
    )
    assert series.iloc[0] == 100


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_numbers_as_python_writes_them_come_back_exactly(numbers):
    found = amounts(pa.array(list(dict.fromkeys(map(repr, numbers)))))
    assert found.values.tolist() == list(map(float, dict.fromkeys(map(repr, numbers))))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30, unique=True))
def test_thousands_come_back_exactly(numbers):
    assert amounts(pa.array([f"{number:,}" for number in numbers])).values.tolist() == numbers


# Dates -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "first", "how"),
    [
        (["2021-03-04", "2021-03-05"], "2021-03-04", "year, month, day"),
        (["2021.03.04", "2021.03.05"], "2021-03-04", "year, month, day"),
        (["2021. 3. 4.", "2021. 3. 5."], "2021-03-04", "year, month, day"),
        (["2021/3/4", "2021/3/5"], "2021-03-04", "year, month, day"),
        (["20210304", "20210305"], "2021-03-04", "year, month, day"),
        (["2021년 3월 4일", "2021년 3월 5일"], "2021-03-04", "year, month, day"),
        (["2021년 3월", "2021년 4월"], "2021-03-01", "year and month"),
        (["2021-03", "2021-04"], "2021-03-01", "year and month"),
        (["2021Q2", "2021Q3"], "2021-04-01", "year and quarter"),
        (["Mar 2021", "Apr 2021"], "2021-03-01", "month and year"),
        (["March 4, 2021", "March 5, 2021"], "2021-03-04", "month, day, year"),
        (["4 March 2021", "5 March 2021"], "2021-03-04", "day, month, year"),
        (["04-Mar-2021", "05-Mar-2021"], "2021-03-04", "day, month, year"),
        (["4.3.2021", "25.3.2021"], "2021-03-04", "day, month, year"),
        (["3/4/2021", "3/25/2021"], "2021-03-04", "month, day, year"),
        (["3/4/2021", "3/5/2021"], "2021-03-04", "month, day, year, though day, month, year would be possible too"),
        (["3/4/21", "3/25/21"], "2021-03-04", "month, day, year"),
        (["2021-03-04T05:06:07Z", "2021-03-05T05:06:07Z"], "2021-03-04T05:06:07", "year, month, day"),
        (["2021-03-04 05:06:07+09:00", "2021-03-05 05:06:07+09:00"], "2021-03-03T20:06:07", "year, month, day"),
        (["3/25/2021 5:06 PM", "3/26/2021 5:06 AM"], "2021-03-25T17:06", "month, day, year"),
        (["04-Mar-21", "25-Mar-21"], "2021-03-04", "day, month, year"),
        (["Thu Mar  4 05:06:07 2021", "Fri Mar  5 05:06:07 2021"], "2021-03-04T05:06:07", "month, day, year"),
        (
            ["Thu Mar 04 05:06:07 +0900 2021", "Fri Mar 05 05:06:07 +0900 2021"],
            "2021-03-03T20:06:07",
            "month, day, year",
        ),
        (["2021. 3. 4. 오후 5:06", "2021. 3. 5. 오전 5:06"], "2021-03-04T17:06", "year, month, day"),
        (["2021년 3월 4일 17시 6분", "2021년 3월 5일 5시 6분"], "2021-03-04T17:06", "year, month, day"),
        (["03/2021", "04/2021"], "2021-03-01", "month and year"),
        (["Mar-21", "Apr-21"], "2021-03-01", "month and year"),
        (["2021 Mar", "2021 Apr"], "2021-03-01", "year and month"),
        (["2021M03", "2021M04"], "2021-03-01", "year and month"),
        (["Q2 2021", "Q3 2021"], "2021-04-01", "quarter and year"),
        (["2021년 2/4분기", "2021년 3/4분기"], "2021-04-01", "year and quarter"),
        (["2021-W09", "2021-W10"], "2021-03-01", "year and week"),
        (["2021-03-04 05:06:07.5", "2021-03-05"], "2021-03-04T05:06:07.5", "year, month, day"),
    ],
)
def test_dates_however_they_are_written(words, first, how):
    series, column = typed("when", words)
    assert column.kind == "date"
    assert column.reason.split("; ", 1)[1] == how
    assert series.dtype == "datetime64[ns]"
    assert series.iloc[0] == pd.Timestamp(first)


@pytest.mark.parametrize(
    "words", [["12:30", "13:45"], ["1.5", "2.5"], ["192.168.1.12"], ["red"], ["1500-01-01"], ["2021-13-45"]]
)
def test_no_dates(words):
    assert dates(np.array(words, object)) is None


def test_seconds_since_1970_are_dates_where_the_name_says_so():
    seconds = [str(1_600_000_000 + 60 * row) for row in range(5)]
    assert typed("timestamp", seconds)[0].iloc[0] == pd.Timestamp("2020-09-13 12:26:40")
    assert typed("timestamp", seconds)[1].reason == "5 dates from 2020-09-13 to 2020-09-13; seconds since 1970"
    assert typed("amount", seconds)[1].kind == "number"
    assert typed("amount", seconds, "date")[0].iloc[0] == pd.Timestamp("2020-09-13 12:26:40")
    assert typed("time", [f"{word}000000" for word in seconds])[0].iloc[0] == pd.Timestamp("2020-09-13 12:26:40")
    assert typed("time", [f"{word}000" for word in seconds])[0].iloc[0] == pd.Timestamp("2020-09-13 12:26:40")


@pytest.mark.parametrize(
    ("name", "words", "first"),
    [
        ("기준년월", ["202103", "202104"], "2021-03-01"),
        ("시점", ["2021.03", "2021.10"], "2021-03-01"),
        ("order date", ["44259", "44260"], "2021-03-04"),  # Excel's 4 March 2021
        ("time", ["1949", "1949.0833", "1949.17"], "1949-01-01"),  # as R writes months
    ],
)
def test_numbers_are_dates_where_the_name_says_so(name, words, first):
    series, column = typed(name, words)
    assert column.kind == "date"
    assert series.iloc[0] == pd.Timestamp(first)
    assert typed("amount", words)[1].kind == "number"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.datetimes(pd.Timestamp(1700, 1, 1), pd.Timestamp(2200, 1, 1)), min_size=2, max_size=20, unique=True))
def test_dates_agree_with_pandas(moments):
    words = [moment.isoformat(sep=" ") for moment in moments]
    assert (
        dates(np.array(words, object)).values.tolist()
        == pd.Series(moments).astype("datetime64[ns]").astype("int64").tolist()
    )


# Names, texts, ids -----------------------------------------------------------------------------------------------------

NAMES = [f"Person {letter}{number}" for number in range(10) for letter in "ABCDE"]
TEXTS = [f"This film was really number {number} of all I saw" for number in range(30)]


@pytest.mark.parametrize(
    ("name", "values", "kind", "reason"),
    [
        ("x", ["a", "b", "a", None], "category", "2 values: a, b"),
        ("x", ["c", "b", "a", "a"], "category", "3 values, such as a, c"),
        ("x", ["yes", "no", "yes"], "category", "2 values: yes, no"),
        ("x", ["True", "False", "True"], "category", "2 values: True, False"),
        ("x", ["yes", None, "yes"], "category", "yes or nothing"),
        ("x", ["yes", "yes"], "constant", "yes in every row"),
        ("x", ["7", "7"], "constant", "7 in every row"),
        ("x", ["", "NA", None], "empty", "no values"),
        ("month", ["January", "Feb", "March"], "category", "3 names of months"),
        ("zip", ["00123", "00456", "00123"], "category", "2 numerals with leading zeros, such as 00123: names, not amounts"),
        ("card", ["1234567890123456789"] * 2 + ["9"], "category",
         "2 numerals of 16 and more digits, such as 1234567890123456789: names, not amounts"),
        ("id", ["7", "3", "5"], "id", "another whole number in every row, and it is named like an id"),
        ("PassengerId", ["7", "3", "5"], "id", "another whole number in every row, and it is named like an id"),
        ("번호", ["7", "3", "5"], "id", "another whole number in every row, and it is named like an id"),
        ("row", [str(row) for row in range(10)], "id", "counts the rows, 0 to 9"),
        ("year", [str(row) for row in range(10)], "number", "10 different whole numbers from 0 to 9"),
        ("store_id", ["1", "2", "3"] * 4, "category", "3 whole numbers that come again, but it is named like an id: names, not amounts"),
        ("shop id", ["a", "b", "c"] * 4, "category", "3 values that come again, though it is named like an id, such as a"),
        ("name", NAMES, "id", "another short value in every row, such as Person A0"),
        ("name", NAMES * 2, "category", "50 values, such as Person A0, Person B0"),
        ("name", [*NAMES, *NAMES[:20]], "category", "50 short values in 70 rows, nearly another one each, such as Person A0"),
        ("review", TEXTS, "text", "30 texts of 10 words on average"),
        ("answer", TEXTS[:2] * 15, "category", f"2 values: {TEXTS[0][:39]}…, {TEXTS[1][:39]}…"),
        ("short", [f"Oh, no {word}!" for word in NAMES], "text", "50 texts of 4 words on average"),
        ("file", ["a/1.jpg", "b/2.png", "c.JPEG"], "picture", "paths of pictures, such as a/1.jpg"),
        ("blood", ["+", "-", "+"], "category", "2 values: +, -"),
        ("continent", ["NA", "EU", "AS", "SA", "NA"], "category", "4 values, such as NA, EU"),
    ],
)  # fmt: skip
def test_names_texts_and_ids(name, values, kind, reason):
    series, column = typed(name, values)
    assert (column.kind, column.reason) == (kind, reason)
    assert column.missing == int(series.isna().sum())
    if kind in ("category", "text", "id"):
        assert all(value is None or isinstance(value, str) for value in series)


def test_unique_identifiers():
    values = [str(uuid.UUID(int=number)) for number in range(5)]
    assert typed("x", values)[1].reason == f"another unique identifier in every row, such as {values[0]}"


@pytest.mark.parametrize("marker", sorted(MISSING - {"\\n"}))
def test_markers_of_missing_values(marker):
    for word in (marker, marker.upper(), f" {marker} "):
        series, column = typed("x", ["1", word, "3"])
        assert (column.kind, column.missing) == ("number", 1)
        assert known(series) == [1, 3]


# Values that have a type already ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pd.Series([1, 2, 4]), "number"),
        (pd.Series([1.5, None, 3]), "number"),
        (pd.Series([1, None, 3], dtype="Int64"), "number"),
        (pd.Series([True, False, True]), "category"),
        (pd.Series(["a", "b", "a"], dtype="category"), "category"),
        (pd.Series(pd.to_datetime(["2021-01-01", "2021-01-02"])), "date"),
        (pd.Series(pd.to_datetime(["2021-01-01", "2021-01-02"]).tz_localize("Asia/Seoul")), "date"),
        (pa.array([1, 2, None]), "number"),
        (pa.array(["a", "b", "a"]).dictionary_encode(), "category"),
        (pa.array([True, None, False]), "category"),
        (pa.array([1, 2], pa.date32()), "date"),
        (pa.array([1, 2], pa.duration("s")), "number"),
        (pa.array([None, None]), "empty"),
        (pa.array(["1.50", "2.25"]).cast(pa.decimal128(10, 2)), "number"),
    ],
    ids=str,
)
def test_columns_with_types(values, kind):
    series, column = typed("x", values)
    assert column.kind == kind
    assert len(series) == len(values)


def test_the_quick_way_through_large_columns_agrees_with_the_careful_one():
    generator = np.random.default_rng(0)
    words = [f"{value:.3f}" for value in generator.normal(size=1500)]
    words[7], words[9], words[11] = "?", "", "NaN"
    series, column = typed("x", pa.array(words))
    careful, other = typed("x", [*words[:-1], f" {words[-1]}"])  # white space is not plain
    assert series.equals(careful)
    assert column == other


# Kinds that are given --------------------------------------------------------------------------------------------------


def test_given_kinds_are_kept_also_where_nothing_is_there():
    assert typed("x", ["1", "2", "1"], "category")[0].tolist() == ["1", "2", "1"]
    assert typed("x", [7], "number")[0].tolist() == [7.0]
    assert typed("id", ["1", "2", "3"], "number")[1].kind == "number"
    assert typed("x", [None, None], "number")[0].dtype == np.float64
    assert typed("x", [None], "date")[0].dtype == "datetime64[ns]"
    assert typed("x", [1.0, 2.0], "category")[0].tolist() == ["1", "2"]
    assert typed("x", ["a", "b"], "text")[1].given


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("numbr", "'numbr' is not a kind of column. Did you mean number?"),
        ("number", "Column colour cannot hold numbers: 3 of 4 values are none, such as 'red'. "
         "Say category or text, or leave its kind out, and it is inferred."),
        ("date", "Column colour cannot hold dates: 4 of 4 values are none, such as 'red'. "
         "Say category or text, or leave its kind out, and it is inferred."),
        ("constant", "Column colour is not constant: it has 3 different values, such as 'red'. "
         "Leave its kind out, and it is inferred."),
        ("empty", "Column colour is not empty: it has 3 different values, such as 'red'. Leave its kind out, and it is inferred."),
    ],
)  # fmt: skip
def test_kinds_that_cannot_be(kind, sentence):
    with pytest.raises(DataError) as caught:
        typed("colour", ["red", "red", "blue", "7"], kind)
    assert str(caught.value) == sentence


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["1", "2021-01-01", "1,5", "5%"])), max_size=12),
       st.sampled_from([None, *KINDS]))  # fmt: skip
def test_any_words_have_a_kind_or_are_refused(values, kind):
    try:
        series, column = typed("x", values, kind)
    except DataError:
        assert kind is not None, "without a given kind nothing is refused"
        return
    assert len(series) == len(values), "a row was lost"
    assert column.missing == int(series.isna().sum()), "missing values miscounted"
    assert column.kind in KINDS, column
