"""Settings of how rows, texts and series become numbers: the part of a recipe that `preparation` is for pictures."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator

from seodang.core.values import Value
from seodang.data.frame import Kind


def _words(given: Any) -> Any:
    return tuple(word.strip() for word in given.split(",") if word.strip()) if isinstance(given, str) else given


class Columns(Value):
    """Which columns of a table mean what, and how they become numbers. What is left open is found from the data and said."""

    target: str | None = Field(
        default=None,
        description="The column that is foretold. Null: guessed from the names. Of pictures, also a regular expression on the files' "
        "names whose first group is the class: '^([a-z]+)'.",
    )
    leave_out: tuple[str, ...] = Field(default=(), description="Columns that the network must not see: name,ticket.")
    kinds: dict[str, Kind] = Field(
        default_factory=dict,
        description="What columns hold where the guess is wrong, by name: number, category, text, date, picture, id.",
    )
    header: bool | None = Field(default=None, description="Whether the first line has the names. Null: seen from it.")
    decimal: Literal[".", ","] | None = Field(
        default=None,
        description="The sign before decimals in texts. Null: seen from the numbers, and kept with the run.",
    )
    across: bool | None = Field(
        default=None,
        description="Whether each row is a series, and its times are the names of columns, such as years. They are put below one another. "
        "Null: where hardly any column is named otherwise, and kept with the run.",
    )
    missing: tuple[str, ...] = Field(
        default=(),
        description="What else stands for a value that is not known, beside empty cells, NA, ? and the like: -999,unclear.",
    )
    day_first: bool | None = Field(
        default=None,
        description="Whether 3/4/2021 is in April (true) or in March. Null: seen from the dates, and kept with the run.",
    )
    text: str | None = Field(default=None, description="The column that holds the text. Null: found.")
    time: str | None = Field(default=None, description="The column that says when, for a series. Null: found.")
    key: str | None = Field(default=None, description="The column that tells several series in one file apart.")
    numbers: Literal["standard", "quantile", "minmax", "none"] = Field(
        default="standard",
        description="How number columns are scaled, fitted on the training rows: (x - mean) / deviation; quantile: by rank to "
        "a bell curve; minmax: to 0..1; none.",
    )
    categories: Literal["codes", "one_hot"] = Field(
        default="codes",
        description="codes: a network of ours learns a vector for each. one_hot: a 0 or 1 for each, for any network.",
    )
    scale_target: Literal["standard", "minmax", "none"] = Field(
        default="standard",
        description="How amounts that are foretold are scaled while training; shown in their own unit.",
    )

    @field_validator("leave_out", "missing", mode="before")
    @classmethod
    def _list(cls, given: Any) -> Any:
        given = (given,) if isinstance(given, int | float) else given  # YAML reads -999 as a number
        return _words(given) if isinstance(given, str) else tuple(map(str, given))


class Text(Value):
    """How texts become token ids."""

    tokens: Literal["auto", "words", "notes", "bpe", "characters", "pretrained"] = Field(
        default="words",
        description="words: words and marks of any script. notes: as Keras 2's Tokenizer. bpe: pieces of words. characters. "
        "auto: characters where the texts are mostly Korean, Japanese, Chinese or Thai, else words. pretrained: as the model "
        "language-model was pretrained with.",
    )
    vocabulary: int = Field(
        default=20_000, ge=2, description="At most so many token ids, padding and unknown included; the commonest stay."
    )
    length: int | None = Field(
        default=None, ge=1, description="Longer texts are cut to so many tokens. Null: 95 % of the training texts fit."
    )
    cut: Literal["end", "begin"] = Field(default="end", description="Where texts that are too long lose tokens.")
    padding: Literal["end", "begin"] = Field(
        default="end", description="Where short texts are filled up. begin: all to one length, as in the notes."
    )
    prefixes: bool = Field(
        default=False,
        description="For next_token: every beginning of a text is an example and its next word the answer, as in the notes; "
        "false: the whole text at once.",
    )
    marks: bool = Field(
        default=True, description="For next_token: a begin and an end mark round each text, so that it learns to end."
    )
    drop: tuple[str, ...] = Field(default=(), description="Texts that are left out where they are just this: Unknown.")

    @field_validator("drop", mode="before")
    @classmethod
    def _list(cls, given: Any) -> Any:
        return _words(given)


class Series(Value):
    """How a time series is cut into windows: what has been seen, and what comes next."""

    window: int | None = Field(default=None, ge=1, description="Steps of the past that the network sees. Null: found.")
    horizon: int | None = Field(default=None, ge=1, description="Steps ahead that it foretells. Null: found.")
    season: int | None = Field(
        default=None, ge=1, description="Steps after which things repeat; 1: never. Null: found."
    )
    seen: Literal["target", "all", "others"] = Field(
        default="target",
        description="Whose past it sees: the target's, that of every number column, or all but the target's.",
    )
    known: tuple[str, ...] = Field(
        default=(),
        description="Number columns that are known for the steps ahead too (a price, a holiday: 0 or 1). They are seen up to the "
        "last step that is foretold, and must stand in the rows after the last target when `predict` is asked.",
    )
    test_windows: int | None = Field(
        default=None, ge=1, description="So many windows at the end are the test split. Null: the share split.test."
    )
    first: str | None = Field(default=None, description="The first time that is used: 2015-01-01. Null: all.")
    last: str | None = Field(default=None, description="The last time that is used.")
    scaling: Literal["standard", "minmax"] = Field(
        default="standard", description="How values are scaled, fitted on the training part only."
    )

    @field_validator("known", mode="before")
    @classmethod
    def _list(cls, given: Any) -> Any:
        return _words(given)

    @field_validator("first", "last", mode="before")
    @classmethod
    def _day(cls, given: Any) -> Any:
        """YAML reads 2015-01-01 as a date, and 2015 as a number."""
        return str(given) if isinstance(given, date | int) and not isinstance(given, bool) else given
