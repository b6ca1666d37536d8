"""Which columns of a row pushed the answer, and how far (Shapley, 1953)."""

# M columns · S sets of them
from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
import torch

from seodang.core.language import tr
from seodang.evaluation.judge_rows import plain
from seodang.explanations._makers import must_answer
from seodang.explanations.example import Example, one_row, typical
from seodang.explanations.explanation import Bar, Bars, DoesNotApply, Explanation
from seodang.explanations.scores import answers
from seodang.runs.folder import Run

# With so many columns every set of them is tried; with more, orders drawn by chance, each there and back.
EXACT, ORDERS = 10, 48
MOST_SHOWN = 12

Value = Callable[[np.ndarray], np.ndarray]


def columns(run: Run, example: Example, *, layer: str | None = None) -> Explanation:
    """How far each column took the answer from a typical row to this one; the parts add up. https://doi.org/10.1515/9781400881970-018"""
    if example.kind != "row" or example.row is None or example.given is None:
        raise DoesNotApply(tr("it looks at one row of a table"))
    must_answer(run)
    usual = one_row(run, typical(example.own))
    start, groups = run.encoding.inputs(usual), run.encoding.groups
    names = list(groups)

    def value(chosen: np.ndarray) -> np.ndarray:
        """Of sets (S, M) the answer to a typical row with this row's values in the chosen columns."""
        assert example.given is not None, "there is a row"
        taken = torch.zeros(len(chosen), start.shape[1], dtype=torch.bool)
        for place, name in enumerate(names):
            taken[:, groups[name]] = torch.from_numpy(chosen[:, place])[:, None]
        told = answers(run, torch.where(taken, example.given, start)).double().numpy()
        return told[:, example.target] if run.classes else told.mean(1)

    whole = value(np.stack([np.zeros(len(names), bool), np.ones(len(names), bool)]))
    alone = whole[1] - value(~np.eye(len(names), dtype=bool))
    parts = shapley(value, len(names))
    order = np.argsort(-np.abs(parts), kind="stable")
    most = float(np.abs(parts).max()) or 1.0
    of_class = bool(run.classes)

    def bar(place: int) -> Bar:
        name = names[place]
        cells = (plain(example.row.table[name].iloc[0]), plain(usual.table[name].iloc[0]))  # type: ignore[union-attr]
        return Bar(name, float(parts[place]) / most, _told(parts[place], of_class), cells)

    shown_alone = MOST_SHOWN if len(order) > MOST_SHOWN + 1 else len(order)
    rows = [bar(int(place)) for place in order[:shown_alone]]
    if len(order) > shown_alone:
        rest = float(parts[order[shown_alone:]].sum())
        share = max(-1.0, min(1.0, rest / most))
        rows.append(Bar(tr("{count} others", count=len(order) - shown_alone), share, _told(rest, of_class), ("", "")))
    said = tr("the probability of {name!r}", name=run.classes[example.target]) if of_class else f"{run.encoding.target}"
    begun, ended = (f"{100 * each:.1f} %" if of_class else f"{each:,.5g}" for each in whole)
    shared = tr(
        "Columns that say the same share their part. This is how the network answers, not how the world works: changing a "
        "column in the world need not change the outcome."
    )
    words = (
        tr(
            "For a typical row (medians and most common values of the training rows) {said} is {begun}; for this "
            "row it is {ended}. The bars say how much each column adds to the way from one to the other, and "
            "together they are all of it.",
            said=said,
            begun=begun,
            ended=ended,
        ),
        f"{_how(len(names))} {shared}",
    )
    numbers = {
        "typical": {name: plain(usual.table[name].iloc[0]) for name in names},
        "answer_typical": round(float(whole[0]), 6),
        "answer": round(float(whole[1]), 6),
        "parts": {names[place]: round(float(parts[place]), 6) for place in order},
        "lost_without": {names[place]: round(float(alone[place]), 6) for place in order},
    }
    shown = Bars(
        (tr("column"), tr("this row"), tr("typical"), tr("pushes the answer"), tr("points") if of_class else ""),
        tuple(rows),
    )
    return Explanation(tr("Which columns pushed the answer"), "answer", words, numbers, (shown,))


def _how(columns: int) -> str:
    if columns <= EXACT:
        return tr("A column's part is its mean over all orders in which the columns could be exchanged one by one.")
    return tr(
        "A column's part is its mean over all orders in which the columns could be exchanged one by one ({count} orders, "
        "drawn).",
        count=2 * ORDERS,
    )


def _told(part: float, of_class: bool) -> str:
    return f"{100 * part:+.1f}" if of_class else f"{part:+,.4g}"


def shapley(value: Value, count: int, seed: int = 0) -> np.ndarray:
    """The Shapley value of each of `count` players, (M,): they add up to value(all) - value(none).

    Args:
        value: Sets (S, M) of bool to their values (S,).
        seed: Of the orders that are drawn where there are more than 10 players; each is gone through backwards too.

    >>> shapley(lambda sets: sets @ np.array([1.0, 2.0]) + sets.all(1), 2)
    array([1.5, 2.5])
    """
    if count <= EXACT:
        return _exactly(value, count)
    generator, total = np.random.default_rng(seed), np.zeros(count)
    for _ in range(ORDERS):
        order = generator.permutation(count)
        for each in (order, order[::-1]):
            sets = np.zeros((count + 1, count), bool)
            sets[1:] = np.tril(np.ones((count, count), bool))[:, np.argsort(each)]
            total[each] += np.diff(value(sets))
    return total / (2 * ORDERS)


def _exactly(value: Value, count: int) -> np.ndarray:
    sets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    sets = sets.astype(bool)
    values, sizes = value(sets), sets.sum(1)
    weights = np.array([factorial(size) * factorial(count - size - 1) for size in range(count)]) / factorial(count)
    parts = np.zeros(count)
    for player in range(count):
        without = np.flatnonzero(~sets[:, player])
        parts[player] = (weights[sizes[without]] * (values[without | (1 << player)] - values[without])).sum()
    return parts
