"""Which pretrained networks lie in the folder that `$SEODANG_WEIGHTS` names, without asking the hub."""

from __future__ import annotations

import os
from pathlib import Path

from seodang.core.errors import SeodangError
from seodang.pretrained.preparing import preparation_for
from seodang.pretrained.weights import FILES, VARIABLE, find_weights


def networks_here(below: int | None = None) -> list[str]:
    """The networks of `$SEODANG_WEIGHTS` that can be used, the largest file of weights first.

    below: only those whose file is smaller than so many bytes.
    """
    base = os.environ.get(VARIABLE)
    files = sorted(Path(base).glob(f"*/{FILES[0]}")) if base else []
    sizes = {file.parent.name: file.stat().st_size for file in files}
    names = sorted(sizes, key=lambda name: -sizes[name])
    return [name for name in names if (below is None or sizes[name] < below) and _is_usable(name)]


def smaller_networks(name: str) -> list[str]:
    """The networks of `$SEODANG_WEIGHTS` with less weights than this one, the largest first."""
    return networks_here(below=find_weights(name).path.stat().st_size)


def _is_usable(name: str) -> bool:
    try:
        preparation_for(find_weights(name))
    except SeodangError:
        return False
    return True
