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
