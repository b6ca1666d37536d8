"""From a name, a YAML file and key=value words to one typed recipe; every mistake is told at once."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import RecipeError, did_you_mean, nearest
from seodang.core.language import tr
from seodang.core.registry import find, names
from seodang.core.settings_file import read_settings
from seodang.core.values import Value, check
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part

# Words that are typed as they are wherever the description of a setting has them.
TYPED = ["null", "Null", "true", "false", "auto", "float32", "patience", "cpu", "cuda", "mps", "bpe"]
TYPED += ["adam", "adamw", "sgd", "muon", "rmsprop", "mse", "mae", "huber"]

# What settings are called by Keras, PyTorch and the people who write for them.
ELSEWHERE = {
    "lr": "learning_rate",
    "rate": "learning_rate",
    "bs": "batch_size",
    "batch": "batch_size",
    "wd": "weight_decay",
    "optim": "optimizer",
    "opt": "optimizer",
    "num_epochs": "epochs",
    "early_stopping": "patience",
    "amp": "precision",
    "validation_split": "validation",
    "val_split": "validation",
    "test_split": "test",
    "test_size": "test",
    "rotation_range": "rotation",
    "rotate": "rotation",
    "zoom_range": "zoom",
    "scale_range": "zoom",
    "shear_range": "shear",
    "width_shift_range": "shift_x",
    "height_shift_range": "shift_y",
    "brightness_range": "brightness",
    "horizontal_flip": "flip_horizontal",
    "hflip": "flip_horizontal",
    "flip": "flip_horizontal",
    "vertical_flip": "flip_vertical",
    "vflip": "flip_vertical",
    "fill_mode": "fill",
    "random_erasing": "erasing",
    "img_height": "height",
    "img_width": "width",
    "image_size": "height",
    "img_size": "height",
}


def resolve(recipe: str | Path | Recipe, settings: dict[str, str] | None = None) -> Recipe:
    """The recipe of a name, a YAML file or a value, with settings laid over it.

    settings: text by key, as on the command line: {"training.epochs": "3", "rotation": "10"}. A last part alone will do
    where only one setting has it; `model.depth` is a setting of the model. Raises RecipeError with every mistake.
    """
    if isinstance(recipe, Recipe):
        plain = recipe.model_dump(mode="json")
    elif str(recipe).endswith((".yaml", ".yml")):
        plain = _read_yaml(Path(recipe))
    else:
        plain = find("recipes", str(recipe))().model_dump(mode="json")
        plain["name"] = str(recipe).replace("_", "-")
    mistakes: list[str] = []
    for key, text in (settings or {}).items():
        try:
            _lay(plain, _place(key), text)
        except RecipeError as error:
            mistakes.append(str(error))
    try:
        resolved = check(Recipe, plain)
    except RecipeError as error:
        mistakes.append(str(error))
    if mistakes:
        raise RecipeError("\n".join(mistakes))
    return resolved.with_backbone


def is_recipe(word: str) -> bool:
    """Whether a word names a recipe or a recipe file."""
    return word.endswith((".yaml", ".yml")) or word.replace("_", "-") in names("recipes")


def is_setting(key: str) -> bool:
    """Whether a setting of a recipe is called so, in full or by its last part.

    >>> is_setting("learning_rate"), is_setting("training.learning_rate"), is_setting("copies")
    (True, True, False)
    """
    try:
        group, *rest = _place(key)
    except RecipeError:
        return False
    return not rest or group == "model" or rest[0] in getattr(_groups().get(group), "model_fields", {})


def to_yaml(recipe: Recipe, notes: list[str] | None = None) -> str:
    """A recipe as YAML with every setting; the notes, on what was derived and from what, stand above as comments."""
    comments = "".join(f"# {line}\n" for note in notes or [] for line in note.splitlines())
    return comments + yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)


def _read_yaml(path: Path) -> dict[str, Any]:
    plain = read_settings(path, kind="recipe", name="NAME", such_as="key: value")
    if base := plain.pop("like", None):
        return _merge(find("recipes", str(base))().model_dump(mode="json"), {"name": path.stem, **plain})
    return {"name": path.stem, **plain}


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Groups of settings are merged key by key, but a model is taken whole."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict) and key != "model"
        merged[key] = _merge(base[key], value) if both else value
    return merged


def _place(key: str) -> list[str]:
    """The path of a setting from what was typed: itself, or the only group that has it."""
    parts = key.split(".")
    if parts[0] == "model":
        whole = len(parts) == 1 or parts[1] in ("name", "settings")
        return parts if whole else ["model", "settings", *parts[1:]]
    if parts[0] in Recipe.model_fields:
        group = _groups().get(parts[0])
        if group and len(parts) == 2 and parts[1] not in group.model_fields and (match := _as_elsewhere(parts[1])):
            raise RecipeError(_no_setting(key, group.__name__, match))
        return parts
    groups = [name for name, group in _groups().items() if parts[0] in group.model_fields]
    if len(groups) == 1:
        return [groups[0], *parts]
    if len(parts) > 1 and not groups:
        return parts
    if groups:
        raise RecipeError(
            tr(
                "{key} is a setting of {groups}. Write {full}.",
                key=key,
                groups=tr(" and of ").join(groups),
                full=tr(" or ").join(f"{g}.{key}" for g in groups),
            )
        )
    everything = {field: name for name, group in _groups().items() for field in group.model_fields}
    match = _as_elsewhere(key) or nearest(key, [*everything, *Recipe.model_fields])
    if match in everything:
        raise RecipeError(_no_setting(key, _groups()[everything[match]].__name__, match))
    raise RecipeError(
        tr("{key} is not a setting of Recipe. {hint}", key=key, hint=did_you_mean(key, Recipe.model_fields))
    )


def _as_elsewhere(key: str) -> str | None:
    return ELSEWHERE.get(key.lower().replace("-", "_"))


def _no_setting(key: str, group: str, match: str) -> str:
    return tr("{key} is not a setting of {group}. Did you mean {match}?", key=key, group=group, match=match)


def about_setting(key: str) -> str:
    """What a setting means, in the person's language, what is typed in backticks; "" of one that belongs to a model alone.

    >>> about_setting("training.label_smoothing"), about_setting("model.depth")
    ('Share of the target spread over all classes.', '')
    >>> about_setting("training.precision")
    '`auto`: `float32` on a CPU, mixed on a GPU.'
    """
    group, _, name = key.partition(".")
    field = Recipe.model_fields.get(group)
    if name and field is not None:
        field = {**_groups(), "model": Part}[group].model_fields.get(name)
    if field is None or not field.description:
        return ""
    own = [re.escape(each) for each in _choices(field.annotation)]
    words = [*map(re.escape, TYPED), *(rf"{each}(?=:| ?\()" for each in own)]
    return re.sub(rf"(?<![\w`-])(?:{'|'.join(words)})(?![A-Za-z0-9_`-])", r"`\g<0>`", tr(field.description))


def _choices(kind: Any) -> list[str]:
    """The words that a setting may be."""
    if typing.get_origin(kind) is typing.Literal:
        return [each for each in typing.get_args(kind) if isinstance(each, str)]
    return [each for inner in typing.get_args(kind) for each in _choices(inner)]


def _groups() -> dict[str, type[Value]]:
    return {
        name: field.annotation
        for name, field in Recipe.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Value) and name != "model"
    }


def _lay(plain: dict[str, Any], path: list[str], text: str) -> None:
    """Put one setting in its place. `+5` adds to the number that is there."""
    inner: Any = plain
    for part in path[:-1]:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict):
            raise RecipeError(
                tr("{path} cannot be set: {part} is not a group of settings.", path=".".join(path), part=part)
            )
    try:
        value = yaml.safe_load(text) if text else None
    except yaml.YAMLError:
        value = text
    if text.startswith("+") and isinstance(value, int | float) and isinstance(inner.get(path[-1]), int | float):
        value = inner[path[-1]] + value
    if isinstance(value, str) and _is_list(path):
        value = [part.strip() for part in value.split(",")]
    inner[path[-1]] = value


def takes_list(key: str) -> bool:
    """Whether a setting, as a person types it, is a list, so that commas stand inside its value.

    >>> takes_list("columns.leave_out"), takes_list("training.epochs")
    (True, False)
    """
    return any(typing.get_origin(kind) in (tuple, list) for kind in _kinds(_place(key)))


def takes_text(key: str) -> bool:
    """Whether a setting is any text or made of it, so that two dots inside its value make no range.

    >>> takes_text("columns.target"), takes_text("training.optimizer"), takes_text("training.epochs")
    (True, False, False)
    """
    return str in _kinds(_place(key))


def _is_list(path: list[str]) -> bool:
    """Whether a setting is a list of something else than words; lists of words take a text as it is."""
    kinds = _kinds(path)
    return any(typing.get_origin(kind) in (tuple, list) for kind in kinds) and str not in kinds


def _kinds(path: list[str]) -> tuple[Any, ...]:
    """The type of a setting and what it is made of; none for a model's settings, which the model knows."""
    field = _field(path)
    return () if field is None else (field.annotation, *typing.get_args(field.annotation))


