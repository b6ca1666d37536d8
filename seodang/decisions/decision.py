"""A decision: a small table of rules that turns a classifier's probabilities into one answer, or into "don't know"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from seodang.core.errors import RecipeError, did_you_mean
from seodang.core.language import tr
from seodang.core.values import Value

# What decides where no rule does; no rule may have these names.
OTHERWISE, UNSURE = "otherwise", "unsure"
# Sums are rounded to the decimals that are shown before they are compared: what is printed is what decides.
DECIMALS = 6
_RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")


class Rule(Value):
    """One line of the table: these classes together, this answer, from this probability on."""

    name: str = Field(description="What the classes have in common, such as dog; shown beside the answer.")
    classes: tuple[str, ...] = Field(
        description="Names of classes, and their numbers from 0 on, one (281) or a range with both ends (151-268)."
    )
    answer: str = Field(description="What is said where this rule decides.")
    at_least: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="The sum of the classes' probabilities from which on, it included, this rule decides; above 0, at most 1.",
    )

    @field_validator("classes", mode="before")
    @classmethod
    def _as_text(cls, given: Any) -> Any:
        words = [given] if isinstance(given, str | int) else given
        if not isinstance(words, list | tuple) or not words:
            raise ValueError(
                tr("names and numbers of classes are needed, such as [tabby, 282-285], got {given!r}.", given=given)
            )
        if wrong := [word for word in words if isinstance(word, bool) or not isinstance(word, str | int)]:
            raise ValueError(
                tr('{word!r} is neither a name nor a number; put a name like it into quotes ("no").', word=wrong[0])
            )
        return tuple(str(word).strip() for word in words)

    @field_validator("name", "answer")
    @classmethod
    def _is_said(cls, given: str) -> str:
        if not given.strip():
            raise ValueError(tr("it must not be empty."))
        return given


class Decision(Value):
    """Rules, from the top down, and what is said where none decides. `decide` says exactly how; `Decider` applies it.

    "Don't know" means: on what the network says, no side has the probability that was asked for. It does not mean that the
    picture shows something the network never saw: a classifier knows only its own classes, and may be sure of a wrong one.
    Nor is a probability of 0.8 a promise to be right 8 times in 10; judge the network on pictures of yours to learn that.
    """

    rules: tuple[Rule, ...] = Field(
        description="The rules: the first, from the top, whose classes reach their probability decides."
    )
    otherwise: str | None = Field(
        default=None,
        description="The answer where all classes that no rule names, together, reach otherwise_at_least. Null: there is none.",
    )
    otherwise_at_least: float = Field(
        default=0.5, gt=0, le=1, description="The sum from which on, it included, `otherwise` is the answer; above 0."
    )
    unsure: str = Field(
        default_factory=lambda: tr("don't know"),
        description="The answer where neither a rule nor `otherwise` reaches its probability.",
    )
    network: Literal["any", "imagenet"] = Field(
        default="any",
        description="imagenet: numbers mean ImageNet's 1,000 classes, and other classifiers are refused. any: the classifier's own.",
    )

    @field_validator("otherwise", "unsure")
    @classmethod
    def _is_said(cls, given: str | None) -> str | None:
        if given is not None and not given.strip():
            raise ValueError(tr("it must not be empty."))
        return given

    @model_validator(mode="after")
    def _every_rule_by_its_own_name(self) -> Decision:
        if not self.rules:
            raise ValueError(tr("rules must have at least one rule: {name: …, classes: […], answer: …}."))
        names = [rule.name for rule in self.rules]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise ValueError(
                tr(
                    "rules: {name!r} is the name of {count} rules. Give each its own.",
                    name=twice[0],
                    count=names.count(twice[0]),
                )
            )
        if taken := [name for name in names if name in (OTHERWISE, UNSURE)]:
            raise ValueError(
                tr("rules: a rule cannot be named {name!r}: that is what decides where no rule does.", name=taken[0])
            )
        return self


@dataclass(frozen=True)
class Decided:
    """An answer and why. rule: the name of the rule that decided, or "otherwise" or "unsure".

    sums: the probability of each rule's classes together, then that of all others as "otherwise"; rounded to 6 decimals.
    """

    answer: str
    rule: str
    sums: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as --json gives them."""
        return {"answer": self.answer, "rule": self.rule, "sums": dict(self.sums)}


