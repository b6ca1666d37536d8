"""Documents, prose and sentence pairs as people have them: what is read, what is left out and why, what is said."""

import gzip
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.data.encode_text import blocks, fit_text
from seodang.data.frame import KINDS, Frame
from seodang.data.readers.decoding import decoded
from seodang.data.readers.sentence_pairs import are_pairs
from seodang.data.readers.text_signs import holds_texts
from seodang.data.readers.texts import read_texts
from seodang.data.reading import Columns, Text
from seodang.data.repeated_texts import repeated_texts


def lay(root, **files):
    """Files under `root`; __ in a name is a slash, ___ a dot."""
    for name, content in files.items():
        path = root / name.replace("___", ".").replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def left(frame):
    return {one.path: one.reason for one in frame.left_out}


# Class folders --------------------------------------------------------------------------------------------------------


def test_class_folders_with_splits(tmp_path):
    lay(
        tmp_path,
        aclImdb__README="about",
        aclImdb__imdb___vocab="the\na",
        aclImdb__train__pos__0_9___txt="A fine film.\r\nReally.",
        aclImdb__train__neg__1_1___txt="Dull.",
        aclImdb__train__unsup__2_0___txt="Who knows.",
        aclImdb__train__unsup__3_0___txt="Not me.",
        aclImdb__train__urls_pos___txt="http://x",
        aclImdb__test__pos__4_9___txt="Great.",
        aclImdb__test__neg__5_1___txt="Dull.",
    )
    assert holds_texts(tmp_path)
    frame = read_texts(tmp_path)
    assert (frame.form, len(frame)) == ("text folders", 4)
    assert frame.table["text"].tolist() == ["Dull.", "A fine film.\nReally.", "Dull.", "Great."]
    assert frame.table["label"].tolist() == ["neg", "pos", "neg", "pos"]
    assert frame.splits.tolist() == ["train", "train", "test", "test"]
    assert frame.ids == ["train/neg/1_1.txt", "train/pos/0_9.txt", "test/neg/5_1.txt", "test/pos/4_9.txt"]
    assert [(column.name, column.kind, column.distinct) for column in frame.columns] == [
        ("text", "text", 3),
        ("label", "category", 2),
    ]
    assert left(frame) == {
        "README": "is in none of train, validation and test",
        "imdb.vocab": ".vocab is no name of a text; .txt, .text, .md are",
        "train/unsup/": "2 documents without a class",
        "train/urls_pos.txt": "lies in no class folder, so has no class",
    }
    assert frame.notes == (
        "train/unsup/ holds 2 documents without a class: left aside.",
        "1 of the 2 texts of test stands in train too, such as test/neg/5_1.txt.",
    )


def test_class_folders_without_splits_nested_and_files_without_suffix(tmp_path):
    lay(
        tmp_path,
        sci__space__101="To the moon.",
        sci__med__102="A pill.",
        rec__autos__103="A wheel.",
        rec__autos__x___jpg="",
    )
    frame = read_texts(tmp_path)
    assert frame.table["label"].tolist() == ["rec/autos", "sci/med", "sci/space"]
    assert set(frame.splits) == {""}
    assert left(frame) == {"rec/autos/x.jpg": ".jpg is no name of a text; .txt, .text, .md are"}


