"""Counted pairs of words under an LSTM: the start is the Kneser-Ney model, by the book."""

from collections import Counter, defaultdict

import pytest
import torch

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models.word_pairs import AT_LEAST, DISCOUNT, word_pairs

WORDS = 40


def texts(count=60, length=9):
    """Each word is followed by one of a few, so that there is something to count; zeros are padding."""
    rows = torch.zeros(count, length, dtype=torch.int64)
    generator = torch.Generator().manual_seed(0)
    rows[:, 0] = torch.randint(1, WORDS, (count,), generator=generator)
    for place in range(1, length):
        rows[:, place] = (rows[:, place - 1] * 3 + torch.randint(0, 6, (count,), generator=generator)) % (WORDS - 1) + 1
    rows[::3, -2:] = 0
    return rows[:, :-1], rows[:, 1:].masked_fill(rows[:, 1:] == 0, -100)


def network(**settings):
    model = word_pairs(Spec((0,), vocabulary=WORDS), Spec((0, WORDS), each_step=True), **settings)
    torch.nn.init.zeros_(model.dense.weight)  # the pairs alone
    return model


def kneser_ney(tokens, answers):
    """P(b | a) of interpolated Kneser-Ney (Chen & Goodman, 1999, equation 24), (words, words)."""
    pairs: dict[int, Counter[int]] = defaultdict(Counter)
    for a, b in zip(tokens.flatten().tolist(), answers.flatten().tolist(), strict=True):
        if b >= 0:
            pairs[a][b] += 1
    second = torch.tensor([sum(b in pairs[a] for a in pairs) for b in range(WORDS)]) + AT_LEAST
    lower, found = second / second.sum(), torch.zeros(WORDS, WORDS)
    for a in range(WORDS):
        total = sum(pairs[a].values())
        if not total:
            found[a] = lower
            continue
        found[a] = DISCOUNT * len(pairs[a]) / total * lower
        for b, count in pairs[a].items():
            found[a, b] += max(count - DISCOUNT, 0) / total
    return found


def test_it_starts_as_the_kneser_ney_model():
    tokens, answers = texts()
    model = network().eval()
    model.fit_words(tokens, answers)
    every = torch.arange(WORDS).unsqueeze(0)
    with torch.inference_mode():
        found = model(every).softmax(-1)[0]
    torch.testing.assert_close(found, kneser_ney(tokens, answers))


def test_while_training_a_pair_does_not_count_itself():
    tokens, answers = torch.tensor([[1, 2], [3, 4]]), torch.tensor([[2, 5], [4, 6]])
    model = network(dropout=0.0).train()
    model.fit_words(tokens, answers)
    once = model(tokens)[0, 0, 2] - model.dense.bias[2]
    assert once == 0  # "1 2" stood once, which is here
    assert model.eval()(tokens)[0, 0, 2] - model.dense.bias[2] > 1
    twice = torch.cat([tokens, tokens]), torch.cat([answers, answers])
    model.train().fit_words(*twice)
    assert model(tokens)[0, 0, 2] - model.dense.bias[2] > 0


def test_the_commonest_pairs_stay():
    tokens, answers = torch.tensor([[1, 2, 1, 2, 3]]), torch.tensor([[2, 1, 2, 3, 4]])
    model = network(pairs=1).eval()
    model.fit_words(tokens, answers)
    gained = model(torch.tensor([[1, 2, 3]]))[0] - model.dense.bias
    assert (gained != 0).nonzero().tolist() == [[0, 2]]  # "1 2" stood twice, all others once


def test_one_answer_for_a_whole_text_is_not_asked_of_it():
    with pytest.raises(RecipeError, match="word-pairs says what comes next at every place"):
        word_pairs(Spec((9,), vocabulary=WORDS), Spec((WORDS,)))
