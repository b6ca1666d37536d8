"""`seodang evaluate` as a person and as a program see it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from seodang.core.errors import SeodangError


@pytest.fixture
def folder(digits_run, tmp_path):
    return shutil.copytree(digits_run.folder, tmp_path / "runs" / "digits-1")


def test_a_person_sees_the_verdict_the_scores_and_where_the_report_is(command, folder):
    lines = command("evaluate", folder).stdout.splitlines()
    assert lines[0].startswith("Right on ")
    assert lines[1].startswith("Guessing the most common class: ")
    assert any(re.fullmatch(r"Accuracy +\d\S* % +\d\S*–\d\S*", line) for line in lines)
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


def test_a_network_of_our_own_is_judged_without_timm_and_torchs_compiler(folder):
    """Names of ImageNet's classes were once looked up for every run: a second of each."""
    code = (
        "import sys; sys.argv = ['seodang', 'evaluate', sys.argv[1]]\n"
        "from seodang.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(sorted({'timm', 'torchvision', 'torch._dynamo', 'jax', 'tensorflow'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