def test_documents_in_other_encodings_and_those_that_are_none(tmp_path):
    lay(
        tmp_path,
        a__bom___txt=b"\xef\xbb\xbfmark",
        a__utf16___txt="넓은 글자".encode("utf-16"),
        a__korean___txt="정말 재미있는 영화였어요. 추천!".encode("cp949"),
        a__french___txt="Un été à la mer, déjà passé.".encode("latin-1"),
        a__packed___txt___gz=gzip.compress(b"packed"),
        b__plain___txt="plain",
        b__empty___txt="",
        b__blank___txt=" \n\t\n",
        b__binary___txt=bytes(range(256)),
        b__picture___txt=b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
        b__cut___txt___gz=gzip.compress(b"packed" * 1000)[:30],
        b__report___txt=b"%PDF-1.7 ...",
    )
    frame = read_texts(tmp_path)
    texts = dict(zip(frame.ids, frame.table["text"], strict=True))
    assert texts == {
        "a/bom.txt": "mark",
        "a/utf16.txt": "넓은 글자",
        "a/korean.txt": "정말 재미있는 영화였어요. 추천!",
        "a/french.txt": "Un été à la mer, déjà passé.",
        "a/packed.txt.gz": "packed",
        "b/plain.txt": "plain",
    }
    reasons = left(frame)
    assert reasons.pop("b/cut.txt.gz").startswith("cut.txt.gz is a damaged or cut-off gzip file")
    assert reasons == {
        "b/empty.txt": "an empty file",
        "b/blank.txt": "empty: nothing but white space",
        "b/binary.txt": "binary, not text",
        "b/picture.txt": "a picture, not text",
        "b/report.txt": "a PDF document, not plain text",
    }
    assert frame.notes == (
        "1 of 6 files is not UTF-8 and is read as cp1252 (Western European).",
        "1 of 6 files is not UTF-8 and is read as cp949 (Korean).",
        "1 of 6 files is not UTF-8 and is read as utf-16-le.",
        "1 document is empty and left out.",
    )


def test_a_document_too_large_is_left_out_with_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.data.readers.texts.LARGEST_TEXT", 1 << 20)
    lay(tmp_path, a__1___txt="x" * (1 << 21), a__2___txt="y", b__3___txt="z", b__4___gz=gzip.compress(b"x" * (1 << 21)))
    assert left(read_texts(tmp_path)) == {
        "a/1.txt": "2 MB, more than the 1 MB allowed for one text",
        "b/4.gz": "2 MB unpacked, more than the 1 MB allowed for one text",
    }


def test_links_in_a_circle_and_names_that_are_no_utf8(tmp_path):
    lay(tmp_path, a__1___txt="one", b__2___txt="two")
    (tmp_path / "b" / "round").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "nowhere.txt").symlink_to(tmp_path / "gone")
    with open(os.fsencode(tmp_path / "a") + b"/\xff\xfe.txt", "w") as file:
        file.write("four")
    frame = read_texts(tmp_path)
    assert left(frame)["b/round/"] == "a link back to a folder above it"
    assert left(frame)["b/nowhere.txt"] == "a link that leads nowhere"
    assert frame.ids == ["a/1.txt", "a/\\xff\\xfe.txt", "b/2.txt"]


def test_every_western_letter_and_korean_syllable_comes_back():
    """Round trips: what cp949 and cp1252 can write of these languages is read as what it was."""
    western = "Ärger über Größe, naïve Fräulein, garçon, señor, où, œuvre, Ångström — “très” bien, coûté, prêt."
    korean = "동해물과 백두산이 마르고 닳도록, 하느님이 보우하사 우리나라 만세! ㅋㅋ 2024년"
    for text, encoding in ((western, "cp1252"), (korean, "cp949"), (western, "utf-8"), (korean, "utf-8")):
        assert decoded(text.encode(encoding)) == (text, encoding)
        for word in text.split():
            if encoding != "utf-8" and not word.isascii():
                assert decoded(f"{word} and so on".encode(encoding))[0] == f"{word} and so on"


# Prose ----------------------------------------------------------------------------------------------------------------

PLAY = (
    "First Citizen:\nBefore we proceed,\nhear me speak.\n\nAll:\nSpeak, speak.\n \nFirst Citizen:\nYou are resolved\n"
)


@pytest.mark.parametrize("name", ["play.txt", "play.md", "play.txt.gz", "play"])
def test_prose_is_cut_at_blank_lines(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(PLAY.encode()) if name.endswith(".gz") else PLAY.encode())
    assert holds_texts(path)
    frame = read_texts(path)
    assert frame.form == "prose"
    assert frame.table["text"].tolist() == [
        "First Citizen:\nBefore we proceed,\nhear me speak.",
        "All:\nSpeak, speak.",
        "First Citizen:\nYou are resolved",
    ]
    assert frame.ids == [f"{name} paragraph {number}" for number in (1, 2, 3)]
    assert frame.notes == ("Blank lines part the text into 3 paragraphs: a row is a paragraph.",)


