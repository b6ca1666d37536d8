"""Judging runs that put out again or make: figures against references, and what a person is told."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA

from seodang.core.errors import RunError, SeodangError
from seodang.core.files import sha256
from seodang.evaluation import making
from seodang.evaluation.compare import compare
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.generate import writer
from seodang.evaluation.predict import predict
from seodang.evaluation.similar import similar
from seodang.explanations.explain import explain
from seodang.runs.folder import load
from seodang.runs.samples import sheets
from seodang.runs.train import train


@pytest.fixture(scope="module")
def again(again_run):
    return evaluate(again_run)


@pytest.fixture(scope="module")
def made(maker_run):
    return evaluate(maker_run)


def flat(run, subset):
    before, _ = making.parts(run)
    return before(subset.fetch(torch.arange(len(subset)))).flatten(1).double().numpy()


def test_the_figures_are_those_of_numpy_and_scikit_learn(again_run, again):
    data = again_run.prepared()
    train_rows, test_rows = flat(again_run, data.train), flat(again_run, data.test)
    outputs = (
        torch.sigmoid(again_run.network()(data.test.fetch(torch.arange(len(data.test))))).detach().flatten(1).numpy()
    )
    expected = ((outputs - test_rows) ** 2).mean()
    assert again["metrics"]["mse"] == pytest.approx(expected, rel=1e-4)
    assert again["metrics"]["rmse"] == pytest.approx(expected**0.5, rel=1e-4)
    assert again["metrics"]["explained"] == pytest.approx(1 - expected / test_rows.var(axis=0).mean(), rel=1e-3)
    naive = ((train_rows.mean(axis=0) - test_rows) ** 2).mean()
    assert again["baselines"]["naive"]["mse"] == pytest.approx(naive, rel=1e-4)
    pca = PCA(32, random_state=0).fit(train_rows)
    linear = ((pca.inverse_transform(pca.transform(test_rows)) - test_rows) ** 2).mean()
    assert again["baselines"]["linear"]["mse"] == pytest.approx(linear, rel=1e-3)
    low, high = again["intervals"]["mse"]
    assert low < expected < high


def test_denoising_beats_leaving_the_noise(again):
    noisy = again["noisy"]
    assert noisy["left"] == pytest.approx(0.3**2, rel=0.03), "the noise's variance"
    assert noisy["mse"] < 0.6 * noisy["left"]
    assert any(
        line.startswith("With the noise of training") and "of the noise away" in line for line in again["verdict"]
    )


def test_a_code_finds_pictures_of_the_same_class(again):
    assert again["alike"]["code"] > 0.8
    assert again["alike"]["pixels"] > 0.9


def test_judging_is_the_same_each_time(again_run, again):
    other = evaluate(again_run)
    for name in ("metrics", "intervals", "noisy", "alike", "examples"):
        assert other[name] == again[name]


def test_the_linear_autoencoder_finds_the_plane_of_principal_components(tmp_path):
    """L50 with the notes' settings: the principal angles between the two planes are small."""
    run = train(None, "linear-autoencoder", runs=tmp_path)
    report = evaluate(run)
    assert max(report["plane"]["angles"]) < 2
    data = run.prepared()
    points, decoder = data.train.pixels.double().numpy(), list(making.parts(run)[1].decoder.children())[0]
    plane, _ = np.linalg.qr(decoder.weight.detach().double().numpy())
    expected = PCA(2).fit(points).components_.T
    cosines = np.linalg.svd(plane.T @ expected)[1]
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    np.testing.assert_allclose(sorted(report["plane"]["angles"]), sorted(angles), atol=0.05)
    assert report["metrics"]["explained"] > 0.98
    assert any("principal angles" in line and "lie where PCA's do" in line for line in report["verdict"])


def test_an_unfinished_plane_is_told_so(tmp_path):
    report = evaluate(train(None, "linear-autoencoder", {"training.epochs": 1}, runs=tmp_path))
    assert max(report["plane"]["angles"]) > 5
    assert any("do NOT lie where PCA's do" in line for line in report["verdict"])


def test_a_network_that_bends_has_no_plane(again):
    assert again["plane"] is None


def test_worse_than_the_mean_is_said(tmp_path):
    settings = {"training.epochs": 1, "training.learning_rate": 1e-6, "preparation.height": 8, "preparation.width": 8}
    report = evaluate(train("digits", "deep-autoencoder", settings, runs=tmp_path))
    assert any(line.startswith("WORSE than the mean example") for line in report["verdict"])


