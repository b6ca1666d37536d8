"""What every task promises: a better guess lowers the loss, a perfect one scores best, decode inverts encode."""

import pytest
import torch
from torch.nn import functional

from seodang.core.registry import find, names

TASKS = [
    (name, loss, classes)
    for name in names("tasks")
    for loss, classes in (("cross_entropy", 5), ("binary_cross_entropy", 2))
]


@pytest.fixture(params=TASKS, ids=lambda t: f"{t[0]}-{t[1]}")
def task(request):
    name, loss, classes = request.param
    return find("tasks", name)(classes, loss)


@pytest.fixture
def targets(task):
    return torch.randint(task.num_classes, (64,))


def test_decode_inverts_encode(task, targets):
    scores = task.encode(targets)
    assert scores.shape == (64, *task.outputs.shape)
    assert torch.equal(task.decode(scores), targets)


def test_a_better_guess_lowers_the_loss(task, targets):
    perfect = task.encode(targets)
    losses = [float(task.loss(perfect * trust, targets)) for trust in (-0.1, 0.0, 0.05, 0.1, 0.5)]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 5


def test_a_perfect_guess_scores_best(task, targets):
    assert task.metrics(task.encode(targets), targets) == {"accuracy": 1.0}
    assert task.metrics(task.encode((targets + 1) % task.num_classes), targets) == {"accuracy": 0.0}


def test_probabilities_sum_to_one_and_agree_with_decode(task):
    scores = torch.randn(50, *task.outputs.shape)
    probabilities = task.probabilities(scores)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(50))
    assert torch.equal(probabilities.argmax(1), task.decode(scores))


def test_the_loss_is_minus_the_log_probability(task, targets):
    scores = torch.randn(64, *task.outputs.shape)
    expected = -task.probabilities(scores)[torch.arange(64), targets].log().mean()
    torch.testing.assert_close(task.loss(scores, targets), expected)


def test_the_naive_guess_is_the_best_constant(task, targets):
    naive = task.naive(targets)
    best = float(task.loss(naive.expand(64, -1), targets))
    for _ in range(20):
        other = naive + 0.3 * torch.randn_like(naive)
        assert float(task.loss(other.expand(64, -1), targets)) >= best - 1e-6


def test_class_weights_weigh(task, targets):
    scores, weights = torch.randn(64, *task.outputs.shape), torch.rand(task.num_classes) + 0.1
    each = -task.probabilities(scores)[torch.arange(64), targets].log() * weights[targets]
    divisor = weights[targets].sum() if task.loss_name == "cross_entropy" else 64
    torch.testing.assert_close(task.loss(scores, targets, weights=weights), each.sum() / divisor)


def test_side_classifiers_count_three_tenths():
    task, targets = find("tasks", "classify")(3), torch.tensor([0, 2])
    main, side = torch.randn(2, 3), torch.randn(2, 3)
    expected = functional.cross_entropy(main, targets) + 0.3 * functional.cross_entropy(side, targets)
    torch.testing.assert_close(task.loss((main, side), targets), expected)
