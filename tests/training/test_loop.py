"""The loop against plain PyTorch, and what it promises: determinism, out-of-memory recovery, averages, blends."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from seodang.core.errors import RecipeError, RunError
from seodang.core.spec import Spec
from seodang.data.load import load
from seodang.data.open import open_source
from seodang.models.build import build
from seodang.recipes.choose import derive
from seodang.recipes.resolve import resolve
from seodang.runs.train import train
from seodang.tasks.classify import classify
from seodang.training import loop
from seodang.training.average import Average
from seodang.training.best import Best
from seodang.training.device import choose_device
from seodang.training.loop import Epoch, Notice, Step, begin, fit
from seodang.training.mixing import mix_examples
from seodang.training.randomness import order

SMALL = {"examples": "200", "training.batch_size": "50", "training.epochs": "2"}


@pytest.fixture(scope="module")
def digits():
    def make(settings, recipe="image-classifier"):
        asked = resolve(recipe, {**SMALL, **settings})
        data = load(open_source("digits"), asked.preparation, asked.split, examples=asked.examples)
        resolved, _ = derive(asked, data)
        task = classify(10)
        model = build(resolved.model, Spec(tuple(data.train.pixels.shape[1:])), task.outputs, resolved.training.seed)
        return data, resolved, task, model

    return make


def run(data, recipe, task, model):
    place = choose_device(recipe.training)
    state = begin(model, recipe, place)
    return state, list(fit(data, recipe, task, state, place))


PLAIN = {
    "model": "[flatten, {dense: 32}, relu, {dense: outputs}]",
    "training.optimizer": "sgd",
    "training.momentum": "0.9",
    "training.weight_decay": "0",
    "training.schedule": "constant",
    "training.learning_rate": "0.1",
    "training.label_smoothing": "0",
    "preparation.scale": "unit",
    "augmentation": "{}",
}


def test_the_loop_is_plain_pytorch(digits):
    """The same network, order and rule written out by hand give the same losses and weights."""
    data, recipe, task, model = digits(PLAIN)
    model.load_state_dict(start := {k: v.clone() for k, v in model.state_dict().items()})
    state, events = run(data, recipe, task, model)
    losses = [float(event.loss) for event in events if isinstance(event, Step)]

    plain = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    plain.load_state_dict(dict(zip(plain.state_dict(), start.values(), strict=True)))
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=0.9)
    expected = []
    for epoch in range(2):
        shuffled = order(200, recipe.training.seed, epoch)
        for first in range(0, 200, 50):
            chosen = shuffled[first : first + 50]
            loss = functional.cross_entropy(plain(data.train.pixels[chosen] / 255), data.train.labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append(loss.item())
    assert losses == pytest.approx(expected, rel=1e-4)
    for ours, theirs in zip(state.model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_epoch_says_what_happened(digits):
    data, recipe, task, model = digits(PLAIN)
    _, events = run(data, recipe, task, model)
    steps = [e for e in events if isinstance(e, Step)]
    epochs = [e for e in events if isinstance(e, Epoch)]
    assert [e.epoch for e in epochs] == [1, 2]
    assert sum(e.examples for e in steps) == 400
    assert epochs[0].metrics["loss"] == pytest.approx(sum(float(e.loss) for e in steps[:4]) / 4, rel=1e-5)
    assert set(epochs[0].metrics) == {"loss", "accuracy", "validation_loss", "validation_accuracy"}


def test_every_example_once_an_epoch_in_another_order():
    first, second = order(1000, 0, 0), order(1000, 0, 1)
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(1000))
    assert not torch.equal(first, second)
    assert not torch.equal(first, order(1000, 1, 0))
    assert torch.equal(first, order(1000, 0, 0))


def test_the_callers_generator_is_left_alone(tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train("digits", settings={"examples": 100, "training.epochs": 1}, runs=tmp_path)
    assert torch.equal(torch.rand(3), expected)


class Greedy(nn.Module):
    """A network whose device has room for 20 examples."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, inputs):
        if self.training and len(inputs) > 20:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.\nmore")
        return self.inner(inputs)


