"""What a column holds: numbers, categories, text, dates, pictures or ids; inferred from its values, with the reason."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from seodang.core.errors import DataError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.amounts import Amounts, amounts
from seodang.data.columns_made import any_column, date_column, listed, named_like_id, number_column, quoted, word_column
from seodang.data.columns_of_dates import CLOCK_NAME, STRAY, as_clock, as_date, real_strays, told_strays
from seodang.data.dates import MONTHS, to_nanoseconds
from seodang.data.frame import KINDS, Column, Kind
from seodang.data.readers.walk import PICTURE_SUFFIXES
from seodang.data.words import EXACT, MISSING, Words, column_of, pc, strings_of, words_of

BOOLEANS = [
    set(pair.split()) for pair in ("true false", "yes no", "y n", "t f", "on off", "참 거짓", "예 아니오", "예 아니요")
]
_UUID = re.compile(r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?|[0-9a-f]{16,64}", re.I)
_DOTTED_CLOCK = re.compile(r"(.*[ _])?(time|hour)$|.*(시간|시각)$", re.I)
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
# A list: pyarrow imports pandas for the first array that it makes of one.
_MARKERS = sorted({form for word in MISSING for form in (word, word.upper(), word.title(), "NaN", "#N/A")})
_SENTENCE_END = r"[.!?…。！？]['\")]*$"


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
            return any_column(name, "empty", said("no values"), None, series.isna().to_numpy(), 0, given)
        how = [said("dates in the file already")]
        how += [said("{count:,} dates out of range (1678 to 2261) count as missing", count=lost)] if lost else []
        return date_column(name, values, "; ".join(how), given)
    if pd.api.types.is_numeric_dtype(series.dtype) and given != "date":
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return number_column(name, values, [], given)
    return None


def _plain_numbers(name: str, strings: pa.ChunkedArray) -> tuple[pd.Series, Column] | None:
    """Numbers written as a computer does, without going through the different words: what large tables mostly hold.

    None where anything is to be thought about: other signs, leading zeros, what may be dates or codes.
    """
    step = max(1, len(strings) // 200)
    few = strings.take(pa.array(np.arange(0, len(strings), step))).to_pylist()
    if not any(_PLAIN.fullmatch(word) for word in few if word) or CLOCK_NAME.match(name):
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
    if finite.min() > 1600 and finite.max() < 2262 and (finite % 1 != 0).any():  # may be years with their months
        return None
    return number_column(name, numbers, [], None, decimal="." if any("." in word for word in few if word) else "")


# Kinds ----------------------------------------------------------------------------------------------------------------


def _inferred(name: str, words: Words, decimal: str | None, day_first: bool | None) -> tuple[pd.Series, Column]:
    if len(words.words) == 0:
        return any_column(name, "empty", said("no values"), None, words.codes < 0, 0, None)
    if (found := _as_number(name, words, decimal)) is not None:
        return found
    strings = words.strings
    if len(strings) == 1 and (words.codes >= 0).all():
        return word_column(name, words, "constant", said("{value} in every row", value=quoted(strings[0])))
    if (found := as_date(name, words, day_first=day_first)) is not None:
        return found
    if {word.lower() for word in strings[:20]} in BOOLEANS and len(strings) <= 20:
        words, told = _one_spelling(words)
        reason = "; ".join([said("2 values: {values}", values=listed(words.strings)), *told])
        return word_column(name, words, "category", reason)
    if len(strings) <= 24 and len(strings) >= 2 and all(word.lower().rstrip(".") in MONTHS for word in strings):
        return word_column(name, words, "category", said("{count} names of months", count=len(strings)))
    suffixes = [word.lower().rsplit(".", 1)[-1] for word in strings[:1000]]
    if np.mean([f".{suffix}" in PICTURE_SUFFIXES for suffix in suffixes]) > 0.9:
        return word_column(
            name, words, "picture", said("paths of pictures, such as {example}", example=quoted(strings[0]))
        )
    return word_column(name, words, *_words_kind(name, words))


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
    found = _amounts_but_unknown(asked, words.says_unknown, decimal)
    if found is None:
        return None
    numeral = ~np.isnan(found.values)
    strays = real_strays(words, ~numeral)
    different = numeral.sum()
    if strays and (strays > STRAY * words.rows or different < 20):
        return None
    if not found.how and pc.any(pc.match_substring_regex(words.words, "^0[0-9]{2,}$")).as_py():
        return _coded(name, words, said("with leading zeros"))
    if pc.any(pc.match_substring_regex(words.words, "^[0-9]{16,}$")).as_py() and np.nanmax(found.values) > EXACT:
        return _coded(name, words, said("of 16 and more digits"))
    if (dated := as_clock(name, words, found)) is not None:
        return dated
    told = [*found.how, *told_strays(words, ~numeral)]
    return number_column(name, words.spread(found.values, np.nan), told, None, words, found.decimal)


def _amounts_but_unknown(asked: pa.Array, unknown: np.ndarray, decimal: str | None) -> Amounts | None:
    """The amounts, NaN for words that say that there is none: they do not keep the others from being durations, 19M and the like."""
    if not unknown.any() or unknown.all():
        return amounts(asked, decimal)
    found = amounts(asked.filter(pa.array(~unknown)), decimal)
    if found is None:
        return None
    values = np.full(len(asked), np.nan)
    values[~unknown] = found.values
    return replace(found, values=values)


def _coded(name: str, words: Words, why: str) -> tuple[pd.Series, Column]:
    if len(words.words) == len(words.codes):
        return word_column(
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
    return word_column(name, words, "category", reason)


def _words_kind(name: str, words: Words) -> tuple[Kind, str]:
    """Text, id or category, by how long the values are and how often they come again."""
    strings, different, rows = words.strings, len(words.words), words.rows
    example = quoted(strings[0])
    few = strings[:: max(1, different // 2000)]
    length = float(np.mean([len(word.split()) for word in few]))
    if different > 0.5 * rows and different > 1 and _reads_as_text(few, length):
        return "text", said("{count:,} texts of {length:.0f} words on average", count=different, length=length)
    every = different == len(words.codes)
    named = named_like_id(name)
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
        return "category", said("2 values: {values}", values=listed(strings))
    return "category", said("{count:,} values, such as {such}", count=different, such=listed(strings[:2]))


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
            return any_column(name, given, reason, np.full(len(words.codes), np.nan), words.codes < 0, 0, given)
        if given == "date":
            nothing = np.full(len(words.codes), np.datetime64("NaT", "ns"), "datetime64[ns]")
            return any_column(name, given, reason, nothing, words.codes < 0, 0, given)
        return any_column(name, given, reason, None, words.codes < 0, 0, given)
    if given in ("empty", "constant"):
        raise_if = given == "empty" or len(words.words) > 1
        if raise_if:
            raise DataError(_not_of_kind(name, given, words, np.ones(len(words.words), bool)))
    if given == "number":
        found = amounts(words.words, decimal, sure=True)
        values = np.full(len(words.words), np.nan) if found is None else found.values
        if words.counts[np.isnan(values)].sum() > 0.5 * words.rows:
            raise DataError(_not_of_kind(name, given, words, np.isnan(values)))
        told = [*(found.how if found else ()), *told_strays(words, np.isnan(values))]
        return number_column(name, words.spread(values, np.nan), told, given, words, found.decimal if found else "")
    if given == "date":
        counted = amounts(words.words)
        dated = None if counted is None else as_clock(name, words, counted, given)
        dated = dated or as_date(name, words, given, day_first)
        if dated is None:
            raise DataError(_not_of_kind(name, given, words, np.ones(len(words.words), bool)))
        return dated
    return word_column(
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
