"""How sure a score is: 95 % intervals, and whether one set of predictions is better than another or it is noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seodang.core.language import tr
from seodang.evaluation.metrics import (
    BINS,
    Labels,
    Numbers,
    confidence_bins,
    confusion,
    example_losses,
    macro_f1s,
    top_accuracy,
)

# Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054
# Draws of a bootstrap. Percentiles of 1,000 draws scatter by a few hundredths of the interval's width.
RESAMPLES = 1000
# e to a larger loss is no number that says anything.
MOST_LOSS = 50.0
# Resampled examples that may be held at once (8 bytes each).
DRAWS_AT_ONCE = 2_000_000

Interval = tuple[float, float]
Chosen = NDArray[np.int32]  # (M, N): which examples each of M resamples holds


def wilson(successes: float, trials: int) -> Interval:
    """The 95 % interval of a share, `successes` of `trials`. Stays within 0 to 1 and is honest at the ends.

    Wilson, 1927, https://doi.org/10.1080/01621459.1927.10502953; recommended by Brown, Cai and DasGupta, 2001,
    https://doi.org/10.1214/ss/1009213286. No trials: (0, 1), nothing is known.

    >>> [round(bound, 4) for bound in wilson(9, 10)]
    [0.5958, 0.9821]
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 / (1 + spread) * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(0.0, centre - half), min(1.0, centre + half)


def all_intervals(
    labels: Labels, probabilities: Numbers, metrics: dict[str, float], seed: int = 0
) -> dict[str, Interval]:
    """A 95 % interval for each of `metrics` (names of `all_metrics`), the examples taken as drawn at random.

    Shares by Wilson; area under the ROC curve by DeLong; the others by a bootstrap over examples (Efron, 1979,
    https://doi.org/10.1214/aos/1176344552) with a seeded generator.
    """
    generator = np.random.default_rng(seed)
    predicted = probabilities.argmax(axis=1)
    table = confusion(labels, predicted, probabilities.shape[1])
    num_examples = len(labels)
    found: dict[str, Interval] = {}
    for name, value in metrics.items():
        if name == "accuracy":
            found[name] = wilson(int((predicted == labels).sum()), num_examples)
        elif name.startswith("top_"):
            top = int(name.split("_")[1])
            found[name] = wilson(round(top_accuracy(labels, probabilities, top) * num_examples), num_examples)
        elif name in ("balanced_accuracy", "macro_f1") and np.trace(table) == num_examples:
            # Without one mistake every resample is perfect too, and the bootstrap would be sure. Accuracy's interval is not.
            found[name] = wilson(num_examples, num_examples)
        elif name == "balanced_accuracy":
            found[name] = _percentiles(_balanced_draws(table, generator))
        elif name == "macro_f1":
            found[name] = _percentiles(_macro_f1_draws(table, generator))
        elif name == "log_loss":
            losses = example_losses(labels, probabilities)
            found[name] = _percentiles(
                _draws(num_examples, generator, lambda chosen, all=losses: all[chosen].mean(axis=1))
            )
        elif name == "calibration_error":
            found[name] = calibration_interval(labels, probabilities, value, generator)
        elif name == "roc_auc":
            found[name] = roc_auc_interval(labels, probabilities[:, 1])
    return {name: (round(low, 6), round(high, 6)) for name, (low, high) in found.items()}


