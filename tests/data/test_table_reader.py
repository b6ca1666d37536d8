"""Tables as people have them: every way one table is written, what is said of odd ones, and which are refused."""

import bz2
import gzip
import io
import json
import lzma
import math
import sys
import types
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.data.readers.table import read_table

PLAIN = "name,age,weight\nKim,30,61.5\nLee,41,72\nPark,25,55.25\n"
TABLE = {"name": ["Kim", "Lee", "Park"], "age": [30.0, 41.0, 25.0], "weight": [61.5, 72.0, 55.25]}


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_csv", ".csv"), text)
    return stream.getvalue()


def table(frame):
    return {name: values.tolist() for name, values in frame.table.items()}


def read(tmp_path, content, name="a.csv", **settings):
    return read_table(write(tmp_path / name, content), **settings)


def refused(tmp_path, content, name="a.csv", **settings):
    with pytest.raises(DataError) as caught:
        read(tmp_path, content, name, **settings)
    return str(caught.value)


def left_out(frame):
    return {one.path: one.reason for one in frame.left_out}


def same(first, second):
    return first == second or (first is None and second is None) or (first != first and second != second)


# One table, however it is written --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", PLAIN),
        ("tabs.tsv", PLAIN.replace(",", "\t")),
        ("semicolons.csv", PLAIN.replace(",", ";")),
        ("decimal-commas.csv", PLAIN.replace(",", ";").replace(".", ",")),
        ("bars.txt", PLAIN.replace(",", "|")),
        ("colons.txt", PLAIN.replace(",", ":")),
        ("double-colons.dat", PLAIN.replace(",", "::")),
        ("carets.csv", PLAIN.replace(",", "^")),
        ("unit-separators.csv", PLAIN.replace(",", "\x1f")),
        ("broken-bars.csv", PLAIN.replace(",", "¦")),
        ("spaces.data", "name  age  weight\nKim   30   61.5\nLee   41   72\nPark  25   55.25\n"),
        ("spaces-after-commas.csv", PLAIN.replace(",", ", ")),
        ("no-final-end.csv", PLAIN.rstrip("\n")),
        ("crlf.csv", PLAIN.replace("\n", "\r\n")),
        ("cr.csv", PLAIN.replace("\n", "\r")),
        ("mixed-ends.csv", PLAIN.replace("\n", "\r\n", 1)),
        ("blank-lines.csv", PLAIN.replace("\n", "\n\n")),
        ("blank-first.csv", "\n\n" + PLAIN),
        ("bom.csv", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("utf16.csv", PLAIN.encode("utf-16")),
        ("utf16-be-without-mark.csv", PLAIN.encode("utf-16-be")),
        ("utf16-le-without-mark.csv", PLAIN.encode("utf-16-le")),
        ("quoted.csv", '"name","age","weight"\n"Kim","30","61.5"\n"Lee","41","72"\n"Park","25","55.25"\n'),
        ("excel-sep.csv", "sep=;\r\n" + PLAIN.replace(",", ";")),
        ("comment.csv", "# weights of three people\n" + PLAIN),
        ("hash-header.csv", "#" + PLAIN),
        ("titled.csv", "Weights of May\n\n" + PLAIN),
        ("titled-with-commas.csv", "Weights of May,,\n,,\n" + PLAIN),
        ("trailing-commas.csv", "name,age,weight,\nKim,30,61.5,\nLee,41,72,\nPark,25,55.25,\n"),
        ("trailing-commas-in-rows.csv", "name,age,weight\nKim,30,61.5,\nLee,41,72,\nPark,25,55.25,\n"),
        ("nuls.csv", PLAIN.replace("Kim", "K\0im")),
        ("header-twice.csv", PLAIN.replace("Park", "name,age,weight\nPark")),
        ("a.csv.gz", gzip.compress(PLAIN.encode())),
        ("a.csv.bz2", bz2.compress(PLAIN.encode())),
        ("a.csv.xz", lzma.compress(PLAIN.encode())),
        ("a.csv.zip", zipped(a_csv=PLAIN, **{"__MACOSX/._a_csv": "x"})),
        ("gzip-without-its-name.csv", gzip.compress(PLAIN.encode())),
        ("a.jsonl", '{"name":"Kim","age":30,"weight":61.5}\n{"name":"Lee","age":41,"weight":72}\n{"name":"Park","age":25,"weight":55.25}'),
        ("list.json", json.dumps([dict(zip(TABLE, row, strict=True)) for row in zip(*TABLE.values(), strict=True)])),
        ("mixed-types.jsonl", '{"name":"Kim","age":30,"weight":61.5}\n{"name":"Lee","age":"41","weight":"72"}\n'
         '{"name":"Park","age":25,"weight":55.25}'),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 and "," not in value else "",
)  # fmt: skip
def test_one_table_however_it_is_written(tmp_path, name, content):
    frame = read(tmp_path, content, name)
    assert table(frame) == TABLE
    assert [column.kind for column in frame.columns] == ["category", "number", "number"]
    assert frame.ids[0] == f"{name} row 1"
    assert len(frame) == 3


