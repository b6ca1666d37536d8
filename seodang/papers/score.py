"""How good a run is and beside what, by rules on its report: the sentences that several sections say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seodang.core.language import tr
from seodang.diagnoses.case import LEVEL
from seodang.evaluation.naming import metric, simple
from seodang.papers import words
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Form, Place

Outcome = Literal["better", "same", "worse"]


@dataclass(frozen=True)
class Rival:
    """A simple method that the network is set beside.

    name: in the report.   place: where its numbers stand there.   outcome: of the network against it; "same": not told apart.
    p_value: of the paired test, or None where there is none.
    """

    name: str
    place: Place
    outcome: Outcome
    p_value: Place | None


def rivals(evidence: Evidence, of: Place | None = None) -> list[Rival]:
    """Every baseline of the report, or of the part of it that is about made pictures, and whether the network is better."""
    report = evidence.report if of is None else of
    found = []
    for name, place in report["baselines"].items() if "baselines" in report else ():
        if name == "real" or (name == "linear" and report.value.get("plane")):
            continue  # nothing can be better than real pictures, and no linear network than PCA: neither is to be beaten
        test = place.get("network_against_it")
        if test is not None:
            p, gain = test.value["p_value"], test.value["difference"]
            outcome = "same" if p >= LEVEL else "better" if gain > 0 else "worse"
        elif "better" in place:
            outcome = "better" if place.value["better"] else "worse"
        else:
            high = report.value["intervals"]["frechet"][1]
            low = report.value["intervals"]["frechet"][0]
            outcome = "better" if high < place.value["frechet"] else "worse" if low > place.value["frechet"] else "same"
        found.append(Rival(name, place, outcome, None if test is None else test["p_value"]))
    return found


def form(evidence: Evidence, name: str) -> Form:
    """How a number of the report is written, by its name."""
    return words.form_of(name, counted(evidence.report))


def counted(report: Place) -> int:
    """How many answers its shares are shares of: tokens where those are foretold, else examples."""
    return report.value.get("tokens") or report.value["judged"]["examples"]


def main_of(report: Place) -> str:
    """The number by which a report sets the network beside what is simpler."""
    return report.value.get("main", "accuracy")


def headline(evidence: Evidence) -> str:
    """The score in one sentence."""
    trace, report = evidence.trace, evidence.report
    found, judged = report["metrics"], words.judged(evidence)
    if evidence.task == "classify":
        examples = report.value["judged"]["examples"]
        low, high = report["intervals"]["accuracy"]
        return tr(
            "Right on {share} of {examples} (95 % interval {low}–{high}).",
            share=trace.number(words.percent_of(examples), found["accuracy"]),
            examples=judged,
            low=trace.number(words.points_of(examples), low),
            high=trace.number(words.points_of(examples), high),
        )
    if evidence.task in ("regress", "forecast"):
        told = tr(
            "Off by {distance} on average over {examples} (95 % interval {low}–{high}); {target} goes there from {least} to {most}.",
            distance=trace.number(words.amount, found["mae"]),
            examples=judged,
            low=trace.number(words.amount, report["intervals"]["mae"][0]),
            high=trace.number(words.amount, report["intervals"]["mae"][1]),
            target=trace.quote(report["target"]),
            least=trace.number(words.amount, report["range"][0]),
            most=trace.number(words.amount, report["range"][1]),
        )
        if "error_90" not in found:
            return told
        return (
            told
            + " "
            + tr(
                "Half of its answers are off by at most {half}, nine of ten by at most {most}.",
                half=trace.number(words.amount, found["median_error"]),
                most=trace.number(words.amount, found["error_90"]),
            )
        )
    if evidence.task == "reconstruct":
        return tr(
            "Off by {distance}, root mean squared, over {examples} (95 % interval {low}–{high}): a code of {code} numbers in the "
            "place of {numbers} keeps {share} of the spread.",
            distance=trace.number(words.amount, found["rmse"]),
            examples=judged,
            low=trace.number(words.amount, report["intervals"]["rmse"][0]),
            high=trace.number(words.amount, report["intervals"]["rmse"][1]),
            code=trace.number(words.count, report["code"]),
            numbers=trace.number(words.count, report["numbers"]),
            share=trace.number(form(evidence, "explained"), found["explained"]),
        )
    if evidence.task == "imitate":
        return made(evidence, report)
    told = tr(
        "Perplexity {perplexity} on {tokens} tokens of {examples}: as unsure as among so many equally likely ones. Its first guess "
        "for the next token is right {share} of the time.",
        perplexity=trace.number(words.amount, found["perplexity"]),
        tokens=trace.number(words.count, report["tokens"]),
        examples=judged,
        share=trace.number(words.percent_of(report.value["tokens"]), found["accuracy"]),
    )
    if (bounds := report.get("intervals", "perplexity")) is not None:
        told += " " + tr(
            "The perplexity's 95 % interval: {low}–{high}.",
            low=trace.number(words.amount, bounds[0]),
            high=trace.number(words.amount, bounds[1]),
        )
    if "bits_per_character" in found:
        told += " " + tr(
            "That is {bits} bits a character (95 % interval {low}–{high}), by which any model of the same text can be compared.",
            bits=trace.number(words.amount, found["bits_per_character"]),
            low=trace.number(words.amount, report["intervals"]["bits_per_character"][0]),
            high=trace.number(words.amount, report["intervals"]["bits_per_character"][1]),
        )
    if "bleu" in found:
        told += " " + _bleu(evidence)
    return told


def _bleu(evidence: Evidence) -> str:
    """BLEU, beside what a memory of the training sentences has."""
    trace, report = evidence.trace, evidence.report
    told = tr("BLEU {bleu}, of a hundred at best.", bleu=trace.number(words.amount, report["metrics"]["bleu"]))
    if (memory := report.get("memory", "bleu")) is None:
        return told
    other = trace.number(words.amount, memory)
    if report["metrics"]["bleu"].value > memory.value:
        more = tr("Taking over the translation of the most similar training sentence has {bleu}: less.", bleu=other)
    else:
        more = tr(
            "WORSE than taking over the translation of the most similar training sentence: BLEU {bleu}.", bleu=other
        )
    return f"{told} {more}"


def made(evidence: Evidence, report: Place) -> str:
    """How near made pictures are to real ones; `report`: the part of the report that is about them."""
    trace = evidence.trace
    return tr(
        "Fréchet distance {distance} between made and real pictures ({compared} of each; 95 % of draws {low}–{high}); between real "
        "and other real ones {real}. Lower is better.",
        distance=trace.number(words.amount, report["metrics"]["frechet"]),
        compared=trace.number(words.count, report["compared"]),
        low=trace.number(words.amount, report["intervals"]["frechet"][0]),
        high=trace.number(words.amount, report["intervals"]["frechet"][1]),
        real=trace.number(words.amount, report["baselines"]["real"]["frechet"]),
    )


def told_of_made(evidence: Evidence, report: Place) -> list[str]:
    """What a classifier and the discriminator take made pictures for."""
    trace, lines = evidence.trace, []
    if (classes := report.get("classes")) is not None:
        lines.append(
            tr(
                "A classifier takes them for one class or another with {confidence} confidence on average (real ones: {real}); "
                "{covered} of {total} classes are drawn.",
                confidence=trace.number(words.tenths, report["metrics"]["confidence"]),
                real=trace.number(words.tenths, classes["real_confidence"]),
                covered=trace.number(words.count, classes["covered"]),
                total=trace.number(words.count, classes["rows"], way="number of"),
            )
        )
    if (told := report.get("discriminator")) is not None:
        lines.append(
            tr(
                "Its discriminator takes {real} of unseen real pictures for real and {made} of made ones; where it cannot tell "
                "them, the two are equal.",
                real=trace.number(words.tenths, told["real_taken_for_real"]),
                made=trace.number(words.tenths, told["made_taken_for_real"]),
            )
        )
    return lines


def beside(evidence: Evidence, of: Place | None = None) -> list[str]:
    """What simpler methods reach, and whether the network is better: one sentence on all, and one on each that is not beaten."""
    report, trace = evidence.report if of is None else of, evidence.trace
    found, main = rivals(evidence, of), main_of(report)
    if not found:
        return [tr("It was set beside nothing simpler.")]
    task = "imitate" if main == "frechet" else evidence.task
    told = "; ".join(
        tr(
            "{method} {value}",
            method=simple(each.name, task),
            value=trace.number(form(evidence, main), each.place[main]),
        )
        for each in found
    )
    lines = [
        tr(
            "What is simpler, on the same examples ({metric}): {methods}.",
            metric=words.within(metric(main)),
            methods=told,
        )
    ]
    if main not in ("accuracy", "frechet", "perplexity") and main in report["metrics"]:
        own = trace.number(form(evidence, main), report["metrics"][main])
        lines = [
            tr(
                "By {metric} it has {own}; what is simpler: {methods}.",
                metric=words.within(metric(main)),
                own=own,
                methods=told,
            )
        ]
    if all(each.outcome == "better" for each in found):
        tested = all(each.p_value is not None for each in found)
        several = tr("It is better than all of these, beyond chance."), tr("It is better than all of these.")
        one = tr("It is better, beyond chance."), tr("It is better.")
        lines[0] += " " + (several if len(found) > 1 else one)[0 if tested else 1]
        return lines
    for each in found:
        name = simple(each.name, task)
        chance = "" if each.p_value is None else f" ({trace.number(words.p_value, each.p_value)})"
        if each.outcome == "worse":
            lines.append(tr("WORSE than {method}{chance}.", method=name, chance=chance))
        elif each.outcome == "same":
            lines.append(tr("NOT shown to be better than {method}{chance}.", method=name, chance=chance))
    return lines
