"""Tuning: every combination, judged on validation alone; what is done is not done again, and a stop changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import seodang.evaluation.judge_rows
import seodang.evaluation.judged
from seodang import tune
from seodang.core.errors import DataError, RecipeError, RunError
from seodang.core.files import read_lines
from seodang.runs.folder import load
from seodang.tuning.results import command, described, rows, sentences
from seodang.tuning.trial import OtherData, Trial
from seodang.tuning.tune import tune_stream

GRID = {"training.learning_rate": ["1e-4", "1e-2"], "training.epochs": [2, 6]}


@pytest.fixture(scope="module")
def moons(tmp_path_factory):
    return tune("moons", "moons", GRID, folder=tmp_path_factory.mktemp("whole"))


def test_every_combination_is_trained_and_the_best_is_first(moons):
    tried = {(each.settings["training.learning_rate"], each.settings["training.epochs"]) for each in moons.trials}
    assert tried == {("1e-4", "2"), ("1e-4", "6"), ("1e-2", "2"), ("1e-2", "6")}
    assert moons.by == "validation_accuracy"
    scores = [trial.metrics["validation_accuracy"] for trial in moons.trials]
    assert scores == sorted(scores, reverse=True)
    assert moons.best.settings == {"training.learning_rate": "1e-2", "training.epochs": "6"}
    assert [trial.epochs for trial in moons.trials if trial.settings["training.epochs"] == "2"] == [2, 2]


def test_a_trial_is_a_run_and_its_metrics_are_its_history(moons):
    run = load(moons.folder / "runs" / moons.best.run)
    assert run.recipe.training.learning_rate == 1e-2
    for name, value in moons.best.metrics.items():
        assert run.history[-1][name] == value
    assert moons.best.examples == run.data["split"]["examples"]["validation"]


def test_the_test_split_is_never_opened(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the test split was opened")

    monkeypatch.setattr(seodang.evaluation.judge_rows, "own_rows", refuse)
    monkeypatch.setattr(seodang.evaluation.judged, "own_examples", refuse)
    for data, recipe in (("moons", "moons"), ("digits", "lenet5")):
        found = tune(
            data, recipe, {"training.learning_rate": [1e-3, 1e-2]}, {"training.epochs": 1}, folder=tmp_path / data
        )
        assert not [*found.folder.rglob("opened.jsonl")]
        assert not [*found.folder.rglob("report.json")]


def test_what_is_done_is_not_done_again(moons):
    before = [*read_lines(moons.folder / "trials.jsonl")]
    again = tune("moons", "moons", GRID, folder=moons.folder)
    assert all(trial.was_done for trial in again.trials)
    assert [trial.metrics for trial in again.trials] == [trial.metrics for trial in moons.trials]
    assert [*read_lines(moons.folder / "trials.jsonl")] == before


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A small table, named from the folder one is in, and what tunes on it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    lines = "".join(f"{i % 17},{i % 5},{'ab'[i % 17 > 8]}\n" for i in range(120))
    Path("table.csv").write_text("x,y,kind\n" + lines)
    grid, settings = {"training.learning_rate": [1e-3, 1e-2]}, {"training.epochs": 1, "split.validation": 0.2}

    def told(**search):
        return [*tune_stream("table.csv", "table-quick", grid, settings, folder="tuned", **search)]

    return told


def done(told):
    return [trial.was_done for trial in sorted(told[-1].trials, key=lambda trial: trial.number)]


@pytest.mark.parametrize("search", [{}, {"trials": 2, "minutes": 60}], ids=["every combination", "a search"])
def test_trials_of_other_data_of_the_same_name_are_not_taken(table, search):
    first = table(**search)
    assert not [event for event in first if isinstance(event, OtherData)]
    text = Path("table.csv").read_text()
    Path("table.csv").write_text(text.replace("0,0,a", "0,3,a"))
    second = table(**search)
    assert done(second) == [False, False]
    assert [event.words for event in second if isinstance(event, OtherData)] == [
        "table.csv is not what it was when trials of before were trained: they are left aside, and trained anew."
    ]
    assert {trial.run for trial in second[-1].trials}.isdisjoint(trial.run for trial in first[-1].trials)
    assert done(table(**search)) == [True, True]


def test_the_same_data_copied_saved_again_or_elsewhere_are_the_same(table, tmp_path, monkeypatch):
    metrics = [trial.metrics for trial in table()[-1].trials]
    os.utime("table.csv", (1, 1))
    assert done(table()) == [True, True]
    lines = Path("tuned/trials.jsonl").read_text().splitlines()
    assert done(table()) == [True, True]
    assert Path("tuned/trials.jsonl").read_text().splitlines() == lines, "it was written down that they are"
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.chdir(tmp_path / "there")
    moved = table()
    assert done(moved) == [True, True]
    assert [trial.metrics for trial in moved[-1].trials] == metrics


def test_trials_from_before_the_data_were_noted_are_asked_by_their_runs(table):
    table()
    state = Path("tuned/trials.jsonl")
    lines = [{key: value for key, value in line.items() if key != "data"} for line in read_lines(state)]
    old = "".join(json.dumps(line) + "\n" for line in lines)
    state.write_text(old)
    assert done(table()) == [True, True]
    state.write_text(old)
    Path("table.csv").write_text(Path("table.csv").read_text().replace("0,0,a", "0,3,a"))
    assert done(table()) == [False, False]


def test_a_training_that_was_left_is_not_gone_on_with_on_other_data(table):
    table()
    state, [first, *_] = Path("tuned/trials.jsonl"), [*read_lines(Path("tuned/trials.jsonl"))]
    state.write_text(json.dumps(first) + "\n")
    run = Path("tuned/runs", first["begun"])
    (run / "manifest.json").unlink()
    Path("table.csv").write_text(Path("table.csv").read_text().replace("0,0,a", "0,3,a"))
    told = table()
    assert not [trial for trial in told[-1].trials if trial.failed or trial.run == run.name]
    assert sum(isinstance(event, OtherData) for event in told) == 1


def test_more_values_add_trials(moons):
    more = tune("moons", "moons", {**GRID, "training.epochs": [1, 2, 6]}, folder=moons.folder)
    assert sorted(trial.was_done for trial in more.trials) == [False, False, True, True, True, True]


def test_stopped_and_gone_on_with_is_as_if_never_stopped(moons, tmp_path):
    events = tune_stream("moons", "moons", GRID, {"training.checkpoint_seconds": 0}, folder=tmp_path)
    _next_trial(events)
    events.close()
    _stop_within_a_training(tmp_path)
    whole = tune("moons", "moons", GRID, {"training.checkpoint_seconds": 0}, folder=tmp_path)
    assert sum(trial.was_done for trial in whole.trials) == 1
    assert [trial.metrics for trial in whole.trials] == [trial.metrics for trial in moons.trials]
    for one, other in zip(whole.trials, moons.trials, strict=True):
        ours, theirs = (
            load_file(t.folder / "runs" / r.run / "model.safetensors") for t, r in ((whole, one), (moons, other))
        )
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def _next_trial(events):
    return next(event for event in events if isinstance(event, Trial))


def _stop_within_a_training(folder):
    """Stop in the middle of the second trial: its run has a checkpoint, and no manifest."""
    from seodang.runs.train import stream
    from seodang.training.loop import Step

    events = tune_stream("moons", "moons", GRID, {"training.checkpoint_seconds": 0}, folder=folder)
    real = stream

    def stopping(*args, **more):
        for event in real(*args, **more):
            yield event
            if isinstance(event, Step) and event.step == 20:
                raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seodang.tuning.trial.stream", stopping)
        assert _next_trial(events).was_done
        with pytest.raises(KeyboardInterrupt):
            _next_trial(events)
    unfinished = [run for run in (folder / "runs").iterdir() if not (run / "manifest.json").exists()]
    assert [run.name for run in unfinished] == ["trial-2-1"]


def test_what_a_person_is_told(moons):
    heads, *lines = rows(moons)
    assert heads[:5] == ("trial", "learning_rate", "epochs", "validation accuracy", "validation loss")
    assert len(lines) == 4
    assert (
        "The best of 4 by validation accuracy is trial 4: training.learning_rate=1e-2 training.epochs=6."
        in sentences(moons)
    )
    assert command(moons) == "seodang train moons moons training.learning_rate=1e-2 training.epochs=6"
    json.dumps(described(moons), allow_nan=False)


def test_only_the_best_trial_can_be_trained_further_so_the_disk_is_not_filled(moons):
    kept = [run.name for run in (moons.folder / "runs").iterdir() if (run / "checkpoint").is_dir()]
    assert kept == [moons.best.run]
    for trial in moons.trials:
        manifest = json.loads((moons.folder / "runs" / trial.run / "manifest.json").read_text())
        assert all((moons.folder / "runs" / trial.run / name).exists() for name in manifest)


def test_amounts_are_ranked_by_their_distance(tmp_path):
    lines = "".join(f"{i % 17},{i % 5},{3 * (i % 17) - (i % 5)}.5\n" for i in range(200))
    (tmp_path / "amounts.csv").write_text("a,b,price\n" + lines)
    found = tune(
        tmp_path / "amounts.csv", "table-regression", {"training.learning_rate": [1e-6, 1e-2]}, {"training.epochs": 5},
        folder=tmp_path / "t",
    )  # fmt: skip
    assert found.by == "validation_mae"
    assert found.best.settings["training.learning_rate"] == "0.01"


def test_the_house_recipe_can_be_tuned(tmp_path):
    lines = "".join(f"{i % 17},{i % 5},{'ab'[i % 17 > 8]}\n" for i in range(120))
    (tmp_path / "classes.csv").write_text("x,y,kind\n" + lines)
    found = tune(tmp_path / "classes.csv", None, {"training.epochs": [1, 2]}, folder=tmp_path / "t")
    assert command(found).startswith(f"seodang train {tmp_path}/classes.csv training.epochs=")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["moons"], "Nothing varies. Give a setting several values"),
        (["moons", "training.lerning_rate=1,2"], "Did you mean learning_rate?"),
        (
            ["moons", "training.epochs=1,zwei,0"],
            "training.epochs must be int, got 'zwei'.\ntraining.epochs must be greater",
        ),
        (
            ["moons", "training.epochs=1,2", "--by", "loss"],
            "Trials are judged by validation_accuracy, validation_mae, ",
        ),
        (["a", "b", "c", "training.epochs=1,2"], "Got 3 words (a, b, c); the data, the recipe, or both are wanted."),
    ],
)
def test_mistakes_are_told_before_anything_is_trained(command, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError) as told:
        command("tune", *words)
    assert sentence in str(told.value)
    assert not [*tmp_path.rglob("recipe.yaml")]


def test_without_validation_nothing_is_chosen(tmp_path):
    with pytest.raises(DataError, match="There is no validation split to judge trials on"):
        tune("xor", "xor", {"training.epochs": [1, 2]}, folder=tmp_path / "t")
    assert not [*tmp_path.iterdir()], "told before anything was trained, and no empty folder stays"


def test_what_has_no_such_score_is_told_at_its_first_epoch(tmp_path):
    with pytest.raises(DataError, match="no validation_mae; they have validation_accuracy, validation_loss"):
        tune("moons", "moons", {"training.epochs": [40, 50]}, by="validation_mae", folder=tmp_path)
    (run,) = (tmp_path / "runs").iterdir()
    assert not (run / "manifest.json").exists()


def test_a_task_that_has_no_score_on_validation_is_not_said_to_lack_a_split(tmp_path):
    settings = {"training.batch_size": 512, "split.validation": 0.2}
    with pytest.raises(DataError, match="its task has no score there"):
        tune("digits", "gan-mnist", {"training.epochs": [1, 2]}, settings, folder=tmp_path)


def test_a_combination_that_fails_is_told_and_the_others_go_on(tmp_path):
    """Batch norm compares the examples of a batch, so that of one example nothing can be learnt."""
    settings = {"training.epochs": 1, "model.layers": "[{dense: 5}, batch_norm, relu, {dense: outputs}]"}
    found = tune("moons", "moons", {"training.batch_size": [1, 50]}, settings, folder=tmp_path)
    assert found.best.settings["training.batch_size"] == "50"
    assert "there must be at least two" in found.trials[-1].failed
    assert sentences(found)[0] == "Only trial 2 was trained to its end."
    assert "1 could not be trained; trials.jsonl says why." in sentences(found)
    with pytest.raises(RunError, match="Every trial failed. The first: The network has batch norm"):
        tune("moons", "moons", {"training.batch_size": [1]}, settings, folder=tmp_path)


def test_the_verb_prints_the_table_and_judges_once_if_asked(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.yaml").write_text("training.learning_rate: [1e-3, 1e-2]\n")
    answer = json.loads(command("tune", "moons", "training.epochs=2", "grid=grid.yaml", "--judge", "--json").stdout)
    assert len(answer["trials"]) == 2
    assert answer["judged"]["split"] == "test"
    assert len([*(tmp_path / "tunings").rglob("opened.jsonl")]) == 1
    page = (tmp_path / "tunings" / "moons-moons" / "trials.html").read_text()
    assert "Every trial, the best first" in page
    assert "learning_rate" in page
