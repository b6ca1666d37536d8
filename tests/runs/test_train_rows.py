"""A run on rows of a table: exact again, exact after a stop, judged on what it says, honest on what it left out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from seodang.core.errors import DataError, RecipeError, RunError
from seodang.core.files import read_lines, sha256
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.predict import predict
from seodang.runs.events import Finished
from seodang.runs.folder import load
from seodang.runs.repeat import repeat
from seodang.runs.train import resume_stream, stream, train
from seodang.training.loop import Step

EPOCHS = {"training.epochs": 6}


def write(path, rows=240, seed=0):
    """Whether a parcel is late: by weight and town; `code` says the same as `late`, every ninth answer is missing."""
    draw = np.random.default_rng(seed)
    weight, town = draw.normal(5, 2, rows), draw.choice(["Seoul", "Busan", "Daegu"], rows)
    late = np.where(weight + 2 * (town == "Busan") + draw.normal(0, 0.7, rows) > 6, "yes", "no").astype(object)
    code = np.where(late == "yes", "L", "T")
    late[::9] = None
    weight[5::20] = np.nan
    table = pd.DataFrame({"id": 1000 + np.arange(rows), "weight": weight.round(2), "town": town, "code": code})
    table.assign(late=late).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    return write(tmp_path_factory.mktemp("data") / "parcels.csv")


@pytest.fixture(scope="module")
def run(parcels, tmp_path_factory):
    return train(parcels, settings=EPOCHS, runs=tmp_path_factory.mktemp("runs"))


def timeless(folder):
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_lines(folder / "history.jsonl")]


def test_the_house_recipe_is_found_and_written_down(run):
    assert run.recipe.name == "table-classifier"
    assert run.recipe.columns.target == "late"
    assert run.recipe.model.settings["bins"] == 4
    assert run.classes == ("no", "yes")


def test_a_column_that_gives_the_answer_away_is_not_shown(run):
    assert run.encoding.columns == ("weight", "town")
    left = run.data["purpose"]["left"]
    assert left["code"] == "it gives late away: the one follows from the other"
    assert left["id"].startswith("an id")
    report = evaluate(run)
    assert "Not shown to the network, because it gives late away: code." in report["verdict"]


def test_rows_without_a_target_are_left_out_and_counted(run):
    assert "27 rows have no late: left out." in run.data["notes"]
    assert {"path": "27 rows", "reason": "no value of late"} in run.data["left_out"]
    assert sum(run.data["split"]["examples"].values()) == 240 - 27


def test_what_was_learnt_of_the_columns_comes_from_the_training_rows(run):
    data = run.prepared()
    weight = run.encoding.numbers[0]
    known = data.source.table["weight"].to_numpy()[data.division.train]
    assert weight.fill == np.nanmedian(known)
    assert (weight.low, weight.high) == (np.nanmin(known), np.nanmax(known))


def test_training_and_validation_loss_are_one_quantity(parcels, tmp_path):
    """Members learn by their own losses, but what is shown is the loss of their mean: with nothing dropped and rate (nearly)
    zero, the shown training loss is what the saved network has on the training rows."""
    settings = {"training.epochs": 1, "training.learning_rate": 1e-12, "model.dropout": 0, "training.weight_decay": 0}
    run = train(parcels, settings=settings, runs=tmp_path)
    data, task = run.prepared(), run.task
    with torch.inference_mode():
        loss = task.loss(run.network()(data.train.pixels), data.train.labels)
    assert run.history[0]["loss"] == pytest.approx(float(loss), rel=1e-5)


def test_a_repeat_has_no_difference(run, tmp_path):
    again, difference = repeat(run, runs=tmp_path)
    assert difference.words == "No difference: the same weights, bit for bit, and the same history."
    assert sha256(again.folder / "encoding.json") == sha256(run.folder / "encoding.json")


@pytest.mark.parametrize("step", [1, 5, 9, 20])
def test_resume_equals_never_stopping(run, parcels, tmp_path, step):
    """5 steps of 32 make an epoch: stopped after the first step, at an epoch's end, in the middle."""
    events: Any = stream(parcels, settings={**EPOCHS, "training.checkpoint_seconds": 0}, runs=tmp_path)
    for event in events:
        if isinstance(event, Step) and event.step == step:
            break
    events.close()
    (folder,) = tmp_path.iterdir()
    *_, last = resume_stream(folder)
    assert isinstance(last, Finished)
    assert sha256(folder / "model.safetensors") == sha256(run.folder / "model.safetensors")
    assert timeless(folder) == timeless(run.folder)


def test_a_loaded_run_answers_bit_for_bit(run, parcels):
    assert predict(load(run.folder), parcels, top=2) == predict(run, parcels, top=2)


def test_changed_rows_are_refused(run, parcels, tmp_path):
    before = parcels.read_text()
    try:
        parcels.write_text(before.replace("Daegu", "Ulsan"))
        with pytest.raises(RunError, match=r"is not the data that parcels-1 was trained on: the train"):
            run.prepared()
    finally:
        parcels.write_text(before)


def test_another_file_is_judged_by_the_same_encoding(run, tmp_path):
    """The score on other rows is that of their predictions, counted by hand."""
    other = write(tmp_path / "march.csv", rows=90, seed=1)
    report = evaluate(run, other)
    assert (report["split"], report["judged"]["examples"]) == ("all", 80)
    assert report["judged"]["seen"] < 16, "a few parcels are alike"
    assert (run.folder / "report-march.csv.json").exists()
    answers = predict(run, other)
    true = pd.read_csv(other)["late"]
    right = [
        answer["prediction"] == value for answer, value in zip(answers, true, strict=True) if isinstance(value, str)
    ]
    assert report["metrics"]["accuracy"] == pytest.approx(np.mean(right), abs=1e-6)


