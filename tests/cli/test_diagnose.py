"""`seodang diagnose` as a person and as a program meet it, and what it says at the end of a training and in the report."""

import json
import re
import shutil

import pytest

import seodang
from seodang.core.errors import DataError
from seodang.diagnoses.diagnose import at_the_end, told
from seodang.evaluation.evaluate import evaluate


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run on twenty-three judged flowers."""
    return seodang.train("iris", settings={"training.epochs": 5}, runs=tmp_path_factory.mktemp("runs"))


def test_a_run_is_told_and_the_json_is_the_same(command, small):
    evaluate(small)
    words = command("diagnose", small.folder).stdout
    assert "23 test examples are too few to tell more." in words
    assert "Not checked:" in words
    found = json.loads(command("diagnose", small.folder, "--json").stdout)
    assert found["kind"] == "run"
    assert "too-few-examples" in [each["name"] for each in found["findings"]]
    assert set(found["findings"][0]) == {
        "name", "what", "evidence", "numbers", "why", "todo", "severity", "level",
    }  # fmt: skip
    assert "seed-noise" in [each["name"] for each in found["unchecked"]]


def test_data_is_told(command):
    assert "Nothing was found wrong." in command("diagnose", "breast-cancer").stdout


def test_what_is_neither_a_run_nor_data_is_refused(command):
    with pytest.raises(DataError, match="Did you mean digits"):
        command("diagnose", "digit")


def test_the_report_has_what_is_told_at_the_end(small, tmp_path):
    folder = shutil.copytree(small.folder, tmp_path / "copy")
    run = seodang.load(folder)
    report = evaluate(run, examine=at_the_end)
    names = [each["name"] for each in report["findings"]]
    assert "too-few-examples" in names
    page = re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", (folder / "report.html").read_text())
    assert "What to do next" in page
    assert report["findings"][0]["evidence"] in page
    lines = told(report["findings"], str(folder))
    assert lines[-1] == f"  why, and what else: seodang diagnose {folder}"
    assert 2 <= len(lines) <= 4
    assert told([], str(folder)) == []
