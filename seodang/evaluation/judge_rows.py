"""Judge a run on rows, texts or windows: numbers of its task, what it has to beat, where it fails; saved as the run's report."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seodang.core.language import tr
from seodang.core.numbers import short
from seodang.data.cut_series import names_of_times
from seodang.data.encode_series import SeriesEncoding, names_of_series
from seodang.data.encode_text import TextEncoding, texts_of
from seodang.data.encoded import Encoded
from seodang.data.load import Prepared
from seodang.evaluation import amounts, metrics, predictions, text_baselines
from seodang.evaluation.by_series import by_series
from seodang.evaluation.cutoffs import cutoffs
from seodang.evaluation.decision_surface import surface
from seodang.evaluation.envelope import count_opening, envelope, save, suffix
from seodang.evaluation.intervals import all_intervals, calibration_by_chance, paired, wilson
from seodang.evaluation.judge_series import NAIVE, drawn
from seodang.evaluation.judge_tokens import token_numbers
from seodang.evaluation.judged import own_data
from seodang.evaluation.learnt import learnt, sentence
from seodang.evaluation.metrics import Numbers
from seodang.evaluation.naming import window
from seodang.evaluation.row_baselines import Guess, series_baselines, table_baselines
from seodang.evaluation.row_examples import JudgedRows, other_rows, outputs_of, own_rows
from seodang.evaluation.row_verdict import lesson, row_verdict
from seodang.runs.folder import Run

if TYPE_CHECKING:
    from seodang.data.frame import Frame

EXAMPLES, MISTAKES = 16, 24
POINTS = 2_000  # of a scatter
MOST_CURVES = 10  # classes that have curves of their own: more can hardly be told apart
# Texts that a report shows are cut to so many characters.
SHOWN = 300


def evaluate_rows(
    run: Run,
    data: str | Path | None = None,
    prepared: Encoded | None = None,
    examine: Callable[..., list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """Judge a run and write report.json and report.html into its folder; give the report back. Arguments as of `evaluate`."""
    from seodang.evaluation.row_report import render_rows

    begun = time.perf_counter()
    own, why = own_data(run, prepared, needed=data is None)
    assert not isinstance(own, Prepared), "rows are encoded"
    missing = why and tr("There are no baselines, because the training data cannot be opened: {error}", error=why)
    if data is None:
        assert own is not None, "a run's own data is opened or an error says why not"
        judged = own_rows(run, own)
    else:
        judged = other_rows(run, data)
    found, answers = numbers(run, judged, own)
    report = {**_envelope(run, judged), **found}
    known, again = _learnt_before(run, judged, own, answers)
    report["judged"] |= known
    is_new = not again or 2 * known["seen"] < len(judged)
    notes = (judged.note, again) if is_new else ()
    report["notes"] = [note for note in (*notes, missing, *report.get("notes", [])) if note]
    if isinstance(answers, predictions.Predictions):
        predictions.write(run.folder / f"predictions{suffix(judged)}.parquet", answers)
    elif isinstance(answers, predictions.Amounts):
        predictions.write_amounts(run.folder / f"predictions{suffix(judged)}.parquet", answers)
    else:
        predictions.write_tokens(run.folder / f"predictions{suffix(judged)}.parquet", answers)
    count_opening(run, judged, report)
    lines, report["sobering"] = row_verdict(report, "" if is_new else again)
    report["verdict"] = [*lines, *lesson(run.recipe.name)]
    report["findings"] = examine(run, report, own) if examine is not None and judged.is_own else []
    return save(run, judged, report, begun, lambda: render_rows(report))


def _learnt_before(
    run: Run, judged: JudgedRows, own: Encoded | None, answers: predictions.Judged
) -> tuple[dict[str, int], str]:
    """Of another file: how many of its examples the network learnt from or chose by, and a sentence where they are more than by chance."""
    if judged.is_own or own is None:
        return {}, ""
    again, is_beyond_chance = learnt(judged.subset, own)
    return {"seen": int(again.sum())}, sentence(answers, again, noun(run)) if is_beyond_chance else ""


def _envelope(run: Run, judged: JudgedRows) -> dict[str, Any]:
    found = envelope(run, judged)
    found["judged"]["noun"] = noun(run)
    return {**found, "task": run.recipe.task, "target": run.encoding.target}


def noun(run: Run) -> str:
    """What one example is called."""
    if isinstance(run.encoding, SeriesEncoding):
        return "window"
    return "text" if isinstance(run.encoding, TextEncoding) else "row"


def numbers(run: Run, judged: JudgedRows, own: Encoded | None) -> tuple[dict[str, Any], predictions.Judged]:
    """Every number of the report that belongs to the task, and every answer where it is to be kept; touches no disk."""
    if run.recipe.task == "classify":
        return _classes(run, judged, own)
    if run.recipe.task in ("regress", "forecast"):
        return _amounts(run, judged, own)
    return token_numbers(run, judged, own)


# Classes ----------------------------------------------------------------------------------------------------------------


def _classes(run: Run, judged: JudgedRows, own: Encoded | None) -> tuple[dict[str, Any], predictions.Judged]:
    probabilities = outputs_of(run, judged.subset).astype(np.float64)
    labels = judged.subset.labels.numpy()
    predicted = probabilities.argmax(axis=1)
    found = metrics.all_metrics(labels, probabilities)
    table = metrics.confusion(labels, predicted, len(run.classes))
    order = np.flatnonzero(predicted != labels)
    order = order[np.argsort(-probabilities[order].max(axis=1), kind="stable")][:MISTAKES]
    bounds = all_intervals(labels, probabilities, found)
    answers = predictions.Predictions(
        judged.subset.ids, labels, probabilities.astype(np.float32), run.classes, judged.split, judged.sha256
    )
    whole = {
        "main": "accuracy",
        "metrics": found,
        "intervals": {name: list(each) for name, each in bounds.items()},
        "baselines": _class_baselines(run, judged, own, labels, predicted),
        "classes": list(run.classes),
        "per_class": _per_class(run.classes, labels, predicted),
        "confusion": table.tolist() if len(run.classes) <= 60 else None,
        "calibration": {
            "error": found["calibration_error"],
            "by_chance": round(calibration_by_chance(probabilities), 6),
            "mean_confidence": round(float(probabilities.max(axis=1).mean()), 6),
            "bins": metrics.reliability(labels, probabilities),
        },
        "cutoffs": cutoffs(labels, probabilities),
        "curves": _curves(labels, probabilities, run.classes),
        "surface": surface(run, judged),
        "examples": [_class_example(i, run, judged, labels, probabilities) for i in some(len(judged))],
        "mistakes": [_class_example(int(i), run, judged, labels, probabilities) for i in order],
    }
    return whole, answers


def _class_baselines(run: Run, judged: JudgedRows, own: Encoded | None, labels, predicted) -> dict[str, Any]:
    if own is None:
        return {}
    train = own.train.labels.numpy()
    common = int(np.bincount(train, minlength=len(run.classes)).argmax())
    naive = np.zeros((len(labels), len(run.classes)))
    naive[:, common] = 1
    guesses = {
        "naive": Guess(
            naive, tr("always answers {name!r}, the most common class in training", name=run.classes[common]), 0.0
        )
    }
    if isinstance(run.encoding, TextEncoding):
        if len(np.unique(train)) > 1:
            begun = time.perf_counter()
            texts = texts_of(own.source.select(own.division.train), run.encoding.text)
            asked = texts_of(judged.frame.select(judged.rows), run.encoding.text)
            answers = text_baselines.nb_svm(texts, train, asked, len(run.classes))
            how = tr("NB-SVM: a linear model on words and pairs of words (Wang & Manning, 2012)")
            guesses["linear"] = Guess(answers, how, time.perf_counter() - begun)
    else:
        guesses |= table_baselines(own, judged.subset)
    found = {}
    for name, guess in guesses.items():
        right = guess.answers.argmax(axis=1) == labels
        low, high = wilson(int(right.sum()), len(labels))
        found[name] = {
            "accuracy": round(float(right.mean()), 6),
            "interval": [round(low, 6), round(high, 6)],
            "how": guess.how,
            "seconds": round(guess.seconds, 3),
            "network_against_it": paired(right, predicted == labels),
        }
    return found


def _per_class(classes: tuple[str, ...], labels, predicted) -> list[dict[str, Any]]:
    return [
        {"class": name, **row}
        for name, row in zip(classes, metrics.class_scores(labels, predicted, len(classes)), strict=True)
    ]


def _curves(labels, probabilities: Numbers, classes: tuple[str, ...]) -> dict[str, Any] | None:
    """ROC and precision–recall, at most 200 points each: of two classes those of the second, of a few of each against the rest."""
    if len(np.unique(labels)) < 2 or len(classes) > MOST_CURVES:
        return None
    if len(classes) == 2:
        return _curves_of(labels == 1, probabilities[:, 1])
    there = [index for index in range(len(classes)) if (labels == index).any()]
    each = [{"class": classes[i], **_curves_of(labels == i, probabilities[:, i], most=80)} for i in there]
    return {"each": each}


def _curves_of(positive, scores: Numbers, most: int = 200) -> dict[str, Any]:
    from sklearn.metrics import precision_recall_curve, roc_curve

    false, true, _ = roc_curve(positive, scores)
    precision, recall, _ = precision_recall_curve(positive, scores)
    return {"roc": _thinned(false, true, most), "precision_recall": _thinned(recall, precision, most)}


def _thinned(x, y, most: int) -> list[list[float]]:
    chosen = np.unique(np.linspace(0, len(x) - 1, min(most, len(x))).astype(int))
    return [[round(float(x[i]), 5), round(float(y[i]), 5)] for i in chosen]


def _class_example(index: int, run: Run, judged: JudgedRows, labels, probabilities: Numbers) -> dict[str, Any]:
    guess = int(probabilities[index].argmax())
    return {
        "id": judged.subset.ids[index],
        "true": run.classes[int(labels[index])],
        "predicted": run.classes[guess],
        "probability": round(float(probabilities[index, guess]), 4),
        "shown": shown(run, judged.frame, int(judged.rows[index])),
    }


def some(count: int) -> list[int]:
    """A few examples drawn with a fixed seed, not chosen."""
    return sorted(np.random.default_rng(0).permutation(count)[:EXAMPLES].tolist())


def shown(run: Run, frame: Frame, row: int) -> dict[str, str] | str:
    """What of a row a person is shown: its text, or its columns."""
    if isinstance(run.encoding, TextEncoding):
        text = " ".join(str(frame.table[run.encoding.text].iloc[row]).split())
        return text if len(text) <= SHOWN else text[:SHOWN] + "…"
    names = run.encoding.columns[:12]
    return {name: plain(frame.table[name].iloc[row]) for name in names}


def plain(value: Any) -> str:
    """A value of a table as a person reads it."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return str(value)


