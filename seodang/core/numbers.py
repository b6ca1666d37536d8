"""Numbers as a person reads them."""

from __future__ import annotations


def short(value: float) -> str:
    """An amount with four figures, without an exponent where it has a usual size.

    >>> short(31234.567), short(0.000123456), short(2.0), short(2.428e29)
    ('31,230', '0.0001235', '2', '2.428e+29')
    """
    if 1000 <= abs(value) < 1e12:
        digits = len(str(int(abs(value)))) - 4
        return f"{round(value, -digits):,.0f}"
    return f"{value:.4g}"


def percent(share: float, examples: int | None = None) -> str:
    """A share as a percentage with as many digits as so many examples can bear; two where it is not known of how many it is.

    >>> percent(0.98912, 10_000), percent(0.98912, 500), percent(0.9, 30), percent(0.98912)
    ('98.91 %', '98.9 %', '90 %', '98.91 %')
    """
    return f"{points(share, examples)} %"


def points(share: float, examples: int | None = None) -> str:
    """The same without the sign. Never 100 where a mistake was made, never 0 where one was right.

    >>> points(0.99999, 50_000), points(1.0, 500)
    ('99.99', '100')
    """
    digits = 2 if examples is None or examples >= 10_000 else 1 if examples >= 200 else 0
    value, smallest = round(100 * share, digits), 10.0**-digits
    if share < 1 and value == 100:
        value = 100 - smallest
    if share > 0 and value == 0:
        value = smallest
    return f"{value:.{0 if value in (0, 100) else digits}f}"