class Decider:
    """A decision for one classifier: the words of its rules looked up among the classes, once.

    Raises RecipeError with every name and number that the classifier does not have.
    """

    def __init__(self, decision: Decision, classes: Sequence[str], whose: str | None = None) -> None:
        """`classes`: in the order of the probabilities.   `whose`: what an error calls the classifier; None: this classifier."""
        whose = whose or tr("this classifier")
        if decision.network == "imagenet" and len(classes) != 1000:
            raise RecipeError(
                tr(
                    "This decision is for ImageNet's 1,000 classes, but {whose} has {count:,} ({classes}). Write one for its own classes: "
                    "`seodang new decision NAME --like bo-door`.",
                    whose=whose,
                    count=len(classes),
                    classes=_some(classes),
                )
            )
        self.decision = decision
        places: dict[str, list[int]] = {}
        for index, name in enumerate(classes):
            places.setdefault(name, []).append(index)
        mistakes: list[str] = []
        groups: list[list[int]] = []
        for rule in decision.rules:
            found: dict[int, None] = {}
            for word in rule.classes:
                try:
                    found.update(dict.fromkeys(_indices(word, places, len(classes), whose)))
                except RecipeError as error:
                    mistakes.append(f"rules.{rule.name}: {error}")
            groups.append(list(found))
        if mistakes:
            raise RecipeError("\n".join(mistakes))
        self._groups = groups
        named = {index for group in groups for index in group}
        self._rest = [index for index in range(len(classes)) if index not in named]
        self._count = len(classes)

    def __call__(self, probabilities: Sequence[float]) -> Decided:
        """The answer for one example: `probabilities` of every class, which sum to 1."""
        assert len(probabilities) == self._count, f"{len(probabilities)} probabilities for {self._count} classes"
        sums = {
            rule.name: _sum(probabilities, group) for rule, group in zip(self.decision.rules, self._groups, strict=True)
        }
        sums[OTHERWISE] = _sum(probabilities, self._rest)
        for rule in self.decision.rules:
            if sums[rule.name] >= rule.at_least:
                return Decided(rule.answer, rule.name, sums)
        if self.decision.otherwise is not None and sums[OTHERWISE] >= self.decision.otherwise_at_least:
            return Decided(self.decision.otherwise, OTHERWISE, sums)
        return Decided(self.decision.unsure, UNSURE, sums)


def decide(decision: Decision, probabilities: Sequence[float], classes: Sequence[str]) -> Decided:
    """The answer of a table of rules to one example.

    The probabilities of a rule's classes are added up. The first rule, from the top, whose sum is at least its `at_least`
    decides; classes may stand in several rules. Where none does, the classes that no rule names are added up: `otherwise`
    is the answer where that sum is at least `otherwise_at_least`. Where it is not, the answer is `unsure`. Sums are rounded
    to 6 decimals before they are compared. So with one rule an example is never unsure where at_least +
    otherwise_at_least is 1 or less.

    Args:
        decision: The rules.
        probabilities: One number a class; they sum to 1.
        classes: The classes' names in the same order. A name that two classes have can be meant by number only.

    Raises:
        RecipeError: A rule names a class, or a number, that is not there.

    >>> rule = Rule(name="dog", classes=("beagle", "pug"), answer="come in", at_least=0.6)
    >>> door = Decision(rules=(rule,), otherwise="stay outside", otherwise_at_least=0.6)
    >>> classes = ["beagle", "pug", "tabby"]
    >>> decide(door, [0.4, 0.3, 0.3], classes).answer
    'come in'
    >>> decide(door, [0.3, 0.15, 0.55], classes).as_dict()
    {'answer': "don't know", 'rule': 'unsure', 'sums': {'dog': 0.45, 'otherwise': 0.55}}
    """
    return Decider(decision, classes)(probabilities)


def _sum(probabilities: Sequence[float], indices: Iterable[int]) -> float:
    return round(math.fsum(probabilities[index] for index in indices), DECIMALS)


def _indices(word: str, places: dict[str, list[int]], count: int, whose: str) -> Iterable[int]:
    """What a word of a rule means: a class by its name, else a number or a range of numbers."""
    if word in places:
        if len(places[word]) > 1:
            numbers = tr(" and ").join(map(str, places[word]))
            raise RecipeError(
                tr(
                    "{word!r} is the name of {count} classes, {numbers}. Write the number.",
                    word=word,
                    count=len(places[word]),
                    numbers=numbers,
                )
            )
        return places[word]
    if match := _RANGE.fullmatch(word):
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            raise RecipeError(tr("{word} runs backwards. Write {last}-{first}.", word=word, last=last, first=first))
        if last >= count:
            raise RecipeError(
                tr(
                    "{word} is beyond the classes of {whose}, which are 0 to {last}.",
                    word=word,
                    whose=whose,
                    last=count - 1,
                )
            )
        return range(first, last + 1)
    if "," in word:
        raise RecipeError(
            tr("{word!r} is not a class of {whose}. Several are written as a list: [{word}].", word=word, whose=whose)
        )
    raise RecipeError(
        tr("{word!r} is not a class of {whose}. {hint}", word=word, whose=whose, hint=did_you_mean(word, places))
    )


def _some(classes: Sequence[str]) -> str:
    return ", ".join(classes) if len(classes) <= 6 else f"{', '.join(classes[:5])}, …"
