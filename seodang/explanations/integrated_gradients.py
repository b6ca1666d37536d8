"""What each pixel adds to the answer, from an empty picture to this one (Sundararajan et al., 2017)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Pictures
from seodang.explanations.scores import GRADIENT, affordable, at_once, score_of, without_gradient
from seodang.explanations.scores import integrated_gradients as integrate
from seodang.runs.folder import Run

# Places on the way, in whole batches of the least: the fewer, the larger the network.
LEAST, STEPS = 8, 64


def integrated_gradients(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Integrated gradients: what each pixel adds; the parts add up to the whole. https://arxiv.org/abs/1703.01365"""
    if example.kind != "picture" or example.given is None:
        raise DoesNotApply(tr("it looks at one picture"))
    must_answer(run)
    score = score_of(run, example.target)
    given = example.given.float()
    start = empty(given)
    steps = affordable(run, GRADIENT, LEAST, STEPS, by_name="integrated-gradients" in example.asked)
    parts = integrate(score, given, start, steps - steps % LEAST, at_once(run))
    before, after = (float(value) for value in without_gradient(score, torch.cat([start, given])))
    added = float(parts.double().sum())
    heat = parts[0].double().sum(0).numpy()
    said = run.classes[example.target]
    words = (
        tr(
            "From an empty picture, in the colour of this one's edge, to the picture itself the evidence for "
            "{said!r} goes from {before:+.2f} to {after:+.2f}. Red pixels brought it up, blue ones down; "
            "together they add up to {added:+.2f} of that {whole:+.2f}.",
            said=said,
            before=before,
            after=after,
            added=added,
            whole=after - before,
        ),
        tr(
            "Evidence is log-odds: 0 is as likely as not, +3 is 95 %, -3 is 5 %. Pixels as the empty picture has "
            "them cannot count, whatever they mean."
        ),
    )
    pictures = (painting.heated(example.pixels, _scaled(painting.gathered(heat)), tr("what each pixel adds")),)
    numbers = {"evidence_empty": before, "evidence": after, "sum": added, "gap": added - (after - before)}
    numbers = {name: round(value, 6) for name, value in numbers.items()}
    return Explanation(tr("What each pixel adds"), "answer", words, numbers, (Pictures(pictures),))


def empty(pixels: Tensor) -> Tensor:
    """A picture of one colour, the median of the picture's edge: (1, C, H, W) like it. Of a drawing, its paper."""
    edge = torch.cat([pixels[..., 0, :], pixels[..., -1, :], pixels[..., :, 0], pixels[..., :, -1]], dim=-1)
    return edge.median(-1).values[..., None, None].expand_as(pixels).clone()


def _scaled(heat: np.ndarray) -> np.ndarray:
    """-1 to 1, the strongest hundredth at the ends, so that one pixel does not outshine all."""
    most = np.quantile(np.abs(heat), 0.99) or np.abs(heat).max()
    return heat / most if most > 0 else heat
