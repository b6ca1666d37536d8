"""Lab L35: why there is something between the layers."""

# B batch · H units of a layer
from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seodang.core.language import tr
from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg
from seodang.foundations.explore import Exploration

Array = NDArray[np.float64]
REACH, PLACES = 3.0, 301


def linear_stack(
    depth: Annotated[int, Field(ge=2, le=20)] = 4,
    width: Annotated[int, Field(ge=1, le=256)] = 8,
    inputs: Annotated[int, Field(ge=1, le=8)] = 3,
    outputs: Annotated[int, Field(ge=1, le=8)] = 2,
    seed: Annotated[int, Field(ge=0)] = 0,
) -> Exploration:
    """L35: a stack of linear layers is one linear layer, whose matrix is shown; with relu between them it is not.

    Args:
        depth: Layers.
        width: Units of each but the last.
        inputs, outputs: Numbers that go in and come out.
        seed: Of the weights.
    """
    stack = drawn_layers([inputs, *[width] * (depth - 1), outputs], seed)
    matrix, offset = product(stack)
    rows = np.random.default_rng(seed + 1).normal(size=(100, inputs))
    gap = float(np.abs(run(stack, rows) - (rows @ matrix.T + offset)).max())
    bent = float(np.abs(run(stack, rows, bend=True) - (rows @ matrix.T + offset)).max())
    inside = sum(weights.size + bias.size for weights, bias in stack)
    numbers: dict[str, Any] = {
        "matrix": matrix.tolist(),
        "offset": offset.tolist(),
        "gap": gap,
        "gap_with_relu": bent,
        "parameters": inside,
        "parameters_needed": matrix.size + offset.size,
    }
    words = (
        tr(
            "{depth} linear layers with {inside} weights do exactly what one with {needed} does: their matrices, multiplied, are "
            "its matrix. On 100 random inputs the two differ by {gap:.0e}, which is rounding.",
            depth=depth,
            inside=inside,
            needed=matrix.size + offset.size,
            gap=gap,
        ),
        tr(
            "With relu between the layers no matrix does the same (they differ by {gap:.2f}): where a unit switches on or off the "
            "answer bends, and many bends make any curve.",
            gap=bent,
        ),
    )
    caption = tr("One output along one line through the inputs: the stack is straight, with relu it bends.")
    return Exploration(
        tr("A stack of linear layers"), words, numbers, ((_drawn(stack), caption),), (_table(matrix, offset),)
    )


def drawn_layers(sizes: list[int], seed: int) -> list[tuple[Array, Array]]:
    """Weights (out, in) by He's rule and biases (out,) of a layer between each two sizes."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(scale=np.sqrt(2 / before), size=(after, before)), rng.normal(scale=0.3, size=after))
        for before, after in zip(sizes, sizes[1:], strict=False)
    ]


def product(layers: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The one layer that does what all do together: (W₂W₁, W₂b₁ + b₂), and so on.

    >>> double = (np.array([[2.0]]), np.array([1.0]))
    >>> product([double, double])
    (array([[4.]]), array([3.]))
    """
    matrix, offset = layers[0]
    for weights, bias in layers[1:]:
        matrix, offset = weights @ matrix, weights @ offset + bias
    return matrix, offset


def run(layers: list[tuple[Array, Array]], rows: Array, *, bend: bool = False) -> Array:
    """Rows (B, inputs) through the layers (B, outputs), with relu between them where `bend`."""
    for place, (weights, bias) in enumerate(layers):
        rows = rows @ weights.T + bias
        if bend and place < len(layers) - 1:
            rows = np.maximum(rows, 0)
    return rows


def _drawn(stack: list[tuple[Array, Array]]) -> str:
    along = np.linspace(-REACH, REACH, PLACES)
    rows = along[:, None] * np.ones(stack[0][0].shape[1])
    figure, axes = _figure()
    for bend, colour, label in ((False, VALIDATION, tr("linear layers")), (True, TRAIN, tr("relu between them"))):
        axes.plot(along, run(stack, rows, bend=bend)[:, 0], color=colour, linewidth=1.6, label=label)
    axes.set_xlabel(tr("along the inputs"))
    axes.set_ylabel(tr("first output"))
    axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, tr("A stack with and without relu"))


def _table(matrix: Array, offset: Array) -> tuple[str, tuple[tuple[str, ...], ...]]:
    heads = (
        tr("output"),
        *(tr("input {number}", number=place + 1) for place in range(matrix.shape[1])),
        tr("constant"),
    )
    rows = [(str(place + 1), *(f"{value:.4f}" for value in (*row, offset[place]))) for place, row in enumerate(matrix)]
    return tr("The product matrix: the whole stack in one layer"), (heads, *rows)
