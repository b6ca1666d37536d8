"""What a person reads when settings are wrong."""

import pytest

from seodang.core.errors import RecipeError
from seodang.core.settings_file import read_settings
from seodang.core.values import check
from seodang.recipes.recipe import Recipe


def test_all_mistakes_come_at_once_and_name_the_right_key():
    settings = {
        "training": {"lerning_rate": 1, "epochs": "three", "optimizer": "adamm", "momentum": 2},
        "modl": "convnet",
    }
    with pytest.raises(RecipeError) as error:
        check(Recipe, settings)
    assert sorted(str(error.value).splitlines()) == [
        "lerning_rate is not a setting of Training. Did you mean learning_rate?",
        "modl is not a setting of Recipe. Did you mean model?",
        "training.epochs must be int, got 'three'.",
        "training.momentum must be less than 1, got 2.",
        "training.optimizer must be one of 'sgd', 'rmsprop', 'adam', 'adamw', 'muon', got 'adamm'.",
    ]


def test_values_are_frozen():
    recipe = Recipe()
    with pytest.raises(ValueError, match="frozen"):
        recipe.name = "other"  # type: ignore[misc]


def every_field(kind):
    for name, field in kind.model_fields.items():
        yield kind.__name__, name, field
        if hasattr(field.annotation, "model_fields"):
            yield from every_field(field.annotation)


@pytest.mark.parametrize(
    ("group", "name", "field"), [pytest.param(*f, id=f"{f[0]}.{f[1]}") for f in every_field(Recipe)]
)
def test_every_setting_says_what_it_means(group, name, field):
    assert field.description, f"{group}.{name}"
    assert len(field.description) > 10, f"{group}.{name}"


def test_a_setting_beside_the_groups_is_told_where_it_belongs():
    with pytest.raises(RecipeError) as caught:
        check(Recipe, {"epochs": 3, "seed": 1})
    assert str(caught.value) == (
        "epochs is not a setting of Recipe. Did you mean training.epochs?\n"
        "seed is not a setting of Recipe. Did you mean split.seed or training.seed?"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "training:\n  epochs: 1\n  epochs: 2\n",
            "cannot be read as YAML: epochs stands twice, line 3, column 3: epochs: 2 ^",
        ),
        ("training:\n\tepochs: 3\n", "cannot be read as YAML: while scanning for the next token found character"),
        ("", "must hold settings by name (key: value), got nothing."),
        ("- 1\n", "must hold settings by name (key: value), got a list."),
    ],
)
def test_a_file_that_is_no_settings_is_refused_in_words(tmp_path, text, sentence):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(RecipeError) as caught:
        read_settings(tmp_path / "mine.yaml", kind="recipe", name="NAME", such_as="key: value")
    assert sentence in str(caught.value)
    assert "unicode string" not in str(caught.value)
