"""Numbers as people write them: thousands separators, decimal commas, signs of money and percent, brackets for minus."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seodang.core.sentences import said
from seodang.data.words import pc

MONEY = r"[$€£¥₩₹₽₺₫฿]|US\$|A\$|C\$|R\$|USD|EUR|GBP|JPY|CNY|KRW|INR|CHF|Rs\.?|kr|zł|원|円|元"
UNITS = (
    r"%|°C|°F|℃|kg|mg|g|km|cm|mm|m|m²|m³|ml|mL|L|lbs?|mph|kWh|kW|ms|s|개|명|세|살|점|년|회|평|층|건|시|시간|분|초|일|주|개월|도"
    r"|years?|yrs?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|min|seconds?|secs?"
)
# Any other word behind all the numbers: " bhp", " sq ft", "µg/m³". Few whole numbers with a word may be names: "line 2".
_WORD = r"[\p{L}°µ″′²³'\"][\p{L}²³/.°µ ^·⁻¹-]{0,13}[23]?"
_LEAST_WITH_WORD = 10
_MOST_OF_ONE = 0.9  # of the words with a unit have the same one: then the others are strays
_BEFORE = r"^(만|약|총|ca\.?|approx\.?|about) ?([0-9])"  # 만 27세, about 5 kg
# What may stand before and after the digits; RE2's syntax, as PyArrow's.
_WRITTEN = (
    r"^(?P<open>\(?)(?P<sign>[-+]?)\s?(?P<before>(?:" + MONEY + r")?)\s?(?P<inner>[-+]?)"
    r"(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)(?P<power>(?:[eE][-+]?[0-9]+)?)\s?"
    r"(?P<after>(?:" + MONEY + "|" + UNITS + "|" + _WORD + r")?)(?P<close>\)?)(?P<behind>-?)$"
)
_GROUPED = r"^[1-9][0-9]{0,2}(SEP[0-9]{2,3})*SEP[0-9]{3}$"  # 1,234,567, and 12,34,567 as in India
_CLOCK = (
    r"^(?:(?P<days>[0-9]{1,5}) days?,? )?(?P<first>(?:오전|오후)?) ?(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])"
    r"(?::(?P<seconds>[0-5][0-9](?:[.,][0-9]+)?))? ?(?P<half>(?:[AaPp]\.?[Mm]\.?)?)$"
)
_LASTED = (
    r"^(?:(?P<days>[0-9]+) ?(?:d|days?|일))?,? ?(?:(?P<hours>[0-9]+) ?(?:h|hrs?|hours?|시간))?,? ?"
    r"(?:(?P<minutes>[0-9]+) ?(?:m|mins?|minutes?|분))?,? ?(?:(?P<seconds>[0-9]+) ?(?:s|secs?|seconds?|초))?$"
)
# 3억 5,000만, 200만원; after 억 a bare number below 10,000 is meant as 만: 3억 5,000.
_KOREAN = (
    r"^(?P<minus>-?)(?:(?P<eok>[0-9][0-9.,]*) ?억)? ?(?:(?P<man>[0-9][0-9.,]*) ?만)? ?(?:(?P<cheon>[0-9][0-9.,]*) ?천)? ?"
    r"(?P<rest>(?:[0-9][0-9,]*)?) ?(?P<won>원?)$"
)
_FORTRAN = r"^([-+]?[0-9]*\.[0-9]*)[dD]([-+]?[0-9]{1,3})$"  # 1.5D+03
_FEET = r"^(?P<feet>[1-9])(?:'|′| ?ft\.?) ?(?P<inches>(?:1[01]|[0-9])(?:\.[0-9]+)?)(?:\"|″|''| ?in\.?)?$"
_LETTERED = r"^[-+]?[$€£₩]?[0-9][0-9.,]*[KkMBT]$"
_LETTERS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
# Letters behind some of the numbers: provisional, estimated, a break in the series.
_FLAGGED = r"^-?[0-9.,]+ [a-z]{1,2}$"
_MOST_FLAGGED = 0.8
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


def amounts(words: pa.Array, decimal: str | None = None, sure: bool = False) -> Amounts | None:
    """The numbers that words stand for, or None where hardly any of the words is one. How separators are meant is
    decided once for all words: "1,234" beside "3,5" has a decimal comma.

    Args:
        words: distinct, without white space around them, none missing.
        decimal: "." or ",", the sign before decimals where that is known and the words fit; None to find out.
        sure: Whether they are known to be numbers, so that "2 doors" is 2 and no name.

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
    if (powers := _matches(words, _FORTRAN)).any():
        return (
            amounts(pc.replace_substring_regex(words, _FORTRAN, r"\1e\2"), decimal, sure)
            if powers.mean() > 0.5
            else None
        )
    for written in (_clock, _lasted, _feet, _korean):
        if (found := written(words)) is not None:
            return found
    if (large := _with_letters(words, decimal)) is not None:
        return large
    if not _some_are_numbers(words):
        return None
    words, told = _without_marks(_plain(words), sure)
    found = _read(words, sure=sure)
    return found if found is None or not told else Amounts(found.values, (*told, *found.how), found.decimal)