# Making ---------------------------------------------------------------------------------------------------------------


def test_a_better_generator_is_nearer_and_real_pictures_are_nearest(maker_run, made, tmp_path):
    training = maker_run.recipe.training.model_copy(update={"epochs": 1})
    early = evaluate(train("digits", maker_run.recipe.model_copy(update={"training": training}), runs=tmp_path))
    assert made["baselines"]["real"]["frechet"] < made["metrics"]["frechet"] < 0.7 * early["metrics"]["frechet"]
    assert made["baselines"] == early["baselines"], "one eye for both"


def test_the_figures_of_made_pictures_hang_together(made):
    rows = made["classes"]["rows"]
    assert sum(row["made"] for row in rows) == pytest.approx(1, abs=0.01)
    assert made["metrics"]["covered"] == made["classes"]["covered"] / 10
    assert 0.1 <= made["metrics"]["confidence"] <= 1
    told = made["discriminator"]
    assert told["right"] == pytest.approx((told["real_taken_for_real"] + 1 - told["made_taken_for_real"]) / 2, abs=1e-3)
    assert made["compared"] == made["judged"]["examples"]
    assert made["eye"]["accuracy"] > 0.85


def test_the_verdict_names_the_yardsticks(made):
    first = made["verdict"][0]
    assert first.startswith("Fréchet distance ")
    assert "between as many real ones" in first
    assert any("classes are drawn" in line for line in made["verdict"])
    assert any(line.startswith("Every pixel drawn for itself: ") for line in made["verdict"])


def test_without_labels_a_fixed_eye_looks(maker_run):
    from dataclasses import replace

    from seodang.evaluation.eye import make_eye

    data = maker_run.prepared()
    blind = replace(data, train=replace(data.train, labels=torch.zeros_like(data.train.labels)))
    eye, same = make_eye(blind), make_eye(blind)
    assert eye.classes == ()
    assert "no labels" in eye.how
    pixels = data.test.fetch(torch.arange(20))
    np.testing.assert_array_equal(eye.see(pixels)[0], same.see(pixels)[0])


def test_the_report_stands_by_itself_and_keeps_the_strip(maker_run, made):
    page = (maker_run.folder / "report.html").read_text()
    assert page.count("data:image/png;base64,") > 10
    assert "data:image/webp;base64," in page
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert json.loads((maker_run.folder / "report.json").read_text())["metrics"] == made["metrics"]
    listed = json.loads((maker_run.folder / "manifest.json").read_text())
    for name in ("strip.png", "samples.webp", "samples/epoch-0001.png"):
        assert listed[name]["sha256"] == sha256(maker_run.folder / name)


def test_the_strip_has_the_first_and_the_last_epoch(maker_run):
    epochs = making.strip_epochs(maker_run)
    assert (epochs[0], epochs[-1], len(epochs)) == (1, 40, making.STRIP_EPOCHS)
    picture = making.strip(maker_run)
    assert picture.size == (making.STRIP_PICTURES * 8, making.STRIP_EPOCHS * 8)
    with Image.open(sheets(maker_run.folder)[-1]) as last:
        np.testing.assert_array_equal(np.asarray(picture)[-8:, :64], np.asarray(last)[:8])


def test_kept_pictures_are_cut_out_of_their_sheets(maker_run, made):
    found = dict(making.kept(maker_run, 3))
    assert list(found) == [1, 21, 40]
    last = found[40]
    assert last.shape == (64, 1, 8, 8)
    with Image.open(sheets(maker_run.folder)[-1]) as sheet:
        np.testing.assert_array_equal(np.asarray(sheet)[8:16, 16:24], last[10, 0].numpy())
    assert [each["epoch"] for each in made["over_epochs"]] == list(range(1, 41))
    assert made["over_epochs"][-1]["confidence"] > made["over_epochs"][0]["confidence"]


# Using ----------------------------------------------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_pictures(maker_run):
    one, same, other = (making.make(maker_run, 12, seed) for seed in (1, 1, 2))
    assert one.shape == (12, 1, 8, 8)
    assert one.dtype == torch.uint8
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(making.make(load(maker_run.folder), 12, 1), one), "and after opening the run again"


def test_between_two_seeds_the_ends_are_theirs(maker_run):
    way = making.between(maker_run, "3", "8", steps=7)
    ends = torch.cat([making.make(maker_run, 1, seed) for seed in (3, 8)])
    assert way.shape == (7, 1, 8, 8)
    assert (way[[0, -1]].int() - ends.int()).abs().max() <= 1
    steps = (way[1:].float() - way[:-1].float()).flatten(1).norm(dim=1)
    assert steps.max() < (way[-1].float() - way[0].float()).norm(), "no jump as large as the whole way"


