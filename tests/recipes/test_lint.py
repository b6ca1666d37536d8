"""Every check of the lint: it fires on its planted mistake with this sentence, and is silent on a sound recipe."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from seodang.core.registry import find, names
from seodang.core.values import check
from seodang.recipes.lint import CHECKS, MEASURED, Finding, lint
from seodang.recipes.recipe import Recipe

BODY: list[Any] = ["flatten", {"dense": 64}, "relu"]
HEAD: list[Any] = [{"dense": "outputs"}]
THREE = ("bird", "cat", "dog")


def recipe(layers: list[Any] | None = None, **settings: Any) -> Recipe:
    return check(Recipe, {"model": BODY + HEAD if layers is None else layers, **settings})


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [finding.words for finding in findings]
    return findings[0]


def test_a_sound_recipe_has_no_findings() -> None:
    assert lint(recipe()) == []
    assert lint(recipe(), THREE, training_examples=1000, validation_examples=100) == []
    assert lint(recipe(loss="binary_cross_entropy"), ("cat", "dog")) == []
    assert lint(recipe(augmentation={"flip_horizontal": True}), THREE) == []


# What is planted, and the whole of what is said about it.
PLANTED: list[tuple[Recipe, dict[str, Any], str, str]] = [
    (
        recipe([*BODY, {"dense": 1}, "softmax"]),
        {},
        "error",
        "The network ends in a single output with softmax. Softmax over one number is always 1, whatever the picture: "
        "nothing can be learnt. End with {dense: outputs}; for two classes and one output write loss: "
        "binary_cross_entropy and no softmax.",
    ),
    (
        recipe([*BODY, {"dense": 1}]),
        {"classes": THREE},
        "error",
        "The network has one output, and the loss is cross_entropy. That loss compares one score a class with each "
        "other; with a single one it is always 0. End with {dense: outputs}, or write loss: binary_cross_entropy for two "
        "classes.",
    ),
    (
        recipe([*BODY, *HEAD, "sigmoid"]),
        {"classes": THREE},
        "error",
        "Layer 5 puts a sigmoid on the outputs, and the loss is cross_entropy. The loss takes the softmax of them; "
        "between 0 and 1 they can never say more than 58% for one of 3 classes. Leave the sigmoid out; cross_entropy "
        "wants raw scores.",
    ),
    (
        recipe([*BODY, *HEAD, "relu"]),
        {},
        "error",
        "Layer 5 puts relu on the outputs. Scores below zero, with which a network says that it is not this class, are "
        "cut off or squeezed. Leave the relu out; the last layer is {dense: outputs}.",
    ),
    (
        recipe([*BODY, *HEAD, {"dropout": 0.5}]),
        {},
        "warning",
        "Layer 5 puts dropout on the outputs. It disturbs the scores themselves, which the loss compares. Put the dropout "
        "before the last dense layer.",
    ),
    (
        recipe([*BODY, {"dense": 2}], loss="binary_cross_entropy"),
        {},
        "error",
        "The network has 2 outputs, and the loss is binary_cross_entropy. That loss takes a single score: how much it is "
        "the second class. End with {dense: outputs}, or write loss: cross_entropy.",
    ),
    (
        recipe([*BODY, {"dense": 4}]),
        {"classes": THREE},
        "error",
        "The network has 4 outputs, the data has 3 classes. Every class needs one output, and every output a class. "
        "Write {dense: outputs} for the last layer.",
    ),
    (
        recipe([*BODY, {"dense": 25}]),
        {"classes": tuple("abcdefghiklmnopqrstuvwxy"), "label_values": tuple(str(n) for n in range(25) if n != 9)},
        "error",
        "The network has 25 outputs, the data has 24 classes. The labels run from 0 to 24, 9 is missing: that makes 24 "
        "classes, numbered without gaps, and one output for each. Write {dense: outputs} for the last layer.",
    ),
    (
        recipe(loss="binary_cross_entropy"),
        {"classes": THREE},
        "error",
        "The loss is binary_cross_entropy, the data has 3 classes. That loss tells two classes apart. Write loss: "
        "cross_entropy.",
    ),
    (
        recipe(["flatten", {"dense": 64}, "softmax", *HEAD]),
        {},
        "warning",
        "Layer 3 is a softmax inside the network. It makes the features compete and its gradient is close to 0 where one "
        "of them wins. Use relu between layers; the softmax at the end is applied by the loss.",
    ),
    (
        recipe(["flatten", {"dense": 64}, {"dropout": 0.2}, *HEAD]),
        {},
        "warning",
        "Between layer 2 (dense) and layer 4 (dense) there is no activation. Two linear layers in a row stay linear: "
        "together they can do no more than one. Put relu between them.",
    ),
    (
        recipe([*BODY, {"dropout": 0.95}, *HEAD]),
        {},
        "warning",
        "Layer 4 drops 95% of its inputs. While training, the layers after it see 5% of what is there. If 0.05 was meant "
        "to be dropped, write {dropout: 0.05}.",
    ),
    (
        recipe(["flatten", {"dense": 64}, "batch_norm", "relu", *HEAD], training={"batch_size": 1}),
        {},
        "error",
        "The network has batch norm, and training.batch_size is 1. Batch norm compares the examples of a batch with each "
        "other; there must be at least two. Write training.batch_size=16 or more, or use group_norm or layer_norm.",
    ),
    (
        recipe([{"residual": ["batch_norm", "relu"]}, *BODY, *HEAD], training={"batch_size": 2}),
        {},
        "warning",
        "The network has batch norm, and training.batch_size is 2. A mean over two examples is mostly noise. Write "
        "training.batch_size=16 or more, or use group_norm or layer_norm.",
    ),
    (
        recipe(training={"optimizer": "adam", "learning_rate": 0.5}),
        {},
        "warning",
        "training.learning_rate is 0.5, which is very high for adam. Training with it diverges; what is in use lies "
        "between 1e-07 and 0.1. Try training.learning_rate=0.001.",
    ),
    (
        recipe(training={"optimizer": "sgd", "learning_rate": 1e-8}),
        {},
        "warning",
        "training.learning_rate is 1e-08, which is very low for sgd. Training with it hardly moves; what is in use lies "
        "between 1e-06 and 10. Try training.learning_rate=0.1.",
    ),
    (
        recipe(training={"optimizer": "adam", "momentum": 0.9}),
        {},
        "warning",
        "training.momentum is set, and the optimizer is adam. adam does not use it; it is for sgd and muon. Leave "
        "training.momentum out, or write training.optimizer=sgd.",
    ),
    (
        recipe(training={"optimizer": "sgd", "nesterov": True}),
        {},
        "error",
        "training.nesterov is set, and training.momentum is 0. Nesterov's form looks ahead along the momentum, of which "
        "there is none. Write training.momentum=0.9.",
    ),
    (
        recipe(split={"validation": 0}, training={"patience": 3}),
        {"validation_examples": 0},
        "error",
        "training.patience looks at validation_loss, and split.validation is 0. Without a validation split there is "
        "nothing to choose by; the test split is only for judging. Write split.validation=0.1.",
    ),
    (
        recipe(split={"validation": 0.1}, training={"keep": "best"}),
        {"validation_examples": 0},
        "error",
        "training.keep=best looks at validation_loss, and no example is left for validation. The data has too few examples "
        "to keep 10% of them apart. Give more data, or write training.keep=last.",
    ),
    (
        recipe(split={"validation": 0}, training={"keep": "best"}),
        {},
        "warning",
        "training.keep=best looks at validation_loss, and split.validation is 0. Without a validation split there is "
        "nothing to choose by; the test split is only for judging. Write split.validation=0.1.",
    ),
    (
        recipe(training={"keep": "best", "monitor": "accuracy"}),
        {},
        "warning",
        "training.keep=best looks at accuracy of the training examples. That goes on improving while a network learns "
        "them by heart. Write training.monitor=validation_accuracy.",
    ),
    (
        recipe(training={"patience": 3, "schedule": "one_cycle"}),
        {},
        "warning",
        "training.patience may stop a run whose schedule is one_cycle. Such a schedule does most of its good in its last "
        "steps, where the rate comes down to 0. Leave training.patience out, or write training.schedule=constant.",
    ),
    (
        recipe(training={"schedule": "step", "step_every": 10, "epochs": 9}),
        {},
        "warning",
        "training.step_every is 10, and there are 9 epochs. The rate never drops: the schedule is constant. Write "
        "training.step_every=3 or so.",
    ),
    (
        recipe(training={"batch_size": 2048}),
        {"training_examples": 1100},
        "warning",
        "training.batch_size is 2,048, and there are 1,100 training examples. Each epoch is a single step. Write "
        "training.batch_size=64 or so.",
    ),
    (
        recipe(training={"device": "cpu", "precision": "bfloat16"}),
        {},
        "warning",
        "training.precision is bfloat16 on a CPU. Most CPUs emulate it: 9 to 51 times slower than float32, measured on "
        "AVX2. Write training.precision=auto.",
    ),
    (
        recipe(augmentation={"flip_horizontal": True}),
        {"classes": tuple("0123456789")},
        "warning",
        "augmentation.flip_horizontal mirrors pictures of single characters. A mirrored letter, digit or hand sign is "
        "another one or none. Write augmentation.flip_horizontal=false, unless it is meant.",
    ),
    (
        recipe(augmentation={"flip_horizontal": True}),
        {"classes": ("turn_left", "turn_right", "straight")},
        "warning",
        "augmentation.flip_horizontal mirrors pictures of classes called turn_left, turn_right. Mirrored, left is right: "
        "half of these pictures would carry the wrong label. Write augmentation.flip_horizontal=false.",
    ),
    (
        recipe(augmentation={"rotation": 180}),
        {"classes": tuple("0123456789")},
        "warning",
        "augmentation.rotation turns pictures of single characters by up to 180°. Upside down, a 6 is a 9. Write "
        "augmentation.rotation=15 or so.",
    ),
    (
        check(Recipe, {"task": "regress"}),
        {},
        "error",
        "The task regress foretells amounts, and the loss is cross_entropy. cross_entropy compares scores of classes, and an "
        "amount has none. Write loss: mse, mae or huber; for classes write task: classify.",
    ),
    (
        check(Recipe, {"loss": "mse"}),
        {},
        "error",
        "The task classify foretells classes, and the loss is mse. mse takes class 2 for twice as much as class 1. Write loss: "
        "cross_entropy; for amounts write task: regress.",
    ),
    (
        check(
            Recipe, {"task": "regress", "loss": "mse", "model": [{"dense": 8}, "relu", {"dense": "outputs"}, "relu"]}
        ),
        {},
        "error",
        "Layer 4 puts relu on the amounts that are foretold. They can then not be whatever they are: relu never puts out less "
        "than 0, which is the mean of a scaled target; sigmoid, softmax and tanh never more than 1. Leave the relu out; the last "
        "layer is {dense: outputs}.",
    ),
    (
        check(Recipe, {"model": {"name": "backbone"}}),
        {},
        "error",
        "The network is pretrained, and transfer.strategy is none. Only with a strategy are pictures prepared as the "
        "weights want them; others they do not understand. Write transfer.strategy=features (or last, everything) and "
        "transfer.backbone=NAME, and leave model out.",
    ),
    (
        check(
            Recipe,
            {"task": "regress", "loss": "mse", "training": {"monitor": "validation_accuracy", "keep": "best"}},
        ),
        {},
        "error",
        "training.monitor is validation_accuracy, and the task regress measures the loss and mae. An amount is never exactly "
        "right, so that a share of right answers says nothing. Write training.monitor=validation_mae.",
    ),
    (
        recipe(training={"monitor": "validation_mse", "patience": 3}),
        {},
        "error",
        "training.monitor is validation_mse, and the task classify measures the loss and accuracy. There is no distance between "
        "classes. Write training.monitor=validation_accuracy.",
    ),
    (
        check(Recipe, {"model": {"name": "gan"}, "task": "imitate", "loss": "mse", "preparation": {"scale": "unit"}}),
        {},
        "error",
        "The task imitate has examples as its answers, and the loss is mse. It compares numbers of an example with each other. "
        "Write loss: binary_cross_entropy.",
    ),
]


@pytest.mark.parametrize(("planted", "facts", "level", "words"), PLANTED, ids=[words[:40] for *_, words in PLANTED])
def test_a_planted_mistake_is_found_and_nothing_else(
    planted: Recipe, facts: dict[str, Any], level: str, words: str
) -> None:
    finding = only([found for found in lint(planted, **facts) if found.level != "note"])
    assert finding.words == words
    assert finding.level == level


def test_every_check_has_a_planted_mistake() -> None:
    from seodang.recipes import lint as module

    found = set()
    for planted, facts, _, words in PLANTED:
        for one in CHECKS:
            seen = module._facts(planted, **facts)
            found |= {one.__name__ for finding in one(seen) if finding.words == words}
    assert found == {one.__name__ for one in CHECKS}


@pytest.mark.parametrize("task", [name for name in names("tasks") if name != "imitate"])
def test_what_a_task_is_said_to_measure_it_measures(task: str) -> None:
    module = importlib.import_module(f"seodang.tasks.{find('tasks', task).__module__.rpartition('.')[2]}")
    tallied = [one.tallied for one in vars(module).values() if hasattr(one, "tallied")]
    assert (MEASURED[task.replace("-", "_")],) in tallied


def test_a_last_softmax_is_a_note_and_is_left_out() -> None:
    written = recipe([*BODY, *HEAD, "softmax"])
    sentence = (
        "The softmax at the end of the network is left out: the loss and every prediction apply it, exactly once."
    )
    finding = only(lint(written, THREE))
    assert (finding.level, finding.words) == ("note", sentence)


def test_a_last_sigmoid_before_the_binary_loss_is_left_out_too() -> None:
    written = recipe([*BODY, *HEAD, "sigmoid"], loss="binary_cross_entropy")
    assert [finding.level for finding in lint(written, ("cat", "dog"))] == ["note"]


def test_a_network_of_another_kind_is_left_as_it_is() -> None:
    named = check(Recipe, {"model": "resnet-small"})
    assert lint(named, THREE) == []


def test_errors_come_before_warnings_and_all_come() -> None:
    planted = recipe(
        [*BODY, {"dense": 9}, "relu"], training={"optimizer": "adam", "learning_rate": 5.0, "momentum": 0.5}
    )
    assert [finding.level for finding in lint(planted, THREE)] == ["error", "error", "warning", "warning"]


def test_separable_convolutions_may_stay_linear_between_their_two_parts() -> None:
    layers = ["depthwise", {"conv": {"filters": 8, "kernel": 1}}, "relu", "flatten", {"dense": "outputs"}]
    assert lint(recipe(layers)) == []


def test_a_list_that_cannot_be_read_is_left_to_the_model_to_explain() -> None:
    assert lint(recipe([{"dense": 5, "relu": 1}, 7])) == []
