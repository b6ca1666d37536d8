"""The perplexity of a report and its interval, beside what drawing the texts anew gives."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from seodang.data.load import Subset
from seodang.evaluation.intervals import gain, perplexity, ratio
from seodang.evaluation.judge_tokens import losses_of
from seodang.tasks.next_token import NextToken

WORDS, TEXTS = 12, 400


@pytest.fixture(scope="module")
def judged() -> tuple[Any, Subset, Any]:
    """Texts of one to nine words, some all easy and some all hard, judged by a network that knows only the word before."""
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(WORDS, WORDS, generator=generator)
    lengths = torch.randint(1, 10, (TEXTS,), generator=generator)
    inputs = torch.randint(1, WORDS, (TEXTS, 9), generator=generator)
    easy = torch.rand(TEXTS, 1, generator=generator) < 0.5
    targets = torch.where(easy, table[inputs].argmax(2), table[inputs].argmin(2))
    targets[torch.arange(9) >= lengths.unsqueeze(1)] = -100
    ids = [str(number) for number in range(TEXTS)]
    subset = Subset("test", targets, ids, inputs, None, None, lengths=lengths)  # type: ignore[arg-type]
    run = SimpleNamespace(network=lambda: lambda tokens: table[tokens], task=NextToken(WORDS))
    return run, subset, table


def test_perplexity_and_how_far_it_may_be_off(judged):
    run, subset, table = judged
    losses, counts, hits = losses_of(run, subset)
    (mean, error), words, right = ratio(losses, counts), int(counts.sum()), hits / counts.sum()
    each = -table[subset.pixels].log_softmax(2).gather(2, subset.labels.clamp_min(0).unsqueeze(2)).squeeze(2)
    asked = subset.labels >= 0
    assert words == int(asked.sum())
    np.testing.assert_allclose(losses, (each * asked).sum(1).numpy(), rtol=1e-5)  # in the order of the texts
    assert mean == pytest.approx(float(each[asked].mean()), rel=1e-5)
    assert right == pytest.approx(float((table[subset.pixels].argmax(2) == subset.labels)[asked].float().mean()))
    # Drawing whole texts anew; single words would look far surer than they are.
    sums, counts = (each * asked).sum(1).double().numpy(), asked.sum(1).double().numpy()
    drawn = np.random.default_rng(0).integers(TEXTS, size=(4_000, TEXTS))
    spread = float((sums[drawn].sum(1) / counts[drawn].sum(1)).std())
    assert error == pytest.approx(spread, rel=0.05)
    assert error > 1.5 * float(each[asked].std()) / words**0.5


def test_beginnings_of_texts_have_an_answer_each(judged):
    run, subset, table = judged
    one = SimpleNamespace(network=lambda: lambda tokens: table[tokens[:, -1]], task=NextToken(WORDS, each_step=False))
    ends = Subset("test", subset.labels[:, 0], subset.ids, subset.pixels[:, :1], None, None)  # type: ignore[arg-type]
    losses, counts, _ = losses_of(one, ends)  # type: ignore[arg-type]
    (mean, error), words = ratio(losses, counts), counts.sum()
    each = -table[subset.pixels[:, 0]].log_softmax(1).gather(1, subset.labels[:, :1]).double()
    assert (words, mean) == (TEXTS, pytest.approx(float(each.mean()), rel=1e-5))
    assert error == pytest.approx(float(each.std()) / TEXTS**0.5, rel=1e-5)


def test_a_loss_beyond_all_words_is_a_number_still():
    """A network that broke: 1e4 a token would be infinite, which a report cannot hold."""
    middle, (low, high) = perplexity(*ratio(np.array([2e4, 1.0]), np.array([2.0, 2.0])))
    assert np.isfinite([low, middle, high]).all()
    assert low < middle == high


def test_a_difference_of_chance_is_called_so_as_often_as_it_should():
    """Two guessers that are equally good over all texts: 5 % of 400 draws have a p-value below 0.05, of a true difference nearly all."""
    draw = np.random.default_rng(0)
    counts = draw.integers(1, 10, 200).astype(float)
    found = []
    for _ in range(400):
        own, other = (draw.gamma(2, counts / 2) for _ in range(2))
        found.append([gain(other, own, counts)["p_value"], gain(other + 0.3 * counts, own, counts)["p_value"]])
    chance, true = (np.array(found) < 0.05).mean(0)
    assert 0.02 < chance < 0.09
    assert true > 0.8
    assert gain(other + counts, own, counts)["difference"] > 0, "above 0 the network is better"
