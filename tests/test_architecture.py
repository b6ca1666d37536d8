"""The shape of the project, held by tests: imports go back along the flow, names are public on purpose, nothing heavy at the door."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seodang

PACKAGE = Path(seodang.__file__).parent
FLOW = [
    "core",
    "data",
    "tasks",
    "pretrained",
    "recipes",
    "models",
    "training",
    "runs",
    "decisions",
    "evaluation",
    "diagnoses",
    "explanations",
    "foundations",
    "lessons",
    "papers",
    "estimators",
    "tuning",
    "cli",
]
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(file):
    """Every seodang module a file imports, inside functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            if (node.module or "").startswith("seodang"):
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("seodang"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_imports_point_back_along_the_flow(file):
    place = file.relative_to(PACKAGE).parts[0]
    if place not in FLOW:  # __init__ and __main__ stand above the flow
        return
    after = set(FLOW[FLOW.index(place) + 1 :])
    wrong = {module for module in imports(file) if module.split(".")[1] in after}
    assert not wrong, f"{file.name} imports {wrong}, which come after {place!r} in the flow"


def test_every_folder_is_in_the_flow():
    folders = {p.parent.relative_to(PACKAGE).parts[0] for p in FILES if p.parent != PACKAGE}
    assert folders == set(FLOW)


def test_no_import_cycle():
    graph = {}
    for file in FILES:
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(("seodang", *(parts[:-1] if parts[-1] == "__init__" else parts)))
        graph[name] = set(imports(file))
    done, path = set(), []

    def visit(name):
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name in done or name not in graph:
            return
        path.append(name)
        for other in sorted(graph[name] - {"seodang.cli"}):
            visit(other)
        done.add(path.pop())

    for name in graph:
        visit(name)


def test_public_names_are_exactly_these():
    assert seodang.__all__ == [
        "Classifier", "Recipe", "Regressor", "Run", "SeodangError", "compare", "diagnose", "evaluate", "explain", "load", "look",
        "names", "predict", "recognise", "repeat", "report", "resume", "train", "tune",
    ]  # fmt: skip
    assert all(getattr(seodang, name).__doc__ for name in seodang.__all__)


def test_an_unknown_public_name_says_what_there_is():
    with pytest.raises(AttributeError, match="It has: Classifier, Recipe"):
        _ = seodang.learn


@pytest.mark.parametrize(
    "words",
    [["--help"], ["list"], ["train", "--help"], ["look", "--help"], ["recognise", "--help"], ["learn"]],
    ids=" ".join,
)
def test_the_door_is_light(words):
    """--help and list load none of the heavy packages; the time itself is a benchmark's business."""
    code = f"import sys; sys.argv = ['seodang', *{words!r}]\nfrom seodang.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "heavy = {'torch', 'torchvision', 'timm', 'numpy', 'pandas', 'sklearn', 'matplotlib', 'PIL', 'pyarrow'}\n"
    code += "sys.stderr.write('HEAVY ' + ' '.join(sorted(heavy & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("HEAVY"), done.stderr[-300:]
    assert done.stdout.strip()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_no_pickle_no_drawer(file):
    text = file.read_text(encoding="utf-8")
    assert file.stem not in ("utils", "helpers", "common", "misc")
    for forbidden in (
        "import pickle",
        "import joblib",
        "import dill",
        "weights_only=False",
        "allow_pickle=True",
        "yaml.load(",
    ):
        assert forbidden not in text, f"{file}: {forbidden}"


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.name != "__init__.py" or f.parent == PACKAGE], ids=lambda f: f.stem
)
def test_every_file_and_public_function_says_what_it_is(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{file} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{file}: {node.name} has no docstring"
