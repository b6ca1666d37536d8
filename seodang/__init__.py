"""Seodang: data in, a trained network that its owner understands out."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Where each public name lives; looked up on first use, so that `import seodang` costs nothing.
_HOME = {
    "Classifier": "seodang.estimators.estimator",
    "Recipe": "seodang.recipes.recipe",
    "Regressor": "seodang.estimators.estimator",
    "Run": "seodang.runs.folder",
    "SeodangError": "seodang.core.errors",
    "compare": "seodang.evaluation.compare",
    "diagnose": "seodang.diagnoses.diagnose",
    "evaluate": "seodang.evaluation.evaluate",
    "explain": "seodang.explanations.explain",
    "load": "seodang.runs.folder",
    "look": "seodang.data.look",
    "names": "seodang.core.registry",
    "predict": "seodang.evaluation.predict",
    "recognise": "seodang.evaluation.recognise",
    "repeat": "seodang.runs.repeat",
    "report": "seodang.papers.report",
    "resume": "seodang.runs.train",
    "train": "seodang.runs.train",
    "tune": "seodang.tuning.tune",
}
__all__ = sorted(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"seodang has no {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
