"""Training with a pretrained network: what the house recipe decides, what is kept, what is repeated."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file

from seodang.core.errors import RunError
from seodang.core.files import read_json, read_lines, sha256
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.predict import predict
from seodang.pretrained.weights import Weights, find_weights
from seodang.recipes.resolve import resolve
from seodang.runs.events import Begun, Finished, Interrupted, Planned
from seodang.runs.folder import load
from seodang.runs.repeat import repeat
from seodang.runs.train import resume_stream, stream, train
from seodang.training.features import Passed
from seodang.training.loop import Epoch, Notice, Step
from seodang.training.plan import LEAST_SIDE, REPORT_SECONDS, PassPlan

SMALL = {"transfer.backbone": "mobilenetv1_025", "preparation.height": 64, "preparation.width": 64}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """Coloured discs and squares on noise, 90×80 pixels: 30 of each."""
    folder, rng = tmp_path_factory.mktemp("data") / "shapes", np.random.default_rng(0)
    for index in range(60):
        kind = "disc" if index % 2 else "square"
        (folder / kind).mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 120, (80, 90, 3), dtype=np.uint8))
        left, top, side = *rng.integers(5, 30, 2), int(rng.integers(25, 45))
        draw, box = ImageDraw.Draw(picture), [int(left), int(top), int(left) + side, int(top) + side]
        colour = tuple(int(value) for value in rng.integers(150, 256, 3))
        (draw.ellipse if index % 2 else draw.rectangle)(box, fill=colour)
        picture.save(folder / kind / f"{index:02d}.png")
    return folder


@pytest.fixture(scope="module")
def run(shapes, tmp_path_factory):
    return train(shapes, settings=SMALL, runs=tmp_path_factory.mktemp("runs"))


def test_photographs_go_through_a_pretrained_network(run):
    recipe = run.recipe
    assert (recipe.transfer.strategy, recipe.model.name) == ("features", "backbone")
    assert recipe.preparation.mean == find_weights("mobilenetv1_025").mean
    assert recipe.preparation.interpolation == "bicubic"
    assert "what mobilenetv1_025 learnt on ImageNet says more" in (run.folder / "recipe.yaml").read_text()
    assert all("penalty" in line for line in run.history)
    assert sum(line["chosen"] for line in run.history) == 1


def test_small_pictures_are_trained_from_scratch(digits_run):
    assert digits_run.recipe.transfer.strategy == "none"
    assert digits_run.recipe.model.name == "convnet"


def test_without_weights_it_says_so_and_trains_from_scratch(shapes, tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    settings = {"transfer.backbone": "resnet18", "training.epochs": 1}
    begun = next(
        event for event in stream(shapes, settings=settings, runs=tmp_path / "runs") if isinstance(event, Begun)
    )
    assert begun.recipe.model.name == "convnet"
    assert any("told far better by a pretrained network. The weights of resnet18 are not" in r for r in begun.reasons)


def test_a_network_of_ones_own_is_left_alone(shapes, tmp_path):
    settings = {"model": "[flatten, {dense: outputs}]", "training.epochs": 1}
    assert train(shapes, settings=settings, runs=tmp_path).recipe.transfer.strategy == "none"


def test_the_base_of_the_saved_run_is_the_pretrained_file_bit_for_bit(run):
    saved, given = load_file(run.folder / "model.safetensors"), load_file(find_weights("mobilenetv1_025").path)
    for name, tensor in saved.items():
        if name.startswith("base."):
            wanted = given[name.removeprefix("base.")]
            assert torch.equal(tensor, wanted.float() if wanted.is_floating_point() else wanted), name


def test_it_tells_discs_from_squares_and_predicts_what_it_judged(run, shapes):
    report = evaluate(run)
    assert report["metrics"]["accuracy"] > report["baselines"]["naive"]["accuracy"]
    prepared = run.prepared()
    files = [shapes / name for name in prepared.test.ids]
    by_file = {answer["path"]: answer for answer in predict(run, [str(file) for file in files])}
    from seodang.evaluation.predictions import read

    judged = read(run.folder)
    for name, row, file in zip(judged.ids, judged.probabilities, files, strict=True):
        best = by_file[str(file)]["top"][0]
        assert best["class"] == run.classes[int(row.argmax())], name
        assert best["probability"] == pytest.approx(float(row.max()), abs=1e-3)


def test_a_second_training_passes_nothing_and_ends_with_the_same_weights(run, shapes, tmp_path):
    evaluate(run)  # the test split passes through the base where it is judged
    events = list(stream(shapes, settings=SMALL, runs=tmp_path))
    begun = next(event for event in events if isinstance(event, Begun))
    assert begun.plan.words.startswith("the features of all 60 pictures are known")
    assert {event.done for event in events if isinstance(event, Passed)} == {
        5,
        51,
    }  # validation, and training, at once
    assert sha256(events[-1].run.folder / "model.safetensors") == sha256(run.folder / "model.safetensors")


def test_pictures_become_smaller_where_the_minutes_are_few(shapes, tmp_path, monkeypatch):
    """The time of a pass is by the pixel; a clock that says 1 s a picture at 192 pixels says 1/9 s at 64."""
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(
        "seodang.runs.passing.Pass.plan",
        lambda self: PassPlan(60, 0, 10 * (self.recipe.preparation.height / 192) ** 2, "x"),
    )
    for minutes, side in (
        (20.0, 192),
        (5.0, 96),
        (0.01, 64),
    ):  # so much that a busy machine's seconds of opening do not count
        settings = {"transfer.backbone": "mobilenetv1_025", "training.minutes": minutes}
        begun = next(e for e in stream(shapes, settings=settings, runs=tmp_path) if isinstance(e, Begun))
        assert begun.recipe.preparation.height == begun.recipe.preparation.width == side
        assert any("pixels instead" in reason for reason in begun.reasons) == (side < 192)


def test_a_smaller_network_is_taken_where_even_small_pictures_take_too_long(shapes, tmp_path, monkeypatch):
    """Nine minutes for the pictures through the default network, a twelfth of it through the smaller one: by the pixel."""
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))

    def plan(self):
        base, side = self.recipe.transfer.backbone, self.recipe.preparation.height
        return PassPlan(60, 0, (90.0 if base == "mobilenetv2_100" else 7.5) * (side / 192) ** 2, base)

    monkeypatch.setattr("seodang.runs.passing.Pass.plan", plan)
    settings = {
        "training.minutes": 5
    }  # 600 s through the default network at 64 pixels, 200 s through the smaller one at 128
    begun = next(e for e in stream(shapes, settings=settings, runs=tmp_path) if isinstance(e, Begun))
    assert begun.recipe.transfer.backbone == begun.recipe.model.settings["architecture"] == "mobilenetv1_025"
    assert begun.recipe.preparation.height == 128
    assert begun.recipe.preparation.mean == (0.5, 0.5, 0.5), "as the smaller network wants it"
    assert (
        "transfer.backbone=mobilenetv1_025: through mobilenetv2_100 even pictures of this size would take 10 min, too much for the "
        "5 minutes given"
    ) in begun.reasons
    named = {**settings, "transfer.strategy": "features"}
    begun = next(e for e in stream(shapes, settings=named, runs=tmp_path) if isinstance(e, Begun))
    assert (begun.recipe.transfer.backbone, begun.recipe.preparation.height) == ("mobilenetv2_100", 64)


def test_a_machine_that_became_slower_gives_the_head_fewer_pictures_and_a_repeat_the_same(
    shapes, tmp_path, monkeypatch
):
    """No time is left from the start: after the first batch that makes up the least number of pictures no more of them pass."""
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr("seodang.runs.passing.LEAST", 10)
    monkeypatch.setattr("seodang.runs.transfer.pass_seconds", lambda left: 0.0 * left)
    last, told = None, []
    for last in stream(shapes, settings={**SMALL, "training.minutes": 5}, runs=tmp_path / "runs"):
        told += [last.text] if isinstance(last, Notice) else []
        if isinstance(last, Epoch) and last.epoch == 2:
            signal.raise_signal(signal.SIGINT)
    words = (
        "transfer.pictures=32: the head learns from 32 of the 46 training pictures; the machine is slower than it was measured to be, "
        "and 5 minutes were given"
    )
    assert isinstance(last, Interrupted)
    assert told[0] == f"{words}."
    assert f"# {words}\n" in (last.folder / "recipe.yaml").read_text()
    monkeypatch.undo()  # time enough again
    *_, finished = resume_stream(last.folder)
    assert finished.run.recipe.transfer.pictures == 32
    assert len(list(shapes.rglob("*.png"))) == 60
    _, found = repeat(finished.run, runs=tmp_path / "again")
    assert found.words == "No difference: the same weights, bit for bit, and the same history."


def test_a_machine_that_became_slower_makes_fewer_views(shapes, tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr("seodang.runs.transfer.pass_seconds", lambda left: 0.0 * left)
    views = {**SMALL, "transfer.views": 3, "augmentation.rotation": 5}
    hurried = train(shapes, settings={**views, "training.minutes": 5}, runs=tmp_path / "hurried")
    assert (hurried.recipe.transfer.views, hurried.recipe.transfer.pictures) == (1, None)
    _, found = repeat(hurried, runs=tmp_path / "again")
    assert found.same_weights
    whole = train(shapes, settings=views, runs=tmp_path / "whole")
    assert whole.recipe.transfer.views == 3


def test_a_repeat_has_no_difference(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))
    _, found = repeat(run, runs=tmp_path)
    assert found.words == "No difference: the same weights, bit for bit, and the same history."


def test_a_stopped_pass_goes_on_and_a_finished_one_says_so(run, shapes, tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "empty"))
    last = None
    for last in stream(shapes, settings=SMALL, runs=tmp_path / "runs"):
        if isinstance(last, Passed):
            signal.raise_signal(signal.SIGINT)
    assert isinstance(last, Interrupted)
    *_, finished = resume_stream(last.folder)
    assert isinstance(finished, Finished)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(run.folder / "model.safetensors")
    with pytest.raises(RunError, match="has finished. A head on features is not trained further; start a new run."):
        list(resume_stream(last.folder))


HEAD = {
    "model.name": "backbone",
    "model.head": "[{dense: 16}, relu, {dense: outputs}]",
    "transfer.strategy": "features",
}


def test_a_head_of_layers_is_trained_on_features_and_resumed_exactly(shapes, tmp_path):
    settings = {**SMALL, **HEAD, "training.epochs": 4, "training.batch_size": 8, "training.checkpoint_seconds": 0}
    whole = train(shapes, settings=settings, runs=tmp_path / "whole")
    assert [line["epoch"] for line in whole.history] == [1, 2, 3, 4]
    assert whole.history[-1]["loss"] < whole.history[0]["loss"]
    for event in (events := stream(shapes, settings=settings, runs=tmp_path / "cut")):
        if isinstance(event, Step) and event.step == 9:
            break
    events.close()
    (folder,) = (tmp_path / "cut").iterdir()
    *_, finished = resume_stream(folder)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")
    assert 0 <= evaluate(whole)["metrics"]["accuracy"] <= 1


TUNED = {
    **SMALL,
    "transfer.fine_tune": True,
    "transfer.stages": 2,
    "training.epochs": 3,
    "training.batch_size": 8,
    "training.learning_rate": 1e-3,
    "training.checkpoint_seconds": 0,
    "augmentation.rotation": 5,
    "training.schedule": "one_cycle",
}


@pytest.fixture(scope="module")
def tuned_whole(shapes, tmp_path_factory):
    """The fine-tuned run that was never stopped: 3 epochs of 6 steps, and the last epoch is kept or an earlier one."""
    return train(shapes, settings=TUNED, runs=tmp_path_factory.mktemp("tuned"))


def timeless(path):
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_lines(path)]


@pytest.mark.parametrize("step", [1, 6, 9, 17])
def test_fine_tuning_that_was_killed_goes_on_exactly(shapes, tuned_whole, tmp_path, step):
    for event in (events := stream(shapes, settings=TUNED, runs=tmp_path)):
        if isinstance(event, Step) and event.step == step:
            break
    events.close()
    (folder,) = tmp_path.iterdir()
    assert list(folder.glob("checkpoint/*.safetensors"))
    *_, finished = resume_stream(folder)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(tuned_whole.folder / "model.safetensors")
    for name in ("history.jsonl", "head.jsonl"):
        assert timeless(folder / name) == timeless(tuned_whole.folder / name), name


def test_fine_tuning_killed_by_the_system_goes_on_exactly(shapes, tuned_whole, tmp_path):
    words = [f"{key}={value}" for key, value in TUNED.items()]
    command = [sys.executable, "-m", "seodang", "train", str(shapes), "--runs", str(tmp_path), *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("*/checkpoint/step-*.json")):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline, "no checkpoint in two minutes"
        time.sleep(0.01)
    process.kill()
    process.communicate()
    (folder,) = tmp_path.iterdir()
    *_, finished = resume_stream(folder)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(tuned_whole.folder / "model.safetensors")


def test_a_damaged_checkpoint_of_fine_tuning_is_told(shapes, tuned_whole, tmp_path):
    for event in (events := stream(shapes, settings=TUNED, runs=tmp_path)):
        if isinstance(event, Step) and event.step == 9:
            break
    events.close()
    (folder,) = tmp_path.iterdir()
    newest = max(folder.glob("checkpoint/*.safetensors"))
    newest.write_bytes(newest.read_bytes()[:-1])
    *events, finished = resume_stream(folder)
    assert any(isinstance(e, Notice) and e.text.startswith(f"{newest.name} is damaged") for e in events)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(tuned_whole.folder / "model.safetensors")


def test_penalties_before_fine_tuning_stand_beside_the_history(run, tuned_whole):
    assert [line["epoch"] for line in tuned_whole.history] == [1, 2, 3]
    assert not any("penalty" in line for line in tuned_whole.history)
    tried = list(read_lines(tuned_whole.folder / "head.jsonl"))
    assert [line["penalty"] for line in tried] == [line["penalty"] for line in run.history]
    assert "head.jsonl" in read_json(tuned_whole.folder / "manifest.json")
    assert not (run.folder / "head.jsonl").exists(), "there the history has them"
    assert evaluate(tuned_whole)["epochs"] == 3


def test_a_repeat_of_fine_tuning_has_no_difference(tuned_whole, tmp_path):
    _, found = repeat(tuned_whole, runs=tmp_path)
    assert found.words == "No difference: the same weights, bit for bit, and the same history."


def test_a_signal_while_the_head_is_solved_is_an_interruption(run, shapes, tmp_path):
    last = None
    for last in stream(shapes, settings=SMALL, runs=tmp_path):
        if isinstance(last, Epoch) and last.epoch == 2:
            signal.raise_signal(signal.SIGTERM)
    assert isinstance(last, Interrupted)
    assert (last.step, last.signal) == (0, signal.SIGTERM)
    *_, finished = resume_stream(last.folder)
    assert sha256(finished.run.folder / "model.safetensors") == sha256(run.folder / "model.safetensors")
    assert timeless(last.folder / "history.jsonl") == timeless(run.folder / "history.jsonl")


def test_minutes_are_of_pass_and_fine_tuning_together(shapes, tmp_path, monkeypatch):
    """A clock that says that so many steps fit into the rest is believed, written down, repeated and kept to."""
    asked = []
    monkeypatch.setattr("seodang.training.plan.steps_that_fit", lambda left, *_: asked.append(left) or 15)
    monkeypatch.setattr("seodang.training.plan.Pace.see", lambda *_: None)
    began = time.perf_counter()
    timed = {**TUNED, "training.minutes": 5, "training.epochs": 10}
    events = list(stream(shapes, settings=timed, runs=tmp_path))
    passed = time.perf_counter() - began
    judging = REPORT_SECONDS + 60  # and a second a picture at most, on the busiest machine
    assert 300 - passed - judging < asked[0] < 300 - REPORT_SECONDS, "what reading, pass, head and judging take is gone"
    (planned,) = [event for event in events if isinstance(event, Planned)]
    steps = [event.step for event in events if isinstance(event, Step)]
    assert planned.plan.steps == 15 == steps[-1]
    after = events[-1].run
    assert (after.recipe.training.steps, after.recipe.training.epochs) == (15, 3)
    _, found = repeat(after, runs=tmp_path / "again")
    assert found.words == "No difference: the same weights, bit for bit, and the same history."


def test_minutes_are_of_pass_and_head_of_layers_together(shapes, tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.training.plan.steps_that_fit", lambda *_: 9)
    monkeypatch.setattr("seodang.training.plan.Pace.see", lambda *_: None)
    settings = {**SMALL, **HEAD, "training.minutes": 5, "training.epochs": 4, "training.batch_size": 8}
    after = train(shapes, settings=settings, runs=tmp_path)
    assert after.recipe.training.steps == after.history[-1]["step"] == 9


def test_fine_tuning_is_left_out_where_hardly_any_time_is_left(run, shapes, tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.training.plan.steps_that_fit", lambda *_: 2)
    events = list(stream(shapes, settings={**TUNED, "training.minutes": 5}, runs=tmp_path))
    words = (
        "transfer.fine_tune=false: only 2 steps of training the last stages fit into the rest of the 5 minutes; the head alone "
        "is kept"
    )
    assert f"{words}." in [event.text for event in events if isinstance(event, Notice)]
    after = events[-1].run
    assert f"# {words}\n" in (after.folder / "recipe.yaml").read_text()
    assert not after.recipe.transfer.fine_tune
    assert sha256(after.folder / "model.safetensors") == sha256(run.folder / "model.safetensors")
    assert all("penalty" in line for line in after.history)


def test_a_network_of_one_size_is_not_given_smaller_pictures():
    recipe = resolve("image-classifier", {"preparation.height": "224", "transfer.backbone": "vit_tiny_patch16_224"})
    plan = PassPlan(10_000, 0, 1.0, "vit_tiny_patch16_224")
    fixed = Weights("vit_tiny_patch16_224", Path(), (224, 224), True, (0.5,) * 3, (0.5,) * 3, 0.9, "bicubic", 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seodang.training.plan.find_weights", lambda name: fixed)
        assert plan.side_within(recipe, 60.0) is None
        patch.setattr("seodang.training.plan.find_weights", lambda name: replace(fixed, fixed_size=False))
        assert plan.side_within(recipe, 60.0) == LEAST_SIDE


def test_fine_tuning_begins_at_the_solved_head_and_is_kept_only_where_it_helps(shapes, tmp_path):
    def tuned(rate):
        settings = {**SMALL, "transfer.fine_tune": True, "training.epochs": 2, "training.learning_rate": rate}
        events = list(stream(shapes, settings=settings, runs=tmp_path / f"{rate}"))
        assert any(isinstance(event, Planned) for event in events)
        solved = [event.metrics for event in events if isinstance(event, Epoch) and "penalty" in event.metrics]
        steps = [event.metrics for event in events if isinstance(event, Epoch) and "penalty" not in event.metrics]
        return events[-1], solved, steps

    finished, _, steps = tuned(1e-4)
    after = load(finished.run.folder)
    base = load_file(find_weights("mobilenetv1_025").path)
    moved = [
        name
        for name, tensor in load_file(after.folder / "model.safetensors").items()
        if name.startswith("base.") and not torch.equal(tensor.float(), base[name.removeprefix("base.")].float())
    ]
    assert finished.best_epoch is not None
    assert bool(moved) == (finished.best_epoch > 0)
    assert not any("running" in name for name in moved)

    ruined, _, steps = tuned(5.0)
    assert steps[-1]["validation_loss"] > 1
    assert ruined.best_epoch == 0, "the head alone was better, and is what is kept"
    for name, tensor in load_file(ruined.run.folder / "model.safetensors").items():
        if name.startswith("base."):
            assert torch.equal(tensor.float(), base[name.removeprefix("base.")].float()), name
