"""What the house recipe decides, and that it says why: from scratch or not, which network, how much of it is trained."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from seodang.core.errors import SeodangError
from seodang.data.load import load
from seodang.data.open import open_source
from seodang.pretrained.here import networks_here, smaller_networks
from seodang.recipes import choose
from seodang.recipes.choose import EVERYTHING, HOUSE, LARGE, LAST_PART, MEDIUM, decide, derive, tune_or_not
from seodang.recipes.lint import lint
from seodang.recipes.resolve import resolve


@pytest.fixture
def weights_folder(tmp_path, monkeypatch):
    """A folder of weights that only look like ones: names with sizes in bytes."""

    def make(**sizes):
        for name, size in sizes.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "model.safetensors").write_bytes(bytes(size))
            about = {"input_size": [3, 224, 224], "mean": [0.5] * 3, "std": [0.5] * 3, "crop_pct": 0.9}
            (tmp_path / name / "config.json").write_text(json.dumps({"pretrained_cfg": about}))
        monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        return tmp_path

    return make


@pytest.fixture
def photographs(monkeypatch):
    """A source of 2,000 pictures of 300 pixels, as far as `decide` looks."""
    monkeypatch.setattr(choose, "short_side", lambda source: 300.0)
    return range(2_000)


def prepared(training, validation=100, classes=2):
    return SimpleNamespace(train=range(training), validation=range(validation), classes=tuple(map(str, range(classes))))


def test_networks_here_are_told_by_the_size_of_their_weights(weights_folder):
    folder = weights_folder(resnet18=30, resnet50=90, mobilenetv1_025=2)
    (folder / "empty").mkdir()
    (folder / "unheard_of").mkdir()
    (folder / "unheard_of" / "model.safetensors").write_bytes(bytes(1000))  # how it wants a picture, nobody knows
    assert networks_here() == ["resnet50", "resnet18", "mobilenetv1_025"]
    assert smaller_networks("resnet18") == ["mobilenetv1_025"]


def test_without_a_folder_of_weights_there_are_none_here(monkeypatch):
    monkeypatch.delenv("SEODANG_WEIGHTS")
    assert networks_here() == []


def test_where_the_default_network_is_missing_the_largest_one_here_is_taken(weights_folder, photographs):
    weights_folder(mobilenetv1_025=2, resnet18=30)
    recipe, reasons = decide(resolve(HOUSE), photographs)
    assert recipe.transfer.strategy == "features"
    assert recipe.transfer.backbone == recipe.model.settings["architecture"] == "resnet18"
    assert reasons[:2] == [
        "transfer.strategy=features: 2,000 pictures of about 300 pixels; what resnet18 learnt on ImageNet says more than they can "
        "teach a new network",
        "transfer.backbone=resnet18: the weights of mobilenetv2_100 are neither on this machine nor to be fetched; of the weights "
        "that are here these are the largest",
    ]


def test_a_network_that_was_asked_for_is_not_replaced(weights_folder, photographs):
    weights_folder(mobilenetv1_025=2)
    recipe, reasons = decide(resolve(HOUSE, {"transfer.backbone": "resnet18"}), photographs)
    assert recipe.transfer.strategy == "none"
    assert "The weights of resnet18 are not on this machine" in reasons[0]
    with pytest.raises(SeodangError, match="The weights of resnet18 are not on this machine"):
        decide(resolve(HOUSE, {"transfer.backbone": "resnet18", "transfer.strategy": "features"}), photographs)


@pytest.mark.parametrize(("side", "is_told"), [("244", True), ("224", False), ("192", False), (None, False)])
def test_a_side_that_is_nearly_the_weights_own_is_told(weights_folder, photographs, side, is_told):
    """The notes' 244×244 into weights of 224×224."""
    weights_folder(resnet18=30)
    asked = {"transfer.backbone": "resnet18"} | (
        {"preparation.height": side, "preparation.width": side} if side else {}
    )
    recipe, reasons = decide(resolve(HOUSE, asked), photographs)
    assert recipe.preparation.height == int(side or choose.SIDE)
    told = (
        "preparation.height=244: the weights of resnet18 were trained on 224×224 pixels; write 224, unless 244 is meant"
    )
    assert (told in reasons) == is_told
    assert sum("were trained on" in reason for reason in reasons) == is_told


def test_where_minutes_decide_no_number_of_epochs_is_given_as_a_reason():
    asked = resolve(HOUSE, {"training.minutes": "0.5"})
    reasons = derive(asked, load(open_source("digits"), asked.preparation, asked.split))[1]
    assert [reason for reason in reasons if reason.startswith("training.epochs")] == [
        "training.epochs: as many as fit into 0.5 minutes"
    ]


def test_of_very_few_pictures_a_batch_is_no_larger_than_they_are():
    """Else the choice that was made here would be warned of at once."""
    asked = resolve(HOUSE)
    data = load(open_source("digits"), asked.preparation, asked.split)
    few = replace(data, train=replace(data.train, labels=data.train.labels[:6], pixels=data.train.pixels[:6]))
    recipe, _ = derive(asked, few)
    assert recipe.training.batch_size == 6
    assert not [one for one in lint(recipe, data.classes, training_examples=6) if one.kind == "one_step"]


def tuning(training, *, gpu=False, validation=100, classes=2, **settings):
    """What is decided for so many training pictures, and the one sentence on it."""
    asked = resolve(HOUSE, {key.replace("__", "."): str(value) for key, value in settings.items()})
    transfer = asked.transfer.model_copy(update={"strategy": "features", "backbone": "mobilenetv1_025"})
    decided = asked.model_copy(update={"transfer": transfer}).with_backbone
    recipe, reasons = tune_or_not(asked, decided, prepared(training, validation, classes), gpu)  # pyright: ignore[reportArgumentType]
    return recipe, " ".join(reasons)


