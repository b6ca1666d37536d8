"""Question 9 of lab L64."""

# S seeds · E epochs
from __future__ import annotations

from typing import Any

import numpy as np

from seodang.core.language import tr
from seodang.data.open import open_source
from seodang.data.source import Source
from seodang.explanations.explanation import Drawing, Table
from seodang.lessons.drawn import Line, curves
from seodang.lessons.in_memory import Trained, prepare, train, with_layers, with_seed
from seodang.lessons.lesson import Lesson, Try
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve

# The notes' network of lab L08 and its five steps; each keeps what the ones before it brought.
LADDER = ("mlp-sigmoid", "mlp-he", "mlp-relu", "mlp-adam", "mlp-batch-norm", "mlp-dropout")
SMALL = {"preparation.height": 8, "preparation.width": 8, "training.epochs": 100}
SEEDS = 2
EARLY = 10  # epochs after which the table looks for the first time
SHARES = (16, 4, 1)  # one picture in so many is learnt from
BEST = "mlp-adam"
CLOSE = 0.05  # in accuracy, that two networks count as about as good
FASTER = 0.1  # a rate for plain gradient descent, a hundred times that of the notes


def what_the_breakthroughs_were(seed: int = 0) -> Lesson:
    """What were the breakthroughs?

    The network of the nineties and five steps that each change one thing (lab L08), on the bundled digits; and the same network
    with less data.
    """
    digits = open_source("digits")
    made = [prepare(_settled(name), SMALL, digits) for name in LADDER]
    data = made[0][1]  # of all six the same
    runs = {recipe.name: [train(with_seed(recipe, seed + more), data) for more in range(SEEDS)] for recipe, _ in made}
    pictures = len(data.train)
    steps = len(runs[BEST][0].history) * -(-pictures // (made[0][0].training.batch_size or 1))
    faster, _ = prepare("mlp-relu", SMALL | {"training.learning_rate": FASTER, "training.seed": seed}, digits)
    fewer = {pictures // share: _with_fewer(digits, pictures // share, steps, seed) for share in SHARES}
    numbers: dict[str, Any] = {
        "pictures": pictures,
        "judged": len(data.validation),
        "epochs": SMALL["training.epochs"],
        "seeds": SEEDS,
        "steps": {name: _step(each) for name, each in runs.items()},
        "faster_descent": {"rate": FASTER, "end": _last([train(faster, data)])},
        "by_pictures": {str(count): share for count, share in fewer.items()},
    }
    parts = (
        Drawing(_learning(runs), tr("The six networks while they train, each with all the steps up to its own."), 620),
        _table(numbers),
        Drawing(
            _data(fewer),
            tr("The network with Adam, learnt from a part of the pictures and from all."),
            480,
        ),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def _settled(name: str) -> Recipe:
    """A recipe of the ladder whose batch normalisation settles within a few steps: the notes' (Keras' default) takes some 500."""
    recipe = resolve(name)
    layers = ["batch_norm" if "batch_norm" in layer else layer for layer in recipe.model.settings["layers"]]
    return with_layers(recipe, layers, recipe.model.settings.get("init"))


def _last(runs: list[Trained]) -> float:
    return float(np.mean([each.history[-1]["validation_accuracy"] for each in runs]))


def _with_fewer(digits: Source, count: int, steps: int, seed: int) -> float:
    """Validation accuracy of the network with Adam, learnt from so many pictures in so many steps."""
    limits = {"training.epochs": steps, "training.steps": steps, "training.seed": seed, "examples": count}
    return train(*prepare(_settled(BEST), SMALL | limits, digits)).history[-1]["validation_accuracy"]


def _step(runs: list[Trained]) -> dict[str, Any]:
    """Accuracy on validation early and at the end, the mean over seeds, and of each seed."""
    ends = [each.history[-1]["validation_accuracy"] for each in runs]
    return {
        "early": float(np.mean([each.history[EARLY - 1]["validation_accuracy"] for each in runs])),
        "end": float(np.mean(ends)),
        "ends": ends,
        "train_end": float(np.mean([each.history[-1]["accuracy"] for each in runs])),
    }


def gains(steps: dict[str, dict[str, Any]]) -> dict[str, float]:
    """By how much each step is better at the end than the one before it, in accuracy; the first has none.

    >>> gains({"a": {"end": 0.25}, "b": {"end": 0.75}})
    {'b': 0.5}
    """
    names = list(steps)
    return {now: steps[now]["end"] - steps[before]["end"] for before, now in zip(names, names[1:], strict=False)}


def clearly_better(steps: dict[str, dict[str, Any]], judged: int) -> list[str]:
    """The steps whose gain at the end is more than 1.96 standard errors of a difference of two shares of `judged` examples.

    >>> clearly_better({"a": {"end": 0.5}, "b": {"end": 0.55}, "c": {"end": 0.9}}, 100)
    ['c']
    """
    names, found = list(steps), []
    for before, now in zip(names, names[1:], strict=False):
        first, second = steps[before]["end"], steps[now]["end"]
        error = float(np.sqrt((first * (1 - first) + second * (1 - second)) / judged))
        if second - first > 1.96 * error:
            found.append(now)
    return found


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "No single idea, but a handful that each took away one reason why deep networks did not learn: relu and better starting "
            "weights (Xavier, He) let the gradient through, Adam finds the size of each weight's steps by itself, batch "
            "normalisation keeps the numbers in every layer in a good range, dropout works against learning by heart."
        ),
        tr(
            "And two that are no ideas at all: millions of labelled examples, and processors that multiply matrices far "
            "faster."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    steps, more = found["steps"], gains(found["steps"])
    best = max(more, key=lambda name: more[name])
    names = _short()
    clear = clearly_better(steps, found["judged"])
    helped = [names[name] for name in more if name in clear]
    others = [names[name] for name in more if name not in clear]
    sentences = [
        tr(
            "The notes' network (two hidden layers of 50) on {pictures:,} of the bundled digits, judged on {judged} others, "
            "{epochs} epochs, the mean of {seeds} starts. With sigmoids and plain gradient descent it "
            "ends at {first:.1f} %, with all five steps at {last:.1f} %.",
            pictures=found["pictures"],
            judged=found["judged"],
            epochs=found["epochs"],
            seeds=found["seeds"],
            first=100 * steps[LADDER[0]]["end"],
            last=100 * steps[LADDER[-1]]["end"],
        ),
        tr("The largest single step is “{name}”: {points:+.1f} points.", name=names[best], points=100 * more[best]),
        tr(
            "Better than the step before by more than chance: {names}.",
            names=", ".join(helped) or tr("none of the steps"),
        ),
    ]
    if others:
        sentences.append(
            tr(
                "Not clearly better by the end, here: {names}. Such a step may still have made it faster, or be meant for larger "
                "networks.",
                names=", ".join(others),
            )
        )
    norm, adam = steps["mlp-batch-norm"], steps["mlp-adam"]
    sentences.append(
        tr(
            "After only {early} epochs the network with batch normalisation is at {norm:.1f} %, the one before it at {adam:.1f} %.",
            early=EARLY,
            norm=100 * norm["early"],
            adam=100 * adam["early"],
        )
    )
    faster = found["faster_descent"]
    sentences.append(
        tr(
            "One learning rate serves all six, as in the notes. Plain gradient descent with relu at a rate of {rate:g}, a hundred times "
            "larger, gets to {end:.1f} %.",
            rate=faster["rate"],
            end=100 * faster["end"],
        )
    )
    if faster["end"] > adam["end"] - CLOSE:
        sentences.append(tr("So much of what Adam does is to find its rate by itself."))
    counts = list(found["by_pictures"])
    sentences.append(
        tr(
            "Data: with {few} pictures the network with Adam gets {low:.1f} %, with {many:,} it gets {high:.1f} %, in the same number "
            "of steps.",
            few=int(counts[0]),
            low=100 * found["by_pictures"][counts[0]],
            many=int(counts[-1]),
            high=100 * found["by_pictures"][counts[-1]],
        )
    )
    return tuple(sentences)


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "The network and the data are tiny. What is shown is which steps make a network easy to train, not a ranking for all "
            "times; in another order the steps would gain differently."
        ),
        tr(
            "Missing are the steps that need pictures or texts: convolution (question 10), ways round the layers (residual "
            "networks), attention."
        ),
    )


def _short() -> dict[str, str]:
    return {
        "mlp-sigmoid": tr("sigmoid, plain gradient descent"),
        "mlp-he": tr("He's start"),
        "mlp-relu": "relu",
        "mlp-adam": "Adam",
        "mlp-batch-norm": tr("batch normalisation"),
        "mlp-dropout": tr("dropout"),
    }


def _learning(runs: dict[str, list[Trained]]) -> str:
    names = _short()
    lines = []
    for place, (name, each) in enumerate(runs.items()):
        curve = np.mean([[line["validation_accuracy"] for line in done.history] for done in each], axis=0)
        lines.append(Line(f"{'+ ' if place else ''}{names[name]}", range(1, len(curve) + 1), 100 * curve))
    words = tr("Accuracy on validation over the epochs, six networks")
    return curves(words, lines, tr("epoch"), tr("validation accuracy, %"), limits=(0, 103), width=5.6, height=3.6)


def _data(fewer: dict[int, float]) -> str:
    line = Line(tr("Adam"), list(fewer), [100 * share for share in fewer.values()], marks=True)
    words = tr("Accuracy by the number of training pictures")
    return curves(
        words, [line], tr("training pictures"), tr("validation accuracy, %"), log_x=True, height=2.6, width=4.4
    )


def _table(found: dict[str, Any]) -> Table:
    names, more = _short(), gains(found["steps"])
    heads = (
        tr("what is added"),
        tr("after {n} epochs", n=EARLY),
        tr("after {n} epochs", n=found["epochs"]),
        tr("gain, points"),
        tr("on training"),
        tr("recipe"),
    )
    rows = tuple(
        (
            f"{'+ ' if name in more else ''}{names[name]}",
            f"{100 * each['early']:.1f} %",
            f"{100 * each['end']:.1f} %",
            f"{100 * more[name]:+.1f}" if name in more else "",
            f"{100 * each['train_end']:.1f} %",
            name,
        )
        for name, each in found["steps"].items()
    )
    return Table(tr("Step by step: validation digits told right"), heads, rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang train digits mlp-sigmoid preparation.height=8 preparation.width=8 --name nineties",
            tr("The first step, as a run with a report."),
        ),
        Try(
            "seodang train digits mlp-batch-norm preparation.height=8 preparation.width=8 --name later",
            tr("Four steps later."),
        ),
        Try("seodang compare nineties-1 later-1", tr("Which is better, and is it more than chance?")),
        Try("seodang diagnose nineties-1", tr("What it says is wrong with a network that hardly learns.")),
    )
