"""Question 10 of lab L64."""

# N pictures · F features · C classes
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from seodang.core.language import tr
from seodang.data.load import Subset
from seodang.data.open import open_source
from seodang.data.source import Source
from seodang.explanations import painting
from seodang.explanations.explanation import Drawing, Picture, Pictures, Table
from seodang.lessons.in_memory import Trained, inputs_of, prepare, started, train, with_layers
from seodang.lessons.lesson import Lesson, Try

Array = NDArray[np.float64]
SIDE = 12  # of the empty picture that each digit of 8×8 pixels is put into somewhere
FILTERS, MIDDLE, FEATURES = 16, 32, 48
LAYERS: list[Any] = [
    *[{"conv": {"filters": FILTERS, "kernel": 3, "stride": 1, "padding": "same"}}, "relu", {"max_pool": 2}],
    *[{"conv": {"filters": MIDDLE, "kernel": 3, "padding": "same"}}, "relu"],
    *[{"conv": {"filters": FEATURES, "kernel": 3, "padding": "same"}}, "relu", "global_max_pool"],
    {"dense": "outputs"},
]
FAST = {"training.epochs": 20, "training.batch_size": 50, "training.learning_rate": 0.004}
KNOWN, NEW = ("0", "1", "2", "3", "4"), ("5", "6", "7", "8", "9")
A_CLASS = 10  # pictures of each new digit that the new classifier may learn from


def what_a_cnn_is(seed: int = 0) -> Lesson:
    """Why is a convolutional network features plus a classifier?

    A small one on the bundled digits, each put somewhere into a larger picture, and cut in two before its last layer; the features
    with another classifier; and the features of a network that has never seen the digits 5 to 9, used for these.
    """
    digits = moved(open_source("digits"), seed)
    recipe, data = prepare("cnn-basic", {**FAST, "training.seed": seed}, digits)
    recipe = with_layers(recipe, LAYERS, "he_normal")
    done = train(recipe, data)
    features, head = cut(done)
    test = inputs_of(data.test)
    with torch.inference_mode():
        again = head(features(test))
    random = Trained(nn.Sequential(list(done.network.children())[0], started(recipe, data)).eval(), recipe, data, ())
    numbers: dict[str, Any] = {
        "features": FEATURES,
        "pixels": int(test[0].numel()),
        "same_scores": bool(torch.equal(again, done.scores(test))),
        "accuracy": done.accuracy(data.test),
        "test_pictures": len(data.test),
        "other_classifier": {
            "pixels": _other(_pixels(data.train), data.train, _pixels(data.test), data.test),
            "random_features": _other(_of(random, data.train), data.train, _of(random, data.test), data.test),
            "features": _other(_of(done, data.train), data.train, _of(done, data.test), data.test),
        },
        "transfer": _transfer(digits, seed),
    }
    parts = (
        Pictures(_inside(done), title=tr("One digit on its way through the network"), size="medium"),
        Drawing(
            _map(_pixels(data.test), data.test, tr("The test digits by their pixels")),
            tr(
                "The test digits by their {n} pixels, from the two directions in which they spread most.",
                n=numbers["pixels"],
            ),
            420,
        ),
        Drawing(
            _map(_of(done, data.test), data.test, tr("The test digits by their features")),
            tr("The same digits by the {n} features, seen in the same way: equal digits lie together.", n=FEATURES),
            420,
        ),
        _table(numbers),
    )
    return Lesson(_answer(), _measured(numbers), _limits(), numbers, parts, _tries(), seed)


def moved(digits: Source, seed: int) -> Source:
    """Each digit at a random place of an empty picture of SIDE × SIDE pixels."""
    assert digits.pixels is not None, "the bundled digits are held in memory"
    count, high, wide, _ = digits.pixels.shape
    places = np.random.default_rng(seed).integers(0, (SIDE - high + 1, SIDE - wide + 1), size=(count, 2))
    pixels = np.zeros((count, SIDE, SIDE, 1), np.uint8)
    for picture, digit, (row, column) in zip(pixels, digits.pixels, places, strict=True):
        picture[row : row + high, column : column + wide] = digit
    return replace(digits, pixels=pixels, stamp=f"{digits.stamp}-{SIDE}-{seed}")


