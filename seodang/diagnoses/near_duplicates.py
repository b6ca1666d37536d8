"""Nearly the same picture, cropped, brighter or saved again, or the same words otherwise written, on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from seodang.core.language import tr
from seodang.data.source import SPLITS, Source
from seodang.diagnoses.case import LONG, Case
from seodang.diagnoses.diagnosis import Diagnosis
from seodang.diagnoses.exact_duplicates import across, leak, twins


def near_duplicates(case: Case) -> Iterator[Diagnosis]:
    """Nearly the same picture, cropped, brighter or saved again, or the same words otherwise written, on both sides."""
    if isinstance(case.opened, Source):
        case.costs()
        yield from across(case, case.alike, tr("nearly the same: cropped, brighter or saved again"))
    elif case.purpose.form == "texts":
        yield from _texts(case)


def _texts(case: Case) -> Iterator[Diagnosis]:
    """Texts that differ in case, signs or mark-up only, and not in nothing: those are told by exact duplicates."""
    case.costs()
    frame, text = case.frame, str(case.purpose.text)
    splits = np.asarray(frame.splits)
    places: dict[str, list[int]] = {}
    texts = frame.table[text].tolist()
    for row, one in enumerate(texts):
        words = re.sub(r"<[^>]{1,20}>|[\W_]+", " ", str(one).lower()).split()
        if len(words) >= LONG:
            places.setdefault(" ".join(words), []).append(row)
    plain = [" ".join(str(one).split()) for one in texts]
    for judged in SPLITS[:0:-1]:
        again, example = [], ""
        for rows in places.values():
            train = {plain[row] for row in rows if splits[row] == "train"}
            late = [row for row in rows if splits[row] == judged and plain[row] not in train]
            if train and late:
                again += late
                twin = next(row for row in rows if splits[row] == "train")
                example = example or twins(frame.ids[late[0]], frame.ids[twin])
        if again:
            total = int((splits == judged).sum())
            yield leak(judged, len(again), total, "text", tr("the same words, other signs"), example, dropped=False)
