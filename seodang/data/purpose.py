"""What data is for: which column is foretold, from which others, and whether the rows are a table, texts or a series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, shown
from seodang.data.frame import Column, Frame
from seodang.data.leaks import gives_away
from seodang.data.purpose_of_series import as_it_lies, ends_in_a_label, series, why_across, why_no_series
from seodang.data.purpose_of_texts import pairs, texts_to_read
from seodang.data.purposes import Named, Purpose, columns_of, left_over
from seodang.data.targets import SURE_NAMES, guessed, nearly_names, plain, task_of


def purpose(
    frame: Frame,
    *,
    target: str | None = None,
    time: str | None = None,
    text: str | None = None,
    key: str | None = None,
    leave_out: Collection[str] = (),
    forecast: bool | None = None,
    among_others: bool = True,
) -> Purpose:
    """What the frame is for; what is not said is guessed, and each guess says how it was made.

    Args:
        target, time, text, key: columns, where the guess would be wrong.   leave_out: columns not to be used.
        forecast: whether it is to be forecast in any case: without a column that says when, in the order of the rows. False: in no
            case, though the rows follow one another in time. None: where they do.
        among_others: whether a text among more columns than a label may be what is read; a recipe for tables says no.

    Raises:
        DataError: A column is not there (the nearest is named) or cannot be what it is said to be, or nothing can be foretold.
    """
    _exist(frame, target, text, *leave_out, *columns_of(frame, time), *columns_of(frame, key))
    if target is not None and frame.column(target).kind in ("empty", "constant"):
        column = frame.column(target)
        raise DataError(
            tr(
                "Column {name} cannot be foretold: {reason}. Say another with target=COLUMN.",
                name=target,
                reason=shown(column.reason),
            )
        )
    if target is not None and target in leave_out:
        raise DataError(tr("Column {target} cannot be both the target and left out.", target=target))
    usable = [c for c in frame.columns if c.kind not in ("id", "constant", "empty") and c.name not in leave_out]
    chosen = Named(target, time, text, key)
    if forecast:
        found = series(frame, chosen, usable, asked_for=True) or as_it_lies(frame, chosen, usable)
    else:
        found = pairs(frame, chosen) or texts_to_read(frame, chosen, usable, among_others)
        no_series = forecast is False or _has_labels(frame, chosen, usable)
        found = found or (None if no_series else series(frame, chosen, usable)) or _table(frame, chosen, usable)
        if found.form == "table" and forecast is None:
            why = why_no_series(frame, chosen, usable) or why_across(usable)
            found = replace(found, reasons=(*found.reasons, *filter(None, [why])))
    asked = dict.fromkeys((name for name in leave_out if name in found.left), said("left out as asked"))
    return Purpose(**{**found.__dict__, "left": {**found.left, **asked}})


def _has_labels(frame: Frame, chosen: Named, usable: list[Column]) -> bool:
    """Whether rows have a label, so that they are a table whenever they were, unless a person says otherwise."""
    asked = chosen.time or chosen.key or chosen.target
    if asked:
        return False
    named_so = any(column.kind == "category" and plain(column.name) in SURE_NAMES for column in usable)
    return named_so or ends_in_a_label(frame, usable)


def _exist(frame: Frame, *names: str | None) -> None:
    there = [column.name for column in frame.columns]
    for name in names:
        if name is not None and name not in there:
            same = next((other for other in there if other.lower() == name.lower()), None)
            raise DataError(
                tr(
                    "{where} has no column {name!r}. {hint}",
                    where=frame.where,
                    name=name,
                    hint=tr("Did you mean {match}?", match=same) if same else did_you_mean(name, there),
                )
            )


def _table(frame: Frame, chosen: Named, usable: list[Column]) -> Purpose:
    target, reason = (chosen.target, "") if chosen.target else guessed(frame, usable)
    if frame.column(target).kind in ("date", "picture", "text", "id"):
        raise DataError(
            tr(
                "Column {target} cannot be foretold: it is of the kind {kind}. Numbers and categories can. Say "
                "another with target=COLUMN, or its kind with kinds.{target}=category.",
                target=target,
                kind=frame.column(target).kind,
            )
        )
    task, why = task_of(frame, target)
    features, left, told = _features(frame, usable, target, task == "classify")
    if not features:
        silent = {column.name for column in frame.columns if column.kind in ("id", "constant", "empty")}
        alone = silent.issuperset(left) and frame.column(target).kind == "number"
        todo = tr("If its rows follow one another in time: `seodang train {where} forecaster`.", where=frame.where)
        what = tr(
            "{where} has no column to foretell {target} from: {reasons}.",
            where=frame.where,
            target=target,
            reasons=_told(left),
        )
        raise DataError(f"{what} {todo}" if alone else what)
    return Purpose(
        "table", task, target, None, None, None, left, features, tuple(each for each in (reason, why, *told) if each)
    )


def _told(left: dict[str, str]) -> str:
    told = [tr("{name} is {reason}", name=name, reason=shown(why)) for name, why in left.items()]
    return "; ".join(told) or tr("it is the only one")


def _features(
    frame: Frame, usable: list[Column], target: str, classes: bool
) -> tuple[tuple[str, ...], dict[str, str], list[str]]:
    """The columns that are used, those that are not and why, and what to say of columns that give the answer away."""
    left = left_over(frame, [c.name for c in usable])
    left.pop(target, None)
    features, leaks, seldom = [], {}, []
    for column in usable:
        if column.name == target:
            continue
        if column.kind == "text":
            left[column.name] = said(
                "text among other columns; say text={name} to learn from it alone", name=column.name
            )
        elif column.kind == "picture":
            left[column.name] = said("paths of pictures")
        elif nearly_names(column, len(frame)) and not column.given:
            seldom.append(column.name)
            left[column.name] = said(
                "{count:,} different values in {rows:,} rows: hardly one comes again",
                count=column.distinct,
                rows=len(frame),
            )
        elif column.kind != "date" and not column.given and _leaks(frame, column.name, target, classes):
            leaks[column.name] = said("it gives {target} away: the one follows from the other", target=target)
        else:
            features.append(column.name)
    if seldom and not features and not leaks:
        told = said("{names} hardly come again, and are used, for there is nothing else.", names=", ".join(seldom))
        return tuple(seldom), {name: why for name, why in left.items() if name not in seldom}, [told]
    if leaks and not features:
        told = said(
            "{names} follows {target} nearly exactly, and is used, for there is nothing else.",
            names=", ".join(leaks),
            target=target,
        )
        return tuple(leaks), left, [told]
    told = [
        said(
            "{name} is not used, for {reason}. Say kinds.{name}={kind} to use it all the same.",
            name=name,
            reason=why,
            kind=frame.column(name).kind,
        )
        for name, why in leaks.items()
    ]
    order = [column.name for column in frame.columns]
    left = {**left, **leaks}
    return tuple(features), {name: left[name] for name in order if name in left}, told


def _leaks(frame: Frame, name: str, target: str, classes: bool) -> bool:
    values, answers = cast(pd.Series, frame.table[name]), cast(pd.Series, frame.table[target])
    return gives_away(values, answers, classes=classes)
