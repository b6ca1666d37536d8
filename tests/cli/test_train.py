"""`seodang train` as a person and as a program meet it."""

import json
import subprocess
import sys

import pytest


def seodang(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "seodang", *words], capture_output=True, text=True, cwd=cwd, timeout=120
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    return folder, seodang("train", "digits", "training.epochs=1", "--json", cwd=folder)


def test_json_is_one_object_on_stdout_and_words_are_on_stderr(trained):
    folder, done = trained
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {"run", "recipe", "seconds", "split", "metrics", "intervals", "baselines"} <= answer.keys()
    assert answer["split"] == "test"
    low, high = answer["intervals"]["accuracy"]
    assert low <= answer["metrics"]["accuracy"] <= high
    assert "epoch 1/1" in done.stderr
    assert "Report: runs/digits-1/report.html" in done.stderr


def test_the_run_has_every_file(trained):
    folder, _ = trained
    run = folder / "runs" / "digits-1"
    wanted = {
        "recipe.yaml",
        "data.json",
        "history.jsonl",
        "model.safetensors",
        "machine.json",
        "report.json",
        "report.html",
        "manifest.json",
    }
    assert wanted <= {p.name for p in run.iterdir()}
    listed = json.loads((run / "manifest.json").read_text())
    assert wanted - {"manifest.json"} <= listed.keys()


def test_the_recipe_says_what_was_chosen_and_why(trained):
    folder, _ = trained
    text = (folder / "runs" / "digits-1" / "recipe.yaml").read_text()
    assert "# training.batch_size=32: 1,374 training pictures" in text
    assert "batch_size: 32" in text


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        (
            ["train", "digits", "lerning_rate=1", "training.epochs=three"],
            [
                "lerning_rate is not a setting of Training. Did you mean learning_rate?",
                "training.epochs must be int, got 'three'.",
            ],
        ),
        (["train", "no/such/folder"], ["no/such/folder does not exist."]),
        (
            ["train", "digits", "lenet"],
            ["'lenet' is not a recipe. Did you mean lenet5? `seodang list recipes` shows all."],
        ),
        (
            ["train", "a", "b", "c"],
            ["Got 3 words (a, b, c); at most two are wanted, the data and the recipe. Settings are key=value."],
        ),
        (["evaluate", "nothing-like-it"], ["'nothing-like-it' is not a run. Allowed: digits-1."]),
        (["train", "digits", "model=[flatten, {dens: 3}]"], ["dense"]),
        (["list", "recipe"], ["'recipe' cannot be listed. Did you mean recipes?"]),
        (["new", "recipe", "digits-1", "--like", "lenet6"], ["'lenet6' is not a recipe. Did you mean lenet5?"]),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else None,
)
def test_a_mistake_is_told_without_a_traceback(trained, words, sentences):
    done = seodang(*words, cwd=trained[0])
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for sentence in sentences:
        assert sentence in done.stderr, done.stderr
    assert "epoch" not in done.stdout


def test_a_mistake_is_json_too(trained):
    done = seodang("train", "no/such/folder", "--json", cwd=trained[0])
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"].startswith("no/such/folder does not exist.")


def test_list_runs(trained):
    done = seodang("list", "runs", "--json", cwd=trained[0])
    facts = json.loads(done.stdout)["runs"]["digits-1"]
    assert (facts["finished"], facts["epochs"], facts["recipe"], facts["split"]) == (
        True,
        1,
        "image-classifier",
        "test",
    )
