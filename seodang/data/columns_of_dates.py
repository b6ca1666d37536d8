"""Columns that say when: moments written as numbers (20210304, seconds since 1970, Excel's days, years), and dates in words."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn
from seodang.data.amounts import Amounts
from seodang.data.columns_made import date_column, listed
from seodang.data.dates import dates
from seodang.data.frame import Column, Kind
from seodang.data.words import Words, pc

CLOCK_NAME = re.compile(
    r".*(time|date|timestamp|epoch|unix|ts|month|period|ym|when)$|.*_(at|on)$|.*(일시|시각|시점|일자|날짜|년월|연월)$",
    re.I,
)
_SIX_DIGITS = "^[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"  # 210304
_TO_THE_HOUR = (
    "^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-4])([0-5][0-9]){0,2}$"  # 2021030412
)
_TO_THE_MINUTE = _TO_THE_HOUR.replace("{0,2}", "{1,2}")
_TWELFTH = 0.07  # of a month: 1949.08 is February, rounded
LEAST_UNNAMED = 24  # rows of a column that rises by twelfths, or quarters, of a year, so that it is taken for time whatever its name
# So few rows may be words in a column of numbers (or no dates in one of dates); they count as missing.
STRAY = 0.05


def as_clock(name: str, words: Words, found: Amounts, given: Kind | None = None) -> tuple[pd.Series, Column] | None:
    """20210304; and where the name says so 202103, 2021.03, seconds (and parts of them) since 1970, Excel's days."""
    says_when = given == "date" or bool(CLOCK_NAME.match(name))
    if len(words.words) == 1 and not says_when:
        return None
    if pc.all(pc.match_substring_regex(words.words, "^(19|20)[0-9]{6}$")).as_py():
        return as_date(name, words, given)
    if pc.all(pc.match_substring_regex(words.words, _TO_THE_MINUTE if not says_when else _TO_THE_HOUR)).as_py():
        return as_date(name, words, given)
    if found.how or np.isnan(found.values).any():
        return None
    if not says_when:
        return _decimal_years(name, words, found, given) if len(words.codes) >= LEAST_UNNAMED else None
    if pc.all(pc.match_substring_regex(words.words, r"^(19|20)[0-9]{2}\.?(0[1-9]|1[0-2])$")).as_py():
        return as_date(name, words, given)
    if pc.all(pc.match_substring_regex(words.words, _SIX_DIGITS)).as_py():
        dashed = pc.replace_substring_regex(words.words, "^(..)(..)(..)$", r"\1-\2-\3")
        return as_date(name, replace(words, words=dashed), given)
    least, most = found.values.min(), found.values.max()
    if least >= 1600 and most <= 2261 and _counts_years(words, found):
        years = (words.spread(found.values, np.nan) - 1970).astype(np.int64).astype("datetime64[Y]")
        return date_column(name, years, said("years"), given)
    if (dated := _decimal_years(name, words, found, given)) is not None:
        return dated
    units = {
        said("seconds since 1970"): 1,
        said("milliseconds since 1970"): 10**3,
        said("microseconds since 1970"): 10**6,
        said("nanoseconds since 1970"): 10**9,
    }
    for how, factor in units.items():
        if least >= 1e8 * factor and most < 4.1e9 * factor:
            return date_column(name, _since(words, found, 10**9 // factor, "1970-01-01"), how, given)
    if (
        (given or re.search(r"date|일자|날짜", name, re.I))
        and least >= 20_000
        and most < 80_000
        and (found.values % 1 == 0).all()
    ):
        return date_column(
            name, _since(words, found, 86_400 * 10**9, "1899-12-30"), said("days since 1900, as Excel counts"), None
        )
    return None


def _counts_years(words: Words, found: Amounts) -> bool:
    """Whether whole numbers rise, or fall, by one from row to row."""
    rows = words.spread(found.values, np.nan)
    return (
        len(rows) > 2
        and bool((rows % 1 == 0).all())
        and len(set(np.diff(rows).tolist()) & {1.0, -1.0}) == 1
        and bool((np.abs(np.diff(rows)) == 1).all())
    )


def _decimal_years(name: str, words: Words, found: Amounts, given: Kind | None) -> tuple[pd.Series, Column] | None:
    """Years with months as their twelfths, 1949.083, as R writes the times of monthly and quarterly series, or with
    the middle of each, 1949.125, as NOAA and SILSO do; rising by equal steps."""
    rows = words.spread(found.values, np.nan)
    if np.isnan(rows).any() or len(rows) < 3 or rows.min() < 1600 or rows.max() > 2261:
        return None
    start = 0.5 if np.abs(rows * 12 % 1 - 0.5).max() <= _TWELFTH else 0.0
    months = np.round(rows * 12 - start)
    steps = np.diff(months)
    if np.abs(rows * 12 - start - months).max() > _TWELFTH or (rows % 1 == 0).all() or not np.isin(steps, (1, 3)).all():
        return None
    since = (months - 1970 * 12).astype(np.int64).astype("datetime64[M]")
    return date_column(name, since, said("years with months as twelfths"), given)


def _since(words: Words, found: Amounts, nanoseconds: int, start: str) -> np.ndarray:
    """Moments that are counted from a start, in steps of so many nanoseconds; NaT where missing."""
    counted = (words.spread(found.values, 0) * nanoseconds).astype(np.int64).astype("timedelta64[ns]")
    return np.where(words.codes < 0, np.datetime64("NaT", "ns"), np.datetime64(start, "ns") + counted)


def as_date(
    name: str, words: Words, given: Kind | None = None, day_first: bool | None = None
) -> tuple[pd.Series, Column] | None:
    """Dates in words, where most of them are dates; a few that are none count as missing. None where they are no dates.

    Args:
        given: the kind that a person said; then more of them may be none.
        day_first: whether the day is first in 3/4/2021, where that is known.
    """
    asked = ~words.says_unknown
    found = dates(words.strings[asked], day_first) if asked.any() else None
    if found is None:
        return None
    values = np.full(len(asked), np.datetime64("NaT", "ns"), "datetime64[ns]")
    values[asked] = found.values
    none = np.isnat(values)
    if real_strays(words, none) > STRAY * words.rows and given is None:
        return None
    told = "; ".join([found.how, *told_strays(words, none, dates=True)])
    series, column = date_column(name, words.spread(values, np.datetime64("NaT", "ns")), told, given)
    return series, replace(column, day_first=found.day_first)


def real_strays(words: Words, none: np.ndarray) -> int:
    """Rows whose word is no number (or date) and does not just say that there is none."""
    return int(words.counts[none & ~words.says_unknown].sum()) if none.any() else 0


def told_strays(words: Words, none: np.ndarray, dates: bool = False) -> list[str]:
    """What is said of the few words that are none."""
    rows = int(words.counts[none].sum())
    if not rows:
        return []
    examples = listed([f"{word[:30]!r}" for word in words.strings[none][:3]])
    if dates:
        return [
            saidn(
                "1 value is no date and counts as missing: {examples}",
                "{count:,} values are no dates and count as missing: {examples}",
                rows,
                examples=examples,
            )
        ]
    return [
        saidn(
            "1 value is no number and counts as missing: {examples}",
            "{count:,} values are no numbers and count as missing: {examples}",
            rows,
            examples=examples,
        )
    ]