@pytest.mark.parametrize("suffix", ["parquet", "feather", "arrow"])
def test_columns_that_have_types_already(tmp_path, suffix):
    stream = pa.table({**TABLE, "when": pd.to_datetime(["2021-01-01", "2021-01-02", None])})
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        pyarrow.parquet.write_table(stream, path)
    elif suffix == "feather":
        pyarrow.feather.write_feather(stream, str(path))
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, stream.schema) as writer:
            writer.write_table(stream)
    frame = read_table(path)
    assert {name: table(frame)[name] for name in TABLE} == TABLE
    assert frame.column("when").kind == "date"
    assert frame.column("when").missing == 1
    assert frame.table["when"].dtype == "datetime64[ns]"


def test_class_names_of_the_hub_take_the_place_of_numbers(tmp_path):
    features = {"info": {"features": {"label": {"_type": "ClassLabel", "names": ["neg", "pos"]}}}}
    plain = pa.table({"label": [1, 0, -1]}).replace_schema_metadata({"huggingface": json.dumps(features)})
    pyarrow.parquet.write_table(plain, tmp_path / "a.parquet")
    assert table(read_table(tmp_path / "a.parquet")) == {"label": ["pos", "neg", None]}


def test_lists_and_bytes_are_left_out_and_structs_taken_apart(tmp_path):
    plain = pa.table({"a": [1.5, 2.5], "tags": [[1], [2]], "place": [{"x": 1}, {"x": 2}], "raw": [b"1", b"2"]})
    pyarrow.parquet.write_table(plain, tmp_path / "a.parquet")
    frame = read_table(tmp_path / "a.parquet")
    assert table(frame) == {"a": [1.5, 2.5], "place.x": [1.0, 2.0]}
    assert left_out(frame) == {
        "a.parquet column tags": "holds list<element: int64>, not one value a row",
        "a.parquet column raw": "holds binary, not one value a row",
    }


# What is said of odd ones ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("Weights of May\n" + PLAIN, "a.csv: 1 line above the table is passed over: 'Weights of May'."),
        ("# one\n# two\n" + PLAIN, "a.csv: 2 lines above the table are passed over: '# one'."),
        ("a,b\n1,2\n# note\n3,4\n5,6\n", "a.csv: 1 line of comment is passed over."),
        ("6,148\n1,85\n8,183\n", "a.csv has no line of column names: the columns are called column 1 to column 2."),
        ("이름,나이\n김,30\n이,41\n".encode("cp949"), "a.csv is no UTF-8: it is read as cp949 (Korean)."),
        (
            "name,age\nJos\u00e9,30\nZo\u00eb,41\n".encode("latin-1"),
            "a.csv is no UTF-8: it is read as cp1252 (Western European). Look whether the letters are right.",
        ),
        (
            "name,age\nZo\u00ebl,30\nZo\u00ebn,41\n".encode("latin-1"),
            "a.csv is no UTF-8: it is read as cp1252 (Western European). Look whether the letters are right.",
        ),
        ("이름,나이\n".encode() * 9 + b"\xff,3\n", "a.csv: 1 byte is no UTF-8 and stands as \ufffd now."),
        ("name,age\nK\0im,3\nL\0ee,4\n", "a.csv: 2 NUL bytes are taken out."),
        (PLAIN.encode("utf-16"), "a.csv is read as UTF-16."),
        (PLAIN.replace(",", ";"), "a.csv: cells are separated by semicolons."),
        ("a,b,a\n1,2,3\n4,5,6\n", "a.csv has several columns called a: the later ones are called a (2) and so on."),
        ("a,,b\n1,2,3\n4,5,6\n", "a.csv has columns without a name; they are called column 2."),
        (
            ",a\n0,5\n1,7\n2,5\n3,1\n4,2\n",
            "The first column has no name and tells the rows apart: it is kept as the id index.",
        ),
        ("a,b\n1,\n2,\n", "No values: b."),
    ],
)
def test_what_was_inferred_is_noted(tmp_path, content, note):
    assert note in read(tmp_path, content).notes


