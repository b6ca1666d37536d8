"""Question 3 of lab L64."""

# C classes · P pixels
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.explanations import painting
from seodang.explanations.explanation import Picture, Pictures, Table
from seodang.lessons.in_memory import Trained, inputs_of, prepare, started, train, with_layers
from seodang.lessons.lesson import Lesson, Try
from seodang.models.build import build
from seodang.models.summary import count_parameters
from seodang.recipes.resolve import resolve

# Larger networks of the workbench, to count: recipe, what goes in, classes.
OTHERS = (("xor", (2,), 1), ("cnn-basic", (1, 8, 8), 10), ("lenet5", (1, 28, 28), 10), ("mnist-mlp", (1, 28, 28), 10))


def where_the_weights_are(seed: int = 0) -> Lesson:
    """Where are the weights, and what is in them?

    One dense layer on the bundled digits, so that all of its numbers can be seen as ten pictures; before and after training, and
    the same numbers dealt out anew.
    """
    recipe, data = prepare("cnn-basic", {"training.epochs": 40, "training.learning_rate": 0.01, "training.seed": seed})
    recipe = with_layers(recipe, ["flatten", {"dense": "outputs"}])
    before = started(recipe, data)
    done = train(recipe, data)
    weights, biases = dense_of(done.model)
    shuffled = dealt_anew(done, seed)
    some, sums = _one_digit(done)
    numbers: dict[str, Any] = {
        "weights": weights.numel(),
        "biases": biases.numel(),
        "parameters": count_parameters(done.model),
        "bytes": len(_saved(done.model)),
        "accuracy_before": _accuracy(before, done),
        "accuracy_after": done.accuracy(done.data.test),
        "accuracy_dealt_anew": shuffled,
        "test_pictures": len(done.data.test),
        "digit": sums,
        "counts": {name: count_parameters(_network(name, shape, classes)) for name, shape, classes in OTHERS},
    }
    parts = (
        Pictures(
            (
                Picture(_tiles(dense_of(before)[0]), tr("Before training: noise. All {n} weights.", n=weights.numel())),
                Picture(
                    _tiles(weights),
                    tr(
                        "After training, 0 to 9. Red: ink here speaks for the digit; blue: against it; white: no matter."
                    ),
                ),
            ),
            size="large",
        ),
        Pictures(
            (
                Picture(
                    painting.plain(inputs_of(done.data.test)[sums["test_picture"]].numpy()).src,
                    tr("The picture, a {label}.", label=sums["answer"]),
                    True,
                ),
                *(_added(done, some, each) for each in (sums["answer"], sums["runner_up"])),
            ),
            title=tr("One test picture, and what each of its pixels adds: weight times ink"),
        ),
        _table(numbers),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def dense_of(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Weights (C, P) and biases (C,) of the one dense layer."""
    layer = next(part for part in model.modules() if isinstance(part, nn.Linear))
    return layer.weight.detach().clone(), layer.bias.detach().clone()


def dealt_anew(done: Trained, seed: int) -> float:
    """Test accuracy of a network with the same numbers in other places; the trained one is left as it was."""
    weights, _ = dense_of(done.model)
    order = torch.randperm(weights.numel(), generator=torch.Generator().manual_seed(seed))
    layer = next(part for part in done.model.modules() if isinstance(part, nn.Linear))
    with torch.no_grad():
        layer.weight.copy_(weights.flatten()[order].reshape(weights.shape))
        found = done.accuracy(done.data.test)
        layer.weight.copy_(weights)
    return found


def _accuracy(model: nn.Module, done: Trained) -> float:
    before = list(done.network.children())[0]
    with torch.inference_mode():
        answers = model.eval()(before(inputs_of(done.data.test))).argmax(1)
    return float((answers == done.data.test.labels).float().mean())


def _saved(model: nn.Module) -> bytes:
    """The file that a run keeps of a network."""
    from safetensors.torch import save

    return save(model.state_dict())


def _network(recipe: str, shape: tuple[int, ...], classes: int) -> nn.Module:
    return build(resolve(recipe).model, Spec(shape), Spec((classes,)), 0)


def _one_digit(done: Trained) -> tuple[Tensor, dict[str, Any]]:
    """The first test picture that is told right, as it goes into the layer (P,), and how its score comes about."""
    test = done.data.test
    scores = done.scores(inputs_of(test))
    at = int((scores.argmax(1) == test.labels).nonzero()[0])
    with torch.inference_mode():
        ink = list(done.network.children())[0](inputs_of(test)[at : at + 1]).flatten()
    weights, biases = dense_of(done.model)
    answer, second = scores[at].topk(2).indices.tolist()
    return ink.clone(), {
        "test_picture": at,
        "answer": answer,
        "runner_up": second,
        "score": float(scores[at, answer]),
        "sum_of_products": float(weights[answer] @ ink),
        "bias": float(biases[answer]),
        "score_runner_up": float(scores[at, second]),
    }


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "Weights are numbers, and they stand on the connections: one for each input of each unit. What comes out of a unit is "
            "input times weight, summed up, plus a bias. Nothing else is stored anywhere: what a network knows is in these numbers."
        ),
        tr(
            "They start at random. Training moves each a little, thousands of times. A saved network is a list of layers and a file "
            "of numbers."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    digit = found["digit"]
    return (
        tr(
            "The smallest network that reads the bundled digits has one layer: 8×8 pixels in, ten sums out. That is {weights} "
            "weights and {biases} biases, {total} numbers in all, {bytes:,} bytes on the disk. The picture shows every weight.",
            weights=found["weights"],
            biases=found["biases"],
            total=found["parameters"],
            bytes=found["bytes"],
        ),
        tr(
            "With its random starting weights it is right on {before:.1f} % of {count} test pictures; after training on "
            "{after:.1f} %. The same numbers dealt out to other places: {anew:.1f} %. It is not the numbers that know something, "
            "but which of them stands where.",
            before=100 * found["accuracy_before"],
            after=100 * found["accuracy_after"],
            anew=100 * found["accuracy_dealt_anew"],
            count=found["test_pictures"],
        ),
        tr(
            "For one picture: the 64 products for the digit {answer} add up to {products:.2f}, its bias is {bias:.2f}, the score "
            "{score:.2f}. For {other} the score is {lower:.2f}. The largest of ten such sums is the answer.",
            answer=digit["answer"],
            products=digit["sum_of_products"],
            bias=digit["bias"],
            score=digit["score"],
            other=digit["runner_up"],
            lower=digit["score_runner_up"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "Only of a first layer can the weights be looked at like this, for only there does each belong to a pixel. Of deeper "
            "layers the outputs tell more than the weights; the last command below shows both."
        ),
    )


def _tiles(weights: Tensor) -> str:
    """(C, P) weights as C square pictures, red above zero and blue below, all on one scale."""
    side = round(weights.shape[1] ** 0.5)
    values = weights.reshape(-1, side, side).numpy().astype(np.float64)
    return painting.tiled(painting.two_sided(values / np.quantile(np.abs(values), 0.97)), columns=5).src


def _added(done: Trained, ink: Tensor, label: int) -> Picture:
    weights, biases = dense_of(done.model)
    products = (weights[label] * ink).numpy().astype(np.float64).reshape(8, 8)
    most = float((weights * ink).abs().max())
    score = float(weights[label] @ ink + biases[label])
    words = tr("For a {label}: all squares and the bias add up to {score:.2f}.", label=label, score=score)
    return painting.tiled(painting.two_sided(products / most)[None], words, 1)


def _table(found: dict[str, Any]) -> Table:
    heads = (tr("network"), tr("weights and biases"), tr("as a file, about"))
    counts = {tr("this one"): found["parameters"], **found["counts"]}
    rows = tuple((name, f"{count:,}", f"{4 * count / 1000:,.1f} kB") for name, count in counts.items())
    return Table(tr("The same count for larger networks: four bytes a number"), heads, rows)


def _tries() -> tuple[Try, ...]:
    return (
        Try("seodang summary lenet5", tr("Layer by layer: what comes out, and how many weights it takes.")),
        Try(
            "seodang train digits cnn-basic training.epochs=5 --name weights",
            tr("A small convolutional network; its weights are in the run's folder, in model.safetensors."),
        ),
        Try(
            "seodang explain last '#12' --with filters,layers,feature-maps",
            tr("Its filters as pictures, how the weights of each layer lie, and what each layer puts out."),
        ),
    )
