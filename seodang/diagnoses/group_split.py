"""Examples of one person, source or time stand on both sides of the split, and it matters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.findings import prefixes
from seodang.data.frame import Frame
from seodang.data.source import SPLITS, Source
from seodang.data.times import moments
from seodang.diagnoses.case import Case
from seodang.diagnoses.cheap import features, labels_of, some
from seodang.diagnoses.diagnosis import UNTRUE, Diagnosis, NotChecked, grade
from seodang.evaluation.intervals import paired
from seodang.evaluation.naming import split_name
from seodang.evaluation.verdict import chance

# A column may name groups where it has so many values, the commonest in no more than this share of the rows.
LEAST_GROUPS, LARGEST = 10, 0.2
MOST, FOLDS, BLOCKS, NEIGHBOURS = 2_000, 5, 10, 5
# A split that the data gives is asked where so many of its test rows have others of their group in training.
SHARED = 0.01
# So much better with the group in training, in points, and beyond chance for the number of columns asked (Bonferroni, 1936).
POINTS, LEVEL = 3.0, 0.001


def why() -> str:
    """Why examples of one source must not stand on both sides."""
    return tr(
        "A network recognises the person, the source or the day, not the thing: on new ones it is worse than the score says."
    )


def group_split(case: Case) -> Iterator[Diagnosis]:
    """Examples of one person, source or time stand on both sides of the split, and it matters."""
    case.costs()
    if isinstance(case.opened, Source):
        yield from _pictures(case)
    elif case.purpose.form == "table":
        yield from _columns(case)


def _pictures(case: Case) -> Iterator[Diagnosis]:
    """Names of files that begin with who or what a picture comes from, in two splits or with none drawn yet."""
    source = case.looked.source
    if source.groups is not None or _by(case) or (found := prefixes(source.ids, source.labels)) is None:
        return
    pattern, owners = found
    splits, names = case.splits, sorted(set(owners.tolist()) - {""})
    train = set(owners[np.isin(splits, ("train", "all"))].tolist()) - {""}
    judged = [name for name in SPLITS[1:] if (splits == name).any()]
    both = {name: len(train & set(owners[splits == name].tolist())) for name in judged}
    if judged and not any(both.values()):
        return
    shared = "; ".join(
        tr("{number} of them stand in train and {split}", number=number, split=split_name(name))
        for name, number in both.items()
        if number
    )
    told = {"count": len(names), "names": ", ".join(names[:3])}
    yield Diagnosis(
        tr("Pictures of one person or source stand on both sides.")
        if judged
        else tr("The pictures come from a few people or sources."),
        tr("File names begin with {count} names ({names}, …); {shared}.", shared=shared, **told)
        if shared
        else tr("File names begin with {count} names ({names}, …).", **told),
        why(),
        tr("Keep each in one split: split.by='{pattern}'.", pattern=pattern),
        grade(UNTRUE, 0.3),
        {"sources": len(names), "shared": both},
    )


def _by(case: Case) -> str | None:
    return None if case.run is None else case.run.recipe.split.by


def _columns(case: Case) -> Iterator[Diagnosis]:
    frame = case.frame
    if _by(case):
        return
    labels, _ = labels_of(case)
    rows = some(np.flatnonzero(labels >= 0), MOST)
    labels = labels[rows]
    candidates = _candidates(frame, rows, case.purpose.target)
    splits = np.asarray(frame.splits)[rows]
    given = case.run is None and bool((splits == "test").any())
    if given:
        in_time = {name: frame.column(name).kind == "date" for name in candidates}
        candidates = {
            name: groups for name, groups in candidates.items() if _shared(groups, splits, in_time[name]) >= SHARED
        }
    if not candidates or np.bincount(labels).min() < FOLDS:
        return
    for name, groups in candidates.items():
        inputs = features(case, rows, without=(name,))
        apart = _right(inputs, labels, groups)
        mixed = _right(inputs, labels, None)
        test = paired(apart, mixed)
        gain = 100 * test["difference"]
        if test["p_value"] * len(candidates) >= LEVEL or gain < POINTS:
            continue
        yield Diagnosis(
            tr("Rows of one {name} belong together, and the split of the data tears them apart.", name=name)
            if given
            else tr("Rows of one {name} belong together, and a random split tears them apart.", name=name),
            tr(
                "Asked by its neighbours a row is read rightly {known:.1f} % of the time where others of its {name} "
                "are known, {unknown:.1f} % where none is ({p}, {rows:,} rows, {groups:,} groups).",
                known=100 * mixed.mean(),
                name=name,
                unknown=100 * apart.mean(),
                p=chance(test["p_value"]),
                rows=len(rows),
                groups=len(np.unique(groups)),
            ),
            why(),
            tr(
                "Divide anew, with each {name} in one split: what is in test.csv must not stand in train.csv.",
                name=name,
            )
            if given and frame.column(name).kind != "date"
            else tr("Train with split.by={name}.", name=name)
            if frame.column(name).kind != "date"
            else tr("Put the last rows by {name} in a file test.csv, and train on the earlier ones.", name=name),
            grade(UNTRUE, gain / 30),
            {"column": name, "mixed": float(mixed.mean()), "apart": float(apart.mean()), "p_value": test["p_value"]},
        )


def _candidates(frame: Frame, rows: np.ndarray, target: str | None) -> dict[str, np.ndarray]:
    """Columns that may say what a row comes from, with each row's group; of dates, ten blocks of time."""
    import pandas as pd

    found = {}
    for column in frame.columns:
        if column.name == target:
            continue
        values = frame.table[column.name].iloc[rows]
        if column.kind == "date":
            try:
                when = moments(frame, column.name)[rows]
            except ValueError:
                continue
            groups = (pd.Series(when).rank(method="first").to_numpy() - 1) * BLOCKS // len(rows)
            found[column.name] = groups.astype(np.int64)
            continue
        whole = column.kind == "number" and bool((values.dropna() % 1 == 0).all())
        if column.kind != "category" and not whole:
            continue
        groups = np.asarray(pd.factorize(values)[0], np.int64)
        numbers = np.bincount(groups[groups >= 0])
        # Groups of several rows that are no class and no scale: at least ten, none large, most rows in one of four or more.
        many = len(numbers) >= LEAST_GROUPS and numbers.max() <= LARGEST * len(rows) and (groups >= 0).all()
        if (
            many
            and numbers[numbers >= 4].sum() >= 0.8 * len(rows)
            and (column.kind == "category" or _spread(values, groups))
        ):
            found[column.name] = groups
    return found


