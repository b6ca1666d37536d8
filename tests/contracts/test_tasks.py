"""What every task promises: a better guess lowers the loss, a perfect one scores best, decode inverts encode."""

import pytest
import torch
from torch.nn import functional

from seodang.core.penalised import Penalised
from seodang.core.registry import find, names
from seodang.core.spec import Spec
from seodang.data.facts import Facts
from seodang.models.build import build
from seodang.recipes.settings import Part
from seodang.tasks.build import build_task, has_own_step, wanted
from seodang.tasks.imitate import noise_for

CLASSIFY = [("classify", "cross_entropy", 5), ("classify", "binary_cross_entropy", 2)]
# Of every task: a loss, facts of some data, and targets for them.
EVERY = {
    "classify": ("cross_entropy", Facts(classes=tuple("abcde")), lambda: torch.randint(5, (64,))),
    "regress": ("mse", Facts(targets=("a", "b"), centre=(3.0, -1.0), scale=(2.0, 0.5)), lambda: torch.randn(64, 2)),
    "forecast": ("mae", Facts(targets=("a",), centre=(1.0,), scale=(4.0,), horizon=3), lambda: torch.randn(64, 3)),
    "next_token": ("cross_entropy", Facts(vocabulary=7), lambda: torch.randint(7, (64, 5))),
    "reconstruct": ("binary_cross_entropy", Facts(), lambda: torch.rand(64, 1, 4, 3) * 0.98 + 0.01),
    "translate": ("cross_entropy", Facts(vocabulary=9), lambda: torch.randint(9, (64, 4))),
}


@pytest.fixture(params=CLASSIFY, ids=lambda t: f"{t[0]}-{t[1]}")
def task(request):
    name, loss, classes = request.param
    return find("tasks", name)(classes, loss)


@pytest.fixture
def targets(task):
    return torch.randint(task.num_classes, (64,))


# Tasks that move their networks themselves: no loss, no labels.
OWN_STEP = {"imitate"}


@pytest.fixture(params=[name.replace("-", "_") for name in names("tasks") if name not in OWN_STEP])
def any_task(request):
    loss, facts, targets = EVERY[request.param]
    return build_task(request.param, loss, facts), targets()


def test_every_task_decodes_what_it_encodes(any_task):
    task, targets = any_task
    torch.testing.assert_close(task.decode(task.encode(targets)), targets)


def test_of_every_task_a_better_guess_lowers_the_loss(any_task):
    task, targets = any_task
    naive, perfect = task.naive(targets), task.encode(targets)
    losses = [float(task.loss(naive + trust * (perfect - naive), targets)) for trust in (0.0, 0.1, 0.3, 1.0)]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 4


def test_sums_of_every_task_are_those_of_its_parts(any_task):
    task, targets = any_task
    outputs = task.encode(targets.roll(1, 0)) * 0.3
    whole = task.tally(outputs, targets)
    assert whole.shape == (len(task.tallied),)
    parts = task.tally(outputs[:20], targets[:20]) + task.tally(outputs[20:], targets[20:])
    torch.testing.assert_close(parts, whole)
    assert float(task.weight(targets[:20]) + task.weight(targets[20:])) == float(task.weight(targets))
    weights = [float(task.weight(part)) for part in (targets[:20], targets[20:])]
    mean = sum(
        w * float(task.loss(o, t))
        for w, o, t in zip(weights, outputs.split([20, 44]), targets.split([20, 44]), strict=True)
    )
    assert mean / sum(weights) == pytest.approx(float(task.loss(outputs, targets)), rel=1e-5)
    assert task.metrics(outputs, targets)[task.tallied[0]] == pytest.approx(float(whole) / sum(weights), rel=1e-6)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_the_naive_amount_is_the_best_constant(loss):
    targets = torch.rand(65, 1, generator=torch.Generator().manual_seed(0)) ** 3 * 50
    task = build_task("regress", loss, Facts(targets=("a",), centre=(9.0,), scale=(12.0,)))
    naive = task.naive(targets)
    best = float(task.loss(naive.expand(65, -1), targets))
    slack = 0.02 if loss == "huber" else 1e-6  # its best constant lies between mean and median
    for step in (-0.5, -0.2, 0.2, 0.5):
        assert float(task.loss((naive + step).expand(65, -1), targets)) >= best - slack


def test_where_nothing_is_asked_nothing_counts():
    task = build_task("next_token", "cross_entropy", Facts(vocabulary=7))
    scores, targets = torch.randn(4, 5, 7), torch.randint(7, (4, 5))
    padded = torch.cat([targets, torch.full((4, 3), -100)], 1)
    longer = torch.cat([scores, torch.randn(4, 3, 7)], 1)
    torch.testing.assert_close(task.loss(longer, padded), task.loss(scores, targets))
    assert float(task.tally(longer, padded)) == float(task.tally(scores, targets))
    assert int(task.weight(padded)) == 20


def test_decode_inverts_encode(task, targets):
    scores = task.encode(targets)
    assert scores.shape == (64, *task.outputs.shape)
    assert torch.equal(task.decode(scores), targets)


def test_a_better_guess_lowers_the_loss(task, targets):
    perfect = task.encode(targets)
    losses = [float(task.loss(perfect * trust, targets)) for trust in (-0.1, 0.0, 0.05, 0.1, 0.5)]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 5


def test_a_perfect_guess_scores_best(task, targets):
    assert task.metrics(task.encode(targets), targets) == {"accuracy": 1.0}
    assert task.metrics(task.encode((targets + 1) % task.num_classes), targets) == {"accuracy": 0.0}


