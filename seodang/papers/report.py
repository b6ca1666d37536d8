"""A run on paper: data card, exploration, model and algorithm, evaluation, limits, as one HTML file and as a model card."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

from seodang.core.errors import NO_RIGHT, RunError
from seodang.core.files import make_folder, write_json, write_text
from seodang.core.language import language, tr
from seodang.papers.blocks import Blank, Section
from seodang.papers.card import card
from seodang.papers.data_card import blanks, data_card
from seodang.papers.evaluation import evaluation
from seodang.papers.evidence import gather
from seodang.papers.exploration import exploration
from seodang.papers.in_short import InShort, in_short
from seodang.papers.limits import limits
from seodang.papers.model import model
from seodang.papers.page import page
from seodang.papers.questions import NAME, read_answers, write_questions
from seodang.papers.trace import Place, Trace
from seodang.runs.folder import Run, load
from seodang.runs.writing import write_manifest

FOLDER = "paper"


def report(run: Run | str | Path, out: str | Path | None = None, *, about: str | Path | None = None) -> dict[str, Any]:
    """Write a run's paper: paper.html, a model card README.md, facts.json, and about.yaml with the questions to its author.

    Everything is from what was measured; what only the author can know is a marked blank until about.yaml answers it. In Korean
    the files are paper.ko.html, README.ko.md and facts.ko.json; about.yaml is one for both.

    Args:
        run: A run, or its path or name. One that was not judged yet is judged.
        out: The folder to write into; made where it is missing. None: the folder `paper` in the run.
        about: A file with the author's answers. None: about.yaml in that folder, which is written where it is missing and never
            changed where it is there.

    Returns: run, language, files {page, card, facts, about}, line and in_short {what_for, how_good, how_sure, what_breaks} as plain
        text, sections [{key, title}], numbers [{text, value, from, way}], blanks (names of unanswered questions), missing (what
        could not be had).

    Raises:
        RunError: There is no such run, or it was not judged and its data cannot be opened.
        SeodangError: The answers cannot be read, or the folder cannot be written.
    """
    run = run if isinstance(run, Run) else load(run)
    folder = make_folder(out) if out is not None else _own_folder(run)
    suffix = "" if language() == "en" else f".{language()}"
    files = {
        "page": folder / f"paper{suffix}.html",
        "card": folder / f"README{suffix}.md",
        "facts": folder / f"facts{suffix}.json",
        "about": folder / NAME if about is None else Path(about),
    }
    command = _command(run, out, about)
    if about is None and not files["about"].exists():
        write_questions(files["about"], run.name, command)
    answers = Place(files["about"].name, read_answers(files["about"]))
    evidence = gather(run, answers, files["facts"].name)
    short = in_short(evidence)
    sections = [
        Section("in-short", tr("In short"), [*blanks(evidence, "intended_use")]),
        data_card(evidence),
        exploration(evidence),
        model(evidence),
        evaluation(evidence),
        limits(evidence),
    ]
    asked = [
        block.key for section in sections for block in section.blocks if isinstance(block, Blank) and not block.answer
    ]
    write_json(files["facts"], evidence.facts.value)
    write_text(files["page"], page(evidence, short, sections, len(asked), command))
    write_text(files["card"], card(evidence, short, sections, command))
    if folder.resolve().is_relative_to(run.folder.resolve()):
        write_manifest(run.folder)
    return {
        "run": str(run.folder),
        "language": language(),
        "files": {name: str(path) for name, path in files.items()},
        **_plain(evidence.trace, short),
        "sections": [{"key": each.key, "title": each.title} for each in sections],
        "numbers": [
            {"text": each.text, "value": _value(each.value), "from": list(each.sources), "way": each.way}
            for each in evidence.trace.numbers
        ],
        "blanks": asked,
        "missing": evidence.facts.value["missing"],
    }


def _own_folder(run: Run) -> Path:
    try:
        return make_folder(run.folder / FOLDER)
    except OSError as error:
        if error.errno not in NO_RIGHT:
            raise
        raise RunError(
            tr("{folder} may not be written to. Write the paper elsewhere: --out FOLDER.", folder=run.folder)
        ) from None


def _command(run: Run, out: str | Path | None, about: str | Path | None) -> str:
    words = ["seodang", "report", os.path.relpath(run.folder) if not run.folder.is_absolute() else str(run.folder)]
    words += [] if out is None else ["--out", str(out)]
    words += [] if about is None else ["--about", str(about)]
    words += [] if language() == "en" else ["--lang", language()]
    return shlex.join(words)


def _plain(trace: Trace, short: InShort) -> dict[str, Any]:
    told = {
        name: [trace.plain(each) for each in getattr(short, name)]
        for name in ("what_for", "how_good", "how_sure", "what_breaks")
    }
    return {"line": trace.plain(short.line), "is_good": short.is_good, "in_short": told}


def _value(value: Any) -> Any:
    """A number as it is; of a list or mapping how many it holds."""
    return value if isinstance(value, int | float) else len(value)
