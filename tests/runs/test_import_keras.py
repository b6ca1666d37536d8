"""Weights files of Keras, in every layout, against a forward pass written here in NumPy as Keras defines it."""

from __future__ import annotations

import json
import re
import sys
import zipfile

import h5py
import numpy as np
import pytest
import torch
from torch import nn

from seodang.core.errors import RunError, SeodangError
from seodang.core.spec import Spec
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.predict import predict
from seodang.models.build import build
from seodang.recipes.recipe import Recipe
from seodang.recipes.resolve import resolve
from seodang.recipes.settings import Part
from seodang.runs.folder import input_spec, load
from seodang.runs.foreign.hdf5 import open_hdf5
from seodang.runs.foreign.match import Layer, match
from seodang.runs.foreign.row import row
from seodang.runs.importing import import_run
from seodang.runs.repeat import repeat

# The labs' Keras programs, a step a line: conv FILTERS KERNEL PADDING, pool PADDING, dense UNITS, and so on.
LENET = "conv 6 5 same, relu, pool valid, conv 16 5 valid, relu, pool valid, flatten, dense 120, relu, dense 84, relu, dense 3"
ASL = (
    "conv 75 3 same, relu, norm, pool same, conv 50 3 same, relu, norm, pool same, conv 25 3 same, relu, norm, pool same, "
    "flatten, dense 512, relu, dense 3"
)
CATS = (
    ", ".join(f"conv {n} 3 valid, relu, pool valid" for n in (32, 64, 128, 128)) + ", flatten, dense 512, relu, dense 1"
)
MLP = "flatten, dense 512, relu, dense 512, relu, dense 3"
KERAS_EPS = 1e-3  # BatchNormalization(epsilon=0.001)


# --- Keras in NumPy: (B, H, W, C), float64 ---


