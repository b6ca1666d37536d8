"""What a search may try: a range is read as a person means it, and every mistake in it is told before anything is trained."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from seodang.core.errors import RecipeError
from seodang.recipes.resolve import resolve
from seodang.tuning.grid import combinations
from seodang.tuning.space import Choices, Range, count, read_space, value_of

TABLE = "table-classifier"


def read(key, text):
    return read_space({key: text}, resolve(TABLE))


@pytest.mark.parametrize(
    ("key", "text", "low", "high", "log", "whole"),
    [
        ("training.learning_rate", "1e-4..1e-1", 1e-4, 1e-1, True, False),
        ("learning_rate", "1e-3..5e-3", 1e-3, 5e-3, False, False),  # less than a decade
        ("training.learning_rate", "linear:1e-4..1e-1", 1e-4, 1e-1, False, False),
        ("training.learning_rate", "log:1e-3..5e-3", 1e-3, 5e-3, True, False),
        ("training.weight_decay", "0..0.1", 0, 0.1, False, False),  # no logarithm of 0
        ("training.batch_size", "16..256", 16, 256, True, True),
        ("training.epochs", "2..8", 2, 8, False, True),
        ("model.dropout", "0.01..0.5", 0.01, 0.5, False, False),  # a share
        ("model.dropout", "0..0.5", 0, 0.5, False, False),
        ("training.momentum", "0.05..0.95", 0.05, 0.95, False, False),  # a share
        ("model.embedding", "4..64", 4, 64, True, True),  # the network knows that it is a whole number
    ],
)
def test_a_range_is_read_as_it_is_meant(key, text, low, high, log, whole):
    ((name, one),) = read(key, text).items()
    assert name == (key if "." in key else f"training.{key}")
    assert one == Range(low, high, log, whole)


@given(some.floats(1e-8, 1e8), some.floats(1e-8, 1e8), some.floats(0, 1), some.booleans())
def test_a_value_is_written_short_and_never_outside_its_range(one, other, along, log):
    low, high = sorted((one, other))
    if high - low < 1e-6 * high:
        return
    asked = Range(low, high, log=log, whole=False)
    value = low * (high / low) ** along if log else low + (high - low) * along
    written = asked.place(asked.text(value))
    assert written is not None
    if log:
        assert abs(math.log(written / value)) <= 0.011 * max(1, math.log10(high / low))
    else:
        assert abs(written - value) <= (high - low) / 100


def test_choices_that_are_numbers_have_an_order_and_know_themselves_however_they_are_written():
    assert Choices(("128", "32", "64")).in_order == ("32", "64", "128")
    assert Choices(("adam", "sgd")).in_order is None
    assert Choices(("1e-3", "1e-2")).place("0.001") == "1e-3"
    assert Choices(("1e-3", "1e-2")).place("0.002") is None


def test_combinations_are_counted():
    space = {"a": Range(2, 4, log=False, whole=True), "b": Choices(("x", "y"))}
    assert count(space) == len(combinations({name: [*one.values] for name, one in space.items()})) == 6
    assert space["a"].values == ("2", "3", "4")
    assert count({**space, "c": Range(0, 1, log=False, whole=False)}) is None


def test_what_the_recipe_has_is_found_wherever_it_stands():
    recipe = resolve(TABLE, {"training.batch_size": "64"})
    assert value_of(recipe, "training.batch_size") == "64"
    assert value_of(recipe, "model.embedding") == "8"  # the network's own default
    assert value_of(recipe, "model.nothing") is None


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("training.learning_rate", "1e-1..1e-4", "does not begin below its end"),
        ("training.learning_rate", "1e-3..1e-3", "does not begin below its end"),
        ("training.learning_rate", "log:0..1e-1", "a log scale has no place for 0 or less"),
        ("training.learning_rate", "0..1e-1", "training.learning_rate must be greater than 0"),
        ("training.learning_rate", "a..b", "is no range of numbers"),
        ("training.learning_rate", "1e-4..inf", "is no range of numbers"),
        ("training.batch_size", "8..64.5", "is a whole number"),
        (
            "training.optimizer",
            "adam..sgd",
            "is one of sgd, rmsprop, adam, adamw, muon; between words there is no range",
        ),
        ("training.nesterov", "0..1", "is one of true, false"),
        ("training.lerning_rate", "1e-4..1e-1", "Did you mean learning_rate?"),
        ("model.droput", "0..0.5", "Did you mean dropout?"),
        ("model.dropout", "0..1.5", "dropout must be less than 1"),
        ("model.hidden", "8..64", "is no number, so it has no range"),
    ],
)
def test_an_impossible_range_is_told(key, text, sentence):
    with pytest.raises(RecipeError) as told:
        read(key, text)
    assert sentence in str(told.value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(RecipeError) as told:
        read_space(
            {"training.epochs": "9..3", "model.droput": "0..1", "training.optimizer": ["adam", "adm"]}, resolve(TABLE)
        )
    assert len(str(told.value).splitlines()) == 3
