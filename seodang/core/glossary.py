"""The terms of the field in one or two plain sentences each, shown on a page where they occur and listed at its end."""

from __future__ import annotations

import html
import re

from seodang.core.language import language, tr
from seodang.core.network_terms import network_terms
from seodang.core.score_terms import score_terms
from seodang.core.term import Term

# Text of these is no prose of ours: not looked through for terms.
SKIPPED = {"head", "style", "script", "svg", "code", "a", "h1", "summary", "title"}
MARK = "<!-- terms -->"
AS_TYPED = ("relu",)  # small also where it begins a line
STYLE = """
.term { border-bottom: 1px dotted currentColor; cursor: help; }
.term:focus { outline: none; background: var(--box); }
.term:hover::after, .term:focus::after { content: attr(data-tip); position: fixed; left: 50%; bottom: 18px; transform: translateX(-50%);
  width: min(38em, calc(100vw - 24px)); padding: 10px 14px; border-radius: 6px; background: var(--ink); color: var(--page); z-index: 9;
  font: 400 .9rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Apple SD Gothic Neo", "Noto Sans CJK KR", sans-serif;
  text-align: left; white-space: normal; writing-mode: horizontal-tb; box-shadow: 0 2px 14px rgba(0,0,0,.25); }
@media print { .term { border: 0; } .term::after { display: none !important; } }
"""
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)([^>]*)>", re.DOTALL)


def glossary() -> list[Term]:
    """Every term that is explained, in the person's language."""
    return [*network_terms(), *score_terms()]


def with_terms(page: str) -> str:
    """A page whose terms are underlined where each first occurs, with its explanation, and listed where `MARK` stands.

    Looked through is the text between the tags, what is folded up last; not drawings, commands, headings over the page, and
    what stands in an element with translate="no" (names and texts of the data).

    >>> print(with_terms("<p>An epoch.</p><!-- terms -->").partition("</p>")[0])
    <p>An <span class="term" tabindex="0" data-tip="One pass over all training examples.">epoch</span>.
    """
    there = {str(place): term for place, term in enumerate(sorted(glossary(), key=lambda term: -len(term.name)))}
    anywhere = _any_of(there, re.IGNORECASE if language() == "en" else 0)
    found: dict[str, str] = {}
    for skipped in (SKIPPED | {"details"}, SKIPPED):
        page = _marked(page, there, found, skipped, anywhere)
    return page.replace(MARK, _listed([there[place] for place in found]), 1)


def _marked(
    page: str, there: dict[str, Term], found: dict[str, str], skipped: set[str], anywhere: re.Pattern[str]
) -> str:
    parts: list[str] = []
    at, inside, depth = 0, "", 0
    for tag in _TAG.finditer(page):
        text = page[at : tag.start()]
        parts += [text if inside else _in_text(text, there, found, anywhere), tag[0]]
        at = tag.end()
        if tag[2] is None or tag[3].endswith("/"):
            continue
        name = tag[2].lower()
        if inside:
            depth += (-1 if tag[1] else 1) * (name == inside)
            inside = inside if depth else ""
        elif not tag[1] and (name in skipped or 'translate="no"' in tag[3] or 'class="term"' in tag[3]):
            inside, depth = name, 1
    return "".join([*parts, page[at:]])


def _in_text(text: str, there: dict[str, Term], found: dict[str, str], anywhere: re.Pattern[str]) -> str:
    if len(found) == len(there) or not anywhere.search(text):
        return text
    # A pattern of all terms that are left would be compiled for every term that is found, a tenth of a second a page.
    left = {place: term for place, term in there.items() if place not in found}
    left = {
        place: term for place, term in left.items() if re.search(term.pattern, text, anywhere.flags & re.IGNORECASE)
    }
    if not left:
        return text

    def underlined(match: re.Match[str]) -> str:
        place = str(match.lastgroup)[1:]
        if place in found:
            return match[0]
        found[place] = match[0]
        return f'<span class="term" tabindex="0" data-tip="{html.escape(left[place].about)}">{match[0]}</span>'

    return _any_of(left, anywhere.flags & re.IGNORECASE).sub(underlined, text)


def _any_of(terms: dict[str, Term], flags: int) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<t{place}>{term.pattern})" for place, term in terms.items()), flags)


def _listed(terms: list[Term]) -> str:
    if not terms:
        return ""
    rows = "".join(
        f"<div><dt>{html.escape(_capital(each.name))}</dt><dd>{html.escape(each.about)}</dd></div>\n"
        for each in sorted(terms, key=lambda term: term.name.lower())
    )
    return f"<h2>{html.escape(tr('Terms on this page'))}</h2>\n<dl>\n{rows}</dl>\n"


def _capital(name: str) -> str:
    return name if len(name) == 1 or name in AS_TYPED else name[0].upper() + name[1:]
