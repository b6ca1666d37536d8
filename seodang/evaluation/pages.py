"""A page from its template: sentences in the person's language, its terms explained; one file that works offline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seodang.core.glossary import STYLE as TERM_STYLE
from seodang.core.glossary import with_terms
from seodang.core.language import language, tr, trn
from seodang.core.sentences import shown

if TYPE_CHECKING:
    from markupsafe import Markup

STYLE = Path(__file__).parent / "report.css"


def rendered(template: Path, filters: dict[str, Callable[..., Any]], **values: Any) -> str:
    """The page that a template makes of values.

    A template writes `{{ tr("… {name} …", name=value) }}`: the sentence may hold markup, the values are escaped. `css`,
    `language` and the filters `shown` (of sentences that data and runs keep in English), `coded` and `sure` are given.
    """
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(filters, shown=shown, coded=coded, sure=sure)
    environment.globals.update(tr=_said, trn=_counted, language=language())
    css = Markup(STYLE.read_text(encoding="utf-8") + TERM_STYLE.lstrip())
    page = environment.from_string(template.read_text(encoding="utf-8"))
    return with_terms(page.render(css=css, **values))


def sure(probability: float) -> str:
    """A confidence in percent without its sign; 100 only where there is no doubt at all.

    >>> sure(0.874), sure(0.9987), sure(1.0)
    ('87', '99', '100')
    """
    from seodang.evaluation.verdict import points  # it brings numpy, which `seodang learn` does not wait for

    return points(probability, 100)


def coded(text: str) -> Markup:
    """A sentence, escaped, with what stands in backticks as code.

    >>> str(coded("`a < b` & c"))
    '<code>a &lt; b</code> &amp; c'
    """
    from markupsafe import Markup, escape

    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def _escaped(values: dict[str, Any]) -> dict[str, Any]:
    from markupsafe import escape

    return {name: value if isinstance(value, int | float) else escape(value) for name, value in values.items()}


def _said(message: str, /, **values: Any) -> Any:
    from markupsafe import Markup

    return Markup(tr(message, **_escaped(values)))


def _counted(one: str, many: str, count: int, /, **values: Any) -> Any:
    from markupsafe import Markup

    return Markup(trn(one, many, count, **_escaped(values)))
