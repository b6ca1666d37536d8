"""Numbers with their nouns, in English to be kept; `shown` shows them in the person's language."""

from __future__ import annotations

from seodang.core.sentences import said

COUNTED = {
    "picture": (said("1 picture"), said("{count:,} pictures")),
    "row": (said("1 row"), said("{count:,} rows")),
    "text": (said("1 text"), said("{count:,} texts")),
    "window": (said("1 window"), said("{count:,} windows")),
    "example": (said("1 example"), said("{count:,} examples")),
    "group": (said("1 group"), said("{count:,} groups")),
    "class": (said("1 class"), said("{count:,} classes")),
    "column": (said("1 column"), said("{count:,} columns")),
    "file": (said("1 file"), said("{count:,} files")),
    "name": (said("1 name"), said("{count:,} names")),
    "step": (said("1 step"), said("{count:,} steps")),
    "value": (said("1 value"), said("{count:,} values")),
    "run": (said("1 run"), said("{count:,} runs")),
}

PLURALS = {
    "picture": (said("pictures"), said("Pictures")),
    "row": (said("rows"), said("Rows")),
    "text": (said("texts"), said("Texts")),
}


def things(noun: str, *, capital: bool = False) -> str:
    """Several of what a noun names.

    >>> things("row"), things("row", capital=True)
    ('rows', 'Rows')
    """
    known = PLURALS.get(noun, (f"{noun}s", f"{noun.capitalize()}s"))
    return known[capital]


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "picture"), count(2000, "picture"), count(2, "story")
    ('1 picture', '2,000 pictures', '2 stories')
    """
    if noun in COUNTED:
        return COUNTED[noun][number != 1].format(count=number)
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