def _percentiles(draws: Numbers) -> Interval:
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _resamples(num_examples: int) -> int:
    # Beyond 10,000 examples fewer, down to 200: the interval is narrow there, and its percentiles need not be sharp.
    return min(RESAMPLES, max(200, RESAMPLES * 10_000 // num_examples))


def _draws(num_examples: int, generator: np.random.Generator, statistic: Callable[[Chosen], Numbers]) -> Numbers:
    """`statistic` of each resample; it is given chosen examples (M, N) and gives back (M,)."""
    return np.concatenate([statistic(chosen) for chosen in _chosen(num_examples, generator)])


def _chosen(num_examples: int, generator: np.random.Generator) -> Iterator[Chosen]:
    total = _resamples(num_examples)
    at_once = max(1, DRAWS_AT_ONCE // num_examples)
    for start in range(0, total, at_once):
        yield generator.integers(0, num_examples, (min(at_once, total - start), num_examples), dtype=np.int32)


def _tables(table: NDArray[np.int64], generator: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Confusion matrices of resampled examples (M, C, C).

    Drawing N examples with replacement and counting the cells is one multinomial draw over the cells, so the examples
    themselves are not needed: exact, and 100 times faster for 10 classes.
    """
    cells = table.ravel()
    filled = np.flatnonzero(cells)
    total = _resamples(int(cells.sum()))
    at_once = max(1, DRAWS_AT_ONCE // table.size)
    for start in range(0, total, at_once):
        drawn = generator.multinomial(cells.sum(), cells[filled] / cells.sum(), min(at_once, total - start))
        tables = np.zeros((len(drawn), table.size), dtype=np.int64)
        tables[:, filled] = drawn
        yield tables.reshape(-1, *table.shape)


def _macro_f1_draws(table: NDArray[np.int64], generator: np.random.Generator) -> Numbers:
    return np.concatenate([macro_f1s(tables) for tables in _tables(table, generator)])


def _balanced_draws(table: NDArray[np.int64], generator: np.random.Generator) -> Numbers:
    draws = []
    for tables in _tables(table, generator):
        support = tables.sum(axis=2)
        recall = np.diagonal(tables, axis1=1, axis2=2) / np.maximum(support, 1)
        draws.append(recall.sum(axis=1) / np.maximum((support > 0).sum(axis=1), 1))
    return np.concatenate(draws)


def calibration_interval(
    labels: Labels, probabilities: Numbers, value: float, generator: np.random.Generator, bins: int = BINS
) -> Interval:
    """The 95 % interval of the expected calibration error.

    The estimate is too high in small samples, and that of a resample is higher again, so the plain percentiles would
    sit above the truth. The basic bootstrap turns them around the estimate (Davison and Hinkley, 1997, section 5.2),
    which takes part of that out; where an honest network would show as much by chance, the interval begins at 0. The
    estimate itself is always inside.
    """
    confidence, right, index = confidence_bins(labels, probabilities, bins)
    gaps = confidence - right

    def errors(chosen: Chosen) -> Numbers:
        rows = np.arange(len(chosen))[:, None] * bins
        sums = np.bincount((rows + index[chosen]).ravel(), weights=gaps[chosen].ravel(), minlength=len(chosen) * bins)
        return np.abs(sums.reshape(-1, bins)).sum(axis=1) / len(labels)

    low, high = _percentiles(_draws(len(labels), generator, errors))
    by_chance = calibration_by_chance(probabilities, bins)
    lowest = 0.0 if value <= by_chance else max(0.0, min(value, 2 * value - high))
    return lowest, min(1.0, max(value, 2 * value - low))


def calibration_by_chance(probabilities: Numbers, bins: int = BINS, draws: int = 200, seed: int = 0) -> float:
    """The calibration error that a perfectly honest network would stay under 95 % of the time, with these confidences.

    Its answers are drawn right with exactly the probability it states. Broecker and Smith, 2007,
    https://doi.org/10.1175/WAF993.1
    """
    generator = np.random.default_rng(seed)
    confidence, _, index = confidence_bins(np.zeros(len(probabilities), dtype=np.int64), probabilities, bins)
    errors = []
    for _ in range(draws):
        gaps = confidence - (generator.random(len(confidence)) < confidence)
        errors.append(np.abs(np.bincount(index, weights=gaps, minlength=bins)).sum() / len(confidence))
    return float(np.percentile(errors, 95))


def roc_auc_interval(labels: Labels, scores: Numbers) -> Interval:
    """The 95 % interval of the area under the ROC curve, on the logit scale so that it stays within 0 to 1.

    DeLong, DeLong and Clarke-Pearson, 1988, https://doi.org/10.2307/2531595, by midranks (Sun and Xu, 2014). An area of
    exactly 0 or 1, or fewer than two examples of a class, has no variance to estimate: Wilson's interval of the
    rarer class's count stands in, which is wider.
    """
    from scipy.stats import rankdata

    positive, negative = scores[labels == 1], scores[labels == 0]
    num_positive, num_negative = len(positive), len(negative)
    ranks = rankdata(np.concatenate([positive, negative]))
    # For each positive: the share of negatives below it; for each negative: the share of positives above it.
    above = (ranks[:num_positive] - rankdata(positive)) / num_negative
    below = 1 - (ranks[num_positive:] - rankdata(negative)) / num_positive
    area = float(above.mean())
    if min(num_positive, num_negative) < 2 or area in (0.0, 1.0):
        fewer = min(num_positive, num_negative)
        return wilson(area * fewer, fewer)
    deviation = sqrt(above.var(ddof=1) / num_positive + below.var(ddof=1) / num_negative)
    middle, half = log(area / (1 - area)), Z95 * deviation / (area * (1 - area))
    return 1 / (1 + exp(-(middle - half))), 1 / (1 + exp(-(middle + half)))


def paired(first: NDArray[np.bool_], second: NDArray[np.bool_], seed: int = 0) -> dict[str, Any]:
    """Is the second better than the first? Both judged the same examples; True where one was right, (N,) each.

    difference: accuracy of the second minus that of the first, with its 95 % interval (bootstrap over examples).
    first_only, second_only: examples that only one of the two got right. p_value: McNemar's exact test of whether
    these two counts could come from a fair coin (McNemar, 1947, https://doi.org/10.1007/BF02295996; for comparing
    classifiers: Dietterich, 1998, https://doi.org/10.1162/089976698300017197). It tests these two trained networks,
    not the recipes: another seed gives another network.

    >>> result = paired(np.array([True] * 90 + [False] * 10), np.array([True] * 98 + [False] * 2))
    >>> result["first_only"], result["second_only"], result["difference"], round(result["p_value"], 4)
    (0, 8, 0.08, 0.0078)
    """
    from scipy.special import bdtr  # scipy.stats takes half a second to import

    if len(first) != len(second):
        raise ValueError(
            tr(
                "Paired predictions must be of the same examples, got {first} and {second}.",
                first=len(first),
                second=len(second),
            )
        )
    num_examples = len(first)
    first_only, second_only = int((first & ~second).sum()), int((second & ~first).sum())
    unlike = first_only + second_only
    shares = np.array([first_only, second_only, num_examples - unlike]) / num_examples
    drawn = np.random.default_rng(seed).multinomial(num_examples, shares, 10_000)
    low, high = _percentiles((drawn[:, 1] - drawn[:, 0]) / num_examples)
    return {
        "difference": round((second_only - first_only) / num_examples, 6),
        "interval": [round(low, 6), round(high, 6)],
        "first_only": first_only,
        "second_only": second_only,
        "p_value": min(1.0, 2 * float(bdtr(min(first_only, second_only), unlike, 0.5))) if unlike else 1.0,
    }


def ratio(sums: Numbers, counts: Numbers) -> tuple[float, float]:
    """The mean over all tokens of what is summed for each text, and its standard error: that of a ratio of sums over texts, for the
    words of one text are not independent (Cochran, 1977, section 6.3).

    >>> ratio(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    (2.0, 0.0)
    """
    total, texts = max(1.0, float(counts.sum())), len(sums)
    mean = float(sums.sum() / total)
    spread = float(np.square(sums - mean * counts).sum()) * texts / (texts - 1) if texts > 1 else 0.0
    return mean, spread**0.5 / total


def gain(others: Numbers, own: Numbers, counts: Numbers) -> dict[str, float]:
    """Whether the network's losses are lower than another's on the same tokens: their difference a token (above 0 the network is better)
    and its two-sided p-value, texts being independent. Arguments: sums over each text, (N,), and its tokens.

    >>> gain(np.array([3.0, 3.0]), np.array([3.0, 3.0]), np.array([1.0, 1.0]))
    {'difference': 0.0, 'p_value': 1.0}
    """
    from scipy.special import ndtr

    difference, error = ratio(others - own, counts)
    if error <= 0 or len(own) < 2:
        return {"difference": difference, "p_value": 1.0 if difference == 0 or len(own) < 2 else 0.0}
    return {"difference": difference, "p_value": float(2 * ndtr(-abs(difference) / error))}


def perplexity(loss: float, error: float = 0.0) -> tuple[float, Interval]:
    """e to a loss a token, at most e⁵⁰, and its 95 % interval, of the loss and its standard error, as `ratio` gives them.

    >>> perplexity(0.0), perplexity(1e9)[0] == exp(50)
    ((1.0, (1.0, 1.0)), True)
    """
    low, middle, high = (exp(min(loss + side * Z95 * error, MOST_LOSS)) for side in (-1, 0, 1))
    return middle, (low, high)


def holm(p_values: list[float]) -> list[float]:
    """p-values made larger for having looked at several comparisons, so that one in twenty families is wrong, not one
    in twenty comparisons. Holm, 1979, https://www.jstor.org/stable/4615733

    >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = largest
    return adjusted
