"""What a network sees of texts: nothing that was learnt from the texts that judge it, and no text on both sides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from seodang.data.encode_text import NOTHING, blocks
from seodang.data.encoded import Encoded
from seodang.data.open import open_any
from seodang.data.tokens import fit
from seodang.recipes.choose_rows import spelled_out
from seodang.recipes.resolve import resolve
from seodang.runs.opening import encode_frame


def encoded(path: Path, recipe: str, settings: dict[str, str] | None = None) -> Encoded:
    asked = resolve(recipe, settings or {})
    frame = open_any(path, asked.columns)
    asked, _ = spelled_out(asked, frame)
    return encode_frame(frame, asked)


def reviews(folder: Path, count: int = 300) -> Path:
    """Reviews that each have a word of their own, and every third of which stands again, spaced otherwise."""
    rows = [(f"film number word{n} was {'fine' if n % 2 else 'dull'} to watch", n % 2) for n in range(count)]
    rows += [(text.replace(" ", "  "), label) for text, label in rows[::3]]
    path = folder / "reviews.csv"
    pd.DataFrame(rows, columns=["review", "label"]).to_csv(path, index=False)
    return path


def texts(data: Encoded, part: str) -> list[str]:
    rows = getattr(data.division, part)
    return [" ".join(text.split()) for text in np.asarray(data.source.table["review"])[rows]]


@pytest.mark.parametrize("tokens", ["words", "notes", "bpe", "characters"])
def test_the_vocabulary_is_that_of_the_training_texts(tmp_path, tokens):
    data = encoded(reviews(tmp_path), "text-classifier", {"texts.tokens": tokens, "texts.vocabulary": "400"})
    rows = np.asarray(data.source.table["review"])
    own = [rows[row] for row in data.division.train.tolist()]
    assert data.encoding.tokenizer == fit(own, tokens, 400)
    everything = fit(rows.tolist(), tokens, 400)
    if tokens in ("words", "notes"):
        judged = {word for part in ("validation", "test") for text in texts(data, part) for word in text.split()}
        strangers = judged - {word for text in own for word in text.split()}
        assert len(strangers) > 20
        assert not strangers & set(data.encoding.tokenizer.pieces)
        assert strangers & set(everything.pieces), "fitted on all they would have been known"


def test_a_text_stands_in_one_split_only_white_space_aside(tmp_path):
    path = reviews(tmp_path)
    for seed in range(3):
        data = encoded(path, "text-classifier", {"split.seed": str(seed)})
        parts = [set(texts(data, part)) for part in ("train", "validation", "test")]
        assert all(parts)
        assert sum(map(len, parts)) == len(set.union(*parts)) == 300
        # Rows drawn one by one would have torn most of the pairs apart.
        assert len(texts(data, "train")) > len(parts[0])


def test_training_texts_that_a_given_test_split_has_too_are_not_trained_on(tmp_path):
    for split, first in (("train", 0), ("test", 80)):
        rows = [(f"a text about thing{n} and its colour", "ab"[n % 2]) for n in range(first, first + 100)]
        pd.DataFrame(rows, columns=["review", "label"]).to_csv(tmp_path / f"{split}.csv", index=False)
    data = encoded(tmp_path, "text-classifier", {"split.validation": "0"})
    assert len(data.test) == 100
    assert len(data.train) == 80
    assert not set(texts(data, "train")) & set(texts(data, "test"))
    assert "20 training texts that stand in validation or test too are left out of training." in data.notes


def test_beginnings_of_a_headline_never_stand_on_both_sides(tmp_path):
    rows = [f"The senate votes on bill{n} after {n % 7} days" for n in range(120)]
    pd.DataFrame({"headline": [*rows, *rows[:40], "Unknown"]}).to_csv(tmp_path / "news.csv", index=False)
    data = encoded(tmp_path / "news.csv", "headlines", {"split.test": "0.2", "split.validation": "0.1"})
    parts = [set(part.ids) for part in (data.train, data.validation, data.test)]
    assert all(parts)
    assert not any(one & other for one, other in ((parts[0], parts[1]), (parts[0], parts[2]), (parts[1], parts[2])))
    everything = np.asarray(data.source.table["headline"])
    told = [set(everything[rows]) for rows in (data.division.train, data.division.validation, data.division.test)]
    assert sum(map(len, told)) == 120
    assert not any("Unknown" in part for part in told)


def test_both_languages_of_a_translation_are_learnt_from_training_pairs(tmp_path):
    lines = [f"the word{n} runs here\tdas wort{n} rennt da" for n in range(200)]
    (tmp_path / "pairs.txt").write_text("\n".join(lines), encoding="utf-8")
    data = encoded(tmp_path / "pairs.txt", "translate-seq2seq")
    train = data.source.select(data.division.train).table
    for column, tokenizer in (("source", data.encoding.tokenizer), ("target", data.encoding.written)):
        mine = {piece for piece in tokenizer.pieces if piece[-1].isdigit()}
        assert mine == {word for text in train[column] for word in text.split() if word[-1].isdigit()}


def test_of_running_text_the_end_judges_and_line_ends_stay(tmp_path):
    speeches = [f"ROMEO{n % 5}:\nWhat light is number {n},\nand where?" for n in range(400)]
    (tmp_path / "play.txt").write_text("\n\n".join(speeches), encoding="utf-8")
    data = encoded(tmp_path / "play.txt", "text-generator")
    parts = (data.division.train, data.division.validation, data.division.test)
    assert np.array_equal(np.concatenate(parts), np.arange(400))
    inputs, targets = blocks(data.encoding, data.source.select(data.division.train))
    assert torch.equal(inputs[:, 1:], targets[:, :-1])
    assert int((targets == NOTHING).sum()) == 0
    told = data.encoding.tokenizer.decode(inputs.flatten().tolist())
    assert "\n\n".join(speeches).startswith(told)
    assert len(told) > 5_000
