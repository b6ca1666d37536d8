"""What a person is told, word for word."""

from __future__ import annotations

import copy

import pytest

from seodang.evaluation.verdict import verdict


def against(difference, p_value, first_only=4, second_only=60):
    return {"difference": difference, "p_value": p_value, "first_only": first_only, "second_only": second_only}


PLAIN = {
    "split": "test",
    "judged": {"examples": 10_000, "is_own": True, "data": "mnist", "seen": 0, "opened": {"times": 1, "runs": 1}},
    "metrics": {"accuracy": 0.989},
    "intervals": {"accuracy": [0.987, 0.991]},
    "baselines": {
        "naive": {"accuracy": 0.1135, "network_against_it": against(0.88, 0.0)},
        "linear": {"accuracy": 0.912, "network_against_it": against(0.07, 1e-9)},
    },
    "classes": ["4", "9"],
    "per_class": [
        {"class": "4", "support": 982, "recall": 0.98},
        {"class": "9", "support": 1009, "recall": 1.0},
    ],
    "confused_pairs": [{"true": "4", "predicted": "9", "count": 20}],
    "calibration": {"mean_confidence": 0.99},
    "history": [{"epoch": 1, "accuracy": 0.995}],
    "notes": [],
}


@pytest.fixture
def report():
    return copy.deepcopy(PLAIN)


def test_a_good_network(report):
    assert verdict(report) == [
        "Right on 98.90 % of 10,000 test pictures (95 % interval 98.70–99.10).",
        "Guessing the most common class: 11.35 %; a linear model: 91.20 %. Better than both, beyond chance.",
        "Weakest: 4 (98.0 % of 982 found). Most often mistaken: 4 for 9 (20×).",
    ]


def test_a_network_that_only_guesses(report):
    report["baselines"]["naive"]["network_against_it"] = against(0.001, 0.6, 50, 55)
    assert (
        "NOT shown to be better than always guessing the most common class: 55 pictures right that it gets wrong, "
        "50 the other way, p = 0.6." in verdict(report)
    )


def test_a_network_that_a_linear_model_beats(report):
    report["baselines"]["linear"]["network_against_it"] = against(-0.05, 1e-6, 60, 10)
    assert "WORSE than a linear model: 10 pictures right that it gets wrong, 60 the other way, p < 0.001." in verdict(
        report
    )


def test_without_a_linear_model_only_guessing_is_named(report):
    del report["baselines"]["linear"]
    assert verdict(report)[1] == "Guessing the most common class: 11.35 %. Better than that, beyond chance."


def test_too_few_pictures(report):
    report["judged"]["examples"] = 30
    report["metrics"]["accuracy"], report["intervals"]["accuracy"] = 0.9, [0.744, 0.965]
    report["calibration"]["mean_confidence"] = 0.9
    report["history"] = []
    lines = verdict(report)
    assert lines[0] == "Right on 90 % of 30 test pictures (95 % interval 74–96)."
    assert lines[-1] == (
        "30 pictures are too few to tell more: the true score may be anywhere from 74 to 96 %, and another network would "
        "have to be about 11 points better to show it."
    )


def test_an_overfitted_and_overconfident_network(report):
    report["metrics"]["accuracy"], report["intervals"]["accuracy"] = 0.9, [0.894, 0.906]
    assert verdict(report)[-2:] == [
        "Overconfident: it gives its answers 99 % on average and is right on 90.00 %.",
        "Overfitted: right on 99.5 % of the training pictures, 9.5 points more than on new ones.",
    ]


def test_one_mistake_in_thirty_is_not_called_overfitted(report):
    report["judged"]["examples"], report["metrics"]["accuracy"] = 30, 29 / 30
    report["intervals"]["accuracy"], report["history"] = [0.833, 0.994], [{"epoch": 1, "accuracy": 1.0}]
    report["data"] = {"counts": {"train": {"4": 40, "9": 40}}}
    assert not any("Overfitted" in line for line in verdict(report))
    report["metrics"]["accuracy"], report["intervals"]["accuracy"] = 0.7, [0.521, 0.833]
    assert any(
        line.startswith("Overfitted: right on 100.0 % of the training pictures, 30.0 points")
        for line in verdict(report)
    )


def test_of_several_penalties_the_chosen_one_is_spoken_of(report):
    report["metrics"]["accuracy"], report["intervals"]["accuracy"] = 0.9, [0.894, 0.906]
    report["history"] = [{"epoch": 1, "accuracy": 0.91, "chosen": 1.0}, {"epoch": 2, "accuracy": 1.0, "chosen": 0.0}]
    assert not any("Overfitted" in line for line in verdict(report))


def test_a_split_that_was_opened_again(report):
    report["judged"]["opened"] = {"times": 3, "runs": 1}
    assert verdict(report)[-1] == "This test split has been opened 3 times by this run."
    report["judged"]["opened"] = {"times": 12, "runs": 9}
    assert verdict(report)[-1] == (
        "These 10,000 pictures have been opened 12 times by 9 runs: the best of several looks better than it is."
    )


def test_validation_may_be_opened_as_often_as_one_likes(report):
    report["split"] = "validation"
    report["judged"]["opened"] = {"times": 12, "runs": 9}
    assert not any("opened" in line for line in verdict(report))


def test_pictures_that_were_learnt(report):
    report["judged"] |= {"seen": 1, "without_seen": {"examples": 9_999, "accuracy": 0.9889}}
    assert verdict(report)[-1] == (
        "1 of the 10,000 pictures stands also in training or validation: without it 98.9 % are right."
    )
    report["judged"] |= {"seen": 10_000, "without_seen": {"examples": 0, "accuracy": None}}
    assert verdict(report)[-1] == (
        "10,000 of the 10,000 pictures stand also in training or validation: nothing here is new to the network, and the "
        "score says nothing about new pictures."
    )


def test_nothing_is_weakest_where_all_is_right(report):
    for row in report["per_class"]:
        row["recall"] = 1.0
    report["confused_pairs"] = []
    assert not any(line.startswith("Weakest") for line in verdict(report))
