"""What new rows have that training rows had not: names never seen, numbers far outside, values that are missing."""

from __future__ import annotations

import numpy as np

from seodang.core.language import tr
from seodang.data.encode_table import Category, Number, TableEncoding, numbers_in, with_parts
from seodang.data.frame import Frame

# A number is far outside where it is farther than this share of the training range from it.
SLACK = 0.1
MOST_TOLD = 5  # columns of a kind that are told by themselves


def unseen(encoding: TableEncoding, frame: Frame) -> list[str]:
    """A sentence for each column of new rows with values that the network could not learn from; none where all is usual."""
    table = with_parts(frame.table)
    found = [_names(each, table[each.name], len(table)) for each in encoding.categories]
    found += [_number(each, numbers_in(table, each.name)) for each in encoding.numbers]
    sentences = [sentence for sentence in found if sentence]
    more = len(sentences) - MOST_TOLD
    return (
        sentences
        if more <= 0
        else [*sentences[:MOST_TOLD], tr("{more:,} more columns have values that were never seen.", more=more)]
    )


def _names(column: Category, values, rows: int) -> str:
    known = {None, *column.values}
    strange = [value for value in values.tolist() if value is not None and value == value and str(value) not in known]
    if not strange:
        return ""
    number, kinds = len(strange), list(dict.fromkeys(map(str, strange)))
    such = ", ".join(map(repr, kinds[:3]))
    which = such if len(kinds) <= 3 else tr("{count:,} values, such as {such}", count=len(kinds), such=such)
    told = {"column": column.name, "which": which, "number": number, "rows": rows}
    if number == 1:
        return tr(
            "{column} has {which} in {number:,} of {rows:,} rows, never or hardly seen in training: it counts as unknown.",
            **told,
        )
    return tr(
        "{column} has {which} in {number:,} of {rows:,} rows, never or hardly seen in training: they count as unknown.",
        **told,
    )


def _number(column: Number, values: np.ndarray) -> str:
    rows, missing = len(values), int(np.isnan(values).sum())
    if missing and not column.marks:
        return tr(
            "{column} is missing in {missing:,} of {rows:,} rows, and never was in training: {fill:g}, the "
            "median there, stands in.",
            column=column.name,
            missing=missing,
            rows=rows,
            fill=column.fill,
        )
    slack = SLACK * (column.high - column.low)
    with np.errstate(invalid="ignore"):
        far = values[(values < column.low - slack) | (values > column.high + slack)]
    if not len(far) or column.high <= column.low:
        return ""
    return tr(
        "{column} is outside all that was seen in training ({low:g} to {high:g}) in {count:,} of {rows:,} "
        "rows, such as {far:g}: the answer there means little.",
        column=column.name,
        low=column.low,
        high=column.high,
        count=len(far),
        rows=rows,
        far=far[0],
    )
