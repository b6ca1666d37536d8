"""`seodang compare`: is one run better than another, or is it noise?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from seodang.core.language import later, tr

if TYPE_CHECKING:
    from rich.table import Table

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000
COLUMNS = (
    later("run"),
    later("recipe"),
    later("data"),
    later("epochs"),
    later("time"),
    later("score"),
    later("95 % interval"),
    later("on"),
)


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN...", help="Two runs or more: folders or names.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Put runs side by side, and test each pair that was judged on the same pictures.

    Examples:

      seodang compare mnist-mlp-1 lenet5-1

      seodang compare runs/photos-* --json
    """
    from seodang.cli._screen import print_json, screen
    from seodang.evaluation.compare import compare as put_side_by_side

    console = screen(json)
    found = put_side_by_side(runs)
    if not console.is_terminal:
        console.width = WIDE
    console.print(_table(found["runs"]))
    console.print()
    for line in [*(pair["words"] for pair in found["pairs"]), *found["notes"]]:
        console.print(line, markup=False)
    if json:
        print_json(found)


def _table(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from seodang.core.numbers import short
    from seodang.evaluation.naming import split_name
    from seodang.evaluation.report import duration
    from seodang.evaluation.verdict import percent, points

    table = Table(box=None, pad_edge=False)
    left = {"run", "recipe", "data"}
    for title in COLUMNS:
        table.add_column(tr(title), justify="left" if title in left else "right", overflow="fold")
    for row in rows:
        low, high = row["interval"]
        examples = row["examples"]
        table.add_row(
            Text(row["name"]),
            Text(row["recipe"]),
            Text(row["data"]),
            f"{row['epochs']:,}",
            duration(row["seconds"]),
            percent(row["accuracy"], examples)
            if "accuracy" in row
            else tr("perplexity {perplexity}", perplexity=short(row["perplexity"]))
            if "perplexity" in row
            else f"± {short(row['mae'])}",
            f"{points(low, examples)}–{points(high, examples)}" if "accuracy" in row else f"{short(low)}–{short(high)}",
            f"{examples:,} {split_name(row['split'])}",
        )
    return table
