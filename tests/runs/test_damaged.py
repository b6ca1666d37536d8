"""Runs that are damaged, of another version, or cannot be written to: one sentence, before anything is computed."""

import contextlib
import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from seodang.core.errors import RunError, SeodangError
from seodang.core.files import read_lines
from seodang.evaluation.evaluate import evaluate
from seodang.runs.folder import find_run, load, read_report
from seodang.runs.repeat import repeat_stream
from seodang.runs.train import resume_stream
from seodang.runs.writing import refuse_read_only, write_manifest


@pytest.fixture
def copy(digits_run, tmp_path):
    """A run that may be spoilt, and was not judged, whatever other tests did with it."""
    judged = shutil.ignore_patterns("report*", "predictions*", "opened.jsonl")
    return Path(shutil.copytree(digits_run.folder, tmp_path / "runs" / "digits-1", ignore=judged))


@contextlib.contextmanager
def bound_by_rights():
    """Root, as which CI runs, writes where no right says so: the capability for that (1, CAP_DAC_OVERRIDE) is laid down for a while."""
    if os.geteuid():
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("root writes everywhere here")
    libc = ctypes.CDLL(None)
    head, sets = (
        (ctypes.c_uint32 * 2)(0x20080522, 0),
        (ctypes.c_uint32 * 6)(),
    )  # effective, permitted, inheritable, twice 32 bits
    assert libc.capget(head, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~(1 << 1)
    assert libc.capset(head, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        assert libc.capset(head, sets) == 0


@pytest.fixture
def read_only(copy):
    """A run in a folder that nobody may write to."""
    for file in [*copy.rglob("*"), copy]:
        file.chmod(0o555 if file.is_dir() else 0o444)
    with bound_by_rights():
        yield copy
    copy.chmod(0o755)


def test_a_run_that_cannot_be_written_to_is_not_judged(read_only, monkeypatch):
    monkeypatch.setattr("seodang.evaluation.evaluate.own_data", lambda *_, **__: pytest.fail("the data was opened"))
    with pytest.raises(RunError) as refused:
        evaluate(read_only)
    assert str(refused.value) == (
        f"{read_only} may not be written to. Judging a run keeps there its report, and how often its test split was opened. "
        f"Change the rights, or take a copy: `cp -r {read_only} runs/digits-1-copy`."
    )
    assert not (read_only / "opened.jsonl").exists()


def test_a_run_that_cannot_be_written_to_is_not_carried_on(read_only, monkeypatch):
    monkeypatch.setattr("seodang.runs.train.open_data", lambda *_: pytest.fail("the data was opened"))
    with pytest.raises(RunError, match="may not be written to. Training is carried on there. Change the rights"):
        next(resume_stream(read_only, {"training.epochs": "+1"}))


def test_the_paper_of_a_run_that_cannot_be_written_to_goes_elsewhere(read_only):
    from seodang.papers.report import report

    with pytest.raises(RunError, match=r"digits-1 may not be written to\. Write the paper elsewhere: --out FOLDER\.$"):
        report(read_only)


def test_a_count_of_openings_that_cannot_grow_is_found_too(read_only):
    with pytest.raises(RunError, match=r"digits-1 may not be written to\. Why\."):
        refuse_read_only(read_only, "Why.", "opened.jsonl")


def test_a_full_disk_leaves_the_test_split_uncounted_and_says_which_file(copy, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*predictions\.parquet'"):
        evaluate(copy)
    assert not (copy / "opened.jsonl").exists()
    monkeypatch.undo()
    assert evaluate(copy)["judged"]["opened"]["times"] == len([*read_lines(copy / "opened.jsonl")]) == 1


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda run: (run / "model.safetensors").unlink(),
            r"model.safetensors is missing. Restore the file, or train again with `seodang train PATH .*/digits-1/recipe\.yaml`\.$",
        ),
        (lambda run: (run / "manifest.json").write_text('{"recipe.yaml": {"sha'), "manifest.json cannot be read"),
        (lambda run: (run / "data.json").write_text("{"), "data.json is not the file that was saved"),
        (lambda run: (run / "history.jsonl").write_text("{\n{"), "history.jsonl cannot be read"),
        (lambda run: (run / "machine.json").unlink(), "machine.json cannot be read"),
        (lambda run: (run / "manifest.json").unlink(), "has not finished training"),
    ],
)
def test_a_damaged_run_says_which_file(copy, spoil, sentence):
    spoil(copy)
    with pytest.raises(RunError, match=sentence):
        load(copy)


