"""The before of a before and after: what a run's network said of the judged pictures as it came from ImageNet."""

from __future__ import annotations

import copy
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.data.prepare import Normalise
from seodang.evaluation import untouched as before
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.judged import own_examples, predict_all
from seodang.evaluation.untouched import fitting_classifier, untouched
from seodang.evaluation.verdict import verdict
from seodang.models.backbone import make_base
from seodang.pretrained import weights
from seodang.pretrained.names import imagenet_names
from seodang.runs.train import train

NAME = "mobilenetv1_025"
# Stripes of one width are near copies and stay in one split; with this seed the judged pictures are of both kinds.
SETTINGS = {"transfer.backbone": NAME, "preparation.height": 64, "preparation.width": 64, "split.seed": 1}


def answers(run, pictures):
    """The whole network's own names of the pictures: the reference."""
    whole = make_base(NAME, pretrained=True, pool=True, height=64, width=64, classes=1000)
    with torch.inference_mode():
        found = whole(Normalise(run.recipe.preparation)(pictures.fetch(torch.arange(len(pictures))))).argmax(dim=1)
    return [imagenet_names()[index] for index in found.tolist()]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Plain and striped pictures. The plain ones' folder is called after what the untouched network calls most of them, the
    others' roses, which no class of ImageNet is called."""
    folder, random = tmp_path_factory.mktemp("data") / "pictures", np.random.default_rng(0)
    for index in range(80):
        kind = "roses" if index % 2 else "plain"
        (folder / kind).mkdir(parents=True, exist_ok=True)
        pixels = np.tile(random.integers(0, 256, 3), (70, 80, 1)) + random.integers(-9, 9, (70, 80, 3))
        pixels[:: 2 + index % 5] += 90 * (index % 2)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / kind / f"{index:02d}.png")
    runs = tmp_path_factory.mktemp("runs")
    first = train(folder, "flowers-transfer", settings={**SETTINGS, "training.epochs": 1}, runs=runs)
    assert untouched(first, own_examples(first, first.prepared())) is None  # no class of ImageNet is called plain
    said = answers(first, first.prepared().train)
    called = max(sorted({*said}), key=said.count)
    (folder / "plain").rename(folder / f"{called.replace(' ', '_')}s")
    return train(folder, "flowers-transfer", settings={**SETTINGS, "training.epochs": 1}, runs=runs)


@pytest.fixture
def examples(run):
    return own_examples(run, run.prepared())


def test_it_names_pictures_as_the_whole_network_does(run, examples):
    found = untouched(run, examples)
    (index,) = found.named
    assert found.unnamed == ("roses",)
    said = np.array(answers(run, examples.subset)) == found.named[index]
    assert np.array_equal(found.baseline.predicted, np.where(said, index, -1))
    assert 0 < said.sum() < len(said)


def test_the_report_has_it_beside_the_other_baselines(run, tmp_path):
    folder = shutil.copytree(run.folder, tmp_path / "runs" / run.name)
    report = evaluate(folder)
    found = report["baselines"]["untouched"]
    (name,) = found["named"]
    assert (found["network"], found["unnamed"]) == (NAME, ["roses"])
    assert found["on_named"]["examples"] == sum(row["support"] for row in report["per_class"] if row["class"] == name)
    right = round(found["on_named"]["accuracy"] * found["on_named"]["examples"])
    assert found["accuracy"] == pytest.approx(right / report["judged"]["examples"], abs=1e-6)
    assert any(line.startswith("Untouched, the ImageNet network names ") for line in report["verdict"])
    page = re.sub(r'<span class="term"[^>]*>(.*?)</span>', r"\1", (folder / "report.html").read_text())
    assert "Untouched network" in page
    how = (
        f"{NAME} as it came from ImageNet at 64×64 (its weights were made for 224×224), right where its most probable name "
        "is that of the class; ImageNet has no class called roses"
    )
    assert found["how"] == how
    assert how in page


def test_it_costs_no_pass_through_the_network(run, examples, monkeypatch):
    predict_all(run, examples)  # the run's own judging keeps the features
    monkeypatch.setattr(before, "MOST_FRESH", 0)
    assert untouched(run, examples) is not None
    monkeypatch.setattr("seodang.training.features.Extractor.known", lambda *_: 0)
    assert untouched(run, examples) is None


def test_without_the_weights_it_is_left_out_and_nobody_is_asked(run, examples, tmp_path, monkeypatch):
    def asked(*_):
        raise AssertionError("the hub was asked")

    monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(weights, "_from_hub", asked)
    assert untouched(run, examples) is None
    model = run.recipe.model
    other = model.model_copy(
        update={"settings": {**model.settings, "architecture": "resnet18"}}
    )  # the hub has this one
    assert untouched(replace(run, recipe=run.recipe.model_copy(update={"model": other})), examples) is None


