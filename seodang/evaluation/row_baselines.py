"""What a network on rows or windows has to beat: linear models and boosted trees on tables, the last value on series."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.data.encode_series import SeriesEncoding, series_of
from seodang.data.encode_table import TableEncoding
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.load import Subset
from seodang.evaluation.metrics import Numbers

# Trees and linear models see at most so many training rows, so that nobody waits for them.
MOST_ROWS = 50_000
# Above so many classes boosted trees take minutes: as many trees are grown for each.
MOST_CLASSES = 30


@dataclass(frozen=True)
class Guess:
    """A simple method's answers: probabilities (N, C) or amounts (N, K), how it was made in a clause, and its seconds."""

    answers: Numbers
    how: str
    seconds: float


def table_baselines(data: Encoded, judged: Subset, seed: int = 0) -> dict[str, Guess]:
    """A linear model and gradient-boosted trees (scikit-learn), fitted on the training rows with the usual settings.

    The linear model sees numbers as the network does and a zero or one for each category; trees see raw codes.
    """
    encoding = data.encoding
    assert isinstance(encoding, TableEncoding), "rows of a table"
    inputs, targets = _arrays(data.train)
    if len(inputs) > MOST_ROWS:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(inputs))[:MOST_ROWS])
        inputs, targets = inputs[chosen], targets[chosen]
    asked, _ = _arrays(judged)
    found: dict[str, Guess] = {}
    if not inputs.shape[1] or (data.classes and len(np.unique(targets)) < 2):
        return found
    found["linear"] = _linear(encoding, inputs, targets, asked, data.classes)
    if len(data.classes) <= MOST_CLASSES:
        found["trees"] = _trees(encoding, inputs, targets, asked, data.classes, seed)
    return found


def _arrays(part: Subset) -> tuple[Numbers, Numbers]:
    assert part.pixels is not None, "rows are held in memory"
    return part.pixels.numpy().astype(np.float64), part.labels.numpy()


def _linear(
    encoding: TableEncoding, inputs: Numbers, targets: Numbers, asked: Numbers, classes: tuple[str, ...]
) -> Guess:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression, RidgeCV

    begun = time.perf_counter()
    wide, wide_asked = _one_hot(encoding, inputs), _one_hot(encoding, asked)
    if not classes:
        model = RidgeCV(alphas=np.logspace(-3, 3, 13)).fit(wide, targets.ravel())
        return Guess(model.predict(wide_asked).reshape(-1, 1), tr("ridge regression"), time.perf_counter() - begun)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=300).fit(wide, targets)
    return Guess(
        _spread(model.predict_proba(wide_asked), model.classes_, len(classes)),
        tr("logistic regression"),
        time.perf_counter() - begun,
    )


def _trees(
    encoding: TableEncoding, inputs: Numbers, targets: Numbers, asked: Numbers, classes: tuple[str, ...], seed: int
) -> Guess:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    begun = time.perf_counter()
    sizes = (encoding.facts.inputs.categories if encoding.facts.inputs else ()) or ()
    mask: Any = np.zeros(inputs.shape[1], bool)  # scikit-learn's stubs know text only
    mask[len(mask) - len(sizes) :] = [size <= 255 for size in sizes]
    how = tr("gradient-boosted trees (scikit-learn's, as they come)")
    if not classes:
        model = HistGradientBoostingRegressor(categorical_features=mask, random_state=seed)
        model.fit(inputs, targets.ravel())
        return Guess(model.predict(asked).reshape(-1, 1), how, time.perf_counter() - begun)
    model = HistGradientBoostingClassifier(categorical_features=mask, random_state=seed)
    model.fit(inputs, targets)
    known: Any = model.classes_
    answers = _spread(model.predict_proba(asked), known, len(classes))
    return Guess(answers, how, time.perf_counter() - begun)


def _spread(probabilities: Numbers, known: NDArray[np.int64], classes: int) -> Numbers:
    """Probabilities of the classes that training had, with 0 for those that it had not."""
    found = np.zeros((len(probabilities), classes))
    found[:, known.astype(int)] = probabilities
    return found


def _one_hot(encoding: TableEncoding, rows: Numbers) -> Numbers:
    sizes = encoding.facts.inputs.categories if encoding.facts.inputs else ()
    numbers = rows[:, : rows.shape[1] - len(sizes)]
    codes = rows[:, rows.shape[1] - len(sizes) :].astype(int)
    return np.concatenate([numbers, *[np.eye(size)[codes[:, i]] for i, size in enumerate(sizes)]], axis=1)


def series_baselines(data: Encoded, judged: Subset, frame: Frame, starts: NDArray[np.int64]) -> dict[str, Guess]:
    """What comes next is what is now (last value), what was a season ago, and ridge regression on the window.

    Args:
        frame: The series that is judged, in order.   starts: (N,) its rows at which what is foretold begins.
    """
    encoding = data.encoding
    assert isinstance(encoding, SeriesEncoding), "windows of a series"
    values = encoding.values(frame, (encoding.target,))[:, 0]
    horizon, season = encoding.facts.horizon, encoding.season
    ahead = np.arange(horizon)
    last = values[starts - 1][:, None]
    found = {"last value": Guess(_or_centre(np.repeat(last, horizon, 1), encoding), tr("the last value, kept"), 0.0)}
    if season > 1:
        back = starts[:, None] + ahead - season * (1 + ahead // season)
        whose = series_of(frame, encoding.key)
        there = (back >= 0) & (whose[back] == whose[starts][:, None])
        answers = _or_centre(np.where(there, values[back], last), encoding)
        how = (
            tr("the value {season} steps before", season=season)
            if there.all()
            else tr("the value {season} steps before, the last one where there is none", season=season)
        )
        found["a season ago"] = Guess(answers, how, 0.0)
    begun = time.perf_counter()
    from sklearn.linear_model import Ridge

    inputs, targets = _arrays(data.train)
    asked, _ = _arrays(judged)
    wide, wide_asked = _flat(inputs), _flat(asked)
    centre, scale = encoding.facts.centre[0], encoding.facts.scale[0]
    model = Ridge(alpha=1.0).fit(wide, (targets - centre) / scale)
    answers = model.predict(wide_asked).reshape(len(asked), -1) * scale + centre
    found["linear"] = Guess(
        answers, tr("ridge regression on the last {window} steps", window=encoding.window), time.perf_counter() - begun
    )
    return found


def _flat(windows: Numbers) -> Numbers:
    return windows.reshape(len(windows), -1)


def _or_centre(answers: Numbers, encoding: SeriesEncoding) -> Numbers:
    """Answers, and where nothing was known yet the centre of the training part."""
    return np.where(np.isfinite(answers), answers, encoding.facts.centre[0])
