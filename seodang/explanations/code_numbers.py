"""What each number of a code, or of the noise, changes in what comes out: one of them is turned, the others stay."""

# K numbers of a code or of noise · S steps · D numbers of an example
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError, RunError
from seodang.core.language import tr, trn
from seodang.data.prepare import to_pixels
from seodang.evaluation.making import codes_of, parts
from seodang.evaluation.row_verdict import short
from seodang.explanations import painting
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Part, Picture, Pictures, Table
from seodang.explanations.scores import affordable, answers
from seodang.runs.folder import Run

STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # deviations
DOWN, MIDDLE, UP = 1, 2, 3  # one deviation down, as it is, one up
AT_ONCE = 64  # examples
SHOWN = 8  # numbers that are shown, those that change most
FROM = 500  # training examples whose codes say how far a number usually goes
IDLE = 0.1  # a number that changes less than this share of what the strongest changes is hardly used


def code_numbers(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Turn one number of the code, or of the noise, and leave the others: what it stands for in what comes out."""
    if not run.recipe.makes_examples:
        raise DoesNotApply(tr("its network answers, and makes no examples of a code"))
    if example.given is None:
        raise DoesNotApply(tr("it looks at one picture or row, or at one seed where pictures are made of noise"))
    code, spread = _start(run, example)
    size = code[0].numel()
    affordable(run, len(STEPS), size, size, by_name="code-numbers" in example.asked)
    turned = _turned(run, code, spread)
    effect = (turned[:, DOWN] - turned[:, UP]).abs().mean(1).numpy()
    order = np.argsort(-effect, kind="stable")
    idle = int((effect < IDLE * effect.max()).sum()) if effect.max() > 0 else size
    words = (
        _what_is_shown(example, size),
        _idle(size, idle),
        tr(
            "One number seldom stands for one thing that has a name: what comes out follows from all of them together, and "
            "another seed deals the work out among them in another way."
        ),
    )
    numbers = {
        "size": size,
        "hardly_used": idle,
        "changes": [round(float(each), 6) for each in effect],
        "deviations": [round(float(each), 6) for each in spread],
    }
    drawn = _strips if example.kind == "picture" else _columns
    title = (
        tr("What each number of the noise does")
        if example.noise is not None
        else tr("What each number of the code does")
    )
    return Explanation(title, "inside", words, numbers, drawn(run, example, turned, order[:SHOWN].tolist()))


def _start(run: Run, example: Example) -> tuple[Tensor, Tensor]:
    """(1, …) the code or noise of the example, and (K,) by how much each of its numbers usually differs."""
    if example.noise is not None:
        return example.noise, torch.ones(example.noise.shape[1])
    assert example.given is not None, "there is an example"
    if not hasattr(parts(run)[1], "encode"):
        raise DoesNotApply(
            tr("{run} makes pictures of noise and has no codes of others; give a seed, such as 1", run=run.name)
        )
    try:
        data = run.prepared()
    except (RunError, DataError) as reason:
        raise DoesNotApply(tr("the run's own data cannot be opened: {reason}", reason=reason)) from None
    known = codes_of(run, data.train.fetch(torch.arange(min(FROM, len(data.train)))))
    return codes_of(run, example.given), known.flatten(1).std(0, correction=0)


def _turned(run: Run, code: Tensor, spread: Tensor) -> Tensor:
    """(K, S, D) what comes out with each number of the code so many deviations from where it is."""
    model: Any = parts(run)[1]
    flat, size = code.flatten(1), code[0].numel()
    codes = flat.repeat(size * len(STEPS), 1).reshape(size, len(STEPS), size)
    codes += torch.diag(spread)[:, None] * torch.tensor(STEPS)[:, None]
    outputs = []
    with torch.inference_mode():
        for some in codes.reshape(-1, *code.shape[1:]).split(AT_ONCE):
            made = model.make(some) if hasattr(model, "make") else model.decode(some)
            outputs.append(run.task.decode(made).flatten(1))
    return torch.cat(outputs).reshape(size, len(STEPS), -1)


def _what_is_shown(example: Example, size: int) -> str:
    if example.noise is not None:
        return trn(
            "This picture is made of {count} number of noise, drawn from a bell curve. Each strip turns one of them, from two "
            "deviations below (left) to two above (right), and leaves the others; the middle is the picture itself.",
            "This picture is made of {count:,} numbers of noise, drawn from a bell curve. Each strip turns one of them, from two "
            "deviations below (left) to two above (right), and leaves the others; the middle is the picture itself.",
            size,
        )
    if example.kind == "picture":
        return trn(
            "The network keeps {count} number of this picture, its code, and draws it again from that. Each strip turns one of "
            "them, from two deviations below (left) to two above (right), and leaves the others; the middle is what comes out as it is.",
            "The network keeps {count:,} numbers of this picture, its code, and draws it again from them. Each strip turns one of "
            "them, from two deviations below (left) to two above (right), and leaves the others; the middle is what comes out as it is.",
            size,
        )
    return trn(
        "The network keeps {count} number of this row, its code, and writes the row again from that. The table says by how much "
        "each column changes where it rises by one deviation (numbers as they go into the network).",
        "The network keeps {count:,} numbers of this row, its code, and writes the row again from them. The table says by how much "
        "each column changes where one of them rises by one deviation and the others stay (numbers as they go into the network).",
        size,
    )


def _idle(size: int, idle: int) -> str:
    if idle == size:
        return tr("None of them changes anything: the network does not use its code.")
    if idle:
        return trn(
            "{count} of {size} changes less than a tenth of what the strongest changes: it is hardly used, and a shorter code "
            "would do.",
            "{count:,} of {size} change less than a tenth of what the strongest changes: they are hardly used, and a shorter code "
            "would do.",
            idle,
            size=size,
        )
    return tr("All of them are used: each changes at least a tenth of what the strongest changes.")


def _strips(run: Run, example: Example, turned: Tensor, order: list[int]) -> tuple[Part, ...]:
    strips = []
    for place in order:
        pixels = _pixels(run, example, turned[place])
        caption = tr(
            "number {number}: changes a pixel by {change} of 255 on average",
            number=place + 1,
            change=short(float(f"{np.abs(pixels[DOWN].astype(np.float64) - pixels[UP]).mean():.2g}")),
        )
        strips.append(painting.tiled(_colours(pixels), caption, len(STEPS)))
    shown: list[Part] = [Pictures(tuple(strips), size="large")]
    if example.noise is None:
        shown.insert(0, Pictures(_in_and_out(run, example), size="small"))
    return tuple(shown)


def _in_and_out(run: Run, example: Example) -> tuple[Picture, ...]:
    assert example.given is not None, "there is a picture"
    came = _pixels(run, example, answers(run, example.given).flatten(1))[0]
    gap = np.abs(came.astype(np.float64) - example.pixels).mean(0)
    most = max(1.0, float(gap.max()))
    return (
        painting.plain(example.pixels, tr("went in")),
        painting.plain(came, tr("came out")),
        painting.tiled(
            painting.glow(gap[None] / most), tr("off by, up to {most} of 255 (bright)", most=f"{gap.max():.0f}")
        ),
    )


def _pixels(run: Run, example: Example, outputs: Tensor) -> np.ndarray:
    """(S, D) outputs → (S, C, H, W) uint8."""
    assert example.given is not None, "there is a picture"
    return to_pixels(outputs.reshape(len(outputs), *example.given.shape[1:]), run.recipe.preparation).numpy()


def _colours(pixels: np.ndarray) -> np.ndarray:
    rows = np.repeat(pixels, 3, 1) if pixels.shape[1] == 1 else pixels
    return rows.transpose(0, 2, 3, 1)


def _columns(run: Run, example: Example, turned: Tensor, order: list[int]) -> tuple[Part, ...]:
    assert example.given is not None, "there is a row"
    names = list(getattr(run.encoding, "groups", {})) or []
    came, went = turned[order[0], MIDDLE], example.given[0]
    if len(names) != len(went):
        names = [tr("input {number}", number=place + 1) for place in range(len(went))]
    heads = (
        tr("column"),
        tr("went in"),
        tr("came out"),
        *(tr("number {number}, one deviation up", number=k + 1) for k in order),
    )
    rows = tuple(
        (
            name,
            short(float(went[place])),
            short(float(came[place])),
            *(f"{float(turned[k, UP, place] - came[place]):+.3g}" for k in order),
        )
        for place, name in enumerate(names)
    )
    return (Table(tr("By how much each column changes"), heads, rows),)
