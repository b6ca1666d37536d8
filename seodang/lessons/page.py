"""The page of a lesson: one HTML file that works offline, reads on a phone and prints; its terms are explained on it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seodang.core.files import write_text
from seodang.core.language import language, tr
from seodang.lessons.lesson import Lesson, Part
from seodang.lessons.terms import terms

if TYPE_CHECKING:
    from markupsafe import Markup

FOLDER = Path(__file__).parent


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
    known = terms()
    explained = {key: known[key] for key in lesson.terms}
    linker = Linker(explained)
    page = _environment().from_string((FOLDER / "lesson.html.jinja").read_text(encoding="utf-8"))
    text = page.render(
        **_shared(),
        lesson=lesson,
        place=place,
        answer=[linker(line) for line in lesson.answer],
        measured=[linker(line) for line in lesson.measured],
        limits=[linker(line) for line in lesson.limits],
        explained=[(anchor(key), *found) for key, found in explained.items()],
        say=_say(place, lesson),
    )
    write_text(path, text)
    return path


def write_index(answers: dict[str, tuple[str, str]], folder: Path) -> Path:
    """Write index.html: every question with the beginning of its answer. answers: name → (question, a few sentences)."""
    page = _environment().from_string((FOLDER / "index.html.jinja").read_text(encoding="utf-8"))
    said = {
        "footer": tr("Seodang · these pages work offline."),
        "title": tr("The ten questions"),
        "how": tr(
            "Each page answers one of them with a small experiment that ran on this machine when the page was written. "
            "`seodang learn NUMBER` runs it again."
        ),
    }
    write_text(folder / "index.html", page.render(**_shared(), answers=answers, say=said))
    return folder / "index.html"


def anchor(term: str) -> str:
    """The id of a term on the page.

    >>> anchor("batch size")
    'term-batch-size'
    """
    return "term-" + term.replace(" ", "-")


class Linker:
    """Makes the first mention of each explained term on a page a link to its explanation."""

    def __init__(self, explained: dict[str, tuple[str, str]]) -> None:
        self.left = {word.lower(): key for key, (word, _) in explained.items()}

    def __call__(self, text: str) -> Markup:
        """A sentence, escaped, its terms linked and what stands in backticks as code."""
        from markupsafe import Markup, escape

        parts = text.split("`")
        done = [
            Markup("<code>{}</code>").format(p) if i % 2 else Markup(self._linked(str(escape(p))))
            for i, p in enumerate(parts)
        ]
        return Markup("").join(done)

    def _linked(self, text: str) -> str:
        if not self.left:
            return text
        words = sorted(self.left, key=len, reverse=True)
        ends = r"(?:e?s)?\b" if language() == "en" else ""
        start = r"\b" if language() == "en" else ""
        pattern = re.compile(rf"{start}({'|'.join(map(re.escape, words))}){ends}", re.IGNORECASE)
        return pattern.sub(self._link, text)

    def _link(self, found: re.Match[str]) -> str:
        key = self.left.pop(found[1].lower(), None)
        return found[0] if key is None else f'<a class="term" href="#{anchor(key)}">{found[0]}</a>'


def _environment() -> Any:
    import jinja2
    from markupsafe import Markup

    found = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters["drawn"] = Markup  # our own SVG: holds no text from outside that is not escaped
    found.filters["coded"] = Linker({})
    found.filters["groupby_kind"] = _by_kind
    return found


def _by_kind(parts: tuple[Part, ...]) -> list[tuple[str, list[Part]]]:
    """Neighbouring parts of one kind together, so that small drawings stand side by side."""
    return [(kind, list(some)) for kind, some in itertools.groupby(parts, lambda part: part.part)]


def _shared() -> dict[str, Any]:
    from markupsafe import Markup

    from seodang.evaluation.report import STYLE

    css = STYLE.read_text(encoding="utf-8") + (FOLDER / "lesson.css").read_text(encoding="utf-8")
    return {"css": Markup(css), "language": language()}


def _say(place: Place, lesson: Lesson) -> dict[str, str]:
    """The page's own words."""
    return {
        "place": tr("Question {at} of {of}", at=place.at, of=place.of),
        "measured": tr("What was measured just now"),
        "limits": tr("What this does not show"),
        "try": tr("Try it yourself"),
        "try_how": tr("In an empty folder, one after the other:"),
        "again": tr(
            "This page again, with another random start: `seodang learn {at} --seed {seed}`. With the same seed the numbers are "
            "the same.",
            at=place.at,
            seed=lesson.seed + 1,
        ),
        "terms": tr("Words on this page"),
        "before": tr("The question before"),
        "after": tr("The next question"),
        "all": tr("All questions"),
        "command": "seodang learn",
        "footer": tr(
            "Seodang · made by `seodang learn {at} --seed {seed}`; every number above was measured by it. This file works offline.",
            at=place.at,
            seed=lesson.seed,
        ),
    }
