"""The solved head: the optimum it claims, the penalty it chooses."""

import numpy as np
import pytest
import torch

from seodang.tasks.classify import Classify
from seodang.training.head import Head, _folds, fit_head
from seodang.training.loop import Epoch


def draw(count, classes, features=12, noise=1.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(classes, features, generator=torch.Generator().manual_seed(7))
    labels = torch.arange(count) % classes
    return centres[labels] + noise * torch.randn(count, features, generator=generator), labels


def solved(train, validation, task, **more):
    *tried, head = fit_head(train, validation, task, **more)
    assert isinstance(head, Head)
    assert all(isinstance(event, Epoch) for event in tried)
    return tried, head


@pytest.mark.parametrize(("classes", "loss"), [(2, "binary_cross_entropy"), (2, "cross_entropy"), (5, "cross_entropy")])
def test_no_direction_lowers_the_penalised_loss(classes, loss):
    """At a minimum of a differentiable function the gradient is 0: mean loss + penalty/2 |W scaled back|², as documented."""
    train, task, penalty = draw(200, classes), Classify(classes, loss), 0.05
    _, head = solved(train, (torch.zeros(0, 12), torch.zeros(0, dtype=torch.int64)), task, penalty=penalty)
    mean = train[0].mean(0)
    scale = float((train[0] - mean).std(correction=0))
    weight = (head.weight.double() * scale).requires_grad_()
    bias = (head.bias.double() + head.weight.double() @ mean.double()).requires_grad_()
    outputs = ((train[0] - mean) / scale).double() @ weight.T + bias
    # Two classes with two outputs are solved as one row w against -w, whose penalty is that of the difference.
    strength = penalty * (2 if (classes, loss) == (2, "cross_entropy") else 1)
    total = task.loss(outputs, train[1]) + strength / 2 * (weight**2).sum()
    total.backward()
    assert float(weight.grad.abs().max()) < 2e-4
    assert float(bias.grad.abs().max()) < 2e-4


@pytest.mark.parametrize(("count", "classes"), [(90, 2), (90, 5), (400, 5)])
def test_a_path_of_penalties_ends_where_each_alone_does(count, classes):
    """Warm starts, and the few unknowns of few examples, change the way and not the optimum: scikit-learn, cold, on all features."""
    from sklearn.linear_model import LogisticRegression

    train, unseen = draw(count, classes, features=120), draw(300, classes, features=120, seed=1)
    tried, head = solved(train, unseen, Classify(classes))
    mean = train[0].numpy().mean(0)
    scale = (train[0].numpy() - mean).std()
    inputs, judged = ((part[0].numpy() - mean) / scale for part in (train, unseen))
    for event in tried:
        alone = LogisticRegression(C=1 / (count * event.metrics["penalty"]), max_iter=1000, tol=1e-6)
        wanted = alone.fit(inputs, train[1].numpy()).predict_proba(judged)[range(300), unseen[1].numpy()]
        assert event.metrics["validation_loss"] == pytest.approx(-np.log(wanted).mean(), abs=2e-3)
        if event.metrics["penalty"] == head.penalty:
            outputs = unseen[0] @ head.weight.T + head.bias
            found = Classify(classes).probabilities(outputs).numpy()[range(300), unseen[1].numpy()]
            assert np.abs(found - wanted).max() < 2e-3


def test_the_weaker_the_data_the_stronger_the_penalty():
    """Noisy features want a stronger penalty than clean ones; both are chosen inside the range."""
    chosen = []
    for noise in (0.3, 4.0):
        _, head = solved(draw(300, 3, noise=noise), draw(300, 3, noise=noise, seed=1), Classify(3))
        chosen.append(head.penalty)
        assert head.chosen_on == "validation"
    assert chosen[0] < chosen[1]


def test_the_strongest_within_a_standard_error_is_chosen():
    train, validation = draw(300, 3, noise=2.0), draw(300, 3, noise=2.0, seed=1)
    tried, head = solved(train, validation, Classify(3))
    lowest = min(event.metrics["validation_loss"] for event in tried)
    assert head.metrics["validation_loss"] >= lowest
    stronger = [event.metrics for event in tried if event.metrics["penalty"] > head.penalty]
    assert all(metrics["validation_loss"] > head.metrics["validation_loss"] for metrics in stronger)


def test_few_pictures_are_cross_validated_with_all_views_of_one_together():
    """With views that are copies, folds that split them would see every held-out picture in training and want no penalty."""
    features, labels = draw(40, 2, features=60, noise=4.0)
    none = (torch.zeros(0, 60), torch.zeros(0, dtype=torch.int64))
    _, once = solved((features, labels), none, Classify(2))
    _, thrice = solved((features.repeat(3, 1), labels.repeat(3)), none, Classify(2), views=3)
    assert once.chosen_on == "5-fold cross-validation"
    assert thrice.penalty == pytest.approx(once.penalty, rel=1e-6)


def test_fewer_folds_where_a_class_has_few_pictures_are_told_so():
    features, labels = draw(8, 2)
    none = (torch.zeros(0, 12), torch.zeros(0, dtype=torch.int64))
    assert solved((features, labels), none, Classify(2))[1].chosen_on == "4-fold cross-validation"


def test_a_single_picture_of_a_class_is_always_learnt_from():
    """It cannot be held out; the others are, as before."""
    features, labels = draw(40, 3)
    keep = torch.cat([torch.nonzero(labels < 2).flatten(), torch.nonzero(labels == 2).flatten()[:1]])
    none = (torch.zeros(0, features.shape[1]), torch.zeros(0, dtype=torch.int64))
    for known, held in _folds(labels[keep].numpy(), 1) or ():
        assert len(keep) - 1 in known
        assert sorted([*known, *held]) == [*range(len(keep))]
    assert solved((features[keep], labels[keep]), none, Classify(3))[1].chosen_on == "5-fold cross-validation"
    pair = [int((labels == kind).nonzero()[0]) for kind in (0, 1)]
    assert solved((features[pair], labels[pair]), none, Classify(2))[1].chosen_on == "default"


def test_a_class_without_training_pictures_is_never_named():
    features, labels = draw(90, 3)
    kept = labels != 1
    _, head = solved((features[kept], labels[kept]), (features, labels), Classify(3))
    assert not ((features @ head.weight.T + head.bias).argmax(1) == 1).any()


def test_one_class_alone_is_always_named():
    features = draw(20, 2)[0]
    none = (torch.zeros(0, 12), torch.zeros(0, dtype=torch.int64))
    for loss, wanted in (("cross_entropy", 1), ("binary_cross_entropy", 1)):
        task = Classify(2, loss)
        _, head = solved((features, torch.ones(20, dtype=torch.int64)), none, task)
        assert (task.decode(features @ head.weight.T + head.bias) == wanted).all()
