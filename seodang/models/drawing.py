"""A picture of a network: what goes from layer to layer, drawn to scale."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from seodang.core.errors import SeodangError
from seodang.core.files import refuse_place, write_bytes
from seodang.core.fonts import drawable, fit
from seodang.core.language import tr, trn
from seodang.core.spec import Spec
from seodang.models._inputs import ANY_LENGTH, kind_of
from seodang.models.summary import Row, summary, total

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import nn

# Layers that are written under the block before them instead of being a block of their own: the shape stays the same.
NOTES = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softmax", "dropout")
NORMS = ("batch_norm", "layer_norm", "channel_norm", "group_norm")
COLOURS = {
    "input": "#9aa5b1",
    "conv": "#3b7dd8",
    "conv1d": "#3b7dd8",
    "depthwise": "#3b7dd8",
    "max_pool": "#e07a3f",
    "max_pool1d": "#e07a3f",
    "average_pool": "#e07a3f",
    "global_average_pool": "#e07a3f",
    "global_max_pool": "#e07a3f",
    "dense": "#2a9d6f",
    "upsample": "#8e6bbf",
    "embedding": "#8e6bbf",
    "lstm": "#c2557a",
    "gru": "#c2557a",
    "simple_rnn": "#c2557a",
}
OTHER = "#9aa5b1"
UNIT = "#5b6ee1"  # a layer made of several: residual, inception
INK, FAINT = "#1f2933", "#52606d"
LONGEST_TITLE = 16  # letters that stay clear of the neighbours' titles; the rest goes below
IN_A_LINE = 10  # blocks; more go on the next line
TALLEST = 1.5  # of a block, in the drawing's units; a block's slot is 1.25 wide


@dataclass
class _Block:
    kind: str
    title: str
    shape: tuple[int, ...]
    parameters: int
    notes: list[str] = field(default_factory=list)


def draw(model: nn.Module, inputs: Spec, path: str | Path, title: str = "") -> None:
    """Save a picture of a network as .png, .svg or .pdf.

    Args:
        model: Any network. Layers whose parts do not simply follow each other (residual, inception) are one block.
        inputs: Shape of one example.
        path: Where to; its ending decides the format. Another ending raises SeodangError.
        title: Stands on top.

    A block is a picture (height: its side; thickness: its channels), a vector (a bar) or a sequence (a bar as thick as it
    is long; a length that may be any is drawn as 16). Sides go by the square root,
    channels and units by the logarithm, so that a network fits on a page.
    """
    path = Path(path)
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise SeodangError(tr("A picture is saved as .png, .svg or .pdf, got {file}.", file=path.name))
    refuse_place(path)
    from matplotlib import rc_context

    # Words stay words in SVG, so that they can be found and read out; no date, so that equal networks give equal files.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "seodang"}):
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure = picture(model, inputs, title)
        if path.suffix.lower() != ".svg":
            fit(figure, stand_in="?")
        drawn = io.BytesIO()
        figure.savefig(drawn, format=path.suffix[1:].lower(), dpi=160, facecolor="white", metadata=metadata)
    write_bytes(path, drawn.getvalue())


@drawable()
def picture(model: nn.Module, inputs: Spec, title: str = "") -> Figure:
    """The same as a matplotlib figure."""
    from matplotlib.figure import Figure

    blocks = _blocks(summary(model, inputs, inside=False), _first(model, inputs))
    in_a_line = math.ceil(len(blocks) / math.ceil(len(blocks) / IN_A_LINE))
    lines = [blocks[start : start + in_a_line] for start in range(0, len(blocks), in_a_line)]
    tallest = max(max(block.shape[1:]) if len(block.shape) == 3 else 1 for block in blocks)
    longest = max(len(line) for line in lines)
    line_height = 2.55 + 0.17 * max(len(block.notes) + (block.parameters > 0) for block in blocks)
    width, height = max(1.25 * longest + 0.4, 5.0), line_height * len(lines) + 0.55
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    sums = total(summary(model, inputs))
    axes.text(0.2, height - 0.3, title, fontsize=13, fontweight="bold", color=INK, va="center")
    words = trn("{count} parameter", "{count:,} parameters", sums["parameters"])
    if sums["operations"]:  # 0 where a network has layers whose operations are not counted
        words = tr(
            "{parameters:,} parameters · {operations} {each}",
            parameters=sums["parameters"],
            operations=_short(sums["operations"]),
            each=_each(inputs),
        )
    axes.text(width - 0.2, height - 0.3, words, fontsize=9, color=FAINT, va="center", ha="right")
    for number, line in enumerate(lines):
        _line(axes, line, tallest, height - 0.55 - line_height * number - 1.75)
    fit(figure)
    return figure


def _first(model: nn.Module, inputs: Spec) -> _Block:
    """What goes in: the noise, of a network that makes examples of it and tells them from real ones."""
    if hasattr(model, "rivals"):
        return _Block("input", tr("noise"), (int(model.noise),), 0)  # pyright: ignore[reportArgumentType]
    return _Block("input", tr("input"), tuple(side or ANY_LENGTH for side in inputs.shape), 0)


def _blocks(rows: Sequence[Row], first: _Block) -> list[_Block]:
    blocks = [first]
    for row in rows:
        if not row.output_shape:
            continue
        block = blocks[-1]
        if row.kind in NOTES or row.kind in NORMS:
            block.notes.append(f"{row.kind} {row.detail}".replace("_", " ").strip())
            block.parameters += row.parameters
        else:
            kind = row.kind.replace("global_average_pool", tr("mean of all")).replace("_", " ")
            title, notes = f"{kind} {row.detail}".strip(), []
            if len(title) > LONGEST_TITLE and row.detail:
                title, notes = kind, [row.detail.strip()]
            blocks.append(_Block(row.kind, title, row.output_shape, row.parameters, notes))
    return blocks


def _line(axes: Axes, blocks: list[_Block], tallest: int, base: float) -> None:
    """Blocks from left to right, their middles on one height."""
    middle = base + TALLEST / 2 - 0.25
    before = None
    for place, block in enumerate(blocks):
        x = 0.2 + 1.25 * place + 0.55
        left, right = _solid(axes, block, x, middle, tallest)
        if before is not None:
            style = {"arrowstyle": "-|>", "color": FAINT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (left - 0.03, middle), (before + 0.02, middle), arrowprops=style)
        before = right
        _words(axes, block, x, base)


def _solid(axes: Axes, block: _Block, x: float, middle: float, tallest: int) -> tuple[float, float]:
    """Draw one block around (x, middle); give back where it begins and ends at that height."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Polygon

    colour = to_rgb(COLOURS.get(block.kind, UNIT if block.parameters else OTHER))
    if len(block.shape) == 3:
        channels, rows, columns = block.shape
        high = 0.12 + (TALLEST - 0.35) * math.sqrt(rows / tallest)
        deep = 0.25 * math.sqrt(columns / tallest) + 0.02
        wide = 0.05 + 0.05 * math.log2(channels + 1)
    else:
        # A sequence is a bar as high as its channels and as thick as it is long.
        high = 0.16 + 0.105 * math.log2(block.shape[-1] + 1)
        deep, wide = 0.04, 0.1 if len(block.shape) == 1 else 0.1 + 0.05 * math.log2(block.shape[0] + 1)
    left, bottom = x - (wide + deep) / 2, middle - (high + deep) / 2
    right, top = left + wide, bottom + high

    def face(points: list[tuple[float, float]], light: float) -> None:
        shade = tuple(part + (1 - part) * light if light > 0 else part * (1 + light) for part in colour)
        axes.add_patch(Polygon(points, facecolor=shade, edgecolor="white", linewidth=0.7, joinstyle="round"))

    face([(left, bottom), (right, bottom), (right, top), (left, top)], 0.0)
    face([(left, top), (right, top), (right + deep, top + deep), (left + deep, top + deep)], 0.45)
    face([(right, bottom), (right + deep, bottom + deep), (right + deep, top + deep), (right, top)], -0.22)
    axes.text(x, top + deep + 0.1, "×".join(map(str, block.shape)), fontsize=7.5, color=INK, ha="center", va="bottom")
    return left, right + deep


def _words(axes: Axes, block: _Block, x: float, base: float) -> None:
    y = base - 0.38
    axes.text(x, y, block.title, fontsize=8, fontweight="bold", color=INK, ha="center", va="top")
    lines = [*block.notes, *([f"{block.parameters:,}"] if block.parameters else [])]
    for number, line in enumerate(lines, start=1):
        weight = "#2a6f97" if block.parameters and number == len(lines) else FAINT
        axes.text(x, y - 0.17 * number - 0.03, line, fontsize=7, color=weight, ha="center", va="top")


def _each(inputs: Spec) -> str:
    words = {
        "pictures": tr("multiply-adds a picture"),
        "rows": tr("multiply-adds a row"),
        "tokens": tr("multiply-adds a text"),
        "pairs": tr("multiply-adds a pair"),
        "series": tr("multiply-adds a window"),
    }
    return words.get(kind_of(inputs), tr("multiply-adds an example"))


def _short(number: int) -> str:
    """12345678 → "12.3 million"."""
    if number >= 10**9:
        return tr("{number:.3g} billion", number=number / 10**9)
    if number >= 10**6:
        return tr("{number:.3g} million", number=number / 10**6)
    return f"{number:,}"
