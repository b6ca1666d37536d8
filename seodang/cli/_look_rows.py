"""What `seodang look` prints of a table, texts or a series."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from seodang.data.frame import Frame
    from seodang.recipes.recipe import Recipe

COLUMNS = 40  # that are shown one by one
WHAT = {
    "table": "a table",
    "texts": "texts",
    "pairs": "pairs of sentences",
    "prose": "running text",
    "series": "a time series",
}
DOES = {
    "classify": "to tell classes apart",
    "regress": "to foretell an amount",
    "forecast": "to forecast",
    "next_token": "to learn how it goes on",
    "translate": "to translate",
}
NOTHING = {
    "table": "no column that gives the answer away, no rows twice, no class too small",
    "texts": "no text twice, none empty, no class too small",
    "pairs": "no sentence twice, none empty",
    "prose": "every passage could be read",
    "series": "no gaps, no value missing, no time twice",
}


def tell(frame: Frame, asked: Recipe, console: Console, where: str, settings: dict[str, str], json: bool) -> None:
    """Print what the rows are, what is wrong with them, and the recipe for them; as one JSON object too where asked."""
    from seodang.cli._screen import print_json
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
        reason = f"{WHAT[purpose.form]} {DOES[purpose.task]}"
        found["suggested_recipe"] = {"name": name, "reason": reason}
    show_rows(found, console, where, settings)
    if json:
        print_json(found)


def show_rows(found: dict[str, Any], console: Console, where: str, settings: dict[str, str]) -> None:
    """Print it for a person: what it is and why, the columns, classes or amounts, the findings, what to do next."""
    from rich.markup import escape

    from seodang.cli._found import show_findings, show_left_out, table_of_classes

    console.print(f"[bold]{escape(found['name'])}[/bold]  {escape(found['where'])}")
    columns, rows = len(found["columns"]), found["examples"]
    row, column = (noun + "s" * (number != 1) for noun, number in (("row", rows), ("column", columns)))
    console.print(f"{found['form']}, {rows:,} {row}, {columns:,} {column}", markup=False)
    for reason in (found["purpose"] or {"reasons": []})["reasons"]:
        console.print(reason, markup=False)
    console.print()
    console.print(_columns(found))
    if found["classes"]:
        console.print()
        console.print(table_of_classes(found, "texts" if found["kind"] == "texts" else "rows"))
    elif len(found["counts"]) > 1:
        splits = ", ".join(f"{name} {split['examples']:,}" for name, split in found["counts"].items())
        console.print(f"\nSplits: {splits}", markup=False)
    for line in (_amount(found), _series(found)):
        if line:
            console.print(f"\n{line}", markup=False)
    if found["problem"]:
        console.print(f"\n[bold red]![/bold red] {escape(found['problem'])}")
    else:
        show_findings(found, console, NOTHING[found["kind"]])
    show_left_out(found, console)
    if recipe := found.get("suggested_recipe"):
        words = [where, recipe["name"], *(f"{key}={value}" for key, value in settings.items())]
        console.print(f"\nNext: seodang train {shlex.join(words)}   ({recipe['reason']})", markup=False)


def _columns(found: dict[str, Any]) -> Any:
    """Each column with its kind and the reason, what is missing, and what it is used as."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("column", "kind", "because", "missing", "use"):
        table.add_column(title, justify="right" if title == "missing" else "left", overflow="fold")
    for column in found["columns"][:COLUMNS]:
        missing = f"{column['missing']:,}" if column["missing"] else ""
        table.add_row(*map(escape, (column["name"], column["kind"], column["reason"], missing, column["use"])))
    if (more := len(found["columns"]) - COLUMNS) > 0:
        table.add_row(f"… {more:,} more …", "", "all with --json", "", "")
    return table


def _amount(found: dict[str, Any]) -> str:
    if not (spread := found["amount"]):
        return ""
    least, quarter, median, three, largest = (
        f"{spread[name]:.6g}" for name in ("least", "quarter", "median", "three_quarters", "largest")
    )
    return f"{found['purpose']['target']}: from {least} to {largest}, in the middle {median}; half lie between {quarter} and {three}."


def _series(found: dict[str, Any]) -> str:
    told = found["series"]
    if not told:
        return ""
    words = f"{told['steps']:,} steps" + (f" of {told['step']}" if "step" in told else "")
    if told["series"] > 1:
        words = f"{told['series']:,} series by {found['purpose']['key']}; the longest has {words}"
    if "first" in told:
        words += f", from {told['first']} to {told['last']}"
    season = f"it repeats after {told['season']} steps" if told["season"] > 1 else "no season was found"
    return f"{words}; {season}."
