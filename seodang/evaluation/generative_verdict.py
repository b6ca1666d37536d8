"""A report on examples that were put out again or made, in a few plain lines: how near, nearer than what, what makes it doubtful."""

from __future__ import annotations

from typing import Any

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.evaluation.naming import judged_on
from seodang.evaluation.row_verdict import doubts, joined
from seodang.evaluation.verdict import chance, listed, percent

LEVEL = 0.05

# Angles up to which two planes are called the same, in degrees.
SAME_PLANE = 5.0
# Made pictures nearer to training pictures than this share of what new real ones are may be copies of them.
COPIES = 0.5
NARROW = 0.8
# Of a class the share of made pictures below which it is hardly drawn, of its share of real ones.
HARDLY = 0.2


class Sobering(str):
    """A line that speaks against the network; pages and screens show it in red."""


def generative_verdict(report: dict[str, Any]) -> list[str]:
    """What a person should take home, one sentence or two a line, most important first; what speaks against it is `Sobering`."""
    if report["task"] == "imitate":
        lines = _made(report, report)
    else:
        lines = [*_again(report), *_noise(report), *_plane(report), *_alike(report)]
        if "made" in report:
            first, *rest = _made(report, report["made"])
            lines += [tr("Of noise: {first}", first=first), *rest]
    return [*lines, *doubts(report)]


def _many(report: dict[str, Any], count: int | None = None) -> str:
    return judged_on(report, report["judged"]["noun"], count)


def _again(report: dict[str, Any]) -> list[str]:
    found, (low, high) = report["metrics"], report["intervals"]["rmse"]
    words = tr(
        "Off by {rmse}, root mean squared, over {examples} (95 % interval {low}–{high}): {code} numbers in the "
        "place of {numbers} keep {explained:.1f} % of the spread.",
        rmse=short(found["rmse"]),
        examples=_many(report),
        low=short(low),
        high=short(high),
        code=report["code"],
        numbers=report["numbers"],
        explained=100 * found["explained"],
    )
    titles = {"naive": tr("the mean example"), "linear": tr("{code} principal components", code=report["code"])}
    told, better, other = [], [], []
    for name, each in report["baselines"].items():
        test = each["network_against_it"]
        told.append(f"{titles[name]}: {short(each['mse'] ** 0.5)}")
        if test["p_value"] < LEVEL and test["difference"] > 0:
            better.append(titles[name])
        elif name == "linear" and report["plane"]:
            continue  # no linear network can do better: told with the plane
        elif test["p_value"] < LEVEL:
            other.append(Sobering(tr("WORSE than {name} ({p}).", name=titles[name], p=chance(test["p_value"]))))
        else:
            other.append(Sobering(tr("Not told from {name} ({p}).", name=titles[name], p=chance(test["p_value"]))))
    if not told:
        return [words]
    line = f"{told[0][0].upper()}{'; '.join(told)[1:]}."
    if len(better) > 1:
        first, second = better
        beaten = tr("Better than {first} and than {second}, beyond chance.", first=first, second=second)
        line = f"{line} {beaten}"
    elif better:
        beaten = tr("Better than {methods}, beyond chance.", methods=better[0])
        line = f"{line} {beaten}"
    return [words, line, *other]


def _noise(report: dict[str, Any]) -> list[str]:
    found = report.get("noisy")
    if not found:
        return []
    share = 1 - found["mse"] / found["left"]
    own, left = short(found["mse"] ** 0.5), short(found["left"] ** 0.5)
    line = tr(
        "With the noise of training on what goes in it is off by {own}; the noise left in: {left}.", own=own, left=left
    )
    if share > 0:
        more = tr("It takes {share:.0f} % of the noise away (squared).", share=100 * share)
        return [f"{line} {more}"]
    more = tr("WORSE than leaving the noise in.")
    return [Sobering(f"{line} {more}")]


