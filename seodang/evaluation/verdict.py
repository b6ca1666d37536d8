"""A report in a few plain lines: how good, better than what, where it fails, and what makes the score doubtful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seodang.core.language import tr, trn
from seodang.core.numbers import percent, points
from seodang.evaluation.intervals import wilson
from seodang.evaluation.naming import judged_on, many

# Half an interval wider than this, in points, is called too wide to tell.
TOO_WIDE = 5
# Numbers that are shares of what was judged, shown in percent.
SHARES = ("accuracy", "balanced_accuracy", "top_3_accuracy", "top_5_accuracy")
# The usual limit for "could this be chance?".
LEVEL = 0.05
# Points by which stated confidence may exceed accuracy, and training accuracy the judged one, before it is said.
OVERCONFIDENT = 5
OVERFITTED = 3
NAMED = 3  # classes and pairs that are named


def verdict(report: dict[str, Any]) -> list[str]:
    """What a person should take home from a report of `evaluate`, one sentence or two a line, most important first."""
    lines = [*same_pictures(report), _score(report), *_against(report), *_before(report), *_weakest(report)]
    return lines + _confidence(report) + _overfitting(report) + _small(report) + _doubts(report)


def same_pictures(report: dict[str, Any]) -> list[str]:
    """That classes of the training data are the same pictures twice, so that the score is none of telling what they show."""
    pairs = report.get("data", {}).get("same_pictures", [])
    return [
        tr(
            "The score says little: {name} and {other} are the same pictures twice ({count:,} of {all:,}), told apart by how "
            "they were saved, not by what they show.",
            name=one["name"],
            other=one["other"],
            count=one["copies"],
            all=one["of"],
        )
        for one in pairs[:NAMED]
    ]


def told(
    name: str, value: float, bounds: Sequence[float] | None, count: int, form: Callable[[float], str]
) -> tuple[str, str]:
    """A number of a report and its interval, for a table: shares in percent, as sentences have them, all else by `form`.

    >>> told("accuracy", 0.98912, (0.98, 0.993), 500, str), told("log_loss", 0.25, None, 500, str)
    (('98.9 %', '98.0–99.3'), ('0.25', ''))
    """
    if name in SHARES:
        return percent(value, count), "–".join(points(each, count) for each in bounds or ())
    return form(value), "–".join(form(each) for each in bounds or ())


def chance(p_value: float) -> str:
    """A p-value in writing: "p = 0.03", "p < 0.001"."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def listed(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    """Some names, and how many more there are.

    >>> listed(("roses", "tulips")), listed(list("abcdefgh"))
    ('roses, tulips', 'a, b, c, d, e and 3 more')
    """
    shown = ", ".join(names[:most])
    return tr("{names} and {more:,} more", names=shown, more=len(names) - most) if len(names) > most else shown


def _score(report: dict[str, Any]) -> str:
    examples, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    return tr(
        "Right on {score} of {examples} (95 % interval {low}–{high}).",
        score=percent(report["metrics"]["accuracy"], examples),
        examples=judged_on(report, "picture"),
        low=points(low, examples),
        high=points(high, examples),
    )


def _against(report: dict[str, Any]) -> list[str]:
    examples, found = report["judged"]["examples"], report["baselines"]
    naive, linear = found["naive"], found.get("linear")
    guess = percent(naive["accuracy"], examples)
    if linear:
        sentence = tr(
            "Guessing the most common class: {accuracy}; a linear model: {linear}.",
            accuracy=guess,
            linear=percent(linear["accuracy"], examples),
        )
    else:
        sentence = tr("Guessing the most common class: {accuracy}.", accuracy=guess)
    simple = [naive, linear] if linear else [naive]
    if all(_better(each["network_against_it"]) for each in simple):
        if same_pictures(report):  # no praise for it
            return [sentence]
        better = tr("Better than both, beyond chance.") if linear else tr("Better than that, beyond chance.")
        return [f"{sentence} {better}"]
    lines = [sentence]
    for name, words in (("naive", tr("always guessing the most common class")), ("linear", tr("a linear model"))):
        if name in found and (line := _not_better(found[name]["network_against_it"], words)):
            lines.append(line)
    return lines


def _before(report: dict[str, Any]) -> list[str]:
    """What the network said before anything was trained, where ImageNet has a name for some of the classes."""
    found, examples = report["baselines"].get("untouched"), report["judged"]["examples"]
    if not found:
        return []
    on_named, named = found["on_named"], [*found["named"]]
    told = {
        "before": percent(found["accuracy"], examples),
        "after": percent(report["metrics"]["accuracy"], examples),
    }
    if found["unnamed"]:
        line = tr(
            "Untouched, the ImageNet network names {before} rightly (ImageNet has no class called {unnamed}; of {which} "
            "{share}); trained on your pictures: {after}.",
            unnamed=listed(found["unnamed"]),
            which=listed(named) if len(named) == 1 else tr("the others"),
            share=percent(on_named["accuracy"], on_named["examples"]),
            **told,
        )
    else:
        line = tr(
            "Untouched, the ImageNet network names {before} rightly; trained on your pictures: {after}.",
            **told,
        )
    doubt = _not_better(found["network_against_it"], tr("the untouched network"))
    return [line, doubt] if doubt else [line]


def _better(test: dict[str, Any]) -> bool:
    return test["p_value"] < LEVEL and test["difference"] > 0


def _not_better(test: dict[str, Any], words: str) -> str | None:
    """A sentence where the network is not shown to be better than a baseline, else None."""
    mine, told = test["second_only"], {"name": words, "its": test["first_only"], "p": chance(test["p_value"])}
    if test["p_value"] >= LEVEL:
        return trn(
            "NOT shown to be better than {name}: {count} picture right that it gets wrong, {its:,} the other way, {p}.",
            "NOT shown to be better than {name}: {count:,} pictures right that it gets wrong, {its:,} the other way, {p}.",
            mine,
            **told,
        )
    if test["difference"] < 0:
        return trn(
            "WORSE than {name}: {count} picture right that it gets wrong, {its:,} the other way, {p}.",
            "WORSE than {name}: {count:,} pictures right that it gets wrong, {its:,} the other way, {p}.",
            mine,
            **told,
        )
    return None


def _weakest(report: dict[str, Any]) -> list[str]:
    rows = [row for row in report["per_class"] if row["support"] and row["recall"] < 1]
    if not rows or len(report["classes"]) < 2:
        return []
    line = weakest(sorted(rows, key=lambda row: row["recall"])[:NAMED])
    if pairs := report["confused_pairs"][:NAMED]:
        taken = ", ".join(
            tr("{true} for {predicted} ({count:,}×)", **{key: pair[key] for key in ("true", "predicted", "count")})
            for pair in pairs
        )
        mistaken = tr("Most often mistaken: {taken}.", taken=taken)
        line = f"{line} {mistaken}"
    return [line]


def weakest(rows: list[dict[str, Any]]) -> str:
    """The classes that are found least often, in a sentence."""
    found = ", ".join(
        tr(
            "{name} ({recall} of {support:,} found)",
            name=row["class"],
            recall=percent(row["recall"], row["support"]),
            support=row["support"],
        )
        for row in rows
    )
    return tr("Weakest: {classes}.", classes=found)


def _confidence(report: dict[str, Any]) -> list[str]:
    examples, accuracy = report["judged"]["examples"], report["metrics"]["accuracy"]
    confidence = report["calibration"]["mean_confidence"]
    if confidence > report["intervals"]["accuracy"][1] and 100 * (confidence - accuracy) > OVERCONFIDENT:
        sure = f"{100 * confidence:.0f} %"
        return [
            tr(
                "Overconfident: it gives its answers {sure} on average and is right on {accuracy}.",
                sure=sure,
                accuracy=percent(accuracy, examples),
            )
        ]
    return []


def _overfitting(report: dict[str, Any]) -> list[str]:
    history = report["history"]
    if report["split"] == "train" or not report["judged"]["is_own"] or not history:
        return []
    kept = next((line for line in history if line.get("chosen")), history[-1])  # of several penalties, the chosen one
    remembered, accuracy = kept.get("accuracy"), report["metrics"]["accuracy"]
    high = report["intervals"]["accuracy"][1]
    if remembered is None or 100 * (remembered - accuracy) <= OVERFITTED:
        return []
    known = sum(report.get("data", {}).get("counts", {}).get("train", {}).values())
    at_least = wilson(round(remembered * known), known)[0] if known else remembered
    if at_least <= high:  # one mistake in 30 is no more than chance
        return []
    return [
        tr(
            "Overfitted: right on {remembered:.1f} % of the training pictures, {gap:.1f} points more than on new ones.",
            remembered=100 * remembered,
            gap=100 * (remembered - accuracy),
        )
    ]


def _small(report: dict[str, Any]) -> list[str]:
    examples, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    if 100 * (high - low) / 2 <= TOO_WIDE:
        return []
    return [
        tr(
            "{examples:,} pictures are too few to tell more: the true score may be anywhere from {low:.0f} to "
            "{high:.0f} %, and another network would have to be about {half:.0f} points better to show it.",
            examples=examples,
            low=100 * low,
            high=100 * high,
            half=100 * (high - low) / 2,
        )
    ]


def _doubts(report: dict[str, Any]) -> list[str]:
    judged, lines = report["judged"], []
    if number := judged.get("seen"):
        lines.append(_seen(judged, number))
    count = judged.get("opened", {"times": 1, "runs": 1})
    if report["split"] in ("test", "all") and count["times"] > 1:
        times = count["times"]
        if count["runs"] > 1:
            lines.append(
                tr(
                    "These {count:,} {nouns} have been opened {times} times by {runs} runs: the best of several looks "
                    "better than it is.",
                    count=judged["examples"],
                    nouns=many("picture"),
                    times=times,
                    runs=count["runs"],
                )
            )
        elif report["split"] == "test":
            lines.append(tr("This test split has been opened {times} times by this run.", times=times))
        else:
            lines.append(tr("This data has been opened {times} times by this run.", times=times))
    return lines + report.get("notes", [])


def _seen(judged: dict[str, Any], number: int) -> str:
    without = judged["without_seen"]
    told = {"number": number, "examples": judged["examples"]}
    if without["accuracy"] is None:
        return (
            tr(
                "{number:,} of the {examples:,} pictures stands also in training or validation: nothing here is new to the "
                "network, and the score says nothing about new pictures.",
                **told,
            )
            if number == 1
            else tr(
                "{number:,} of the {examples:,} pictures stand also in training or validation: nothing here is new to the "
                "network, and the score says nothing about new pictures.",
                **told,
            )
        )
    accuracy = percent(without["accuracy"], without["examples"])
    return (
        tr(
            "{number:,} of the {examples:,} pictures stands also in training or validation: without it {accuracy} are right.",
            accuracy=accuracy,
            **told,
        )
        if number == 1
        else tr(
            "{number:,} of the {examples:,} pictures stand also in training or validation: without them {accuracy} are "
            "right.",
            accuracy=accuracy,
            **told,
        )
    )
