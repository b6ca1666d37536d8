"""What new rows and texts are, encoded exactly as in training: a class with its probability, an amount, or a translation."""

# N examples asked about
from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from seodang.core.errors import DataError, RunError, SeodangError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.numbers import short
from seodang.core.sentences import shown
from seodang.data.encode_series import SeriesEncoding
from seodang.data.encode_table import TableEncoding
from seodang.data.encode_text import TextEncoding, texts_of
from seodang.data.load import Subset
from seodang.data.readers.decoding import decoded
from seodang.data.readers.text_signs import holds_texts
from seodang.decisions.decision import Decider, Decision
from seodang.evaluation.naming import many, split_name
from seodang.evaluation.predict_ahead import ahead, readable
from seodang.evaluation.row_examples import on_names, outputs_of, read_rows
from seodang.evaluation.unseen import unseen
from seodang.runs.folder import Run, read_report

if TYPE_CHECKING:
    from seodang.data.frame import Frame

# What looks like a file's name and is none is a mistake, not a text to be judged.
_FILE = re.compile(r"\S*[^.\s]\.(csv|tsv|tab|txt|md|data|parquet|arrow|feather|jsonl|ndjson|xlsx?|gz|bz2|xz|zip)", re.I)


@dataclass(frozen=True)
class Told:
    """Answers, what a person should know before believing them, and the rows they are for (N, columns), to be put beside them."""

    answers: list[dict[str, Any]]
    remarks: list[str]
    table: pd.DataFrame


def predict_rows(run: Run, asked: Sequence[str], top: int = 3, decision: Decision | None = None) -> Told:
    """Answers for files of rows or texts, or for texts as they are typed; of a series, how it goes on.

    Args:
        asked: Tables, text files, folders of texts, patterns; for texts also the text itself. Of a series at most one file, which
            ends later than the run's own data; none: the run's own.
        top: How many classes, at least 1.

    Each answer has `prediction`, and: of a file `path` and `row`; of a text `text`; of classes `probability` and `top`; of a
    series `step` (from 1), where it is known `when`, and where the run was judged `low` and `high`: see `margins`.

    Raises:
        DataError: A file is not there, has not the columns that the network was trained on, or holds other things in them.
        RunError: The run writes texts, or its own data is gone.
    """
    if top < 1:
        raise DataError(tr("top must be at least 1, got {top}.", top=top))
    if isinstance(run.encoding, SeriesEncoding):
        return Told(*ahead(run, asked, _doubt(run)))
    if run.recipe.task == "next_token":
        raise RunError(
            tr(
                '{run} writes texts and judges none: `seodang generate {folder} "how it begins"`.',
                run=run.name,
                folder=run.folder,
            )
        )
    if not asked:
        raise DataError(
            tr("Say what {run} should judge: a file, as in `seodang predict {run} new.csv`.", run=run.name)
            if isinstance(run.encoding, TableEncoding)
            else tr(
                'Say what {run} should judge: a file, or "a text", as in `seodang predict {run} new.csv`.', run=run.name
            )
        )
    parts = [_answered(run, each, top, decision) for each in _expanded(asked, run)]
    remarks = [*dict.fromkeys(remark for part in parts for remark in part.remarks), *_doubt(run)]
    tables = [part.table for part in parts]
    table = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    return Told([answer for part in parts for answer in part.answers], remarks, table)


def _expanded(asked: Sequence[str], run: Run) -> list[str]:
    """Patterns to files; files and texts as they are."""
    found: list[str] = []
    for each in asked:
        matches = sorted(glob.glob(each, recursive=True)) if glob.has_magic(each) and not _is_there(each) else []
        found += matches or [each]
        if matches or _is_there(each):
            continue
        if isinstance(run.encoding, TableEncoding) or _FILE.fullmatch(each):
            raise DataError(
                tr("No file matches {path!r}.", path=each)
                if glob.has_magic(each)
                else tr("{path} does not exist.", path=each)
            )
    return found


def _is_there(each: str) -> bool:
    try:
        return Path(each).exists()
    except OSError:  # a text too long to be a file's name
        return False


def _answered(run: Run, each: str, top: int, decision: Decision | None) -> Told:
    if isinstance(run.encoding, TableEncoding):
        return _rows(run, each, top, decision)
    return _texts(run, each, top, decision)


def _rows(run: Run, path: str, top: int, decision: Decision | None) -> Told:
    frame = read_rows(run, path)
    inputs = run.encoding.inputs(frame)
    outputs = outputs_of(run, _subset(frame.ids, inputs, None))
    where = [{"path": path, "row": _row_of(name)} for name in frame.ids]
    remarks = [*_left_out(frame), *on_names(frame), *unseen(run.encoding, frame)]
    return Told(_with(where, _predictions(run, outputs, top, decision)), remarks, frame.table)


