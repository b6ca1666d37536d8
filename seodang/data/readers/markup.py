"""The text of a web page, without what is only for the browser."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser

MARKUP_SUFFIXES = (".html", ".htm", ".xhtml")
# What is not shown, and what begins a new line when it is.
_HIDDEN = frozenset({"script", "style", "template", "noscript", "head", "svg"})
_NAMES = (
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol p pre section table td th title tr ul"
)
_BLOCKS = frozenset(_NAMES.split())


def is_markup(name: str) -> bool:
    """Whether a file is a web page, by its name.

    >>> is_markup("a/index.HTML"), is_markup("page.htm.gz"), is_markup("html.txt")
    (True, True, False)
    """
    return os.path.splitext(name.lower().removesuffix(".gz"))[1] in MARKUP_SUFFIXES


def without_markup(page: str) -> str:
    """What a browser would show of a page, its paragraphs parted by empty lines; scripts and styles are passed over.

    >>> without_markup("<head><title>T</title></head><p>Tea &amp; <b>cake</b>,\\n <i>now</i>.</p><script>x()</script><p>Bye")
    'Tea & cake, now.\\n\\nBye'
    """
    parser = _Shown()
    parser.feed(page)
    parser.close()
    parts = (" ".join(part.split()) for part in "".join(parser.parts).split("\0"))
    return "\n\n".join(part for part in parts if part)


class _Shown(HTMLParser):
    """Gathers text; a zero byte where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":  # a head that nobody closed ends here
            self.hidden.clear()
        elif tag in _HIDDEN:
            self.hidden.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            del self.hidden[self.hidden.index(tag) :]
        elif tag in _BLOCKS:
            self.parts.append("\0")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub("\0", "", data))
