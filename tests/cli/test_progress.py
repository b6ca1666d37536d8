"""What is printed while pictures go through a frozen base."""

import io

import pytest
from rich.console import Console

from seodang.cli import _progress
from seodang.cli._progress import _Line
from seodang.training.features import Passed
from seodang.training.plan import PassPlan


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(_progress.time, "perf_counter", lambda: Clock.now)
    return Clock


def test_without_a_terminal_a_long_pass_prints_a_line_every_ten_seconds(clock):
    text = io.StringIO()
    line = _Line(Console(file=text, width=200))
    line.begin(PassPlan(2_000, 0, 0.05, "mobilenetv2_100"), 0, 1)
    for done in range(0, 1_001, 32):
        line.passed(Passed(done, 1_000))
        clock.now += 1.6  # 20 pictures a second
    line.end()
    assert text.getvalue().splitlines() == [
        "224 of 1,000 pictures  20 pictures/s  39 s left",
        "448 of 1,000 pictures  20 pictures/s  28 s left",
        "672 of 1,000 pictures  20 pictures/s  16 s left",
        "896 of 1,000 pictures  20 pictures/s  5 s left",
    ]


def test_a_short_pass_and_one_that_is_known_print_nothing(clock):
    text = io.StringIO()
    line = _Line(Console(file=text, width=200))
    line.begin(PassPlan(1_000, 1_000, 0.0, "mobilenetv2_100"), 0, 1)
    clock.now += 60
    line.passed(Passed(1_000, 1_000))
    assert text.getvalue() == ""


def test_what_is_left_out_is_told_once(tmp_path):
    import numpy as np
    from PIL import Image

    from seodang.cli._progress import _opened
    from seodang.data.load import load
    from seodang.data.open import open_source
    from seodang.recipes.resolve import resolve
    from seodang.runs.events import Opened

    draw = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(30):
            Image.fromarray(draw.integers(0, 255, (8, 8)).astype(np.uint8)).save(tmp_path / name / f"{number}.png")
    (tmp_path / "a" / "none.png").write_bytes(b"")
    recipe = resolve("cnn-basic")
    for more, lines in ((0, 1), (3, 1)):  # 1 of 61 files and 4 of 64: among the findings both times
        for number in range(more):
            (tmp_path / "b" / f"none{number}.png").write_bytes(b"")
        data = load(open_source(tmp_path), recipe.preparation, recipe.split)
        told = [line for line in _opened(Opened(data, recipe, 0.0)) if "left out" in line]
        assert len(told) == lines, told
        assert told[0].endswith("`seodang look` lists them with the reasons: mend or remove them.")
