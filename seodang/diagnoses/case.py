"""What is diagnosed: data, or a run with the data it was trained on. Costly things are made once, when first asked for."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import SeodangError
from seodang.core.files import read_lines
from seodang.core.language import tr
from seodang.data.duplicates import exact, near
from seodang.data.encoded import Encoded
from seodang.data.finding import Finding
from seodang.data.findings import findings
from seodang.data.frame import Frame
from seodang.data.load import Prepared
from seodang.data.open import open_any
from seodang.data.purpose import purpose
from seodang.data.purposes import Purpose
from seodang.data.repeated_texts import repeats
from seodang.data.row_findings import row_findings
from seodang.data.scan import Scan, scan
from seodang.data.seen import Seen
from seodang.data.source import SPLITS, Source
from seodang.data.twice import Twice, twice_in
from seodang.diagnoses.diagnosis import NotChecked
from seodang.evaluation.judge_rows import noun
from seodang.recipes.choose import HOUSE
from seodang.recipes.choose_rows import house_for, spelled_out
from seodang.recipes.resolve import resolve
from seodang.runs.folder import Run, load, read_data, read_machine, read_recipe, read_report
from seodang.runs.opening import encode_frame

LEVEL = 0.05
# Words of a text that nobody writes twice by chance: at ten bits a word (a unigram perplexity of a thousand) four would do among a
# hundred thousand texts; common phrases need more. Short reviews ("재밌어요") are the same without being copies.
LONG = 10


@dataclass(eq=False)
class Case:
    """What the checks are given.

    where: what was asked for.   source: the data as it lies, or None where it cannot be opened, with the `problem`.
    run: a run on it, or None.   prepared: the run's data, divided as in training.
    given_report: of `evaluate`, where it was just made; else the run's report.json.
    quick: whether only what costs next to nothing may be asked for, as at the end of a training.
    """

    where: str
    source: Source | Frame | None
    run: Run | None = None
    prepared: Prepared | Encoded | None = None
    problem: str = ""
    given_report: dict[str, Any] | None = None
    quick: bool = False

    # The run ------------------------------------------------------------------------------------------------------------

    @property
    def trained(self) -> Run:
        """The run; a check that asks for it has nothing to say on data alone."""
        if self.run is None:
            raise NotChecked
        return self.run

    @property
    def finished(self) -> Run:
        """The run, where it has weights."""
        if not (self.trained.folder / "model.safetensors").exists():
            raise NotChecked(tr("The run has not finished training."))
        return self.trained

    @functools.cached_property
    def report(self) -> dict[str, Any]:
        """What `evaluate` last said of the run on its own data."""
        if self.given_report is not None:
            return self.given_report
        found = read_report(self.trained.folder)
        if found is None:
            raise NotChecked(
                tr("The run has not been judged yet: `seodang evaluate {folder}`.", folder=self.trained.folder)
            )
        return found

    @property
    def own_report(self) -> dict[str, Any]:
        """The report, where it says something of new examples."""
        if self.report["split"] == "train" or not self.report["judged"]["is_own"]:
            raise NotChecked
        return self.report

    @property
    def history(self) -> list[dict[str, Any]]:
        """The epochs; a head that was solved for has none."""
        lines = self.trained.history
        if not lines or "penalty" in lines[0]:
            raise NotChecked
        return lines

    @property
    def failed(self) -> dict[str, Any] | None:
        """The epoch in which the loss stopped being a number, where it did."""
        file = self.trained.folder / "failed.jsonl"
        return [*read_lines(file)][-1] if file.exists() else None

    @property
    def beaten_by(self) -> list[str]:
        """The simple methods that the run was not shown to be as good as: those better beyond chance, and a guess not beaten."""
        if self.trained.recipe.makes_examples:
            raise NotChecked(
                tr("The report of a network whose answers are examples sets it beside PCA, or real beside real.")
            )
        found = []
        for name, each in self.report.get("baselines", {}).items():
            test = each.get("network_against_it")
            if name == "untouched" or test is None:
                found += [name] if each.get("better") is False else []
                continue
            worse = test["p_value"] < LEVEL and test["difference"] < 0
            if worse or (name == "naive" and test["p_value"] >= LEVEL and not self._too_few_to_tell(each)):
                found.append(name)
        return found

    def _too_few_to_tell(self, guess: dict[str, Any]) -> bool:
        """Whether even a network without a mistake could not be shown to be better than a guess that this one is ahead of.

        Then so many examples say nothing against it: of 2 right answers to 2, and a guess that has 1, chance explains the rest. The
        sign test on the examples that the guess gets wrong.
        """
        if "accuracy" not in guess or guess["network_against_it"]["difference"] <= 0:
            return False
        wrong = round((1 - guess["accuracy"]) * self.report["judged"]["examples"])
        return 2 * 0.5**wrong >= LEVEL

    @functools.cached_property
    def learnt_little(self) -> bool:
        """Whether something simpler does better, or, before it was judged, whether training left most of the naive loss."""
        try:
            return bool(self.beaten_by)
        except NotChecked:
            return not self.history or self.history[-1]["loss"] > 0.7 * self.naive_loss

    @property
    def train_data(self) -> Any:
        """The run's training split, as it went into the network."""
        if self.prepared is None:
            self.trained  # noqa: B018 - data alone has no training split
            raise NotChecked(tr("The training data cannot be opened: {problem}", problem=self.problem))
        return self.prepared.train

    @functools.cached_property
    def naive_loss(self) -> float:
        """The training loss of always putting out what the training labels say on average, smoothed as the run's were."""
        run = self.trained
        if run.recipe.task not in ("classify", "regress", "forecast"):
            raise NotChecked
        task, labels = run.task, self.train_data.labels
        some = labels[:: max(1, len(labels) // 5000)]
        outputs = task.naive(some).expand(len(some), *([-1] * (task.naive(some).dim() - 1)))
        smoothing = {"smoothing": run.recipe.training.label_smoothing} if run.recipe.task == "classify" else {}
        return float(task.loss(outputs, some, **smoothing))

    # The data -----------------------------------------------------------------------------------------------------------

    @property
    def opened(self) -> Source | Frame:
        """The data as it lies."""
        if self.source is None:
            raise NotChecked(tr("The data cannot be opened: {problem}", problem=self.problem))
        return self.source

    def costs(self) -> None:
        """Said by a check before it does what takes more than an instant."""
        if self.quick:
            raise NotChecked

    @functools.cached_property
    def frame(self) -> Frame:
        """The rows, each with the split it is in; pictures have none."""
        found = self.opened
        if not isinstance(found, Frame):
            raise NotChecked
        return found if self.prepared is None or self.purpose.form == "series" else replace(found, splits=self.splits)

    @functools.cached_property
    def purpose(self) -> Purpose:
        """What the rows are for."""
        if isinstance(self.prepared, Encoded):
            return self.prepared.purpose
        if not isinstance(self.opened, Frame):
            raise NotChecked
        try:
            return purpose(self.opened)
        except SeodangError as error:
            raise NotChecked(str(error)) from None

    @functools.cached_property
    def splits(self) -> np.ndarray:
        """(N,) the split of each example: as the data gives it, or as the run was divided; "" or "unused" elsewhere."""
        if self.prepared is None:
            given = self.opened.splits
            return given if isinstance(self.opened, Frame) else np.where(given == "", "all", given)
        found = np.full(len(self.opened), "unused", dtype="<U10")
        for name in SPLITS:
            found[getattr(self.prepared.division, name)] = name
        return found

    @functools.cached_property
    def looked(self) -> Scan:
        """The scan of the pictures; rows have none."""
        if isinstance(self.prepared, Prepared):
            return self.prepared.scan
        if not isinstance(self.opened, Source):
            raise NotChecked
        self.costs()
        found = scan(self.opened)
        self.source = found.source  # without those that could not be decoded
        return found

    @functools.cached_property
    def same(self) -> Seen:
        """The pictures with those that are the same, pixel for pixel."""
        looked = self.looked
        return Seen(looked, self.splits, self.prepared is not None, exact(looked), [])

    @functools.cached_property
    def alike(self) -> Seen:
        """The pictures with those that are nearly the same."""
        self.costs()
        seen = self.same
        return Seen(seen.looked, seen.splits, seen.is_divided, [], near(seen.looked))

    @functools.cached_property
    def twice(self) -> list[Twice]:
        """Classes that hold the same pictures: as they were found when the run began, else sought."""
        known = self.run.data.get("same_pictures") if self.run is not None else None
        if known is not None:
            return [Twice(**one) for one in known]
        self.costs()
        return twice_in(self.looked)

    @functools.cached_property
    def noticed(self) -> list[Finding]:
        """What `look` finds in the data, near duplicates left out."""
        self.costs()
        if isinstance(self.opened, Frame):
            return row_findings(self.frame, self.purpose)
        return findings(self.same)

    def found(self, *kinds: str) -> list[Finding]:
        """Those findings of `look` that are of these kinds."""
        return [finding for finding in self.noticed if finding["kind"] in kinds]

    @functools.cached_property
    def texts_twice(self) -> list[list[int]]:
        """The rows of each text that stands more than once and is so long that nobody writes it twice by chance."""
        self.costs()
        texts = self.frame.table[str(self.purpose.text)].tolist()
        return [rows for rows in repeats(texts) if len(str(texts[rows[0]]).split()) >= LONG]

    @functools.cached_property
    def encoded(self) -> Encoded:
        """A series, encoded as its house recipe would."""
        if isinstance(self.prepared, Encoded):
            return self.prepared
        if self.purpose.form != "series":
            raise NotChecked
        self.costs()
        assert isinstance(self.opened, Frame), "a series is rows"
        try:
            recipe, _ = spelled_out(resolve(house_for(self.opened, resolve(HOUSE, {})), {}), self.opened)
            return encode_frame(self.opened, recipe)
        except SeodangError as error:
            raise NotChecked(str(error)) from None

    @property
    def noun(self) -> str:
        """What one example is called."""
        if self.run is not None:
            return "picture" if self.run.encoding is None else noun(self.run)
        if isinstance(self.opened, Source):
            return "picture"
        return {"texts": "text", "pairs": "text", "prose": "text", "series": "window"}.get(self.purpose.form, "row")


def case_of_run(folder: Path, report: dict[str, Any] | None = None) -> Case:
    """A run and its data, opened again; a run that did not finish too."""
    if (folder / "manifest.json").exists():
        run = load(folder)
    else:
        history = [*read_lines(folder / "history.jsonl")] if (folder / "history.jsonl").exists() else []
        machine = read_machine(folder) if (folder / "machine.json").exists() else {}
        run = Run(folder, read_recipe(folder), read_data(folder), history, machine)
    try:
        data = run.prepared()
    except SeodangError as error:
        return Case(str(folder), None, run, None, str(error), report)
    return Case(str(folder), data.source, run, data, "", report)


def case_of_data(where: str | Path | Source | Frame) -> Case:
    """Data alone."""
    source = where if isinstance(where, Source | Frame) else open_any(where)
    return Case(source.where, source)
