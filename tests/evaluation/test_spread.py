"""What is measured of many pictures, a few at a time, is what is measured of all at once."""

import numpy as np
import pytest
import torch

from seodang.data.load import Subset
from seodang.data.prepare import Preparation
from seodang.data.source import Source
from seodang.evaluation.baselines import shrunk
from seodang.evaluation.pictures import spread


def subset(num_examples, shape) -> Subset:
    pixels = torch.randint(
        0, 256, (num_examples, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(3)
    )
    pixels = pixels // torch.arange(1, num_examples + 1)[:, None, None, None].clamp_max(9).to(torch.uint8)
    labels = torch.zeros(num_examples, dtype=torch.int64)
    names = [str(i) for i in range(num_examples)]
    source = Source("made", "made", "made", ("one",), labels.numpy(), names, np.array(["train"] * num_examples), "")
    return Subset("train", labels, names, pixels, source, Preparation())


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 40, 52)])
def test_spread_is_that_of_all_pictures(shape):
    some = subset(101, shape)
    flat = some.fetch(torch.arange(101)).numpy().reshape(101, -1).astype(np.float64)
    for name, values in (("brightness", flat.mean(axis=1)), ("contrast", flat.std(axis=1))):
        assert spread(some)[name] == [round(float(each), 1) for each in np.percentile(values, [0.5, 99.5])]


def test_shrunk_pictures_are_means_of_blocks():
    some = subset(70, (3, 32, 48))
    found = shrunk(some, torch.arange(70), (16, 16))
    wanted = some.fetch(torch.arange(70)).numpy().reshape(70, 3, 16, 2, 16, 3).mean(axis=(3, 5)) / 255
    np.testing.assert_allclose(found, wanted.reshape(70, -1), rtol=1e-5)
