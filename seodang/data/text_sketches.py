"""What a page shows of texts: how long they are, their commonest words, which words tell classes apart, and examples of each."""

# N texts · K classes
from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.data.column_sketches import coloured, histogram, labels_of, some
from seodang.data.frame import Frame
from seodang.data.purposes import Purpose
from seodang.data.scripts import are_piecewise

COMMON, TELLING, EXAMPLES, LONGEST = 24, 12, 3, 280
MOST_CLASSES = 12  # whose words and examples are shown
LEAST = 3  # texts of a class that a telling word stands in
SIDES = 8  # pairs of sentences
_WORD = re.compile(r"\w[\w'’-]*")


def text_sketches(frame: Frame, found: Purpose, classes: list[str]) -> dict[str, Any]:
    """Lengths, words and examples of the texts that are read; of pairs also of the translations.

    Returns: unit ("words", or "characters" of texts whose words say little by themselves), sides [{column, lengths, words}],
        telling [{class, words}], examples [{class, texts}], pairs [[text, translation]]. Test texts that the data gives are left out.
    """
    frame = frame.select(some(frame))
    text = found.text
    assert text is not None, "there are texts"
    columns = [text, *([found.target] if found.form == "pairs" and found.target else [])]
    read = {name: [value if isinstance(value, str) else "" for value in frame.table[name]] for name in columns}
    known = labels_of(frame, found.target, classes)
    groups, labels = coloured(known, classes), known.tolist()
    unit = "characters" if are_piecewise(read[text]) else "words"
    told: dict[str, Any] = {"unit": unit, "sides": [], "telling": [], "examples": [], "pairs": []}
    for name in columns:
        held = [_WORD.findall(each.lower()) for each in read[name]]
        lengths = np.array([len(each) for each in (read[name] if unit == "characters" else held)], np.float64)
        told["sides"].append(
            {"column": name, "lengths": histogram(lengths, groups, is_whole=True), "words": _common(held)}
        )
        if name == text and 2 <= len(classes) <= MOST_CLASSES:
            told["telling"] = _telling(held, labels, classes)
    if found.form == "pairs":
        chosen = np.unique(np.linspace(0, len(frame) - 1, min(SIDES, len(frame))).round().astype(int)).tolist()
        told["pairs"] = [[cut(read[name][row]) for name in columns] for row in chosen]
    else:
        told["examples"] = _examples(read[text], labels, classes)
    return told


def _common(held: list[list[str]]) -> list[list[Any]]:
    """The commonest words, each with the share of texts that it stands in."""
    counts = Counter(word for words in held for word in dict.fromkeys(words) if not word.isdigit())
    return [[word, count / max(1, len(held))] for word, count in counts.most_common(COMMON)]


def _telling(held: list[list[str]], labels: list[int], classes: list[str]) -> list[dict[str, Any]]:
    """Of each class the words that stand in more of its texts than chance would have it, those farthest from chance first."""
    sizes = np.bincount([label for label in labels if label >= 0], minlength=len(classes))
    inside: dict[str, np.ndarray] = {}
    for words, label in zip(held, labels, strict=True):
        if label >= 0:
            for word in dict.fromkeys(words):
                inside.setdefault(word, np.zeros(len(classes)))[label] += 1
    kept = [word for word, counts in inside.items() if counts.max() >= LEAST and not word.isdigit()]
    if not kept:
        return []
    counts = np.stack([inside[word] for word in kept])
    expected = counts.sum(1, keepdims=True) * sizes / max(1, sizes.sum())
    beyond = (counts - expected) / np.sqrt(np.maximum(expected, 1e-9))
    told = []
    for place, name in enumerate(classes):
        order = np.argsort(-beyond[:, place], kind="stable")[:TELLING]
        words = [
            [kept[row], int(counts[row, place]), int(counts[row].sum())] for row in order if beyond[row, place] > 2
        ]
        told.append({"class": name, "words": words})
    return told


def _examples(texts: list[str], labels: list[int], classes: list[str]) -> list[dict[str, Any]]:
    """A few texts of each class, taken evenly; of many classes the first twelve."""
    groups = list(range(len(classes)))[:MOST_CLASSES] if classes else [0]
    made = []
    for group in groups:
        own = [place for place, label in enumerate(labels) if label == group and texts[place].strip()]
        count = EXAMPLES if classes else 2 * EXAMPLES
        chosen = [
            own[place] for place in np.unique(np.linspace(0, len(own) - 1, min(count, len(own))).round().astype(int))
        ]
        made.append({"class": classes[group] if classes else "", "texts": [cut(texts[place]) for place in chosen]})
    return made


def cut(text: str) -> str:
    """A text in one line, not longer than a page can hold."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def unit_of(told: dict[str, Any]) -> str:
    """What lengths are counted in."""
    return tr("words") if told["unit"] == "words" else tr("characters")
