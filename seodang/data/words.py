"""The different words of a column: trimmed, counted, and without the markers of missing values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from seodang.core.later import pandas as pd

pc: Any = pyarrow.compute  # its functions are made when it is imported, where type checkers do not see them

# What stands for "no value", in small letters and without white space around it.
MISSING = frozenset(
    [
        "",
        "?",
        "na",
        "n/a",
        "n.a.",
        "nan",
        "null",
        "none",
        "nil",
        "-",
        "--",
        "---",
        "—",
        "–",
        ".",
        "..",
        "...",
        "#n/a",
        "#na",
    ]
    + ["#null!", "#value!", "#div/0!", "#ref!", "#name?", "#num!", "<na>", "nat", "(null)", "[null]", "(blank)", "\\n"]
    + ["-nan", "+nan", "1.#qnan", "-1.#ind", "#n/a n/a"]
    + ["결측", "결측치"]
)
# Words that stand for "no value" where the others are numbers or dates; among words they are a category like others.
UNKNOWN = frozenset(
    [
        "missing",
        "unknown",
        "unk",
        "not available",
        "not known",
        "not reported",
        "no data",
        "undefined",
        "tbd",
        "x",
        "*",
        "**",
        "***",
    ]
    + [
        "varies with device",
        "n.d.",
        "n/d",
        "not applicable",
        "nodata",
        ":",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "00/00/0000",
        "00.00.0000",
    ]
    + ["9999-12-31", "9999-12-31 00:00:00", "31.12.9999", "12/31/9999"]  # "no end", as databases write it
    + ["모름", "미상", "없음", "무응답", "해당없음", "해당 없음"]
)
EXACT = 2**53  # whole numbers beyond lose digits as float64


@dataclass(frozen=True)
class Words:
    """The different values of a column, and which row has which.

    words: distinct, trimmed, most frequent first, none missing.   codes: (N,), index into words, -1 where missing.
    counts: how often each word stands there.
    """

    words: pa.Array
    codes: np.ndarray
    counts: np.ndarray

    @property
    def strings(self) -> np.ndarray:
        return self.words.to_numpy(zero_copy_only=False)

    @property
    def says_unknown(self) -> np.ndarray:
        """Of each word whether it says that there is no value."""
        return np.array([word.lower() in UNKNOWN for word in self.strings.tolist()], bool)

    @property
    def rows(self) -> int:
        return int(self.counts.sum())

    def spread(self, values: np.ndarray, missing: Any) -> np.ndarray:
        """(N,): the value of each row's word."""
        return np.append(values, np.array([missing], values.dtype))[self.codes]


# Values as they come --------------------------------------------------------------------------------------------------


def column_of(values: Any) -> pd.Series | pa.ChunkedArray:
    """Strings as Arrow has them (fast), everything else as pandas has it."""
    if isinstance(values, pa.Array):
        values = pa.chunked_array([values])
    if isinstance(values, pa.ChunkedArray):
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        kind = values.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return values
        if pa.types.is_null(kind):
            return values.cast(pa.string())
        if pa.types.is_decimal(kind):
            values = values.cast(pa.float64())
        elif pa.types.is_duration(kind):
            values = pc.divide(values.cast(pa.duration("us")).cast(pa.int64()).cast(pa.float64()), 1e6)
        elif pa.types.is_time(kind):
            return values.cast(pa.string())
        elif pa.types.is_date(kind):
            values = values.cast(pa.timestamp("ms"))
        elif pa.types.is_boolean(kind):
            return pc.if_else(values, "True", "False")
        return values.to_pandas()
    return values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)


def strings_of(series: pd.Series | pa.ChunkedArray) -> pa.ChunkedArray:
    """Values of any type as they would be written; None where missing."""
    if isinstance(series, pa.ChunkedArray):
        return series.cast(pa.large_string())
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
        present = series.to_numpy(dtype=np.float64, na_value=np.nan)
        words = [_number_word(value) for value in present.tolist()]
    else:
        words = [_word(value) for value in series.tolist()]
    words = [None if word is None else word.encode("utf-8", "replace").decode() for word in words]
    return pa.chunked_array([pa.array(words, pa.large_string())])


def _word(value: Any) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return _number_word(float(value)) if isinstance(value, float) else str(value)


def _number_word(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)


def words_of(strings: pa.ChunkedArray) -> Words:
    """Distinct trimmed values, markers of missing values taken out."""
    encoded = strings.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    encoded = encoded.dictionary_encode()
    words = pc.utf8_trim_whitespace(encoded.dictionary)
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    if not pc.all(pc.equal(words, encoded.dictionary)).as_py():  # "a" and "a " are one word
        trimmed = words.dictionary_encode()
        codes = np.append(trimmed.indices.to_numpy(zero_copy_only=False).astype(np.int64), -1)[codes]
        words = trimmed.dictionary
    short = pc.less_equal(pc.binary_length(words), 12)
    lower = pc.if_else(short, pc.utf8_lower(pc.if_else(short, words, "x")), "x")
    marker = pc.is_in(lower, pa.array(sorted(MISSING), pa.large_string())).to_numpy(zero_copy_only=False).copy()
    _rescue(words, marker)
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    keep = np.flatnonzero(~marker)
    keep = keep[np.argsort(-counts[keep], kind="stable")]
    rank = np.full(len(words) + 1, -1)
    rank[keep] = np.arange(len(keep))
    return Words(words.take(pa.array(keep)), rank[codes], counts[keep])


def _rescue(words: pa.Array, marker: np.ndarray) -> None:
    """Two markers that can be values: minus beside plus, and NA (North America) among other capital pairs."""
    if not marker.any() or len(words) > 300:
        return
    there = words.to_pylist()
    others = [word for word, marked in zip(there, marker, strict=True) if not marked]
    if others == ["+"] and "-" in there:
        marker[there.index("-")] = False
    if len(others) >= 3 and "NA" in there and all(re.fullmatch("[A-Z]{2}", word) for word in others):
        marker[there.index("NA")] = False
