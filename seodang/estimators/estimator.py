"""scikit-learn's estimators over Seodang's training loop: Classifier and Regressor."""

# N rows · F columns · C classes · L labels · K amounts
from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.data.facts import Facts
from seodang.data.prepare import Normalise
from seodang.estimators.checked import checked_input, checked_weights
from seodang.estimators.fitting import Fitted, answers, chosen, share_apart, train_network, without_choosing
from seodang.estimators.pictures import inputs_of, prepare_pictures
from seodang.estimators.rows import encode_rows, numbers_of
from seodang.estimators.weighted import Labels, Weighted
from seodang.recipes.choose_rows import derive_rows
from seodang.tasks.build import build_task

LARGEST_SEED = 2**31 - 1


class _Estimator(BaseEstimator):
    """What classifying and regressing have in common: parameters, input, and the network's raw scores."""

    def __init__(
        self,
        recipe: Any = "table-quick",
        *,
        settings: dict[str, Any] | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        random_state: Any = None,
    ) -> None:
        self.recipe = recipe
        self.settings = settings
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags

    def _fit(
        self, found: Any, targets: np.ndarray, facts: Facts, weights: np.ndarray | None, task_name: str, labels: int
    ) -> Self:
        """Train on a frame or on pictures. targets: (N,) class indices, (N, L) labels or (N, K) amounts."""
        settings = {**(self.settings or {}), **self._shortcuts()}
        seed = int(check_random_state(self.random_state).randint(LARGEST_SEED))
        recipe = chosen(self.recipe, {"training.seed": seed, **settings}, task_name, facts.num_classes)
        share = share_apart(recipe, len(targets))
        if not share:
            recipe = without_choosing(recipe)
        if isinstance(found, np.ndarray):
            if targets.ndim > 1 or weights is not None:
                raise RecipeError(
                    tr("Pictures are told into classes, without sample_weight; amounts are not foretold.")
                )
            data, recipe = prepare_pictures(found, targets, facts.classes, recipe, share)
            self.encoding_, self.before_ = None, Normalise(data.preparation)
        else:
            apart = _apart(len(targets), share, targets if targets.ndim == 1 else None, recipe.training.seed)
            data = encode_rows(found, targets, facts, weights, recipe, apart)
            recipe, _ = derive_rows(recipe, data)
            self.encoding_, self.before_ = data.encoding, None
        self.kinds_ = _kinds(found)
        self.columns_ = None if self.kinds_ is None else list(self.kinds_)
        self.task_ = Labels(labels) if labels else build_task(recipe.task, recipe.loss, data.facts)
        done = train_network(data, recipe, self.task_ if weights is None else Weighted(self.task_))
        return self._keep(done)

    def _shortcuts(self) -> dict[str, Any]:
        given = {"epochs": self.epochs, "batch_size": self.batch_size, "learning_rate": self.learning_rate}
        return {f"training.{name}": value for name, value in given.items() if value is not None}

    def _keep(self, done: Fitted) -> Self:
        self.network_, self.recipe_, self.history_ = done.network, done.recipe, done.history
        self.n_iter_ = len(done.history)
        self.loss_ = done.history[-1]["loss"]
        return self

    def _scores(self, X: Any) -> torch.Tensor:  # noqa: N803
        """The network's raw scores of X, (N, outputs)."""
        check_is_fitted(self)
        found, _ = checked_input(self, X, reset=False)
        if (self.encoding_ is None) != isinstance(found, np.ndarray):
            if self.encoding_ is None:
                raise ValueError(tr("Fitted on pictures, asked about rows."))
            raise ValueError(tr("Fitted on rows, asked about pictures."))
        if self.encoding_ is None:
            return answers(self.network_, inputs_of(found, self.recipe_.preparation), self.task_, self.before_)
        return answers(self.network_, numbers_of(found, self.encoding_), self.task_)