def test_prose_without_blank_lines_is_cut_at_line_ends(tmp_path):
    lay(tmp_path, lines___txt="\n".join(f"Sentence {n}, and more." for n in range(200)) + "\n\nlast\n")
    frame = read_texts(tmp_path / "lines.txt")
    assert len(frame) == 201
    assert frame.ids[-1] == "lines.txt line 202"  # as an editor counts
    assert frame.notes == ("The text has 201 lines and hardly a blank line between them: a row is a line.",)


@pytest.mark.parametrize("words", [300, 20_000])
def test_prose_without_line_ends_is_cut_at_spaces(tmp_path, words):
    text = " ".join(f"word{number % 97}" for number in range(words)) + "\nthe end\n"
    lay(tmp_path, book___txt=text)
    frame = read_texts(tmp_path / "book.txt")
    rows = frame.table["text"].tolist()
    assert "".join(rows) == text
    assert len(rows) >= 40
    assert all(row[-1].isspace() for row in rows)
    assert max(map(len, rows)) <= 410
    # Enough to be trained, chosen and judged on, and one text again for the network.
    encoding = fit_text(
        frame, np.arange(len(frame)), "text", None, "next_token", Text(tokens="characters"), Columns(), (), "prose"
    )
    inputs, _ = blocks(encoding, frame)
    told = encoding.tokenizer.decode(inputs.flatten().tolist())
    assert told == text[: len(told)]


def test_a_folder_of_prose_takes_splits_from_names(tmp_path):
    lay(
        tmp_path,
        README="about this",
        wiki___train___tokens=PLAY,
        wiki___valid___tokens="One.\n\nTwo.",
        wiki___test___tokens="Speak.",
    )
    assert holds_texts(tmp_path)
    frame = read_texts(tmp_path)
    assert frame.splits.tolist() == ["test", "train", "train", "train", "validation", "validation"]
    lay(tmp_path / "books", testament___txt=PLAY, emma___txt="One.\n\nTwo.")
    assert set(read_texts(tmp_path / "books").splits) == {""}  # no train beside it: the name is a title


# Sentence pairs -------------------------------------------------------------------------------------------------------


def test_tab_separated_pairs(tmp_path):
    lines = [
        "Who?\t누구?\tCC-BY 2.0 Attribution: a",
        "",
        "Hello!\t안녕!\tCC-BY Attribution: b",
        "Lost.\t\tAttribution: c",
    ]
    more = [f"Number {n}.\t{n}번.\tAttribution: {n}" for n in range(40)]
    lay(tmp_path, kor___txt="\n".join([*lines, "Only one", "Who?\t누구?\tAttribution: d", *more]))
    assert holds_texts(tmp_path)
    frame = read_texts(tmp_path)
    assert frame.form == "sentence pairs"
    assert len(frame) == 43
    assert frame.table[:3].to_dict("list") == {
        "source": ["Who?", "Hello!", "Who?"],
        "target": ["누구?", "안녕!", "누구?"],
        "attribution": ["CC-BY 2.0 Attribution: a", "CC-BY Attribution: b", "Attribution: d"],
    }
    assert frame.ids[:3] == ["kor.txt line 1", "kor.txt line 3", "kor.txt line 6"]
    assert left(frame) == {
        "kor.txt line 4": "no target sentence",
        "kor.txt line 5": "1 cells where the other lines have 3",
    }
    assert frame.notes[-1] == "1 text repeats another, such as kor.txt line 6, which is kor.txt line 1."


def test_parallel_files(tmp_path):
    lay(
        tmp_path,
        train___en___gz=gzip.compress(b"A dog.\nA cat.\n"),
        train___de___gz=gzip.compress("Ein Hund.\nEine Kätzin.\n".encode()),
        val___en="A cow.\n\n",
        val___de="Eine Kuh.\nOhne.\n",
        test_2016_flickr___en="A cat.",
        test_2016_flickr___de="Eine Kätzin.",
        test_2017___en="Alone.",
    )
    assert holds_texts(tmp_path)
    frame = read_texts(tmp_path)
    assert frame.table.to_dict("list") == {
        "en": ["A dog.", "A cat.", "A cow.", "A cat."],
        "de": ["Ein Hund.", "Eine Kätzin.", "Eine Kuh.", "Eine Kätzin."],
    }
    assert frame.splits.tolist() == ["train", "train", "validation", "test"]
    assert frame.ids[2] == "val line 1"
    assert left(frame) == {"test_2017.en": "no other language beside it", "val line 2": "no sentence in en"}
    assert "1 of the 1 texts of test stands in train too, such as test_2016_flickr line 1." in frame.notes


