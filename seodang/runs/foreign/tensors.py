"""Tensors of a safetensors file by name, one at a time, as float32; and how they are fitted into a network by name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.runs.foreign.hdf5 import shown

# How many names a sentence lists.
NAMED = 5
_FLOATS = ("F16", "BF16", "F32", "F64")


class Tensors:
    """The tensors of an open safetensors file. `what`: how messages name the file they came from."""

    def __init__(self, file: Any, what: str) -> None:
        self.file, self.what = file, what
        self.shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no dict

    def read(self, name: str) -> Tensor:
        """A tensor as float32; float16, bfloat16 and float64 are converted. RunError where a number is not finite."""
        kind = self.file.get_slice(name).get_dtype()
        if kind not in _FLOATS:
            raise RunError(
                tr(
                    "{what}: {name} must be float16, bfloat16, float32 or float64, got {kind}. Quantised weights cannot be imported; take "
                    "the network as it was before.",
                    what=self.what,
                    name=shown(name),
                    kind=kind,
                )
            )
        tensor = self.file.get_tensor(name).to(torch.float32)
        if not tensor.isfinite().all():
            raise RunError(
                tr(
                    "{what}: {name} has numbers that are not finite in float32. The training it comes from had failed; take weights from "
                    "an earlier epoch.",
                    what=self.what,
                    name=shown(name),
                )
            )
        return tensor.contiguous()


@contextlib.contextmanager
def open_tensors(path: Path, what: str) -> Iterator[Tensors]:
    """Open a safetensors file. RunError where it is damaged."""
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            tensors = Tensors(file, what)
            yield tensors
    except (SafetensorError, OSError) as error:
        reason = shown(" ".join(str(error).split()))
        raise RunError(
            tr(
                "{what} is damaged, or no safetensors file ({reason}). Fetch or save it again.",
                what=what,
                reason=reason,
            )
        ) from None


def by_name(tensors: Tensors, network: nn.Module, recipe: str) -> tuple[dict[str, Tensor], list[tuple[str, str]]]:
    """A network's whole state from tensors of the same names, and the pairs of names.

    A prefix that all names share (`module.`, `model.`) may be on one side and not on the other. RunError names what is
    missing, unexpected or of another shape, five of each and how many.
    """
    wanted = network.state_dict()
    theirs, ours = _bare(tensors.shapes), _bare(wanted)
    # Batch norm's count of batches is of no use to a finished network, and old files have none.
    missing = [name for name in ours if name not in theirs and not name.endswith("num_batches_tracked")]
    unexpected = [name for name in theirs if name not in ours and not name.endswith("num_batches_tracked")]
    other = [
        tr(
            "{name} {found} instead of {wanted}",
            name=shown(name),
            found=_times(tensors.shapes[theirs[name]]),
            wanted=_times(wanted[key].shape),
        )
        for name, key in ours.items()
        if name in theirs and tensors.shapes[theirs[name]] != tuple(wanted[key].shape)
    ]
    wrong = []
    if missing:
        told = {"count": len(missing), "total": len(ours), "names": _some(missing)}
        wrong.append(tr("{count} of the network's {total} are missing ({names})", **told))
    if unexpected:
        told = {"count": len(unexpected), "total": len(theirs), "names": _some(unexpected)}
        wrong.append(tr("{count} of its {total} tensors have no place in it ({names})", **told))
    if other:
        told = {"count": len(other), "total": len(theirs), "names": _some(other)}
        wrong.append(tr("{count} of its {total} tensors have another shape ({names})", **told))
    if wrong:
        raise RunError(
            tr(
                "{what} does not fit {recipe}: {reasons}. Choose the recipe whose network it was saved from; the shape of the last layer "
                "is the number of --classes.",
                what=tensors.what,
                recipe=recipe,
                reasons="; ".join(wrong),
            )
        )
    state = dict(wanted)
    pairs = [(theirs[name], key) for name, key in ours.items() if name in theirs and wanted[key].is_floating_point()]
    for name, key in pairs:
        state[key] = tensors.read(name).to(wanted[key].dtype)
    return state, [(shown(name), key) for name, key in pairs]


def _bare(names: Iterable[str]) -> dict[str, str]:
    """The names without the first parts that all of them share, and what they were.

    >>> _bare(["module.conv.weight", "module.fc.bias"])
    {'conv.weight': 'module.conv.weight', 'fc.bias': 'module.fc.bias'}
    """
    bare = {name: name for name in names}
    while len({name.partition(".")[0] for name in bare}) == 1 and all("." in name for name in bare):
        bare = {name.partition(".")[2]: whole for name, whole in bare.items()}
    return bare


def _some(names: list[str]) -> str:
    more = tr(" and {count:,} more", count=len(names) - NAMED) if len(names) > NAMED else ""
    return ", ".join(shown(name) for name in names[:NAMED]) + more


def _times(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape)) or tr("a single number")
