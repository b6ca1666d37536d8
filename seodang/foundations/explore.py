"""A small experiment on one idea: its numbers, what they say in two or three sentences, and a picture of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from pydantic import create_model

from seodang.core.files import write_text
from seodang.core.registry import find
from seodang.core.values import Value, check

TEMPLATE = Path(__file__).parent / "exploration.html.jinja"


@dataclass(frozen=True)
class Exploration:
    """What an experiment found.

    words: two or three sentences for a person.   numbers: fit for JSON; lists where there are many.
    drawings: (SVG, caption), for the page.   tables: title → rows of cells, the first row the heads.
    """

    title: str
    words: tuple[str, ...]
    numbers: dict[str, Any]
    drawings: tuple[tuple[str, str], ...] = ()
    tables: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()


def explore(name: str, settings: dict[str, Any] | None = None) -> Exploration:
    """Run the experiment of a name of `seodang list foundations`.

    Args:
        settings: What its function takes by keyword, as values or as text: {"seed": "3"}.

    Raises:
        SeodangError: There is no such experiment, or a setting is wrong; the text lists every mistake.
    """
    function = find("foundations", name)
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {key: (hints[key], p.default) for key, p in inspect.signature(function).parameters.items()}
    kind = create_model(name, __base__=Value, **fields)
    given = {key: yaml.safe_load(text) if isinstance(text, str) else text for key, text in (settings or {}).items()}
    checked = check(kind, given)
    return function(**{key: getattr(checked, key) for key in fields})


def write_page(found: Exploration, path: str | Path) -> Path:
    """Write an exploration as one HTML file that works offline."""
    from markupsafe import Markup

    from seodang.evaluation.pages import rendered

    drawings = [{"svg": Markup(svg), "words": words} for svg, words in found.drawings]
    write_text(Path(path), rendered(TEMPLATE, {}, found=found, drawings=drawings))
    return Path(path)
