"""Which script texts are in, as far as it decides how they are cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST_SHARE = 0.3  # of letters in those scripts
SOME = 1_000  # texts that are looked at
_LETTER = re.compile(r"[^\W\d_]")
_PIECEWISE = re.compile("[ᄀ-ᇿ぀-ヿ㄰-㆏㐀-鿿가-힣\u0e00-\u0e7f]")


def are_piecewise(texts: Sequence[str]) -> bool:
    """Whether texts are mostly in a script whose words are better cut into pieces, by up to 1,000 of them.

    Korean words carry endings; Japanese, Chinese and Thai ones stand without spaces.

    >>> are_piecewise(["정말 재미있다"]), are_piecewise(["good film", "좋다"])
    (True, False)
    """
    some = " ".join(texts[:: max(1, len(texts) // SOME)])
    return len(_PIECEWISE.findall(some)) > LEAST_SHARE * len(_LETTER.findall(some))
