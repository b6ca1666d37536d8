"""Where in the picture the network saw what made it answer so (Selvaraju et al., 2017)."""

# K channels · h, w of the layer
from __future__ import annotations

import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Pictures
from seodang.explanations.layers_of import called, layer_called, outputs_of_layers, watched
from seodang.explanations.scores import score_of
from seodang.runs.folder import Run

# A layer whose picture is smaller says hardly where: of those before it the last that is larger is taken.
LEAST_SIDE = 4


def grad_cam(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Grad-CAM: where the last convolutions saw what speaks for the answer. https://arxiv.org/abs/1610.02391"""
    if example.kind != "picture" or example.given is None:
        raise DoesNotApply(tr("it looks at one picture"))
    must_answer(run)
    name = _layer(run, example.given, layer)
    seen = cam(run, example.given, example.target, name)
    most = float(seen.max())
    high, wide = seen.shape
    heat = (seen / most if most > 0 else seen).numpy()
    said = run.classes[example.target]
    words = (
        tr(
            "Red is where the channels of {name} that speak for {said!r} were active, on its grid of {wide}×{high}.",
            name=called(name),
            said=said,
            wide=wide,
            high=high,
        )
        if most > 0
        else tr(
            "Nothing in {name} speaks for {said!r}: the answer is what is left when all else is unlikely.",
            name=called(name),
            said=said,
        ),
        tr(
            "Each channel counts by how much more of it would raise the answer; what speaks against it is not "
            "shown. It says where, but coarsely: a wrong place here (the background, a corner, a caption) is a "
            "network that learnt the wrong thing."
        ),
    )
    pictures = (
        painting.heated(
            example.pixels, heat, tr("{name}, laid over the picture", name=called(name, begins=True)), smooth=True
        ),
    )
    numbers = {"layer": name, "grid": [high, wide], "largest": round(most, 6), "map": _rounded(seen)}
    return Explanation(tr("Where it looked"), "answer", words, numbers, (Pictures(pictures),))


def _rounded(seen: Tensor) -> list[list[float]]:
    return [[round(float(value), 6) for value in row] for row in seen]


def _layer(run: Run, given: Tensor, wanted: str | None) -> str:
    there = outputs_of_layers(run, given)
    if wanted is not None:
        layer_called(run, wanted)
        shapes = [output.shape for name, _, output in there if name == wanted]
        if not shapes or len(shapes[0]) != 4 or max(shapes[0][2:]) < 2:
            raise DoesNotApply(tr("nothing like a picture comes out of {wanted}", wanted=wanted))
        return wanted
    first = next((place for place, (_, module, _) in enumerate(there) if isinstance(module, nn.Conv2d)), None)
    if first is None:
        raise DoesNotApply(tr("{run} has no convolution", run=run.name))
    sides = [
        (name, min(output.shape[2:])) for name, _, output in there[first:] if output.dim() == 4 and output.shape[1] > 1
    ]
    for least in (LEAST_SIDE, 2, 1):
        if large := [name for name, side in sides if side >= least]:
            return large[-1]
    raise DoesNotApply(tr("{run} has no layer whose output lies like a picture", run=run.name))


def cam(run: Run, given: Tensor, target: int, layer: str) -> Tensor:
    """The map (h, w) of one picture (1, C, H, W), 0 and up: relu of the channels' sum, each weighed by its mean gradient.

    The layer's output is kept before the layers behind it can write over it, so networks that work in place are no exception;
    and the input asks for a gradient, so a frozen network is none either.
    """
    kept: list[Tensor] = []

    def see(name: str, module: nn.Module, output: Tensor) -> Tensor | None:
        if name != layer:
            return None
        kept.append(output)
        return output.clone()

    given = given.to(torch.float32).requires_grad_()
    with watched(run, see):
        score = score_of(run, target)(given).sum()
    (slope,) = torch.autograd.grad(score, kept[-1])
    weights = slope.mean((2, 3), keepdim=True)
    return (weights * kept[-1]).sum(1)[0].relu().detach()
