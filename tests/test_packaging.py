"""What is imported is declared, what an error asks for exists, and what is no Python travels with the package."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
# What a package is imported as, where that is not its name.
IMPORTED_AS = {"pillow": "PIL", "scikit-learn": "sklearn", "pyyaml": "yaml"}
# Parts of declared packages that are packages themselves: Jinja2's.
COMES_WITH = {"markupsafe"}


def names(requirements):
    plain = [re.split(r"[\[<>=!~; ]", each)[0].lower() for each in requirements]
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in plain}


def imported():
    """Every outside package that the code imports, and a file that does."""
    found = {}
    for file in sorted((ROOT / "seodang").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for module in modules:
                found.setdefault(module.split(".")[0], file.name)
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names and name != "seodang"}


def test_every_import_is_a_declared_dependency():
    extras = [each for listed in PROJECT["optional-dependencies"].values() for each in listed]
    declared = names(PROJECT["dependencies"]) | names(extras) | COMES_WITH
    assert {name: file for name, file in imported().items() if name not in declared} == {}


def test_every_extra_that_an_error_names_exists():
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "seodang").rglob("*.py"))
    asked = set(re.findall(r"seodang\[([a-z]+)\]", text))
    assert asked
    assert asked <= PROJECT["optional-dependencies"].keys()


def test_what_is_no_python_travels_with_the_package():
    """The build takes every file of seodang/ that git does not ignore: templates, styles, the catalogue of messages."""
    assert SETTINGS["tool"]["hatch"]["build"] == {"targets": {"wheel": {"packages": ["seodang"]}}}, (
        "nothing is excluded"
    )
    asked = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard", "seodang"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""
    tracked = subprocess.run(
        ["git", "ls-files", "seodang"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {Path(name).suffix for name in tracked.split()} >= {".py", ".jinja", ".css", ".mo", ".typed"}
