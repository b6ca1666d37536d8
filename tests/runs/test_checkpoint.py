"""Checkpoints: whole at every moment, damage is noticed, the one before is used (RELIABILITY T1, T4, T5)."""

import errno
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import torch

from seodang.core.errors import RunError
from seodang.runs.checkpoint import load_checkpoint, save_checkpoint

TENSORS = {"weight": torch.arange(4096, dtype=torch.float32).reshape(64, 64), "count": torch.tensor(3)}
NUMBERS = {"state": {"step": 7, "epoch": 1}, "best": {"value": 0.5, "epoch": 1}}


def test_saved_is_loaded(tmp_path):
    save_checkpoint(tmp_path / "c", 7, TENSORS, NUMBERS)
    checkpoint, damaged = load_checkpoint(tmp_path / "c")
    assert checkpoint is not None
    assert (checkpoint.step, checkpoint.numbers, damaged) == (7, NUMBERS, [])
    assert all(torch.equal(checkpoint.tensors[name], tensor) for name, tensor in TENSORS.items())


def test_two_are_kept(tmp_path):
    for step in range(1, 6):
        save_checkpoint(tmp_path / "c", step, TENSORS, NUMBERS)
    names = sorted(p.name for p in (tmp_path / "c").iterdir())
    assert names == [f"step-{s:09d}.{kind}" for s in (4, 5) for kind in ("json", "safetensors")]


@pytest.fixture
def two(tmp_path):
    folder = tmp_path / "c"
    save_checkpoint(folder, 1, TENSORS, NUMBERS)
    save_checkpoint(folder, 2, {**TENSORS, "weight": TENSORS["weight"] + 1}, NUMBERS)
    return folder


def falls_back(folder, path, content):
    """Whether with `content` in `path` the one before is loaded and the damage told."""
    kept = path.read_bytes()
    path.write_bytes(content)
    checkpoint, damaged = load_checkpoint(folder)
    path.write_bytes(kept)
    return checkpoint is not None and checkpoint.step == 1 and len(damaged) == 1 and "damaged" in damaged[0]


def test_every_truncation_is_noticed(two):
    """T4: 64 lengths."""
    path = two / "step-000000002.safetensors"
    content = path.read_bytes()
    lengths = sorted({int(len(content) * i / 64) for i in range(64)})
    assert all(falls_back(two, path, content[:length]) for length in lengths)


def test_every_flipped_bit_is_noticed(two):
    """T4: 200 bits of the tensors, 200 of their description."""
    draw = random.Random(0)
    for name in ("step-000000002.safetensors", "step-000000002.json"):
        path = two / name
        content = path.read_bytes()
        for _ in range(200):
            at, bit = draw.randrange(len(content)), draw.randrange(8)
            flipped = content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]
            # A flip inside JSON may leave the same values (a space made another white space); then nothing is lost.
            if not falls_back(two, path, flipped):
                path.write_bytes(flipped)
                checkpoint, _ = load_checkpoint(two)
                assert checkpoint is not None
                assert checkpoint.step == 2
                assert checkpoint.numbers == NUMBERS
                assert name.endswith(".json")
                path.write_bytes(content)


def test_nothing_whole_is_none(tmp_path):
    save_checkpoint(tmp_path / "c", 1, TENSORS, NUMBERS)
    (tmp_path / "c" / "step-000000001.safetensors").unlink()
    checkpoint, damaged = load_checkpoint(tmp_path / "c")
    assert checkpoint is None
    assert damaged == ["step-000000001.safetensors is damaged (the file is not there) and was passed over."]


@pytest.mark.parametrize(("call", "code"), [("fsync", errno.ENOSPC), ("fsync", errno.EIO), ("replace", errno.EACCES)])
def test_a_write_that_fails_is_told_and_the_one_before_is_whole(two, monkeypatch, call, code):
    """T5: no space, I/O error and no permission, at the sync and at the rename."""

    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(RunError) as error:
        save_checkpoint(two, 3, TENSORS, NUMBERS)
    assert str(error.value) == (
        f"The checkpoint of step 3 could not be written: {os.strerror(code)}. The one before it is whole. "
        f"Make room or mend the disk, then carry on with `seodang train --resume {two.parent}`."
    )
    monkeypatch.undo()
    checkpoint, damaged = load_checkpoint(two)
    assert checkpoint is not None
    assert (checkpoint.step, damaged) == (2, [])


# Imports once, then forks a writer for each line it reads; the writer runs until it is killed.
WRITER = """
import os, sys, torch, safetensors.torch
from pathlib import Path
from seodang.runs.checkpoint import save_checkpoint

torch.set_num_threads(1)
folder, kind = Path(sys.argv[1]), sys.argv[2]
tensors = {"w": torch.zeros(2_000_000)}
for line in sys.stdin:
    child = os.fork()
    if child:
        print(child, flush=True)
        os.waitpid(child, 0)
        print("dead", flush=True)
        continue
    step = int(line)
    while True:
        step += 1
        tensors["w"].fill_(step)
        if kind == "ours":
            save_checkpoint(folder, step, tensors, {"step": step})
        else:
            content = safetensors.torch.save(tensors)
            with open(folder / "naive.safetensors", "wb") as file:
                for start in range(0, len(content), 65536):
                    file.write(content[start : start + 65536])
"""


def kill_while_writing(folder, kind, times):
    """Kill a writer at random moments and look at what each left: the steps found, None where it is broken."""
    draw, found, step = random.Random(1), [], 0
    command = [sys.executable, "-c", WRITER, str(folder), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as factory:
        assert factory.stdin is not None
        assert factory.stdout is not None
        for _ in range(times):
            factory.stdin.write(f"{step}\n")
            factory.stdin.flush()
            writer = int(factory.stdout.readline())
            time.sleep(0.2 + draw.random() * 0.1)
            os.kill(writer, signal.SIGKILL)
            assert factory.stdout.readline() == "dead\n"
            if kind == "naive":
                found.append(is_whole(folder / "naive.safetensors"))
                continue
            checkpoint, damaged = load_checkpoint(folder)
            assert checkpoint is not None
            whole = bool((checkpoint.tensors["w"] == checkpoint.step).all()) and not damaged
            step = max(step, checkpoint.step)
            found.append(checkpoint.step if whole else None)
        factory.stdin.close()
    return found


def is_whole(path):
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensor = load(path.read_bytes())["w"]
    except (OSError, SafetensorError):
        return None
    return int(tensor[0]) if bool((tensor == tensor[0]).all()) else None


@pytest.mark.parametrize("times", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_a_kill_while_saving_leaves_a_whole_checkpoint(tmp_path, times):
    """T1: and steps never go back: what was saved stays saved."""
    found = kill_while_writing(tmp_path, "ours", times)
    assert None not in found
    assert found == sorted(found)


def test_control_a_writer_in_place_does_break(tmp_path):
    """T1's negative control: the same kills against open("wb") leave broken files, so the test above can fail."""
    found = kill_while_writing(tmp_path, "naive", 10)
    assert found.count(None) >= 2  # a busy machine kills most of them before or after the writing


def test_where_none_was_written_before_none_is_called_whole(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError) as error:
        save_checkpoint(tmp_path / "c", 1, TENSORS, NUMBERS)
    assert str(error.value) == (
        "The checkpoint of step 1 could not be written: No space left on device. Make room or mend the disk, then begin again with "
        f"`seodang train --resume {tmp_path}`."
    )
    assert not [*(tmp_path / "c").iterdir()]
