"""A YAML file of settings that a person wrote: read as plain values, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import RecipeError
from seodang.core.language import later, tr

# What such a file may be: the kinds of `seodang new`.
KINDS = (later("recipe"), later("decision"))


class _OnceEach(yaml.SafeLoader):
    """Plain values only, and no key twice in one group: YAML would take the last and say nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                twice = tr("{key} stands twice", key=key.value)
                raise yaml.constructor.ConstructorError(None, None, twice, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read_settings(path: Path, *, kind: str, name: str, such_as: str) -> dict[Any, Any]:
    """What a YAML file holds, key by key, unchecked. Only plain values are read: a tag that would make an object is refused.

    kind, name: what the file should be and what it may be called, for `seodang new KIND NAME`, which is told where there is
    no file. such_as: an entry as an example. Raises RecipeError.

    >>> read_settings(Path("gone.yaml"), kind="decision", name="gone", such_as="rules: …")
    Traceback (most recent call last):
        ...
    seodang.core.errors.RecipeError: There is no decision file gone.yaml. `seodang new decision gone` writes one to start from.
    """
    try:
        plain = _OnceEach(path.read_text(encoding="utf-8")).get_single_data()
    except FileNotFoundError:
        raise RecipeError(
            tr(
                "There is no {what} file {path}. `seodang new {kind} {name}` writes one to start from.",
                what=tr(kind),
                kind=kind,
                path=path,
                name=name,
            )
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        why = str(why).replace(' in "<unicode string>"', "")
        raise RecipeError(tr("{path} cannot be read as YAML: {error}", path=path, error=why)) from None
    if not isinstance(plain, dict):
        raise RecipeError(
            tr(
                "{path} must hold settings by name ({such_as}), got {kind}.",
                path=path,
                such_as=such_as,
                kind={type(None): tr("nothing"), list: tr("a list")}.get(type(plain), type(plain).__name__),
            )
        )
    return plain
