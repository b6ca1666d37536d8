"""Coverage and accuracy above a confidence: counted by hand, and as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from seodang.evaluation.cutoffs import AT, cutoffs
from seodang.evaluation.intervals import wilson


def test_they_are_what_a_loop_counts():
    draw = np.random.default_rng(0)
    probabilities = draw.dirichlet(np.full(4, 0.3), 500)
    labels = draw.integers(0, 4, 500)
    found = cutoffs(labels, probabilities)
    assert [row["at"] for row in found] == list(AT)
    for row in found:
        chosen = [i for i in range(500) if max(probabilities[i]) >= row["at"]]
        right = sum(int(np.argmax(probabilities[i])) == labels[i] for i in chosen)
        assert (row["answered"], row["right"]) == (len(chosen), right)
        assert row["share"] == pytest.approx(len(chosen) / 500)
        assert row["accuracy"] == pytest.approx(right / len(chosen), abs=1e-6)
        assert row["interval"] == pytest.approx(wilson(right, len(chosen)), abs=1e-6)
    counts = [row["answered"] for row in found]
    assert counts == sorted(counts, reverse=True), "a higher cut-off never lets more through"


def test_where_nothing_is_that_sure_nothing_is_said_of_how_right_it_is():
    (*_, last) = cutoffs(np.array([0, 1]), np.full((2, 2), 0.5))
    assert last["answered"] == 0
    assert last["accuracy"] is None
    assert last["interval"] is None


def test_a_calibrated_network_is_as_right_as_it_says():
    """Labels drawn from the probabilities themselves: above each cut-off the accuracy is the mean confidence there."""
    draw = np.random.default_rng(1)
    sure = draw.uniform(0.5, 1, 20_000)
    labels = (draw.random(20_000) > sure).astype(np.int64)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    for row in cutoffs(labels, probabilities):
        assert row["interval"][0] - 0.005 <= (row["at"] + 1) / 2 <= row["interval"][1] + 0.005
