"""How what was predicted is shown: a line a picture, a table a picture, or comma-separated values."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000


def print_lines(console: Console, answers: Iterable[dict[str, Any]]) -> None:
    """A line a picture: what is done with it, where that was asked, and what it is; or why it could not be read."""
    from rich.table import Table
    from rich.text import Text

    answers = [*answers]
    beside = [Text()] if any("decision" in answer for answer in answers) else []
    table = Table(box=None, pad_edge=False, show_header=False)
    for answer in answers:
        if "error" in answer:
            table.add_row(Text(answer["path"]), *beside, Text(f"left out: {answer['error']}", style="red"))
            continue
        best, *others = answer["top"]
        decided = "decision" in answer
        words = Text.assemble((f"{best['class']} {best['probability']:.1%}", "dim" if decided else "bold"))
        for other in others:
            words.append(f"   {other['class']} {other['probability']:.1%}", style="dim")
        table.add_row(Text(answer["path"]), *([_decided(answer["decision"])] if decided else []), words)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)


def print_side_by_side(console: Console, answers: Iterable[dict[str, Any]], networks: list[str]) -> None:
    """A table a picture, a column a network, the most probable class first."""
    from rich.table import Table
    from rich.text import Text

    if not console.is_terminal:
        console.width = WIDE
    for place, answer in enumerate(answers):
        if place:
            console.print()
        console.print(Text(answer["path"], style="bold"))
        if "error" in answer:
            console.print(Text(f"  left out: {answer['error']}", style="red"))
            continue
        table = Table(box=None, padding=(0, 2, 0, 2), header_style="underline")
        for name in networks:
            table.add_column(Text(name))
        told = [answer["networks"][name] for name in networks]
        for row in zip(*(each["top"] for each in told), strict=True):
            table.add_row(*(Text(f"{best['probability']:6.1%}  {best['class']}") for best in row))
        if "decision" in told[0]:
            table.add_row(*(_decided(each["decision"]) for each in told))
        console.print(table)


def _decided(decision: dict[str, Any]) -> Text:
    """The answer, and the sum that decided; all of them where no rule did."""
    from rich.text import Text

    sums = decision["sums"]
    shown = {decision["rule"]: sums[decision["rule"]]} if decision["rule"] in [*sums][:-1] else sums
    why = ", ".join(f"{'the rest' if name == 'otherwise' else name} {value:.1%}" for name, value in shown.items())
    return Text.assemble((decision["answer"], "bold"), f" ({why})")


def print_csv(answers: Iterable[dict[str, Any]], top: int, *, networks: bool = False, decided: bool = False) -> None:
    """A row a picture, or with `networks` a row for each network's answer to it.

    Columns: path[, network][, answer, rule], class_1, probability_1, …, error.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    heads = ["path", *(["network"] if networks else []), *(["answer", "rule"] if decided else [])]
    heads += [f"{name}_{k}" for k in range(1, top + 1) for name in ("class", "probability")]
    writer.writerow([*heads, "error"])
    for answer in answers:
        rows = answer.get("networks") if networks else None
        for name, found in (rows or {"": answer}).items():
            cells = [answer["path"], *([name] if networks else [])]
            if decided:
                cells += [found["decision"][key] for key in ("answer", "rule")] if "decision" in found else ["", ""]
            cells += [value for best in found.get("top", []) for value in (best["class"], best["probability"])]
            cells += [""] * (len(heads) - len(cells))
            writer.writerow([harmless(value) for value in (*cells, answer.get("error", ""))])


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet shows instead of running it (a file named "=cmd|…")."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def tell_failures(console: Console, answers: list[dict[str, Any]], as_csv: bool) -> bool:
    """Say on stderr which files could not be read, where the answers do not; whether that is all of them."""
    failed = [answer for answer in answers if "error" in answer]
    for answer in failed if as_csv else []:
        console.print(f"{answer['path']}: {answer['error']}", markup=False)
    if len(failed) < len(answers):
        return False
    console.print(
        f"None of the {len(answers):,} files could be read as a picture."
        if len(answers) > 1
        else "The file could not be read as a picture.",
        markup=False,
    )
    return True