def windows(x, kernel, stride, padding, filling):
    """(B, H, W, C) → (B, H', W', C, kernel, kernel); TensorFlow's "same" puts the odd pixel after."""
    if padding == "same":
        edges = [(0, 0)]
        for length in x.shape[1:3]:
            total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
            edges.append((total // 2, total - total // 2))
        x = np.pad(x, [*edges, (0, 0)], constant_values=filling)
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]


def program(steps, shape, seed=0):
    """A Keras program's layers with weights [(class, arrays)] and its forward pass, weights drawn at random."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    layers, passes = [], []

    def draw(*size):
        return rng.normal(0, np.sqrt(2 / np.prod(size[:-1])) if len(size) > 1 else 0.2, size).astype(np.float32)

    x = np.zeros((1, height, width, channels))
    for step in steps.split(", "):
        word, *settings = step.split()
        if word == "conv":
            filters, kernel = int(settings[0]), int(settings[1])
            arrays = [draw(kernel, kernel, x.shape[3], filters), draw(filters)]
            layers.append(("conv2d", arrays))
            passes.append(
                lambda x, w, k=kernel, p=settings[2]: (
                    np.einsum("bhwcij,ijcf->bhwf", windows(x, k, 1, p, 0), w[0]) + w[1]
                )
            )
        elif word == "dense":
            arrays = [draw(x.shape[1], int(settings[0])), draw(int(settings[0]))]
            layers.append(("dense", arrays))
            passes.append(lambda x, w: x @ w[0] + w[1])
        elif word == "norm":
            size = x.shape[-1]
            spread = rng.uniform(0.5, 2, (2, size)).astype(np.float32)
            arrays = [spread[0], draw(size), draw(size), spread[1]]  # gamma, beta, moving_mean, moving_variance
            layers.append(("batch_normalization", arrays))
            passes.append(lambda x, w: w[0] * (x - w[2]) / np.sqrt(w[3] + KERAS_EPS) + w[1])
        else:
            arrays = None
            passes.append(
                {
                    "relu": lambda x, _: np.maximum(x, 0),
                    "flatten": lambda x, _: x.reshape(len(x), -1),
                    "pool": lambda x, _, p=settings: windows(x, 2, 2, p[0], -np.inf).max(axis=(4, 5)),
                }[word]
            )
        passes[-1] = (passes[-1], arrays)
        x = passes[-1][0](x, arrays)

    def forward(pixels):
        values = pixels.astype(np.float64) / 255
        for each, arrays in passes:
            values = each(values, arrays)
        if values.shape[1] == 1:
            positive = 1 / (1 + np.exp(-values))
            return np.concatenate([1 - positive, positive], axis=1)
        exponents = np.exp(values - values.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)

    return layers, forward


# --- The layouts, as Keras writes them ---


def counted(layers, first=0):
    """[(class, arrays)] → [(name, arrays)]: conv2d, conv2d_1, …; each class counts for itself."""
    seen, named = {}, []
    for kind, arrays in layers:
        number = seen.get(kind, first)
        seen[kind] = number + 1
        named.append((f"{kind}_{number}" if number else kind, arrays))
    return named


PARTS = {2: ("kernel", "bias"), 4: ("gamma", "beta", "moving_mean", "moving_variance")}


def write_legacy(group, layers, text=str.encode):
    """Keras 2: attributes list layers and arrays; layers without weights have a group too."""
    named = [*counted(layers, first=9), ("flatten", [])]
    group.attrs["layer_names"] = [text(name) for name, _ in named]
    for name, arrays in sorted(named):
        inside = group.create_group(name)
        paths = [f"{name}/{part}:0" for part in PARTS.get(len(arrays), ())]
        inside.attrs["weight_names"] = [text(path) for path in paths]
        for path, array in zip(paths, arrays, strict=True):
            inside.create_dataset(path, data=array)


def write_keras3(file, layers, container="layers", between="/"):
    """Keras 3 and 2.12: numbered variables below the class's name; the optimizer and the metrics have variables too."""
    for name, arrays in [*counted(layers), ("dropout", []), ("flatten", [])]:
        inside = file.create_group(f"{container}{between}{name}").create_group("vars")
        for number, array in enumerate(arrays):
            inside.create_dataset(str(number), data=array)
    file.create_dataset(f"{container}{between}dropout/seed_generator/vars/0", data=np.zeros(2, np.uint32))
    file.create_dataset("optimizer/vars/0", data=np.int64(7))
    file.create_dataset("optimizer/vars/1", data=np.ones((5, 5, 1, 6), np.float32))
    file.create_dataset("metrics/mean/vars/0", data=np.float32(1))
    file.create_group("vars")


def write(layout, path, layers):
    if layout == "keras":
        with h5py.File(path.with_suffix(".h5"), "w") as file:
            write_keras3(file, layers)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
            archive.writestr("config.json", json.dumps({"class_name": "Sequential", "module": "keras"}))
            archive.write(path.with_suffix(".h5"), "model.weights.h5")
        return path
    with h5py.File(path, "w") as file:
        if layout == "legacy whole":
            file.attrs["model_config"] = '{"class_name": "Sequential"}'
            write_legacy(file.create_group("model_weights"), layers, text=str)
        elif layout == "legacy":
            write_legacy(file, layers)
        elif layout == "2.13":
            write_keras3(file, layers, "_layer_checkpoint_dependencies")
        elif layout == "2.13 on Windows":
            write_keras3(file, layers, "_layer_checkpoint_dependencies", "\\")
        else:
            write_keras3(file, layers)
    return path


LAYOUTS = ("legacy", "legacy whole", "weights", "keras", "2.13", "2.13 on Windows")
CASES = [
    *[("lenet5", LENET, (12, 16, 1), layout) for layout in LAYOUTS],
    *[("asl-cnn", ASL, (9, 13, 1), layout) for layout in ("legacy whole", "weights", "keras")],
    *[("cats-dogs-cnn", CATS, (64, 80, 3), layout) for layout in ("legacy", "weights")],
    *[("mnist-mlp", MLP, (5, 4, 3), layout) for layout in ("legacy", "weights")],
]


def sized(shape):
    return dict(zip(("preparation.height", "preparation.width", "preparation.channels"), shape, strict=True))


def pictures(shape, number=5):
    rng = np.random.default_rng(1)
    return (rng.integers(0, 256, (number, *shape)) // rng.integers(1, 9, (number, shape[0], 1, 1))).astype(np.uint8)


def ours(run, pixels):
    return run.probabilities(torch.from_numpy(pixels).permute(0, 3, 1, 2)).numpy()


@pytest.mark.parametrize(("recipe", "steps", "shape", "layout"), CASES, ids=lambda value: str(value)[:16])
def test_the_run_answers_as_keras_does(recipe, steps, shape, layout, tmp_path):
    layers, forward = program(steps, shape)
    path = write(layout, tmp_path / "weights", layers)
    classes = ("cats", "dogs") if recipe == "cats-dogs-cnn" else ("a", "b", "c")
    run = import_run(path, recipe, sized(shape), classes=classes, runs=tmp_path / "runs")
    pixels = pictures(shape)
    expected = forward(pixels)
    assert expected.std(axis=0).max() > 0.01  # answers that differ from picture to picture
    assert np.abs(ours(run, pixels) - expected).max() < 1e-5
    assert run.classes == classes


def test_an_imported_run_is_a_run(tmp_path):
    """It loads, predicts from a file, is judged on data that is given, and says why it is not judged without."""
    from PIL import Image

    layers, forward = program(LENET.replace("dense 3", "dense 10"), (28, 28, 1))
    path = write("weights", tmp_path / "lenet.weights.h5", layers)
    run = import_run(path, "lenet5", runs=tmp_path / "runs", name="course")
    assert load(run.folder).data["imported"]["layers"][:2] == [["conv2d", "1_conv"], ["conv2d_1", "4_conv"]]
    assert run.name == "course-1"
    assert run.classes == tuple("0123456789")  # of the card of mnist, which was not opened
    assert run.history == []
    assert run.data["imported"]["numbers"] == 61_706
    pixels = pictures((28, 28, 1), 8)
    for number, picture in enumerate(pixels):
        (tmp_path / "photos" / str(number % 2)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(tmp_path / "photos" / str(number % 2) / f"{number}.png")
    (answer,) = predict(run, tmp_path / "photos" / "0" / "0.png", top=1)
    assert answer["probability"] == pytest.approx(forward(pixels)[0].max(), abs=1e-5)
    report = evaluate(run, tmp_path / "photos")
    assert report["judged"]["examples"] == 8
    assert report["baselines"]["naive"]["how"].endswith("the most common class in these pictures")
    sentence = (
        "course-1 was imported, and the data it was trained on is not known here: it cannot be trained further or repeated. "
        f"Judge it on data of yours with `seodang evaluate {run.folder} PATH`."
    )
    for asked in (evaluate, repeat):
        with pytest.raises(RunError, match=f"^{re.escape(sentence)}$"):
            asked(run)


def test_layers_are_counted_not_spelt(tmp_path):
    """conv2d_10 comes after conv2d_9, though HDF5 lists it after conv2d_1."""
    steps = ", ".join(["conv 3 3 same, relu"] * 12) + ", flatten, dense 3"
    layers, forward = program(steps, (5, 5, 3), seed=3)
    for _, arrays in layers:
        arrays[1][:] = np.abs(arrays[1])  # so that after twelve relus something is left
    path = write("weights", tmp_path / "deep.weights.h5", layers)
    conv = {"conv": {"filters": 3, "kernel": 3, "padding": "same"}}
    network = Part(settings={"layers": [*[conv, "relu"] * 12, "flatten", {"dense": "outputs"}]})
    run = import_run(path, Recipe(name="deep", model=network), sized((5, 5, 3)), classes="abc", runs=tmp_path / "runs")
    expected = forward(pictures((5, 5, 3)))
    assert expected.std(axis=0).max() > 0.01
    assert np.abs(ours(run, pictures((5, 5, 3))) - expected).max() < 1e-5
    went = [where for name, where in run.data["imported"]["layers"] if name == "conv2d_10"]
    assert went == ["21_conv"]


# --- Networks of other make ---


def test_pytorchs_own_flatten_gets_its_rows_in_its_order(tmp_path):
    """A dense layer, and a batch norm before it, after nn.Flatten or x.flatten(1), which go channel by channel."""
    steps = "conv 4 3 same, relu, pool valid, flatten, norm, dense 7, relu, dense 3"
    layers, forward = program(steps, (6, 8, 3))
    path = write("legacy", tmp_path / "weights.h5", layers)
    pixels = pictures((6, 8, 3))
    for name, flatten in (("module", "nn.Flatten()"), ("method", "Method()")):
        model = tmp_path / f"{name}.py"
        model.write_text(
            '"""A network of PyTorch\'s own layers."""\nfrom torch import nn\n\n\n'
            "class Method(nn.Module):\n"
            "    def __init__(self):\n        super().__init__()\n        self.norm = nn.BatchNorm1d(48, eps=1e-3)\n"
            "    def forward(self, x):\n        return self.norm(x.flatten(1))\n\n\n"
            f"def {name}(inputs, outputs):\n"
            "    norm = [nn.BatchNorm1d(48, eps=1e-3)]\n"
            f"    flat = [{flatten}] if {name == 'method'} else [{flatten}, *norm]\n"
            "    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), *flat,\n"
            "                         nn.Linear(48, 7), nn.ReLU(), nn.Linear(7, outputs.size))\n"
        )
        recipe = Recipe(name=name, model=Part(name=str(model)))
        run = import_run(path, recipe, sized((6, 8, 3)), classes="abc", runs=tmp_path / "runs")
        assert np.abs(ours(run, pixels) - forward(pixels)).max() < 1e-5


class Hidden(nn.Module):
    """Flattens where no order can be made out."""

    def __init__(self):
        super().__init__()
        self.conv, self.dense = nn.Conv2d(3, 4, 3), nn.Linear(64, 2)

    def forward(self, x):
        return self.dense(torch.relu(self.conv(x).flatten(1)))


def test_an_order_that_cannot_be_made_out_is_not_guessed():
    layers = [Layer("conv2d", "conv2d", ((3, 3, 3, 4), (4,))), Layer("dense", "dense", ((64, 2), (2,)))]
    with pytest.raises(
        RunError, match=r"^The network of hidden turns a picture into features before dense in an order that"
    ):
        match(layers, row(Hidden(), Spec((3, 6, 6))), "x.h5", "hidden", is_ordered=True)


@pytest.mark.parametrize(
    ("recipe", "branches"), [("lenet5", False), ("asl-cnn", False), ("resnet-small", False), ("googlenet-small", True)]
)
def test_branches_are_seen(recipe, branches):
    resolved = resolve(recipe, {**{k: str(v) for k, v in sized((28, 28, 1)).items()}})
    network = build(resolved.model, input_spec(resolved), Spec((10,)), 0)
    found = row(network, input_spec(resolved))
    assert found.branches is branches
    assert bool(found.unread) is (recipe == "googlenet-small")  # its side classifier runs in training only


def test_where_layers_run_side_by_side_shapes_alone_decide():
    network = nn.Module()
    network.left, network.right, network.top = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1)
    network.forward = lambda x: network.top(network.left(x) + network.right(x[:, :, 1:-1, 1:-1]))
    both = nn.Module()
    both.left, both.right = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 1)
    both.forward = lambda x: both.left(x) + both.right(x)
    layers = [Layer(f"conv2d_{n}", "", shapes) for n, shapes in enumerate([((1, 1, 3, 4), (4,)), ((1, 1, 3, 4), (4,))])]
    with pytest.raises(
        RunError, match=r"in more than one way: the network has branches, and conv2d_0, conv2d_1 all have"
    ):
        match(layers, row(both, Spec((3, 6, 6))), "x.h5", "both", is_ordered=True)
    layers = [
        Layer(name, "", shapes)
        for name, shapes in (("a", ((1, 1, 4, 2), (2,))), ("b", ((1, 1, 3, 4), (4,))), ("c", ((3, 3, 3, 4), (4,))))
    ]
    pairs = match(layers, row(network, Spec((3, 6, 6))), "x.h5", "net", is_ordered=False)
    assert [(layers[index].name, place.name) for index, place in pairs] == [("c", "left"), ("b", "right"), ("a", "top")]


def test_a_network_inside_the_network_is_its_layers(tmp_path):
    """Keras 2 lists all arrays of an inner network under one layer, the moving statistics at the end."""
    path = tmp_path / "nested.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"base", b"dense"]
        inside = file.create_group("base")
        names = ["c/kernel:0", "c/bias:0", "n/gamma:0", "n/beta:0", "n/moving_mean:0", "n/moving_variance:0"]
        inside.attrs["weight_names"] = [name.encode() for name in names]
        for name, shape in zip(names, [(3, 3, 1, 4), *[(4,)] * 5], strict=True):
            inside.create_dataset(name, data=np.ones(shape, np.float32))
        top = file.create_group("dense")
        top.attrs["weight_names"] = [b"dense/kernel:0"]
        top.create_dataset("dense/kernel:0", data=np.ones((4, 2), np.float32))
    from seodang.runs.foreign.keras import stored_layers

    with open(path, "rb") as file, open_hdf5(file, "nested.h5") as opened:
        layers, is_ordered = stored_layers(opened)
        assert [(each.name, [array.shape for array in each.arrays]) for each in layers] == [
            ("base/c", [(3, 3, 1, 4), (4,)]),
            ("base/n", [(4,)] * 4),
            ("dense", [(4, 2)]),
        ]
    assert is_ordered


# --- What does not fit, in words ---

ADVICE = "Choose the recipe it was trained as (`seodang list recipes`), or describe its layers in one (`seodang new recipe`)."


def place(recipe, classes, shape=(28, 28, 1), **settings):
    given = {**sized(shape), **settings}
    resolved = resolve(recipe, {key: str(value) for key, value in given.items()})
    network = build(resolved.model, input_spec(resolved), Spec((classes,)), 0)
    return row(network, input_spec(resolved))


def layers_of(steps, shape=(28, 28, 1), names=counted):
    return [Layer(name, name, tuple(a.shape for a in arrays)) for name, arrays in names(program(steps, shape)[0])]


@pytest.mark.parametrize("is_ordered", [True, False])
def test_another_shape_is_told_with_both_sides(is_ordered):
    layers = layers_of(LENET.replace("conv 16 5", "conv 16 3").replace("dense 3", "dense 10"))
    with pytest.raises(RunError) as caught:
        match(layers, place("lenet5", 10), "x.h5", "lenet5", is_ordered=is_ordered)
    assert str(caught.value) == (
        "x.h5 does not fit lenet5: its conv2d_1 has 3×3×6×16 + 16 where 4_conv of the network has 5×5×6×16 + 16. The file has "
        f"2 conv, 3 dense (81,290 numbers); the network has 2 conv, 3 dense (61,706 numbers). {ADVICE}"
    )


def test_another_number_of_layers_is_told():
    with pytest.raises(RunError) as caught:
        match(layers_of(MLP), place("lenet5", 3), "x.h5", "lenet5", is_ordered=True)
    assert str(caught.value) == (
        "x.h5 does not fit lenet5: 1_conv of the network (5×5×1×6 + 6) has no counterpart in the file. The file has 3 dense "
        f"(666,115 numbers); the network has 2 conv, 3 dense (61,111 numbers). {ADVICE}"
    )


def test_another_order_is_told_where_the_file_says_it():
    layers = layers_of("conv 4 3 same, conv 4 3 same, norm, flatten, dense 3", (8, 8, 1))
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3, padding=1), nn.Flatten(), nn.Linear(256, 3)
    )
    found = row(network, Spec((1, 8, 8)))
    assert len(match(layers, found, "x.h5", "net", is_ordered=False)) == 4
    with pytest.raises(RunError, match=r"its conv2d_1 has 3×3×4×4 \+ 4 where 1 of the network has 4 \+ 4 \+ 4 \+ 4\."):
        match(layers, found, "x.h5", "net", is_ordered=True)


