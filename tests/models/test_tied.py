"""Tied weights, and biases that start at the frequencies."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models._initial import start_at_frequencies
from seodang.models.recurrent import recurrent

WORDS, NEXT = Spec((0,), vocabulary=9), Spec((0, 9), each_step=True)


def test_tied_weights_are_one_and_the_same() -> None:
    network: Any = recurrent(WORDS, NEXT, units=(6,), embedding=4, tied=True)
    names = [name for name, _ in network.named_parameters()]
    assert sum(p.numel() for p in network.parameters()) == 9 * 4 + 4 * 6 * (4 + 6 + 1) + (6 + 1) * 4 + 9
    twin = copy.deepcopy(network)
    assert torch.equal(network.eval()(torch.tensor([[1, 2]])), twin.eval()(torch.tensor([[1, 2]])))
    with torch.no_grad():
        twin.get_parameter(names[0])[5] = 1.0
    before, after = (each.eval()(torch.tensor([[1, 2]]))[0, 1] for each in (network, twin))
    assert (before != after).nonzero().flatten().tolist() == [5], "the vector of token 5 is what its score is from"


def test_only_what_says_the_next_token_is_tied() -> None:
    with pytest.raises(RecipeError, match=r"^tied is for networks that say the next token at every place"):
        recurrent(WORDS, Spec((2,)), tied=True)


def test_biases_at_the_frequencies_give_every_answer_its_share() -> None:
    network: Any = recurrent(WORDS, NEXT, tied=True)
    answers = torch.tensor([[1, 1, 2, -100]])
    assert start_at_frequencies(network, answers, 9)
    shares = network.get_submodule(list(network._modules)[-1]).bias.softmax(0)
    torch.testing.assert_close(shares, torch.tensor([0.5, 2.5, 1.5, *[0.5] * 6]) / 7.5)
    assert not start_at_frequencies(network, answers, 5), "no layer has five outputs"
