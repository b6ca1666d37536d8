"""scikit-learn's own checks, all of them, and no fewer than its MLPClassifier and MLPRegressor go through."""

from __future__ import annotations

import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from seodang import Classifier, Regressor


@parametrize_with_checks([Classifier(), Regressor()])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(("ours", "theirs"), [(Classifier(), MLPClassifier()), (Regressor(), MLPRegressor())])
def test_none_is_left_out_that_theirs_goes_through(ours, theirs):
    def names(estimator):
        return {getattr(check, "func", check).__name__ for _, check in estimator_checks_generator(estimator)}

    # These two look at one target's shape; an estimator of several targets gets check_regressor_multioutput instead.
    assert names(theirs) - names(ours) == set()
