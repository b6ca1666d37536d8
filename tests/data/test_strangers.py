"""Files as strangers have them, of 186 that were written before the readers were looked at: what was misread at first sight."""

from __future__ import annotations

import datetime
import json
import random
import unicodedata
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest

from seodang.core.errors import DataError
from seodang.data.amounts import amounts
from seodang.data.columns import typed
from seodang.data.open import open_any, open_unlabelled
from seodang.data.purpose import purpose
from seodang.data.reading import Columns
from seodang.data.times import in_words, moments

DRAWN = random.Random(7)
WAVE = [round(50 + 20 * np.sin(row / 12 * 6.28) + DRAWN.gauss(0, 2), 2) for row in range(240)]


def opened(tmp_path, name, text, columns=None):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_any(path, columns or Columns())


def kinds(frame):
    return {column.name: column.kind for column in frame.columns}


# How a file is laid out -----------------------------------------------------------------------------------------------


def test_a_semicolon_inside_quoted_lines_separates_nothing(tmp_path):
    rows = "".join(f'C{row},"He said, ""fine""\n\nLine two, with; stuff\n",{row % 9},{row % 5}\n' for row in range(151))
    frame = opened(tmp_path, "notes.csv", "customer,note,amount,stars\n" + rows)
    assert len(frame) == 151
    assert list(kinds(frame)) == ["customer", "note", "amount", "stars"]


def test_a_column_may_be_called_by_a_hash(tmp_path):
    frame = opened(
        tmp_path, "p.csv", "#,name,hp\n" + "".join(f"{row + 1},n{row},{row * 7 % 50}\n" for row in range(40))
    )
    assert kinds(frame)["#"] == "id"


def test_titles_and_a_blank_row_above_a_sheet(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    rows = [["Marks"], ["by: A", "", "", "on: 2023-07-20"], [], ["no", "maths", "physics", "passed"]]
    for row in rows + [[n + 1, 40 + n, 90 - n, "yes" if n % 3 else "no"] for n in range(40)]:
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    book.save(tmp_path / "marks.xlsx")
    frame = open_any(tmp_path / "marks.xlsx")
    assert len(frame) == 40
    assert kinds(frame) == {
        "no": "id",
        "maths": "number",
        "physics": "number",
        "passed": "category",
    }


def test_one_line_of_numbers_is_a_series(tmp_path):
    frame = opened(tmp_path, "signal.csv", ",".join(map(str, WAVE)) + "\n")
    np.testing.assert_allclose(frame.table["column 1"], WAVE)
    assert purpose(frame).task == "forecast"


def test_uneven_lines_are_told_rather_than_read_as_one_column(tmp_path):
    rows = "\n".join(",".join("7" for _ in range(1 + row * 5 % 9)) for row in range(60))
    with pytest.raises(
        DataError, match=r"ragged\.csv is no even table: between commas, its lines have from 1 to 9 values"
    ):
        opened(tmp_path, "ragged.csv", rows)


def test_numbers_as_fortran_writes_them(tmp_path):
    text = "   X        ENERGY\n" + "".join(f"  {row}.5D+00  {row * 2}.25D-01\n" for row in range(40))
    frame = opened(tmp_path, "run.dat", text)
    np.testing.assert_allclose(frame.table["ENERGY"], [(row * 2 + 0.25) / 10 for row in range(40)])


def test_numbers_below_comments_are_a_table(tmp_path):
    rows = "".join(
        f"  {1980 + n // 12}  {n % 12 + 1:2d}  {1980 + (n % 12 + 0.5) / 12 + n // 12:.4f}  {WAVE[n]}\n"
        for n in range(120)
    )
    frame = opened(tmp_path, "co2.txt", "# measured on a mountain\n# freely available\n" + rows)
    found = purpose(frame)
    assert (found.task, found.time) == ("forecast", "column 3")
    assert moments(frame, "column 3")[13] == np.datetime64("1981-02-01")


def test_a_number_a_line_is_a_series(tmp_path):
    frame = opened(tmp_path, "flow.txt", "".join(f"{value}\n" for value in WAVE))
    assert purpose(frame).reasons[0] == (
        "A series: there is nothing to foretell column 1 from but what stood before it, and its rows stand in order."
    )


def test_the_rows_of_an_answer_are_found_inside_it(tmp_path):
    items = [{"price": row * 1.5, "size": {"w": row % 7}} for row in range(30)]
    frame = opened(tmp_path, "a.json", json.dumps({"status": "ok", "data": {"items": items, "few": [{"a": 1}]}}))
    assert len(frame) == 30
    assert frame.notes[0] == "a.json: the 30 entries of data.items are the rows."
    assert kinds(frame)["size.w"] == "number"


def test_an_answer_that_is_an_error_is_no_table(tmp_path):
    frame = opened(tmp_path, "out.json", '{"error": {"code": 401, "message": "Invalid API key"}}')
    with pytest.raises(
        DataError, match=r"has only 1 row, of error\.code, error\.message\. A table to learn from has a row for"
    ):
        purpose(frame)


def test_a_sum_of_other_rows_is_no_row(tmp_path):
    """The first row adds up a city whose parts are not all there, in the second column."""
    rows = [f"2023,part {n},{1000 + n * 37 % 400},{500 + n * 17 % 200},{2 + n % 3 / 10}" for n in range(25)]
    frame = opened(tmp_path, "a.csv", "\n".join(["year,name,people,men,each", "2023,합계,90000,44000,2.1", *rows]))
    assert len(frame) == 25
    assert frame.left_out[0].reason == "adds the rows above up"


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["19M", "14k", "8.7M", "Varies with device"], [19e6, 14e3, 8.7e6, np.nan]),
        (["5'11", "6'2", "5'9\""], [71, 74, 69]),
        (["5'11.5\"", "6'2", "5'0.25"], [71.5, 74, 60.25]),
        (["1.5D+03", "2.5D-01"], [1500, 0.25]),
        ([*(f"{n}.5 kmpl" for n in range(40)), "17.3 km/kg"], [*(n + 0.5 for n in range(40)), np.nan]),
        ([*map(str, range(20)), "about 40", "unknown"], [*range(20), 40, np.nan]),
    ],
)
def test_amounts_as_people_write_them(words, values):
    series, column = typed("x", words * 2)
    assert column.kind == "number"
    np.testing.assert_allclose(series, values * 2)


