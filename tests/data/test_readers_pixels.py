"""Tables of pixels: every way they are written, and what is said of rows that are wrong."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from seodang.core.errors import DataError
from seodang.data.frame import Frame
from seodang.data.open import open_any, open_source
from seodang.data.readers.pixels import _carefully, _quickly, read_pixels


def write(path, text):
    content = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def rows(*lines, header="label,pixel1,pixel2,pixel3,pixel4", end="\n"):
    return end.join([*([header] if header else []), *lines]) + end


def message(path):
    with pytest.raises(DataError) as caught:
        open_source(path)
    return str(caught.value)


def left_out(source):
    return {one.path: one.reason for one in source.left_out}


GOOD = ("7,0,1,2,255", "3,9,8,7,6", "7,0,0,0,1")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", rows(*GOOD)),
        ("a.csv.gz", rows(*GOOD)),
        ("a.tsv", rows(*GOOD).replace(",", "\t")),
        ("a.txt", rows(*GOOD).replace(",", ";")),
        ("a.csv", rows(*GOOD).rstrip("\n")),  # no line end at the end
        ("crlf.csv", rows(*GOOD, end="\r\n")),
        ("cr.csv", rows(*GOOD, end="\r")),
        ("bom.csv", b"\xef\xbb\xbf" + rows(*GOOD).encode()),
        ("utf16.csv", rows(*GOOD).encode("utf-16")),
        ("quoted.csv", rows(*GOOD).replace("pixel1", '"pixel1"').replace("7,", '"7",')),
        ("spaces.csv", rows(*GOOD).replace(",", ", ")),
        ("floats.csv", rows("7.0,0.0,1.0,2.0,255.0", "3.0,9.0,8.0,7.0,6.0", "7.0,0.0,0.0,0.0,1.0")),
        ("counted.csv", rows(*GOOD, header="label,0,1,2,3")),
        ("grid.csv", rows(*GOOD, header="label,1x1,1x2,2x1,2x2")),
        ("y.csv", rows(*GOOD, header="y,a0,a1,a2,a3")),
        ("known.csv", rows(*GOOD, header="kind,a0,a1,a2,a3")),
        ("last.csv", "a0,a1,a2,a3,Class\n0,1,2,255,7\n9,8,7,6,3\n0,0,0,1,7\n"),
        ("index.csv", ",label,p0,p1,p2,p3\n0,7,0,1,2,255\n1,3,9,8,7,6\n2,7,0,0,0,1\n"),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value and "\r" not in value else "",
)
def test_one_table_however_it_is_written(tmp_path, name, text):
    source = open_source(write(tmp_path / name, text))
    assert source.classes == source.label_values == ("3", "7")
    assert source.labels.tolist() == [1, 0, 1]
    assert source.pixels[..., 0].tolist() == [[[0, 1], [2, 255]], [[9, 8], [7, 6]], [[0, 0], [0, 1]]]
    assert source.pixels.dtype == np.uint8
    assert source.left_out == ()


def test_blank_lines_are_passed_over_and_lines_are_counted_as_an_editor_does(tmp_path):
    source = open_source(write(tmp_path / "a.csv", "\n" + rows("7,0,1,2,255", "", "3,9,8,7,6")))
    assert source.ids == ["a.csv line 3", "a.csv line 5"]
    plain = open_source(write(tmp_path / "b.csv", rows(*GOOD)))
    assert plain.ids == ["b.csv line 2", "b.csv line 3", "b.csv line 4"]


def test_without_a_header_many_whole_numbers_are_pixels_and_few_are_a_table(tmp_path):
    picture = ",".join(str(n) for n in range(25))
    headless = open_source(write(tmp_path / "c.csv", rows(f"7,{picture}", f"3,{picture}", header=None)))
    assert headless.classes == ("3", "7")
    assert headless.pixels[0, ..., 0].tolist() == [list(range(5 * n, 5 * n + 5)) for n in range(5)]
    assert headless.ids[0] == "c.csv line 1"
    assert headless.notes == ("c.csv has no header: the first column is the label.",)
    few = open_any(write(tmp_path / "d.csv", rows(*GOOD, header=None)))
    assert isinstance(few, Frame)
    assert read_pixels(tmp_path / "d.csv").classes == ("3", "7")  # as the reader of pixels would have it


def test_a_folder_with_train_and_test(tmp_path):
    write(tmp_path / "train.csv.gz", rows(*GOOD))
    write(tmp_path / "test.csv.gz", rows("9,1,1,1,1"))
    (tmp_path / "about.txt").write_text("hello")
    source = open_source(tmp_path)
    assert source.splits.tolist() == ["train"] * 3 + ["test"]
    assert source.classes == ("3", "7", "9")
    assert source.ids[-1] == "test.csv.gz line 2"


def test_a_test_table_without_labels_is_left_aside(tmp_path):
    write(tmp_path / "train.csv", rows(*GOOD))
    write(tmp_path / "test.csv", "pixel1,pixel2,pixel3,pixel4\n1,2,3,4\n")
    source = open_source(tmp_path)
    assert len(source) == 3
    assert source.notes == ("test.csv has no label column: its 1 rows are left aside.",)
    assert left_out(source) == {"test.csv": "no label column, so no labels"}


def test_gaps_in_the_labels_stay(tmp_path):
    text = rows(*(f"{label},1,2,3,4" for label in (0, 8, 10, 24)))
    source = open_source(write(tmp_path / "signs.csv", text))
    assert source.label_values == ("0", "8", "10", "24")
    assert source.labels.tolist() == [0, 1, 2, 3]


def test_three_times_a_square_is_colour(tmp_path):
    header = "label," + ",".join(f"p{number}" for number in range(12))
    text = rows("a,1,2,3,4,5,6,7,8,9,10,11,12", header=header)
    source = open_source(write(tmp_path / "a.csv", text))
    assert source.pixels.tolist() == [[[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]]
    assert source.notes == ("12 numbers a row are taken as 2×2 pixels of red, green and blue.",)


def test_zero_to_one_is_brought_to_255(tmp_path):
    write(tmp_path / "train.csv", rows("a,0,0.5,1,0.2"))
    write(tmp_path / "test.csv", rows("b,0,1,1,0"))  # whole numbers there: the same scale all the same
    source = open_source(tmp_path)
    assert source.pixels.reshape(2, 4).tolist() == [[0, 128, 255, 51], [0, 255, 255, 0]]
    assert source.notes == ("Pixel values from 0 to 1 are brought to 0 to 255.",)


def test_fractions_up_to_255_are_rounded(tmp_path):
    source = open_source(write(tmp_path / "a.csv", rows("a,0,127.4,127.5,255")))
    assert source.pixels.flatten().tolist() == [0, 127, 128, 255]
    assert source.notes == ("Pixel values with fractions are rounded to whole numbers from 0 to 255.",)


def test_other_columns_are_kept_for_grouping(tmp_path):
    source = open_source(write(tmp_path / "a.csv", "label,person,p1,p2,p3,p4\nx,ann,1,2,3,4\ny,bo,1,2,3,4\n"))
    assert source.columns["person"].tolist() == ["ann", "bo"]
    assert source.select(np.array([1])).columns["person"].tolist() == ["bo"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("7,0,abc,2,3", "column pixel2 is 'abc', not a number"),
        ("7,0,,2,3", "column pixel2 is empty, not a pixel"),
        ("7,0,NaN,2,3", "column pixel2 is NaN, not a pixel"),
        ("7,0,inf,2,3", "column pixel2 is inf, not a pixel"),
        ("7,0,1e400,2,3", "column pixel2 is 1e400, not a pixel"),
        ("7,0,256,2,3", "column pixel2 is 256, outside 0 to 255"),
        ("7,-1,0,2,3", "column pixel1 is -1, outside 0 to 255"),
        ("7,=cmd|'/c calc'!A1,0,2,3", "column pixel1 is \"=cmd|'/c calc'!A1\", not a number"),
        ("7,0,1,2", "4 cells, but the first line has 5"),
        ("7,0,1,2,3,4", "6 cells, but the first line has 5"),
        (",0,1,2,3", "column label is empty: no label"),
        ("7,0,\x00,2,3", "column pixel2 is '\\x00', not a number"),
    ],
)
def test_a_wrong_row_is_left_out_with_line_and_column(tmp_path, line, words):
    source = open_source(write(tmp_path / "a.csv", rows(GOOD[0], GOOD[1], line, GOOD[2])))
    assert left_out(source) == {"a.csv line 4": words}
    assert source.ids == ["a.csv line 2", "a.csv line 3", "a.csv line 5"]


def test_a_table_that_is_mostly_wrong_is_refused(tmp_path):
    path = write(tmp_path / "a.csv", rows("7,0,1,2,3", "7,0,x,2,3", "7,300,0,2,3", "7,1"))
    assert message(path) == (
        "a.csv cannot be read as a table of pixels: 3 of 4 rows are wrong.\n"
        "a.csv line 3: column pixel2 is 'x', not a number\n"
        "a.csv line 4: column pixel1 is 300, outside 0 to 255\n"
        "a.csv line 5: 2 cells, but the first line has 5"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a.csv is empty."),
        ("\n\n", "a.csv is empty."),
        ("label,pixel1,pixel2,pixel3,pixel4\n", "a.csv has a header but no rows."),
        ("hello\nworld\n", "a.csv is no table of pixels: its first line has one cell. Cells are separated by comma, tab or semicolon."),
        (
            "label,p1,p2,p3\n1,2,3,4\n",
            "a.csv has 3 pixel columns, which make no square picture: 784 would be 28×28 grey, 3,072 would be 32×32 in colour. "
            "Its first columns: label, p1, p2, p3.",
        ),
        (
            "p1,p2,p3,p4\n1,2,3,4\n",
            "a.csv has no label column. It is looked for under the names label, labels, class, target, y, category, fine_label, "
            "class_name, letter, digit; without a header it is the first column.",
        ),
        ("a,b,1,2,3\n",
         "a.csv, line 1: cell 2 is 'b'. Without a header, one column may hold the label as text and all others hold pixels."),
    ],
)  # fmt: skip
def test_tables_that_are_none(tmp_path, text, words):
    with pytest.raises(DataError) as caught:
        read_pixels(write(tmp_path / "a.csv", text))
    assert str(caught.value) == words


def test_tables_of_different_width(tmp_path):
    write(tmp_path / "train.csv", rows(*GOOD))
    write(tmp_path / "test.csv", "label," + ",".join(f"p{n}" for n in range(9)) + "\n1" + ",2" * 9 + "\n")
    assert message(tmp_path) == f"The tables of {tmp_path} differ in their number of pixels: train.csv 4, test.csv 9."


def test_damaged_gzip(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(rows(*GOOD * 100).encode())[:-20])
    assert message(path) == (
        "a.csv.gz is a damaged or cut-off gzip file (Compressed file ended before the end-of-stream marker was reached)."
    )


def test_a_gzip_bomb_is_refused_while_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.data.readers.content.most_bytes", lambda: 30_000_000)
    path = write(tmp_path / "a.csv.gz", b"0" * 60_000_000)
    assert message(path) == "a.csv.gz unpacks to more than the 30,000,000 bytes that fit in memory."


def test_a_million_columns_are_refused(tmp_path):
    path = write(tmp_path / "a.csv", "label" + ",1" * 1_000_000 + "\n")
    assert message(path) == "a.csv has 1,000,001 columns, more than the 400,000 allowed."


def test_a_parquet_table_of_pixels(tmp_path):
    columns = {"label": ["b", "a", None], **{f"pixel{n}": [n, 2 * n, 3] for n in range(4)}}
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    source = open_source(tmp_path / "a.parquet")
    assert source.form == "Parquet"
    assert source.classes == ("a", "b")
    assert source.pixels[..., 0].tolist() == [[[0, 1], [2, 3]], [[0, 2], [4, 6]]]
    assert left_out(source) == {"a.parquet row 3": "column label is empty: no label"}
    columns["pixel3"] = [3, 900, 3]
    columns["label"] = ["b", "a", "a"]
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert left_out(open_source(tmp_path / "a.parquet")) == {
        "a.parquet row 2": "column pixel3 is 900, outside 0 to 255"
    }


def test_quick_and_careful_agree(tmp_path):
    generator = np.random.default_rng(0)
    values = generator.integers(0, 256, (50, 9))
    labels = generator.integers(0, 5, 50)
    lines = [",".join(map(str, [label, *row])) for label, row in zip(labels, values, strict=True)]
    text = rows(*lines, header="label," + ",".join(f"p{n}" for n in range(9))).encode()
    from seodang.data.readers.pixels import _form

    form = _form("a.csv", text.split(b"\n")[0].decode().split(","), ",")
    quick, careful = _quickly("a.csv", text, form), _carefully("a.csv", text, form)
    assert np.array_equal(quick.values, careful.values)
    assert quick.labels.tolist() == careful.labels.tolist() == [str(label) for label in labels]
    assert quick.lines.tolist() == careful.lines.tolist()


def test_a_large_table_is_parsed_once(tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.data.readers.pixels.WORTH_KEEPING", 0)
    path = write(tmp_path / "a.csv", rows(*GOOD, "7,x,0,0,0"))
    first = open_source(path)
    monkeypatch.setattr("seodang.data.readers.pixels._read_csv", None)  # not called again
    again = open_source(path)
    assert again.ids == first.ids
    assert again.left_out == first.left_out
    assert again.classes == first.classes
    assert again.splits.tolist() == first.splits.tolist()
    assert np.array_equal(again.pixels, first.pixels)
    assert np.array_equal(again.labels, first.labels)


CELL = st.one_of(
    st.integers(-3, 300).map(str), st.text(max_size=4), st.sampled_from(["", "nan", "0.5", '"', "\0", "1e400"])
)


def refusal(path):
    """The sentence that a table is refused with, or an empty one where it is read, and then adds up."""
    try:
        source = read_pixels(path)
    except DataError as error:
        return str(error)
    assert len(source.pixels) == len(source.ids) == len(source.labels) > 0
    assert 0 <= source.labels.min() <= source.labels.max() < len(source.classes)
    return ""


def test_any_table_is_read_or_refused_in_words(tmp_path):
    path, told = tmp_path / "a.csv", []

    @settings(max_examples=120, deadline=None)
    @example([["7", "0", "1", "2", "255"]], ",", True)
    @given(st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=6), st.sampled_from(",;\t"), st.booleans())
    def written(cells, delimiter, header):
        lines = ([delimiter.join(["label", "p1", "p2", "p3", "p4"])] if header else []) + [
            delimiter.join(row) for row in cells
        ]
        path.write_text("\n".join(lines), encoding="utf-8", errors="surrogateescape", newline="")
        told.append(refusal(path))

    written()
    assert "" in told  # some are read, and every other is refused in words that name the file
    assert 0 < sum(bool(text) for text in told) == sum("a.csv" in text for text in told)


def test_any_bytes_are_read_or_refused_in_words(tmp_path):
    path, told = tmp_path / "a.csv", []

    @settings(max_examples=60, deadline=None)
    @example(rows(*GOOD).encode())
    @given(st.binary(max_size=300))
    def written(content):
        path.write_bytes(content)
        told.append(refusal(path))

    written()
    assert "" in told  # some are read, and every other is refused in words that name the file
    assert 0 < sum(bool(text) for text in told) == sum("a.csv" in text for text in told)


@pytest.mark.real
def test_sign_letters(real_data):
    source = open_source(real_data("asl-letters"))
    assert source.pixels.shape == (31_200, 28, 28, 1)
    assert (source.splits == "train").sum() == 24_000
    assert source.label_values[:3] == ("0", "1", "2")
    assert source.left_out == ()


def test_a_header_alone_is_refused_without_asking_pyarrow(tmp_path, monkeypatch):
    """PyArrow raises there while its threads start, and the process, which ends at once, aborted half of the time."""
    monkeypatch.setattr("pyarrow.csv.read_csv", lambda *_: pytest.fail("PyArrow was asked"))
    (tmp_path / "digits.csv").write_text("label," + ",".join(f"pixel{number}" for number in range(1, 65)) + "\n")
    with pytest.raises(DataError, match=r"^digits\.csv has a header but no rows\.$"):
        open_source(tmp_path / "digits.csv")


def test_without_a_header_the_label_may_be_last(tmp_path):
    """As in UCI's optdigits: the first column is a corner of the pictures and always 0."""
    digits = load_digits()
    lines = [
        ",".join(map(str, [*row.astype(int), label]))
        for row, label in zip(digits.data[:300], digits.target, strict=False)
    ]
    source = open_source(write(tmp_path / "o.csv", "\n".join(lines)))
    assert source.labels.tolist() == digits.target[:300].tolist()
    assert source.notes[0] == "o.csv has no header: the last column is the label."
    first = [
        ",".join(map(str, [label, *row.astype(int)]))
        for row, label in zip(digits.data[:300], digits.target, strict=False)
    ]
    source = open_source(write(tmp_path / "f.csv", "\n".join(first)))
    assert source.labels.tolist() == digits.target[:300].tolist()


def test_korean_labels_in_the_windows_encoding(tmp_path):
    text = rows("새,0,1,2,255", "강아지,9,8,7,6", "새,0,0,0,1")
    source = open_source(write(tmp_path / "a.csv", text.encode("cp949")))
    assert source.classes == ("강아지", "새")
    assert source.notes[0] == "a.csv is no UTF-8: it is read as cp949 (Korean)."


@pytest.mark.parametrize(
    ("count", "factor", "words"),
    [
        (
            60,
            1,
            "a.csv has 60 columns called like pixels, which make no square picture (784 would be 28×28): it is read as a table.",
        ),
        (
            64,
            257,
            "a.csv has 64 columns called like pixels, with values that are not from 0 to 255: it is read as a table.",
        ),
    ],
)
def test_why_a_table_of_pixels_is_none_is_told(tmp_path, count, factor, words):
    header = "label," + ",".join(f"pixel{number}" for number in range(count))
    lines = [
        f"{row % 2}," + ",".join(str((row * number) % 256 * factor) for number in range(count)) for row in range(1, 20)
    ]
    table = open_any(write(tmp_path / "a.csv", rows(*lines, header=header)))
    assert isinstance(table, Frame)
    assert table.notes[0] == words
