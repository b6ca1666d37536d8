"""The first screen: what it is for, how good, how sure, what would break it. By rules on what was measured, never made up."""

from __future__ import annotations

from dataclasses import dataclass

from seodang.core.language import tr, trn
from seodang.core.sentences import shown
from seodang.diagnoses.diagnosis import UNTRUE
from seodang.evaluation.generative_verdict import SAME_PLANE
from seodang.evaluation.naming import metric, simple
from seodang.evaluation.verdict import TOO_WIDE
from seodang.papers import score, words
from seodang.papers.breaks import found_wrong, not_made, what_breaks
from seodang.papers.evidence import Evidence

# The number of the first sentence on how good it is, by the task; of texts that are written the perplexity.
HEADLINES = {"regress": "mae", "forecast": "mae", "reconstruct": "rmse"}
FEW = 50  # training examples of a class
SURE = 0.9  # the cut-off that is told here, whatever the others give; all stand under the evaluation


@dataclass(frozen=True)
class InShort:
    """The four answers, a sentence or two each, and the one line above them. `is_good`: whether nothing speaks against it."""

    line: str
    is_good: bool
    what_for: list[str]
    how_good: list[str]
    how_sure: list[str]
    what_breaks: list[str]


def in_short(evidence: Evidence) -> InShort:
    """The first screen of a paper."""
    line, is_good = _line(evidence)
    return InShort(line, is_good, _what_for(evidence), _how_good(evidence), _how_sure(evidence), what_breaks(evidence))


# The line above ---------------------------------------------------------------------------------------------------------


def _line(evidence: Evidence) -> tuple[str, bool]:
    """What the numbers allow to be decided; the first of these that holds."""
    for finding in evidence.findings():
        if finding.value["severity"] >= UNTRUE:
            what = evidence.trace.say(finding["what"])
            return tr("Decide nothing by this score as it stands: {what}", what=what), False
    if evidence.report.value["split"] == "train":
        return tr("It was judged on what it learnt from: the score says nothing of new examples."), False
    if plane := evidence.report.get("plane"):
        if max(plane.value["angles"]) <= SAME_PLANE:
            return tr("It does what PCA does, which is simpler; a linear network can do no more."), True
        return tr("It is a linear network that has not yet learnt what PCA finds at once."), False
    found = score.rivals(evidence)
    if worse := _methods(evidence, found, "worse"):
        return tr("Something simpler does better: {methods}.", methods=worse), False
    if same := _methods(evidence, found, "same"):
        return tr("Nothing shows that it is better than something simpler: {methods}.", methods=same), False
    if not found:
        return tr("It was set beside nothing simpler, so whether it is good cannot be said."), False
    if evidence.report.value["split"] == "validation":
        return tr(
            "Better than what is simpler, but there is no test split: settings may have been chosen by this score."
        ), False
    if evidence.findings("too-few-examples"):
        return tr("Better than what is simpler, but judged on few examples: read the interval, not the score."), False
    if made := evidence.report.get("made"):
        beaten = [each for each in score.rivals(evidence, made) if each.outcome != "better"]
        if beaten:
            methods = ", ".join(simple(each.name, "imitate") for each in beaten)
            told = tr(
                "It puts out again better than what is simpler; what it makes of noise is not shown to be: {methods}.",
                methods=methods,
            )
            return told, False
    if doubts := not_made(evidence):
        return tr("Better than what is simpler, and yet: {doubt}", doubt=doubts[0]), False
    if any(each.p_value is None for each in found):
        return tr("Better than everything simpler that it was set beside; whether beyond chance was not tested."), True
    return tr("Better, beyond chance, than everything simpler that it was set beside."), True


def _methods(evidence: Evidence, found: list[score.Rival], outcome: score.Outcome) -> str:
    return ", ".join(simple(each.name, evidence.task) for each in found if each.outcome == outcome)


# What it is for ---------------------------------------------------------------------------------------------------------


def _what_for(evidence: Evidence) -> list[str]:
    trace = evidence.trace
    lines = [_does(evidence)]
    learnt = evidence.data.get("split", "examples", "train")
    if learnt is not None:
        source = trace.quote(evidence.data["source"]["name"])
        lines[0] += " " + tr(
            "It learnt from {examples} of {source}.", examples=words.examples(evidence, learnt), source=source
        )
    lines[0] += _rarest(evidence)
    return [*lines, _licence(evidence)]


def _rarest(evidence: Evidence) -> str:
    """The class with the fewest training examples, where they are few, or far fewer than its share."""
    counts = evidence.data.get("counts", "train")
    classes = {each.value: each for each in evidence.data.get("classes") or ()}
    if evidence.task != "classify" or counts is None or len(classes) < 2:
        return ""
    rows = [(name, place) for name, place in counts.items() if name in classes]
    name, few = min(rows, key=lambda each: each[1].value)
    if few.value >= FEW and few.value >= sum(place.value for _, place in rows) / len(rows) / 2:
        return ""
    told = {"name": evidence.trace.quote(classes[name]), "number": evidence.trace.number(words.count, few)}
    return " " + tr("The rarest class, {name}, has {number} of them.", **told)


