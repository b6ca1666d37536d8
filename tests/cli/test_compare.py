"""`seodang compare` as a person and as a program see it."""

from __future__ import annotations

import json
import shutil

import pytest

from seodang.core.errors import SeodangError
from seodang.evaluation.evaluate import evaluate


@pytest.fixture(scope="module")
def two(digits_run, tmp_path_factory):
    below = tmp_path_factory.mktemp("compared")
    first = shutil.copytree(digits_run.folder, below / "digits-1")
    evaluate(first)
    return first, shutil.copytree(first, below / "digits-2")


def test_a_person_sees_the_runs_and_a_sentence_a_pair(command, two):
    lines = command("compare", *two).stdout.splitlines()
    assert lines[0].split() == ["run", "recipe", "data", "epochs", "time", "score", "95", "%", "interval", "on"]
    assert lines[1].split()[:4] == ["digits-1", "image-classifier", "digits", "6"]
    assert "No difference: digits-1 and digits-2 are right and wrong on the same 270 test examples." in lines


def test_json_is_one_object(command, two):
    told = json.loads(command("compare", *two, "--json").stdout)
    assert [row["run"] for row in told["runs"]] == [str(folder) for folder in two]
    assert told["pairs"][0]["p_value"] == 1.0


def test_one_run_cannot_be_compared(command, two):
    with pytest.raises(SeodangError, match=r"^Comparing needs two runs or more, got 1\.$"):
        command("compare", two[0])
