"""Every judged example with what was predicted for it, saved with the run: each number of the report can be recomputed."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.errors import RunError
from seodang.core.files import write_bytes
from seodang.core.language import tr
from seodang.evaluation.metrics import Labels, Numbers

if TYPE_CHECKING:
    import pyarrow

NAME = "predictions.parquet"


@dataclass(frozen=True, eq=False)
class Predictions:
    """N judged examples: ids (names for a person), labels (N,), probabilities (N, C) float32, the split and its hash."""

    ids: list[str]
    labels: Labels
    probabilities: Numbers
    classes: tuple[str, ...]
    split: str
    sha256: str

    @property
    def predicted(self) -> Labels:
        """The most probable class of each example, (N,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each prediction is the true class, (N,)."""
        return self.predicted == self.labels


@dataclass(frozen=True, eq=False)
class Amounts:
    """N judged examples of which amounts are foretold: targets and predicted (N, K) in their own unit.

    loss: "mse" or "mae", by which two runs are compared.   lag: so many neighbours have errors that are alike; 0: none.
    series: of windows of several series, which each is of; else None, as in files of before this was kept.
    """

    ids: list[str]
    targets: Numbers
    predicted: Numbers
    loss: str
    lag: int
    split: str
    sha256: str
    series: list[str] | None = None


@dataclass(frozen=True, eq=False)
class Tokens:
    """N judged texts of which each next token is foretold: of each the sum of the losses, and how many tokens those are, both (N,).

    tokenizer: a hash of what makes tokens of texts; only where it is the same are two runs asked for the same tokens.
    """

    ids: list[str]
    losses: Numbers
    counts: Numbers
    tokenizer: str
    split: str
    sha256: str


Judged = Predictions | Amounts | Tokens


def readable(name: str) -> str:
    """A file's name as text that can be written: bytes that are no UTF-8 become the replacement character."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def write(path: Path, predictions: Predictions) -> None:
    """Save as Parquet, atomically: id, true, predicted, confidence, and the probability of every class."""
    import pyarrow

    classes = predictions.classes
    rows = predictions.probabilities.astype(np.float32)
    columns = {
        "id": [readable(name) for name in predictions.ids],
        "true": _names(predictions.labels, classes),
        "predicted": _names(predictions.predicted, classes),
        "confidence": rows.max(axis=1),
        "probabilities": pyarrow.FixedSizeListArray.from_arrays(rows.ravel(), rows.shape[1]),
    }
    notes = {
        b"split": predictions.split.encode(),
        b"sha256": predictions.sha256.encode(),
        b"classes": json.dumps(classes).encode(),
    }
    _save(path, pyarrow.table(columns).replace_schema_metadata(notes))


def write_amounts(path: Path, predictions: Amounts) -> None:
    """Save as Parquet, atomically: id, true and predicted, and series where there are several."""
    import pyarrow

    notes = {
        b"split": predictions.split.encode(),
        b"sha256": predictions.sha256.encode(),
        b"amounts": json.dumps({"loss": predictions.loss, "lag": predictions.lag}).encode(),
    }
    columns: dict[str, Any] = {"id": [readable(name) for name in predictions.ids]}
    for name, rows in (("true", predictions.targets), ("predicted", predictions.predicted)):
        flat = np.ascontiguousarray(rows, np.float64)
        columns[name] = pyarrow.FixedSizeListArray.from_arrays(flat.ravel(), flat.shape[1])
    if predictions.series is not None:
        columns["series"] = [readable(name) for name in predictions.series]
    _save(path, pyarrow.table(columns).replace_schema_metadata(notes))


def write_tokens(path: Path, predictions: Tokens) -> None:
    """Save as Parquet, atomically: id, the sum of the losses, and the number of tokens."""
    import pyarrow

    columns = {
        "id": [readable(name) for name in predictions.ids],
        "loss": np.asarray(predictions.losses, np.float64),
        "tokens": np.asarray(predictions.counts, np.int64),
    }
    notes = {
        b"split": predictions.split.encode(),
        b"sha256": predictions.sha256.encode(),
        b"tokenizer": predictions.tokenizer.encode(),
    }
    _save(path, pyarrow.table(columns).replace_schema_metadata(notes))


def _save(path: Path, table: pyarrow.Table) -> None:
    from pyarrow import parquet

    content = io.BytesIO()
    parquet.write_table(table, content, compression="zstd")
    write_bytes(path, content.getvalue())


def _names(indices: Labels, classes: tuple[str, ...]):
    import pyarrow

    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(indices.astype(np.int32)), list(classes))


def names_of_others(folder: Path) -> dict[str, str]:
    """The files of a run that was also judged on other data (`evaluate RUN DATA`), and that data's name: predictions-NAME.parquet."""
    stem, ending = NAME.split(".")
    found = sorted(folder.glob(f"{stem}-*.{ending}"))
    return {file.name: file.name.removeprefix(f"{stem}-").removesuffix(f".{ending}") for file in found}


def read(folder: Path, name: str = NAME) -> Judged:
    """The predictions that a run was last judged by. RunError where it has not been judged, or the file is damaged."""
    from pyarrow import ArrowInvalid, parquet

    path = folder / name
    if not path.exists():
        raise RunError(tr("{folder} has not been judged yet. Do so with `seodang evaluate {folder}`.", folder=folder))
    try:
        with parquet.ParquetFile(path) as file:  # read_table would import pandas for its data sets
            table = file.read()
        notes = table.schema.metadata
        if b"amounts" in notes:
            return _read_amounts(table)
        if b"tokenizer" in notes:
            return _read_tokens(table)
        classes = tuple(json.loads(notes[b"classes"]))
        number = {name: index for index, name in enumerate(classes)}
        labels = np.array([number[name] for name in table["true"].to_pylist()], dtype=np.int64)
        flat = table["probabilities"].combine_chunks().flatten().to_numpy()
        return Predictions(
            ids=table["id"].to_pylist(),
            labels=labels,
            probabilities=flat.reshape(len(labels), -1),
            classes=classes,
            split=notes[b"split"].decode(),
            sha256=notes[b"sha256"].decode(),
        )
    except (OSError, ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise RunError(
            tr(
                "{path} cannot be read: {error}. Make it anew with `seodang evaluate {folder}`.",
                path=path,
                error=error,
                folder=folder,
            )
        ) from None


def _read_tokens(table: pyarrow.Table) -> Tokens:
    notes = table.schema.metadata
    return Tokens(
        ids=table["id"].to_pylist(),
        losses=table["loss"].to_numpy(),
        counts=table["tokens"].to_numpy().astype(np.float64),
        tokenizer=notes[b"tokenizer"].decode(),
        split=notes[b"split"].decode(),
        sha256=notes[b"sha256"].decode(),
    )


def _read_amounts(table: pyarrow.Table) -> Amounts:
    notes, count = table.schema.metadata, len(table)
    rows = {
        name: table[name].combine_chunks().flatten().to_numpy().reshape(count, -1) for name in ("true", "predicted")
    }
    how = json.loads(notes[b"amounts"])
    return Amounts(
        ids=table["id"].to_pylist(),
        targets=rows["true"],
        predicted=rows["predicted"],
        loss=how["loss"],
        lag=how["lag"],
        split=notes[b"split"].decode(),
        sha256=notes[b"sha256"].decode(),
        series=table["series"].to_pylist() if "series" in table.column_names else None,
    )