def test_pairs_and_tables_are_told_apart():
    assert are_pairs(["Who?\t누구?", "Go.\tGeh."])
    assert are_pairs(["Who?\t누구?", "Go.\tGeh.", "Hello!", "Me, too.\t나도.", "No way!\t그럴리가!"])
    assert not are_pairs(["Who?\t누구?", "Hello!", "Go.\tGeh."])
    assert not are_pairs(["id\tdocument\tlabel", "9648257\t안봐도 알꺼같은 영화.\t0"])
    assert not are_pairs(["good film\tpositive"] * 9 + ["bad film\tnegative"] * 9)
    assert not are_pairs(["1\tone", "2\ttwo"])
    assert not are_pairs(["no tab at all", "nor here"])
    assert not are_pairs([])


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ("x,y\n1,2\n3,4\n", False),
        ("1.2  3.4\n5.6  7.8\n", False),
        ("id\tdocument\tlabel\n1\t좋아요\t1\n2\t별로\t0\n", False),
        ("Hello, you.\nWell, I never.\nOh, yes.\n", True),
        ("", False),
        (b"\0\1\2\3" * 100, False),
        ("가" * 70_000, True),
        (("가나다 라마\n" * 20_000).encode("utf-16"), True),
    ],
    ids=str,
)
def test_what_is_meant_for_this_reader(tmp_path, content, meant):
    path = lay(tmp_path, file___txt=content) / "file.txt"
    assert holds_texts(path) is meant


def test_other_folders_are_not_for_this_reader(tmp_path):
    lay(tmp_path / "pictures", cats__1___jpg="x", dogs__2___jpg="x", readme___txt="Cats and dogs.")
    lay(tmp_path / "tables", train___csv="a,b\n1,2", notes___txt="Where it is from.")
    lay(tmp_path / "nothing", README="hello")
    assert not any(holds_texts(tmp_path / name) for name in ("pictures", "tables", "nothing", "missing"))


# What is said ---------------------------------------------------------------------------------------------------------


def test_repeated_texts_are_counted():
    texts = ["good", "bad", "good", "so so", "bad ", "", None, "", "bad"]
    splits = ["train", "train", "train", "train", "test", "test", "test", "test", "validation"]
    ids = [f"row {number}" for number in range(1, 10)]
    assert repeated_texts(texts, ids, splits, [1, 0, 0, 1, 0, 0, 0, 0, 1]) == (
        "1 of the 1 texts of validation stands in train too, such as row 9.",
        "1 of the 4 texts of test stands in train too, such as row 5.",
        "1 of the 4 texts of test stands in validation too, such as row 5.",
        "1 text repeats another within their split, such as row 3, which is row 1.",
        "2 texts stand with different labels: row 1 has 1, row 3 has 0.",
    )
    assert repeated_texts(["a", "b"], ids, ["", ""]) == ()


def test_what_cannot_be_read_is_said(tmp_path):
    lay(tmp_path, a___txt=b"\0\1\2" * 9, b__x___txt=" ", c__train___en="A\nB\n", c__train___de="A\n", d__1___jpg="x")
    (tmp_path / "e").mkdir()
    os.mkfifo(tmp_path / "f")
    texts = "Texts are .txt or .md files: one folder a class, or running prose; or sentence pairs, as train.en beside train.de."
    for name, sentence in {
        "gone": f"{tmp_path}/gone does not exist.",
        "a.txt": f"{tmp_path}/a.txt cannot be read as text: it is binary, not text.",
        "b": f"{tmp_path}/b has no text in it: it is empty, or nothing but white space.",
        "c": "train.en has 2 lines and train.de 1: line by line they must say the same. Find where one line is missing or "
        "broken in two.",
        "d": f"{tmp_path}/d/ has no texts (1 left out, the first: 1.jpg, .jpg is no name of a text; .txt, .text, .md are). {texts}",
        "e": f"{tmp_path}/e/ has no texts. {texts}",
        "f": f"{tmp_path}/f is a device or a pipe, not a file. Write its content to a file first.",
    }.items():
        with pytest.raises(DataError) as error:
            read_texts(tmp_path / name)
        assert str(error.value) == sentence


