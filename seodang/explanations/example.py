"""What is explained: one picture, row, text, pair or window, from a file, from words, or `#12` of what the run was judged on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError, RunError, did_you_mean
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import SeriesEncoding
from seodang.data.encode_table import TableEncoding
from seodang.data.encode_text import TextEncoding, texts_of
from seodang.data.frame import Frame
from seodang.data.readers.decoding import decoded
from seodang.data.readers.text_signs import holds_texts
from seodang.evaluation.generate import begin
from seodang.evaluation.judge_rows import plain
from seodang.evaluation.naming import example as named
from seodang.evaluation.naming import one
from seodang.evaluation.predict import opened
from seodang.evaluation.predict_ahead import last_window, pasts
from seodang.evaluation.predictions import Amounts, Predictions
from seodang.evaluation.row_examples import own_rows, read_rows
from seodang.evaluation.unseen import unseen
from seodang.evaluation.verdict import listed
from seodang.explanations._makers import picture_of
from seodang.explanations.own import Own
from seodang.explanations.scores import answers
from seodang.runs.folder import Run, trained_on

_NUMBERED = re.compile(r"(.*)#(\d+)", re.DOTALL)
# What looks like a file's name and is none is a mistake, not a text to be explained.
_FILE = re.compile(r"\S*[^.\s]\.(csv|tsv|txt|md|parquet|jsonl|xlsx?|gz)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Example:
    """One example as the network is given it, or none: then only the run as a whole can be explained.

    kind: "picture", "row", "text", "pair" (of sentences) or "series".   name: for a person.
    given: (1, …) what goes into the network: uint8 pixels, encoded row, token ids, window.
    row: its columns as they stand, one row, of tables.   text: of texts.   when: names of a window's steps.
    true: what it is, where that is known.   remarks: what a person should know before believing the explanation.
    target: the class (or next token) that is explained: the most probable, or the one asked for.
    asked: names of explanations that a person asked for.
    noise: (1, K) what a picture was made of, where it is the run's own.
    """

    kind: str
    own: Own
    name: str = ""
    given: Tensor | None = None
    row: Frame | None = None
    text: str = ""
    when: tuple[str, ...] = ()
    true: str | None = None
    remarks: tuple[str, ...] = ()
    target: int = 0
    answer: Tensor | None = None
    asked: tuple[str, ...] = ()
    noise: Tensor | None = None

    @property
    def pixels(self) -> np.ndarray:
        """Of a picture, (C, H, W) uint8."""
        assert self.given is not None, "there is an example"
        return self.given[0].numpy()


def kind_of(run: Run) -> str:
    """What a run's examples are."""
    if run.encoding is None:
        return "picture"
    if isinstance(run.encoding, TextEncoding):
        return "pair" if run.recipe.task == "translate" else "text"
    return "series" if isinstance(run.encoding, SeriesEncoding) else "row"


def example_of(run: Run, words: Sequence[str], target: str | None = None) -> Example:
    """The example that a person's words mean.

    Args:
        words: Of pictures a file; of a run that makes pictures also a seed, of whose noise one is made. Of tables a file (its
            first row; FILE#3 its third), or column=value words, which change a row where one is named. Of texts a file or the
            text itself. Of a series a file, whose end is taken, or nothing: the run's own end. Of all but translations `#12`: the
            twelfth that the run was judged on. None: no example, but for series.
        target: The class that is explained. None: the most probable.

    Raises:
        DataError: There is no such file, number, column or class, or it holds something else; the text says what to do.
    """
    own, kind = Own(run), kind_of(run)
    if words and not any(word.strip() for word in words):
        raise DataError(tr("There is nothing to explain: what was given is empty."))
    words = [word for word in words if word]
    read = {"picture": _picture, "row": _row, "text": _text, "pair": _text, "series": _series}[kind]
    if not words and kind != "series":
        if target is not None:
            raise DataError(tr("--class asks why something is of that class: say which picture, row or text."))
        return Example(kind, own)
    if target is not None and run.recipe.makes_examples:
        raise DataError(tr("--class asks why something is of that class, and {run} tells none apart.", run=run.name))
    found: Example = read(run, own, words)
    if kind == "pair" or found.given is None or run.recipe.makes_examples:
        return found
    told = answers(run, found.given)[0]
    index = int(told.argmax()) if target is None else _class(run, target)
    return Example(**{**found.__dict__, "answer": told, "target": index})


