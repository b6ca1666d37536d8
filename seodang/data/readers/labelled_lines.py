"""A labelled text a line, as fastText writes it: `__label__good A fine film.`"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn, shown
from seodang.data.frame import Column, Frame
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.decoding import decoded, printable, read_as
from seodang.data.readers.naming import short_name, split_of
from seodang.data.repeated_texts import repeated_texts
from seodang.data.source import LeftOut

# Endings that fastText's own examples have: cooking.train, cooking.valid, dbpedia.ft.
LINE_SUFFIXES = (".train", ".valid", ".test", ".dev", ".ft")
_LABEL = re.compile(r"(?<!\S)__label__(\S+)")
_MOST = 0.9  # of the lines have a label: some may be broken


def are_labelled_lines(lines: Sequence[str]) -> bool:
    """Whether lines, the first of a file, are texts with fastText's labels.

    >>> are_labelled_lines(["__label__1 good", "", "__label__0 bad"]), are_labelled_lines(["What __label__ means."])
    (True, False)
    """
    there = [line for line in lines if line.strip()]
    return bool(there) and sum(bool(_LABEL.search(line)) for line in there) >= _MOST * len(there)


def read_labelled_lines(path: Path, root: Path, files: Sequence[str], left_out: Sequence[LeftOut] = ()) -> Frame:
    """Files of lines with labels, as columns "text" and "label". Of a line with several labels the first is taken, and it is said.

    Raises:
        DataError: A file is no text, or no line has a label and a text.
    """
    texts: list[str] = []
    labels: list[str] = []
    ids: list[str] = []
    splits: list[str] = []
    left, encodings, several = list(left_out), [], []
    for file in files:
        content, why = decoded(content_of(root / file))
        if content is None:
            raise DataError(
                tr("{path} cannot be read as text: it is {reason}.", path=printable(file), reason=shown(why))
            )
        encodings.append(why)
        for number, line in enumerate(content.split("\n"), start=1):
            if not line.strip():
                continue
            place, found = f"{printable(file)} line {number}", _LABEL.findall(line)
            text = " ".join(_LABEL.sub(" ", line).split())
            if not found or not text:
                left.append(LeftOut(place, said("no text") if found else said("no __label__")))
                continue
            several += [place] if len(set(found)) > 1 else []
            texts.append(text)
            labels.append(found[0])
            ids.append(place)
            splits.append(split_of(file) if len(files) > 1 else "")
    if not texts:
        raise DataError(tr("{path} has no line with a label and a text.", path=path))
    notes = [said("Lines begin with fastText's __label__: what follows it is the class.")]
    if several:
        notes.append(
            saidn(
                "1 line has more than one label; the first is taken: {first}.",
                "{count:,} lines have more than one label; the first is taken, such as in {first}.",
                len(several),
                first=several[0],
            )
        )
    if bare := len(left) - len(left_out):
        notes.append(
            saidn(
                "1 line without a label or a text is left out.",
                "{count:,} lines without a label or a text are left out.",
                bare,
            )
        )
    names = sorted(set(labels))
    some = ", ".join(names[:6]) + (", …" if names[6:] else "")
    return Frame(
        name=short_name(path),
        where=str(path),
        form=said("labelled lines (fastText)"),
        table=pd.DataFrame({"text": pd.Series(texts, dtype=object), "label": pd.Series(labels, dtype=object)}),
        columns=(
            Column("text", "text", said("a line each"), 0, len({*texts})),
            Column(
                "label",
                "category" if names[1:] else "constant",
                said("after __label__: {names}", names=some),
                0,
                len(names),
            ),
        ),
        ids=ids,
        splits=np.array(splits),
        stamp=stamp_of(root, [root / file for file in files]),
        left_out=tuple(left),
        notes=(*notes, *read_as(encodings), *repeated_texts(texts, ids, splits, labels)),
    )
