"""A run is a folder that a person can read: recipe, data, history, weights, machine, and a manifest of hashes."""

from __future__ import annotations

import contextlib
import functools
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from seodang.core.errors import RecipeError, RunError, did_you_mean
from seodang.core.files import read_json, read_lines, sha256
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.core.values import check
from seodang.data.facts import Facts
from seodang.data.prepare import Normalise
from seodang.recipes.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor, nn

    from seodang.data.encoded import Encoded
    from seodang.data.load import Prepared

ENCODING = "encoding.json"
PARTS = "parts.json"
# Without these a run is damaged; ENCODING is of rows and texts alone.
NEEDED = ("recipe.yaml", "data.json", "model.safetensors", ENCODING)
RUNS = "runs"
# libyaml reads a recipe eight times as fast (5.8 → 0.7 ms), where PyYAML was built with it; who looks for a run's siblings reads hundreds.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Run:
    """A finished training run. Everything that comes after training is a function of one."""

    folder: Path
    recipe: Recipe
    data: dict[str, Any]
    history: list[dict[str, Any]]
    machine: dict[str, Any]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of the network's outputs."""
        return tuple(self.data["classes"])

    @property
    def facts(self) -> Facts:
        """What is known of the data it was trained on."""
        return read_facts(self.data)

    @property
    def task(self) -> Any:
        """The run's task."""
        from seodang.tasks.build import build_task

        return build_task(self.recipe.task, self.recipe.loss, self.facts)

    @functools.cached_property
    def encoding(self) -> Any:
        """How rows, texts or windows become numbers, as it was fitted in training; None for pictures (`recipe.preparation`)."""
        file = self.folder / ENCODING
        if not file.exists():
            return None
        from seodang.data.encoded import read_encoding

        try:
            return read_encoding(_read(file))
        except (KeyError, TypeError, ValueError) as error:
            raise _of_another_version(file, repr(error)) from None

    @functools.cached_property
    def _network(self) -> nn.Module:
        import torch

        with torch.inference_mode(False):  # whoever asks first: weights that are read inside it never have a gradient
            return read_network(self.folder / "model.safetensors", self.recipe, self.facts)

    def network(self) -> nn.Module:
        """The network, on the CPU, not training; of pictures with its preparation inside: uint8 (B, C, H, W) → raw scores
        (B, outputs); of rows, texts and windows from what `encoding` gives."""
        return self._network

    def probabilities(self, pixels: Tensor, batch_size: int = 256) -> Tensor:
        """Prepared uint8 pictures (N, C, H, W) → probabilities (N, classes); each row sums to 1."""
        import torch

        network, task = self.network(), self.task
        with torch.inference_mode():
            parts = [task.probabilities(network(part)) for part in pixels.split(batch_size)]
        return torch.cat(parts) if parts else torch.zeros(0, len(self.classes))

    def prepared(self) -> Prepared | Encoded:
        """The run's data, opened again and divided as in training. Other content than then raises RunError."""
        return open_data(self.folder, self.recipe, self.data)


def read_facts(data: dict[str, Any]) -> Facts:
    """The facts in what data.json says, or, of pictures, the classes."""
    plain = data.get("facts")
    return Facts.from_plain(plain) if plain else Facts(classes=tuple(data["classes"]))


def input_spec(recipe: Recipe, facts: Facts | None = None) -> Spec:
    """The shape a resolved recipe gives its network."""
    if facts is not None and facts.inputs is not None:
        return facts.inputs
    preparation = recipe.preparation
    shape = (preparation.channels, preparation.height, preparation.width)
    assert None not in shape, f"the preparation is not resolved yet: {shape}"
    return Spec(shape)  # type: ignore[arg-type]


def read_network(weights: Path, recipe: Recipe, facts: Facts) -> nn.Module:
    """Build a recipe's network, give it saved weights, and put its preparation in front."""
    import torch
    from safetensors.torch import load_file

    from seodang.models.build import build
    from seodang.tasks.build import build_task

    task = build_task(recipe.task, recipe.loss, facts)
    model = build(recipe.model.without_weights, input_spec(recipe, facts), task.outputs, recipe.training.seed)
    try:
        model.load_state_dict(load_file(weights))
    except RuntimeError as error:
        raise _of_another_version(weights, str(error).split("\n", 1)[-1].strip()) from None
    if recipe.training.channels_last:
        model = model.to(memory_format=torch.channels_last)
    before = torch.nn.Identity() if facts.inputs is not None else Normalise(recipe.preparation)
    return torch.nn.Sequential(before, model).eval()


