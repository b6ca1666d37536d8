"""The drawings of lessons: curves, and a network's answers over a plane; SVG in the page's own colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.evaluation.figures import INK, TRAIN, VALIDATION, _figure, _svg
from seodang.evaluation.row_figures import CLASSES

Array = NDArray[np.float64]
SIDE = 90  # places across and up at which a network is asked
DASHES = (0, (4, 2))
# Lines that are told apart by colour and by dashes, so that print and any eyes can: colour, dashes.
LINES: tuple[tuple[str, Any], ...] = (
    (TRAIN, "-"),
    (VALIDATION, DASHES),
    (INK, (0, (1, 1.2))),
    ("#009e73", (0, (6, 1.5, 1.5, 1.5))),
    ("#cc79a7", (0, (3, 1))),
    ("#56b4e9", "-"),
    ("#e69f00", DASHES),
)


@dataclass(frozen=True)
class Line:
    """A curve with its name in the legend. `marks`: a dot at every point.   `style`: its place in LINES; None: as it comes."""

    name: str
    x: Sequence[float] | Array
    y: Sequence[float] | Array
    marks: bool = False
    style: int | None = None


def curves(
    words: str,
    lines: Sequence[Line],
    x: str,
    y: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    limits: tuple[float, float] | None = None,
    points: tuple[Array, Array] | None = None,
    width: float = 5.2,
    height: float = 3.2,
) -> str:
    """Curves over the same axis.

    Args:
        words: What the drawing is, for those who cannot see it.
        x, y: What the axes say.
        limits: Ends of the upright axis.
        points: Single measurements (N,), (N,) under the curves.
    """
    figure, axes = _figure(width, height)
    if points is not None:
        axes.plot(*points, linestyle="none", marker="o", markersize=2.6, color=INK, alpha=0.35, markeredgewidth=0)
    for place, line in enumerate(lines):
        colour, dashes = LINES[place if line.style is None else line.style]
        marker = "o" if line.marks else None
        axes.plot(
            line.x,
            line.y,
            color=colour,
            linestyle=dashes,
            linewidth=1.7,
            marker=marker,
            markersize=3.5,
            label=line.name,
        )
    for is_log, axis, scale in ((log_x, axes.xaxis, axes.set_xscale), (log_y, axes.yaxis, axes.set_yscale)):
        if is_log:  # text stays text in SVG: no formulas
            scale("log")
            axis.set_major_formatter(lambda value, _: f"{value:,g}" if 1e-3 <= value < 1e6 else f"{value:.0e}")
            axis.set_minor_formatter(lambda *_: "")
    if limits:
        axes.set_ylim(*limits)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(axis="y", color=INK, alpha=0.12, linewidth=0.6)
    if len(lines) > 1:
        axes.legend(frameon=False, labelcolor=INK)
    return _svg(figure, words)


def plane(
    words: str,
    ask: Callable[[Array], Array],
    points: Array,
    labels: NDArray[np.int64],
    names: Sequence[str],
    axes_names: tuple[str, str],
    *,
    folds: Sequence[tuple[float, float, float]] = (),
    origin: bool = False,
    margin: float = 0.12,
) -> str:
    """What a network says everywhere between the points: the stronger the colour, the surer; and the points by their true class.

    Args:
        ask: Places (N, 2) → the probability of the second class (N,).
        points: (M, 2).   labels: (M,) 0 or 1.   names: of the two classes.
        folds: Lines a·x + b·y + c = 0 that are drawn dashed, as (a, b, c).
        origin: Whether the place (0, 0) is marked.
    """
    least, most = points.min(0), points.max(0)
    if origin:
        least, most = np.minimum(least, 0), np.maximum(most, 0)
    room = margin * (most - least)
    (left, low), (right, high) = least - room, most + room
    across, up = np.linspace(left, right, SIDE), np.linspace(low, high, SIDE)
    places = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    second = ask(places).reshape(SIDE, SIDE)
    figure, axes = _figure(4.0, 3.4)
    axes.imshow(
        _shades(second), extent=(left, right, low, high), origin="lower", aspect="auto", interpolation="bilinear"
    )
    axes.contour(across, up, second, levels=[0.5], colors=[INK], linewidths=1.1)
    for a, b, c in folds:
        _fold(axes, a, b, c, (left, right, low, high))
    for index, name in enumerate(names):
        of_it = points[labels == index]
        style: dict[str, Any] = {"color": CLASSES[index], "edgecolors": INK, "linewidths": 0.4, "zorder": 3}
        axes.scatter(of_it[:, 0], of_it[:, 1], s=60 if len(points) < 10 else 12, label=name, **style)
    if origin:
        axes.plot([0], [0], marker="+", markersize=11, markeredgewidth=1.6, color=INK, zorder=4)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    axes.set_xlabel(axes_names[0])
    axes.set_ylabel(axes_names[1])
    figure.legend(loc="outside upper center", ncols=3, frameon=False, labelcolor=INK)
    return _svg(figure, words)


def _shades(second: Array) -> Array:
    from matplotlib.colors import to_rgb

    colours = np.array([to_rgb(CLASSES[0]), to_rgb(CLASSES[1])])
    sure = 2 * np.abs(second - 0.5)
    return np.concatenate([colours[(second > 0.5).astype(int)], (0.08 + 0.42 * sure)[..., None]], axis=2)


def _fold(axes: Any, a: float, b: float, c: float, ends: tuple[float, float, float, float]) -> None:
    """A dashed line across the window."""
    left, right, low, high = ends
    if abs(b) * (right - left) > abs(a) * (high - low):
        x = np.array([left, right])
        y = -(a * x + c) / b
    else:
        y = np.array([low, high])
        x = -(b * y + c) / a
    axes.plot(x, y, color=INK, alpha=0.55, linewidth=0.9, linestyle=(0, (2, 2)))
