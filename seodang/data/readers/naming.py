"""Names in data: of splits, of the label column, of classes, of the data itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from seodang.core.files import plain_name
from seodang.core.sentences import said, saidn

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
    "학습": "train",
    "훈련": "train",
    "검증": "validation",
    "시험": "test",
    "테스트": "test",
}
# As the whole name of a folder only: "evaluation" in a file's name (car_evaluation.csv) says no split.
FOLDER_WORDS = {**SPLIT_WORDS, "eval": "test", "evaluation": "test", "holdout": "test", "평가": "test"}
# Words that cameras, telephones and programs put before a number: such a name says nothing of what a picture shows.
_CAMERAS = (
    "img image images imag dsc dscn dscf dcim pxl mvi vid gopr whatsapp photo photos picture pictures pic foto bild scan frame "
    "screenshot untitled file page sample capture snapshot download unnamed 사진 이미지 그림 스크린샷 캡처 무제"
)
# The class, and after it the number that tells its pictures apart: cat.0, american_bulldog_105, cat (3), cat12.
_NUMBERED = re.compile(r"(.*[^\W\d_].*?)(?:[ ._-]+\(?\d+\)?|\(\d+\))|(.*[^\W\d_]{2})\d+")
# The number first: 001-dog, 12_cat.
_NUMBER_FIRST = re.compile(r"\d+[ ._-]+([^\W\d_][^\d]*)")
# So many of the names must begin with a word that others begin with too.
_MOST = 0.9
LABEL_NAMES = ("label", "labels", "class", "target", "y", "category", "fine_label", "class_name", "letter", "digit")


def split_of(name: str) -> str:
    """The split a file or folder name announces, or the empty string.

    >>> split_of("train-00000-of-00002"), split_of("Valid"), split_of("fashion_t10k-images"), split_of("val2017"), split_of("cats")
    ('train', 'validation', 'test', 'validation', '')
    """
    for word in in_words(name):
        if (bare := word if word in SPLIT_WORDS else re.sub(r"\d{4}$", "", word)) in SPLIT_WORDS:  # train2017
            return SPLIT_WORDS[bare]
    return ""


def in_words(name: str) -> list[str]:
    """The words of a name, without capitals.

    >>> in_words("trainImages_2")
    ['train', 'images', '2']
    """
    return re.split(r"[\W_]+", _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))


def _plain(name: str) -> str:
    """A name as it is compared: composed letters, no capitals."""
    return unicodedata.normalize("NFC", name).casefold()


def split_folders(tops: Iterable[str], holding: Iterable[str]) -> dict[str, str]:
    """The split that each folder at the top is; none where they are classes.

    They are called train, test and the like; or these words stand in their names (training_set, 1.Validation) and they hold the same
    classes. A folder `train` full of pictures between other such folders is a class: trains.

    Args:
        tops: Names of the folders at the top.   holding: Folders that hold files, below the top ("train/cats").

    >>> split_folders(["Train", "val", "more"], ["Train/cats", "val/cats", "more"])
    {'Train': 'train', 'val': 'validation'}
    >>> split_folders(["training_set", "test_set"], ["training_set/cats", "training_set/dogs", "test_set/dogs"])
    {'test_set': 'test', 'training_set': 'train'}
    >>> split_folders(["bus", "car", "train"], ["bus", "car", "train"])
    {}
    """
    tops = sorted(tops)
    inside: dict[str, set[str]] = {top: set() for top in tops}
    for folder in holding:
        top, _, rest = folder.partition("/")
        if top in inside:
            inside[top].add(_plain(rest))
    exact = {top: FOLDER_WORDS[_plain(top)] for top in tops if _plain(top) in FOLDER_WORDS}
    if "train" in exact.values() or (exact and len(exact) == len(tops)):
        flat = all(inside[top] <= {""} for top in exact)
        return {} if flat and any("" in inside[top] for top in tops if top not in exact) else exact
    longer = {top: split for top in tops if (split := split_of(top))}
    train = {top for top, split in longer.items() if split == "train"}
    if len(train) != 1 or len(longer) < 2 or len(set(longer.values())) < len(longer):
        return {}
    learnt = inside[train.pop()] - {""}
    judged = [inside[top] - {""} for top, split in longer.items() if split != "train"]
    alike = all(2 * len(classes & learnt) >= len(classes) for classes in judged)
    return longer if learnt and alike else {}


def splits_inside(rows: list[tuple[str, str, str]], notes: list[str]) -> list[tuple[str, str, str]]:
    """cats/train, cats/test, dogs/train: the last folder is the split and the ones above it the class, where that is so everywhere."""
    apart = [(label.rpartition("/")[0], FOLDER_WORDS.get(_plain(label.rpartition("/")[2]), "")) for _, label, _ in rows]
    splits, classes = {split for _, split in apart}, {label for label, _ in apart}
    if (
        any(split for split, _, _ in rows)
        or "" in splits | classes
        or "train" not in splits
        or len(splits) < 2
        or len(classes) < 2
    ):
        return rows
    notes.append(said("The folders train, test and the like lie inside the class folders: they are the splits."))
    return [(split, label, file) for (label, split), (_, _, file) in zip(apart, rows, strict=True)]


def short_name(path: Path) -> str:
    """A name for a run's folder: see `plain_name`.

    >>> short_name(Path("My Photos.csv.gz")), short_name(Path("강아지 사진"))
    ('My-Photos', '강아지-사진')
    """
    stem = path.resolve().name
    for suffix in (".gz", ".csv", ".tsv", ".txt", ".parquet", ".arrow", ".feather", ".npz", ".npy"):
        stem = stem.removesuffix(suffix)
    return plain_name(stem, "data")


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


def class_in_name(name: str, pattern: re.Pattern[str] | None = None) -> str | None:
    """The class that a picture's file name says: what stands before its number or behind it, or the first group of a pattern; None
    where nothing.

    >>> [class_in_name(name) for name in ("cat.0.jpg", "basset_hound_105.jpg", "dog (3).png", "001-dog.png", "7.png")]
    ['cat', 'basset_hound', 'dog', 'dog', None]
    >>> class_in_name("0007_cat.jpg", re.compile("_([a-z]+)"))
    'cat'
    """
    if pattern is not None:
        found = pattern.search(name)
        return (found[1] or None) if found else None
    stem = name.rpartition(".")[0] or name
    if found := _NUMBERED.fullmatch(stem):
        return (found[1] or found[2]).strip()
    return found[1].strip() if (found := _NUMBER_FIRST.fullmatch(stem)) else None


def classes_in_names(names: Sequence[str]) -> set[str]:
    """The classes that file names begin with; none where they are not two or more that repeat over nearly all names, or are words
    of cameras (IMG_0001).

    >>> sorted(classes_in_names(["cat.0.jpg", "dog.0.jpg", "cat.1.jpg", "dog.1.jpg"]))
    ['cat', 'dog']
    >>> classes_in_names(["IMG_1.jpg", "IMG_2.jpg", "DSC_1.jpg", "DSC_2.jpg"])
    set()
    """
    numbers = Counter(word for name in names if (word := class_in_name(name)))
    classes = {word for word, number in numbers.items() if number > 1}
    first = {re.split(r"[\W\d_]+", word.casefold().strip(" ._-"))[0] for word in classes}
    if len(classes) < 2 or first & set(_CAMERAS.split()) or sum(numbers[word] for word in classes) < _MOST * len(names):
        return set()
    return classes


def has_group(text: str | None) -> bool:
    """Whether a setting is a regular expression with a group in parentheses, and not a name.

    >>> has_group("^([a-z]+)"), has_group("label"), has_group(None)
    (True, False, False)
    """
    try:
        return text is not None and re.compile(text).groups > 0
    except re.error:
        return False


def on_splits(tops: list[str], named: dict[str, str]) -> list[str]:
    """What to say of folders that are taken for a split though they are called otherwise, or for a class though they are not."""
    if not named and len(tops) > 1:
        classes = [top for top in tops if top.lower() in FOLDER_WORDS]
        return [said("{folder}/ is taken for a class, for it lies among class folders.", folder=top) for top in classes]
    odd = {top: split for top, split in named.items() if top.lower() not in SPLIT_WORDS}
    return [said("{folder}/ is taken for the {split} split.", folder=top, split=split) for top, split in odd.items()]


def inside_others(classes: set[str]) -> list[str]:
    """What to say of class folders that lie in others which hold pictures too: cats/ and cats/2021/."""
    inside = sorted(
        name for name in classes if any(parent.as_posix() in classes for parent in PurePosixPath(name).parents)
    )
    if not inside:
        return []
    return [
        saidn(
            "{names} lies inside another class and is a class of its own.",
            "{names} lie inside other classes and are classes of their own.",
            len(inside),
            names=", ".join(inside[:3]) + (", …" if len(inside) > 3 else ""),
        )
    ]


def one_spelling(rows: list[tuple[str, str, str]], notes: list[str]) -> list[tuple[str, str, str]]:
    """train/Cats and test/cats are one class; Cats and cats inside one split are two, as A and a are."""
    spelt: dict[str, dict[str, set[str]]] = {}
    for split, label, _ in rows:
        spelt.setdefault(label.casefold(), {}).setdefault(label, set()).add(split)
    one: dict[str, str] = {}
    for _, spellings in sorted(spelt.items()):
        splits = [split for each in spellings.values() for split in each]
        if len(spellings) < 2 or len(set(splits)) < len(splits):
            continue
        kept = max(sorted(spellings), key=lambda label: "train" in spellings[label])
        one |= dict.fromkeys(spellings, kept)
        notes.append(
            said(
                "The folders {names} differ in capital letters only and lie in different splits: one class, {name}.",
                names=", ".join(sorted(spellings)),
                name=kept,
            )
        )
    return [(split, one.get(label, label), file) for split, label, file in rows] if one else rows
