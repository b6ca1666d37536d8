"""What is printed for people: wrapped on a terminal, whole elsewhere; accuracies written one way."""

import contextlib
import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from seodang.cli._screen import Screen, wrapped

LONG = (
    "- 40 pictures stand under two labels. Look at them with `seodang look photos --page page.html`, then decide. "
    "사진 40장에 라벨이 둘 있습니다."
)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_sentences_are_wrapped_and_commands_stay_whole(width):
    lines = wrapped(Text(LONG), width).plain.split("\n")
    code = "`seodang look photos --page page.html`,"
    assert all(cell_len(line) <= width for line in lines if line.strip() != code)
    assert any(code in line for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])
    assert " ".join(line.strip() for line in lines) == LONG


@given(st.text("ab `-\n사진", max_size=80), st.integers(1, 30))
def test_nothing_is_lost_by_wrapping(text, width):
    assert wrapped(Text(text), width).plain.split() == text.split()


def test_a_command_after_a_colon_is_one_line():
    command = "seodang train photos image-classifier training.epochs=15"
    lines = wrapped(Text(f"Next: {command}   (a folder of many small photos)"), 30).plain.split("\n")
    assert lines == ["Next:", command, "(a folder of many small", "photos)"]


@pytest.mark.parametrize(("is_terminal", "lines"), [(True, 5), (False, 1)])
def test_a_pipe_gets_whole_lines(is_terminal, lines):
    out = io.StringIO()
    console = Screen(file=out, width=40, force_terminal=is_terminal, soft_wrap=True, highlight=False, color_system=None)
    console.print(LONG.replace("40", "[bold]40[/bold]"))
    console.print(LONG, markup=False, style="red")
    printed = out.getvalue().rstrip("\n").split("\n")
    assert len(printed) == 2 * lines
    assert printed[: len(printed) // 2] == printed[len(printed) // 2 :]


def test_look_says_a_name_once_and_fits_a_narrow_terminal(monkeypatch, tmp_path, capsys):
    from seodang.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys, "argv", ["seodang", "look", "digits", "--no-page"])
    with contextlib.suppress(SystemExit):
        main()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).split("\n")
    assert lines[0] == "digits"
    assert max(cell_len(line) for line in lines if "seodang" not in line) <= 40


def test_the_table_of_evaluate_writes_accuracies_as_the_verdict_does(digits_run, command, tmp_path):
    import shutil

    folder = shutil.copytree(digits_run.folder, tmp_path / "digits-1")
    printed = command("evaluate", str(folder)).stdout
    score = re.search(r"Right on (\S+ %) of [\d,]+ .*\(95 % interval (\S+)\)", printed)
    assert re.search(rf"^accuracy +{score[1]} +{score[2]}$", printed, re.MULTILINE | re.IGNORECASE)
    guess = re.search(r"most common class: (\S+ %)", printed)[1]
    assert re.search(rf": .* {guess} +\S+$", printed, re.MULTILINE)
