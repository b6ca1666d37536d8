"""What every named decision promises: it holds together, can be written and read back, and gives each of its answers."""

import pytest

from seodang.core.registry import describe, find, names
from seodang.decisions.decision import Decider, Decision
from seodang.decisions.find import explained_yaml, find_decision


@pytest.fixture(params=names("decisions"))
def named(request):
    return request.param, find("decisions", request.param)()


def classes_of(decision):
    """Classes that a classifier of its kind would have."""
    if decision.network == "imagenet":
        return [f"class {index}" for index in range(1000)]
    said = [word for rule in decision.rules for word in rule.classes]
    return [*dict.fromkeys(said), "something else"]


def test_it_is_a_decision_with_a_line(named):
    name, decision = named
    assert isinstance(decision, Decision)
    assert describe("decisions", name).endswith(".")
    assert find_decision(name) == decision


def test_it_is_read_back_from_its_file_as_it_is(named, tmp_path):
    name, decision = named
    (tmp_path / "again.yaml").write_text(explained_yaml(decision, name), encoding="utf-8")
    assert find_decision(tmp_path / "again.yaml") == decision


def test_every_answer_can_be_given_and_has_its_own_words(named):
    _, decision = named
    classes = classes_of(decision)
    decider = Decider(decision, classes)
    even = [1 / len(classes)] * len(classes)
    certain = [[float(i == index) for i in range(len(classes))] for index in range(len(classes))]
    said = {decider(row).answer for row in [*certain, even]}
    wanted = {rule.answer for rule in decision.rules} | ({decision.otherwise} if decision.otherwise else set())
    assert wanted <= said
    assert decision.unsure not in wanted
    # Sure of nothing: half of it in a rule, half in the rest.
    rule = decision.rules[0].name
    parts = {name: [i for i, row in enumerate(certain) if decider(row).rule == name] for name in (rule, "otherwise")}
    halves = [0.0] * len(classes)
    for indices in parts.values():
        halves[indices[0]] = 0.5
    assert decider(halves).answer == decision.unsure
