"""With --json there is one JSON object on stdout, however a verb ends; and the operating system's refusals are sentences."""

import errno
import json
import sys

import pytest

from seodang.cli import main
from seodang.core.errors import of_the_system


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

    monkeypatch.setattr("seodang.evaluation.evaluate.write_text", full)
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
