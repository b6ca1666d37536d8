"""Judge a run whose answers are examples: put out again, or made; saved as the run's report."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.data.encoded import Encoded
from seodang.data.grid import save_picture
from seodang.data.load import Prepared, Subset
from seodang.evaluation import making
from seodang.evaluation.envelope import count_opening, envelope, save
from seodang.evaluation.generative_verdict import Sobering, generative_verdict
from seodang.evaluation.judge_imitation import imitation
from seodang.evaluation.judge_reconstruction import reconstruction
from seodang.evaluation.judged import other_note, own_data, own_examples
from seodang.evaluation.row_examples import other_rows, own_rows
from seodang.runs.folder import Run
from seodang.runs.samples import sheets

STRIP, MOVING = "strip.png", "samples.webp"


@dataclass(eq=False)
class _Examples:
    """What is judged: examples, where they come from, their split and hash; as `Judged` and `JudgedRows`, without labels."""

    subset: Subset
    data: str
    split: str
    sha256: str
    is_own: bool
    note: str

    def __len__(self) -> int:
        return len(self.subset)


def evaluate_generative(
    run: Run, data: str | Path | None = None, prepared: Prepared | Encoded | None = None
) -> dict[str, Any]:
    """Judge a run and write report.json and report.html into its folder; give the report back. Arguments as of `evaluate`."""
    from seodang.evaluation.generative_report import render

    begun = time.perf_counter()
    own, why = own_data(run, prepared, needed=data is None or run.recipe.task == "imitate")
    missing = why and tr("There are no baselines, because the training data cannot be opened: {error}", error=why)
    judged = _other(run, data) if data is not None else _mine(run, own)
    if not len(judged):
        raise DataError(tr("{data} has nothing to judge {run} on.", data=judged.data, run=run.name))
    if run.recipe.task == "imitate":
        assert isinstance(own, Prepared), "imitate learns pictures"
        found, shown = imitation(run, judged.subset, own)
    else:
        found, shown = reconstruction(run, judged.subset, own)
        if hasattr(making.parts(run)[1], "make") and isinstance(own, Prepared):
            made, pictures = imitation(run, judged.subset, own)
            found["made"], shown = made, {**shown, **pictures}
    report = {**_envelope(run, judged), **found}
    report["notes"] = [note for note in (judged.note, missing) if note]
    count_opening(run, judged, report)
    report["verdict"] = generative_verdict(report)
    report["sobering"] = [line for line in report["verdict"] if isinstance(line, Sobering)]
    report["findings"] = []  # the diagnoses that are told at the end ask of classes and amounts
    return save(run, judged, report, begun, lambda: render(run, report, shown), **_kept(run))


def _mine(run: Run, own: Prepared | Encoded | None) -> _Examples:
    assert own is not None, "a run's own data is opened or an error says why not"
    found = own_rows(run, own) if isinstance(own, Encoded) else own_examples(run, own)
    return _Examples(found.subset, found.data, found.split, found.sha256, True, found.note)


def _other(run: Run, data: str | Path) -> _Examples:
    """Another data set, its test split where it gives one, else all of it; its labels do not matter."""
    if run.encoding is not None:
        found = other_rows(run, data)
        return _Examples(found.subset, found.data, found.split, found.sha256, False, found.note)
    from seodang.data.load import load
    from seodang.data.open import open_source
    from seodang.data.split import Split

    source = open_source(data)
    tested = np.flatnonzero(source.splits == "test")
    split = "test" if len(tested) else "all"
    chosen = source.select(tested if len(tested) else np.arange(len(source)))
    plain = replace(
        chosen,
        classes=("all",),
        label_values=(),
        labels=np.zeros(len(chosen), np.int64),
        splits=np.full(len(chosen), "", dtype="U10"),
    )
    there = load(plain, run.recipe.preparation, Split(validation=0, test=0))
    subset = replace(there.train, name=split, labels=torch.zeros(len(there.train)))
    note = other_note(split, source.where)
    return _Examples(subset, source.where, split, there.describe()["sha256"]["train"], False, note)


def _kept(run: Run) -> dict[str, str]:
    """The strip over the epochs and the moving picture, written into the run where its samples were kept."""
    picture = making.strip(run)
    if picture is None:
        return {}
    save_picture(picture, run.folder / STRIP)
    found = {"strip": STRIP}
    if len(sheets(run.folder)) > 1 and making.moving(run, run.folder / MOVING):
        found["moving"] = MOVING
    return found


def _envelope(run: Run, judged: _Examples) -> dict[str, Any]:
    found = envelope(run, judged, making.parts(run)[1])
    found["judged"]["noun"] = "picture" if run.encoding is None else "row"
    return {**found, "task": run.recipe.task, "loss": run.recipe.loss}
