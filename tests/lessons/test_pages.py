"""Each of the ten pages: whole, offline, in both languages, the same numbers for the same seed; and the commands on it work."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from seodang.core.errors import SeodangError
from seodang.core.language import tr
from seodang.core.registry import describe, names
from seodang.lessons.learn import COURSE, called, course, learn, question, write_course, write_lesson
from tools.left_english import left_english

HANGUL = re.compile("[가-힣]")
# What labs L64 wants explained where it appears.
WANTED = (
    "convolution", "filter", "stride", "channel", "padding", "pooling", "dropout", "batch normalisation", "epoch", "batch size",
    "loss", "optimiser", "transfer learning",
)  # fmt: skip


def test_the_course_has_the_ten_questions_of_the_notes():
    assert len(COURSE) == 10
    assert course() == list(COURSE)
    assert set(COURSE) == set(names("lessons"))
    assert all(describe("lessons", name).endswith("?") for name in COURSE)


def test_a_question_is_called_by_number_or_name():
    assert called("1") == COURSE[0]
    assert called("10") == COURSE[9]
    assert called("why_depth_is_hard") == "why-depth-is-hard"
    with pytest.raises(SeodangError, match="There is no question 11. They are numbered 1 to 10"):
        called("11")
    with pytest.raises(SeodangError, match="'why-deep-is-hard' is no lesson. Did you mean why-depth-is-hard?"):
        called("why-deep-is-hard")
    with pytest.raises(SeodangError, match="The seed must be 0 to 2147483647, got -1."):
        learn(1, seed=-1)


@pytest.mark.parametrize("code", ["en", "ko"])
@pytest.mark.parametrize("name", COURSE)
def test_a_page_is_whole_and_works_offline(name, code, lesson, in_language, tmp_path):
    found = lesson(name, code)
    json.dumps(found.numbers, allow_nan=False)
    with in_language(code):
        text = write_lesson(name, found, tmp_path / "page.html").read_text(encoding="utf-8")
        asked = question(name)
    body = text.split("<body>")[1]
    assert f'<html lang="{code}">' in text
    assert asked.split("?")[0] in text
    assert "http" not in body.replace("http://www.w3.org", ""), "nothing is fetched"
    assert "<script" not in text
    assert "<svg" in body or 'src="data:image/png' in body
    assert "{" not in re.sub(r"(?s)<(style|svg|code)[ >].*?</\1>", "", body), "no placeholder is left open"
    assert body.count('class="term"') == body.count("<dt>") >= 5, "terms are explained where they appear, and listed"
    for each in found.tries:
        assert each.command.replace("'", "&#39;").replace('"', "&#34;") in body
    ids = re.findall(r'\bid="([^"]+)"', body)
    assert len(ids) == len(set(ids)), "no two drawings share the name of a glyph"


@pytest.mark.parametrize("name", COURSE)
def test_both_languages_say_the_same_numbers(name, lesson):
    english, korean = lesson(name), lesson(name, "ko")
    assert english.numbers == korean.numbers
    sentences = [*korean.answer, *korean.measured, *korean.limits, *(each.words for each in korean.tries)]
    assert all(HANGUL.search(line) for line in sentences)
    for one, other in zip(english.measured, korean.measured, strict=True):
        assert numbers_in(one) == numbers_in(other), (one, other)


def numbers_in(text):
    """Every number that was measured, as it is written: with decimals."""
    return set(re.findall(r"\d+\.\d+", text))


@pytest.mark.parametrize("name", ["where-the-weights-are", "what-sigmoid-is-good-for", "why-activations-bend"])
def test_the_same_seed_gives_the_same_numbers(name, lesson):
    assert learn(name).numbers == lesson(name).numbers


def test_another_seed_gives_other_numbers():
    assert learn("gradient-descent", seed=1).numbers["losses"] != learn("gradient-descent").numbers["losses"]


def test_every_term_of_the_labs_is_explained_on_a_page_where_it_appears(lesson, in_language, tmp_path):
    shown = set()
    with in_language("ko"):
        korean = {tr(term): term for term in WANTED}
        for name in COURSE:
            page = write_lesson(name, lesson(name, "ko"), tmp_path / "page.html").read_text(encoding="utf-8")
            shown |= set(re.findall("<dt>(.*?)</dt>", page))
    assert korean.keys() <= shown, [korean[term] for term in korean.keys() - shown]


def test_the_course_is_linked(lesson, tmp_path):
    some = {name: lesson(name) for name in COURSE}
    index = write_course(some, tmp_path / "pages")
    text = index.read_text(encoding="utf-8")
    for name in COURSE:
        assert f'href="{name}.html"' in text
        page = (tmp_path / "pages" / f"{name}.html").read_text(encoding="utf-8")
        for target in re.findall(r'<a href="([^"#]+)"', page):
            assert (tmp_path / "pages" / target).exists()


@pytest.mark.parametrize("name", COURSE)
def test_every_command_of_a_page_runs(name, lesson, command, tmp_path, monkeypatch):
    """In an empty folder, one after the other, as the page says."""
    monkeypatch.chdir(tmp_path)
    for each in lesson(name).tries:
        program, *words = shlex.split(each.command)
        assert program == "seodang"
        command(*words)


def test_the_verb(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed = command("learn", "--json")
    assert [each["name"] for each in json.loads(listed.stdout)["questions"]] == list(COURSE)
    told = command("learn", "gradient_descent", "--json", "--seed", "2")
    answer = json.loads(told.stdout)
    assert answer["number"] == 2
    assert answer["seed"] == 2
    assert answer["numbers"] == learn(2, seed=2).numbers
    assert (tmp_path / answer["page"]).exists()
    assert "seodang learn 3" in told.stderr
    with pytest.raises(SeodangError, match="There is no question 0"):
        command("learn", "0")


@pytest.mark.parametrize("name", COURSE)
def test_no_english_is_left_on_a_korean_page(name, lesson, in_language, tmp_path):
    found = lesson(name, "ko")
    with in_language("ko"):
        text = write_lesson(name, found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert left_english(text, ["malignant", "mlp"]) == []  # a class of breast-cancer; how names of recipes begin