# Amounts ----------------------------------------------------------------------------------------------------------------


def _amounts(run: Run, judged: JudgedRows, own: Encoded | None) -> tuple[dict[str, Any], predictions.Judged]:
    predicted = outputs_of(run, judged.subset).astype(np.float64)
    targets = judged.subset.labels.numpy().astype(np.float64)
    horizon = run.facts.horizon
    is_series = isinstance(run.encoding, SeriesEncoding)
    lag = max(horizon - 1, int(np.ceil(len(targets) ** (1 / 3)))) if is_series else 0
    main = "rmse" if run.recipe.loss == "mse" else "mae"
    guesses = _amount_guesses(run, judged, own)
    worst = np.argsort(-np.abs(predicted - targets).mean(axis=1), kind="stable")[:MISTAKES]
    order = np.sort(np.random.default_rng(0).permutation(len(targets))[:POINTS])
    loss = "mse" if run.recipe.loss == "mse" else "mae"
    names, series = _windows(run, judged) if is_series else (judged.subset.ids, None)
    answers = predictions.Amounts(names, targets, predicted, loss, lag, judged.split, judged.sha256, series)
    found = {
        "main": main,
        "metrics": {name: amounts.rounded(value) for name, value in amounts.amount_metrics(targets, predicted).items()},
        "intervals": amounts.amount_intervals(targets, predicted, block=max(1, lag)),
        "baselines": {
            name: amounts.as_baseline(targets, guess.answers, predicted, run.recipe.loss, guess.how, guess.seconds, lag)
            for name, guess in guesses.items()
        },
        "horizon": horizon,
        "by_step": amounts.by_step(targets, predicted) if horizon > 1 else None,
        "by_series": None if series is None else _by_series(series, targets, predicted, guesses, run.recipe.loss),
        "scatter": [] if is_series else [[float(targets[i, 0]), float(predicted[i, 0])] for i in order],
        "forecast": drawn(run.encoding, judged.frame, judged.rows, targets, predicted, guesses) if is_series else None,
        "range": [float(targets.min()), float(targets.max())],
        "examples": [_amount_example(i, names, run, judged, targets, predicted) for i in some(len(targets))],
        "mistakes": [_amount_example(int(i), names, run, judged, targets, predicted) for i in worst],
    }
    return found, answers