def _plane(report: dict[str, Any]) -> list[str]:
    if not report["plane"]:
        return []
    angles = report["plane"]["angles"]
    shown = ", ".join(f"{angle:.2g}°" for angle in angles[:5])
    if max(angles) <= SAME_PLANE:
        return [
            tr(
                "The network is linear, and its answers lie where PCA's do: principal angles {shown}. No linear "
                "network can do better than PCA on what both learnt from.",
                shown=shown,
            )
        ]
    return [
        Sobering(
            tr(
                "The network is linear, but its answers do NOT lie where PCA's do: principal angles {shown}. It has "
                "not finished learning: more epochs, or a higher rate.",
                shown=shown,
            )
        )
    ]


def _alike(report: dict[str, Any]) -> list[str]:
    found = report["alike"]
    if not found:
        return []
    asked = found["asked"]
    return [
        tr(
            "The training picture with the nearest code is of the same class {code} of the time (nearest by "
            "pixels: {pixels}; {asked:,} asked).",
            code=percent(found["code"], asked),
            pixels=percent(found["pixels"], asked),
            asked=asked,
        )
    ]


def _made(report: dict[str, Any], found: dict[str, Any]) -> list[str]:
    values, (low, high) = found["metrics"], found["intervals"]["frechet"]
    real = found["baselines"]["real"]["frechet"]
    lines = [
        tr(
            "Fréchet distance {frechet} between made pictures and {examples} (95 % of draws {low}–{high}); between "
            "as many real ones {real}.",
            frechet=short(values["frechet"]),
            examples=_many(report, found["compared"]),
            low=short(low),
            high=short(high),
            real=short(real),
        )
    ]
    titles = {"naive": tr("every pixel drawn for itself"), "linear": tr("a normal distribution of pictures")}
    simple = {titles[name]: found["baselines"][name]["frechet"] for name in titles if name in found["baselines"]}
    told = "; ".join(f"{name}: {short(value)}" for name, value in simple.items())
    beaten = all(high < value for value in simple.values())
    worse = [name for name, value in simple.items() if values["frechet"] >= value]
    against = f"{told[0].upper()}{told[1:]}. "
    lines.append(
        against + tr("Nearer than these.")
        if beaten
        else Sobering(against + tr("NOT nearer than {names}.", names=joined(worse or [*simple])))
    )
    if classes := found["classes"]:
        total = len(classes["rows"])
        missing = [row["class"] for row in classes["rows"] if row["made"] < HARDLY * row["real"] or not row["made"]]
        words = tr(
            "A classifier takes them for one class or another with {confidence:.1f} % confidence on average "
            "(real ones: {real_confidence:.1f} %); {covered} of {total} classes are drawn.",
            confidence=100 * values["confidence"],
            real_confidence=100 * classes["real_confidence"],
            covered=classes["covered"],
            total=total,
        )
        seldom = tr("Hardly or never: {classes}.", classes=listed(missing)) if missing else ""
        lines.append(Sobering(f"{words} {seldom}") if missing else words)
    diversity = values["diversity"]
    lines.append(
        Sobering(
            tr("They differ from each other {times:.2f} times as much as real ones do: too alike.", times=diversity)
        )
        if diversity < NARROW
        else tr("They differ from each other {times:.2f} times as much as real ones do.", times=diversity)
    )
    if values["nearness"] < COPIES:
        lines.append(
            Sobering(
                tr(
                    "They lie {nearness:.2f} times as far from the nearest training picture as new real ones do: copies, "
                    "perhaps.",
                    nearness=values["nearness"],
                )
            )
        )
    if told := found["discriminator"]:
        lines.append(
            tr(
                "Its discriminator takes {real:.0f} % of unseen real pictures for real and "
                "{made:.0f} % of made ones (50 % and 50 %: it cannot tell them).",
                real=100 * told["real_taken_for_real"],
                made=100 * told["made_taken_for_real"],
            )
        )
    return lines
