"""`seodang evaluate` as a person and as a program see it."""

from __future__ import annotations

import json
import shutil

import pytest

from seodang.core.errors import SeodangError


@pytest.fixture
def folder(digits_run, tmp_path):
    return shutil.copytree(digits_run.folder, tmp_path / "runs" / "digits-1")


def test_a_person_sees_the_verdict_the_scores_and_where_the_report_is(command, folder):
    lines = command("evaluate", folder).stdout.splitlines()
    assert lines[0].startswith("Right on ")
    assert lines[1].startswith("Guessing the most common class: ")
    assert any(line.startswith("Accuracy ") and " to " in line for line in lines)
    assert any(line.startswith("Accuracy: a linear model") for line in lines)
    assert lines[-1] == f"Report: {folder / 'report.html'}"
    assert (folder / "report.html").exists()


def test_json_is_one_object_and_the_words_go_to_stderr(command, folder):
    result = command("evaluate", folder, "--json")
    told = json.loads(result.stdout)
    assert {"run", "recipe", "seconds", "split", "metrics", "intervals", "baselines", "verdict"} <= set(told)
    low, high = told["intervals"]["accuracy"]
    assert low <= told["metrics"]["accuracy"] <= high
    assert "Right on " in result.stderr


def test_what_is_no_run_is_refused(command, tmp_path):
    with pytest.raises(SeodangError, match="is not a run"):
        command("evaluate", tmp_path / "nothing")