def _class(run: Run, name: str) -> int:
    if name not in run.classes:
        allowed = did_you_mean(name, run.classes) if run.classes else tr("It foretells amounts.")
        raise DataError(tr("{run} knows no class {name!r}. {allowed}", run=run.name, name=name, allowed=allowed))
    return run.classes.index(name)


def _one(words: Sequence[str], what: str) -> str:
    if len(words) > 1:
        told = {"noun": one(what), "count": len(words), "words": " ".join(words[:4])}
        raise DataError(tr("One {noun} is explained at a time, got {count}: {words}.", **told))
    return words[0]


def _number(word: str) -> int | None:
    """12 of "#12"."""
    match = _NUMBERED.fullmatch(word)
    return int(match[2]) if match and not match[1] else None


def _exists(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):  # a text too long to be a file's name
        return False


# Pictures ---------------------------------------------------------------------------------------------------------------


def _picture(run: Run, own: Own, words: Sequence[str]) -> Example:
    word = _one(words, "picture")
    number = _number(word)
    if run.recipe.makes_examples and not Path(word).is_dir():
        found = picture_of(run, word, None if number is None else own.judged(number))
        return Example("picture", own, **found)
    if number is None:
        if Path(word).is_dir():
            raise DataError(
                tr(
                    "{word} is a folder; one picture is explained at a time. `seodang predict` takes folders.",
                    word=word,
                )
            )
        photo = opened(word, run.recipe.preparation)
        if photo.pixels is None:
            raise DataError(tr("{word} cannot be explained: {reason}.", word=word, reason=photo.reason))
        return Example("picture", own, word, torch.from_numpy(photo.pixels)[None])
    judged, place = own.predictions, own.judged(number)
    assert isinstance(judged, Predictions), "pictures have classes"
    (pixels,) = own.pixels([judged.ids[place]])
    true = judged.classes[judged.labels[place]]
    return Example("picture", own, f"{word}, {named(judged.ids[place])}", torch.from_numpy(pixels)[None], true=true)


# Rows -------------------------------------------------------------------------------------------------------------------


def _row(run: Run, own: Own, words: Sequence[str]) -> Example:
    encoding: TableEncoding = run.encoding
    rows = [word for word in words if "=" not in word or _exists(word)]
    changes = dict(word.split("=", 1) for word in words if word not in rows)
    if "" in changes:
        raise DataError(tr("Write column=value as one word, without blanks around the equals sign."))
    strange = [name for name in changes if name not in encoding.columns]
    if strange:
        raise DataError(
            tr(
                "{run} has no column {name!r}. {allowed}",
                run=run.name,
                name=strange[0],
                allowed=did_you_mean(strange[0], encoding.columns),
            )
        )
    remarks: list[str] = []
    true = None
    if rows:
        row, name, true, remarks = _named_row(run, own, _one(rows, "row"))
    else:
        row, name = one_row(run, typical(own)), tr("a row as given")
        if left := [each for each in encoding.columns if each not in changes]:
            values = listed([f"{each} {plain(row.table[each].iloc[0])}" for each in left], 8)
            remarks.append(tr("Not given, and so taken as typical: {values}.", values=values))
    if changes:
        values = {column: row.table[column].iloc[0] for column in encoding.columns}
        values |= {column: _read(run, column, text) for column, text in changes.items()}
        told = ", ".join(f"{column}={text}" for column, text in changes.items())
        row, name, true = one_row(run, values), f"{name}{tr(' with ')}{told}" if rows else told, None
    given = encoding.inputs(row)  # says which columns are not there
    return Example("row", own, name, given, row, true=true, remarks=(*remarks, *unseen(encoding, row)))


