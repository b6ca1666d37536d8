"""A report on rows, texts or windows in a few plain lines: how good, better than what, what makes the score doubtful."""

from __future__ import annotations

import inspect
import math
from typing import Any

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.core.registry import family, find
from seodang.evaluation.naming import judged_on, many, method
from seodang.evaluation.verdict import chance, points, weakest
from seodang.evaluation.verdict import percent as share_of

LEVEL = 0.05


def row_verdict(report: dict[str, Any], remembered: str = "") -> tuple[list[str], list[str]]:
    """What a person should take home from a report on rows, one sentence or two a line, most important first; and which of these
    lines are sobering, shown in red: that something simpler is as good or better, or that most of what is judged was learnt.

    Args:
        remembered: The sentence on examples that were learnt, where most are.
    """
    good, bad = _against(report)
    good_of_each, bad_of_each = _by_series(report)
    good, bad = [*good, *good_of_each], [*bad, *bad_of_each]
    known = [remembered] if remembered else []
    lines = [_score(report), *known, *good, *bad, *_weakest(report), *_leaks(report), *doubts(report)]
    return lines, [*known, *bad]


def _score(report: dict[str, Any]) -> str:
    if report["task"] == "classify":
        return _class_score(report)
    return _amount_score(report) if report["task"] in ("regress", "forecast") else _token_score(report)