class Classifier(ClassifierMixin, _Estimator):
    """Tell classes apart with a network: a scikit-learn estimator, for pipelines, grid searches, votes and cross-validation.

    The network is trained by the same loop as with `seodang train`, in memory: nothing is written.

    Args:
        recipe: A name of `seodang list recipes`, a YAML file or a Recipe. table-quick: a small network for tables.
        settings: Laid over the recipe, such as {"model.hidden": [128, 128], "training.weight_decay": 1e-4}.
        epochs, batch_size, learning_rate: Short for the same settings of `training`; None: as the recipe says.
        random_state: An int gives the same network every time; None draws the seed from NumPy's generator.

    X is (N, F) numbers, a SciPy sparse matrix, a data frame (words, dates and missing values are welcome there), or pictures
    (N, H, W[, 3]) of 0 to 255 with a recipe for pictures. y is (N,), or (N, L) of zeros and ones for several labels at once.
    After `fit`: classes_, network_, recipe_ (every setting), history_ (a line an epoch), n_iter_ (epochs), loss_.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> Classifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train anew. sample_weight: (N,), how much each row counts; 2 is as if it stood there twice."""
        found, y = checked_input(self, X, y, reset=True)
        check_classification_targets(y)
        found, y, weights = checked_weights(found, y, sample_weight)
        self._several = type_of_target(y) == "multilabel-indicator"
        if self._several:
            y = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
            self.classes_ = np.arange(y.shape[1])
            facts = Facts(classes=tuple(map(str, self.classes_)))
            return self._fit(found, y, facts, weights, "classify", y.shape[1])
        y = column_or_1d(y, warn=True)
        self.classes_, indices = np.unique(y, return_inverse=True)
        return self._fit(found, indices, Facts(classes=_names(self.classes_)), weights, "classify", 0)

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """(N, C) probabilities in the order of classes_, each row sums to 1; with several labels (N, L), each by itself."""
        scores = self._scores(X)  # which says first where nothing was fitted
        return self.task_.probabilities(scores).numpy().astype(np.float64)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """(N,) classes as they stood in y; with several labels (N, L) zeros and ones."""
        scores = self._scores(X)  # which says first where nothing was fitted
        found = self.task_.decode(scores).numpy()
        return found if self._several else self.classes_[found]


class Regressor(RegressorMixin, _Estimator):
    """Foretell an amount, or several, with a network: a scikit-learn estimator. Arguments and input as of `Classifier`.

    y is (N,) or (N, K) numbers; what comes back is in their unit.

    >>> X = np.linspace(0, 1, 50).reshape(-1, 1)
    >>> Regressor(random_state=0).fit(X, 3 * X[:, 0] + 2).score(X, 3 * X[:, 0] + 2) > 0.99
    True
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train anew. sample_weight: (N,), how much each row counts; 2 is as if it stood there twice."""
        found, y = checked_input(self, X, y, reset=True, numeric=True)
        found, y, weights = checked_weights(found, y, sample_weight)
        y = np.asarray(y, np.float64)
        self._several = y.ndim > 1 and y.shape[1] > 1
        amounts = y.reshape(len(y), -1)
        facts = Facts(targets=tuple(f"y{place}" for place in range(amounts.shape[1])))
        return self._fit(found, amounts, facts, weights, "regress", 0)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """(N,) or (N, K) amounts in the unit of y."""
        scores = self._scores(X)
        found = self.task_.decode(scores).numpy().astype(np.float64)
        return found if self._several else found[:, 0]


def _kinds(found: Any) -> dict[str, str] | None:
    """What the columns of a data frame were taken for; None for arrays."""
    return {each.name: each.kind for each in found.columns} if getattr(found, "form", "") == "data frame" else None


def _names(classes: np.ndarray) -> tuple[str, ...]:
    return tuple(str(name) for name in classes.tolist())


def _apart(rows: int, share: float, classes: np.ndarray | None, seed: int) -> np.ndarray:
    """Indices of the rows kept apart, by class where there are classes and enough of each; sorted."""
    if not share:
        return np.zeros(0, np.int64)
    from sklearn.model_selection import train_test_split

    counts = np.bincount(classes) if classes is not None else np.zeros(0)
    number = max(1, round(share * rows))
    fair = classes is not None and counts.min() >= 2 and min(number, rows - number) >= len(counts)
    _, apart = train_test_split(
        np.arange(rows), test_size=number, random_state=seed, stratify=classes if fair else None
    )
    return np.sort(apart)
