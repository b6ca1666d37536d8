"""The examples in docstrings run."""

import doctest
import importlib
from pathlib import Path

import pytest

import seodang

PACKAGE = Path(seodang.__file__).parent
MODULES = [
    ".".join(("seodang", *p.relative_to(PACKAGE).with_suffix("").parts))
    for p in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in p.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted
    assert not found.failed