def _some_are_numbers(words: pa.Array) -> bool:
    """Whether a look at some of the words finds a number: texts need not be read to their end."""
    step = max(1, len(words) // _SAMPLE)
    few = _plain(words.take(pa.array(np.arange(0, len(words), step))))
    return bool(
        _matches(
            pc.replace_substring_regex(few, r"^(?:[<>≤≥~≈만약총]|ca\.?|approx\.?|about) ?|[+*†‡]+$", ""), _WRITTEN
        ).any()
    )


def _as_said(words: pa.Array, decimal: str) -> Amounts | None:
    """With the decimal sign that is known, where there is a sign to think about and all words fit."""
    if not len(words) or not _matches(words, "[.,]").any() or (decimal == "." and not _matches(words, ",").any()):
        return None
    if not _some_are_numbers(words):
        return None
    found = _read(_plain(words), decimal)
    return None if found is None or np.isnan(found.values).mean() > 0.05 else found


def _clock(words: pa.Array) -> Amounts | None:
    """Times of day and durations, 9:30, 12:05:30, 9:30 PM, 오후 9:30 or 2 days 01:00:00, as hours; None where some word is none."""
    if not _all_match(words, _CLOCK):
        return None
    part = _parts(words, _CLOCK)
    hours, minutes, seconds, days = (_floats(part[name]) for name in ("hours", "minutes", "seconds", "days"))
    late = pc.or_(pc.equal(part["first"], "오후"), pc.match_substring_regex(part["half"], "^[Pp]"))
    halves = _has(part["first"]) | _has(part["half"])
    hours = np.where(halves, hours % 12 + 12 * late.to_numpy(zero_copy_only=False), hours)
    return Amounts(days * 24 + hours + minutes / 60 + seconds / 3600, (said("hours, of times such as 9:30"),))


def _feet(words: pa.Array) -> Amounts | None:
    """Heights in feet and inches, 5'11", as inches; None where some word is none."""
    if not _all_match(words, _FEET):
        return None
    part = _parts(words, _FEET)
    return Amounts(_floats(part["feet"]) * 12 + _floats(part["inches"]), (said("inches, of heights such as 5'11"),))


def _lasted(words: pa.Array) -> Amounts | None:
    """Durations of several parts, 2h 50m or 1시간 5분, as hours; None where some word is none, or all have one unit and the same."""
    if not _all_match(words, _LASTED):
        return None
    part = _parts(words, _LASTED)
    names = ("days", "hours", "minutes", "seconds")
    used = [name for name in names if pc.any(pc.not_equal(part[name], "")).as_py()]
    if len(used) < 2:
        return None
    hours = sum(_floats(part[name]) * size for name, size in zip(names, (24, 1, 1 / 60, 1 / 3600), strict=True))
    return Amounts(np.asarray(hours), (said("hours, of times such as 2h 30m"),))


def _korean(words: pa.Array) -> Amounts | None:
    """3억 5,000만, 200만원: numbers with 억, 만 and 천; None where some word is none, or hardly any has such a sign."""
    if not _all_match(words, _KOREAN) or _matches(words, "[0-9] ?[억만천]").mean() < 0.5:
        return None
    part = {name: pc.replace_substring(column, ",", "") for name, column in _parts(words, _KOREAN).items()}
    eok, man, cheon, rest = (_floats(part[name]) for name in ("eok", "man", "cheon", "rest"))
    bare = _has(part["eok"]) & ~_has(part["man"]) & ~_has(part["won"]) & (rest < 10_000)
    values = eok * 1e8 + man * 1e4 + cheon * 1e3 + rest * np.where(bare, 1e4, 1)
    sign = np.where(_has(part["minus"]), -1.0, 1.0)
    return Amounts(sign * values, (said("억, 만 and 천 are hundreds of millions, ten thousands and thousands"),))


def _without_marks(words: pa.Array, sure: bool) -> tuple[pa.Array, list[str]]:
    """Numbers without what stands for "and more" behind all of them, "below" before few of them, or a note behind some."""
    told = []
    before = _matches(words, _BEFORE)
    others = _matches(words.filter(pa.array(~before)), "^-?[0-9.,]+$").sum()
    if before.any() and (sure or before.mean() >= 0.95 or before.mean() < 0.5 and others >= _LEAST_WITH_WORD):
        words = pc.replace_substring_regex(words, _BEFORE, r"\2")
        told.append(said("words before the numbers taken off"))
    if len(words) > 1 and _matches(words, r"[0-9]\+$").mean() >= 0.95:
        words = pc.replace_substring_regex(words, r"\+$", "")
        told.append(said("+ taken off"))
    noted = _matches(words, r"[0-9] ?[*†‡]+$")
    if 0 < noted.mean() < (0.5 if not sure else 2):
        words = pc.replace_substring_regex(words, r"([0-9]) ?[*†‡]+$", r"\1")
        told.append(said("marks of notes taken off"))
    flagged = _matches(words, _FLAGGED) & ~_matches(words, rf" (?:{UNITS})$")
    if (
        0 < flagged.mean() <= _MOST_FLAGGED
        and _matches(words.filter(pa.array(~flagged)), "^-?[0-9.,]+$").mean() > _MOST_OF_ONE
    ):
        words = pc.if_else(pa.array(flagged), pc.replace_substring_regex(words, " [a-z]{1,2}$", ""), words)
        told.append(said("flags such as p or b behind some numbers taken off"))
    limits = _matches(words, r"^[<>≤≥~≈] ?[0-9.,]+$")
    others = _matches(words.filter(pa.array(~limits)), "^-?[0-9.,]+$").sum()
    if limits.any() and (sure or limits.mean() < 0.5 and others >= _LEAST_WITH_WORD):
        words = pc.replace_substring_regex(words, r"^[<>≤≥~≈] ?", "")
        told.append(said("signs such as < taken off: the limit stands for what lies beyond it"))
    return words, told


def _parts(words: pa.Array, pattern: str) -> dict[str, pa.Array]:
    found = pc.extract_regex(words, pattern)
    return {name: pc.fill_null(column, "") for name, column in zip(found.type.names, found.flatten(), strict=True)}


def _floats(digits: pa.Array) -> np.ndarray:
    plain = pc.replace_substring(pc.if_else(pc.equal(digits, ""), "0", digits), ",", ".")
    return pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)


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
    """Full-width digits and signs, hard spaces, the typographic minus and apostrophe as on a keyboard; $(5) as ($5)."""
    if pc.any(pc.match_substring(words, "(")).as_py():
        words = pc.replace_substring_regex(words, rf"^({MONEY}) ?\(([0-9].*)\)$", r"(\1\2)")
    if pc.all(pc.string_is_ascii(words)).as_py():
        return words
    words = pc.replace_substring_regex(words, r"([0-9])\x{2019}([0-9])", r"\1'\2")
    words = pc.replace_substring_regex(words, r"^[△▽] ?([0-9₩$])", r"-\1")  # as Korean accounts write what is lost
    raised = _matches(words, "[²³⁻¹]")  # NFKC would write m² as m2
    # Arrow's own NFKC took letters apart and did not put them together again until GH-51225: 원 was no 원 any more.
    composed = pa.array([unicodedata.normalize("NFKC", word) for word in words.to_pylist()], words.type)
    plain = pc.replace_substring(composed, "\u2212", "-")
    return pc.if_else(pa.array(raised), words, plain) if raised.any() else plain


