"""Lab L22: the presidential doggy door."""

from __future__ import annotations

from seodang.core.language import tr
from seodang.decisions.decision import Decision, Rule


def bo_door() -> Decision:
    """L22: a door for Bo alone, on a run with the classes bo and not_bo.

    The notes open the door from a probability of 0.5 on. Here Bo, and every other dog too, must be at least 0.8 sure.
    """
    return Decision(
        rules=(Rule(name="Bo", classes=("bo",), answer=tr("Bo: come in"), at_least=0.8),),
        otherwise=tr("this door is for Bo only"),
        otherwise_at_least=0.8,
        unsure=tr("don't know whether this is Bo: come closer"),
    )
