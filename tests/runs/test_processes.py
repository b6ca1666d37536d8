"""Several processes train one network: the whole batch's update, one run's files, and an exact resume."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from seodang.core.files import read_lines
from seodang.runs.train import train

TOP = Path(__file__).parents[2]
ON = {"training.device": "cpu", "data": "digits"}
# No norm and no dropout: what two processes do together is what one does, up to the rounding of sums. A batch of 17 leaves parts of
# 9 and 8, and a class is weighed by how often it comes.
PLAIN = {**ON, "recipe": "cnn-basic", "training.steps": 60, "training.batch_size": 17}
NORMS = {
    **ON,
    "recipe": "image-classifier",
    "training.steps": 47,
    "training.checkpoint_seconds": 0,
    "augmentation.rotation": 10,
}
STOPPED_EARLY = {
    **ON,
    "recipe": "cnn-basic",
    "training.epochs": 30,
    "training.patience": 1,
    "training.learning_rate": 0.1,
}
NOT_STOPPED = {**ON, "recipe": "image-classifier", "training.minutes": 0.05}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TOP), *sys.path]),
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "default",
    }
    done = subprocess.run(
        [*command, "tests.runs.two_processes", str(folder)],
        cwd=TOP,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return folder


def test_two_processes_make_the_update_of_the_whole_batch(runs, tmp_path):
    settings = dict(PLAIN)
    one = train(settings.pop("data"), settings.pop("recipe"), settings, runs=tmp_path, name="one")
    alone, together = load_file(one.folder / "model.safetensors"), load_file(runs / "plain-1" / "model.safetensors")
    assert alone.keys() == together.keys()
    for name, tensor in alone.items():
        torch.testing.assert_close(together[name], tensor, rtol=1e-3, atol=1e-4)
    for line, other in zip(one.history, read_lines(runs / "plain-1" / "history.jsonl"), strict=True):
        for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
            assert other[name] == pytest.approx(line[name], abs=2e-3), (name, line["epoch"])


def test_a_run_of_two_processes_is_one_run(runs):
    assert sorted(path.name for path in runs.iterdir()) == [
        "carried-on-1",
        "early-1",
        "minutes-1",
        "plain-1",
        "whole-1",
    ]
    assert json.loads((runs / "plain-1" / "machine.json").read_text())["processes"] == 2
    for name in ("plain-1", "whole-1", "carried-on-1", "early-1", "minutes-1"):
        epochs = [line["epoch"] for line in read_lines(runs / name / "history.jsonl")]
        assert epochs == list(range(1, len(epochs) + 1)), name


def test_what_was_stopped_and_carried_on_has_the_same_weights_bit_for_bit(runs):
    whole, carried = (load_file(runs / name / "model.safetensors") for name in ("whole-1", "carried-on-1"))
    assert whole.keys() == carried.keys()
    assert all(torch.equal(whole[name], carried[name]) for name in whole)


def test_early_stopping_and_minutes_end_both_processes(runs):
    """That they ended at all is the fixture's; here, that it was by what the first process saw."""
    history = list(read_lines(runs / "early-1" / "history.jsonl"))
    losses = [line["validation_loss"] for line in history]
    assert len(history) < 30
    assert min(losses) == losses[-2] < losses[-1]
    assert (runs / "minutes-1" / "manifest.json").exists()
