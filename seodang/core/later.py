"""pandas, imported when something of it is first asked for: who judges or explains a picture does not wait for it."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Later(ModuleType):
    """Stands for a module, and imports it when something of it is asked for.

    >>> Later("colorsys").rgb_to_hsv(1.0, 1.0, 1.0)
    (0.0, 0.0, 1.0)
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.modules.get(self.__name__) or importlib.import_module(self.__name__), name)


if TYPE_CHECKING:
    import pandas as pandas
else:
    pandas = Later("pandas")