def changed(run, name, change):
    """One of a run's files as another version might have written it, and the manifest of that."""
    file = run / name
    plain = yaml.safe_load(file.read_text()) if name.endswith(".yaml") else json.loads(file.read_text())
    change(plain)
    file.write_text(yaml.safe_dump(plain) if name.endswith(".yaml") else json.dumps(plain))
    write_manifest(run)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("recipe.yaml", lambda recipe: recipe["training"].update(warp=3), "warp is not a setting of Training"),
        ("data.json", lambda data: data.pop("counts"), "it lacks counts"),
    ],
)
def test_a_run_of_another_version_says_so(copy, name, change, why):
    changed(copy, "machine.json", lambda machine: machine.update(seodang="0.0.1"))
    changed(copy, name, change)
    with pytest.raises(
        RunError, match=rf"{name} does not fit this version of Seodang \(.*; the run was made with 0\.0\.1\): {why}"
    ):
        load(copy)


def test_weights_of_another_network_are_no_traceback(copy):
    changed(copy, "recipe.yaml", lambda recipe: recipe["model"]["settings"].update(widths=[8, 16]))
    with pytest.raises(RunError, match=r"model\.safetensors does not fit this version of Seodang"):
        load(copy).network()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dig", "Did you mean digits-1?"),
        ("digist-1", "Did you mean digits-1?"),
        ("runs/dig", "Did you mean digits-1?"),
        ("runs/digits-1/recipe.yaml", "Did you mean runs/digits-1?"),
        ("runs/digits-1/checkpoint", "Did you mean runs/digits-1?"),
        ("zebra", "Allowed: digits-1."),
    ],
)
def test_what_is_no_run_names_the_one_that_was_meant(copy, monkeypatch, word, hint):
    monkeypatch.chdir(copy.parent.parent)
    with pytest.raises(RunError) as refused:
        find_run(word)
    assert str(refused.value) == f"{word!r} is not a run. {hint}"


def test_diagnose_names_a_run_that_was_meant(copy, monkeypatch):
    from seodang.diagnoses.diagnose import diagnose

    monkeypatch.chdir(copy.parent.parent)
    with pytest.raises(SeodangError, match="'digits_1' is not a run. Did you mean digits-1?"):
        diagnose("digits_1")
    with pytest.raises(SeodangError, match="nor the name of a data set"):
        diagnose("no-such-data-anywhere")


def test_a_run_whose_data_has_moved_is_not_repeated_and_says_where_it_was(copy):
    changed(copy, "data.json", lambda data: data.update(opened="/no/such/photos"))
    with pytest.raises(RunError) as refused:
        next(repeat_stream(load(copy)))
    assert str(refused.value) == (
        "/no/such/photos, the data that digits-1 was trained on, is not there any more. Put it back, or make a link to where it is "
        f"now: `ln -s NEW_PLACE /no/such/photos`. Other data is judged with `seodang evaluate {copy} PATH`."
    )


def test_a_damaged_report_says_how_it_is_made_anew(copy):
    from seodang.diagnoses.case import case_of_run
    from seodang.papers.report import report

    assert read_report(copy) is None
    (copy / "report.json").write_text('{"run":')
    sentence = rf"digits-1/report\.json cannot be read: .*\. Make it anew with `seodang evaluate {copy}`\.$"
    with pytest.raises(RunError, match=sentence):
        report(load(copy), copy.parent / "paper")
    with pytest.raises(RunError, match=sentence):
        _ = case_of_run(copy).report


@pytest.mark.parametrize("missing", [["machine.json"], ["machine.json", "data.json"]])
def test_a_run_that_never_began_says_so(copy, missing):
    """The disk was full, or it was killed, before these: its resumption called the folder a damaged run, with Python's own words."""
    for name in ("manifest.json", *missing):
        (copy / name).unlink()
    shutil.rmtree(copy / "checkpoint")
    with pytest.raises(RunError) as caught:
        next(resume_stream(copy))
    assert str(caught.value) == (
        f"{copy} was stopped before its training began: there is nothing to carry on. Train again with `seodang train PATH "
        f"{copy}/recipe.yaml`, or delete the folder."
    )


def test_damaged_parts_say_which_file(copy):
    (copy / "parts.json").write_text('{"parts": [{"step": "x"}]}')
    with pytest.raises(RunError, match=r"parts\.json cannot be read: .* The run is damaged"):
        next(repeat_stream(load(copy)))
