"""Which rows, texts or windows a run is judged on, and what the network puts out for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said, shown
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import SeriesEncoding, ordered
from seodang.data.encoded import Encoded, subset_of
from seodang.data.frame import Frame
from seodang.data.load import Subset
from seodang.data.open import open_any
from seodang.data.readers.across import TIME, VALUE, below_one_another, lies_down
from seodang.data.reading import Columns
from seodang.data.targets import plain
from seodang.evaluation.judged import validation_note
from seodang.evaluation.metrics import Numbers

if TYPE_CHECKING:
    from seodang.runs.folder import Run

BATCH = 512


@dataclass(eq=False)
class JudgedRows:
    """The examples that a run is judged on. N examples.

    subset: what goes in and what should come out.   rows: (N,) of `frame`; of a series, where what is foretold begins.
    data: where they come from.   split: "test", "validation", "train", or "all" of other data.
    """

    subset: Subset
    frame: Frame
    rows: np.ndarray
    data: str
    split: str
    sha256: str
    is_own: bool
    note: str = ""

    def __len__(self) -> int:
        return len(self.subset)


def own_rows(run: Run, data: Encoded) -> JudgedRows:
    """The run's test split; where it has none, validation; where it has neither, the training examples."""
    subset, rows, note = data.test, data.division.test, ""
    if not len(subset):
        subset, rows = data.validation, data.division.validation
        chosen = run.recipe.training.keep == "best" or run.recipe.training.patience is not None
        note = validation_note(chosen)
    if not len(subset):
        subset, rows = data.train, data.division.train
        note = tr(
            "There is neither a test nor a validation split, so this is the score on the training data: it says "
            "how well they are remembered, nothing about new ones."
        )
    sha256 = data.describe()["sha256"][subset.name]
    return JudgedRows(subset, data.source, rows, data.source.where, subset.name, sha256, True, note)


def other_rows(run: Run, where: str | Path) -> JudgedRows:
    """Another file: its test split where it gives one, else all of it, encoded as in training."""
    frame = read_rows(run, where)
    tested = np.flatnonzero(frame.splits == "test")
    frame = frame.select(tested) if len(tested) else frame
    split, encoding = ("test" if len(tested) else "all"), run.encoding
    if isinstance(encoding, SeriesEncoding):
        frame = ordered(frame, encoding.time, encoding.key)
        rows, when = encoding.starts(frame), names_of_times(frame, encoding.time)
        inputs, targets = encoding.windows(frame, rows)
        subset = Subset(split, targets, [f"from {when[row]}" for row in rows], inputs, frame, None)  # pyright: ignore[reportArgumentType]
    else:
        if encoding.target is not None and encoding.target in frame.table.columns:
            frame = frame.select(np.flatnonzero(np.asarray(frame.table[encoding.target].notna())))
        rows = np.arange(len(frame))
        subset = subset_of(split, frame, encoding, run.recipe.task)
    if not len(subset):
        raise DataError(tr("{where} has nothing to judge {run} on.", where=where, run=run.name))
    from seodang.data.encoded import hash_of

    note = (
        tr("Judged on the test split of {where}, not on the run's own data.", where=frame.where)
        if split == "test"
        else tr("Judged on all of {where}, not on the run's own data.", where=frame.where)
    )
    return JudgedRows(subset, frame, rows, str(where), split, hash_of(subset), False, note)


