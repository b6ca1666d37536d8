"""A report in a few plain lines: how good, better than what, where it fails, and what makes the score doubtful."""

from __future__ import annotations

from typing import Any

from seodang.evaluation.intervals import wilson

# Half an interval wider than this, in points, is called too wide to tell.
TOO_WIDE = 5
# The usual limit for "could this be chance?".
LEVEL = 0.05
# Points by which stated confidence may exceed accuracy, and training accuracy the judged one, before it is said.
OVERCONFIDENT = 5
OVERFITTED = 3
NAMED = 3  # classes and pairs that are named

_OF = {
    "test": "test pictures",
    "validation": "validation pictures (there is no test split)",
    "train": "training pictures (there is neither a test nor a validation split)",
    "all": "pictures",
}


def verdict(report: dict[str, Any]) -> list[str]:
    """What a person should take home from a report of `evaluate`, one sentence or two a line, most important first."""
    lines = [_score(report), *_against(report), *_before(report), *_weakest(report)]
    return lines + _confidence(report) + _overfitting(report) + _small(report) + _doubts(report)


def percent(share: float, examples: int) -> str:
    """A share as a percentage with as many digits as so many examples can bear.

    >>> percent(0.98912, 10_000), percent(0.98912, 500), percent(0.9, 30)
    ('98.91 %', '98.9 %', '90 %')
    """
    return f"{points(share, examples)} %"


def points(share: float, examples: int) -> str:
    """The same without the sign. Never 100 where a mistake was made, never 0 where one was right.

    >>> points(0.99999, 50_000), points(1.0, 500)
    ('99.99', '100')
    """
    digits = 2 if examples >= 10_000 else 1 if examples >= 200 else 0
    value, smallest = round(100 * share, digits), 10.0**-digits
    if share < 1 and value == 100:
        value = 100 - smallest
    if share > 0 and value == 0:
        value = smallest
    return f"{value:.{0 if value in (0, 100) else digits}f}"


def chance(p_value: float) -> str:
    """A p-value in writing: "p = 0.03", "p < 0.001"."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def listed(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    """Some names, and how many more there are.

    >>> listed(("roses", "tulips")), listed(list("abcdefgh"))
    ('roses, tulips', 'a, b, c, d, e and 3 more')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _score(report: dict[str, Any]) -> str:
    judged, (low, high) = report["judged"], report["intervals"]["accuracy"]
    examples = judged["examples"]
    source = "" if judged["is_own"] else f" of {judged['data']}"
    share = percent(report["metrics"]["accuracy"], examples)
    interval = f"95 % interval {points(low, examples)}–{points(high, examples)}"
    return f"Right on {share} of {examples:,} {_OF[report['split']]}{source} ({interval})."


def _against(report: dict[str, Any]) -> list[str]:
    examples, found = report["judged"]["examples"], report["baselines"]
    naive, linear = found["naive"], found.get("linear")
    sentence = f"Guessing the most common class: {percent(naive['accuracy'], examples)}"
    if linear:
        sentence += f"; a linear model: {percent(linear['accuracy'], examples)}"
    simple = [naive, linear] if linear else [naive]
    if all(_better(each["network_against_it"]) for each in simple):
        return [f"{sentence}. Better than {'both' if linear else 'that'}, beyond chance."]
    lines = [f"{sentence}."]
    for name, words in (("naive", "always guessing the most common class"), ("linear", "a linear model")):
        if name in found and (line := _not_better(found[name]["network_against_it"], words)):
            lines.append(line)
    return lines


def _before(report: dict[str, Any]) -> list[str]:
    """What the network said before anything was trained, where ImageNet has a name for some of the classes."""
    found, examples = report["baselines"].get("untouched"), report["judged"]["examples"]
    if not found:
        return []
    on_named, named = found["on_named"], [*found["named"]]
    aside = ""
    if found["unnamed"]:
        which = listed(named) if len(named) == 1 else "the others"
        share = percent(on_named["accuracy"], on_named["examples"])
        aside = f" (ImageNet has no class called {listed(found['unnamed'])}; of {which} {share})"
    before, after = percent(found["accuracy"], examples), percent(report["metrics"]["accuracy"], examples)
    line = f"Untouched, the ImageNet network names {before} rightly{aside}; trained on your pictures: {after}."
    doubt = _not_better(found["network_against_it"], "the untouched network")
    return [line, doubt] if doubt else [line]