@pytest.mark.parametrize(("epochs", "is_told"), [("5", True), (None, False)])
def test_epochs_that_a_solved_head_does_not_use_are_told(epochs, is_told):
    settings = {"training.epochs": epochs} if epochs else {}
    asked = resolve(HOUSE, {"transfer.strategy": "features", "transfer.backbone": "mobilenetv1_025", **settings})
    data = SimpleNamespace(train=range(20), preparation=asked.preparation)
    resolved, reasons = derive(asked, data)  # pyright: ignore[reportArgumentType]
    assert (
        any(reason.startswith("training.epochs=5 is not used: the head is solved for") for reason in reasons) == is_told
    )
    assert derive(resolved, data)[1] == [], "as `repeat` sees it"  # pyright: ignore[reportArgumentType]


def test_few_pictures_teach_only_the_head():
    recipe, reason = tuning(MEDIUM - 1, gpu=True, training__minutes=5)
    assert not recipe.transfer.fine_tune
    assert reason == (
        "transfer.fine_tune=false: only the head is fitted; 999 training pictures are too few to train more of the network "
        "(from 1,000 on)"
    )


def test_few_pictures_of_each_of_many_classes_teach_only_the_head():
    assert tuning(MEDIUM, gpu=True, classes=50)[0].transfer.fine_tune
    recipe, reason = tuning(MEDIUM, gpu=True, classes=51)
    assert not recipe.transfer.fine_tune
    assert "1,000 training pictures of 51 classes are too few of each" in reason


def test_on_a_cpu_without_minutes_only_the_head_is_fitted():
    recipe, reason = tuning(MEDIUM)
    assert not recipe.transfer.fine_tune
    assert reason == (
        "transfer.fine_tune=false: only the head is fitted, which a CPU does soon; with --minutes the time left over goes into the "
        "last stages"
    )


def test_without_validation_nobody_could_say_whether_more_helps():
    recipe, reason = tuning(MEDIUM, gpu=True, validation=0)
    assert not recipe.transfer.fine_tune
    assert "no validation split" in reason


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ({"training__minutes": 5}, "in what is left of the 5 minutes"),
        ({"gpu": True}, f"on the GPU, for {LAST_PART[2]} epochs"),
    ],
)
def test_with_time_or_a_gpu_the_last_part_is_trained_too(given, when):
    recipe, reason = tuning(MEDIUM, **given)
    assert (recipe.transfer.fine_tune, recipe.transfer.stages) == (True, LAST_PART[0])
    assert (recipe.training.learning_rate, recipe.training.epochs) == LAST_PART[1:]
    assert recipe.training.label_smoothing == 0
    assert reason == (
        f"transfer.fine_tune=true: with 1,000 training pictures the last {LAST_PART[0]} stages are trained after the head, {when}, "
        "and kept only where validation is better than with the head alone"
    )


def test_many_pictures_and_a_gpu_train_everything_slowly():
    recipe, reason = tuning(LARGE, gpu=True)
    assert (recipe.transfer.stages, recipe.training.learning_rate) == EVERYTHING[:2]
    assert EVERYTHING[1] < LAST_PART[1]
    assert "the whole network is trained, slowly, after the head, on the GPU" in reason
    assert tuning(LARGE, training__minutes=5)[0].transfer.stages == LAST_PART[0], "a CPU has not the time"


def test_what_a_person_set_stays():
    recipe, _ = tuning(MEDIUM, gpu=True, training__learning_rate=5e-4, training__epochs=2, training__batch_size=8)
    assert (recipe.training.learning_rate, recipe.training.epochs, recipe.training.batch_size) == (5e-4, 2, 8)
    assert not tuning(MEDIUM, gpu=True, transfer__strategy="features")[0].transfer.fine_tune


@pytest.mark.parametrize(
    ("given", "batch"),
    [
        ({}, 32),
        ({"training.steps": "8"}, 32),
        ({"training.steps": "8", "training.batch_size": "16"}, 16),
    ],
)
def test_batches_follow_the_number_of_pictures_however_short_the_run(given, batch):
    asked = resolve(HOUSE, given)
    data = load(open_source("digits"), asked.preparation, asked.split)
    assert derive(asked, data)[0].training.batch_size == batch


@pytest.mark.parametrize(
    ("given", "rule", "momentum", "warmup"),
    [
        ({}, "muon", 0.6, 0.1),
        ({"training.learning_rate": "0.005", "training.warmup": "0.4"}, "muon", 0.6, 0.4),
        ({"training.optimizer": "adamw"}, "adamw", 0.0, 0.0),
        ({"training.optimizer": "sgd", "training.momentum": "0.9"}, "sgd", 0.9, 0.0),
        ({"model": "[flatten, {dense: outputs}]"}, "adamw", 0.0, 0.0),
    ],
)
def test_muon_is_for_our_network_where_nobody_chose(given, rule, momentum, warmup):
    asked = resolve(HOUSE, given)
    data = load(open_source("digits"), asked.preparation, asked.split)
    found, reasons = derive(asked, data)
    training = found.training
    assert (training.optimizer, training.momentum, training.warmup) == (rule, momentum, warmup)
    assert any(reason.startswith("training.optimizer=muon") for reason in reasons) == (rule == "muon")
    assert derive(found, data)[0] == found, "a resolved recipe leaves nothing open"