def _against(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """How the network stands beside what is simpler: lines on what it was set beside and what it beats, and lines on what it does not."""
    if not report["baselines"]:
        return [], []
    if report["task"] == "classify":
        return _class_against(report)
    return _amount_against(report) if report["task"] in ("regress", "forecast") else _token_against(report)


def _many(report: dict[str, Any]) -> str:
    return judged_on(report, report["judged"]["noun"])


def _class_score(report: dict[str, Any]) -> str:
    count, (low, high) = report["judged"]["examples"], report["intervals"]["accuracy"]
    return tr(
        "Right on {score} of {examples} (95 % interval {low}–{high}).",
        score=share_of(report["metrics"]["accuracy"], count),
        examples=_many(report),
        low=points(low, count),
        high=points(high, count),
    )


def _class_against(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    count, found = report["judged"]["examples"], report["baselines"]
    told = [tr("guessing the most common class: {accuracy}", accuracy=share_of(found["naive"]["accuracy"], count))]
    told += [f"{method(name)}: {share_of(each['accuracy'], count)}" for name, each in found.items() if name != "naive"]
    line = "; ".join(told)[0].upper() + "; ".join(told)[1:] + "."
    return _outcomes(line, found)


def _outcomes(line: str, found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A line that names the methods, with "better than all" where that is so; and a line on each that is not beaten beyond chance."""
    worse, same = [], []
    for name, each in found.items():
        test = each["network_against_it"]
        told = {"name": method(name), "p": chance(test["p_value"])}
        if test["p_value"] >= LEVEL:
            same.append(tr("NOT shown to be better than {name} ({p}).", **told))
        elif test["difference"] < 0:
            worse.append(tr("WORSE than {name} ({p}).", **told))
    if not same and not worse:
        return [f"{line} {better_than(len(found))}"], []
    return [line], [*same, *worse]


def better_than(count: int) -> str:
    """That a network is better than so many methods named before."""
    if count == 1:
        return tr("Better than that, beyond chance.")
    if count == 2:
        return tr("Better than both, beyond chance.")
    return tr("Better than all of them, beyond chance.")


def _weakest(report: dict[str, Any]) -> list[str]:
    if report["task"] != "classify":
        return []
    rows = [row for row in report["per_class"] if row["support"] and row["recall"] < 1]
    if len(report["classes"]) < 3 or not rows:
        return []
    return [weakest(sorted(rows, key=lambda row: row["recall"])[:3])]


def _amount_score(report: dict[str, Any]) -> str:
    found, (low, high) = report["metrics"], report["intervals"]["mae"]
    return tr(
        "Off by {mae} on average over {examples} (95 % interval {low}–{high}); {target} there goes from {least} to {most}. "
        "R² {r2:.3f}, root mean squared error {rmse}.",
        mae=short(found["mae"]),
        examples=_many(report),
        low=short(low),
        high=short(high),
        target=report["target"],
        least=short(report["range"][0]),
        most=short(report["range"][1]),
        r2=found["r2"],
        rmse=short(found["rmse"]),
    )


def _amount_against(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    found, name = report["baselines"], report["main"]
    told = ", ".join(f"{method(key)} {short(each[name])}" for key, each in found.items())
    own = short(report["metrics"][name])
    line = (
        tr("By mean distance the network has {own}; {told}.", own=own, told=told)
        if name == "mae"
        else tr("By root mean squared error the network has {own}; {told}.", own=own, told=told)
    )
    beaten = [method(key) for key, each in found.items() if _better(each)]
    if len(beaten) == len(found):
        all_of_them = tr("Better than all of them, beyond chance.")
        return [f"{line} {all_of_them if len(found) > 1 else better_than(1)}"], []
    good, lines = [line], []
    if beaten:
        good.append(tr("Better than {methods}, beyond chance.", methods=joined(beaten)))
    for key, each in found.items():
        p = chance(each["network_against_it"]["p_value"])
        told = {"method": method(key), "percent": -100 * each["skill"], "p": p}
        if each["skill"] < -1 and each["network_against_it"]["p_value"] < LEVEL:
            times = 1 - each["skill"]
            lines.append(
                tr(
                    "WORSE than {method}: {times:.1f} times as far off, beyond chance ({p}). Use that instead.",
                    method=method(key),
                    times=times,
                    p=p,
                )
            )
        elif each["skill"] < 0 and each["network_against_it"]["p_value"] < LEVEL:
            lines.append(tr("WORSE than {method} by {percent:.1f} %, beyond chance ({p}): use that instead.", **told))
        elif each["skill"] < 0:
            lines.append(
                tr(
                    "NOT better than {method}: {percent:.1f} % farther off, which may be chance ({p}). The simpler one is "
                    "enough.",
                    **told,
                )
            )
        elif not _better(each):
            lines.append(tr("NOT shown to be better than {name} ({p}).", name=method(key), p=p))
    errors = {key: each[name] for key, each in found.items()}
    if "last value" in errors and errors["last value"] <= min(*errors.values(), report["metrics"][name]):
        lines.append(
            tr("Nothing here does better than keeping the last value: the past of this series says no more than that.")
        )
    return good, lines


def _by_series(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """On how many series the network is nearer than a simple forecast: a good line, or a sobering one where it is not on most."""
    found = report.get("by_series")
    if not found:
        return [], []
    worst = found["rows"][0]
    told = {
        "method": method(found["method"]),
        "better": found["better"],
        "count": found["count"],
        "series": worst["series"],
        "error": short(worst["error"]),
        "other": short(worst["simple_error"]),
    }
    if found["better"] == found["count"]:
        return [tr("Series by series: nearer than {method} on each of {count}.", **told)], []
    if 2 * found["better"] > found["count"]:
        return [
            tr(
                "Series by series: nearer than {method} on {better} of {count}; least on {series}, off by {error} where {method} is by "
                "{other}.",
                **told,
            )
        ], []
    return [], [
        tr(
            "Series by series NOT nearer than {method} on most: on {better} of {count}; least on {series}, off by {error} where {method} "
            "is by {other}.",
            **told,
        )
    ]


def joined(words: list[str]) -> str:
    """Words with "and" between them.

    >>> joined(["a", "b", "c"])
    'a and b and c'
    """
    return tr(" and ").join(words)


def _better(each: dict[str, Any]) -> bool:
    test = each["network_against_it"]
    return test["p_value"] < LEVEL and test["difference"] > 0


def _token_score(report: dict[str, Any]) -> str:
    found = report["metrics"]
    words = tr(
        "Perplexity {perplexity} (95 % interval {low}–{high}) on {tokens:,} tokens of {examples}: as unsure as among so "
        "many equally likely ones. The next token is its first guess {accuracy:.1f} % of the time.",
        perplexity=short(found["perplexity"]),
        low=short(report["intervals"]["perplexity"][0]),
        high=short(report["intervals"]["perplexity"][1]),
        tokens=report["tokens"],
        examples=_many(report),
        accuracy=100 * found["accuracy"],
    )
    if "bits_per_character" in found:
        low, high = report["intervals"]["bits_per_character"]
        words += " " + tr(
            "That is {bits:.2f} bits a character (95 % interval {low:.2f}–{high:.2f}), or {nats:.2f} nats: what other models of the "
            "same text can be compared by.",
            bits=found["bits_per_character"],
            low=low,
            high=high,
            nats=found["bits_per_character"] * math.log(2),
        )
    return f"{words} BLEU {found['bleu']:.1f}." if "bleu" in found else words


def _token_against(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    found = report["baselines"]
    told = "; ".join(f"{method(name)}: {short(each['perplexity'])}" for name, each in found.items())
    return _outcomes(tr("Perplexity of {told}.", told=told), found)


def _leaks(report: dict[str, Any]) -> list[str]:
    left = report["data"].get("purpose", {}).get("left", {})
    found = [name for name, why in left.items() if "away" in why]
    if not found:
        return []
    told = {"target": report["target"], "names": ", ".join(found)}
    return [
        tr("Not shown to the network, because it gives {target} away: {names}.", **told)
        if len(found) == 1
        else tr("Not shown to the network, because they give {target} away: {names}.", **told)
    ]


def doubts(report: dict[str, Any]) -> list[str]:
    """What makes a score less sure: a test split opened more than once, and the report's notes."""
    judged, lines = report["judged"], []
    count = judged.get("opened", {"times": 1, "runs": 1})
    if report["split"] in ("test", "all") and count["times"] > 1:
        told = {"count": judged["examples"], "nouns": many(judged["noun"]), "times": count["times"]}
        lines.append(
            tr(
                "These {count:,} {nouns} have been opened {times} times by {runs} runs: the best of several looks better "
                "than it is.",
                runs=count["runs"],
                **told,
            )
            if count["runs"] > 1
            else tr(
                "These {count:,} {nouns} have been opened {times} times by this run.",
                **told,
            )
        )
    return lines + report.get("notes", [])


def lesson(recipe: str) -> list[str]:
    """What a recipe of the foundations shows, in the sentences that describe it; nothing of other recipes.

    >>> lesson("xor-one-layer")[0]
    'L32, what fails: one layer on exclusive or; a straight line gets three of four right at most.'
    """
    if family("recipes", recipe) != "foundations":
        return []
    told = inspect.cleandoc(find("recipes", recipe).__doc__).partition("Measured:")[0]
    return [tr(" ".join(paragraph.split())) for paragraph in told.split("\n\n") if paragraph.strip()]
