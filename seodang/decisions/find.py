"""A decision by name, from a YAML file, or as it is; and a file to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.registry import find
from seodang.core.settings_file import read_settings
from seodang.core.values import check
from seodang.decisions.decision import Decision, Rule


def find_decision(decision: str | Path | Decision) -> Decision:
    """The decision of a name of `seodang list decisions`, of a YAML file, or a value as it is.

    Raises RecipeError with every mistake of a file; an unknown name raises with the nearest right one.
    """
    if isinstance(decision, Decision):
        return decision
    path = Path(decision)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return _checked(read_settings(path, kind="decision", name=path.stem, such_as="rules: …"))
    return find("decisions", str(decision))()


def _checked(plain: dict[Any, Any]) -> Decision:
    """Rules are checked one by one, so that a sentence names the rule and not its place in a list."""
    mistakes: list[str] = []
    rules = plain.get("rules")
    good: list[Rule] = []
    for number, rule in enumerate(rules if isinstance(rules, list) else [], 1):
        if not isinstance(rule, dict):
            mistakes.append(
                tr(
                    "Rule {number} must be {{name: …, classes: […], answer: …}}, got {rule!r}.",
                    number=number,
                    rule=rule,
                )
            )
            continue
        where = f"rules.{rule.get('name') or number}"
        try:
            good.append(check(Rule, {str(key): value for key, value in rule.items()}, where))
        except RecipeError as error:
            mistakes += [_with_place(line, where) for line in str(error).splitlines()]
    settings = {str(key): value for key, value in plain.items()}
    if isinstance(rules, list) and (good or mistakes):
        settings["rules"] = good or [Rule(name="?", classes=("?",), answer="?")]  # a stand-in for what was told above
    try:
        decision = check(Decision, settings)
    except RecipeError as error:
        mistakes += str(error).splitlines()
    else:
        if not mistakes:
            return decision
    raise RecipeError("\n".join(mistakes))


def _with_place(line: str, where: str) -> str:
    return line if line.startswith(where) else f"{where}: {line}"


def explained_yaml(decision: Decision, name: str) -> str:
    """A decision as YAML with every setting and, above each, what it means; `find_decision` reads it back the same."""
    lines = [
        "# "
        + tr(
            "{name}: a decision of Seodang. `seodang predict RUN PHOTO --decide {name}.yaml` applies it to a run,",
            name=name,
        ),
        "# " + tr("`seodang recognise PHOTO --decide {name}.yaml` to networks trained on ImageNet.", name=name),
    ]
    for key, field in Decision.model_fields.items():
        value = getattr(decision, key)
        lines += ["", f"# {tr(field.description or '')}"]
        if key != "rules":
            lines.append(_line(key, value))
            continue
        lines += [f"#   {inner}: {tr(setting.description or '')}" for inner, setting in Rule.model_fields.items()]
        lines.append("rules:")
        for rule in value:
            texts = [_line(inner, content) for inner, content in rule.model_dump(mode="json").items()]
            lines += [f"  {'-' if place == 0 else ' '} {text}" for place, text in enumerate(texts)]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    return f"{key}: {yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).splitlines()[0]}"
