"""To which pixels the answer is most sensitive (Simonyan et al., 2014)."""

from __future__ import annotations

import numpy as np
import torch

from seodang.core.language import tr
from seodang.explanations import painting
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Explanation, Pictures
from seodang.explanations.scores import GRADIENT, affordable, gradient, score_of
from seodang.runs.folder import Run

VIEWS, NOISE = 4, 0.1  # Smilkov et al., 2017, https://arxiv.org/abs/1706.03825: fewer views and less noise than theirs


def saliency(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """The slope of the answer at each pixel, over a few noisy copies: what it is sensitive to. https://arxiv.org/abs/1312.6034"""
    if example.kind != "picture" or example.given is None:
        raise DoesNotApply(tr("it looks at one picture"))
    must_answer(run)
    generator = torch.Generator().manual_seed(0)
    given = example.given.float()
    spread = NOISE * float(given.max() - given.min())
    views = affordable(run, GRADIENT, 2, VIEWS, by_name="saliency" in example.asked)
    noisy = given + spread * torch.randn(views, *given.shape[1:], generator=generator)
    slope = gradient(score_of(run, example.target), noisy).abs().mean(0).amax(0).double().numpy()
    shown = painting.gathered(slope)
    usual, most = np.quantile(shown, [0.5, 0.99])
    heat = ((shown - usual) / (most - usual)).clip(0, 1) if most > usual else 0 * shown
    words = (
        tr(
            "Red is where a small change of a pixel would change the answer most, up or down: what the network "
            "is looking at, not what speaks for the answer."
        ),
        tr(
            "It is the slope at each pixel, the mean over {count} copies with a little noise, for the bare slope "
            "flickers.",
            count=views,
        ),
    )
    pictures = (painting.heated(example.pixels, heat, tr("where it is more sensitive than at most pixels")),)
    numbers = {"largest": round(float(slope.max()), 9), "mean": round(float(slope.mean()), 9)}
    return Explanation(tr("What it is sensitive to"), "answer", words, numbers, (Pictures(pictures),))