def open_data(folder: Path, recipe: Recipe, described: dict[str, Any], where: str | None = None) -> Prepared | Encoded:
    """Open a run's data again; refuse it where it is gone, or where a split is not what it was. where: its place now, if another."""
    from seodang.runs.opening import open_and_prepare

    where = where or trained_on(folder, described)
    own = None
    if recipe.texts.tokens == "pretrained" and (folder / ENCODING).exists():
        from seodang.data.encode_text import TextEncoding

        encoding = TextEncoding.from_plain(_read(folder / ENCODING))
        own = (encoding.tokenizer, encoding.length)
    prepared = open_and_prepare(where, recipe, own)
    now, then = prepared.describe()["sha256"], described["sha256"]
    changed = [name for name in then if now.get(name) != then[name]]
    if changed:
        raise RunError(
            tr(
                "{where} is not the data that {name} was trained on: the {splits} split changed. Put the data back, or train again "
                "with `seodang train {path}`.",
                where=where,
                name=folder.name,
                splits=tr(" and ").join(changed),
                path=shlex.quote(where),
            )
        )
    return prepared


def trained_on(folder: Path, described: dict[str, Any]) -> str:
    """What opens the data of a run again; RunError where it is gone, or where the run was imported, so that nobody knows its data."""
    where = described["opened"]
    if where is None:
        raise RunError(
            tr(
                "{name} was imported, and the data it was trained on is not known here: it cannot be trained further or repeated. "
                "Judge it on data of yours with `seodang evaluate {folder} PATH`.",
                name=folder.name,
                folder=folder,
            )
        )
    if Path(where).is_absolute() and not Path(where).exists():
        raise RunError(
            tr(
                "{where}, the data that {name} was trained on, is not there any more. Put it back, or make a link to where it is now: "
                "`ln -s NEW_PLACE {path}`. Other data is judged with `seodang evaluate {folder} PATH`.",
                where=where,
                name=folder.name,
                path=shlex.quote(where),
                folder=folder,
            )
        )
    return where


def load(path: str | Path) -> Run:
    """Open a finished run by its folder, by its name below ./runs, or the newest one by the word "last".

    Raises RunError where there is none, where it has not finished, or where a file is not what the manifest says.
    """
    folder = find_run(path)
    manifest = folder / "manifest.json"
    if not manifest.exists():
        raise RunError(
            tr("{folder} has not finished training. Carry on with `seodang train --resume {folder}`.", folder=folder)
        )
    listed = _read(manifest)
    for name in NEEDED:
        if name == ENCODING and name not in listed:  # of rows and texts alone
            continue
        file = folder / name
        if not file.exists():
            raise RunError(
                tr(
                    "{folder} is damaged: {name} is missing. Restore the file, or train again with `seodang train PATH {recipe}`.",
                    recipe=folder / "recipe.yaml",
                    folder=folder,
                    name=name,
                )
            )
        noted = listed.get(name)
        if not isinstance(noted, dict) or noted.get("sha256") != sha256(file):
            raise RunError(
                tr(
                    "{folder} is damaged: {name} is not the file that was saved (its SHA-256 differs). Restore it, or train again.",
                    folder=folder,
                    name=name,
                )
            )
    return Run(folder, read_recipe(folder), read_data(folder), read_history(folder), read_machine(folder))


def find_run(path: str | Path) -> Path:
    """The folder of a run, finished or not."""
    folder = Path(path)
    if not (folder / "recipe.yaml").exists():
        folder = Path(RUNS) / str(path)
    if str(path) == "last" and (runs := list_runs()):
        folder = max(runs, key=lambda each: (each / "recipe.yaml").stat().st_mtime)
    if not (folder / "recipe.yaml").exists():
        if begun := next(filter(_was_begun, (Path(path), folder)), None):
            raise RunError(
                tr(
                    "{folder} was stopped before its training began: there is nothing to carry on. Train again, or delete the folder.",
                    folder=begun,
                )
            )
        raise RunError(tr("{path!r} is not a run. {hint}", path=str(path), hint=_which_run(Path(path))))
    return folder


