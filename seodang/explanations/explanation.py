"""What an explanation is made of: a few sentences, numbers, and parts of a page (pictures, bars, coloured text, tables)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from seodang.core.errors import SeodangError

About = Literal["answer", "inside", "run"]


class DoesNotApply(SeodangError):
    """This explanation has nothing to say of this run or example; the text says why."""


class TakesLong(DoesNotApply):
    """With so large a network this explanation takes many seconds: it is made where a person asks for it by its name."""


@dataclass(frozen=True)
class Picture:
    """A picture as text for a page's `src`, and a line under it. `is_small`: its pixels are shown as squares."""

    src: str
    caption: str = ""
    is_small: bool = False


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side. size: width of each: small 104, medium 200, large 320 pixels, wide: the page's."""

    part: ClassVar[str] = "pictures"
    items: tuple[Picture, ...]
    title: str = ""
    size: Literal["small", "medium", "large", "wide"] = "medium"


@dataclass(frozen=True)
class Drawing:
    """An SVG of our own, which holds no text from outside that is not escaped, at most so many pixels wide."""

    part: ClassVar[str] = "drawing"
    svg: str
    caption: str = ""
    width: int = 760


@dataclass(frozen=True)
class Bar:
    """A line with a bar. share: -1 to 1 of half the width, to the left or right.   cells: what stands beside the label."""

    label: str
    share: float
    value: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Bars under each other. heads: over label, cells, bar, value.   from_left: all are above 0 but for chance."""

    part: ClassVar[str] = "bars"
    heads: tuple[str, ...]
    rows: tuple[Bar, ...]
    note: str = ""
    from_left: bool = False


@dataclass(frozen=True)
class Marked:
    """A text in pieces, each with a weight -1 (against) to 1 (for), or None where it was not read."""

    part: ClassVar[str] = "marked"
    pieces: tuple[tuple[str, float | None], ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `is_folded`: shown on request."""

    part: ClassVar[str] = "table"
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_folded: bool = False


Part = Pictures | Drawing | Bars | Marked | Table


@dataclass(frozen=True)
class Explanation:
    """What one explanation found.

    about: "answer": why this answer; "inside": what the layers do; "run": the run as a whole.
    words: two to five sentences for a person: what was seen, how it was found, what it cannot tell.
    numbers: fit for JSON.   parts: what the page shows.
    """

    title: str
    about: About
    words: tuple[str, ...]
    numbers: dict[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
