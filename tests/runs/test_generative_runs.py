"""Runs that put out again or make: exact when stopped or repeated, a picture an epoch, refused where they cannot be."""

import numpy as np
import pytest
from PIL import Image

from seodang.core.errors import RecipeError
from seodang.core.files import read_lines, sha256
from seodang.evaluation.evaluate import evaluate
from seodang.runs.events import Finished
from seodang.runs.repeat import repeat
from seodang.runs.samples import sheets
from seodang.runs.train import resume_stream, stream, train
from seodang.training.loop import Step

SETTINGS = {
    "preparation.height": 8,
    "preparation.width": 8,
    "training.batch_size": 64,
    "training.epochs": 3,
    "training.checkpoint_seconds": 0,
    "examples": 400,
}
# Everything that has state: noise on inputs, an average of weights, batch norm, dropout, a schedule.
KINDS = {
    "denoising-autoencoder": {"model.drop": 0.1, "model.sparsity": 0.01, "training.ema": 0.9},
    "gan-mnist": {"training.schedule": "cosine", "training.max_gradient_norm": 1},
    "picture-gan": {"model.width": 4, "training.label_smoothing": 0.1},
    "picture-vae": {"model.width": 4, "training.keep": "best", "split.validation": 0.2},
}


def timeless(folder):
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_lines(folder / "history.jsonl")]


def opened(file):
    with Image.open(file) as picture:
        return np.asarray(picture)


def files_of(folder):
    return [sha256(file) for file in (folder / "model.safetensors", *sheets(folder))]


@pytest.mark.parametrize("recipe", sorted(KINDS))
def test_resume_and_repeat_are_exact_for_every_recipe(recipe, tmp_path):
    settings = {**SETTINGS, **KINDS[recipe]}
    whole = train("digits", recipe, settings, runs=tmp_path / "whole")
    for event in (events := stream("digits", recipe, settings, runs=tmp_path / "cut")):
        if isinstance(event, Step) and event.step == 10:  # 7 steps make an epoch
            break
    events.close()
    (folder,) = (tmp_path / "cut").iterdir()
    *_, last = resume_stream(folder)
    assert isinstance(last, Finished)
    assert files_of(folder) == files_of(whole.folder)
    assert timeless(folder) == timeless(whole.folder)
    if recipe in ("gan-mnist", "denoising-autoencoder"):
        again, difference = repeat(whole)
        assert difference.words == "No difference: the same weights, bit for bit, and the same history."
        assert files_of(again.folder) == files_of(whole.folder)


def test_another_seed_makes_another_network(tmp_path):
    runs = [train("digits", "gan-mnist", {**SETTINGS, "training.seed": seed}, runs=tmp_path) for seed in (0, 1)]
    assert files_of(runs[0].folder)[0] != files_of(runs[1].folder)[0]


def test_each_epoch_leaves_what_it_makes_of_one_noise(maker_run):
    files = sheets(maker_run.folder)
    assert [file.name for file in files] == [f"epoch-{epoch:04d}.png" for epoch in range(1, 41)]
    first, last = (opened(files[place]) for place in (0, -1))
    assert first.shape == last.shape == (64, 64), "8 by 8 pictures of 8 by 8 pixels"
    assert np.abs(first.astype(int) - last).mean() > 5, "and it changes as it learns"


def test_the_history_has_both_losses_and_what_the_discriminator_tells(maker_run):
    for line in maker_run.history:
        assert {"loss", "discriminator", "accuracy"} <= set(line)
        assert 0 <= line["accuracy"] <= 1
    assert not any(name.startswith("validation") for name in maker_run.history[0])


def test_both_networks_learn(maker_run):
    """In Keras 3 the notes' discriminator never moves (LABS.md, PEERS.md)."""
    from seodang.core.spec import Spec
    from seodang.models.build import build

    model = list(maker_run.network().children())[-1]
    start = build(maker_run.recipe.model, Spec((1, 8, 8)), Spec(()), maker_run.recipe.training.seed)
    for name, network in model.rivals.items():
        for path, parameter in network.named_parameters():
            assert not parameter.equal(dict(start.rivals[name].named_parameters())[path]), f"{name}.{path}"


def test_no_samples_where_nothing_is_made(again_run):
    assert sheets(again_run.folder) == []
    assert not (again_run.folder / "samples").exists()


def test_a_table_is_put_out_again_without_its_target(tmp_path):
    settings = {"columns.target": "target", "training.epochs": 2, "columns.numbers": "standard"}
    run = train("wine", "linear-autoencoder", settings, runs=tmp_path)
    assert "target" not in run.encoding.features
    assert len(run.encoding.features) == 13
    assert run.data["purpose"]["left"] == {"target": "the target, which is not shown to the network"}
    assert run.classes == ()


@pytest.mark.parametrize(
    ("data", "recipe", "settings", "words"),
    [
        ("iris", "gan-mnist", {}, "gan-mnist is for the task imitate, but iris is data to classify"),
        ("digits", "gan-mnist", {"model": "convnet"}, "needs a network that has make and rivals, and convnet has not. Take gan"),
        ("digits", "deep-autoencoder", {"model": "convnet"}, "has encode and decode, and convnet has not. Take autoencoder or vae"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_refused_with_what_to_do(data, recipe, settings, words, tmp_path):
    with pytest.raises(RecipeError, match=words):
        train(data, recipe, settings, runs=tmp_path)
    assert not list(tmp_path.iterdir()), "and leaves no run behind"


def test_pictures_without_labels_lie_in_one_folder(tmp_path):
    folder = tmp_path / "photos" / "all"
    folder.mkdir(parents=True)
    for number, row in enumerate(np.random.default_rng(0).integers(0, 255, (40, 8, 8), np.uint8)):
        Image.fromarray(row).save(folder / f"{number}.png")
    settings = {"preparation.height": 8, "preparation.width": 8, "training.epochs": 1}
    for recipe in ("gan-mnist", "deep-autoencoder"):
        run = train(tmp_path / "photos", recipe, settings, runs=tmp_path / "runs")
        report = evaluate(run)
        assert report["judged"]["examples"] > 1
        assert not report.get("classes")
        assert not report.get("alike")
