"""What data is for: guessed targets, classes or amounts, series and their gaps, texts, pairs, and what gives the answer away."""

import numpy as np
import pandas as pd
import pytest

from seodang.core.errors import DataError
from seodang.data.columns import typed
from seodang.data.frame import Frame
from seodang.data.leaks import gives_away
from seodang.data.purpose import purpose
from seodang.data.readers.table import read_table
from seodang.data.times import moments, steps

RANDOM = np.random.default_rng(0)


def frame(**columns):
    kinds = columns.pop("kinds", {})
    done = {name: typed(name, list(values), kinds.get(name)) for name, values in columns.items()}
    rows = len(next(iter(done.values()))[0])
    table = pd.DataFrame({name: series for name, (series, _) in done.items()})
    return Frame(
        "made", "made.csv", "CSV", table, tuple(column for _, column in done.values()),
        [f"made.csv row {row + 1}" for row in range(rows)], np.full(rows, ""), "stamp",
    )  # fmt: skip


def amounts(rows=60):
    return RANDOM.normal(size=rows).round(4)


def words(rows=60, among=("red", "green", "blue")):
    return [among[number % len(among)] for number in RANDOM.permutation(rows)]


def refused(made, **said):
    with pytest.raises(DataError) as caught:
        purpose(made, **said)
    return str(caught.value)


# Targets ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "target", "reason"),
    [
        (("a", "label", "b"), "label", "The target is label, by its name. Say another with target=COLUMN."),
        (
            ("a", "Sale Price", "b"),
            "Sale Price",
            "The target is Sale Price, by its name. Say another with target=COLUMN.",
        ),
        (
            ("class", "survived", "b"),
            "survived",
            "The target is survived, by its name. Say another with target=COLUMN.",
        ),
        (("정답", "b", "c"), "정답", "The target is 정답, by its name. Say another with target=COLUMN."),
        (("a", "price_usd", "b"), "price_usd", "The target is price_usd, by its name. Say another with target=COLUMN."),
        (
            ("a", "b", "c"),
            "c",
            "The target is c: the last column, for none is named like one. Say another with target=COLUMN.",
        ),
    ],
)
def test_the_target_is_guessed_from_names_and_places(names, target, reason):
    found = purpose(frame(**{name: amounts() for name in names}))
    assert (found.form, found.task, found.target) == ("table", "regress", target)
    assert found.features == tuple(name for name in names if name != target)
    assert found.reasons[0] == reason


def test_the_first_column_where_the_last_is_no_target():
    assert purpose(frame(a=amounts(), b=amounts(), id=range(60))).target == "b"  # an id is nobody's last column
    models = [f"model {min(row, 54)}" for row in range(60)]
    found = purpose(frame(a=amounts(), b=amounts(), name=models))
    assert (
        found.reasons[0]
        == "The target is a: the first column, for none is named like one. Say another with target=COLUMN."
    )
    assert found.left == {"name": "55 different values in 60 rows: hardly one comes again"}


@pytest.mark.parametrize(
    ("values", "task", "reason"),
    [
        ([0, 1] * 30, "classify", "z has two values, 0 and 1: classes."),
        ([1, 2, 5] * 20, "classify", "z has 3 different whole numbers, 20 rows each on average: classes. Say kinds.z=number for amounts."),
        ([0.5, 1.5, 2.5] * 20, "regress", "z is an amount: 3 numbers from 0.5 to 2.5."),
        ([*range(20)] * 3, "regress", "z is an amount: 20 different whole numbers from 0 to 19."),
        ([*range(30), *range(30)], "regress", "z is an amount: 30 different whole numbers from 0 to 29."),
        (["no", "yes"] * 30, "classify", "z is one of 2 classes: 2 values: no, yes."),
    ],
)  # fmt: skip
def test_classes_or_amounts(values, task, reason):
    found = purpose(frame(a=amounts(), z=RANDOM.permutation(values)))
    assert found.task == task
    assert reason in found.reasons or task == "classify" and values[0] == "no"


def test_labels_that_count_classes_are_classes_however_many():
    found = purpose(frame(a=amounts(260), label=RANDOM.permutation([*range(26)] * 10)))
    assert found.task == "classify"
    assert found.reasons[1] == "label counts 26 classes from 0. Say kinds.label=number for amounts."


