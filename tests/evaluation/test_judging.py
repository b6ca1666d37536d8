"""`evaluate` on a real small run: its numbers, its files, and what it says of other data."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from seodang.core.errors import DataError, RunError
from seodang.core.files import sha256
from seodang.data.load import load as load_data
from seodang.data.open import open_source
from seodang.evaluation import predictions
from seodang.evaluation.evaluate import evaluate
from seodang.runs.folder import load


def prepared_from(folder, run):
    return load_data(open_source(folder), run.recipe.preparation, run.recipe.split)


def test_the_report_has_what_programs_read(judged):
    run, report = judged
    assert {"run", "recipe", "seconds", "split", "metrics", "intervals", "baselines"} <= set(report)
    assert report["split"] == "test"
    assert report["run"] == str(run.folder)
    assert set(report["metrics"]) == set(report["intervals"])
    assert set(report["baselines"]) == {"naive", "linear"}
    assert report["seconds"] == run.machine["training_seconds"]
    assert json.loads((run.folder / "report.json").read_text()) == json.loads(json.dumps(report))


def test_every_number_can_be_recomputed_from_the_saved_predictions(judged):
    run, report = judged
    saved = predictions.read(run.folder)
    assert saved.probabilities.shape == (report["judged"]["examples"], 10)
    assert np.allclose(saved.probabilities.sum(axis=1), 1, atol=1e-5)
    assert report["metrics"]["accuracy"] == pytest.approx(accuracy_score(saved.labels, saved.predicted), abs=1e-6)
    assert report["metrics"]["macro_f1"] == pytest.approx(
        f1_score(saved.labels, saved.predicted, average="macro"), abs=1e-6
    )
    assert np.trace(np.array(report["confusion"])) == saved.right.sum() == report["judged"]["right"]
    assert sum(row["support"] for row in report["per_class"]) == len(saved.labels)
    assert len(report["mistakes"]) == min(24, int((~saved.right).sum()))


def test_predictions_are_the_runs_own(judged):
    run, _ = judged
    test = run.prepared().test
    saved = predictions.read(run.folder)
    assert saved.ids == test.ids
    assert np.allclose(saved.probabilities, run.probabilities(test.pixels).numpy(), atol=1e-6)


def test_the_run_beats_both_baselines_or_says_that_it_does_not(judged):
    _, report = judged
    assert report["metrics"]["accuracy"] > 0.9
    assert report["baselines"]["naive"]["accuracy"] < 0.15
    linear = report["baselines"]["linear"]["network_against_it"]
    said = any("than a linear model: " in line for line in report["verdict"])
    assert said == (linear["p_value"] >= 0.05 or linear["difference"] < 0)


def test_judging_leaves_a_whole_run(judged):
    run, report = judged
    again = load(run.folder)
    listed = json.loads((again.folder / "manifest.json").read_text())
    for name in ("report.json", "report.html", "predictions.parquet"):
        assert listed[name]["sha256"] == sha256(run.folder / name)
    assert not [file for file in run.folder.iterdir() if file.suffix == ".tmp"]
    assert report["files"] == {"json": "report.json", "html": "report.html"}


def test_every_opening_of_a_test_split_is_counted_over_the_runs_beside(own_run):
    assert own_run.folder.name == "digits-1"
    shutil.copytree(own_run.folder, own_run.folder.parent / "digits-2")
    report = evaluate(own_run)
    assert report["judged"]["opened"] == {"times": 3, "by_this_run": 2, "runs": 2}
    examples = report["judged"]["examples"]
    assert (
        f"These {examples} pictures have been opened 3 times by 2 runs: the best of several looks better than it is."
        in report["verdict"]
    )
    lines = (own_run.folder / "opened.jsonl").read_text().splitlines()
    assert [json.loads(line)["sha256"] for line in lines] == [report["judged"]["sha256"]] * 2
    assert json.loads(lines[-1])["accuracy"] == report["metrics"]["accuracy"]


def test_a_neighbours_damaged_count_does_not_stop_judging(own_run):
    neighbour = own_run.folder.parent / "broken-1"
    neighbour.mkdir()
    (neighbour / "opened.jsonl").write_text("{not json\n")
    assert evaluate(own_run)["judged"]["opened"]["times"] == 2


def test_other_data_is_judged_whole_and_keeps_the_runs_own_report(own_run, write_digits, tmp_path):
    before = (own_run.folder / "report.json").read_bytes()
    other = write_digits(tmp_path / "more", 0, 3)
    report = evaluate(own_run, other)
    assert (report["split"], report["judged"]["examples"], report["judged"]["is_own"]) == ("all", 30, False)
    assert report["files"] == {"json": "report-more.json", "html": "report-more.html"}
    assert (own_run.folder / "report.json").read_bytes() == before
    assert (own_run.folder / "predictions-more.parquet").exists()
    assert report["verdict"][0].startswith("Right on ")
    assert f"30 pictures of {other}" in report["verdict"][0]
    assert report["notes"] == [f"Judged on all pictures of {other}, not on the run's own data."]
    (other / "0" / "broken.png").write_bytes(b"")
    (note,) = evaluate(own_run, other)["notes"]
    assert note.endswith("not on the run's own data. 1 file is left out: 0/broken.png, empty file.")


def test_other_data_with_a_test_split_is_judged_on_it(own_run, write_digits, tmp_path):
    write_digits(tmp_path / "two" / "train", 0, 3)
    write_digits(tmp_path / "two" / "test", 3, 2)
    report = evaluate(own_run, tmp_path / "two")
    assert (report["split"], report["judged"]["examples"]) == ("test", 20)


def test_classes_are_matched_by_name(own_run, write_digits, tmp_path):
    """Only three of the ten classes, in another order of indices."""
    other = write_digits(tmp_path / "few", 0, 12)
    for name in set("0123456789") - set("792"):
        shutil.rmtree(other / name)
    report = evaluate(own_run, other)
    assert report["metrics"]["accuracy"] > 0.8
    assert {row["class"] for row in report["per_class"] if row["support"]} == set("792")
    assert 0.8 < report["metrics"]["macro_f1"] <= 1


def test_a_class_the_run_does_not_know_is_refused(own_run, write_digits, tmp_path):
    other = write_digits(tmp_path / "odd", 0, 2)
    (other / "9").rename(other / "fox")
    with pytest.raises(DataError) as raised:
        evaluate(own_run, other)
    assert str(raised.value) == (
        f"{other} has a class that digits-1 was not trained on: 'fox'. Allowed: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9. "
        "Classes are matched by name: rename or leave out what differs."
    )


def test_without_a_test_split_validation_judges_and_it_is_said(own_run, write_digits, tmp_path):
    write_digits(tmp_path / "data" / "train", 0, 10)
    write_digits(tmp_path / "data" / "validation", 10, 5)
    report = evaluate(own_run, prepared=prepared_from(tmp_path / "data", own_run))
    assert report["split"] == "validation"
    assert "50 validation pictures (there is no test split)" in report["verdict"][0]
    assert report["notes"] == [
        "There is no test split, so this is the score on the validation split. Whatever was chosen with it (settings, "
        "recipes) makes the score optimistic."
    ]


def test_pictures_that_were_learnt_are_counted_and_scored_apart(own_run, write_digits, tmp_path):
    write_digits(tmp_path / "data" / "train", 0, 12)
    write_digits(tmp_path / "data" / "test", 10, 6)  # two of each class stand in both
    report = evaluate(own_run, prepared=prepared_from(tmp_path / "data", own_run))
    assert report["judged"]["seen"] == 20
    assert report["judged"]["without_seen"]["examples"] == 40
    (line,) = [line for line in report["verdict"] if "also in training" in line]
    assert line.startswith("20 of the 60 pictures stand also in training or validation: without them ")


def test_a_clean_test_split_is_not_called_doubtful(judged):
    _, report = judged
    assert report["judged"]["seen"] == 0
    assert not any("also in training" in line for line in report["verdict"])


def test_damaged_predictions_say_what_to_do(own_run):
    (own_run.folder / "predictions.parquet").write_bytes(b"PAR1 not any more")
    with pytest.raises(RunError, match=r"cannot be read: .* Make it anew with `seodang evaluate "):
        predictions.read(own_run.folder)


def test_control_labels_that_say_nothing_are_learnt_to_chance(tmp_path):
    """RELIABILITY T34: with shuffled labels the judged accuracy is within three standard deviations of chance."""
    from sklearn.datasets import load_digits

    from seodang.runs.train import train

    digits = load_digits()
    np.savez(tmp_path / "shuffled.npz", x=digits.images, y=np.random.default_rng(0).permutation(digits.target))
    report = evaluate(train(tmp_path / "shuffled.npz", settings={"training.epochs": 3}, runs=tmp_path / "runs"))
    examples = report["judged"]["examples"]
    assert abs(report["metrics"]["accuracy"] - 0.1) < 3 * (0.1 * 0.9 / examples) ** 0.5
    assert any(line.startswith("NOT shown to be better than always guessing") for line in report["verdict"])
