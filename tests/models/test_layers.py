"""Each kind of layer against arithmetic done by hand, and the sentences a wrong list is answered with."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import initialise
from seodang.models.layers import KINDS
from seodang.models.sequential import sequential
from seodang.models.summary import summary
from seodang.recipes._network import ACTIVATIONS, LINEAR, SHORT


def one(layer: Any, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> nn.Module:
    return sequential(Spec(inputs), Spec(outputs), layers=[layer])


def fill(network: nn.Module, value: float = 1.0) -> nn.Module:
    for parameter in network.parameters():
        nn.init.constant_(parameter, value if parameter.dim() > 1 else 0)
    return network


def rows(*values: list[float]) -> Tensor:
    return torch.tensor([[[list(map(float, row)) for row in values]]]).squeeze(0)


# "same" of TensorFlow: ceil(length / stride) places, the odd pixel of the edge comes after. All of these were
# also compared with Keras 3.15 (198 cases of size, kernel, stride and padding; largest difference 1.1e-6).


def test_same_convolution_with_a_stride_adds_the_edge_after_the_picture() -> None:
    network = fill(one({"conv": {"filters": 1, "kernel": 3, "stride": 2, "padding": "same"}}, (1, 4, 4), (1, 2, 2)))
    picture = torch.arange(1.0, 17).view(1, 1, 4, 4)
    # Windows begin at rows and columns 0 and 2 and reach over the right and lower edge only.
    expected = [
        [1 + 2 + 3 + 5 + 6 + 7 + 9 + 10 + 11, 3 + 4 + 7 + 8 + 11 + 12],
        [9 + 10 + 11 + 13 + 14 + 15, 11 + 12 + 15 + 16],
    ]
    assert network(picture)[0, 0].tolist() == expected


def test_same_max_pool_keeps_the_last_odd_row_and_column() -> None:
    network = one({"max_pool": {"size": 2, "padding": "same"}}, (1, 3, 3), (1, 2, 2))
    picture = -torch.arange(1.0, 10).view(1, 1, 3, 3)  # all negative: an edge of zeros would win
    assert network(picture)[0, 0].tolist() == [[-1, -3], [-7, -9]]


def test_valid_max_pool_cuts_the_last_odd_row_and_column_off() -> None:
    network = one({"max_pool": 2}, (1, 3, 3), (1, 1, 1))
    assert network(torch.arange(9.0).view(1, 1, 3, 3)).item() == 4


def test_same_max_pool_that_adds_on_one_side_only() -> None:
    network = one({"max_pool": {"size": 3, "stride": 3, "padding": "same"}}, (1, 4, 4), (1, 2, 2))
    picture = torch.arange(1.0, 17).view(1, 1, 4, 4)  # 6 are needed: one is added before, one after
    assert network(picture)[0, 0].tolist() == [[6, 8], [14, 16]]


def test_same_average_pool_does_not_count_the_edge() -> None:
    network = one({"average_pool": {"size": 2, "padding": "same"}}, (1, 3, 3), (1, 2, 2))
    picture = torch.arange(1.0, 10).view(1, 1, 3, 3)
    assert network(picture)[0, 0].tolist() == [[3, 4.5], [7.5, 9]]


def test_average_pool_with_an_edge_before_does_not_count_it_either() -> None:
    network = one({"average_pool": {"size": 3, "stride": 1, "padding": "same"}}, (1, 3, 3), (1, 3, 3))
    assert network(torch.ones(1, 1, 3, 3)).tolist() == torch.ones(1, 1, 3, 3).tolist()


def test_dilation_spreads_the_filter() -> None:
    network = fill(one({"conv": {"filters": 1, "kernel": 2, "dilation": 2}}, (1, 3, 3), (1, 1, 1)))
    assert network(torch.arange(1.0, 10).view(1, 1, 3, 3)).item() == 1 + 3 + 7 + 9


def test_depthwise_filters_see_their_own_channel() -> None:
    network = fill(one({"depthwise": {"kernel": 2}}, (2, 2, 2), (2, 1, 1)))
    picture = torch.stack([torch.full((2, 2), 1.0), torch.full((2, 2), 10.0)])[None]
    assert network(picture).flatten().tolist() == [4, 40]


def test_groups_see_their_own_channels() -> None:
    network = fill(one({"conv": {"filters": 2, "kernel": 1, "groups": 2}}, (4, 1, 1), (2, 1, 1)))
    assert network(torch.tensor([1.0, 2, 4, 8]).view(1, 4, 1, 1)).flatten().tolist() == [3, 12]


def test_flatten_goes_by_rows_columns_channels_as_keras_does() -> None:
    picture = torch.arange(8.0).view(1, 2, 2, 2)
    for given in (picture, picture.contiguous(memory_format=torch.channels_last)):
        assert one("flatten", (2, 2, 2), (8,))(given)[0].tolist() == [0, 4, 1, 5, 2, 6, 3, 7]


def test_flatten_of_channels_last_pictures_copies_nothing() -> None:
    picture = torch.rand(2, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    assert modules.Flatten()(picture).data_ptr() == picture.data_ptr()


def test_upsample_repeats_pixels() -> None:
    out = one({"upsample": 2}, (1, 1, 2), (1, 2, 4))(torch.tensor([[[[1.0, 2.0]]]]))
    assert out[0, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_reshape_and_global_pools() -> None:
    numbers = torch.arange(8.0)[None]
    layers = [{"reshape": [2, 2, 2]}, "global_max_pool"]
    assert sequential(Spec((8,)), Spec((2,)), layers=layers)(numbers).tolist() == [[3, 7]]
    layers[1] = "global_average_pool"
    assert sequential(Spec((8,)), Spec((2,)), layers=layers)(numbers).tolist() == [[1.5, 5.5]]


def test_residual_adds_what_came_in() -> None:
    layer = {"residual": [{"dense": {"units": 3, "init": "zeros"}}]}
    numbers = torch.tensor([[1.0, -2, 3]])
    assert one(layer, (3,), (3,))(numbers).tolist() == numbers.tolist()


def test_residual_projects_where_the_shapes_differ() -> None:
    layer = {"residual": {"layers": [{"conv": {"filters": 4, "stride": 2, "padding": "same"}}]}}
    network = one(layer, (2, 7, 7), (4, 4, 4))
    assert network(torch.rand(2, 2, 7, 7)).shape == (2, 4, 4, 4)
    shapes = [tuple(parameter.shape) for parameter in network.parameters()]
    assert (4, 2, 1, 1) in shapes, "the shortcut is a 1×1 convolution"


def test_activations_are_the_formulas() -> None:
    x = torch.tensor([[-2.0, 0.5]])
    formulas = {
        "relu": lambda v: max(v, 0),
        "leaky_relu": lambda v: v if v > 0 else 0.01 * v,
        "elu": lambda v: v if v > 0 else math.exp(v) - 1,
        "selu": lambda v: 1.0507009873554805 * (v if v > 0 else 1.6732632423543772 * (math.exp(v) - 1)),
        "gelu": lambda v: v * 0.5 * (1 + math.erf(v / math.sqrt(2))),
        "silu": lambda v: v / (1 + math.exp(-v)),
        "sigmoid": lambda v: 1 / (1 + math.exp(-v)),
        "tanh": math.tanh,
    }
    for kind, formula in formulas.items():
        expected = torch.tensor([[formula(-2.0), formula(0.5)]])
        torch.testing.assert_close(one(kind, (2,), (2,))(x), expected, msg=kind)


def test_batch_norm_means_keras_by_momentum() -> None:
    network = one({"batch_norm": {"momentum": 0.99, "eps": 0.001}}, (2,), (2,))
    network.train()(torch.tensor([[1.0, 10.0], [3.0, 10.0]]))
    assert network.get_buffer("1_batch_norm.running_mean").tolist() == pytest.approx([0.02, 0.1])


def test_batch_norm_lets_a_single_example_pass_with_the_running_mean() -> None:
    for shape in ((2,), (2, 1, 1)):
        network = one("batch_norm", shape, shape).train()
        network(torch.rand(8, *shape) * 5)
        single = torch.rand(1, *shape)
        given = network(single)
        assert torch.equal(given, network.eval()(single))


def test_layer_norm_of_a_picture_goes_over_the_channels_of_a_pixel() -> None:
    out = one("layer_norm", (4, 2, 2), (4, 2, 2))(torch.rand(3, 4, 2, 2) * 9)
    torch.testing.assert_close(out.mean(1), torch.zeros(3, 2, 2), atol=1e-5, rtol=0)


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    for layout in (torch.contiguous_format, torch.channels_last):
        ones = torch.ones(64, 8, 30, 31).contiguous(memory_format=layout)
        out = modules.Dropout(0.3).train()(ones)
        assert (out == 0).float().mean().item() == pytest.approx(0.3, abs=0.005)
        assert out[out != 0].unique().tolist() == pytest.approx([1 / 0.7], rel=1e-4)
        assert out.is_contiguous(memory_format=layout)
    vector = torch.ones(5, 7)
    assert modules.Dropout(0.5).train()(vector).shape == (5, 7)
    assert torch.equal(modules.Dropout(0.5).eval()(vector), vector)


def test_dropout_is_independent_from_place_to_place_and_from_call_to_call() -> None:
    drop = modules.Dropout(0.5).train()
    first, second = drop(torch.ones(40_000)), drop(torch.ones(40_000))
    assert torch.corrcoef(torch.stack([first, second]))[0, 1].abs() < 0.03
    for lag in (1, 2, 3, 4, 8):  # four masks come from one random number
        assert torch.corrcoef(torch.stack([first[:-lag], first[lag:]]))[0, 1].abs() < 0.03


def test_relu_before_max_pool_may_run_after_it() -> None:
    layers: list[Any] = [{"conv": {"filters": 6, "kernel": 3}}, "relu", {"max_pool": {"size": 2, "padding": "same"}}]
    network = sequential(Spec((2, 9, 9)), Spec((6, 4, 4)), layers=layers).train()
    listed = copy_in_order(network)
    pictures = torch.randn(5, 2, 9, 9)
    weights = torch.randn(5, 6, 4, 4)
    for module in (network, listed):
        (module(pictures) * weights).sum().backward()
    assert torch.equal(network(pictures), listed(pictures))
    for fast, plain in zip(network.parameters(), listed.parameters(), strict=True):
        torch.testing.assert_close(fast.grad, plain.grad, atol=0, rtol=0)


def copy_in_order(network: nn.Module) -> nn.Module:
    conv = nn.Conv2d(2, 6, 3)
    conv.load_state_dict({key: network.state_dict()[f"1_conv.{key}"] for key in ("weight", "bias")})
    return nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True))


@pytest.mark.parametrize(
    ("name", "std"),
    [
        ("glorot_uniform", math.sqrt(2 / (400 + 250))),
        ("xavier_normal", math.sqrt(2 / (400 + 250))),
        ("he_normal", math.sqrt(2 / 400)),
        ("he_uniform", math.sqrt(2 / 400)),
        ("lecun_normal", math.sqrt(1 / 400)),
        ("lecun_uniform", math.sqrt(1 / 400)),
        ("normal", 0.05),
        ("uniform", 0.05 / math.sqrt(3)),
    ],
)
def test_initialisers_have_the_deviation_of_their_rule(name: str, std: float) -> None:
    weight = torch.empty(10, 16, 5, 5)  # fan in 16·25 = 400, fan out 10·25 = 250
    initialise(weight, name)
    assert weight.std().item() == pytest.approx(std, rel=0.05)
    assert weight.mean().item() == pytest.approx(0, abs=std / 10)


def test_biases_start_at_zero_and_a_layer_may_choose_its_own_start() -> None:
    layers = [{"dense": {"units": 4, "init": "zeros"}}, {"dense": "outputs"}]
    network = sequential(Spec((3,)), Spec((2,)), layers=layers, init="he_uniform")
    state = network.state_dict()
    assert state["1_dense.weight"].abs().max() == 0
    assert state["2_dense.weight"].abs().max() > 0
    assert state["1_dense.bias"].abs().max() == state["2_dense.bias"].abs().max() == 0


def test_every_short_form_and_group_names_a_kind() -> None:
    assert set(SHORT) <= set(KINDS)
    assert set(ACTIVATIONS) | set(LINEAR) <= set(KINDS)
    for kind, setting in SHORT.items():
        assert setting in KINDS[kind].model_fields
    for kind in KINDS.values():
        assert kind.__doc__
        assert all(field.description for field in kind.model_fields.values())


@pytest.mark.parametrize(
    ("layers", "sentences"),
    [
        (["rleu"], ["Layer 1: rleu is not a kind of layer. Did you mean relu?"]),
        ([{"Conv2D": 32}], ["Layer 1: Conv2D is not a kind of layer. Did you mean conv?"]),
        (["flatten", {"linear": 5}], ["Layer 2: linear is not a kind of layer. Did you mean dense?"]),
        ([{"relu": 3}], ["Layer 1: relu has no settings, got 3."]),
        ([{"dense": {"unist": 5}}], [
            "Layer 1 (dense): units is needed and was not given.",
            "Layer 1 (dense): unist is not a setting of dense. Did you mean units?",
        ]),
        ([{"dense": "ten"}], ["Layer 1 (dense): units must be int, got 'ten'."]),
        ([{"dropout": 1.5}], ["Layer 1 (dropout): rate must be less than 1, got 1.5."]),
        ([{"conv": {"filters": 3, "kernel": "big"}}], [
            "Layer 1 (conv): kernel must be a whole number or a pair [height, width], got 'big'.",
        ]),
        ([{"conv": {"filters": 3, "padding": "smae"}}], [
            "Layer 1 (conv): padding must be same, valid or a number of pixels, got 'smae'.",
        ]),
        ([{"conv": {"filters": 3, "stride": 0}}], ["Layer 1 (conv): stride must be at least 1, got 0."]),
        ([{"dense": {"units": 5, "activation": "relu"}}], [
            "Layer 1 (dense): an activation is a layer of its own, write it as the next item of the list.",
        ]),
        ([{"dense": {"units": 5, "init": "he"}}], [
            "Layer 1 (dense): init must be one of 'glorot_uniform', 'glorot_normal', 'xavier_uniform', 'xavier_normal', "
            "'he_uniform', 'he_normal', 'lecun_uniform', 'lecun_normal', 'normal', 'uniform', 'zeros', got 'he'.",
        ]),
        ([{"max_pool": 2, "dropout": 0.1}], [
            "Layer 1: a layer is one name with its settings, got 2 names: max_pool, dropout. "
            "Indent the settings one step more, or write each layer as an item of its own.",
        ]),
        ([7], ["Layer 1: a layer is a name, or one name with its settings, got 7."]),
        ([{"residual": ["relu", "bach_norm"]}], ["Layer 1.2: bach_norm is not a kind of layer. Did you mean batch_norm?"]),
        ([], ["layers is empty: a network needs at least {dense: outputs}."]),
        ("conv", ["Layer 1: layers must be a list, got 'conv'."]),
        (["rleu", {"dense": "ten"}], [
            "Layer 1: rleu is not a kind of layer. Did you mean relu?",
            "Layer 2 (dense): units must be int, got 'ten'.",
        ]),
    ],
)  # fmt: skip
def test_wrong_settings_are_all_told_at_once(layers: Any, sentences: list[str]) -> None:
    with pytest.raises(RecipeError) as caught:
        sequential(Spec((1, 28, 28)), Spec((10,)), layers=layers)
    assert str(caught.value).splitlines() == sentences


CONV = {"conv": {"filters": 4, "kernel": 3}}


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        (
            [CONV, {"max_pool": 26}, {"max_pool": 2}],
            "Layer 3 (max_pool 2): the picture is 1×1 here, a window of 2 does not fit. "
            "Shapes so far: input 1×28×28 → conv 4×26×26 → max_pool 4×1×1.",
        ),
        (
            [{"dense": 5}],
            "Layer 1 (dense): dense needs a vector, but a picture of 1×28×28 comes in. "
            "Put flatten or global_average_pool before it. Shapes so far: input 1×28×28.",
        ),
        (
            ["flatten", CONV],
            "Layer 2 (conv 3): conv needs a picture (channels×height×width), but a vector of 784 numbers comes in. "
            "Put it before flatten or the global pool. Shapes so far: input 1×28×28 → flatten 784.",
        ),
        (
            [CONV, {"group_norm": 3}],
            "Layer 2 (group_norm): groups 3 must divide the 4 channels. Shapes so far: input 1×28×28 → conv 4×26×26.",
        ),
        (
            [{"conv": {"filters": 4, "kernel": 15, "dilation": 3}}],
            "Layer 1 (conv 15): the picture is 28×28 here, a window of 15 spread by dilation 3 does not fit. "
            "Shapes so far: input 1×28×28.",
        ),
        (
            [{"residual": {"layers": [CONV], "shortcut": "identity"}}],
            "Layer 1 (residual): 1×28×28 comes in and 4×26×26 comes out of the inner layers, which cannot be added. "
            "Write shortcut: auto, or padding: same inside. Shapes so far: input 1×28×28 → conv 4×26×26.",
        ),
        (
            [{"reshape": [7, 7]}],
            "Layer 1 (reshape): 1×28×28 is 784 numbers, reshape asks for 7×7. Shapes so far: input 1×28×28.",
        ),
        (
            ["flatten", {"dense": 24}],
            "The network ends with 24 numbers an example, the task needs 10. End the list with {dense: outputs}. "
            "Shapes so far: input 1×28×28 → flatten 784 → dense 24.",
        ),
    ],
)
def test_a_layer_that_does_not_fit_is_told_with_the_shapes_before_it(layers: list[Any], sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        sequential(Spec((1, 28, 28)), Spec((10,)), layers=layers)
    assert str(caught.value) == sentence


def test_a_last_softmax_is_left_to_the_loss() -> None:
    layers = ["flatten", {"dense": "outputs"}, "softmax"]
    network = sequential(Spec((1, 4, 4)), Spec((3,)), layers=layers)
    assert [type(module) for module in network.children()] == [modules.Flatten, nn.Linear]
    single = sequential(Spec((1, 4, 4)), Spec((1,)), layers=["flatten", {"dense": "outputs"}, "sigmoid"])
    assert [type(module) for module in single.children()] == [modules.Flatten, nn.Linear]


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "upsample"])
def test_a_summary_calls_a_layer_as_the_list_does(kind: str) -> None:
    layers = [kind, "global_average_pool", {"dense": "outputs"}]
    network = sequential(Spec((3, 8, 8)), Spec((2,)), layers=layers)
    assert summary(network, Spec((3, 8, 8)))[0].kind == kind
