"""Is one run better than another, or is it noise? Paired tests on the same judged examples."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.evaluation import predictions
from seodang.evaluation.amounts import amount_intervals, losses, nearer, rounded
from seodang.evaluation.envelope import training_seconds
from seodang.evaluation.intervals import gain, holm, paired, perplexity, ratio, wilson
from seodang.evaluation.naming import split_name
from seodang.evaluation.predictions import Amounts, Judged, Predictions, Tokens
from seodang.evaluation.verdict import LEVEL, chance, points
from seodang.runs.folder import Run, load


def compare(runs: Sequence[Run | str | Path]) -> dict[str, Any]:
    """Put judged runs side by side and test every pair that was judged on the same examples, their own or of other data.

    Gives `runs` [{run, name, recipe, data, epochs, seconds, split, examples, sha256, accuracy (of amounts mae, of tokens
    perplexity), interval}] and `pairs` [{first, second, comparable, words, …}]; of a comparable pair also difference (accuracy of
    the second minus that of the first) with its interval, first_only and second_only (examples only that one got right), p_value
    (exact McNemar) and adjusted_p_value (Holm, for several pairs), and data where both were judged on the same examples of other data
    than their own (`evaluate RUN DATA`); of amounts the difference of the mean losses, by the test of
    Diebold and Mariano; of tokens that of the losses a token, by a paired test of the texts. `words` says it in a sentence.

    Raises RunError where fewer than two runs are given, one is given twice, or one has not been judged yet.
    """
    opened = [run if isinstance(run, Run) else load(run) for run in runs]
    if len(opened) < 2:
        raise RunError(tr("Comparing needs two runs or more, got {count}.", count=len(opened)))
    folders = [run.folder.resolve() for run in opened]
    if len(set(folders)) < len(folders):
        twice = next(run for run, folder in zip(opened, folders, strict=True) if folders.count(folder) > 1)
        raise RunError(tr("{folder} is given twice. Give each run once.", folder=twice.folder))
    if makes := next((run for run in opened if run.recipe.makes_examples), None):
        raise RunError(
            tr(
                "{run} gives no answers that are right or wrong: its task is {task}. Put the reports of `seodang "
                "evaluate` side by side: judged on the same examples, the lower mean squared or Fréchet distance is "
                "the better.",
                run=makes.name,
                task=makes.recipe.task,
            )
        )
    judged = [predictions.read(run.folder) for run in opened]
    titles = _titles(opened)
    are_rows = all(run.encoding is not None for run in opened)
    pairs = []
    for i, j in combinations(range(len(opened)), 2):
        pair = _pair(titles, judged, i, j, are_rows)
        if not pair["comparable"] and (found := _on_other_data(opened[i], opened[j], are_rows)):
            *both, data = found
            pair = {**_pair([titles[i], titles[j]], both, 0, 1, are_rows), "data": data}
        pairs.append(pair)
    tested = [pair for pair in pairs if pair["comparable"]]
    for pair, adjusted in zip(tested, holm([pair["p_value"] for pair in tested]), strict=True):
        pair["adjusted_p_value"] = adjusted
        pair["words"] = _words(pair)
        if "data" in pair:
            pair["words"] += " " + tr("Both were judged on {data}.", data=pair["data"])
    rows = [_row(run, title, each) for run, title, each in zip(opened, titles, judged, strict=True)]
    return {"runs": rows, "pairs": pairs, "notes": _notes(tested)}


def _titles(runs: Sequence[Run]) -> list[str]:
    """The runs' names; where two are the same, their folders."""
    names = [run.name for run in runs]
    return [str(run.folder) if names.count(run.name) > 1 else run.name for run in runs]


def _row(run: Run, title: str, judged: Judged) -> dict[str, Any]:
    if isinstance(judged, Tokens):
        middle, ends = perplexity(*ratio(judged.losses, judged.counts))
        score: dict[str, Any] = {"perplexity": round(middle, 4), "interval": [round(end, 4) for end in ends]}
    elif isinstance(judged, Amounts):
        errors = np.abs(judged.predicted - judged.targets).mean(axis=1)
        low, high = amount_intervals(judged.targets, judged.predicted, max(1, judged.lag))["mae"]
        score = {"mae": rounded(float(errors.mean())), "interval": [low, high]}
    else:
        low, high = wilson(int(judged.right.sum()), len(judged.right))
        score = {"accuracy": round(float(judged.right.mean()), 6), "interval": [round(low, 6), round(high, 6)]}
    return {
        "run": str(run.folder),
        "name": title,
        "recipe": run.recipe.name,
        "data": run.data["source"]["name"],
        "epochs": len(run.history),
        "seconds": training_seconds(run),
        "split": judged.split,
        "examples": len(judged.ids),
        "sha256": judged.sha256,
        **score,
    }


