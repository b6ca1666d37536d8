"""What data can be for: the value that says so, the columns that a person named, and those that are left over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from seodang.core.sentences import said
from seodang.data.frame import Frame

Form = Literal["table", "texts", "series", "pairs", "prose"]
Task = Literal["classify", "regress", "forecast", "next_token", "translate", "reconstruct"]


@dataclass(frozen=True)
class Purpose:
    """What a frame is for.

    form: table (a row an example), texts (a text column and what to say of it), series, pairs (a text and its translation),
        prose (text alone).
    task: what is to be learnt.   target: the column foretold; None for prose.
    time: of a series, the column that says when, or several together: "year, month" (see `times.moments`).
    text: the column that is read; of pairs, the one translated from.   key: which of several series a row belongs to.
    left: columns that are not used, and why.   features: the columns that are; of a series, without the target's own past.
    reasons: how all this was found, a sentence each.
    """

    form: Form
    task: Task
    target: str | None = None
    time: str | None = None
    text: str | None = None
    key: str | None = None
    left: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """The columns that a person named; None for those that are to be guessed."""

    target: str | None
    time: str | None
    text: str | None
    key: str | None


def columns_of(frame: Frame, together: str | None) -> list[str]:
    """The columns of a time or a key: one, or several with commas between them ("year, month", "store, item")."""
    if together is None:
        return []
    return [together] if together in frame.table.columns else [part.strip() for part in together.split(",")]


def left_over(frame: Frame, used: Collection[str | None], why: str = said("not used")) -> dict[str, str]:
    """Every other column and why it is not used: what its kind says, else `why`."""
    kinds = {
        "id": said("an id: it tells rows apart and says nothing of new ones"),
        "constant": said("the same in every row"),
        "empty": said("no values"),
    }
    return {column.name: kinds.get(column.kind, why) for column in frame.columns if column.name not in used}
