"""Exploration: what was seen when the data was looked at, before and beside any network."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr, trn
from seodang.papers import drawings, words
from seodang.papers.blocks import Block, Heading, Paragraph, Points, Section, Table
from seodang.papers.data_card import finding, spoken
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place

NOTES = 8
CLASSES = 40  # whose counts are drawn
QUARTILES = ("least", "quarter", "median", "three_quarters", "largest", "mean")


def exploration(evidence: Evidence) -> Section:
    """What was seen when the data was looked at."""
    blocks: list[Block] = [
        *_pictures(evidence),
        *_balance(evidence),
        *_amount(evidence),
        *_series(evidence),
        *_findings(evidence),
        *_notes(evidence),
    ]
    if not blocks:
        blocks = [Paragraph(tr("The data could not be opened again, so it could not be explored."))]
    return Section("exploration", tr("Exploration"), blocks)


def _pictures(evidence: Evidence) -> Iterator[Block]:
    trace, look = evidence.trace, evidence.facts.get("look")
    if look is None or "sizes" not in look:
        return
    lines = []
    sizes = look["sizes"]

    def size(name: str) -> str:
        return f"{trace.number(words.count, sizes[name][0])}×{trace.number(words.count, sizes[name][1])}"

    if sizes["different"].value == 1:
        lines.append(tr("Every picture is {size} pixels large.", size=size("median")))
    else:
        lines.append(
            tr(
                "The pictures have {number} sizes, from {smallest} to {largest} pixels; the median is {median}.",
                number=trace.number(words.count, sizes["different"]),
                smallest=size("smallest"),
                largest=size("largest"),
                median=size("median"),
            )
        )
    if spread := evidence.report.get("pictures"):
        low, high = spread["brightness"]
        lines.append(
            tr(
                "The brightness of nearly all training pictures lies between {low} and {high} of 255.",
                low=trace.number(words.amount, low),
                high=trace.number(words.amount, high),
            )
        )
    same, near = look["duplicates"]["same"], look["duplicates"]["near"]
    if same["groups"].value:
        pictures = trace.number(words.count, same["pictures"])
        lines.append(tr("{pictures} pictures are the same as another, pixel for pixel.", pictures=pictures))
    if near["groups"].value:
        pictures = trace.number(words.count, near["pictures"])
        lines.append(tr("{pictures} pictures are nearly the same as another.", pictures=pictures))
    if not same["groups"].value and not near["groups"].value:
        lines.append(tr("No picture stands in it twice, and none is nearly the same as another."))
    yield Points(lines)


def _balance(evidence: Evidence) -> Iterator[Block]:
    counts = evidence.data.get("counts")
    classes = evidence.data.value.get("classes", [])
    if counts is not None and counts.value and 1 < len(classes) <= CLASSES:
        yield drawings.counts(counts, classes)


def _amount(evidence: Evidence) -> Iterator[Block]:
    trace, amount = evidence.trace, evidence.facts.get("look", "amount")
    if amount is None:
        return
    titles = [
        tr("least"),
        tr("a quarter below"),
        tr("half below"),
        tr("three quarters below"),
        tr("largest"),
        tr("mean"),
    ]
    yield Paragraph(tr("How {target} is spread over all rows:", target=trace.quote(evidence.data["purpose"]["target"])))
    yield Table(["", *titles], [["", *(trace.number(words.amount, amount[name]) for name in QUARTILES)]])


def _series(evidence: Evidence) -> Iterator[Block]:
    trace, series = evidence.trace, evidence.facts.get("look", "series")
    if series is None:
        return
    lines = []
    if "first" in series:
        lines.append(
            tr(
                "{steps} steps from {first} to {last}.",
                steps=trace.number(words.count, series["steps"]),
                first=trace.quote(series["first"]),
                last=trace.quote(series["last"]),
            )
        )
        gaps = series["gaps"]
        lines.append(
            trn(
                "Steps are missing in {number} place.",
                "Steps are missing in {number} places.",
                gaps.value,
                number=trace.number(words.count, gaps),
            )
            if gaps.value
            else tr("No step is missing.")
        )
    if series.value["season"] > 1:
        lines.append(tr("It repeats itself after {number} steps.", number=trace.number(words.count, series["season"])))
    else:
        lines.append(tr("No season was found in it."))
    yield Points(lines)


def _findings(evidence: Evidence) -> Iterator[Block]:
    """What looking found that no diagnosis tells: those stand under the limits."""
    found = evidence.facts.get("look", "findings")
    if found is None:
        return
    known = {each.value["what"] for each in evidence.findings()}
    new = [each for each in found if each.value["what"] not in known and not is_told(evidence, each)]
    if not new:
        yield Paragraph(tr("Looking found nothing wrong with it that is not under the limits below."))
        return
    yield Heading(tr("What looking found"))
    for each in new:
        yield finding(evidence, each)


def is_told(evidence: Evidence, finding: Place) -> bool:
    """Whether a diagnosis tells the same: examples of a judging split that stand in training too."""
    is_leak = finding.value.get("kind", "").startswith("leak_")
    return is_leak and bool(evidence.findings("exact-duplicates", "near-duplicates"))


def _notes(evidence: Evidence) -> Iterator[Block]:
    """What was noted when the data was opened, in the paper's language."""
    described = evidence.facts.get("described")
    if described is None:
        return
    places = [*described["reasons"], *described["notes"]]
    if told := [each for each in places if spoken(each)]:
        yield Heading(tr("Noted when it was opened"))
        yield Points([evidence.trace.say(each) for each in told[:NOTES]])