@pytest.mark.parametrize(
    ("rows", "number", "reason"),
    [
        (["Kim,30,61.5", "Lee,41", "Park,25,55.25"], 2, "2 values where the header has 3"),
        (["Kim,30,61.5", "Lee,41,72", "Park,25,55.25,9"], 3, "4 values where the header has 3"),
        (["Kim,30,61.5", "name,age,weight", "Park,25,55.25"], 2, "the header once more"),
    ],
)
def test_rows_that_do_not_fit_are_left_out_and_listed(tmp_path, rows, number, reason):
    frame = read(tmp_path, "\n".join(["name,age,weight", *rows]))
    assert left_out(frame) == {f"a.csv row {number}": reason}
    assert frame.ids == [f"a.csv row {row}" for row in (1, 2, 3) if row != number]


def test_without_a_header_the_rows_set_the_number_of_values(tmp_path):
    frame = read(tmp_path, "1,2,3\n4,5,6\n7,8\n9,9,9\n", header=False)
    assert left_out(frame) == {"a.csv row 3": "2 values where most rows have 3"}


def test_a_header_can_be_said_to_be_there_or_not(tmp_path):
    assert list(read(tmp_path, "1,2\n3,4\n5,7\n", header=True).table) == ["1", "2"]
    assert list(read(tmp_path, PLAIN, header=False).table) == ["column 1", "column 2", "column 3"]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("country,1990,1991,1992\nKorea,1,2,3\nPeru,4,5,6\n", ["country", "1990", "1991", "1992"]),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.3,2.9,virginica\n", ["column 1", "column 2", "column 3"]),
        ("p,x,s\ne,x,s\np,b,y\ne,b,s\n", ["column 1", "column 2", "column 3"]),
        ("colour,shape\nred,round\nblue,square\nred,square\n", ["colour", "shape"]),
        ("2021-01-01,a\n2021-01-02,b\n2021-01-03,c\n", ["column 1", "column 2"]),
        ("x y\nr1 1 2\nr2 3 4\n", ["index", "x", "y"]),  # as R writes it, with row names
        ("text\nHello, world\nNo comma here\nOne, two, three\n", ["text"]),
        ("Who?\t누구?\nHello!\t안녕!\nNo way!\t절대 아니야.\n", ["column 1", "column 2"]),
    ],
)
def test_headers_are_told_from_rows(tmp_path, content, names):
    assert list(read(tmp_path, content).table) == names


def test_line_breaks_and_separators_in_quotes(tmp_path):
    frame = read(tmp_path, 'id,text\n7,"one, two\nthree"\n9,"he said ""no"""\n')
    assert frame.table["text"].tolist() == ["one, two\nthree", 'he said "no"']
    assert frame.ids == ["a.csv row 1", "a.csv row 2"]


def test_quotes_that_are_only_text(tmp_path):
    frame = read(tmp_path, 'id\ttext\tlabel\n1\t"Great film\t1\n2\tBad "film"\t0\n3\tfine"\t1\n', "a.tsv")
    assert frame.table["text"].tolist() == ['"Great film', 'Bad "film"', 'fine"']