@pytest.mark.parametrize(
    ("units", "classes", "advice"),
    [
        (24, 10, "name its 24 classes in their order with --classes"),
        (1, 2, "add loss=binary_cross_entropy"),
    ],
)
def test_another_number_of_outputs_gets_its_own_advice(units, classes, advice):
    layers = layers_of(LENET.replace("dense 3", f"dense {units}"))
    with pytest.raises(RunError, match=re.escape(f"+ {classes}: {advice}. The file has")):
        match(layers, place("lenet5", classes), "x.h5", "lenet5", is_ordered=False)


def test_names_without_an_order_are_matched_by_shape_or_refused():
    def named(layers):
        return list(zip(("entry", "end", "wide", "narrow", "last"), (arrays for _, arrays in layers), strict=True))

    found = place("lenet5", 3)
    layers = layers_of(LENET, names=named)[::-1]
    pairs = match(layers, found, "x.h5", "lenet5", is_ordered=False)
    assert [(layers[index].name, place.name) for index, place in pairs] == [
        ("entry", "1_conv"), ("end", "4_conv"), ("wide", "8_dense"), ("narrow", "10_dense"), ("last", "12_dense"),
    ]  # fmt: skip
    twice = [Layer(name, name, ((784, 784), (784,))) for name in ("first", "second")]
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 784), nn.Linear(784, 784))
    with pytest.raises(RunError) as caught:
        match(twice, row(network, Spec((1, 28, 28))), "x.h5", "net", is_ordered=False)
    assert str(caught.value) == (
        "x.h5 could be put into net in more than one way: the names of the file's layers do not say their order, and first, "
        "second all have the shapes of 1 (784×784 + 784). Save the whole model with Keras as `model.save('NAME.h5')`, which "
        "keeps the order, into a network that is one layer after another."
    )


