"""The latest exact state of a training run on disk: two of them, so that a crash while writing one leaves the other."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from seodang.core.errors import RunError
from seodang.core.files import write_bytes, write_json
from seodang.core.language import tr

KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """A state as it was saved: tensors and numbers by name."""

    step: int
    tensors: dict[str, Tensor]
    numbers: dict[str, Any]


def save_checkpoint(folder: Path, step: int, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
    """Write a state so that at every moment one whole checkpoint lies in `folder`; older ones than the last two go.

    The tensors are written first, then the small file that names them with their SHA-256: what has no such file does not count.
    """
    folder.mkdir(exist_ok=True)
    content = safetensors.torch.save({name: t.detach().cpu().contiguous() for name, t in tensors.items()})
    stem = f"step-{step:09d}"
    try:
        write_bytes(folder / f"{stem}.safetensors", content)
        digest = hashlib.sha256(content).hexdigest()
        note = {"step": step, "sha256": digest, "bytes": len(content), "numbers": numbers}
        write_json(folder / f"{stem}.json", {**note, "check": _digest(note)})
    except OSError as error:
        if not any(folder.glob("step-*.json")):
            raise RunError(
                tr(
                    "The checkpoint of step {step} could not be written: {reason}. Make room or mend the disk, then begin again with "
                    "`seodang train --resume {run}`.",
                    step=step,
                    reason=error.strerror or error,
                    run=folder.parent,
                )
            ) from error
        raise RunError(
            tr(
                "The checkpoint of step {step} could not be written: {reason}. The one before it is whole. Make room or mend the disk, "
                "then carry on with `seodang train --resume {run}`.",
                step=step,
                reason=error.strerror or error,
                run=folder.parent,
            )
        ) from error
    for old in sorted(folder.glob("step-*.json"))[:-KEPT]:
        old.with_suffix(".safetensors").unlink(missing_ok=True)
        old.unlink(missing_ok=True)
    named = {path.stem for path in folder.glob("step-*.json")}
    for orphan in folder.glob("step-*.safetensors"):
        if orphan.stem not in named:
            orphan.unlink(missing_ok=True)


def load_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint, or None where there is none; and a sentence for each damaged one that was passed over."""
    damaged = []
    for note in sorted(folder.glob("step-*.json"), reverse=True):
        try:
            return _load(note), damaged
        except (OSError, ValueError, KeyError, TypeError) as error:
            damaged.append(
                tr(
                    "{file} is damaged ({reason}) and was passed over.",
                    file=note.with_suffix(".safetensors").name,
                    reason=_reason(error),
                )
            )
    return None, damaged


def _load(note: Path) -> Checkpoint:
    described = json.loads(note.read_bytes())
    if described.pop("check") != _digest(described):
        raise ValueError(tr("its description was changed"))
    content = note.with_suffix(".safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != described["sha256"]:
        raise ValueError(tr("its SHA-256 is not the one that was written down"))
    if note.stem != f"step-{described['step']:09d}":
        raise ValueError(tr("its step is not the one in its name"))
    return Checkpoint(described["step"], safetensors.torch.load(content), described["numbers"])


def _digest(note: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(note, sort_keys=True).encode()).hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("the file is not there")
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | KeyError | TypeError):
        return tr("its description cannot be read")
    return str(error)
