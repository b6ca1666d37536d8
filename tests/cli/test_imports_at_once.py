"""What a verb imports is imported with the collector of cycles at rest, which then goes on, and nothing else is different."""

import gc
import importlib
import sys

import pytest

from seodang.cli._imports import imports_at_once


@pytest.fixture
def package(tmp_path, monkeypatch):
    """`seen`: whether the collector was on while the package and its part were imported."""
    (tmp_path / "outer_of_two.py").write_text("import gc\nis_on = gc.isenabled()\nimport inner_of_two\n")
    (tmp_path / "inner_of_two.py").write_text("import gc\nis_on = gc.isenabled()\n")
    (tmp_path / "breaks_off.py").write_text("import inner_of_two\nraise RuntimeError('half of it')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("outer_of_two", "inner_of_two"):
        sys.modules.pop(name, None)


def test_the_collector_rests_while_modules_are_imported(package):
    finders = list(sys.meta_path)
    with imports_at_once():
        outer = importlib.import_module("outer_of_two")
        assert gc.isenabled()
    assert not outer.is_on
    assert not sys.modules["inner_of_two"].is_on
    assert sys.meta_path == finders
    assert importlib.reload(outer).is_on, "outside of it nothing is changed"
    assert outer.__spec__.loader.get_source("outer_of_two").startswith("import gc")


def test_an_import_that_fails_leaves_the_collector_on(package):
    with imports_at_once():
        with pytest.raises(RuntimeError, match="half of it"):
            importlib.import_module("breaks_off")
        assert gc.isenabled()
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("there_is_no_such_module")
        assert gc.isenabled()
