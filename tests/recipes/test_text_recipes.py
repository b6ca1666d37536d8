"""Labs L40 and L43 on their real data: the counts of the notes, and what the two ways to learn headlines have in common."""

from __future__ import annotations

import numpy as np
import pytest

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.data.encoded import Encoded
from seodang.data.open import open_any
from seodang.models.build import build
from seodang.models.summary import count_parameters
from seodang.recipes import choose_rows
from seodang.recipes.choose_rows import derive_rows, spelled_out
from seodang.recipes.resolve import resolve
from seodang.runs.opening import encode_frame
from seodang.tasks.build import build_task


def encoded(name: str, settings: dict[str, str] | None = None) -> Encoded:
    recipe = resolve(name, settings or {})
    frame = open_any(recipe.data or "", recipe.columns)
    recipe, _ = spelled_out(recipe, frame)
    return encode_frame(frame, recipe)


def test_headlines_have_the_counts_of_the_notes(real_data) -> None:
    real_data("nyt-headlines")
    data, whole = encoded("headlines"), encoded("headlines-whole", {"split.test": "0", "split.validation": "0"})
    assert len(data.source) == 8_603
    assert tuple(data.train.pixels.shape) == (53_305, 27)
    assert data.facts.vocabulary == 11_753
    for name, each in (("headlines", data), ("headlines-whole", whole)):
        recipe = resolve(name)
        task = build_task("next_token", recipe.loss, each.facts)
        network = build(recipe.model, each.facts.inputs, task.outputs, 0)
        assert count_parameters(network) == 117_530 + 44_400 + 1_187_053 == 1_348_983
    # Every beginning has its answer in the whole headlines too, and there are no others.
    assert int((whole.train.labels >= 0).sum()) == 53_305
    answers = [np.sort(part.labels[part.labels >= 0].numpy()) for part in (data.train, whole.train)]
    assert np.array_equal(*answers)


def test_reviews_are_as_in_the_notes(real_data) -> None:
    real_data("imdb")
    data = encoded("imdb-bilstm", {"examples": "500"})
    assert data.facts.inputs is not None
    assert data.facts.inputs.vocabulary == len(data.encoding.tokenizer.pieces) + 1, (
        "padding, and no id for unknown words"
    )
    assert int(data.train.lengths.max()) == 300
    network = build(resolve("imdb-bilstm").model, Spec((0,), vocabulary=20_000), Spec((1,)), 0)
    assert count_parameters(network) == 4_005_121


def test_few_tokens_are_learnt_with_their_counts_and_many_without(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(choose_rows, "FEW_TOKENS", 20_000)
    generator = np.random.default_rng(0)
    for words, model in ((5_000, "word-pairs"), (40_000, "recurrent")):
        file = tmp_path / f"{words}.txt"
        text = generator.choice(["the", "cat", "sat", "on", "a", "mat", "and", "saw", "dogs"], words)
        file.write_text("\n".join(" ".join(row) + "." for row in np.array_split(text, words // 10)), encoding="utf-8")
        frame = open_any(file)
        recipe, _ = spelled_out(resolve("text-generator", {"texts.tokens": "words"}), frame)
        derived, reasons = derive_rows(recipe, encode_frame(frame, recipe))
        assert derived.model.name == model
        assert any(reason.startswith("model=word-pairs: ") for reason in reasons) == (model == "word-pairs")


def test_a_table_with_texts_is_told_how_one_is_chosen(tmp_path) -> None:
    file = tmp_path / "articles.csv"
    rows = [
        f"The headline number {n} of this paper,{'a much longer text follows ' * 3}{n},{n % 7},{n**2 % 31}"
        for n in range(60)
    ]
    file.write_text("headline,abstract,section,pages\n" + "\n".join(rows), encoding="utf-8")
    frame = open_any(file)
    with pytest.raises(RecipeError, match=r"text-generator is for the task next_token.*columns\.text=headline"):
        spelled_out(resolve("text-generator", {"columns.target": "section"}), frame)
