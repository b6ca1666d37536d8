"""A report on examples that were put out again or made, in a few plain lines: how near, nearer than what, what makes it doubtful."""

from __future__ import annotations

from typing import Any

from seodang.evaluation.row_verdict import doubts, short
from seodang.evaluation.verdict import chance, listed, percent

LEVEL = 0.05
SPLITS = {
    "test": "test {}s",
    "validation": "validation {}s (there is no test split)",
    "train": "training {}s (there is neither a test nor a validation split)",
    "all": "{}s",
}
# Angles up to which two planes are called the same, in degrees.
SAME_PLANE = 5.0
# Made pictures nearer to training pictures than this share of what new real ones are may be copies of them.
COPIES = 0.5
NARROW = 0.8
# Of a class the share of made pictures below which it is hardly drawn, of its share of real ones.
HARDLY = 0.2


def generative_verdict(report: dict[str, Any]) -> list[str]:
    """What a person should take home, one sentence or two a line, most important first."""
    if report["task"] == "imitate":
        lines = _made(report, report)
    else:
        lines = [*_again(report), *_noise(report), *_plane(report), *_alike(report)]
        if "made" in report:
            first, *rest = _made(report, report["made"])
            lines += [f"Of noise: {first}", *rest]
    return [*lines, *doubts(report)]


def _many(report: dict[str, Any], count: int | None = None) -> str:
    judged = report["judged"]
    source = "" if judged["is_own"] else f" of {judged['data']}"
    return f"{count or judged['examples']:,} {SPLITS[report['split']].format(judged['noun'])}{source}"


def _again(report: dict[str, Any]) -> list[str]:
    found, (low, high) = report["metrics"], report["intervals"]["rmse"]
    words = (
        f"Off by {short(found['rmse'])}, root mean squared, over {_many(report)} (95 % interval {short(low)}–{short(high)}): "
        f"{report['code']} numbers in the place of {report['numbers']} keep {100 * found['explained']:.1f} % of the spread."
    )
    titles = {"naive": "the mean example", "linear": f"{report['code']} principal components"}
    told, better, other = [], [], []
    for name, each in report["baselines"].items():
        test = each["network_against_it"]
        told.append(f"{titles[name]}: {short(each['mse'] ** 0.5)}")
        if test["p_value"] < LEVEL and test["difference"] > 0:
            better.append(titles[name])
        elif name == "linear" and report["plane"]:
            continue  # no linear network can do better: told with the plane
        elif test["p_value"] < LEVEL:
            other.append(f"WORSE than {titles[name]} ({chance(test['p_value'])}).")
        else:
            other.append(f"Not told from {titles[name]} ({chance(test['p_value'])}).")
    if not told:
        return [words]
    line = f"{told[0][0].upper()}{'; '.join(told)[1:]}."
    if better:
        line += f" Better than {' and than '.join(better)}, beyond chance."
    return [words, line, *other]


def _noise(report: dict[str, Any]) -> list[str]:
    found = report.get("noisy")
    if not found:
        return []
    share = 1 - found["mse"] / found["left"]
    own, left = short(found["mse"] ** 0.5), short(found["left"] ** 0.5)
    line = f"With the noise of training on what goes in it is off by {own}; the noise left in: {left}."
    if share > 0:
        return [f"{line} It takes {100 * share:.0f} % of the noise away (squared)."]
    return [f"{line} WORSE than leaving the noise in."]


def _plane(report: dict[str, Any]) -> list[str]:
    if not report["plane"]:
        return []
    angles = report["plane"]["angles"]
    shown = ", ".join(f"{angle:.2g}°" for angle in angles[:5])
    if max(angles) <= SAME_PLANE:
        return [
            f"The network is linear, and its answers lie where PCA's do: principal angles {shown}. No linear network can do better "
            "than PCA on what both learnt from."
        ]
    return [
        f"The network is linear, but its answers do NOT lie where PCA's do: principal angles {shown}. It has not finished learning: "
        "more epochs, or a higher rate."
    ]


def _alike(report: dict[str, Any]) -> list[str]:
    found = report["alike"]
    if not found:
        return []
    asked = found["asked"]
    return [
        f"The training picture with the nearest code is of the same class {percent(found['code'], asked)} of the time (nearest by "
        f"pixels: {percent(found['pixels'], asked)}; {asked:,} asked)."
    ]


def _made(report: dict[str, Any], found: dict[str, Any]) -> list[str]:
    values, (low, high) = found["metrics"], found["intervals"]["frechet"]
    real = found["baselines"]["real"]["frechet"]
    lines = [
        f"Fréchet distance {short(values['frechet'])} between made pictures and {_many(report, found['compared'])} (95 % of draws "
        f"{short(low)}–{short(high)}); between as many real ones {short(real)}."
    ]
    titles = {"naive": "every pixel drawn for itself", "linear": "a normal distribution of pictures"}
    simple = {titles[name]: found["baselines"][name]["frechet"] for name in titles if name in found["baselines"]}
    told = "; ".join(f"{name}: {short(value)}" for name, value in simple.items())
    beaten = all(high < value for value in simple.values())
    worse = [name for name, value in simple.items() if values["frechet"] >= value]
    lines.append(
        f"{told[0].upper()}{told[1:]}. "
        + ("Nearer than these." if beaten else f"NOT nearer than {' and '.join(worse or simple)}.")
    )
    if classes := found["classes"]:
        total = len(classes["rows"])
        missing = [row["class"] for row in classes["rows"] if row["made"] < HARDLY * row["real"] or not row["made"]]
        words = (
            f"A classifier takes them for one class or another with {100 * values['confidence']:.1f} % confidence on average (real ones: "
            f"{100 * classes['real_confidence']:.1f} %); {classes['covered']} of {total} classes are drawn."
        )
        lines.append(words + (f" Hardly or never: {listed(missing)}." if missing else ""))
    diversity = values["diversity"]
    line = f"They differ from each other {diversity:.2f} times as much as real ones do"
    lines.append(f"{line}: too alike." if diversity < NARROW else f"{line}.")
    if values["nearness"] < COPIES:
        lines.append(
            f"They lie {values['nearness']:.2f} times as far from the nearest training picture as new real ones do: copies, perhaps."
        )
    if told := found["discriminator"]:
        lines.append(
            f"Its discriminator takes {100 * told['real_taken_for_real']:.0f} % of unseen real pictures for real and "
            f"{100 * told['made_taken_for_real']:.0f} % of made ones (50 % and 50 %: it cannot tell them)."
        )
    return lines