def _named_row(run: Run, own: Own, word: str) -> tuple[Frame, str, str | None, list[str]]:
    """A row of a file, or of what the run was judged on: itself, its name, what it is, remarks."""
    number, remarks = _number(word), []
    if number is not None:
        place, judged = own.judged(number), own_rows(run, own.data)
        frame = judged.frame.select(judged.rows[place : place + 1])
        return frame, f"{word}, {named(frame.ids[0])}", _truth(run, frame), remarks
    match = _NUMBERED.fullmatch(word)
    file, wanted = (match[1], int(match[2])) if match and not _exists(word) else (word, 1)
    if not _exists(file):
        raise DataError(
            tr(
                "{file} does not exist. Give a file with a row, #12 for a row that the run was judged on, or "
                "column=value words.",
                file=file,
            )
        )
    frame = read_rows(run, file)
    if not 1 <= wanted <= len(frame):
        raise DataError(
            tr("{file} has {count:,} rows, and no row {wanted:,}.", file=file, count=len(frame), wanted=wanted)
        )
    if not match and len(frame) > 1:
        remarks.append(
            tr(
                "{file} has {count:,} rows; the first is explained. Another by its number: {file}#2.",
                file=file,
                count=len(frame),
            )
        )
    row = frame.select(np.array([wanted - 1]))
    return row, named(row.ids[0]), _truth(run, row), remarks


def _truth(run: Run, frame: Frame) -> str | None:
    target = run.encoding.target
    if target is None or target not in frame.table.columns or not frame.table[target].notna().iloc[0]:
        return None
    if not run.classes:
        return plain(frame.table[target].iloc[0])
    return run.classes[int(run.encoding.targets(frame)[0])]


def _read(run: Run, column: str, text: str) -> Any:
    """A value as a person typed it, of the kind that the column had in training; nothing means missing."""
    kind = run.encoding.kinds.get(column)
    if not text.strip():
        return None
    try:
        if kind == "number":
            return float(text)
        return pd.Timestamp(text) if kind == "date" else text
    except ValueError:
        raise DataError(
            tr("{column} must be a number, got {text!r}.", column=column, text=text)
            if kind == "number"
            else tr("{column} must be a date, got {text!r}.", column=column, text=text)
        ) from None


def one_row(run: Run, values: dict[str, Any]) -> Frame:
    """A row made of values, each of the kind that its column had in training."""
    types = {"number": "float64", "date": "datetime64[ns]"}
    kinds = run.encoding.kinds
    table = pd.DataFrame(
        {name: pd.Series([value], dtype=types.get(kinds[name], object)) for name, value in values.items()}  # pyright: ignore[reportArgumentType]
    )
    return Frame("row", tr("the row"), "row", table, (), ["row"], np.array([""]), "")


def typical(own: Own) -> dict[str, Any]:
    """A row as the training rows are: of each column the median, or the most common value (missing counts as one).

    Where the data are gone, medians that the run kept, and names unknown.
    """
    encoding: TableEncoding = own.run.encoding
    try:
        table = own.data.source.table.iloc[own.data.division.train]
    except (RunError, DataError):
        kept = {each.name: each.fill for each in encoding.numbers}
        return {name: kept.get(name) for name in encoding.columns}
    found: dict[str, Any] = {}
    for name in encoding.columns:
        column = table[name]
        if encoding.kinds[name] in ("number", "date"):
            found[name] = column.median()
        else:
            counts = column.value_counts(dropna=False)
            found[name] = counts.index[0] if isinstance(counts.index[0], str) else None
    return found


# Texts ------------------------------------------------------------------------------------------------------------------


