"""What every explanation promises: sentences, numbers and parts of a page; the same every time; another of another network."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import inspect
import json
import re

import pytest
import torch

from seodang.core.registry import describe, find, names
from seodang.explanations.example import example_of
from seodang.explanations.explanation import DoesNotApply, Explanation
from seodang.explanations.page import render

# What an explanation needs: the run, and the words for an example.
RUNS = {
    "pictures": ("pictures_run", ["#3"]),
    "rows": ("rows_run", ["#3"]),
    "texts": ("texts_run", ["정말 재미있는 영화, 그러나 지루하다"]),
    "transformer": ("transformer_run", ["정말 재미있는 영화, 그러나 지루하다"]),
    "series": ("series_run", []),
    "again": ("again_run", ["#3"]),
    "maker": ("maker_run", ["1"]),
    "vectors": ("vectors_run", ["#3"]),
}
# Read off what the run was judged to be, not off the network.
FROM_ANSWERS = {"certainty"}


@pytest.fixture(scope="module")
def applied(request):
    """`applied(name)`: [(run, example, explanation)] of every kind of run that the explanation applies to."""

    def every(name):
        found = []
        for fixture, words in RUNS.values():
            run = request.getfixturevalue(fixture)
            example = example_of(run, words)
            with contextlib.suppress(DoesNotApply):
                found.append((run, example, find("explanations", name)(run, example, layer=None)))
        return found

    return every


@pytest.mark.parametrize("name", names("explanations"))
def test_it_takes_a_run_and_an_example_and_says_what_it_is(name):
    function = find("explanations", name)
    assert list(inspect.signature(function).parameters) == ["run", "example", "layer"]
    assert 20 <= len(describe("explanations", name)) <= 140


@pytest.mark.parametrize("name", names("explanations"))
def test_it_says_and_shows_something_and_the_same_every_time(name, applied):
    found = applied(name)
    assert found, f"{name} applies to no kind of run"
    for run, example, told in found:
        assert isinstance(told, Explanation)
        assert told.about in ("answer", "inside", "run")
        assert 2 <= len(told.words) <= 5
        assert all(line[0].isupper() or not line[0].isalpha() or line.startswith(run.name) for line in told.words)
        json.dumps(told.numbers, allow_nan=False)
        assert told.parts
        again = find("explanations", name)(run, example, layer=None)
        assert again == told
        page = render(run, example, {}, {name: told})
        body = page.split("<body>")[1].replace("http://www.w3.org", "")
        assert 'src="http' not in body
        assert "<script" not in body
        page = re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", page)  # without the underlines of its terms
        assert told.words[0].split("'")[0][:20] in page.replace("&#39;", "'")


@pytest.mark.parametrize("name", sorted(set(names("explanations")) - FROM_ANSWERS))
def test_random_weights_give_another(name, applied):
    for run, example, told in applied(name):
        other = dataclasses.replace(run)
        network = copy.deepcopy(run.network())
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for weight in network.parameters():
                weight.copy_(torch.randn(weight.shape, generator=generator) * (weight.std(correction=0) + 0.1))
        other.__dict__["_network"] = network
        assert find("explanations", name)(other, example, layer=None).numbers != told.numbers, run.name