def _pair(titles: Sequence[str], judged: Sequence[Judged], i: int, j: int, are_rows: bool) -> dict[str, Any]:
    names = {"first": titles[i], "second": titles[j]}
    first, second = judged[i], judged[j]
    if not _same_examples(first, second, are_rows):
        return {**names, "comparable": False, "words": _why_not(titles[i], titles[j], first, second)}
    if isinstance(first, Amounts):
        assert isinstance(second, Amounts), "both are of one kind"
        loss = first.loss
        tested = nearer(
            losses(first.targets, first.predicted, loss), losses(second.targets, second.predicted, loss), first.lag
        )
        return {**names, "comparable": True, "examples": len(first.ids), "split": first.split, "loss": loss, **tested}
    if isinstance(first, Tokens):
        assert isinstance(second, Tokens), "both are of one kind"
        told = {"examples": len(first.ids), "split": first.split, "loss": "token"}
        return {**names, "comparable": True, **told, **gain(first.losses, second.losses, first.counts)}
    assert isinstance(second, Predictions), "both are of one kind"
    tested = paired(first.right, second.right)
    return {**names, "comparable": True, "examples": len(first.ids), "split": first.split, **tested}


def _on_other_data(first: Run, second: Run, are_rows: bool) -> tuple[Judged, Judged, str] | None:
    """What both runs answered on the same examples of data that is not the own of both (`evaluate RUN DATA`), and that data's name."""
    here, there = (_answers(run) for run in (first, second))
    for mine, name in here:
        for theirs, other_name in there:
            if (name or other_name) and _same_examples(mine, theirs, are_rows):
                return mine, theirs, name or other_name
    return None


def _answers(run: Run) -> list[tuple[Judged, str]]:
    """All that a run answered when it was judged, beside the name of the data; "" of its own. A damaged file of other data is none."""
    found = [(predictions.read(run.folder), "")]
    for file, name in predictions.names_of_others(run.folder).items():
        with contextlib.suppress(RunError):
            found.append((predictions.read(run.folder, file), name))
    return found


def _same_examples(first: Judged, second: Judged, are_rows: bool) -> bool:
    """Whether both were judged on the same examples in the same order: by their hash or, of rows, where one network sees other columns,
    another scale or a longer past, by their names and what is true of each."""
    if isinstance(first, Tokens) and isinstance(second, Tokens):
        alike = first.tokenizer == second.tokenizer and first.ids == second.ids
        return alike and np.array_equal(first.counts, second.counts)
    if type(first) is not type(second):
        return False
    if first.sha256 == second.sha256:
        return True
    if not are_rows or first.ids != second.ids:
        return False
    if isinstance(first, Amounts):
        return isinstance(second, Amounts) and np.array_equal(first.targets, second.targets)
    assert isinstance(first, Predictions), "tokens were told apart above"
    assert isinstance(second, Predictions), "both are of one kind"
    return first.classes == second.classes and np.array_equal(first.labels, second.labels)


