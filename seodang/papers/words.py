"""How a paper names things: examples, splits, numbers and the simple methods that a network is set beside."""

from __future__ import annotations

from seodang.core.language import tr, trn
from seodang.core.numbers import short
from seodang.evaluation.report import duration, written
from seodang.evaluation.verdict import SHARES, chance, percent, points
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Form, Place

NAMED = 5
PEOPLE = ("Fréchet",)  # whose names begin a title
TENTHS = ("explained", "confidence", "covered")  # shares that are not counted among the examples
RATIOS = ("diversity", "nearness")  # beside real pictures
p_value: Form = chance
amount: Form = short
setting: Form = written
seconds: Form = duration


def count(value: int) -> str:
    """A whole number.

    >>> count(12345)
    '12,345'
    """
    return f"{value:,}"


def rounded_count(value: int) -> str:
    """A whole number, of millions without what nobody reads.

    >>> rounded_count(2368), rounded_count(224_945_536)
    ('2,368', '224.9 million')
    """
    return tr("{number:.1f} million", number=value / 1e6) if value >= 1e6 else count(value)


def percent_of(examples: int) -> Form:
    """A share of so many examples, in percent, with as many digits as they can bear."""
    return lambda share: percent(share, examples)


def points_of(examples: int) -> Form:
    """The same without the sign."""
    return lambda share: points(share, examples)


def tenths(share: float) -> str:
    """A share in percent, to a tenth.

    >>> tenths(0.85177)
    '85.2 %'
    """
    return f"{100 * share:.1f} %"


def times(value: float) -> str:
    """How many times as much.

    >>> times(0.52951)
    '0.53'
    """
    return f"{value:.2f}"


def whole_percent(share: float) -> str:
    """A share that is a whole number of percent.

    >>> whole_percent(0.95)
    '95 %'
    """
    return f"{100 * share:.0f} %"


def in_points(value: float) -> str:
    """A difference of two shares, in percentage points."""
    return f"{100 * value:.1f}"


def first(letters: int) -> Form:
    """The beginning of a hash."""
    return lambda text: str(text)[:letters]


def many(number: str, of: int, noun: str) -> str:
    """So many examples: "1,000 pictures". `number`: the text, with its mark; `of`: the number itself."""
    if noun == "picture":
        return trn("{number} picture", "{number} pictures", of, number=number)
    if noun == "text":
        return trn("{number} text", "{number} texts", of, number=number)
    if noun == "window":
        return trn("{number} window", "{number} windows", of, number=number)
    return trn("{number} row", "{number} rows", of, number=number)


def examples(evidence: Evidence, place: Place) -> str:
    """The number that stands there, as that many examples."""
    return many(evidence.trace.number(count, place), place.value, evidence.noun)


def judged(evidence: Evidence) -> str:
    """The examples that it was judged on, and which they are."""
    told = examples(evidence, evidence.report["judged"]["examples"])
    split = evidence.report.value["split"]
    if not evidence.is_own:
        other = evidence.trace.quote(evidence.report["judged"]["data"])
        return tr("{examples} of other data ({name})", examples=told, name=other)
    if split == "test":
        return tr("{examples} of the test split", examples=told)
    if split == "validation":
        return tr("{examples} of the validation split (there is no test split)", examples=told)
    return tr("{examples} it was trained on (there is neither a test nor a validation split)", examples=told)


def listed(evidence: Evidence, names: list[Place], of: Place, most: int = NAMED) -> str:
    """Some names; where there are more than so many, how many there are in the list that `of` is."""
    told = ", ".join(evidence.trace.quote(name) for name in names[:most])
    if len(names) <= most:
        return told
    return tr("{names}, … ({number} in all)", names=told, number=evidence.trace.number(count, of, way="number of"))


def split_title(name: str) -> str:
    """What a split is called."""
    return {"train": tr("training"), "validation": tr("validation"), "test": tr("test")}.get(name, name)


def form_of(name: str, examples: int) -> Form:
    """How a number of the report is written."""
    if name in TENTHS:
        return tenths
    if name in RATIOS:
        return times
    return percent_of(examples) if name in SHARES else amount


def within(title: str) -> str:
    """A title inside a sentence, unless it is an abbreviation or begins with a person's name.

    >>> within("Mean distance"), within("BLEU"), within("R², the share")
    ('mean distance', 'BLEU', 'R², the share')
    """
    is_word = title[1:2].islower() and not title.startswith(PEOPLE)
    return title[0].lower() + title[1:] if is_word else title
