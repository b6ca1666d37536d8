"""Cheap models asked out of fold: ridge regression on thumbnails, columns or words. A second or two, whatever the data."""

# N examples · F features · C classes
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.data.encode_table import class_names
from seodang.data.frame import Frame
from seodang.data.scripts import are_piecewise
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import NotChecked

# More examples make the answers little surer.
MOST, FOLDS = 4_000, 5
# A name of a column that is rarer counts as "another"; more columns of names than this would be mostly noise.
COMMON_NAMES = 20
PENALTY = {"pictures": 30.0, "table": 1.0, "texts": 1.0}  # of standardised thumbnails: as recipes/soundings.py
Labels = NDArray[np.int64]


def some(rows: NDArray[np.int64], most: int = MOST) -> NDArray[np.int64]:
    """At most so many of the rows, evenly drawn, in order."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(int)]


def form(case: Case) -> str:
    """What the features are of: pictures, table or texts; of other data nothing is asked."""
    found = "pictures" if isinstance(case.opened, Source) else case.purpose.form
    if found not in PENALTY:
        raise NotChecked
    return found


def labels_of(case: Case) -> tuple[Labels, tuple[str, ...]]:
    """(N,) the class of each example, -1 where it has none, and the names of the classes."""
    if isinstance(case.opened, Source):
        return case.looked.source.labels.astype(np.int64), case.looked.source.classes
    if case.purpose.task != "classify" or case.purpose.target is None:
        raise NotChecked
    target = case.frame.table[case.purpose.target]
    known = np.asarray(target.notna())
    classes = tuple(sorted(set(class_names(target[known]))))
    index = {name: place for place, name in enumerate(classes)}
    found = np.full(len(target), -1, np.int64)
    found[known] = [index[name] for name in class_names(target[known])]
    return found, classes


def features(case: Case, rows: NDArray[np.int64], without: tuple[str, ...] = ()) -> Any:
    """(N, F) numbers of some examples, each column on a scale of its own; of texts a sparse matrix of weighed words."""
    case.costs()
    if isinstance(case.opened, Source):
        flat = case.looked.thumbnail[rows].reshape(len(rows), -1).astype(np.float32)
        return (flat - flat.mean(0)) / (flat.std(0) + 8.0)
    if form(case) == "texts":
        return words(case.frame, str(case.purpose.text), rows)
    return columns(case.frame, [name for name in case.purpose.features if name not in without], rows)


def words(frame: Frame, text: str, rows: NDArray[np.int64]) -> Any:
    """Words, or in Korean and the like pieces of them, weighed by how rare they are."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [str(one) for one in frame.table[text].iloc[rows]]
    how: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 3)} if are_piecewise(texts) else {}
    try:
        return TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=20_000, **how).fit_transform(texts)
    except ValueError:  # no word stands in two texts: that is what scikit-learn raises
        raise NotChecked(tr("The texts have no words in common.")) from None


def columns(frame: Frame, names: list[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Amounts standardised, the median where one is missing; names as zeros and ones."""
    parts = []
    for name in names:
        values, kind = frame.table[name].iloc[rows], frame.column(name).kind
        if kind == "number":
            numbers = np.asarray(values, np.float64)
            middle = np.nanmedian(numbers) if np.isfinite(numbers).any() else 0.0
            numbers = np.nan_to_num(numbers, nan=middle, posinf=middle, neginf=middle)
            parts.append(((numbers - numbers.mean()) / (numbers.std() or 1.0))[:, None])
        elif kind == "category":
            common = values.value_counts().index[:COMMON_NAMES]
            parts.append(np.stack([np.asarray(values == one, np.float64) for one in common], 1))
    if not parts:
        raise NotChecked
    return np.concatenate(parts, 1).astype(np.float32)


def out_of_fold(inputs: Any, labels: Labels, penalty: float) -> NDArray[np.float64]:
    """(N, C) what ridge classifiers, each fitted without the fold it answers for, put out for each class, higher is surer."""
    from sklearn.linear_model import RidgeClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    fewest = int(np.bincount(labels)[np.unique(labels)].min())
    if fewest < 2 or len(np.unique(labels)) < 2:
        raise NotChecked(tr("A class has a single example."))
    folds = StratifiedKFold(min(FOLDS, fewest), shuffle=True, random_state=0)
    scores: Any = cross_val_predict(
        RidgeClassifier(alpha=penalty), inputs, labels, cv=folds, method="decision_function"
    )
    return np.stack([-scores, scores], 1) if scores.ndim == 1 else scores
