"""Sentences that outlive the moment: notes and reasons are English where they are kept, and shown in the person's language.

What is raised or printed at once is said with `tr`. What goes into a run's files or a cache, or is compared, is made with `said`, which
is English always; whoever shows it calls `shown`, which finds the sentence's pattern in the catalogue again. So a run that was
trained in Korean reads English to an English colleague, and runs of before there was a catalogue read Korean.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from seodang.core import language as spoken
from seodang.core.language import language, particles

# Placeholders of these names hold a clause or noun of ours, not a person's own words: it is translated too.
CLAUSES = frozenset(["note", "reason", "clause", "clauses", "thing", "things", "kind", "step", "what"])
# A value never reaches over the end of a sentence, so that the pattern of one does not match two.
_VALUE = r"(?:(?!\. [A-Z`]).)*?"
_NUMBER = r"[-+]?[\d.,]*\d(?:e[-+]?\d+)?%?|nan|[-+]?inf"
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z`])")


class _Pattern(NamedTuple):
    hint: str  # its longest constant part: what does not hold it does not match
    regex: re.Pattern[str]
    translation: str


def said(message: str, /, **values: object) -> str:
    """An English sentence or clause to be kept, its {placeholders} filled as str.format does; `shown` shows it to a person.

    Args:
        message: A constant: it is the key of the catalogue.

    >>> said("{count:,} files are left out", count=1200)
    '1,200 files are left out'
    """
    return message.format(**values) if values else message


def saidn(one: str, many: str, count: int, /, **values: object) -> str:
    """`said` with a form for one and a form for many, each with a key of its own; {count} is among the values.

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


@contextmanager
def in_english() -> Iterator[None]:
    """For errors whose text is kept as a reason: inside, `tr` speaks English."""
    before, spoken._chosen = spoken._chosen, "en"
    try:
        yield
    finally:
        spoken._chosen = before


@functools.lru_cache(maxsize=4096)
def _shown(text: str, code: str) -> str:
    exact, patterns = _known(code)
    if text in exact:
        return exact[text]
    for pattern in patterns:
        if pattern.hint in text and (found := pattern.regex.fullmatch(text)):
            return particles(_filled(pattern.translation, found.groupdict(), code))
    for joint in ("\n", "; "):
        if joint in text:
            return joint.join(_shown(part, code) for part in text.split(joint))
    if len(sentences := _SENTENCES.split(text)) > 1:
        return " ".join(_shown(one, code) for one in sentences)
    place, colon, rest = text.partition(": ")
    return place + colon + _shown(rest, code) if rest else text


def _filled(translation: str, values: dict[str, str], code: str) -> str:
    text = ""
    for constant, name, _, _ in string.Formatter().parse(translation):
        text += constant
        if name is not None:
            value = values.get(name, "")
            text += _shown(value, code) if name in CLAUSES and value else value
    return text


@functools.cache
def _known(code: str) -> tuple[dict[str, str], list[_Pattern]]:
    """The catalogue: sentences without values, and patterns of those with values, the most telling first."""
    entries = getattr(spoken._catalogue(code), "_catalog", {})
    exact: dict[str, str] = {}
    patterns: list[tuple[int, _Pattern]] = []
    for message, translation in entries.items():
        if not (isinstance(message, str) and message and translation):
            continue
        parts = list(string.Formatter().parse(message)) if "{" in message else []
        if not any(name is not None for _, name, _, _ in parts):
            exact[message] = translation
            continue
        constants = [constant for constant, *_ in parts]
        if re.search(r"[^\W\d_]", "".join(constants)):
            pattern = _Pattern(max(constants, key=len), re.compile(_regex(parts), re.DOTALL), translation)
            patterns.append((sum(map(len, constants)), pattern))
    return exact, [pattern for _, pattern in sorted(patterns, key=lambda each: -each[0])]


def _regex(parts: list[tuple[str, str | None, str | None, str | None]]) -> str:
    regex, seen = "", set()
    for constant, name, spec, _ in parts:
        regex += re.escape(constant)
        if name is None:
            continue
        if name in seen:
            regex += f"(?P={name})"
            continue
        seen.add(name)
        value = _NUMBER if spec and spec[-1] in ",dfg%" else ".*?" if name in CLAUSES else _VALUE
        regex += f"(?P<{name}>{value})"
    return regex
