"""Running text: a novel, a play, a log of lines; cut where its writer cut it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import in_english, tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, shown
from seodang.data.frame import Column, Frame
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.decoding import decoded, printable, read_as
from seodang.data.readers.markup import is_markup, without_markup
from seodang.data.readers.naming import short_name, split_of
from seodang.data.repeated_texts import repeated_texts
from seodang.data.source import LeftOut

LONGEST_PARAGRAPH = 50  # lines on average: where blank lines are rarer than that, they do not part paragraphs
# A text of fewer lines or paragraphs is cut into stretches of so many characters, about STRETCHES of them, to be trained and judged on.
FEWEST = 20
STRETCHES, SHORTEST, LONGEST = 60, 40, 400


def read_prose(path: Path, root: Path, files: list[str], left: list[LeftOut]) -> Frame:
    """Files of running text, in this order, as one column "text".

    A row is a paragraph (the lines up to a blank one, their ends kept: verses need them) where blank lines part the text at
    least every 50 lines on average; else a line. Rows joined by an empty line, or by a line end, are the text again. A text on
    few lines is cut at spaces into stretches, which joined are the text again.

    Raises:
        DataError: The only file is no text, or there is nothing in any of them.
    """
    several = len(files) > 1 and any(split_of(file) == "train" for file in files)
    contents: dict[str, str] = {}
    encodings = []
    for file in files:
        try:
            with (
                in_english() if len(files) > 1 else nullcontext()
            ):  # what is wrong with one of several is kept as a reason
                text, why = decoded(content_of(root / file))
        except DataError as error:
            if len(files) == 1:
                raise
            text, why = None, str(error).removesuffix(".")
        text = without_markup(text) if text is not None and is_markup(file) else text
        if text is None and len(files) == 1:
            raise DataError(tr("{path} cannot be read as text: it is {reason}.", path=path, reason=shown(why)))
        if text is None or not text.strip():
            left.append(LeftOut(printable(file), why if text is None else said("empty: nothing but white space")))
        else:
            contents[file] = text
            encodings.append(why)
    if not contents:
        raise DataError(tr("{path} has no text in it: it is empty, or nothing but white space.", path=path))
    unit, note = _unit(list(contents.values()))
    rows: list[str] = []
    ids: list[str] = []
    splits: list[str] = []
    for file, text in contents.items():
        parts = _parts(text, unit)
        rows += [part for _, part in parts]
        ids += [f"{printable(file)} {unit} {number}" for number, _ in parts]
        splits += [split_of(file) if several else ""] * len(parts)
    notes = [note, *read_as(encodings), *(repeated_texts(rows, ids, splits) if several else ())]
    return Frame(
        name=short_name(path),
        where=str(path),
        form=said("prose"),
        table=pd.DataFrame({"text": pd.Series(rows, dtype=object)}),
        columns=(
            Column(
                "text",
                "text",
                {
                    "paragraph": said("a paragraph each"),
                    "line": said("a line each"),
                    "stretch": said("a stretch each"),
                }[unit],
                0,
                len({*rows}),
            ),
        ),
        ids=ids,
        splits=np.array(splits),
        stamp=stamp_of(root, [root / file for file in files]),
        left_out=tuple(left),
        notes=tuple(notes),
    )


def _unit(texts: Sequence[str]) -> tuple[str, str]:
    """Whether a row is a paragraph or a line, and the sentence that says why."""
    lines = sum(sum(bool(line.strip()) for line in text.split("\n")) for text in texts)
    paragraphs = sum(len(_parts(text, "paragraph")) for text in texts)
    characters = sum(map(len, texts))
    if max(lines, paragraphs) < FEWEST and characters >= 2 * SHORTEST * FEWEST:
        return "stretch", said(
            "The text has hardly any line ends: it is cut into stretches of about {count} characters.",
            count=_long(characters),
        )
    if paragraphs > 1 and paragraphs * LONGEST_PARAGRAPH >= lines:
        return "paragraph", said(
            "Blank lines part the text into {count:,} paragraphs: a row is a paragraph.", count=paragraphs
        )
    return "line", said(
        "The text has {count:,} lines and hardly a blank line between them: a row is a line.", count=lines
    )


def _parts(text: str, unit: str) -> list[tuple[int, str]]:
    """Paragraphs or lines with their number from 1 (lines as an editor counts them); blank ones are passed over. Or stretches."""
    if unit == "stretch":
        return list(enumerate(_stretches(text, _long(len(text))), start=1))
    if unit == "line":
        return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    paragraphs = [part.strip("\n") for part in re.split(r"\n[^\S\n]*\n", text) if part.strip()]
    return list(enumerate(paragraphs, start=1))


def _long(characters: int) -> int:
    """How long a stretch is of a text of so many characters."""
    return max(SHORTEST, min(LONGEST, characters // STRETCHES))


def _stretches(text: str, long: int) -> list[str]:
    """A text cut behind the first space that comes after so many characters; after twice as many without one, anywhere.

    >>> _stretches("to be or not", 4)
    ['to be ', 'or not']
    """
    return re.findall(rf".{{{long}}}\S{{0,{long}}}\s*|.+", text, re.DOTALL)
