"""A finding: what is wrong with data, by which evidence, why it matters and what to do."""

from __future__ import annotations

from typing import Any

from seodang.core.sentences import said

Finding = dict[str, Any]


def finding(kind: str, level: str, what: str, evidence: str, why: str, todo: str) -> Finding:
    """A finding of a kind ("imbalance"); level: "serious" or "notice". The rest are sentences for a person."""
    return {"kind": kind, "level": level, "what": what, "evidence": evidence, "why": why, "todo": todo}


def by_weight(found: list[Finding]) -> list[Finding]:
    """The findings in their order, but the serious ones first."""
    return sorted(found, key=lambda each: each["level"] != "serious")


def share(part: int, whole: int) -> str:
    """A part in percent, with as many digits as it needs.

    >>> share(1, 3), share(1, 4000)
    ('33 %', '0.025 %')
    """
    percent = 100 * part / max(1, whole)
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"


def listed(names: list[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    some = ", ".join(names[:most])
    return said("{names} and {count:,} more", names=some, count=len(names) - most) if len(names) > most else some
