"""A column as it is kept: its values with the type of their kind, and what is known of it; ids and constants among numbers found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn
from seodang.data.frame import Column, Kind
from seodang.data.words import Words, strings_of, words_of

_ID_NAME = re.compile(
    r"(^|.*[_ .-])(ids?|uuid|guid|index|key|pk|idx)$|.*(번호|아이디)$|^(학번|사번|군번)$"
    r"|^(client|customer|account|acct|member|user|patient|order|loan|case|ticket)[ _]?(num|nr|no)$|^(no|nr|rownum|#)\.?$",
    re.I,
)
_ID_CAMEL = re.compile(r".*[a-z0-9](Id|ID)$")
_NUMBER_NAME = re.compile(r".*([a-z](Number|No|Nr)|[ _.-](?i:number|no|nr))")  # where it is another one in every row
_LEAST_OF_A_RANGE = 0.5  # of the whole numbers between the least and the largest, where a column counts things
_CODE_NAME = re.compile(
    r"(.*[_ .-])?(zip|zipcode|zip[_ ]code|postal|postcode|post[_ ]?code|code)$|.*(코드|우편번호)$", re.I
)
# Rows and whole numbers a row, from which on the first column of a table without names is the number of a patient or a case.
_LEAST_NUMBERED, _FAR_APART = 50, 100
MOST_CODES, LEAST_OF_A_CODE = 256, 4  # different whole numbers of a code, and rows of each on average
_NO_ID = re.compile(r".*(year|time|month|week|day|hour|step|age|date|연도|년|월|일|시간)s?$|^[txn]$", re.I)


def named_like_id(name: str) -> bool:
    """Whether a column's name says that it tells rows apart.

    >>> [named_like_id(name) for name in ("id", "CustomerId", "customer_id", "고객번호", "paid")]
    [True, True, True, True, False]
    """
    return bool(_ID_NAME.match(name) or _ID_CAMEL.match(name))


def named_like_code(name: str) -> bool:
    """Whether a column's name says that its numbers are names of things, of rows or of places.

    >>> [named_like_code(name) for name in ("Country code", "zip", "shopId", "protein")]
    [True, True, True, False]
    """
    return named_like_id(name) or bool(_CODE_NAME.match(name))


def number_column(
    name: str,
    values: np.ndarray,
    told: Sequence[str],
    given: Kind | None,
    words: Words | None = None,
    decimal: str = "",
) -> tuple[pd.Series, Column]:
    """A column of float64; constants and ids among numbers are found here."""
    endless = np.isinf(values)
    values = np.where(endless, np.nan, values)
    missing = np.isnan(values)
    different = _different(values[~missing])
    told = list(told)
    if endless.any():
        many = int(endless.sum())
        told.append(
            saidn(
                "1 value is too large or infinite and counts as missing",
                "{count:,} values are too large or infinite and count as missing",
                many,
            )
        )
    if len(different) == 0:
        reason = "; ".join([said("no values"), *told])
        return any_column(name, given or "empty", reason, values if given else None, missing, 0, given)
    if given is None and len(different) == 1 and not missing.any() and len(values) > 0:
        return word_column(
            name,
            words or words_of(strings_of(pd.Series(values))),
            "constant",
            said("{value} in every row", value=f"{different[0]:g}"),
        )
    whole = bool((different == np.floor(different)).all())
    if given is None and whole and (kind := _whole_kind(name, values, different, missing)) is not None:
        return word_column(name, words or words_of(strings_of(pd.Series(values))), *kind)
    reason = "; ".join([_range(different, whole), *told])
    return any_column(name, "number", reason, values, missing, len(different), given, decimal)


def _different(values: np.ndarray) -> np.ndarray:
    """The distinct values in order; quicker on a million rows than np.unique, which hashes first."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _range(different: np.ndarray, whole: bool) -> str:
    if len(different) == 2 and different.tolist() == [0, 1]:
        return said("0 and 1 only")
    if len(different) == 1:
        return said("{value} or nothing", value=f"{different[0]:g}")
    ends = {"least": _short(different[0]), "most": _short(different[-1])}
    if whole:
        return said("{count:,} different whole numbers from {least} to {most}", count=len(different), **ends)
    return said("{count:,} numbers from {least} to {most}", count=len(different), **ends)


