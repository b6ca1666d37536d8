"""Sigmoid or tanh units that stand at their ends, where they have no slope."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, grade
from seodang.diagnoses.probe import probe

# Share of the values within a hundredth of an end: there the slope is a twenty-fifth of the steepest and less. A unit fed with a
# normal of deviation 1 is there 0.000 (sigmoid) and 0.008 (tanh) of the time, of deviation 10 0.64 and 0.79.
ENDS = 0.5


def saturated_outputs(case: Case) -> Iterator[Diagnosis]:
    """Sigmoid or tanh units that stand at their ends, where they have no slope. Only of networks that learnt little."""
    if case.failed or not case.learnt_little:
        return
    found = probe(case)
    bad = [each for each in found.activations if each.at_an_end >= ENDS]
    if not bad:
        return
    worst = max(bad, key=lambda each: each.at_an_end)
    yield Diagnosis(
        tr("The {kind} units of layer {layer} are saturated.", kind=worst.kind, layer=worst.name),
        tr(
            "{at_an_end:.0f} % of what they put out for {examples} training examples lies within 0.01 of an end.",
            at_an_end=100 * worst.at_an_end,
            examples=found.examples,
        ),
        tr(
            "At its ends such a unit has next to no slope: no gradient comes through, and the layers before it "
            "cannot learn."
        ),
        tr(
            "Scale the inputs (preparation.scale=standard), start with smaller weights, use batch_norm before "
            "it, or relu for it."
        ),
        grade(USELESS, 0.6),
        {each.name: {"kind": each.kind, "at_an_end": each.at_an_end} for each in bad},
    )
