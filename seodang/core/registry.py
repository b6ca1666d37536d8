"""Names of recipes, models, tasks, data sets and decisions: the file name is the public name, nothing is registered by hand.

`asl_cnn.py` is `asl-cnn` and must define a function `asl_cnn`. Names and their first docstring line are read without
importing the file, so that `seodang list` answers without loading PyTorch. Other packages add names by an entry point of
the group `seodang.recipes`, `seodang.models`, …
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.language import later, tr

PACKAGE = Path(__file__).parent.parent
# Where each kind of name lives, relative to the package.
FOLDERS = {
    "recipes": "recipes",
    "models": "models",
    "tasks": "tasks",
    "datasets": "data/datasets",
    "decisions": "decisions",
    "diagnoses": "diagnoses",
    "foundations": "foundations",
    "explanations": "explanations",
    "lessons": "lessons",
}
# One of a kind, as a sentence calls it.
ONE = {
    "recipes": later("a recipe"),
    "models": later("a model"),
    "tasks": later("a task"),
    "datasets": later("a dataset"),
    "decisions": later("a decision"),
    "diagnoses": later("a diagnosis"),
    "foundations": later("a foundation"),
    "explanations": later("an explanation"),
    "lessons": later("a lesson"),
}
# Files of those folders that hold the mechanism, not a name.
MECHANISM = {
    "recipes": {"recipe", "settings", "resolve", "lint", "choose", "choose_rows", "soundings", "update_rule"},
    "models": {"layers", "summary", "drawing", "build", "folded"},
    "tasks": {"build"},
    "decisions": {"decision", "find"},
    "diagnoses": {"diagnosis", "case", "cheap", "probe", "diagnose"},
    "foundations": {"explore"},
    "explanations": {"explain", "explanation", "example", "own", "scores", "layers_of", "painting", "page"},
    "lessons": {"lesson", "learn", "in_memory", "drawn", "page"},
}


@functools.cache
def _files(kind: str) -> dict[str, Path]:
    folder = PACKAGE / FOLDERS[kind]
    found = {}
    for file in sorted(folder.rglob("*.py")):
        if not file.stem.startswith("_") and file.stem not in MECHANISM.get(kind, set()):
            found[file.stem.replace("_", "-")] = file
    return found


@functools.cache
def _plugins(kind: str) -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=f"seodang.{kind}")}


def names(kind: str) -> list[str]:
    """Every public name of a kind ("recipes", "models", "tasks", "datasets", "decisions", …), in alphabetical order.

    Raises SeodangError where there is no such kind.
    """
    if kind not in FOLDERS:
        raise SeodangError(tr("{kind!r} is no kind of names. {hint}", kind=kind, hint=did_you_mean(str(kind), FOLDERS)))
    return sorted({*_files(kind), *_plugins(kind)})


def describe(kind: str, name: str) -> str:
    """The first docstring line of a name's function (else of its file), read without importing it, in the person's language."""
    file = _files(kind).get(name)
    if file is None:
        return tr("from {place}", place=_plugins(kind)[name].value)
    return tr(_first_line(file.read_text(encoding="utf-8"), file.stem))


def _first_line(source: str, function: str) -> str:
    """The first docstring line of a function of a file, else of the file; read off the text where that is plain, else parsed."""
    found = re.search(rf'^def {function}\(.*?\n    """(.+?)(?:"""|\n)', source, re.MULTILINE | re.DOTALL)
    if found and "\ndef " not in found[0] and "\\" not in found[1]:
        return found[1]
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function and (text := ast.get_docstring(node)):
            return text.splitlines()[0]
    return (ast.get_docstring(tree) or "").splitlines()[0]


def family(kind: str, name: str) -> str:
    """The folder a name lives in ("images"), or the empty string where its kind has no families."""
    file = _files(kind).get(name)
    folder = PACKAGE / FOLDERS[kind]
    return "" if file is None or file.parent == folder else file.parent.relative_to(folder).as_posix()


def find(kind: str, name: str) -> Any:
    """The object of a name: the function of the file's own name. An unknown name raises with the nearest right one."""
    public = name.replace("_", "-")
    if file := _files(kind).get(public):
        module = ".".join(("seodang", *file.relative_to(PACKAGE).with_suffix("").parts))
        return getattr(importlib.import_module(module), file.stem)
    if point := _plugins(kind).get(public):
        return point.load()
    raise SeodangError(
        tr(
            "{name!r} is not {one}. {hint} `seodang list {kind}` shows all.",
            name=name,
            one=tr(ONE[kind]),
            hint=did_you_mean(public, names(kind)),
            kind=kind,
        )
    )
