"""Help and mistakes of the command line in the person's language: what typer writes itself, and the texts of the verbs."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

from seodang.core.language import columns, language, later, said_before, tr

# What typer, whichever version of it, says of a command that it cannot read. The first that fits is taken.
MISTAKES = (
    later("No such option: {option} (Possible options: {options})"),
    later("No such option: {option} Did you mean {options}?"),
    later("No such option: {option}"),
    later("No such command {command}. Did you mean {commands}?"),
    later("No such command {command}."),
    later("Missing command."),
    later("Missing argument {name}."),
    later("Missing option {name}."),
    later("Missing parameter {name}."),
    later("Option {name} requires an argument."),
    later("Option {name} requires {count} arguments."),
    later("Option {name} does not take a value."),
    later("Argument {name} takes {count} values."),
    later("Got unexpected extra argument ({words})"),
    later("Got unexpected extra argument(s) ({words})"),
    later("Got unexpected extra arguments ({words})"),
)
BAD_VALUE = later("Invalid value for {name}: {why}")
# Why a value does not do.
REASONS = (
    later("Input should be a valid integer, unable to parse string as an integer"),
    later("Input should be a valid number, unable to parse string as a number"),
    later("Input should be a valid boolean, unable to interpret input"),
    later("{value} is not a valid integer."),
    later("{value} is not a valid float."),
    later("{value} is not a valid boolean."),
)
WORDS = (
    later("Usage: "),
    later("Arguments"),
    later("Options"),
    later("Commands"),
    later("Show this message and exit."),
    later("required"),
)
DEFAULT = later("default: {value}")
_EXTRA = re.compile(r"(?:^|  )\[([^\]]*)\]$")


def speak(command: Any) -> Any:
    """The command of typer, its help in the person's language; in English exactly as typer writes it.

    command: what `typer.main.get_command` gives. It is changed, with the commands below it.
    """
    if language() == "en":
        return command
    for each in (command, *getattr(command, "commands", {}).values()):
        each.help, each.epilog = paragraphs(each.help), paragraphs(each.epilog)
        usual = each.context_class
        formatter = type("Formatter", (_Formatter, usual.formatter_class), {})
        each.context_class = type("Context", (usual,), {"formatter_class": formatter})
    return command


def paragraphs(text: str | None) -> str | None:
    """A help text, paragraph by paragraph in the person's language; lines to type stay as they are."""
    if text is None:
        return None
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        _as_they_stand(part, tr) if part.startswith("\b") else tr(part) if is_prose(part) else part for part in parts
    )


def _as_they_stand(part: str, told: Callable[[str], str]) -> str:
    """Lines that are not wrapped, as typer marks them: each that is prose told."""
    return "\n".join(told(line) if line.strip() and is_prose(line) else line for line in part.split("\n"))


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph of a help text is read, and not typed: `seodang train photos/`."""
    return not re.match(r"\s*seodang ", paragraph)


def mistake(sentence: str) -> str:
    """What typer says of a command that it cannot read, in the person's language."""
    if found := re.fullmatch(r"Invalid value for (.+?): (.+)", sentence, re.DOTALL):
        return tr(BAD_VALUE, name=found[1], why=said_before(found[2], REASONS))
    return said_before(sentence, MISTAKES)


def show(error: Any) -> None:
    """Write a mistake of typer's to stderr: how the command is used, where help is, what was wrong."""
    if (
        language() == "en"
        or not hasattr(error, "ctx")
        or error.ctx is None
        or type(error).__name__ == "NoArgsIsHelpError"
    ):
        error.show()
        return
    context = error.ctx
    command, option = context.command_path, context.help_option_names[0]
    sys.stderr.write(
        f"{context.get_usage()}\n" + tr("Try '{command} {option}' for help.", command=command, option=option)
    )
    sys.stderr.write("\n\n" + tr("Error: {sentence}", sentence=mistake(error.format_message())) + "\n")


class _Formatter:
    """Typer's formatter of help pages, its own words translated, and wrapped by columns: a Korean syllable takes two."""

    width: int
    current_indent: int
    write: Any

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or tr("Usage: "))  # pyright: ignore[reportAttributeAccessIssue]

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':{self.current_indent}}{tr(heading)}:\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        parts = [
            "\n".join(indent + line for line in part.split("\n")[1:])
            if part.startswith("\b")
            else wrapped(part, self.width, indent)
            for part in text.split("\n\n")
        ]
        self.write("\n\n".join(parts) + "\n")

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        rows = [*rows]
        first_width = min(max(len(first) for first, _ in rows), col_max) + col_spacing
        margin = " " * (first_width + self.current_indent)
        for first, second in rows:
            lines = wrapped(_explained(second), max(self.width - 2, len(margin) + 10), margin) if second else ""
            start = f"{'':{self.current_indent}}{first}"
            fits = len(first) <= first_width - col_spacing
            self.write((start.ljust(len(margin)) + lines.lstrip() if fits else f"{start}\n{lines}").rstrip() + "\n")


def _explained(text: str) -> str:
    """The help of an option with what typer adds to it: "[default: 3; required]"."""
    added = ""
    if found := _EXTRA.search(text):
        words = (said_before(word, (DEFAULT,)) for word in found[1].split("; "))
        text, added = text[: found.start()], f"[{'; '.join(words)}]"
    return "  ".join(part for part in (tr(text), added) if part)


def wrapped(text: str, width: int, indent: str) -> str:
    """One paragraph in lines of at most `width` columns, broken at blanks; `indent` and its own before each.

    >>> wrapped("가나 다라 마바", 9, "")
    '가나 다라\\n마바'
    """
    indent += " " * (len(text) - len(text.lstrip()))
    lines: list[str] = []
    for word in text.split():
        if lines and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(indent + word)
    return "\n".join(lines)