def cut(done: Trained) -> tuple[nn.Module, nn.Module]:
    """The network in two: pictures → features (N, F), features → scores (N, C)."""
    before, model = list(done.network.children())
    layers = list(model.children())
    return nn.Sequential(before, *layers[:-1]), layers[-1]


def _of(done: Trained, part: Subset) -> Array:
    with torch.inference_mode():
        return cut(done)[0](inputs_of(part)).double().numpy()


def _pixels(part: Subset) -> Array:
    return inputs_of(part).flatten(1).double().numpy() / 255


def _other(rows: Array, part: Subset, new: Array, judged: Subset) -> float:
    """Test accuracy of another classifier, scikit-learn's logistic regression, on given features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000, C=0.1))
    return float(model.fit(rows, part.labels.numpy()).score(new, judged.labels.numpy()))


def _transfer(digits: Source, seed: int) -> dict[str, Any]:
    """A network trained on 0 to 4 alone; its features, and the pixels, for 5 to 9 with a few pictures of each."""
    settings = {**FAST, "training.seed": seed}
    recipe, known = prepare("cnn-basic", {**settings, "split.without": ",".join(NEW)}, digits)
    done = train(with_layers(recipe, LAYERS, "he_normal"), known)
    _, other = prepare("cnn-basic", {**settings, "split.without": ",".join(KNOWN)}, digits)
    labels = other.train.labels
    few = torch.cat([(labels == label).nonzero()[:A_CLASS, 0] for label in labels.unique()])
    taught = replace(other.train, labels=labels[few], pixels=inputs_of(other.train)[few])
    return {
        "known": list(KNOWN),
        "new": list(NEW),
        "pictures_a_class": A_CLASS,
        "accuracy_on_known": done.accuracy(known.test),
        "test_pictures": len(other.test),
        "pixels": _other(_pixels(taught), taught, _pixels(other.test), other.test),
        "features": _other(_of(done, taught), taught, _of(done, other.test), other.test),
    }


def _answer() -> tuple[str, ...]:
    return (
        tr(
            "Its last layer is a plain classifier: weighted sums, the largest wins. Everything before it has one task: to turn pixels "
            "into features with which such sums are enough. Convolutions find things wherever they are, pooling forgets exactly "
            "where, and both are trained together with the classifier."
        ),
        tr(
            "So a network can be cut there. The features can be used with another classifier, or kept while a new one is trained for "
            "another task: that is transfer learning."
        ),
    )


def _measured(found: dict[str, Any]) -> tuple[str, ...]:
    other, transfer = found["other_classifier"], found["transfer"]
    same = (
        tr("every score is the same, to the last bit")
        if found["same_scores"]
        else tr("the scores are not the same, which is our mistake")
    )
    return (
        tr(
            "Each digit of 8×8 pixels was put somewhere into an empty picture of {side}×{side}. {filters} filters of 3×3 weights slide "
            "over it with stride 1 (padding keeps its size) and make {filters} channels; pooling halves each side. Two more convolutions "
            "follow, and of each of their {features} channels only the largest number is kept, wherever it was: {features} features.",
            side=SIDE,
            filters=FILTERS,
            features=found["features"],
        ),
        tr("Cut there and put together again: {same}.", same=same),
        tr(
            "The network tells {accuracy:.1f} % of {count} test digits. A quite different classifier (logistic regression) gets "
            "{features:.1f} % from its features, {pixels:.1f} % from the bare pixels, and {random:.1f} % from the same layers before "
            "training.",
            accuracy=100 * found["accuracy"],
            count=found["test_pictures"],
            features=100 * other["features"],
            pixels=100 * other["pixels"],
            random=100 * other["random_features"],
        ),
        tr(
            "Transfer: a network learnt the digits 0 to 4 only. Then a new classifier was to tell 5 to 9 from {few} pictures of each: "
            "{features:.1f} % of {count} with the features of the first, {pixels:.1f} % with the pixels.",
            few=transfer["pictures_a_class"],
            features=100 * transfer["features"],
            pixels=100 * transfer["pixels"],
            count=transfer["test_pictures"],
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        tr(
            "Where all digits lie in the middle of their 8×8 pixels, bare pixels do nearly as well (question 1), and features of only five "
            "digits help less than pixels: features serve another task as far as the two are alike, and as far as they were learnt "
            "from much."
        ),
        tr(
            "On photographs features learnt from a million pictures make the difference; `seodang train` takes such ones by itself."
        ),
    )


def _inside(done: Trained) -> tuple[Picture, ...]:
    """The first test digit, the first layer's filters, and what comes out of the first and the last convolution."""
    picture = inputs_of(done.data.test)[:1]
    before, model = list(done.network.children())
    layers = list(model.children())
    with torch.inference_mode():
        first = nn.Sequential(*layers[:2])(before(picture))
        last = nn.Sequential(*layers[2:7])(first)
    weights = next(part for part in layers if isinstance(part, nn.Conv2d)).weight.detach()[:, 0].double().numpy()
    filters = painting.two_sided(weights / np.abs(weights).max())
    return (
        Picture(
            painting.plain(picture[0].numpy()).src,
            tr("A test digit, somewhere in {side}×{side} pixels.", side=SIDE),
            True,
        ),
        painting.tiled(filters, tr("{n} filters: red looks for bright, blue for dark.", n=FILTERS), 4),
        painting.tiled(_glowing(first), tr("What each filter found, and where: {n} channels.", n=FILTERS), 4),
        painting.tiled(
            _glowing(last),
            tr("The last convolution: coarser, {n} channels. The brightest spot of each is its feature.", n=FEATURES),
            8,
        ),
    )


