"""`seodang diagnose`: what is wrong with data or a run, and what to do next."""

from __future__ import annotations

from typing import Annotated

import typer

from seodang.core.language import tr


def diagnose(
    where: Annotated[
        str, typer.Argument(metavar="RUN|DATA", help="A run (folder, name, `last`), or a path or data set.")
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")] = False,
) -> None:
    """Say what is wrong, by what evidence, why it matters and what to do next, the worst first.

    Examples:

      seodang diagnose last

      seodang diagnose photos/

      seodang diagnose runs/photos-3 --json
    """
    from rich.markup import escape

    from seodang.cli._screen import print_json, screen
    from seodang.diagnoses.diagnose import diagnose as ask
    from seodang.diagnoses.diagnosis import title_of

    console = screen(json)
    found = ask(where)
    name, checks, seconds = f"[bold]{escape(found['name'])}[/bold]", len(found["checked"]), found["seconds"]
    if found["kind"] == "run":
        console.print(
            tr("{name}  a run, {checks} checks in {seconds:.1f} s", name=name, checks=checks, seconds=seconds)
        )
    else:
        console.print(tr("{name}  data, {checks} checks in {seconds:.1f} s", name=name, checks=checks, seconds=seconds))
    for each in found["findings"]:
        mark = "[bold red]![/bold red]" if each["level"] == "serious" else "-"
        console.print(f"\n{mark} [bold]{escape(each['what'])}[/bold]  ({title_of(each['name'])})")
        console.print(f"  {each['evidence']}", markup=False)
        console.print(f"  {each['why']}", markup=False)
        console.print(f"  → {each['todo']}", markup=False)
    if not found["findings"]:
        console.print(tr("\nNothing was found wrong."), markup=False)
    if found["unchecked"]:
        console.print(tr("\nNot checked:"), markup=False)
        reasons: dict[str, list[str]] = {}
        for each in found["unchecked"]:
            reasons.setdefault(each["why"], []).append(title_of(each["name"]))
        for why, checks in reasons.items():
            console.print(f"  {', '.join(checks)}: {why}", markup=False)
    if json:
        print_json(found)
