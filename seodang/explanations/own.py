"""A run's own data, as far as explanations need it: opened on first use, and no more of it than was asked for."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from seodang.core.errors import DataError, RunError
from seodang.core.language import tr
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.open import open_any
from seodang.data.prepare import prepare
from seodang.data.source import Source
from seodang.evaluation import predictions
from seodang.evaluation.naming import split_name
from seodang.explanations._makers import judging
from seodang.runs.folder import Run, trained_on


class Own:
    """The data of a run. `predictions` needs a judged run; everything else the data where they were."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @functools.cached_property
    def predictions(self) -> predictions.Judged:
        """Every judged example with its answer. RunError where the run has not been judged."""
        return predictions.read(self.run.folder)

    @functools.cached_property
    def source(self) -> Source | Frame:
        """The data as they lie, neither divided nor decoded. RunError where the run was imported, DataError where they are gone."""
        return open_any(trained_on(self.run.folder, self.run.data), self.run.recipe.columns)

    @functools.cached_property
    def data(self) -> Encoded:
        """Rows, texts or windows divided and encoded as in training."""
        found = self.run.prepared()
        assert isinstance(found, Encoded), "pictures are not divided here"
        return found

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {predictions.readable(name): place for place, name in enumerate(self.source.ids)}

    def judged(self, number: int) -> int:
        """`#number` (the first is 1) as a place in `predictions`. DataError where there are not so many."""
        count, split = self._counted()
        if not 1 <= number <= count:
            raise DataError(
                tr(
                    "#{number} is not there: {run} was judged on {count:,} {split} examples, #1 to #{count}.",
                    number=number,
                    run=self.run.name,
                    count=count,
                    split=split_name(split),
                )
            )
        return number - 1

    def _counted(self) -> tuple[int, str]:
        """How many examples judge the run, and of which split they are."""
        if self.run.recipe.makes_examples:  # no answers are kept of them
            return len(judging(self.run)), judging(self.run).name
        return len(self.predictions.ids), self.predictions.split

    def place(self, name: str) -> int:
        """Where the example of a name lies in `source`. RunError where it is not there any more."""
        if name not in self._places:
            raise RunError(
                tr(
                    "{name} is no longer in {where}: put the data back, or judge the run again.",
                    name=name,
                    where=self.source.where,
                )
            )
        return self._places[name]

    def pixels(self, names: Sequence[str]) -> list[np.ndarray]:
        """The pictures of these names, each (C, H, W) uint8, prepared as in training."""
        source: Any = self.source
        found = []
        for place in map(self.place, names):
            picture = source.pixels[place] if source.pixels is not None else source.read(place)
            found.append(prepare(picture, self.run.recipe.preparation))
        return found
