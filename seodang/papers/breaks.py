"""What would break a network, as the first screen says it: what the checks found, what was not measured, where it is weakest."""

from __future__ import annotations

from seodang.core.language import tr, trn
from seodang.diagnoses.diagnosis import WORSE
from seodang.evaluation.generative_verdict import COPIES, HARDLY, NARROW
from seodang.evaluation.intervals import wilson
from seodang.evaluation.naming import example
from seodang.papers import words
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place

# Checks whose findings are about how good it is and how far the score can be believed; the others tell what would break it.
ON_GOOD = ("naive-baseline",)
ON_SURE = ("too-few-examples", "seed-noise", "miscalibration", "chosen-on-test")
MOST = 4  # findings that are told here; all stand under the limits
SUFFERING = 3  # classes
READ = 8  # columns that are named


def found_wrong(evidence: Evidence, finding: Place) -> str:
    """What a check found, with its evidence."""
    return f"{evidence.trace.say(finding['what'])} {evidence.trace.say(finding['evidence'])}"


def what_breaks(evidence: Evidence) -> list[str]:
    """What is known, and what was not measured, that would make its answers wrong."""
    found = [
        each for each in evidence.findings() if each.value["name"] not in (*ON_GOOD, *ON_SURE) and not harmless(each)
    ]
    lines = [found_wrong(evidence, each) for each in found[:MOST]]
    lines += [*_beyond(evidence), *_needs(evidence), *_suffering(evidence), *_farthest(evidence), *not_made(evidence)]
    if not found:
        lines.append(_checks(evidence))
    return lines


def harmless(finding: Place) -> bool:
    """Whether a finding is about a column that the network was not shown: worth knowing, but nothing that breaks it."""
    return finding.value["name"] == "gives-away" and finding.value["severity"] < WORSE


def _checks(evidence: Evidence) -> str:
    """That the checks found nothing else, and how many could not be made: silence is no clearance."""
    number = evidence.trace.number(words.count, evidence.facts["diagnosis"]["checked"], way="number of")
    told = tr("{number} checks of data and training found nothing else that would.", number=number)
    unchecked = evidence.facts["diagnosis"]["unchecked"]
    if not unchecked.value:
        return told
    left = evidence.trace.number(words.count, unchecked, way="number of")
    return told + " " + tr("Could not be checked: {number} more, named under limits.", number=left)


def _suffering(evidence: Evidence) -> list[str]:
    """Classes that are found less often than things are told rightly over all, beyond the intervals; else the weakest one."""
    trace, report = evidence.trace, evidence.report
    rows = [row for row in report.get("per_class") or () if row.value["support"] and row.value["recall"] < 1]
    if len(report.value.get("classes", [])) < 2 or not rows:
        return []
    rows.sort(key=lambda row: row.value["recall"])
    lowest = report.value["intervals"]["accuracy"][0]
    worse = [row for row in rows if _highest(row) < lowest]

    def told(row: Place) -> str:
        form = words.percent_of(row.value["support"])
        return tr(
            "{name} ({share} of {number} found)",
            name=trace.quote(row["class"]),
            share=trace.number(form, row["recall"]),
            number=trace.number(words.count, row["support"]),
        )

    if worse:
        lines = [
            tr(
                "Found less often than the rest, beyond chance: {classes}.",
                classes=", ".join(map(told, worse[:SUFFERING])),
            )
        ]
    else:
        lines = [tr("The weakest class is {class_}; that may be chance.", class_=told(rows[0]))]
    if pair := next(iter(report.get("confused_pairs") or ()), None):
        lines[0] += " " + trn(
            "Most often {true} is taken for {predicted} ({number} time).",
            "Most often {true} is taken for {predicted} ({number} times).",
            pair["count"].value,
            true=trace.quote(pair["true"]),
            predicted=trace.quote(pair["predicted"]),
            number=trace.number(words.count, pair["count"]),
        )
    return lines


def _highest(row: Place) -> float:
    return wilson(round(row.value["recall"] * row.value["support"]), row.value["support"])[1]


