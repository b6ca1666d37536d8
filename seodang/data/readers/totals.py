"""What stands among or below the rows of a table and is none of them: blank rows, sums of the rows above, remarks."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from seodang.core.sentences import said
from seodang.data.amounts import amounts
from seodang.data.readers.headers import is_amount
from seodang.data.source import LeftOut
from seodang.data.words import pc, words_of

# The first cell of a row that adds others up.
_WORDS = r"((grand|sub)[ _-]?)?(totals?|sums?|average|mean)|합계|총계|총합|총합계|소계|계|전체|평균"
_TOTALS = re.compile(_WORDS, re.I)
_MOST_TOTALS = 3
_REMARK = re.compile(
    r"(sources?|notes?|remarks?|last updated|data from|exported|generated|quelle|출처|자료|비고|주|단위)\b.*|[*※†©].*|\([\d,]+ rows?\)",
    re.I | re.S,
)
_MOST_ROWS = 200_000  # rows of a table that is searched for sums in the middle
_MOST_SUMS = 0.2  # of the rows
_ALIKE = 1e-3  # a sum may differ so far by rounding, as a share of it


def without_blank_and_totals(
    file: str, table: pa.Table, numbers: np.ndarray
) -> tuple[pa.Table, np.ndarray, list[LeftOut]]:
    """Rows without any value are passed over; sums and remarks are listed.

    Args:
        table: columns of strings, none null.   numbers: (R,) what each row is called.
    """
    if table.num_columns < 2:
        return table, numbers, []
    blank = np.ones(table.num_rows, bool)
    for column in table.columns:
        blank &= np.asarray(pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy())
        if not blank.any():
            break
    table, numbers = (table.filter(pa.array(~blank)), numbers[~blank]) if blank.any() else (table, numbers)
    left: list[LeftOut] = []
    while table.num_rows > _MOST_TOTALS and len(left) < _MOST_TOTALS and (why := _below(table)):
        left.append(LeftOut(f"{file} row {numbers[-1]}", why))
        table, numbers = table.slice(0, table.num_rows - 1), numbers[:-1]
    if (sums := _sums(table)).any():
        left += [LeftOut(f"{file} row {number}", said("adds the rows above up")) for number in numbers[sums].tolist()]
        table, numbers = table.filter(pa.array(~sums)), numbers[~sums]
    return table, numbers, left


def _below(table: pa.Table) -> str:
    """What the last row is if it is none of the table's; else ""."""
    cells = [str(column[-1].as_py()).strip() for column in table.columns]
    filled = [cell for cell in cells if cell]
    if len(filled) == 1 and len(cells) > 2 and _REMARK.fullmatch(filled[0]):
        return said("a remark below the table")
    return said("adds the rows above up") if _is_total(table, cells) else ""


def _is_total(table: pa.Table, cells: list[str]) -> bool:
    """Whether the last row begins with a word such as Total, which no other row has, and goes on with amounts."""
    position = next((index for index, cell in enumerate(cells) if cell), None)
    if position is None or not _TOTALS.fullmatch(cells[position].rstrip(":")):
        return False
    if not all(map(is_amount, filter(None, cells[position + 1 :]))):
        return False
    return pc.sum(pc.equal(table.column(position), table.column(position)[-1])).as_py() == 1


def _sums(table: pa.Table) -> np.ndarray:
    """(R,) rows with a word such as Total whose every amount is the sum, or the mean, of the rows since the last such row, or of all."""
    rows = table.num_rows
    none = np.zeros(rows, bool)
    if not _MOST_TOTALS < rows <= _MOST_ROWS:
        return none
    said_so = none.copy()
    for column in table.columns:
        if not is_amount(str(column[0].as_py())):
            said_so |= pc.match_substring_regex(column, rf"^\s*(?i:{_WORDS})\s*:?\s*$").to_numpy()
    if not 0 < said_so.sum() <= _MOST_SUMS * rows:
        return none
    found = [_amounts(column) for column in table.columns]
    values = [each for each in found if each is not None and np.isfinite(each).mean() >= 0.5]
    plain = np.flatnonzero(~said_so)
    if said_so.sum() == 1 and said_so[[0, -1]].any() and _is_largest(values, said_so):
        return said_so
    before = -1
    for row in np.flatnonzero(said_so).tolist():
        blocks = [plain[(plain > before) & (plain < row)], plain[plain < row]]
        told = [each for each in values if np.isfinite(each[row])]
        if not told or not any(all(_adds_up(each, block, row) for each in told) for block in blocks if len(block)):
            return none
        before = row
    return said_so


def _is_largest(values: list[np.ndarray], row: np.ndarray) -> bool:
    """Whether one row at an end, called Total, is above all others in most columns: a sum, perhaps of more than these rows."""
    others = [(each[row][0], each[~row][np.isfinite(each[~row])]) for each in values if np.isfinite(each[row][0])]
    above = [
        len(rest) > 1 and here > rest.max() and here > 2 * np.median(rest)
        for here, rest in others
        if len(np.unique(rest)) > 1
    ]
    return len(above) > 0 and sum(above) > 0.5 * len(above)


def _adds_up(values: np.ndarray, block: np.ndarray, row: int) -> bool:
    part = values[block][np.isfinite(values[block])]
    near = _ALIKE * max(abs(values[row]), 1e-9)
    return bool(len(part)) and min(abs(part.sum() - values[row]), abs(part.mean() - values[row])) <= near


def _amounts(column: pa.ChunkedArray) -> np.ndarray | None:
    words = words_of(column.cast(pa.large_string()))
    found = amounts(words.words) if len(words.words) else None
    return None if found is None else words.spread(found.values, np.nan)