def _texts(run: Run, each: str, top: int, decision: Decision | None) -> Told:
    texts, where, table, remarks = _read(run, each)
    encoding: TextEncoding = run.encoding
    if run.recipe.task == "translate":
        from seodang.evaluation.translating import translate

        answers = [{"prediction": written} for written in translate(run, texts)]
        return Told(_with(where, answers), remarks, table)
    ids = encoding.encode(texts)
    lengths = torch.tensor([max(1, len(one)) for one in ids]) if encoding.settings.padding == "end" else None
    outputs = outputs_of(run, _subset([str(number) for number in range(len(texts))], encoding.pad(ids), lengths))
    unknown = encoding.tokenizer.unknown
    if strange := sum(
        bool(text.strip()) and bool((one == unknown).all()) for text, one in zip(texts, ids, strict=True)
    ):
        remarks.append(
            tr("The network knows none of the words of the text: its answer there means nothing.")
            if len(texts) == 1
            else tr(
                "The network knows none of the words of {strange:,} of {count:,} texts: its answer there means nothing.",
                strange=strange,
                count=len(texts),
            )
        )
    return Told(_with(where, _predictions(run, outputs, top, decision)), remarks, table)


def _read(run: Run, each: str) -> tuple[list[str], list[dict[str, Any]], pd.DataFrame, list[str]]:
    """Texts, where each comes from, the rows they stand in, and remarks; what is no file is a text itself."""
    name = run.encoding.text
    if not _is_there(each):
        return [each], [{"text": each}], pd.DataFrame({"text": [each]}), []
    if Path(each).is_file() and holds_texts(Path(each)):
        content, why = decoded(Path(each).read_bytes())
        if content is None:
            raise DataError(tr("{path} cannot be read as text: it is {why}.", path=each, why=why))
        whole = "folders" in run.data["source"]["form"]  # a file was a text in training too
        lines = [(1, content)] if whole else list(enumerate(content.split("\n"), start=1))
        kept = [(number, line) for number, line in lines if line.strip()]
        if not kept:
            raise DataError(tr("{path} has no text in it.", path=each))
        where = [{"path": each, "row": number, "text": line.strip()} for number, line in kept]
        texts = [line for _, line in kept]
        return texts, where, pd.DataFrame({"text": texts}), []
    frame, remarks = read_rows(run, each), []
    if name not in frame.table.columns:
        column = _only_text(frame, name)
        remarks.append(
            tr("{path} has no column {name!r}; its column {column!r} is read.", path=each, name=name, column=column)
        )
        name = column
    texts = texts_of(frame, name)
    where = [{"path": each, "row": _row_of(one), "text": text} for one, text in zip(frame.ids, texts, strict=True)]
    if empty := sum(not text.strip() for text in texts):
        remarks.append(
            tr("{empty:,} of {count:,} texts are empty: the answer there means nothing.", empty=empty, count=len(texts))
        )
    return texts, where, frame.table, [*_left_out(frame), *on_names(frame), *remarks]


def _only_text(frame: Frame, name: str) -> str:
    found = [column.name for column in frame.columns if column.kind == "text"]
    found = found or ([frame.columns[0].name] if len(frame.columns) == 1 else [])
    if len(found) == 1:
        return found[0]
    raise DataError(
        tr(
            "{where} has no column {name!r}, which the network reads. It has: {columns}.",
            where=frame.where,
            name=name,
            columns=", ".join(column.name for column in frame.columns[:12]),
        )
    )


def _row_of(name: str) -> int | str:
    """The number of a row in its file, or the name of the file in a folder."""
    number = re.search(r" (?:row|line|paragraph) (\d+)$", name)
    return int(number[1]) if number else name


def _subset(ids: list[str], inputs: torch.Tensor, lengths: torch.Tensor | None) -> Subset:
    labels = torch.zeros(len(inputs), dtype=torch.int64)
    return Subset("asked", labels, ids, inputs, None, None, lengths=lengths)  # pyright: ignore[reportArgumentType]


def _with(where: list[dict[str, Any]], answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, **other} for one, other in zip(where, answers, strict=True)]


def _predictions(run: Run, outputs: np.ndarray, top: int, decision: Decision | None) -> list[dict[str, Any]]:
    """Probabilities (N, C) or amounts (N, K) as answers."""
    if not run.classes:
        if decision is not None:
            raise SeodangError(tr("{run} foretells an amount; decisions are for classes.", run=run.name))
        amounts = [[readable(value) for value in row] for row in outputs]
        return [{"prediction": row[0] if len(row) == 1 else row} for row in amounts]
    decider = None if decision is None else Decider(decision, run.classes, run.name)
    best = np.argsort(-outputs, axis=1, kind="stable")[:, :top]
    answers = []
    for row, order in zip(outputs, best, strict=True):
        shown = [{"class": run.classes[i], "probability": round(float(row[i]), 6)} for i in order]
        answer = {"prediction": shown[0]["class"], "probability": shown[0]["probability"], "top": shown}
        answers.append(answer if decider is None else {**answer, "decision": decider(row.tolist()).as_dict()})
    return answers


def _left_out(frame: Frame) -> list[str]:
    if not frame.left_out:
        return []
    first = frame.left_out[0]
    return [
        tr(
            "{where}: {count:,} left out, such as {path}: {reason}.",
            where=frame.where,
            count=len(frame.left_out),
            path=first.path,
            reason=shown(first.reason),
        )
    ]


def _doubt(run: Run) -> list[str]:
    """How far off amounts were when the run was judged, where it was."""
    if run.classes or not run.facts.targets or (report := read_report(run.folder)) is None:
        return []
    split, noun = report["split"], report["judged"]["noun"]
    return [
        tr(
            "Off by {mae} on average over its {split} {nouns} (`seodang evaluate`).",
            mae=short(report["metrics"]["mae"]),
            split=split_name(split),
            nouns=many(noun),
        )
    ]
