"""Layers for sequences against PyTorch's own, against Keras' counts, and the theorem that padding changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models import _recurrent
from seodang.models._recurrent import Bidirectional, Cell, Recurrent
from seodang.models.drawing import picture
from seodang.models.sequential import sequential
from seodang.models.summary import count_parameters, summary, total

PLAIN = {"lstm": nn.LSTM, "gru": nn.GRU, "simple_rnn": nn.RNN}
CELLS: list[Cell] = ["lstm", "gru", "simple_rnn"]

# L40 and L43 as the notes have them: neither masks its padding. (The recipe imdb-bilstm does.)
HEADLINES: list[Any] = [{"embedding": {"size": 10}}, {"lstm": {"units": 100}}, {"dropout": 0.1}, {"dense": "outputs"}]
REVIEWS: list[Any] = [
    {"embedding": {"size": 128}},
    {"lstm": {"units": 256, "bidirectional": True, "return_sequences": True}},
    {"lstm": {"units": 128, "bidirectional": True}},
    {"dense": "outputs"},
]


# All of these were also compared with Keras 3.15 with copied weights: 36 cases of cell, direction, last or each step, and
# padding (none, left, right; Keras with mask_zero); the largest difference was 2.4e-7, and the parameters were as many.


def plain_twin(layer: Recurrent | Bidirectional) -> nn.RNNBase:
    """PyTorch's own layer with the weights of ours and a second bias of zeros where ours has none."""
    first = layer.ahead if isinstance(layer, Bidirectional) else layer
    both = isinstance(layer, Bidirectional)
    twin = PLAIN[first.cell](first.inputs, first.units, batch_first=True, bidirectional=both)
    weights = dict(first.kernel.state_dict())
    if isinstance(layer, Bidirectional):
        weights |= {f"{name}_reverse": tensor for name, tensor in layer.back.kernel.state_dict().items()}
    for name in twin.state_dict():
        weights.setdefault(name, torch.zeros_like(twin.state_dict()[name]))
    twin.load_state_dict(weights)
    return twin


