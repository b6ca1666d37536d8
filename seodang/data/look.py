"""What this data is and what is wrong with it, before anything is trained."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import trn
from seodang.core.sentences import said, shown
from seodang.data.duplicates import Group, exact, near, too_small
from seodang.data.findings import findings
from seodang.data.frame import Frame
from seodang.data.look_rows import look_rows
from seodang.data.open import open_any
from seodang.data.scan import Scan, scan
from seodang.data.seen import Seen
from seodang.data.source import SPLITS, Source
from seodang.data.split import Division, Split, divide

# Groups of duplicates that are listed one by one; all are counted.
LISTED = 200


def look(
    where: str | Path | Source | Frame, looked: Scan | None = None, division: Division | None = None
) -> dict[str, Any]:
    """What the data is and what is wrong with it, as plain values that JSON can hold; of rows and texts see `look_rows`.

    Args:
        where: A path, the name of a data set, or a source or frame that is open already.
        looked: Its scan, where there is one already.
        division: The splits in use; without it those that the data gives, or "all".

    Returns: kind, name, where, form, examples, classes, counts {split: {class: number}}, sizes, modes, left_out
        [{path, reason}], duplicates, notes, refused (why it cannot be trained on as it is, or None), and findings
        [{what, evidence, why, todo}], the most serious first.

    Raises:
        DataError: There is no data there, or not one picture can be read.
    """
    source = where if isinstance(where, Source | Frame) else open_any(where)
    if isinstance(source, Frame):
        return look_rows(source)
    looked = scan(source) if looked is None else looked
    source = looked.source
    splits = _splits(source, division)
    same, alike = exact(looked), near(looked)
    seen = Seen(looked, splits, division is not None, same, alike)
    return {
        "kind": "pictures",
        "name": source.name,
        "where": source.where,
        "form": source.form,
        "examples": len(source),
        "classes": list(source.classes),
        "counts": _counts(source, splits),
        "sizes": _sizes(looked),
        "modes": dict(Counter(looked.mode).most_common()),
        "left_out": [{"path": one.path, "reason": one.reason} for one in source.left_out],
        "duplicates": _duplicates(seen),
        "notes": [*source.notes, *_notes(looked)],
        "refused": _refused(source) if division is None else None,
        "findings": findings(seen),
    }


def _splits(source: Source, division: Division | None) -> np.ndarray:
    """(N,) the split each picture is in: "train", "validation", "test", or "all" where there is none."""
    if division is None:
        return np.where(source.splits == "", "all", source.splits)
    splits = np.full(len(source), "unused", dtype="<U10")
    for name in SPLITS:
        splits[getattr(division, name)] = name
    return splits


def _counts(source: Source, splits: np.ndarray) -> dict[str, dict[str, int]]:
    present = [name for name in (*SPLITS, "all") if (splits == name).any()]
    numbers = {name: np.bincount(source.labels[splits == name], minlength=len(source.classes)) for name in present}
    return {name: dict(zip(source.classes, numbers[name].tolist(), strict=True)) for name in present}


def _sizes(looked: Scan) -> dict[str, Any]:
    """Width and height in pixels: the smallest and largest by area, the median of each side, the most common and its share."""
    wide, high = looked.width.astype(np.int64), looked.height.astype(np.int64)
    area = wide * high
    pairs, numbers = np.unique(np.stack([wide, high], 1), axis=0, return_counts=True)
    common = int(numbers.argmax())
    return {
        "smallest": [int(wide[area.argmin()]), int(high[area.argmin()])],
        "median": [int(np.median(wide)), int(np.median(high))],
        "largest": [int(wide[area.argmax()]), int(high[area.argmax()])],
        "most_common": pairs[common].tolist(),
        "most_common_share": round(float(numbers[common] / len(looked)), 4),
        "different": len(pairs),
    }


def _notes(looked: Scan) -> list[str]:
    if too_small(looked):
        return [
            said("Near duplicates are not looked for: the pictures have too few pixels to tell a copy from a likeness.")
        ]
    return []


def _refused(source: Source) -> str | None:
    try:
        divide(source, Split())
    except DataError as error:
        return str(error)
    return None


def _duplicates(seen: Seen) -> dict[str, Any]:
    """Counts, and the first 200 groups of each kind with every member's id, split and class."""
    return {
        "same": {"groups": len(seen.same), "pictures": sum(len(group.members) for group in seen.same)},
        "near": {"groups": len(seen.alike), "pictures": sum(len(group.members) for group in seen.alike)},
        "groups": [
            {
                "kind": kind,
                "unexplained": round(group.unexplained, 5),
                "members": [_member(seen, i) for i in group.members],
            }
            for kind, groups in (("same", seen.same), ("near", seen.alike))
            for group in _serious_first(seen, groups)[:LISTED]
        ],
    }


def _serious_first(seen: Seen, groups: list[Group]) -> list[Group]:
    """Two labels before two splits before the rest."""
    return sorted(groups, key=lambda group: (not seen.has_two_labels(group), not seen.crosses(group)))


def _member(seen: Seen, index: int) -> dict[str, Any]:
    source = seen.looked.source
    return {
        "id": source.ids[index],
        "split": str(seen.splits[index]),
        "class": source.classes[source.labels[index]],
        "index": index,
    }


def short(found: dict[str, Any]) -> list[str]:
    """The three to six lines that `train` prints before it starts."""
    counts = found["counts"]
    splits = ", ".join(f"{name} {sum(classes.values()):,}" for name, classes in counts.items() if name != "all")
    lines = [
        trn(
            "{name}: {examples:,} pictures in {count} class ({form})",
            "{name}: {examples:,} pictures in {count:,} classes ({form})",
            len(found["classes"]),
            name=found["name"],
            examples=found["examples"],
            form=shown(found["form"]),
        )
        + (f": {splits}." if splits else ".")
    ]
    serious = [finding for finding in found["findings"] if finding["level"] == "serious"]
    first = (serious + [finding for finding in found["findings"] if finding not in serious])[:4]
    lines += [
        f"{'!' if finding in serious else '-'} {shown(finding['what'])} {shown(finding['todo'])}" for finding in first
    ]
    if more := len(found["findings"]) - len(first):
        lines.append(
            trn(
                "- {count} more finding: `seodang look {where}`.",
                "- {count} more findings: `seodang look {where}`.",
                more,
                where=shlex.quote(found["where"]),
            )
        )
    return lines
