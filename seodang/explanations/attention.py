"""Where a network with attention looked in the text."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from seodang.core.language import tr
from seodang.data.spans import spans
from seodang.evaluation.row_figures import attention_drawing
from seodang.evaluation.translating import attention as read_while_writing
from seodang.explanations.example import Example
from seodang.explanations.explanation import DoesNotApply, Drawing, Explanation, Marked
from seodang.explanations.layers_of import model_of
from seodang.explanations.words import LONGEST, _on_the_text, _pieces
from seodang.models._attention import Attention
from seodang.runs.folder import Run


def _doubt() -> str:
    return tr(
        "Attention is what was read, not why it was answered: what is read may not matter, and other weights "
        "can give the same answer (Jain & Wallace, 2019, https://arxiv.org/abs/1902.10186)."
    )


def attention(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """Where a network with attention looks in the text: a map for a translation, colours for a text."""
    if example.kind == "pair" and example.text:
        return _translation(run, example)
    if example.kind != "text" or example.given is None:
        raise DoesNotApply(tr("it looks at one text"))
    found = [each for each in model_of(run).modules() if isinstance(each, Attention)]
    if not found:
        raise DoesNotApply(tr("{run} has no attention", run=run.name))
    weights = looked_at(run, found[-1], example.given)
    text, there = spans(run.encoding.tokenizer, example.text)
    told = _on_the_text(run, there, example.given, weights.numpy())
    most = max((weight for _, weight in told), default=0.0) or 1.0
    sentences = (
        tr(
            "The redder a word, the more the last of {count} layers of attention read of it, the mean over its "
            "heads and over all places that read.",
            count=len(found),
        ),
        _doubt(),
    )
    order = np.argsort([-weight for _, weight in told], kind="stable")[:12]
    numbers = {"most_read": [[text[told[i][0].first : told[i][0].last], round(told[i][1], 6)] for i in order]}
    return Explanation(
        tr("Where it looked"), "answer", sentences, numbers, (Marked(_pieces(text[:LONGEST], told, most)),)
    )


def looked_at(run: Run, module: Attention, given: torch.Tensor) -> torch.Tensor:
    """How much is read of each place of a text (1, L), the mean over the real places that read: (L,), sums to 1."""
    kept: list[Any] = []
    hook = module.register_forward_pre_hook(
        lambda each, arguments, named: kept.append((arguments, named)), with_kwargs=True
    )
    try:
        with torch.inference_mode():
            run.network()(given)
    finally:
        hook.remove()
    (arguments, named) = kept[-1]
    places = ("x", "kept", "angles", "allowed", "causal")
    asked = {**dict(zip(places, arguments, strict=False)), **named}
    allowed = asked.get("allowed")
    if asked.get("causal"):
        length = given.shape[1]
        allowed = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
    with torch.inference_mode():
        weights = module.weights(asked["x"], asked["kept"], asked.get("angles"), allowed)[0]
    return weights[given[0] != 0].mean(0)


def _translation(run: Run, example: Example) -> Explanation:
    found = read_while_writing(run, [example.text])
    if found is None:
        raise DoesNotApply(tr("{run} has no attention", run=run.name))
    sentences = (
        tr(
            "Rows are the words as they are written, columns those that were read: the darker, the more was read "
            "of it for that word. A dark diagonal is a translation word by word; what is written elsewhere first "
            "shows as a jump."
        ),
        _doubt(),
    )
    drawing = Drawing(attention_drawing(found), tr("Where it looks (columns) while writing each word (rows)."), 520)
    return Explanation(tr("Where it looked while it wrote"), "answer", sentences, found, (drawing,))
