"""Names in data: of splits, of the label column, of classes, of the data itself."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
    "t10k": "test",
}
LABEL_NAMES = ("label", "labels", "class", "target", "y", "category", "fine_label", "class_name", "letter", "digit")


def split_of(name: str) -> str:
    """The split a file or folder name announces, or the empty string.

    >>> split_of("train-00000-of-00002"), split_of("Valid"), split_of("fashion_t10k-images"), split_of("cats")
    ('train', 'validation', 'test', '')
    """
    for word in re.split(r"[^a-z0-9]+", name.lower()):
        if word in SPLIT_WORDS:
            return SPLIT_WORDS[word]
    return ""


def short_name(path: Path) -> str:
    """A name for a run's folder, of letters, digits, dot, hyphen and underscore.

    >>> short_name(Path("My Photos.csv.gz"))
    'My-Photos'
    """
    stem = path.resolve().name
    for suffix in (".gz", ".csv", ".tsv", ".txt", ".parquet", ".arrow", ".feather", ".npz", ".npy"):
        stem = stem.removesuffix(suffix)
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-.")[:64] or "data"


def classes_of(values: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Label values as text, sorted (numbers by size), and the index of each example's.

    >>> classes, labels = classes_of(np.array(["10", "9", "0", "10"]))
    >>> classes, labels.tolist()
    (('0', '9', '10'), [2, 1, 0, 2])
    """
    found, inverse = np.unique(values.astype(str), return_inverse=True)
    names = [str(name) for name in found]
    try:
        order = sorted(range(len(names)), key=lambda i: (float(names[i]), names[i]))
    except ValueError:
        order = list(range(len(names)))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return tuple(names[i] for i in order), rank[inverse.reshape(-1)]
