"""Numbers as people write them: thousands separators, decimal commas, signs of money and percent, brackets for minus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seodang.core.sentences import said
from seodang.data.words import pc

MONEY = r"[$€£¥₩₹]|US\$|USD|EUR|GBP|JPY|CNY|KRW|원"
UNITS = r"%|°C|°F|℃|kg|mg|g|km|cm|mm|m|ml|mL|L|lbs?|mph|kWh|kW|ms|s|개|명|세|살|점|년|회"
# What may stand before and after the digits; RE2's syntax, as PyArrow's.
_WRITTEN = (
    r"^(?P<open>\(?)(?P<sign>[-+]?)\s?(?P<before>(?:" + MONEY + r")?)\s?(?P<inner>[-+]?)"
    r"(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)(?P<power>(?:[eE][-+]?[0-9]+)?)\s?"
    r"(?P<after>(?:" + MONEY + "|" + UNITS + r")?)(?P<close>\)?)$"
)
_GROUPED = r"^[1-9][0-9]{0,2}(SEP[0-9]{2,3})*SEP[0-9]{3}$"  # 1,234,567, and 12,34,567 as in India
_CLOCK = r"^(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9](?:\.[0-9]+)?))?$"
_LETTERED = r"^[-+]?[$€£₩]?[0-9][0-9.,]*[KkMBT]$"
_LETTERS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_SAMPLE = 300


@dataclass(frozen=True)
class Amounts:
    """Words as numbers.

    values: float64, one for each word; NaN where the word is no number.
    how: what was done to read them, clauses for a person: ("% taken off",).
    decimal: the sign before decimals, "." or ",", where the words show it; else "".
    """

    values: np.ndarray
    how: tuple[str, ...] = ()
    decimal: str = ""


def amounts(words: pa.Array, decimal: str | None = None) -> Amounts | None:
    """The numbers that words stand for, or None where hardly any of the words is one. How separators are meant is
    decided once for all words: "1,234" beside "3,5" has a decimal comma.

    Args:
        words: distinct, without white space around them, none missing.
        decimal: "." or ",", the sign before decimals where that is known and the words fit; None to find out.

    >>> amounts(pa.array(["1,234", "$5", "(7)"])).values.tolist()
    [1234.0, 5.0, -7.0]
    >>> amounts(pa.array(["1,234", "3,5"])).values.tolist()
    [1.234, 3.5]
    >>> amounts(pa.array(["1,234"]), ",").values.tolist(), amounts(pa.array(["1.234", "12"]), ",").values.tolist()
    ([1.234], [1234.0, 12.0])
    >>> amounts(pa.array(["1.5K", "2M"])).values.tolist()
    [1500.0, 2000000.0]
    >>> amounts(pa.array(["9:30", "12:15"])).values.tolist()
    [9.5, 12.25]
    >>> amounts(pa.array(["red", "green"])) is None
    True
    """
    if decimal is not None and (found := _as_said(words, decimal)) is not None:
        return found
    try:
        values = pc.cast(words, pa.float64()).to_numpy(zero_copy_only=False)
        return Amounts(values, (), "." if pc.any(pc.match_substring(words, ".")).as_py() else "")
    except pa.ArrowInvalid:
        pass
    if (hours := _clock(words)) is not None:
        return hours
    if (large := _with_letters(words, decimal)) is not None:
        return large
    return _read(_plain(words)) if _some_are_numbers(words) else None


def _some_are_numbers(words: pa.Array) -> bool:
    """Whether a look at some of the words finds a number: texts need not be read to their end."""
    step = max(1, len(words) // _SAMPLE)
    return bool(_matches(_plain(words.take(pa.array(np.arange(0, len(words), step)))), _WRITTEN).any())


def _as_said(words: pa.Array, decimal: str) -> Amounts | None:
    """With the decimal sign that is known, where there is a sign to think about and all words fit."""
    if not len(words) or not _matches(words, "[.,]").any() or (decimal == "." and not _matches(words, ",").any()):
        return None
    if not _some_are_numbers(words):
        return None
    found = _read(_plain(words), decimal)
    return None if found is None or np.isnan(found.values).mean() > 0.05 else found


def _clock(words: pa.Array) -> Amounts | None:
    """Times of day and durations, 9:30 or 12:05:30, as hours; None where some word is none."""
    if not len(words) or not _matches(words, _CLOCK).all():
        return None
    parts = pc.extract_regex(words, _CLOCK)
    hours, minutes, seconds = (
        pc.cast(pc.if_else(pc.equal(part, ""), "0", part), pa.float64()).to_numpy(zero_copy_only=False)
        for part in parts.flatten()
    )
    return Amounts(hours + minutes / 60 + seconds / 3600, (said("hours, of times such as 9:30"),))


def _with_letters(words: pa.Array, decimal: str | None) -> Amounts | None:
    """12.5K, 3M, 1.2B: thousands, millions, milliards, where all words are numbers and most have such a letter; else None."""
    letters = _matches(words, _LETTERED)
    if not len(words) or letters.mean() < 0.5:
        return None
    found = amounts(pc.replace_substring_regex(words, "[KkMBT]$", ""), decimal)
    if found is None or np.isnan(found.values).any():
        return None
    last = pc.utf8_upper(pc.utf8_slice_codeunits(words, -1)).to_numpy(zero_copy_only=False)
    times = np.array([_LETTERS.get(letter, 1.0) for letter in last])
    return Amounts(
        found.values * times, (said("K, M, B, T are thousands, millions and so on"), *found.how), found.decimal
    )


def _plain(words: pa.Array) -> pa.Array:
    """Full-width digits and signs, hard spaces and the typographic minus as on a keyboard."""
    if pc.all(pc.string_is_ascii(words)).as_py():
        return words
    return pc.replace_substring(pc.utf8_normalize(words, "NFKC"), "\u2212", "-")


def _matches(words: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(words, pattern).to_numpy(zero_copy_only=False)


def _read(words: pa.Array, decimal: str | None = None) -> Amounts | None:
    parts = pc.extract_regex(words, _WRITTEN)
    matched = parts.is_valid().to_numpy(zero_copy_only=False)
    part = {name: pc.fill_null(column, "") for name, column in zip(parts.type.names, parts.flatten(), strict=True)}
    how = []
    units = _units(part["before"], part["after"], matched)
    if units is None:
        return None
    how += [said("{unit} taken off", unit=unit) for unit in units]
    separated = _separated(pc.utf8_trim_whitespace(part["digits"]), decimal)
    if separated is None:
        return None
    digits, clauses, sign_used = separated
    how += clauses
    bracketed = pc.and_(pc.equal(part["open"], "("), pc.equal(part["close"], ")"))
    uneven = pc.not_equal(pc.equal(part["open"], "("), pc.equal(part["close"], ")")).to_numpy(zero_copy_only=False)
    minus = pc.or_(pc.or_(pc.equal(part["sign"], "-"), pc.equal(part["inner"], "-")), bracketed)
    if pc.any(bracketed).as_py():
        how.append(said("brackets mean minus"))
    sign, nothing = pa.scalar("-", words.type), pa.scalar("", words.type)
    signed = pc.binary_join_element_wise(pc.if_else(minus, sign, nothing), digits, part["power"], nothing)
    return Amounts(_cast(signed, matched & ~uneven, words), tuple(how), sign_used)


def _cast(signed: pa.Array, good: np.ndarray, words: pa.Array) -> np.ndarray:
    """The matched words as numbers; the others may still be inf or nan."""
    number = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
    good = good & _matches(signed, number)
    values = np.full(len(signed), np.nan)
    values[good] = pc.cast(signed.filter(pa.array(good)), pa.float64()).to_numpy(zero_copy_only=False)
    values[_matches(words, r"^(?i:[-+]?(inf|infinity))$")] = np.inf
    return values


def _units(before: pa.Array, after: pa.Array, matched: np.ndarray) -> list[str] | None:
    """The one sign or unit that the words carry; None where they carry several, or percent only here and there."""
    unit = np.where(_has(before), before.to_numpy(zero_copy_only=False), after.to_numpy(zero_copy_only=False))[matched]
    both = (_has(before) & _has(after))[matched]
    found = sorted({str(word) for word in unit if word})
    if not found:
        return []
    if len(found) > 1 or both.any() or (found == ["%"] and (unit == "").mean() > 0.05):
        return None
    return found


def _has(words: pa.Array) -> np.ndarray:
    return pc.not_equal(words, "").to_numpy(zero_copy_only=False)


def _separated(digits: pa.Array, known: str | None) -> tuple[pa.Array, list[str], str] | None:
    """The digits with at most a decimal point, what the other signs were taken for, and the decimal sign where it shows; None where
    they disagree."""
    how = []
    for mark, clause in ((" ", said("spaces separate thousands")), ("'", said("apostrophes separate thousands"))):
        there = _matches(digits, mark)
        if there.any():
            if not _matches(digits.filter(pa.array(there)), r"^[0-9]{1,3}([ '][0-9]{3})+([.,][0-9]*)?$").all():
                return None
            digits = pc.replace_substring(digits, mark, "")
            how.append(clause)
    comma, dot = _matches(digits, ","), _matches(digits, r"\.")
    if not comma.any() and not _matches(digits, r"\..*\.").any() and not (known == "," and dot.any()):
        return digits, how, "." if dot.any() else ""
    if known == "," or known is None and _decimal_comma(digits, comma, dot):
        thousands, clause = ".", said("decimal commas") if comma.any() else said("points separate thousands")
    else:
        thousands, clause = ",", said("commas separate thousands")
        if not comma.any():
            thousands, clause = ".", said("points separate thousands")
    decimal = "," if thousands == "." else "."
    whole = pc.replace_substring_regex(digits, "[" + decimal + "][0-9]*$", "")
    grouped = _matches(whole, "[" + thousands + "]")
    pattern = _GROUPED.replace("SEP", "[" + thousands + "]")
    if grouped.any() and not _matches(whole.filter(pa.array(grouped)), pattern).all():
        return None
    plain = pc.replace_substring(digits, thousands, "")
    if decimal == ",":
        plain = pc.replace_substring(plain, ",", ".")
    shows = "" if decimal == "," and not comma.any() or decimal == "." and not dot.any() else decimal
    return plain, [*how, clause], shows


def _decimal_comma(digits: pa.Array, comma: np.ndarray, dot: np.ndarray) -> bool:
    """Whether the comma is the decimal sign: it comes after a point, or is not followed by groups of three."""
    if (comma & dot).any():
        return bool(_matches(digits, r"\.[0-9.]*,").any())
    if not comma.any():
        return False
    return not _matches(digits.filter(pa.array(comma)), _GROUPED.replace("SEP", ",")).all() and not dot.any()
