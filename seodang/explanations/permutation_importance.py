"""How much worse a run on a table judges when a column is mixed up (Breiman, 2001)."""

# N rows · R repeats
from __future__ import annotations

import numpy as np
import torch

from seodang.core.errors import DataError, RunError
from seodang.core.language import tr
from seodang.core.numbers import percent
from seodang.evaluation.naming import split_name
from seodang.evaluation.row_examples import own_rows
from seodang.evaluation.verdict import listed
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example, kind_of
from seodang.explanations.explanation import Bar, Bars, DoesNotApply, Explanation
from seodang.explanations.scores import answers, operations
from seodang.runs.folder import Run

REPEATS, FEWEST_REPEATS = 10, 3
MOST_ROWS, FEWEST_ROWS = 1_000, 100  # of the judged ones, drawn with a fixed seed where there are more
WORK = 10e9  # multiply-adds: under a second of one core
AT_ONCE = 256
MOST_SHOWN = 12


def permutation_importance(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """How much worse the run judges when a column's values are dealt out anew: what it needs. https://doi.org/10.1023/A:1010933404324"""
    if kind_of(run) != "row":
        raise DoesNotApply(tr("it mixes up the columns of a table"))
    must_answer(run)
    try:
        judged = own_rows(run, example.own.data)
    except (RunError, DataError) as reason:
        raise DoesNotApply(tr("the run's own rows cannot be opened: {reason}", reason=reason)) from None
    rows_at_most, repeats = size_of(operations(run) * len(run.encoding.groups))
    chosen = np.sort(np.random.default_rng(0).permutation(len(judged))[:rows_at_most])
    rows = judged.subset.fetch(torch.from_numpy(chosen))
    targets = judged.subset.labels[torch.from_numpy(chosen)]
    whole, losses = importance(run, rows, targets, run.encoding.groups, repeats)
    names = list(losses)
    order = sorted(names, key=lambda name: -losses[name].mean())
    most = max(abs(float(losses[name].mean())) for name in names) or 1.0
    of_class = bool(run.classes)
    bars = []
    for name in order[:MOST_SHOWN]:
        mean, spread = float(losses[name].mean()), float(losses[name].std(ddof=1))
        value = f"{100 * mean:.1f} ± {100 * spread:.1f}" if of_class else f"{mean:,.4g} ± {spread:,.2g}"
        bars.append(Bar(name, mean / most, value))
    told = {"count": len(chosen), "split": split_name(judged.split), "times": repeats}
    told["whole"] = percent(whole, len(chosen)) if of_class else f"{whole:,.4g}"
    none = [name for name in order if losses[name].mean() <= 2 * losses[name].std(ddof=1)]
    words = (
        tr(
            "On {count:,} {split} rows the run is right on {whole}. Each column in turn is dealt out anew among the rows, "
            "{times} times: the bars say how many points of that are lost (mean ± deviation over the {times}).",
            **told,
        )
        if of_class
        else tr(
            "On {count:,} {split} rows the run is off by {whole} on average. Each column in turn is dealt out anew among the "
            "rows, {times} times: the bars say how much it is farther off (mean ± deviation over the {times}).",
            **told,
        ),
        *([tr("No loss that stands out from chance: {names}.", names=listed(none, 8))] if none else []),
        tr(
            "What it cannot tell: of two columns that say the same, each is missed little while the other is "
            "there, so both look unimportant; and mixing makes rows that cannot be. It is what this network "
            "needs, not what causes the outcome."
        ),
    )
    numbers = {
        "rows": len(chosen),
        "split": judged.split,
        "metric": "accuracy" if of_class else "mae",
        "score": round(whole, 6),
        "repeats": repeats,
        "loss": {
            name: {"mean": round(float(losses[name].mean()), 6), "deviation": round(float(losses[name].std(ddof=1)), 6)}
            for name in order
        },
    }
    shown = Bars((tr("column"), tr("lost without it"), tr("points") if of_class else ""), tuple(bars), from_left=True)
    return Explanation(tr("Which columns the run needs"), "run", words, numbers, (shown,))


def size_of(row: int) -> tuple[int, int]:
    """How many rows are judged, and how often each column is dealt out anew: fewer rows, then fewer times, where it takes long.

    Args:
        row: Multiply-adds of one row with each of its columns dealt out anew once.

    >>> size_of(1_000), size_of(3_000_000), size_of(20_000_000)
    ((1000, 10), (333, 10), (100, 5))
    """
    rows = min(MOST_ROWS, max(FEWEST_ROWS, int(WORK / (REPEATS * row))))
    return rows, min(REPEATS, max(FEWEST_REPEATS, int(WORK / (rows * row))))


def importance(
    run: Run,
    rows: torch.Tensor,
    targets: torch.Tensor,
    groups: dict[str, list[int]],
    repeats: int = REPEATS,
    seed: int = 0,
) -> tuple[float, dict[str, np.ndarray]]:
    """The score of encoded rows (N, F), and for each column what is lost of it in R repeats: accuracy, or distance gained."""
    generator = np.random.default_rng(seed)

    def score(given: torch.Tensor) -> float:
        told = torch.cat([answers(run, part) for part in given.split(AT_ONCE)])
        if run.classes:
            return float((told.argmax(1) == targets).double().mean())
        return float((told - targets).abs().double().mean())

    whole, sign, found = score(rows), 1 if run.classes else -1, {}
    for name, places in groups.items():
        lost = []
        for _ in range(repeats):
            mixed = rows.clone()
            mixed[:, places] = rows[torch.from_numpy(generator.permutation(len(rows)))][:, places]
            lost.append(sign * (whole - score(mixed)))
        found[name] = np.array(lost)
    return whole, found
