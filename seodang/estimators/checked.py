"""What people hand to an estimator, checked as scikit-learn wants it: rows as a frame of typed columns, pictures as pixels."""

# N rows · F columns
from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import _check_sample_weight, validate_data

from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.data.frame import Frame
from seodang.estimators.pictures import as_pixels
from seodang.estimators.rows import frame_of

NO_Y = "no_validation"
# scikit-learn has no types of its own, and those guessed for it are too narrow.
_validate: Any = validate_data
_check: Any = check_array


def checked_input(estimator: Any, X: Any, y: Any = NO_Y, *, reset: bool, numeric: bool = False) -> tuple[Any, Any]:  # noqa: N803
    """X as a frame (N rows) or as pixels (N, H, W, C) uint8, and y as an array.

    Arrays and sparse matrices hold finite numbers. Data frames may also hold words, dates and missing values.

    Args:
        estimator: Remembers the number and names of the columns where `reset`, and is compared with them otherwise; where it
            has `columns_`, it was fitted on a data frame with these.
        y: Or NO_Y, where none is needed.
        numeric: Whether y must be numbers.

    Raises ValueError or TypeError, in scikit-learn's words, where something does not fit.
    """
    names = None if reset else estimator.columns_
    if isinstance(X, pd.DataFrame) and (reset or names):
        _validate(estimator, X, y, skip_check_array=True, reset=reset)
        if len(X) == 0:
            raise ValueError(
                tr("Found array with 0 sample(s) (shape={shape}) while a minimum of 1 is required.", shape=X.shape)
            )
        if not isinstance(y, str):
            y = _check(y, ensure_2d=False, dtype="numeric" if numeric else None, input_name="y")
            check_consistent_length(X, y)
        _refuse_infinity(X)
        return frame_of(X, None if reset else estimator.kinds_), y
    how: dict[str, Any] = {"accept_sparse": ["csr", "csc"], "allow_nd": True, "dtype": "numeric", "reset": reset}
    if isinstance(y, str):
        array = _validate(estimator, X, **how)
    else:
        array, y = _validate(estimator, X, y, multi_output=True, y_numeric=numeric, **how)
    array = array.toarray() if hasattr(array, "toarray") else array
    if array.ndim > 2:
        return as_pixels(array), y
    if names:  # fitted on a data frame, asked about an array: by place, of which scikit-learn has warned
        return frame_of(pd.DataFrame(array, columns=names), estimator.kinds_), y
    return frame_of(array), y


def _refuse_infinity(table: pd.DataFrame) -> None:
    """A missing value is a value; infinity is a mistake."""
    for name, values in table.items():
        if pd.api.types.is_float_dtype(values.dtype) and np.isinf(values.to_numpy(np.float64, na_value=0)).any():
            raise ValueError(tr("Input X contains infinity, in column {name!r}.", name=name))


def checked_weights(
    found: Frame | np.ndarray, y: Any, sample_weight: Any
) -> tuple[Frame | np.ndarray, Any, np.ndarray | None]:
    """Weights as (N,) float64 above 0, or None where none were given; rows that weigh nothing are taken out of all three."""
    if sample_weight is None:
        return found, y, None
    weights = np.asarray(_check_sample_weight(sample_weight, np.empty((len(found), 1))), np.float64)
    if (weights < 0).any():
        raise ValueError(tr("Negative values in data passed to `sample_weight`: a row cannot weigh less than nothing."))
    if not weights.any():
        raise ValueError(tr("Every weight in sample_weight is zero: no row is left to learn from."))
    if weights.all():
        return found, y, weights
    stay = np.flatnonzero(weights)
    return found[stay] if isinstance(found, np.ndarray) else found.select(stay), y[stay], weights[stay]
