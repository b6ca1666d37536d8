"""Which combinations of settings are tried: `training.learning_rate=1e-3,1e-2 model.depth=2,3` is four."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.settings_file import read_settings
from seodang.recipes.resolve import takes_list

# More combinations than these are more likely a slip than a wish.
MOST = 1_000


def divided(settings: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Settings with one value, and those of which every value is tried. `grid=FILE.yaml` brings more of the latter.

    Commas divide values, but not inside brackets, and not in a setting that is a list itself.

    >>> divided({"training.epochs": "3", "model.hidden": "[8],[8,8]", "training.learning_rate": "1e-3, 1e-2"})
    ({'training.epochs': '3'}, {'model.hidden': ['[8]', '[8,8]'], 'training.learning_rate': ['1e-3', '1e-2']})
    """
    fixed, varied = {}, {}
    for key, text in settings.items():
        if key == "grid":
            varied |= read_grid(Path(text))
            continue
        values = [text] if takes_list(key) else split(text)
        if len(values) > 1:
            varied[key] = values
        else:
            fixed[key] = text
    return fixed, varied


def split(text: str) -> list[str]:
    """The values between the commas that stand outside brackets and quotes.

    >>> split("[1, 2],{a: 1, b: 2},x")
    ['[1, 2]', '{a: 1, b: 2}', 'x']
    """
    values, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "[{(") - (letter in "]})")
        if letter == "," and depth == 0:
            values.append(text[start:place].strip())
            start = place + 1
    return [*values, text[start:].strip()]


def read_grid(path: Path) -> dict[str, list[str]]:
    """A YAML file of settings, each with a list of values.

    Raises RecipeError where it is none.
    """
    plain = read_settings(path, kind="grid", name="GRID", such_as="training.learning_rate: [1e-3, 1e-2]")
    wrong = [key for key, values in plain.items() if not isinstance(values, list) or not values]
    if wrong:
        raise RecipeError(
            tr("{path}: {names} needs a list of values, such as [1e-3, 1e-2].", path=path, names=", ".join(wrong))
        )
    return {str(key): [as_text(value) for value in values] for key, values in plain.items()}


def as_text(value: Any) -> str:
    """A value as a person would write it after key=.

    >>> as_text([64, 64]), as_text(True), as_text(0.001)
    ('[64, 64]', 'true', '0.001')
    """
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).splitlines()[0]


def combinations(varied: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Every combination, the last setting changing fastest.

    >>> combinations({"a": ["1", "2"], "b": ["x"]})
    [{'a': '1', 'b': 'x'}, {'a': '2', 'b': 'x'}]
    """
    if not varied:
        raise RecipeError(
            tr(
                "Nothing varies. Give a setting several values, such as training.learning_rate=1e-3,1e-2, or grid=FILE.yaml."
            )
        )
    found = [dict(zip(varied, values, strict=True)) for values in itertools.product(*varied.values())]
    if len(found) > MOST:
        sizes = " × ".join(str(len(values)) for values in varied.values())
        raise RecipeError(
            tr(
                "{sizes} are {count:,} combinations; at most {most:,} are tried. Give fewer values.",
                sizes=sizes,
                count=len(found),
                most=MOST,
            )
        )
    return found