def test_quotes_after_backslashes(tmp_path):
    frame = read(tmp_path, 'id,text\n1,"he said \\"no, never\\""\n2,"plain"\n3,"a, b"\n')
    assert frame.table["text"].tolist() == ['he said "no, never"', "plain", "a, b"]


def test_formula_cells_are_words_like_others(tmp_path):
    frame = read(tmp_path, "a,b\n=cmd|' /C calc'!A0,1\n+1+2,2\n@SUM(A1),3\n")
    assert frame.table["a"].tolist() == ["=cmd|' /C calc'!A0", "+1+2", "@SUM(A1)"]


def test_numbers_that_are_none_count_as_missing(tmp_path):
    frame = read(tmp_path, "x,y\n1,1e400\n2,inf\n?,-inf\nN/A,NaN\n5,7\n6,8\n")
    assert [math.isnan(value) for value in frame.table["x"]] == [False, False, True, True, False, False]
    assert (
        frame.column("y").reason
        == "2 different whole numbers from 7 to 8; 3 values are too large or infinite and count as missing"
    )


def test_kinds_can_be_said_and_wrong_ones_are_refused(tmp_path):
    assert read(tmp_path, PLAIN, kinds={"age": "category"}).table["age"].tolist() == ["30", "41", "25"]
    assert refused(tmp_path, PLAIN, kinds={"agee": "number"}) == "There is no column 'agee'. Did you mean age?"
    assert refused(tmp_path, PLAIN, kinds={"age": "numbr"}) == "'numbr' is not a kind of column. Did you mean number?"
    assert refused(tmp_path, PLAIN, kinds={"name": "number"}) == (
        "Column name cannot hold numbers: 3 of 3 values are none, such as 'Kim'. "
        "Say category or text, or leave its kind out, and it is inferred."
    )


def test_the_stamp_changes_with_the_file(tmp_path):
    first = read(tmp_path, PLAIN)
    assert read_table(tmp_path / "a.csv").stamp == first.stamp
    assert read(tmp_path, PLAIN + "Choi,1,2\n").stamp != first.stamp


# Refused ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.csv is empty."),
        (b"\r\n \n", "a.csv is empty."),
        (b"\0" * 40, "a.csv holds only NUL bytes."),
        (b"a,b,c\n", "a.csv has a header but no rows."),
        (b"<!DOCTYPE html><html>", "a.csv is a web page (HTML), not a table: the link leads to a page about the file. "
         "Download the file itself."),
        (b"version https://git-lfs.github.com/spec/v1\n", "a.csv is a Git LFS pointer, not the table itself (`git lfs pull` fetches it)."),
        (b"%PDF-1.7 ...", "a.csv is a PDF document, not a table."),
        (b"GIF89a....", "a.csv is a picture, not a table."),
        (bytes(range(1, 9)) * 9, "a.csv is no text: 72 of its first 72 bytes are control characters."),
        (b"PAR1 and nothing", "a.csv is damaged or no Parquet, Arrow or Feather file (Parquet magic bytes not found in footer. "
         "Either the file is corrupted or this is not a parquet file.)."),
        (gzip.compress(PLAIN.encode() * 50)[:-12], "a.csv is a damaged or cut-off gzip file "
         "(Compressed file ended before the end-of-stream marker was reached)."),
        (bz2.compress(PLAIN.encode() * 50)[:-12], "a.csv is a damaged or cut-off archive "
         "(Compressed file ended before the end-of-stream marker was reached)."),
        (zipped(a_csv=PLAIN, b_csv=PLAIN), "a.csv holds 2 files (a.csv, b.csv). One is expected: unpack it and give the folder."),
        (zipped(), "a.csv is an archive without files."),
        (b"\xd0\xcf\x11\xe0rest", "a.csv is an Excel file of before 2007 (.xls). Save it as .xlsx or CSV."),
        (b"a,b,c\n1,2,3\n1,2\n1\n2\n1,2,3,4\n", "a.csv is no even table: 4 of 5 rows have another number of values than expected "
         "(the header has 3).\na.csv row 2: 2 values\na.csv row 3: 1 value\na.csv row 4: 1 value"),
        (b'{"a": 1}\n{"a": \n', "a.csv, line 2, is no JSON object (Expecting value: line 1 column 7 (char 6))."),
        (b"[{\"a\": 1}, 7]", 'a.csv is no table: entry 2 is no JSON object such as {"name": "value"}.'),
        (b"x" + b",1" * 1_000_000 + b"\n", "a.csv has 1,000,001 columns, more than the 20,000 allowed."),
        (b"a,b\n1," + b"x" * 17_000_000 + b"\n", "a.csv, line 2, has 17,000,003 bytes, more than the 16,777,216 allowed. "
         "Is it a table, and are its line ends whole?"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_refused_in_words(tmp_path, content, sentence):
    assert refused(tmp_path, content) == sentence


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="none.csv does not exist"):
        read_table(tmp_path / "none.csv")


