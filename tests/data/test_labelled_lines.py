"""Texts as other tools write them: fastText's lines, web pages, languages anywhere in a file's name, JSON a line."""

from __future__ import annotations

import json

import pytest

from seodang.core.errors import DataError
from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.readers.markup import without_markup
from seodang.data.readers.sentence_pairs import loosely_parallel
from seodang.data.readers.text_signs import holds_texts
from seodang.data.readers.texts import read_texts


def test_fasttext_lines_in_a_folder_with_splits(tmp_path):
    train = "__label__good A fine film.\n__label__bad  Two hours of nothing \n\nno label here\n__label__good __label__funny I laughed.\n"
    (tmp_path / "films.train").write_text(train + "__label__bad Dull.\n" * 30, encoding="utf-8")
    (tmp_path / "films.valid").write_text("__label__good Lovely, all of it.\n__label__bad\n", encoding="utf-8")
    frame = open_any(tmp_path)
    assert frame.form == "labelled lines (fastText)"
    found = list(zip(frame.splits.tolist(), frame.table["label"], frame.table["text"], strict=True))
    assert found[:3] == [
        ("train", "good", "A fine film."),
        ("train", "bad", "Two hours of nothing"),
        ("train", "good", "I laughed."),
    ]
    assert found[-1] == ("validation", "good", "Lovely, all of it.")
    assert [(one.path, one.reason) for one in frame.left_out] == [
        ("films.train line 4", "no __label__"),
        ("films.valid line 2", "no text"),
    ]
    assert frame.notes[:3] == (
        "Lines begin with fastText's __label__: what follows it is the class.",
        "1 line has more than one label; the first is taken: films.train line 5.",
        "2 lines without a label or a text are left out.",
    )
    assert (purpose(frame).form, purpose(frame).task, purpose(frame).target) == ("texts", "classify", "label")


@pytest.mark.parametrize("name", ["lines.txt", "lines", "cooking.train"])
def test_one_file_of_fasttext_lines(tmp_path, name):
    path = tmp_path / name
    path.write_text("".join(f"__label__{n % 3} 글 {n}\r\n" for n in range(12)), encoding="utf-8")
    assert holds_texts(path)
    frame = open_any(path)
    assert frame.table["label"].tolist()[:4] == ["0", "1", "2", "0"]
    assert frame.table["text"].tolist()[:2] == ["글 0", "글 1"]
    assert set(frame.splits.tolist()) == {""}


def test_prose_that_speaks_of_labels_is_prose(tmp_path):
    (tmp_path / "a.txt").write_text("What __label__x means.\n\n" + "Another paragraph here.\n\n" * 30, encoding="utf-8")
    (tmp_path / "b.train").write_text("1 2 3\n", encoding="utf-8")
    assert read_texts(tmp_path / "a.txt").form == "prose"
    assert not holds_texts(tmp_path / "b.train")


def test_json_lines_of_texts(tmp_path):
    path = tmp_path / "reviews.jsonl"
    path.write_text(
        "".join(
            json.dumps({"text": f"A film, number {n}, seen twice.", "label": "ab"[n % 2]}) + "\n" for n in range(40)
        )
    )
    frame = open_any(path)
    found = purpose(frame)
    assert (found.form, found.task, found.text, found.target) == ("texts", "classify", "text", "label")


def test_web_pages_in_class_folders_are_read_as_a_browser_shows_them(tmp_path):
    for label in ("ham", "spam"):
        (tmp_path / label).mkdir()
        for n in range(3):
            head = "<html><head><title>x</title><style>p {}</style></head>"
            page = f"{head}<body><p>{label} &amp; {n}<br>eggs<script>bad()</script></body>"
            (tmp_path / label / f"{n}.html").write_text(page, encoding="utf-8")
    frame = open_any(tmp_path)
    assert frame.table["label"].tolist() == ["ham"] * 3 + ["spam"] * 3
    assert frame.table["text"].tolist()[0] == "ham & 0\n\neggs"
    assert without_markup("a < b and no tag") == "a < b and no tag"
    assert without_markup("<head><meta x><p>never closed</p></head><p>seen") == "seen"
    assert without_markup("<svg><text>12</text></svg>after") == "after"


def lay(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def test_languages_anywhere_in_the_names_of_two_files_with_as_many_lines(tmp_path):
    lay(tmp_path, src="One dog.\nTwo cats.\n", tgt="Ein Hund.\nZwei Katzen.")
    frame = open_any(tmp_path)
    assert frame.form == "sentence pairs"
    assert frame.table[["source", "target"]].to_numpy().tolist() == [
        ["One dog.", "Ein Hund."],
        ["Two cats.", "Zwei Katzen."],
    ]
    other = tmp_path / "named"
    other.mkdir()
    lay(other, train_ko="개.\n고양이.", train_en="A dog.\nA cat.", test_ko="새.\n말.", test_en="A bird.\nA horse.")
    frame = open_any(other)
    assert sorted(frame.table.columns) == ["en", "ko"]
    assert frame.splits.tolist() == ["train", "train", "test", "test"]


def test_texts_in_two_languages_that_are_not_as_long_are_prose(tmp_path):
    lay(tmp_path, english="One.\nTwo.\nThree.\n", korean="하나.\n둘.\n")
    assert loosely_parallel(tmp_path, ["english.txt", "korean.txt"]) == {}
    assert read_texts(tmp_path).form == "prose"
    assert loosely_parallel(tmp_path, ["english.txt"]) == {}


def test_an_archive_of_texts_is_refused_with_what_to_do(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("pos/1.txt", "good")
        archive.writestr("neg/1.txt", "bad")
    with pytest.raises(DataError, match=r"holds 2 files.*unpack it and give the folder\.$"):
        open_any(tmp_path / "texts.zip")


def test_one_text_in_an_archive_is_no_table(tmp_path):
    import bz2
    import zipfile

    play = "ROMEO:\nWhat light is that?\n\nJULIET:\nAy, me!\n\n" * 40
    with zipfile.ZipFile(tmp_path / "play.zip", "w") as archive:
        archive.writestr("play.txt", play)
    (tmp_path / "play.txt.bz2").write_bytes(bz2.compress(play.encode()))
    for name, inside in (("play.zip", "play.txt"), ("play.txt.bz2", "play.txt.bz2")):
        with pytest.raises(DataError) as error:
            open_any(tmp_path / name)
        assert str(error.value) == f"{tmp_path / name} holds a text, {inside}. Unpack it, and give that."
    with zipfile.ZipFile(tmp_path / "table.zip", "w") as archive:
        archive.writestr("table.txt", "a b c\n" + "".join(f"{n} {n * 2} {n % 3}\n" for n in range(50)))
    assert len(open_any(tmp_path / "table.zip")) == 50