def _short(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def _whole_kind(name: str, values: np.ndarray, different: np.ndarray, missing: np.ndarray) -> tuple[Kind, str] | None:
    """Whole numbers that name rows rather than measure them."""
    rows, every = len(values), len(different) == len(values)
    named = named_like_id(name)
    dense = every and different[-1] < different[0] + rows / _LEAST_OF_A_RANGE  # a difference could overflow
    if every and (named or dense and _NUMBER_NAME.fullmatch(name)):
        return "id", said("another whole number in every row, and it is named like an id")
    step_one = every and different[-1] == different[0] + (rows - 1)
    if (
        step_one
        and rows >= 5
        and different[0] in (0, 1)
        and not _NO_ID.match(name)
        and bool((np.diff(values) == 1).all())
    ):
        return "id", said("counts the rows, {first} to {last}", first=_short(different[0]), last=_short(different[-1]))
    if name == "column 1" and every and rows >= _LEAST_NUMBERED and different[-1] - different[0] > _FAR_APART * rows:
        moves = np.diff(values)
        if (moves > 0).any() and (moves < 0).any():
            return "id", said("another whole number in every row, far apart and in no order, in the first place")
    if named and len(different) > 0.95 * (rows - missing.sum()):
        return "id", said(
            "{count:,} different whole numbers in {rows:,} rows, and it is named like an id",
            count=len(different),
            rows=rows,
        )
    if _CODE_NAME.match(name) and 2 < len(different) <= MOST_CODES and rows >= LEAST_OF_A_CODE * len(different):
        return "category", said(
            "{count:,} whole numbers, and it is named like a code: names, not amounts", count=len(different)
        )
    if named and len(different) > 2:
        return (
            "category",
            said(
                "{count:,} whole numbers that come again, but it is named like an id: names, not amounts",
                count=len(different),
            ),
        )
    return None


def date_column(name: str, values: np.ndarray, how: str, given: Kind | None) -> tuple[pd.Series, Column]:
    """A column of datetime64[ns], NaT where missing; `how` says how they were written. The same date in every row is a constant."""
    values = values.astype("datetime64[ns]")
    missing = np.isnat(values)
    different = _different(values[~missing])
    if given is None and len(different) == 1 and not missing.any() and len(values) > 0:
        return any_column(
            name, "constant", said("{value} in every row", value=_day(different[0])), values, missing, 1, given
        )
    reason = said(
        "{count:,} dates from {first} to {last}; {clauses}",
        count=len(different),
        first=_day(different[0]),
        last=_day(different[-1]),
        clauses=how,
    )
    return any_column(name, "date", reason, values, missing, len(different), given)


def _day(moment: np.datetime64) -> str:
    return str(moment.astype("datetime64[D]"))


def word_column(
    name: str, words: Words, kind: Kind, reason: str, given: Kind | None = None
) -> tuple[pd.Series, Column]:
    """A column of str, None where missing."""
    values = words.spread(words.strings.astype(object), None)
    return any_column(name, kind, reason, values, words.codes < 0, len(words.words), given)


def any_column(
    name: str,
    kind: Kind,
    reason: str,
    values: np.ndarray | None,
    missing: np.ndarray,
    distinct: int,
    given: Kind | None,
    decimal: str = "",
) -> tuple[pd.Series, Column]:
    """A column of any kind and what is known of it; without `values`, None in every row."""
    if values is None:
        values = np.full(len(missing), None, object)
    dtype = object if values.dtype == object else None
    column = Column(name, kind, reason, int(missing.sum()), distinct, given is not None, decimal)
    return pd.Series(values, name=name, dtype=dtype), column


def quoted(word: str) -> str:
    """A value as it is shown in a sentence, cut where it is long."""
    return word if len(word) <= 40 else word[:39] + "…"


def listed(words: Sequence[str] | np.ndarray) -> str:
    """Values as they are listed in a sentence."""
    return ", ".join(quoted(word) for word in words)
