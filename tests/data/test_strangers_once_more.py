"""Files as strangers have them, of 132 that were written before these rules were: what was misread at first sight, by its cause."""

from __future__ import annotations

import datetime
import random

import numpy as np
import pytest

from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.reading import Columns
from seodang.data.series_targets import is_beside, named_as_series

DRAWN = random.Random(11)
WORDS = [
    *"abcdefgh",
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "was",
    "he",
    "for",
    "it",
    "with",
    "as",
    "his",
    "on",
    "be",
    "at",
    "by",
]


@pytest.fixture(autouse=True)
def the_same_in_any_order():
    DRAWN.seed(11)


def sentence(words=12):
    return " ".join(DRAWN.choice(WORDS) for _ in range(words)).capitalize() + "."


def amount():
    return round(DRAWN.gauss(50, 9), 2)


def opened(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return open_any(path, Columns())


def hours(rows, step=60):
    start = datetime.datetime(2021, 3, 1)
    return [f"{start + datetime.timedelta(minutes=step * row)}" for row in range(rows)]


def read(tmp_path, header, rows, name="t.csv", between=","):
    lines = [between.join(map(str, row)) for row in rows]
    return opened(tmp_path, name, "\n".join(([between.join(header)] if header else []) + lines) + "\n")


# Which number of a series is forecast -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "target"),
    [
        (["CO(GT)", "NOx(GT)", "T", "RH"], "CO(GT)"),  # what is measured first, not the weather at the end
        (["Global_active_power", "Voltage", "Sub_metering_3"], "Global_active_power"),
        (["평균기온(°C)", "최저기온(°C)", "평균 상대습도(%)"], "평균기온(°C)"),
        (["기온", "강수량", "대여건수"], "대여건수"),
        (["p (mbar)", "T (degC)", "wd (deg)"], "T (degC)"),
        (["Umsatz (EUR)", "Kunden", "Temperatur"], "Umsatz (EUR)"),
        (["holiday", "humidity", "guests"], "guests"),  # what moves it stands before it
        (["new_cases", "tests"], "new_cases"),
        (["월", "전국", "부산"], "전국"),
    ],
)
def test_which_column_of_a_series_is_forecast(tmp_path, names, target):
    frame = read(tmp_path, ["when", *names], [[when, *(amount() for _ in names)] for when in hours(60)])
    found = purpose(frame)
    assert (found.form, found.target) == ("series", target)


def test_what_is_the_same_all_through_a_series_is_not_forecast(tmp_path):
    days = [f"2021-01-{day:02d}" for day in range(1, 31)]
    people = {"Ulm": 126_000, "Bonn": 330_000, "Köln": 1_080_000}
    rows = [[town, day, amount(), amount(), people[town]] for town in people for day in days]
    found = purpose(read(tmp_path, ["town", "day", "a", "b", "people"], rows))
    assert (found.form, found.key, found.target) == ("series", "town", "a")


