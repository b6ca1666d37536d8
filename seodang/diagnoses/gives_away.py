"""A column, or how a picture was saved, gives the answer away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seodang.core.language import tr, trn
from seodang.core.sentences import shown
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import CARE, UNTRUE, WORSE, Diagnosis, grade
from seodang.evaluation.naming import counted


def gives_away(case: Case) -> Iterator[Diagnosis]:
    """A column, or how a picture was saved, gives the answer away (`data/leaks.py` and `data/findings.py`)."""
    if not isinstance(case.opened, Source) and case.purpose.form != "table":
        return
    used = set() if case.run is None else set(getattr(case.run.encoding, "columns", ()) or ())
    for finding in case.found("gives_away", "mode_tells_class"):
        names = (
            [name for name, why in case.purpose.left.items() if "away" in why]
            if finding["kind"] == "gives_away"
            else []
        )
        # Seodang leaves such a column out by itself; where a person said that it be used, the score says nothing.
        base = UNTRUE if not names or used & set(names) else WORSE
        unseen = bool(names) and case.run is not None and not used & set(names)
        what = shown(finding["what"])
        yield Diagnosis(
            trn("{what} The network did not see it.", "{what} The network did not see them.", len(names), what=what)
            if unseen
            else what,
            tr(
                "{evidence} {examples} in all.",
                evidence=shown(finding["evidence"]),
                examples=counted(len(case.opened), case.noun),
            ),
            shown(finding["why"]),
            shown(finding["todo"]),
            grade(CARE if unseen else base if names else WORSE, 0.9),
            {"columns": names},
        )
    if case.run is not None and case.prepared is not None:
        yield from _said_to_be_used(case)


def _said_to_be_used(case: Case) -> Iterator[Diagnosis]:
    """Columns that are seen by the network although they give the target away: a person said their kind."""
    from seodang.data.leaks import gives_away as tells

    found = case.purpose if not isinstance(case.opened, Source) else None
    if found is None or found.form != "table" or found.target is None:
        return
    case.costs()
    table: Any = case.frame.table
    names = [
        name for name in found.features if tells(table[name], table[found.target], classes=found.task == "classify")
    ]
    if names:
        yield Diagnosis(
            tr("{name} gives {target} away, and the network sees it.", name=names[0], target=found.target),
            tr(
                "The one follows from the other in nearly every one of {count:,} rows ({columns}).",
                count=len(table),
                columns=trn("{count} such column", "{count:,} such columns", len(names)),
            ),
            tr(
                "A network that sees it copies it, scores near perfect, and is of no use where the answer is not "
                "known yet."
            ),
            tr("Train again with columns.leave_out={names}, unless it is known beforehand.", names=",".join(names)),
            grade(UNTRUE, 1),
            {"columns": names},
        )