def _why_not(first_name: str, second_name: str, first: Judged, second: Judged) -> str:
    both = tr(
        "{first} and {second} cannot be compared example by example",
        first=first_name,
        second=second_name,
    )
    if type(first) is not type(second):
        return (
            tr("{both}: one writes, the other does not.", both=both)
            if Tokens in (type(first), type(second))
            else tr("{both}: one tells classes apart, the other foretells amounts.", both=both)
        )
    if isinstance(first, Tokens) and isinstance(second, Tokens) and first.tokenizer != second.tokenizer:
        return tr(
            "{both}: they cut texts into other tokens, so perplexities say nothing beside each other. Where both reports have bits a "
            "character, put those side by side.",
            both=both,
        )
    shared = len(set(first.ids) & set(second.ids))
    sizes = tr(
        "{count:,} {split} and {other_count:,} {other_split} examples",
        count=len(first.ids),
        split=split_name(first.split),
        other_count=len(second.ids),
        other_split=split_name(second.split),
    )
    if not shared:
        return tr(
            "{both}: they were judged on other examples ({sizes}). Judge both on one data set that neither was "
            "trained on (`seodang evaluate RUN DATA`), then compare them again.",
            both=both,
            sizes=sizes,
        )
    return tr(
        "{both}: they were judged on different splits ({sizes}; {shared:,} in common by name). Train both "
        "with the same data and split settings, split.seed too.",
        both=both,
        sizes=sizes,
        shared=shared,
    )


def _words(pair: dict[str, Any]) -> str:
    """The result of a comparable pair in one sentence."""
    p_value, examples, difference = pair["adjusted_p_value"], pair["examples"], pair["difference"]
    if "loss" in pair:
        return _amount_words(pair)
    low, high = pair["interval"]
    first, second, first_only, second_only = pair["first"], pair["second"], pair["first_only"], pair["second_only"]
    split = _which(pair["split"])
    if not first_only + second_only:
        return tr(
            "No difference: {first} and {second} are right and wrong on the same {examples:,} {split} examples.",
            first=first,
            second=second,
            examples=examples,
            split=split,
        )
    if difference < 0:
        first, second, first_only, second_only = second, first, second_only, first_only
        difference, low, high = -difference, -high, -low
    told = {"low": _signed(low, examples), "high": _signed(high, examples), "p": chance(p_value)}
    told |= {"first": first, "second": second, "first_only": first_only, "second_only": second_only}
    if p_value < LEVEL:
        return tr(
            "{second} is better than {first}: +{difference} points (95 % interval {low} to {high}), {second_only:,} against "
            "{first_only:,} disagreements, {p}.",
            difference=points(difference, examples),
            **told,
        )
    return tr(
        "No difference that {examples:,} {split} examples can show between {first} and {second}: {difference} points for "
        "{second} (95 % interval {low} to {high}), {second_only:,} against {first_only:,} disagreements, {p}.",
        examples=examples,
        split=split,
        difference=_signed(difference, examples),
        **told,
    )


def _which(split: str) -> str:
    """The word before "examples": the split, or of all examples of other data that they were judged."""
    return tr("judged") if split == "all" else split_name(split)


def _amount_words(pair: dict[str, Any]) -> str:
    better, worse = (pair["second"], pair["first"]) if pair["difference"] > 0 else (pair["first"], pair["second"])
    difference = abs(pair["difference"])
    by = {
        "mse": lambda: tr("squared distance smaller by {difference:.4g} on average", difference=difference),
        "mae": lambda: tr("distance smaller by {difference:.4g} on average", difference=difference),
        "token": lambda: tr("loss smaller by {difference:.4g} a token", difference=difference),
    }[pair["loss"]]()
    told = {"count": pair["examples"], "split": _which(pair["split"]), "by": by, "better": better}
    told |= {"p": chance(pair["adjusted_p_value"])}
    if pair["adjusted_p_value"] < LEVEL:
        return tr(
            "{better} is better than {worse}: {by} over {count:,} {split} examples, {p}.",
            worse=worse,
            **told,
        )
    return tr(
        "No difference that {count:,} {split} examples can show between {first} and {second}: {by} for {better}, {p}.",
        first=pair["first"],
        second=pair["second"],
        **told,
    )


def _signed(share: float, examples: int) -> str:
    """Points with a sign, zero without.

    >>> _signed(0.006, 500), _signed(-0.006, 500), _signed(0.0, 500)
    ('+0.6', '-0.6', '0')
    """
    return "0" if share == 0 else ("+" if share > 0 else "-") + points(abs(share), examples)


def _notes(tested: Sequence[dict[str, Any]]) -> list[str]:
    notes = []
    if len(tested) > 1:
        notes.append(
            tr(
                "p-values are Holm's for {count} comparisons, so that looking often does not find by chance.",
                count=len(tested),
            )
        )
    if tested:
        notes.append(tr("This compares these trained networks; another seed of the same recipe gives another network."))
    return notes
