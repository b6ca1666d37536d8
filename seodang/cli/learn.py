"""`seodang learn`: the ten questions of a beginner, each answered by a small experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.cli._options import Json

if TYPE_CHECKING:
    from seodang.lessons.lesson import Lesson


def learn(
    which: Annotated[
        str, typer.Argument(help="The question's number or name; `all` for every page. Nothing: the list.")
    ] = "",
    out: Annotated[
        str | None,
        typer.Option("--out", help="The HTML file (of `all`: the folder) that is written. [default: its name]"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another random start.")] = 0,
    json: Json = False,
) -> None:
    """Ten questions of a beginner. Each runs a small experiment in seconds and writes a page with its answer and pictures.

    Examples:

      seodang learn

      seodang learn 3

      seodang learn why-depth-is-hard --seed 1

      seodang learn all --out lessons
    """
    from seodang.cli._screen import print_json, screen
    from seodang.core.files import make_folder, refuse_place
    from seodang.core.language import tr
    from seodang.lessons.learn import called, course, question, write_course, write_lesson
    from seodang.lessons.learn import learn as answer

    console, there = screen(json), course()
    if not which:
        for at, name in enumerate(there, start=1):
            console.print(f"{at:>3}  {question(name)}", markup=False)
            console.print(f"     {name}", style="dim", markup=False)
        console.print(
            "\n" + tr("`seodang learn 3` answers the third, with a run and pictures; `seodang learn all` all."),
            markup=False,
        )
        if json:
            print_json({"questions": [_named(name, at, question(name)) for at, name in enumerate(there, start=1)]})
        return
    if which == "all":
        folder, lessons = out or "lessons", {}
        make_folder(folder)
        for at, name in enumerate(there, start=1):
            console.print(f"{at:>3}  {question(name)}", markup=False)
            lessons[name] = answer(name, seed)
        index = write_course(lessons, folder)
        console.print("\n" + tr("Pages: {path}", path=index), markup=False)
        if json:
            found = [
                _found(each, name, at, question(name), str(index.with_name(f"{name}.html")))
                for at, (name, each) in enumerate(lessons.items(), start=1)
            ]
            print_json({"index": str(index), "lessons": found})
        return
    name = called(which)
    at, asked, page = there.index(name) + 1, question(name), out or f"{name}.html"
    refuse_place(page)
    console.print(asked, style="bold", markup=False)
    found = answer(name, seed)
    for line in found.answer:
        console.print(f"\n{line}", markup=False)
    console.print("\n" + tr("Measured just now:"), markup=False)
    for line in found.measured:
        console.print(f"- {line}", markup=False)
    path = write_lesson(name, found, page)
    console.print("\n" + tr("Pictures, commands to try and the words explained: {path}", path=path), markup=False)
    if at < len(there):
        following = tr("Next: {question}", question=question(there[at]))
        console.print(f"{following}  `seodang learn {at + 1}`", markup=False)
    if json:
        print_json(_found(found, name, at, asked, str(path)))


def _named(name: str, at: int, asked: str) -> dict[str, Any]:
    return {"number": at, "name": name, "question": asked}


def _found(lesson: Lesson, name: str, at: int, asked: str, page: str) -> dict[str, Any]:
    return {
        **_named(name, at, asked),
        "answer": list(lesson.answer),
        "measured": list(lesson.measured),
        "limits": list(lesson.limits),
        "commands": [each.command for each in lesson.tries],
        "seed": lesson.seed,
        "numbers": lesson.numbers,
        "page": page,
    }
