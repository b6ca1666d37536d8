"""`seodang recognise` and `--decide` as a person and as a program see them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from PIL import Image

from seodang.core.errors import SeodangError

BOTH = ("test_byobnet", "test_efficientnet")
EVERYTHING = "rules:\n- {name: all, classes: 0-999, answer: seen, at_least: 0.9}\n"


@pytest.fixture
def photos(tmp_path, small_weights, monkeypatch):
    """A folder of one picture, one text and a decision, and the current one."""
    monkeypatch.setenv("SEODANG_WEIGHTS", str(small_weights))
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (200, 168), "orange").save(tmp_path / "orange.png")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "all.yaml").write_text(EVERYTHING)
    return tmp_path


def test_one_network_gives_a_line_a_picture(command, photos):
    lines = command("recognise", "orange.png", "notes.txt", "--with", BOTH[0], "--top", 2).stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("orange.png  ")
    assert lines[0].count("%") == 2
    assert lines[1].startswith("notes.txt   left out: text, not a picture")


def test_several_networks_give_a_table_a_picture(command, photos):
    lines = command(
        "recognise", "orange.png", "notes.txt", "--with", ",".join(BOTH), "--decide", "all.yaml"
    ).stdout.splitlines()
    assert lines[0] == "orange.png"
    assert lines[1].split() == [*BOTH]
    assert all(line.count("%") == 2 for line in lines[2:5])
    assert lines[5].split("   ")[0].strip() == "seen (all 100.0%)"
    assert lines[5].count("seen") == 2
    assert lines[6:8] == ["", "notes.txt"]
    assert lines[8].startswith("  left out: text, not a picture")


def test_a_decision_stands_before_the_classes(command, photos):
    line = command("recognise", "orange.png", "--with", BOTH[0], "--decide", "all.yaml").stdout
    assert line.startswith("orange.png  seen (all 100.0%)  ")
    assert line.count("%") == 4


def test_where_no_rule_decides_all_sums_are_shown(command, photos):
    (photos / "no.yaml").write_text("rules:\n- {name: few, classes: [1], answer: x, at_least: 0.99}\n")
    line = command("recognise", "orange.png", "--with", BOTH[0], "--decide", "no.yaml").stdout
    assert "don't know (few 0." in line
    assert "%, the rest 9" in line


def test_json_is_one_object(command, photos):
    told = json.loads(
        command(
            "recognise", "orange.png", "notes.txt", "--with", ",".join(BOTH), "--json", "--decide", "all.yaml"
        ).stdout
    )
    assert told["networks"] == [*BOTH]
    orange, notes = told["predictions"]
    assert [len(orange["networks"][name]["top"]) for name in BOTH] == [3, 3]
    assert orange["networks"][BOTH[1]]["decision"]["answer"] == "seen"
    assert set(notes) == {"path", "error"}


def test_csv_has_a_row_a_picture_and_network(command, photos):
    result = command(
        "recognise", "orange.png", "notes.txt", "--with", ",".join(BOTH), "--csv", "--top", 1, "--decide", "all.yaml"
    )
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [*rows[0]] == ["path", "network", "answer", "rule", "class_1", "probability_1", "error"]
    assert [row["network"] for row in rows] == [*BOTH, ""]
    assert [row["answer"] for row in rows] == ["seen", "seen", ""]
    assert rows[2]["error"].startswith("text, not a picture")
    assert "notes.txt: text, not a picture" in result.stderr


def test_where_nothing_can_be_read_the_exit_code_is_2(command, photos):
    result = command("recognise", "notes.txt", "--with", BOTH[0], code=2)
    assert result.stderr == "The file could not be read as a picture.\n"
    told = json.loads(command("recognise", "notes.txt", "--with", BOTH[0], "--json", code=2).stdout)
    assert told["predictions"][0]["error"]


def test_mistakes_are_a_sentence(command, photos):
    with pytest.raises(SeodangError, match=r"^--csv and --json exclude each other; give one\.$"):
        command("recognise", "orange.png", "--csv", "--json")
    with pytest.raises(SeodangError, match=r"^'no-door' is not a decision\."):
        command("recognise", "orange.png", "--decide", "no-door")
    with pytest.raises(SeodangError, match=r"^rules\.Bo: 'bo' is not a class of test_byobnet\. Did you mean bow\?$"):
        command("recognise", "orange.png", "--with", BOTH[0], "--decide", "bo-door")


def test_a_new_decision_is_a_file_that_works_at_once(command, photos):
    told = command("new", "decision", "gate").stdout
    assert told == "gate.yaml: change what you like, then `seodang recognise PHOTO --decide gate.yaml`.\n"
    assert "(" in command("recognise", "orange.png", "--with", BOTH[0], "--decide", "gate.yaml").stdout
    assert command("new", "decision", "bo", "--like", "bo-door").stdout.endswith(
        "`seodang predict RUN PHOTO --decide bo.yaml`.\n"
    )
    with pytest.raises(SeodangError, match=r"^gate\.yaml is there already\."):
        command("new", "decision", "gate")


def test_predict_decides_too(command, digits_run, photos):
    (photos / "low.yaml").write_text("rules:\n- {name: low, classes: [0-4], answer: below 5}\notherwise: 5 or more\n")
    words = (digits_run.folder, "orange.png", "--decide", "low.yaml")
    line = command("predict", *words).stdout.splitlines()[0]
    assert line.startswith(("orange.png  below 5 (low ", "orange.png  5 or more (low "))
    told = json.loads(command("predict", *words, "--json").stdout)["predictions"][0]["decision"]
    assert sum(told["sums"].values()) == pytest.approx(1, abs=1e-5)
    rows = list(csv.reader(io.StringIO(command("predict", *words, "--csv", "--top", 1).stdout)))
    assert rows[0] == ["path", "answer", "rule", "class_1", "probability_1", "error"]
    assert rows[1][1] == told["answer"]
    with pytest.raises(SeodangError, match=r"^rules\.Bo: 'bo' is not a class of digits-1\. Allowed: 0, 1, 2, "):
        command("predict", digits_run.folder, "orange.png", "--decide", "bo-door")
