"""Relu units that put out nothing for any example, and so will never learn again."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
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
    told = {"silent": round(worst.silent * worst.units), "units": worst.units, "examples": found.examples}
    yield Diagnosis(
        tr("{silent:.0f} % of the relu units of layer {layer} are dead.", silent=100 * worst.silent, layer=worst.name),
        tr("{silent:,} of {units:,} put out 0 for every one of {examples} training examples.", **told)
        if len(bad) == 1
        else tr(
            "{silent:,} of {units:,} put out 0 for every one of {examples} training examples; so do most units of {count} more "
            "layers.",
            count=len(bad) - 1,
            **told,
        ),
        tr("A unit that never speaks gets no gradient: it stays dead, and the network is smaller than it seems."),
        tr(
            "Train again with training.learning_rate={learning_rate:g}, with leaky_relu for relu, or with "
            "batch_norm before it.",
            learning_rate=case.trained.recipe.training.learning_rate / 10,
        ),
        grade(USELESS if case.learnt_little else WORSE, worst.silent),
        {each.name: {"silent": each.silent, "units": each.units} for each in bad},
    )
