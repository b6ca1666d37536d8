import time

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from seodang.evaluation import baselines


class Pictures:
    """A split that lies in memory: labels (N,), pixels (N, C, H, W) uint8."""

    def __init__(self, labels, pixels):
        self.labels, self.pixels = torch.as_tensor(labels), torch.as_tensor(pixels)

    def __len__(self):
        return len(self.labels)

    def fetch(self, indices):
        return self.pixels[indices]


@pytest.fixture(scope="module")
def digits():
    given = load_digits()
    pixels = np.round(given.images * (255 / 16)).astype(np.uint8)[:, None]
    return Pictures(given.target[:1200], pixels[:1200]), Pictures(given.target[1200:], pixels[1200:])


def test_naive_is_right_as_often_as_the_commonest_class():
    found = baselines.naive(np.array([0, 0, 1]), 4, ("cat", "dog"))
    assert found.predicted.tolist() == [0, 0, 0, 0]
    assert found.how == "always answers 'cat', the most common class in training"


def test_linear_learns_digits_and_says_from_how_many(digits):
    train, judged = digits
    found = baselines.linear(train, judged, 10)
    assert found.how == "logistic regression on 8×8 grey pixels, trained on 1,200 of 1,200 pictures"
    assert 0.90 <= np.mean(found.predicted == judged.labels.numpy()) <= 0.96  # 0.93 measured


def test_linear_is_the_same_every_time(digits):
    train, judged = digits
    assert (baselines.linear(train, judged, 10).predicted == baselines.linear(train, judged, 10).predicted).all()


def test_linear_has_nothing_to_tell_apart_in_one_class(digits):
    train, judged = digits
    only = Pictures(torch.zeros(50, dtype=torch.int64), train.pixels[:50])
    assert baselines.linear(only, judged, 10) is None


def test_linear_keeps_its_limits_whatever_the_data():
    """100 classes of large colour pictures: few weights, few examples, seconds."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (3000, 3, 64, 64), dtype=torch.uint8, generator=generator)
    some = Pictures(torch.arange(3000) % 100, pixels)
    begun = time.process_time()
    found = baselines.linear(some, some, 100)
    assert found.how == "logistic regression on 8×8 colour pixels, trained on 2,083 of 3,000 pictures"
    assert time.process_time() - begun < 20  # 2 s alone; the limit is for a loaded machine


def test_shrunk_pictures_are_means_of_their_parts():
    pixels = torch.arange(16, dtype=torch.uint8).reshape(1, 1, 4, 4)
    found = baselines.shrunk(Pictures(torch.zeros(1), pixels), torch.tensor([0]), (2, 2))
    assert found * 255 == pytest.approx(np.array([[2.5, 4.5, 10.5, 12.5]]))
