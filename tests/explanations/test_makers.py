"""Networks that put examples out again or make them: their layers, filters and codes, held against what theory says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seodang.core.errors import DataError
from seodang.evaluation.making import codes_of, make, parts
from seodang.explanations.code_numbers import code_numbers
from seodang.explanations.example import example_of
from seodang.explanations.explain import explain
from seodang.explanations.explanation import DoesNotApply
from seodang.explanations.layers_of import outputs_of_layers


def test_a_linear_decoder_changes_by_its_weights(vectors_run):
    """One deviation up and down of code number k moves output j by twice |W_jk| deviations, wherever it stands."""
    run = vectors_run
    told = code_numbers(run, example_of(run, ["#3"])).numbers
    _, model = parts(run)
    (dense,) = [each for each in model.decoder.modules() if isinstance(each, torch.nn.Linear)]
    data = run.prepared()
    spread = codes_of(run, data.train.fetch(torch.arange(len(data.train)))).std(0, correction=0)
    expected = (2 * dense.weight.detach().abs() * spread).mean(0)
    assert told["deviations"] == pytest.approx(spread.tolist(), rel=1e-4)
    assert told["changes"] == pytest.approx(expected.tolist(), rel=1e-4)


def test_a_seed_means_the_picture_that_generate_makes(maker_run):
    run = maker_run
    asked = example_of(run, ["7"])
    assert torch.equal(asked.given, make(run, 1, 7))
    seen = [name for name, _, _ in outputs_of_layers(run, asked.given, asked.noise)]
    makes = [name.startswith("generator.") for name in seen]
    assert any(makes)
    assert not all(makes)
    assert makes == sorted(makes, reverse=True), "what makes it runs before what looks at it"
    before, model = parts(run)
    with torch.inference_mode():
        taken = float(model(before(asked.given)).sigmoid())
    answer = explain(run, "7", ["layers"]).answer
    assert answer["probability"] == pytest.approx(max(taken, 1 - taken), abs=1e-6)
    assert answer["prediction"] == ("taken for real" if taken >= 0.5 else "taken for made")


def test_an_autoencoder_says_how_far_off_it_puts_a_picture_out(again_run):
    run = again_run
    found = explain(run, "#3")
    assert {"feature-maps", "filters", "layers", "code-numbers"} == set(found.explanations)
    given = run.prepared().test.fetch(torch.tensor([2]))
    before, _ = parts(run)
    with torch.inference_mode():
        expected = float((run.network()(given).sigmoid() - before(given)).square().mean().sqrt())
    assert found.answer["distance"] == pytest.approx(expected, rel=1e-4)
    assert found.explanations["code-numbers"].numbers["size"] == 32


def test_a_number_that_the_decoder_does_not_heed_is_called_hardly_used(again_run, with_network):
    import copy

    run = again_run
    model = copy.deepcopy(parts(run)[1])
    first = next(each for each in model.decoder.modules() if isinstance(each, torch.nn.Linear))
    with torch.no_grad():
        first.weight[:, 5:] = 0
    told = code_numbers(with_network(run, model), example_of(run, ["#3"])).numbers
    assert told["hardly_used"] >= 27
    assert np.flatnonzero(told["changes"]).max() < 5


def test_what_does_not_apply_says_why(maker_run, again_run, pictures_run):
    with pytest.raises(DoesNotApply, match="makes pictures of noise and has no codes of others; give a seed"):
        code_numbers(maker_run, example_of(maker_run, ["#1"]))
    with pytest.raises(DoesNotApply, match="its network answers"):
        code_numbers(pictures_run, example_of(pictures_run, ["#1"]))
    with pytest.raises(DataError, match="#999999 is not there: .* was judged on"):
        example_of(again_run, ["#999999"])
