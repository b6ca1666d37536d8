"""Explanations of texts: where each token stands, parts that add up, Korean too."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.core.spec import Spec
from seodang.data.spans import spans
from seodang.data.tokens import LEARNT, fit
from seodang.explanations.attention import attention, looked_at
from seodang.explanations.example import example_of
from seodang.explanations.explanation import DoesNotApply
from seodang.explanations.feature_maps import feature_maps
from seodang.explanations.layers_of import model_of
from seodang.explanations.scores import score_of
from seodang.explanations.words import parts_of, words
from seodang.models._attention import Attention
from seodang.models.build import build
from seodang.recipes.settings import Part

KNOWN = ["To be, or not to be: that's the QUESTION!", "배우 연기가 최고", "naïve café 3.14 1,000 👍🏽"]
TOKENIZERS = {kind: fit(KNOWN, kind, 300 if kind == "bpe" else None) for kind in LEARNT}
TEXT = "정말 재미있는 영화, 그러나 지루하다"


@pytest.mark.parametrize("kind", LEARNT)
@settings(max_examples=40, deadline=None)
@given(text=st.one_of(st.text(max_size=40), st.sampled_from(KNOWN), st.lists(st.sampled_from(KNOWN)).map(" ".join)))
def test_spans_are_the_tokens_that_are_read(kind, text):
    tokenizer = TOKENIZERS[kind]
    shown, found = spans(tokenizer, text)
    assert [span.id for span in found if span.id is not None] == tokenizer.encode(text)
    assert all(0 <= span.first <= span.last <= len(shown) for span in found)
    assert [span.first for span in found] == sorted(span.first for span in found)
    if kind in ("words", "notes"):
        for span in found:
            if span.id not in (None, tokenizer.unknown):
                assert shown[span.first : span.last].lower() == tokenizer.token(span.id)
    assert unicodedata.normalize("NFC", shown) == unicodedata.normalize("NFC", text) or kind == "bpe"


def test_of_n_grams_the_words_are_the_whole_score(texts_run):
    example = example_of(texts_run, [TEXT])
    parts, total, how = parts_of(texts_run, example.given, example.target)
    with torch.no_grad():
        score = float(score_of(texts_run, example.target)(example.given))
    assert total == pytest.approx(score, abs=1e-4)
    assert "exact" in how
    assert len(parts) == example.given.shape[1]


def test_n_grams_of_several_classes_add_up_too(texts_run, with_network):
    size = texts_run.encoding.tokenizer.size
    settings = {"orders": 3, "buckets": 512, "embedding": 8}
    model = build(Part(name="ngrams", settings=settings), Spec((0,), vocabulary=size), Spec((4,)), 0).eval()
    run = with_network(texts_run, model)
    run.__dict__["data"] = {**texts_run.data}
    tokens = torch.randint(1, size, (1, 9), generator=torch.Generator().manual_seed(0))
    tokens[0, 4] = tokens[0, 1]  # a token that stands there twice counts once
    with torch.no_grad():
        scores = model(tokens)[0]
    wanted = float(scores[2] - scores[[0, 1, 3]].mean())
    assert parts_of(run, tokens, 2)[1] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("name", ["recurrent", "text-cnn", "transformer"])
def test_word_vectors_add_up_to_the_difference(name, texts_run, with_network):
    """Completeness, from a text of unknown words, for every model with word vectors."""
    size = texts_run.encoding.tokenizer.size
    model = build(Part(name=name, settings={}), Spec((0,), vocabulary=size), Spec((2,)), 0).eval()
    run = with_network(texts_run, model)
    tokens = torch.randint(1, size, (1, 7), generator=torch.Generator().manual_seed(0))
    embedding = next(each for each in model.modules() if isinstance(each, torch.nn.Embedding))
    parts, _, how = parts_of(run, tokens, 1)
    score = score_of(run, 1)
    with torch.no_grad():
        after = float(score(tokens))
        embedding.weight.copy_(embedding.weight[texts_run.encoding.tokenizer.unknown].expand_as(embedding.weight))
        before = float(score(tokens))
    assert parts.sum() == pytest.approx(after - before, rel=0.05, abs=2e-3)
    assert "integrated gradients" in how


def test_what_is_read_by_another_way_than_vectors_is_not_passed_over(texts_run, with_network):
    """Where a network also looks at the tokens themselves, the vectors are not all: words are left out instead."""
    size = texts_run.encoding.tokenizer.size

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.vectors, self.counts = torch.nn.Embedding(size, 2), torch.nn.EmbeddingBag(size, 2, padding_idx=0)

        def forward(self, tokens):
            return self.vectors(tokens).mean(1) + self.counts(tokens)

    run = with_network(texts_run, Both())
    *_, how = parts_of(run, torch.tensor([[3, 4, 5]]), 1)
    assert "left out" in how


def test_a_word_that_is_left_out_loses_what_it_gave(texts_run, with_network):
    size = texts_run.encoding.tokenizer.size
    model = build(Part(name="bag", settings={"pairs": 64}), Spec((0,), vocabulary=size), Spec((2,)), 0).eval()
    run = with_network(texts_run, model)
    tokens = torch.randint(1, size, (1, 6), generator=torch.Generator().manual_seed(0))
    parts, *_ = parts_of(run, tokens, 0)
    without = tokens.clone()
    without[0, 3] = 0
    score = score_of(run, 0)
    with torch.no_grad():
        assert parts[3] == pytest.approx(float(score(tokens) - score(without)), abs=1e-5)


def test_the_coloured_text_is_the_text(texts_run):
    told = words(texts_run, example_of(texts_run, [TEXT]))
    marked, bars = told.parts
    assert "".join(piece for piece, _ in marked.pieces) == TEXT
    assert any(weight is not None for _, weight in marked.pieces)
    strongest = max(abs(weight) for _, weight in marked.pieces if weight is not None)
    assert strongest == pytest.approx(1)
    assert {bar.label for bar in bars.rows} <= set(TEXT.split())


def test_praise_is_red_and_complaint_blue(texts_run):
    good = example_of(texts_run, [TEXT], "좋다")
    listed = dict(words(texts_run, good).numbers["words"])
    assert listed["재미있는"] > 0 > listed["지루하다"]


def test_attention_is_what_the_block_computes(transformer_run):
    """Read places sum to 1, and the weights are those that attention itself mixes values with."""
    example = example_of(transformer_run, [TEXT])
    module = next(each for each in model_of(transformer_run).modules() if isinstance(each, Attention))
    weights = looked_at(transformer_run, module, example.given)
    assert float(weights.sum()) == pytest.approx(1, abs=1e-5)
    assert float(weights.min()) >= 0
    numbers = attention(transformer_run, example).numbers["most_read"]
    assert len(numbers) <= 12


def test_each_layer_of_a_text_is_shown_token_by_token(transformer_run):
    """What a layer makes of the text is what it makes without padding; the first layer's are the vectors of its tokens."""
    example = example_of(transformer_run, [TEXT])
    first = feature_maps(transformer_run, example).numbers["layers"][0]
    embedding = next(each for each in model_of(transformer_run).modules() if isinstance(each, torch.nn.Embedding))
    tokens = example.given[example.given != 0]
    vectors = embedding(tokens).detach()
    assert first["shape"] == [vectors.shape[1], len(tokens)]
    assert first["mean"] == pytest.approx(float(vectors.double().mean()), abs=1e-6)


