"""Counts of words beside an LSTM: the Kneser-Ney model by the book, left-out places as if they had never been counted."""

from collections import defaultdict
from typing import cast

import numpy as np
import pytest
import torch

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.evaluation.text_baselines import bigram
from seodang.models._counts import Counts
from seodang.models.word_pairs import word_pairs

WORDS = 40


def texts(count=60, length=9):
    """Each word is followed by one of a few, so that there is something to count, and none is the last; zeros are padding."""
    rows = torch.zeros(count, length, dtype=torch.int64)
    generator = torch.Generator().manual_seed(0)
    rows[:, 0] = torch.randint(1, WORDS - 1, (count,), generator=generator)
    for place in range(1, length):
        rows[:, place] = (rows[:, place - 1] * 3 + torch.randint(0, 6, (count,), generator=generator)) % (WORDS - 2) + 1
    rows[::3, -2:] = 0
    return rows[:, :-1], rows[:, 1:].masked_fill(rows[:, 1:] == 0, -100)


def counted(tokens, answers, before=2, kept=2_000):
    found = Counts(WORDS, before, kept).eval()
    found.count(tokens, answers)
    return found


def by_the_book(tokens, answers, before, discounts):
    """P(next | what stands before it), at every place of every text: Chen & Goodman, 1999, equation 24, by dictionaries."""
    runs: list[dict[tuple[int, ...], set[tuple[int, ...]]]] = [defaultdict(set) for _ in range(before + 1)]
    times: list[dict[tuple[int, ...], int]] = [defaultdict(int) for _ in range(before + 1)]
    for row, wanted in zip(tokens.tolist(), answers.tolist(), strict=True):
        for place, word in enumerate(wanted):
            if word >= 0:
                run = (*([0] * before + row[: place + 1])[-before:], word)
                times[before][run] += 1
                for shorter in range(before):
                    runs[shorter][run[before - shorter :]].add(run[before - shorter - 1 :])
    for shorter in range(before):
        times[shorter] = {run: len(different) for run, different in runs[shorter].items()}

    def likely(context, word):
        order = len(context)
        here = {run[-1]: count for run, count in times[order].items() if run[:-1] == context}
        if order == 0:
            lower = 1 / WORDS
        else:
            lower = likely(context[1:], word)
        if not here:
            return lower
        taken = discounts[order]
        return (max(here.get(word, 0) - taken, 0) + taken * len(here) * lower) / sum(here.values())

    return lambda context: torch.tensor([likely(context, word) for word in range(WORDS)])


@pytest.mark.parametrize("before", [1, 2, 3])
def test_counts_are_the_kneser_ney_model(before):
    tokens, answers = texts()
    found = counted(tokens, answers, before)
    book = by_the_book(tokens, answers, before, found.discounts.tolist())
    asked = torch.cat([tokens[:2], torch.tensor([[39, 39, 1, 2, 3, 0, 0, 0]])])
    likely, evidence = found(asked)
    torch.testing.assert_close(likely.sum(2), torch.ones(asked.shape))
    for row in range(3):
        for place in (0, 1, 4):
            context = tuple(([0] * before + asked[row, : place + 1].tolist())[-before:])
            torch.testing.assert_close(likely[row, place], book(context), atol=1e-6, rtol=1e-4)
    assert evidence.shape == (*asked.shape, 2 * before)


def test_pairs_are_what_the_report_compares_with():
    """The baseline of the report is the same model, written a second time in NumPy; its rest is spread over one token less."""
    tokens, answers = texts()
    found = counted(tokens, answers, before=1)(tokens)[0]
    asked = answers >= 0
    rows = [
        np.append(row[:1], wanted[wanted >= 0]) for row, wanted in zip(tokens.numpy(), answers.numpy(), strict=True)
    ]
    other = bigram(rows, WORDS, tokens[asked].numpy(), answers[asked].numpy())
    torch.testing.assert_close(
        found[asked].gather(1, answers[asked].unsqueeze(1))[:, 0].double(),
        torch.from_numpy(other),
        atol=1e-4,
        rtol=1e-2,
    )


