"""Texts that are written on: what each way to choose promises, on a network whose probabilities are known; and bits a character."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from seodang.core.errors import SeodangError
from seodang.core.spec import Spec
from seodang.data.encode_text import TextEncoding
from seodang.data.facts import Facts
from seodang.data.load import Subset
from seodang.data.reading import Text
from seodang.data.tokens import Tokenizer, fit
from seodang.evaluation import generate as writing
from seodang.evaluation.generate import (
    GREEDY,
    RUNNING,
    RUNNING_WORDS,
    Taste,
    _text,
    beam,
    generate,
    habits,
    sample,
    taste_for,
    tasted,
    title_case,
)
from seodang.evaluation.judge_tokens import characters

PLAY = "ROMEO:\nBut soft, what light?\n\nJULIET:\nAy me, ay me!\n\n" * 20


def encoding_of(tokenizer: Tokenizer, form: str = "texts") -> TextEncoding:
    facts = Facts(vocabulary=tokenizer.size, inputs=Spec((0,), vocabulary=tokenizer.size))
    return TextEncoding("text", tokenizer, 8, Text(), facts, "next_token", form=form)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run whose network knows which of ten words follows which, with all kinds of probability."""
    tokenizer = fit([" ".join(f"w{n}" for n in range(10))], "words", marks=True)
    scores = 2 * torch.randn(tokenizer.size, tokenizer.size, generator=torch.Generator().manual_seed(3))

    def network(tokens: Tensor) -> Tensor:
        return scores[tokens]

    made = SimpleNamespace(
        encoding=encoding_of(tokenizer), recipe=SimpleNamespace(task="next_token"), name="run", scores=scores
    )
    made.network = lambda: network
    monkeypatch.setattr(writing, "load", lambda given: given)
    monkeypatch.setattr(writing, "Run", SimpleNamespace)
    return made


def log_probability(run: Any, row: list[int], ended: bool) -> float:
    """Of what follows the begin mark, the end mark too where it was written, as `next_scores` has it."""
    asked = [*row, run.encoding.tokenizer.end] if ended else row
    return sum(
        float(writing.next_scores(run, [asked[:place]])[0].log_softmax(0)[asked[place]])
        for place in range(1, len(asked))
    )


def test_greedy_always_takes_the_most_probable_and_never_a_mark(run):
    text = generate(run, "w1", words=6, taste=GREEDY)[0]
    ids = run.encoding.tokenizer.encode(text)
    for before, after in zip(ids, ids[1:], strict=False):
        allowed = run.scores[before].clone()
        allowed[[0, run.encoding.tokenizer.unknown, run.encoding.tokenizer.begin]] = -torch.inf
        assert after == int(allowed.argmax())


def test_drawn_tokens_have_the_probabilities_of_the_network(run):
    first = run.encoding.tokenizer.begin
    rows = sample(run, [[first] for _ in range(20_000)], 1, Taste(), torch.Generator().manual_seed(0))
    drawn = torch.tensor([row[1] if len(row) > 1 else run.encoding.tokenizer.end for row in rows])
    found = torch.bincount(drawn, minlength=run.encoding.tokenizer.size) / len(drawn)
    torch.testing.assert_close(found, writing.next_scores(run, [[first]])[0].softmax(0), atol=0.01, rtol=0)


def test_top_k_top_p_and_temperature():
    scores = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).log()
    assert tasted(scores, Taste(top_k=2))[0].tolist() == pytest.approx([4 / 7, 3 / 7, 0, 0])
    assert tasted(scores, Taste(top_p=0.71))[0].tolist() == pytest.approx([4 / 9, 3 / 9, 2 / 9, 0])
    assert tasted(scores, Taste(top_p=0.1))[0].tolist() == pytest.approx([1, 0, 0, 0])
    cold = tasted(scores, Taste(temperature=0.5))[0]
    assert cold.tolist() == pytest.approx((torch.tensor([16.0, 9, 4, 1]) / 30).tolist())


