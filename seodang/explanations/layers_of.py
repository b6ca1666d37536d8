"""The layers of a run's network, and what came out of each for one example."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.language import tr
from seodang.models._recurrent import Bidirectional, Recurrent
from seodang.runs.folder import Run


def model_of(run: Run) -> nn.Module:
    """The network behind its preparation."""
    return list(run.network().children())[-1]


def layers(model: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Every layer by name, as `seodang summary` names them, in the order in which they were made."""
    for name, child in model.named_children():
        has_own = any(True for _ in child.parameters(recurse=False))
        if any(child.children()) and not has_own and not isinstance(child, Recurrent | Bidirectional):
            yield from layers(child, f"{prefix}{name}.")
        else:
            yield prefix + name, child


def called(name: str, *, begins: bool = False) -> str:
    """A layer within a sentence, or where one begins: its bare name may be a number."""
    return tr("Layer {name}", name=name) if begins else tr("layer {name}", name=name)


def layer_called(run: Run, name: str) -> nn.Module:
    """The layer of a name; SeodangError that names the nearest where there is none."""
    there = dict(layers(model_of(run)))
    if name not in there:
        raise SeodangError(
            tr(
                "{run} has no layer {name!r}. {allowed} `seodang summary {folder}` shows all.",
                run=run.name,
                name=name,
                allowed=did_you_mean(name, there),
                folder=run.folder,
            )
        )
    return there[name]


@contextlib.contextmanager
def watched(run: Run, see: Callable[[str, nn.Module, Tensor], Tensor | None]) -> Iterator[None]:
    """While this lasts, `see(name, layer, output)` is called for every layer that runs; what it gives back goes on instead."""

    def hook(name: str) -> Callable[[nn.Module, Any, Any], Any]:
        def run_by(module: nn.Module, given: Any, output: Any) -> Any:
            first = output[0] if isinstance(output, tuple) else output
            changed = see(name, module, first)
            return changed if isinstance(output, Tensor) else None

        return run_by

    hooks = [module.register_forward_hook(hook(name)) for name, module in layers(model_of(run))]
    try:
        yield
    finally:
        for each in hooks:
            each.remove()


def outputs_of_layers(run: Run, given: Tensor, noise: Tensor | None = None) -> list[tuple[str, nn.Module, Tensor]]:
    """What came out of each layer for examples (B, …), in the order in which they ran: name, layer, output.

    noise: (B, K) what the examples are made of: then first of the layers that make them; of the others where there is a
    discriminator, which looks at what was made.

    Each output is a copy: a layer behind that writes over its input changes nothing of it.
    """
    found: list[tuple[str, nn.Module, Tensor]] = []

    def see(name: str, module: nn.Module, output: Tensor) -> None:
        if not isinstance(module, nn.Identity | nn.Dropout):
            found.append((name, module, output.clone()))

    model: Any = model_of(run)
    with torch.inference_mode(), watched(run, see):
        if noise is not None:
            model.make(noise)
        if noise is None or hasattr(model, "rivals"):
            run.network()(given.float() if given.dtype is torch.uint8 else given)
    return found