def test_probabilities_sum_to_one_and_agree_with_decode(task):
    scores = torch.randn(50, *task.outputs.shape)
    probabilities = task.probabilities(scores)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(50))
    assert torch.equal(probabilities.argmax(1), task.decode(scores))


def test_the_loss_is_minus_the_log_probability(task, targets):
    scores = torch.randn(64, *task.outputs.shape)
    expected = -task.probabilities(scores)[torch.arange(64), targets].log().mean()
    torch.testing.assert_close(task.loss(scores, targets), expected)


def test_the_naive_guess_is_the_best_constant(task, targets):
    naive = task.naive(targets)
    best = float(task.loss(naive.expand(64, -1), targets))
    for _ in range(20):
        other = naive + 0.3 * torch.randn_like(naive)
        assert float(task.loss(other.expand(64, -1), targets)) >= best - 1e-6


def test_class_weights_weigh(task, targets):
    scores, weights = torch.randn(64, *task.outputs.shape), torch.rand(task.num_classes) + 0.1
    each = -task.probabilities(scores)[torch.arange(64), targets].log() * weights[targets]
    divisor = weights[targets].sum() if task.loss_name == "cross_entropy" else 64
    torch.testing.assert_close(task.loss(scores, targets, weights=weights), each.sum() / divisor)


def test_side_classifiers_count_three_tenths():
    task, targets = find("tasks", "classify")(3), torch.tensor([0, 2])
    main, side = torch.randn(2, 3), torch.randn(2, 3)
    expected = functional.cross_entropy(main, targets) + 0.3 * functional.cross_entropy(side, targets)
    torch.testing.assert_close(task.loss((main, side), targets), expected)


def test_which_tasks_have_their_own_step():
    assert {
        name for name in names("tasks") if hasattr(find("tasks", name)(*[2] * (name in NEED_A_NUMBER)), "step")
    } == OWN_STEP


NEED_A_NUMBER = {"classify", "next-token", "translate"}


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy"])
def test_the_mean_example_is_the_best_constant_to_put_out(loss):
    task = build_task("reconstruct", loss, Facts())
    examples = torch.rand(50, 6) ** 2
    naive = task.naive(examples)
    best = float(task.loss(naive.expand(50, -1), examples))
    for _ in range(10):
        assert float(task.loss((naive + 0.2 * torch.randn_like(naive)).expand(50, -1), examples)) > best


def test_what_is_wanted_is_what_goes_in_only_where_the_task_says_so():
    inputs, labels = torch.rand(3, 2), torch.tensor([0, 1, 0])
    assert wanted(build_task("reconstruct", "mse", Facts()), inputs, labels) is inputs
    assert wanted(build_task("classify", "cross_entropy", Facts(classes=("a", "b"))), inputs, labels) is labels


def test_a_penalty_moves_the_weights_and_not_the_figure():
    task, examples = build_task("reconstruct", "mse", Facts()), torch.rand(8, 3)
    outputs = torch.zeros(8, 3, requires_grad=True)
    penalty = 7 * outputs.mean()
    loss = task.loss(Penalised((outputs, penalty)), examples)
    assert loss.item() == pytest.approx(task.loss(outputs, examples).item())
    (gradient,) = torch.autograd.grad(loss, outputs)
    torch.testing.assert_close(gradient, 2 * (outputs - examples).detach() / 24 + 7 / 24)


def test_an_own_step_moves_each_network_along_its_own_loss():
    """The discriminator's loss of the formula; each update touches one network; the generator's gradient goes through both."""
    task = build_task("imitate", "binary_cross_entropy", Facts())
    assert has_own_step(task)
    model, real = build(Part(name="gan"), Spec((5,)), Spec((5,)), 0).eval(), torch.rand(16, 5)
    moved, seed = {}, torch.random.get_rng_state()

    def update(name, loss):
        for network in model.rivals.values():
            for parameter in network.parameters():
                parameter.grad = None
        loss.backward()
        moved[name] = loss.item()
        others = [network for other, network in model.rivals.items() if other != name]
        own = list(model.rivals[name].parameters())
        assert all(p.grad is not None and p.grad.abs().max() > 0 for p in own if p.numel() > 1)
        assert name == "discriminator" or all(p.grad is None for network in others for p in network.parameters())

    loss, tally = task.step(model, real, update)
    torch.random.set_rng_state(seed)
    made = model.make(torch.randn(16, model.noise))
    real_scores, made_scores = model(real), model(made)
    expected = (-functional.logsigmoid(real_scores).mean() - functional.logsigmoid(-made_scores).mean()) / 2
    assert moved["discriminator"] == pytest.approx(expected.item(), rel=1e-5)
    right = float(((real_scores > 0).sum() + (made_scores <= 0).sum()) / 32)
    assert (tally / 16).tolist() == pytest.approx([moved["discriminator"], right], rel=1e-5)
    assert loss.item() == moved["generator"]
    assert all(p.requires_grad for p in model.parameters())


def test_noise_is_drawn_on_the_networks_own_device():
    """From the generator that training seeds at every step; drawn on the CPU, a GPU's run would not be a function of its seed."""
    before = torch.random.get_rng_state()
    noise = noise_for(build(Part(name="gan"), Spec((5,)), Spec((5,)), 0), 3, torch.device("meta"))
    assert (noise.device.type, noise.shape) == ("meta", (3, 64))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_recipe_is_checked_by_what_its_task_measures():
    from seodang.recipes.lint import MEASURED

    made = {"classify": (3,), "next_token": (5,), "translate": (5,)}
    for name, measured in MEASURED.items():
        assert find("tasks", name)(*made.get(name, ())).tallied[0] == measured
    assert {name.replace("-", "_") for name in names("tasks")} == {*MEASURED, "imitate"}
