import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import f1_score, roc_auc_score

from seodang.evaluation import intervals
from seodang.evaluation.metrics import all_metrics, calibration_error, confusion


@pytest.mark.parametrize(("right", "trials"), [(0, 10), (10, 10), (7, 10), (9886, 10_000), (1, 3)])
def test_wilson_is_scipys(right, trials):
    expected = binomtest(right, trials).proportion_ci(method="wilson")
    assert intervals.wilson(right, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_no_trials_knows_nothing():
    assert intervals.wilson(0, 0) == (0.0, 1.0)


def drawn(num_examples, num_classes, seed=0, sure=1.5):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, num_classes, num_examples)
    scores = generator.normal(size=(num_examples, num_classes))
    scores[np.arange(num_examples), labels] += sure
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return labels, probabilities.astype(np.float32)


@pytest.mark.parametrize("num_classes", [2, 4, 12])
def test_every_metric_has_an_interval_that_holds_it(num_classes):
    labels, probabilities = drawn(400, num_classes)
    found = all_metrics(labels, probabilities)
    bounds = intervals.all_intervals(labels, probabilities, found)
    assert list(bounds) == list(found)
    for name, (low, high) in bounds.items():
        assert low <= found[name] <= high, name
        assert 0 < high - low < 0.4, name


def test_intervals_are_the_same_every_time():
    labels, probabilities = drawn(300, 5)
    found = all_metrics(labels, probabilities)
    once, again = (intervals.all_intervals(labels, probabilities, found) for _ in range(2))
    assert once == again


def test_drawing_cells_is_drawing_examples():
    """The bootstrap of macro F1 by multinomial draws over the confusion matrix against the plain one over examples."""
    labels, probabilities = drawn(300, 4)
    predicted = probabilities.argmax(axis=1)
    generator = np.random.default_rng(3)
    by_cells = intervals._macro_f1_draws(confusion(labels, predicted, 4), generator)
    chosen = [generator.integers(0, 300, 300) for _ in range(300)]
    by_examples = np.array([f1_score(labels[some], predicted[some], average="macro") for some in chosen])
    assert by_cells.mean() == pytest.approx(by_examples.mean(), abs=0.004)
    assert by_cells.std() == pytest.approx(by_examples.std(), rel=0.12)


def test_a_perfect_score_on_few_pictures_is_not_sure():
    labels = np.arange(20) % 4
    probabilities = np.eye(4, dtype=np.float32)[labels]
    bounds = intervals.all_intervals(labels, probabilities, all_metrics(labels, probabilities))
    assert bounds["accuracy"][0] == pytest.approx(0.8389, abs=1e-4)
    assert bounds["macro_f1"] == bounds["balanced_accuracy"] == bounds["accuracy"]


def test_the_interval_of_accuracy_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(0)
    rights = generator.binomial(200, 0.93, 2000)
    held = [low <= 0.93 <= high for low, high in (intervals.wilson(int(right), 200) for right in rights)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_the_calibration_interval_of_honest_probabilities_holds_nought_as_often_as_it_says():
    """The plain percentiles never would: the error of a resample is never 0."""
    held = 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        probabilities = generator.dirichlet(np.ones(3), size=200)
        labels = (probabilities.cumsum(axis=1) > generator.random((200, 1))).argmax(axis=1)
        value = calibration_error(labels, probabilities)
        low, high = intervals.calibration_interval(labels, probabilities, value, generator)
        assert low <= value <= high
        held += low == 0
    assert held >= 54  # 57 expected; fewer than 54 happens once in 25 times by chance, and the seeds are fixed


def test_the_calibration_interval_of_sharpened_probabilities_does_not():
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(3), size=400)
    labels = (probabilities.cumsum(axis=1) > generator.random((400, 1))).argmax(axis=1)
    sharpened = probabilities**4 / (probabilities**4).sum(axis=1, keepdims=True)
    value = calibration_error(labels, sharpened)
    low, high = intervals.calibration_interval(labels, sharpened, value, generator)
    assert 0.1 < low < value < high


def test_the_roc_interval_is_that_of_a_bootstrap():
    labels, probabilities = drawn(300, 2, sure=1.0)
    scores = probabilities[:, 1].astype(np.float64)
    low, high = intervals.roc_auc_interval(labels, scores)
    generator = np.random.default_rng(0)
    chosen = [generator.integers(0, 300, 300) for _ in range(300)]
    draws = [roc_auc_score(labels[some], scores[some]) for some in chosen]
    assert (low, high) == pytest.approx(tuple(np.percentile(draws, [2.5, 97.5])), abs=0.02)


def test_the_roc_interval_of_a_perfect_order_is_not_sure():
    low, high = intervals.roc_auc_interval(np.array([0] * 10 + [1] * 5), np.arange(15.0))
    assert (low, high) == intervals.wilson(5, 5)


def test_paired_is_mcnemars_exact_test():
    first = np.array([True] * 80 + [False] * 20)
    second = np.array([True] * 77 + [False] * 3 + [True] * 12 + [False] * 8)
    found = intervals.paired(first, second)
    assert (found["first_only"], found["second_only"], found["difference"]) == (3, 12, 0.09)
    assert found["p_value"] == pytest.approx(binomtest(12, 15).pvalue)
    # Known: the normal interval of a difference of paired shares, within the bootstrap's scatter.
    spread = 1.96 * np.sqrt((15 - 9**2 / 100) / 100**2)
    assert found["interval"] == pytest.approx([0.09 - spread, 0.09 + spread], abs=0.012)


def test_paired_with_itself_shows_nothing():
    right = np.array([True, False, True])
    assert intervals.paired(right, right) == {
        "difference": 0.0,
        "interval": [0.0, 0.0],
        "first_only": 0,
        "second_only": 0,
        "p_value": 1.0,
    }


def test_paired_needs_the_same_examples():
    with pytest.raises(ValueError, match="must be of the same examples, got 2 and 3"):
        intervals.paired(np.ones(2, bool), np.ones(3, bool))


def test_paired_finds_by_chance_as_seldom_as_it_says():
    """Two equally good networks: at most 1 in 20 tests says otherwise (the exact test is on the safe side)."""
    generator = np.random.default_rng(0)
    found = 0
    for _ in range(400):
        only = generator.binomial(24, 0.5)
        first = np.array([True] * only + [False] * (24 - only) + [True] * 76)
        second = np.array([False] * only + [True] * (24 - only) + [True] * 76)
        unlike = int((first & ~second).sum() + (second & ~first).sum())
        found += binomtest(int((second & ~first).sum()), unlike).pvalue < 0.05
    assert found / 400 <= 0.05