def test_an_archive_larger_than_memory_is_refused_while_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.data.readers.unpack.most_bytes", lambda: 30_000_000)
    sentence = "a.csv.xz unpacks to more than the 30,000,000 bytes that fit in memory."
    assert refused(tmp_path, lzma.compress(b"0" * 60_000_000, preset=0), "a.csv.xz") == sentence


# Excel -----------------------------------------------------------------------------------------------------------------


def test_excel_without_openpyxl_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    content = zipped(**{"[Content_Types].xml": "<x/>"})
    assert refused(tmp_path, content, "a.xlsx") == (
        "a.xlsx is an Excel file. Reading it needs openpyxl: pip install 'seodang[excel]'. Or save it as CSV."
    )


def test_excel_through_openpyxl(tmp_path, monkeypatch):
    """With the two of its functions that are called, so that it is tested where openpyxl is not installed."""
    rows = [(None, None, None), ("Weights", None, None), tuple(TABLE), *zip(*TABLE.values(), strict=True)]
    sheets = [
        types.SimpleNamespace(title=title, iter_rows=lambda values_only, rows=rows: iter(rows))
        for title, rows in (("empty", []), ("May", rows), ("June", rows))
    ]
    fake = types.ModuleType("openpyxl")
    fake.load_workbook = lambda *_, **__: types.SimpleNamespace(worksheets=sheets)  # pyright: ignore
    monkeypatch.setitem(sys.modules, "openpyxl", fake)
    frame = read(tmp_path, zipped(**{"[Content_Types].xml": "<x/>"}), "a.xlsx")
    assert table(frame) == TABLE
    assert frame.form == "Excel"
    assert frame.notes == (
        "a.xlsx: 1 line above the table is passed over: 'Weights'.",
        "a.xlsx: of 2 sheets the one with the most cells is read, May; not June.",
    )


# Folders ---------------------------------------------------------------------------------------------------------------


def test_a_folder_with_train_and_test(tmp_path):
    write(tmp_path / "test.csv", "name,age\nChoi,30\n")
    write(tmp_path / "train.csv", PLAIN)
    write(tmp_path / "sample_submission.csv", "id,weight\n1,2\n")
    write(tmp_path / "data_description.txt", "What the columns mean.")
    frame = read_table(tmp_path)
    assert frame.splits.tolist() == ["train"] * 3 + ["test"]
    assert frame.ids[-1] == "test.csv row 1"
    assert frame.notes == ("Column weight is not in test.csv: it is missing there.",)
    assert math.isnan(frame.table["weight"].iloc[-1])


def test_tables_of_a_folder_are_put_one_after_another(tmp_path):
    write(tmp_path / "april.csv", "a,b\n1,x\n2,y\n")
    write(tmp_path / "may.csv", "b,a,c\nz,3,9\n")
    frame = read_table(tmp_path)
    assert all(map(same, frame.table["c"], [math.nan, math.nan, 9.0]))
    assert frame.table["a"].tolist() == [1.0, 2.0, 3.0]
    assert frame.notes == ("Column c is not in april.csv: it is missing there.",)
    assert set(frame.splits) == {""}


def test_tables_that_are_not_one(tmp_path):
    write(tmp_path / "a.csv", "a,b\n1,2\n2,3\n")
    write(tmp_path / "b.csv", "c,d\n1,2\n2,3\n")
    with pytest.raises(DataError) as caught:
        read_table(tmp_path)
    assert str(caught.value) == (
        f"The tables of {tmp_path} have different columns: a.csv has a, b; b.csv has c, d. "
        "Give one file, or a folder of tables with the same columns."
    )


