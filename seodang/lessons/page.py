"""The page of a lesson: one HTML file that works offline, reads on a phone and prints; its terms are explained on it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seodang.core.files import write_text
from seodang.core.language import tr
from seodang.evaluation.pages import rendered
from seodang.lessons.lesson import Lesson, Part

FOLDER = Path(__file__).parent
COMMAND = "seodang learn"


@dataclass(frozen=True)
class Place:
    """Where a lesson stands: its name, its question, number `at` of `of`, and (name, question) of those beside it."""

    name: str
    question: str
    at: int
    of: int
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    linked: bool = False


def write_page(lesson: Lesson, place: Place, path: Path) -> Path:
    """Write a lesson as a page."""
    again = {"at": place.at, "seed": lesson.seed + 1}
    said = {
        "again": tr(
            "This page again, with another random start: `seodang learn {at} --seed {seed}`. With the same seed the numbers are "
            "the same.",
            **again,
        ),
        "footer": tr(
            "Seodang · made by `seodang learn {at} --seed {seed}`; every number above was measured by it. This file works offline.",
            at=place.at,
            seed=lesson.seed,
        ),
    }
    write_text(path, _rendered("lesson.html.jinja", lesson=lesson, place=place, said=said))
    return path


def write_index(answers: dict[str, tuple[str, str]], folder: Path) -> Path:
    """Write index.html: every question with the beginning of its answer. answers: name → (question, a few sentences)."""
    how = tr(
        "Each page answers one of them with a small experiment that ran on this machine when the page was written. "
        "`seodang learn NUMBER` runs it again."
    )
    write_text(folder / "index.html", _rendered("index.html.jinja", answers=answers, how=how))
    return folder / "index.html"


def _rendered(template: str, **values: Any) -> str:
    from markupsafe import Markup

    # Our own SVG holds no text from outside that is not escaped.
    filters = {"drawn": Markup, "by_kind": by_kind}
    style = Markup((FOLDER / "lesson.css").read_text(encoding="utf-8"))
    return rendered(FOLDER / template, filters, style=style, command=COMMAND, **values)


def by_kind(parts: tuple[Part, ...]) -> list[tuple[str, list[Part]]]:
    """Neighbouring parts of one kind together, so that small drawings stand side by side."""
    return [(kind, list(some)) for kind, some in itertools.groupby(parts, lambda part: part.part)]
