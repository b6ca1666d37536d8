"""Names come from files, and are read without importing what is heavy."""

import inspect
import subprocess
import sys

import pytest

from seodang.core.errors import SeodangError
from seodang.core.registry import FOLDERS, describe, family, find, names


@pytest.mark.parametrize("kind", ["recipes", "models", "datasets", "tasks", "decisions"])
def test_every_name_is_found_and_has_a_line(kind):
    assert names(kind)
    for name in names(kind):
        assert callable(find(kind, name)), name
        assert describe(kind, name).endswith((".", "。")), name


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_line_is_that_of_the_docstring_itself(kind):
    for name in names(kind):
        own = inspect.getdoc(find(kind, name)) or ""
        assert describe(kind, name) == own.splitlines()[0], name


def test_a_recipe_has_a_family():
    assert family("recipes", "lenet5") == "images"


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(SeodangError) as error:
        find("recipes", "lenet")
    assert str(error.value) == "'lenet' is not a recipe. Did you mean lenet5? `seodang list recipes` shows all."


def test_listing_imports_nothing_heavy():
    code = "import sys; from seodang.core.registry import *; [describe(k, n) for k in ('recipes', 'models') for n in names(k)]; "
    code += "print([m for m in ('torch', 'numpy', 'pandas', 'sklearn', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_kind_that_is_none_is_told():
    with pytest.raises(SeodangError, match=r"^'recipies' is no kind of names\. Did you mean recipes\?$"):
        names("recipies")
