"""What a table is for where its rows are to be put out again: the columns of numbers, and nothing is foretold."""

from __future__ import annotations

from collections.abc import Collection

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose


def of_itself(frame: Frame, *, target: str | None = None, leave_out: Collection[str] = ()) -> Purpose:
    """The number columns of a frame as what goes in and comes out; others are left, with the reason.

    Args:
        target: A column that is not shown to the network: an answer that is known, say.
        leave_out: More of them.

    Raises DataError where a column that is named is not there, or no column of numbers is left.
    """
    there = [column.name for column in frame.columns]
    for name in (*([target] if target else []), *leave_out):
        if name not in there:
            raise DataError(
                tr(
                    "{where} has no column {name!r}. It has: {columns}.",
                    where=frame.where,
                    name=name,
                    columns=", ".join(there[:20]),
                )
            )
    left: dict[str, str] = {}
    for column in frame.columns:
        if column.name == target:
            left[column.name] = said("the target, which is not shown to the network")
        elif column.name in leave_out:
            left[column.name] = said("left out as asked")
        elif column.kind != "number":
            left[column.name] = said("of the kind {kind}; only numbers are put out again", kind=column.kind)
    features = tuple(name for name in there if name not in left)
    if not features:
        raise DataError(
            tr(
                "{where} has no column of numbers to put out again. The task reconstruct learns pictures and tables of numbers.",
                where=frame.where,
            )
        )
    reason = said("Nothing is foretold: the {count} columns of numbers are to be put out again.", count=len(features))
    return Purpose("table", "reconstruct", None, None, None, None, left, features, (reason,))
