"""The labs of rows, texts and series that are raced, each with its Keras program, our recipes, and the score both must reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import row_data
from benchmarks.scores import Score


@dataclass(frozen=True)
class Way:
    """One of our own ways to the score.

    recipe: by name.   settings: laid over it.
    steps: it is tried with so many steps, the fewest first, where its learning rate falls to its end; none: it is judged after
        each epoch and stops where it is good enough.
    """

    recipe: str
    settings: dict[str, Any] = field(default_factory=dict)
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class RowLab:
    """One lab.

    recipe: our faithful recipe.   settings: laid over it, so that it holds out what Keras holds out.
    program: file in benchmarks/keras_programs.
    score, of: what is compared, and on which examples; the race is run to Keras' best of its epochs.
    data: writes the files that both sides read, into a folder; gives what ours is told to open there.
    epochs: the Keras program's, in the notes.   cap, quick_cap: those it is given here; our faithful recipe may take twice as many.
    rounds: repetitions in the full benchmark, each with another seed.
    ways: our own ways to the same score, the house recipe first.
    """

    id: str
    recipe: str
    program: str
    score: Score
    of: str
    data: Callable[[Path], str]
    epochs: int
    cap: int
    rounds: int = 3
    quick_cap: int = 20
    settings: dict[str, Any] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    note: str = ""


STEPS = (10, 20, 40, 60, 90, 130, 200, 300, 450, 700, 1000, 1500)

ROW_LABS = {
    lab.id: lab
    for lab in (
        RowLab(
            id="L30",
            recipe="table-regression",
            program="table_regression",
            score="rmse",
            of="a fifth of california-housing, dollars",
            data=row_data.houses,
            epochs=50,
            cap=50,
            settings={"split.validation": 0},
            ways=(Way("table-regressor", steps=STEPS[3:]), Way("table-regressor-quick", steps=STEPS[3:])),
        ),
        RowLab(
            id="L40",
            recipe="headlines",
            program="headlines",
            score="perplexity",
            of="the words of a tenth of the headlines, those that training has too",
            data=row_data.headlines,
            epochs=30,
            cap=4,
            rounds=1,
            settings={"split.validation": 0},
            # No validation of its own: its vocabulary has to be the same, and with it the words that are judged.
            ways=(
                Way("headlines-whole", {"split.validation": 0, "training.keep": "last", "training.epochs": 12}),
                Way("headlines-pairs", {"split.validation": 0, "training.keep": "last"}, STEPS),
            ),
            note="Keras is given 4 of the notes' 30 epochs: from then on it gets worse on headlines it has not seen.",
        ),
        RowLab(
            id="L41",
            recipe="number-series",
            program="number_series",
            score="mae",
            of="the last 20 windows",
            data=row_data.numbers,
            epochs=500,
            cap=500,
            ways=(Way("forecaster", {"series.test_windows": 20}, STEPS),),
        ),
        RowLab(
            id="L42",
            recipe="stock-lstm",
            program="stock_lstm",
            score="rmse",
            of="the last 100 days, dollars",
            data=row_data.shares,
            epochs=30,
            cap=30,
            ways=(
                Way(
                    "forecaster",
                    {
                        "series.first": "2015-01-01",
                        "series.last": "2022-04-21",
                        "series.test_windows": 100,
                        "columns.target": "Close",
                    },
                    STEPS,
                ),
            ),
        ),
        RowLab(
            id="L43",
            recipe="imdb-bilstm",
            program="imdb_bilstm",
            score="accuracy",
            of="2,500 reviews",
            data=row_data.reviews,
            epochs=50,
            cap=1,
            rounds=1,
            settings={"split.validation": 0, "training.patience": "null"},
            ways=(
                Way("text-classifier", steps=STEPS[4:]),
                # The same network: its end of the reviews, small batches.
                Way("imdb-bilstm-quick", {"split.validation": 0, "training.keep": "last"}, STEPS[3:]),
            ),
            note="Keras is given 1 of the notes' 50 epochs, for one takes many minutes: the score after it is the target.",
        ),
    )
}
