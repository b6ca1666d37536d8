"""`seodang list runs`: every run with what its task is judged by, damaged ones too."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder of runs as they lie on disk: only what the list reads."""

    def add(name, recipe="a-recipe", history=("{}", "{}"), report=None, whole=True, listed=()):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "recipe.yaml").write_text(f"name: {recipe}\n")
        (folder / "history.jsonl").write_text("".join(f"{line}\n" for line in history))
        if report is not None:
            (folder / "report.json").write_text(report if isinstance(report, str) else json.dumps(report))
        if whole:
            (folder / "manifest.json").write_text(json.dumps(dict.fromkeys(listed, {})))

    add("digits-1", report={"split": "test", "judged": {"examples": 270}, "metrics": {"accuracy": 0.9963}})
    add("house-1", report={"split": "test", "main": "mae", "metrics": {"mae": 31234.567, "r2": 0.8}})
    add("poet-1", report={"split": "test", "main": "perplexity", "metrics": {"perplexity": 571.31, "accuracy": 0.2}})
    add("words-1", report={"split": "validation", "main": "perplexity", "metrics": {"perplexity": 9.1, "bleu": 35.49}})
    add("head-1", history=('{"penalty": 0.5}',) * 3, report={"split": "validation", "metrics": {"accuracy": 1.0}})
    add("stopped-1", history=(), whole=False)
    add("bare-1", listed=("model.safetensors",))
    add("broken-1", history=("{",), report="{")
    monkeypatch.chdir(tmp_path)


def test_each_run_has_what_its_task_is_judged_by(command, runs):
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in command("list", "runs").stdout.splitlines()}
    broken = lines.pop("broken-1")
    assert lines == {
        "bare-1": "a-recipe 2 epochs damaged: model.safetensors is missing",
        "digits-1": "a-recipe 2 epochs 99.6 % on test",
        "house-1": "a-recipe 2 epochs Mean distance 31,235 on test",
        "poet-1": "a-recipe 2 epochs Perplexity 571.3 on test",
        "words-1": "a-recipe 2 epochs BLEU 35.49 on validation",
        "head-1": "a-recipe head solved 100 % on validation",
        "stopped-1": "a-recipe 0 epochs not judged (not finished: seodang train --resume)",
    }
    assert broken.startswith("a-recipe 0 epochs damaged: Expecting property name")


def test_json_has_the_measure_and_the_score(command, runs):
    told = json.loads(command("list", "runs", "--json").stdout)["runs"]
    assert (told["house-1"]["main"], told["house-1"]["score"], told["house-1"]["accuracy"]) == ("mae", 31234.567, None)
    assert (told["digits-1"]["main"], told["digits-1"]["score"]) == ("accuracy", 0.9963)
    assert (told["stopped-1"]["main"], told["stopped-1"]["finished"]) == (None, False)
