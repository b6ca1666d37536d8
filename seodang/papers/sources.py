"""The appendix: where each number of the paper is from, and in which files to look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from seodang.core.language import tr
from seodang.papers.trace import Trace

LONGEST = 40  # letters of a value


@dataclass(frozen=True)
class Source:
    """A row of the appendix. number: its place in the trace, which links to it name.   stored: the value as it is kept."""

    number: int
    text: str
    sources: tuple[str, ...]
    stored: str
    way: str


def sources(trace: Trace) -> list[Source]:
    """A row for each number of the paper, in the order in which they appear."""
    return [
        Source(place, each.text, each.sources, _stored(each.value), "" if each.way == "value" else way(each.way))
        for place, each in enumerate(trace.found)
        if not each.is_quote
    ]


def way(name: str) -> str:
    """How a number was made of what stands in the files, in words."""
    return {
        "value": tr("as it stands there"),
        "number of": tr("how many stand there"),
        "difference": tr("the first minus the second"),
    }[name]


def _stored(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, int | float) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def files() -> dict[str, str]:
    """What each file that a pointer names holds."""
    return {
        "report.json": tr("what judging the run gave"),
        "facts.json": tr("what was looked up while this was written: the diagnoses, a look at the data"),
        "data.json": tr("the data as it was trained on"),
        "history.jsonl": tr("a line an epoch; the first is line zero"),
        "recipe.yaml": tr("every setting"),
        "machine.json": tr("versions and device"),
        "manifest.json": tr("size and hash of the run's files"),
        "about.yaml": tr("the author's answers"),
    }
