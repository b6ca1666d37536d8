"""The fused update rules against plain reference formulas."""

import pytest
import torch
from torch import nn

from seodang.recipes.settings import Training
from seodang.training.optimizer import EPSILON, make_optimizer


def train(optimizer_of, steps=25):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    inputs, targets = torch.randn(steps, 16, 6), torch.randint(3, (steps, 16))
    optimizer = optimizer_of(model)
    for x, y in zip(inputs, targets, strict=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return torch.cat([p.detach().flatten() for p in model.parameters()])


REFERENCES = {
    "rmsprop": lambda m: torch.optim.RMSprop(m.parameters(), lr=0.01, alpha=0.9, eps=EPSILON),
    "sgd": lambda m: torch.optim.SGD(m.parameters(), lr=0.01, momentum=0.9, nesterov=True),
    "adam": lambda m: torch.optim.Adam(m.parameters(), lr=0.01, eps=EPSILON),
    "adamw": lambda m: torch.optim.AdamW(m.parameters(), lr=0.01, weight_decay=0.0),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_matches_pytorchs_plain_one(name):
    momentum = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    ours = train(lambda m: make_optimizer(m, Training(optimizer=name, learning_rate=0.01, **momentum)))
    torch.testing.assert_close(ours, train(REFERENCES[name]), rtol=1e-4, atol=1e-6)


def test_rmsprop_by_hand():
    """Two steps of v = 0.9 v + 0.1 g², p -= lr g / (sqrt(v) + eps), on paper."""
    parameter = nn.Parameter(torch.tensor([1.0]))
    model = nn.ParameterList([parameter])
    optimizer = make_optimizer(model, Training(optimizer="rmsprop", learning_rate=0.1))
    expected, square = 1.0, 0.0
    for gradient in (2.0, -3.0):
        parameter.grad = torch.tensor([gradient])
        optimizer.step()
        square = 0.9 * square + 0.1 * gradient**2
        expected -= 0.1 * gradient / (square**0.5 + EPSILON)
    assert parameter.item() == pytest.approx(expected, rel=1e-6)


def test_biases_and_norms_do_not_decay():
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    optimizer = make_optimizer(model, Training(optimizer="adamw", weight_decay=0.1, learning_rate=0.5))
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    before = [p.detach().clone() for p in model.parameters()]
    optimizer.step()
    weight, *others = [p.detach() for p in model.parameters()]
    torch.testing.assert_close(weight, before[0] * (1 - 0.5 * 0.1))
    for now, then in zip(others, before[1:], strict=True):
        assert torch.equal(now, then)
