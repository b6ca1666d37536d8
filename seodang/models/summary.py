"""A network layer by layer: shapes, parameters as Keras counts them, and multiply-adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._inputs import example
from seodang.models._recurrent import Bidirectional, Recurrent
from seodang.models.sequential import Network

# What a module is called in the table, where its class name, in lower case, is not it.
KIND_OF = {
    nn.Linear: "dense",
    nn.Conv2d: "conv",
    nn.MaxPool2d: "max_pool",
    nn.AvgPool2d: "average_pool",
    nn.AdaptiveAvgPool2d: "average_pool",
    nn.BatchNorm1d: "batch_norm",
    nn.BatchNorm2d: "batch_norm",
    nn.LayerNorm: "layer_norm",
    nn.GroupNorm: "group_norm",
    nn.Dropout: "dropout",
    nn.LeakyReLU: "leaky_relu",
    nn.ReLU: "relu",
    nn.SiLU: "silu",
    nn.Upsample: "upsample",
    nn.Conv1d: "conv1d",
    nn.MaxPool1d: "max_pool1d",
    nn.Embedding: "embedding",
    modules.Relu: "relu",
    modules.Flatten: "flatten",
}


# Containers whose parts follow each other, as a list of layers does.
_ROWS = (nn.Sequential.forward, nn.ModuleList.forward, Network.forward)


@dataclass(frozen=True)
class Row:
    """One layer.

    layer: its place in the network ("3_conv", "late.0.small.1.0").   kind: "conv", "dense", …
    output_shape: without the batch; empty for a layer that only training uses.
    parameters: all numbers it holds, batch norm's running mean and variance too (4 a channel, as Keras counts).
    trainable: how many of them training changes.
    operations: multiply-adds for one example, of layers that multiply by weights; 0 for pools and activations.
    """

    layer: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    trainable: int
    operations: int
    detail: str = ""


def summary(model: nn.Module, inputs: Spec, *, inside: bool = True) -> list[Row]:
    """Every layer of a network in the order in which it runs, seen by sending one empty example through it.

    Args:
        model: Any network; its mode (training or not) is left as it was.
        inputs: Shape of one example.
        inside: Also look inside layers whose parts do not simply follow each other (residual, inception); otherwise
            such a layer is one row.

    >>> from seodang.models.sequential import sequential
    >>> inputs = Spec((1, 28, 28))
    >>> rows = summary(sequential(inputs, Spec((10,)), layers=["flatten", {"dense": "outputs"}]), inputs)
    >>> [(row.kind, row.output_shape, row.parameters, row.operations) for row in rows]
    [('flatten', (784,), 0, 0), ('dense', (10,), 7850, 7840)]
    """
    rows: dict[str, Row] = {}
    leaves = dict(_leaves(model, "", inside))

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Any], None]:
        def see(module: nn.Module, given: tuple[Tensor, ...], output: Any) -> None:
            output = output[0] if isinstance(output, tuple | dict) else output  # transformers names its outputs
            steps = given[0].shape[1] if given and given[0].dim() == 3 else 1  # transformers gives by keyword
            rows.setdefault(name, _row(name, module, output, steps))

        return see

    hooks = [module.register_forward_hook(watch(name)) for name, module in leaves.items()]
    was_training = model.training
    try:
        parameter = next(model.parameters(), torch.zeros(()))
        with torch.no_grad():
            given = example(inputs).to(parameter.device)
            run: Callable[[Tensor], Any] = getattr(model.eval(), "every_part", model)
            run(given.to(parameter.dtype) if given.is_floating_point() else given)
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    for name, module in leaves.items():
        if name not in rows and any(True for _ in module.parameters()):
            rows[name] = _row(name, module, None)
    return [row for row in rows.values() if row.kind != "identity"]


def _leaves(module: nn.Module, prefix: str, inside: bool) -> Iterator[tuple[str, nn.Module]]:
    """The modules that get a row, by name."""
    for name, child in module.named_children():
        has_its_own = any(
            True for _ in child.parameters(recurse=False)
        )  # such as timm's norms, which hold an activation
        if (
            any(child.children())
            and not has_its_own
            and not isinstance(child, Recurrent | Bidirectional)
            and (inside or type(child).forward in _ROWS)
        ):
            yield from _leaves(child, f"{prefix}{name}.", inside)
        else:
            yield prefix + name, child


def total(rows: Iterable[Row]) -> dict[str, int]:
    """Sums over the layers: parameters, trainable, not_trainable, operations."""
    rows = list(rows)
    parameters, trainable = sum(row.parameters for row in rows), sum(row.trainable for row in rows)
    operations = sum(row.operations for row in rows)
    return {
        "parameters": parameters,
        "trainable": trainable,
        "not_trainable": parameters - trainable,
        "operations": operations,
    }


def count_parameters(model: nn.Module) -> int:
    """All numbers a network holds, as Keras counts them: weights, biases, and batch norm's running mean and variance."""
    return sum(tensor.numel() for tensor in [*model.parameters(), *_states(model)])


def _states(module: nn.Module) -> list[Tensor]:
    """Buffers that Keras counts as parameters that are not trained: those that are saved, but PyTorch's count of batches."""
    return [
        tensor
        for part in module.modules()
        for name, tensor in part.named_buffers(recurse=False)
        if name not in part._non_persistent_buffers_set and name != "num_batches_tracked"
    ]


def _row(name: str, module: nn.Module, output: Tensor | None, steps: int = 1) -> Row:
    weights = list(module.parameters())
    return Row(
        layer=name,
        kind=kind_of(module),
        output_shape=() if output is None else tuple(output.shape[1:]),
        parameters=sum(tensor.numel() for tensor in [*weights, *_states(module)]),
        trainable=sum(tensor.numel() for tensor in weights if tensor.requires_grad),
        operations=0 if output is None else _operations(module, output, steps),
        detail=_detail(module),
    )


def _detail(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
        kernel, stride = _both(module.kernel_size), _both(module.stride)
        usual = (1, 1) if isinstance(module, nn.Conv2d) else kernel
        return _times(kernel) + (
            tr(" stride {stride}", stride=_times(stride) if stride[0] != stride[1] else stride[0])
            if stride != usual
            else ""
        )
    if isinstance(module, nn.Dropout):
        return f"{module.p:g}"
    if isinstance(module, nn.Conv1d):
        return str(module.kernel_size[0])
    if isinstance(module, Bidirectional):
        return tr("both ways")
    return ""


def _both(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)


def _times(sides: tuple[int, ...]) -> str:
    return "×".join(map(str, sides))


def kind_of(module: nn.Module) -> str:
    """What a module is called in a list of layers, else its class name in lower case."""
    for known, kind in KIND_OF.items():
        if isinstance(module, known):
            return "depthwise" if isinstance(module, nn.Conv2d) and 1 < module.groups == module.in_channels else kind
    if isinstance(module, Recurrent | Bidirectional):
        return (module.ahead if isinstance(module, Bidirectional) else module).cell
    if isinstance(module, modules.GlobalPool):
        return "global_max_pool" if module.largest else "global_average_pool"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(module).__name__.lstrip("_")).lower()


def _operations(module: nn.Module, output: Tensor, steps: int) -> int:
    numbers = output[0].numel()
    if isinstance(module, Recurrent | Bidirectional | nn.RNNBase):  # every weight at every step
        return steps * sum(weight.numel() for weight in module.parameters() if weight.dim() == 2)
    if isinstance(module, nn.Conv1d | nn.Conv2d):
        return numbers * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return numbers * module.in_features
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.LayerNorm | nn.GroupNorm):
        return numbers
    return 0
