"""Letters that a drawing can show: which fonts have them, so that none comes out as an empty box.

matplotlib brings DejaVu Sans, which has Latin, Greek and Cyrillic letters and no Korean. Those (with Hanja and kana) come from Noto
Sans KR, which pip installs with Seodang (pylopdf-fonts-ko: two font files, SIL Open Font License), else from a font of the system.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seodang.core.language import in_english, language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# How fonts of systems with Korean, Chinese or Japanese letters are called: Linux, macOS, Windows.
KNOWN = (
    "Noto Sans KR",
    "Noto Sans CJK",
    "Source Han Sans",
    "Nanum",
    "Pretendard",
    "UnDotum",
    "Baekmuk",
    "Apple SD Gothic",
    "Malgun Gothic",
    "PingFang",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
)
# What must be drawn before a language is: letters of it.
LETTERS = {"ko": "가각힣"}


@dataclass(frozen=True)
class Font:
    """A font by its family's name and its file."""

    family: str
    file: str


@functools.cache
def plain() -> Font:
    """The font that matplotlib brings."""
    import matplotlib

    return Font("DejaVu Sans", str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))


@functools.cache
def others() -> tuple[Font, ...]:
    """Fonts with letters that the plain one lacks: the one that pip installed, then the system's."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    found: list[Font] = []
    with contextlib.suppress(ImportError):
        from pylopdf_fonts_ko import sans_path

        file = str(sans_path())
        fontManager.addfont(file)  # matplotlib finds fonts by their families' names
        found.append(Font(FT2Font(file).family_name, file))
    for name in KNOWN:
        upright = [each for each in fontManager.ttflist if each.name.startswith(name) and each.style == "normal"]
        upright.sort(key=lambda each: (abs(int(each.weight) - 400 if str(each.weight).isdigit() else 0), each.fname))
        for each in upright:
            if each.name not in [font.family for font in found]:
                found.append(Font(each.name, each.fname))
    return tuple(found)


@functools.cache
def letters(file: str) -> frozenset[int]:
    """The code points that a font's file has a shape for."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(file).get_charmap())


def fonts_for(text: str) -> tuple[Font, ...]:
    """The plain font, and of the others those that have what it lacks of a text, as few as do.

    >>> [font.family for font in fonts_for("accuracy → 98 %")]
    ['DejaVu Sans']
    """
    chosen, left = [plain()], _beyond(text, plain())
    for font in others() if left else ():
        if left - letters(font.file) != left:
            chosen.append(font)
            left = left - letters(font.file)
    return tuple(chosen)


def lacking(text: str) -> str:
    """The letters of a text that no font here has, each once, in order."""
    left = _beyond(text, *fonts_for(text))
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) in left))


def best_font(text: str) -> Font:
    """The one font that has most of a text, for a drawing that can use one only; of equals the plain one."""
    if not _beyond(text, plain()):
        return plain()
    return min((plain(), *others()), key=lambda font: len(_beyond(text, font)))


def has(font: Font, letter: str) -> bool:
    """Whether a font has a letter."""
    return not _beyond(letter, font)


def fit(figure: Figure, stand_in: str = "") -> str:
    """Give every text of a figure fonts that have its letters. Back come the letters that no font here has.

    Args:
        figure: Before it is saved.
        stand_in: What is drawn for a letter that no font has; empty where the reader's own fonts will draw it.
    """
    import matplotlib
    from matplotlib.text import Text

    left = ""
    for text in figure.findobj(Text):
        assert isinstance(text, Text), "findobj gives what was asked for"
        words = text.get_text()
        if more := [font.family for font in fonts_for(words)[1:]]:
            text.set_fontfamily([*matplotlib.rcParams["font.family"], *more])
            text.set_fontweight("normal")  # of these fonts there is no bold one, and matplotlib would say so
        missing = lacking(words)
        if missing and stand_in:
            text.set_text("".join(stand_in if letter in missing else letter for letter in words))
        left += missing
    return "".join(dict.fromkeys(left))


@contextlib.contextmanager
def drawable() -> Iterator[None]:
    """Inside it `tr` gives words that can be drawn here: a person's language, or English where no font has its letters."""
    with in_english() if lacking(LETTERS.get(language(), "")) else contextlib.nullcontext():
        yield


def _beyond(text: str, *fonts: Font) -> frozenset[int]:
    """The code points of a text that none of the fonts has. Line ends and the like are not drawn and not looked for."""
    wanted = {ord(letter) for letter in text if letter.isprintable() and not letter.isspace() and not letter.isascii()}
    for font in fonts:
        wanted -= letters(font.file) if wanted else set()
    return frozenset(wanted)
