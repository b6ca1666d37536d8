"""timm, imported as far as it is needed: PyTorch's compiler stays unloaded, and of its hundred families one can do."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_COMPILER = "torch._dynamo"
# From these timm takes functions and a class that the making of a network has no use for.
_LATER = ("torchvision.models.feature_extraction", "torchvision.ops.misc", "timm.models._hub")


def import_timm() -> types.ModuleType:
    """`import timm`, in 0.9 s of processor time instead of 3.2 s (timm 1.0.31, torchvision 0.29, torch 2.15).

    Two lines in all of timm and torchvision load torch._dynamo, and with it sympy, torch.distributed and torch._inductor, at import:
    `torchvision.ops.roi_align` takes `is_compile_supported` from it, `timm.models.naflexvit` marks functions with
    `torch.compiler.disable`. Meanwhile a stand-in holds these two names; what was taken from it asks the real module when it is
    called. Where a later version wants more of it, the stand-in goes and timm is imported as usual.
    """
    there = sys.modules.get("timm")
    if isinstance(there, _Begun):
        there.finish()
    elif there is None:
        try:
            with _stand_in():
                return importlib.import_module("timm")
        except (ImportError, AttributeError):
            _forget()
    return importlib.import_module("timm")


def timm_for(architecture: str) -> types.ModuleType:
    """timm with what makes one architecture: `create_model`, `get_pretrained_cfg`, and `group_parameters` of its `models`.

    All of timm is a hundred families, torchvision and a client of the hub. Here the family's file alone is run, the one that
    defines a function of the architecture's name; anything else of timm is imported when it is asked for, by whomever.
    Where there is no such file, or a later version wants more than that, timm is imported as usual.
    """
    file = _file_of(architecture)
    if file is None or not isinstance(sys.modules.get("timm"), _Begun | None):
        return import_timm()
    try:
        with _stand_in(), _others_later():
            timm, models, _ = (_begun(name) for name in ("timm", "timm.models", "timm.data"))
            made, known, sorted_ = (
                importlib.import_module(f"timm.models.{name}") for name in ("_factory", "_registry", "_manipulate")
            )
            importlib.import_module(f"timm.models.{file.stem}")
            vars(timm).update(create_model=made.create_model, get_pretrained_cfg=known.get_pretrained_cfg)
            vars(models).update(group_parameters=sorted_.group_parameters)
            return timm
    except (ImportError, AttributeError):
        _forget()
        return import_timm()


def timm_part(name: str) -> types.ModuleType:
    """One module of timm without the packages that it lies in, and torchvision with them, being run; otherwise as `timm_for`.

    >>> timm_part("data.imagenet_info").ImageNetInfo().num_classes()
    1000
    """
    whole = f"timm.{name}"
    if isinstance(sys.modules.get("timm"), _Begun | None):
        above = whole.split(".")[:-1]
        try:
            for place in range(len(above)):
                _begun(".".join(above[: place + 1]))
            return importlib.import_module(whole)
        except (ImportError, AttributeError):
            _forget()
    import_timm()
    return importlib.import_module(whole)


@functools.cache
def _file_of(architecture: str) -> Path | None:
    """The file of timm that defines an architecture."""
    found = importlib.util.find_spec("timm")
    name = re.escape(architecture.partition(".")[0])
    for place in (found.submodule_search_locations or []) if found else []:
        for file in sorted((Path(place) / "models").glob("[a-z]*.py")):
            if re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE):
                return file
    return None


class _Begun(types.ModuleType):
    """A package whose parts can be imported while it has not been run itself: it is when anything else of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        self.finish()
        return getattr(self, name)

    def finish(self) -> None:
        """Run the package; where a later version wants more of the compiler than the stand-in has, once more without it."""
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        assert self.__spec__ is not None, "it was found"
        assert self.__spec__.loader is not None, "it can be run"
        try:
            with _stand_in():
                self.__spec__.loader.exec_module(self)
        except (ImportError, AttributeError):
            _forget()
            sys.modules[self.__name__] = self
            self.__spec__.loader.exec_module(self)


def _begun(name: str) -> types.ModuleType:
    if name not in sys.modules:
        found = importlib.util.find_spec(name)
        if found is None:
            raise ImportError(name)
        package = importlib.util.module_from_spec(found)
        package.__class__ = _Begun
        sys.modules[name] = package
        above, _, last = name.rpartition(".")
        if above:
            setattr(sys.modules[above], last, package)
        if part := {"timm": "version", "timm.data": "constants"}.get(name):
            vars(package).update(_public(importlib.import_module(f"{name}.{part}")))
    return sys.modules[name]


def _public(module: types.ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name == "__version__" or not name.startswith("_")}


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "timm"]:
        del sys.modules[name]


@contextmanager
def _in_place(*modules: types.ModuleType) -> Iterator[None]:
    """Meanwhile these stand for the modules of their names that are not there yet."""
    put = {module.__name__: module for module in modules if module.__name__ not in sys.modules}
    sys.modules |= put
    try:
        yield
    finally:
        for name, module in put.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _later(module: str, name: str) -> Any:
    """A class that stands for the class or function of that name: who calls it, or asks whether something is one, asks that."""

    def there() -> Any:
        return getattr(importlib.import_module(module), name)

    class Later(type):
        def __call__(cls, *arguments: Any, **named: Any) -> Any:
            return there()(*arguments, **named)

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, there())

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, there())

    return Later(name, (), {"__module__": module})


class _Promised(types.ModuleType):
    """Stands for a module while others take from it what they will hardly use."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _later(self.__name__, name)


def _others_later() -> Any:
    """Stand-ins for what of torchvision and of the hub's client only those need who follow graphs or fetch weights."""
    above = [types.ModuleType(name) for name in ("torchvision", "torchvision.models", "torchvision.ops")]
    for package in above:
        package.__path__ = []
    return _in_place(*above, *map(_Promised, _LATER))


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
    with _in_place(package, inner):
        yield
