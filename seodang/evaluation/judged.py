"""Which examples a run is judged on: its test split, else its validation split, or all of another data set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seodang.core.errors import DataError, RunError, did_you_mean
from seodang.core.language import tr, trn
from seodang.core.sentences import shown
from seodang.data.source import Source
from seodang.data.split import Split
from seodang.evaluation.metrics import Numbers

if TYPE_CHECKING:
    from seodang.data.encoded import Encoded
    from seodang.data.load import Prepared, Subset
    from seodang.runs.folder import Run


@dataclass(eq=False)
class Judged:
    """The examples that a run is judged on. N examples.

    subset: their pictures, and labels in the order of the run's classes.
    data: the path or name they came from.
    split: "test", "validation", "train" (where there is nothing else), or "all" of another data set.
    sha256: of ids, labels and pixels; the same examples always have the same.
    content: (N,) digest of each picture's decoded pixels.
    is_own: whether these are the data that the run was trained on.
    note: what a person must know of the choice, a sentence; empty where it is the run's own test split.
    """

    subset: Subset
    data: str
    split: str
    sha256: str
    content: NDArray[np.bytes_]
    is_own: bool
    note: str = ""

    def __len__(self) -> int:
        return len(self.subset)


def _by_features(run: Run, judged: Judged) -> Numbers:
    import torch

    from seodang.training.device import Place
    from seodang.training.features import Extractor, all_features

    model = list(run.network().children())[-1]  # behind its preparation
    extractor = Extractor(model, run.recipe.preparation, Place(torch.device("cpu")))  # pyright: ignore[reportArgumentType]
    features = all_features(extractor, judged.subset, judged.content)
    with torch.inference_mode():
        outputs = [model.head(part) for part in features.split(1000)]  # pyright: ignore[reportCallIssue]
        return torch.cat([run.task.probabilities(part) for part in outputs]).numpy().astype(np.float32)


def own_data(run: Run, prepared: Prepared | Encoded | None, *, needed: bool) -> tuple[Prepared | Encoded | None, str]:
    """The run's own data, for its test split and for the baselines.

    needed: False where other data is judged; then it may be gone: None, and why.
    """
    if prepared is not None:
        return prepared, ""
    try:
        return run.prepared(), ""
    except (RunError, DataError) as error:
        if needed:
            raise
        return None, str(error)


def own_examples(run: Run, prepared: Prepared) -> Judged:
    """The run's test split; where it has none, validation; where it has neither, the training examples."""
    division = prepared.division
    subset, where, note = prepared.test, division.test, ""
    if not len(subset):
        subset, where, note = prepared.validation, division.validation, _validation_note(run)
    if not len(subset):
        subset, where = prepared.train, division.train
        note = tr(
            "There is neither a test nor a validation split, so this is the score on the training pictures: it "
            "says how well they are remembered, nothing about new ones."
        )
    sha256 = prepared.describe()["sha256"][subset.name]
    return Judged(subset, prepared.source.where, subset.name, sha256, prepared.scan.content[where], True, note)


def _validation_note(run: Run) -> str:
    training = run.recipe.training
    if training.keep == "best" or training.patience is not None:
        return validation_note(True)
    return tr(
        "There is no test split, so this is the score on the validation split. Whatever was chosen with it (settings, "
        "recipes) makes the score optimistic."
    )


def validation_note(is_chosen_by_it: bool) -> str:
    """What to say of a score on the validation split, which may have chosen the epoch that was kept."""
    if is_chosen_by_it:
        return tr(
            "There is no test split, so this is the score on the validation split. Validation also chose the epoch that "
            "was kept, so the score is optimistic."
        )
    return tr("There is no test split, so this is the score on the validation split.")


def other_examples(run: Run, data: str | Path) -> Judged:
    """Another data set: its test split where it gives one, else all of it; classes matched to the run's by name.

    Raises DataError where it has a class that the run does not know.
    """
    from seodang.data.load import load
    from seodang.data.open import open_source
    from seodang.data.readers.naming import has_group

    source = open_source(data, run.recipe.columns if has_group(run.recipe.columns.target) else None)
    tested = np.flatnonzero(source.splits == "test")
    split = "test" if len(tested) else "all"
    chosen = source.select(tested if len(tested) else np.arange(len(source)))
    order = aligned(run, chosen)
    used, labels = np.unique(chosen.labels, return_inverse=True)
    plain = replace(
        chosen,
        classes=tuple(chosen.classes[i] for i in used),
        label_values=(),
        labels=labels.astype(np.int64),
        splits=np.full(len(chosen), "", dtype="U10"),
    )
    prepared = load(plain, run.recipe.preparation, Split(validation=0, test=0))
    subset = replace(prepared.train, name=split, labels=_relabelled(prepared.train.labels, order[used]))
    content = prepared.scan.content[prepared.division.train]
    note = other_note(split, source.where)
    if left := prepared.source.left_out:
        note += " " + trn(
            "{count} file is left out: {path}, {reason}.",
            "{count:,} files are left out, the first: {path}, {reason}.",
            len(left),
            path=left[0].path,
            reason=shown(left[0].reason),
        )
    return Judged(subset, source.where, split, prepared.describe()["sha256"]["train"], content, False, note)


def other_note(split: str, where: str) -> str:
    """That pictures of other data are judged."""
    if split == "test":
        return tr("Judged on the test split of {where}, not on the run's own data.", where=where)
    return tr("Judged on all pictures of {where}, not on the run's own data.", where=where)


def aligned(run: Run, source: Source) -> NDArray[np.int64]:
    """For each class of `source` its index among the run's classes, by name; -1 for one that has no examples.

    Raises DataError that names every class the run does not know.
    """
    known = {name: index for index, name in enumerate(run.classes)}
    counts = np.bincount(source.labels, minlength=len(source.classes))
    strange = [name for name, count in zip(source.classes, counts, strict=True) if count and name not in known]
    if strange:
        listed = ", ".join(map(repr, strange[:10]))
        if len(strange) > 10:
            listed += tr(" and more")
        what = (
            tr(
                "{where} has a class that {run} was not trained on: {names}.",
                where=source.where,
                run=run.name,
                names=listed,
            )
            if len(strange) == 1
            else tr(
                "{where} has {count} classes that {run} was not trained on: {names}.",
                where=source.where,
                count=len(strange),
                run=run.name,
                names=listed,
            )
        )
        todo = tr("Classes are matched by name: rename or leave out what differs.")
        raise DataError(f"{what} {did_you_mean(strange[0], run.classes)} {todo}")
    return np.array([known.get(name, -1) for name in source.classes], dtype=np.int64)


def _relabelled(labels, order: NDArray[np.int64]):
    import torch

    return torch.from_numpy(order)[labels]


def predict_all(run: Run, judged: Judged, batch_size: int = 1000) -> Numbers:
    """The run's probabilities for every judged example, in its order: (N, classes) float32.

    A pretrained base sees each picture once in its life: what earlier runs and evaluations kept of it is used.
    """
    from seodang.data.batches import batches

    subset = judged.subset
    if run.recipe.model.name == "backbone":
        return _by_features(run, judged)
    parts = [run.probabilities(pixels).numpy() for pixels, _, _ in batches(subset, batch_size, None)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, len(run.classes)), dtype=np.float32)
