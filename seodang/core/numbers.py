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
