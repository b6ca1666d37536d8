"""How what was predicted is shown: a line a picture or row, a table a picture, or comma-separated values."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from seodang.core.language import tr
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from seodang.evaluation.predict_rows import Told

# Where there is no terminal, lines are as long as they need to be.
WIDE = 1000
# So many rows are shown to a person; a file has more.
MOST_SHOWN = 40
LONGEST = 60  # characters of a text that are shown beside its answer


def print_lines(console: Console, answers: Iterable[dict[str, Any]]) -> None:
    """A line a picture: what is done with it, where that was asked, and what it is; or why it could not be read."""
    from rich.table import Table
    from rich.text import Text

    answers = [*answers]
    beside = [Text()] if any("decision" in answer for answer in answers) else []
    table = Table(box=None, pad_edge=False, show_header=False)
    for answer in answers:
        if "error" in answer:
            table.add_row(
                Text(answer["path"]), *beside, Text(tr("left out: {error}", error=shown(answer["error"])), style="red")
            )
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
            console.print(Text("  " + tr("left out: {error}", error=shown(answer["error"])), style="red"))
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
    why = ", ".join(f"{tr('the rest') if name == 'otherwise' else name} {value:.1%}" for name, value in shown.items())
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


def print_rows(console: Console, told: Told) -> None:
    """A line a row, text or step, and what it is; the first forty, and how many of each class there are in all."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for answer in told.answers[:MOST_SHOWN]:
        words = Text()
        if "decision" in answer:
            words.append(_decided(answer["decision"])).append("   ")
        if "top" in answer:
            best, *others = answer["top"]
            words.append(f"{best['class']} {best['probability']:.1%}", style="bold")
            for other in others:
                words.append(f"   {other['class']} {other['probability']:.1%}", style="dim")
        else:
            words.append(_plain(answer["prediction"]), style="bold")
            if "low" in answer:
                words.append(f"   {_plain(answer['low'])} … {_plain(answer['high'])}", style="dim")
        table.add_row(Text(_where(answer)), words)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)
    if (more := len(told.answers) - MOST_SHOWN) > 0:
        console.print(tr("… and {more:,} more; --csv or --json gives all.", more=more), markup=False)
        if "top" in told.answers[0]:
            counts = Counter(answer["prediction"] for answer in told.answers)
            shown = ", ".join(f"{name} {count:,}" for name, count in counts.most_common(10))
            console.print(tr("In all: {shown}.", shown=shown), markup=False)


def _where(answer: dict[str, Any]) -> str:
    """What an answer is to: a time, a row of a file, or the text itself."""
    if "step" in answer:
        return "  ".join(str(answer[name]) for name in ("series", "when") if name in answer) or tr(
            "step {step}", step=answer["step"]
        )
    text = " ".join(answer.get("text", "").split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if "row" not in answer:
        return text
    row = answer["row"]
    place = tr("row {row}", row=row) if isinstance(row, int) else row
    return f"{place}  {text}" if text else place


def _plain(value: Any) -> str:
    """An amount with seven figures, what float32 is good for, or what was written.

    >>> _plain(12.34), _plain(206855.8125), _plain("개가 달린다."), _plain([1.0, 2.5])
    ('12.34', '206855.8', '개가 달린다.', '1, 2.5')
    """
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def print_rows_csv(told: Told) -> None:
    """Every row as it was read, and after it prediction[, probability][, low, high][, answer, rule]."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    first = told.answers[0] if told.answers else {}
    columns = [str(name) for name in told.table.columns]
    added = ["prediction", *(["probability"] if "probability" in first else [])]
    added += ["low", "high"] if any("low" in answer for answer in told.answers) else []
    added += ["answer", "rule"] if "decision" in first else []
    names = [tr("{name} (foretold)", name=name) if name in columns else name for name in added]
    writer.writerow([harmless(name) for name in [*columns, *names]])
    for row, answer in zip(told.table.itertuples(index=False, name=None), told.answers, strict=True):
        found = {**answer, **answer.get("decision", {})}
        writer.writerow([harmless(_cell(value)) for value in (*row, *(found.get(name) for name in added))])


def _cell(value: Any) -> Any:
    """A value of a table as it would stand in a file: nothing where it is missing, whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return value


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet shows instead of running it (a file named "=cmd|…")."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def tell_failures(console: Console, answers: list[dict[str, Any]], as_csv: bool) -> bool:
    """Say on stderr which files could not be read, where the answers do not; whether that is all of them."""
    failed = [answer for answer in answers if "error" in answer]
    for answer in failed if as_csv else []:
        console.print(f"{answer['path']}: {shown(answer['error'])}", markup=False)
    if len(failed) < len(answers):
        return False
    console.print(
        tr("None of the {count:,} files could be read as a picture.", count=len(answers))
        if len(answers) > 1
        else tr("The file could not be read as a picture."),
        markup=False,
    )
    return True
