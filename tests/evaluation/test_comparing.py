"""`compare`: better, or noise, or not to be compared."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from seodang.core.errors import RunError
from seodang.evaluation import predictions
from seodang.evaluation.compare import _pair, _row, _same_examples, compare
from seodang.evaluation.predictions import NAME, Amounts, Predictions, Tokens, write_tokens
from seodang.runs.folder import load


@pytest.fixture
def two(own_run):
    """A run, and a copy of it whose saved predictions a test can change."""
    other = own_run.folder.parent / "digits-2"
    shutil.copytree(own_run.folder, other)
    return own_run, load(other)


def answer(run, right, file=NAME):
    """Let a run's saved predictions be right exactly where `right` says."""
    saved = predictions.read(run.folder, file)
    said = np.where(right(len(saved.labels)), saved.labels, (saved.labels + 1) % 10)
    probabilities = np.full(saved.probabilities.shape, 0.01, dtype=np.float32)
    probabilities[np.arange(len(said)), said] = 0.91
    predictions.write(run.folder / file, replace(saved, probabilities=probabilities))


def test_a_better_run_is_called_better_whichever_comes_first(two):
    first, second = two
    answer(first, lambda number: np.arange(number) % 10 != 0)
    answer(second, lambda number: np.arange(number) % 30 != 1)
    number = predictions.read(first.folder).labels.size
    words = compare([first, second])["pairs"][0]["words"]
    assert words.startswith("digits-2 is better than digits-1: +6.7 points (95 % interval +2.")
    assert words.endswith("27 against 9 disagreements, p = 0.0039.")
    assert number == 270
    turned = compare([second, first])["pairs"][0]
    assert turned["words"].startswith("digits-2 is better than digits-1: +6.7 points")
    assert (turned["difference"], turned["first_only"], turned["second_only"]) == (
        pytest.approx(-0.0667, abs=1e-4),
        27,
        9,
    )


def test_runs_on_unlike_data_are_compared_where_both_were_judged_on_a_third(two):
    """What `why not` advises: `evaluate RUN DATA` of both, then compare again."""
    first, second = two
    saved = predictions.read(second.folder)
    few = replace(saved, ids=[f"other {name}" for name in saved.ids], sha256="of the second's own")
    predictions.write(second.folder / predictions.NAME, few)
    told = compare([first, second])["pairs"][0]
    assert told["words"].endswith("trained on (`seodang evaluate RUN DATA`), then compare them again.")
    third = replace(saved, split="all", sha256="of the third")
    for run in two:
        predictions.write(run.folder / "predictions-third.parquet", third)
    answer(first, lambda number: np.arange(number) % 10 != 0, "predictions-third.parquet")
    answer(second, lambda number: np.arange(number) % 30 != 1, "predictions-third.parquet")
    told = compare([first, second])["pairs"][0]
    assert (told["comparable"], told["data"], told["examples"]) == (True, "third", 270)
    assert told["words"].startswith("digits-2 is better than digits-1: +6.7 points")
    assert told["words"].endswith("p = 0.0039. Both were judged on third.")
    answer(second, lambda number: np.arange(number) % 10 != 0, "predictions-third.parquet")
    assert "are right and wrong on the same 270 judged examples." in compare([first, second])["pairs"][0]["words"]
    (first.folder / "predictions-third.parquet").write_bytes(b"no Parquet")
    assert not compare([first, second])["pairs"][0]["comparable"], "what is damaged is left out"


def test_rows_are_the_same_where_their_names_and_what_is_true_of_them_are():
    """What goes in differs where another column is seen, and with it the hash; of pictures the hash is of what they are."""
    ids, draw = [f"a.csv row {row}" for row in range(30)], np.random.default_rng(0)
    labels, likely = draw.integers(0, 2, 30), draw.dirichlet([1, 1], 30)
    one = Predictions(ids, labels, likely, ("no", "yes"), "test", "one")
    other = replace(one, sha256="other")
    assert _same_examples(one, other, are_rows=True)
    assert not _same_examples(one, other, are_rows=False)
    assert not _same_examples(one, replace(other, labels=1 - labels), are_rows=True)
    assert not _same_examples(one, replace(other, ids=ids[::-1]), are_rows=True)
    amounts = Amounts(ids, likely, likely, "mse", 0, "test", "one")
    assert _same_examples(amounts, replace(amounts, sha256="other"), are_rows=True)
    assert not _same_examples(amounts, replace(amounts, sha256="other", targets=likely + 1), are_rows=True)
    assert not _same_examples(one, amounts, are_rows=True)


