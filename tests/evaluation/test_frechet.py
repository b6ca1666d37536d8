"""The distance of two sets of features: against the closed form, and in the right order."""

import numpy as np
import pytest

from seodang.evaluation.frechet import frechet, frechet_of, nearest, spread


def normal(mean, deviation, count=4_000, seed=0):
    return np.asarray(mean) + np.asarray(deviation) * np.random.default_rng(seed).standard_normal((count, len(mean)))


def test_of_bell_curves_whose_axes_agree_it_is_the_closed_form():
    """|m - n|² + Σ (σ - τ)²."""
    mean, other = np.array([1.0, -2.0, 0.5]), np.array([0.0, 1.0, 0.5])
    one, two = np.array([2.0, 1.0, 0.5]), np.array([1.0, 3.0, 0.5])
    expected = ((mean - other) ** 2).sum() + ((one - two) ** 2).sum()
    assert frechet_of(mean, np.diag(one**2), other, np.diag(two**2)) == pytest.approx(expected, rel=1e-9)
    assert frechet(normal(mean, one), normal(other, two, seed=1)) == pytest.approx(expected, rel=0.05)


def test_of_any_covariances_it_agrees_with_the_matrix_root():
    """Against scipy's square root of the product, as the papers write it."""
    from scipy.linalg import sqrtm

    generator = np.random.default_rng(0)
    a, b = (m @ m.T + 0.1 * np.eye(6) for m in generator.standard_normal((2, 6, 6)))
    mean, other = generator.standard_normal((2, 6))
    expected = ((mean - other) ** 2).sum() + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert frechet_of(mean, a, other, b) == pytest.approx(expected, rel=1e-8)
    assert frechet_of(other, b, mean, a) == pytest.approx(expected, rel=1e-8), "both ways the same"


def test_it_is_nothing_for_the_same_set_and_heeds_no_turn():
    given = normal([0.0, 1.0, 2.0], [1.0, 2.0, 3.0], 500)
    turn, _ = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))
    other = normal([1.0, 1.0, 1.0], [1.0, 1.0, 4.0], 500, 3)
    assert frechet(given, given[::-1]) == pytest.approx(0, abs=1e-9)
    assert frechet(given @ turn, other @ turn) == pytest.approx(frechet(given, other), rel=1e-8)


def test_the_nearer_the_lower():
    real = normal([0.0] * 4, [1.0] * 4)
    found = [frechet(normal([shift] * 4, [1.0 - shift / 2] * 4, seed=9), real) for shift in (1.0, 0.5, 0.2, 0.0)]
    assert found == sorted(found, reverse=True)


def test_more_features_than_examples_is_no_matter():
    few = normal([0.0] * 30, [1.0] * 30, 10)
    assert np.isfinite(frechet(few, few + 1))
    assert frechet(few, few + 1) == pytest.approx(30, rel=1e-6)


def test_spread_is_the_mean_distance_of_two():
    """Of standard normal numbers: the mean of |x - y| is 2 / √π."""
    assert spread(normal([0.0], [1.0], 20_000)) == pytest.approx(2 / np.sqrt(np.pi), rel=0.03)


def test_nearest_agrees_with_looking_at_every_pair():
    asked, known = normal([0.0, 0.0], [1.0, 1.0], 700), normal([0.0, 0.0], [1.0, 1.0], 300, 1)
    every = np.sqrt(((asked[:, None] - known[None]) ** 2).sum(axis=2))
    distances, places = nearest(asked, known)
    np.testing.assert_allclose(distances, every.min(axis=1), rtol=1e-6)
    np.testing.assert_array_equal(places, every.argmin(axis=1))
