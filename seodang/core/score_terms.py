"""The terms that say how well a network does, and beside what, in one or two plain sentences each."""

from __future__ import annotations

from seodang.core.language import tr
from seodang.core.term import Term


def score_terms() -> list[Term]:
    """Scores and their intervals, baselines, splits, and what is wrong with data or a fit."""
    return [
        Term(
            tr("95 % interval"),
            tr(
                "How far off the score may be because only so many examples were judged: in 95 of 100 such samples the true score lies "
                "within. More examples make it narrower."
            ),
            "95 % intervals?|intervals?",
        ),
        Term(
            tr("baseline"),
            tr(
                "What a very simple method reaches; a network that is not clearly better has learnt nothing worth its cost."
            ),
            "baselines?",
        ),
        Term(
            tr("naive guess"),
            tr("Always the same answer: the commonest class, or the mean."),
            "naive guess|the naive guess",
        ),
        Term(
            tr("linear model"),
            tr("The simplest model that learns: it weighs every input and adds them up, with nothing in between."),
            "linear models?|logistic regression|ridge regression",
        ),
        Term(
            tr("boosted trees"),
            tr("Many small decision trees, each grown to mend what those before it got wrong; hard to beat on tables."),
            "boosted trees|gradient-boosted trees",
        ),
        Term(
            tr("calibration error"),
            tr("How far, on average, stated confidence is from the share that is right: 0 is honest."),
            "calibration errors?",
        ),
        Term(
            tr("calibration"),
            tr("Whether answers given with 80 % confidence are right 80 % of the time."),
            "calibration|calibrated",
        ),
        Term(
            tr("confusion matrix"),
            tr("A table of which class (row) was taken for which (column); the diagonal is right."),
            "confusion matrix",
        ),
        Term(
            tr("balanced accuracy"),
            tr("Recall, averaged over the classes: a rare class weighs as much as a common one."),
            "balanced accuracy",
        ),
        Term(tr("accuracy"), tr("The share of examples whose most probable class is the true one."), "accuracy"),
        Term(tr("precision"), tr("Of the examples called this class, the share that are."), "precision"),
        Term(tr("recall"), tr("Of the examples that are this class, the share that were found."), "recall"),
        Term("F1", tr("One number for precision and recall: high only where both are."), "F1"),
        Term(
            "ROC AUC",
            tr(
                "The chance that an example of the one class scores higher than one of the other: 1 tells them apart always, 0.5 is a coin."
            ),
            "ROC AUC|ROC",
        ),
        Term(
            "p",
            tr(
                "How often chance alone would give a difference as large as this one; below 0.05 it is called beyond chance."
            ),
            "",
            "p(?= (?:&lt;|=) )",
        ),
        Term(
            tr("perplexity"),
            tr(
                "Between how many equally likely next tokens the network is undecided, on average: 1 is certain, fewer is better."
            ),
            "perplexity",
        ),
        Term(
            tr("skill"),
            tr("How much smaller the error is than a simple method's: 1 is perfect, 0 no better, below 0 worse."),
            "skill",
        ),
        Term(
            tr("root mean squared error"),
            tr("The root of the mean of the squared distances: like the mean distance, but large mistakes weigh more."),
            "root mean squared(?: error| distance)?",
        ),
        Term(
            "R²",
            tr("The share of the spread that is explained: 1 is perfect, 0 no better than always saying the mean."),
            "R²",
        ),
        Term(
            tr("near duplicate"),
            tr(
                "Nearly the same example twice: cropped, brighter or saved again. In two splits it makes the score too good."
            ),
            "near duplicates?|nearly the same",
        ),
        Term(
            tr("overfitting"),
            tr("Training examples are remembered rather than understood, so new ones do worse."),
            "overfit(?:ting|ted)?",
        ),
        Term(
            tr("underfitting"),
            tr("Not even the training examples are read well: trained too short, or the network is too small."),
            "underfit(?:ting|ted)?",
        ),
        Term(
            tr("test split"),
            tr("Examples kept apart until the end, to judge by once; training and choosing never see them."),
            "test split|test (?:pictures|rows|texts|windows)",
        ),
        Term(
            tr("validation"),
            tr("Examples that are not learnt from, but by which settings and the best epoch are chosen."),
            "validation",
        ),
    ]
