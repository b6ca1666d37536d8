"""From words to a recipe, and back to YAML."""

import pytest
import yaml

from seodang.core.errors import RecipeError, SeodangError
from seodang.core.registry import names
from seodang.core.values import check
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import ELSEWHERE, explained_yaml, is_setting, resolve, to_yaml


def test_a_setting_is_found_by_its_last_part_or_in_full():
    assert resolve("lenet5", {"epochs": "7"}) == resolve("lenet5", {"training.epochs": "7"})
    assert resolve("lenet5", {"rotation": "10"}).augmentation.rotation == 10
    assert resolve("image-classifier", {"zoom": "0.8,1.2"}).augmentation.zoom == (0.8, 1.2)
    assert resolve("image-classifier", {"model.depth": "3"}).model.settings["depth"] == 3
    assert resolve("image-classifier", {"patience": ""}).training.patience is None


def test_plus_adds():
    assert resolve(resolve("lenet5", {"epochs": "7"}), {"epochs": "+5"}).training.epochs == 12


def test_all_mistakes_at_once():
    with pytest.raises(RecipeError) as error:
        resolve("lenet5", {"lerning_rate": "1", "epochs": "three", "seed": "1"})
    assert str(error.value).splitlines() == [
        "lerning_rate is not a setting of Training. Did you mean learning_rate?",
        "seed is a setting of split and of training. Write split.seed or training.seed.",
        "training.epochs must be int, got 'three'.",
    ]


def test_names_from_elsewhere_get_ours():
    """What Keras and PyTorch call them, which is far from any name of ours; and every one of ours is there."""
    with pytest.raises(RecipeError) as error:
        resolve("lenet5", {"lr": "1", "training.wd": "2", "horizontal_flip": "true", "Validation_split": "0.1"})
    assert str(error.value).splitlines() == [
        "lr is not a setting of Training. Did you mean learning_rate?",
        "training.wd is not a setting of Training. Did you mean weight_decay?",
        "horizontal_flip is not a setting of Augmentation. Did you mean flip_horizontal?",
        "Validation_split is not a setting of Split. Did you mean validation?",
    ]
    assert all(is_setting(ours) and not is_setting(theirs) for theirs, ours in ELSEWHERE.items())


def test_an_unknown_recipe_gets_the_nearest():
    with pytest.raises(SeodangError, match="'lennet5' is not a recipe. Did you mean lenet5?"):
        resolve("lennet5")


@pytest.mark.parametrize("name", names("recipes"))
def test_yaml_goes_there_and_back(name):
    recipe = resolve(name)
    for text in (to_yaml(recipe, ["a note", "of two\nlines"]), explained_yaml(recipe)):
        assert check(Recipe, yaml.safe_load(text)) == recipe


def test_a_file_may_start_from_a_recipe(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("like: lenet5\ntraining: {epochs: 2}\n")
    mine, lenet = resolve(path), resolve("lenet5")
    assert mine.name == "mine"
    assert mine.training.epochs == 2
    assert mine.model == lenet.model
    assert mine.training.optimizer == lenet.training.optimizer


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b\n", "must hold settings by name (key: value), got a list."),
        ("a: [", "cannot be read as YAML: while parsing"),
        (
            "training: {epochs: !!python/object/apply:os.system ['true']}",
            "cannot be read as YAML: could not determine a constructor",
        ),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError) as error:
        resolve(path)
    assert f"{path} {sentence}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_pretrained_network_does_not_push_another_one_out() -> None:
    with pytest.raises(
        RecipeError, match=r"puts mobilenetv2_100 in the place of the network, but the recipe has one of its own"
    ):
        resolve("lenet5", {"transfer.strategy": "features"})


def test_what_transfer_says_reaches_the_network() -> None:
    settings = {
        "transfer.strategy": "last",
        "transfer.stages": "2",
        "transfer.mirror": "true",
        "transfer.backbone": "resnet18",
    }
    recipe = resolve("image-classifier", settings)
    assert recipe.model.name == "backbone"
    wanted = {"architecture": "resnet18", "trains": "last", "stages": 2, "mirror": True}
    assert recipe.model.settings == wanted
    assert resolve(recipe).model == recipe.model, "resolving twice changes nothing"


def test_words_of_a_pattern_are_counted_up():
    """It said "must be String should match pattern '^(auto|…"."""
    with pytest.raises(RecipeError, match="^training.device must be one of 'auto', 'cpu', 'cuda', 'mps', got 'tpu'.$"):
        resolve("mnist-mlp", {"training.device": "tpu"})