def _by_series(
    series: list[str], targets: Numbers, predicted: Numbers, guesses: dict[str, Guess], loss: str
) -> dict[str, Any] | None:
    simple = {name: guess.answers for name, guess in guesses.items() if name in NAIVE}
    return by_series(series, targets, predicted, simple, loss)


def _amount_guesses(run: Run, judged: JudgedRows, own: Encoded | None) -> dict[str, Guess]:
    """What simple methods that saw the run's training data foretell of what is judged."""
    if own is None:
        return {}
    if isinstance(run.encoding, SeriesEncoding):
        return series_baselines(own, judged.subset, judged.frame, judged.rows)
    train = own.train.labels.numpy().astype(np.float64)
    middle, how = (
        (train.mean(0), tr("always the mean of the training rows"))
        if run.recipe.loss == "mse"
        else (np.median(train, axis=0), tr("always the median of the training rows"))
    )
    guesses = {"naive": Guess(np.repeat(middle[None], len(judged), 0), how, 0.0)}
    if isinstance(run.encoding, TextEncoding):
        begun = time.perf_counter()
        texts = texts_of(own.source.select(own.division.train), run.encoding.text)
        asked = texts_of(judged.frame.select(judged.rows), run.encoding.text)
        answers = text_baselines.ridge(texts, train[:, 0], asked)[:, None]
        how = tr("ridge regression on words and pairs of words, the rarer the more they count")
        guesses["linear"] = Guess(answers, how, time.perf_counter() - begun)
    else:
        guesses |= table_baselines(own, judged.subset)
    return guesses


def _windows(run: Run, judged: JudgedRows) -> tuple[list[str], list[str] | None]:
    """What each window is called and, where there are several series, of which it is."""
    times = names_of_times(judged.frame, run.encoding.time)
    when = [times[row] for row in judged.rows.tolist()]
    if run.encoding.key is None:
        return [window(each) for each in when], None
    series = names_of_series(judged.frame, run.encoding.key)[judged.rows].tolist()
    return [window(*each) for each in zip(when, series, strict=True)], series


def _amount_example(
    index: int, names: list[str], run: Run, judged: JudgedRows, targets: Numbers, predicted: Numbers
) -> dict[str, Any]:
    series = isinstance(run.encoding, SeriesEncoding)
    return {
        "id": names[index],
        "true": f"{targets[index].mean():,.6g}" if targets.shape[1] == 1 else short(targets[index].mean()),
        "predicted": short(predicted[index].mean()),
        "error": short(np.abs(predicted[index] - targets[index]).mean()),
        "shown": {} if series else shown(run, judged.frame, int(judged.rows[index])),
    }
