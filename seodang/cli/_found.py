"""What `seodang look` prints of any data: classes, findings, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seodang.core.language import later, tr
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console

# Rows of the table of classes, and lines of the list of what was left out.
CLASSES, FILES = 30, 10


def title(name: str, where: str) -> str:
    """What is looked at, as rich marks it up: its name, and where it lies, where that is something else."""
    from rich.markup import escape

    return f"[bold]{escape(name)}[/bold]" + (f"  {escape(where)}" if where != name else "")


def show_findings(
    found: dict[str, Any],
    console: Console,
    nothing: str = later("no duplicates, no contradicting labels, no class too small"),
) -> None:
    """Print the findings, each with its evidence and what to do; where there are none, what was looked for."""
    from rich.markup import escape

    if not found["findings"]:
        console.print(tr("\nNothing was found wrong: {nothing}.", nothing=tr(nothing)), markup=False)
        return
    console.print(f"\n[bold]{tr('Findings')}[/bold]")
    for finding in found["findings"]:
        mark = "[bold red]![/bold red]" if finding["level"] == "serious" else "-"
        console.print(f"{mark} [bold]{escape(shown(finding['what']))}[/bold] {escape(shown(finding['evidence']))}")
        console.print(f"  {shown(finding['why'])} {shown(finding['todo'])}", markup=False)


def show_left_out(found: dict[str, Any], console: Console) -> None:
    """Print the first of what was left out, and the notes."""
    if left := found["left_out"]:
        console.print(f"\n[bold]{tr('Left out: {count:,}', count=len(left))}[/bold]")
        for one in left[:FILES]:
            console.print(f"  {one['path']}: {shown(one['reason'])}", markup=False)
        if len(left) > FILES:
            console.print("  " + tr("and {count:,} more (all with --json)", count=len(left) - FILES), markup=False)
    for note in found["notes"]:
        console.print(f"\n{shown(note)}", markup=False)


def table_of_classes(found: dict[str, Any], noun: str = later("pictures")) -> Any:
    """Classes by split; of many classes the largest and the smallest.

    Args:
        noun: What is counted.
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    counts = found["counts"]
    totals = {name: sum(split[name] for split in counts.values()) for name in found["classes"]}
    shown = found["classes"]
    cut = len(shown) > CLASSES
    if cut:
        ordered = sorted(shown, key=lambda name: -totals[name])
        shown = ordered[: CLASSES // 2] + ordered[-CLASSES // 2 :]
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, show_edge=False)
    table.add_column(tr("class"), footer=tr("all"))
    for name, split in counts.items():
        table.add_column(tr(noun if name == "all" else name), justify="right", footer=f"{sum(split.values()):,}")
    for place, name in enumerate(shown):
        if cut and place == CLASSES // 2:
            table.add_row(tr("… {count:,} more …", count=len(totals) - CLASSES), *["" for _ in counts])
        table.add_row(escape(name), *[f"{split[name]:,}" for split in counts.values()])
    return table