def _licence(evidence: Evidence) -> str:
    """Under which terms the data came: it limits what the network may be used for, however good it is."""
    trace, card = evidence.trace, evidence.facts.get("card", "licence")
    if card is not None and card.value:
        return tr("Licence of the data: {licence}.", licence=trace.quote(card, _bare, is_ours=True))
    told = evidence.answers.get("data_licence")
    if told is not None and told.value:
        return tr("Licence of the data, as its user says: {licence}.", licence=trace.quote(told, _bare))
    return tr("Under which licence the data came is not known here: ask before its answers are put to use.")


def _bare(text: str) -> str:
    return shown(text).strip().rstrip(".")


def _does(evidence: Evidence) -> str:
    """What the network does, by its task and the data's own names."""
    trace, report, data = evidence.trace, evidence.report, evidence.data
    if evidence.task == "classify":
        classes = data["classes"]
        told = {
            "names": words.listed(evidence, list(classes), classes),
            "number": trace.number(words.count, classes, way="number of"),
        }
        if evidence.noun == "picture":
            return tr("It tells which of {number} classes a picture belongs to: {names}.", **told)
        if evidence.noun == "text":
            return tr("It tells which of {number} classes a text belongs to: {names}.", **told)
        target = trace.quote(report["target"])
        return tr(
            "From the other columns of a row it tells which of {number} classes {target} is: {names}.",
            target=target,
            **told,
        )
    if evidence.task == "regress":
        what = tr("a text") if evidence.noun == "text" else tr("the other columns of a row")
        return tr("From {what} it estimates an amount: {target}.", what=what, target=trace.quote(report["target"]))
    if evidence.task == "forecast":
        return trn(
            "From the last {window} steps of a series it foretells the next value of {target}.",
            "From the last {window} steps of a series it foretells how {target} goes on: {horizon} steps ahead.",
            report["horizon"].value,
            window=trace.number(words.count, data["facts"]["inputs"]["shape"][0]),
            target=trace.quote(report["target"]),
            horizon=trace.number(words.count, report["horizon"]),
        )
    if evidence.task == "next_token":
        return tr("It says which token comes next, and so writes texts like those it has read.")
    if evidence.task == "translate":
        return tr("It writes in one language what stands in another.")
    if evidence.task == "imitate":
        return tr("It makes new pictures that are to look like those it learnt from.")
    told = tr(
        "It puts examples out again through a code of {code} numbers in the place of {numbers}: to store, compare or clean them by it.",
        code=trace.number(words.count, report["code"]),
        numbers=trace.number(words.count, report["numbers"]),
    )
    return told + " " + tr("From noise it makes new pictures.") if "made" in report else told


# How good ---------------------------------------------------------------------------------------------------------------


def _how_good(evidence: Evidence) -> list[str]:
    lines = [score.headline(evidence), *score.beside(evidence)]
    trace, report = evidence.trace, evidence.report
    if noisy := report.get("noisy"):
        lines.append(
            tr(
                "With the noise of training on what goes in it is off by {distance} (mean squared); the noise left in would be {left}.",
                distance=trace.number(words.amount, noisy["mse"]),
                left=trace.number(words.amount, noisy["left"]),
            )
        )
        if noisy.value.get("removed", 0) > 0:
            lines[-1] += " " + tr(
                "It takes {share} of the noise away.", share=trace.number(words.tenths, noisy["removed"])
            )
    if plane := report.get("plane"):
        lines.append(
            tr(
                "The network is linear: the widest angle between its plane and that of PCA is {angle}°.",
                angle=trace.number(lambda angle: f"{angle:.2g}", max(plane["angles"], key=lambda place: place.value)),
            )
        )
    if made := report.get("made"):
        lines += [score.made(evidence, made), *score.beside(evidence, made)]
    if drawn := report if evidence.task == "imitate" else made:
        lines += score.told_of_made(evidence, drawn)
    return lines


# How sure ---------------------------------------------------------------------------------------------------------------


def _how_sure(evidence: Evidence) -> list[str]:
    lines = [*_width(evidence), *_split(evidence), *_opened(evidence), *_seeds(evidence), *_confidence(evidence)]
    told = evidence.findings("chosen-on-test")
    return lines + [found_wrong(evidence, each) for each in told]


