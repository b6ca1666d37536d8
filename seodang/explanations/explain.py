"""Explain a run and one example: pictures and a few sentences on one page that works offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from seodang.core.files import refuse_place, write_text
from seodang.core.language import tr
from seodang.core.registry import find, names
from seodang.explanations._makers import answer_of
from seodang.explanations.example import Example, example_of
from seodang.explanations.explanation import DoesNotApply, Explanation, TakesLong
from seodang.runs.folder import Run, load

# The order of the page: why this answer, what the layers do, the run as a whole.
ORDER = ("answer", "inside", "run")
TOP = 3


@dataclass(frozen=True)
class Explained:
    """What was found. explanations: by name, in the order of the page.   html: the page.

    left_out: names of those that take long with so large a network, and that nobody asked for.
    """

    run: Run
    example: Example
    explanations: dict[str, Explanation]
    left_out: tuple[str, ...] = ()

    @property
    def answer(self) -> dict[str, Any]:
        """What the network answers: `prediction`, with `probability` and `top` where there are classes."""
        return told(self.run, self.example)

    @property
    def html(self) -> str:
        """One page that holds everything and needs no network."""
        from seodang.explanations.page import render

        return render(self.run, self.example, self.answer, self.explanations, self.words)

    @property
    def words(self) -> str:
        """What is not there, and how to get it; empty where all is there."""
        if not self.left_out:
            return ""
        return tr(
            "Left out, because they take long with so large a network: {names}. Ask for them by name: --with {together}.",
            names=", ".join(self.left_out),
            together=",".join(self.left_out),
        )

    def write(self, path: str | Path) -> Path:
        """Write the page; give back where."""
        refuse_place(path)
        write_text(Path(path), self.html)
        return Path(path)

    def as_dict(self) -> dict[str, Any]:
        """Everything but the pictures, fit for JSON."""
        found = {
            name: {"title": each.title, "words": list(each.words), **each.numbers}
            for name, each in self.explanations.items()
        }
        asked = self.example
        example = None if not asked.name else {"name": asked.name, "true": asked.true, "remarks": list(asked.remarks)}
        told_of = {"run": str(self.run.folder), "example": example, **self.answer, "explanations": found}
        return {**told_of, "left_out": list(self.left_out)} if self.left_out else told_of


def explain(
    run: Run | str | Path,
    example: str | Path | Sequence[str] = (),
    names: Sequence[str] = (),
    *,
    out: str | Path | None = None,
    target: str | None = None,
    layer: str | None = None,
) -> Explained:
    """Why a network answers as it does: one page with pictures and a few sentences.

    Args:
        run: A run, or its path or name.
        example: A picture's path; of a run that makes pictures a seed, of whose noise one is made; a table's file or column=value
            words; a text or its file; a series' file; `#12`, the twelfth example that the run was judged on; nothing: the network
            without an example (of a series, its own end).
        names: Of `seodang list explanations`. None: all that apply.
        out: Where the page is written. None: nowhere; the result has it as `html`.
        target: The class that is explained. None: the most probable.
        layer: The layer that `filters`, `feature-maps` and `grad-cam` look at. None: each its own.

    Raises:
        SeodangError: There is no such run, example, class, layer or explanation, or one that was named does not apply.
    """
    opened = run if isinstance(run, Run) else load(run)
    words = [str(example)] if isinstance(example, str | Path) else [str(word) for word in example]
    functions = {name: find("explanations", name) for name in _wanted(names)}
    if out is not None:
        refuse_place(out)
    asked = replace(example_of(opened, words, target), asked=tuple(functions) if names else ())
    found, left_out = {}, []
    for name, function in functions.items():
        try:
            found[name] = function(opened, asked, layer=layer)
        except TakesLong:
            left_out.append(name)
        except DoesNotApply as reason:
            if names:
                raise DoesNotApply(tr("{name} does not apply: {reason}", name=name, reason=reason)) from None
    ordered = dict(sorted(found.items(), key=lambda each: ORDER.index(each[1].about)))
    explained = Explained(opened, asked, ordered, tuple(left_out))
    if out is not None:
        explained.write(out)
    return explained


def _wanted(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.strip().replace("_", "-") for name in given)) or names("explanations")


def told(run: Run, example: Example) -> dict[str, Any]:
    """The answer to an example, as `predict` gives it."""
    if example.kind == "pair":
        from seodang.evaluation.translating import translate

        return {"prediction": translate(run, [example.text])[0]} if example.text else {}
    if run.recipe.makes_examples:
        return {} if example.given is None else answer_of(run, example.given, example.noise)
    if example.answer is None:
        return {}
    values = example.answer
    if run.recipe.task == "next_token":
        labels = [run.encoding.tokenizer.token(place) for place in range(run.encoding.tokenizer.size)]
    elif run.classes:
        labels = list(run.classes)
    else:
        amounts = [float(f"{float(each):.7g}") for each in values]
        return {"prediction": amounts[0] if len(amounts) == 1 else amounts}
    best = values.topk(min(TOP, len(values)))
    top = [
        {"class": labels[index], "probability": round(value, 6)}
        for value, index in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]
    explained = {"class": labels[example.target], "probability": round(float(values[example.target]), 6)}
    return {
        "prediction": top[0]["class"],
        "probability": top[0]["probability"],
        "top": top,
        "explained": explained,
    }
