"""Translation: BLEU by hand, a small language learnt from its pairs, beams that are never worse, where the network looks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import seodang
from seodang.evaluation import translating
from seodang.runs.folder import Run

NOUNS = {"hund": "dog", "katze": "cat", "mann": "man", "frau": "woman", "haus": "house", "auto": "car"}
QUALITIES = {"rot": "red", "alt": "old", "klein": "small", "neu": "new", "froh": "glad", "nass": "wet"}


def sentence(generator: np.random.Generator) -> tuple[str, str]:
    """Nouns with an adjective that stands behind them in one language and before them in the other."""
    parts = []
    for _ in range(2):
        noun, more = str(generator.choice(list(NOUNS))), str(generator.choice(list(QUALITIES)))
        parts.append(((noun, more), (QUALITIES[more], NOUNS[noun])))
    (first, one), (second, other) = parts
    return " ".join([*first, "sieht", *second]), " ".join([*one, "sees", *other])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("translating")
    generator = np.random.default_rng(0)
    pairs = sorted({sentence(generator) for _ in range(400)})
    generator.shuffle(pairs)
    file = folder / "pairs.tsv"
    file.write_text("".join(f"{source}\t{target}\n" for source, target in pairs), encoding="utf-8")
    settings = {"model.units": 48, "model.embedding": 16, "training.epochs": 20, "texts.tokens": "words"}
    return seodang.train(
        file, "translator", {**settings, "columns.text": "source", "columns.target": "target"}, runs=folder
    )


def test_bleu_by_hand() -> None:
    """Of 5, 4, 3 and 2 runs of 1 to 4 words, 4, 3, 2 and 1 are right: the fourth root of 4/5 · 3/4 · 2/3 · 1/2."""
    found = translating.bleu(["one two three four five"], ["one two three four six"])
    assert found is not None, "sacrebleu belongs to what tests need"
    assert found["bleu"] == pytest.approx(100 * 0.2**0.25, abs=1e-3)
    same = translating.bleu(["a small dog runs"] * 3, ["a small dog runs"] * 3)
    assert same is not None
    assert (same["bleu"], same["interval"]) == (100, [100, 100])


def test_sentences_that_were_not_in_training_are_translated(run: Run) -> None:
    report = seodang.evaluate(run)
    assert report["metrics"]["bleu"] > 90
    assert report["intervals"]["bleu"][0] <= report["metrics"]["bleu"] <= report["intervals"]["bleu"][1] + 1e-6
    assert report["metrics"]["perplexity"] < report["baselines"]["bigram"]["perplexity"]
    assert translating.translate(run, ["hund rot sieht mann alt", ""]) == ["red dog sees old man", ""]


def test_a_beam_is_never_less_probable_than_greedy(run: Run) -> None:
    read = run.encoding.encode(["hund rot sieht mann alt", "katze sieht", "alt alt klein hund hund sieht rot"])
    with torch.inference_mode():
        for one, greedy in zip(read, translating._greedy(run, read), strict=True):
            assert translating._beam(run, one, 4, greedy).mean >= greedy.mean


def test_it_looks_at_the_word_that_it_writes(run: Run) -> None:
    """Adjective and noun change places: writing "red" looks behind where writing "dog" does."""
    found = translating.attention(run, ["hund rot sieht mann alt"])
    assert found is not None
    weights = np.array(found["weights"])
    assert weights.sum(1) == pytest.approx(1, abs=1e-3)
    assert found["read"] == ["hund", "rot", "sieht", "mann", "alt"]
    assert found["written"] == ["red", "dog", "sees", "old", "man", "(end)"]
