"""Numbers that say where they are from: a paper's text is made of places in the run's files, and of nothing else.

A section never writes a number. It names the place where one stands (`report["metrics"]["accuracy"]`) and how it is to look; what
comes back is text with a mark in it, which goes through `tr` like any other. Whoever draws the paper takes the text apart again
and finds each number with its file, its pointer and its value.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from seodang.core.sentences import shown

# A mark is this letter, then one that stands for the number's place in the list; both are of Unicode's private use areas. The
# number's own text follows without an end mark, so that a Korean particle after it sees its last sound.
MARK, FIRST = "\ue000", 0xF0000

Form = Callable[[Any], str]
# How a value is made of those that stand in the files, by name. More than these a paper does not calculate.
WAYS: dict[str, Callable[..., Any]] = {
    "value": lambda value: value,
    "number of": len,
    "difference": lambda first, second: first - second,
}


@dataclass(frozen=True)
class Place:
    """A place in a file of a run, and what stands there.

    >>> place = Place("report.json", {"metrics": {"accuracy": 0.9}})["metrics"]["accuracy"]
    >>> place.pointer, place.value
    ('report.json#/metrics/accuracy', 0.9)
    """

    file: str
    value: Any
    keys: tuple[str | int, ...] = ()

    def __getitem__(self, key: str | int) -> Place:
        return Place(self.file, self.value[key], (*self.keys, key))

    def __contains__(self, key: object) -> bool:
        """Whether something stands there that is not null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __iter__(self) -> Iterator[Place]:
        """The places of a list's members."""
        return (self[index] for index in range(len(self.value)))

    def items(self) -> Iterator[tuple[str, Place]]:
        """The names of a mapping and their places."""
        return ((name, self[name]) for name in self.value)

    def get(self, *keys: str | int) -> Place | None:
        """The place further in; None where there is none, or nothing stands there."""
        place = self
        for key in keys:
            if key not in place:
                return None
            place = place[key]
        return place

    @property
    def pointer(self) -> str:
        """The file and the JSON pointer in it, as a URI fragment (RFC 6901, section 6)."""
        steps = (str(key).replace("~", "~0").replace("/", "~1") for key in self.keys)
        return f"{self.file}#" + "".join("/" + urllib.parse.quote(step, safe="~") for step in steps)


@dataclass(frozen=True)
class Traced:
    """A piece of a paper's text that stands in a file of the run.

    text: as it is shown.   value: what it was made from.   sources: the pointers.   way: how, a name of `WAYS`.
    is_quote: whether it is words, taken over as they are; else it is a number.   is_ours: whether we wrote these words.
    """

    text: str
    value: Any
    sources: tuple[str, ...]
    way: str = "value"
    is_quote: bool = False
    is_ours: bool = False


@dataclass(eq=False)
class Trace:
    """Everything of a paper that stands in a file of the run, in the order in which it was first asked for."""

    found: list[Traced] = field(default_factory=list)

    def number(self, form: Form, *places: Place, way: str = "value") -> str:
        """A number as text with its mark. `form` says how it looks; of several places, `way` makes one value."""
        value = WAYS[way](*(place.value for place in places))
        return self._marked(Traced(form(value), value, tuple(place.pointer for place in places), way))

    def quote(self, place: Place, form: Form = str, *, is_ours: bool = False) -> str:
        """Words that stand there, as they are. `is_ours`: whether `form` makes words of ours of them."""
        text = " ".join(form(place.value).replace(MARK, "").split())
        return self._marked(Traced(text, place.value, (place.pointer,), is_quote=True, is_ours=is_ours))

    def say(self, place: Place) -> str:
        """A sentence that stands there, in the person's language where the catalogue knows it."""
        return self.quote(place, shown, is_ours=True)

    def _marked(self, traced: Traced) -> str:
        if not traced.text:
            return ""
        if traced not in self.found:
            self.found.append(traced)
        return f"{MARK}{chr(FIRST + self.found.index(traced))}{traced.text}"

    def pieces(self, text: str) -> list[str | Traced]:
        """A text taken apart: what is ours as it is, what stands in a file as `Traced`.

        >>> trace, accuracy = Trace(), Place("report.json", {"accuracy": 0.9})["accuracy"]
        >>> [str(each) if isinstance(each, str) else each.sources for each in trace.pieces(f"It is {trace.number(str, accuracy)}.")]
        ['It is ', ('report.json#/accuracy',), '.']
        """
        first, *rest = text.split(MARK)
        found: list[str | Traced] = [first] if first else []
        for part in rest:
            traced = self.found[ord(part[0]) - FIRST]
            assert part.startswith(traced.text, 1), f"{traced.text!r} was changed in {part!r}"
            found.append(traced)
            if after := part[1 + len(traced.text) :]:
                found.append(after)
        return found

    def plain(self, text: str) -> str:
        """The text without its marks."""
        return "".join(each if isinstance(each, str) else each.text for each in self.pieces(text))

    @property
    def numbers(self) -> list[Traced]:
        """The numbers, without the words."""
        return [each for each in self.found if not each.is_quote]
