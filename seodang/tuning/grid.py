"""What a person varies, as it is typed: `training.learning_rate=1e-3,1e-2 model.depth=2,3` is four combinations, `1e-4..1e-1` a range."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.settings_file import read_settings
from seodang.recipes.resolve import takes_list, takes_text

# More combinations than these are more likely a slip than a wish.
MOST = 1_000
RANGE = re.compile(r"(?:(log|linear):)?\s*([^\s/\\]+?)\s*\.\.\s*([^\s/\\]+)")
# Of each setting that varies: its values as typed, or the one range.
Varied = dict[str, list[str] | str]


def is_range(text: str) -> bool:
    """Whether a value as it was typed is a range. What has a slash is a path.

    >>> is_range("1e-4..1e-1"), is_range("log:8..64"), is_range("../mine.py"), is_range("[8, 8]")
    (True, True, False, False)
    """
    return RANGE.fullmatch(text.strip()) is not None


def divided(settings: Mapping[str, str]) -> tuple[dict[str, str], Varied]:
    """Settings with one value, and those that vary: a list of values, or a range. `grid=FILE.yaml` brings more of the latter.

    Commas divide values, but not inside brackets, and not in a setting that is a list itself, unless its values are in brackets.

    >>> divided({"training.epochs": "3", "model.hidden": "[8],[8,8]", "training.learning_rate": "1e-3..1e-1"})
    ({'training.epochs': '3'}, {'model.hidden': ['[8]', '[8,8]'], 'training.learning_rate': '1e-3..1e-1'})
    >>> divided({"columns.leave_out": "name,ticket"}), divided({"columns.leave_out": "[],[name,ticket]"})
    (({'columns.leave_out': 'name,ticket'}, {}), ({}, {'columns.leave_out': ['[]', '[name,ticket]']}))

    Raises RecipeError where a range stands among values.
    """
    fixed: dict[str, str] = {}
    varied: Varied = {}
    for key, text in settings.items():
        if key == "grid":
            varied |= read_grid(Path(text))
        elif _asked(takes_list, key) and not _are_lists(split(text)):
            fixed[key] = text
        elif is_range(text) and "," not in text and not _asked(takes_text, key):
            varied[key] = text
        elif len(values := split(text)) > 1:
            varied[key] = values
        else:
            fixed[key] = text
    refuse_mixed(varied)
    return fixed, varied


def _asked(what: Callable[[str], bool], key: str) -> bool:
    """A question about a setting; of one that there is not, which is told with all other mistakes, no."""
    try:
        return what(key)
    except RecipeError:
        return False


def _are_lists(values: list[str]) -> bool:
    return all(value.startswith("[") and value.endswith("]") for value in values)


def refuse_mixed(varied: Varied) -> None:
    """Raise RecipeError where a range stands among the values of a list."""
    mixed = [
        f"{key}={','.join(values)}"
        for key, values in varied.items()
        if not isinstance(values, str) and any(map(is_range, values))
    ]
    if mixed:
        raise RecipeError(
            tr(
                "A range stands alone, got {settings}. Write either 1e-4..1e-1 or values between commas.",
                settings=" ".join(mixed),
            )
        )


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


def read_grid(path: Path) -> Varied:
    """A YAML file of settings, each with a list of values or a range.

    Raises RecipeError where it is none.
    """
    plain = read_settings(path, kind="grid", name="GRID", such_as="training.learning_rate: [1e-3, 1e-2]")
    wrong = [
        str(key) for key, values in plain.items() if not (isinstance(values, list) and values or _is_range(values))
    ]
    if wrong:
        raise RecipeError(
            tr(
                "{path}: {names} needs a list of values, such as [1e-3, 1e-2], or a range, such as 1e-4..1e-1.",
                path=path,
                names=", ".join(wrong),
            )
        )
    return as_typed(plain)


def _is_range(value: Any) -> bool:
    return isinstance(value, str) and is_range(value)


def as_typed(grid: Mapping[Any, Any]) -> Varied:
    """Values of Python or YAML as a person would type them.

    >>> as_typed({"training.epochs": [3, 5], "training.learning_rate": "1e-3..1e-1", "training.nesterov": True})
    {'training.epochs': ['3', '5'], 'training.learning_rate': '1e-3..1e-1', 'training.nesterov': ['true']}
    """
    found: Varied = {}
    for key, values in grid.items():
        if isinstance(values, str) and is_range(values):
            found[str(key)] = values
        else:
            found[str(key)] = [as_text(value) for value in (values if isinstance(values, list | tuple) else [values])]
    return found


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
