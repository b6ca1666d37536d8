"""What the tests share: real data where it lies beside the project, and one small trained run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

SHARED = Path(os.environ.get("SEODANG_DATA") or Path(__file__).parents[2] / "shared" / "data")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Decoded pictures of the tests do not mix with the user's; and they read English, whatever the user speaks."""
    os.environ["SEODANG_LANG"] = "en"
    os.environ["SEODANG_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["SEODANG_DATA"] = str(SHARED)
    os.environ.setdefault("SEODANG_WEIGHTS", str(SHARED.parent / "weights"))


@pytest.fixture
def real_data():
    """The path of a folder of ../shared/data. Skipped where it is missing, but never in CI."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            message = f"{path} is not there (set SEODANG_DATA)"
            assert not os.environ.get("CI"), message
            pytest.skip(message)
        return path

    return find


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory):
    """A finished run of the house recipe on the bundled digits, a few epochs; read-only for the tests that share it."""
    from seodang.runs.train import train

    return train("digits", settings={"training.epochs": 6}, runs=tmp_path_factory.mktemp("runs"))


SMALL = {"preparation.height": 8, "preparation.width": 8, "training.batch_size": 64}


@pytest.fixture(scope="session")
def again_run(tmp_path_factory: pytest.TempPathFactory):
    """A finished run that puts the bundled digits out again, noise on what goes in; read-only for the tests that share it."""
    from seodang.runs.train import train

    settings = {**SMALL, "training.epochs": 40, "model.noise": 0.3}
    return train("digits", "denoising-autoencoder", settings, runs=tmp_path_factory.mktemp("again"), name="again")


@pytest.fixture(scope="session")
def maker_run(tmp_path_factory: pytest.TempPathFactory):
    """A finished run that makes digits like the bundled ones; read-only for the tests that share it."""
    from seodang.runs.train import train

    runs = tmp_path_factory.mktemp("maker")
    return train("digits", "gan-mnist", {**SMALL, "training.epochs": 40}, runs=runs, name="maker")


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for $SEODANG_WEIGHTS: timm's two small test networks (160 pixels, 1,000 classes), drawn at random."""
    import timm
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("weights")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        for name in ("test_efficientnet", "test_byobnet"):
            network = timm.create_model(name, pretrained=False)
            state = {key: value + 0.05 * torch.rand_like(value.float()) for key, value in network.state_dict().items()}
            (folder / name).mkdir()
            save_file(state, folder / name / "model.safetensors")
    return folder


@pytest.fixture(scope="session")
def command():
    """`command("predict", RUN, PHOTO)`: the command line as a person types it, without a new process.

    Gives back stdout, stderr and the exit code, which must be `code`. A person's mistake raises, as in Python.
    """
    from typer.testing import CliRunner

    from seodang import cli
    from seodang.core.errors import SeodangError

    cli._add_verbs()

    def run(*words, code=0):
        result = CliRunner().invoke(cli.app, [str(word) for word in words])
        if isinstance(result.exception, SeodangError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture(autouse=True)
def one_seed():
    """Tests that draw from PyTorch's default generator start from one state and leave it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