def test_names_of_what_is_forecast_and_of_what_stands_beside_it():
    assert named_as_series(["Temp", "TotalDemand"]) == "TotalDemand"
    assert named_as_series(["a", "b"]) is None
    assert [is_beside(name) for name in ("wind_speed", "풍속(m/s)", "NO2", "T", "price")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_rows_in_time_that_end_in_a_label_are_told_apart_by_it(tmp_path):
    rows = [[when, amount(), amount(), DRAWN.choice(["NORMAL", "BROKEN", "IDLE"])] for when in hours(90)]
    found = purpose(read(tmp_path, ["timestamp", "s1", "s2", "machine_status"], rows))
    assert (found.form, found.task, found.target) == ("table", "classify", "machine_status")
    towns = [[day, town, amount(), DRAWN.choice(["No", "Yes"])] for town in "AB" for day in hours(60, 1440)]
    found = purpose(read(tmp_path, ["Date", "Location", "Humidity", "RainTomorrow"], towns))
    assert (found.form, found.target) == ("table", "RainTomorrow")


def test_a_word_that_tells_series_apart_is_no_label(tmp_path):
    rows = [[day, amount(), amount(), site] for site in ("north", "south") for day in hours(60, 1440)]
    found = purpose(read(tmp_path, ["date", "a", "b", "site"], rows))
    assert (found.form, found.key, found.target) == ("series", "site", "a")


def test_sales_are_forecast_though_a_flag_stands_last(tmp_path):
    rows = [[day, amount(), DRAWN.choice(["yes", "no"])] for day in hours(60, 1440)]
    found = purpose(read(tmp_path, ["date", "sales", "promo"], rows))
    assert (found.form, found.target) == ("series", "sales")


# Which column of a table is foretold ------------------------------------------------------------------------------------


def test_without_names_the_column_that_stands_out(tmp_path):
    classes_first = [[1 + row // 30, amount(), amount(), DRAWN.randrange(200, 900)] for row in range(90)]
    assert purpose(read(tmp_path, None, classes_first)).target == "column 1"
    behind_an_id = [[DRAWN.randrange(10**6), DRAWN.choice("MB"), amount(), amount(), amount()] for _ in range(90)]
    assert purpose(read(tmp_path, None, behind_an_id)).target == "column 2"
    rings_last = [[DRAWN.choice("MFI"), amount(), amount(), amount(), DRAWN.randrange(3, 25)] for _ in range(90)]
    assert purpose(read(tmp_path, None, rings_last)).target == "column 5"
    letters = [[DRAWN.choice("ABC"), *(DRAWN.randrange(16) for _ in range(5))] for _ in range(90)]
    assert purpose(read(tmp_path, None, letters)).target == "column 1"
    eaten = [[DRAWN.choice("pe"), DRAWN.choice("xbf"), DRAWN.choice("ny"), DRAWN.choice("tf"), DRAWN.choice("opn")]
             for _ in range(90)]  # fmt: skip
    assert purpose(read(tmp_path, None, eaten)).target == "column 1"


@pytest.mark.parametrize(
    ("names", "kinds", "target"),
    [
        (["dept", "salary", "age", "left"], "wnnf", "left"),
        (["score", "score 2", "group", "result"], "nnwf", "result"),
        (["heart_disease", "bmi", "glucose", "stroke"], "fnnf", "stroke"),
        (["Air temperature", "Torque", "Machine failure", "TWF"], "nnff", "Machine failure"),
        (["ship", "Category", "Sales", "Discount"], "wwnn", "Sales"),
        (["price", "area", "rooms", "furnished"], "nnnf", "price"),  # in the first place
    ],
)
def test_two_values_at_the_end_and_events_before_names_that_may_be_of_anything(tmp_path, names, kinds, target):
    cells = {"n": amount, "w": lambda: DRAWN.choice(["red", "green", "blue"]), "f": lambda: DRAWN.randrange(2)}
    found = purpose(read(tmp_path, names, [[cells[kind]() for kind in kinds] for _ in range(90)]))
    assert (found.form, found.target) == ("table", target)


# Texts among other columns ----------------------------------------------------------------------------------------------


def test_a_long_text_beside_few_columns_is_read(tmp_path):
    rows = [[sentence(), DRAWN.choice(["Twain", "Wilde", "Austen"]), DRAWN.choice(["love", "life"])] for _ in range(90)]
    found = purpose(read(tmp_path, ["quote", "author", "category"], rows))
    assert (found.form, found.text, found.target) == ("texts", "quote", "category")
    rows = [[row, sentence(), DRAWN.choice(["Hamlet", "Ophelia", "Horatio"]), amount()] for row in range(90)]
    found = purpose(read(tmp_path, ["row_id", "PlayerLine", "Player", "at"], rows))
    assert (found.form, found.text, found.target) == ("texts", "PlayerLine", "Player")


def test_a_pair_of_texts_says_which_is_not_read(tmp_path):
    rows = [[row, sentence(), sentence(), DRAWN.randrange(2)] for row in range(90)]
    found = purpose(read(tmp_path, ["id", "question1", "question2", "is_duplicate"], rows))
    assert (found.form, found.target) == ("texts", "is_duplicate")
    other = {"question1": "question2", "question2": "question1"}[found.text]
    assert f"{other} is a text too and is not read; say text={other} to read it instead." in " ".join(found.reasons)


def test_a_price_among_descriptions_stays_a_table(tmp_path):
    rows = [[sentence(), DRAWN.choice("ab"), amount(), amount(), DRAWN.choice("xy"), amount()] for _ in range(90)]
    found = purpose(read(tmp_path, ["description", "room", "beds", "area", "host", "price"], rows))
    assert (found.form, found.target) == ("table", "price")


# Layouts ----------------------------------------------------------------------------------------------------------------


def test_a_header_of_words_one_of_which_is_a_value_too(tmp_path):
    rows = [[sentence(), DRAWN.choice(["True", "False"]), DRAWN.choice(["none", "gender"]), kind]
            for kind in ["hate", "offensive", "none"] * 40]  # fmt: skip
    frame = read(tmp_path, ["comments", "contain_bias", "bias", "hate"], rows, "hate.tsv", "\t")
    assert (len(frame), [column.name for column in frame.columns]) == (
        120,
        ["comments", "contain_bias", "bias", "hate"],
    )


def test_codes_between_spaces_are_cells_and_sentences_are_not(tmp_path):
    rows = [[f"A1{row % 4}", row % 50 + 4, f"A3{row % 5}", "A101", f"A14{row % 3}", 1 + row % 2] for row in range(90)]
    frame = read(tmp_path, None, rows, "german.data", " ")
    assert (len(frame), len(frame.columns)) == (90, 6)
    lines = [f"{DRAWN.choice(WORDS)} {DRAWN.choice(WORDS)} {DRAWN.choice(WORDS)} {row}x" for row in range(90)]
    assert len(opened(tmp_path, "lines.txt", "\n".join(lines)).columns) == 1


def test_two_tabs_for_one_in_some_lines(tmp_path):
    lines = [
        ("\t\t" if row % 9 == 0 else "\t").join(map(str, [amount(), amount(), amount(), 1 + row % 3]))
        for row in range(90)
    ]
    frame = opened(tmp_path, "seeds.txt", "\n".join(lines))
    assert (len(frame), len(frame.columns), frame.left_out) == (90, 4, ())


def test_empty_cells_behind_some_rows(tmp_path):
    lines = [f"n{row},{amount()},{'yes' if row % 3 else 'no'}" + ",," * (row % 10 == 0) for row in range(90)]
    frame = opened(tmp_path, "ragged.csv", "name,height,smoker\n" + "\n".join(lines))
    assert (len(frame), [column.name for column in frame.columns]) == (90, ["name", "height", "smoker"])


def test_columns_without_a_name_that_hold_what_was_spilt(tmp_path):
    rows = [f'{"spam" if row % 4 else "ham"},"{sentence()}",,' for row in range(120)]
    rows[60] = 'ham,"he said ""no","  GN""",'
    frame = opened(tmp_path, "spam.csv", "v1,v2,,\n" + "\n".join(rows))
    assert [column.name for column in frame.columns] == ["v1", "v2"]
    assert "spam.csv: a column without a name and with hardly a value is passed over." in frame.notes
    found = purpose(frame)
    assert (found.form, found.text, found.target) == ("texts", "v2", "v1")


def test_countries_with_and_without_provinces_side_by_side(tmp_path):
    days = [f"{month}/{day}/20" for month in (3, 4) for day in range(1, 31)]
    places = [("", "Albania"), ("Victoria", "Australia"), ("Queensland", "Australia"), ("", "Brazil")]
    rows = [[*place, amount(), *np.cumsum([DRAWN.randrange(9) for _ in days])] for place in places]
    found = purpose(read(tmp_path, ["Province/State", "Country/Region", "Lat", *days], rows))
    assert (found.form, found.key) == ("series", "Province/State, Country/Region")


def test_numbers_of_patients_in_the_first_place_are_ids(tmp_path):
    rows = [[number, DRAWN.choice("MB"), amount(), amount()] for number in DRAWN.sample(range(8_000, 9_000_000), 90)]
    assert read(tmp_path, None, rows).column("column 1").kind == "id"
    salaries = [[number, DRAWN.choice("MB"), amount(), amount()] for number in DRAWN.sample(range(800, 5_000), 90)]
    assert read(tmp_path, None, salaries).column("column 1").kind == "number"


def test_a_sample_that_ends_inside_a_text_of_two_lines(tmp_path):
    rows = "".join(
        f'{row},{sentence(3)},"{sentence()}\n{sentence()}",{["ham", "spam"][row % 2]},2000-01-01\n'
        for row in range(200)
    )
    frame = opened(tmp_path, "mails.csv", "Message ID,Subject,Message,Spam/Ham,Date\n" + rows)
    assert (len(frame), len(frame.columns)) == (200, 5)


def test_a_title_with_as_many_commas_as_the_table(tmp_path):
    rows = "".join(
        f"{day},{amount()}\n" for day in (datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(60))
    )
    frame = opened(
        tmp_path, "oil.csv", "Cushing, OK Spot Price\nhttps://example.org\n12:05 GMT\n\nDay,Dollars\n" + rows
    )
    assert (len(frame), [column.name for column in frame.columns]) == (60, ["Day", "Dollars"])


def test_flags_behind_numbers_of_columns_that_are_years(tmp_path):
    years = [str(year) for year in range(1995, 2023)]
    rows = [[f"A,CP_MEUR,{place}", *(f"{amount()} {DRAWN.choice(['', '', '', 'p'])}" for _ in years)]
            for place in ("AT", "BE", "BG", "CY", "DE", "DK", "EE", "FR", "HU", "IE", "IT", "LT")]  # fmt: skip
    found = purpose(
        read(tmp_path, ["freq,unit,geo\\TIME_PERIOD", *[f"{year} " for year in years]], rows, "gdp.tsv", "\t")
    )
    assert (found.form, found.time, found.target) == ("series", "time", "value")


def test_hours_of_a_korean_name_beside_days(tmp_path):
    rows = [[f"2022-07-{day:02d}", f"{hour:02d}:00", amount(), amount()] for day in range(1, 11) for hour in range(24)]
    found = purpose(read(tmp_path, ["기준일자", "기준시간", "현재수요(MW)", "예비율(%)"], rows))
    assert (found.form, found.time, found.target) == ("series", "기준일자, 기준시간", "현재수요(MW)")


def test_names_of_ids(tmp_path):
    rows = [[768_805_383 + 997 * row, 20_210_000 + row, amount(), DRAWN.choice("ab")] for row in range(60)]
    frame = read(tmp_path, ["CLIENTNUM", "학번", "limit", "kind"], rows)
    assert [column.kind for column in frame.columns] == ["id", "id", "number", "category"]


def test_korean_texts_and_what_they_are_told_apart_by(tmp_path):
    rows = [
        [DRAWN.choice(["청년", "노년"]), DRAWN.choice(["기쁨", "분노", "슬픔"]), sentence(), sentence()]
        for _ in range(90)
    ]
    found = purpose(read(tmp_path, ["연령", "감정_대분류", "사람문장1", "시스템문장1"], rows))
    assert (found.form, found.text, found.target) == ("texts", "사람문장1", "감정_대분류")


def test_widths_and_kinds_below_a_header_are_no_row(tmp_path):
    rows = "".join(f"USGS\t01646500\t2020-01-{day:02d}\t{900 + day * 7 % 30}\tA\n" for day in range(1, 31))
    head = "# retrieved\nagency\tsite\tdatetime\tflow\tflow_cd\n5s\t15s\t20d\t14n\t10s\n"
    frame = opened(tmp_path, "river.txt", head + rows)
    assert len(frame) == 30
    assert (purpose(frame).form, purpose(frame).target) == ("series", "flow")


def test_a_sex_in_the_second_place_is_no_class_where_classes_stand_last(tmp_path):
    rows = [
        [DRAWN.randrange(20, 80), DRAWN.choice(["Male", "Female"]), amount(), amount(), DRAWN.choice([1, 1, 2])]
        for _ in range(90)
    ]
    assert purpose(read(tmp_path, None, rows)).target == "column 5"


def test_a_score_at_the_end_of_a_name(tmp_path):
    rows = [[DRAWN.choice(["Ulm", "Bonn", "Köln"]), sentence(), sentence(), amount()] for _ in range(90)]
    found = purpose(read(tmp_path, ["Nationality", "Negative_Review", "Positive_Review", "Reviewer_Score"], rows))
    assert (found.text, found.target) == ("Negative_Review", "Reviewer_Score")
