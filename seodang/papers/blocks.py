"""What a section of a paper is made of. The page and the Markdown both draw these; texts hold marks (`trace`)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str
    is_soft: bool = False


@dataclass(frozen=True)
class Heading:
    """The title of a part of a section."""

    text: str


@dataclass(frozen=True)
class Points:
    """Sentences below each other."""

    items: list[str]


@dataclass(frozen=True)
class Table:
    """Rows under titles. The first column is text, the others stand to the right unless they are in `text`.

    is_settings: names and values, without titles.   bad: (row, column) of cells that are red.
    """

    titles: list[str]
    rows: list[list[str]]
    text: tuple[int, ...] = ()
    is_settings: bool = False
    bad: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Drawing:
    """Our own SVG, what is to be seen on it, and the file that it was drawn from. `is_light`: it needs a white ground."""

    svg: str
    words: str
    source: str
    is_wide: bool = False
    is_light: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture as a data URI, and what it shows; `file`: where it lies in the run, or what it was made from."""

    uri: str
    words: str
    file: str
    is_small: bool = False


@dataclass(frozen=True)
class Gallery:
    """Drawings or pictures beside each other."""

    items: list[Drawing | Picture]


@dataclass(frozen=True)
class Blank:
    """What only the author knows: the question, and the answer or an empty text. `key`: its name in about.yaml."""

    key: str
    question: str
    answer: str


@dataclass(frozen=True)
class Finding:
    """Something that was found wrong: what, the evidence, why it matters, what to do."""

    what: str
    evidence: str
    why: str
    todo: str
    is_serious: bool


@dataclass(frozen=True)
class Command:
    """Something to type, and what it does."""

    command: str
    words: str


Block = Paragraph | Heading | Points | Table | Drawing | Picture | Gallery | Blank | Finding | Command


@dataclass(frozen=True)
class Section:
    """A part of the paper. `key`: its name for programs and links."""

    key: str
    title: str
    blocks: list[Block] = field(default_factory=list)
