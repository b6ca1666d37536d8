"""A vote of networks: the mean of probabilities, and the loss of each member for itself."""

from __future__ import annotations

import torch

from seodang.core.members import Members
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.recipes.settings import Part
from seodang.tasks.classify import classify

LAYERS = ["flatten", {"dense": 8}, "relu", {"dense": "outputs"}]


def made(outputs: int, mean: str):
    part = Part(name="vote", settings={"layers": LAYERS, "members": 3, "mean": mean})
    return build(part, Spec((1, 4, 4)), Spec((outputs,)), seed=0).eval()


def test_the_vote_has_the_mean_of_the_members_probabilities():
    rows = torch.randn(20, 1, 4, 4)
    for outputs, loss in ((5, "cross_entropy"), (1, "binary_cross_entropy")):
        network, task = made(outputs, "probabilities"), classify(max(outputs, 2), loss)
        each = torch.stack([task.probabilities(member(rows)) for member in network.members])
        torch.testing.assert_close(task.probabilities(network(rows)), each.mean(0))
    network = made(2, "scores")
    torch.testing.assert_close(network(rows), torch.stack([member(rows) for member in network.members]).mean(0))


def test_members_start_apart_and_each_learns_as_it_would_alone():
    network, task = made(5, "probabilities").train(), classify(5)
    rows, labels = torch.randn(20, 1, 4, 4), torch.arange(20) % 5
    outputs = network(rows)
    assert isinstance(outputs, Members)
    assert not torch.equal(outputs[1], outputs[2])
    task.loss(outputs, labels).backward()
    for member in network.members:
        together = [parameter.grad.clone() for parameter in member.parameters()]
        member.zero_grad()
        task.loss(member(rows), labels).backward()
        for ours, alone in zip(together, member.parameters(), strict=True):
            torch.testing.assert_close(ours, alone.grad / 3)