def test_of_texts_the_same_tokens_are_compared_text_by_text(tmp_path):
    ids, draw = [f"a.txt line {row}" for row in range(200)], np.random.default_rng(0)
    counts = draw.integers(3, 9, 200).astype(float)
    first = Tokens(ids, draw.gamma(2, counts / 2), counts, "words", "test", "one")
    second = replace(first, losses=first.losses - 0.1 * counts, sha256="other")
    told = _pair(["first", "second"], [first, second], 0, 1, True)
    assert told["comparable"]
    assert told["difference"] == pytest.approx(0.1), "a token, above 0 where the second is better"
    assert told["p_value"] < 1e-6
    pieces = _pair(["first", "second"], [first, replace(second, tokenizer="pieces")], 0, 1, True)
    assert not pieces["comparable"]
    assert "they cut texts into other tokens, so perplexities say nothing beside each other" in pieces["words"]
    broken = SimpleNamespace(
        folder=tmp_path, recipe=SimpleNamespace(name="r"), data={"source": {"name": "d"}}, history=[], machine={}
    )
    row = _row(broken, "broken", replace(first, losses=1e4 * counts))  # type: ignore[arg-type]
    assert np.isfinite([row["perplexity"], *row["interval"]]).all()
    write_tokens(tmp_path / NAME, first)
    again = predictions.read(tmp_path)
    assert isinstance(again, Tokens)
    np.testing.assert_array_equal(again.losses, first.losses)
    assert (again.ids, again.tokenizer, again.counts.tolist()) == (ids, "words", counts.tolist())


def test_noise_is_called_noise(two):
    first, second = two
    answer(first, lambda number: np.arange(number) % 20 != 0)
    answer(second, lambda number: np.arange(number) % 22 != 1)
    words = compare([first, second])["pairs"][0]["words"]
    assert words.startswith(
        "No difference that 270 test examples can show between digits-1 and digits-2: +0.4 points for digits-2 "
    )


def test_a_run_and_its_copy_are_the_same(two):
    found = compare(two)
    assert found["pairs"][0]["words"] == (
        "No difference: digits-1 and digits-2 are right and wrong on the same 270 test examples."
    )
    assert [row["name"] for row in found["runs"]] == ["digits-1", "digits-2"]
    assert found["runs"][0]["accuracy"] == found["runs"][1]["accuracy"]


def test_the_table_is_that_of_the_report(judged, two):
    _, report = judged
    row = compare(two)["runs"][0]
    assert row["accuracy"] == report["metrics"]["accuracy"]
    assert row["interval"] == report["intervals"]["accuracy"]
    assert (row["recipe"], row["split"], row["seconds"]) == (report["recipe"], "test", report["seconds"])


def test_several_pairs_are_held_to_a_stricter_limit(two):
    first, second = two
    third = first.folder.parent / "digits-3"
    shutil.copytree(first.folder, third)
    answer(first, lambda number: np.arange(number) % 10 != 0)
    answer(second, lambda number: np.arange(number) % 30 != 1)
    found = compare([first, second, third])
    assert [pair["adjusted_p_value"] >= pair["p_value"] for pair in found["pairs"]] == [True] * 3
    assert found["notes"][0] == "p-values are Holm's for 3 comparisons, so that looking often does not find by chance."


def test_other_splits_cannot_be_compared_and_it_is_said_why(two):
    first, second = two
    saved = predictions.read(second.folder)
    predictions.write(
        second.folder / predictions.NAME, replace(saved, sha256="another", ids=[f"x{i}" for i in saved.ids])
    )
    (pair,) = compare([first, second])["pairs"]
    assert not pair["comparable"]
    assert pair["words"] == (
        "digits-1 and digits-2 cannot be compared example by example: they were judged on other examples (270 test and 270 "
        "test examples). Judge both on one data set that neither was trained on (`seodang evaluate RUN DATA`), then compare them again."
    )
    predictions.write(second.folder / predictions.NAME, replace(saved, sha256="another"))
    assert compare([first, second])["pairs"][0]["words"] == (
        "digits-1 and digits-2 cannot be compared example by example: they were judged on different splits (270 test and "
        "270 test examples; 270 in common by name). Train both with the same data and split settings, split.seed too."
    )


def test_what_cannot_be_compared_is_refused(two):
    first, second = two
    with pytest.raises(RunError, match=r"^Comparing needs two runs or more, got 1\.$"):
        compare([first])
    with pytest.raises(RunError, match=r"digits-1 is given twice\. Give each run once\.$"):
        compare([first, second, first.folder])
    (second.folder / predictions.NAME).unlink()
    with pytest.raises(RunError) as raised:
        compare([first, second])
    assert str(raised.value) == (
        f"{second.folder} has not been judged yet. Do so with `seodang evaluate {second.folder}`."
    )
