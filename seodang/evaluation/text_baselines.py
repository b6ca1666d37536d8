"""What a network on texts has to beat: NB-SVM for labelled texts, counts of words and word pairs for the next word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seodang.data.scripts import are_piecewise
from seodang.evaluation.metrics import Labels

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

# On the test splits as they lie in ../shared/data: IMDB 91.4 % (36 CPU seconds for 25,000 reviews and 10,000 to judge, 0.9 GB),
# NSMC 84.8 % (7 CPU seconds for 20,000 and 5,000).
# Chosen on a fifth of the training split, never on the test split. Of 0.1, 1 and 4 IMDB has 91.6, 91.5, 91.6 %; of 0.01, 0.1
# and 1 NSMC (characters) has 83.8, 84.3, 83.5 %.
PENALTY = 0.1  # scikit-learn's C
WORD_GRAMS = (1, 2)
# Korean, Japanese, Chinese and Thai words carry endings or stand without spaces: pieces of them say more. NSMC, a fifth of
# the training split: words and pairs 78.1 %, characters up to 3, 4 and 5 at a time 83.8, 84.3, 84.3 %.
CHARACTER_GRAMS = (1, 4)
MOST_CHARACTERS = 50_000_000  # of training texts; IMDB has 33 million and takes half a minute
ONCE_IS_ENOUGH = 1_000  # training texts; with more, what stands in one text only is left out


def nb_svm(
    train_texts: Sequence[str], train_labels: Labels, texts: Sequence[str], num_classes: int
) -> NDArray[np.float64]:
    """Probabilities (N, num_classes) of `texts`: a linear classifier on words and pairs of words weighted as naive Bayes does.

    Each n-gram counts once a text and is scaled by its log-count ratio, log of how much more of a class's n-grams it is than
    of the rest's; then logistic regression, one class against the rest. Wang and Manning, 2012 ("NBSVM-bi", here with
    logistic loss, and the penalty in place of their interpolation), https://aclanthology.org/P12-2018/. Texts mostly in
    Korean, Japanese, Chinese or Thai are cut into 1 to 4 characters instead. Of more than 50 million characters every k-th
    training text is used. Where training has one class, or no n-gram twice, the answer is the share of each class.

    Args:
        train_texts: The training split.   train_labels: (their number,), 0 to num_classes - 1.   texts: What is judged.

    >>> likely = nb_svm(["good film", "bad film", "good", "so bad"], np.array([1, 0, 1, 0]), ["a good one"], 2)
    >>> likely.argmax(1).tolist()
    [1]
    """
    used = slice(None, None, max(1, -(-sum(map(len, train_texts)) // MOST_CHARACTERS)))
    known, labels = list(train_texts[used]), np.asarray(train_labels)[used]
    shares = np.bincount(labels, minlength=num_classes) / max(1, len(labels))
    likely = np.tile(shares, (len(texts), 1))
    vectorizer = _vectorizer(known)
    try:
        there: Any = vectorizer.fit_transform(known)
    except ValueError:  # no n-gram is left: that is what scikit-learn raises
        return likely
    if not len(texts) or (shares > 0).sum() < 2:
        return likely
    asked: Any = vectorizer.transform(texts)
    if num_classes == 2:
        one = _against_the_rest(there, labels == 1, asked)
        return np.stack([1 - one, one], axis=1)
    for each in np.flatnonzero(shares):
        likely[:, each] = _against_the_rest(there, labels == each, asked)
    return likely / likely.sum(axis=1, keepdims=True)


def ridge(train_texts: Sequence[str], amounts: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.float64]:
    """Amounts (N,) of `texts`: ridge regression on the words and pairs of words of `nb_svm`, the rarer the more they count (tf-idf).

    Where no n-gram stands twice in training the answer is the mean.

    Args:
        train_texts: The training split.   amounts: (their number,).   texts: What is judged.

    >>> found = ridge(["good film", "bad film", "good", "so bad"] * 3, np.array([5.0, 1.0, 5.0, 1.0] * 3), ["a good one", "bad"])
    >>> bool(found[0] > 4 and found[1] < 2)
    True
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import Ridge

    used = slice(None, None, max(1, -(-sum(map(len, train_texts)) // MOST_CHARACTERS)))
    known, amounts = list(train_texts[used]), np.asarray(amounts, np.float64)[used]
    vectorizer = _vectorizer(known)
    try:
        there: Any = vectorizer.fit_transform(known)
    except ValueError:  # no n-gram is left: that is what scikit-learn raises
        return np.full(len(texts), amounts.mean())
    weights = TfidfTransformer(sublinear_tf=True)
    model = Ridge(solver="sparse_cg").fit(weights.fit_transform(there), amounts)
    asked: Any = vectorizer.transform(texts)
    return np.asarray(model.predict(weights.transform(asked)), np.float64)


def _vectorizer(texts: Sequence[str]) -> CountVectorizer:
    from sklearn.feature_extraction.text import CountVectorizer

    settings: dict[str, Any] = {"binary": True, "min_df": 2 if len(texts) > ONCE_IS_ENOUGH else 1, "dtype": np.float32}
    if are_piecewise(texts):
        return CountVectorizer(analyzer="char", ngram_range=CHARACTER_GRAMS, **settings)
    return CountVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=WORD_GRAMS, **settings)


def log_count_ratio(counts: csr_matrix, positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(F,) log of (share of feature f among the positive examples' features) / (among the others'), each count plus one.

    >>> from scipy.sparse import csr_matrix
    >>> ratio = log_count_ratio(csr_matrix([[1, 0], [1, 1]]), np.array([True, False]))
    >>> np.exp(ratio).round(4).tolist()  # (2/3) / (2/4) and (1/3) / (2/4)
    [1.3333, 0.6667]
    """
    for_it = 1.0 + np.asarray(counts[positive].sum(axis=0), np.float64).ravel()
    against = 1.0 + np.asarray(counts[~positive].sum(axis=0), np.float64).ravel()
    return np.log(for_it / for_it.sum()) - np.log(against / against.sum())


def _against_the_rest(there: csr_matrix, positive: NDArray[np.bool_], asked: csr_matrix) -> NDArray[np.float64]:
    """The probability of the class of the positive examples, for each asked: (N,)."""
    from scipy.sparse import diags_array
    from sklearn.linear_model import LogisticRegression

    ratio = diags_array(log_count_ratio(there, positive).astype(np.float32))
    model = LogisticRegression(C=PENALTY, solver="liblinear", dual=True, tol=1e-2, max_iter=1000, random_state=0)
    model.fit(there @ ratio, positive)
    return model.predict_proba(asked @ ratio)[:, 1]


# The next word --------------------------------------------------------------------------------------------------------


def ngram_losses(
    train_ids: Sequence[NDArray[np.int64]], ids: Sequence[NDArray[np.int64]], vocabulary: int
) -> dict[str, NDArray[np.float64]]:
    """For each sequence the sum of -log p(token | the one before it) over its next tokens, (N,): {"unigram": …, "bigram": …}.

    Both are smoothed by absolute discounting, so no token has probability 0; the bigram is interpolated Kneser-Ney, which
    falls back on how many different tokens one follows (Chen and Goodman, 1999, https://doi.org/10.1006/csla.1999.0128).

    Args:
        train_ids: Token ids of each training text, 1 to vocabulary - 1.   ids: Of each text judged; ids not in training too.
        vocabulary: How many ids there are, padding (0, never predicted) included.

    >>> certain = [np.array([1, 2, 1, 2, 1, 2])]
    >>> found = ngram_losses(certain, certain, 4)
    >>> bool(found["bigram"] < found["unigram"] < 5 * np.log(3))  # 5 next tokens; of 3 that are equally likely each has log(3)
    True
    """
    before, after = _pairs(ids)
    assert not len(after) or after.min() > 0, "padding is no token that is predicted: give each text without it"
    whose = np.repeat(np.arange(len(ids)), [max(0, len(one) - 1) for one in ids])
    single = unigram(train_ids, vocabulary)[after]
    pair = bigram(train_ids, vocabulary, before, after) if len(after) else single
    return {
        name: np.bincount(whose, weights=-np.log(likely), minlength=len(ids)).astype(np.float64)
        for name, likely in (("unigram", single), ("bigram", pair))
    }


def unigram(train_ids: Sequence[NDArray[np.int64]], vocabulary: int) -> NDArray[np.float64]:
    """(vocabulary,) probability of each id as a next token, whatever came before; 0 for padding, the rest sums to 1."""
    return _discounted(np.bincount(_pairs(train_ids)[1], minlength=vocabulary))


def bigram(
    train_ids: Sequence[NDArray[np.int64]], vocabulary: int, before: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(N,) probability that token `after[i]` follows `before[i]`: interpolated Kneser-Ney.

    max(c(v w) - D, 0) / c(v) + D · N(v ·) / c(v) · p(w), where c counts, N(v ·) is how many different tokens follow v, and
    p(w) is after how many different tokens w stands, discounted in turn. After a token that training never continues: p(w).
    """
    first, second = _pairs(train_ids)
    keys, counts = np.unique(first * vocabulary + second, return_counts=True)
    base = _discounted(np.bincount(keys % vocabulary, minlength=vocabulary))
    discount = _discount(counts)
    followed = np.bincount(first, minlength=vocabulary).astype(np.float64)
    different = np.bincount(keys // vocabulary, minlength=vocabulary)
    seen = np.append(counts, 0)[_places(keys, before * vocabulary + after)]
    times = np.maximum(followed[before], 1)
    share = np.where(followed[before] > 0, discount * different[before] / times, 1.0)
    return np.maximum(seen - discount, 0) / times + share * base[after]


def _pairs(sequences: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every token that has one before it in its sequence, and that one."""
    long = [np.asarray(one, np.int64) for one in sequences if len(one) > 1]
    if not long:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([one[:-1] for one in long]), np.concatenate([one[1:] for one in long])


def _places(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each wanted key stands among the sorted keys; len(keys) where it is not there."""
    places = np.searchsorted(keys, wanted)
    found = np.append(keys, -1)[places] == wanted
    return np.where(found, places, len(keys))


def _discounted(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shares of counts, a little of each seen id given to all ids alike; id 0 gets nothing."""
    counts = counts.copy()
    counts[0] = 0
    alike = np.full(len(counts), 1 / max(1, len(counts) - 1))
    alike[0] = 0
    if not (total := counts.sum()):
        return alike
    discount = _discount(counts)
    return np.maximum(counts - discount, 0) / total + discount * np.count_nonzero(counts) / total * alike


def _discount(counts: NDArray[np.int64]) -> float:
    """What is taken off every count: n1 / (n1 + 2 n2) of those seen once and twice (Ney et al., 1994), else 0.75."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    return once / (once + 2 * twice) if once and twice else 0.75
