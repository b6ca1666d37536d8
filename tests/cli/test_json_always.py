"""With --json there is one JSON object on stdout, however a verb ends; and the operating system's refusals are sentences."""

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from seodang.cli import main
from seodang.core.errors import of_the_system
from seodang.runs.events import Begun, Finished


def told(capsys, monkeypatch, *words):
    """Exit code, the object on stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["seodang", *map(str, words), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return ended.value.code, json.loads(out), err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["look"], "Missing argument 'words'."),
        (
            ["train", "digits", "--learning-rate", "3"],
            "No such option: --learning-rate A setting is written without dashes: learning_rate=VALUE.",
        ),
        (["bogus"], "No such command 'bogus'."),
        (["look", "no/such/place"], "no/such/place does not exist. no is not there either."),
        (["new", "recipe", "no/such/mine"], "no/such/mine.yaml: no such file or directory. Check the path."),
        (["train", "digits", "--minutes", "soon"], "soon"),
    ],
)
def test_a_mistake_is_one_object_and_exit_code_2(capsys, monkeypatch, tmp_path, words, sentence):
    monkeypatch.chdir(tmp_path)
    code, answer, err = told(capsys, monkeypatch, *words)
    assert code == 2
    assert [*answer] == ["error"]
    if sentence != "soon":  # the library's own words
        assert answer["error"] == sentence
    assert all(part in err for part in answer["error"].split(" A setting"))


def test_ctrl_c_and_our_own_mistakes_are_objects_too(capsys, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("seodang.data.open.open_any", stopped)
    code, answer, _ = told(capsys, monkeypatch, "look", "digits")
    assert (code, answer) == (130, {"error": "stopped by Ctrl-C before there was a result"})
    monkeypatch.setattr("seodang.data.open.open_any", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # with its traceback: it is ours to mend
        main()
    assert json.loads(capsys.readouterr().out) == {"error": "ZeroDivisionError: division by zero"}


def test_a_full_disk_while_a_run_is_written_says_how_to_carry_on(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("seodang.runs.follow.write_bytes", full)
    code, answer, _ = told(capsys, monkeypatch, "train", "digits", "training.epochs=1", "examples=300")
    assert code == 2
    assert answer["error"] == (
        "runs/digits-1/model.safetensors could not be written: No space left on device. Make room or mend the disk, then "
        "carry on with `seodang train --resume runs/digits-1`."
    )


def test_a_report_that_finds_no_room_leaves_the_run_whole(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("seodang.evaluation.envelope.write_text", full)
    code, answer, _ = told(capsys, monkeypatch, "train", "digits", "training.epochs=1", "examples=300")
    assert code == 2
    assert answer["error"] == (
        "The run is whole, but runs/digits-1/report.html could not be written: No space left on device. Make room or mend "
        "the disk, then `seodang evaluate runs/digits-1`."
    )


def test_where_runs_cannot_be_saved_is_told_before_anything_is_read(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("seodang.runs.train.open_any", lambda *_: pytest.fail("the data was read"))
    _, answer, _ = told(capsys, monkeypatch, "train", "digits", "--runs", tmp_path / "file")
    assert answer["error"] == (
        f"Runs cannot be saved in {tmp_path}/file: {tmp_path}/file is a file. Say another folder with --runs FOLDER."
    )


def test_a_name_of_which_nothing_can_be_kept_is_refused(capsys, monkeypatch):
    monkeypatch.setattr("seodang.runs.train.open_any", lambda *_: pytest.fail("the data was read"))
    _, answer, _ = told(capsys, monkeypatch, "train", "digits", "--name", "?!")
    assert answer["error"] == "A run's name is made of letters, digits, dots, hyphens and underscores, got '?!'."


def test_a_mistake_in_a_list_of_layers_is_told_before_the_data_is_read(capsys, monkeypatch):
    monkeypatch.setattr("seodang.runs.train.open_any", lambda *_: pytest.fail("the data was read"))
    layers = "model=[flatten, {dens: 30}, {dense: {units: 3, activation: relu}}, softmax]"
    _, answer, _ = told(capsys, monkeypatch, "train", "digits", layers)
    assert answer["error"] == (
        "Layer 2: dens is not a kind of layer. Did you mean dense?\n"
        "Layer 3 (dense): an activation is a layer of its own, write it as the next item of the list."
    )


def test_what_a_person_cannot_mend_has_no_sentence():
    assert of_the_system(OSError(errno.EIO, "Input/output error", "x")) is None
    assert of_the_system(OSError("something")) is None


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        (
            ["model=[{conv: 8}, relu, {dense: outputs}]"],
            "Layer 3 (dense): dense needs a vector, but a picture of 8×26×26 comes in. Put flatten or global_average_pool before it. "
            "Shapes so far: input 3×28×28 → conv 8×26×26 → relu 8×26×26.",
        ),
        (
            ["model=[{conv: 8}, relu]"],
            "The network ends with 8×26×26 numbers an example, the task needs a row of them. End the list with {dense: outputs}. "
            "Shapes so far: input 3×28×28 → conv 8×26×26 → relu 8×26×26.",
        ),
        (
            [
                "lenet5",
                "training.optimizer=sgd",
                "training.nesterov=true",
                "model=[flatten, {max_pool: 2}, {dense: outputs}]",
            ],
            "Layer 2 (max_pool 2): max_pool needs a picture (channels×height×width), but a vector of 784 numbers comes in. Put it "
            "before flatten or the global pool. Shapes so far: input 1×28×28 → flatten 784.\n"
            "training.nesterov is set, and training.momentum is 0. Nesterov's form looks ahead along the momentum, of which there is "
            "none. Write training.momentum=0.9.",
        ),
    ],
)
def test_shapes_and_settings_that_fit_no_data_are_told_before_it_is_read(capsys, monkeypatch, settings, sentences):
    monkeypatch.setattr("seodang.runs.train.open_any", lambda *_: pytest.fail("the data was read"))
    _, answer, _ = told(capsys, monkeypatch, "train", "digits", *settings)
    assert answer["error"] == sentences


def test_a_new_recipe_that_finds_no_room_is_no_empty_file(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    _, answer, _ = told(capsys, monkeypatch, "new", "recipe", "mine")
    assert answer["error"] == "mine.yaml: there is no space left on the disk. Make room, then give the command again."
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("stage", "sentence", "answer"),
    [
        (
            0,
            "Stopped before training began; nothing was saved.",
            {"error": "stopped by Ctrl-C before there was a result"},
        ),
        (1, "Stopped. Carry on with `seodang train --resume runs/x-1`.", {"run": "runs/x-1", "interrupted": True}),
        (
            2,
            "Stopped while it was judged; the run is whole: `seodang evaluate runs/x-1`.",
            {"run": "runs/x-1", "interrupted": True},
        ),
    ],
)
def test_ctrl_c_says_what_is_left_wherever_it_comes(capsys, monkeypatch, stage, sentence, answer):
    begun = Begun(Path("runs/x-1"), None, None, None, ())  # pyright: ignore[reportArgumentType]
    finished = Finished(None, None, 1.0, None)  # pyright: ignore[reportArgumentType]

    def stopped(*_, **__):
        yield from [begun, finished][:stage]
        raise KeyboardInterrupt

    def while_judging(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("seodang.runs.train.stream", stopped)
    monkeypatch.setattr("seodang.cli._finish.show", lambda events, _: events)
    monkeypatch.setattr("seodang.cli._finish._judge", while_judging)
    code, found, err = told(capsys, monkeypatch, "train", "digits")
    assert (code, found) == (130, answer)
    assert sentence in err


def test_recipe_and_data_may_be_written_in_either_order(capsys, monkeypatch):
    monkeypatch.setattr("seodang.runs.train.stream", lambda *words, **_: pytest.fail(" ".join(words[:2])))
    for words in (("digits", "lenet5"), ("lenet5", "digits")):
        monkeypatch.setattr(sys, "argv", ["seodang", "train", *words])
        with pytest.raises(pytest.fail.Exception, match="^digits lenet5$"):
            main()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
def test_what_cannot_be_written_is_a_sentence_and_no_traceback():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "seodang", "list", "recipis", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "'recipis' cannot be listed. Did you mean recipes?\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix closes it")
def test_a_closed_stdout_is_no_traceback():
    """As cron and services may start a program."""
    words = shlex.join([sys.executable, "-m", "seodang", "list", "tasks"])
    done = subprocess.run(["sh", "-c", f"{words} >&-"], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