def test_other_kinds_of_layer_are_not_taken_for_ours():
    kinds = {
        "embedding": ((100, 8),),
        "conv2d_transpose": ((3, 3, 4, 8), (4,)),
        "lstm": ((8, 16), (4, 16), (16,)),
        "normalization": ((3,), (3,), ()),
    }
    assert {Layer(name, name, shapes).kind for name, shapes in kinds.items()} == {"other"}
    assert Layer("x", "seq/depthwise_conv2d_1/kernel:0", ((3, 3, 8, 1), (8,))).kind == "depthwise"


def test_depthwise_and_layer_norm_are_converted():
    network = nn.Sequential(nn.Conv2d(3, 6, 3, groups=3), nn.GroupNorm(2, 6))
    found = row(network, Spec((3, 5, 5)))
    kernel = np.arange(3 * 3 * 3 * 2, dtype=np.float32).reshape(3, 3, 3, 2)
    from seodang.runs.foreign.match import converted

    tensors = [torch.from_numpy(kernel), torch.arange(6.0)]
    state = converted(tensors, found.places[0])
    # Keras' DepthwiseConv2D: output channel c·times + m is channel c filtered by kernel[:, :, c, m].
    assert torch.equal(state["0.weight"][2 * 1 + 1, 0], torch.from_numpy(kernel[:, :, 1, 1]))
    assert [place.kind for place in found.places] == ["depthwise", "norm"]
    assert set(converted([torch.ones(6), torch.zeros(6)], found.places[1])) == {"1.weight", "1.bias"}


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    layers, _ = program(MLP, (2, 2, 1))
    layers[1][1][0][3, 3] = np.nan
    path = write("weights", tmp_path / "x.weights.h5", layers)
    with pytest.raises(
        RunError, match=r"x\.weights\.h5: 1\.0 has numbers that are not finite in float32\. The training it"
    ):
        import_run(path, "mnist-mlp", sized((2, 2, 1)), classes="abc", runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


# --- Classes and preparation ---


@pytest.mark.parametrize(
    ("recipe", "asked", "sentence"),
    [
        (
            "lenet5",
            {"classes": ["a", "a"]},
            "--classes must be two different names or more, such as cats,dogs, got 'a, a'.",
        ),
        ("lenet5", {"classes": "ab", "data": "mnist"}, "--classes and --data exclude each other; give one."),
        (
            "image-classifier",
            {},
            "image-classifier names no data set whose classes are known. Say what the outputs are called, in their order, with "
            "--classes cats,dogs, or name the data with --data PATH.",
        ),
        (
            "image-classifier",
            {"classes": "ab", "settings": {"preparation.height": 8, "preparation.width": 8}},
            "image-classifier leaves open how pictures are prepared. Say it as the network was trained "
            "(preparation.channels=…, preparation.mean=…, preparation.std=…), or name the data with --data PATH.",
        ),
        (
            "cats-dogs-cnn",
            {"classes": "abc"},
            "The loss is binary_cross_entropy, the data has 3 classes.",
        ),
    ],
)
def test_what_is_open_is_asked_for(recipe, asked, sentence, tmp_path):
    path = write("weights", tmp_path / "x.weights.h5", program(MLP, (2, 2, 1))[0])
    with pytest.raises(SeodangError) as caught:
        import_run(path, recipe, runs=tmp_path / "runs", **asked)
    assert str(caught.value).startswith(sentence)
    assert not (tmp_path / "runs").exists()


def test_data_gives_the_names_and_what_is_open(tmp_path):
    from PIL import Image

    for name in ("heron", "ibis"):
        (tmp_path / "birds" / name).mkdir(parents=True)
        for number, picture in enumerate(pictures((6, 10, 3), 6)):
            Image.fromarray(picture).save(tmp_path / "birds" / name / f"{number}.png")
    steps = "flatten, dense 4, relu, dense 2"
    path = write("weights", tmp_path / "x.weights.h5", program(steps, (6, 10, 3))[0])
    recipe = Recipe(
        name="birds", model=Part(settings={"layers": ["flatten", {"dense": 4}, "relu", {"dense": "outputs"}]})
    )
    run = import_run(path, recipe, data=tmp_path / "birds", runs=tmp_path / "runs")
    assert run.classes == ("heron", "ibis")
    prepared = run.recipe.preparation
    assert (prepared.height, prepared.width, prepared.channels) == (6, 10, 3)
    run = import_run(path, recipe, {"preparation.scale": "standard"}, data=tmp_path / "birds", runs=tmp_path / "runs")
    assert run.recipe.preparation.mean == pytest.approx(
        (pictures((6, 10, 3), 6) / 255).mean(axis=(0, 1, 2)).tolist(), abs=0.02
    )


def test_without_h5py_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "h5py", None)
    sentence = r"^Files of Keras are read with h5py\. Install it with `pip install 'seodang\[keras\]'`\.$"
    with open(__file__, "rb") as file, pytest.raises(RunError, match=sentence), open_hdf5(file, "x.h5"):
        pass
