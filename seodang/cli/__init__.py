"""The command line: verbs on paths. A file a verb, parsing only; the work is a function that Python calls too."""

from __future__ import annotations

import importlib
import json
import keyword
import os
import signal
import sys
from pathlib import Path

import typer

from seodang.core.errors import SeodangError

# In the order of a first day's work; `seodang --help` shows them so.
VERBS = (
    "look",
    "train",
    "evaluate",
    "predict",
    "explain",
    "generate",
    "recognise",
    "compare",
    "summary",
    "list",
    "new",
    "augment",
    "tune",
    "repeat",
    "import",
    "explore",
)

app = typer.Typer(
    name="seodang",
    help="Data in, a trained network that its owner understands out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _add_verbs() -> None:
    for verb in VERBS:
        word = f"{verb}_" if keyword.iskeyword(verb) else verb  # `import` is a word of Python's own: import_.py
        if (Path(__file__).parent / f"{word}.py").exists():
            module = importlib.import_module(f"seodang.cli.{word}")
            app.command(name=verb, no_args_is_help=verb != "list")(getattr(module, word))


def main() -> None:
    """Run the command line. A person's mistake prints its sentence on stderr and ends with exit code 2."""
    _add_verbs()
    try:
        app()
    except SeodangError as error:
        if "--json" in sys.argv:
            sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
