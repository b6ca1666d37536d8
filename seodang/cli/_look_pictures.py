"""What `seodang look` prints of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seodang.core.language import tr
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from rich.console import Console


def show_pictures(found: dict[str, Any], console: Console, where: str, settings: dict[str, str] | None = None) -> None:
    """Print what was found for a person: what it is, the classes, the findings, what was left out, what to do next."""
    import shlex

    from seodang.cli._found import show_findings, show_left_out, table_of_classes, title
    from seodang.data.counting import count

    sizes = found["sizes"]
    classes = shown(count(len(found["classes"]), "class"))
    console.print(title(found["name"], found["where"]))
    console.print(
        tr(
            "{examples:,} pictures in {classes} ({form})",
            examples=found["examples"],
            classes=classes,
            form=shown(found["form"]),
        ),
        markup=False,
    )
    if sizes["different"] == 1:
        size = tr("{median} pixels, all of them", median=_by(sizes["median"]))
    else:
        size = tr(
            "{smallest} to {largest} pixels, in the middle {median}",
            smallest=_by(sizes["smallest"]),
            largest=_by(sizes["largest"]),
            median=_by(sizes["median"]),
        )
    modes = ", ".join(f"{mode} {number:,}" for mode, number in found["modes"].items())
    console.print(tr("Size: {size}    Mode: {modes}\n", size=size, modes=modes), markup=False)
    console.print(table_of_classes(found))
    show_findings(found, console)
    show_left_out(found, console)
    if recipe := found.get("suggested_recipe"):
        words = "".join(f" {shlex.quote(f'{key}={value}')}" for key, value in (settings or {}).items())
        console.print(
            tr(
                "\nNext: seodang train {where} {name}   ({reason})",
                where=shlex.quote(where),
                name=recipe["name"] + words,
                reason=recipe["reason"],
            ),
            markup=False,
        )
    elif len(found["classes"]) > 1:
        console.print("\n" + tr("It cannot be trained on as it is: {reason}", reason=found["refused"]), markup=False)


def _by(size: list[int]) -> str:
    return f"{size[0]}×{size[1]}"