def _farthest(evidence: Evidence) -> list[str]:
    """Of amounts, the worst answer; of forecasts, how the error grows."""
    if evidence.task not in ("regress", "forecast"):
        return []
    trace, report, lines = evidence.trace, evidence.report, []
    worst, steps = next(iter(report.get("mistakes") or ()), None), report.get("by_step")
    if worst is not None and steps is not None and len(steps.value) > 1:
        lines.append(
            tr(
                "The farthest off: {id}, by {error} on average over the steps ahead.",
                id=trace.quote(worst["id"], example),
                error=trace.quote(worst["error"]),
            )
        )
    elif worst is not None:
        lines.append(
            tr(
                "The farthest off: {id}, where {true} was true and {predicted} was foretold.",
                id=trace.quote(worst["id"], example),
                true=trace.quote(worst["true"]),
                predicted=trace.quote(worst["predicted"]),
            )
        )
    if steps is not None and len(steps.value) > 1:
        last = len(steps.value) - 1
        lines.append(
            tr(
                "The first step ahead is off by {first} on average, the last by {last}.",
                first=trace.number(words.amount, steps[0]),
                last=trace.number(words.amount, steps[last]),
            )
        )
    return lines


def _needs(evidence: Evidence) -> list[str]:
    """Of rows, what must be known of a new one; beyond the values of training it has no experience."""
    purpose, columns = evidence.data.get("purpose"), evidence.data.get("columns")
    if purpose is None or columns is None or purpose.value["form"] != "table":
        return []
    unseen = {purpose.value.get("target"), *purpose.value.get("left", ())}
    names = [each["name"] for each in columns if each.value["name"] not in unseen]
    told = ", ".join(evidence.trace.quote(name) for name in names[:READ]) + (", …" if len(names) > READ else "")
    return [
        tr(
            "It reads {columns}: where one of these is not known beforehand, is measured otherwise, or lies beyond what training had, "
            "its answers are guesses.",
            columns=told,
        )
    ]


def not_made(evidence: Evidence) -> list[str]:
    """Of a network that makes pictures: classes it hardly draws, pictures too alike, copies."""
    report = evidence.report if evidence.task == "imitate" else evidence.report.get("made")
    if report is None:
        return []
    trace, lines = evidence.trace, []
    if rows := report.get("classes", "rows"):
        missing = [
            row["class"] for row in rows if not row.value["made"] or row.value["made"] < HARDLY * row.value["real"]
        ]
        if missing:
            lines.append(
                tr(
                    "Hardly or never drawn: {classes}.",
                    classes=words.listed(evidence, missing, report["classes"]["rows"], 20),
                )
            )
    diversity = report["metrics"]["diversity"]
    if diversity.value < NARROW:
        number = trace.number(words.times, diversity)
        lines.append(tr("Its pictures differ {number} times as much as real ones do: too alike.", number=number))
    if (near := report["metrics"]["nearness"]).value < COPIES:
        number = trace.number(words.times, near)
        lines.append(
            tr(
                "They lie {number} times as far from the nearest training picture as new ones do: copies, perhaps.",
                number=number,
            )
        )
    return lines


def _beyond(evidence: Evidence) -> list[str]:
    """What was not measured: other sources, other classes."""
    lines = []
    given = evidence.data.get("split", "given")
    if evidence.task == "classify":
        lines.append(tr("It knows its classes and no others: whatever it is shown, it answers with one of them."))
    if evidence.task == "imitate":
        return [
            tr(
                "It draws nothing but what is like the pictures that it learnt from; whether what it draws serves a purpose was not "
                "measured."
            )
        ]
    is_drawn = given is not None and evidence.report.value["split"] not in (*given.value, "train")
    if evidence.is_own and evidence.task != "forecast":
        lines.append(
            tr(
                "Training and judged examples were drawn from the same data: how it does on examples from elsewhere (other people, "
                "places, devices, times) was not measured."
            )
            if is_drawn
            else tr("How it does on examples from elsewhere (other people, places, devices, times) was not measured.")
        )
    elif evidence.task == "forecast":
        stretch = evidence.facts.get("stretches", evidence.report.value["split"])
        if stretch is None or not evidence.is_own:
            lines.append(tr("It was judged on one stretch of time after training; how it does later was not measured."))
        else:
            lines.append(
                tr(
                    "It was judged on one stretch of time after training, {first} to {last}; how it does later was not measured.",
                    first=evidence.trace.quote(stretch[0]),
                    last=evidence.trace.quote(stretch[1]),
                )
            )
    return lines
