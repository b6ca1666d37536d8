"""A report on rows, texts or windows in a few plain lines: how good, better than what, what makes the score doubtful."""

from __future__ import annotations

import inspect
from typing import Any

from seodang.core.registry import family, find
from seodang.evaluation.verdict import chance, points
from seodang.evaluation.verdict import percent as share_of

LEVEL = 0.05
OF = {
    "test": "test {}s",
    "validation": "validation {}s (there is no test split)",
    "train": "training {}s (there is neither a test nor a validation split)",
    "all": "{}s",
}
TITLES = {
    "naive": "the naive guess",
    "linear": "a linear model",
    "trees": "boosted trees",
    "last value": "the last value",
    "a season ago": "the value a season ago",
    "unigram": "how common words are",
    "bigram": "word pairs",
}


def row_verdict(report: dict[str, Any]) -> list[str]:
    """What a person should take home from a report on rows, one sentence or two a line, most important first."""
    if report["task"] == "classify":
        lines = [_class_score(report), *_class_against(report), *_weakest(report)]
    elif report["task"] in ("regress", "forecast"):
        lines = [_amount_score(report), *_amount_against(report)]
    else:
        lines = [_token_score(report), *_token_against(report)]
    return [*lines, *_leaks(report), *doubts(report)]


def _many(report: dict[str, Any]) -> str:
    judged = report["judged"]
    source = "" if judged["is_own"] else f" of {judged['data']}"
    return f"{judged['examples']:,} {OF[report['split']].format(judged['noun'])}{source}"


def _class_score(report: dict[str, Any]) -> str:
    count, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    score = share_of(report["metrics"]["accuracy"], count)
    return f"Right on {score} of {_many(report)} (95 % interval {points(low, count)}–{points(high, count)})."


def _class_against(report: dict[str, Any]) -> list[str]:
    count, found = report["judged"]["examples"], report["baselines"]
    if not found:
        return []
    told = [f"guessing the most common class: {share_of(found['naive']['accuracy'], count)}"]
    told += [f"{TITLES[name]}: {share_of(each['accuracy'], count)}" for name, each in found.items() if name != "naive"]
    lines = ["; ".join(told)[0].upper() + "; ".join(told)[1:] + "."]
    worse, same, better = [], [], []
    for name, each in found.items():
        test = each["network_against_it"]
        which = (
            worse
            if test["p_value"] < LEVEL and test["difference"] < 0
            else same
            if test["p_value"] >= LEVEL
            else better
        )
        which.append((TITLES[name], chance(test["p_value"])))
    if len(better) == len(found):
        return [
            f"{lines[0]} Better than {'all of them' if len(found) > 2 else 'both' if len(found) == 2 else 'that'}, beyond chance."
        ]
    lines += [f"NOT shown to be better than {name} ({p})." for name, p in same]
    lines += [f"WORSE than {name} ({p})." for name, p in worse]
    return lines


def _weakest(report: dict[str, Any]) -> list[str]:
    rows = [row for row in report["per_class"] if row["support"] and row["recall"] < 1]
    if len(report["classes"]) < 3 or not rows:
        return []
    worst = sorted(rows, key=lambda row: row["recall"])[:3]
    found = ", ".join(f"{r['class']} ({share_of(r['recall'], r['support'])} of {r['support']:,} found)" for r in worst)
    return [f"Weakest: {found}."]


def _amount_score(report: dict[str, Any]) -> str:
    found, (low, high), target = report["metrics"], report["intervals"]["mae"], report["target"]
    start = f"Off by {short(found['mae'])} on average over {_many(report)} (95 % interval {short(low)}–{short(high)})"
    spread = f"{target} there goes from {short(report['range'][0])} to {short(report['range'][1])}"
    return f"{start}; {spread}. R² {found['r2']:.3f}, root mean squared error {short(found['rmse'])}."


