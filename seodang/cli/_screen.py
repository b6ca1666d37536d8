"""Words to people on stdout, or one JSON object on stdout and the words on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

# What is not broken, because it is copied: code between backticks, and a command to the end of its line (three spaces end it too).
_TOKEN = re.compile(r"[^\s`]*`[^`]*`\S*|seodang [a-z].*?(?=   |$)|\S+")
_MARK = re.compile(r" *(?:[-!→] )?")


class Screen(Console):
    """A console that breaks sentences between words on a terminal; in a file or a pipe a line is as long as it is."""

    def print(self, *objects: Any, markup: bool | None = None, **more: Any) -> None:
        if self.is_terminal and len(objects) == 1 and isinstance(objects[0], str):
            text = self.render_str(objects[0], markup=markup, highlight=False)
            super().print(wrapped(text, self.width), **more)
        else:
            super().print(*objects, markup=markup, **more)


def screen(as_json: bool) -> Console:
    """Where a verb prints for people: stdout, or stderr where a program asked for JSON."""
    return Screen(stderr=as_json, highlight=False, soft_wrap=True)


def wrapped(text: Text, width: int) -> Text:
    """Lines of at most so many columns, where no single word or command is longer; what goes on is as far in as the line's words.

    >>> wrapped(Text("- Try `seodang look photos` now."), 16).plain.split("\\n")
    ['- Try', '  `seodang look photos`', '  now.']
    """
    lines = []
    for line in text.split("\n", allow_blank=True):
        mark = _MARK.match(line.plain)
        indent = cell_len(mark[0]) if mark else 0
        begun = end = at = 0
        for token in _TOKEN.finditer(line.plain):
            gap, long = token.start() - end, cell_len(token[0])
            if end and at + gap + long > width and at > indent:
                lines.append(_from(line[begun:end], indent if begun else 0))
                begun, at, gap = token.start(), indent, 0
            at, end = at + gap + long, token.end()
        lines.append(_from(line[begun:], indent if begun else 0))
    return Text("\n").join(lines)


def _from(line: Text, indent: int) -> Text:
    """A line with so many spaces before it."""
    return Text(" " * indent).append_text(line) if indent else line


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
