"""Terms are explained where they occur on a page, and nowhere else."""

from __future__ import annotations

import re

import pytest

from seodang.core import glossary
from seodang.core.glossary import MARK, with_terms
from seodang.core.language import use_language

# The terms that lab L64 names.
OF_THE_LAB = {
    "convolution",
    "filter",
    "stride",
    "channel",
    "padding",
    "pooling",
    "dropout",
    "batch normalisation",
    "epoch",
    "batch size",
    "loss",
    "optimiser",
    "transfer learning",
}


@pytest.fixture(params=["en", "ko"])
def language(request, monkeypatch):
    monkeypatch.setattr("seodang.core.language._chosen", None)
    use_language(request.param)
    return request.param


def underlined(page):
    return re.findall(r'<span class="term" tabindex="0" data-tip="[^"]+">(.*?)</span>', page)


def listed(page):
    return re.findall(r"<dt>(.*?)</dt>", page)


def plain(page):
    return re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", page)


def test_the_terms_of_the_lab_are_there_each_in_one_or_two_sentences():
    terms = {term.name: term for term in glossary.glossary()}
    assert set(terms) >= OF_THE_LAB
    for term in terms.values():
        assert term.about.endswith(".")
        assert len(re.findall(r"[.!?](?: |$)", term.about)) <= 2
        assert len(term.about) <= 200, term.name


@pytest.mark.parametrize("term", glossary.glossary(), ids=lambda term: term.name)
def test_every_term_is_found_by_its_own_name(term, language):
    (own,) = [each for each in glossary.glossary() if each.english == term.english and each.code == term.code]
    text = "p &lt; 0.001" if own.name == "p" else own.name
    page = with_terms(f"<p>{text}</p>{MARK}")
    assert underlined(page) == ["p" if own.name == "p" else own.name]
    assert [each.lower() for each in listed(page)] == [own.name.lower()]


def test_only_the_first_of_each_is_underlined_and_the_longer_term_goes_first():
    page = with_terms(f"<p>Calibration error, calibration and the Loss; loss.</p>{MARK}")
    assert underlined(page) == ["Calibration error", "calibration", "Loss"]
    assert listed(page) == ["Calibration", "Calibration error", "Loss"]


def test_words_that_only_hold_a_term_are_left():
    page = f"<p>lossless, channelling, a pre-recall and top p, hip = 3</p>{MARK}"
    assert with_terms(page) == page.replace(MARK, "")


def test_drawings_commands_and_what_is_a_persons_own_are_left():
    page = (
        "<head><title>loss</title><style>.loss{}</style></head><h1>loss</h1><code>loss</code><svg><text>loss</text></svg>"
        f'<ul translate="no"><li>loss <ul><li>recall</li></ul> filter</li></ul><img alt="loss"><p>epoch</p>{MARK}'
    )
    assert underlined(with_terms(page)) == ["epoch"]


def test_what_is_folded_up_comes_last():
    page = with_terms(f"<details><summary>loss</summary><p>loss, max_pool2d</p></details><p>The loss.</p>{MARK}")
    assert page.index('">loss</span>') > page.index("</details>")
    assert underlined(page) == ["max_pool2d", "loss"]


def test_taking_the_underlines_away_gives_the_page_again(language):
    page = (
        f"<main><p>The loss &amp; the 95 % interval 합성곱, 필터: <b>p = 0.03</b></p><br><table></table>{MARK}</main>"
    )
    made = plain(with_terms(page))
    assert made.startswith(page.partition(MARK)[0])
    assert made.endswith("</main>")


def test_a_page_without_a_place_for_the_list_has_underlines_only():
    assert "<dl>" not in with_terms("<p>loss</p>")
