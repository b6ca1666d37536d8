"""The report's drawings, as SVG that stands inside the page and takes its colours in light and dark."""

from __future__ import annotations

import base64
import io
import math
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.fonts import fit
from seodang.core.language import tr
from seodang.evaluation.intervals import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Stand-ins that the page's own colours replace: text and axes, training, validation.
INK, TRAIN, VALIDATION = "#010203", "#040506", "#070809"
_VARIABLES = {INK: "currentColor", TRAIN: "var(--one)", VALIDATION: "var(--two)"}
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "seodang",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
}
WIDTH, HEIGHT = 4.6, 2.9  # inches; a phone shows one drawing across


def quantity(name: str) -> str:
    """What an axis shows, by its name in the history."""
    titles = {
        "loss": tr("loss"),
        "accuracy": tr("accuracy"),
        "mae": tr("mean distance"),
        "mse": tr("mean squared distance"),
    }
    return titles.get(name, name)


def curve(history: list[dict[str, Any]], name: str, label: str) -> str:
    """One value over the epochs, or over the penalties that were tried where a head was solved for: training and, where there
    is one, validation. SVG; empty where nothing was recorded, or a single epoch, which is no curve."""
    from matplotlib.ticker import MaxNLocator

    drawn = [
        (key, words, colour, dashes)
        for key, words, colour, dashes in (
            (name, tr("training"), TRAIN, "-"),
            (f"validation_{name}", tr("validation"), VALIDATION, (0, (4, 2))),
        )
        if any(_number(line.get(key)) for line in history)
    ]
    if not drawn or len(history) < 2:
        return ""
    figure, axes = _figure()
    along = "penalty" if "penalty" in history[0] else "epoch"
    for key, words, colour, dashes in drawn:
        points = [(line[along], line[key]) for line in history if _number(line.get(key))]
        epochs, values = zip(*points, strict=True)
        marker = "o" if len(points) <= 30 else None
        axes.plot(
            epochs, values, linestyle=dashes, color=colour, marker=marker, markersize=3, linewidth=1.6, label=words
        )
    axes.set_xlabel(tr("penalty") if along == "penalty" else tr("epoch"))
    axes.set_ylabel(label)
    if along == "penalty":
        axes.set_xscale("log")
        axes.invert_xaxis()
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")  # text stays text in SVG: no formulas
        axes.xaxis.set_minor_formatter(lambda *_: "")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if len(history) == 1:
            axes.set_xlim(0.5, 1.5)
    axes.grid(axis="y", color=INK, alpha=0.12, linewidth=0.6)
    if len(drawn) > 1:
        axes.legend(frameon=False, labelcolor=INK)
    return _svg(
        figure,
        tr("{label} over the penalties", label=label)
        if along == "penalty"
        else tr("{label} over the epochs", label=label),
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def reliability(bins: list[dict[str, float]]) -> str:
    """How often answers of each confidence are right, with 95 % intervals, beside the line where the two are equal: SVG."""
    figure, axes = _figure(width=3.4, height=3.2)
    axes.plot([0, 1], [0, 1], color=INK, alpha=0.4, linewidth=1, linestyle=(0, (2, 2)))
    x = np.array([each["confidence"] for each in bins])
    y = np.array([each["accuracy"] for each in bins])
    bounds = np.array([wilson(each["accuracy"] * each["count"], int(each["count"])) for each in bins]).T
    errors = np.maximum(np.stack([y - bounds[0], bounds[1] - y]), 0)
    sizes = np.array([6 + 60 * each["count"] / max(b["count"] for b in bins) for each in bins])
    axes.errorbar(x, y, yerr=errors, fmt="none", ecolor=TRAIN, elinewidth=1, alpha=0.6)
    axes.scatter(x, y, s=sizes, color=TRAIN, zorder=3, linewidths=0)
    axes.set_xlabel(tr("confidence"))
    axes.set_ylabel(tr("share that is right"))
    axes.set_xlim(-0.02, 1.03)
    axes.set_ylim(-0.02, 1.03)
    return _svg(figure, tr("Confidence against the share of answers that are right"))


def _figure(width: float = WIDTH, height: float = HEIGHT) -> tuple[Figure, Axes]:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def _svg(figure: Figure, words: str) -> str:
    import matplotlib

    drawn = io.StringIO()
    # Letters that no font here has are left to the browser's fonts: the words stay words.
    style: dict[Any, Any] = {**_STYLE, **({"svg.fonttype": "none"} if fit(figure) else {})}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    # Two drawings of one page must not share the names of their glyphs and clips.
    prefix = re.sub(r"\W+", "-", words.lower())
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", text)
    text = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', f'role="img" aria-label="{words}"', text, count=1)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    return text


def heat(share: float, is_right: bool) -> tuple[int, int, int, float]:
    """Colour of a confusion cell: blue where right, red where wrong, the stronger the larger its share of the class.

    Mistakes are rare, so theirs rises steeply: 1 % is already visible.
    """
    if is_right:
        return 37, 99, 235, round(0.55 * share, 3)
    return 220, 38, 38, round(min(0.85, 1.6 * share**0.6), 3)


def heat_image(table: NDArray[np.int64]) -> str:
    """A confusion matrix as a picture, one pixel a cell, for many classes: a PNG in text for a page's `href`."""
    from PIL import Image

    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    pixels = np.zeros((*table.shape, 4), dtype=np.uint8)
    for row, column in np.argwhere(table > 0):
        red, green, blue, alpha = heat(float(share[row, column]), row == column)
        pixels[row, column] = red, green, blue, round(255 * alpha)
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(encoded.getvalue()).decode()