def test_networks_without_attention_say_so(texts_run):
    with pytest.raises(DoesNotApply, match="has no attention"):
        attention(texts_run, example_of(texts_run, [TEXT]))


def test_a_judged_text_is_answered_as_it_was(texts_run):
    from seodang.evaluation.predictions import read

    judged = read(texts_run.folder)
    example = example_of(texts_run, ["#2"])
    np.testing.assert_allclose(example.answer.numpy(), judged.probabilities[1], atol=1e-5)
    assert example.true == judged.classes[judged.labels[1]]


def test_a_network_that_writes_says_why_the_next_word(finished, tmp_path_factory):
    path = tmp_path_factory.mktemp("prose") / "sayings.txt"
    path.write_text("\n".join(f"the cat sat on the mat and saw {n} birds" for n in range(80)), encoding="utf-8")
    settings = {
        "training.epochs": 1,
        "model.settings": {"cell": "gru", "units": [8], "embedding": 8},
        "texts.tokens": "words",
    }
    run = finished(path, "text-generator", settings)
    example = example_of(run, ["the cat sat on"])
    told = words(run, example)
    assert "as the next word" in told.words[0]
    assert "".join(piece for piece, _ in told.parts[0].pieces) == "the cat sat on"
    assert len(told.numbers["tokens"]) == 4, "the mark that a text begins with is not shown"
    with pytest.raises(DataError, match="was not judged text by text"):
        example_of(run, ["#1"])
