"""`seodang evaluate` as a person and as a program see it."""

from __future__ import annotations

import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from seodang.cli.evaluate import evaluate
from seodang.core.errors import SeodangError

app = typer.Typer()
app.command()(evaluate)


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(result.exception, SeodangError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def folder(digits_run, tmp_path):
    return shutil.copytree(digits_run.folder, tmp_path / "runs" / "digits-1")


def test_a_person_sees_the_verdict_the_scores_and_where_the_report_is(folder):
    lines = run(folder).stdout.splitlines()
    assert lines[0].startswith("Right on ")
    assert lines[1].startswith("Guessing the most common class: ")
    assert any(line.startswith("accuracy ") and " to " in line for line in lines)
    assert any(line.startswith("linear baseline, accuracy") for line in lines)
    assert lines[-1] == f"Report: {folder / 'report.html'}"
    assert (folder / "report.html").exists()


def test_json_is_one_object_and_the_words_go_to_stderr(folder):
    result = run(folder, "--json")
    told = json.loads(result.stdout)
    assert {"run", "recipe", "seconds", "split", "metrics", "intervals", "baselines", "verdict"} <= set(told)
    low, high = told["intervals"]["accuracy"]
    assert low <= told["metrics"]["accuracy"] <= high
    assert "Right on " in result.stderr


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(SeodangError, match="is not a run"):
        run(tmp_path / "nothing")