def _better(test: dict[str, Any]) -> bool:
    return test["p_value"] < LEVEL and test["difference"] > 0


def _not_better(test: dict[str, Any], words: str) -> str | None:
    """A sentence where the network is not shown to be better than a baseline, else None."""
    counts = f"{test['second_only']:,} pictures right that it gets wrong, {test['first_only']:,} the other way, {chance(test['p_value'])}"
    if test["p_value"] >= LEVEL:
        return f"NOT shown to be better than {words}: {counts}."
    if test["difference"] < 0:
        return f"WORSE than {words}: {counts}."
    return None


def _weakest(report: dict[str, Any]) -> list[str]:
    rows = [row for row in report["per_class"] if row["support"] and row["recall"] < 1]
    if not rows or len(report["classes"]) < 2:
        return []
    worst = sorted(rows, key=lambda row: row["recall"])[:NAMED]
    found = ", ".join(
        f"{row['class']} ({percent(row['recall'], row['support'])} of {row['support']:,} found)" for row in worst
    )
    line = f"Weakest: {found}."
    if pairs := report["confused_pairs"][:NAMED]:
        taken = ", ".join(f"{pair['true']} for {pair['predicted']} ({pair['count']:,}×)" for pair in pairs)
        line += f" Most often mistaken: {taken}."
    return [line]


def _confidence(report: dict[str, Any]) -> list[str]:
    examples, accuracy = report["judged"]["examples"], report["metrics"]["accuracy"]
    confidence = report["calibration"]["mean_confidence"]
    if confidence > report["intervals"]["accuracy"][1] and 100 * (confidence - accuracy) > OVERCONFIDENT:
        sure = f"{100 * confidence:.0f} %"
        return [f"Overconfident: it gives its answers {sure} on average and is right on {percent(accuracy, examples)}."]
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
    gap = f"{100 * (remembered - accuracy):.1f} points"
    return [f"Overfitted: right on {100 * remembered:.1f} % of the training pictures, {gap} more than on new ones."]


def _small(report: dict[str, Any]) -> list[str]:
    examples, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    if 100 * (high - low) / 2 <= TOO_WIDE:
        return []
    return [
        f"{examples:,} pictures are too few to tell more: the true score may be anywhere from {100 * low:.0f} to "
        f"{100 * high:.0f} %, and another network would have to be about {100 * (high - low) / 2:.0f} points better to show it."
    ]


def _doubts(report: dict[str, Any]) -> list[str]:
    judged, lines = report["judged"], []
    if number := judged.get("seen"):
        lines.append(_seen(judged, number))
    count = judged.get("opened", {"times": 1, "runs": 1})
    if report["split"] in ("test", "all") and count["times"] > 1:
        by = f" by {count['runs']} runs" if count["runs"] > 1 else " by this run"
        lines.append(
            f"These {judged['examples']:,} pictures have been opened {count['times']} times{by}: "
            "the best of several looks better than it is."
            if count["runs"] > 1
            else f"This {'test split' if report['split'] == 'test' else 'data'} has been opened {count['times']} times{by}."
        )
    return lines + report.get("notes", [])


def _seen(judged: dict[str, Any], number: int) -> str:
    without = judged["without_seen"]
    one = number == 1
    start = f"{number:,} of the {judged['examples']:,} pictures {'stands' if one else 'stand'} also in training or validation"
    if without["accuracy"] is None:
        return f"{start}: nothing here is new to the network, and the score says nothing about new pictures."
    return f"{start}: without {'it' if one else 'them'} {percent(without['accuracy'], without['examples'])} are right."
