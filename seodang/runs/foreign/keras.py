"""Weights files of Keras as a list of layers, whatever their layout: names and arrays, no code.

Only arrays and the names of layers are read. The network's description that may lie beside them (`config.json` in a
.keras file, the attribute `model_config` in an .h5 file) is where Lambda layers, import paths and functions by name come
from; it is never opened, so nothing in it can run.

Layouts, as in Keras' own `legacy_h5_format.py` and `saving_lib.py` (https://github.com/keras-team/keras):

- HDF5 of Keras 1 and 2, and `model.save("x.h5")` of Keras 3: the attribute `layer_names` lists the groups in the order of
  the layers, `weight_names` of each group its arrays; in a file with the whole model all of it lies below `model_weights`.
- Keras 3 (`x.weights.h5`, and `model.weights.h5` inside `x.keras`): `layers/NAME/vars/0`, …, where NAME is the layer's
  class with a running number (`dense`, `dense_1`). Keras 2.12 to 2.15 wrote `_layer_checkpoint_dependencies` for `layers`,
  and on Windows `\\` inside names. HDF5 sorts names, so the order of layers of different classes is not in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.runs.foreign.hdf5 import Array, Group, again, shown

# Groups that stand for "the layers of" and are no names themselves.
_CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
# What a training had beside weights. Random generators keep their state in a variable.
_NOT_WEIGHTS = ("optimizer", "metrics", "seed_generator")


@dataclass(frozen=True)
class Stored:
    """A layer of a Keras file that has weights: its name, and its arrays in Keras' order."""

    name: str
    arrays: tuple[Array, ...]


def stored_layers(top: Group) -> tuple[list[Stored], bool]:
    """The layers with weights of an open Keras file, of any layout, and whether they come in the network's order.

    RunError where the file is damaged, leads out of itself, or holds no layers.
    """
    whole = top.child("model_weights")
    group = whole if isinstance(whole, Group) else top
    names = group.strings("layer_names")
    layers = [*_walk(group, "")] if names is None else [layer for name in names for layer in _listed(group, name)]
    if not layers:
        raise RunError(tr("{what} holds no weights of Keras layers. {again}", what=top.what, again=again()))
    return layers, names is not None


def _listed(group: Group, name: str) -> Iterator[Stored]:
    """The layer of a name; of a network inside the network, its layers."""
    found = group.child(name)
    if not isinstance(found, Group):
        raise RunError(
            tr(
                "{what} lists a layer {name!r} and does not hold it: the file is damaged. {again}",
                what=group.what,
                name=shown(name),
                again=again(),
            )
        )
    parts: dict[str, list[Array]] = {}
    for weight in found.strings("weight_names") or []:
        array = found.child(weight)
        if not isinstance(array, Array):
            raise RunError(
                tr(
                    "{what} lists the array {weight!r} of the layer {name!r} and does not hold it: the file is damaged. {again}",
                    what=group.what,
                    weight=shown(weight),
                    name=shown(name),
                    again=again(),
                )
            )
        parts.setdefault(weight.rpartition("/")[0], []).append(array)
    for inside, arrays in parts.items():
        yield Stored(shown(name if len(parts) == 1 else f"{name}/{inside}"), tuple(arrays))


def _walk(group: Group, prefix: str) -> Iterator[Stored]:
    """Every layer below a group: whatever has a group `vars` with arrays 0, 1, …."""
    for name, found in group.children():
        name = name.replace("\\", "/")
        if not isinstance(found, Group) or not {*_NOT_WEIGHTS}.isdisjoint(name.split("/")):
            continue
        if name.rpartition("/")[2] == "vars":
            if arrays := _numbered(found):
                yield Stored(shown(_named(f"{prefix}/{name}")), arrays)
        else:
            yield from _walk(found, f"{prefix}/{name}")


def _named(path: str) -> str:
    """A layer's name from the path of its variables.

    >>> _named("/layers/functional/layers/conv2d_1/vars")
    'functional/conv2d_1'
    """
    names = [name for name in path.split("/")[:-1] if name and name not in _CONTAINERS]
    return "/".join(names) or tr("the network itself")


def _numbered(variables: Group) -> tuple[Array, ...]:
    found: dict[str, Array] = {}
    for name, array in variables.children():
        if not re.fullmatch(r"\d{1,6}", name) or not isinstance(array, Array):
            raise RunError(
                tr(
                    "{what}: {path} should hold arrays 0, 1, … and holds {name!r}. {again}",
                    what=variables.what,
                    path=variables.path,
                    name=shown(name),
                    again=again(),
                )
            )
        found[name] = array
    if set(found) != {str(number) for number in range(len(found))}:
        raise RunError(
            tr(
                "{what}: {path} has arrays missing: the file is damaged. {again}",
                what=variables.what,
                path=variables.path,
                again=again(),
            )
        )
    return tuple(found[str(number)] for number in range(len(found)))