def _amount_against(report: dict[str, Any]) -> list[str]:
    found, name = report["baselines"], report["main"]
    if not found:
        return []
    which = "mean distance" if name == "mae" else "root mean squared error"
    told = ", ".join(f"{TITLES[key]} {short(each[name])}" for key, each in found.items())
    lines = [f"By {which} the network has {short(report['metrics'][name])}; {told}."]
    beaten = [TITLES[key] for key, each in found.items() if _better(each)]
    if len(beaten) == len(found):
        return [f"{lines[0]} Better than {'all of them' if len(found) > 1 else 'that'}, beyond chance."]
    if beaten:
        lines.append(f"Better than {' and '.join(beaten)}, beyond chance.")
    for key, each in found.items():
        p = chance(each["network_against_it"]["p_value"])
        if each["skill"] < 0 and each["network_against_it"]["p_value"] < LEVEL:
            lines.append(
                f"WORSE than {TITLES[key]} by {-100 * each['skill']:.1f} %, beyond chance ({p}): use that instead."
            )
        elif each["skill"] < 0:
            worse = f"{-100 * each['skill']:.1f} % farther off, which may be chance ({p})"
            lines.append(f"NOT better than {TITLES[key]}: {worse}. The simpler one is enough.")
        elif not _better(each):
            lines.append(f"NOT shown to be better than {TITLES[key]} ({p}).")
    errors = {key: each[name] for key, each in found.items()}
    if "last value" in errors and errors["last value"] <= min(*errors.values(), report["metrics"][name]):
        lines.append(
            "Nothing here does better than keeping the last value: the past of this series says no more than that."
        )
    return lines


def _times(skill: float) -> str:
    """How many times as large the network's error is, from its skill.

    >>> _times(-0.057), _times(-47.6)
    ('1.06 times', '49 times')
    """
    times = 1 - skill
    return f"{times:.0f} times" if times >= 10 else f"{times:.2f} times"


def _better(each: dict[str, Any]) -> bool:
    test = each["network_against_it"]
    return test["p_value"] < LEVEL and test["difference"] > 0


def _token_score(report: dict[str, Any]) -> str:
    found = report["metrics"]
    words = f"Perplexity {found['perplexity']:.1f} on {report['tokens']:,} tokens of {_many(report)}: as unsure as among so many "
    words += f"equally likely ones. The next token is its first guess {100 * found['accuracy']:.1f} % of the time."
    if "bleu" in found:
        words += f" BLEU {found['bleu']:.1f}."
    return words


def _token_against(report: dict[str, Any]) -> list[str]:
    found = report["baselines"]
    if not found:
        return []
    told = "; ".join(f"{TITLES[name]}: {each['perplexity']:.1f}" for name, each in found.items())
    lines = [f"Perplexity of {told}."]
    lines += [f"WORSE than {TITLES[name]}." for name, each in found.items() if not each["better"]]
    return lines


def _leaks(report: dict[str, Any]) -> list[str]:
    left = report["data"].get("purpose", {}).get("left", {})
    found = [name for name, why in left.items() if "away" in why]
    if not found:
        return []
    they = "it gives" if len(found) == 1 else "they give"
    return [f"Not shown to the network, because {they} {report['target']} away: {', '.join(found)}."]


def doubts(report: dict[str, Any]) -> list[str]:
    """What makes a score less sure: a test split opened more than once, and the report's notes."""
    judged, lines = report["judged"], []
    count = judged.get("opened", {"times": 1, "runs": 1})
    if report["split"] in ("test", "all") and count["times"] > 1:
        by = f" by {count['runs']} runs" if count["runs"] > 1 else " by this run"
        lines.append(
            f"These {judged['examples']:,} {judged['noun']}s have been opened {count['times']} times{by}: the best of several "
            "looks better than it is."
        )
    return lines + report.get("notes", [])


def short(value: float) -> str:
    """An amount with four figures.

    >>> short(31234.567), short(0.123456), short(2.0), short(2.428e29)
    ('31,230', '0.1235', '2', '2.428e+29')
    """
    if 1000 <= abs(value) < 1e12:
        digits = len(str(int(abs(value)))) - 4
        return f"{round(value, -digits):,.0f}"
    return f"{value:.4g}"


def lesson(recipe: str) -> list[str]:
    """What a recipe of the foundations shows, in the sentences that describe it; nothing of other recipes.

    >>> lesson("xor-one-layer")[0]
    'L32, what fails: one layer on exclusive or; a straight line gets three of four right at most.'
    """
    if family("recipes", recipe) != "foundations":
        return []
    told = inspect.cleandoc(find("recipes", recipe).__doc__).partition("Measured:")[0]
    return [" ".join(paragraph.split()) for paragraph in told.split("\n\n") if paragraph.strip()]
