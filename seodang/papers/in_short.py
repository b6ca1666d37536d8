"""The first screen: what it is for, how good, how sure, what would break it. By rules on what was measured, never made up."""

from __future__ import annotations

from dataclasses import dataclass

from seodang.core.language import tr, trn
from seodang.core.sentences import shown
from seodang.diagnoses.diagnosis import UNTRUE
from seodang.evaluation.generative_verdict import COPIES, HARDLY, NARROW, SAME_PLANE
from seodang.evaluation.intervals import wilson
from seodang.evaluation.naming import example, simple
from seodang.evaluation.verdict import TOO_WIDE
from seodang.papers import score, words
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place

# Checks whose findings are about how good it is and how far the score can be believed; the others tell what would break it.
ON_GOOD = ("naive-baseline",)
ON_SURE = ("too-few-examples", "seed-noise", "miscalibration", "chosen-on-test")
MOST = 4  # findings that are told here; all stand under the limits
SUFFERING = 3  # classes
READ = 8  # columns that are named
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
    return InShort(line, is_good, _what_for(evidence), _how_good(evidence), _how_sure(evidence), _what_breaks(evidence))


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
    return [*lines, _licence(evidence)]


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
        return tr(
            "From the last {window} steps of a series it foretells how {target} goes on: {horizon} steps ahead.",
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
    if plane := report.get("plane"):
        lines.append(
            tr(
                "The network is linear: the widest angle between its plane and that of PCA is {angle}°.",
                angle=trace.number(lambda angle: f"{angle:.2g}", max(plane["angles"], key=lambda place: place.value)),
            )
        )
    if made := report.get("made"):
        lines += [score.made(evidence, made), *score.beside(evidence, made)]
    return lines


# How sure ---------------------------------------------------------------------------------------------------------------


def _how_sure(evidence: Evidence) -> list[str]:
    lines = [*_width(evidence), *_split(evidence), *_opened(evidence), *_seeds(evidence), *_confidence(evidence)]
    told = evidence.findings("chosen-on-test")
    return lines + [_found(evidence, each) for each in told]


def _width(evidence: Evidence) -> list[str]:
    if evidence.task != "classify":
        return []
    trace, report = evidence.trace, evidence.report
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
        return [_found(evidence, each) for each in found]
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
        return [*(_found(evidence, each) for each in found), *_surest(evidence)]
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


def _found(evidence: Evidence, finding: Place) -> str:
    return f"{evidence.trace.say(finding['what'])} {evidence.trace.say(finding['evidence'])}"


# What would break it ----------------------------------------------------------------------------------------------------


def _what_breaks(evidence: Evidence) -> list[str]:
    found = [each for each in evidence.findings() if each.value["name"] not in (*ON_GOOD, *ON_SURE)]
    lines = [_found(evidence, each) for each in found[:MOST]]
    lines += [*_beyond(evidence), *_needs(evidence), *_suffering(evidence), *_farthest(evidence), *_not_made(evidence)]
    if not found:
        lines.append(_checks(evidence))
    return lines


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
    if worst := next(iter(report.get("mistakes") or ()), None):
        lines.append(
            tr(
                "The farthest off: {id}, where {true} was true and {predicted} was foretold.",
                id=trace.quote(worst["id"], example),
                true=trace.quote(worst["true"]),
                predicted=trace.quote(worst["predicted"]),
            )
        )
    steps = report.get("by_step")
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


def _not_made(evidence: Evidence) -> list[str]:
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
        number = trace.number(words.amount, diversity)
        lines.append(tr("Its pictures differ {number} times as much as real ones do: too alike.", number=number))
    if (near := report["metrics"]["nearness"]).value < COPIES:
        number = trace.number(words.amount, near)
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
    is_drawn = given is not None and evidence.report.value["split"] not in given.value
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
        lines.append(tr("It was judged on one stretch of time after training; how it does later was not measured."))
    return lines
