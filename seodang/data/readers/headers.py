"""Whether a first row names the columns, and what a cell is: an amount or a date, or a word."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from seodang.data.amounts import MONEY, UNITS
from seodang.data.dates import dates
from seodang.data.words import MISSING

ROWS_COMPARED = 200_000  # cells
_SENTENCE = 5  # spaces in what alone stands in a line: it is no name
_NAME_LENGTH = 60
_LEAST_REPEATED = 20  # rows for each of the words that come over and over
_AMOUNT = re.compile(
    rf"[-+(]?\s?(?:{MONEY})?\s?[-+]?[.,]?\d[\d.,:/' T+년월일-]*(?:[eEdD][-+]?\d+)?Z?\s?(?:{MONEY}|{UNITS})?\)?|[-+]?(?:inf|nan)",
    re.I,
)


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns rather than being one of the rows.

    >>> is_header(["6", "148"], [["1", "85"]]), is_header(["age", "sex"], [["3", "m"]]), is_header(["p", "x"], [["p", "y"]])
    (False, True, False)
    >>> is_header(["What a fine film this is"], [["I saw it twice and cried"]]), is_header(["review"], [["What a film"]])
    (False, True)
    """
    words = [cell.strip() for cell in first]
    filled = [word for word in words if word.lower() not in MISSING]
    if not filled:
        return False
    rest = [row for row in rest[: max(10, ROWS_COMPARED // len(first))] if list(row) != list(first)]
    if not rest:
        return not all(is_amount(word) for word in filled)
    columns, numeric = values_of(rest), numeric_columns(rest)
    pairs = [(word, number) for word, number in zip(words, numeric, strict=True) if word.lower() not in MISSING]
    numerals = [word for word in filled if is_amount(word)]
    if any(number and not is_amount(word) for word, number in pairs):
        return len(numerals) <= 0.5 * len(filled) or _counts_up(numerals)
    if numerals:
        return (
            _counts_up(numerals)
            and not all(numeric)
            or _counts_up(numerals, least=4)
            and (numerals[0] in ("0", "1") or not any(_counts_up(row) for row in rest))
        )
    if len(set(filled)) < len(filled) or any(len(word) > _NAME_LENGTH for word in filled):
        return False
    if any(word in column for word, column in zip(words, columns, strict=True)):
        return _unlike_most(words, columns)
    if len(words) == 1 and words[0].count(" ") >= _SENTENCE:
        return False
    return not any(re.search(r"[.?!]$", word) for word in filled)


def _unlike_most(words: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether a first row of words that stands once more below names the columns all the same: "hate" over hate, none, offensive.

    One of its words comes again, and at least two do not, though below them a few words come over and over, or whole sentences stand.

    >>> texts = ["this is not a name at all", "and this one is not either"]
    >>> _unlike_most(["text", "kind", "hate"], [texts * 30, ["a", "b"] * 30, ["hate", "none"] * 30])
    True
    >>> _unlike_most(["low", "big", "good"], [["low", "high"] * 30, ["big", "small"] * 30, ["good", "bad"] * 30])
    False
    """
    again = sum(word in column for word, column in zip(words, columns, strict=True))
    unlike = 0
    for word, column in zip(words, columns, strict=True):
        if not column or word in column:
            continue
        sentences = sum(cell.count(" ") for cell in column) >= _SENTENCE * len(column)
        over_and_over = len(column) >= _LEAST_REPEATED * len(set(column))
        unlike += sentences and " " not in word or over_and_over
    return again == 1 and unlike >= 2


def _counts_up(numerals: Sequence[str], least: int = 3) -> bool:
    """Years, column numbers, months, days or hours as names: 1990, 1991, 1992; 1월, 2월, 3월; 1/22/20, 1/23/20, 1/24/20."""
    if len(numerals) < least:
        return False
    if len({re.sub(r"\d", "", word) for word in numerals}) == 1 and len({*re.findall(r"\D+$", numerals[0])}) < 2:
        counted = [re.sub(r"\D+$", "", word) for word in numerals]
        if all(word.isdecimal() for word in counted):
            return all(int(b) - int(a) == 1 for a, b in zip(counted, counted[1:], strict=False))
    if all(re.fullmatch(r"\d{1,2}:[0-5]\d", word) for word in numerals):  # hours of a day
        minutes = [60 * int(hour) + int(minute) for hour, minute in (word.split(":") for word in numerals)]
        return all(a < b for a, b in zip(minutes, minutes[1:], strict=False))
    found = dates(np.array(list(numerals), object))
    if found is None or np.isnat(found.values).any():
        return False
    steps = np.diff(found.values).astype(np.int64)
    return bool((steps > 0).all() or (steps < 0).all())


def is_amount(word: str) -> bool:
    """Whether a cell holds an amount or a date: what stands in rows rather than in a header."""
    return _AMOUNT.fullmatch(word.strip()) is not None


def could_be_names(cells: Sequence[str]) -> bool:
    """Whether cells are different words: what names columns, and could stand in a row of words too."""
    words = [cell.strip() for cell in cells]
    return all(words) and len(set(words)) == len(words) and not any(is_amount(word) for word in words)


def values_of(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each column's values, missing ones left out."""
    return [
        [cell.strip() for cell in column if cell.strip().lower() not in MISSING] for column in zip(*rows, strict=True)
    ]


def numeric_columns(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Of each column whether nearly all of its values are numbers or dates."""
    return [bool(column) and sum(map(is_amount, column)) >= 0.9 * len(column) for column in values_of(rows)]
