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

from seodang.core.errors import RecipeError
from seodang.core.penalised import Penalised
from seodang.core.registry import describe, names
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.models.drawing import picture
from seodang.models.summary import count_parameters, summary, total
from seodang.recipes.settings import Part

# A claim: what a model reads and what it gives for it.
Claim = tuple[Spec, Spec]


def claims(inputs: Spec, *outputs: tuple[int, ...], each_step: bool = False) -> list[Claim]:
    return [(inputs, Spec(shape, each_step=each_step)) for shape in outputs]


FEW, ONE = (5,), (1,)
# The bundled digits, MNIST, CIFAR, and one of no usual size.
PICTURES = [
    claim for shape in [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 41, 30)] for claim in claims(Spec(shape), FEW, ONE)
]
TEXTS = claims(Spec((9,), vocabulary=23), FEW, ONE)
WORDS = claims(Spec((6,), vocabulary=11), (6, 5), each_step=True)
PAIRS = claims(Spec((2, 6), vocabulary=17), (6, 5), each_step=True)
WINDOWS = claims(Spec((12, 1)), FEW, ONE) + claims(Spec((12, 3)), FEW)
EACH_STEP = claims(Spec((7, 2)), (7, 5), each_step=True)
ROWS = (
    claims(Spec((6,)), FEW, ONE)
    + claims(Spec((5,), categories=(4, 3)), FEW)
    + claims(Spec((2,), categories=(7, 3)), FEW)
)
# Networks that put out again what goes in.
AGAIN = [(Spec(shape), Spec(shape)) for shape in [(6,), (1, 8, 8), (3, 12, 16)]]
# What each model claims; pictures where it is not named. The first one is what most checks use.
CLAIMS: dict[str, list[Claim]] = {
    "autoencoder": AGAIN,
    "vae": AGAIN,
    "gan": [(Spec((6,)), Spec(())), (Spec((1, 8, 8)), Spec(()))],
    "backbone": claims(Spec((3, 32, 32)), FEW, ONE) + claims(Spec((3, 64, 48)), FEW),
    "recurrent": TEXTS + WORDS + WINDOWS + EACH_STEP,
    "transformer": TEXTS + WORDS + WINDOWS + EACH_STEP,
    "text-cnn": TEXTS,
    "bag": TEXTS,
    "ngrams": TEXTS,
    "word-pairs": claims(Spec((6,), vocabulary=11), (6, 11), each_step=True),
    "language-model": TEXTS,
    "translator": PAIRS,
    "nlinear": WINDOWS,
    "dlinear": WINDOWS,
    "mlp": ROWS,
    "tabm": ROWS,
}
# One layer, which starts at a forecast and not at chance.
NOT_DRAWN = {"nlinear", "dlinear"}
TINY_BERT = {
    "model_type": "bert",
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "vocab_size": 30,
}
TINY_BERT |= {"intermediate_size": 32, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
# What a model needs to be told beyond its defaults.
LAYERS: list[Any] = [
    *[{"conv": {"filters": 8, "padding": "same"}}, "relu", "batch_norm", {"max_pool": 2}],
    *[{"residual": [{"conv": {"filters": 12, "padding": "same", "stride": 2}}, "batch_norm", "relu"]}],
    *["flatten", {"dense": 16}, "leaky_relu", {"dropout": 0.1}, {"dense": "outputs"}],
]
NARROW: list[Any] = ["flatten", {"dense": 24}, "relu", {"dense": 12}]
SETTINGS: dict[str, dict[str, Any]] = {
    "autoencoder": {"encoder": NARROW, "decoder": [{"dense": 24}, "relu", {"dense": "outputs"}]},
    "vae": {"code": 12, "width": 8},
    "gan": {"noise": 6, "width": 8},
    "ngrams": {"buckets": 4096},
    "word-pairs": {"embedding": 32, "dropout": 0.0, "kept": 100},
    # Drawn weights: what pretrained ones must do stands in tests/models/test_language_model.py.
    "language-model": {"pretrained": False, "config": TINY_BERT, "dropout": 0.0},
    "sequential": {"layers": LAYERS},
    "vote": {"layers": LAYERS},
    # Random weights: what pretrained ones must do stands in tests/models/test_backbone.py.
    "backbone": {"architecture": "mobilenetv1_025", "pretrained": False, "trains": "everything"},
}
# Another variant of a model that must keep the same contract: NAME+VARIANT claims what NAME does.
READS: list[Any] = [{"embedding": {"size": 16, "mask": True}}, {"conv1d": {"filters": 16, "padding": "same"}}, "relu"]
VARIANTS: dict[str, dict[str, Any]] = {
    "sequential+text": {
        "layers": [*READS, {"lstm": {"units": 16, "bidirectional": True}}, {"dropout": 0.1}, {"dense": "outputs"}]
    },
    "recurrent+gru": {"cell": "gru", "units": (16, 16), "bidirectional": True, "dropout": 0.1},
    "recurrent+simple": {"cell": "simple_rnn", "mask": False},
    "recurrent+tied": {"tied": True, "embedding": 32},
    "transformer+learned": {"positions": "learned"},
    "ngrams+words": {"orders": 3, "buckets": 512, "embedding": 8, "dropout": 0.1},
    "bag+max": {"mode": "max", "pairs": 0},
    "translator+plain": {"cell": "lstm", "attention": False, "depth": 2},
    "translator+transformer": {"cell": "transformer", "units": 64},
    "translator+tied": {"tied": True, "embedding": 64},
    "dlinear+own": {"individual": True},
    "autoencoder+sparse": {
        "encoder": [{"dense": 12}, "relu"],
        "decoder": [{"dense": "outputs"}],
        "noise": 0.1,
        "drop": 0.1,
        "sparsity": 0.01,
    },
    "vote+soft": {"layers": LAYERS, "mean": "probabilities", "members": 2},
    "mlp+ple": {"numbers": "ple", "norm": "batch", "bins": 8},
    "mlp+periodic": {"numbers": "periodic", "norm": "layer"},
}
CLAIMS["sequential+text"] = TEXTS
CLAIMS["autoencoder+sparse"] = AGAIN[:1]
# A single linear map learns eight examples with larger steps.
MAKERS = {"autoencoder", "vae", "gan"}
RATES = {"nlinear": 0.1, "dlinear": 0.1, "bag": 0.03, "ngrams": 0.1}
NAMES = sorted([*names("models"), *VARIANTS])


IGNORED = -100  # what PyTorch's cross-entropy leaves out


CLAIMS["recurrent+tied"] = claims(Spec((6,), vocabulary=11), (6, 11), each_step=True)


def claimed(name: str) -> list[Claim]:
    return CLAIMS.get(name) or CLAIMS.get(name.partition("+")[0], PICTURES)


def reads_pictures(name: str) -> bool:
    return len(claimed(name)[0][0].shape) == 3


def make(name: str, claim: Claim | None = None, seed: int = 0) -> nn.Module:
    inputs, outputs = claim or claimed(name)[0]
    model = name.partition("+")[0]
    settings = VARIANTS[name] if name in VARIANTS else SETTINGS.get(model, {})
    return build(Part(name=model, settings=settings), inputs, outputs, seed)


def examples(claim: Claim, count: int) -> Tensor:
    """Random examples of what a claim reads: tokens with padding at the end, rows with codes, pairs of two languages."""
    inputs, outputs = claim
    if inputs.vocabulary:
        limits = [inputs.vocabulary, outputs.shape[-1]] if len(inputs.shape) == 2 else [inputs.vocabulary]
        rows = torch.stack([torch.randint(1, limit, (count, inputs.shape[-1])) for limit in limits], dim=1)
        rows[::3, :, -2:] = 0
        return rows if len(inputs.shape) == 2 else rows[:, 0]
    if len(inputs.shape) == 3:
        return torch.rand(count, *inputs.shape)
    amounts = torch.randn(count, *inputs.shape)
    for column, codes in enumerate(inputs.categories, start=-len(inputs.categories)):
        amounts[:, column] = torch.randint(0, codes, (count,)).float()
    return amounts


def puts_out_again(claim: Claim) -> bool:
    return claim[0].shape == claim[1].shape


def answers(claim: Claim, given: Tensor) -> Tensor:
    """A class for each output; where there is one at each place, one that can be known there. Of padding: IGNORED. Of networks
    that put out again: what went in."""
    inputs, outputs = claim
    if puts_out_again(claim):
        return given
    if not outputs.each_step:
        return torch.arange(len(given)) % outputs.shape[-1]
    if not inputs.vocabulary:
        return (given[:, :, 0] > 0).long()
    seen = given[:, 0] if len(inputs.shape) == 2 else given
    return (seen % outputs.shape[-1]).masked_fill(seen == 0, IGNORED)


def loss_of(output: Tensor, targets: Tensor) -> Tensor:
    if targets.is_floating_point():
        return functional.mse_loss(output, targets)
    return functional.cross_entropy(output.flatten(0, -2), targets.flatten())


def all_outputs(given: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Every output that has a loss of its own; a penalty is none."""
    if isinstance(given, Penalised):
        return (given[0] + 0 * given[1],)
    return given if isinstance(given, tuple) else (given,)


def gives_scores_of_the_asked_shape_for_each_example(name: str) -> None:
    for claim in claimed(name):
        model, given, shape = make(name, claim), examples(claim, 3), claim[1].shape or ONE
        for out in all_outputs(model.train()(given)):
            assert out.shape == (3, *shape)
        assert model.eval()(given).shape == (3, *shape), "in evaluation there is one output, not a tuple"
        assert model(given[:1]).shape == (1, *shape), "a single example is a batch too"


def gives_raw_scores(name: str) -> None:
    claim = claimed(name)[0]
    given = examples(claim, 16)
    scores = make(name).eval()(given * 4 if given.is_floating_point() and not claim[0].categories else given)
    sums = scores.sum(-1)
    assert not torch.allclose(sums, torch.ones_like(sums), atol=1e-3), "softmax belongs to the loss"
    assert scores.min() < 0, "scores go below zero"


def sends_finite_gradients_to_every_parameter(name: str) -> None:
    for claim in claimed(name):
        if claim[1].shape in (ONE, ()):
            continue  # cross-entropy over one class is always 0
        model, given = make(name, claim).train(), examples(claim, 12)
        losses = [loss_of(out, answers(claim, given)) for out in all_outputs(model(given))]
        torch.stack(losses).sum().backward()
        for path, parameter in model.named_parameters():
            assert parameter.grad is not None, f"{path} gets no gradient"
            assert parameter.grad.isfinite().all(), f"{path}'s gradient is not finite"
            assert parameter.grad.abs().max() > 0, f"{path}'s gradient is 0 everywhere"


def learns_eight_examples_by_heart(name: str) -> None:
    if not claimed(name)[0][1].shape:
        return  # a discriminator learns from what the generator makes: see test_generative.py
    for claim in claimed(name)[:1] + [claim for claim in claimed(name)[1:] if claim[1].each_step]:
        model, given = make(name, claim).train(), examples(claim, 8)
        targets = answers(claim, given)
        if puts_out_again(claim):
            learns_to_put_out_again(
                model, torch.randn(8, 2) @ torch.randn(2, claim[0].size)
            )  # two numbers say all of them
            continue
        optimizer = torch.optim.Adam(model.parameters(), lr=RATES.get(name.partition("+")[0], 3e-3))
        losses = []
        for _ in range(150):
            optimizer.zero_grad()
            loss = loss_of(all_outputs(model(given))[0], targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) > 10 and max(losses[-5:]) < 0.03:
                break
        assert sum(losses[-5:]) / 5 < 0.1, claim
        found = model.eval()(given).argmax(-1)
        assert (found == targets)[targets != IGNORED].all(), claim


def learns_to_put_out_again(model: nn.Module, given: Tensor) -> None:
    """Eight examples, far better than by their mean."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    naive = float((given - given.mean(0)).square().mean())
    for _ in range(300):
        optimizer.zero_grad()
        functional.mse_loss(all_outputs(model(given))[0], given).backward()
        optimizer.step()
    assert functional.mse_loss(model.eval()(given), given).item() < 0.2 * naive


def gives_the_same_after_save_and_load(name: str) -> None:
    model, given = make(name).train(), examples(claimed(name)[0], 6)
    if hasattr(model, "fit_numbers"):
        model.fit_numbers(given)  # type: ignore[operator]
    model(given)  # batch norm has seen something
    saved = save({key: tensor.contiguous() for key, tensor in model.state_dict().items()})
    other = make(name, seed=1)
    other.load_state_dict(load(saved))
    assert torch.equal(model.eval()(given), other.eval()(given))


def judges_each_example_by_itself(name: str) -> None:
    for claim in claimed(name):
        model, given = make(name, claim).eval(), examples(claim, 12)
        order = torch.randperm(12)
        with torch.no_grad():
            torch.testing.assert_close(model(given)[order], model(given[order]), atol=1e-5, rtol=1e-5)
            torch.testing.assert_close(model(given)[:1], model(given[:1]), atol=1e-5, rtol=1e-5)


def is_not_changed_by_more_padding(name: str) -> None:
    """For texts, on either side; of an output at each place, those of the real ones."""
    for claim in claimed(name):
        inputs, outputs = claim
        if not inputs.vocabulary or VARIANTS.get(name, {}).get("mask") is False or "learned" in name:
            continue
        model, given = make(name, claim).eval(), examples(claim, 4)
        before = model(given)
        length = given.shape[-1]
        after = model(functional.pad(given, (0, 5)))
        if outputs.each_step:
            after, real = after[:, :length], given.reshape(4, -1, length)[:, -1] != 0
            before, after = before[real], after[real]
        torch.testing.assert_close(before, after, atol=1e-5, rtol=1e-5)
        if not outputs.each_step:
            torch.testing.assert_close(before, model(functional.pad(given, (5, 0))), atol=1e-5, rtol=1e-5)


def starts_the_same_from_the_same_seed(name: str) -> None:
    one, same, other = (make(name, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[key], same[key]) for key in one)
    drawn = name.split("+")[0] not in NOT_DRAWN
    assert any(not torch.equal(one[key], other[key]) for key in one) == drawn


def leaves_its_input_alone(name: str) -> None:
    for claim in claimed(name):
        given = examples(claim, 4)
        if reads_pictures(name):
            given = given - 0.5
        before, model = given.clone(), make(name, claim)
        model.train()(given)
        model.eval()(given)
        assert torch.equal(before, given)


def gives_the_same_in_both_memory_orders(name: str) -> None:
    """channels_last is a matter of pictures; other networks must not mind being told."""
    claim = (Spec((3, 32, 32)), Spec(FEW)) if reads_pictures(name) else claimed(name)[0]
    if name in MAKERS:
        claim = (Spec((3, 32, 32)), Spec(()))
    model, given = make(name, claim).eval(), examples(claim, 4)
    last = copy.deepcopy(model).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.no_grad():
        there = last(given.contiguous(memory_format=torch.channels_last) if given.dim() == 4 else given)
        torch.testing.assert_close(model(given), there, atol=1e-4, rtol=1e-4)


def has_a_summary_that_adds_up(name: str) -> None:
    for claim in claimed(name)[:1] if reads_pictures(name) else claimed(name):
        model = make(name, claim)
        rows = summary(model, claim[0])
        assert total(rows)["parameters"] == count_parameters(model)
        assert total(rows)["trainable"] == sum(parameter.numel() for parameter in model.parameters())
        assert picture(model, claim[0]).axes, "and it can be drawn"


def refuses_what_it_does_not_read(name: str) -> None:
    pairs = Spec((2, 6), vocabulary=17)
    if len(claimed(name)[0][0].shape) == 2 and claimed(name)[0][0].vocabulary or reads_pictures(name):
        return  # models for pictures were written before there was anything else
    with pytest.raises(
        RecipeError, match=r"^[a-z-]+ reads .*, but the data holds sentence pairs\. `seodang list models`"
    ):
        make(name, (pairs, Spec(FEW)))


CHECKS: list[Callable[[str], None]] = [
    gives_scores_of_the_asked_shape_for_each_example,
    gives_raw_scores,
    sends_finite_gradients_to_every_parameter,
    learns_eight_examples_by_heart,
    gives_the_same_after_save_and_load,
    judges_each_example_by_itself,
    is_not_changed_by_more_padding,
    starts_the_same_from_the_same_seed,
    leaves_its_input_alone,
    gives_the_same_in_both_memory_orders,
    has_a_summary_that_adds_up,
    refuses_what_it_does_not_read,
]


@pytest.mark.parametrize("name", NAMES)
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
    pictures = examples(claimed("convnet")[0], 12)
    assert not torch.allclose(model(pictures)[:2], model(pictures[:2]), atol=1e-3)
