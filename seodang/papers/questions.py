"""What only the author can know: asked in about.yaml, kept there, and a clearly marked blank on the paper until it is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.files import write_text
from seodang.core.language import tr

NAME = "about.yaml"


def questions() -> dict[str, str]:
    """Each question by its name in about.yaml, in the order in which they are asked."""
    return {
        "intended_use": tr("What is it meant to be used for, and by whom?"),
        "not_for": tr("What must it not be used for?"),
        "affected": tr("Whom do its answers concern, and what does a wrong one cost them?"),
        "data_source": tr("Who collected the data, when, where and how?"),
        "data_licence": tr("Under which licence may the data be used?"),
        "consent": tr(
            'Did the people who are in the data agree to this use? Where there are no people in it, answer "no people".'
        ),
        "licence": tr(
            "Under which licence is the model given away? Best an identifier of the hub, such as apache-2.0."
        ),
        "language": tr("Which languages is it for? Codes such as en or ko, with commas between."),
        "authors": tr("Who made it, and where can they be asked?"),
    }


def read_answers(path: Path) -> dict[str, str]:
    """The answers that a file gives, by name; "" where there is none.

    Raises:
        SeodangError: There is no such file, it is not YAML, it has a name that is not asked, or an answer that is no text.
    """
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SeodangError(
            tr("There is no file {path}. Without --about the questions are written for you to answer.", path=path)
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise SeodangError(
            tr("{path} cannot be read as YAML: {why}", path=path, why=" ".join(str(error).split()))
        ) from None
    if not isinstance(plain, dict | None):
        raise SeodangError(
            tr("{path} must hold answers by name (intended_use: …), got {kind}.", path=path, kind=type(plain).__name__)
        )
    return {name: _answer(path, name, value) for name, value in _known(path, plain or {}).items()}


def _known(path: Path, plain: dict[Any, Any]) -> dict[str, Any]:
    asked = questions()
    for name in plain:
        if name not in asked:
            hint = did_you_mean(str(name), asked)
            raise SeodangError(
                tr("{path}: {name} is not one of the questions. {hint}", path=path, name=name, hint=hint)
            )
    return {name: plain.get(name) for name in asked}


def _answer(path: Path, name: str, value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):  # yes and no are words to whoever answers, not to YAML
        return tr("yes") if value else tr("no")
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else " ".join(str(value).split())
    raise SeodangError(
        tr("{path}: the answer to {name} must be text, got {kind}.", path=path, name=name, kind=type(value).__name__)
    )


def write_questions(path: Path, run: str, command: str) -> None:
    """Write the questions with empty answers, for a person to fill in."""
    lines = [
        f"# {tr('What Seodang cannot know of {run}. An answer stands between the quotes; an empty one stays a blank.', run=run)}",
        f"# {tr('Then write the report again: {command}', command=command)}",
    ]
    for name, question in questions().items():
        lines += ["", f"# {question}", f"{name}: {json.dumps('')}"]
    write_text(path, "\n".join(lines) + "\n")
