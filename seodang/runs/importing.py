"""From a file of weights that another program wrote to a run, as if it had been trained here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from seodang.core.errors import RecipeError, RunError, SeodangError
from seodang.core.files import sha256, write_bytes, write_json, write_text
from seodang.core.language import tr
from seodang.core.registry import find, names
from seodang.core.sentences import said
from seodang.core.spec import Spec
from seodang.data.facts import Facts
from seodang.data.load import load as load_data
from seodang.data.open import open_source
from seodang.data.prepare import Preparation
from seodang.data.prepare import resolve as resolve_preparation
from seodang.models.build import build
from seodang.models.summary import count_parameters
from seodang.recipes.lint import lint
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve, to_yaml
from seodang.runs.folder import RUNS, Run, input_spec, load
from seodang.runs.foreign.apart import KERAS_WEIGHTS, read_apart
from seodang.runs.foreign.archive import check_archive
from seodang.runs.foreign.hdf5 import SIGNATURE as HDF5
from seodang.runs.foreign.match import Layer, converted, match
from seodang.runs.foreign.row import row
from seodang.runs.foreign.tensors import by_name, open_tensors
from seodang.runs.machine import describe_machine
from seodang.runs.writing import locked, new_folder, refuse_name, refuse_unwritable, write_manifest
from seodang.tasks.build import build_task
from seodang.training.device import Place

LARGEST = 4 * 2**30  # bytes of a file; ResNet-152 has a quarter of a gigabyte


@dataclass(frozen=True)
class Foreign:
    """What was read from a foreign file: its form, the network's whole state, and which layer or tensor went where."""

    form: str
    state: dict[str, Tensor]
    pairs: list[tuple[str, str]]


def import_run(
    file: str | Path,
    recipe: str | Path | Recipe,
    settings: dict[str, Any] | None = None,
    *,
    classes: Sequence[str] | None = None,
    data: str | Path | None = None,
    runs: str | Path = RUNS,
    name: str | None = None,
) -> Run:
    """Put weights from another program's file into a recipe's network and save it as a run.

    Nothing in the file is ever run: of Keras' files arrays and layer names are read and no description of the network
    (so no Lambda), of torch.save's files tensors only. Nothing is written before all of it fits.

    Args:
        file: Keras HDF5 or .keras, safetensors, or a state dict by torch.save. Its content decides, not its name.
        recipe: The network it was trained as: a name, a YAML file or a Recipe.
        settings: Laid over the recipe, such as {"preparation.height": 64}.
        classes: What the network's outputs are called, in their order; with one output the second is its positive.
        data: Where the names come from instead, a path or a data set; also what the recipe leaves open of the
            preparation. Neither of the two: the recipe's own data set, where its card names the classes.
        runs: The folder that the run's folder is made in.
        name: The run's name; a number is added. None: the recipe's name.

    Raises SeodangError, with what to do, where the file is refused or does not fit.
    """
    refuse_name(name)
    refuse_unwritable(runs)
    path = Path(file)
    form = recognise(path)
    asked = resolve(recipe, {key: str(value) for key, value in (settings or {}).items()})
    called = _classes(asked, classes, data)
    resolved = asked.model_copy(update={"preparation": _preparation(asked, data)})
    _refuse_wrong_count(resolved, called)
    task = build_task(resolved.task, resolved.loss, Facts(classes=tuple(called)))
    network = build(resolved.model, input_spec(resolved), task.outputs, resolved.training.seed)
    foreign = read_foreign(path, form, network, input_spec(resolved), resolved.name)
    network.load_state_dict(foreign.state)

    preparation = resolved.preparation
    notes = [
        said(
            "Imported from {file} ({form}). The settings of training below were not used.",
            file=path.name,
            form=foreign.form,
        ),
        said(
            "A file of weights does not say how pictures are prepared, nor activations, padding and the epsilon of batch norms: "
            "these are the recipe's. Here {width}×{height}, {kind}, {what}.",
            width=preparation.width,
            height=preparation.height,
            kind=said("grey") if preparation.channels == 1 else said("colour"),
            what=_scale_in_words(preparation.scale),
        ),
    ]
    described = {
        "opened": None,
        "imported": {
            "file": str(path.resolve()),
            "sha256": sha256(path),
            "bytes": path.stat().st_size,
            "form": foreign.form,
            "numbers": count_parameters(network),
            "layers": [list(pair) for pair in foreign.pairs],
        },
        "source": {"name": "imported", "where": str(path.resolve()), "form": foreign.form, "examples": 0},
        "classes": list(called),
        "counts": {},
        "sha256": {},
        "preparation": preparation.model_dump(mode="json"),
        "notes": notes,
    }
    folder = new_folder(name or resolved.name, runs)
    with locked(folder):
        write_text(folder / "recipe.yaml", to_yaml(resolved, notes))
        write_json(folder / "data.json", described)
        write_json(folder / "machine.json", describe_machine(Place(torch.device("cpu"))))
        write_text(folder / "history.jsonl", "")
        weights = {key: tensor.contiguous() for key, tensor in network.state_dict().items()}
        write_bytes(folder / "model.safetensors", save_tensors(weights))
        write_manifest(folder)
    return load(folder)


def _forms() -> str:
    return tr("Keras weights (.weights.h5, .h5, .keras), safetensors, and tensors saved with torch.save (.pt, .pth)")


