"""Every check on data or a run; what was found, the worst first, and what could not be checked."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from seodang.core.errors import nearest
from seodang.core.language import tr
from seodang.core.registry import find, names
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.source import Source
from seodang.diagnoses.case import Case, case_of_data, case_of_run
from seodang.diagnoses.diagnosis import Diagnosis, NotChecked, title_of
from seodang.runs.folder import RUNS, Run, find_run, list_runs

# So many are told at the end of a training.
MOST_TOLD = 3


def diagnose(where: str | Path | Run | Source | Frame) -> dict[str, Any]:
    """What is wrong with data or a run, by what evidence, why it matters and what to do next.

    Args:
        where: A run, its folder or name or "last"; or data: a path, a name of `seodang list datasets`, what is open already.

    Returns: kind ("run" or "data"), name, where, findings [{name, what, evidence, numbers, why, todo, severity 0 to 1, level}],
        the worst first, checked (names), unchecked [{name, why}], seconds.

    Raises:
        DataError: There is no data there, and no run.
    """
    begun = time.perf_counter()
    case = _case(where)
    found, unchecked = examine(case)
    told = {each["name"] for each in unchecked}
    name = case.run.name if case.run is not None else case.opened.name
    return {
        "kind": "data" if case.run is None else "run",
        "name": name,
        "where": case.where,
        "findings": [each.as_plain() for each in found],
        "checked": [each for each in names("diagnoses") if each not in told],
        "unchecked": [each for each in unchecked if each["why"]],
        "seconds": round(time.perf_counter() - begun, 3),
    }


def _case(where: str | Path | Run | Source | Frame) -> Case:
    if isinstance(where, Run):
        return case_of_run(where.folder)
    if isinstance(where, Source | Frame):
        return case_of_data(where)
    is_run = str(where) == "last" or any((base / "recipe.yaml").exists() for base in (Path(where), Path(RUNS) / where))
    if not is_run and not Path(where).exists() and str(where) not in names("datasets"):
        runs = [each.name for each in list_runs()]
        bare = os.sep not in str(where) and nearest(str(where), [*names("datasets"), *runs])
        is_run = bare in runs  # whose error names it
    return case_of_run(find_run(where)) if is_run else case_of_data(where)


def examine(case: Case) -> tuple[list[Diagnosis], list[dict[str, str]]]:
    """Every check on a case: what was found, the worst first, and [{name, why}] of checks that could not be made."""
    found: list[Diagnosis] = []
    unchecked = []
    for name in names("diagnoses"):
        try:
            for each in find("diagnoses", name)(case):
                found.append(replace(each, name=name))
        except NotChecked as reason:
            unchecked.append({"name": name, "why": str(reason)})
    return sorted(found, key=lambda each: -each.severity), unchecked


def at_the_end(run: Run, report: dict[str, Any], data: Prepared | Encoded | None) -> list[dict[str, Any]]:
    """What can be said at once, when a run has just been judged: a few tenths of a second. For `evaluate(examine=…)`."""
    source = None if data is None else data.source
    case = Case(str(run.folder), source, run, data, tr("its data is not open"), report, quick=True)
    return [each.as_plain() for each in examine(case)[0]]


def told(findings: list[dict[str, Any]], where: str) -> list[str]:
    """The lines on what matters most, short, for the end of a training; none where nothing was found."""
    lines = [f"→ {title_of(each['name'])}: {each['todo']}" for each in findings[:MOST_TOLD]]
    return [*lines, tr("  why, and what else: seodang diagnose {where}", where=where)] if lines else []
