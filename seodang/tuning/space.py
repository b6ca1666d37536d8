"""What a search may try: ranges of numbers, `1e-4..1e-1`, on a linear or a log scale, and choices, `32,64,128`."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.models.build import check_part, find_model, settings_of
from seodang.recipes.choose import HOUSE
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import field_of, full_name, resolve
from seodang.tuning.grid import RANGE, as_text

# A range of numbers above 0 that spans so much is tried on a log scale, unless the setting is a share.
DECADE = 10
# A float is written with digits for so many different values of a linear range, and with so many significant digits of a log one.
STEPS, DIGITS = 200, 3


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.   log: tried evenly by their logarithm.   whole: integers."""

    low: float
    high: float
    log: bool
    whole: bool

    def text(self, value: float) -> str:
        """A value as it is typed, with no more digits than make a difference.

        >>> Range(1e-4, 1e-1, log=True, whole=False).text(0.00346812), Range(0, 0.5, log=False, whole=False).text(0.31271)
        ('0.00347', '0.313')
        """
        if self.whole:
            return str(round(value))
        if self.log:
            finer = max(0, math.ceil(-math.log10(math.log10(self.high / self.low))))
            value = float(f"{value:.{DIGITS - 1 + finer}e}")
        else:
            value = round(value, math.ceil(-math.log10((self.high - self.low) / STEPS)))
        return _written(min(max(value, self.low), self.high))

    @property
    def ends(self) -> tuple[str, ...]:
        """The first and the last value as they are typed."""
        return (_written(self.low), _written(self.high))

    def place(self, text: str) -> float | None:
        """A value as it was typed, as a number; None where it is none of the range."""
        try:
            value = float(text)
        except ValueError:
            return None
        fits = self.low <= value <= self.high and (not self.whole or value == int(value))
        return value if fits else None

    @property
    def count(self) -> int | None:
        """How many values there are; None of a range of floats."""
        return int(self.high - self.low) + 1 if self.whole else None

    @property
    def values(self) -> tuple[str, ...]:
        """All of them as they are typed; of whole numbers."""
        assert self.whole, "of floats there is no end"
        return tuple(map(str, range(int(self.low), int(self.high) + 1)))

    @property
    def words(self) -> str:
        """The range for a person."""
        low, high = self.ends
        if self.log and self.whole:
            return tr("{low} to {high}, whole numbers on a log scale", low=low, high=high)
        if self.log:
            return tr("{low} to {high} on a log scale", low=low, high=high)
        if self.whole:
            return tr("{low} to {high}, whole numbers on a linear scale", low=low, high=high)
        return tr("{low} to {high} on a linear scale", low=low, high=high)