def hold_to_the_contract(frame):
    assert isinstance(frame, Frame)
    assert len(frame.table) == len(frame.ids) == len(frame.splits) == len(set(frame.ids)) > 0
    assert list(frame.table.columns) == [column.name for column in frame.columns]
    assert set(frame.splits.tolist()) <= {"train", "validation", "test", ""}
    for column in frame.columns:
        values = frame.table[column.name]
        assert column.kind in KINDS
        assert all(value is None or isinstance(value, str) for value in values)
        assert (int(values.isna().sum()), values.nunique()) == (column.missing, column.distinct)
    for words in (*frame.ids, *frame.notes, *(f"{one.path} {one.reason}" for one in frame.left_out)):
        words.encode()


NAMES = [
    "a.txt",
    "train.txt",
    "train/a/1.txt",
    "train/b/2",
    "test/a/3.txt",
    "x.en",
    "x.de",
    "y.en.gz",
    "y.de.gz",
    "unsup/z.txt",
]
CONTENT = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode()),
    st.text(alphabet="aé\t\n 한.\r1", max_size=100).map(lambda text: text.encode()),
    st.text(alphabet="a\t\n b", max_size=60).map(lambda text: gzip.compress(text.encode())),
    st.binary(max_size=60).map(lambda some: b"\xff\xfe" + some),
    st.binary(max_size=60).map(lambda some: b"\x1f\x8b" + some),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), CONTENT, min_size=1, max_size=5))
@example({"x.en": b"a\tb\n", "x.de": b"\n"})
@example({"a.txt": b"a\tattribution\tattribution\n", "train.txt": b"a\tb\tc\td\n"})
def test_whatever_lies_there_is_read_or_refused_in_a_sentence(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            assert isinstance(holds_texts(path), bool)
            frame, said = None, "."
            try:
                frame = read_texts(path)
            except DataError as error:
                said = str(error)
            assert said.endswith(".")
            if frame:
                hold_to_the_contract(frame)


# Real data ------------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_multi30k(real_data):
    frame = read_texts(real_data("multi30k"))
    counts = dict(zip(*np.unique(frame.splits, return_counts=True), strict=True))
    assert counts == {"train": 29000, "validation": 1014, "test": 1000}
    assert frame.table.iloc[0].tolist() == [
        "Two young, White males are outside near many bushes.",
        "Zwei junge weiße Männer sind im Freien in der Nähe vieler Büsche.",
    ]
    assert frame.ids[-1] == "test_2016_flickr line 1000"
    assert frame.left_out == ()
    hold_to_the_contract(frame)


@pytest.mark.real
def test_kor_eng(real_data):
    frame = read_texts(real_data("kor-eng"))
    assert len(frame) == 904
    assert [column.name for column in frame.columns] == ["source", "target", "attribution"]
    hold_to_the_contract(frame)


@pytest.mark.real
def test_imdb_repeats_itself(real_data):
    """As many as pandas finds."""
    import pandas

    parts = {split: pandas.read_parquet(real_data("imdb") / f"{split}.parquet") for split in ("train", "test")}
    table = pandas.concat(parts.values(), ignore_index=True)
    splits = np.repeat(["train", "test"], [len(part) for part in parts.values()])
    ids = [f"row {number}" for number in range(1, len(table) + 1)]
    notes = repeated_texts(table["text"].tolist(), ids, splits, table["label"].tolist())
    shared = parts["test"]["text"].isin(set(parts["train"]["text"])).sum()
    assert shared > 0
    assert notes[0].startswith(f"{shared} of the 10,000 texts of test stand in train too")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "meant"),
    [("kor-eng", True), ("multi30k", True), ("imdb", False), ("nsmc", False), ("nyt-headlines", False), ("aapl", False)]
    + [("series", False), ("tables", False), ("mnist", False), ("cats-dogs-small", False), ("photos", False)],
)
def test_which_of_the_shared_data_are_texts(real_data, name, meant):
    assert holds_texts(real_data(name)) is meant