def _glowing(outputs: Tensor) -> NDArray[np.uint8]:
    values = outputs[0].double().numpy()
    return painting.glow(values / max(float(values.max()), 1e-9))


def _map(rows: Array, part: Subset, words: str) -> str:
    """Rows (N, F) from the two directions in which they spread most, each digit in its colour."""
    from seodang.evaluation.figures import INK, _figure, _svg
    from seodang.evaluation.row_figures import CLASSES

    centred = rows - rows.mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    places = centred @ (directions[:2] * np.sign(directions[:2].sum(1))[:, None]).T
    figure, axes = _figure(4.2, 3.8)
    labels = part.labels.numpy()
    for label in np.unique(labels):
        of_it = places[labels == label]
        axes.plot(
            of_it[:, 0], of_it[:, 1], linestyle="none", marker=f"${label}$", markersize=5.5, color=CLASSES[label % 10]
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(INK)
    return _svg(figure, words)


def _table(found: dict[str, Any]) -> Table:
    other, transfer = found["other_classifier"], found["transfer"]
    rows = (
        (tr("the network itself"), tr("all digits"), f"{100 * found['accuracy']:.1f} %"),
        (tr("its features, another classifier"), tr("all digits"), f"{100 * other['features']:.1f} %"),
        (
            tr("features before training, another classifier"),
            tr("all digits"),
            f"{100 * other['random_features']:.1f} %",
        ),
        (tr("pixels, another classifier"), tr("all digits"), f"{100 * other['pixels']:.1f} %"),
        (tr("features learnt from 0 to 4, a new classifier"), tr("5 to 9"), f"{100 * transfer['features']:.1f} %"),
        (tr("pixels, a new classifier"), tr("5 to 9"), f"{100 * transfer['pixels']:.1f} %"),
    )
    return Table(
        tr("What is told apart, and by what"), (tr("told by"), tr("which digits"), tr("test pictures right")), rows
    )


def _tries() -> tuple[Try, ...]:
    return (
        Try(
            "seodang summary cnn-basic --input 1,8,8",
            tr("Where a convolutional network ends and its classifier begins."),
        ),
        Try(
            "seodang train digits training.epochs=4 --name digits",
            tr("A convolutional network on the digits, as a run."),
        ),
        Try(
            "seodang explain last '#12' --with filters,feature-maps,grad-cam",
            tr("Its filters, what each layer makes of a digit, and where it looked."),
        ),
    )
