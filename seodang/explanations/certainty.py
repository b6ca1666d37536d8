"""What the network is sure and unsure about, among the examples that it was judged on."""

# N judged examples · C classes
from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.errors import DataError, RunError
from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.data.frame import Frame
from seodang.evaluation.intervals import calibration_by_chance
from seodang.evaluation.judge_rows import shown
from seodang.evaluation.metrics import calibration_error
from seodang.evaluation.naming import example as named
from seodang.evaluation.naming import split_name
from seodang.evaluation.predictions import Predictions
from seodang.explanations import painting
from seodang.explanations.example import Example, kind_of
from seodang.explanations.explanation import DoesNotApply, Explanation, Part, Picture, Pictures, Table
from seodang.runs.folder import Run

SHOWN = 8
NEAR = 0.05  # judged examples with a confidence so near to this one's say how often such answers are right
LEAST_NEAR = 20
MOST_OPENED = 20_000  # rows or texts that are read again for the sake of this page alone; of more the names are shown


def certainty(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """The judged examples that the network is most and least sure of, and whether its confidence can be believed."""
    if not run.classes:
        raise DoesNotApply(tr("it foretells no classes, so it gives no confidence"))
    try:
        judged = example.own.predictions
    except RunError as reason:
        raise DoesNotApply(str(reason)) from None
    assert isinstance(judged, Predictions), "there are classes"
    sure = judged.probabilities.max(1).astype(np.float64)
    ordered = np.sort(judged.probabilities, axis=1)
    margin = (ordered[:, -1] - ordered[:, -2]).astype(np.float64) if ordered.shape[1] > 1 else sure
    certain, doubtful = np.argsort(-sure, kind="stable")[:SHOWN], np.argsort(margin, kind="stable")[:SHOWN]
    error = calibration_error(judged.labels, judged.probabilities)
    chance = calibration_by_chance(judged.probabilities.astype(np.float64))
    words = [_calibration(judged, sure, error, chance)]
    if example.answer is not None:
        words.append(_this(judged, sure, float(example.answer.max())))
    words.append(
        tr(
            "Where it hesitates, look: two classes that are hard to tell, a bad picture or row, or a wrong "
            "label. Sure and wrong is worse than unsure, for nobody looks there."
        )
    )
    numbers = {
        "split": judged.split,
        "examples": len(judged.ids),
        "accuracy": round(float(judged.right.mean()), 6),
        "mean_confidence": round(float(sure.mean()), 6),
        "calibration_error": round(error, 6),
        "calibration_error_by_chance": round(chance, 6),
        "most_certain": [_told(judged, sure, int(i)) for i in certain],
        "least_certain": [_told(judged, sure, int(i)) for i in doubtful],
    }
    parts = (
        _shown(run, example, judged, sure, certain, tr("Most certain")),
        _shown(run, example, judged, sure, doubtful, tr("Least certain")),
    )
    return Explanation(tr("What it is sure and unsure about"), "run", tuple(words), numbers, parts)


def _calibration(judged: Predictions, sure: np.ndarray, error: float, chance: float) -> str:
    right, confidence = float(judged.right.mean()), float(sure.mean())
    where = tr(
        "On its {count:,} {split} examples it is {confidence} sure on average and {right} right.",
        count=len(judged.ids),
        split=split_name(judged.split),
        confidence=percent(confidence, len(judged.ids)),
        right=percent(right, len(judged.ids)),
    )
    if error <= chance:
        believed = tr(
            "Its confidence can be believed: it is off by no more than chance makes it with so many examples."
        )
        return f"{where} {believed}"
    told = {"error": 100 * error, "chance": f"{100 * chance:.1f} %"}
    if confidence > right:
        how = tr(
            "It is too sure: confidence and accuracy are {error:.1f} points apart (calibration error; a network that says what it "
            "knows would stay under {chance}).",
            **told,
        )
    elif confidence < right:
        how = tr(
            "It is right more often than it says: confidence and accuracy are {error:.1f} points apart (calibration error; a network that "
            "says what it knows would stay under {chance}).",
            **told,
        )
    else:
        how = tr(
            "It is uneven: confidence and accuracy are {error:.1f} points apart (calibration error; a network that says what it "
            "knows would stay under {chance}).",
            **told,
        )
    return f"{where} {how}"


def _this(judged: Predictions, sure: np.ndarray, confidence: float) -> str:
    near = np.abs(sure - confidence) <= NEAR
    count = int(near.sum())
    if count < LEAST_NEAR:
        return tr(
            "This answer's confidence is {confidence}; only {count} judged examples are about as sure, too "
            "few to say how often that is right.",
            confidence=f"{100 * confidence:.1f} %",
            count=count,
        )
    return tr(
        "This answer's confidence is {confidence}: of {count:,} judged examples about as sure, {mean} are right.",
        confidence=f"{100 * confidence:.1f} %",
        count=count,
        mean=percent(float(judged.right[near].mean()), count),
    )


def _told(judged: Predictions, sure: np.ndarray, place: int) -> dict[str, Any]:
    return {
        "number": place + 1,
        "id": judged.ids[place],
        "true": judged.classes[judged.labels[place]],
        "predicted": judged.classes[judged.predicted[place]],
        "confidence": round(float(sure[place]), 6),
    }


def _shown(run: Run, example: Example, judged: Predictions, sure: np.ndarray, order: np.ndarray, title: str) -> Part:
    """Pictures with their answers, or a table; without what they look like where the data are gone."""
    told = [_told(judged, sure, int(place)) for place in order]
    own = example.own
    try:
        if kind_of(run) == "picture":
            pixels = own.pixels([each["id"] for each in told])
            items = tuple(_captioned(one, each) for one, each in zip(pixels, told, strict=True))
            return Pictures(items, title, "small")
        if "source" not in own.__dict__ and run.data["source"]["examples"] > MOST_OPENED:
            raise RunError(tr("it would take long to read all of them for a few"))
        frame = own.source
        assert isinstance(frame, Frame), "rows and texts lie in a frame"
        looks = [_words(shown(run, frame, own.place(each["id"]))) for each in told]
    except (RunError, DataError):
        looks = [named(each["id"]) for each in told]
    heads = ("", tr("sure"), tr("says"), tr("is"), tr("what it is"))
    rows = tuple(
        (f"#{each['number']}", f"{each['confidence']:.0%}", each["predicted"], each["true"], look)
        for each, look in zip(told, looks, strict=True)
    )
    return Table(title, heads, rows)


def _words(look: dict[str, str] | str) -> str:
    return look if isinstance(look, str) else " · ".join(f"{name} {value}" for name, value in look.items())


def _captioned(pixels: np.ndarray, each: dict[str, Any]) -> Picture:
    wrong = "" if each["predicted"] == each["true"] else tr(", is {true}", true=each["true"])
    return painting.plain(pixels, f"#{each['number']}: {each['predicted']} · {each['confidence']:.0%}{wrong}")
