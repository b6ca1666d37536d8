"""Files that need a parser in C or an unpickler are read in a process of their own, under limits.

That process may use so much memory beyond what it starts with, write so many bytes and take so many seconds. It writes
what it found as JSON and the arrays as safetensors, which carry no code, and only these are read here. Both kinds need it:

- HDF5: of files made by flipping a few bytes some make libhdf5 run on for ever (found so, November 2026), and an array can
  claim any size.
- PyTorch's `torch.save` is a zip of a pickle. It is read by `torch.load(weights_only=True)`, which knows tensors and
  containers only and refuses every other name; there is no other way in, and no way round a refusal.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from seodang.core.errors import RunError, SeodangError
from seodang.core.files import read_json
from seodang.core.language import language, tr
from seodang.runs.foreign.hdf5 import again, open_hdf5, shown

SECONDS = 120
# Memory beyond what the process has once its libraries are loaded: the file's arrays a few times over, and some room.
TIMES, ROOM = 4, 2**29
KERAS_WEIGHTS = "model.weights.h5"
# Where a training keeps the weights inside what it saves with torch.save.
_INSIDE = ("state_dict", "model_state_dict", "model")
_TENSORS, _ANSWER = "tensors.safetensors", "answer.json"


@contextlib.contextmanager
def read_apart(kind: str, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """What another process found in a file, and the safetensors file it wrote; both are gone afterwards.

    Args:
        kind: "hdf5", "keras" (a zip with weights) or "torch" (a zip of torch.save; its directory is already judged).
        path: The file.

    RunError, in the reader's words, where it refused, and in ours where a limit ended it.
    """
    if kind == "torch" and os.name == "nt":
        raise RunError(
            tr(
                "{path}: files of torch.save are read under limits that this system does not have. Save the weights as safetensors: "
                "`safetensors.torch.save_file(model.state_dict(), 'NAME.safetensors')`.",
                path=path,
            )
        )
    package = str(Path(__file__).parents[3])
    known = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    environment = {
        **os.environ,
        "PYTHONPATH": known,
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "SEODANG_LANG": language(),
    }
    with tempfile.TemporaryDirectory(prefix="seodang-import-") as folder:
        command = [sys.executable, "-P", "-m", __name__, kind, str(path.resolve()), str(path), folder]
        with open(Path(folder, "stderr"), "wb") as errors:
            try:
                done = subprocess.run(
                    command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                    timeout=SECONDS,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise RunError(
                    tr(
                        "{path} could not be read in {seconds} s and was given up: it is damaged, or made to keep its reader busy.",
                        path=path,
                        seconds=SECONDS,
                    )
                ) from None
        try:
            answer = read_json(Path(folder, _ANSWER))
        except (OSError, ValueError):
            said = Path(folder, "stderr").read_text(encoding="utf-8", errors="replace")[-2000:].strip().splitlines()
            how = tr("code {code}", code=done.returncode) + (f": {shown(said[-1])}" if said else "")
            raise RunError(
                tr(
                    "{path} ended the process that read it ({how}): it is damaged, or needs more memory than its size allows.",
                    path=path,
                    how=how,
                )
            ) from None
        if "error" in answer:
            raise RunError(answer["error"])
        yield answer, Path(folder, _TENSORS)


def _main(kind: str, source: str, what: str, folder: str) -> None:
    """The other process: read under limits, answer in files."""
    read = {"hdf5": _read_hdf5, "keras": _read_keras, "torch": _read_torch}[kind]
    try:
        if kind == "torch":
            import torch  # noqa: F401 - gigabytes of libraries, which are not the file's
        _limit(Path(source).stat().st_size)
        answer = read(Path(source), what, Path(folder, _TENSORS))
    except SeodangError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {
            "error": tr(
                "{what} needs more memory than its size allows: it is damaged, or made to fill the memory.", what=what
            )
        }
    Path(folder, _ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _limit(size: int) -> None:
    """From here on the process has so much memory, time and space as a file of `size` bytes can need."""
    import psutil

    try:
        import resource
    except ImportError:  # Windows: time alone is limited there
        return
    room = TIMES * size + ROOM
    limits = {
        resource.RLIMIT_AS: psutil.Process().memory_info().vms + room,
        resource.RLIMIT_FSIZE: room,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _read_hdf5(source: Path, what: str, target: Path) -> dict[str, Any]:
    with open(source, "rb") as file:
        return _write_layers(file, what, target)


def _read_keras(source: Path, what: str, target: Path) -> dict[str, Any]:
    """Of a .keras archive one entry is read, in memory. Nothing is unpacked, and config.json is not opened."""
    with zipfile.ZipFile(source) as archive:
        if KERAS_WEIGHTS not in archive.namelist():
            raise RunError(
                tr("{what} has no {weights} in it. {again}", what=what, weights=KERAS_WEIGHTS, again=again())
            )
        weights = archive.read(KERAS_WEIGHTS)
    return _write_layers(io.BytesIO(weights), what, target)


def _write_layers(file: IO[bytes], what: str, target: Path) -> dict[str, Any]:
    import safetensors.numpy

    from seodang.runs.foreign.keras import stored_layers

    size = file.seek(0, 2)
    with open_hdf5(file, what) as top:
        layers, is_ordered = stored_layers(top)
        arrays = {f"{i}.{j}": array for i, layer in enumerate(layers) for j, array in enumerate(layer.arrays)}
        if (claimed := sum(array.bytes for array in arrays.values())) > size:
            raise RunError(
                tr(
                    "{what} has {size:,} bytes and claims {claimed:,} of weights: it is damaged. {again}",
                    what=what,
                    size=size,
                    claimed=claimed,
                    again=again(),
                )
            )
        safetensors.numpy.save_file({name: array.read() for name, array in arrays.items()}, target)
        found = [
            {"name": each.name, "path": each.arrays[0].path, "shapes": [array.shape for array in each.arrays]}
            for each in layers
        ]
    return {"layers": found, "is_ordered": is_ordered}


def _read_torch(source: Path, what: str, target: Path) -> dict[str, Any]:
    import torch
    from safetensors.torch import save_file

    try:
        loaded = torch.load(source, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:  # whatever it is made of, it is refused
        text = " ".join(str(error).split())
        foreign = re.search(r"GLOBAL (\S+)", text)
        asks = tr("it asks for {name}", name=shown(foreign[1])) if foreign else ""
        reason = asks or shown(text) or type(error).__name__
        raise RunError(
            tr(
                "{what} holds more than tensors, or is damaged ({reason}); nothing of it was run. Where you trust it, save its weights "
                "as safetensors: `safetensors.torch.save_file(model.state_dict(), 'NAME.safetensors')`.",
                what=what,
                reason=reason,
            )
        ) from None
    state = _state(loaded)
    if state is None:
        raise RunError(
            tr(
                "{what} holds no weights by name: neither tensors nor {names} with tensors. Save `model.state_dict()`.",
                what=what,
                names=", ".join(map(repr, _INSIDE)),
            )
        )
    for name, tensor in state.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
            raise RunError(
                tr(
                    "{what}: {name} is not a plain tensor. Quantised or sparse weights cannot be imported.",
                    what=what,
                    name=shown(name),
                )
            )
    size, claimed = source.stat().st_size, sum(t.numel() * t.element_size() for t in state.values())
    if claimed > 2 * size:  # layers that share their weights stand in it twice
        raise RunError(
            tr(
                "{what} has {size:,} bytes and claims {claimed:,} of weights: it is damaged.",
                what=what,
                size=size,
                claimed=claimed,
            )
        )
    save_file(
        {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in state.items()}, target
    )
    return {}


def _state(loaded: Any) -> dict[str, Any] | None:
    """The tensors by name of what torch.load gave: itself, or one level down."""
    import torch

    if not isinstance(loaded, Mapping):
        return None
    for each in (loaded, *(loaded.get(key) for key in _INSIDE)):
        if (
            isinstance(each, Mapping)
            and each
            and all(isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in each.items())
        ):
            return dict(each)
    return None


if __name__ == "__main__":
    _main(*sys.argv[1:])
