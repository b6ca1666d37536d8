"""What every model must do, over every name of `seodang list models`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.registry import describe, names
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.models.summary import count_parameters, summary, total
from seodang.recipes.settings import Part

# Shapes that a model for pictures claims: the bundled digits, MNIST, CIFAR, and one of no usual size.
SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 41, 30)]
# What a model needs to be told beyond its defaults.
LAYERS: list[Any] = [
    *[{"conv": {"filters": 8, "padding": "same"}}, "relu", "batch_norm", {"max_pool": 2}],
    *[{"residual": [{"conv": {"filters": 12, "padding": "same", "stride": 2}}, "batch_norm", "relu"]}],
    *["flatten", {"dense": 16}, "leaky_relu", {"dropout": 0.1}, {"dense": "outputs"}],
]
SETTINGS: dict[str, dict[str, Any]] = {
    "sequential": {"layers": LAYERS},
    # Random weights: what pretrained ones must do stands in tests/models/test_backbone.py.
    "backbone": {"architecture": "mobilenetv1_025", "pretrained": False, "trains": "everything"},
}
# Models that claim fewer shapes.
CLAIMS = {"backbone": [(3, 32, 32), (3, 64, 48)]}


def shapes(name: str) -> list[tuple[int, ...]]:
    return [*CLAIMS.get(name, SHAPES)]


def make(name: str, shape: tuple[int, ...] | None = None, outputs: int = 5, seed: int = 0) -> nn.Module:
    return build(
        Part(name=name, settings=SETTINGS.get(name, {})), Spec(shape or shapes(name)[0]), Spec((outputs,)), seed
    )


def all_outputs(given: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return given if isinstance(given, tuple) else (given,)


def gives_one_row_of_scores_for_each_example(name: str) -> None:
    for shape in shapes(name):
        for outputs in (1, 5):
            model = make(name, shape, outputs)
            pictures = torch.rand(3, *shape)
            for out in all_outputs(model.train()(pictures)):
                assert out.shape == (3, outputs)
            assert model.eval()(pictures).shape == (3, outputs), "in evaluation there is one output, not a tuple"
            assert model(pictures[:1]).shape == (1, outputs), "a single example is a batch too"


def gives_raw_scores(name: str) -> None:
    scores = make(name).eval()(torch.rand(16, *shapes(name)[0]) * 4)
    assert not torch.allclose(scores.sum(1), torch.ones(16), atol=1e-3), "softmax belongs to the loss"
    assert scores.min() < 0, "scores go below zero"


def sends_finite_gradients_to_every_parameter(name: str) -> None:
    for shape in shapes(name):
        model = make(name, shape).train()
        targets = torch.tensor([0, 1, 2, 3])
        sum(functional.cross_entropy(out, targets) for out in all_outputs(model(torch.rand(4, *shape)))).backward()
        for path, parameter in model.named_parameters():
            assert parameter.grad is not None, f"{path} gets no gradient"
            assert parameter.grad.isfinite().all(), f"{path}'s gradient is not finite"
            assert parameter.grad.abs().max() > 0, f"{path}'s gradient is 0 everywhere"


def learns_eight_examples_by_heart(name: str) -> None:
    model, pictures, targets = make(name, outputs=4).train(), torch.rand(8, *shapes(name)[0]), torch.arange(8) % 4
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(70):
        optimizer.zero_grad()
        loss = functional.cross_entropy(all_outputs(model(pictures))[0], targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-5:]) / 5 < 0.1
    assert (model.eval()(pictures).argmax(1) == targets).all()


def gives_the_same_after_save_and_load(name: str) -> None:
    model, pictures = make(name).train(), torch.rand(6, *shapes(name)[0])
    model(pictures)  # batch norm has seen something
    saved = save({key: tensor.contiguous() for key, tensor in model.state_dict().items()})
    other = make(name, seed=1)
    other.load_state_dict(load(saved))
    assert torch.equal(model.eval()(pictures), other.eval()(pictures))


def judges_each_example_by_itself(name: str) -> None:
    model, pictures = make(name).eval(), torch.rand(12, *shapes(name)[0])
    order = torch.randperm(12)
    with torch.no_grad():
        torch.testing.assert_close(model(pictures)[order], model(pictures[order]), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(model(pictures)[:1], model(pictures[:1]), atol=1e-5, rtol=1e-5)


def starts_the_same_from_the_same_seed(name: str) -> None:
    one, same, other = (make(name, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert any(not torch.equal(one[key], other[key]) for key in one)


def leaves_its_input_alone(name: str) -> None:
    pictures = torch.rand(4, *shapes(name)[0]) - 0.5
    before, model = pictures.clone(), make(name)
    model.train()(pictures)
    model.eval()(pictures)
    assert torch.equal(before, pictures)


def gives_the_same_in_both_memory_orders(name: str) -> None:
    model, pictures = make(name, (3, 32, 32)).eval(), torch.rand(4, 3, 32, 32)
    last = copy.deepcopy(model).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.no_grad():
        there = last(pictures.contiguous(memory_format=torch.channels_last))
        torch.testing.assert_close(model(pictures), there, atol=1e-4, rtol=1e-4)


def has_a_summary_that_adds_up(name: str) -> None:
    model = make(name, (3, 32, 32))
    rows = summary(model, Spec((3, 32, 32)))
    assert total(rows)["parameters"] == count_parameters(model)
    assert total(rows)["trainable"] == sum(parameter.numel() for parameter in model.parameters())


CHECKS: list[Callable[[str], None]] = [
    gives_one_row_of_scores_for_each_example,
    gives_raw_scores,
    sends_finite_gradients_to_every_parameter,
    learns_eight_examples_by_heart,
    gives_the_same_after_save_and_load,
    judges_each_example_by_itself,
    starts_the_same_from_the_same_seed,
    leaves_its_input_alone,
    gives_the_same_in_both_memory_orders,
    has_a_summary_that_adds_up,
]


@pytest.mark.parametrize("name", names("models"))
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_model(name: str, check: Callable[[str], None]) -> None:
    check(name)


@pytest.mark.parametrize("name", names("models"))
def test_has_a_line_for_the_list(name: str) -> None:
    line = describe("models", name)
    assert line.endswith(".")
    assert 20 <= len(line) <= 120


def test_the_contract_finds_a_model_that_mixes_examples() -> None:
    """The negative control: a network in training mode normalises over the batch, so examples see each other."""
    model = make("convnet").train()
    pictures = torch.rand(12, *shapes("convnet")[0])
    assert not torch.allclose(model(pictures)[:2], model(pictures[:2]), atol=1e-3)
