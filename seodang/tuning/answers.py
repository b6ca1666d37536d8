"""How each validation example was answered in each trial, and what the best of several is worth beyond the split that chose it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.files import append_line, read_lines
from seodang.data.load import Prepared
from seodang.evaluation.judged import Judged, predict_all
from seodang.evaluation.row_examples import outputs_of
from seodang.runs.events import Finished

ANSWERS = "answers.jsonl"
# Of more validation examples nothing is kept: there the best of a hundred equals, each wrong on a tenth of its own, is flattered by a
# quarter of a point (2.5 · sqrt(0.9 · 0.1 / N), the greatest of a hundred normal deviates; by less where the trials err alike), and
# the amounts of a trial are half a megabyte.
MOST_EXAMPLES = 100_000
DRAWS, DRAWS_AT_ONCE = 500, 50

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Answers:
    """Of one trial: scores, (N,), and which N validation examples these are of; two of the same have the same `examples`."""

    scores: Scores
    examples: str


def keep_answers(folder: Path, event: Finished, by: str) -> None:
    """Write down how a trial answered each validation example, where that is one answer an example."""
    scores = validation_scores(event, by)
    if scores is None:
        return
    packed = np.packbits(scores > 0).tobytes() if by == "validation_accuracy" else scores.astype("<f4").tobytes()
    line = {"run": event.run.name, "by": by, "examples": len(scores), "sha256": _examples(event)}
    line["scores"] = base64.b64encode(packed).decode()
    append_line(folder / ANSWERS, line)


def _examples(event: Finished) -> str:
    """The digest of the validation split that a run of pictures keeps. That of rows has in it how their columns were prepared, which
    a trial may vary: the digest of their names and targets instead."""
    if isinstance(event.data, Prepared):
        return event.run.data["sha256"]["validation"]
    subset = event.data.validation
    names = hashlib.sha256("\0".join(subset.ids).encode("utf-8", "surrogateescape"))
    names.update(subset.labels.contiguous().numpy().tobytes())
    return names.hexdigest()


def read_answers(folder: Path, by: str) -> dict[str, Answers]:
    """What `keep_answers` wrote, of each run."""
    file, found = folder / ANSWERS, {}
    for line in read_lines(file) if file.exists() else ():
        if line["by"] == by:
            packed = base64.b64decode(line["scores"])
            bits = by == "validation_accuracy"
            scores = np.unpackbits(np.frombuffer(packed, np.uint8)) if bits else np.frombuffer(packed, "<f4")
            found[line["run"]] = Answers(scores[: line["examples"]].astype(np.float32), line.get("sha256", ""))
    return found


def validation_scores(event: Finished, by: str) -> Scores | None:
    """Of each validation example, (N,): 1 or 0 as it was answered rightly or wrongly, or how far off the amount was. None for what is
    not one answer an example, and where there are too many."""
    run, data = event.run, event.data
    subset: Any = data.validation
    kinds = {"validation_accuracy": ("classify",), "validation_mae": ("regress", "forecast")}
    if run.recipe.task not in kinds.get(by, ()) or not 0 < len(subset) <= MOST_EXAMPLES:
        return None
    if isinstance(data, Prepared):
        content = data.scan.content[data.division.validation]
        outputs = predict_all(run, Judged(subset, data.source.where, "validation", "", content, True))
    else:
        outputs = outputs_of(run, subset)
    wanted = subset.labels.numpy()
    if by == "validation_accuracy":
        return (outputs.argmax(axis=1) == wanted).astype(np.float32)
    return np.abs(outputs - wanted).reshape(len(wanted), -1).mean(axis=1).astype(np.float32)


def beyond_choice(scores: NDArray[Any], higher: bool, seed: int = 0) -> float:
    """The mean score to be expected on new examples of the one of T that is best on these, (T, N).

    The best is chosen on resampled examples and judged on those that were not drawn, many times: Tsamardinos, Greasidou and
    Borboudakis, 2018, https://doi.org/10.1007/s10994-018-5714-4, "bootstrap bias corrected". Taken is by how much that differs from
    the best of all on the same examples, which is as much on average and varies less. It knows the chance of the examples, not that
    of the seed.

    >>> sure = np.stack([np.arange(100) % 10 > 0, np.zeros(100)])  # whichever are drawn, the first is chosen
    >>> beyond_choice(sure, higher=True)
    0.9
    """
    generator, num = np.random.default_rng(seed), scores.shape[1]
    means, scores = scores.mean(axis=1, dtype=np.float64), scores.astype(np.float32)
    best = (means if higher else -means).argmax()
    found: list[float] = []
    for start in range(0, DRAWS, DRAWS_AT_ONCE):
        draws = min(DRAWS_AT_ONCE, DRAWS - start)
        drawn = np.stack(
            [np.bincount(generator.integers(num, size=num), minlength=num) for _ in range(draws)]
        )  # (draws, N)
        inside = drawn.astype(np.float32) @ scores.T  # (draws, T)
        chosen = (inside if higher else -inside).argmax(axis=1)
        left_out = drawn == 0
        outside = (left_out * (scores[chosen] - scores[best])).sum(axis=1)
        counts = left_out.sum(axis=1)
        found += (outside[counts > 0] / counts[counts > 0]).tolist()
    return float(means[best] + np.mean(found))