def test_a_file_that_it_learnt_from_is_told_and_the_rest_scored_apart(run, parcels, tmp_path):
    sizes = run.data["split"]["examples"]
    report = evaluate(run, parcels)
    number = report["judged"]["seen"]
    assert sizes["train"] + sizes["validation"] <= number < 213
    (line,) = [line for line in report["verdict"] if "among those that it learnt from or chose by" in line]
    assert line.startswith(f"{number} of these 213 rows are, in all that it sees, among those")
    assert f"Of the other {213 - number} it has " in line
    assert not any("not on the run's own data" in line for line in report["verdict"])
    known = {name.rpartition(" ")[2] for name in run.prepared().train.ids}
    table = pd.read_csv(parcels)
    table[[str(row + 1) in known for row in range(len(table))]].to_csv(tmp_path / "learnt.csv", index=False)
    lines = evaluate(run, tmp_path / "learnt.csv")["verdict"]
    assert any(line.startswith(f"All of these {sizes['train']} rows are") for line in lines)


def test_most_rows_learnt_is_said_in_red_and_by_the_command(command, run, parcels):
    result = command("evaluate", run.folder, parcels, "--json")
    told = json.loads(result.stdout)
    line = told["sobering"][0]
    assert "among those that it learnt from or chose by" in line
    assert told["verdict"][1] == line, "the score first, then what it is worth"
    assert told["notes"] == []
    assert line in result.stderr.splitlines()
    assert f'<li class="wrong">{line}</li>' in (run.folder / told["files"]["html"]).read_text()


def of_few_values(path, seed, rows):
    """Four columns of three values each: 81 different rows, and a class with noise."""
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.choice(["low", "middle", "high"], (rows, 4)), columns=["heat", "rain", "wind", "sun"])
    noisy = (table == "high").sum(axis=1) + draw.normal(0, 1, rows)
    table.assign(kind=np.where(noisy > 1.3, "good", "bad")).to_csv(path, index=False)
    return path


def test_rows_that_are_alike_by_chance_are_not_called_learnt(tmp_path):
    settings = {"training.epochs": 1, "columns.target": "kind"}
    run = train(of_few_values(tmp_path / "days.csv", 0, 1500), settings=settings, runs=tmp_path / "runs")
    new = evaluate(run, of_few_values(tmp_path / "new.csv", 1, 300))
    assert new["judged"]["seen"] > 270, "nearly all are like one that it learnt"
    told = [*new["verdict"], *new["notes"]]
    assert not any("learnt from" in line or "remembered" in line for line in told)
    assert any("not on the run's own data" in line for line in told)


def test_a_file_without_the_target_cannot_be_judged(run, tmp_path):
    pd.read_csv(write(tmp_path / "new.csv", 40)).drop(columns="late").to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match=r"has no column 'late', which is what the network foretells\. Allowed: "):
        evaluate(run, tmp_path / "new.csv")


def test_an_amount_is_judged_in_its_own_unit(tmp_path):
    draw = np.random.default_rng(0)
    size = draw.uniform(20, 200, 400)
    price = 3_000_000 + 50_000 * size + draw.normal(0, 100_000, 400)
    pd.DataFrame({"size": size.round(1), "price": price.round()}).to_csv(tmp_path / "flats.csv", index=False)
    run = train(tmp_path / "flats.csv", settings={"training.epochs": 20}, runs=tmp_path)
    report = evaluate(run)
    assert run.recipe.name == "table-regressor"
    assert report["metrics"]["r2"] > 0.97
    assert 60_000 < report["metrics"]["mae"] < 300_000, "in the unit of the price, not of its deviation"
    answers = predict(run, tmp_path / "flats.csv")
    assert np.corrcoef([answer["prediction"] for answer in answers], price)[0, 1] > 0.98
    json.dumps(report, allow_nan=False)


def test_a_class_of_one_row_is_learnt_but_not_judged_and_can_be_left_out(tmp_path):
    table = pd.read_csv(write(tmp_path / "rare.csv"))
    table.loc[1, "late"] = "lost"
    table.to_csv(tmp_path / "rare.csv", index=False)
    run = train(tmp_path / "rare.csv", settings=EPOCHS, runs=tmp_path)
    assert run.classes == ("lost", "no", "yes")
    assert any("The test split has none of 'lost', which cannot be judged." in note for note in run.data["notes"])
    run = train(tmp_path / "rare.csv", settings={**EPOCHS, "without": "lost"}, runs=tmp_path / "runs")
    assert run.classes == ("no", "yes")
    assert {"path": "class lost", "reason": "left out by without=lost (1 row)"} in run.data["left_out"]
    with pytest.raises(DataError, match=r"^without=lots: 'lots' is not a class of .* Did you mean lost\?"):
        train(tmp_path / "rare.csv", settings={**EPOCHS, "without": "lots"}, runs=tmp_path)


def test_a_recipe_of_another_task_is_refused_with_the_way_out(parcels, tmp_path):
    with pytest.raises(RecipeError) as caught:
        train(parcels, "text-generator", runs=tmp_path)
    assert str(caught.value).startswith("text-generator is for the task next_token, but")
    assert str(caught.value).endswith("chooses a recipe by itself.")


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "least"), [("penguins", 0.95), ("breast-cancer", 0.93), ("iris", 0.85), ("wine", 0.9), ("titanic", 0.75)]
)
def test_known_tables_reach_their_accuracy(name, least, real_data, tmp_path):
    real_data("tables")
    run = train(name, runs=tmp_path)
    assert evaluate(run)["metrics"]["accuracy"] >= least