def test_the_kind_of_the_target_decides_where_it_is_given():
    values = RANDOM.permutation([3, 4, 5] * 20)
    assert purpose(frame(a=amounts(), quality=values)).task == "classify"
    assert purpose(frame(a=amounts(), quality=values, kinds={"quality": "number"})).task == "regress"
    many = RANDOM.permutation([*range(20)] * 3)
    assert purpose(frame(a=amounts(), quality=many, kinds={"quality": "category"})).task == "classify"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"target": "agee"}, "made.csv has no column 'agee'. Did you mean age?"),
        ({"target": "AGE"}, "made.csv has no column 'AGE'. Did you mean age?"),
        ({"time": "whenn"}, "made.csv has no column 'whenn'. Allowed: age, colour, name, one, none."),
        ({"leave_out": ["colr"]}, "made.csv has no column 'colr'. Did you mean colour?"),
        ({"target": "one"}, "Column one cannot be foretold: 1 in every row. Say another with target=COLUMN."),
        ({"target": "none"}, "Column none cannot be foretold: no values. Say another with target=COLUMN."),
        ({"target": "name"}, "Column name cannot be foretold: it is of the kind id. Numbers and categories can. "
         "Say another with target=COLUMN, or its kind with kinds.name=category."),
        ({"target": "age", "leave_out": ["age"]}, "Column age cannot be both the target and left out."),
        ({"text": "age"}, "Column age holds no text: it is of the kind number."),
        ({"key": "colour"}, "key=COLUMN tells several series apart, but no column says when. Say it with time=COLUMN."),
        ({"time": "colour"}, "Column colour does not say when: 60 of 60 rows have no date there."),
        ({"target": "age", "leave_out": ["colour"]}, "made.csv has no column to foretell age from: colour is not used; "
         "name is an id: it tells rows apart and says nothing of new ones; one is the same in every row; none is no values."),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_what_they_are_said_to_be(said, sentence):
    names = [f"Person {number}" for number in range(60)]
    assert (
        refused(frame(age=amounts(), colour=words(), name=names, one=["1"] * 60, none=[None] * 60), **said) == sentence
    )


def test_left_out_as_asked():
    found = purpose(frame(a=amounts(), b=amounts(), c=amounts()), leave_out=["b"])
    assert found.features == ("a",)
    assert found.left == {"b": "left out as asked"}


# What gives the answer away --------------------------------------------------------------------------------------------


def test_a_column_that_says_the_same_is_left_out_and_told():
    survived = RANDOM.permutation([0, 1] * 30)
    found = purpose(frame(survived=survived, alive=["yes" if one else "no" for one in survived], age=amounts()))
    assert found.features == ("age",)
    assert found.left == {"alive": "it gives survived away: the one follows from the other"}
    assert found.reasons[-1] == (
        "alive is not used, for it gives survived away: the one follows from the other. "
        "Say kinds.alive=category to use it all the same."
    )


def test_it_is_used_where_its_kind_is_given_or_nothing_else_is_there():
    survived = RANDOM.permutation([0, 1] * 30)
    alive = ["yes" if one else "no" for one in survived]
    assert purpose(frame(survived=survived, alive=alive, age=amounts(), kinds={"alive": "category"})).features == (
        "alive",
        "age",
    )
    alone = purpose(frame(celsius=range(10, 70), y=[1.8 * c + 32 for c in range(10, 70)]))
    assert alone.features == ("celsius",)
    assert alone.reasons[-1] == "celsius follows y nearly exactly, and is used, for there is nothing else."


