"""What a column holds: numbers, categories, text, dates, pictures or ids; inferred from its values, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn
from seodang.data.amounts import Amounts, amounts
from seodang.data.dates import MONTHS, dates, to_nanoseconds
from seodang.data.frame import KINDS, Column, Kind
from seodang.data.readers.images import PICTURE_SUFFIXES
from seodang.data.words import EXACT, MISSING, Words, column_of, pc, strings_of, words_of

BOOLEANS = [
    set(pair.split()) for pair in ("true false", "yes no", "y n", "t f", "on off", "참 거짓", "예 아니오", "예 아니요")
]
_ID_NAME = re.compile(r"(^|.*[_ .-])(ids?|uuid|guid|index|key|pk|idx)$|.*(번호|아이디)$|^(no|nr|rownum|#)\.?$", re.I)
_ID_CAMEL = re.compile(r".*[a-z0-9](Id|ID)$")
_CODE_NAME = re.compile(
    r"(.*[_ .-])?(zip|zipcode|zip[_ ]code|postal|postcode|post[_ ]?code|code)$|.*(코드|우편번호)$", re.I
)
MOST_CODES, LEAST_OF_A_CODE = 256, 4  # different whole numbers of a code, and rows of each on average
_NO_ID = re.compile(r".*(year|time|month|week|day|hour|step|age|date|연도|년|월|일|시간)s?$|^[txn]$", re.I)
_UUID = re.compile(r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?|[0-9a-f]{16,64}", re.I)
_CLOCK_NAME = re.compile(
    r".*(time|date|timestamp|epoch|unix|ts|month|period|ym|when)$|.*_(at|on)$|.*(일시|시각|시점|일자|날짜|년월|연월)$",
    re.I,
)
_DOTTED_CLOCK = re.compile(r"(.*[ _])?(time|hour)$|.*(시간|시각)$", re.I)
_SIX_DIGITS = "^[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"  # 210304
_TO_THE_HOUR = (
    "^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-4])([0-5][0-9]){0,2}$"  # 2021030412
)
_TO_THE_MINUTE = _TO_THE_HOUR.replace("{0,2}", "{1,2}")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
# A list: pyarrow imports pandas for the first array that it makes of one.
_MARKERS = sorted({form for word in MISSING for form in (word, word.upper(), word.title(), "NaN", "#N/A")})
_SENTENCE_END = r"[.!?…。！？]['\")]*$"
_TWELFTH = 0.07  # of a month: 1949.08 is February, rounded
# So few rows may be words in a column of numbers (or no dates in one of dates); they count as missing.
STRAY = 0.05


def typed(
    name: str, values: Any, given: Kind | None = None, decimal: str | None = None, day_first: bool | None = None
) -> tuple[pd.Series, Column]:
    """A column with the type of its kind, and what is known of it.

    Args:
        name: as a person reads it.
        values: one value a row: a pandas Series, a PyArrow array or a sequence of str (None where missing).
        given: the kind that a person, or the training run, says it has. Otherwise it is inferred.
        decimal: the sign before decimals, "." or ",", where it is known.
        day_first: whether the day is first in 3/4/2021, where that is known.

    Raises:
        DataError: `given` is no kind, or most values cannot be of it.

    >>> values, column = typed("weight", ["3,5 kg", "12 kg", "?"])
    >>> values.tolist(), column.kind, column.reason
    ([3.5, 12.0, nan], 'number', '2 numbers from 3.5 to 12; kg taken off; decimal commas')
    """
    if given is not None and given not in KINDS:
        raise DataError(
            tr("{kind!r} is not a kind of column. {hint}", kind=given, hint=did_you_mean(str(given), KINDS))
        )
    series = column_of(values)
    if given is None or given in ("number", "date"):
        native = _native(name, series, given)
        if native is not None:
            return native
    if given is None and decimal != "," and isinstance(series, pa.ChunkedArray):
        quick = _plain_numbers(name, series)
        if quick is not None:
            return quick
    words = words_of(strings_of(series))
    if given is not None:
        return _as_given(name, words, given, decimal, day_first)
    return _inferred(name, words, decimal, day_first)


def _native(name: str, series: pd.Series | pa.ChunkedArray, given: Kind | None) -> tuple[pd.Series, Column] | None:
    """Columns that come as numbers or dates already; None where they have to go through words."""
    if isinstance(series, pa.ChunkedArray) or pd.api.types.is_bool_dtype(series.dtype):
        return None
    if pd.api.types.is_datetime64_any_dtype(series.dtype) and given != "number":
        values = to_nanoseconds(series)
        lost = int(np.isnat(values).sum() - series.isna().sum())
        if np.isnat(values).all():
            return _column(name, "empty", said("no values"), None, series.isna().to_numpy(), 0, given)
        how = [said("dates in the file already")]
        how += [said("{count:,} dates out of range (1678 to 2261) count as missing", count=lost)] if lost else []
        return _dated(name, values, "; ".join(how), given)
    if pd.api.types.is_numeric_dtype(series.dtype) and given != "date":
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return _number(name, values, [], given)
    return None


def _plain_numbers(name: str, strings: pa.ChunkedArray) -> tuple[pd.Series, Column] | None:
    """Numbers written as a computer does, without going through the different words: what large tables mostly hold.

    None where anything is to be thought about: other signs, leading zeros, what may be dates or codes.
    """
    step = max(1, len(strings) // 200)
    few = strings.take(pa.array(np.arange(0, len(strings), step))).to_pylist()
    if not any(_PLAIN.fullmatch(word) for word in few if word) or _CLOCK_NAME.match(name):
        return None
    try:
        values = pc.cast(pc.if_else(pc.is_in(strings, pa.array(_MARKERS)), None, strings), pa.float64())
    except pa.ArrowInvalid:
        return None
    numbers = values.to_numpy()
    finite = numbers[np.isfinite(numbers)]
    if not len(finite) or finite.max() > EXACT or (finite.min() > 19_000_000 and finite.max() < 21_000_000):
        return None
    if pc.any(pc.match_substring_regex(strings, "^0[0-9]{2,}$")).as_py():
        return None
    return _number(name, numbers, [], None, decimal="." if any("." in word for word in few if word) else "")


# Kinds ----------------------------------------------------------------------------------------------------------------


def _inferred(name: str, words: Words, decimal: str | None, day_first: bool | None) -> tuple[pd.Series, Column]:
    if len(words.words) == 0:
        return _column(name, "empty", said("no values"), None, words.codes < 0, 0, None)
    if (found := _as_number(name, words, decimal)) is not None:
        return found
    strings = words.strings
    if len(strings) == 1 and (words.codes >= 0).all():
        return _labelled(name, words, "constant", said("{value} in every row", value=_quoted(strings[0])))
    if (found := _as_date(name, words, day_first=day_first)) is not None:
        return found
    if {word.lower() for word in strings[:20]} in BOOLEANS and len(strings) <= 20:
        words, told = _one_spelling(words)
        reason = "; ".join([said("2 values: {values}", values=_listed(words.strings)), *told])
        return _labelled(name, words, "category", reason)
    if len(strings) <= 24 and len(strings) >= 2 and all(word.lower().rstrip(".") in MONTHS for word in strings):
        return _labelled(name, words, "category", said("{count} names of months", count=len(strings)))
    suffixes = [word.lower().rsplit(".", 1)[-1] for word in strings[:1000]]
    if np.mean([f".{suffix}" in PICTURE_SUFFIXES for suffix in suffixes]) > 0.9:
        return _labelled(
            name, words, "picture", said("paths of pictures, such as {example}", example=_quoted(strings[0]))
        )
    return _labelled(name, words, *_words_kind(name, words))


def _one_spelling(words: Words) -> tuple[Words, list[str]]:
    """Yes, YES and yes as the one of them that is the most frequent; and what to say of it."""
    first: dict[str, int] = {}
    to = np.array([first.setdefault(word.lower(), len(first)) for word in words.strings.tolist()])
    if len(first) == len(to):
        return words, []
    kept = words.strings[[int(np.flatnonzero(to == place)[0]) for place in range(len(first))]]
    counts = np.bincount(to, words.counts).astype(np.int64)
    codes = np.append(to, -1)[words.codes]
    others = ", ".join(sorted(set(words.strings.tolist()) - set(kept.tolist())))
    return Words(pa.array(kept, pa.large_string()), codes, counts), [said("{others} read as these", others=others)]


def _as_number(name: str, words: Words, decimal: str | None) -> tuple[pd.Series, Column] | None:
    """Numbers, or None: no numbers, or numerals that are names (leading zeros, more digits than a number keeps)."""
    asked = words.words
    if _DOTTED_CLOCK.match(name) and pc.all(pc.match_substring_regex(asked, r"^[0-9]{1,2}([.][0-5][0-9]){2}$")).as_py():
        asked = pc.replace_substring(asked, ".", ":")  # 18.00.00
    found = amounts(asked, decimal)
    if found is None:
        return None
    numeral = ~np.isnan(found.values)
    strays = _real_strays(words, ~numeral)
    different = numeral.sum()
    if strays and (strays > STRAY * words.rows or different < 20):
        return None
    if not found.how and pc.any(pc.match_substring_regex(words.words, "^0[0-9]{2,}$")).as_py():
        return _coded(name, words, said("with leading zeros"))
    if pc.any(pc.match_substring_regex(words.words, "^[0-9]{16,}$")).as_py() and np.nanmax(found.values) > EXACT:
        return _coded(name, words, said("of 16 and more digits"))
    if (dated := _as_clock(name, words, found)) is not None:
        return dated
    told = [*found.how, *_strays(words, ~numeral)]
    return _number(name, words.spread(found.values, np.nan), told, None, words, found.decimal)


def _coded(name: str, words: Words, why: str) -> tuple[pd.Series, Column]:
    if len(words.words) == len(words.codes):
        return _labelled(
            name,
            words,
            "id",
            said("another numeral {clause} in every row, such as {example}", clause=why, example=words.strings[0]),
        )
    reason = said(
        "{count:,} numerals {clause}, such as {example}: names, not amounts",
        count=len(words.words),
        clause=why,
        example=words.strings[0],
    )
    return _labelled(name, words, "category", reason)


def _as_clock(name: str, words: Words, found: Amounts, given: Kind | None = None) -> tuple[pd.Series, Column] | None:
    """20210304; and where the name says so 202103, 2021.03, seconds (and parts of them) since 1970, Excel's days."""
    says_when = given == "date" or bool(_CLOCK_NAME.match(name))
    if len(words.words) == 1 and not says_when:
        return None
    if pc.all(pc.match_substring_regex(words.words, "^(19|20)[0-9]{6}$")).as_py():
        return _as_date(name, words, given)
    if pc.all(pc.match_substring_regex(words.words, _TO_THE_MINUTE if not says_when else _TO_THE_HOUR)).as_py():
        return _as_date(name, words, given)
    if not says_when or found.how or np.isnan(found.values).any():
        return None
    if pc.all(pc.match_substring_regex(words.words, r"^(19|20)[0-9]{2}\.?(0[1-9]|1[0-2])$")).as_py():
        return _as_date(name, words, given)
    if pc.all(pc.match_substring_regex(words.words, _SIX_DIGITS)).as_py():
        dashed = pc.replace_substring_regex(words.words, "^(..)(..)(..)$", r"\1-\2-\3")
        return _as_date(name, replace(words, words=dashed), given)
    least, most = found.values.min(), found.values.max()
    if least >= 1600 and most <= 2261 and _counts_years(words, found):
        years = (words.spread(found.values, np.nan) - 1970).astype(np.int64).astype("datetime64[Y]")
        return _dated(name, years, said("years"), given)
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
            return _dated(name, _since(words, found, 10**9 // factor, "1970-01-01"), how, given)
    if (
        (given or re.search(r"date|일자|날짜", name, re.I))
        and least >= 20_000
        and most < 80_000
        and (found.values % 1 == 0).all()
    ):
        return _dated(
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
    """Years with months as their twelfths, 1949.083, as R writes the times of monthly and quarterly series; rising by equal steps."""
    rows = words.spread(found.values, np.nan)
    if np.isnan(rows).any() or len(rows) < 3 or rows.min() < 1600 or rows.max() > 2261:
        return None
    months = np.round(rows * 12)
    steps = np.diff(months)
    if np.abs(rows * 12 - months).max() > _TWELFTH or (rows % 1 == 0).all() or not np.isin(steps, (1, 3)).all():
        return None
    since = (months - 1970 * 12).astype(np.int64).astype("datetime64[M]")
    return _dated(name, since, said("years with months as twelfths"), given)


def _since(words: Words, found: Amounts, nanoseconds: int, start: str) -> np.ndarray:
    """Moments that are counted from a start, in steps of so many nanoseconds; NaT where missing."""
    counted = (words.spread(found.values, 0) * nanoseconds).astype(np.int64).astype("timedelta64[ns]")
    return np.where(words.codes < 0, np.datetime64("NaT", "ns"), np.datetime64(start, "ns") + counted)


def _as_date(
    name: str, words: Words, given: Kind | None = None, day_first: bool | None = None
) -> tuple[pd.Series, Column] | None:
    asked = ~words.says_unknown
    found = dates(words.strings[asked], day_first) if asked.any() else None
    if found is None:
        return None
    values = np.full(len(asked), np.datetime64("NaT", "ns"), "datetime64[ns]")
    values[asked] = found.values
    none = np.isnat(values)
    if _real_strays(words, none) > STRAY * words.rows and given is None:
        return None
    told = "; ".join([found.how, *_strays(words, none, dates=True)])
    series, column = _dated(name, words.spread(values, np.datetime64("NaT", "ns")), told, given)
    return series, replace(column, day_first=found.day_first)


def _real_strays(words: Words, none: np.ndarray) -> int:
    """Rows whose word is no number (or date) and does not just say that there is none."""
    return int(words.counts[none & ~words.says_unknown].sum()) if none.any() else 0


def _strays(words: Words, none: np.ndarray, dates: bool = False) -> list[str]:
    """What is said of the few words that are none."""
    rows = int(words.counts[none].sum())
    if not rows:
        return []
    examples = _listed([f"{word[:30]!r}" for word in words.strings[none][:3]])
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


def _words_kind(name: str, words: Words) -> tuple[Kind, str]:
    """Text, id or category, by how long the values are and how often they come again."""
    strings, different, rows = words.strings, len(words.words), words.rows
    example = _quoted(strings[0])
    few = strings[:: max(1, different // 2000)]
    length = float(np.mean([len(word.split()) for word in few]))
    if different > 0.5 * rows and different > 1 and _reads_as_text(few, length):
        return "text", said("{count:,} texts of {length:.0f} words on average", count=different, length=length)
    every = different == len(words.codes)
    named = bool(_ID_NAME.match(name) or _ID_CAMEL.match(name))
    if every and different > 1:
        if all(map(_UUID.fullmatch, few)):
            return "id", said("another unique identifier in every row, such as {example}", example=example)
        if named or different >= 20:
            return "id", said("another short value in every row, such as {example}", example=example)
    if different >= 50 and different > 0.95 * rows:
        return "id", said(
            "{count:,} different short values in {rows:,} rows, such as {example}",
            count=different,
            rows=rows,
            example=example,
        )
    if different > 0.5 * rows and different >= 50:
        return "category", said(
            "{count:,} short values in {rows:,} rows, nearly another one each, such as {example}",
            count=different,
            rows=rows,
            example=example,
        )
    if named and different < rows:
        return "category", said(
            "{count:,} values that come again, though it is named like an id, such as {example}",
            count=different,
            example=example,
        )
    if different == 1:
        return "category", said("{value} or nothing", value=example)
    if different == 2:
        return "category", said("2 values: {values}", values=_listed(strings))
    return "category", said("{count:,} values, such as {such}", count=different, such=_listed(strings[:2]))


def _reads_as_text(few: np.ndarray, length: float) -> bool:
    """Sentences rather than names: five words or more, or fewer that end as sentences do, or long Chinese or Japanese."""
    if length >= 5:
        return True
    if length >= 2.5 and np.mean([bool(re.search(_SENTENCE_END, word)) for word in few]) > 1 / 3:
        return True
    if length >= 2.5 and np.mean([len(word) for word in few]) >= 50:
        return True
    return float(np.mean([len(re.findall("[\u3040-\u30ff\u4e00-\u9fff]", word)) for word in few])) >= 10


# Kinds that are given -------------------------------------------------------------------------------------------------


def _as_given(
    name: str, words: Words, given: Kind, decimal: str | None, day_first: bool | None
) -> tuple[pd.Series, Column]:
    if len(words.words) == 0:
        reason = said("no values") if given == "empty" else said("said to be {kind}; no values here", kind=given)
        if given == "number":
            return _column(name, given, reason, np.full(len(words.codes), np.nan), words.codes < 0, 0, given)
        if given == "date":
            nothing = np.full(len(words.codes), np.datetime64("NaT", "ns"), "datetime64[ns]")
            return _column(name, given, reason, nothing, words.codes < 0, 0, given)
        return _column(name, given, reason, None, words.codes < 0, 0, given)
    if given in ("empty", "constant"):
        raise_if = given == "empty" or len(words.words) > 1
        if raise_if:
            raise DataError(_not_of_kind(name, given, words, np.ones(len(words.words), bool)))
    if given == "number":
        found = amounts(words.words, decimal, sure=True)
        values = np.full(len(words.words), np.nan) if found is None else found.values
        if words.counts[np.isnan(values)].sum() > 0.5 * words.rows:
            raise DataError(_not_of_kind(name, given, words, np.isnan(values)))
        told = [*(found.how if found else ()), *_strays(words, np.isnan(values))]
        return _number(name, words.spread(values, np.nan), told, given, words, found.decimal if found else "")
    if given == "date":
        counted = amounts(words.words)
        dated = None if counted is None else _as_clock(name, words, counted, given)
        dated = dated or _as_date(name, words, given, day_first)
        if dated is None:
            raise DataError(_not_of_kind(name, given, words, np.ones(len(words.words), bool)))
        return dated
    return _labelled(
        name, words, given, said("said to be {kind}; {count:,} different", kind=given, count=len(words.words)), given
    )


def _not_of_kind(name: str, given: str, words: Words, wrong: np.ndarray) -> str:
    rows = int(words.counts[wrong].sum())
    example = f"{words.strings[wrong][0][:40]!r}"
    if given in ("empty", "constant"):
        return tr(
            "Column {name} is not {kind}: it has {count:,} different values, such as {example}. "
            "Leave its kind out, and it is inferred.",
            name=name,
            kind=given,
            count=len(words.words),
            example=example,
        )
    if given == "number":
        return tr(
            "Column {name} cannot hold numbers: {count:,} of {rows:,} values are none, such as {example}. "
            "Say category or text, or leave its kind out, and it is inferred.",
            name=name,
            count=rows,
            rows=words.rows,
            example=example,
        )
    return tr(
        "Column {name} cannot hold dates: {count:,} of {rows:,} values are none, such as {example}. "
        "Say category or text, or leave its kind out, and it is inferred.",
        name=name,
        count=rows,
        rows=words.rows,
        example=example,
    )


# Columns made ---------------------------------------------------------------------------------------------------------


def _number(
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
        return _column(name, given or "empty", reason, values if given else None, missing, 0, given)
    if given is None and len(different) == 1 and not missing.any() and len(values) > 0:
        return _labelled(
            name,
            words or words_of(strings_of(pd.Series(values))),
            "constant",
            said("{value} in every row", value=f"{different[0]:g}"),
        )
    whole = bool((different == np.floor(different)).all())
    if given is None and whole and (kind := _whole_kind(name, values, different, missing)) is not None:
        return _labelled(name, words or words_of(strings_of(pd.Series(values))), *kind)
    reason = "; ".join([_range(different, whole), *told])
    return _column(name, "number", reason, values, missing, len(different), given, decimal)


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
    named = bool(_ID_NAME.match(name) or _ID_CAMEL.match(name))
    if every and named:
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


def _dated(name: str, values: np.ndarray, how: str, given: Kind | None) -> tuple[pd.Series, Column]:
    values = values.astype("datetime64[ns]")
    missing = np.isnat(values)
    different = _different(values[~missing])
    if given is None and len(different) == 1 and not missing.any() and len(values) > 0:
        return _column(
            name, "constant", said("{value} in every row", value=_day(different[0])), values, missing, 1, given
        )
    reason = said(
        "{count:,} dates from {first} to {last}; {clauses}",
        count=len(different),
        first=_day(different[0]),
        last=_day(different[-1]),
        clauses=how,
    )
    return _column(name, "date", reason, values, missing, len(different), given)


def _day(moment: np.datetime64) -> str:
    return str(moment.astype("datetime64[D]"))


def _labelled(name: str, words: Words, kind: Kind, reason: str, given: Kind | None = None) -> tuple[pd.Series, Column]:
    """A column of str, None where missing."""
    values = words.spread(words.strings.astype(object), None)
    return _column(name, kind, reason, values, words.codes < 0, len(words.words), given)


def _column(
    name: str,
    kind: Kind,
    reason: str,
    values: np.ndarray | None,
    missing: np.ndarray,
    distinct: int,
    given: Kind | None,
    decimal: str = "",
) -> tuple[pd.Series, Column]:
    if values is None:
        values = np.full(len(missing), None, object)
    dtype = object if values.dtype == object else None
    column = Column(name, kind, reason, int(missing.sum()), distinct, given is not None, decimal)
    return pd.Series(values, name=name, dtype=dtype), column


def _quoted(word: str) -> str:
    return word if len(word) <= 40 else word[:39] + "…"


def _listed(words: Sequence[str] | np.ndarray) -> str:
    return ", ".join(_quoted(word) for word in words)