@dataclass(frozen=True)
class Choices:
    """Values as they are typed."""

    values: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """All of them."""
        return self.values

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The values, where all are numbers; None where not."""
        try:
            return tuple(float(value) for value in self.values)
        except ValueError:
            return None

    @property
    def in_order(self) -> tuple[str, ...] | None:
        """The values from the smallest to the largest, where all are numbers: neighbours are alike, which a search may use."""
        if self.numbers is None:
            return None
        return tuple(value for _, value in sorted(zip(self.numbers, self.values, strict=True)))

    def place(self, text: str) -> str | None:
        """The choice that a value as it was typed is; None where it is none."""
        return next((value for value in self.values if value == text or _same(value, text)), None)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def words(self) -> str:
        """The choices for a person."""
        return ", ".join(self.values)


Space = dict[str, Range | Choices]


def _written(value: float) -> str:
    """The shortest text that is just this number.

    >>> _written(16.0), _written(1e-05), _written(0.313)
    ('16', '1e-05', '0.313')
    """
    return repr(float(value)).removesuffix(".0")


def _same(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def read_space(
    varied: Mapping[str, str | list[str]], recipe: Recipe | None, fixed: Mapping[str, str] | None = None
) -> Space:
    """What is varied as typed → what may be tried. Each end and each choice is laid into the recipe, so that a wrong one is told now.

    Args:
        recipe: Into which they are laid; its network's settings are checked too. None: the house recipe, whose network depends on
            the data.
        fixed: Settings that all trials have.

    Raises RecipeError with every mistake.
    """
    found, mistakes = {}, dict[str, None]()
    for key, given in varied.items():
        try:
            name = full_name(key)
            field = _field(name, recipe)
            one = Choices(tuple(dict.fromkeys(given))) if not isinstance(given, str) else _range(name, given, field)
            _lay_each(recipe, fixed or {}, key, one)
            found[name] = one
        except RecipeError as error:
            mistakes |= dict.fromkeys(str(error).splitlines())
    if mistakes:
        raise RecipeError("\n".join(mistakes))
    return found


def _lay_each(recipe: Recipe | None, fixed: Mapping[str, str], key: str, one: Range | Choices) -> None:
    mistakes = dict[str, None]()
    for text in one.ends:
        try:
            laid = resolve(recipe or HOUSE, {**fixed, key: text})
            if recipe is not None:
                check_part(laid.model)
        except RecipeError as error:
            mistakes |= dict.fromkeys(str(error).splitlines())
    if mistakes:
        raise RecipeError("\n".join(mistakes))


def _range(name: str, text: str, field: Any) -> Range:
    match = RANGE.fullmatch(text.strip())
    assert match, "is_range() was asked"
    scale, first, last = match.groups()
    kinds = _kinds(field.annotation) if field is not None else set()
    _refuse_words(name, text, kinds, _words_of(field.annotation) if field is not None else [])
    low, high = _number(first), _number(last)
    if low is None or high is None:
        raise RecipeError(
            tr(
                "{name}={text} is no range of numbers. Write it as 1e-4..1e-1, or list values: a,b,c.",
                name=name,
                text=text,
            )
        )
    as_written = first.lstrip("+-").isdecimal() and last.lstrip("+-").isdecimal()
    whole = int in kinds and float not in kinds or not kinds and as_written
    if whole and (low != int(low) or high != int(high)):
        raise RecipeError(
            tr("{name} is a whole number, so the ends of its range are, got {text}.", name=name, text=text)
        )
    if low >= high:
        raise RecipeError(
            tr(
                "{name}={text} does not begin below its end. Write the smaller number first, or one value without the dots.",
                name=name,
                text=text,
            )
        )
    if scale == "log" and low <= 0:
        raise RecipeError(
            tr(
                "{name}={text}: a log scale has no place for 0 or less. Begin above it, or write linear:{low}..{high}.",
                name=name,
                text=text,
                low=first,
                high=last,
            )
        )
    wide = low > 0 and high / low >= DECADE * (1 - 1e-9) and not _is_share(field)
    return Range(low, high, log=scale == "log" or scale is None and wide, whole=whole)


def _refuse_words(name: str, text: str, kinds: set[Any], words: list[str]) -> None:
    if not kinds or int in kinds or float in kinds:
        return
    if words:
        listed = ", ".join(words)
        raise RecipeError(
            tr(
                "{name} is one of {words}; between words there is no range, got {text}. List some with commas.",
                name=name,
                words=listed,
                text=text,
            )
        )
    raise RecipeError(
        tr("{name} is no number, so it has no range, got {text}. List values with commas.", name=name, text=text)
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _field(name: str, recipe: Recipe | None) -> Any:
    """The pydantic field of a setting, of the recipe or of its network; None where nobody knows it."""
    if not name.startswith("model."):
        return field_of(name)
    if recipe is None:
        return None
    return settings_of(find_model(recipe.model.name), recipe.model.name).model_fields.get(name.removeprefix("model."))


def _kinds(annotation: Any) -> set[Any]:
    """What a setting may be: int, float, bool, str (words too), tuple; without None.

    >>> sorted(kind.__name__ for kind in _kinds(int | None))
    ['int']
    """
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return set().union(*(_kinds(inner) for inner in typing.get_args(annotation)))
    if origin is typing.Annotated:
        return _kinds(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return {type(value) for value in typing.get_args(annotation)}
    if annotation in (None, type(None), Any):
        return set()
    return {origin or annotation}


def _words_of(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [str(value) for value in typing.get_args(annotation)]
    if annotation is bool:
        return ["true", "false"]
    return [word for inner in typing.get_args(annotation) for word in _words_of(inner)]


def _is_share(field: Any) -> bool:
    """Whether a setting ends at 1: a dropout, a momentum. Those are tried on a linear scale."""
    limits = [getattr(limit, side, None) for limit in getattr(field, "metadata", ()) for side in ("lt", "le")]
    return any(limit is not None and limit <= 1 for limit in limits)


def value_of(recipe: Recipe, name: str) -> str | None:
    """What a resolved recipe has for a setting, as it is typed; None where it has none.

    >>> value_of(Recipe(), "training.learning_rate"), value_of(Recipe(), "training.epochs")
    ('0.001', None)
    """
    *groups, last = name.split(".")
    if groups[:1] == ["model"]:
        kind = settings_of(find_model(recipe.model.name), recipe.model.name)
        if last not in kind.model_fields:
            return None
        value: Any = recipe.model.settings.get(last, kind.model_fields[last].default)
    else:
        value = recipe
        for part in name.split("."):
            value = getattr(value, part, None)
    return None if value is None else as_text(list(value) if isinstance(value, tuple) else value)


def count(space: Space) -> int | None:
    """How many combinations there are; None where a range of floats has no number of them."""
    counts = [one.count for one in space.values()]
    return None if None in counts else math.prod(each for each in counts if each is not None)