@pytest.fixture
def two(write_digits, tmp_path):
    write_digits(tmp_path / "photos", 0, 2)
    return [str(next((tmp_path / "photos" / str(digit)).glob("*"))) for digit in (3, 8)]


def test_between_two_pictures_the_ends_are_their_reconstructions(again_run, two):
    way = making.between(again_run, *two, steps=5)
    given = torch.stack([making.read(again_run, path) for path in two])
    outputs = torch.sigmoid(again_run.network()(given)).detach()
    assert (way[[0, -1]].int() - (255 * outputs).round().int()).abs().max() <= 1


def test_a_picture_of_the_data_finds_itself_first(again_run, two):
    found = similar(again_run, two[0], 5)
    assert found[0]["distance"] == pytest.approx(0, abs=1e-3)
    assert found[0]["class"] == "3"
    assert [each["distance"] for each in found] == sorted(each["distance"] for each in found)
    assert sum(each["class"] == "3" for each in found) >= 4


def test_similar_agrees_with_looking_at_every_code(again_run, two):
    data = again_run.prepared()
    ids = [*data.train.ids, *data.validation.ids, *data.test.ids]
    pixels = torch.cat(
        [part.fetch(torch.arange(len(part))) for part in (data.train, data.validation, data.test) if len(part)]
    )
    wanted = making.codes_of(again_run, making.read(again_run, two[1])[None])
    order = (making.codes_of(again_run, pixels) - wanted).norm(dim=1).argsort()[:6]
    assert {each["id"] for each in similar(again_run, two[1], 6)} == {ids[i] for i in order.tolist()}


def test_what_a_run_cannot_do_is_said_with_what_can(again_run, maker_run, digits_run, two):
    with pytest.raises(RunError, match="plain autoencoder: .*--between A.png B.png.*or train picture-vae"):
        making.make(again_run)
    with pytest.raises(RunError, match="has no codes of pictures. Give two seeds: `--between 1 2`"):
        making.between(maker_run, *two)
    with pytest.raises(SeodangError, match="takes two pictures or two seeds, got 1 and"):
        making.between(maker_run, "1", two[0])
    for run in (maker_run, digits_run):
        with pytest.raises(RunError, match="makes no codes of pictures. Train one that does: .*deep-autoencoder"):
            similar(run, two[0])
    with pytest.raises(RunError, match="makes no pictures: its task is classify"):
        making.make(digits_run)
    with pytest.raises(SeodangError, match="gone.png cannot be read: No such file or directory"):
        similar(again_run, "gone.png")
    notes = Path(two[0]).parent / "notes.png"
    notes.write_text("no picture at all")
    with pytest.raises(SeodangError, match=r"notes.png cannot be read: text, not a picture; JPEG, .* can be read\.$"):
        similar(again_run, notes)
    with pytest.raises(RunError, match="makes neither texts nor pictures: its task is classify.*picture-gan"):
        writer(digits_run)
    with pytest.raises(RunError, match="gives no answers that are right or wrong"):
        compare([again_run, maker_run])
    with pytest.raises(SeodangError, match="grad-cam does not apply: it puts out examples, and no answer"):
        explain(maker_run, "1", ["grad-cam"])
    with pytest.raises(SeodangError, match="--class asks why something is of that class, and .* tells none apart"):
        explain(again_run, "#1", target="3")
    for run in (again_run, maker_run):
        with pytest.raises(RunError, match="foretells nothing: its task is .*seodang similar"):
            predict(run, two)


def test_a_picture_of_another_size_is_brought_to_that_of_the_run(again_run, two, tmp_path):
    with Image.open(two[0]) as picture:
        picture.convert("RGB").resize((97, 97), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    assert similar(again_run, tmp_path / "large.png", 3)[0]["class"] == "3"


def test_other_pictures_are_judged_without_their_labels(again_run, again, write_digits, tmp_path):
    write_digits(tmp_path / "others", 20, 4)
    copy = tmp_path / "again-1"
    shutil.copytree(again_run.folder, copy)
    report = evaluate(copy, tmp_path / "others")
    assert report["judged"]["examples"] == 40
    assert report["files"]["json"] == "report-others.json"
    assert report["metrics"]["mse"] == pytest.approx(again["metrics"]["mse"], rel=0.5)
    assert any(line.startswith("Judged on all pictures of ") for line in report["verdict"])
