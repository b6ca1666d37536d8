"""Judge a run once, honestly: score, interval, baselines, where it fails; saved as report.json and report.html."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.data.encoded import Encoded
from seodang.data.load import Prepared
from seodang.evaluation import baselines, metrics, opened, predictions
from seodang.evaluation.cutoffs import cutoffs
from seodang.evaluation.envelope import count_opening, envelope, save, suffix
from seodang.evaluation.intervals import all_intervals, calibration_by_chance, paired, wilson
from seodang.evaluation.judged import Judged, other_examples, own_data, own_examples, predict_all
from seodang.evaluation.metrics import Labels, Numbers
from seodang.evaluation.pictures import spread
from seodang.evaluation.untouched import untouched
from seodang.evaluation.verdict import same_pictures, verdict
from seodang.runs.folder import Run, load
from seodang.runs.writing import refuse_read_only

# What `evaluate` may be given to say what is wrong: findings with name, what, evidence, why, todo, the worst first.
Examine = Callable[[Run, dict[str, Any], Any], list[dict[str, Any]]]
# How many examples, mistakes and confused pairs the report shows.
EXAMPLES = 16
MISTAKES = 24
PAIRS = 20
LARGEST_TABLE = 200  # classes up to which the confusion matrix is kept; above it the commonest pairs


def evaluate(
    run: Run | str | Path,
    data: str | Path | None = None,
    prepared: Prepared | Encoded | None = None,
    *,
    examine: Examine | None = None,
) -> dict[str, Any]:
    """Judge a run and write report.json, report.html and predictions.parquet into its folder; give the report back.

    Args:
        run: A run, or its path or name.
        data: Another data set to judge it on (its test split where it gives one, else all of it). None: the run's own
            test split, or validation where it has none. The files for other data are named report-NAME.json and so on.
        prepared: The run's own data where it is open already, as at the end of training.
        examine: What says, of the run, the report and the run's own data, what is wrong and what to do next: the report's
            `findings`. The command line gives `diagnoses.diagnose.at_the_end`, which stands right of here in the flow.

    Raises:
        RunError: The run's data is not what it was trained on, or nothing can be written into its folder: then the test split
            stays closed, because that it was opened could not be counted.
        DataError: The other data cannot be read, or has a class that the run does not know.
    """
    from seodang.evaluation.report import render

    begun = time.perf_counter()
    run = run if isinstance(run, Run) else load(run)
    _refuse_uncounted(run.folder)
    if run.recipe.makes_examples:
        from seodang.evaluation.judge_generative import evaluate_generative

        return evaluate_generative(run, data, prepared)
    if run.encoding is not None:
        from seodang.evaluation.judge_rows import evaluate_rows

        assert not isinstance(prepared, Prepared), "rows are encoded"
        return evaluate_rows(run, data, prepared, examine)
    assert not isinstance(prepared, Encoded), "pictures are prepared"
    own, why = own_data(run, prepared, needed=data is None)
    assert not isinstance(own, Encoded), "pictures are prepared"
    missing = why and tr("There is no linear baseline, because the training data cannot be opened: {error}", error=why)
    judged = other_examples(run, data) if data is not None else own_examples(run, own)  # pyright: ignore[reportArgumentType]
    if not len(judged):
        raise DataError(tr("{data} has no pictures to judge {run} on.", data=judged.data, run=run.name))
    probabilities = predict_all(run, judged)
    labels = judged.subset.labels.numpy()
    report = judge(run, judged, own, labels, probabilities)
    report["notes"] = [note for note in (judged.note, missing) if note]
    saved = predictions.Predictions(judged.subset.ids, labels, probabilities, run.classes, judged.split, judged.sha256)
    predictions.write(run.folder / f"predictions{suffix(judged)}.parquet", saved)
    count_opening(run, judged, report)
    report["verdict"] = verdict(report)
    report["sobering"] = same_pictures(report)
    report["findings"] = examine(run, report, own) if examine is not None and judged.is_own else []
    return save(run, judged, report, begun, lambda: render(report, judged.subset))


def _refuse_uncounted(folder: Path) -> None:
    """The test split stays closed where it could not be written down that it was opened."""
    why = tr("Judging a run keeps there its report, and how often its test split was opened.")
    if (folder / "report.html").exists():
        why += " " + tr("What was judged before stands in {page}.", page=folder / "report.html")
    refuse_read_only(folder, why, opened.NAME)


def judge(run: Run, judged: Judged, own: Prepared | None, labels: Labels, probabilities: Numbers) -> dict[str, Any]:
    """Every number of the report, computed from probabilities (N, C) of the judged examples; touches no disk."""
    predicted = probabilities.argmax(axis=1)
    found = metrics.all_metrics(labels, probabilities)
    table = metrics.confusion(labels, predicted, len(run.classes))
    report = envelope(run, judged)
    report["judged"] |= {"right": int((predicted == labels).sum()), **_seen(judged, own, predicted == labels)}
    return {
        **report,
        "metrics": found,
        "intervals": {name: list(bounds) for name, bounds in all_intervals(labels, probabilities, found).items()},
        "baselines": _baselines(run, judged, own, labels, predicted),
        "classes": list(run.classes),
        "per_class": _per_class(run.classes, labels, predicted),
        "confusion": table.tolist() if len(run.classes) <= LARGEST_TABLE else None,
        "confused_pairs": confused_pairs(table, run.classes),
        "calibration": {
            "error": found["calibration_error"],
            "by_chance": round(calibration_by_chance(probabilities), 6),
            "mean_confidence": round(float(probabilities.max(axis=1).mean()), 6),
            "bins": metrics.reliability(labels, probabilities),
        },
        "cutoffs": cutoffs(labels, probabilities),
        "mistakes": [
            _example(i, judged, run.classes, labels, probabilities) for i in confident_mistakes(labels, probabilities)
        ],
        "examples": [_example(i, judged, run.classes, labels, probabilities) for i in _some(len(judged))],
        "pictures": spread(own.train) if own is not None else None,
    }


def _seen(judged: Judged, own: Prepared | None, right) -> dict[str, Any]:
    """How many judged pictures also stand, pixel for pixel, among those it learnt or chose from, and the score without."""
    if own is None or judged.split == "train":
        return {"seen": None}
    division, content = own.division, own.scan.content
    known = (
        [division.train] if judged.split == "validation" and judged.is_own else [division.train, division.validation]
    )
    seen = np.isin(judged.content, content[np.concatenate(known)])
    number, fresh = int(seen.sum()), right[~seen]
    if not number:
        return {"seen": 0}
    low, high = wilson(int(fresh.sum()), len(fresh))
    without = {"examples": len(fresh), "interval": [round(low, 6), round(high, 6)]}
    without["accuracy"] = round(float(fresh.mean()), 6) if len(fresh) else None
    return {"seen": number, "without_seen": without}


def _baselines(run: Run, judged: Judged, own: Prepared | None, labels: Labels, predicted: Labels) -> dict[str, Any]:
    """Accuracy and interval of each baseline on the judged examples, and the paired test of the network against it."""
    where = ""
    if own is not None:
        train_labels = own.train.labels.numpy()
    elif counts := run.data["counts"].get("train"):
        train_labels = np.repeat(np.arange(len(run.classes)), [counts.get(name, 0) for name in run.classes])
    else:  # imported: nothing is known of its training data, so the guess is the best that one class can do here
        train_labels, where = labels, tr("these pictures")
    found = {"naive": baselines.naive(train_labels, len(labels), run.classes, where)}
    if own is not None and (linear := baselines.linear(own.train, judged.subset, len(run.classes))):
        found["linear"] = linear
    reports = {name: _against(each, labels, predicted) for name, each in found.items()}
    if before := untouched(run, judged):
        reports["untouched"] = {
            **_against(before.baseline, labels, predicted),
            **before.described(run.classes, labels),
        }
    return reports


def _against(baseline: baselines.Baseline, labels: Labels, predicted: Labels) -> dict[str, Any]:
    right = baseline.predicted == labels
    low, high = wilson(int(right.sum()), len(labels))
    return {
        "accuracy": round(float(right.mean()), 6),
        "interval": [round(low, 6), round(high, 6)],
        "how": baseline.how,
        "seconds": baseline.seconds,
        "network_against_it": paired(right, predicted == labels),
    }


def _per_class(classes: tuple[str, ...], labels: Labels, predicted: Labels) -> list[dict[str, Any]]:
    rows = metrics.class_scores(labels, predicted, len(classes))
    for index, row in enumerate(rows):
        low, high = wilson(int(((predicted == index) & (labels == index)).sum()), row["support"])
        row["recall_interval"] = [round(low, 4), round(high, 4)]
    return [{"class": name, **row} for name, row in zip(classes, rows, strict=True)]


def confused_pairs(table, classes: tuple[str, ...], most: int = PAIRS) -> list[dict[str, Any]]:
    """The commonest confusions: how many pictures of one class were taken for another, and which share of the class.

    >>> confused_pairs(np.array([[8, 2], [0, 5]]), ("cat", "dog"))
    [{'true': 'cat', 'predicted': 'dog', 'count': 2, 'of': 10, 'share': 0.2}]
    """
    wrong = table.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = []
    for cell in order:
        row, column = divmod(int(cell), len(classes))
        if count := int(wrong[row, column]):
            of = int(table[row].sum())
            pairs.append(
                {
                    "true": classes[row],
                    "predicted": classes[column],
                    "count": count,
                    "of": of,
                    "share": round(count / of, 4),
                }
            )
    return pairs


def confident_mistakes(labels: Labels, probabilities: Numbers, most: int = MISTAKES) -> Labels:
    """Indices of the wrong predictions, the surest first.

    >>> confident_mistakes(np.array([0, 0, 0]), np.array([[0.4, 0.6], [0.1, 0.9], [0.8, 0.2]])).tolist()
    [1, 0]
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:most]


def _some(num_examples: int) -> Labels:
    """A few examples drawn with a fixed seed, not chosen."""
    drawn = np.random.default_rng(0).permutation(num_examples)[:EXAMPLES]
    return np.sort(drawn)


def _example(
    index: int, judged: Judged, classes: tuple[str, ...], labels: Labels, probabilities: Numbers
) -> dict[str, Any]:
    true, predicted = int(labels[index]), int(probabilities[index].argmax())
    return {
        "index": int(index),
        "id": predictions.readable(judged.subset.ids[index]),
        "true": classes[true],
        "predicted": classes[predicted],
        "probability": round(float(probabilities[index, predicted]), 4),
        "true_probability": round(float(probabilities[index, true]), 4),
    }
