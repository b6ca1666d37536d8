"""Nothing that is learnt before training (scales, categories, vocabularies, lengths) is learnt from rows that choose or judge.

Each kind of data twice, the second time with other files for validation and test: what the training part is encoded by stays, bit for
bit. Fitted on all rows it would not, as the control of each shows: the same change in the training file does change it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from seodang.data.encoded import Encoded
from seodang.data.open import open_any
from seodang.recipes.choose_rows import spelled_out
from seodang.recipes.resolve import resolve
from seodang.runs.opening import encode_frame

SPLITS = ("train", "validation", "test")
COUNT = {"train": 120, "validation": 30, "test": 30}


def rows_of(kind: str, split: str, strange: bool) -> pd.DataFrame:
    """What a file of a split holds; with `strange` values of another size, and words and names that stand nowhere else."""
    draw = np.random.default_rng(SPLITS.index(split))
    count, far = COUNT[split], 1e4 if strange else 1.0
    words = np.array(["quark", "zebra", "owls"] if strange else ["good", "film", "poor", "dull", "fine"])
    texts = [
        " ".join(draw.choice(words, draw.integers(4, 30 if strange else 9))) + f" {split}{n}" for n in range(count)
    ]
    since = pd.Timestamp("2050-01-01" if strange else "2021-01-01")
    made = {
        "amount": (draw.normal(0, 1, count) * far).round(4),
        "late": np.where(draw.random(count) < 0.2, np.nan, draw.exponential(1, count).round(4)) * far,
        "town": draw.choice(["Nowhere", "Elsewhere"] if strange else ["Seoul", "Busan", "Daegu"], count),
        "day": (since + pd.to_timedelta(draw.integers(0, 300, count), "D")).strftime("%Y-%m-%d"),
        "class": draw.choice(["no", "yes"], count),
        "price": (draw.normal(10, 2, count) * far).round(3),
        "text": texts,
        "translation": [text.upper() for text in texts],
    }  # fmt: skip
    names = {
        "table-classifier": ["amount", "late", "town", "day", "class"],
        "table-regressor": ["amount", "late", "town", "day", "price"],
        "text-classifier": ["text", "class"],
        "text-regressor": ["text", "price"],
        "translator": ["text", "translation"],
        "headlines-whole": ["text"],
    }
    return pd.DataFrame(made)[names[kind]]


def encoded(folder: Path, kind: str, strange: tuple[str, ...]) -> Encoded:
    """The three files, written and encoded; strange: the splits whose files are of another kind."""
    for split in SPLITS:
        rows_of(kind, split, split in strange).to_csv(folder / f"{split}.csv", index=False)
    target = {
        "table-classifier": "class",
        "table-regressor": "price",
        "text-classifier": "class",
        "text-regressor": "price",
    }
    said = {"columns.target": target[kind]} if kind in target else {}
    if kind in ("headlines-whole", "translator"):
        said["columns.text"] = "text"
    if kind == "translator":
        said["columns.target"] = "translation"
    asked = resolve(kind, said)
    frame = open_any(folder, asked.columns)
    asked, _ = spelled_out(asked, frame)
    return encode_frame(frame, asked)


@pytest.mark.parametrize(
    "kind",
    ["table-classifier", "table-regressor", "text-classifier", "text-regressor", "translator", "headlines-whole"],
)
def test_other_rows_to_choose_and_judge_by_change_nothing_that_is_learnt_from(tmp_path, kind):
    usual = encoded(tmp_path, kind, ())
    other = encoded(tmp_path, kind, ("validation", "test"))
    assert [len(part) for part in (other.train, other.validation, other.test)] == [*COUNT.values()]
    assert other.encoding == usual.encoding
    assert torch.equal(other.train.pixels, usual.train.pixels)
    assert torch.equal(other.train.labels, usual.train.labels)
    assert not torch.equal(other.test.pixels, usual.test.pixels)
    assert encoded(tmp_path, kind, ("train",)).encoding != usual.encoding, "the control"
