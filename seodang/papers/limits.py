"""Limits and next steps: what was found wrong, what could not be checked, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from seodang.core.language import tr
from seodang.evaluation.report import is_solved
from seodang.papers import words
from seodang.papers.blocks import Block, Command, Finding, Heading, Paragraph, Points, Section
from seodang.papers.data_card import blanks, spoken
from seodang.papers.evidence import Evidence

STEPS = 6


def limits(evidence: Evidence) -> Section:
    """What was found wrong, what could not be checked, what to do next."""
    blocks: list[Block] = [
        *_found(evidence),
        *_unchecked(evidence),
        *blanks(evidence, "not_for", "affected"),
        *_next(evidence),
    ]
    return Section("limits", tr("Limits and next steps"), blocks)


def _found(evidence: Evidence) -> Iterator[Block]:
    trace, found = evidence.trace, evidence.findings()
    checks = trace.number(words.count, evidence.facts["diagnosis"]["checked"], way="number of")
    if not found:
        yield Paragraph(tr("{number} checks of data, training and score found nothing wrong.", number=checks))
        return
    number = trace.number(words.count, evidence.facts["diagnosis"]["findings"], way="number of")
    yield Paragraph(
        tr(
            "{checks} checks of data, training and score found {number} faults, the worst first.",
            checks=checks,
            number=number,
        )
    )
    for each in found:
        texts = (trace.quote(each[name]) for name in ("what", "evidence", "why", "todo"))
        yield Finding(*texts, each.value["level"] == "serious")


def _unchecked(evidence: Evidence) -> Iterator[Block]:
    trace, reasons = evidence.trace, {}
    for each in evidence.facts["diagnosis"]["unchecked"]:
        reasons.setdefault(each.value["why"], []).append(each)
    lines = [
        f"{', '.join(trace.quote(each['name'], lambda name: name.replace('-', ' ')) for each in those)}: {trace.quote(those[0]['why'])}"
        for those in reasons.values()
    ]
    lines += [trace.quote(each) for each in evidence.facts["missing"]]
    lines += [trace.quote(each) for each in evidence.report.get("notes") or () if spoken(each)]
    if lines:
        yield Heading(tr("What could not be checked or had"))
        yield Points(lines)


def _next(evidence: Evidence) -> Iterator[Block]:
    trace = evidence.trace
    yield Heading(tr("Next steps"))
    steps: dict[str, str] = {}
    for each in evidence.findings():
        steps.setdefault(each.value["todo"], trace.quote(each["todo"]))
    if steps:
        yield Points(list(steps.values())[:STEPS])
    else:
        yield Paragraph(
            tr(
                "Nothing was found that has to be mended first. Try it on examples that come from where it is to be used."
            )
        )
    run = shlex.quote(str(evidence.run.folder))
    if evidence.task == "classify" or not evidence.run.recipe.makes_examples:
        yield Command(f"seodang evaluate {run} OTHER-DATA", tr("judge it on other data"))
    if evidence.data.value.get("opened") is not None:
        yield Command(f"seodang repeat {run}", tr("train it again and see that the same comes out"))
        if not is_solved({"history": evidence.history.value}):
            yield Command(f"seodang train --resume {run} training.epochs=+5", tr("train it further"))
    yield Command(f"seodang diagnose {run}", tr("ask the diagnoses again"))