@pytest.mark.parametrize("cell", CELLS)
def test_a_large_batch_read_in_pieces_gives_the_same(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    module, x = _recurrent.kernel(cell, 5, 7), torch.randn(11, 9, 5, requires_grad=True)
    state = tuple(torch.randn(11, 7) for _ in range(2 if cell == "lstm" else 1))
    found = []
    for most in (2**24, 4 * 9 * 4 * 7):
        monkeypatch.setattr(_recurrent, "AT_ONCE", most)
        outputs, after = _recurrent.run(module, x, state)
        wanted = [x, *(p for p in module.parameters())]
        found.append([outputs, *after, *torch.autograd.grad(outputs.square().sum() + after[0].sum(), wanted)])
    torch.testing.assert_close(found[0], found[1], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("kind", [Recurrent, Bidirectional])
def test_recurrent_layers_are_pytorchs_with_one_bias(cell: Cell, kind: Any) -> None:
    each, last = kind(cell, 5, 7, each_step=True), kind(cell, 5, 7)
    last.load_state_dict(each.state_dict())
    x = torch.randn(4, 9, 5)
    outputs, state = plain_twin(each)(x)
    torch.testing.assert_close(each(x), outputs, atol=1e-6, rtol=1e-6)
    hidden = state[0] if cell == "lstm" else state
    torch.testing.assert_close(last(x), torch.cat(list(hidden), dim=1), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_the_second_bias_is_neither_trained_nor_saved(cell: Cell) -> None:
    layer = Recurrent(cell, 3, 4)
    names = {name for name, _ in layer.named_parameters()}
    assert ("kernel.bias_hh_l0" in names) == (cell == "gru")
    assert set(layer.state_dict()) == names
    moved = layer.to(torch.float64)
    assert moved(torch.randn(2, 3, 3, dtype=torch.float64)).dtype == torch.float64


@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_layers_start_as_in_keras(cell: Cell) -> None:
    kernel = Recurrent(cell, 40, 30).kernel
    rows = {"lstm": 4, "gru": 3, "simple_rnn": 1}[cell] * 30
    limit = (6 / (40 + rows)) ** 0.5
    assert 0.98 * limit < kernel.get_parameter("weight_ih_l0").abs().max() <= limit
    recurrent = kernel.get_parameter("weight_hh_l0")
    torch.testing.assert_close(recurrent.T @ recurrent, torch.eye(30), atol=1e-5, rtol=0)
    bias = kernel.get_parameter("bias_ih_l0")
    expected = torch.zeros(rows)
    if cell == "lstm":
        expected[30:60] = 1  # the forget gate
    assert torch.equal(bias, expected)


def test_embedding_starts_as_in_keras_and_its_padding_stays_zero() -> None:
    plain, masked = modules.Embedding(1000, 16, masks=False), modules.Embedding(1000, 16, masks=True)
    assert 0.049 < plain.weight.abs().max() <= 0.05
    assert plain.weight[0].abs().min() > 0
    assert masked.weight[0].abs().max() == 0
    masked(torch.tensor([[0, 3]])).sum().backward()
    assert masked.weight.grad is not None
    assert masked.weight.grad[0].abs().max() == 0
    assert masked.weight.grad[3].abs().min() == 1


def tokens(*lengths: int, width: int, left: bool, seed: int = 0) -> Tensor:
    """Rows of real tokens, padded with 0 to `width` on one side."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.zeros(len(lengths), width, dtype=torch.int64)
    for row, length in zip(rows, lengths, strict=True):
        words = torch.randint(1, 50, (length,), generator=generator)
        if length:
            row[width - length :] = words if left else row[width - length :]
            row[:length] = row[:length] if left else words
    return rows


MASKED: list[list[Any]] = [
    [{"lstm": {"units": 6}}],
    [{"gru": {"units": 6, "bidirectional": True}}],
    [{"simple_rnn": {"units": 6, "bidirectional": True, "each_step": True}}, {"lstm": {"units": 4}}],
    [{"lstm": {"units": 6, "each_step": True}}, "layer_norm", "relu", {"gru": {"units": 4, "bidirectional": True}}],
    [{"conv1d": {"filters": 6, "padding": "same"}}, "relu", "global_max_pool"],
    [{"dense": 6}, "tanh", "global_average_pool"],
    [{"residual": [{"conv1d": {"filters": 8, "padding": "same"}}, "relu", {"lstm": {"units": 6, "each_step": True}}]},
     "global_average_pool"],
]  # fmt: skip


@pytest.mark.parametrize("layers", MASKED, ids=lambda layers: "-".join(str(next(iter(item))) for item in layers))
@pytest.mark.parametrize("left", [True, False], ids=["left", "right"])
def test_with_mask_more_padding_changes_nothing(layers: list[Any], left: bool) -> None:
    lengths = (7, 3, 1, 5)
    listed = [{"embedding": {"size": 8, "mask": True}}, *layers, {"dense": "outputs"}]
    network = sequential(Spec((0,), vocabulary=50), Spec((3,)), layers=listed).eval()
    with torch.no_grad():
        for module in network.modules():  # biases that would leak what padding adds
            if isinstance(module, nn.Linear | nn.Conv1d | nn.LayerNorm) and module.bias is not None:
                nn.init.normal_(module.bias)
    short, long = (tokens(*lengths, width=width, left=left) for width in (7, 19))
    torch.testing.assert_close(network(short), network(long), atol=1e-6, rtol=1e-6)
    # One row alone, without any padding, says the same.
    alone = tokens(*lengths, width=7, left=left)[1]
    torch.testing.assert_close(network(alone[alone > 0][None]), network(long)[1:2], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("left", [True, False], ids=["left", "right"])
def test_with_mask_each_step_gives_its_state_where_the_token_stands(left: bool) -> None:
    network = sequential(
        Spec((0,), vocabulary=50),
        Spec((0, 6), each_step=True),
        layers=[{"embedding": {"size": 8, "mask": True}}, {"lstm": {"units": 3, "bidirectional": True, "each_step": True}}],
    )  # fmt: skip
    rows = tokens(5, 2, 0, width=8, left=left)
    outputs = network(rows)
    for row, given in zip(rows, outputs, strict=True):
        assert given[row == 0].abs().max() == 0
        if (row > 0).any():
            torch.testing.assert_close(given[row > 0], network(row[row > 0][None])[0], atol=1e-6, rtol=1e-6)


def test_without_mask_padding_is_read_as_in_keras() -> None:
    listed = [{"embedding": {"size": 8}}, {"lstm": {"units": 6}}, {"dense": "outputs"}]
    network = sequential(Spec((0,), vocabulary=50), Spec((3,)), layers=listed).eval()
    short, long = (tokens(4, width=width, left=False) for width in (7, 19))
    assert (network(short) - network(long)).abs().max() > 1e-4


def test_the_labs_parameters_are_keras() -> None:
    """LABS.md: L40 117,530 + 44,400 + 1,187,053 = 1,348,983. L43: 4,005,121."""
    inputs = Spec((27,), vocabulary=11753)
    rows = summary(sequential(inputs, Spec((11753,)), layers=HEADLINES), inputs)
    assert [(row.kind, row.output_shape, row.parameters) for row in rows] == [
        ("embedding", (27, 10), 117_530),
        ("lstm", (100,), 44_400),
        ("dropout", (100,), 0),
        ("dense", (11753,), 1_187_053),
    ]
    inputs = Spec((300,), vocabulary=20_000)
    network = sequential(inputs, Spec((1,)), layers=REVIEWS)
    rows = summary(network, inputs)
    assert [(row.kind, row.detail, row.output_shape, row.parameters) for row in rows] == [
        ("embedding", "", (300, 128), 2_560_000),
        ("lstm", "both ways", (300, 512), 788_480),
        ("lstm", "both ways", (256,), 656_384),
        ("dense", "", (1,), 257),
    ]
    assert total(rows)["parameters"] == count_parameters(network) == 4_005_121
    assert rows[1].operations == 300 * 2 * 4 * 256 * (128 + 256)


def test_windows_of_a_series_and_rows_of_a_picture_go_through_a_recurrent_layer() -> None:
    stock = [{"lstm": {"units": 64, "return_sequences": True}}, {"lstm": {"units": 16}}, {"dense": "outputs"}]
    network = sequential(Spec((3, 1)), Spec((1,)), layers=stock)
    assert count_parameters(network) == 4 * 64 * (1 + 64 + 1) + 4 * 16 * (64 + 16 + 1) + 17
    listed = [{"reshape": [28, 28]}, {"gru": {"units": 8}}, {"dense": "outputs"}]
    rows = sequential(Spec((1, 28, 28)), Spec((10,)), layers=listed)
    assert rows(torch.rand(2, 1, 28, 28)).shape == (2, 10)


def test_conv1d_and_its_pool_by_hand() -> None:
    network = sequential(
        Spec((5, 1)), Spec((2, 1)), layers=[{"conv1d": {"filters": 1, "kernel": 2}}, {"max_pool1d": {"size": 2}}]
    )
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1 if parameter.dim() > 1 else 0)
    assert network(torch.tensor([[[1.0], [2], [5], [0], [1]]])).flatten().tolist() == [7, 5]
    causal = sequential(
        Spec((3, 1)), Spec((3, 1)), layers=[{"conv1d": {"filters": 1, "kernel": 2, "padding": "causal"}}]
    )
    for parameter in causal.parameters():
        nn.init.constant_(parameter, 1 if parameter.dim() > 1 else 0)
    assert causal(torch.tensor([[[1.0], [2], [5]]])).flatten().tolist() == [1, 3, 7]


def test_an_lstms_dropout_drops_the_same_channels_at_all_places() -> None:
    layer = Recurrent("simple_rnn", 200, 3, dropout=0.5).train()
    seen: list[Tensor] = []
    layer.kernel.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    layer(torch.ones(2, 6, 200))
    assert (seen[0] == seen[0][:, :1]).all()
    assert sorted(seen[0].unique().tolist()) == [0, 2]


def test_codes_of_a_table_row_become_columns() -> None:
    network = sequential(Spec((3,), categories=(3, 2)), Spec((1,)), layers=[{"dense": "outputs"}])
    assert count_parameters(network) == 1 + 2 + 1 + 1
    codes = torch.tensor([[0.5, 0, 0], [0.5, 2, 1]])
    weight, bias = network.get_parameter("1_dense.weight")[0], network.get_parameter("1_dense.bias")
    expected = torch.stack([0.5 * weight[0], 0.5 * weight[0] + weight[2] + weight[3]])[:, None] + bias
    torch.testing.assert_close(network(codes), expected)


def test_a_network_for_texts_is_drawn_in_its_words() -> None:
    inputs = Spec((300,), vocabulary=20_000)
    figure = picture(sequential(inputs, Spec((1,)), layers=REVIEWS), inputs)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert "lstm both ways" in words
    assert "300×128" in words
    assert any(word.endswith("multiply-adds a text") for word in words)


@pytest.mark.parametrize(
    ("inputs", "layers", "sentence"),
    [
        (
            Spec((28,), vocabulary=9),
            [{"lstm": {"units": 5}}],
            "Layer 1 (lstm): lstm needs numbers, but tokens come in. Put {embedding: {size: 64}} before it. "
            "Shapes so far: input 28.",
        ),
        (
            Spec((28, 3)),
            [{"embedding": {"size": 5}}],
            "Layer 1 (embedding 5): embedding needs tokens, but numbers come in. It stands first, and only where the data is "
            "text. Shapes so far: input 28×3.",
        ),
        (
            Spec((7,)),
            [{"gru": {"units": 5}}],
            "Layer 1 (gru): gru needs a sequence (length×channels), but a vector of 7 numbers comes in. Put it right after "
            "embedding, or reshape to [length, channels] before it. Shapes so far: input 7.",
        ),
        (
            Spec((0, 3)),
            [{"conv": {"filters": 5}}],
            "Layer 1 (conv): conv needs a picture (channels×height×width), but a sequence of any×3 comes in. "
            "For sequences write conv1d. Shapes so far: input any×3.",
        ),
        (
            Spec((0, 3)),
            ["flatten"],
            "Layer 1 (flatten): flatten needs a fixed length, but a sequence of any×3 comes in. Put global_average_pool "
            "there. Shapes so far: input any×3.",
        ),
        (
            Spec((28,), vocabulary=9),
            [{"embedding": {"size": 5, "mask": True}}, {"conv1d": {"filters": 4}}],
            "Layer 2 (conv1d): after an embedding with mask, conv1d needs padding: same (or causal) and stride 1. "
            "Shapes so far: input 28 → embedding 28×5.",
        ),
        (
            Spec((4, 2)),
            [{"conv1d": {"filters": 4, "kernel": 6}}],
            "Layer 1 (conv1d 6): the sequence has 4 places here, a window of 6 does not fit. Shapes so far: input 4×2.",
        ),
        (
            Spec((2, 9), vocabulary=7),
            [{"dense": "outputs"}],
            "sequential reads pictures, vectors, table rows, texts and series, but the data holds sentence pairs. "
            "`seodang list models` says what each model is for.",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(inputs: Spec, layers: list[Any], sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        sequential(inputs, Spec((3,)), layers=layers)
    assert str(caught.value) == sentence