def _shared(groups: np.ndarray, splits: np.ndarray, in_time: bool) -> float:
    """The share of the test rows that have others of their group in training; in time, that training goes on after.

    >>> _shared(np.array([0, 0, 1, 2]), np.array(["train", "test", "train", "test"]), False)
    0.5
    >>> _shared(np.array([0, 1, 1, 2]), np.array(["train", "train", "test", "test"]), True)  # training, then the test
    0.0
    """
    train, test = groups[splits == "train"], groups[splits == "test"]
    if not len(train):
        return 0.0
    return float((test < train.max()).mean()) if in_time else float(np.isin(test, train).mean())


def _spread(values, groups: np.ndarray) -> bool:
    """Whether whole numbers name things and count nothing: numbers that fill their range evenly, as ids do."""
    numbers = np.bincount(groups)
    whole = np.unique(np.asarray(values, np.float64))
    even = numbers.std() < 0.5 * numbers.mean()
    return bool(even and len(whole) >= 0.8 * (whole.max() - whole.min() + 1))


def _right(inputs: np.ndarray, labels: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """(N,) whether each row's five neighbours, of other folds, name it rightly; folds hold groups together where there are any."""
    from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier

    how = StratifiedKFold(FOLDS, shuffle=True, random_state=0) if groups is None else GroupKFold(FOLDS)
    model = KNeighborsClassifier(NEIGHBOURS, algorithm="brute")
    try:
        answers = cross_val_predict(model, inputs, labels, cv=how, groups=groups)
    except ValueError as error:  # a fold without a class
        raise NotChecked(tr("Groups cannot be held apart: {error}", error=error)) from None
    return answers == labels
