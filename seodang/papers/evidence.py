"""What a paper is written from: the files of the run, and what was looked up while writing, kept in facts.json beside the paper."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import RunError, SeodangError
from seodang.core.files import read_json
from seodang.core.language import language, tr
from seodang.core.registry import find, names
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import SeriesEncoding
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.look import look
from seodang.data.look_rows import look_rows
from seodang.diagnoses.case import Case, case_of_run
from seodang.diagnoses.diagnose import at_the_end, examine
from seodang.diagnoses.diagnosis import NotChecked
from seodang.diagnoses.seed_noise import siblings
from seodang.evaluation import opened
from seodang.evaluation.evaluate import evaluate
from seodang.papers.trace import Place, Trace
from seodang.runs.folder import Run, read_report


@dataclass(eq=False)
class Evidence:
    """The places that sections take their numbers and words from.

    report: what `evaluate` said, as it stands in the run.   facts: what was looked up now.   answers: the author's, by question.
    case: the run with its data opened again, where that can be done.
    """

    run: Run
    report: Place
    facts: Place
    data: Place
    recipe: Place
    history: Place
    machine: Place
    manifest: Place
    answers: Place
    case: Case
    trace: Trace = field(default_factory=Trace)

    @property
    def task(self) -> str:
        """What was learnt; a report on pictures does not say it."""
        return self.run.recipe.task

    @property
    def noun(self) -> str:
        """What one example is called: picture, row, text or window."""
        return self.report.value["judged"].get("noun", "picture")

    @property
    def main(self) -> str:
        """The number by which it is set beside what is simpler."""
        return self.report.value.get("main", "accuracy")

    @property
    def is_imported(self) -> bool:
        """Whether its weights came from elsewhere, so that its data and training are not known."""
        return self.data.value.get("opened") is None

    @property
    def is_own(self) -> bool:
        """Whether it was judged on a part of the data it was trained on."""
        return self.report.value["judged"]["is_own"]

    def findings(self, *kinds: str) -> list[Place]:
        """What the diagnoses found, the worst first; of these checks alone where some are named."""
        found = self.facts["diagnosis"]["findings"]
        return [each for each in found if not kinds or each.value["name"] in kinds]


def gather(run: Run, answers: Place, facts_name: str) -> Evidence:
    """Read the run's files and look up what they do not hold. A run that was not judged yet is judged, which opens its test split.

    Raises:
        RunError: The run was not judged, and its data cannot be opened any more.
    """
    report = _report(run)
    case = case_of_run(run.folder, report.value)
    case.run = run
    missing = [] if case.source is not None else [case.problem]
    facts = {
        "written_at": opened.now(),
        "language": language(),
        "opened": opened.count(run.folder, report.value["judged"]["sha256"]),
        "seeds": 1 + _other_seeds(run.folder, report.value["judged"]["sha256"]),
        "card": _card(run.data.get("opened")),
        "described": _described(case),
        "stretches": _stretches(case),
        "look": _looked(case, missing),
        "diagnosis": _diagnosis(case),
        "missing": missing,  # what could not be had, a sentence each
    }
    return Evidence(
        run=run,
        report=report,
        facts=Place(facts_name, facts),
        data=Place("data.json", run.data),
        recipe=Place("recipe.yaml", run.recipe.model_dump(mode="json")),
        history=Place("history.jsonl", run.history),
        machine=Place("machine.json", run.machine),
        manifest=Place("manifest.json", read_json(run.folder / "manifest.json")),
        answers=answers,
        case=case,
    )


def _report(run: Run) -> Place:
    """The report on the run's own data; of an imported run the newest on other data."""
    name = "report.json"
    if (found := read_report(run.folder)) is None:
        others = sorted(run.folder.glob("report-*.json"), key=lambda file: file.stat().st_mtime)
        if run.data.get("opened") is not None or not others:
            evaluate(run, examine=at_the_end)
            found = read_report(run.folder)
        else:
            name = others[-1].name
            found = read_report(run.folder, name)
    return Place(name, found)


def _other_seeds(folder: Path, sha256: str) -> int:
    """How many judged runs beside this one differ in the seed alone."""
    found = 0
    for other in siblings(folder):
        with contextlib.suppress(RunError):  # a damaged one counts for nothing
            report = read_report(other)
            found += report is not None and report["judged"]["sha256"] == sha256
    return found


def _card(name: str | None) -> dict[str, Any] | None:
    """What is known of a named data set."""
    return dataclasses.asdict(find("datasets", name)()) if name in names("datasets") else None


def _described(case: Case) -> dict[str, Any] | None:
    """What the data says of itself when it is opened again, in the language of the paper."""
    if case.prepared is None:
        return None
    found = case.prepared.describe()
    return {
        "notes": found["notes"],
        "reasons": found.get("purpose", {}).get("reasons", []),
        "left_out": found["left_out"][:10],
    }


def _stretches(case: Case) -> dict[str, list[str]] | None:
    """Of a series, when the first and the last forecast of each split begin; nothing where there are no times."""
    data = case.prepared
    if not isinstance(data, Encoded) or not isinstance(data.encoding, SeriesEncoding) or data.encoding.time is None:
        return None
    times, division = names_of_times(data.source, data.encoding.time), data.division
    parts = {"train": division.train, "validation": division.validation, "test": division.test}
    found = {name: [times[row] for row in rows.tolist()] for name, rows in parts.items() if len(rows)}
    return {name: [min(those), max(those)] for name, those in found.items()}


def _looked(case: Case, missing: list[str]) -> dict[str, Any] | None:
    """What `look` finds in the run's data, divided as in training."""
    try:
        if isinstance(case.prepared, Prepared):
            found = look(case.prepared.source, case.prepared.scan, case.prepared.division)
            found["duplicates"].pop("groups")
            return _plain(found)
        if isinstance(case.source, Frame):
            return _plain(look_rows(case.frame, case.purpose))
    except (SeodangError, NotChecked) as error:
        missing.append(tr("The data could not be looked at: {why}", why=str(error)))
    return None


def _diagnosis(case: Case) -> dict[str, Any]:
    found, unchecked = examine(case)
    skipped = {each["name"] for each in unchecked}
    return _plain(
        {
            "findings": [each.as_plain() for each in found],
            "checked": [name for name in names("diagnoses") if name not in skipped],
            "unchecked": [each for each in unchecked if each["why"]],
        }
    )


def _plain(value: Any) -> Any:
    """Fit for JSON: NumPy's numbers as Python's, what is no number as null."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
