"""One real table (scikit-learn's iris), written in odd ways, is read as the same table; and what only looks like pictures or a header."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris

from seodang.core.errors import DataError
from seodang.data.frame import Frame
from seodang.data.look_rows import look_rows
from seodang.data.open import open_any, open_source
from seodang.data.readers.pixels import read_pixels
from seodang.data.readers.table import read_table
from seodang.data.source import Source

IRIS = load_iris()
NAMES = ["sepal length", "sepal width", "petal length", "petal width", "species"]
ROWS = [
    [*(f"{value:.1f}" for value in values), str(IRIS.target_names[label])]
    for values, label in [*zip(IRIS.data, IRIS.target, strict=True)][::5]
]


def written(rows=ROWS, names=NAMES, separator=",", **how):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n", **how).writerows([*([names] if names else []), *rows])
    return stream.getvalue()


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bars(rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


RULE = "+" + "------+" * 5 + "\n"
MARKDOWN = bars([NAMES]) + "|---|--:|---|---|:-:|\n" + bars(ROWS)
DATABASE = RULE + bars([NAMES]) + RULE + bars(ROWS) + RULE + f"{len(ROWS)} rows in set\n"
ARFF = (
    "% UCI\n@RELATION iris\n"
    + "".join(f"@ATTRIBUTE '{name}' REAL\n" for name in NAMES[:4])
    + "@ATTRIBUTE species {setosa,versicolor,virginica}\n@DATA\n"
    + written(names=None)
)
OBJECTS = [
    dict(zip(NAMES, [float(row[0]), float(row[1]), float(row[2]), float(row[3]), row[4]], strict=True)) for row in ROWS
]


def archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("_csv", ".csv"), text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("single-quotes.csv", written(quotechar="'", quoting=csv.QUOTE_ALL)),
        ("markdown.csv", MARKDOWN),
        ("database.txt", DATABASE),
        ("iris.arff", ARFF),
        ("wide-spaces.txt", "\n".join("  ".join(cell.ljust(12) for cell in row) for row in [NAMES, *ROWS])),
        ("units.csv", written([["cm", "cm", "cm", "cm", ""], *ROWS])),
        ("second-names.csv", written([["Ticker", "A", "A", "A", "A"], ["Date", "", "", "", ""], *ROWS])),
        ("blank-rows.csv", written([*ROWS[:9], [""] * 5, *ROWS[9:], [""] * 5, [""] * 5])),
        ("totals.csv", written([*ROWS, ["Total", "99.9", "77.1", "50", ""]])),
        ("합계.csv", written([*ROWS, ["합계", "", "", "", ""]])),
        ("no-suffix", written()),
        ("iris.dat", written(separator=";")),
        ("iris.zip", archive(iris_csv=written())),
        ("iris-and-licence.zip", archive(iris_csv=written(), LICENCE="free to use")),
        ("iris.json", json.dumps(OBJECTS, indent=1)),
        ("columns.json", json.dumps({n: {str(i): each[n] for i, each in enumerate(OBJECTS)} for n in NAMES})),
        ("lists.json", json.dumps({name: [each[name] for each in OBJECTS] for name in NAMES})),
        ("split.json", json.dumps({"columns": NAMES, "data": [list(each.values()) for each in OBJECTS]})),
        ("rows.json", json.dumps([NAMES, *([*each.values()] for each in OBJECTS)])),
        ("wrapped.json", json.dumps({"count": len(OBJECTS), "data": OBJECTS})),
        ("decimal-commas.csv", written(separator=";").replace(".", ",")),
        ("utf16.csv", written().encode("utf-16-le")),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value and "{" not in value else "",
)
def test_one_table_however_odd(tmp_path, name, content):
    frame = open_any(write(tmp_path / name, content))
    assert isinstance(frame, Frame)
    found = look_rows(frame)
    assert (found["purpose"]["task"], found["purpose"]["target"], len(frame)) == ("classify", "species", len(ROWS))
    np.testing.assert_allclose(frame.table[NAMES[:4]].to_numpy(), IRIS.data[::5])
    assert frame.table["species"].tolist() == [row[4] for row in ROWS]


def test_what_was_passed_over_is_said(tmp_path):
    units = read_table(write(tmp_path / "a.csv", written([["cm", "cm", "cm", "cm", ""], *ROWS])))
    assert "a.csv: 1 row of units or second names below the header passed over: 'cm, cm, cm, cm'." in units.notes
    total = read_table(write(tmp_path / "b.csv", written([*ROWS, ["Total", "99.9", "77.1", "50", ""]])))
    assert [(one.path, one.reason) for one in total.left_out] == [("b.csv row 31", "adds the rows above up")]
    few = read_table(write(tmp_path / "c.csv", "level,share\nlow,1\naverage,2\nhigh,3\naverage,7\naverage,5\n"))
    assert len(few) == 5  # a word of many rows is no sum


def test_quotes_after_backslashes_and_separators_within(tmp_path):
    places = ["Seoul, Korea", 'Bonn "am Rhein", D', "Rome"]
    rows = [[places[number % 3], *row] for number, row in enumerate(ROWS)]
    text = written(rows, ["place", *NAMES], doublequote=False, escapechar="\\")
    frame = read_table(write(tmp_path / "a.csv", text))
    assert frame.table["place"].tolist() == [row[0] for row in rows]
    assert frame.table["species"].tolist() == [row[4] for row in ROWS]


def test_decimals_are_written_one_way_in_a_file(tmp_path):
    """1.234 alone may be either; beside 3,5 it is a thousand and more, and what is known of a file holds for the next."""
    german = read_table(write(tmp_path / "a.csv", "price;people\n3,5;1.234\n12,25;800\n0,1;12.345\n"))
    assert german.table.to_dict("list") == {"price": [3.5, 12.25, 0.1], "people": [1234.0, 800.0, 12345.0]}
    assert german.decimal == ","
    english = read_table(write(tmp_path / "b.csv", "price,people\n3.5,800\n12.25,1234\n"))
    assert english.decimal == "."
    one = write(tmp_path / "c.csv", "price;people\n1,234;1.234\n")
    kinds = {"price": "number", "people": "number"}
    for decimal, values in ((",", [1.234, 1234.0]), (".", [1234.0, 1.234])):
        assert read_table(one, kinds, True, decimal).table.iloc[0].tolist() == values


def test_header_of_years_over_numbers(tmp_path):
    frame = read_table(write(tmp_path / "a.csv", "1990,1991,1992,1993\n" + "4,9,1,7\n2,2,8,1\n" * 9))
    assert [column.name for column in frame.columns] == ["1990", "1991", "1992", "1993"]


def answers(questions, names, label="satisfied"):
    """A survey: answers from 1 to 5, and whether the person was satisfied."""
    drawn = np.random.default_rng(questions).integers(1, 6, (60, questions))
    rows = [[*map(str, row), str(int(row.mean() > 3))] for row in drawn.tolist() for row in [np.array(row)]]
    return written(rows, [*(f"{names}{number}" for number in range(questions)), label] if names else None)


@pytest.mark.parametrize(
    ("questions", "names"), [(9, "q"), (4, "x"), (16, "feature_"), (25, "item "), (25, ""), (64, "V")]
)
def test_answers_to_questions_are_no_pictures(tmp_path, questions, names):
    path = write(tmp_path / "survey.csv", answers(questions, names))
    frame = open_any(path)
    assert isinstance(frame, Frame)
    assert len(frame.columns) == questions + 1
    assert read_pixels(path).pixels is not None  # which they might be
    pixels = write(tmp_path / "digits.csv", answers(9, "pixel", "label"))
    assert isinstance(open_any(pixels), Source)


def test_where_pictures_are_asked_for_numbered_columns_are_pixels(tmp_path):
    path = write(tmp_path / "small.csv", answers(9, "q", "label"))
    assert open_source(path).pixels.shape[1:] == (3, 3, 1)


def test_a_file_of_no_form_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(DataError, match="is none of the forms that can be read: class folders"):
        open_any(write(tmp_path / "a.xyz", np.random.default_rng(0).bytes(5000)))
    with pytest.raises(DataError, match="is no text: "):
        open_any(write(tmp_path / "a.csv", np.random.default_rng(0).bytes(5000)))
    with pytest.raises(DataError, match="is empty"):
        open_any(write(tmp_path / "a.dat", b""))


def test_the_fullest_sheet_of_a_workbook_is_read(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="needs the extra excel")
    book = openpyxl.Workbook()
    book.active.title = "about"
    book.active.append(["read me"])
    sheet = book.create_sheet("data")
    for number, row in enumerate([NAMES, *ROWS], start=3):
        for position, cell in enumerate(row, start=2):
            sheet.cell(number, position, float(cell) if cell[0].isdigit() else cell)
    book.save(tmp_path / "a.xlsx")
    frame = read_table(tmp_path / "a.xlsx")
    np.testing.assert_allclose(frame.table[NAMES[:4]].to_numpy(), IRIS.data[::5])
    assert "a.xlsx: of 2 sheets the one with the most cells is read, data; not about." in frame.notes
