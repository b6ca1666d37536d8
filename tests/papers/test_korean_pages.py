"""A run of each family in Korean, as pages and on the screen: nothing of ours is left in English."""

from __future__ import annotations

import json
import re
import shutil

import pytest

import seodang
from seodang.core import sentences
from seodang.papers.questions import questions
from seodang.runs.folder import load
from tests.papers.test_paper import FAMILIES
from tools.left_english import left_english


@pytest.fixture(scope="module")
def korean(families, command, tmp_path_factory):
    """`korean(family)`: a copy of its run, judged in Korean, and its pages by name."""
    from seodang.core import language

    made = {}

    def find(family):
        if family in made:
            return made[family]
        old = families(family)
        run = load(shutil.copytree(old.folder, tmp_path_factory.mktemp(family) / old.name))
        before = language._chosen
        language.use_language("ko")
        sentences._shown.cache_clear()
        try:
            screen = {verb: command(verb, run.folder).output for verb in ("evaluate", "report", "diagnose", "summary")}
            folder = run.folder / "paper"
            pages = {"report": run.folder / "report.html", "paper": folder / "paper.ko.html"}
            for name, words in (("explained", "#1"), ("network", ())):
                try:
                    seodang.explain(run, words, out=folder / f"{name}.html")
                    pages[name] = folder / f"{name}.html"
                except seodang.SeodangError as error:  # it does not apply, and says why
                    pages[f"{name}: why not"] = str(error)
            texts = {
                name: f"<p>{each}</p>" if isinstance(each, str) else each.read_text("utf-8")
                for name, each in pages.items()
            }
            made[family] = run, texts, screen
        finally:
            language._chosen = before
        return made[family]

    return find


def known(run) -> list[str]:
    """Names that stand in the data: they are in no language."""
    data = run.data
    named = [run.name, run.recipe.name, data["source"]["name"], data["source"]["where"], *data.get("classes", [])]
    purpose = data.get("purpose") or {}
    named += [str(each) for each in (purpose.get("target"), *(purpose.get("features") or ())) if each]
    named += [getattr(run.encoding, name, None) or "" for name in ("text", "target")]
    report = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    for each in report["training"]["layers"]:  # layers are called as in the recipe
        named += [each["layer"].replace(".", " ").replace("_", " "), each["kind"].replace("_", " ")]
    kinds = {type(module).__name__ for module in run.network().modules()}
    named += [word.lower() for kind in kinds for word in re.findall("[A-Z][a-z]+", kind)]
    named += [word for each in report.get("translations", ()) for word in each.values() if isinstance(word, str)]
    return [*named, *questions(), *(each["name"] for each in data.get("columns") or ())]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_english_is_left_on_a_page(korean, family):
    run, pages, _ = korean(family)
    left = {name: left_english(page, known(run)) for name, page in pages.items()}
    assert {name: found for name, found in left.items() if found} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_english_is_left_on_the_screen(korean, family):
    run, _, screen = korean(family)
    left = {verb: left_english(told, known(run), is_html=False) for verb, told in screen.items()}
    assert {verb: found for verb, found in left.items() if found} == {}


@pytest.mark.parametrize("data", ["digits", "iris", "diabetes", "daily-min-temperatures"])
def test_no_english_is_left_of_a_look(command, data, tmp_path, speak):
    speak("ko")
    page = tmp_path / "look.html"
    told = command("look", data, "--page", page)
    names = seodang.look(data)
    columns = [data, *(each["name"] for each in names.get("columns", [])), *names.get("classes", [])]
    assert left_english(told.output, columns, is_html=False) == []
    assert left_english(page.read_text(encoding="utf-8"), columns) == []
