"""The command line: verbs on paths. A file a verb, parsing only; the work is a function that Python calls too."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import keyword
import os
import re
import shlex
import signal
import sys
from pathlib import Path
from typing import Any

import typer

from seodang.cli._imports import imports_at_once
from seodang.cli._speech import mistake, show, speak
from seodang.core.errors import SeodangError, of_the_system
from seodang.core.language import later, tr, use_language
from seodang.core.processes import is_first_process

# In the order of a first day's work; `seodang --help` shows them so, each with this line, which fits into a line of 80 letters.
ABOUT = {
    "look": later("What this data is, and what is wrong with it."),
    "train": later("From data to a trained, judged network and its report."),
    "evaluate": later("How good a run is: score, interval, baselines, where it fails."),
    "diagnose": later("What is wrong with a run, and what to do first."),
    "predict": later("What new pictures, rows or texts are; how a series goes on."),
    "explain": later("Why a network answers as it does."),
    "report": later("A run on paper: what it is for, how good, how sure."),
    "generate": later("Write on, translate, or make new pictures."),
    "similar": later("The pictures of a run's data that are most like a given one."),
    "recognise": later("What photos show, of ImageNet's 1,000 things; no training."),
    "compare": later("Is one run better than another, or is it noise?"),
    "summary": later("A network: its layers, shapes, parameters, operations."),
    "list": later("The names there are: recipes, models, data sets, runs and more."),
    "new": later("A file for a recipe or decision with every setting explained."),
    "augment": later("Varied copies of training pictures as files."),
    "tune": later("Try settings, and rank them by the validation score."),
    "repeat": later("Train a run again, and state the difference."),
    "import": later("Weights of another program (Keras, timm, torchvision) as a run."),
    "explore": later("A small experiment on what networks are made of."),
    "learn": later("Ten questions of a beginner, each answered by an experiment."),
}
VERBS = tuple(ABOUT)

# Those that take key=value settings.
WITH_SETTINGS = ("look", "train", "augment", "tune", "summary")

# Those that do something without any word.
WITHOUT_WORDS = ("list", "learn")

app = typer.Typer(
    name="seodang",
    help=later("Data in, a trained network that its owner understands out."),
    epilog=later("Every verb takes --lang CODE, or SEODANG_LANG in the environment: en English, ko 한국어."),
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
            command = app.command(name=verb, no_args_is_help=verb not in WITHOUT_WORDS, short_help=tr(ABOUT[verb]))
            command(getattr(module, word))


# What the command line's library raises for words it does not know; its own name for the class differs by version.
_USAGE: Any = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line. A person's mistake prints its sentence on stderr and ends with exit code 2.

    With --json there is one JSON object on stdout, whatever happens: {"error": sentence} where the verb could not give its own.
    """
    atexit.register(gc.freeze)  # the process ends: no need to look for cycles among all that is left
    for name in ("stdout", "stderr"):  # closed by who called, as cron and services do
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):  # letters that a terminal does not know are no reason to stop
        stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    _choose_language()
    try:
        os.getcwd()  # where that is no more, libraries end the process before they can be asked
        with imports_at_once():
            _add_verbs()
            code = speak(typer.main.get_command(app))(standalone_mode=False)
    except SeodangError as error:
        if is_first_process():  # all of several processes meet the same mistake
            _tell(str(error))
            sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except _USAGE as error:
        sentence = error.format_message()
        hint = _hint(sentence)
        _tell(mistake(sentence) + hint)
        show(error)
        if hint:
            sys.stderr.write(f"{hint.strip()}\n")
        raise SystemExit(2) from None
    except (KeyboardInterrupt, typer.Abort):
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        sentence = of_the_system(error)
        _tell(sentence or repr(error))
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        raise SystemExit(2) from None
    except Exception as error:
        _tell(f"{type(error).__name__}: {error}")
        raise
    if code == 128 + signal.SIGINT:
        _tell(tr("stopped by Ctrl-C before there was a result"))
    raise SystemExit(code if isinstance(code, int) else 0)


def _choose_language() -> None:
    """Take --lang CODE out of the words and use it; else SEODANG_LANG is used, and must be a language that we speak."""
    words, asked, given = sys.argv, os.environ.get("SEODANG_LANG", ""), False
    for at, word in enumerate(words[1:], start=1):
        if word == "--lang" or word.startswith("--lang="):
            asked = word.partition("=")[2] if "=" in word else "".join(words[at + 1 : at + 2])
            given = True
            del words[at : at + (1 if "=" in word else 2)]
            break
    try:
        if asked or given:
            use_language(asked)
            os.environ["SEODANG_LANG"] = asked  # the processes that this one starts speak it too
    except ValueError as error:
        _tell(str(error))
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def _hint(sentence: str) -> str:
    """What to type where the verb does not come first, or where an option is a setting of a recipe or of another verb."""
    verb, *words = sys.argv[1:] or [""]
    if sentence.startswith("No such command") and (meant := next((each for each in words if each in VERBS), None)):
        words.remove(meant)
        return " " + tr("The verb comes first: `{command}`.", command=shlex.join(["seodang", meant, verb, *words]))
    if not (wrong := re.match(r"No such option: (--([a-z][a-z_.-]*))", sentence)):
        return ""
    if others := [name for name, each in typer.main.get_command(app).commands.items() if _takes(each, wrong[1])]:  # pyright: ignore[reportAttributeAccessIssue]
        told = ", ".join(f"`seodang {name}`" for name in others)
        return " " + tr("{option} is an option of {verbs}.", option=wrong[1], verbs=told)
    from seodang.recipes.resolve import ELSEWHERE, is_setting

    setting = wrong[2].replace("-", "_")
    setting = ELSEWHERE.get(setting, setting)
    if verb not in WITH_SETTINGS or not is_setting(setting):
        return ""
    return " " + tr("A setting is written without dashes: {setting}=VALUE.", setting=setting)


def _takes(command: Any, option: str) -> bool:
    return any(option in parameter.opts for parameter in command.params)


def _tell(sentence: str) -> None:
    """The one JSON object, for a program, where a verb ends without its own."""
    if "--json" in sys.argv:
        from seodang.cli._screen import print_json

        try:
            print_json({"error": sentence})
        except OSError:  # nobody reads there, or the disk is full: stderr says it all the same
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
