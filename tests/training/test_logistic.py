"""Logistic regression by Newton's method: the minimum, beside scikit-learn's and by its own conditions."""

import numpy as np
import pytest
import torch

from seodang.training.logistic import Logistic, principal_axes


def draw(count, features, classes, noise=1.0, seed=0):
    """Overlapping clouds whose features have scales from 1 to 1,000, some of them nearly the same."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % classes
    inputs = torch.randn(classes, features, generator=generator)[labels]
    inputs = inputs + noise * torch.randn(count, features, generator=generator)
    inputs[:, 1] = inputs[:, 0] + 1e-3 * inputs[:, 1]
    inputs = inputs * torch.logspace(-3, 0, features)
    inputs = inputs - inputs.mean(0)
    return inputs / inputs.std(), labels


def objective(inputs, labels, weight, bias, penalty):
    outputs = inputs.double() @ weight.double().T + bias.double()
    outputs = torch.cat([torch.zeros_like(outputs), outputs], 1) if outputs.shape[1] == 1 else outputs
    return float(torch.nn.functional.cross_entropy(outputs, labels) + penalty / 2 * weight.double().square().sum())


@pytest.mark.parametrize(("count", "features", "classes"), [(400, 30, 2), (400, 30, 4), (60, 200, 2), (60, 200, 3)])
@pytest.mark.parametrize("turned", [True, False])
def test_it_is_no_higher_than_scikit_learns_minimum(count, features, classes, turned):
    from sklearn.linear_model import LogisticRegression

    inputs, labels = draw(count, features, classes)
    axes, spread = principal_axes(inputs) if turned else (None, inputs.square().mean(0))
    seen = inputs if axes is None else inputs @ axes
    solver = Logistic(seen, labels, spread)
    for penalty in (3.0, 0.1, 3e-3, 3e-4):
        weight, bias = solver.solve(penalty)
        found = objective(seen, labels, weight, bias, penalty)
        known = LogisticRegression(C=1 / (count * penalty), tol=1e-8, max_iter=20_000)
        known.fit(inputs.double().numpy(), labels.numpy())
        coefficients, shift = torch.from_numpy(known.coef_), torch.from_numpy(known.intercept_)
        assert found <= objective(inputs, labels, coefficients, shift, penalty) * (1 + 1e-5) + 1e-7
        alone = Logistic(seen, labels, spread).solve(penalty)
        assert objective(seen, labels, *alone, penalty) == pytest.approx(found, rel=1e-4, abs=1e-7)


def test_features_that_say_nothing_leave_the_classes_frequencies():
    labels = torch.tensor([0] * 30 + [4] * 50 + [9] * 20)
    inputs = torch.zeros(100, 5)
    axes, spread = principal_axes(inputs)
    solver = Logistic(inputs @ axes, labels, spread)
    _, bias = solver.solve(0.1)
    assert solver.classes.tolist() == [0, 4, 9]
    assert bias.softmax(0).tolist() == pytest.approx([0.3, 0.5, 0.2], abs=1e-4)


@pytest.mark.parametrize("shape", [(40, 90), (90, 40), (9_000, 20)])
def test_along_principal_axes_nothing_is_lost_and_nothing_is_shared(shape):
    inputs = torch.randn(shape, generator=torch.Generator().manual_seed(1)) @ torch.diag(
        torch.logspace(-2, 1, shape[1])
    )
    inputs = inputs - inputs.mean(0)
    axes, spread = principal_axes(inputs)
    seen = inputs @ axes
    assert torch.allclose(axes.T @ axes, torch.eye(axes.shape[1]), atol=1e-5)
    assert torch.allclose(seen @ axes.T, inputs, atol=2e-3 * float(inputs.std()))
    shared = (seen.T @ seen / len(seen)).numpy()
    assert np.allclose(np.diag(shared), spread.numpy(), rtol=1e-3, atol=1e-4)
    assert np.abs(shared - np.diag(np.diag(shared))).max() < 1e-3 * float(spread.max())


def test_examples_that_a_line_parts_have_a_minimum_all_the_same():
    """Without the penalty the weights would grow without end; with it the gradient is nought at finite ones."""
    inputs, labels = draw(200, 10, 3, noise=0.01)
    solver = Logistic(inputs, labels, inputs.square().mean(0))
    weight, bias = solver.solve(1e-6)
    errors = torch.softmax(inputs @ weight.T + bias, 1) - torch.nn.functional.one_hot(labels, 3)
    assert float((errors.T @ inputs / 200 + 1e-6 * weight).abs().max()) < 1.5e-5
    assert (errors.argmin(1) == labels).all()
