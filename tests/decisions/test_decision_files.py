"""Decisions by name and by file: every mistake at once, in a person's words."""

from __future__ import annotations

import pytest

from seodang.core.errors import RecipeError, SeodangError
from seodang.core.registry import find
from seodang.decisions.decision import Decision, Rule
from seodang.decisions.find import find_decision


def said(path, text):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError) as error:
        find_decision(path)
    return str(error.value).splitlines()


def test_a_name_a_file_and_a_value(tmp_path):
    named = find("decisions", "doggy-door")()
    assert find_decision("doggy-door") == find_decision("doggy_door") == find_decision(named) == named
    file = tmp_path / "gate.yaml"
    file.write_text(
        "rules:\n- {name: dog, classes: 151-268, answer: come in}\n- {name: cat, classes: [281], answer: in}\n"
    )
    rules = (Rule(name="dog", classes=("151-268",), answer="come in"), Rule(name="cat", classes=("281",), answer="in"))
    assert find_decision(str(file)) == Decision(rules=rules)


def test_every_mistake_of_a_file_comes_at_once(tmp_path):
    text = """
rules:
  - {name: dog, clases: [151-268], answer: come in, at_least: 60}
  - {name: cat, classes: [], answer: ""}
  - {name: no, classes: [no], answer: x}
  - hello
othrwise: stay
"""
    assert said(tmp_path / "bad.yaml", text) == [
        "rules.dog.classes is needed and was not given.",
        "rules.dog.at_least must be less than or equal to 1, got 60.",
        "rules.dog: clases is not a setting of Rule. Did you mean classes?",
        "rules.cat.classes: names and numbers of classes are needed, such as [tabby, 282-285], got [].",
        "rules.cat.answer: it must not be empty.",
        "rules.3.name must be text, got False.",
        'rules.3.classes: False is neither a name nor a number; put a name like it into quotes ("no").',
        "Rule 4 must be {name: …, classes: […], answer: …}, got 'hello'.",
        "othrwise is not a setting of Decision. Did you mean otherwise?",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rules: []", "rules must have at least one rule: {name: …, classes: […], answer: …}."),
        ("otherwise: x", "rules is needed and was not given."),
        ("rules: {dog: 1}", "rules must be a list, got {'dog': 1}."),
        ("just words", "FILE must hold settings by name (rules: …), got str."),
        (
            "rules:\n- {name: a, classes: [b], answer: c}\n- {name: a, classes: [d], answer: e}",
            "rules: 'a' is the name of 2 rules. Give each its own.",
        ),
        ("rules: !!python/object/apply:os.getcwd []", None),
        ("rules: [", None),
    ],
)
def test_a_file_that_is_no_decision(tmp_path, text, sentence):
    path = tmp_path / "bad.yaml"
    (line,) = said(path, text)
    if sentence is None:
        assert line.startswith(f"{path} cannot be read as YAML: ")
    else:
        assert line == sentence.replace("FILE", str(path))


def test_what_is_not_there():
    with pytest.raises(SeodangError) as error:
        find_decision("gone.yaml")
    assert (
        str(error.value) == "There is no decision file gone.yaml. `seodang new decision gone` writes one to start from."
    )
    with pytest.raises(SeodangError) as error:
        find_decision("dogy-door")
    assert str(error.value) == (
        "'dogy-door' is not a decision. Did you mean doggy-door? `seodang list decisions` shows all."
    )


@pytest.mark.parametrize("kind", [Rule, Decision])
def test_every_setting_of_a_decision_says_what_it_means(kind):
    assert all(field.description and len(field.description) > 10 for field in kind.model_fields.values())
