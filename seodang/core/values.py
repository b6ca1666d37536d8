"""Settings as frozen, typed values: unknown keys refused with the nearest right one, all errors at once."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from seodang.core.errors import RecipeError, did_you_mean
from seodang.core.language import later, said_before, tr


class Value(BaseModel):
    """A frozen group of settings. Every field has a description with its unit and range."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def check(kind: type[Value], settings: dict[str, Any], where: str = "") -> Any:
    """Build a value from plain settings; a RecipeError lists every mistake, one sentence a line."""
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        raise RecipeError("\n".join(sentences(kind, error, where))) from None


def sentences(kind: type[Value], error: ValidationError, where: str = "") -> list[str]:
    """One sentence a mistake: what is wrong, what came, what is allowed."""
    return [_sentence(kind, problem, where) for problem in error.errors()]


_TYPES = {
    "int_parsing": later("int"),
    "int_type": later("int"),
    "int_from_float": later("int"),
    "float_parsing": later("float"),
    "float_type": later("float"),
    "bool_parsing": later("true or false"),
    "bool_type": later("true or false"),
    "string_type": later("text"),
    "list_type": later("a list"),
    "tuple_type": later("a list"),
    "dict_type": later("a group of settings"),
    "model_type": later("a group of settings"),
}

# What pydantic says of a value outside its range, without the words before it.
LIMITS = (
    later("greater than or equal to {limit}"),
    later("greater than {limit}"),
    later("less than or equal to {limit}"),
    later("less than {limit}"),
    later("a multiple of {factor}"),
    later("a finite number"),
    later("String should match pattern {pattern}"),
    later("{what} should have at least {least} item after validation, not {count}"),
    later("{what} should have at least {least} items after validation, not {count}"),
    later("{what} should have at most {most} item after validation, not {count}"),
    later("{what} should have at most {most} items after validation, not {count}"),
    later("String should have at least {least} character"),
    later("String should have at least {least} characters"),
    later("String should have at most {most} character"),
    later("String should have at most {most} characters"),
)


def _sentence(kind: type[Value], problem: Any, where: str) -> str:
    location = [str(part) for part in problem["loc"]]
    name = ".".join([where, *location] if where else location)
    got = problem["input"]
    if problem["type"] == "extra_forbidden":
        group = _group(kind, location[:-1])
        return tr(
            "{setting} is not a setting of {group}. {hint}",
            setting=location[-1],
            group=group.__name__,
            hint=_inside(group, location[-1]) or did_you_mean(location[-1], group.model_fields),
        )
    if problem["type"] == "missing":
        return tr("{name} is needed and was not given.", name=name)
    if wanted := _TYPES.get(problem["type"]):
        return tr("{name} must be {wanted}, got {got!r}.", name=name, wanted=tr(wanted), got=got)
    if expected := _choices(problem):
        return tr("{name} must be one of {expected}, got {got!r}.", name=name, expected=expected, got=got)
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if problem["type"] == "value_error":
        return f"{name}: {message}" if name else message
    return tr("{name} must be {message}, got {got!r}.", name=name, message=said_before(message, LIMITS), got=got)


def _choices(problem: Any) -> str:
    """The words that a setting may be, where they are counted up: of a Literal, or of a pattern such as ^(auto|cpu)$; else ""."""
    if problem["type"] == "literal_error":
        return problem["ctx"]["expected"].replace(" or ", ", ")
    words = (
        re.match(r"\^\(([\w|]+)\)", problem["ctx"]["pattern"]) if problem["type"] == "string_pattern_mismatch" else None
    )
    return ", ".join(repr(word) for word in words[1].split("|")) if words else ""


def _inside(group: type[Value], setting: str) -> str:
    """Where a setting that stands beside the groups belongs: training.epochs, where epochs is written; "" where in none."""
    groups = [
        name
        for name, field in group.model_fields.items()
        if isinstance(field.annotation, type)
        and issubclass(field.annotation, Value)
        and setting in field.annotation.model_fields
    ]
    return tr("Did you mean {match}?", match=tr(" or ").join(f"{name}.{setting}" for name in groups)) if groups else ""


def _group(kind: Any, location: list[str]) -> type[Value]:
    for part in location:
        field = kind.model_fields.get(part)
        if field is None:
            break
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Value):
            kind = inner
    return kind
