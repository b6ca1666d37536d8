"""Dates as people write them: ISO, with dots and slashes, with names of months, in Korean, with and without a time."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.words import pc

MONTHS = {
    word: number
    for number, words in enumerate(
        ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"]
        + ["september sep sept", "october oct", "november nov", "december dec"],
        start=1,
    )
    for word in words.split()
} | {f"{number}월": number for number in range(1, 13)}
# The same in German, French and Spanish, where they are written otherwise; for dates alone.
FOREIGN = MONTHS | {
    word: number
    for number, words in enumerate(
        [
            "januar janvier enero jän",
            "februar février fevrier febrero fév",
            "märz mars marzo mär",
            "avril abril avr abr",
        ]
        + ["mai mayo", "juni juin junio", "juli juillet julio", "août aout agosto", "septembre septiembre"]
        + ["oktober octobre octubre okt", "novembre noviembre", "dezember décembre decembre diciembre dez déc dic"],
        start=1,
    )
    for word in words.split()
}

_DAY, _MONTH, _YEAR, _NAME = r"\d{1,2}", r"\d{1,2}", r"(?:1[6-9]|2[0-2])\d\d", r"[^\W\d_]{3,10}\.?"
_TIME = r"(?:(?:T| |\s?,\s?)\s?\d{1,2}(?::\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:\s?[AaPp]\.?[Mm]\.?)?\s?(?:Z|UTC|[-+]\d\d:?\d\d)?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s)?"
# name of the order, pattern, and the order in which year, month and day stand.
_ORDERS = [
    (said("year, month, day"), rf"({_YEAR})[-/.]\s?({_MONTH})[-/.]\s?({_DAY})\.?", "ymd"),
    (said("year, month, day"), rf"({_YEAR})[년年]\s?({_MONTH})[월月]\s?({_DAY})[일日]", "ymd"),
    (said("year, month, day"), rf"(\d\d)년\s?({_MONTH})월\s?({_DAY})일", "ymd"),
    (said("year, month, day"), r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", "ymd"),
    (said("day, month, year"), rf"({_DAY})[-/. ]\s?({_NAME})[-/., ]\s?({_YEAR})", "dmy"),
    (said("day, month, year"), rf"({_DAY})[-/. ]({_NAME})[-/., ](\d\d)", "dmy"),
    (said("day, month, year"), rf"({_DAY})([A-Za-z]{{3}})({_YEAR})", "dmy"),
    (said("year, month, day"), rf"({_YEAR})[-/. ]\s?({_NAME})[-/. ]\s?({_DAY})", "ymd"),
    (said("month, day, year"), rf"({_NAME}) ({_DAY})(?:st|nd|rd|th)?,? ({_YEAR})", "mdy"),
    (said("day, month, year"), rf"({_DAY})(?:st|nd|rd|th)? ({_NAME}),? ({_YEAR})", "dmy"),
    ("", rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.]({_YEAR})", "??y"),
    ("", r"(\d{1,2})[-/.](\d{1,2})[-/.](\d\d)", "???"),
    (said("year and month"), rf"({_YEAR})[-/.]?(0[1-9]|1[0-2])", "ym"),
    (said("year and month"), rf"({_YEAR})[년年]\s?({_MONTH})[월月]", "ym"),
    (said("year and month"), rf"(\d\d)년\s?({_MONTH})월", "ym"),
    (said("month and year"), rf"({_NAME})[-/., ]\s?({_YEAR})", "my"),
    (said("month and year"), rf"({_NAME})-(\d\d)", "my"),
    (said("month and year"), rf"(0?[1-9]|1[0-2])/({_YEAR})", "my"),
    (said("year and month"), rf"({_YEAR})[-/. ]\s?({_NAME})", "ym"),
    (said("year and month"), rf"({_YEAR})M(0[1-9]|1[0-2])", "ym"),
    (said("year and quarter"), rf"({_YEAR})[-/ ]?Q([1-4])", "yq"),
    (said("quarter and year"), rf"Q([1-4])[- /]?({_YEAR})", "qy"),
    (said("year and quarter"), rf"({_YEAR})년?[ /]?([1-4])(?:/4)?분기", "yq"),
    (said("year and half"), rf"({_YEAR})[-/ ]?[HS]([12])", "yh"),
    (said("year and week"), rf"({_YEAR})[- ]?W(0[1-9]|[1-4]\d|5[0-3])", "yw"),
]
_DOTTED = r"\d{1,2}\.\d{1,2}\."  # nobody writes the month first and dots
# Years that begin in one and end in the next: 2019/20, FY2019-2020.
_TWO_YEARS = re.compile(rf"(?:FY ?)?({_YEAR})\s?[-/\u2013]\s?((?:1[6-9]|2[0-2])?\d\d)")
_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?")
_SAMPLE = 200
_EARLIEST, _LATEST = np.datetime64("1678-01-01", "us"), np.datetime64("2262-01-01", "us")


@dataclass(frozen=True)
class Dates:
    """Words as dates.

    values: datetime64[ns], one for each word; NaT where the word is no date. Offsets are taken into account: UTC.
    how: the order found, for a person: "year, month, day".
    day_first: whether the day is before the month in 25/3/2021; None where no word shows it.
    """

    values: np.ndarray
    how: str
    day_first: bool | None = None


def dates(words: np.ndarray, day_first: bool | None = None) -> Dates | None:
    """The dates that words stand for, or None where most are none.

    12/10/2021 is day, month or month, day: what the other words allow is taken, and where they allow both, the month is first; the
    day in 12.10.2021.

    Args:
        words: distinct, without white space around them, none missing; dtype object.
        day_first: whether the day is first, where that is known and the words allow both.

    >>> dates(np.array(["2021년 3월 4일", "2021.03.05"], object)).values.astype("datetime64[D]").tolist()
    [datetime.date(2021, 3, 4), datetime.date(2021, 3, 5)]
    >>> dates(np.array(["red"], object)) is None
    True
    """
    if max(map(len, words[:: max(1, len(words) // _SAMPLE)])) > 60:
        return None
    if (two := _two_years(words)) is not None:
        return two
    words = _usual(words)
    few = words[:: max(1, len(words) // _SAMPLE)]
    if (
        all(map(_ISO.fullmatch, few))
        and pc.all(pc.match_substring_regex(pa.array(words), f"^({_ISO.pattern})$")).as_py()
        and not pc.any(pc.match_substring_regex(pa.array(words), "[ T]24:")).as_py()
    ):
        quick = pd.to_datetime(pd.Series(words, dtype=object), format="ISO8601", errors="coerce")
        return _kept(to_nanoseconds(quick), said("year, month, day"))
    used = [order for order in _ORDERS if any(map(_full(order[1]), few))]
    covered = sum(any(_full(pattern)(word) for _, pattern, _ in used) for word in few)
    if not used or covered < 0.9 * len(few):
        return None
    values = np.full(len(words), np.datetime64("NaT", "us"), "datetime64[us]")
    how: list[str] = []
    shows: bool | None = None
    for name, pattern, order in used:
        rest = np.flatnonzero(np.isnat(values))
        if len(rest) == 0:
            break
        found, told, shown = _parsed(words[rest], name, pattern, order, day_first)
        values[rest] = found
        shows = shown if shows is None else shows
        how += [told] if told not in how and not np.isnat(found).all() else []
    values[(values < _EARLIEST) | (values > _LATEST)] = np.datetime64("NaT", "us")
    return _kept(values.astype("datetime64[ns]"), "; ".join(how), shows)


def _two_years(words: np.ndarray) -> Dates | None:
    """Years that begin in one and end in the next, as their first; None where some word is none, or there is only one.

    >>> _two_years(np.array(["1998/99", "1999/00"], object)).values.astype("datetime64[Y]").astype(str).tolist()
    ['1998', '1999']
    """
    first = []
    for word in words.tolist():
        found = _TWO_YEARS.fullmatch(word)
        if found is None or (int(found[2]) - int(found[1]) - 1) % (100 if len(found[2]) == 2 else 10_000):
            return None
        first.append(found[1])
    if len(first) < 2:
        return None
    return _kept(np.array(first, "datetime64[Y]").astype("datetime64[ns]"), said("years that end in the next one"))


# Zones that are named by one offset only; CST and IST are several.
ZONES = {
    "KST": "+09:00", "JST": "+09:00", "CET": "+01:00", "CEST": "+02:00", "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "MSK": "+03:00", "AEST": "+10:00",
}  # fmt: skip
# Times before the date's end, and hours in Korean, as the patterns above have them.
_UNUSUAL = [
    (r"^(?:[A-Za-z]{3},? )?([A-Za-z]{3})\s+(\d{1,2}) (\d\d:\d\d(?::\d\d)?)(?: UTC| GMT)?( [-+]\d{4})? (\d{4})$", r"\1 \2 \5 \3\4"),
    (r"(\d{1,2})시\s?(\d{1,2})분(?:\s?(\d{1,2})초)?$", lambda m: f"{m[1]}:{m[2]:0>2}" + (f":{m[3]:0>2}" if m[3] else "")),
    (r"(\d{1,2})시$", r"\1:00"),
    (r"오전\s?(\d{1,2}:\d\d(?::\d\d)?)$", r"\1 AM"),
    (r"오후\s?(\d{1,2}:\d\d(?::\d\d)?)$", r"\1 PM"),
    (r"^(\S+[ T]\d\d:\d\d(?::\d\d)?) - \S+[ T]\d\d:\d\d(?::\d\d)?$", r"\1"),  # from one time to another: when it begins
    (r"(\d) GMT$", r"\1 UTC"),
    (r"(:\d\d) ([A-Z]{3,4})$", lambda m: f"{m[1]} {ZONES[m[2]]}" if m[2] in ZONES else m[0]),
    (r"\s?(?:\([월화수목금토일]\)|\(?[월화수목금토일]요일\)?)", ""),
    (r"^(\d{8})T(\d\d)([0-5]\d)([0-5]\d)?(Z|[-+]\d\d:?\d\d)?$",
     lambda m: f"{m[1]} {m[2]}:{m[3]}:{m[4] or '00'}{m[5] or ''}"),
    (r"^((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))([01]\d|2[0-4])([0-5]\d)?([0-5]\d)?$",
     lambda m: f"{m[1]} {m[2]}:{m[3] or '00'}:{m[4] or '00'}"),
]  # fmt: skip


def _usual(words: np.ndarray) -> np.ndarray:
    """Words with the time behind the date, as 18:30 or 6:30 PM.

    >>> _usual(np.array(["Tue Sep 29 18:30:00 2020", "2020년 9월 29일 오후 6시 30분"], object)).tolist()
    ['Sep 29 2020 18:30:00', '2020년 9월 29일 6:30 PM']
    """
    few = words[:: max(1, len(words) // _SAMPLE)].tolist()
    for pattern, written in _UNUSUAL:
        search = re.compile(pattern).search
        if any(map(search, few)):
            words = pd.Series(words, dtype=object).str.replace(pattern, written, regex=True).to_numpy(object)
            few = words[:: max(1, len(words) // _SAMPLE)].tolist()
    return words


def _kept(values: np.ndarray, how: str, day_first: bool | None = None) -> Dates | None:
    return None if np.isnat(values).mean() > 0.1 else Dates(values, how, day_first)


def _full(pattern: str):
    return re.compile(f"{_WEEKDAY}{pattern}{_TIME}", re.IGNORECASE).fullmatch


def _parsed(
    words: np.ndarray, name: str, pattern: str, order: str, day_first: bool | None
) -> tuple[np.ndarray, str, bool | None]:
    """The words of one order as datetime64[us], NaT where they are of another, the order in words, and whether it shows that the day
    is first."""
    shows: bool | None = None
    parts = pd.Series(words, dtype=object).str.extract(f"^{_WEEKDAY}{pattern}(?P<time>{_TIME})$", flags=re.IGNORECASE)
    fields = parts.iloc[:, : len(order)].copy()
    if order == "???" and _year_is_first(fields):
        order, name = "ymd", said("year, month, day, of two digits each")
    elif "?" in order:
        there = parts.iloc[:, 0].notna().tolist()
        of_this = [word for word, is_of_it in zip(words.tolist(), there, strict=True) if is_of_it]
        dotted = bool(of_this) and all(re.search(_DOTTED, word) for word in of_this)
        order, name, shows = _which_first(fields, True if dotted and day_first is None else day_first)
    fields.columns = list(order)
    number = pd.DataFrame(index=fields.index)
    number["year"] = _years(fields["y"])
    if "q" in order:
        number["month"] = _numbers(fields["q"]) * 3 - 2
    elif "h" in order:
        number["month"] = _numbers(fields["h"]) * 6 - 5
    elif "w" in order:
        return (
            pd.to_datetime(fields["y"] + " " + fields["w"] + " 1", format="%G %V %u", errors="coerce")
            .to_numpy()
            .astype("datetime64[us]"),
            name,
            shows,
        )
    else:
        number["month"] = _months(fields["m"])
    number["day"] = _numbers(fields["d"]) if "d" in order else 1.0
    days = pd.to_datetime(number, errors="coerce").to_numpy().astype("datetime64[us]")
    time = parts["time"].fillna("")
    if (time != "").any():
        days = days + _times(time)
    return days, name, shows


def _which_first(fields: pd.DataFrame, known: bool | None) -> tuple[str, str, bool | None]:
    """Whether the day or the month is first in 12/10/2021, by the words where it can only be one of them, else as is known."""
    first = _numbers(fields.iloc[:, 0]).max()
    second = _numbers(fields.iloc[:, 1]).max()
    if first > 12:
        return "dmy", said("day, month, year"), True
    if second > 12:
        return "mdy", said("month, day, year"), False
    if known is not None:
        return ("dmy", said("day, month, year"), None) if known else ("mdy", said("month, day, year"), None)
    return "mdy", said("month, day, year, though day, month, year would be possible too"), None


def _year_is_first(fields: pd.DataFrame) -> bool:
    """Whether 21.03.04 is of 2021: the first numbers hardly change, and the last ones go through the days of months."""
    first, second, third = (_numbers(fields.iloc[:, place]).dropna() for place in range(3))
    if not len(first) or second.max() > 12 or third.max() > 31 or third.min() < 1:
        return False
    return first.nunique() < third.nunique() and (third.max() > 12 or first.nunique() * 3 <= third.nunique())


def _numbers(words: Any) -> Any:
    return pd.to_numeric(words, errors="coerce")


def _years(words: pd.Series) -> pd.Series:
    years = _numbers(words)
    return years.where(years >= 100, years + np.where(years < 69, 2000, 1900))  # two digits, as POSIX has it


def _months(words: pd.Series) -> pd.Series:
    named = words.str.lower().str.rstrip(".").map(FOREIGN)
    return _numbers(words).fillna(named).astype(float)


def _times(words: pd.Series) -> np.ndarray:
    """Times of day as timedelta64[us]; an offset is subtracted, so that what remains is UTC."""
    parts = words.str.extract(
        r"(\d{1,2})(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(?:\s?([AaPp])\.?[Mm]\.?)?\s?(?:Z|UTC|([-+])(\d\d):?(\d\d))?$"
    )
    number = parts[[0, 1, 2, 6, 7]].apply(_numbers).fillna(0)
    part = _numbers(("0." + parts[3].astype(object)).where(parts[3].notna())).fillna(0)
    half = parts[4].str.lower()
    hours = number[0].where(half.isna(), number[0] % 12 + 12 * (half == "p"))
    seconds = hours * 3600 + number[1] * 60 + number[2]
    offset = (number[6] * 60 + number[7]) * 60 * np.where(parts[5] == "-", -1, 1)
    whole = ((seconds - offset) * 1_000_000 + (part * 1_000_000).round()).astype("int64")
    return whole.to_numpy().astype("timedelta64[us]")


def to_nanoseconds(values: pd.Series) -> np.ndarray:
    """Dates that were dates already (a Parquet column) as datetime64[ns] without a zone; NaT where out of range."""
    if getattr(values.dtype, "tz", None) is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exact = values.to_numpy().astype("datetime64[us]")
    exact = np.where((exact < _EARLIEST) | (exact > _LATEST), np.datetime64("NaT", "us"), exact)
    return exact.astype("datetime64[ns]")
