"""A term of the field: its name, what it is, and how it is found in a text."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from seodang.core.language import language


@dataclass(frozen=True)
class Term:
    """A term in the person's language, what it is, and a pattern of what it looks like in an English text.

    code: a pattern of the names that it has in recipes and networks ("max_pool2d"), whatever the language.
    """

    name: str
    about: str
    english: str
    code: str = ""

    @functools.cached_property
    def pattern(self) -> str:
        """What is looked for on a page: whole words in English; in Korean the term with whatever ending."""
        word = self.english if language() == "en" or not self.english else re.escape(self.name)
        word = word.replace(r"95\ %\ ", "(?:95 % )?")
        left, right = (r"(?<![\w-])", r"(?![\w-])") if language() == "en" else (r"(?<![\w가-힣])", "")
        found = [f"{left}(?:{word}){right}"] if word else []
        return "|".join([*found, *([rf"(?<![\w.])(?:{self.code})(?![\w.])"] if self.code else [])])