def test_a_place_left_out_is_as_if_it_had_never_been_counted():
    tokens, answers = texts()
    found = counted(tokens, answers)
    likely, evidence = found(tokens, answers)
    for row, place in [(0, 0), (1, 3), (5, 7), (17, 2), (40, 4), (33, 5)]:
        fewer = answers.clone()
        assert fewer[row, place] > 0
        fewer[row, place] = -100
        without = counted(tokens, fewer)
        without.discounts.copy_(found.discounts)
        other, its_evidence = without(tokens[row : row + 1])
        torch.testing.assert_close(likely[row, place], other[0, place], atol=1e-6, rtol=1e-4)
        torch.testing.assert_close(evidence[row, place], its_evidence[0, place])
    assert not torch.allclose(likely, found(tokens)[0])


def test_before_anything_is_counted_every_token_is_as_likely():
    tokens, _ = texts()
    torch.testing.assert_close(Counts(WORDS, 2, 100)(tokens)[0], torch.full((*tokens.shape, WORDS), 1 / WORDS))


def test_the_commonest_runs_stay():
    tokens, answers = torch.tensor([[1, 2, 1, 2, 3]]), torch.tensor([[2, 1, 2, 3, 4]])
    found = counted(tokens, answers, before=1, kept=1)(torch.tensor([[1, 2, 3]]))[0]
    assert found[0, 0].argmax() == 2  # "1 2" stood twice, all others once
    torch.testing.assert_close(found[0, 1], found[0, 2])  # after 2 and 3 nothing is known


def network(**settings):
    return word_pairs(Spec((0,), vocabulary=WORDS), Spec((0, WORDS), each_step=True), **settings)


def test_the_gate_says_whom_to_trust():
    tokens, answers = texts()
    model = network(embedding=16, units=8).eval()
    model.fit_words(tokens, answers)
    gate = cast(torch.nn.Linear, model.gate)
    for bias in (-100.0, 0.0):
        torch.nn.init.constant_(gate.bias, bias)
        found, by_counts = model(tokens).exp(), counted(tokens, answers)(tokens)[0]
        torch.testing.assert_close(found.sum(2), torch.ones(tokens.shape))
        assert torch.allclose(found, by_counts, atol=1e-6) == (bias == -100)


def test_texts_that_were_counted_do_not_count_themselves_while_training():
    tokens, answers = texts()
    tokens[4, 3] = answers[4, 2] = WORDS - 1
    assert int((answers == WORDS - 1).sum()) == 1  # a word that stands nowhere else
    model = network(dropout=0.0)
    model.fit_words(tokens, answers)
    torch.nn.init.constant_(model.gate.bias, -100.0)
    likely, paid = model.train()(tokens)
    following = torch.cat([tokens[:, 1:], torch.zeros(len(tokens), 1, dtype=torch.int64)], 1)
    left_out, itself = counted(tokens, answers)(tokens, following)[0], counted(tokens, answers)(tokens)[0]
    known = (following != 0) & (following != WORDS - 1)
    torch.testing.assert_close(likely.exp()[known], left_out[known], atol=1e-6, rtol=1e-4)
    assert not torch.allclose(likely.exp()[known], itself[known], atol=1e-2)
    # What cannot be left out, or would be unknown then, is foretold by the LSTM alone; it pays for its own mistakes everywhere.
    torch.nn.init.constant_(model.gate.bias, 100.0)
    alone = model.eval()(tokens)
    torch.testing.assert_close(likely[~known], alone[~known], atol=1e-5, rtol=1e-4)
    there = following != 0
    torch.testing.assert_close(paid, torch.nn.functional.cross_entropy(alone[there], following[there]))


def test_one_answer_for_a_whole_text_is_not_asked_of_it():
    with pytest.raises(RecipeError, match="word-pairs says at every place"):
        word_pairs(Spec((9,), vocabulary=WORDS), Spec((WORDS,)))


def test_runs_must_have_numbers():
    spec = Spec((0,), vocabulary=100_000), Spec((0, 100_000), each_step=True)
    with pytest.raises(RecipeError, match=r"runs of 4 out of 100,000 tokens.*model\.before=2"):
        word_pairs(*spec, before=3, embedding=1, units=1)
