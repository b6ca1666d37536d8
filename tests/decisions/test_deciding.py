"""The rule table: what is added up, what decides, and when the answer is that it is not known."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from seodang.core.errors import RecipeError
from seodang.core.registry import find
from seodang.decisions.decision import Decider, Decision, Rule, decide

ANIMALS = ("beagle", "pug", "tabby", "lynx", "horse")


def door(**changes):
    rules = (
        Rule(name="dog", classes=("0-1",), answer="come in", at_least=0.6),
        Rule(name="cat", classes=("tabby",), answer="stay inside", at_least=0.6),
    )
    return Decision(**{"rules": rules, "otherwise": "stay outside", "otherwise_at_least": 0.6, **changes})


def test_the_classes_of_a_rule_are_added_up():
    """No breed has half of it, and the horse is the most probable single class; together the dogs decide."""
    found = decide(door(), [0.33, 0.3, 0.01, 0.0, 0.36], ANIMALS)
    assert (found.answer, found.rule) == ("come in", "dog")
    assert found.sums == {"dog": 0.63, "cat": 0.01, "otherwise": 0.36}


@pytest.mark.parametrize(
    ("dogs", "answer"), [(0.6, "come in"), (0.599999, "don't know"), (0.5999996, "come in"), (0.4, "stay outside")]
)
def test_a_threshold_is_reached_at_its_value_as_it_is_shown(dogs, answer):
    assert decide(door(), [dogs, 0.0, 0.0, 0.0, 1 - dogs], ANIMALS).answer == answer


def test_what_adds_up_on_paper_adds_up_here():
    """0.7 + 0.1 is 0.7999999999999999 in floating point."""
    rule = Rule(name="dog", classes=("beagle", "pug"), answer="yes", at_least=0.8)
    assert 0.7 + 0.1 < 0.8
    assert decide(Decision(rules=(rule,)), [0.7, 0.1, 0.2, 0, 0], ANIMALS).answer == "yes"


def test_the_first_rule_from_the_top_decides():
    pug = Rule(name="pug", classes=("pug",), answer="the pug's bed", at_least=0.3)
    dog = Rule(name="dog", classes=("beagle", "pug"), answer="come in", at_least=0.3)
    probabilities = [0.5, 0.4, 0.1, 0, 0]
    assert decide(Decision(rules=(pug, dog)), probabilities, ANIMALS).answer == "the pug's bed"
    assert decide(Decision(rules=(dog, pug)), probabilities, ANIMALS).answer == "come in"


def test_a_class_in_two_rules_is_not_counted_twice_in_the_rest():
    pug = Rule(name="pug", classes=("pug",), answer="a", at_least=0.9)
    dog = Rule(name="dog", classes=("beagle", "pug", "0-1", "0"), answer="b", at_least=0.9)
    found = decide(Decision(rules=(pug, dog), otherwise="c"), [0.2, 0.2, 0.2, 0.2, 0.2], ANIMALS)
    assert found.sums == {"pug": 0.2, "dog": 0.4, "otherwise": 0.6}
    assert found.answer == "c"


def test_without_otherwise_the_rest_is_unknown():
    assert decide(door(otherwise=None, unsure="hm"), [0, 0, 0, 0, 1.0], ANIMALS).as_dict() == {
        "answer": "hm",
        "rule": "unsure",
        "sums": {"dog": 0.0, "cat": 0.0, "otherwise": 1.0},
    }


def test_where_the_rules_name_every_class_the_rest_never_decides():
    rules = tuple(Rule(name=name, classes=(name,), answer=name, at_least=0.9) for name in ANIMALS)
    found = decide(Decision(rules=rules, otherwise="other", otherwise_at_least=0.000001), [0.2] * 5, ANIMALS)
    assert (found.answer, found.sums["otherwise"]) == ("don't know", 0.0)


def test_the_doggy_door_is_the_rule_of_the_notes_wherever_one_class_is_sure_enough():
    """L21 takes the most probable class alone; with 0.6 or more in it both rules must say the same, in 2,000 cases."""
    decider = Decider(find("decisions", "doggy-door")(), [f"class {i}" for i in range(1000)])
    rows = torch.rand(2000, 1000).softmax(1) * 0.4
    best = torch.cat([torch.arange(1000), torch.randint(150, 290, (1000,))])
    rows[torch.arange(2000), best] += 0.6
    for row, index in zip(rows.tolist(), best.tolist(), strict=True):
        notes = "come in" if 151 <= index <= 268 else "stay inside" if 281 <= index <= 285 else "stay outside"
        assert decider(row).answer == notes


def test_a_name_wins_over_a_number_and_both_may_be_given():
    """In a run on digits "3" is the class called 3, wherever it stands."""
    rule = Rule(name="three", classes=("3",), answer="yes")
    assert decide(Decision(rules=(rule,)), [0.0, 1.0, 0.0, 0.0], ["9", "3", "7", "8"]).answer == "yes"
    plain = Rule(name="x", classes=[0, "pug", "2–3"], answer="yes")  # type: ignore[arg-type]
    assert plain.classes == ("0", "pug", "2–3")
    assert decide(Decision(rules=(plain,)), [0.1, 0.1, 0.2, 0.2, 0.4], ANIMALS).sums["x"] == 0.6


def test_every_word_that_is_no_class_is_told_at_once():
    words = ("beagel", "4-5", "3-1", "beagle, pug", "pug")
    with pytest.raises(RecipeError) as error:
        Decider(Decision(rules=(Rule(name="dog", classes=words, answer="x"),)), [*ANIMALS[:4], "pug"], "my-run-1")
    assert str(error.value).splitlines() == [
        "rules.dog: 'beagel' is not a class of my-run-1. Did you mean beagle?",
        "rules.dog: 4-5 is beyond the classes of my-run-1, which are 0 to 4.",
        "rules.dog: 3-1 runs backwards. Write 1-3.",
        "rules.dog: 'beagle, pug' is not a class of my-run-1. Several are written as a list: [beagle, pug].",
        "rules.dog: 'pug' is the name of 2 classes, 1 and 4. Write the number.",
    ]


def test_numbers_of_imagenet_are_refused_for_other_classes():
    with pytest.raises(RecipeError) as error:
        Decider(find("decisions", "doggy-door")(), ["cats", "dogs"], "cats-dogs-1")
    assert str(error.value) == (
        "This decision is for ImageNet's 1,000 classes, but cats-dogs-1 has 2 (cats, dogs). Write one for its own classes: "
        "`seodang new decision NAME --like bo-door`."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": ()}, "rules must have at least one rule"),
        ({"rules": (Rule(name="unsure", classes=("a",), answer="x"),)}, "a rule cannot be named 'unsure'"),
        ({"rules": (Rule(name="a", classes=("a",), answer="x"),) * 2}, "'a' is the name of 2 rules"),
        ({"otherwise": " "}, "it must not be empty"),
        ({"otherwise_at_least": 0}, "greater than 0"),
    ],
)
def test_a_table_that_means_nothing_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        door(**changes)


def test_a_run_decides_by_the_names_of_its_classes(digits_run, tmp_path):
    """Even or odd, by `predict`: each answer follows from the probabilities beside it."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    from seodang.evaluation.predict import predict

    for index in range(20):
        pixels = np.round(load_digits().images[index] * (255 / 16)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index:02}.png")
    even = Rule(name="even", classes=("0", "2", "4", "6", "8"), answer="even", at_least=0.6)
    parity = Decision(rules=(even,), otherwise="odd", otherwise_at_least=0.6)
    answers = predict(digits_run, tmp_path, top=10, decide=parity)
    assert len(answers) == 20
    for answer in answers:
        told = sum(best["probability"] for best in answer["top"] if best["class"] in even.classes)
        assert answer["decision"]["sums"]["even"] == pytest.approx(told, abs=1e-5)
        wanted = "even" if told >= 0.6 else "odd" if told <= 0.4 else "don't know"
        assert answer["decision"]["answer"] == wanted
    right = [a["decision"]["answer"] == ("even", "odd")[i % 10 % 2] for i, a in enumerate(answers)]
    assert sum(right) >= 16, "load_digits begins 0 1 2 … 9 0 1 2 … 9"
    assert "decision" not in predict(digits_run, tmp_path / "00.png")[0]
