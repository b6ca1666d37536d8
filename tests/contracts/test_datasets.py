"""What every named data set must keep to."""

import re
from importlib import import_module

import numpy as np
import pytest

from seodang.core.registry import describe, find, names
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.source import Card
from seodang.data.split import Split, divide

# Copies under ../shared/data that are a part of the original, or another making of it; see its README.
PARTS = {"cifar100", "asl-letters", "imdb", "nsmc"}
NOT_HERE = {"cifar10"}  # there is no copy under ../shared/data


@pytest.mark.parametrize("name", names("datasets"))
def test_card(name):
    card = find("datasets", name)()
    assert isinstance(card, Card)
    assert card.title
    assert card.licence
    assert card.homepage.startswith(("https://", "http://"))
    assert len(set(card.classes)) == len(card.classes) != 1, "none where nothing is told apart"
    assert card.counts
    assert set(card.counts) <= {"train", "validation", "test", ""}
    assert card.hub is None or re.fullmatch(r"[\w.-]+/[\w.-]+", card.hub)
    assert describe("datasets", name).endswith((".", ")."))
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name)


@pytest.mark.real
@pytest.mark.parametrize("name", sorted({*names("datasets")} - NOT_HERE))
def test_data_is_as_the_card_says(name, real_data):
    card = find("datasets", name)()
    if not hasattr(
        import_module(f"seodang.data.datasets.{name.replace('-', '_')}"), "read"
    ):  # bundled ones are always here
        real_data(card.local or name)
    source = open_any(name)
    assert source.name == name
    assert source.card == card
    counts = {split: int((source.splits == split).sum()) for split in np.unique(source.splits).tolist()}
    if name not in PARTS:
        assert counts == card.counts
    else:
        assert set(counts) == set(card.counts)
        assert all(counts[split] <= card.counts[split] for split in counts if name != "asl-letters")
    assert len(set(source.ids)) == len(source.ids)
    if isinstance(source, Frame):  # rows are divided by `encode`, which has tests of its own
        if card.classes:
            target = purpose(source).target
            assert target is not None, "classes stand in a column"
            assert source.column(target).distinct == len(card.classes)
        return
    assert source.classes == card.classes
    division = divide(source, Split())
    together = np.concatenate([division.train, division.validation, division.test])
    assert len(np.unique(together)) == len(together) == len(source)