def _field(path: list[str]) -> Any:
    group: Any = Recipe
    for part in path[:-1]:
        group = group.model_fields[part].annotation if part in getattr(group, "model_fields", {}) else None
    return getattr(group, "model_fields", {}).get(path[-1])


def full_name(key: str) -> str:
    """A setting's whole name; `model.depth` stays as it is typed.

    >>> full_name("rotation"), full_name("model.depth")
    ('augmentation.rotation', 'model.depth')
    """
    path = _place(key)
    return ".".join(["model", *path[2:]] if path[:2] == ["model", "settings"] and len(path) > 2 else path)


def field_of(key: str) -> Any:
    """A setting's pydantic field, with its type and limits; None for a model's settings, which the model knows."""
    return _field(_place(key))


def explained_yaml(recipe: Recipe) -> str:
    """A recipe as YAML with every setting and, above each, what it means with its unit and range."""
    about = tr("{name}: a Seodang recipe. `seodang train PATH {name}.yaml` trains with it.", name=recipe.name)
    lines = [f"# {about}"]
    plain = recipe.model_dump(mode="json")
    for name, field in Recipe.model_fields.items():
        lines += ["", f"# {tr(field.description or '')}"]
        value = plain[name]
        group = _groups().get(name)
        if group is None:
            lines += yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=110).rstrip().splitlines()
            continue
        lines.append(f"{name}:")
        for inner, setting in group.model_fields.items():
            text = f"{inner}: {yaml.safe_dump(value[inner], default_flow_style=True, allow_unicode=True).split(chr(10))[0]}"
            lines += [f"  # {tr(setting.description or '')}", f"  {text}"]
    return "\n".join(lines) + "\n"
