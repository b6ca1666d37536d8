"""The layers with weights of a network, in the order in which they run, described as Keras would."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from seodang.core.spec import Spec

# B batch · C channels · H height · W width · F features
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """A layer that is to be given weights.

    name: in the network ("4_conv").   kind: as `Layer.kind` of a Keras file.   shapes: of its arrays in Keras' order.
    picture: (C, H, W) where the features that come in are a picture flattened in PyTorch's order, channels first; Keras
        flattens channels last. None where the order is Keras' already, as in our own networks, or no picture comes in.
    """

    name: str
    kind: str
    shapes: tuple[Shape, ...]
    module: nn.Module = field(repr=False)
    picture: Shape | None = None


@dataclass(frozen=True)
class Row:
    """A network's layers with weights.

    places: in the order in which they run.   branches: whether what comes out of one layer goes into several others, so
    that the order of running is not the only one possible.   unread: parameters that no place has.   unclear: layers
    whose features come from a picture in an order that could not be made out.
    """

    places: list[Place]
    branches: bool
    unread: list[str]
    unclear: list[str]


def row(network: nn.Module, inputs: Spec) -> Row:
    """Send one random picture through a network and write down which layers with weights it meets.

    >>> found = row(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 6 * 6, 2)), Spec((3, 8, 8)))
    >>> [(place.kind, place.shapes, place.picture) for place in found.places]
    [('conv', ((3, 3, 3, 4), (4,)), None), ('dense', ((144, 2), (2,)), (4, 6, 6))]
    """
    watch = _Watch()
    hooks = [
        module.register_forward_hook(watch.hook(name))
        for name, module in network.named_modules()
        if not any(True for _ in module.children())
    ]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(watch.start(torch.randn(2, *inputs.shape, generator=torch.Generator().manual_seed(0))))
    finally:
        network.train(was_training)
        for hook in hooks:
            hook.remove()
    given = {name for place in watch.places for name in names_of(place)}
    unread = [name for name in network.state_dict() if name not in given and not name.endswith("num_batches_tracked")]
    return Row(watch.places, watch.branches, unread, watch.unclear)


class _Watch:
    """Follows the last picture through the network: where its features become a vector, in which order."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.unclear: list[str] = []
        self.branches = False
        self.picture: Tensor | None = None
        self.order = ""
        self.taken: list[
            Tensor
        ] = []  # what went into layers with weights; kept alive, so that `is` means the same tensor

    def start(self, picture: Tensor) -> Tensor:
        self.see(picture)
        return picture

    def hook(self, name: str):
        def met(module: nn.Module, arguments: tuple[object, ...], output: object) -> None:
            entering = arguments[0] if arguments else None
            self.see(entering)
            if isinstance(entering, Tensor) and any(True for _ in module.parameters()):
                self.add(name, module, entering)
            self.see(output)

        return met

    def see(self, found: object) -> None:
        """A picture, or the vector that the last picture was flattened to."""
        if not isinstance(found, Tensor):
            return
        if found.dim() == 4:
            self.picture, self.order = found, ""
        elif found.dim() == 2 and self.picture is not None and found.numel() == self.picture.numel() and not self.order:
            ours = torch.equal(found, self.picture.permute(0, 2, 3, 1).flatten(1))
            torchs = torch.equal(found, self.picture.flatten(1))
            flat = self.picture.shape[1] == 1 or self.picture[0, 0].numel() == 1
            if ours and (flat or not torchs):
                self.order = "channels last"
            elif torchs and not ours:
                self.order = "channels first"

    def add(self, name: str, module: nn.Module, entering: Tensor) -> None:
        if any(place.module is module for place in self.places):
            return  # shared weights are given once
        self.branches |= any(entering is other for other in self.taken)
        self.taken.append(entering)
        turned = None
        if entering.dim() == 2 and self.picture is not None and entering.numel() == self.picture.numel():
            if not self.order:
                self.unclear.append(name)
            elif self.order == "channels first":
                turned = tuple(self.picture.shape[1:])
        kind, shapes = _described(module)
        if shapes:
            self.places.append(Place(name, kind, shapes, module, turned))
        if isinstance(module, nn.Linear):
            self.picture = None  # its outputs are features of their own


def _described(module: nn.Module) -> tuple[str, tuple[Shape, ...]]:
    """Kind and shapes as Keras has them; no shapes where Keras' files have no such layer."""
    if isinstance(module, nn.Conv2d):
        kernel, bias = tuple(module.kernel_size), () if module.bias is None else ((module.out_channels,),)
        if 1 < module.groups == module.in_channels:
            return "depthwise", ((*kernel, module.in_channels, module.out_channels // module.in_channels), *bias)
        return "conv", ((*kernel, module.in_channels // module.groups, module.out_channels), *bias)
    if isinstance(module, nn.Linear):
        bias = () if module.bias is None else ((module.out_features,),)
        return "dense", ((module.in_features, module.out_features), *bias)
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.affine and module.track_running_stats:
        return "batch_norm", ((module.num_features,),) * 4
    if isinstance(module, nn.LayerNorm | nn.GroupNorm) and module.weight is not None and module.weight.dim() == 1:
        return "norm", (tuple(module.weight.shape),) * 2
    return "other", ()


def names_of(place: Place) -> tuple[str, ...]:
    """The tensors of a place in the network's state, in the order of Keras' arrays."""
    if place.kind == "batch_norm":
        return tuple(f"{place.name}.{part}" for part in ("weight", "bias", "running_mean", "running_var"))
    return tuple(f"{place.name}.{part}" for part in ("weight", "bias")[: len(place.shapes)])