def _text(run: Run, own: Own, words: Sequence[str]) -> Example:
    kind, encoding = kind_of(run), run.encoding
    text, name, true = " ".join(words), tr("the text"), None
    if len(words) == 1 and (number := _number(words[0])) is not None:
        text, name, true = _judged_text(run, own, number)
    elif _exists(text):
        text, name = _text_of_file(run, text), text
    elif _FILE.fullmatch(text):
        raise DataError(tr("{path} does not exist.", path=text))
    if run.recipe.task == "next_token":
        ids = np.array(begin(encoding, text)[-encoding.length :])
    else:
        (ids,) = encoding.encode([text])
    if not len(ids):
        raise DataError(
            tr(
                "There is nothing to explain in {text!r}: none of its words has a meaning for {run}.",
                text=text[:40],
                run=run.name,
            )
        )
    remarks = []
    if encoding.tokenizer.unknown is not None and (ids == encoding.tokenizer.unknown).all():
        remarks.append(tr("The network knows none of these words: its answer means nothing."))
    given = None if kind == "pair" else encoding.pad([ids])
    return Example(kind, own, name, given, text=text, true=true, remarks=tuple(remarks))


def _judged_text(run: Run, own: Own, number: int) -> tuple[str, str, str | None]:
    if run.recipe.task not in ("classify", "regress"):
        raise DataError(tr("{run} was not judged text by text: give the text itself.", run=run.name))
    judged, place = own.predictions, own.judged(number)
    name, frame = judged.ids[place], own.source
    assert isinstance(frame, Frame), "texts lie in a frame"
    (text,) = texts_of(frame.select(np.array([own.place(name)])), run.encoding.text)
    if isinstance(judged, Predictions):
        return text, f"#{number}, {named(name)}", judged.classes[judged.labels[place]]
    assert isinstance(judged, Amounts), "tokens were refused above"
    return text, f"#{number}, {named(name)}", f"{judged.targets[place].mean():,.6g}"


def _text_of_file(run: Run, path: str) -> str:
    if Path(path).is_file() and holds_texts(Path(path)):
        content, why = decoded(Path(path).read_bytes())
        if content is None:
            raise DataError(tr("{path} cannot be read as text: it is {why}.", path=path, why=why))
        return content
    frame = read_rows(run, path)
    if run.encoding.text not in frame.table.columns:
        raise DataError(
            tr("{path} has no column {name!r}, which the network reads.", path=path, name=run.encoding.text)
        )
    return texts_of(frame, run.encoding.text)[0]


# Series -----------------------------------------------------------------------------------------------------------------


def _series(run: Run, own: Own, words: Sequence[str]) -> Example:
    encoding: SeriesEncoding = run.encoding
    word = _one(words, "window") if words else ""
    number = _number(word) if word else None
    if number is not None:
        place, judged = own.judged(number), own_rows(run, own.data)
        begins, frame = int(judged.rows[place]), judged.frame
        given, true = judged.subset.fetch(torch.tensor([place])), judged.subset.labels[place].double().mean()
        when = names_of_times(frame, encoding.time)[begins - encoding.window : begins]
        return Example(
            "series", own, f"{word}, {named(own.predictions.ids[place])}", given, when=tuple(when), true=f"{true:,.6g}"
        )
    if word and not _exists(word):
        raise DataError(
            tr(
                "{word} does not exist. Give a file that the series ends in, #12, or nothing: the run's own end.",
                word=word,
            )
        )
    frame, every, _ = pasts(run, where := word or trained_on(run.folder, run.data))
    long = [one for one in every if len(one.rows) >= encoding.window]
    past = (long or every)[-1]
    given = last_window(run, frame, past, where)
    when = names_of_times(frame.select(past.rows[-encoding.window :]), encoding.time)
    return Example("series", own, tr("the end of {where}", where=frame.where), given, when=tuple(when))
