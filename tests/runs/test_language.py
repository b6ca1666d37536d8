"""What a run keeps is the same in every language: files are read by other people, and by later versions of the code."""

import gettext
import json

import numpy as np
import pandas as pd
import pytest

from seodang.core import language, sentences
from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.decisions.find import find_decision
from seodang.models.sequential import sequential
from seodang.runs.train import train

KEPT = ("recipe.yaml", "data.json", "machine.json")


class Marked(gettext.NullTranslations):
    """A language whose every sentence is the English one in brackets, so that what was translated can be seen."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, one, many, count):
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture
def marked(monkeypatch):
    monkeypatch.setattr(language, "_chosen", "ko")
    monkeypatch.setattr(language, "catalogue", lambda code: Marked())
    sentences._shown.cache_clear()
    yield
    sentences._shown.cache_clear()


def rows(path):
    """A table with a column to foretell, one of words and one that looks like numbers for rows."""
    drawn = np.random.default_rng(0)
    size = drawn.normal(size=90)
    table = {
        "id": range(90),
        "size": size,
        "colour": drawn.choice(["red", "blue"], 90),
        "price": 3 * size + drawn.normal(size=90),
    }
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def kept(run):
    found = {name: (run.folder / name).read_text(encoding="utf-8") for name in KEPT}
    machine = json.loads(found["machine.json"])
    machine.pop("training_seconds")
    return {**found, "machine.json": machine}


@pytest.mark.parametrize("data", ["digits", "a table"])
def test_a_run_keeps_the_same_files_in_every_language(data, tmp_path, request):
    where = rows(tmp_path / "prices.csv") if data == "a table" else data
    settings = {"training.epochs": 1}
    english = kept(train(where, settings=settings, runs=tmp_path / "one", name="run"))
    request.getfixturevalue("marked")
    assert language.tr("input") == "⟦input⟧"
    assert kept(train(where, settings=settings, runs=tmp_path / "two", name="run")) == english


def test_a_decision_answers_in_the_language_and_its_rules_keep_their_names(marked):
    door = find_decision("doggy-door")
    assert [(rule.name, rule.answer) for rule in door.rules] == [("dog", "⟦come in⟧"), ("cat", "⟦stay inside⟧")]
    assert door.otherwise == "⟦stay outside⟧"


def test_the_hint_on_activations_does_not_depend_on_the_words_of_other_sentences(marked):
    layers = [{"dense": {"units": 3, "activation": "relu", "rate": 1}}]
    with pytest.raises(RecipeError) as told:
        sequential(Spec((4,)), Spec((3,)), layers=layers)
    lines = str(told.value).splitlines()
    assert ["an activation is a layer of its own" in line for line in lines].count(True) == 1
    assert len(lines) == 2
