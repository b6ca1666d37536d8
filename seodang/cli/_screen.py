"""Words to people on stdout, or one JSON object on stdout and the words on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console


def screen(as_json: bool) -> Console:
    """Where a verb prints for people: stdout, or stderr where a program asked for JSON."""
    return Console(stderr=as_json, highlight=False, soft_wrap=True)


def print_verdict(console: Console, report: dict[str, Any], more: Iterable[str] = ()) -> None:
    """The lines of a report's verdict, in red those that say that something simpler is as good or better; then `more` lines."""
    bad = report.get("sobering", [])
    for line in report["verdict"]:
        console.print(line, markup=False, style="red" if line in bad else None)
    for line in more:
        console.print(line, markup=False)


def print_json(value: Any) -> None:
    """Print the verb's one JSON object. NaN and infinity, which JSON does not have, are our mistake and raise."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a terminal that knows no Korean: escaped, it says the same
        text = json.dumps(value)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
