"""A single step would change a layer by more than all its weights, or the gradient is not a number."""

from __future__ import annotations

import math
from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, grade
from seodang.diagnoses.probe import probe

# One step of plain descent beside the weights it changes. About 1e-3 is healthy (Karpathy, 2016, CS231n, "Babysitting the learning
# process"); at 1 nothing of what was learnt is left.
WHOLE = 1.0


def exploding_gradients(case: Case) -> Iterator[Diagnosis]:
    """A single step would change a layer by more than all its weights, or the gradient is not a number."""
    if case.failed:
        return  # a rate too high is told, and there are no weights
    training, found = case.trained.recipe.training, probe(case)
    broken = [layer.name for layer in found.layers if not math.isfinite(layer.gradient + layer.weight)]
    steps = {}
    if training.optimizer == "sgd":
        # Adam and RMSprop divide by the gradient's own size: there a large one makes no large step.
        norm = math.sqrt(sum(layer.gradient**2 for layer in found.layers))
        limit = training.max_gradient_norm
        factor = min(1.0, limit / norm) if limit and norm else 1.0
        steps = {
            each.name: training.learning_rate * factor * each.gradient / each.weight
            for each in found.layers
            if each.weight
        }
    worst = max(steps, key=steps.__getitem__, default=None)
    if not broken and (worst is None or steps[worst] < WHOLE):
        return
    evidence = (
        tr("The gradient at {layer} is not a finite number.", layer=broken[0])
        if broken
        else tr(
            "At a rate of {learning_rate:g} one step would change {layer} by {times:.2g} times its own size "
            "(healthy: about 0.001), on {examples} training examples.",
            learning_rate=training.learning_rate,
            layer=worst,
            times=steps[worst or ""],
            examples=found.examples,
        )
    )
    yield Diagnosis(
        tr("The gradients are far too large for the rate."),
        evidence,
        tr("Every step throws the weights somewhere else; the loss jumps or stops being a number."),
        tr("Train with training.max_gradient_norm=1, a rate a hundredth of now, or batch_norm between the layers."),
        grade(USELESS, 0.85),
        {"steps": steps, "broken": broken},
    )
