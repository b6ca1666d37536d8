"""The page of `seodang look` of tables, texts and series: what is drawn is true, whole, and in the reader's language."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from seodang.core import language, sentences
from seodang.data.column_sketches import cramers_v, goes_with, histogram, ratio, sketches
from seodang.data.frame import Column
from seodang.data.look_rows import look_rows
from seodang.data.open import open_any
from seodang.data.page_rows import write_rows_page
from seodang.data.purpose import purpose
from seodang.data.series_sketches import series_sketches
from seodang.data.text_sketches import text_sketches
from tools.left_english import left_english

AMOUNT, NAMES = Column("x", "number", "", 0, 0), Column("c", "category", "", 0, 0)


def people(folder, rows=400):
    """Income follows from the town (to the letter) and, roughly, from age; not from the shoe."""
    draw = np.random.default_rng(0)
    town = draw.choice(["<b>A</b>", "B & C", "D"], rows)
    age = draw.integers(18, 80, rows)
    table = pd.DataFrame({"age": age, "shoe": draw.normal(40, 2, rows).round(1), "town": town})
    table["won"] = np.where(town == "D", "yes", "no")
    table.loc[::10, "shoe"] = np.nan
    file = folder / "people.csv"
    table.to_csv(file, index=False)
    return open_any(file)


def written(frame, folder, **asked):
    found = purpose(frame, **asked)
    write_rows_page(look_rows(frame, found), frame, found, folder / "page.html")
    return (folder / "page.html").read_text("utf-8")


def test_a_histogram_counts_every_value_once():
    values, groups = np.array([0.0, 1.0, 1.0, 2.0, 9.0, np.nan]), np.array([0, 0, 1, 1, 0, 1])
    drawn = histogram(values, groups)
    heights = np.array(drawn["bars"]) * drawn["highest"]
    assert heights.sum(0).tolist() == [3, 2]
    assert (drawn["left"], drawn["right"], drawn["middle"]) == ("0", "9", "1")
    far = histogram(np.r_[np.arange(1000.0), 1e9], np.zeros(1001, int))
    assert far["right"].startswith("≥")
    assert round(np.array(far["bars"]).sum() * far["highest"]) == pytest.approx(1001, abs=2)


def test_amounts_are_set_beside_amounts_by_spearman():
    draw = np.random.default_rng(1)
    one = pd.Series(draw.normal(size=300))
    other = -one + draw.normal(size=300)
    one[::7] = np.nan
    strength, direction = goes_with(one, AMOUNT, other, AMOUNT, False)
    known = one.notna()
    assert strength == pytest.approx(abs(spearmanr(one[known], other[known]).statistic), abs=1e-4)
    assert direction == -1


def test_what_has_nothing_to_do_with_the_target_is_near_0_and_what_gives_it_away_is_1():
    draw = np.random.default_rng(2)
    target, other = pd.Series(draw.choice(list("abc"), 2000)), pd.Series(draw.choice(list("vwxyz"), 2000))
    assert goes_with(target.str.upper(), NAMES, target, NAMES, True) == (1.0, 0)
    assert goes_with(other, NAMES, target, NAMES, True)[0] < 0.06
    assert goes_with(pd.Series(draw.normal(size=2000)), AMOUNT, target, NAMES, True)[0] < 0.06
    # Many names by chance explain much; what chance gives is taken off.
    many = draw.integers(0, 100, 400)
    assert ratio(draw.normal(size=400), many) < 0.25
    assert cramers_v(many, draw.integers(0, 2, 400)) < 0.25


def test_the_page_of_a_table_escapes_what_stands_in_it_and_puts_the_strongest_column_first(tmp_path):
    page = written(people(tmp_path), tmp_path, target="won")
    assert "<b>A</b>" not in page.split("<main>")[1].replace('<b class="s', "")
    cards = re.findall(r'<section class="card">\s*<h3 translate="no">(.*?)</h3>', page)
    assert cards[0] == "town"
    assert "missing: 40 (10.0 %)" in page
    assert "http" not in page.replace("http-equiv", "")


def test_rows_of_a_given_test_split_are_not_drawn(tmp_path):
    (tmp_path / "set").mkdir()
    draw = np.random.default_rng(3)
    for name, rows, low in (("train", 200, 0), ("test", 50, 1000)):
        table = pd.DataFrame({"x": draw.normal(low, 1, rows), "y": draw.choice(["a", "b"], rows)})
        table.to_csv(tmp_path / "set" / f"{name}.csv", index=False)
    frame = open_any(tmp_path / "set")
    (drawn, _) = sketches(frame, purpose(frame, target="y"), ["a", "b"])
    assert np.array(drawn["drawing"]["bars"]).sum() * drawn["drawing"]["highest"] == pytest.approx(200, abs=1)
    assert abs(float(drawn["drawing"]["middle"])) < 1


@pytest.fixture
def reviews(tmp_path):
    for name, word in (("good", "wonderful"), ("bad", "dreadful")):
        (tmp_path / "reviews" / name).mkdir(parents=True)
        for number in range(12):
            text = f"the film was {word} and the seats number {number} were red"
            (tmp_path / "reviews" / name / f"{number}.txt").write_text(text)
    return open_any(tmp_path / "reviews")


def test_the_word_that_tells_a_class_is_named_and_the_ones_of_all_are_not(reviews):
    told = text_sketches(reviews, purpose(reviews), ["bad", "good"])
    assert [[each["class"], each["words"]] for each in told["telling"]] == [
        ["bad", [["dreadful", 12, 12]]],
        ["good", [["wonderful", 12, 12]]],
    ]
    assert told["sides"][0]["words"][0] == ["the", 1.0]
    assert all("wonderful" in text for text in told["examples"][1]["texts"])


def series(folder, name="sold.csv"):
    days = pd.date_range("2020-01-01", periods=210)
    table = pd.DataFrame({"day": days, "sold": 100 + 10 * np.sin(np.arange(210) * 2 * np.pi / 7)})
    table = table.drop(index=range(100, 110))
    table.loc[50, "sold"] = np.nan
    table.to_csv(folder / name, index=False)
    return open_any(folder / name)


def test_a_series_is_drawn_from_its_least_to_its_largest_and_broken_where_it_has_gaps(tmp_path):
    frame = series(tmp_path)
    told = series_sketches(frame, purpose(frame), 7)
    points = [point for piece in told["line"]["lines"] for point in piece]
    assert len(told["line"]["lines"]) == 3  # a missing value and missing days
    assert len(points) == 199
    assert {min(y for _, y in points), max(y for _, y in points)} == {0.0, 1.0}
    assert told["gaps"] == [pytest.approx(99 / 209, abs=1e-3)]
    assert told["missing"] == 1
    season, weekday = told["profiles"]
    values = np.array([y for _, y in season["line"]["lines"][0]])
    assert len(values) == 7
    assert weekday["labels"][0] == "Mon"
    assert sorted(values)[-1] == 1


def test_a_very_long_series_keeps_its_peaks(tmp_path):
    values = np.sin(np.arange(30_000) / 500)
    values[12_345] = 9.0
    hours = pd.date_range("2000-01-01", periods=30_000, freq="h")
    pd.DataFrame({"t": hours, "v": values}).to_csv(tmp_path / "long.csv", index=False)
    frame = open_any(tmp_path / "long.csv")
    told = series_sketches(frame, purpose(frame, target="v", time="t"), 1)
    (points,) = told["line"]["lines"]
    assert len(points) < 1000
    assert max(points, key=lambda point: point[1]) == [pytest.approx(12_345 / 29_999, abs=1e-4), 1.0]


def test_a_korean_page_of_texts_has_no_english_of_ours(tmp_path, reviews, monkeypatch):
    monkeypatch.setattr(language, "_chosen", "ko")
    sentences._shown.cache_clear()
    page = written(reviews, tmp_path)
    sentences._shown.cache_clear()
    assert not left_english(page, [reviews.name, reviews.where, "good", "bad", "label", "text"])
