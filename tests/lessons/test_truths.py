"""What theory says of the ten questions, held against what the experiments find."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from seodang.lessons import (
    gradient_descent,
    what_a_cnn_is,
    what_sigmoid_is_good_for,
    where_the_weights_are,
    why_activations_bend,
    why_there_is_a_bias,
)
from seodang.lessons.in_memory import inputs_of, prepare, started, train, with_layers
from seodang.lessons.machine_or_deep_learning import by_hand
from seodang.models.summary import count_parameters


@pytest.mark.parametrize("seed", range(3))
def test_gradient_descent_ends_at_the_pseudo_inverse_or_diverges_beyond_the_limit(seed):
    """A step multiplies the distance along each curvature λ by 1 - rate·λ: it shrinks if and only if rate < 2 / λ."""
    rng = np.random.default_rng(seed)
    matrix, wanted = rng.normal(size=(50, 2)) * [1, 0.5], rng.normal(size=50)
    best, limit = np.linalg.pinv(matrix) @ wanted, 2 / np.linalg.eigvalsh(matrix.T @ matrix / 50)[-1]
    below = gradient_descent.walk(matrix, wanted, best + 1, 0.95 * limit, 2000)
    above = gradient_descent.walk(matrix, wanted, best + 1, 1.05 * limit, 200)
    np.testing.assert_allclose(below[-1], best, atol=1e-10)
    assert np.linalg.norm(above[-1] - best) > 100 * np.linalg.norm(above[0] - best)


def test_the_page_on_gradient_descent_says_so_too(lesson):
    found = lesson("gradient-descent").numbers
    np.testing.assert_allclose(found["ends"]["good"], found["pseudo_inverse"], atol=1e-6)
    assert found["lowest_loss"] <= min(min(losses) for losses in found["losses"].values()) + 1e-12
    assert found["losses"]["beyond"][-1] > found["losses"]["beyond"][0] > found["losses"]["timid"][-1]
    assert found["rates"]["good"] < found["largest_rate"] < found["rates"]["beyond"]


def test_a_stack_of_linear_layers_is_one_matrix_and_learns_the_least_squares_line(lesson):
    found = lesson("why-activations-bend").numbers
    assert found["gap_to_one_matrix"] < 1e-5, "float32"
    assert found["mse"]["none"] == pytest.approx(found["best_line"]["mse"], rel=1e-3)
    assert found["mse"]["none"] >= found["best_line"]["mse"] - 1e-6, "no line is better than the formula's"
    assert found["mse"]["relu"] < 0.5 * found["mse"]["none"]
    assert found["mse"]["tanh"] < 0.5 * found["mse"]["none"]


def test_kinks_are_where_the_slope_changes():
    """max(0, x - 1) + max(0, x + 1) has two kinks, and |x| through a second relu none more."""
    recipe, data = prepare(why_activations_bend._recipe(0), source=why_activations_bend.wave(0))
    recipe = with_layers(recipe, [{"dense": 2}, "relu", {"dense": "outputs"}])
    done = train(recipe.model_copy(update={"training": recipe.training.model_copy(update={"epochs": 1})}), data)
    dense = [part for part in done.model.modules() if isinstance(part, nn.Linear)]
    with torch.no_grad():
        dense[0].weight.copy_(torch.tensor([[1.0], [1.0]]))
        dense[0].bias.copy_(torch.tensor([-1.0, 1.0]))
    assert why_activations_bend.kinks(done) == 2


def test_one_layer_cannot_learn_xor_and_two_can(lesson):
    """The cross-entropy of one layer is convex and lowest at weights 0, where it is ln 2; a line gets three of four at most."""
    found = lesson("what-layers-add").numbers
    assert found["xor_one_layer"]["right"] <= 3
    assert found["xor_one_layer"]["loss"] == pytest.approx(np.log(2), abs=5e-3)
    assert found["xor_two_layers"]["right"] == 4
    assert found["moons_two_layers"]["10"] > found["moons_one_layer"] + 0.02


@pytest.mark.parametrize("seed", range(3))
def test_a_network_without_b_says_the_same_along_every_ray_and_nothing_at_the_origin(seed):
    """relu(cx) = c·relu(x) for c > 0: without constants f(cx) = c·f(x), so the sign cannot change along a ray."""
    recipe, data = prepare("moons", {"columns.numbers": "none", "training.epochs": 2, "training.seed": seed})
    done = train(with_layers(recipe, why_there_is_a_bias._net(has_bias=False), "he_normal"), data)
    rows = inputs_of(data.test)
    assert why_there_is_a_bias.ray_gap(done, rows) < 1e-5
    signs = [done.scores(factor * rows).sign() for factor in (0.1, 1, 50)]
    assert torch.equal(signs[0], signs[1])
    assert torch.equal(signs[1], signs[2])
    assert done.scores(torch.zeros(1, 2)).item() == 0
    with_b = train(with_layers(recipe, why_there_is_a_bias._net(has_bias=True), "he_normal"), data)
    assert why_there_is_a_bias.ray_gap(with_b, rows) > 1e-4


def test_one_unit_without_b_gives_one_answer_to_all_positive_numbers(lesson):
    found = lesson("why-there-is-a-bias").numbers
    assert found["smallest"] > 0
    assert len(found["answers_without"]) == 1
    assert found["smallest"] < found["changes_at"]
    assert found["one_unit"]["with_b"] > found["one_unit"]["without_b"] + 0.1
    assert found["moons"]["with_b"] > found["moons"]["without_b"]


def test_a_sigmoid_keeps_a_quarter_of_the_gradient_at_most():
    x = torch.linspace(-20, 20, 2001, dtype=torch.float64, requires_grad=True)
    slope = torch.autograd.grad(x.sigmoid().sum(), x)[0]
    np.testing.assert_allclose(what_sigmoid_is_good_for.sigmoid_slope(x.detach().numpy()), slope, atol=1e-15)
    assert slope.max() == 0.25
    deep = x
    for _ in range(6):
        deep = deep.sigmoid()
    assert torch.autograd.grad(deep.sum(), x)[0].max() <= 0.25**6


def test_behind_a_sigmoid_cross_entropy_pulls_with_said_minus_true():
    scores = np.linspace(-9, 9, 19)
    said = 1 / (1 + np.exp(-scores))
    np.testing.assert_allclose(what_sigmoid_is_good_for.pulls(scores, "cross_entropy"), said - 1, atol=1e-12)
    np.testing.assert_allclose(
        what_sigmoid_is_good_for.pulls(scores, "squared_error"), 2 * (said - 1) * said * (1 - said), atol=1e-12
    )


def test_one_sigmoid_says_what_is_true_of_new_tumours(lesson):
    found = lesson("what-sigmoid-is-good-for").numbers
    assert found["calibration_gap"] < 0.1
    assert found["straight_line"]["least"] < 0
    inside = [each["low"] <= each["said"] <= each["high"] for each in found["bins"]]
    assert sum(inside) >= len(inside) - 2, "within the 95 % interval in nearly every group"
    assert sum(each["count"] for each in found["bins"]) == found["test_rows"]


def test_sigmoid_gradients_fade_and_relu_with_he_keeps_them(lesson):
    found = lesson("why-depth-is-hard").numbers
    assert found["a_layer"]["sigmoid"] < 0.5
    assert 0.7 < found["a_layer"]["relu"] < 1.4
    accuracy = found["accuracy"]
    assert accuracy["deep_relu"] > accuracy["deep_sigmoid"] + 0.3
    assert accuracy["deep_sigmoid_norm"] > accuracy["deep_sigmoid"] + 0.3
    assert accuracy["shallow_sigmoid"] > accuracy["deep_sigmoid"] + 0.3


def test_a_score_is_the_sum_of_weight_times_ink_and_the_bias(lesson):
    found = lesson("where-the-weights-are").numbers
    digit = found["digit"]
    assert digit["score"] == pytest.approx(digit["sum_of_products"] + digit["bias"], abs=1e-4)
    assert digit["score"] > digit["score_runner_up"]
    assert found["parameters"] == found["weights"] + found["biases"] == 64 * 10 + 10
    assert 4 * found["parameters"] < found["bytes"] < 4 * found["parameters"] + 1000
    assert found["counts"]["lenet5"] == 61_706, "as Keras counts the notes' network"
    assert found["counts"]["mnist-mlp"] == 669_706
    assert found["accuracy_after"] > 0.9
    assert found["accuracy_before"] < 0.35
    assert found["accuracy_dealt_anew"] < 0.45


def test_dealing_the_weights_anew_leaves_the_network_as_it_was():
    recipe, data = prepare("cnn-basic", {"training.epochs": 1})
    done = train(with_layers(recipe, ["flatten", {"dense": "outputs"}]), data)
    before = where_the_weights_are.dense_of(done.model)[0]
    where_the_weights_are.dealt_anew(done, 0)
    assert torch.equal(before, where_the_weights_are.dense_of(done.model)[0])


def test_the_features_of_a_cnn_with_its_last_layer_are_the_network_itself(lesson):
    assert lesson("what-a-cnn-is").numbers["same_scores"]
    recipe, data = prepare("cnn-basic", {"training.epochs": 1})
    done = train(with_layers(recipe, what_a_cnn_is.LAYERS), data)
    features, head = what_a_cnn_is.cut(done)
    pictures = inputs_of(data.test)
    with torch.inference_mode():
        seen = features(pictures)
        scores = seen @ head.weight.T + head.bias
    torch.testing.assert_close(scores, done.scores(pictures), rtol=1e-4, atol=1e-4)
    assert torch.equal(scores.argmax(1), done.scores(pictures).argmax(1)), "the same answers exactly"
    assert seen.shape[1] == what_a_cnn_is.FEATURES


def test_learnt_features_serve_better_than_pixels_and_chance(lesson):
    found = lesson("what-a-cnn-is").numbers
    assert found["other_classifier"]["features"] > found["other_classifier"]["pixels"]
    assert found["transfer"]["features"] > 0.6, "five new digits from ten pictures each; chance is 0.2"
    assert set(found["transfer"]["known"]).isdisjoint(found["transfer"]["new"])


def test_ink_by_row_and_column_is_counted_twice():
    pictures = torch.randint(0, 256, (5, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    rows = by_hand(pictures)
    assert rows.shape == (5, 16)
    np.testing.assert_allclose(rows[:, :8].sum(1), rows[:, 8:].sum(1))
    np.testing.assert_allclose(rows[:, :8].sum(1), pictures.double().sum((1, 2, 3)) / 255)


def test_all_methods_are_judged_on_the_same_digits_and_beat_chance(lesson):
    found = lesson("machine-or-deep-learning").numbers
    for each in found["accuracy"].values():
        shares = list(each.values())
        assert shares[0] > 0.3
        assert shares[-1] > shares[0], "more pictures help"
    assert found["accuracy"]["network"][str(found["training_pictures"])] > 0.95
    by_hand_last = found["accuracy"]["by_hand"][str(found["training_pictures"])]
    assert by_hand_last < found["accuracy"]["network"][str(found["training_pictures"])]


def test_the_ladder_is_that_of_the_notes(lesson):
    """Plain gradient descent on sigmoids hardly moves at 1e-3; relu with Adam learns (lab L08)."""
    found = lesson("what-the-breakthroughs-were").numbers
    assert list(found["steps"])[0] == "mlp-sigmoid"
    assert found["steps"]["mlp-adam"]["end"] > found["steps"]["mlp-sigmoid"]["end"] + 0.5
    counts = [int(count) for count in found["by_pictures"]]
    assert counts == sorted(counts)
    assert list(found["by_pictures"].values())[-1] > list(found["by_pictures"].values())[0]


def test_the_network_before_training_is_the_one_that_training_starts_from():
    recipe, data = prepare("xor", {"training.epochs": 1, "training.learning_rate": 1e-12})
    before, after = started(recipe, data), train(recipe, data).model
    for one, other in zip(before.parameters(), after.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)
    assert count_parameters(before) == 17


def test_in_memory_is_what_a_run_trains(tmp_path):
    """The same numbers as `seodang train moons` with the same settings, as far as a run writes them."""
    from seodang.runs.train import train as run

    settings = {"training.epochs": 3, "training.device": "cpu"}
    done = train(*prepare("moons", settings))
    saved = run("moons", "moons", settings, runs=tmp_path)
    for mine, theirs in zip(done.history, saved.history, strict=True):
        assert {name: theirs[name] for name in mine} == pytest.approx(mine, abs=1e-8), "a run keeps eight digits"
