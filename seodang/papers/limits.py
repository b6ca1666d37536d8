"""Limits and next steps: what was found wrong, what could not be checked, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.diagnosis import title_of
from seodang.evaluation.naming import simple
from seodang.evaluation.report import is_solved
from seodang.papers import score, words
from seodang.papers.blocks import Block, Command, Heading, Paragraph, Points, Section
from seodang.papers.breaks import harmless, not_made
from seodang.papers.data_card import blanks, finding, spoken
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
    told = {"checks": checks, "number": number}
    yield Paragraph(
        tr("{checks} checks of data, training and score found {number} fault.", **told)
        if len(found) == 1
        else tr("{checks} checks of data, training and score found {number} faults, the worst first.", **told)
    )
    for each in found:
        yield finding(evidence, each)


def _unchecked(evidence: Evidence) -> Iterator[Block]:
    trace, reasons = evidence.trace, {}
    for each in evidence.facts["diagnosis"]["unchecked"]:
        reasons.setdefault(each.value["why"], []).append(each)
    lines = [
        f"{', '.join(trace.quote(each['name'], title_of, is_ours=True) for each in those)}: {trace.say(those[0]['why'])}"
        for those in reasons.values()
    ]
    lines += [trace.say(each) for each in evidence.facts["missing"]]
    if lines:
        yield Heading(tr("What could not be checked or had"))
        yield Points(lines)
    if notes := [trace.say(each) for each in evidence.report.get("notes") or () if spoken(each)]:
        yield Heading(tr("Noted when it was judged"))
        yield Points(notes)


def _next(evidence: Evidence) -> Iterator[Block]:
    yield Heading(tr("Next steps"))
    steps = [*_mend(evidence), *_measure(evidence)]
    if not evidence.findings():
        steps.insert(0, tr("No check found anything that has to be mended first."))
    yield Points(steps)
    run = shlex.quote(str(evidence.run.folder))
    if evidence.task in ("classify", "regress", "forecast"):
        yield Command(f"seodang predict {run} FILE", tr("use it on new examples"))
    elif evidence.task in ("next_token", "translate", "imitate"):
        yield Command(f"seodang generate {run}", tr("use it: let it write or draw"))
    elif evidence.noun == "picture":
        yield Command(f"seodang similar {run} PICTURE", tr("find pictures like one"))
    yield Command(f"seodang evaluate {run} OTHER-DATA", tr("judge it on other data"))
    if not evidence.is_imported:
        yield Command(f"seodang repeat {run}", tr("train it again and see that the same comes out"))
        if not is_solved({"history": evidence.history.value}):
            yield Command(" ".join(["seodang train --resume", run, "training.epochs=+5"]), tr("train it further"))
    yield Command(f"seodang diagnose {run}", tr("ask the diagnoses again"))


def _mend(evidence: Evidence) -> Iterator[str]:
    """What the diagnoses say is to be done, the most important first, each once."""
    steps: dict[str, str] = {}
    for each in evidence.findings():
        if harmless(each):
            continue
        steps.setdefault(each.value["todo"], evidence.trace.say(each["todo"]))
    yield from list(steps.values())[:STEPS]


def _measure(evidence: Evidence) -> Iterator[str]:
    """What was not shown, and what would show it."""
    if evidence.report.value["split"] == "train":
        yield tr("Judge it on examples that it did not learn from: keep some apart (split.test), or give others.")
    elif rivals := [each for each in score.rivals(evidence) if each.outcome != "better"]:
        told = ", ".join(simple(each.name, evidence.task) for each in rivals)
        yield tr(
            "Take what is simpler ({methods}), or show on more examples that the network is better: here it is not.",
            methods=told,
        )
    if evidence.facts["seeds"].value == 1 and not evidence.is_imported:
        yield tr(
            "Train it with other seeds (training.seed) and judge them on the same examples: is the score the recipe's, or luck?"
        )
    if evidence.task == "imitate":
        if not_made(evidence):
            yield tr(
                "Train it further and look at how varied its pictures are: too alike, or without some classes, they stand for a part of "
                "the data alone."
            )
    elif evidence.task == "forecast":
        yield tr("Judge it again by what comes after the last value here: how it does later is not known.")
    elif evidence.is_own:
        yield tr("Judge it on examples that come from where it is to be used.")