def test_out_of_memory_goes_on_in_smaller_pieces_to_the_same_weights(digits):
    data, recipe, task, model = digits(PLAIN)
    reference, _ = run(data, recipe, task, model)
    data, recipe, task, model = digits(PLAIN)
    state, events = run(data, recipe, task, Greedy(model))
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "Out of memory with 25 examples at once (CUDA out of memory. Tried to allocate 20.00 MiB.). Going on with 13 at once; "
        "an update still uses 50."
    ]
    for ours, theirs in zip(state.model.parameters(), reference.model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_average_is_the_formula():
    model = nn.Linear(3, 2)
    average = Average(model, decay=0.9)
    expected = model.weight.detach().clone()
    for step in range(30):
        with torch.no_grad():
            model.weight.add_(1.0)
        average.update(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model.weight.detach()
    torch.testing.assert_close(average.tensors["weight"], expected)
    before = model.weight.detach().clone()
    with average.in_place():
        torch.testing.assert_close(model.weight.detach(), expected)
    assert torch.equal(model.weight.detach(), before)


def test_mixup_blends_as_it_says():
    settings = resolve("image-classifier", {"training.mixup": "0.5"}).training
    inputs = torch.rand(8, 1, 4, 4)
    mixed, partner, share = mix_examples(inputs, settings, torch.Generator().manual_seed(0))
    torch.testing.assert_close(mixed, share * inputs + (1 - share) * inputs[partner])


def test_cutmix_pastes_what_it_says():
    settings = resolve("image-classifier", {"training.cutmix": "1"}).training
    inputs = torch.arange(8.0)[:, None, None, None].expand(8, 1, 16, 16)
    for seed in range(10):
        mixed, partner, share = mix_examples(inputs, settings, torch.Generator().manual_seed(seed))
        other = (mixed != inputs).flatten(1).float().mean(1)
        expected = torch.where(partner == torch.arange(8), 0.0, 1 - share)
        torch.testing.assert_close(other, expected)


def test_patience_stops_and_the_best_weights_are_restored(digits):
    _, recipe, _, model = digits({**PLAIN, "training.patience": "2"})
    state = begin(model, recipe, choose_device(recipe.training))
    best, stops = Best(recipe.training), []
    for epoch, loss in enumerate([0.9, 0.5, 0.7, 0.6], start=1):
        with torch.no_grad():
            next(iter(state.model.parameters())).fill_(epoch)
        stops.append(best.see(Epoch(epoch, epoch, {"validation_loss": loss}, 0.1, 1.0), state))
    assert stops == [False, False, False, True]
    assert best.epoch == 2
    assert float(next(iter(best.final_weights(state).values())).flatten()[0]) == 2.0


def test_patience_without_validation_is_one_sentence(digits):
    _, recipe, _, model = digits({**PLAIN, "training.patience": "2"})
    state = begin(model, recipe, choose_device(recipe.training))
    with pytest.raises(RecipeError) as error:
        Best(recipe.training).see(Epoch(1, 1, {"loss": 1.0, "accuracy": 0.5}, 0.1, 1.0), state)
    assert str(error.value) == (
        "monitor is validation_loss, but there is no validation split to measure it on. Known here: loss, accuracy. "
        "Set split.validation above 0, or monitor=loss."
    )


def test_a_loss_that_is_no_number_is_told(tmp_path):
    settings = {
        **PLAIN,
        "training.learning_rate": 99,
        "training.momentum": 0,
        "examples": 200,
        "training.epochs": 20,
        "training.batch_size": 20,
    }
    settings |= {"model": "[flatten, {dense: 64}, {dense: 64}, {dense: 64}, {dense: outputs}]"}
    with pytest.raises(RunError, match="The loss is not a number any more \\(epoch \\d+\\): the steps were too large."):
        train("digits", settings=settings, runs=tmp_path)


def test_half_precision_on_a_cpu_is_refused():
    with pytest.raises(RecipeError, match="precision is bfloat16, which a CPU computes far slower"):
        choose_device(resolve("lenet5", {"training.precision": "bfloat16", "training.device": "cpu"}).training)


def test_time_is_kept_by_choosing_the_steps(tmp_path):
    """The budget becomes a number of steps before the first one, so the run can be repeated; the clock is a benchmark's business."""
    run = train("digits", settings={"training.minutes": 0.02, "examples": 300}, runs=tmp_path)
    assert run.recipe.training.steps is not None
    assert run.history[-1]["step"] == run.recipe.training.steps


def test_smoothing_and_rate_are_followed(digits):
    data, recipe, task, model = digits({"training.schedule": "one_cycle", "training.label_smoothing": "0.1"})
    _, events = run(data, recipe, task, model)
    rates = [event.learning_rate for event in events if isinstance(event, Step)]
    assert max(rates) <= recipe.training.learning_rate
    assert rates[-1] == pytest.approx(recipe.training.learning_rate * 1e-3, rel=1e-6)
    assert math.isfinite(events[-1].metrics["loss"])


def test_a_run_of_less_than_an_epoch_is_validated_on_a_part(digits, monkeypatch):
    """Spread over all of the validation split; after a whole epoch it is all of it."""
    asked, measured = [], loop.measure

    def watched(*given):
        asked.append(given[-1])
        return measured(*given)

    monkeypatch.setattr(loop, "measure", watched)
    monkeypatch.setattr(loop, "IN_SHORT", 20)
    data, *rest = digits({"training.steps": "2", "training.epochs": "1"})
    *_, last = run(data, *rest)[1]
    (some,) = asked
    assert (len(some), int(some[0]), int(some[-1])) == (20, 0, len(data.validation) - 1)
    assert last.metrics["validation_accuracy"] * 20 % 1 == pytest.approx(0, abs=1e-6)
    run(*digits({"training.epochs": "1"}))
    assert asked[1:] == [None]
