"""The page of `seodang look` of a table, texts or a series: how each column lies, what the texts say, the line of a series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from seodang.core.files import write_text
from seodang.core.glossary import STYLE as TERM_STYLE
from seodang.core.glossary import with_terms
from seodang.core.language import language, later, tr
from seodang.data.column_sketches import COLOURED, MOST_COLUMNS, MOST_ROWS, first_rows, sketches
from seodang.data.frame import Frame
from seodang.data.look_rows import NOTHING
from seodang.data.page import FILES, template
from seodang.data.purposes import Purpose
from seodang.data.series_sketches import series_sketches
from seodang.data.text_sketches import text_sketches, unit_of

MOST_CLASSES = 60  # that have a bar each
# What can be done with the rows.
TASKS = {
    "classify": later("tell classes apart"),
    "regress": later("foretell an amount"),
    "forecast": later("forecast"),
    "next_token": later("learn how it goes on"),
    "translate": later("translate"),
    "reconstruct": later("put it out again"),
}


def write_rows_page(
    found: dict[str, Any], frame: Frame, purpose: Purpose | None, path: Path, settings: dict[str, str] | None = None
) -> None:
    """Write the page of what `look_rows` found.

    Args:
        found: What `look_rows` gave.   frame, purpose: The same that it was given; None: what it is for is not known.
        settings: That a person gave, for the command that the page suggests.
    """
    kind, classes = found["kind"], found["classes"]
    read = text_sketches(frame, purpose, classes) if purpose is not None and purpose.text is not None else None
    line = None
    if purpose is not None and kind == "series":
        line = series_sketches(frame, purpose, found["series"]["season"])
    hidden = {purpose.text, purpose.target} if purpose is not None and read is not None else set()
    drawn = [each for each in sketches(frame, purpose, classes) if each["column"].name not in hidden]
    strengths = [each["strength"] for each in drawn if each["strength"] is not None]
    names = list(found["counts"])
    sizes = {one: [found["counts"][name].get(one, 0) for name in names] for one in classes}
    shown = sorted(classes, key=lambda one: -sum(sizes[one])) if len(classes) > MOST_CLASSES else classes
    text = template("page_rows.html.jinja").render(
        found=found,
        kind=kind,
        splits=names,
        task=None if purpose is None else tr(TASKS[purpose.task]),
        uses={column["name"]: column["use"] for column in found["columns"]},
        classes=[{"name": one, "counts": sizes[one]} for one in shown[:MOST_CLASSES]],
        coloured=classes if 2 <= len(classes) <= COLOURED else [],
        most=max((sum(each) for each in sizes.values()), default=1) or 1,
        columns=sorted(drawn, key=lambda each: -(each["strength"] or 0)) if len(strengths) > 1 else drawn,
        are_sorted=len(strengths) > 1,
        unseen=max(0, len(found["columns"]) - MOST_COLUMNS),
        is_part=len(frame) > MOST_ROWS or "test" in names,
        read=read,
        unit="" if read is None else unit_of(read),
        line=line,
        first=first_rows(frame) if read is None else None,
        files=found["left_out"][:FILES],
        settings=[f"{key}={value}" for key, value in (settings or {}).items()],
        nothing=tr("Nothing was found wrong: {nothing}.", nothing=tr(NOTHING[kind])),
        language=language(),
        term_style=Markup(TERM_STYLE),
    )
    write_text(path, with_terms(text))