def test_won_is_read_whatever_arrow_makes_of_letters(monkeypatch):
    """Before GH-51225 Arrow's NFKC left 원 in its three parts, as files of macOS may have it, and the unit was not known."""
    arrows = pyarrow.compute.utf8_normalize
    monkeypatch.setattr(pyarrow.compute, "utf8_normalize", lambda words, form: arrows(words, form.replace("C", "D")))
    for words in (["1,200원", "300원"], [unicodedata.normalize("NFD", word) for word in ("1,200원", "300원")]):
        found = amounts(pa.array(words, pa.large_string()))
        assert found is not None
        assert found.values.tolist() == [1200, 300]
        assert found.how == ("원 taken off", "commas separate thousands")


def test_a_number_of_an_employee_tells_rows_apart():
    assert typed("EmployeeNumber", [str(2 * row + 1) for row in range(40)])[1].kind == "id"
    assert typed("EmployeeNumber", [str(row + row // 3) for row in range(300)])[1].kind == "id"  # some have left
    for name in ("total_number", "Passengers Number", "visitors number", "casiNo"):
        assert typed(name, [str(7 * row * row + 31 * row) for row in range(40)])[1].kind == "number"
    assert typed("amount_inr", [str(7 * row + 3) for row in range(40)])[1].kind == "number"
    assert typed("Number of Rooms", [str(row % 5) for row in range(40)])[1].kind == "number"


# When -----------------------------------------------------------------------------------------------------------------


def test_fiscal_years_are_times(tmp_path):
    rows = "".join(f"{1980 + n}/{(81 + n) % 100:02d},{900 * 1.05**n:.0f}\n" for n in range(40))
    frame = opened(tmp_path, "a.csv", "Financial year,spent\n" + rows)
    assert purpose(frame).task == "forecast"
    assert moments(frame, "Financial year")[20] == np.datetime64("2000-01-01")
    assert typed("when", ["2009-10", "2009-11", "2009-12"])[0][1] == np.datetime64("2009-11-01")  # months, not years


def test_a_year_and_a_week_are_one_time(tmp_path):
    weeks = [datetime.date(1990, 4, 30) + datetime.timedelta(7 * n) for n in range(200)]
    rows = "".join(f"sj,{day.isocalendar()[0]},{day.isocalendar()[1]},{WAVE[n]}\n" for n, day in enumerate(weeks))
    frame = opened(tmp_path, "a.csv", "city,year,weekofyear,total_cases\n" + rows)
    found = purpose(frame)
    assert (found.task, found.time, found.target) == ("forecast", "year, weekofyear", "total_cases")
    assert moments(frame, "year, weekofyear").astype("datetime64[D]").tolist() == weeks


@pytest.mark.parametrize("name", ["time (s)", "t", "elapsed_seconds", "time"])
def test_time_that_is_counted_is_a_series(tmp_path, name):
    values = [f"{n // 4:02d}:{n % 4 * 15:02d}" if name == "time" else f"{n / 10}" for n in range(96)]
    frame = opened(
        tmp_path, "a.csv", f"{name},angle\n" + "".join(f"{when},{WAVE[n]}\n" for n, when in enumerate(values))
    )
    found = purpose(frame)
    assert (found.task, found.target, found.left) == ("forecast", "angle", {name: "it counts the time"})


def test_what_was_done_while_sensors_were_read_by_even_steps_is_told_from_them(tmp_path):
    done = ["walks", "sits", "runs"]
    rows = "".join(f"{n / 50},{WAVE[n % 240]},{WAVE[-n % 240]},{done[n // 20 % 3]}\n" for n in range(300))
    frame = opened(tmp_path, "a.csv", "time,acc_x,acc_y,activity\n" + rows)
    assert (purpose(frame).task, purpose(frame).target) == ("classify", "activity")
    assert purpose(frame, target="activity").task == "classify"
    for found, target in ((purpose(frame, target="acc_y"), "acc_y"), (purpose(frame, forecast=True), "acc_x")):
        assert (found.task, found.target, found.left["time"]) == ("forecast", target, "it counts the time")


def test_time_that_is_not_counted_evenly_is_a_column(tmp_path):
    rows = "".join(f"{n * n},{WAVE[n]},{'ab'[n % 2]}\n" for n in range(60))
    assert purpose(opened(tmp_path, "a.csv", "time,v,class\n" + rows)).form == "table"


def test_a_clock_read_a_little_late_still_ticks_minutes():
    assert in_words(np.timedelta64(59_988, "ms")) == "a minute"
    assert in_words(np.timedelta64(55, "s")) == "55 seconds"


def test_ids_that_stand_in_no_order_are_no_series(tmp_path):
    names = [f"n{n * 7 % 60}" for n in range(60)]
    frame = opened(tmp_path, "a.csv", "name,amount\n" + "".join(f"{name},{WAVE[n]}\n" for n, name in enumerate(names)))
    with pytest.raises(DataError, match="has no column to foretell amount from"):
        purpose(frame)


def test_times_across_are_put_below_one_another_unasked(tmp_path):
    days = [datetime.date(2020, 1, 22) + datetime.timedelta(n) for n in range(60)]
    head = ",".join(["Province", "Country", "Lat", *(f"{day.month}/{day.day}/20" for day in days)])
    rows = "".join(
        f",{name},{at}," + ",".join(f"{WAVE[n] * at:.1f}" for n in range(60)) + "\n"
        for at, name in ((3, "A"), (5, "B"))
    )
    frame = opened(tmp_path, "a.csv", f"{head}\n{rows}")
    found = purpose(frame)
    assert (len(frame), found.task, found.key, found.target) == (120, "forecast", "Country", "value")
    assert len(opened(tmp_path, "a.csv", f"{head}\n{rows}", Columns(across=False))) == 2
    labelled = opened(tmp_path, "b.csv", head.replace("Country", "label") + "\n" + rows)
    assert len(labelled) == 2  # the columns are features of what is to be told


@pytest.mark.parametrize(
    ("others", "first", "lies"),
    [
        ({"sample": "s{}", "protein": "{}.5"}, 1700, False),  # wavelengths
        ({"sample": "s{}", "protein": "{}.5"}, 1850, False),
        ({"sample": "s{}"}, 1700, False),
        ({"country": "c{}"}, 1850, True),
        ({"country": "c{}", "Country code": "{}"}, 1950, True),
        ({"country": "c{}", "share": "{}.5"}, 1990, False),
    ],
)
def test_names_of_four_digits_are_years_where_nothing_else_is_measured(tmp_path, others, first, lies):
    head = ",".join([*others, *(str(first + step) for step in range(120 if first < 1900 else 30))])
    steps = head.count(",") + 1 - len(others)
    rows = [
        ",".join([*(word.format(3 * n * n + 4) for word in others.values()), *map(str, WAVE[n : n + steps])])
        for n in range(30)
    ]
    frame = opened(tmp_path, "a.csv", "\n".join([head, *rows]) + "\n")
    assert len(frame) == (30 * steps if lies else 30)
    assert frame.across is lies


def test_a_row_a_year_and_a_column_a_month(tmp_path):
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    rows = "".join(f"{1990 + y}  " + "  ".join(f"{WAVE[12 * y + m]:6.2f}" for m in range(12)) + "\n" for y in range(20))
    frame = opened(tmp_path, "nino.txt", "YEAR  " + "  ".join(f"{month:>6}" for month in months) + "\n" + rows)
    np.testing.assert_allclose(frame.table["value"], WAVE)
    assert moments(frame, "time")[14] == np.datetime64("1991-03-01")
    assert purpose(frame).task == "forecast"


# Texts ----------------------------------------------------------------------------------------------------------------


def review(row: int) -> str:
    return f"This film of {row} was {'great and fine' if row % 2 else 'dull and long'} from here to its very end."


@pytest.mark.parametrize(
    ("head", "row", "text", "target"),
    [
        ("id,business,stars,text,useful", "r{n},b{few},{class1},{text},{few}", "text", "stars"),
        (
            "tweet_id,airline_sentiment,confidence,airline,text,zone",
            "{n},{word},0.{n},U{few},{text},X",
            "text",
            "airline_sentiment",
        ),
        (",title,text,label", "{n},{text},{text} {text},{word}", "text", "label"),
        ("id,comment_text,toxic,obscene", "{n}a,{text},{class1},{few}", "comment_text", "toxic"),
    ],
)
def test_a_text_among_other_columns_is_read(tmp_path, head, row, text, target):
    made = [
        row.format(n=n, few=n % 3, class1=n % 2 * 4, word=["negative", "positive"][n % 2], text=review(n))
        for n in range(120)
    ]
    frame = opened(tmp_path, "a.csv", "\n".join([head, *made]) + "\n")
    found = purpose(frame)
    assert (found.form, found.task, found.text, found.target) == ("texts", "classify", text, target)
    if "title" not in head:  # there is nothing else to learn from
        assert "table-classifier" in found.reasons[-1]
        assert purpose(frame, among_others=False).form == "table"


def test_a_table_with_a_remark_stays_a_table(tmp_path):
    rows = "".join(f"{n % 9},{review(n)},{n % 7},{['a', 'b'][n % 2]}\n" for n in range(120))
    assert purpose(opened(tmp_path, "a.csv", "rooms,remark,floor,class\n" + rows)).form == "table"


def test_texts_without_names_of_columns(tmp_path):
    rows = "".join(f'"{n % 4 + 1}","{review(n)}","Reuters - {review(n)} {review(n + 1)}"\n' for n in range(200))
    found = purpose(opened(tmp_path, "train.csv", rows))
    assert (found.form, found.text, found.target) == ("texts", "column 3", "column 1")


def test_a_text_and_its_label_behind_a_semicolon(tmp_path):
    frame = opened(tmp_path, "train.txt", "".join(f"{review(n)};{['joy', 'anger'][n % 2]}\n" for n in range(100)))
    found = purpose(frame)
    assert (len(frame), found.form, found.task, found.target) == (100, "texts", "classify", "column 2")


def test_lists_of_names_are_no_translations(tmp_path):
    for language in ("Korean", "Italian"):
        (tmp_path / f"{language}.txt").write_text("".join(f"{language[:2]}{n}a\n" for n in range(200)))
    assert open_any(tmp_path).form != "sentence pairs"
    assert len(open_any(tmp_path)) == 400


def test_a_text_of_another_ending_is_told_what_to_be_called(tmp_path):
    with pytest.raises(
        DataError,
        match=r"film\.srt is a text, but \.srt is no ending of one that is read\. To learn how it goes on, call",
    ):
        opened(tmp_path, "film.srt", "1\n00:00:01,000 --> 00:00:02,500\n- Hello.\n\n" * 50)


def test_what_hardly_comes_again_is_used_where_there_is_nothing_else(tmp_path):
    rows = "".join(f"/p/{n * 7919 % 170},{n % 2}\n" for n in range(300))
    found = purpose(opened(tmp_path, "a.csv", "page,clicked\n" + rows))
    assert (found.task, found.features) == ("classify", ("page",))


def test_names_of_targets_with_a_unit_and_in_brackets(tmp_path):
    rows = "".join(f"{n % 11},{WAVE[n]},road {n % 3}\n" for n in range(100))
    assert purpose(opened(tmp_path, "a.csv", "size,거래금액(만원),road\n" + rows)).target == "거래금액(만원)"
    days = "".join(f"{datetime.date(2020, 1, 1) + datetime.timedelta(n)},{WAVE[n]},{n % 9}\n" for n in range(100))
    assert purpose(opened(tmp_path, "b.csv", "<DATE>,<CLOSE>,<VOL>\n" + days)).target == "<CLOSE>"


def test_pictures_written_into_one_column(tmp_path):
    """As FER-2013 has them: emotion, pixels, Usage."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 576))
    rows = [
        f"{row % 3},{' '.join(map(str, pixels[row]))},{'Training' if row < 30 else 'PublicTest'}" for row in range(40)
    ]
    source = opened(tmp_path, "faces.csv", "\n".join(["emotion,pixels,Usage", *rows]))
    assert source.classes == ("0", "1", "2")
    assert source.pixels.shape == (40, 24, 24, 1)
    np.testing.assert_array_equal(source.pixels.reshape(40, -1), pixels)
    assert source.splits.tolist() == ["train"] * 30 + ["test"] * 10
    asked = tmp_path / "asked.csv"
    asked.write_text("\n".join(["id,pixels", *(f"{row},{' '.join(map(str, pixels[row]))}" for row in range(5))]))
    assert len(open_unlabelled(asked).ids) == 5


def test_thousands_of_pictures_in_one_column_without_those_that_are_none(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (3000, 64))
    cells = [" ".join(map(str, row)) for row in pixels]
    labels = [str(row % 7) for row in range(3000)]
    cells[10], cells[500], cells[2999] = cells[10] + " 3", cells[500].replace(" ", " 256 ", 1), "none"
    cells[700], labels[1234] = " ".join(["999", *cells[700].split()[1:]]), ""
    rows = [f"{label},{cell}" for label, cell in zip(labels, cells, strict=True)]
    source = opened(tmp_path, "digits.csv", "\n".join(["emotion,pixels", *rows]))
    wrong = [10, 500, 700, 1234, 2999]
    np.testing.assert_array_equal(source.pixels.reshape(-1, 64), np.delete(pixels, wrong, 0))
    np.testing.assert_array_equal(source.labels, np.delete(np.arange(3000) % 7, wrong))
    assert [one.path for one in source.left_out] == [f"digits.csv row {row + 1}" for row in wrong]
    dark = opened(tmp_path, "dark.csv", "\n".join(["label,pixels", *(f"{n % 2},{'0 1 ' * 32}" for n in range(6))]))
    assert dark.pixels.max() == 255  # 0 to 1, as in tables with a column a pixel


# Of 62 more, written before the readers were looked at and looked at after the above was mended -----------------------


def test_hours_across_are_put_below_one_another(tmp_path):
    head = "날짜," + ",".join(f"{hour:02d}시" for hour in range(1, 25))
    days = [datetime.date(2023, 3, 1) + datetime.timedelta(n) for n in range(10)]
    rows = "".join(f"{day}," + ",".join(map(str, WAVE[24 * n : 24 * n + 24])) + "\n" for n, day in enumerate(days))
    frame = opened(tmp_path, "a.csv", f"{head}\n{rows}")
    np.testing.assert_allclose(frame.table["value"], WAVE)
    found = moments(frame, "time")
    assert (found[0], found[-1]) == (np.datetime64("2023-03-01T01"), np.datetime64("2023-03-11T00"))
    assert purpose(frame).task == "forecast"


def test_times_from_when_to_when_and_halves_of_years(tmp_path):
    quarter = [datetime.datetime(2023, 2, 1) + datetime.timedelta(minutes=15 * n) for n in range(61)]
    words = [f"{a:%d.%m.%Y %H:%M} - {b:%d.%m.%Y %H:%M}" for a, b in zip(quarter, quarter[1:], strict=False)]
    assert typed("Time", words)[0].dt.to_pydatetime().tolist() == quarter[:-1]
    halves = "".join(f"{1990 + n // 2}-H{n % 2 + 1},{WAVE[n]}\n" for n in range(60))
    found = purpose(opened(tmp_path, "a.csv", "period,index\n" + halves))
    assert found.reasons[0] == "A series: the usual step of period is half a year, from 1990-01-01 to 2019-07-01."


def test_rows_with_a_label_are_a_table_whenever_they_were(tmp_path):
    rows = "".join(f"{datetime.date(2020, 1, 1) + datetime.timedelta(n)},{WAVE[n]},{'uv'[n % 2]}\n" for n in range(100))
    frame = opened(tmp_path, "a.csv", "when,x,label\n" + rows)
    assert purpose(frame).target == "label"
    assert purpose(frame, time="when").task == "forecast"
    assert purpose(frame, forecast=True).time == "when"


def test_powers_of_ten_between_spaces_are_a_table(tmp_path):
    rows = "".join(f"   {value:.7e}   {value * 2: .7e}\n" for value in WAVE)
    assert [*kinds(opened(tmp_path, "features.txt", rows)).values()] == ["number", "number"]


def test_a_space_before_quotes_is_no_part_of_them(tmp_path):
    rows = "".join(f"'{n % 50}', '{['New York', 'Rome'][n % 2]}', '{['yes', 'no'][n % 3 > 0]}'\n" for n in range(90))
    assert kinds(opened(tmp_path, "q.csv", "'age', 'city', 'approved'\n" + rows)) == {
        "age": "number",
        "city": "category",
        "approved": "category",
    }


def test_a_class_that_stands_first_among_numbers_without_names(tmp_path):
    rows = "".join(f"{'LRB'[n % 3]},{n % 5 + 1},{n % 4 + 1},{n % 7 % 5 + 1},{n % 3 + 1}\n" for n in range(150))
    assert purpose(opened(tmp_path, "a.data", rows)).target == "column 1"


def test_files_of_other_programs_are_called_by_their_names(tmp_path):
    with pytest.raises(DataError, match=r"a\.keras holds the weights of a network and is no data"):
        opened(tmp_path, "a.keras", b"PK\3\4" + bytes(100))
    with pytest.raises(DataError, match=r"a\.xml is XML, which is not read\. Save its rows as CSV or JSON\."):
        opened(tmp_path, "a.xml", "<rows><row><a>1</a></row></rows>\n")
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(DataError, match=r"a\.docx is a document of a word processor\."):
        open_any(tmp_path / "a.docx")
