"""The page of an explanation: one HTML file that works offline, reads on a phone and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seodang.core.language import tr
from seodang.evaluation.pages import rendered
from seodang.evaluation.row_verdict import short
from seodang.explanations import painting
from seodang.explanations.example import Example
from seodang.explanations.explanation import Explanation
from seodang.runs.folder import Run

TEMPLATE = Path(__file__).parent / "page.html.jinja"
LONGEST = 160  # characters of a name that stands over the page


def render(
    run: Run, example: Example, answer: dict[str, Any], found: dict[str, Explanation], left_out: str = ""
) -> str:
    """The page of what `explain` found. left_out: a sentence on what is not there."""
    from markupsafe import Markup

    titles = {"answer": tr("Why this answer"), "inside": tr("Inside the network"), "run": tr("The run as a whole")}
    groups = [
        (title, [(name, each) for name, each in found.items() if each.about == about])
        for about, title in titles.items()
    ]
    pixels = example.pixels if example.kind == "picture" and example.given is not None else None
    return rendered(
        TEMPLATE,
        {"drawn": Markup, "colour": colour},  # our own SVG: holds no text from outside that is not escaped
        run=run,
        example=example,
        name=_cut(example.name),
        text=_cut(" ".join(example.text.split())),
        answer=answer,
        headline=headline(run, answer),
        picture=None if pixels is None else painting.plain(pixels),
        groups=[group for group in groups if group[1]],
        left_out=left_out,
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def headline(run: Run, answer: dict[str, Any]) -> str:
    """The answer in a few characters.

    >>> headline(None, {"prediction": "cat", "probability": 0.981})
    'cat · 98.1\\xa0%'
    """
    if not answer:
        return ""
    if "probability" in answer and run is not None and run.recipe.task == "next_token":
        return tr("next: {word} · {percent:.1f} %", word=answer["prediction"], percent=100 * answer["probability"])
    if "probability" in answer:
        return f"{named(run)}{answer['prediction']} · {100 * answer['probability']:.1f}\u00a0%"
    told = answer["prediction"]
    if isinstance(told, list):
        first, last = f"{named(run)}{told[0]:,.5g}", f"{told[-1]:,.5g}"
        return tr("{first} … {last} ({count} steps)", first=first, last=last, count=len(told))
    return told if isinstance(told, str) else f"{named(run)}{short(told)}"


def named(run: Run | None) -> str:
    """Of a table or series, what is foretold, for a bare 1 says nothing: "survived: "."""
    encoding = None if run is None else run.encoding
    if encoding is None or encoding.form not in ("table", "series") or not encoding.target:
        return ""
    return f"{encoding.target}: "


def colour(weight: float) -> str:
    """The ground of a piece of text: red for, blue against, the stronger the deeper; on light and dark pages.

    >>> colour(1.0), colour(-0.01)
    ('rgba(220,38,38,0.60)', 'rgba(37,99,235,0.00)')
    """
    strength = min(1.0, abs(weight)) ** 0.8 * 0.6
    return f"rgba({'220,38,38' if weight > 0 else '37,99,235'},{0 if abs(weight) < 0.02 else strength:.2f})"
