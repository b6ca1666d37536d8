"""The fused update rules against plain reference formulas."""

import pytest
import torch
from torch import nn

from seodang.recipes.settings import Training
from seodang.training.optimizer import EPSILON, FILTERS_FASTER, make_optimizer, orthogonal


def train(optimizer_of, steps=25):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    inputs, targets = torch.randn(steps, 16, 6), torch.randint(3, (steps, 16))
    optimizer = optimizer_of(model)
    for x, y in zip(inputs, targets, strict=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return torch.cat([p.detach().flatten() for p in model.parameters()])


REFERENCES = {
    "rmsprop": lambda m: torch.optim.RMSprop(m.parameters(), lr=0.01, alpha=0.9, eps=EPSILON),
    "sgd": lambda m: torch.optim.SGD(m.parameters(), lr=0.01, momentum=0.9, nesterov=True),
    # torch.optim adds epsilon after v is corrected, Keras and we before: with these gradients that matters little (test_adam_by_hand).
    "adam": lambda m: torch.optim.Adam(m.parameters(), lr=0.01, eps=EPSILON),
    "adamw": lambda m: torch.optim.AdamW(m.parameters(), lr=0.01, weight_decay=0.0),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_matches_pytorchs_plain_one(name):
    momentum = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    ours = train(lambda m: make_optimizer(m, Training(optimizer=name, learning_rate=0.01, **momentum)))
    tolerance = 1e-3 if name == "adam" else 1e-6
    torch.testing.assert_close(ours, train(REFERENCES[name]), rtol=1e-4, atol=tolerance)


def filters(kind):
    """A convolution whose filters are a wide matrix (12, 27), or a tall one (40, 27), after a few steps on noise."""
    torch.manual_seed(1)
    return nn.Conv2d(3, 12 if kind == "wide" else 40, 3).to(memory_format=torch.channels_last)


@pytest.mark.parametrize("kind", ["wide", "tall"])
def test_muon_moves_filters_as_pytorchs_muon_does(kind, monkeypatch):
    """PyTorch's takes matrices only and computes in bfloat16, so the same to 2 %."""
    monkeypatch.setattr("seodang.training.optimizer.NEWTON_SCHULZ", 5)
    ours, reference = filters(kind), nn.Parameter(filters(kind).weight.detach().permute(0, 2, 3, 1).flatten(1).clone())
    settings = Training(optimizer="muon", learning_rate=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)
    optimizer = make_optimizer(ours, settings)
    optimizer.learning_rate = 0.01
    theirs = torch.optim.Muon([reference], lr=0.01 * FILTERS_FASTER, weight_decay=0.1 / FILTERS_FASTER, momentum=0.9)
    before = reference.detach().clone()
    for _ in range(4):
        gradient = torch.randn(ours.weight.shape).to(memory_format=torch.channels_last)
        ours.weight.grad, reference.grad = gradient, gradient.permute(0, 2, 3, 1).flatten(1)
        optimizer.step()
        theirs.step()
    moved = ours.weight.detach().permute(0, 2, 3, 1).flatten(1) - before
    assert (moved - (reference.detach() - before)).norm() < 0.02 * moved.norm()


def test_muons_steps_have_no_favoured_direction():
    """Singular values that were apart by a hundred come within a factor of ten, the largest near 1, in any memory order."""
    gradient = torch.randn(32, 16, 3, 3) * torch.logspace(0, -2, 32)[:, None, None, None]
    found = orthogonal(gradient)
    values = torch.linalg.svdvals(found.flatten(1))
    assert 0.1 < float(values.min()) <= float(values.max()) < 1.3
    again = orthogonal(gradient.to(memory_format=torch.channels_last))
    torch.testing.assert_close(again, found, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("shape", [(32, 4, 3, 3), (8, 64, 3, 3), (40, 1, 3, 3), (12, 12)])
def test_orthogonal_is_newton_schulz_as_published(shape):
    """By the small square matrix it comes to what three iterations on the matrix itself come to (Jordan, 2024), in float64."""
    gradient = torch.randn(shape)
    found = gradient.double().flatten(1)
    found = found / found.norm()
    for _ in range(3):
        square = found @ found.T
        found = 3.4445 * found + (-4.7750 * square + 2.0315 * square @ square) @ found
    torch.testing.assert_close(orthogonal(gradient).flatten(1).double(), found, rtol=1e-4, atol=2e-6)


def test_muon_is_for_filters_and_adamw_for_the_rest():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 3))
    rules = {group.rule: group for group in make_optimizer(model, Training(optimizer="muon", weight_decay=0.1)).groups}
    assert [p.shape for p in rules["muon"].parameters] == [model[0].weight.shape]
    kept = make_optimizer(model, Training(optimizer="muon")).tensors()
    assert sum(t.ndim == 4 for t in kept.values()) == 1, "a filter is remembered by its momentum alone"


def test_rmsprop_by_hand():
    """Two steps of v = 0.9 v + 0.1 g², p -= lr g / (sqrt(v) + eps), on paper."""
    parameter = nn.Parameter(torch.tensor([1.0]))
    model = nn.ParameterList([parameter])
    optimizer = make_optimizer(model, Training(optimizer="rmsprop", learning_rate=0.1))
    expected, square = 1.0, 0.0
    for gradient in (2.0, -3.0):
        parameter.grad = torch.tensor([gradient])
        optimizer.step()
        square = 0.9 * square + 0.1 * gradient**2
        expected -= 0.1 * gradient / (square**0.5 + EPSILON)
    assert parameter.item() == pytest.approx(expected, rel=1e-6)


def test_adam_by_hand():
    """Three steps of Kingma & Ba, 2015, the end of section 2 ("epsilon hat"), which Keras 2 and 3 compute; of gradients as small as
    epsilon, where it matters on which side of the correction epsilon is added. Saved and loaded in between."""
    parameter = nn.Parameter(torch.tensor([1.0]))
    settings = Training(optimizer="adam", learning_rate=0.1)
    optimizer = make_optimizer(nn.ParameterList([parameter]), settings)
    expected, first, square = 1.0, 0.0, 0.0
    for step, gradient in enumerate((2e-7, 1e-6, -3e-7), start=1):
        saved = {name: tensor.clone() for name, tensor in optimizer.tensors().items()}
        optimizer = make_optimizer(nn.ParameterList([parameter]), settings)
        optimizer.load(saved)
        parameter.grad = torch.tensor([gradient])
        optimizer.step()
        first, square = 0.9 * first + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        rate = 0.1 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        expected -= rate * first / (square**0.5 + EPSILON)
        assert parameter.item() == pytest.approx(expected, rel=1e-5)
    assert 0.9 < expected < 0.99, "with epsilon after the correction three steps of 0.1 would have been made"


def test_biases_and_norms_do_not_decay():
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    optimizer = make_optimizer(model, Training(optimizer="adamw", weight_decay=0.1, learning_rate=0.5))
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.learning_rate = 0.5
    before = [p.detach().clone() for p in model.parameters()]
    optimizer.step()
    weight, *others = [p.detach() for p in model.parameters()]
    torch.testing.assert_close(weight, before[0] * (1 - 0.5 * 0.1))
    for now, then in zip(others, before[1:], strict=True):
        assert torch.equal(now, then)


def test_memory_order_makes_no_difference():
    """Channels-last filters, gradients in another order, and slots that were saved and loaded: the same update."""

    def after(memory_format, reload):
        torch.manual_seed(3)
        model = nn.Conv2d(4, 6, 3).to(memory_format=memory_format)
        settings = Training(optimizer="adam", learning_rate=0.01)
        optimizer = make_optimizer(model, settings)
        for _ in range(4):
            for p in model.parameters():
                p.grad = torch.randn(p.shape)
            optimizer.step()
            if reload:
                saved = {
                    name: t.clone(memory_format=torch.contiguous_format) for name, t in optimizer.tensors().items()
                }
                optimizer = make_optimizer(model, settings)
                optimizer.load(saved)
        return model.weight.detach().contiguous()

    plain = after(torch.contiguous_format, False)
    for memory_format in (torch.contiguous_format, torch.channels_last):
        for reload in (False, True):
            torch.testing.assert_close(after(memory_format, reload), plain)


def test_a_parameter_without_a_gradient_stays():
    model = nn.Linear(2, 2)
    optimizer = make_optimizer(model, Training(optimizer="sgd", learning_rate=1.0, momentum=0.9))
    before = model.bias.detach().clone()
    model.weight.grad = torch.ones_like(model.weight)
    optimizer.step()
    assert torch.equal(model.bias.detach(), before)


def test_training_does_not_import_the_compiler():
    import subprocess
    import sys

    code = (
        "import sys, seodang.runs.train, torch; from torch import nn; from seodang.recipes.settings import Training; "
    )
    code += "from seodang.training.optimizer import make_optimizer; m = nn.Linear(2, 2); o = make_optimizer(m, Training()); "
    code += "m(torch.ones(1, 2)).sum().backward(); o.step(); print('torch._dynamo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
