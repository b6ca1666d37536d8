"""Which column is foretold, guessed from names and places, and whether its values are classes or amounts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from typing import Literal

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.columns import BOOLEANS
from seodang.data.frame import Column, Frame
from seodang.data.unnamed_targets import stands_out

# Names of what is foretold, the surest first. Compared in small letters, without spaces and underscores.
TARGET_NAMES = [
    "target", "label", "labels", "y", "outcome", "정답", "레이블", "라벨", "타깃", "타겟", "종속변수", "목표변수", "survived", "diagnosis",
    "species", "churn", "churned", "attrition", "exited", "fraud", "isfraud", "loanstatus",
    "subscribed", "approved", "purchased", "converted", "clicked", "cancelled", "iscanceled", "readmitted", "이탈", "생존", "합격",
    "sentiment", "감성", "polarity", "emotion", "intent", "issarcastic", "isspam", "spam",
    "toxic", "stars", "별점", "평점", "saleprice", "price",
    "가격", "거래금액", "medianhousevalue", "medv", "mpg", "quality", "charges", "income", "salary", "rating", "score",
    "status", "result", "class", "value", "sales", "profit", "revenue", "매출", "매출액", "판매량", "연봉", "wage", "cnt", "demand", "cost",
    "category", "type", "분류", "결과", "등급",
]  # fmt: skip
# How names of targets begin or end, the surest first.
_PARTS = (
    "target", "label", "class", "sentiment", "binary", "여부", "price", "정답", "라벨", "가격", "overall", "종합", "전반", "분류", "감정",
    "disposition", "verdict", "decision", "score", "rating",
)  # fmt: skip
_AT_THE_END = ("가격", "score", "rating")  # 가격 적정성 is no price, rating count no rating
# From this name on a last column of two values is likelier the target; and what mostly has one value is none.
_WEAK = frozenset(TARGET_NAMES[TARGET_NAMES.index("saleprice") :])
# Names that say of what sort a thing is rather than what comes of it: the target at an end of the row only.
_SORTS = frozenset(["category", "type", "분류", "등급"])
# Words in names of columns of two values that say what came of it.
_EVENTS = frozenset([
    "default", "defaulted", "bankrupt", "bankruptcy", "fraud", "fraudulent", "churn", "churned", "attrition", "exited", "left",
    "approved", "canceled", "cancelled", "survived", "died", "death", "deceased", "dead", "failure", "failed", "fail", "disease",
    "stroke", "cancer", "malignant", "readmitted", "purchased", "purchase", "bought", "subscribed", "deposit", "clicked", "click",
    "converted", "response", "responded", "hazardous", "tomorrow", "outcome", "success", "successful", "won", "winner", "hired",
    "placed", "promoted", "accepted", "admitted", "passed", "spam", "toxic", "anomaly", "occupancy", "occupied", "satisfied",
    "potable", "potability", "legendary", "complication", "relapse", "recovered", "depression", "risk",
])  # fmt: skip
_BEHIND = frozenset(
    ["reported", "event", "flag", "indicator", "status", "month", "year", "yn", "label", "occurred", "n"]
)
_MOSTLY = 0.8  # of the values, where one of them is hardly an amount to foretell
# A column of such a name is the target, though nothing can be learnt of it.
SURE_NAMES = ["target", "label", "labels", "정답", "레이블", "라벨"]
# Whole numbers with at most so many different values, each so often on average, are classes.
MOST_CLASSES, LEAST_EACH = 10, 5
LEAST_NUMBERED = 4  # columns, among which one without a number stands out
MOST_NAMED_CLASSES = 1000


def plain(name: str) -> str:
    """A name in small letters, without spaces, underscores, points, hyphens and the signs around it.

    >>> plain("Sale_Price"), plain("<CLOSE>"), plain("#Passengers")
    ('saleprice', 'close', 'passengers')
    """
    return re.sub(r"[\s_.-]+|^[^\w]+|[^\w)]+$", "", name.lower())


def named(names: Collection[str]) -> tuple[str | None, str]:
    """The column that is named like a target, and the sentence on it; None where none is."""
    known = {plain(name): name for name in reversed(list(names))}
    for name in reversed(list(names)):  # 가격(원), Price [EUR]: a unit behind it
        known.setdefault(plain(re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", name)), name)
    if "x" in known and len(known) > 2:  # x and y are places on a map or a screen
        known.pop("y", None)
    for wanted in TARGET_NAMES:
        if wanted in known:
            return known[wanted], said(
                "The target is {name}, by its name. Say another with target=COLUMN.", name=known[wanted]
            )
    for wanted in _PARTS:
        alike = [key for key in known if key.startswith(wanted) or key.endswith(wanted)]
        for key, name in known.items() if wanted not in ("binary", "여부") or len(alike) == 1 else ():
            before = wanted not in _AT_THE_END and key.startswith(wanted)
            if len(key) > len(wanted) and (before or key.endswith(wanted)):
                return name, said("The target is {name}, by its name. Say another with target=COLUMN.", name=name)
    return None, ""


def guessed(frame: Frame, usable: list[Column]) -> tuple[str, str]:
    """The column to foretell: by its name, else the last, else the first; and the sentence on it.

    Raises:
        DataError: No column is fit for it.
    """
    if len(frame) == 1:
        raise DataError(
            tr(
                "{where} has only 1 row, of {columns}. A table to learn from has a row for each example.",
                where=frame.where,
                columns=", ".join(column.name for column in frame.columns[:6]),
            )
        )
    names = [c.name for c in usable if c.kind == "number" or (c.kind == "category" and not nearly_names(c, len(frame)))]
    if not names:
        kinds = ", ".join(f"{column.name} ({column.kind})" for column in frame.columns[:6])
        sentence = tr(
            "{where} has no column that can be foretold: {kinds}. Say one with target=COLUMN.",
            where=frame.where,
            kinds=kinds,
        )
        if (text := next((column.name for column in usable if column.kind == "text"), None)) is not None:
            sentence += " " + tr(
                "To learn how {text} goes on, word after word: `seodang train {where} text-generator columns.text={quoted}`.",
                text=text,
                quoted=shlex.quote(text),
                where=shlex.quote(frame.where),
            )
        raise DataError(sentence)
    for column in frame.columns:
        if column.kind in ("constant", "empty") and plain(column.name) in SURE_NAMES:
            raise DataError(
                tr(
                    "Column {name} cannot be foretold: {reason}. Say another with target=COLUMN.",
                    name=column.name,
                    reason=shown(column.reason),
                )
            )
    target, reason = _by_name(frame, names)
    if target is not None:
        return target, reason
    if (found := stands_out(frame, names)) is not None:
        return found
    unlike = [name for name in names if not re.search(r"\d$", name)]
    if len(unlike) == 1 and len(names) >= LEAST_NUMBERED:
        return unlike[0], said(
            "The target is {name}: the only column that is not numbered like the others. Say another with target=COLUMN.",
            name=unlike[0],
        )
    # Below an id or a constant at the end stands the column that is last for a person.
    silent = {column.name for column in frame.columns if column.kind in ("id", "constant", "empty")}
    last = next(column.name for column in reversed(frame.columns) if column.name not in silent)
    first = frame.columns[0].name
    if last in names:
        return (
            last,
            said(
                "The target is {name}: the last column, for none is named like one. Say another with target=COLUMN.",
                name=last,
            ),
        )
    if first in names:
        return (
            first,
            said(
                "The target is {name}: the first column, for none is named like one. Say another with target=COLUMN.",
                name=first,
            ),
        )
    return names[-1], said(
        "The target is {name}, for want of a better one. Say another with target=COLUMN.", name=names[-1]
    )


def _by_name(frame: Frame, names: list[str]) -> tuple[str | None, str]:
    """The column that is named like a target where its values and its place agree, and the sentence on it; None where none is.

    Names that may be of anything (score, category) are held against what stands where: two values in the last place, or an event.
    """
    likely = [name for name in names if _is_likely(frame, names, name)]
    target, reason = named(likely)
    if target is not None and plain(target) not in _WEAK:
        return target, reason
    events = [name for name in names if has_two_values(frame, name) and is_event(name)]
    if events:
        return events[-1], said("The target is {name}, by its name. Say another with target=COLUMN.", name=events[-1])
    last = names[-1]
    first = target == names[0] and plain(last) not in TARGET_NAMES
    words = (
        target is not None and frame.column(target).kind == "category"
    )  # a class of two words is as good as one of many
    said_so = words or plain(last) in TARGET_NAMES or _says_yes_or_no(frame, last)
    if target not in (None, last) and not first and said_so and has_two_values(frame, last):
        return last, said(
            "The target is {name}: the last column, of two values. Say another with target=COLUMN.", name=last
        )
    return target, reason


def _is_likely(frame: Frame, names: list[str], name: str) -> bool:
    column = frame.column(name)
    if plain(name) in _SORTS:
        return name in (frame.columns[0].name, names[-1])
    if plain(name) not in _WEAK or column.kind != "number" or column.distinct <= MOST_CLASSES:
        return True
    values = frame.table[name].dropna()
    return int(values.value_counts().iloc[0]) <= _MOSTLY * len(values)


def is_event(name: str) -> bool:
    """Whether a name says that something happened or will: RainTomorrow, "Machine failure", fraud_reported.

    >>> [is_event(name) for name in ("RainTomorrow", "Machine failure", "fraud_reported", "response_rate")]
    [True, True, True, False]
    """
    parts = [part for part in re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()) if part]
    if parts and parts[-1] in _BEHIND:
        return not _EVENTS.isdisjoint(parts)
    return bool(parts) and (parts[-1] in _EVENTS or parts[0] == "is" and parts[1:2] != [] and parts[1] in _EVENTS)


def has_two_values(frame: Frame, name: str) -> bool:
    """Whether a column holds two words, or 0 and 1 and the like."""
    column = frame.column(name)
    if column.distinct != 2 or column.kind not in ("category", "number"):
        return False
    return column.kind == "category" or not (frame.table[name].dropna().to_numpy(np.float64) % 1).any()


def _says_yes_or_no(frame: Frame, name: str) -> bool:
    column = frame.column(name)
    if column.kind == "number":
        return True
    words = frame.table[name].dropna().astype(str).str.lower().unique()
    return any(set(words) <= pair for pair in BOOLEANS)


def nearly_names(column: Column, rows: int) -> bool:
    """A category with another value in nearly every row."""
    return column.kind == "category" and column.distinct > 50 and column.distinct > 0.5 * (rows - column.missing)


def task_of(frame: Frame, target: str) -> tuple[Literal["classify", "regress"], str]:
    """Classify or regress, and the sentence on it: words are classes, numbers are amounts, unless they are few and whole.

    Raises:
        DataError: Hardly a value comes again, so nothing can be learnt of them.
    """
    column, rows = frame.column(target), len(frame)
    known = rows - column.missing
    if column.kind in ("category", "id", "text"):
        if column.kind == "text" or nearly_names(column, rows):
            raise DataError(
                tr(
                    "Column {target} cannot be foretold: it has {count:,} different values in {rows:,} rows. "
                    "Say another with target=COLUMN.",
                    target=target,
                    count=column.distinct,
                    rows=known,
                )
            )
        return "classify", said(
            "{target} is one of {count:,} classes: {reason}.",
            target=target,
            count=column.distinct,
            reason=column.reason,
        )
    if column.given:
        return "regress", said("{target} is an amount, as was said.", target=target)
    values = np.unique(frame.table[target].dropna().to_numpy(np.float64))
    whole = bool((values == np.floor(values)).all())
    if whole and len(values) == 2:
        return "classify", said(
            "{target} has two values, {first:g} and {second:g}: classes.",
            target=target,
            first=values[0],
            second=values[1],
        )
    often = known >= LEAST_EACH * len(values)
    if whole and len(values) <= MOST_CLASSES and often:
        return "classify", said(
            "{target} has {count} different whole numbers, {rows:,} rows each on average: classes. Say kinds.{target}=number for amounts.",
            target=target,
            count=len(values),
            rows=known // len(values),
        )
    counted = bool(values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1)
    labelled = plain(target) in ("target", "label", "labels", "class", "y", "정답", "레이블", "라벨")
    if whole and labelled and counted and often and len(values) <= MOST_NAMED_CLASSES:
        return (
            "classify",
            said(
                "{target} counts {count} classes from {first:g}. Say kinds.{target}=number for amounts.",
                target=target,
                count=len(values),
                first=values[0],
            ),
        )
    return "regress", said("{target} is an amount: {reason}.", target=target, reason=column.reason)
