"""Relu units that put out nothing for any example, and so will never learn again."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, WORSE, Diagnosis, grade
from seodang.diagnoses.probe import probe

# Share of a layer's units that are silent on the whole batch. A drawn unit is silent for a given centred example with even odds, so
# for 16 and more hardly ever. Trained on the clean sets at most 0.02 were silent, on 60 digits 0.17 of 256 units (LOG.md).
SILENT, LEAST_UNITS = 0.6, 8


def dead_units(case: Case) -> Iterator[Diagnosis]:
    """Relu units that put out nothing for any example, and so will never learn again."""
    if case.failed:
        return
    found = probe(case)
    if found.examples < 16:
        return
    bad = [each for each in found.activations if each.silent >= SILENT and each.units >= LEAST_UNITS]
    if not bad:
        return
    worst = max(bad, key=lambda each: each.silent)
    yield Diagnosis(
        f"{100 * worst.silent:.0f} % of the relu units of layer {worst.name} are dead.",
        f"{round(worst.silent * worst.units):,} of {worst.units:,} put out 0 for every one of {found.examples} training examples"
        + (f"; so do most units of {len(bad) - 1} more layers." if len(bad) > 1 else "."),
        "A unit that never speaks gets no gradient: it stays dead, and the network is smaller than it seems.",
        f"Train again with training.learning_rate={case.trained.recipe.training.learning_rate / 10:g}, with leaky_relu for relu, or with "
        "batch_norm before it.",
        grade(USELESS if case.learnt_little else WORSE, worst.silent),
        {each.name: {"silent": each.silent, "units": each.units} for each in bad},
    )
