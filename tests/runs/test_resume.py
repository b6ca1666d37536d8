"""Stopping and carrying on: the same weights as never stopping (RELIABILITY T2, T3, T7, T8)."""

import contextlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

import seodang.runs.train
from seodang.core.errors import RecipeError, RunError
from seodang.core.files import read_lines, sha256
from seodang.runs.events import Begun, Finished, Interrupted
from seodang.runs.folder import list_runs, load
from seodang.runs.repeat import repeat
from seodang.runs.train import resume, resume_stream, stream, train
from seodang.runs.writing import locked
from seodang.training.loop import Notice, Step

# Everything that has state: dropout, batch norm, augmentation, an average, a schedule, best weights.
SETTINGS = {
    "training.epochs": 4,
    "training.batch_size": 64,
    "training.ema": 0.9,
    "training.keep": "best",
    "augmentation.rotation": 5,
    "model.dropout": 0.2,
    "examples": 400,
}


def timeless(folder):
    return [{k: v for k, v in line.items() if k != "seconds"} for line in read_lines(folder / "history.jsonl")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run that was never stopped."""
    return train("digits", settings=SETTINGS, runs=tmp_path_factory.mktemp("whole"))


def stop_after(step, runs, more=None):
    """Leave a run as a SIGKILL right after `step` would; the folder."""
    for event in (events := stream("digits", settings={**SETTINGS, **(more or {})}, runs=runs)):
        if isinstance(event, Step) and event.step == step:
            break
    events.close()
    (folder,) = runs.iterdir()
    return folder


def finish(folder, settings=None):
    *_, last = resume_stream(folder, settings)
    assert isinstance(last, Finished)
    return last.run


@pytest.mark.parametrize("step", [1, 6, 7, 8, 13, 21, 27])
def test_resume_equals_never_stopping(whole, tmp_path, step):
    """7 steps make an epoch here: in the first epoch, at its end, after it, in the middle, before the last step."""
    folder = stop_after(step, tmp_path, {"training.checkpoint_seconds": 0})
    assert not (folder / "manifest.json").exists()
    run = finish(folder)
    assert sha256(run.folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")
    assert timeless(run.folder) == timeless(whole.folder)


def test_resume_without_any_checkpoint_begins_again(whole, tmp_path):
    folder = stop_after(2, tmp_path)
    assert not list(folder.glob("checkpoint/*"))
    assert sha256(finish(folder).folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_killed_among_its_first_files_it_is_no_run_or_one_that_is_carried_on(whole, tmp_path, monkeypatch, written):
    """data.json, machine.json and at last recipe.yaml: a run is a folder with a recipe, so there is none that cannot be carried on."""
    left = iter([True] * written)

    def killed(write):
        def or_killed(path, content):
            if not next(left, False):
                raise KeyboardInterrupt
            write(path, content)

        return or_killed

    for name in ("write_json", "write_text"):
        monkeypatch.setattr(f"seodang.runs.train.{name}", killed(getattr(seodang.runs.train, name)))
    events = stream("digits", settings=SETTINGS, runs=tmp_path)
    with contextlib.suppress(KeyboardInterrupt):
        while not isinstance(next(events), Begun):
            pass
    events.close()
    monkeypatch.undo()
    (folder,) = tmp_path.iterdir()
    if written < 3:
        assert list_runs(tmp_path) == []
        words = "was stopped before its training began: there is nothing to carry on" if written else "is not a run"
        with pytest.raises(RunError, match=words):
            resume(folder)
    else:
        assert sha256(finish(folder).folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")


def test_control_another_seed_gives_other_weights(whole, tmp_path):
    other = train("digits", settings={**SETTINGS, "training.seed": 1}, runs=tmp_path)
    assert sha256(other.folder / "model.safetensors") != sha256(whole.folder / "model.safetensors")


def start(runs, *settings):
    words = [
        f"{key}={value}"
        for key, value in {**SETTINGS, "training.epochs": 30, "training.checkpoint_seconds": 0.001}.items()
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "seodang", "train", "digits", "--runs", str(runs), "--json", *words, *settings],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_epochs(runs, count, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        histories = list(runs.glob("*/history.jsonl"))
        if histories and len(histories[0].read_text().splitlines()) >= count:
            return histories[0].parent
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    raise AssertionError("no epochs in a minute")


def test_sigkill_then_resume_equals_never_stopping(tmp_path):
    """T2: killed three times at random moments by the system, carried on each time."""
    reference = train("digits", settings={**SETTINGS, "training.epochs": 30}, runs=tmp_path / "reference")
    runs, draw = tmp_path / "killed", random.Random(0)
    runs.mkdir()
    process = start(runs)
    folder = wait_for_epochs(runs, 3, process)
    process.kill()
    process.communicate()
    for more in (6, 12):
        command = [sys.executable, "-m", "seodang", "train", "--resume", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_for_epochs(runs, more, process)
        time.sleep(draw.random() * 0.1)
        process.kill()
        process.communicate()
    run = finish(folder)
    assert sha256(run.folder / "model.safetensors") == sha256(reference.folder / "model.safetensors")
    assert timeless(run.folder) == timeless(reference.folder)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_checkpoint_and_says_how_to_carry_on(tmp_path, number, code):
    """T7."""
    process = start(tmp_path)
    folder = wait_for_epochs(tmp_path, 2, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == code
    assert json.loads(out)["interrupted"] is True
    assert f"nothing is lost. Carry on with `seodang train --resume {folder}`." in err
    assert "Traceback" not in err
    assert list((folder / "checkpoint").glob("*.safetensors"))
    with pytest.raises(RunError, match="has not finished training. Carry on with"):
        load(folder)


def test_an_interrupted_run_resumes_exactly(whole, tmp_path):
    last = None
    for last in stream("digits", settings=SETTINGS, runs=tmp_path):
        if isinstance(last, Step) and last.step == 10:
            signal.raise_signal(signal.SIGINT)
    assert isinstance(last, Interrupted)
    assert last.step == 11
    run = finish(last.folder)
    assert sha256(run.folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")


def test_two_processes_cannot_write_one_run(tmp_path):
    """T8: the second, fifty times, is told who is there; the lock of one that died is free."""
    process = start(tmp_path)
    folder = wait_for_epochs(tmp_path, 1, process)
    for _ in range(50):
        with pytest.raises(RunError) as error:
            next(resume_stream(folder))
    pid = process.pid
    assert str(error.value) == f"{folder} is being written by process {pid}. Wait for it, or stop it with `kill {pid}`."
    process.kill()
    process.communicate()
    with locked(folder):
        pass


def test_a_finished_run_is_extended(whole, tmp_path):
    first = train("digits", settings={**SETTINGS, "training.epochs": 2}, runs=tmp_path)
    with pytest.raises(RunError, match="has finished. Train it further with .* training.epochs=\\+5"):
        list(resume_stream(first.folder))
    run = finish(first.folder, {"training.epochs": "+1"})
    assert [line["epoch"] for line in run.history] == [1, 2, 3]
    assert run.recipe.training.epochs == 3
    assert run.machine["training_seconds"] >= sum(line["seconds"] for line in run.history[:2]), (
        "what was trained before counts"
    )


def test_only_the_length_may_change(whole, tmp_path):
    folder = stop_after(2, tmp_path)
    with pytest.raises(RecipeError, match="A run that is carried on keeps its recipe"):
        list(resume_stream(folder, {"training.learning_rate": 1}))


def test_another_thread_count_is_told(tmp_path):
    """T3: other threads add up in another order, so the last digits may differ."""
    folder = stop_after(2, tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        notices = [event.text for event in resume_stream(folder) if isinstance(event, Notice)]
    finally:
        torch.set_num_threads(threads)
    assert (
        notices[0]
        == f"Not exact: threads {threads} → {threads + 1} since this run began, so the last digits may differ."
    )


def test_saved_is_loaded_bit_for_bit(whole):
    """The saved network gives what the trained one gave: its validation accuracy, counted again."""
    prepared = whole.prepared()
    right = (
        (whole.probabilities(prepared.validation.pixels).argmax(1) == prepared.validation.labels).float().mean().item()
    )
    best = max(line["validation_accuracy"] for line in whole.history)
    assert right == pytest.approx(best, abs=0.05)
    losses = [line["validation_loss"] for line in whole.history]
    assert right == pytest.approx(whole.history[losses.index(min(losses))]["validation_accuracy"], abs=1e-6)


def test_the_weights_file_is_plain_safetensors(whole):
    tensors = load_file(whole.folder / "model.safetensors")
    assert all(torch.isfinite(t.double()).all() for t in tensors.values())


def test_a_damaged_run_is_refused(tmp_path):
    run = train("digits", settings={"training.epochs": 1, "examples": 200}, runs=tmp_path)
    path = run.folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunError) as error:
        load(run.folder)
    assert str(error.value) == (
        f"{run.folder} is damaged: model.safetensors is not the file that was saved (its SHA-256 differs). Restore it, or train again."
    )


@pytest.mark.parametrize("name", ["manifest.json", "machine.json", "history.jsonl", "data.json", "recipe.yaml"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]\n", b"3\n", b"null\n[\n", b'{"model.safetensors": 3}\n', b"\xff\xfe\0", b"\0" * 50]
)
def test_files_of_a_run_that_were_changed_are_refused_in_words(whole, tmp_path, name, content):
    """T16: or, of a history or a machine that still can be read, the run opens."""
    shutil.copytree(whole.folder, tmp_path / "run")
    (tmp_path / "run" / name).write_bytes(content)
    sentence = refusal(tmp_path / "run")
    if name in ("history.jsonl", "machine.json") and not sentence:
        return
    assert name in sentence or (name == "manifest.json" and "recipe.yaml" in sentence)


def refusal(folder):
    """What `load` refuses a run with, or nothing where it opens."""
    try:
        load(folder)
    except RunError as error:
        return str(error)
    return ""


class Hurried:
    """Stands for a clock: ends the run after 20 steps instead of 28, decided at step 9, and after 24, decided at step 15."""

    def __init__(self, plan, minutes):
        self.plan = plan

    def see(self, event, state):
        return {9: 20, 15: 24}.get(state.step) if isinstance(event, Step) else None


@pytest.mark.parametrize("step", [None, 8, 9, 12, 16])
def test_a_run_planned_anew_on_the_way_is_repeated_and_resumed_exactly(tmp_path, monkeypatch, step):
    monkeypatch.setattr("seodang.runs.train.Pace", Hurried)
    monkeypatch.setattr("seodang.training.plan.steps_that_fit", lambda *_: 28)
    timed = {**SETTINGS, "training.minutes": 1, "training.schedule": "one_cycle"}
    run = train("digits", settings=timed, runs=tmp_path / "first")
    assert run.recipe.training.replanned == ((0, 28), (9, 20), (15, 24))
    assert run.history[-1]["step"] == run.recipe.training.steps == 24
    assert run.history[-1]["learning_rate"] == pytest.approx(run.recipe.training.learning_rate * 1e-3)
    if step is None:
        _, found = repeat(run, runs=tmp_path / "again")
        assert found.words == "No difference: the same weights, bit for bit, and the same history."
        assert finish(run.folder, {"training.epochs": "+1"}).history[-1]["step"] > 24
    else:
        folder = stop_after(step, tmp_path / "second", {**timed, "training.checkpoint_seconds": 0})
        # What was planned before the kill is kept to; what the killed process had not yet decided, it does not decide now.
        planned = {8: 28, 9: 20, 12: 20, 16: 24}[step]
        assert finish(folder).history[-1]["step"] == planned
        if planned == 24:
            assert sha256(folder / "model.safetensors") == sha256(run.folder / "model.safetensors")


def test_a_checkpoint_of_another_network_is_told(tmp_path):
    folder = stop_after(8, tmp_path, {"training.checkpoint_seconds": 0})
    recipe = (folder / "recipe.yaml").read_text()
    (folder / "recipe.yaml").write_text(re.sub("( +)dropout: 0.2", r"\1widths: [8, 8]", recipe))
    with pytest.raises(RunError, match="The checkpoint of .* does not fit its recipe"):
        list(resume_stream(folder))


def test_data_that_is_gone_is_told_with_what_to_do(tmp_path):
    from PIL import Image

    for name, value in (("a", 0), ("b", 255)):
        (tmp_path / "my data" / name).mkdir(parents=True)
        for number in range(12):
            Image.new("L", (8, 8), abs(value - number)).save(tmp_path / "my data" / name / f"{number}.png")
    run = train(tmp_path / "my data", "lenet5", {"training.epochs": 1}, runs=tmp_path / "runs")
    (tmp_path / "my data").rename(tmp_path / "elsewhere")
    with pytest.raises(RunError) as caught:
        run.prepared()
    assert str(caught.value) == (
        f"{tmp_path}/my data, the data that {run.name} was trained on, is not there any more. Put it back, or make a link to "
        f"where it is now: `ln -s NEW_PLACE '{tmp_path}/my data'`. Other data is judged with `seodang evaluate {run.folder} PATH`."
    )
    (tmp_path / "my data").symlink_to(tmp_path / "elsewhere")  # as it says; the pictures are the same, so all is well
    assert len(run.prepared().train) > 0
    assert repeat(run)[1].same_weights


@pytest.mark.slow
def test_resume_equals_never_stopping_at_twenty_random_steps(whole, tmp_path):
    """T2 in full: stopped and carried on twenty times in one run, and the same at the end."""
    draw = random.Random(0)
    steps = sorted(draw.sample(range(1, 28), 20))
    folder = stop_after(steps[0], tmp_path, {"training.checkpoint_seconds": 0})
    for step in steps[1:]:
        for event in (events := resume_stream(folder)):
            if isinstance(event, Step) and event.step >= step:
                break
        events.close()
    run = finish(folder)
    assert sha256(run.folder / "model.safetensors") == sha256(whole.folder / "model.safetensors")
    assert timeless(run.folder) == timeless(whole.folder)


def test_a_second_signal_ends_the_process_at_once():
    """T7: whoever presses Ctrl-C twice does not wait for the checkpoint."""
    code = (
        "import signal, time\nfrom seodang.runs.interrupt import listening\n"
        "with listening():\n    signal.raise_signal(signal.SIGINT)\n    print('once', flush=True)\n"
        "    signal.raise_signal(signal.SIGTERM)\n    print('twice')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (143, "once\n", "")


def test_in_python_a_resumed_run_is_given_back(digits_run, tmp_path):
    folder = shutil.copytree(digits_run.folder, tmp_path / "run-1")
    run = resume(folder, {"training.epochs": "+1"})
    assert [line["epoch"] for line in run.history] == [*range(1, len(digits_run.history) + 2)]
    assert load(folder).history == run.history
