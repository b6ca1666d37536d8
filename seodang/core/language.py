"""What a person reads, in the person's language: English in the code, other languages from one catalogue of messages (gettext).

A sentence for a person is written `tr("{path} holds no picture.", path=path)`: the English text is the key, its values have names,
so that another language may put them in another order. `seodang/locale/ko/LC_MESSAGES/seodang.po` has the Korean of each.
"""

from __future__ import annotations

import functools
import gettext
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unicodedata import east_asian_width

FOLDER = Path(__file__).parent.parent / "locale"
LANGUAGES = {"en": "English", "ko": "한국어"}
# Where a person's language is looked for when none was asked for: ours, then POSIX' in its own order.
VARIABLES = ("SEODANG_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
# Korean particles that depend on whether the syllable before them ends in a consonant: written "을(를)", with it and without.
# "(이)" stands before what has it after a consonant only: (이)라는, (이)며.
PARTICLES = ("을(를)", "이(가)", "은(는)", "과(와)", "(으)로", "(이)")
_PARTICLE = re.compile(r"([A-Za-z]+|\S)([\"'’”»`)}\]]*)(" + "|".join(map(re.escape, PARTICLES)) + ")")
# How the last sound of a digit or letter is read: with a final consonant (l: 'ㄹ' is one, but takes 로).
_DIGITS = {"0": "c", "1": "l", "3": "c", "6": "c", "7": "l", "8": "l"}
_LETTERS = {"l": "l", "m": "c", "n": "c", "r": "l"}
# And of English words in Korean: 트레이닝, 파일, 타임, 레이어, 타깃 (but 세트, 플로트), 맵, 디스크 (but 스택).
_WORDS = (
    (re.compile(r"[^aeious][aeo]t$|[^aeious][aeiou]p$|[aeiou]c?k$"), "c"),
    (re.compile(r"[aeiou]ng$"), "c"),
    (re.compile(r"..le$"), "l"),
    (re.compile(r"[aeiou][mn]e$"), "c"),
    (re.compile(r"[a-z]r$"), ""),
)

_chosen: str | None = None


def use_language(code: str) -> None:
    """Speak this language ("en", "ko", also "ko_KR.UTF-8") from now on, in this process.

    Raises:
        ValueError: There is no catalogue of it. (`core.errors` speaks through this file, so it cannot raise a SeodangError.)
    """
    global _chosen
    short = _short(code)
    if short not in LANGUAGES:
        allowed = ", ".join(LANGUAGES)
        raise ValueError(
            tr("language {code!r} is not one that Seodang speaks. Allowed: {allowed}.", code=code, allowed=allowed)
        )
    _chosen = short


@contextmanager
def in_english() -> Iterator[None]:
    """For errors whose text is kept as a reason: inside, `tr` speaks English."""
    global _chosen
    before, _chosen = _chosen, "en"
    try:
        yield
    finally:
        _chosen = before


def language() -> str:
    """The language spoken now: the one asked for, else SEODANG_LANG, else the system's where we speak it, else English."""
    if _chosen is not None:
        return _chosen
    for variable in VARIABLES:
        if value := os.environ.get(variable):
            return short if (short := _short(value)) in LANGUAGES else "en"
    return "en"


def tr(message: str, /, **values: object) -> str:
    """A sentence for a person, in the person's language, its {placeholders} filled with `values` as str.format does.

    Args:
        message: The English sentence, a constant: it is the key of the catalogue. Without values its braces stay as they are.

    >>> tr("{count:,} pictures of {kind}", count=1200, kind="cats")
    '1,200 pictures of cats'
    """
    text = catalogue(language()).gettext(message) if message else ""
    return _filled(text, values)


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """`tr` where English has a form for one and a form for many; {count} is among the values.

    >>> trn("{count} picture", "{count:,} pictures", 1), trn("{count} picture", "{count:,} pictures", 1500)
    ('1 picture', '1,500 pictures')
    """
    text = catalogue(language()).ngettext(one, many, count)
    return _filled(text, {"count": count, **values})


def later(message: str) -> str:
    """The text itself, marked for the catalogue: it is made here as a key or a constant, and `tr` is called where it is shown."""
    return message


def said_before(sentence: str, templates: Iterable[str]) -> str:
    """A sentence that a library wrote in English, in the person's language, by the first template that could have made it.

    >>> said_before("No such option: --top", ("Missing {what}.", "No such option: {option}"))
    'No such option: --top'
    """
    for template in templates:
        if found := _pattern(template).fullmatch(sentence):
            return tr(template, **found.groupdict())
    return tr(sentence)


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{piece}>.+)" if k % 2 else re.escape(piece) for k, piece in enumerate(pieces)), re.DOTALL
    )


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: two for a Korean syllable.

    >>> columns("epoch"), columns("에폭")
    (5, 4)
    """
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, width: int) -> str:
    """A text with blanks behind it, `width` columns of a terminal wide: f"{text:{width}}" for every language."""
    return text + " " * (width - columns(text))


def _short(code: str) -> str:
    word = re.split(r"[_.@-]", code.strip().lower())[0]
    return "en" if word in ("c", "posix") else word


@functools.cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The messages of a language; of English, which stands in the code, an empty one."""
    return gettext.translation("seodang", FOLDER, languages=[code], fallback=True)


def _filled(text: str, values: dict[str, object]) -> str:
    filled = text.format(**values) if values else text
    return particles(filled) if language() == "ko" and "(" in filled else filled


def particles(text: str) -> str:
    """Korean with the form of each particle that the sound before it asks for; left in both forms where that is not known.

    >>> particles("사진을(를) 사과을(를) 바나나(으)로 3을(를)")
    '사진을 사과를 바나나로 3을'
    """
    return _PARTICLE.sub(lambda found: found[1] + found[2] + _fitting(found[1], found[3]), text)


def _fitting(before: str, particle: str) -> str:
    if "가" <= before[-1] <= "힣":
        final = (ord(before) - ord("가")) % 28
        sound = "" if final == 0 else "l" if final == 8 else "c"
    elif before.isdigit() and before.isascii():
        sound = _DIGITS.get(before, "")
    elif before.isalpha() and before.isascii():
        sound = next((sound for ending, sound in _WORDS if ending.search(before)), _LETTERS.get(before[-1].lower(), ""))
    elif before == "%":
        sound = ""  # 퍼센트
    else:
        return particle
    consonant, vowel = _forms(particle)
    return (vowel if particle == "(으)로" else consonant) if sound == "l" else consonant if sound else vowel


def _forms(particle: str) -> tuple[str, str]:
    """("을", "를") of "을(를)"; ("으로", "로") of "(으)로"."""
    if particle.startswith("("):
        return particle.replace("(", "").replace(")", ""), particle[particle.index(")") + 1 :]
    first, second = particle.rstrip(")").split("(")
    return first, second