def read_rows(run: Run, where: str | Path) -> Frame:
    """A file with the columns that the run knows, each read as the kind it had in training."""
    kinds = {
        name: kind
        for name, kind in (run.encoding.kinds or {}).items()
        if kind in ("number", "category", "text", "date")
    }
    header = run.recipe.columns.header
    # Of a file of few rows the names are hard to tell from values; where all was one column, a file of one line is one lying down.
    if header is None and kinds and [*kinds] != ["column 1"]:
        header = not all(re.fullmatch(r"column \d+", name) for name in kinds)
    # "1,234" alone does not say whether it is a thousand or one and a bit, nor 3/4/2021 whether it is in April.
    asked = run.recipe.columns
    kept = {name: getattr(asked, name) for name in ("decimal", "day_first", "missing")}
    written = Columns(header=header, across=False, **kept)
    kinds = {**asked.kinds, **kinds} if asked.across else kinds
    found = open_any(where, written)
    if not isinstance(found, Frame):
        raise DataError(
            tr(
                "{where} holds pictures, but {run} was trained on {form}.",
                where=where,
                run=run.name,
                form=shown(run.data["source"]["form"]),
            )
        )
    spelt = _spelt_otherwise(kinds, [str(name) for name in found.table.columns])
    known: dict[str, Any] = {
        name: kinds[spelt.get(name, name)] for name in map(str, found.table.columns) if spelt.get(name, name) in kinds
    }
    if any(found.column(name).kind != kind for name, kind in known.items()):
        try:
            found = open_any(where, written.model_copy(update={"kinds": known}))
        except DataError as error:
            what = str(error).partition(". Say ")[0].removesuffix(".")
            raise DataError(
                tr("{where} does not fit what {run} was trained on. {what}.", where=where, run=run.name, what=what)
            ) from None
        assert isinstance(found, Frame), "the same file is a frame again"
    found = _renamed(found, spelt)
    return below_one_another(found) if _lies_down(run, found) else found


def _spelt_otherwise(known: Iterable[str], there: Sequence[str]) -> dict[str, str]:
    """Columns of a file that the run knows by the same name in other capitals, with other spaces, underscores or points: {there: known}.

    >>> _spelt_otherwise(["Age", "Sex"], ["AGE ", "sex", "note"])
    {'AGE ': 'Age', 'sex': 'Sex'}
    >>> _spelt_otherwise(["Age"], ["age", "AGE"])
    {}
    """
    wanted = {name for name in known if name not in there}
    spelt: dict[str, str] = {}
    for name in wanted:
        alike = [other for other in there if plain(other) == plain(name)]
        others = [other for other in wanted if plain(other) == plain(name)]
        if len(alike) == len(others) == 1 and plain(name):
            spelt[alike[0]] = name
    return {name: spelt[name] for name in there if name in spelt}


def _renamed(frame: Frame, spelt: dict[str, str]) -> Frame:
    """The frame with its columns called as the run calls them, and a note of it."""
    if not spelt:
        return frame
    told = ", ".join(f"{there} ({known})" for there, known in spelt.items())
    return replace(
        frame,
        table=frame.table.rename(columns=spelt),
        columns=tuple(replace(column, name=spelt.get(column.name, column.name)) for column in frame.columns),
        notes=(*frame.notes, _of_names(told)),
    )


def on_names(frame: Frame) -> list[str]:
    """What to say of columns that were spelt otherwise in training."""
    begins = _of_names("").removesuffix(".")
    return [shown(note) for note in frame.notes if note.startswith(begins)]


def _of_names(told: str) -> str:
    return said("Columns spelt otherwise in training: {names}.", names=told)


def _lies_down(run: Run, found: Frame) -> bool:
    """Whether the rows of a file are to be put below one another: as the run's were, unless the file has its columns as it stands."""
    columns, across = run.encoding.columns, run.recipe.columns.across
    if across is False or not set(columns).difference(found.table.columns):
        return False
    made = any(name.rstrip("_") in (TIME, VALUE) for name in columns)  # runs of before the decision was kept do not say
    return across or (made and lies_down(found))


def outputs_of(run: Run, subset: Subset) -> Numbers:
    """What the network puts out for every example, as amounts in their own unit or as probabilities: (N, …) float32."""
    import torch

    from seodang.data.batches import batches

    network, task = run.network(), run.task
    found: list[Any] = []
    order = subset.by_length
    with torch.inference_mode():
        for inputs, _, _ in batches(subset, BATCH, order):
            scores = task.scores(network(inputs))
            found.append(task.probabilities(scores) if hasattr(task, "probabilities") else task.decode(scores))
    answers = torch.cat(found).numpy().astype(np.float32) if found else np.zeros((0, 1), np.float32)
    if order is None:
        return answers
    back = np.empty_like(answers)
    back[order.numpy()] = answers
    return back
