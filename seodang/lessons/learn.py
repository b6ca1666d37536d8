"""The ten questions of the notes (lab L64): each is answered by a small experiment and written as a page."""

from __future__ import annotations

from pathlib import Path

from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.language import tr
from seodang.core.registry import describe, find, names
from seodang.lessons.lesson import Lesson
from seodang.lessons.page import Place, write_index, write_page

# The order of the notes. A lesson that is not named here comes after these, by name.
COURSE = (
    "machine-or-deep-learning",
    "gradient-descent",
    "where-the-weights-are",
    "what-layers-add",
    "why-depth-is-hard",
    "why-activations-bend",
    "what-sigmoid-is-good-for",
    "why-there-is-a-bias",
    "what-the-breakthroughs-were",
    "what-a-cnn-is",
)
LARGEST_SEED = 2**31 - 1


def course() -> list[str]:
    """The names of all lessons, in order.

    >>> course()[:2]
    ['machine-or-deep-learning', 'gradient-descent']
    """
    there = names("lessons")
    return [name for name in COURSE if name in there] + [name for name in there if name not in COURSE]


def question(name: str) -> str:
    """The question of a lesson, in the person's language."""
    return describe("lessons", name)


def called(word: str) -> str:
    """The name of the lesson that a person means, by number or name. SeodangError where there is none.

    >>> called("3"), called("gradient_descent")
    ('where-the-weights-are', 'gradient-descent')
    """
    there = course()
    if word.isascii() and word.isdigit():
        if 1 <= int(word) <= len(there):
            return there[int(word) - 1]
        raise SeodangError(
            tr(
                "There is no question {word}. They are numbered 1 to {last}: `seodang learn` lists them.",
                word=word,
                last=len(there),
            )
        )
    public = word.replace("_", "-")
    if public not in there:
        raise SeodangError(
            tr(
                "{word} is no lesson. {hint} `seodang learn` lists the questions by number.",
                word=repr(word),
                hint=did_you_mean(public, there),
            )
        )
    return public


def learn(word: str | int, seed: int = 0) -> Lesson:
    """Run the experiment of a question and give its answer, what was measured, and the drawings.

    Args:
        word: The question's number, 1 to 10, or its name.
        seed: Of everything that is drawn at random; the same seed gives the same numbers.

    Raises:
        SeodangError: There is no such question, or the seed is no seed.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise SeodangError(tr("The seed must be 0 to {most}, got {seed}.", most=LARGEST_SEED, seed=seed))
    return find("lessons", called(str(word)))(seed)


def write_lesson(name: str, lesson: Lesson, path: str | Path, *, linked: bool = False) -> Path:
    """Write one lesson as an HTML page that works offline. `linked`: whether the pages beside it lie in the same folder."""
    return write_page(lesson, place_of(name, linked), Path(path))


def write_course(lessons: dict[str, Lesson], folder: str | Path) -> Path:
    """Write a page for each lesson, linked to each other, and index.html; give the index."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, lesson in lessons.items():
        write_lesson(name, lesson, folder / f"{name}.html", linked=True)
    return write_index({name: (question(name), lesson.answer[0]) for name, lesson in lessons.items()}, folder)


def place_of(name: str, linked: bool = False) -> Place:
    """Where a lesson stands among the others."""
    named = [(other, question(other)) for other in course()]
    at = course().index(name)
    before = named[at - 1] if at else None
    after = named[at + 1] if at + 1 < len(named) else None
    return Place(name, question(name), at + 1, len(named), before, after, linked)
