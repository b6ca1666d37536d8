"""Autoencoders, variational ones and GANs: the notes' counts, noise only while training, what their codes and noise make."""

import pytest
import torch

from seodang.core.errors import RecipeError
from seodang.core.penalised import Penalised
from seodang.core.spec import Spec
from seodang.models.build import build
from seodang.models.summary import count_parameters, summary, total
from seodang.models.vae import divergence
from seodang.recipes.resolve import resolve
from seodang.recipes.settings import Part


def network(recipe, shape):
    return build(resolve(recipe).model, Spec(shape), Spec(()), 0)


def make(name, shape, **settings):
    return build(Part(name=name, settings=settings), Spec(shape), Spec(()), 0)


ENDS = {"encoder": ["flatten", {"dense": 4}], "decoder": [{"dense": "outputs"}]}


def test_the_notes_count_the_same_parameters():
    """LABS.md: L50 8 + 9, L51 222,384, L53 111,568 and 108,801."""
    linear = network("linear-autoencoder", (3,))
    assert (count_parameters(linear.encoder), count_parameters(linear.decoder)) == (8, 9)
    for name in ("deep-autoencoder", "denoising-autoencoder"):
        assert count_parameters(network(name, (1, 28, 28))) == 222_384
    gan = network("gan-mnist", (1, 28, 28))
    assert (count_parameters(gan.generator), count_parameters(gan.discriminator)) == (111_568, 108_801)


def test_the_generative_labs_have_the_notes_settings():
    """LABS.md, L50 to L53: layers, loss, rule, batch, epochs. What the notes leave open is ours (the recipes say what)."""
    told = {
        name: (each.loss, each.training.optimizer, each.training.batch_size)
        for name in ("linear-autoencoder", "deep-autoencoder", "denoising-autoencoder", "gan-mnist")
        for each in [resolve(name)]
    }
    assert told == {
        "linear-autoencoder": ("mse", "sgd", 32),
        "deep-autoencoder": ("binary_cross_entropy", "adam", 256),
        "denoising-autoencoder": ("binary_cross_entropy", "adam", 256),
        "gan-mnist": ("binary_cross_entropy", "rmsprop", 128),
    }
    plane, gan = resolve("linear-autoencoder").training, resolve("gan-mnist")
    assert (plane.learning_rate, plane.epochs, resolve("deep-autoencoder").training.epochs) == (0.1, 200, 50)
    assert 20 <= gan.training.epochs <= 50
    settings = gan.model.settings
    assert settings["noise"] == 32
    assert settings["generator"] == [{"dense": 64}, "selu", {"dense": 128}, "selu", {"dense": "outputs"}, "sigmoid"]
    assert settings["discriminator"] == ["flatten", {"dense": 128}, "selu", {"dense": 64}, "selu", {"dense": 1}]


def test_a_summary_shows_both_networks_of_a_gan():
    rows = summary(network("gan-mnist", (1, 28, 28)), Spec((1, 28, 28)))
    assert total(rows)["parameters"] == 111_568 + 108_801
    assert {row.layer.split(".")[0] for row in rows} == {"generator", "discriminator"}
    assert [row.output_shape for row in rows if row.layer.startswith("generator")][-1] == (1, 28, 28)


