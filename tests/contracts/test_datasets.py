"""What every named data set must keep to."""

import re

import numpy as np
import pytest

from seodang.core.registry import describe, find, names
from seodang.data.open import open_source
from seodang.data.source import Card
from seodang.data.split import Split, divide

# Copies under ../shared/data that are a part of the original, or another making of it; see its README.
PARTS = {"cifar100", "asl-letters"}
NOT_HERE = {"cifar10"}  # there is no copy under ../shared/data


@pytest.mark.parametrize("name", names("datasets"))
def test_card(name):
    card = find("datasets", name)()
    assert isinstance(card, Card)
    assert card.title
    assert card.licence
    assert card.homepage.startswith(("https://", "http://"))
    assert len(set(card.classes)) == len(card.classes) >= 2
    assert card.counts
    assert set(card.counts) <= {"train", "validation", "test", ""}
    assert card.hub is None or re.fullmatch(r"[\w.-]+/[\w.-]+", card.hub)
    assert describe("datasets", name).endswith((".", ")."))
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name)


@pytest.mark.real
@pytest.mark.parametrize("name", sorted({*names("datasets")} - NOT_HERE))
def test_data_is_as_the_card_says(name, real_data):
    card = find("datasets", name)()
    if name != "digits":
        real_data(name)
    source = open_source(name)
    assert source.classes == card.classes
    assert source.name == name
    assert source.card == card
    counts = {split: int((source.splits == split).sum()) for split in np.unique(source.splits).tolist()}
    if name not in PARTS:
        assert counts == card.counts
    else:
        assert set(counts) == set(card.counts)
        assert all(counts[split] <= card.counts[split] for split in counts if name == "cifar100")
    assert len(set(source.ids)) == len(source.ids)
    division = divide(source, Split())
    together = np.concatenate([division.train, division.validation, division.test])
    assert len(np.unique(together)) == len(together) == len(source)