def _scale_in_words(scale: str) -> str:
    words = {
        "unit": said("pixels / 255"),
        "symmetric": said("pixels from -1 to 1"),
        "standard": said("pixels minus mean, over deviation"),
        "samplewise": said("pixels minus the picture's mean, / 255"),
    }
    return words[scale]


def recognise(path: Path) -> str:
    """What a file is by its content: "hdf5", "keras", "torch" or "safetensors". Anything else raises RunError, unread."""
    if not path.is_file():
        raise RunError(tr("{path} is not a file. These can be imported: {forms}.", path=path, forms=_forms()))
    size = path.stat().st_size
    if size > LARGEST:
        raise RunError(
            tr(
                "{path} has {size:.1f} GB, at most {most:.0f} GB can be imported.",
                path=path,
                size=size / 2**30,
                most=LARGEST / 2**30,
            )
        )
    with open(path, "rb") as file:
        head = file.read(16)
    if head.startswith(HDF5):
        return "hdf5"
    if head.startswith(b"PK\3\4"):
        entries = check_archive(path)
        if KERAS_WEIGHTS in entries:
            return "keras"
        if sum(entry.endswith("/data.pkl") for entry in entries) == 1:
            return "torch"
        raise RunError(
            tr(
                "{path} is a zip archive without {weights} or data.pkl. These can be imported: {forms}.",
                path=path,
                weights=KERAS_WEIGHTS,
                forms=_forms(),
            )
        )
    if len(head) > 8 and head[8:9] == b"{" and 8 + int.from_bytes(head[:8], "little") <= size:
        return "safetensors"
    if head.startswith(b"\x80"):
        raise RunError(
            tr(
                "{path} is a pickle, which can run any program when it is read; nothing of it was read. Where you trust it, save its "
                "weights as safetensors: `safetensors.torch.save_file(model.state_dict(), 'NAME.safetensors')`.",
                path=path,
            )
        )
    raise RunError(tr("{path} is none of the forms that can be imported: {forms}.", path=path, forms=_forms()))


def read_foreign(path: Path, form: str, network: nn.Module, inputs: Spec, recipe: str) -> Foreign:
    """The state of a network from a file of a form that `recognise` gave. RunError where it is refused or does not fit."""
    if form == "safetensors":
        with open_tensors(path, str(path)) as tensors:
            return Foreign("safetensors", *by_name(tensors, network, recipe))
    with read_apart(form, path) as (answer, written), open_tensors(written, str(path)) as tensors:
        if form == "torch":
            return Foreign("torch.save", *by_name(tensors, network, recipe))
        layers = [
            Layer(each["name"], each["path"], tuple(tuple(shape) for shape in each["shapes"]))
            for each in answer["layers"]
        ]
        pairs = match(layers, row(network, inputs), str(path), recipe, is_ordered=answer["is_ordered"])
        state = dict(network.state_dict())
        for index, place in pairs:
            arrays = [tensors.read(f"{index}.{number}") for number in range(len(layers[index].shapes))]
            state.update(converted(arrays, place))
        words = "Keras HDF5" if answer["is_ordered"] else "Keras 3 weights"
        return Foreign(words, state, [(layers[index].name, place.name) for index, place in pairs])


def _classes(recipe: Recipe, classes: Sequence[str] | None, data: str | Path | None) -> tuple[str, ...]:
    """What the outputs are called."""
    if classes is not None and data is not None:
        raise SeodangError(tr("--classes and --data exclude each other; give one."))
    if classes is not None:
        called = tuple(each.strip() for each in classes)
        if len(called) < 2 or not all(called) or len(set(called)) < len(called):
            raise SeodangError(
                tr(
                    "--classes must be two different names or more, such as cats,dogs, got {names!r}.",
                    names=", ".join(called),
                )
            )
        return called
    if data is not None and (Path(data).exists() or not _is_data_set(data)):
        return open_source(data).classes
    where = data if data is not None else recipe.data
    if where is None or not _is_data_set(where):
        raise SeodangError(
            tr(
                "{name} names no data set whose classes are known. Say what the outputs are called, in their order, with --classes "
                "cats,dogs, or name the data with --data PATH.",
                name=recipe.name,
            )
        )
    return find("datasets", _public(where))().classes


def _is_data_set(where: str | Path) -> bool:
    return _public(where) in names("datasets")


def _public(where: str | Path) -> str:
    return str(where).replace("_", "-").lower()


def _preparation(recipe: Recipe, data: str | Path | None) -> Preparation:
    """The recipe's preparation with nothing open; what is open comes from the data where it is given."""
    given = recipe.preparation
    is_measured = given.scale != "standard" or (given.mean is not None and given.std is not None)
    if given.height and given.width and given.channels and is_measured:
        return given
    if data is None:
        missing = [f"preparation.{each}" for each in ("height", "width", "channels") if getattr(given, each) is None]
        missing += [] if is_measured else ["preparation.mean", "preparation.std"]
        raise RecipeError(
            tr(
                "{name} leaves open how pictures are prepared. Say it as the network was trained ({settings}), or name the data with "
                "--data PATH.",
                name=recipe.name,
                settings=", ".join(f"{each}=…" for each in missing),
            )
        )
    if is_measured:
        return resolve_preparation(given, open_source(data))
    return load_data(open_source(data), given, recipe.split, examples=recipe.examples).preparation


def _refuse_wrong_count(recipe: Recipe, classes: tuple[str, ...]) -> None:
    """What would be refused in training too: a number of classes that the loss or the network cannot have."""
    if errors := [finding.words for finding in lint(recipe, classes) if finding.level == "error"]:
        raise RecipeError("\n".join(errors))
