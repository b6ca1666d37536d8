"""Explanations of pictures, held against theorems and against Captum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from seodang.core.spec import Spec
from seodang.explanations.example import Example, example_of
from seodang.explanations.explanation import DoesNotApply
from seodang.explanations.filters import filters
from seodang.explanations.grad_cam import cam, grad_cam
from seodang.explanations.integrated_gradients import empty
from seodang.explanations.integrated_gradients import integrated_gradients as explained
from seodang.explanations.layers_of import layer_called, outputs_of_layers
from seodang.explanations.occlusion import missed
from seodang.explanations.own import Own
from seodang.explanations.scores import evidence, integrated_gradients, score_of
from seodang.models.build import build
from seodang.recipes.settings import Part


@pytest.fixture(scope="module")
def three(pictures_run):
    return example_of(pictures_run, ["#3"])


def conv_net(in_place: bool) -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.ReLU(inplace=in_place),
        nn.Conv2d(6, 8, 3, padding=1),
        nn.ReLU(inplace=in_place),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 10),
    )


def test_evidence_is_the_log_odds(pictures_run, three):
    with torch.inference_mode():
        outputs = pictures_run.network()(three.given)
    p = outputs.double().softmax(1)[0]
    for target in range(10):
        wanted = torch.log(p[target] / (1 - p[target]))
        assert float(evidence(pictures_run, outputs.double(), target)[0]) == pytest.approx(float(wanted), rel=1e-6)


def test_attributions_sum_to_the_output_difference(pictures_run, three):
    """The axiom of completeness: exact but for the integral, which gets better with more places."""
    score, given = score_of(pictures_run, three.target), three.given.float()
    start = empty(given)
    with torch.no_grad():
        wanted = float(score(given) - score(start))
    gaps = [abs(float(integrated_gradients(score, given, start, steps).sum()) - wanted) for steps in (4, 512)]
    assert gaps[1] < 0.01 * abs(wanted)
    assert gaps[1] < gaps[0]
    numbers = explained(pictures_run, three).numbers
    assert numbers["sum"] == pytest.approx(numbers["evidence"] - numbers["evidence_empty"], rel=0.1)


def test_integrated_gradients_of_a_linear_network_are_weight_times_way(pictures_run, with_network, three):
    run = with_network(pictures_run, nn.Sequential(nn.Flatten(), nn.Linear(64, 1)))
    score, given = (lambda x: run.network()(x)[:, 0]), three.given.float()
    start, weight = empty(given), run.network()[1][1].weight.view(1, 1, 8, 8) / 255
    std = next(iter(run.network().children())).std.view(1, 1, 1, 1)
    wanted = (given - start) * weight / std
    torch.testing.assert_close(integrated_gradients(score, given, start, 2), wanted, rtol=1e-4, atol=1e-5)


def test_slopes_are_the_same_however_many_are_worked_out_at_once(pictures_run, with_network, three, monkeypatch):
    from seodang.explanations import scores

    run = with_network(pictures_run, conv_net(in_place=False))
    assert scores.at_once(run) == scores.MOST_AT_ONCE
    monkeypatch.setattr(scores, "AT_ONCE", 3 * scores.operations(run))
    assert scores.at_once(run) == 3
    score, given = score_of(run, three.target), three.given.float()
    one, few, all_ = (integrated_gradients(score, given, empty(given), 8, size) for size in (1, 3, 8))
    torch.testing.assert_close(one, all_, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(few, all_, rtol=1e-4, atol=1e-6)


def test_integrated_gradients_match_captum(pictures_run, three):
    attr = pytest.importorskip("captum.attr")
    score, given = score_of(pictures_run, three.target), three.given.float()
    start = empty(given)
    wanted = attr.IntegratedGradients(score).attribute(given, baselines=start, n_steps=40, method="gausslegendre")
    torch.testing.assert_close(integrated_gradients(score, given, start, 40), wanted.float(), rtol=1e-3, atol=1e-4)


def test_grad_cam_matches_captum(pictures_run, with_network, three):
    attr = pytest.importorskip("captum.attr")
    run = with_network(pictures_run, conv_net(in_place=False))
    layer = layer_called(run, "2")
    found = attr.LayerGradCam(score_of(run, 4), layer).attribute(three.given.float().requires_grad_())
    torch.testing.assert_close(cam(run, three.given, 4, "2"), found[0, 0].relu().detach(), rtol=1e-4, atol=1e-6)


def test_layers_that_write_over_their_input_change_nothing(pictures_run, with_network, three):
    plain, over = (with_network(pictures_run, conv_net(in_place)) for in_place in (False, True))
    torch.testing.assert_close(cam(over, three.given, 4, "2"), cam(plain, three.given, 4, "2"))
    seen = [[output for *_, output in outputs_of_layers(run, three.given)] for run in (plain, over)]
    for one, other in zip(*seen, strict=True):
        torch.testing.assert_close(one, other)
    assert float(seen[1][0].min()) < 0, "the convolution's output, not what relu made of it"


def test_a_frozen_pretrained_network_is_explained_to_its_pixels(pictures_run, with_network):
    settings = {"architecture": "test_efficientnet", "pretrained": False}
    model = build(Part(name="backbone", settings=settings), Spec((3, 64, 64)), Spec((10,)), 0).eval()
    assert model.is_frozen
    assert not model.features(torch.rand(1, 3, 64, 64)).requires_grad, "training sends no gradient through the base"
    run = with_network(pictures_run, model)
    run.__dict__["_network"] = nn.Sequential(nn.Identity(), model).eval()
    given = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    score = score_of(run, 2)
    with torch.no_grad():
        wanted = float(score(given) - score(torch.zeros_like(given)))
    assert float(integrated_gradients(score, given, torch.zeros_like(given), 128).sum()) == pytest.approx(
        wanted, rel=0.05
    )
    example = Example("picture", Own(run), "random", (given * 255).to(torch.uint8), target=2)
    assert grad_cam(run, example).numbers["layer"].startswith("base.")


def test_occlusion_is_what_the_network_says_of_the_covered_picture(pictures_run, three):
    lost, (high, wide) = missed(pictures_run, three.given, three.target, 4)
    covered = three.given.clone()
    covered[..., -high:, :wide] = empty(three.given.float())[0, 0, 0, 0].to(torch.uint8)
    score = score_of(pictures_run, three.target)
    with torch.no_grad():
        wanted = float(score(three.given) - score(covered))
    assert lost[-1, 0] == pytest.approx(wanted, abs=1e-4)


def test_the_paper_of_a_drawing_is_the_empty_picture():
    drawing = torch.full((1, 1, 9, 9), 250.0)
    drawing[..., 3:6, 3:6] = 10
    drawing[..., 0, 4] = 10  # a line that reaches the edge
    assert torch.equal(empty(drawing), torch.full((1, 1, 9, 9), 250.0))


def test_filters_of_patches_are_shown_in_pixels(pictures_run, with_network, three):
    model = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4, 5, 1))
    run = with_network(pictures_run, model)
    assert filters(run, three).numbers["shape"] == [1, 2, 2]
    with torch.no_grad():
        model[1].weight.zero_()
        model[1].weight[0, 3] = 1  # the fourth pixel of a patch: below and to the right
    from seodang.explanations.filters import _as_pictures

    shown, _ = _as_pictures(run, "1", model[1])
    assert shown[0, 0].tolist() == [[0, 0], [0, 1]]
    picture = torch.zeros(1, 1, 2, 2)
    picture[..., 1, 1] = 1
    with torch.no_grad():
        assert float(model(picture)[0, 0] - model(0 * picture)[0, 0]) == 1


def test_a_dense_layer_on_pixels_has_filters(pictures_run, with_network, three):
    from seodang.models._modules import Flatten

    run = with_network(pictures_run, nn.Sequential(Flatten(), nn.Linear(64, 3)))
    assert filters(run, three).numbers["shape"] == [1, 8, 8]
    with pytest.raises(DoesNotApply, match="no convolution"):
        grad_cam(run, three)


def test_layers_say_what_is_trained(pictures_run, three):
    from seodang.explanations.layers import layers

    rows = layers(pictures_run, three).numbers["layers"]
    model = list(pictures_run.network().children())[-1]
    assert sum(row["parameters"] for row in rows) == sum(each.numel() for each in model.parameters())
    assert all(row["trainable"] for row in rows)
    first = next(each for each in model.modules() if isinstance(each, nn.Conv2d))
    assert rows[0]["mean"] == pytest.approx(float(first.weight.detach().mean()), rel=1e-4)


def test_certainty_is_read_off_what_was_judged(pictures_run, three):
    from seodang.evaluation.predictions import read
    from seodang.explanations.certainty import certainty

    numbers, judged = certainty(pictures_run, three).numbers, read(pictures_run.folder)
    confidence = judged.probabilities.max(1)
    assert numbers["most_certain"][0]["confidence"] == pytest.approx(confidence.max(), abs=1e-6)
    two = np.sort(judged.probabilities, 1)[:, -2:]
    assert numbers["least_certain"][0]["number"] == int((two[:, 1] - two[:, 0]).argmin()) + 1
    assert numbers["accuracy"] == pytest.approx(judged.right.mean(), abs=1e-6)


def test_with_a_large_network_the_dear_ones_are_made_by_name_only(pictures_run, with_network, monkeypatch):
    """What an explanation may cost is counted in multiply-adds, not in seconds: the same on every machine."""
    from seodang.explanations import scores
    from seodang.explanations.explain import explain

    run = with_network(pictures_run, conv_net(in_place=False))
    each = 64 * (9 * 6 + 9 * 6 * 8) + 8 * 10
    assert scores.operations(run) == each
    dear = ("integrated-gradients", "occlusion", "saliency")
    monkeypatch.setattr(scores, "WORK", 5 * each)
    found = explain(run, "#3")
    assert found.left_out == dear
    assert not set(dear) & set(found.explanations)
    assert "--with integrated-gradients,occlusion,saliency." in found.html
    named = explain(run, "#3", list(dear))
    assert tuple(named.explanations) == dear
    assert named.left_out == ()
    assert "Left out" not in named.html
    monkeypatch.setattr(scores, "WORK", 30 * each)
    few = explain(run, "#3")
    assert few.left_out == ()
    assert len(few.explanations["occlusion"].numbers["lost"]) == 5


def test_tiles_glow_as_their_numbers_and_the_page_is_seen_between_them():
    from base64 import b64decode
    from io import BytesIO

    from PIL import Image

    from seodang.explanations import painting

    values = np.random.default_rng(0).random((3, 8, 8))
    src = painting.glowing(values, columns=3).src
    shown = np.asarray(Image.open(BytesIO(b64decode(src.split(",")[1]))).convert("RGBA"))
    wanted = painting.tiles(painting.glow(values), columns=3)
    assert shown.shape == wanted.shape
    assert (shown[..., 3] == wanted[..., 3]).all(), (
        "what lies between the tiles lets the page through, and no tile does"
    )
    inside = wanted[..., 3] == 255
    # 255 steps from end to end of four stretches, the steepest of 130 shades: half a step is about one shade.
    assert np.abs(shown[inside].astype(int) - wanted[inside]).max() <= 2
