"""From arrays and data frames, as scikit-learn hands them over, to what the training loop reads."""

# N rows · F columns · K targets
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said
from seodang.data.columns import typed
from seodang.data.encode_table import TableEncoding, fit_table
from seodang.data.encoded import Encoded, Encoding
from seodang.data.facts import Facts
from seodang.data.frame import Column, Frame
from seodang.data.load import Subset
from seodang.data.purposes import Purpose
from seodang.data.split import Division
from seodang.recipes.recipe import Recipe

# Kinds of column that a network can read.
READABLE = ("number", "category", "date")


def frame_of(rows: np.ndarray | pd.DataFrame, kinds: dict[str, Any] | None = None) -> Frame:
    """Rows with typed columns. Arrays hold numbers; the columns of a data frame are what they look like.

    Args:
        rows: (N, F) finite numbers, or a data frame, where values may be missing.
        kinds: What the columns of a data frame were taken for in training.

    >>> frame = frame_of(pd.DataFrame({"size": [1.5, None], "colour": ["red", "blue"]}))
    >>> [column.kind for column in frame.columns]
    ['number', 'category']
    """
    if isinstance(rows, pd.DataFrame):
        names = [str(name) for name in rows.columns]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(
                tr("Two columns are called {twice!r}. Rename one: columns are known by their names.", twice=twice)
            )
        done = [_column(name, rows.iloc[:, place], (kinds or {}).get(name)) for place, name in enumerate(names)]
        columns, table = (
            [column for _, column in done],
            pd.DataFrame({c.name: series for series, c in done}, copy=False),
        )
    else:
        names = [f"x{place}" for place in range(rows.shape[1])]
        columns = [Column(name, "number", said("a column of an array"), 0, 0) for name in names]
        table = pd.DataFrame(np.asarray(rows, np.float64), columns=names, copy=False)
    ids = [f"row {row + 1}" for row in range(len(rows))]
    form = "data frame" if isinstance(rows, pd.DataFrame) else "array"
    return Frame("arrays", said("the rows given"), form, table, tuple(columns), ids, np.full(len(rows), ""), "")


def _column(name: str, values: Any, kind: Any) -> tuple[pd.Series, Column]:
    values = values.reset_index(drop=True)
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        numbers = pd.Series(values.to_numpy(np.float64, na_value=np.nan))
        return numbers, Column(name, "number", said("numbers"), int(numbers.isna().sum()), 0)
    if isinstance(values.dtype, pd.CategoricalDtype):
        kind = kind or "category"
        values = values.astype(object)
    return typed(name, values, kind)


def encode_rows(
    frame: Frame, targets: np.ndarray, facts: Facts, weights: np.ndarray | None, recipe: Recipe, apart: np.ndarray
) -> Encoded:
    """Rows and targets as tensors, scaled by what the training rows are.

    Args:
        targets: (N,) class indices, or (N, K) amounts or labels.
        facts: Classes, or names of the amounts, whose centre and scale are found here.
        weights: (N,) above 0, or None: all the same.
        apart: Indices of the rows kept apart as validation.
    """
    features = [column.name for column in frame.columns if column.kind in READABLE]
    if not features:
        kinds = ", ".join(f"{column.name} ({column.kind})" for column in frame.columns[:6])
        raise DataError(tr("No column holds numbers, categories or dates: {kinds}.", kinds=kinds))
    train = np.setdiff1d(np.arange(len(frame)), apart)
    left = {column.name: column.reason for column in frame.columns if column.kind not in READABLE}
    # The target is not a column of the frame; any name serves while the inputs are fitted.
    encoding = fit_table(frame, train, features, features[0], recipe.columns, left, ("any",))
    if weights is not None and recipe.columns.numbers == "standard":
        encoding = _weighted_scales(encoding, frame, train, weights[train])
    inputs = encoding.facts.inputs
    if facts.targets:
        centre, scale = _spread(targets[train], None if weights is None else weights[train])
        facts = replace(facts, centre=tuple(centre.tolist()), scale=tuple(np.where(scale > 0, scale, 1.0).tolist()))
    encoding = replace(encoding, target=None, facts=replace(facts, inputs=inputs))
    known = np.asarray(targets, np.float64 if targets.ndim > 1 or weights is not None else np.int64)
    if weights is not None:
        known = np.column_stack([known, weights])
    inputs_of_all = numbers_of(frame, encoding)

    def part(name: str, where: np.ndarray) -> Subset:
        ids = [frame.ids[row] for row in where.tolist()]
        tensors = torch.from_numpy(known[where]), inputs_of_all[torch.from_numpy(where)]
        return Subset(name, tensors[0], ids, tensors[1], frame, None)  # pyright: ignore[reportArgumentType]

    purpose = Purpose("table", "classify" if facts.classes else "regress", left=left, features=tuple(features))
    none = train[:0]
    subsets = part("train", train), part("validation", apart), part("test", none)
    return Encoded(frame, purpose, encoding, *subsets, Division(train, apart, none, (), ""), (), recipe.split)


def numbers_of(frame: Frame, encoding: Encoding) -> Tensor:
    """Encoded rows (N, F) in double precision, in which a row's answer does not depend on the rows beside it."""
    assert isinstance(encoding, TableEncoding), "estimators read tables"
    return encoding.inputs(frame).double()


def _weighted_scales(encoding: TableEncoding, frame: Frame, train: np.ndarray, weights: np.ndarray) -> TableEncoding:
    """Mean and deviation of each number column as if each row stood there as often as it weighs."""
    numbers = []
    for each in encoding.numbers:
        if each.name not in frame.table.columns:  # a part of a date
            numbers.append(each)
            continue
        values = np.asarray(frame.table[each.name], np.float64)[train]
        centre, scale = _spread(np.where(np.isfinite(values), values, each.fill), weights)
        numbers.append(replace(each, centre=float(centre), scale=float(scale)))
    return replace(encoding, numbers=tuple(numbers))


def _spread(values: np.ndarray, weights: np.ndarray | None) -> tuple[Any, Any]:
    """Mean and deviation over the rows; a deviation that is only rounding is 0."""
    centre = np.average(values, axis=0, weights=weights)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weights))
    return centre, np.where(scale > 1e-12 * np.maximum(np.abs(centre), 1e-300), scale, 0.0)
