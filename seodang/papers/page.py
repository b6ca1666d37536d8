"""The paper as a page: one HTML file that works offline, prints on A4 and reads on a phone. Every number links to where it is from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from markupsafe import Markup

from seodang.core.glossary import STYLE as TERM_STYLE
from seodang.core.glossary import with_terms
from seodang.core.language import language, tr
from seodang.evaluation.naming import example
from seodang.evaluation.pages import STYLE, coded
from seodang.papers.blocks import Section
from seodang.papers.evidence import Evidence
from seodang.papers.in_short import InShort
from seodang.papers.sources import files, sources
from seodang.papers.trace import Traced

TEMPLATE, OWN_STYLE = (Path(__file__).parent / name for name in ("paper.html.jinja", "paper.css"))


def page(evidence: Evidence, short: InShort, sections: list[Section], blanks: int, command: str) -> str:
    """The page. `blanks`: how many questions are not answered; `command`: what writes the paper again."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["traced"] = lambda text: _traced(evidence, text)
    environment.filters["named"] = example
    environment.filters["plain"] = evidence.trace.plain
    environment.filters["drawn"] = Markup  # our own SVG: holds no text from outside that is not escaped
    environment.globals["tr"] = tr
    body = [{"section": each, "blocks": [_named(block) for block in each.blocks]} for each in sections]
    named = {name: text for name, text in files().items() if name.split(".")[0] in _named_files(evidence)}
    made = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        css=Markup(STYLE.read_text(encoding="utf-8") + TERM_STYLE + OWN_STYLE.read_text(encoding="utf-8")),
        language=language(),
        run=evidence.run,
        short=asdict(short),
        answers=[
            (tr("What it is for"), short.what_for),
            (tr("How good"), short.how_good),
            (tr("How sure"), short.how_sure),
            (tr("What would break it"), short.what_breaks),
        ],
        body=body,
        blanks=blanks,
        command=command,
        written_at=evidence.facts.value["written_at"],
        rows=sources(evidence.trace),
        files=named,
    )
    return with_terms(made)


def _named_files(evidence: Evidence) -> set[str]:
    return {pointer.partition(".")[0] for each in evidence.trace.found for pointer in each.sources}


def _named(block: Any) -> tuple[str, Any]:
    return type(block).__name__.lower(), block


def _traced(evidence: Evidence, text: str) -> Markup:
    """A text for the page: numbers link to the appendix and carry their source; words from files carry it too."""
    return Markup("").join(
        coded(each) if isinstance(each, str) else _linked(evidence.trace.found.index(each), each)
        for each in evidence.trace.pieces(text)
    )


def _linked(place: int, each: Traced) -> Markup:
    source, shown = " ".join(each.sources), coded(each.text)
    if each.is_quote:
        kept = "" if each.is_ours else Markup(' translate="no"')  # names and texts of the data are in no language
        return Markup('<span data-from="{}" title="{}"{}>{}</span>').format(source, source, kept, shown)
    value = json.dumps(each.value) if isinstance(each.value, int | float) else str(len(each.value))
    title = f"{source} = {value}"
    return Markup(
        '<a class="n" href="#n{}" title="{}"><data value="{}" data-from="{}" data-way="{}">{}</data></a>'
    ).format(place, title, value, source, each.way, shown)