def test_where_it_would_say_nothing_true_it_is_left_out(run, examples, digits_run):
    recipe = run.recipe
    imported = replace(run, data={**run.data, "opened": None})
    scaled = recipe.preparation.model_copy(update={"mean": (0.1, 0.2, 0.3)})
    drawn = recipe.model.model_copy(update={"settings": {**recipe.model.settings, "pretrained": False}})
    for changed in (
        imported,
        replace(run, recipe=recipe.model_copy(update={"preparation": scaled})),
        replace(run, recipe=recipe.model_copy(update={"model": drawn})),
        replace(run, data={**run.data, "classes": ["tulips", "roses"]}),
    ):
        assert untouched(changed, examples) is None
    assert untouched(digits_run, own_examples(digits_run, digits_run.prepared())) is None


# ConvNeXt and MambaOut normalise behind pooling, MobileNetV3 has a layer more there: only pooled features do for them.
POOLED = ("test_convnext", "test_mambaout", "mobilenetv3_small_050", "test_efficientnet", "test_resnet", "test_vit")


@pytest.mark.parametrize(
    ("name", "pool"), [*((name, True) for name in POOLED), *((name, False) for name in POOLED[3:])]
)
def test_two_halves_make_the_whole(name, pool):
    size = {"height": 160, "width": 160}
    whole = make_base(name, pretrained=False, pool=True, classes=1000, **size)
    base = make_base(name, pretrained=False, pool=pool, **size)
    base.load_state_dict({key: whole.state_dict()[key] for key in base.state_dict()})
    classifier = fitting_classifier(whole, base, torch.rand(1, 3, 160, 160))
    assert classifier is not None
    pictures = torch.rand(3, 3, 160, 160)
    with torch.inference_mode():
        torch.testing.assert_close(classifier(base(pictures)), whole(pictures), rtol=1e-4, atol=1e-4)


def test_halves_that_do_not_fit_are_refused():
    size = {"height": 160, "width": 160}
    whole = make_base("test_resnet", pretrained=False, pool=True, classes=1000, **size)
    other = make_base("test_resnet", pretrained=False, pool=True, **size)  # drawn anew
    assert fitting_classifier(whole, other, torch.rand(1, 3, 160, 160)) is None
    narrow = make_base("test_efficientnet", pretrained=False, pool=True, **size)
    assert fitting_classifier(whole, narrow, torch.rand(1, 3, 160, 160)) is None


# What a person is told -----------------------------------------------------------------------------------------------


FLOWERS = {"named": {"daisy": "daisy"}, "unnamed": ["dandelion", "roses", "sunflowers", "tulips"]}


def told(report, difference=0.7, p_value=0.0, *, named, unnamed):
    """What is said of the untouched network, where 16.3 % of 300 pictures are named rightly, and 82 % of 60 that could be."""
    report = copy.deepcopy(report)
    report["metrics"]["accuracy"], report["judged"]["examples"] = 0.92, 300
    report["baselines"]["untouched"] = {
        "accuracy": 49 / 300,
        "network_against_it": {"difference": difference, "p_value": p_value, "first_only": 4, "second_only": 9},
        "named": named,
        "unnamed": unnamed,
        "on_named": {"accuracy": 49 / 60, "examples": 60},
    }
    return [line for line in verdict(report) if "ntouched" in line]


@pytest.fixture
def plain(judged):
    return judged[1]


def test_one_class_of_five_has_a_name(plain):
    assert told(plain, **FLOWERS) == [
        "Untouched, the ImageNet network names 16.3 % rightly (ImageNet has no class called dandelion, roses, sunflowers, "
        "tulips; of daisy 82 %); trained on your pictures: 92.0 %."
    ]


def test_many_classes_without_a_name_are_not_all_listed(plain):
    assert told(plain, named={"daisy": "daisy", "bee": "bee"}, unnamed=[*"abcdefgh"]) == [
        "Untouched, the ImageNet network names 16.3 % rightly (ImageNet has no class called a, b, c, d, e and 3 more; of the "
        "others 82 %); trained on your pictures: 92.0 %."
    ]


def test_where_training_brought_nothing_it_is_said(plain):
    assert told(plain, 0.01, 0.27, named={"daisy": "daisy", "bee": "bee"}, unnamed=[]) == [
        "Untouched, the ImageNet network names 16.3 % rightly; trained on your pictures: 92.0 %.",
        "NOT shown to be better than the untouched network: 9 pictures right that it gets wrong, 4 the other way, p = 0.27.",
    ]
