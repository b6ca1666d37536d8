"""Settings as frozen, typed values: unknown keys refused with the nearest right one, all errors at once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from seodang.core.errors import RecipeError, did_you_mean


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
    "int_parsing": "int",
    "int_type": "int",
    "int_from_float": "int",
    "float_parsing": "float",
    "float_type": "float",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a group of settings",
    "model_type": "a group of settings",
}


def _sentence(kind: type[Value], problem: Any, where: str) -> str:
    location = [str(part) for part in problem["loc"]]
    name = ".".join([where, *location] if where else location)
    got = problem["input"]
    if problem["type"] == "extra_forbidden":
        group = _group(kind, location[:-1])
        return f"{location[-1]} is not a setting of {group.__name__}. {did_you_mean(location[-1], group.model_fields)}"
    if problem["type"] == "missing":
        return f"{name} is needed and was not given."
    if wanted := _TYPES.get(problem["type"]):
        return f"{name} must be {wanted}, got {got!r}."
    if problem["type"] == "literal_error":
        return f"{name} must be one of {problem['ctx']['expected'].replace(' or ', ', ')}, got {got!r}."
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if problem["type"] == "value_error":
        return f"{name}: {message}" if name else message
    return f"{name} must be {message}, got {got!r}."


def _group(kind: Any, location: list[str]) -> type[Value]:
    for part in location:
        field = kind.model_fields.get(part)
        if field is None:
            break
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Value):
            kind = inner
    return kind
