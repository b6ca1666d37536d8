"""What `seodang look` prints of a table, texts or a series."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from seodang.core.language import later, tr, trn
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console

    from seodang.data.frame import Frame
    from seodang.data.purposes import Purpose
    from seodang.recipes.recipe import Recipe

COLUMNS = 40  # that are shown one by one
# What the rows are and what can be done with them: the reason for the recipe that is suggested.
REASONS = {
    ("table", "classify"): later("a table to tell classes apart"),
    ("table", "regress"): later("a table to foretell an amount"),
    ("texts", "classify"): later("texts to tell classes apart"),
    ("texts", "regress"): later("texts to foretell an amount"),
    ("texts", "next_token"): later("texts to learn how it goes on"),
    ("pairs", "translate"): later("pairs of sentences to translate"),
    ("prose", "next_token"): later("running text to learn how it goes on"),
    ("series", "forecast"): later("a time series to forecast"),
}


def tell(
    frame: Frame, asked: Recipe, console: Console, where: str, settings: dict[str, str]
) -> tuple[dict[str, Any], Purpose | None]:
    """Print what the rows are, what is wrong with them, and the recipe for them; give back the same, and what they are for."""
    from seodang.core.errors import DataError
    from seodang.data.look_rows import look_rows
    from seodang.recipes.choose_rows import HOUSES, purpose_of

    try:
        purpose = purpose_of(frame, asked, guess=True)
    except DataError:
        if settings:
            raise
        purpose = None
    found = look_rows(frame, purpose)
    if purpose is not None:
        name = HOUSES[purpose.form, purpose.task]
        reason = tr(REASONS[purpose.form, purpose.task])
        found["suggested_recipe"] = {"name": name, "reason": reason}
    show_rows(found, console, where, settings)
    return found, purpose


def show_rows(found: dict[str, Any], console: Console, where: str, settings: dict[str, str]) -> None:
    """Print it for a person: what it is and why, the columns, classes or amounts, the findings, what to do next."""
    from rich.markup import escape

    from seodang.cli._found import show_findings, show_left_out, table_of_classes, title
    from seodang.data.look_rows import NOTHING

    console.print(title(found["name"], found["where"]))
    columns, rows = len(found["columns"]), found["examples"]
    sizes = (trn("{count:,} row", "{count:,} rows", rows), trn("{count:,} column", "{count:,} columns", columns))
    console.print(", ".join((shown(found["form"]), *sizes)), markup=False)
    for reason in (found["purpose"] or {"reasons": []})["reasons"]:
        console.print(shown(reason), markup=False)
    console.print()
    console.print(_columns(found))
    if found["classes"]:
        console.print()
        console.print(table_of_classes(found, later("texts") if found["kind"] == "texts" else later("rows")))
    elif len(found["counts"]) > 1:
        splits = ", ".join(f"{tr(name)} {split['examples']:,}" for name, split in found["counts"].items())
        console.print(tr("\nSplits: {splits}", splits=splits), markup=False)
    for line in (_amount(found), _series(found)):
        if line:
            console.print(f"\n{line}", markup=False)
    if found["problem"]:
        console.print(f"\n[bold red]![/bold red] {escape(shown(found['problem']))}")
    else:
        show_findings(found, console, NOTHING[found["kind"]])
    show_left_out(found, console)
    if recipe := found.get("suggested_recipe"):
        words = [where, recipe["name"], *(f"{key}={value}" for key, value in settings.items())]
        console.print(
            tr("\nNext: seodang train {words}   ({reason})", words=shlex.join(words), reason=recipe["reason"]),
            markup=False,
        )


def _columns(found: dict[str, Any]) -> Any:
    """Each column with its kind and the reason, what is missing, and what it is used as."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in (later("column"), later("kind"), later("because"), later("missing"), later("use")):
        table.add_column(tr(title), justify="right" if title == "missing" else "left", overflow="fold")
    for column in found["columns"][:COLUMNS]:
        missing = f"{column['missing']:,}" if column["missing"] else ""
        table.add_row(
            *map(
                escape, (column["name"], shown(column["kind"]), shown(column["reason"]), missing, shown(column["use"]))
            )
        )
    if (more := len(found["columns"]) - COLUMNS) > 0:
        table.add_row(tr("… {count:,} more …", count=more), "", tr("all with --json"), "", "")
    return table


def _amount(found: dict[str, Any]) -> str:
    if not (spread := found["amount"]):
        return ""
    least, quarter, median, three, largest = (
        f"{spread[name]:.6g}" for name in ("least", "quarter", "median", "three_quarters", "largest")
    )
    return tr(
        "{target}: from {least} to {largest}, in the middle {median}; half lie between {quarter} and {three}.",
        target=found["purpose"]["target"],
        least=least,
        largest=largest,
        median=median,
        quarter=quarter,
        three=three,
    )


def _series(found: dict[str, Any]) -> str:
    told = found["series"]
    if not told:
        return ""
    named = {"steps": told["steps"], "step": shown(told.get("step", ""))}
    words = tr("{steps:,} steps of {step}", **named) if "step" in told else tr("{steps:,} steps", **named)
    if told["series"] > 1:
        key = found["purpose"]["key"]
        words = tr("{count:,} series by {key}; the longest has {words}", count=told["series"], key=key, words=words)
    if "first" in told:
        words = tr("{words}, from {first} to {last}", words=words, first=told["first"], last=told["last"])
    if told["season"] > 1:
        return tr("{words}; it repeats after {season} steps.", words=words, season=told["season"])
    return tr("{words}; no season was found.", words=words)
