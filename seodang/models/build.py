"""From a model's name and settings to the network itself."""

from __future__ import annotations

import functools
import importlib.util
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast, get_type_hints

import torch
from pydantic import create_model
from torch import nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.registry import find
from seodang.core.spec import Spec
from seodang.core.values import Value, check
from seodang.recipes.settings import Part

Model = Callable[..., nn.Module]


def build(part: Part, inputs: Spec, outputs: Spec, seed: int) -> nn.Module:
    """The network that `part` names, for examples of shape `inputs` and raw scores of shape `outputs`.

    Args:
        part: A name of `seodang list models` or the path of a Python file that defines a function of the file's name,
            and its settings, which are checked by that function's signature: all mistakes at once.
        inputs: Shape of one example, (channels, height, width).
        outputs: Shape of the scores, (classes,) or (1,); (): that of the inputs.
        seed: Decides the starting weights. The generator of the caller is left as it was.
    """
    model = find_model(part.name)
    settings = check(settings_of(model, part.name), part.settings)
    given = {name: getattr(settings, name) for name in type(settings).model_fields}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return model(inputs, outputs if outputs.shape else inputs, **given)


def check_part(part: Part, pictures: Spec | None = None, one_answer: bool = False) -> None:
    """Tell what is wrong with a model's settings before the data are read: names and values, and shapes that fit no data.

    A model's file may have `mistakes(settings) -> list[str]` for what its types do not say, and `misfits(settings, pictures,
    one_answer) -> list[str]` for shapes.

    Args:
        pictures: Their shape, where the recipe says it.   one_answer: Whether the task wants one row of numbers an example.
    """
    model = find_model(part.name)
    settings = check(settings_of(model, part.name), part.settings)
    file = inspect.getmodule(model)
    if (more := getattr(file, "mistakes", None)) and (found := more(settings)):
        raise RecipeError("\n".join(found))
    if (more := getattr(file, "misfits", None)) and (found := more(settings, pictures, one_answer)):
        raise RecipeError("\n".join(found))


def find_model(name: str) -> Model:
    """The function of a model's name, or of a Python file's path. Only a file that a person names is ever run."""
    if not name.endswith(".py"):
        return find("models", name)
    path = Path(name)
    if not path.is_file():
        raise RecipeError(tr("The model file {name} does not exist.", name=name))
    described = importlib.util.spec_from_file_location(path.stem, path)
    assert described is not None, f"no loader for {path}"
    assert described.loader is not None, f"no loader for {path}"
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    model = getattr(module, path.stem, None)
    if not callable(model):
        raise RecipeError(
            tr(
                "{name} must define a function {function}(inputs, outputs, …) that returns an nn.Module.",
                name=name,
                function=path.stem,
            )
        )
    return cast(Model, model)


@functools.cache  # making one takes milliseconds, and estimators are fitted by the hundred
def settings_of(model: Model, name: str) -> type[Value]:
    """A model's settings as a value: what its function takes by keyword, with types, ranges and defaults."""
    hints = get_type_hints(model, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(model).parameters.values())[2:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints.get(parameter.name, Any), default)
    return create_model(Path(name).stem.replace("_", "-"), __base__=Value, **fields)
