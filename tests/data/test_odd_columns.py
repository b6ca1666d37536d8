"""How people write columns and what stands round tables: each odd file with the reading it must have, and the findings on single cells."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from seodang.core.errors import DataError
from seodang.data.columns import typed
from seodang.data.encode_table import Category, _codes
from seodang.data.look_rows import look_rows
from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.readers.table import read_table
from seodang.data.reading import Columns
from seodang.data.times import moments
from seodang.evaluation.predict_rows import predict_rows
from seodang.runs.train import train

DRAW = np.random.default_rng(7)
ROWS = 40
AGE = DRAW.integers(18, 80, ROWS)
WEIGHT = (DRAW.random(ROWS) * 60 + 40).round(2)
TOWN = DRAW.choice(["Oslo", "Rome", "Bern"], ROWS)
LABEL = np.where(AGE + DRAW.normal(0, 12, ROWS) > 48, "yes", "no")
DAYS = pd.to_datetime("2021-01-01") + pd.to_timedelta(DRAW.integers(0, 500, ROWS), "D")
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
BASE = {"age": AGE, "weight": WEIGHT, "town": TOWN, "label": LABEL}


def lines(columns=BASE, separator=",", header=True, quote=""):
    rows = [list(columns)] * header + [list(row) for row in zip(*columns.values(), strict=True)]
    return "".join(separator.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in rows)


PLAIN = lines()
ROWS_ALONE = lines(header=False)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Cells -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (lambda v: f"{v} bhp", 1), (lambda v: f"{v}GB", 1), (lambda v: f"{v} sq ft", 1), (lambda v: f"{v} m²", 1),
        (lambda v: f"{v} µg/m³", 1), (lambda v: f"{v} mg/dL", 1), (lambda v: f"{v}평", 1), (lambda v: f"{v}°C", 1),
        (lambda v: f"{v}° N", 1), (lambda v: f"{v} per month", 1), (lambda v: f"CHF {v}", 1), (lambda v: f"{v}円", 1),
        (lambda v: f"$({v})", -1), (lambda v: f"{v}-", -1), (lambda v: f"({v}%)", -1), (lambda v: f"{v} kg", 1),
        (lambda v: f"{1000 + v:,.2f}".replace(",", "’"), None), (lambda v: f"{v} year{'s' if v > 50 else ''}", 1),
        (lambda v: f"{v}" if v > 50 else f"{v}*", 1), (lambda v: f"{v}" if v > 50 else f"<{v}", 1), (lambda v: f"{v:.0f}+", 0),
        (lambda v: f"{v:.0f}억 {v:.0f}만", 100_010_000), (lambda v: f"{v:.0f}만원", 10_000), (lambda v: f"{v:.0f}천원", 1000),
        (lambda v: f"{v:.0f}억 5,000", "억"),
    ],
)  # fmt: skip
def test_numbers_with_what_people_write_round_them(written, value):
    series, column = typed("much", [written(each) for each in WEIGHT])
    assert column.kind == "number", column.reason
    expected = {None: WEIGHT + 1000, 0: WEIGHT.round(), "억": WEIGHT.round() * 1e8 + 5e7}.get(value)
    if expected is None:
        expected = (WEIGHT.round() if abs(value) > 1 else WEIGHT) * value
    np.testing.assert_allclose(series, expected)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["3,5", "2.5", "10"], [3.5, 2.5, 10]),
        (["3,5", "1.234", "10"], [3.5, 1234, 10]),  # as Germans write a thousand
        (["1,234", "2.5", "10"], [1234, 2.5, 10]),
        (["△1,234", "500", "2,000"], [-1234, 500, 2000]),
    ],
)
def test_commas_and_points_in_one_column(words, values):
    assert typed("x", words)[0].tolist() == values


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        (["2h 50m", "19h", "5m"], [2 + 5 / 6, 19, 1 / 12]),
        (["1시간 30분", "2시간", "45분"], [1.5, 2, 0.75]),
        (["9:30 PM", "12:15 AM", "12:00 pm"], [21.5, 0.25, 12]),
        (["오후 9:30", "오전 12:15", "오전 9:00"], [21.5, 0.25, 9]),
        (["18.00.00", "19.30.00", "00.00.00"], [18, 19.5, 0]),
        (["2 days 01:00:00", "0 days 00:30:00", "1 day 00:00:00"], [49, 0.5, 24]),
    ],
)
def test_times_of_day_and_durations_are_hours(words, hours):
    series, column = typed("time", words)
    assert column.kind == "number"
    np.testing.assert_allclose(series, hours)


@pytest.mark.parametrize(
    "words",
    [
        ["1호선", "2호선", "3호선"], ["2 doors", "4 doors", "5 doors"], ["12A", "14A", "7A"] * 20, ["10 kg", "5 g", "3 kg"],
        ["1st", "2nd", "3rd"],
    ],
)  # fmt: skip
def test_few_whole_numbers_with_a_word_are_names(words):
    assert typed("x", words)[1].kind == "category"


def test_a_known_number_is_read_however_few_there_are():
    assert typed("doors", ["2 doors", "4 doors"], "number")[0].tolist() == [2, 4]
    assert typed("level", ["<0.05"], "number")[0].tolist() == [0.05]


@pytest.mark.parametrize(
    "written",
    [
        lambda d: f"{d.year}-{d.month:02}-{d.day:02}({'월화수목금토일'[d.day_of_week]})",
        lambda d: f"{d.year}. {d.month}. {d.day}. {'월화수목금토일'[d.day_of_week]}요일",
        lambda d: d.strftime("%y.%m.%d"),
        lambda d: d.strftime("%y-%m-%d"),
        lambda d: d.strftime("%y%m%d"),
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda d: d.strftime("%d%b%Y").upper(),
        lambda d: d.strftime("%Y%m%d123045"),
        lambda d: d.strftime("%Y%m%d1230"),
        lambda d: d.strftime("%Y%m%d07"),
        lambda d: d.strftime("%Y%m%dT123045Z"),
        lambda d: d.strftime("%Y-%m-%d 13"),
        lambda d: d.strftime("%Y-%m-%d 12:30:00 KST"),
        lambda d: f"{d.day}. {GERMAN[d.month - 1]} {d.year}",
        lambda d: f"{d.year % 100}년 {d.month}월 {d.day}일",
    ],
)  # fmt: skip
def test_dates_of_more_kinds(written):
    series, column = typed("date", [written(day) for day in DAYS])
    assert column.kind == "date", column.reason
    assert series.dt.normalize().tolist() == DAYS.tolist()


def test_no_date_is_missing_however_databases_write_it():
    words = [["0000-00-00", "9999-12-31", "2021-03-04"][row % 3] for row in range(30)]
    series, column = typed("until", words)
    assert (column.kind, column.missing) == ("date", 20)
    assert series.dropna().unique().tolist() == [pd.Timestamp("2021-03-04")] or column.distinct == 1


def test_midnight_may_be_24_hours():
    series, _ = typed("time", ["2021-01-01 23:00", "2021-01-01 24:00", "2021-01-02 01:00"])
    assert series.iloc[1] == pd.Timestamp("2021-01-02")


def test_days_and_months_are_in_one_order_in_a_file_and_in_those_after_it(tmp_path):
    """03/04/2021 beside 25/04/2021 is in April; and so it is in a file that is asked about later."""
    rows = [f"{day:02}/04/2021,{day % 9 + 1:02}/04/2021,{day}" for day in range(1, 29)]
    frame = read_table(write(tmp_path / "a.csv", "\n".join(["a,b,x", *rows])))
    assert frame.day_first is True
    assert set(frame.table["b"].dt.month) == {4}
    one = write(tmp_path / "b.csv", "a,b,x\n03/04/2021,05/04/2021,1\n")
    kinds = {"a": "date", "b": "date", "x": "number"}
    assert read_table(one, kinds, True).table["a"].iloc[0] == pd.Timestamp("2021-03-04")
    assert read_table(one, kinds, True, day_first=True).table["a"].iloc[0] == pd.Timestamp("2021-04-03")


@pytest.mark.parametrize(("name", "kind"), [("zipcode", "category"), ("area_code", "category"), ("rooms", "number")])
def test_whole_numbers_that_are_named_codes_are_names(name, kind):
    assert typed(name, ["10001", "94103", "60601", "10002"] * 10)[1].kind == kind


# Files -----------------------------------------------------------------------------------------------------------------

WIDE = {"town": [f"town {row}" for row in range(30)]}
SPACES = "age weight town label\n" + "".join(
    f'{a} {w} "New {t}" {y}\n' for a, w, t, y in zip(*BASE.values(), strict=True)
)
AS_R_WRITES = '"age" "weight" "town" "label"\n' + "".join(
    f'"{row}" {a} {w} "New {t}" "{y}"\n' for row, (a, w, t, y) in enumerate(zip(*BASE.values(), strict=True), 1)
)  # fmt: skip
FIXED = "".join(f"{a:>5}{w:>9}{t:>6} {y:>4}\n" for a, w, t, y in [tuple(BASE), *zip(*BASE.values(), strict=True)])
SPACED = "age, weight, town, label\n" + "".join(
    f'{a}, {w}, "{t}, N", "{y}"\n' for a, w, t, y in zip(*BASE.values(), strict=True)
)
PROTECTED = [*zip(range(ROWS), AGE, LABEL, strict=True)]
BY_DAYS = {f"{1 + day // 28}/{1 + day % 28}/20": AGE[:30] + day for day in range(40)}
BEHIND = lines({"sold": AGE, "town": TOWN, "paid": WEIGHT})
SPARSE = "".join(f"{int(y == 'yes')} 1:{a} 3:{w}\n" for a, w, y in zip(AGE, WEIGHT, LABEL, strict=True))
NESTED = [{"who": {"age": int(a), "town": str(t)}, "label": str(y)} for a, t, y in zip(AGE, TOWN, LABEL, strict=True)]
SUBTOTALS = "shop,sold,paid\n" + "".join(
    "".join(f"shop {shop},{AGE[row]},{WEIGHT[row]}\n" for row in range(10 * shop, 10 * shop + 10))
    + f"Subtotal,{AGE[10 * shop : 10 * shop + 10].sum()},{WEIGHT[10 * shop : 10 * shop + 10].sum():.2f}\n"
    for shop in range(4)
)


@pytest.mark.parametrize(
    ("name", "content", "rows", "kinds", "target"),
    [
        ("line-quotes.csv", "\n".join(f'"{line}"' for line in PLAIN.splitlines()), 40, "nncc", "label"),
        ("spaces-before-quotes.csv", SPACED, 40, "nncc", "label"),
        ("protected.csv", "code,age,label\n" + "".join(f'="{n % 7:05}",{a},{y}\n' for n, a, y in PROTECTED), 40, "cnc", "label"),
        ("two-headers.csv", ",body,,place\nage,weight,town,label\n" + ROWS_ALONE, 40, "nncc", "label"),
        ("two-levels.csv", "size,size,x,label\nmean,std,,\n" + lines({"a": AGE, "b": WEIGHT, "c": WEIGHT[::-1], "d": LABEL}, header=False),
         40, "nnnc", "label"),
        ("longer-header.csv", "age,weight,town,label,remarks\n" + ROWS_ALONE, 40, "nncc", "label"),
        ("shorter-header.csv", "age,weight,town\n" + ROWS_ALONE, 40, "nncc", "column 4"),
        ("dates-as-names.csv", lines(WIDE | BY_DAYS), 1_200, "cdn", "value"),
        ("months-as-names.csv", lines(WIDE | {f"{month}월": AGE[:30] + month for month in range(1, 13)}), 30, "i" + "n" * 12, "12월"),
        ("hours-as-names.csv", lines(WIDE | {f"{hour:02}:00": AGE[:30] + hour for hour in range(24)}), 30, "i" + "n" * 24, "23:00"),
        ("spaces.txt", SPACES, 40, "nncc", "label"),
        ("r.txt", AS_R_WRITES, 40, "inncc", "label"),
        ("fixed.txt", FIXED, 40, "nncc", "label"),
        ("subtotals.csv", SUBTOTALS, 40, "cnn", "paid"),
        ("total-behind.csv", BEHIND + f"{AGE.sum()},TOTAL,{WEIGHT.sum():.2f}\n", 40, "ncn", "paid"),
        ("remark.csv", PLAIN + "Source: the office,,,\n", 40, "nncc", "label"),
        ("unseen.csv", "\u200bage,weight,town,label\u200b\n" + ROWS_ALONE, 40, "nncc", "label"),
        ("sparse.txt", SPARSE, 40, "nncn", "label"),
        ("nested.json", json.dumps(NESTED), 40, "ncc", "label"),
        ("attrition.csv", lines({"age": AGE, "Attrition": LABEL, "weight": WEIGHT}), 40, "ncn", "Attrition"),
        ("여부.csv", lines({"나이": AGE, "합격여부": LABEL, "무게": WEIGHT}).encode("cp949"), 40, "ncn", "합격여부"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and len(value) < 24 else "",
)  # fmt: skip
def test_odd_files_and_their_readings(tmp_path, name, content, rows, kinds, target):
    found = look_rows(open_any(write(tmp_path / name, content)))
    assert found["problem"] is None
    assert (found["examples"], "".join(column["kind"][0] for column in found["columns"])) == (rows, kinds)
    assert found["purpose"]["target"] == target


def test_what_was_taken_off_is_said(tmp_path):
    longer = read_table(write(tmp_path / "a.csv", "age,weight,town,label,remarks\n" + ROWS_ALONE))
    assert longer.notes == (
        "a.csv: the header has 5 names and the rows have 4 values: remarks are taken to have none.",
    )
    subtotals = read_table(write(tmp_path / "b.csv", SUBTOTALS))
    assert [one.reason for one in subtotals.left_out] == ["adds the rows above up"] * 4
    honest = SUBTOTALS.replace(f"Subtotal,{AGE[:10].sum()}", "Subtotal,7")
    assert len(read_table(write(tmp_path / "c.csv", honest))) == 44, "what does not add up is a row"
    for name, sentence in (
        ("a.dta", "is a file of Stata"),
        ("a.pkl", "is a pickle of Python"),
        ("a.rds", "is a file of R"),
    ):
        with pytest.raises(DataError, match=sentence):
            open_any(write(tmp_path / name, b"\x80\x04\x95"))


def test_sheets_have_titles_totals_and_remarks_too(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="needs the extra excel")
    book = openpyxl.Workbook()
    sheet = book.active
    body = [[int(a), float(w), str(t), str(y)] for a, w, t, y in zip(*BASE.values(), strict=True)]
    for row in (
        ["2021년 고객 현황"],
        ["(단위: 명)"],
        list(BASE),
        *body,
        ["합계", float(WEIGHT.sum())],
        ["※ 자료: 통계청"],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    frame = read_table(tmp_path / "a.xlsx")
    assert (len(frame), list(frame.table)) == (ROWS, list(BASE))
    assert [one.reason for one in frame.left_out] == ["a remark below the table", "adds the rows above up"]
    sheet = openpyxl.Workbook()
    for row in (["x", "double"], *([number, f"=A{number}*2"] for number in range(2, 9))):
        sheet.active.append(row)
    sheet.save(tmp_path / "b.xlsx")
    assert "formulas without saved values" in " ".join(read_table(tmp_path / "b.xlsx").notes)


def test_a_thousand_columns_are_looked_at_in_a_second_of_numpy(tmp_path):
    """The leaks of many columns are looked for without a table of pandas for each: the same answers as by counting."""
    table = {f"gene_{number}": DRAW.normal(size=ROWS).round(2) for number in range(1000)}
    frame = read_table(
        write(tmp_path / "a.csv", lines(table | {"copy": np.where(LABEL == "yes", "A", "B"), "label": LABEL}))
    )
    found = purpose(frame)
    assert list(found.left) == ["copy"]
    assert len(found.features) == 1000


# Findings --------------------------------------------------------------------------------------------------------------


def findings(tmp_path, columns):
    found = look_rows(read_table(write(tmp_path / "a.csv", lines(columns))))
    return {finding["kind"]: finding for finding in found["findings"]}


def test_one_word_spelt_several_ways(tmp_path):
    spelt = [
        {"yes": ["Sick", "sick", "SICK "], "no": ["well", "Well", "well"]}[word][row % 3]
        for row, word in enumerate(LABEL)
    ]
    assert findings(tmp_path, BASE | {"label": spelt})["spelt_differently"]["level"] == "serious"
    feature = findings(tmp_path, {"state": spelt} | BASE)["spelt_differently"]
    assert (feature["level"], feature["what"]) == ("notice", "state has words that are spelt in several ways.")
    assert "spelt_differently" not in findings(tmp_path, BASE)


def test_yes_and_no_are_two_however_they_are_spelt():
    series, column = typed("ok", ["Yes", "yes ", "YES", "Yes", "no", "No", None, "no"])
    assert series.tolist() == ["Yes", "Yes", "Yes", "Yes", "no", "no", None, "no"]
    assert column.reason == "2 values: Yes, no; No, YES, yes read as these"


def test_a_word_that_training_knew_in_other_letters_is_known():
    known = Category("town", ("Bern", "Oslo", "oslo"))
    assert _codes(pd.Series(["BERN", "Oslo", "OSLO", "Rome"]), known.values).tolist() == [1, 2, 0, 0], (
        "OSLO may be either"
    )


def test_numbers_that_stand_for_nothing_and_can_be_said_to_be_missing(tmp_path):
    marked = np.where(np.arange(ROWS) % 5 == 0, -999, WEIGHT)
    found = findings(tmp_path, BASE | {"weight": marked})["sentinel"]
    assert found["what"] == "weight is -999 in 8 rows, far from all its other values."
    assert found["todo"] == "If they do, say columns.missing=-999."
    assert "sentinel" not in findings(tmp_path, BASE | {"weight": np.where(np.arange(ROWS) % 5 == 0, 99, WEIGHT)})
    frame = open_any(tmp_path / "a.csv", Columns(missing=("99.0", "Oslo")))
    assert (frame.column("weight").missing, frame.column("town").missing) == (8, int((TOWN == "Oslo").sum()))


def test_a_column_that_is_there_twice(tmp_path):
    assert (
        findings(tmp_path, {"years": AGE} | BASE)["same_columns"]["what"] == "years and age are the same in every row."
    )
    assert "same_columns" not in findings(tmp_path, BASE)


# Series ----------------------------------------------------------------------------------------------------------------

STEPS = 240
WAVE = (10 + 5 * np.sin(np.arange(STEPS) * 2 * np.pi / 7) + DRAW.normal(0, 1, STEPS)).round(3)
TIMES = pd.date_range("2020-01-01", periods=STEPS)
HOURS = pd.Series([f"2020-01-{1 + hour // 24:02} {hour % 24 + 1:02}:00" for hour in range(STEPS)])


@pytest.mark.parametrize(
    ("columns", "time", "target", "step"),
    [
        ({"unix": TIMES.astype("datetime64[s]").astype("int64"), "value": WAVE}, "unix", "value", "a day"),
        ({"date": range(1780, 1780 + STEPS), "value": WAVE}, "date", "value", "a year"),
        ({"date": HOURS, "value": WAVE}, "date", "value", "an hour"),
        ({"date": TIMES.strftime("%y%m%d"), "value": WAVE}, "date", "value", "a day"),
        ({"date": TIMES.strftime("%y.%m.%d"), "value": WAVE}, "date", "value", "a day"),
        ({"월": [f"{90 + month // 12}년 {month % 12 + 1}월" for month in range(120)], "값": WAVE[:120]}, "월", "값", "a month"),
        ({"날짜": HOURS.str[:10], "시간": HOURS.str[11:13] + "시", "값": WAVE}, "날짜, 시간", "값", "an hour"),
    ],
)  # fmt: skip
def test_series_by_times_of_more_kinds(tmp_path, columns, time, target, step):
    found = look_rows(read_table(write(tmp_path / "a.csv", lines(columns))))
    assert (found["kind"], found["purpose"]["time"], found["purpose"]["target"]) == ("series", time, target)
    assert found["series"]["step"] == step


def test_times_too_few_for_a_series_are_counted_and_not_called_uneven(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", lines({"date": TIMES.strftime("%Y-%m-%d")[:12], "value": WAVE[:12]})))
    assert "there are 12 times, and fewer than 20" in purpose(frame).reasons[-1]
    assert purpose(frame, time="date").form == "series"


def test_two_columns_may_tell_series_apart(tmp_path):
    days = np.tile(TIMES.strftime("%Y-%m-%d")[:60], 4)
    shops = {"date": days, "store": np.repeat([1, 1, 2, 2], 60), "item": np.repeat([1, 2, 1, 2], 60), "sales": WAVE}
    frame = read_table(write(tmp_path / "a.csv", lines(shops)))
    found = look_rows(frame)
    assert (found["purpose"]["key"], found["series"]["series"]) == ("store, item", 4)
    assert {column["name"]: column["use"] for column in found["columns"]}["item"] == "key"


def test_rows_that_are_series_are_put_below_one_another(tmp_path):
    """As the World Bank writes them: a country a row, a year a column; what is missing at the ends is left out."""
    values = DRAW.random((30, 20)).round(3)
    table = WIDE | {str(1990 + year): values[:, year].astype(object) for year in range(20)}
    table["1990"][3] = ""
    path = write(tmp_path / "a.csv", lines(table))
    assert "columns.across=true" in purpose(open_any(path, Columns(across=False))).reasons[-1]
    frame = open_any(path)
    assert len(frame) == 30 * 20 - 1
    np.testing.assert_allclose(frame.table["value"], np.delete(values.ravel(), 60))
    assert moments(frame, "time")[0] == np.datetime64("1990-01-01")
    with pytest.raises(DataError, match="has no 12 columns that are named by times"):
        open_any(write(tmp_path / "b.csv", PLAIN), Columns(across=True))


def test_series_of_unequal_lengths_go_on_where_they_are_long_enough(tmp_path):
    lengths = {"A": 200, "B": 120, "C": 5}
    rows = "".join(f"{TIMES[row].date()},{key},{WAVE[row]}\n" for key, count in lengths.items() for row in range(count))
    path = write(tmp_path / "a.csv", "date,shop,value\n" + rows)
    run = train(path, settings={"training.epochs": 2, "series.window": 14, "series.horizon": 3}, runs=tmp_path / "runs")
    told = predict_rows(run, [str(path)])
    assert {answer["series"] for answer in told.answers} == {"A", "B"}
    assert any(
        "1 series is shorter than the last 14 rows that the network needs: C (5)." in remark for remark in told.remarks
    )


def test_rows_without_a_value_at_the_end_are_what_is_foretold(tmp_path):
    """A file with the days to come in it, as competitions give: the same answer as without them, at their dates."""
    rows = [f"{TIMES[row].date()},{WAVE[row] if row < 200 else ''}" for row in range(207)]
    run = train(
        write(tmp_path / "a.csv", "\n".join(["date,value", *rows[:200]])),
        settings={"training.epochs": 2, "series.window": 14, "series.horizon": 3},
        runs=tmp_path / "runs",
    )
    told = predict_rows(run, [str(write(tmp_path / "b.csv", "\n".join(["date,value", *rows])))])
    assert told.answers == predict_rows(run, [str(tmp_path / "a.csv")]).answers
    assert told.answers[0]["when"] == str(TIMES[200].date())
    assert "The last 7 rows have no value: what is foretold begins there." in told.remarks


def test_a_number_with_its_unit_is_asked_about_as_it_was_trained(tmp_path):
    table = {"power": [f"{w:.0f} bhp" for w in WEIGHT * 10], "when": DAYS.strftime("%d/%m/%Y"), "label": LABEL}
    run = train(write(tmp_path / "a.csv", lines(table)), settings={"training.epochs": 2}, runs=tmp_path / "runs")
    assert run.recipe.columns.day_first is True
    one = predict_rows(run, [str(write(tmp_path / "b.csv", "power,when\n700 bhp,03/04/2021\n"))]).answers[0]
    same = predict_rows(run, [str(write(tmp_path / "c.csv", "power,when\n700,2021-04-03\n"))]).answers[0]
    assert one["probability"] == same["probability"]


def without_decision(run):
    recipe = run.recipe.model_copy(update={"columns": run.recipe.columns.model_copy(update={"across": None})})
    return replace(run, recipe=recipe)


def test_whether_rows_are_series_is_kept_with_the_run(tmp_path):
    """What was decided of the training file holds for it at predict, where neither the target nor the kinds are asked for again."""
    values = DRAW.random((30, 25)).round(3)
    wide = WIDE | {str(1990 + year): values[:, year].astype(object) for year in range(25)}
    settings = {"training.epochs": 1}
    table = write(tmp_path / "a.csv", lines(wide | {"growth": values.mean(1).round(4)}))
    asked = {"columns.target": "growth"}
    for settings_of_table in (asked, asked | {"columns.across": False}):
        run = train(table, "table-regressor", settings=settings | settings_of_table, runs=tmp_path / "runs")
        assert run.recipe.columns.across is False
        for one in (run, without_decision(run)):
            assert len(predict_rows(one, [str(table)]).answers) == 30
    wide["1995"][:12] = "n"  # a column of words, unless its kind is said
    series = write(tmp_path / "b.csv", lines(wide))
    unasked = {"series.window": 4, "series.horizon": 2, "columns.kinds": {"1995": "number"}}
    run = train(series, settings=settings | unasked, runs=tmp_path / "runs")
    assert run.recipe.columns.across is True
    told = predict_rows(run, [str(series)])
    assert len({answer["series"] for answer in told.answers}) == 30
    old = without_decision(run)  # of before it was kept: told by the columns that it was trained on
    plain = write(tmp_path / "d.csv", lines(wide | {"1995": values[:, 5]}))
    assert predict_rows(old, [str(plain)]).answers == predict_rows(run, [str(plain)]).answers
    upright = open_any(series, run.recipe.columns).table
    upright.to_csv(tmp_path / "c.csv", index=False)
    for answer, same in zip(told.answers, predict_rows(run, [str(tmp_path / "c.csv")]).answers, strict=True):
        assert answer["prediction"] == pytest.approx(same["prediction"], rel=1e-5)