def _matches(words: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(words, pattern).to_numpy(zero_copy_only=False)


def _all_match(words: pa.Array, pattern: str) -> bool:
    """Whether every word is of a form; a look at some tells most columns apart."""
    few = words.take(pa.array(np.arange(0, len(words), max(1, len(words) // _SAMPLE))))
    return bool(len(words)) and bool(_matches(few, pattern).all()) and bool(_matches(words, pattern).all())


def _read(words: pa.Array, decimal: str | None = None, sure: bool = False) -> Amounts | None:
    matched = _matches(words, _WRITTEN)
    part = _parts(words, _WRITTEN)
    how = []
    matched = _of_most(part["before"], part["after"], matched)
    units = _units(part["before"], part["after"], matched)
    if units is None or not sure and _may_be_names(units, part, matched):
        return None
    how += [said("{unit} taken off", unit=unit) for unit in units]
    separated = _separated(pc.utf8_trim_whitespace(part["digits"]), decimal)
    if separated is None:
        return None
    digits, clauses, sign_used = separated
    how += clauses
    bracketed = pc.and_(pc.equal(part["open"], "("), pc.equal(part["close"], ")"))
    uneven = pc.not_equal(pc.equal(part["open"], "("), pc.equal(part["close"], ")")).to_numpy(zero_copy_only=False)
    before = pc.or_(pc.equal(part["sign"], "-"), pc.equal(part["inner"], "-"))
    minus = pc.or_(pc.or_(before, pc.equal(part["behind"], "-")), bracketed)
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


def _of_most(before: pa.Array, after: pa.Array, matched: np.ndarray) -> np.ndarray:
    """The matched words without the few whose unit is another than that of nearly all: 17 km/kg among many km/l counts as no number."""
    unit = np.where(_has(before), before.to_numpy(zero_copy_only=False), after.to_numpy(zero_copy_only=False))
    forms = np.array([_one_form(str(word).strip()) for word in unit], object)
    with_unit = matched & (forms != "")
    names, counts = np.unique(forms[with_unit].astype(str), return_counts=True)
    if len(names) < 2 or counts.max() < _MOST_OF_ONE * counts.sum() or counts.max() < _LEAST_WITH_WORD:
        return matched
    return matched & ((forms == "") | (forms == names[counts.argmax()]))


def _units(before: pa.Array, after: pa.Array, matched: np.ndarray) -> list[str] | None:
    """The one sign or unit that the words carry; None where they carry several, or percent only here and there."""
    unit = np.where(_has(before), before.to_numpy(zero_copy_only=False), after.to_numpy(zero_copy_only=False))[matched]
    unit = np.array([str(word).strip() for word in unit], object)
    both = (_has(before) & _has(after))[matched]
    found = sorted({word for word in unit if word})
    if not found:
        return []
    if len({_one_form(word) for word in found}) > 1 or both.any():
        return None
    known = re.fullmatch(f"{MONEY}|{UNITS}", found[0])
    if (found == ["%"] or not known) and (unit == "").mean() > 0.05:
        return None
    return found[-1:]


def _one_form(unit: str) -> str:
    """A unit whichever way it is written: years as year, CC as cc; single letters as they are."""
    return unit if len(unit) < 2 else unit.lower().rstrip(".").removesuffix("s") if len(unit) > 2 else unit.lower()


def _may_be_names(units: list[str], part: dict[str, pa.Array], matched: np.ndarray) -> bool:
    """Whether numerals with a word that is no usual unit are rather names, "2 doors", "15B": one letter, or few whole numbers."""
    if not units or re.fullmatch(f"{MONEY}|{UNITS}", units[0]):
        return False
    digits = part["digits"].filter(pa.array(matched))
    fractions = bool(_matches(digits, "[.,]").any())
    return len(units[0]) < 2 or not (fractions or len(pc.unique(digits)) >= _LEAST_WITH_WORD)


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
    if known is None and _both_are_decimal(digits, comma, dot):
        return pc.replace_substring(digits, ",", "."), [*how, said("commas and points both stand before decimals")], ""
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


def _both_are_decimal(digits: pa.Array, comma: np.ndarray, dot: np.ndarray) -> bool:
    """Whether some write 3,5 and some 3.5: no number has both, or two of one, and neither stands before groups of three alone."""
    if not comma.any() or not dot.any() or (comma & dot).any() or _matches(digits, r"[,.].*[,.]").any():
        return False
    grouped = _matches(digits.filter(pa.array(dot)), _GROUPED.replace("SEP", "[.]")).all()
    return not grouped and not _matches(digits.filter(pa.array(comma)), _GROUPED.replace("SEP", ",")).any()


def _decimal_comma(digits: pa.Array, comma: np.ndarray, dot: np.ndarray) -> bool:
    """Whether the comma is the decimal sign: it comes after a point, or is not followed by groups of three."""
    if (comma & dot).any():
        return bool(_matches(digits, r"\.[0-9.]*,").any())
    if not comma.any():
        return False
    if dot.any() and not _matches(digits.filter(pa.array(dot)), _GROUPED.replace("SEP", "[.]")).all():
        return False
    return not _matches(digits.filter(pa.array(comma)), _GROUPED.replace("SEP", ",")).all()