def test_a_folder_without_tables(tmp_path):
    with pytest.raises(DataError, match="has no tables. These are looked for: .csv, .tsv"):
        read_table(tmp_path)


def test_rows_can_be_selected(tmp_path):
    frame = read(tmp_path, PLAIN).select(np.array([2, 0]))
    assert table(frame)["name"] == ["Park", "Kim"]
    assert frame.ids == ["a.csv row 3", "a.csv row 1"]


# Nothing but words comes out -------------------------------------------------------------------------------------------

CELL = st.one_of(
    st.integers(-3, 300).map(str),
    st.text(max_size=6),
    st.sampled_from(
        ["", "nan", "1e400", '"', '""', "=cmd()", "2021-01-01", "1,5", "\0", "\r", "\\", "#", "12%", "$5", "０"]
    ),
)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def what_disagrees(path):
    """What is wrong with how a file was read, or with the words it was refused with: nothing, if all is well."""
    try:
        frame = read_table(path)
    except DataError as error:
        return [] if str(error).strip() else ["a refusal without a sentence"]
    wrong = []
    if not len(frame) == len(frame.table) == len(frame.ids) == len(frame.splits) > 0:
        wrong.append("rows of the frame")
    if list(frame.table) != [column.name for column in frame.columns] or len(set(frame.table)) < len(frame.columns):
        wrong.append("names of columns")
    return wrong + [c.name for c in frame.columns if frame.table[c.name].isna().sum() != c.missing]


def test_a_longer_line_above_rows_that_are_nearly_empty(tmp_path):
    """Found by the test below: the first line was compared with narrower rows, and a traceback came out."""
    frame = read_table(write(tmp_path / "a.csv", "0,0,0,0\n0,,\n,0,\n"))
    assert (len(frame), len(frame.columns)) == (2, 3)


@FUZZ
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from(",;\t| "))
def test_any_table_is_read_or_refused_in_words(tmp_path, cells, separator):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(separator.join(row) for row in cells), encoding="utf-8", errors="replace", newline="")
    assert what_disagrees(path) == []


@FUZZ
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "a,b\n1,2\n", "PK\x03\x04", "\xff\xfe", "PAR1", "ARROW1", "BZh", '{"a":']),
)
def test_any_bytes_are_read_or_refused_in_words(tmp_path, content, start):
    assert what_disagrees(write(tmp_path / "a.csv", start.encode("latin-1") + content)) == []


# Real tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    ("place", "rows", "kinds"),
    [
        ("tables/titanic.csv", 891, "nncnnnnccccccc" + "c"),
        ("tables/penguins.csv", 344, "ccnnnnc"),
        ("tables/pima-indians-diabetes.csv", 768, "n" * 9),
        ("tables/california-housing.csv", 20640, "n" * 9 + "c"),
        ("tables/auto-mpg.csv", 398, "nnnnnnncc"),
        ("aapl", 10538, "dnnnnnn"),
        ("series/ETTh1.csv", 17420, "dnnnnnnn"),
        ("series/daily-min-temperatures.csv", 3650, "dn"),
        ("series/flights.csv", 144, "ncn"),
        ("nsmc", 25000, "itn"),
        ("imdb", 35000, "tc"),
        ("kor-eng/kor.txt", 904, "ttt"),
        ("nyt-headlines", 9335, "tincctt" + "ncndctcc" + "i"),
    ],
)
def test_real_tables(real_data, place, rows, kinds):
    frame = read_table(real_data(place))
    assert len(frame) == rows
    assert frame.left_out == ()
    assert "".join(column.kind[0] for column in frame.columns) == kinds
    assert len(set(frame.ids)) == rows


@pytest.mark.real
def test_headlines_of_nine_files(real_data):
    frame = read_table(real_data("nyt-headlines"))
    assert frame.notes == ("Column abstract is not in 3 of 9 files: it is missing there.",)
    assert (frame.table["headline"] == "Unknown").sum() == 732
