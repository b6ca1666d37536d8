"""A recorded loss curve: what training does must not change unnoticed."""

import json
from pathlib import Path

import pytest

from seodang.runs.train import train

GOLDEN = Path(__file__).parents[1] / "golden" / "digits.json"
SETTINGS = {"training.epochs": 4, "training.batch_size": 64}


@pytest.mark.parametrize("recipe", ["image-classifier", "cnn-basic"])
def test_the_curve_is_the_recorded_one(recipe, tmp_path):
    """Recorded on a CPU with torch 2.15 by `python -m tests.runs.test_golden`. Other CPUs and versions add up in another
    order, and small differences grow (1 and 2 threads: 0.1 % of the training loss, 4 % of the last validation loss here; torch
    2.11 on another CPU: 6 % of the second epoch's training loss); a real change of the rule, the order or the network makes
    far more."""
    run = train("digits", recipe, SETTINGS, runs=tmp_path)
    recorded = json.loads(GOLDEN.read_text())[recipe]
    assert [line["loss"] for line in run.history] == pytest.approx(recorded["loss"], rel=0.08)
    assert run.history[-1]["validation_loss"] == pytest.approx(recorded["validation_loss"][-1], rel=0.2)


def record():
    import tempfile

    found = {}
    for recipe in ("image-classifier", "cnn-basic"):
        run = train("digits", recipe, SETTINGS, runs=tempfile.mkdtemp())
        found[recipe] = {key: [line[key] for line in run.history] for key in ("loss", "validation_loss")}
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    record()