@pytest.mark.parametrize("rows", [60, 1000])
def test_leaks_are_found_and_honest_columns_are_not(rows):
    target = pd.Series(RANDOM.permutation([0.0, 1.0, 2.0] * (rows // 3 + 1))[:rows])
    noise = pd.Series(RANDOM.normal(size=rows))
    assert gives_away(target.map({0: "a", 1: "b", 2: "c"}), target, classes=True)
    assert gives_away(target * 10 + 3, target, classes=True)
    assert gives_away(target + noise.clip(-0.2, 0.2), target, classes=True), "a stretch of numbers for each class"
    assert not gives_away(noise, target, classes=True)
    assert not gives_away(pd.Series(np.arange(rows, dtype=float)), target, classes=True)
    assert not gives_away(pd.Series([f"name {row}" for row in range(rows)]), target, classes=True)
    assert not gives_away(pd.Series(["same"] * rows), target, classes=True)
    helps = target.where(RANDOM.random(rows) > 0.1, 1.0)
    assert not gives_away(helps, target, classes=True), "right in nine of ten is a good column, no leak"
    amount = pd.Series(RANDOM.normal(size=rows))
    assert gives_away(np.exp(amount), amount, classes=False)
    assert gives_away(-3 * amount + 1, amount, classes=False)
    assert not gives_away(amount + 0.1 * noise, amount, classes=False)


def test_a_rare_class_is_not_given_away_by_saying_never():
    fraud = pd.Series([1.0] * 6 + [0.0] * 5994)
    assert not gives_away(pd.Series(RANDOM.permutation(["a", "b"] * 3000)), fraud, classes=True)


# Series ----------------------------------------------------------------------------------------------------------------


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


def days(rows=60, start="2021-01-01"):
    return pd.date_range(start, periods=rows).astype(str)


def test_a_series_and_its_order_gaps_and_repeated_times():
    plain = purpose(frame(date=days(), a=amounts(), b=amounts()))
    assert (plain.form, plain.task, plain.target, plain.time, plain.features) == (
        "series",
        "forecast",
        "a",
        "date",
        ("b",),
    )
    assert plain.reasons == (
        "A series: the usual step of date is a day, from 2021-01-01 to 2021-03-01.",
        "The target is a: the first column of numbers that is measured. Say another with target=COLUMN.",
        "To foretell a from the other columns of its row: `seodang train made.csv table-regressor`.",
    )
    newest = purpose(frame(date=days()[::-1], a=amounts()))
    assert newest.reasons[1] == "The rows stand from the newest to the oldest; they are to be sorted by date."
    mixed = purpose(frame(date=RANDOM.permutation(days()), a=amounts()))
    assert mixed.reasons[1] == "The rows stand not in the order of time; they are to be sorted by date."
    gap = purpose(frame(date=[*days(30), *days(30, "2021-05-01")], a=amounts()))
    assert gap.reasons[1] == "1 step is longer than usual: there are gaps."
    twice = frame(date=[*days(59), days(59)[7]], a=amounts())
    assert purpose(twice).form == "table"
    assert refused(twice, time="date") == (
        "The rows are no time series by date: 1 row shares its time with another, and no column tells several series apart (key=COLUMN)."
    )


def test_trading_days_are_regular_enough_and_visits_are_not():
    trading = pd.bdate_range("2021-01-01", periods=60).astype(str)
    assert purpose(frame(date=trading, close=amounts(), volume=amounts())).target == "close"
    visits = pd.to_datetime("2021-01-01") + pd.to_timedelta(np.cumsum(RANDOM.integers(1, 90_000, 60)), "s")
    found = purpose(frame(when=visits.astype(str), a=amounts(), price=amounts()))
    assert (found.form, found.target, found.features) == ("table", "price", ("when", "a"))
    forced = purpose(frame(when=visits.astype(str), a=amounts(), price=amounts()), time="when", target="a")
    assert (forced.form, forced.target) == ("series", "a")
    assert "The steps are not regular; it is a series because time was said." in forced.reasons


def test_several_series_by_a_key():
    made = frame(date=[*days(30), *days(30)], shop=["Mapo"] * 30 + ["Jongno"] * 30, sold=amounts())
    found = purpose(made)
    assert (found.form, found.key, found.target) == ("series", "shop", "sold")
    assert (
        found.reasons[0]
        == "A series: the usual step of date is a day, from 2021-01-01 to 2021-01-30, once for each shop."
    )
    assert purpose(made, time="date", key="shop").key == "shop"


def test_years_and_months_together():
    made = frame(year=[2020 + row // 12 for row in range(60)], month=MONTHS * 5, sold=amounts())
    found = purpose(made)
    assert (found.time, found.target) == ("year, month", "sold")
    assert moments(made, "year, month")[13] == np.datetime64("2021-02-01")
    assert purpose(made, time="year,month").form == "series"
    yearly = frame(year=range(1949, 1989), sold=amounts(40))
    assert purpose(yearly).reasons[0] == "A series: the usual step of year is a year, from 1949-01-01 to 1988-01-01."


def test_the_column_that_is_not_numbered_like_the_others():
    found = purpose(frame(mood=words(among=("good", "bad")), **{f"q{number}": amounts() for number in range(1, 6)}))
    assert found.target == "mood"
    assert found.reasons[0].startswith("The target is mood: the only column that is not numbered like the others.")


def test_days_with_hours_beside_them_are_one_time():
    hours = pd.date_range("2021-01-01", periods=60, freq="h")
    made = frame(date=hours.strftime("%Y-%m-%d"), time=hours.strftime("%H:%M"), load=amounts())
    found = purpose(made)
    assert (found.form, found.time, found.target) == ("series", "date, time", "load")
    assert moments(made, "date, time").tolist() == hours.astype("datetime64[ns]").astype("int64").tolist()
    of_one_year = frame(year=[2021] * 60, month=hours.month, day=hours.day, hour=hours.hour, load=amounts())
    assert purpose(of_one_year).time == "year, month, day, hour"


def test_shops_may_be_numbers():
    made = frame(date=[*days(30), *days(30)], shop=[1] * 30 + [2] * 30, sold=amounts())
    assert purpose(made).key == "shop"
    measured = frame(date=[*days(30), *days(30)], rooms=[1] * 20 + [2] * 40, sold=amounts())
    assert purpose(measured).form == "table"


def test_two_rows_at_one_time_are_no_reason_against_a_series_and_many_are():
    many = [*days(200), days(200)[7]]
    found = purpose(frame(date=many, a=amounts(201)))
    assert (found.form, found.reasons[2]) == ("series", "1 row shares its time with another.")
    table = purpose(frame(date=[*days(50), *days(10)], a=amounts(), price=amounts()))
    assert table.reasons[-1] == (
        "date holds dates, but the rows are no time series: 10 rows share their time with another, and no column tells several series "
        "apart (key=COLUMN)."
    )


def test_rows_in_time_can_be_a_table_all_the_same():
    made = frame(date=days(), a=amounts(), b=amounts())
    assert purpose(made).form == "series"
    assert purpose(made, forecast=False).form == "table"


def test_a_class_is_not_forecast():
    made = frame(date=days(), a=amounts(), rain=words(among=("yes", "no")))
    assert purpose(made, target="rain").form == "table"
    assert refused(made, target="rain", time="date") == (
        "The rows are no time series by date: rain is of the kind category, and only numbers are forecast."
    )


def test_steps_of_times():
    hours = np.arange("2021-01-01T00", "2021-01-05T00", dtype="datetime64[h]").astype("datetime64[ns]")
    assert steps(hours).step == np.timedelta64(1, "h")
    assert (steps(hours).order, steps(hours[::-1]).order) == ("rising", "falling")
    assert steps(np.append(hours, hours[5])).repeated == 1
    assert steps(np.delete(hours, [30, 60])).gaps == 2


# Texts -----------------------------------------------------------------------------------------------------------------

SENTENCES = [f"This is sentence number {number}, and it goes on for a while." for number in range(60)]


def test_texts_with_a_label():
    found = purpose(frame(id=range(60), document=SENTENCES, label=RANDOM.permutation([0, 1] * 30)))
    assert (found.form, found.task, found.text, found.target) == ("texts", "classify", "document", "label")
    assert found.left == {"id": "an id: it tells rows apart and says nothing of new ones"}
    marks = purpose(frame(document=SENTENCES, marks=amounts()))
    assert (marks.task, marks.reasons[1]) == ("regress", "The target is marks: the only other column.")


def test_text_alone_is_prose():
    found = purpose(frame(id=range(60), document=SENTENCES))
    assert (found.form, found.task, found.text, found.target) == ("prose", "next_token", "document", None)
    assert found.reasons == ("document is text and nothing is to be said of it: its next words are learnt.",)


def test_a_text_among_many_columns_is_a_table_unless_it_is_asked_for():
    made = frame(remark=SENTENCES, a=amounts(), b=amounts(), label=RANDOM.permutation([0, 1] * 30))
    found = purpose(made)
    assert (found.form, found.features) == ("table", ("a", "b"))
    assert found.left == {"remark": "text among other columns; say text=remark to learn from it alone"}
    asked = purpose(made, text="remark")
    assert (asked.form, asked.target, asked.left) == (
        "texts", "label", {"a": "only remark is read", "b": "only remark is read"}
    )  # fmt: skip


def test_two_languages_are_pairs():
    korean = [f"이것은 문장 번호 {number} 입니다, 조금 더 이어집니다." for number in range(60)]
    found = purpose(frame(en=SENTENCES, ko=korean, source=["tatoeba"] * 60))
    assert (found.form, found.task, found.text, found.target) == ("pairs", "translate", "en", "ko")
    assert found.reasons == (
        "The columns en and ko are named like languages: en is translated into ko. Say text=ko target=en for the other way.",
    )
    other = purpose(frame(en=SENTENCES, ko=korean), text="ko", target="en")
    assert (other.text, other.target) == ("ko", "en")


def test_two_columns_of_sentences_are_pairs_and_articles_are_not():
    answers = [f"And this is answer {number} to it." for number in range(60)]
    found = purpose(frame(asked=SENTENCES, told=answers))
    assert (found.form, found.task, found.text, found.target) == ("pairs", "translate", "asked", "told")
    assert found.reasons == (
        "asked and told are texts, and there is nothing else: asked is translated into told. Say text=told target=asked for the "
        "other way.",
    )
    for told in (
        frame(asked=SENTENCES, told=[" ".join([one] * 20) for one in answers]),
        frame(asked=SENTENCES, more=SENTENCES[::-1], told=answers),
    ):
        with pytest.raises(DataError, match=r"no column that can be foretold.*text-generator columns\.text=asked`"):
            purpose(told)


# Real data -------------------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    ("place", "form", "task", "target", "features"),
    [
        ("tables/titanic.csv", "table", "classify", "survived", 13),
        ("tables/penguins.csv", "table", "classify", "species", 6),
        ("tables/pima-indians-diabetes.csv", "table", "classify", "column 9", 8),
        ("tables/california-housing.csv", "table", "regress", "median_house_value", 9),
        ("tables/auto-mpg.csv", "table", "regress", "mpg", 7),
        ("aapl", "series", "forecast", "Close", 5),
        ("series/ETTh1.csv", "series", "forecast", "OT", 6),
        ("series/daily-min-temperatures.csv", "series", "forecast", "Temp", 0),
        ("series/flights.csv", "series", "forecast", "passengers", 0),
        ("nsmc", "texts", "classify", "label", 1),
        ("imdb", "texts", "classify", "label", 1),
    ],
)
def test_real_data(real_data, place, form, task, target, features):
    found = purpose(read_table(real_data(place)))
    assert (found.form, found.task, found.target, len(found.features)) == (form, task, target, features)


@pytest.mark.real
def test_what_is_left_of_real_data(real_data):
    titanic = purpose(read_table(real_data("tables/titanic.csv")))
    assert titanic.left == {"alive": "it gives survived away: the one follows from the other"}
    by_class = purpose(read_table(real_data("tables/titanic.csv")), target="pclass")
    assert by_class.left == {"class": "it gives pclass away: the one follows from the other"}
    cars = purpose(read_table(real_data("tables/auto-mpg.csv")))
    assert cars.left == {"name": "305 different values in 398 rows: hardly one comes again"}
    assert purpose(read_table(real_data("series/flights.csv"))).time == "year, month"
    headlines = purpose(read_table(real_data("nyt-headlines")), text="headline")
    assert (headlines.form, headlines.text) == ("prose", "headline")


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "iris"])
def test_clean_tables_have_no_leaks(name):
    import sklearn.datasets

    data = getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame
    assert purpose(frame(**{str(column): data[column] for column in data})).left == {}
