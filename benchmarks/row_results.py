"""What was measured of a lab of rows, texts or series, as a section of Markdown."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.row_labs import ROW_LABS, RowLab
from benchmarks.row_race import end_of, reached, samples_per_second
from benchmarks.scores import is_reached

Found = dict[str, Any]
# A course of so many epochs is told in full, a longer one by so many of them.
COURSE = 10
HEADS = ("side", "score", "seconds", "times Keras", "samples/s", "imports, s", "MiB")


def section(found: Found) -> str:
    """A lab's section: seconds to Keras' best score, the same work, and every run."""
    lab, rounds = ROW_LABS[found["lab"]], found["rounds"]
    same = {each["keras"]["parameters"] for each in rounds} == {each["faithful"]["parameters"] for each in rounds}
    assert same, f"{lab.id}: the two networks are not the same"
    better = "higher" if lab.score == "accuracy" else "lower"
    parts = [
        f"## {lab.id} `{lab.recipe}`, to the same {lab.score}\n",
        f"{lab.score.capitalize() if lab.score != 'rmse' else 'Root mean squared error'} ({better} is better) on {lab.of}: "
        f"{rounds[0]['keras']['held_out'].split()[0]} examples, the same on all sides, computed by the same function. The target is the "
        f"best that Keras reaches at the end of an epoch of {_epochs_given(lab, rounds)}, the time that at the end of the first epoch "
        "with it. Counted for all: reading and preparing the files, set-up (Keras' tracing, our looking for what is wrong with the data, "
        "our plan), training; for our best way also its validation, and saving the run. Not counted: imports, judging these examples. "
        f"Median of {len(rounds)} round{'' if len(rounds) == 1 else 's'}, each with another seed; seconds by the wall, in brackets of the "
        f"processor. {lab.note}".rstrip()
        + "\n",
        _race(lab, rounds),
        "Held-out score at the end of each epoch, and the seconds until then.\n",
        "\n".join(_courses(lab, rounds)) + "\n",
    ]
    return "\n".join(parts)


def _epochs_given(lab: RowLab, rounds: list[Found]) -> str:
    given = len(rounds[0]["keras"]["epochs"])
    return f"its {given}" if given == lab.epochs else f"the {given} it is given here (the notes have {lab.epochs})"


def _race(lab: RowLab, rounds: list[Found]) -> str:
    keras = [_at(reached(lab.score, each["keras"]["epochs"], each["target"])) for each in rounds]
    whole = [_at(each["keras"]["epochs"][-1]) for each in rounds]
    faithful = [_at(reached(lab.score, each["faithful"]["epochs"], each["target"])) for each in rounds]
    targets = [each["target"] for each in rounds]
    base = _median(keras)
    sides = {name: [each[name] for each in rounds] for name in ("keras", "faithful")}
    rates = {name: statistics.median(map(samples_per_second, ones)) for name, ones in sides.items()}
    count, last = len(rounds[0]["keras"]["epochs"]), [each["keras"]["epochs"][-1]["score"] for each in rounds]
    rows = [
        ["Keras", _span(targets), _seconds(base), "", f"{rates['keras']:,.0f}", *_process(sides["keras"])],
        [f"Keras, all {count} epochs", _span(last), _seconds(_median(whole)), "", "", "", ""],
        [f"`{lab.recipe}`", "the same", _seconds(_median(faithful)), _times(base, _median(faithful))]
        + [f"{rates['faithful']:,.0f} ({rates['faithful'] / rates['keras']:.1f}×)", *_process(sides["faithful"])],
    ]
    for place, way in enumerate(lab.ways):
        side = [each["ways"][place] for each in rounds]
        ends = [end_of(lab.score, one, target) for one, target in zip(side, targets, strict=True)]
        good = [is_reached(lab.score, end["score"], target) for end, target in zip(ends, targets, strict=True)]
        taken = _median([_at(end if enough else None) for end, enough in zip(ends, good, strict=True)])
        name = f"`{way.recipe}`{_steps(ends)}"
        rows.append(
            [name, _span([end["score"] for end in ends]), _seconds(taken), _times(base, taken), "", *_process(side)]
        )
    return _table([*HEADS], rows)


def _at(end: Found | None) -> tuple[float, float] | None:
    return None if end is None else (end["seconds"], end["cpu_seconds"])


def _median(times: list[tuple[float, float] | None]) -> tuple[float, float] | None:
    """Of the rounds; None where one of them was not good enough."""
    known = [each for each in times if each is not None]
    if len(known) < len(times):
        return None
    return statistics.median(wall for wall, _ in known), statistics.median(cpu for _, cpu in known)


def _seconds(time: tuple[float, float] | None) -> str:
    return "not reached" if time is None else f"{time[0]:.2f} ({time[1]:.2f})"


def _times(base: tuple[float, float] | None, time: tuple[float, float] | None) -> str:
    return "–" if base is None or time is None else f"{base[0] / time[0]:.1f}×"


def _steps(ends: list[Found]) -> str:
    steps = sorted({end["steps"] for end in ends if "steps" in end})
    return f", {' to '.join(map(str, steps[:1] + steps[1:][-1:]))} steps" if steps else ""


def _process(sides: list[Found]) -> list[str]:
    imports = min(each["import_seconds"] for each in sides)
    return [f"{imports:.1f}", f"{max(each['peak_memory'] for each in sides) / 2**20:,.0f}"]


def _span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _courses(lab: RowLab, rounds: list[Found]) -> list[str]:
    lines = []
    for number, each in enumerate(rounds, 1):
        ways = [(f"`{way.recipe}`", side) for way, side in zip(lab.ways, each["ways"], strict=True)]
        for recipe, side in (("Keras", each["keras"]), (f"`{lab.recipe}`", each["faithful"]), *ways):
            epochs = side["epochs"]
            few = epochs if len(epochs) <= COURSE else epochs[:: -(-len(epochs) // COURSE)] + epochs[-1:]
            told = [f"{one['score']:.4g} at {one['seconds']:.2f} s" for one in few]
            if end := side.get("finished"):
                told.append(f"{end['score']:.4g} at {end['seconds']:.2f} s ({end['steps']} steps, the run saved)")
            lines.append(f"- round {number}, {recipe}: {', '.join(told)}")
    return lines


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