def test_noise_is_there_while_training_and_never_at_judging():
    given = torch.rand(2000, 1, 2, 2)
    noisy = make("autoencoder", (1, 2, 2), **ENDS, noise=0.5, drop=0.25)
    plain = make("autoencoder", (1, 2, 2), **ENDS)
    plain.load_state_dict(noisy.state_dict())
    assert torch.equal(noisy.eval()(given), plain.eval()(given))
    assert not torch.allclose(noisy.train()(given), plain.train()(given))
    assert torch.equal(plain.train()(given), plain.eval()(given))
    disturbed = noisy.disturbed(given)
    assert float((disturbed == 0).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert float((disturbed - given)[disturbed != 0].std()) == pytest.approx(0.5, abs=0.03)


def test_a_sparse_code_is_paid_for_only_while_training():
    model = make("autoencoder", (1, 2, 2), **ENDS, sparsity=0.3)
    given = torch.rand(5, 1, 2, 2)
    outputs, penalty = model.train()(given)
    torch.testing.assert_close(penalty, 0.3 * model.encode(given).abs().mean())
    torch.testing.assert_close(outputs, model.eval()(given))


def test_sparsity_makes_codes_sparse():
    given = torch.rand(200, 3) @ torch.rand(3, 12)
    sizes = {}
    for sparsity in (0.0, 0.5):
        ends = {"encoder": [{"dense": 8}, "relu"], "decoder": [{"dense": "outputs"}]}
        model = make("autoencoder", (12,), **ends, sparsity=sparsity).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        for _ in range(200):
            out = model(given)
            outputs, penalty = out if isinstance(out, Penalised) else (out, 0.0)
            optimizer.zero_grad()
            ((outputs - given).square().mean() + penalty).backward()
            optimizer.step()
        sizes[sparsity] = float(model.encode(given).detach().abs().mean())
    assert sizes[0.5] < 0.5 * sizes[0.0]


def test_the_price_of_a_code_is_that_of_torch_distributions():
    from torch.distributions import Normal, kl_divergence

    mean, log_variance = torch.randn(6, 4), torch.randn(6, 4)
    expected = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(torch.zeros(4), torch.ones(4))).sum(1)
    torch.testing.assert_close(divergence(mean, log_variance), expected)
    assert torch.equal(divergence(torch.zeros(1, 4), torch.zeros(1, 4)), torch.zeros(1))


def test_a_variational_one_draws_its_codes_and_pays():
    model, given = make("vae", (1, 8, 8), code=3, width=4), torch.rand(9, 1, 8, 8)
    out = model.train()(given)
    assert isinstance(out, Penalised)
    features = model.encoder(given)
    expected = divergence(model.mean(features), model.log_variance(features)).mean() / 64
    torch.testing.assert_close(out[1], expected)
    assert not torch.allclose(model(given)[0], out[0]), "another draw"
    torch.testing.assert_close(model.eval()(given), model.decode(model.encode(given)))


def test_numbers_in_a_row_become_a_picture_again():
    model = make("autoencoder", (3, 4, 2), **ENDS)
    assert model(torch.rand(5, 3, 4, 2)).shape == (5, 3, 4, 2)
    conv = {
        "encoder": ["flatten", {"dense": 8}, {"reshape": [2, 2, 2]}],
        "decoder": [{"upsample": 2}, {"conv": "outputs"}],
    }
    conv["decoder"][1] = {"conv": {"filters": "outputs", "padding": "same"}}
    assert make("autoencoder", (3, 4, 4), **conv)(torch.rand(5, 3, 4, 4)).shape == (5, 3, 4, 4)


def test_the_makers_lists_may_be_left_out():
    gan = make("gan", (3, 12, 8), noise=5, width=4)
    assert gan.make(torch.randn(7, 5)).shape == (7, 3, 12, 8)
    assert gan(torch.rand(7, 3, 12, 8)).shape == (7, 1)
    made = gan.make(torch.randn(50, 5))
    assert 0 <= made.min() <= made.max() <= 1


@pytest.mark.parametrize(
    ("name", "shape", "settings", "words"),
    [
        ("autoencoder", (1, 4, 4), {**ENDS, "decoder": [{"dense": 7}]}, "decoder: it ends with 7 numbers an example, and 1×4×4 are needed"),
        ("autoencoder", (1, 4, 4), {**ENDS, "encoder": [{"dense": 7}]}, "encoder: Layer 1 \\(dense\\): dense needs a vector"),
        ("autoencoder", (1, 4, 4), {**ENDS, "encoder": ["flaten"]}, "encoder: Layer 1: flaten is not a kind of layer"),
        ("autoencoder", (1, 4, 4), {**ENDS, "decoder": []}, "decoder: is empty"),
        ("autoencoder", (1, 4, 4), {**ENDS, "noise": -1}, "noise must be greater than or equal to 0, got -1"),
        ("gan", (1, 4, 4), {"discriminator": ["flatten", {"dense": 2}]}, "discriminator: it must end with one raw score"),
        ("gan", (1, 5, 4), {}, "sides are multiples of 4, got 4×5. Write preparation.height=8"),
        ("vae", (1, 5, 4), {}, "vae without a list of layers makes pictures whose sides are multiples of 4"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_the_name_of_its_list(name, shape, settings, words):
    with pytest.raises(RecipeError, match=words):
        make(name, shape, **settings)
