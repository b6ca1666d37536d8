"""Sentences that outlive the moment: notes and reasons are English where they are kept, and shown in the person's language.

What is raised or printed at once is said with `tr`. What goes into a run's files or a cache, or is compared, is made with
`said`, which knows that language only; whoever shows it calls `shown`, which finds the sentence's pattern in the catalogue again.
So a run that was trained in Korean reads English to an English colleague, and runs of before there was a catalogue read Korean.
"""

from __future__ import annotations

import functools
import gettext
import re
import string
import struct
from pathlib import Path
from typing import NamedTuple

from seodang.core import language as spoken
from seodang.core.language import language, particles, tr

# Placeholders of these names hold a clause or noun of ours, not a person's own words: it is translated too.
CLAUSES = frozenset(
    ["note", "notes", "reason", "clause", "clauses", "thing", "things", "what", "step", "groups", "encoding", "split"]
)
# A pattern with fewer constant letters ("{file} is {clause}.") is believed only with numbers or clauses of ours.
LEAST_LETTERS = 5
# A value never reaches over the end of a sentence or clause, so that the pattern of one does not match two.
_VALUE = r"(?:(?!\. [A-Z0-9`]|; ).)*?"
_NUMBER = r"[-+]?[\d.,]*\d(?:e[-+]?\d+)?%?|nan|[-+]?inf"
_NUMBERS = (",", "d", "f", "g", "%")  # how the format of a number ends
# What readers call an example that is no file: the row of a table, the line of a text.
_NUMBERED = re.compile(r"(|.* )(row|line|paragraph) (\d+)(| \(.*\))")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9`])")


class _Pattern(NamedTuple):
    """hint: the longest constant part; what does not hold it does not match."""

    hint: str
    message: str
    translation: str
    is_sure: bool


def said(message: str, /, **values: object) -> str:
    """An English sentence or clause to be kept, its {placeholders} filled as str.format does; `shown` shows it to a person.

    Args:
        message: A constant: it is the key of the catalogue.

    >>> said("{count:,} files are left out", count=1200)
    '1,200 files are left out'
    """
    return message.format(**values) if values else message


def saidn(one: str, many: str, count: int, /, **values: object) -> str:
    """`said` with a form for one and a form for many, each a key of its own; {count} is among the values.

    >>> saidn("1 file is left out", "{count:,} files are left out", 1)
    '1 file is left out'
    """
    return said(one if count == 1 else many, count=count, **values)


def shown(text: str) -> str:
    """What `said` made, in the person's language; what the catalogue does not know, as a whole or by its clauses, stays as it is.

    >>> shown("1,200 files are left out") if language() == "en" else "1,200 files are left out"
    '1,200 files are left out'
    """
    code = language()
    return text if code == "en" or not text else _shown(text, code)


@functools.lru_cache(maxsize=4096)
def _shown(text: str, code: str) -> str:
    if (whole := _whole(text, code)) is not None:
        return whole
    if text.endswith("."):  # a clause with a full stop behind it, or a sentence that lost its own
        if (clause := _shown(text[:-1], code)) != text[:-1]:
            return clause + "."
    elif (whole := _whole(text + ".", code)) is not None:
        return whole.removesuffix(".")
    for joint in ("\n", "; "):
        if joint in text:
            return joint.join(_shown(part, code) for part in text.split(joint))
    if len(sentences := _SENTENCES.split(text)) > 1:
        return " ".join(_shown(one, code) for one in sentences)
    place, colon, rest = text.partition(": ")
    return _shown(place, code) + colon + _shown(rest, code) if rest else text


def _whole(text: str, code: str) -> str | None:
    """What one entry of the catalogue says of the whole text."""
    exact, patterns = _known(code)
    if text in exact:
        return exact[text]
    for pattern in patterns:
        if pattern.hint in text and (found := _regex(pattern.message).fullmatch(text)):
            values = found.groupdict()
            if pattern.is_sure or _are_ours(values, code):
                return particles(_filled(pattern.translation, values, code))
    return None


def _are_ours(values: dict[str, str], code: str) -> bool:
    """Whether there are clauses, and the catalogue has each, as a whole or part by part."""
    clauses = [value for name, value in values.items() if name in CLAUSES]
    parts = [part for clause in clauses for part in ([clause] if _whole(clause, code) else clause.split("; "))]
    return bool(parts) and all(_whole(part, code) is not None for part in parts)


def _filled(translation: str, values: dict[str, str], code: str) -> str:
    text = ""
    for constant, name, _, _ in string.Formatter().parse(translation):
        text += constant
        if name is not None:
            value = values.get(name, "")
            text += _shown(value, code) if name in CLAUSES and value else example(value)
    return text


def example(name: str) -> str:
    """The name of an example as a person reads it: "table.csv row 3" is its own in every run's files, with its class or not.

    >>> example("table.csv row 3"), example("table.csv row 3 (cat)"), example("cat/12.png")
    ('table.csv row 3', 'table.csv row 3 (cat)', 'cat/12.png')
    """
    if not (found := _NUMBERED.fullmatch(name)):
        return name
    number = found[3]
    one = {
        "row": tr("row {number}", number=number),
        "line": tr("line {number}", number=number),
        "paragraph": tr("paragraph {number}", number=number),
    }[found[2]]
    return found[1] + one + found[4]


@functools.cache
def _known(code: str) -> tuple[dict[str, str], list[_Pattern]]:
    """The catalogue: sentences without values, and patterns of those with values, the most telling first."""
    entries = {**_plurals(code), **getattr(spoken.catalogue(code), "_catalog", {})}
    exact: dict[str, str] = {}
    patterns: list[tuple[tuple[int, bool], _Pattern]] = []
    for message, translation in entries.items():
        if not (isinstance(message, str) and message and translation):
            continue
        parts = _parts(message)
        names = [name for _, name, _, _ in parts if name is not None]
        if not names:
            exact[message] = translation
        constants = [constant for constant, *_ in parts]
        letters = sum(map(str.isalpha, "".join(constants)))
        if "".join(constants).strip(" .,:;()") and names and all(map(str.isidentifier, names)):
            numbers = all(_is_number(name, spec) for _, name, spec, _ in parts if name is not None)
            pattern = _Pattern(max(constants, key=len), message, translation, numbers or letters >= LEAST_LETTERS)
            order = (-sum(map(len, constants)), CLAUSES.isdisjoint(names))
            patterns.append((order, pattern))
    return exact, [pattern for _, pattern in sorted(patterns, key=lambda each: each[0])]


def _plurals(code: str) -> dict[str, str]:
    """The forms of one and of many that stand together in the catalogue's file, which `gettext` keeps by the form of one alone.

    https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html
    """
    file = gettext.find("seodang", spoken.FOLDER, [code])
    if file is None:
        return {}
    content = Path(file).read_bytes()
    count, messages, translations = struct.unpack_from("<3I", content, 8)
    found = {}
    for number in range(count):
        texts = []
        for table in (messages, translations):
            length, start = struct.unpack_from("<2I", content, table + 8 * number)
            texts.append(content[start : start + length].decode("utf-8").split("\0"))
        if len(texts[0]) > 1:
            found |= dict.fromkeys(texts[0], texts[1][0])
    return found


def _parts(message: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Constants and placeholders; none of a sentence that is used without values and has braces of its own."""
    try:
        return list(string.Formatter().parse(message))
    except ValueError:
        return []


def _is_number(name: str, spec: str | None) -> bool:
    return name in ("count", "number") or bool(spec) and spec[-1] in _NUMBERS


@functools.cache
def _regex(message: str) -> re.Pattern[str]:
    """What the sentence may look like with its values."""
    regex, seen = "", set()
    for constant, name, spec, _ in _parts(message):
        regex += re.escape(constant)
        if name is None:
            continue
        if name in seen:
            regex += f"(?P={name})"
            continue
        seen.add(name)
        value = _NUMBER if _is_number(name, spec) else ".*?" if name in CLAUSES else _VALUE
        regex += f"(?P<{name}>{value})"
    return re.compile(regex, re.DOTALL)