def _width(evidence: Evidence) -> list[str]:
    trace, report = evidence.trace, evidence.report
    if evidence.task == "imitate":
        return []  # its interval is that of draws, and stands beside the distance
    if evidence.task != "classify":
        name = HEADLINES.get(evidence.task, "perplexity")
        if (bounds := report.get("intervals", name)) is None:
            return []
        width = trace.number(words.amount, bounds[1], bounds[0], way="difference")
        told = {"metric": words.within(metric(name)), "width": width, "examples": words.judged(evidence)}
        return [tr("The interval of the {metric} is {width} wide, from {examples}.", **told)]
    low, high = report["intervals"]["accuracy"]
    width = trace.number(words.in_points, high, low, way="difference")
    told = tr("The interval is {width} points wide, from {examples}.", width=width, examples=words.judged(evidence))
    if 100 * (high.value - low.value) / 2 > TOO_WIDE:
        told += " " + tr("That is too wide to tell two good networks apart: judge on more examples.")
    return [told]


def _split(evidence: Evidence) -> list[str]:
    split, seen = evidence.report.value["split"], evidence.report.get("judged", "seen")
    lines = []
    steps = evidence.report.get("horizon") if evidence.task == "forecast" else None
    if steps is not None and steps.value > 1:
        lines.append(tr("Windows that lie side by side overlap: they say less than as many separate ones."))
    if split == "validation":
        lines.append(
            tr("There is no test split: where settings or epochs were chosen by these examples, the score is too good.")
        )
    if seen is not None and seen.value:
        lines.append(
            tr(
                "{number} of the judged examples also stand in training or validation.",
                number=evidence.trace.number(words.count, seen),
            )
        )
    leak = f"leak_{split}"
    if seen is None and not evidence.findings("exact-duplicates", "near-duplicates"):
        found = evidence.facts.get("look", "findings") or ()
        lines += [evidence.trace.say(each["what"]) for each in found if each.value.get("kind") == leak]
    return lines


def _opened(evidence: Evidence) -> list[str]:
    times, runs = evidence.facts["opened"]["times"], evidence.facts["opened"]["runs"]
    if evidence.report.value["split"] == "train" or evidence.findings("chosen-on-test"):
        return []  # the check says by how much
    if times.value <= 1:
        return [tr("These examples were opened once, by this run alone.")]
    told = {"times": evidence.trace.number(words.count, times), "runs": evidence.trace.number(words.count, runs)}
    if runs.value > 1:
        return [
            tr(
                "These examples were opened {times} times by {runs} runs: the best of several looks better than it is.",
                **told,
            )
        ]
    return [tr("These examples were opened {times} times, by this run alone.", times=told["times"])]


def _seeds(evidence: Evidence) -> list[str]:
    if found := evidence.findings("seed-noise"):
        return [found_wrong(evidence, each) for each in found]
    if evidence.is_imported:
        return []
    seeds, seed = evidence.facts["seeds"], evidence.trace.number(words.count, evidence.recipe["training"]["seed"])
    if seeds.value == 1:
        return [tr("It was trained with one seed ({seed}); whether another gives the same is not known.", seed=seed)]
    number = evidence.trace.number(words.count, seeds)
    if evidence.main != "accuracy":
        return [tr("{number} seeds of this recipe were trained and judged on these examples.", number=number)]
    return [
        tr("{number} seeds of this recipe were trained; none is told apart from this one beyond chance.", number=number)
    ]


def _confidence(evidence: Evidence) -> list[str]:
    if found := evidence.findings("miscalibration"):
        return [*(found_wrong(evidence, each) for each in found), *_surest(evidence)]
    if "calibration" not in evidence.report:
        return []
    trace, report = evidence.trace, evidence.report
    form = score.form(evidence, "accuracy")
    return [
        tr(
            "On average it is {sure} sure of its answers and right on {right}.",
            sure=trace.number(form, report["calibration"]["mean_confidence"]),
            right=trace.number(form, report["metrics"]["accuracy"]),
        ),
        *_surest(evidence),
    ]


def _surest(evidence: Evidence) -> list[str]:
    """How many answers are left, and how right those are, where a person takes the doubtful ones. At a cut-off set beforehand."""
    row = next((each for each in evidence.report.get("cutoffs") or () if each.value["at"] == SURE), None)
    if row is None:
        return []
    trace, at = evidence.trace, evidence.trace.number(words.whole_percent, row["at"])
    if not row.value["answered"]:
        return [tr("Not one of its answers has a confidence of {at} or more.", at=at)]
    answered = row["answered"].value
    if answered == evidence.report["judged"]["examples"].value:
        return [tr("All of its answers have a confidence of {at} or more.", at=at)]
    low, high = row["interval"]
    return [
        tr(
            "With a confidence of {at} or more it gives {share} of its answers, and of these {right} are right (95 % interval "
            "{low}–{high}); the rest could go to a person.",
            at=at,
            share=trace.number(score.form(evidence, "accuracy"), row["share"]),
            right=trace.number(words.percent_of(answered), row["accuracy"]),
            low=trace.number(words.points_of(answered), low),
            high=trace.number(words.points_of(answered), high),
        )
    ]