def _was_begun(folder: Path) -> bool:
    """Whether a folder has the first files of a run and nothing after them."""
    after = ("checkpoint", "manifest.json", "model.safetensors")
    return (folder / "data.json").exists() and not any((folder / name).exists() for name in after)


def _which_run(path: Path) -> str:
    """What a person may have meant that named no run."""
    if inside := next((each for each in path.parents if (each / "recipe.yaml").exists()), None):
        return tr("Did you mean {match}?", match=inside)
    if known := [each.name for each in list_runs()]:
        return did_you_mean(path.name, known)
    return tr("There are no runs in {folder} yet: make one with `seodang train`.", folder=Path(RUNS).resolve())


def list_runs(below: str | Path = RUNS) -> list[Path]:
    """Every run's folder below a folder, by name."""
    base = Path(below)
    return sorted(each.parent for each in base.glob("*/recipe.yaml")) if base.is_dir() else []


def read_recipe(folder: Path) -> Recipe:
    """The resolved recipe of a run."""
    file = folder / "recipe.yaml"
    try:
        return check(Recipe, _group(LOADER(file.read_text(encoding="utf-8")).get_single_data()))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise _damaged(file, error) from None
    except RecipeError as error:
        raise _of_another_version(file, str(error)) from None


def read_data(folder: Path) -> dict[str, Any]:
    """What a run's data.json says."""
    file = folder / "data.json"
    found = _read(file)
    if missing := [key for key in ("opened", "source", "classes", "counts", "sha256") if key not in found]:
        raise _of_another_version(file, tr("it lacks {keys}", keys=", ".join(missing)))
    return found


def refuse_not_begun(folder: Path) -> None:
    """RunError where a run of before 2026-12 was stopped while its first files were written: machine.json was the last of them."""
    if not any((folder / name).exists() for name in ("machine.json", "checkpoint", "manifest.json")):
        raise RunError(
            tr(
                "{folder} was stopped before its training began: there is nothing to carry on. Train again with `seodang train PATH "
                "{recipe}`, or delete the folder.",
                folder=folder,
                recipe=folder / "recipe.yaml",
            )
        )


def read_history(folder: Path, name: str = "history.jsonl") -> list[dict[str, Any]]:
    """A run's history, a value an epoch; none where no epoch has ended."""
    path = folder / name
    try:
        lines = list(read_lines(path)) if path.exists() else []
        return [_group(line) for line in lines]
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None


def read_report(folder: Path, name: str = "report.json") -> dict[str, Any] | None:
    """What a run's report says; None where it was not judged. A damaged one raises RunError: it can be made anew."""
    file = folder / name
    if not file.exists():
        return None
    try:
        return _group(read_json(file))
    except (OSError, ValueError) as error:
        raise RunError(
            tr(
                "{path} cannot be read: {error}. Make it anew with `seodang evaluate {folder}`.",
                path=file,
                error=error,
                folder=folder,
            )
        ) from None


def read_parts(folder: Path) -> list[dict[str, Any]]:
    """The parts of a run before its last one: step (where it ended), is_whole, training (its lengths); none of one trained in one go."""
    file = folder / PARTS
    if not file.exists():
        return []
    try:
        return [
            {"step": int(part["step"]), "is_whole": bool(part["is_whole"]), "training": dict(part["training"])}
            for part in _read(file)["parts"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(file, error) from None


def read_machine(folder: Path) -> dict[str, Any]:
    """What a run's machine.json says."""
    return _read(folder / "machine.json")


def _read(path: Path) -> Any:
    try:
        return _group(read_json(path))
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from None


def _group(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(tr("it holds no values by name"))
    return value


def _of_another_version(file: Path, why: str) -> RunError:
    """What to tell of a run's file that is whole, and does not say what this version of Seodang needs."""
    from seodang.runs.machine import version_of

    then = None
    with contextlib.suppress(RunError):
        then = read_machine(file.parent).get("seodang")
    return RunError(
        tr(
            "{file} does not fit this version of Seodang ({now}; the run was made with {then}): {why}\nTake that version, or train "
            "again.",
            file=file,
            now=version_of("seodang"),
            then=then or tr("an unknown one"),
            why=why,
        )
    )


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(
        tr(
            "{path} cannot be read: {error}. The run is damaged; restore the file, or train again.",
            path=path,
            error=error,
        )
    )
