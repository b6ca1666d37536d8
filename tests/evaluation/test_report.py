"""The page: whole, harmless, offline, and with the numbers of report.json."""

from __future__ import annotations

import copy
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from seodang.evaluation import metrics
from seodang.evaluation.evaluate import confused_pairs
from seodang.evaluation.report import render
from seodang.evaluation.verdict import SHARES, percent

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'--><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "$\\frac{1}{",
    "</style><b>",
    "&lt;ok&amp;",
    "고양이 🐈",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """The elements of a page with their attributes, and its visible text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(judged):
    run, _ = judged
    return plain((run.folder / "report.html").read_text())


def plain(page):
    """A page without the underlines of its terms."""
    return re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", page)


def test_the_page_is_one_file_without_scripts_or_anything_from_outside(page):
    found = Page(page)
    assert not found.open, "every element is closed"
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"}
    for tag, attributes in found.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), f"{tag} has a handler"
            if name in ("src", "href", "xlink:href"):
                assert value.startswith(("data:image/", "#")), f"{tag} loads {value[:60]}"
    outside = re.findall(r"(?:url\(|@import)[^)]{0,60}", page)
    assert all(each.startswith("url(#") for each in outside)


def test_the_page_has_the_numbers_of_the_json(judged, page):
    _, report = judged
    text, examples = Page(page).text, report["judged"]["examples"]
    for line in report["verdict"]:
        assert line in text
    for name, value in report["metrics"].items():
        assert (percent(value, examples) if name in SHARES else f"{value:.4f}") in text, name
    for row in report["per_class"]:
        assert f"{row['precision']:.3f}" in text
    for found in report["baselines"].values():
        assert percent(found["accuracy"], examples) in text
    assert report["judged"]["sha256"][:16] in text
    assert len([1 for tag, a in Page(page).elements if tag == "img"]) == 16 + len(report["mistakes"])


def test_the_page_is_light(page):
    assert len(page.encode()) < 300_000  # 125 kB measured


def test_names_from_outside_are_shown_not_run(judged):
    _, report = judged
    evil = copy.deepcopy(report)
    names = dict(zip(report["classes"], EVIL, strict=True))
    evil["classes"] = EVIL
    evil["name"] = evil["run"] = evil["recipe"] = EVIL[0]
    evil["verdict"] = EVIL
    for row in evil["per_class"]:
        row["class"] = names[row["class"]]
    for row in (*evil["examples"], *evil["mistakes"]):
        row["id"], row["true"], row["predicted"] = EVIL[1], EVIL[2], EVIL[0]
    evil["data"]["left_out"] = [{"path": EVIL[0], "reason": EVIL[1]}]
    evil["data"]["notes"] = EVIL
    evil["data"]["source"] |= {"name": EVIL[0], "where": EVIL[1]}
    evil["training"]["recipe"]["model"] = {"name": EVIL[0], "settings": {"x": EVIL[2]}}
    text = plain(render(evil))
    found = Page(text)
    assert not {"script", "b'"} & {tag for tag, _ in found.elements}
    assert not [tag for tag, attributes in found.elements if any(name.startswith("on") for name in attributes)]
    assert "49" not in found.text.split("{{ 7 * 7 }}")[0][-10:]
    for name in EVIL:
        assert " ".join(name.split()) in found.text, name


@pytest.mark.parametrize("num_classes", [2, 40, 41, 100])
def test_any_number_of_classes_has_a_page(judged, num_classes):
    _, report = judged
    generator = np.random.default_rng(0)
    labels = generator.integers(0, num_classes, 3000)
    predicted = np.where(generator.random(3000) < 0.7, labels, generator.integers(0, num_classes, 3000))
    table = metrics.confusion(labels, predicted, num_classes)
    many = copy.deepcopy(report)
    many["classes"] = classes = [f"class number {i}" for i in range(num_classes)]
    many["confusion"], many["confused_pairs"] = table.tolist(), confused_pairs(table, tuple(classes))
    rows = metrics.class_scores(labels, predicted, num_classes)
    many["per_class"] = [{"class": c, **r, "recall_interval": [0, 1]} for c, r in zip(classes, rows, strict=True)]
    text = plain(render(many))
    found = Page(text)
    assert not found.open
    assert len(text) < 1_000_000
    assert all(name in found.text for name in classes)
    assert ("image" in {tag for tag, _ in found.elements}) == (num_classes > 40)


def test_a_long_history_and_one_epoch_have_a_page(judged):
    _, report = judged
    for number in (1, 300):
        other = copy.deepcopy(report)
        other["history"] = [
            {"epoch": e + 1, "loss": 1 / (e + 1), "accuracy": 0.9, "seconds": 0.1} for e in range(number)
        ]
        assert not Page(render(other)).open


def test_rendering_writes_the_same_page_every_time(judged):
    run, report = judged
    assert render(report, run.prepared().test) == render(json.loads(json.dumps(report)), run.prepared().test)


def test_in_another_language_the_numbers_and_keys_are_the_same(judged, monkeypatch):
    run, report = judged
    monkeypatch.setattr("seodang.core.language._chosen", "ko")
    page = plain(render(report, run.prepared().test))
    found = Page(page)
    assert ("html", {"lang": "ko"}) in found.elements
    assert not found.open
    for name, value in report["metrics"].items():
        told = percent(value, report["judged"]["examples"]) if name in SHARES else f"{value:.4f}"
        assert told in found.text, name
    assert report["judged"]["sha256"][:16] in found.text


def test_terms_of_the_page_are_explained_at_its_end(judged):
    run, _ = judged
    page = (run.folder / "report.html").read_text()
    terms = re.findall(r'<span class="term" tabindex="0" data-tip="([^"]+)">', page)
    listed = page.partition("Terms on this page")[2]
    assert len(terms) >= 15
    assert all(f"<dd>{each}</dd>" in listed for each in terms)
    for term in ("Epoch", "Loss", "Recall", "Confusion matrix", "Calibration error", "Baseline", "95 % interval"):
        assert f"<dt>{term}</dt>" in listed
    for term in ("Perplexity", "Stride", "Discriminator"):
        assert f"<dt>{term}</dt>" not in listed