def test_one_seed_writes_one_text_and_others_others(run):
    texts = [generate(run, "w1", words=8, taste=Taste(), seed=seed)[0] for seed in (1, 1, 2, 3, 4)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 2
    assert len(set(generate(run, "w1", words=8, count=5, taste=Taste(), seed=1))) > 2


def test_a_beam_finds_what_is_no_less_probable_than_greedy(run):
    begun = [run.encoding.tokenizer.begin]
    ends = run.encoding.tokenizer.end
    for start in range(4, 14):
        rows = [beam(run, [*begun, start], 5, width) for width in (1, 8)]
        means = []
        for best in (each[0] for each in rows):
            ended = len(best) < 7  # five tokens were allowed: a shorter one has met its end mark
            told = [*best, ends] if ended else best
            means.append(
                (log_probability(run, best, ended) - log_probability(run, [*begun, start], False)) / (len(told) - 2)
            )
        assert means[1] >= means[0] - 1e-6
        assert len({tuple(row) for row in rows[1]}) == len(rows[1])


def test_what_means_nothing_is_said_all_at_once():
    with pytest.raises(SeodangError) as error:
        Taste(temperature=-1, top_k=-2, top_p=0, beam=0)
    assert str(error.value).splitlines() == [
        "temperature must be 0 or more, got -1.",
        "top-k must be 0 or more, got -2.",
        "top-p must be above 0 and at most 1, got 0.",
        "beam must be 1 or more, got 0.",
    ]


def test_what_a_taste_leaves_open_is_what_is_usual():
    words = fit(["to be or not to be"], "words", marks=True)
    short, play = encoding_of(words), encoding_of(words, "prose")
    assert taste_for(short) == GREEDY
    assert taste_for(short, by_chance=True) == Taste()
    assert taste_for(short, top_k=5) == Taste(top_k=5)
    assert taste_for(short, 0.3, by_chance=True) == Taste(0.3)
    assert taste_for(play) == taste_for(play, by_chance=True) == RUNNING
    assert taste_for(play, top_k=5) == Taste(RUNNING.temperature, top_k=5)
    assert taste_for(play, 0) == GREEDY
    assert taste_for(short, beam=4, by_chance=True) == taste_for(play, beam=4) == Taste(0, beam=4)
    with pytest.raises(SeodangError, match="--beam looks for the most probable text and draws nothing"):
        taste_for(short, top_k=5, beam=4)


def test_headlines_are_set_with_capitals():
    assert title_case("north korea’s “new” plan: isn't over (yet)") == "North Korea’s “New” Plan: Isn't Over (Yet)"


def test_running_text_is_drawn_and_long_where_nothing_is_said():
    tokenizer = fit([PLAY], "bpe", 300)
    assert habits(encoding_of(tokenizer, "prose")) == (RUNNING_WORDS, RUNNING)
    assert habits(encoding_of(tokenizer)) == (20, GREEDY)


def test_bytes_that_make_no_character_are_not_shown():
    tokenizer = fit(["abc"], "bpe", 300)
    letters, half = tokenizer.encode("ab"), tokenizer.encode("é")[:1]
    assert "\ufffd" in tokenizer.decode([*letters[:1], *half, *letters[1:]])
    assert _text(encoding_of(tokenizer), [*letters, *letters[:1], *half, *letters[1:], *half], letters) == "ab"


def subset_of(rows: list[list[int]]) -> Subset:
    """Rows of ids with the next id as the answer at each place."""
    wide = max(map(len, rows)) - 1
    targets = torch.full((len(rows), wide), -100)
    inputs = torch.zeros_like(targets)
    for number, row in enumerate(rows):
        targets[number, : len(row) - 1], inputs[number, : len(row) - 1] = torch.tensor(row[1:]), torch.tensor(row[:-1])
    return Subset("test", targets, [str(n) for n in range(len(rows))], inputs, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["bpe", "characters"])
def test_characters_are_those_of_the_text(kind):
    tokenizer = fit([PLAY], kind, 300)
    ids = np.array(tokenizer.encode(PLAY))
    cut = subset_of([ids[:41].tolist(), ids[40:81].tolist()])
    assert characters(encoding_of(tokenizer, "prose"), cut) == len(tokenizer.decode(ids[1:81]))
    marked = fit(["가나 다", "ab"], kind, 300, marks=True)
    texts = ["가나 다", "ab", "다 가"]
    whole = subset_of([marked.encode(text, marked=True) for text in texts])
    assert characters(encoding_of(marked), whole) == sum(map(len, texts)) + 3, "an end mark is one"


def test_words_do_not_say_all_of_a_text():
    words = fit(["to be or not"], "words", marks=True)
    assert characters(encoding_of(words), subset_of([words.encode("to be", marked=True)])) == 0
    letters = fit(["ab"], "characters")
    assert characters(encoding_of(letters), subset_of([letters.encode("abab")])) == 3
    assert characters(encoding_of(letters), subset_of([letters.encode("abxb")])) == 0, "x is unknown"


def test_a_network_that_knows_only_frequencies_has_the_entropy_in_bits():
    """Whatever the tokens are: -sum p log2 p of the letters (Shannon, 1948)."""
    text = "aaab" * 50
    letters = fit([text], "characters")
    part = subset_of([letters.encode(text + "a")])
    counts = torch.bincount(part.labels.flatten(), minlength=letters.size).float()
    loss = torch.nn.functional.cross_entropy((counts / counts.sum()).log().expand(200, -1), part.labels.flatten())
    bits = float(loss) * 200 / characters(encoding_of(letters), part) / math.log(2)
    assert bits == pytest.approx(-(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)), rel=1e-5)
