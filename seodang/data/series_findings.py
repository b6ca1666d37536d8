"""What is wrong with a series: its order, its gaps and its missing values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.encode_series import names_of_series, numbers, ordered, series_of
from seodang.data.finding import Finding, finding, share
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose
from seodang.data.times import in_words, moments, steps


def order(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Rows that do not stand in the order of time, or share a time with another."""
    if found.time is None or found.key is not None:
        return
    when = moments(frame, found.time)
    seen = steps(when[~np.isnat(when)])
    if seen.order == "none":
        what = said("The rows do not stand in the order of {time}.", time=found.time)
        why = said("Windows are cut in time order.")
        yield finding(
            "order",
            "notice",
            what,
            said("Later rows have earlier times."),
            why,
            said("They are sorted; nothing need be done."),
        )
    if seen.repeated:
        what = saidn(
            "1 row shares its {time} with another.",
            "{count:,} rows share their {time} with another.",
            seen.repeated,
            time=found.time,
        )
        why = said("Two values at one time are two series, or one is wrong.")
        yield finding(
            "times_twice",
            "serious",
            what,
            "",
            why,
            said(
                "The last of each time is used. Take the others out, or say which column tells series apart: columns.key=COLUMN."
            ),
        )


def gaps(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Steps longer than usual, in the series that has the longest of them."""
    if found.time is None:
        return
    frame = ordered(frame, found.time, found.key)
    when, whose = moments(frame, found.time), series_of(frame, found.key)
    one_series = whose[1:] == whose[:-1]
    usual = steps(when[whose == 0])
    if not usual.gaps:
        return
    long = np.where(one_series, np.diff(when).astype("timedelta64[s]").astype(np.int64), 0)
    worst = int(long.argmax())
    between = {"first": _moment(when[worst]), "last": _moment(when[worst + 1])}
    yield finding(
        "gaps",
        "notice",
        saidn(
            "1 step is longer than usual, which is {step}.",
            "{count:,} steps are longer than usual, which is {step}.",
            usual.gaps,
            step=in_words(usual.step),
        ),
        said("The longest: from {first} to {last}.", **between)
        if found.key is None
        else said(
            "The longest of {name}: from {first} to {last}.",
            name=names_of_series(frame.select(np.array([worst])), found.key)[0],
            **between,
        ),
        said("A window that reaches over a gap takes what lies far apart for neighbours."),
        said(
            "Few and short ones do no harm. Else fill in the rows that are missing, with empty values, or begin after them: series.first."
        ),
    )


def _moment(when: np.datetime64) -> str:
    words = str(when.astype("datetime64[m]")).replace("T", " ")
    return words.removesuffix(" 00:00")


def missing_steps(frame: Frame, found: Purpose) -> Iterator[Finding]:
    """Values of the target that are missing."""
    assert found.target is not None, "a series has a target"
    frame = ordered(frame, found.time, found.key)
    missing = ~np.isfinite(numbers(frame, (found.target,))[:, 0])
    if not (number := int(missing.sum())):
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(int), [0]])))
    longest = int((edges[1::2] - edges[::2]).max())
    yield finding(
        "missing_steps",
        "notice",
        saidn(
            "1 value of {target} is missing.", "{count:,} values of {target} are missing.", number, target=found.target
        ),
        said(
            "{share} of all; at most {longest:,} one after another.", share=share(number, len(frame)), longest=longest
        ),
        said("What is missing cannot be judged, and what fills it is a guess."),
        said("The value before is taken in its place; none of them is foretold or judged."),
    )
