"""One judged run that the tests of this folder share, and digits as PNG files in class folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def judged(digits_run, tmp_path_factory):
    """A copy of the shared digits run that was judged once: (run, report). Read-only for the tests that share it."""
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.folder import load

    folder = tmp_path_factory.mktemp("judged") / "digits-1"
    shutil.copytree(digits_run.folder, folder)
    for old in (*folder.glob("report*"), *folder.glob("predictions*"), *folder.glob("opened*")):
        old.unlink()
    run = load(folder)
    return run, evaluate(run)


@pytest.fixture
def own_run(judged, tmp_path):
    """A copy of the judged run, to be changed."""
    from seodang.runs.folder import load

    run, _ = judged
    shutil.copytree(run.folder, tmp_path / "runs" / run.name)
    return load(tmp_path / "runs" / run.name)


@pytest.fixture(scope="session")
def write_digits():
    """`write_digits(folder, first, number)`: digits as PNG files, `number` of each class from the `first` on."""
    from PIL import Image
    from sklearn.datasets import load_digits

    given = load_digits()
    pictures = np.round(given.images * (255 / 16)).astype(np.uint8)

    def write(folder: Path, first: int, number: int) -> Path:
        for name in range(10):
            (folder / str(name)).mkdir(parents=True, exist_ok=True)
            for index in np.flatnonzero(given.target == name)[first : first + number]:
                Image.fromarray(pictures[index]).save(folder / str(name) / f"{index}.png")
        return folder

    return write
