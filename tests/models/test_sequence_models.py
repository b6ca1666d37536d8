"""Networks for texts, series and tables: what theory promises of each."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.spec import Spec
from seodang.models._attention import Attention, turned, turns
from seodang.models._columns import Columns, Periodic, PiecewiseLinear
from seodang.models.bag import bag, pair_ids
from seodang.models.dlinear import dlinear, trend
from seodang.models.mlp import mlp
from seodang.models.nlinear import nlinear
from seodang.models.recurrent import recurrent
from seodang.models.tabm import tabm
from seodang.models.text_cnn import text_cnn
from seodang.models.transformer import transformer
from seodang.models.translator import chosen, translator

WORDS, NEXT = Spec((9,), vocabulary=13), Spec((9, 13), each_step=True)


def sentences(count: int, *limits: int, length: int = 9) -> Tensor:
    rows = torch.stack([torch.randint(1, limit, (count, length)) for limit in limits], dim=1)
    return rows if len(limits) > 1 else rows[:, 0]


CAUSAL = {
    "lstm": lambda: recurrent(WORDS, NEXT, cell="lstm", units=(8, 8)),
    "gru": lambda: recurrent(WORDS, NEXT, cell="gru", mask=False),
    "rotary": lambda: transformer(WORDS, NEXT, width=16),
    "learned": lambda: transformer(WORDS, NEXT, width=16, positions="learned"),
}


@pytest.mark.parametrize("make", CAUSAL.values(), ids=CAUSAL)
@pytest.mark.parametrize("padding", ["none", "left", "right"])
def test_an_output_at_a_place_does_not_know_what_comes_later(make: Any, padding: str) -> None:
    network, before = make().eval(), sentences(6, 13)
    if padding == "left":
        before[::2, :2] = 0
    if padding == "right":
        before[::2, -2:] = 0
    after = before.clone()
    after[:, 5:] = sentences(6, 13)[:, 5:]
    one, other = network(before), network(after)
    torch.testing.assert_close(one[:, :5], other[:, :5], atol=1e-6, rtol=1e-6)
    assert (one[:, 5] - other[:, 5]).abs().max() > 1e-4, "and it does know its own"


def test_a_bidirectional_network_does_know_what_comes_later() -> None:
    network, before = recurrent(WORDS, NEXT, bidirectional=True).eval(), sentences(6, 13)
    after = before.clone()
    after[:, 5:] = after[:, 5:].flip(1)
    assert (network(before)[:, 0] - network(after)[:, 0]).abs().max() > 1e-5


def test_attention_is_pytorchs() -> None:
    ours, theirs = Attention(12, 3).eval(), nn.MultiheadAttention(12, 3, batch_first=True).eval()
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([ours.query.weight, ours.key_value.weight]))
        theirs.in_proj_bias.copy_(torch.cat([ours.query.bias, ours.key_value.bias]))
        theirs.out_proj.load_state_dict(ours.out.state_dict())
    x, memory, allowed = torch.randn(2, 5, 12), torch.randn(2, 7, 12), torch.rand(2, 7) > 0.3
    kept = ours.asked(memory)
    expected, weights = theirs(x, memory, memory, key_padding_mask=~allowed)
    torch.testing.assert_close(ours(x, kept, allowed=allowed[:, None, None]), expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(ours.weights(x, kept, allowed=allowed[:, None, None]), weights, atol=1e-6, rtol=1e-5)


def test_rotary_positions_know_distances_only() -> None:
    query, key = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)

    def product(asks: int, is_asked: int) -> float:
        angles = [turns(torch.tensor([place]), 8) for place in (asks, is_asked)]
        return float((turned(query, angles[0]) * turned(key, angles[1])).sum())

    assert product(3, 1) == pytest.approx(product(40, 38), abs=1e-5)
    assert abs(product(3, 1) - product(3, 2)) > 1e-3


PAIR, WRITTEN = Spec((2, 9), vocabulary=17), Spec((9, 13), each_step=True)
TRANSLATORS: dict[str, dict[str, Any]] = {
    "gru": {"cell": "gru", "units": 16, "depth": 2},
    "lstm": {"cell": "lstm", "units": 16},
    "lstm without attention": {"cell": "lstm", "attention": False, "units": 16},
    "transformer": {"cell": "transformer", "units": 16, "heads": 2, "depth": 2},
}


def pairs(count: int) -> Tensor:
    rows = sentences(count, 17, 13)
    rows[1::3, 0, -4:] = 0
    rows[2::3, 0, :3] = 0  # the sentence that is read may be padded on either side
    return rows


@pytest.mark.parametrize("settings", TRANSLATORS.values(), ids=TRANSLATORS)
def test_writing_word_by_word_gives_the_scores_of_the_whole(settings: dict[str, Any]) -> None:
    network: Any = translator(PAIR, WRITTEN, **settings).eval()
    given = pairs(6)
    whole, memory, state = network(given), network.encode(given[:, 0]), None
    for place in range(9):
        scores, state = network.step(given[:, 1, place], memory, state)
        torch.testing.assert_close(scores, whole[:, place], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("settings", TRANSLATORS.values(), ids=TRANSLATORS)
def test_a_written_word_depends_on_the_sentence_and_on_no_later_word(settings: dict[str, Any]) -> None:
    network = translator(PAIR, WRITTEN, **settings).eval()
    given = pairs(6)
    later, other = given.clone(), given.clone()
    later[:, 1, 4:] = sentences(6, 13)[:, 4:]
    other[:, 0] = torch.where(given[:, 0] == 0, 0, given[:, 0] % 16 + 1)
    torch.testing.assert_close(network(given)[:, :4], network(later)[:, :4], atol=1e-6, rtol=1e-6)
    assert (network(given)[:, 0] - network(other)[:, 0]).abs().amax(1).min() > 1e-5


@pytest.mark.parametrize("settings", TRANSLATORS.values(), ids=TRANSLATORS)
def test_attention_rows_sum_to_1_and_padding_gets_none(settings: dict[str, Any]) -> None:
    network: Any = translator(PAIR, WRITTEN, **settings).eval()
    given = pairs(6)
    if settings.get("attention") is False:
        with pytest.raises(RecipeError, match=r"^This translator was made without attention, so there are no weights"):
            network.attention(given)
        return
    weights = network.attention(given)
    assert weights.shape == (6, 9, 9)
    torch.testing.assert_close(weights.sum(2), torch.ones(6, 9))
    padded = (given[:, 0] == 0).unsqueeze(1).expand_as(weights)
    assert weights[padded].abs().max() == 0


@pytest.mark.parametrize("settings", TRANSLATORS.values(), ids=TRANSLATORS)
def test_rows_of_memory_and_state_can_be_chosen(settings: dict[str, Any]) -> None:
    """What beam search does: row 2 twice, row 0 once."""
    network: Any = translator(PAIR, WRITTEN, **settings).eval()
    given, rows = pairs(3), torch.tensor([2, 2, 0])
    memory = network.encode(given[:, 0])
    first, state = network.step(given[:, 1, 0], memory, None)
    there, _ = network.step(given[:, 1, 1], memory, state)
    some, _ = network.step(given[rows, 1, 1], chosen(memory, rows), chosen(state, rows))
    torch.testing.assert_close(some, there[rows], atol=1e-6, rtol=1e-6)


def shaken(network: nn.Module) -> nn.Module:
    """The network with weights that are not those it starts with."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return network


def test_nlinear_moves_with_the_series() -> None:
    network, past = shaken(nlinear(Spec((24, 2)), Spec((12,)), targets=2)), torch.randn(5, 24, 2)
    shift = torch.tensor([100.0, -7.0])
    torch.testing.assert_close(network(past + shift), network(past) + shift.repeat(6), atol=1e-4, rtol=1e-5)


def test_nlinear_with_its_own_scale_grows_with_each_series_whatever_its_size() -> None:
    network, past = shaken(nlinear(Spec((24, 2)), Spec((12,)), targets=2, own_scale=True)), torch.randn(5, 24, 2)
    size = torch.tensor([[1.0, 50.0], [3.0, 0.02], [1e4, 7.0], [0.1, 1.0], [20.0, 9.0]])
    grown = network(past * size[:, None] + 5)
    torch.testing.assert_close(grown, network(past) * size.repeat(1, 6) + 5, atol=1e-4, rtol=1e-3)
    still = torch.full((1, 24, 2), 3.0)
    assert torch.isfinite(network(still)).all()
    torch.testing.assert_close(network(still), torch.full((1, 12), 3.0), atol=1e-5, rtol=0)


def test_nlinear_starts_as_the_last_value_and_dlinear_as_the_mean() -> None:
    past = torch.randn(5, 24, 2)
    assert torch.equal(nlinear(Spec((24, 2)), Spec((6,)), targets=2)(past), past[:, -1].repeat(1, 3))
    mean = past.mean(1).repeat(1, 3)
    torch.testing.assert_close(dlinear(Spec((24, 2)), Spec((6,)), targets=2)(past), mean, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("make", [nlinear, dlinear])
def test_linear_forecasts_are_linear_and_read_their_own_channel(make: Any) -> None:
    network = shaken(make(Spec((24, 2)), Spec((8,)), targets=2, individual=True))
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
    one, other = torch.randn(4, 24, 2), torch.randn(4, 24, 2)
    torch.testing.assert_close(network(2 * one - other), 2 * network(one) - network(other), atol=1e-5, rtol=1e-4)
    changed = one.clone()
    changed[:, :, 1:] = 0
    torch.testing.assert_close(
        network(one)[:, ::2], network(changed)[:, ::2]
    )  # outputs go step by step: targets alternate


@pytest.mark.parametrize("make", [nlinear, dlinear])
def test_other_channels_add_what_a_linear_map_of_them_says(make: Any) -> None:
    """They add nothing before training, and a forecast that follows from them alone is learnt."""
    past = torch.randn(200, 6, 3)
    network = make(Spec((6, 3)), Spec((2,)))
    alone = make(Spec((6, 1)), Spec((2,)))
    torch.testing.assert_close(network(past), alone(past[:, :, :1]))
    wanted = past[:, -1:, 0] + torch.stack([3 * past[:, 5, 1], past[:, 0, 2] - past[:, 1, 1]], 1)
    optimizer = torch.optim.Adam(network.parameters(), 0.1)
    for _ in range(300):
        optimizer.zero_grad()
        (network(past) - wanted).square().mean().backward()
        optimizer.step()
    assert (network(past) - wanted).abs().max() < 0.05


def test_dlinears_trend_of_a_line_is_the_line_but_for_the_ends() -> None:
    line = torch.arange(20.0).view(1, 20, 1)
    smooth = trend(line, 5)
    assert smooth.shape == line.shape
    torch.testing.assert_close(smooth[:, 2:-2], line[:, 2:-2])


def test_a_bag_does_not_know_the_order_without_pairs() -> None:
    rows = sentences(6, 13)
    plain, paired = bag(WORDS, Spec((4,)), pairs=0), bag(WORDS, Spec((4,)), pairs=512)
    torch.testing.assert_close(plain(rows), plain(rows.flip(1)), atol=1e-6, rtol=1e-5)
    assert (paired(rows) - paired(rows.flip(1))).abs().max() > 1e-4
    assert pair_ids(rows, 512).min() >= 1
    assert pair_ids(rows, 512).max() <= 512


def test_pairs_of_words_are_spread_evenly() -> None:
    first, second = torch.meshgrid(torch.arange(1, 400), torch.arange(1, 400), indexing="ij")
    ids = pair_ids(torch.stack([first.flatten(), second.flatten()], dim=1), 1000).flatten()
    counts = torch.bincount(ids, minlength=1001)[1:]
    # Each bucket expects 159 of the 159,201 pairs; thrown at random, the largest of 1,000 stays below 159 + 5 deviations.
    assert counts.max() < 159 + 5 * 159**0.5
    assert counts.min() > 159 - 5 * 159**0.5


def test_a_text_cnn_finds_a_phrase_wherever_it_stands() -> None:
    network = text_cnn(WORDS, Spec((4,)), widths=(2,), dropout=0.0).eval()
    places = torch.zeros(8, 9, dtype=torch.int64)
    for place, row in enumerate(places):
        row[place : place + 2] = torch.tensor([3, 7])
    given = network(places)
    torch.testing.assert_close(given, given[:1].expand_as(given), atol=1e-6, rtol=1e-6)


def test_bins_are_filled_as_in_the_paper() -> None:
    spread = PiecewiseLinear(2, 4)
    amounts = torch.tensor([[0.0, 5], [1, 5], [2, 5], [3, 5], [10, 5]])
    spread.fit(amounts)
    assert spread.edges.tolist() == [[0, 1, 2, 3, 10], [5, 5, 5, 5, 5]]
    given = spread(torch.tensor([[2.5, 5.0], [-2, 9], [24, 1]])).view(3, 2, 4)
    assert given[:, 0].tolist() == [[1, 1, 0.5, 0], [-2, 0, 0, 0], [1, 1, 1, 3]]
    assert given[:, 1].abs().max() == 0, "a column that never changes says nothing"


def test_bins_are_quantiles_and_are_saved_with_the_weights() -> None:
    rows = torch.randn(1001, 3).exp()
    network: Any = mlp(Spec((3,)), Spec((1,)), numbers="ple", bins=10)
    network.fit_numbers(rows)
    expected = rows.double().quantile(torch.linspace(0, 1, 11, dtype=torch.float64), dim=0).T.float()
    torch.testing.assert_close(network.columns.spread.edges, expected)
    other = mlp(Spec((3,)), Spec((1,)), numbers="ple", bins=10)
    other.load_state_dict(network.state_dict())
    assert torch.equal(other.eval()(rows), network.eval()(rows))


def test_waves_are_the_formula() -> None:
    waves = Periodic(1, 2, 3)
    x = torch.tensor([[0.7]])
    turns_ = 2 * torch.pi * waves.frequencies[0] * 0.7
    expected = torch.relu(torch.cat([turns_.cos(), turns_.sin()]) @ waves.weight[0] + waves.bias[0])
    torch.testing.assert_close(waves(x)[0], expected)


def test_code_0_says_nothing_at_first_and_each_column_has_vectors_of_its_own() -> None:
    columns = Columns(Spec((3,), categories=(4, 4)), "plain", 8, 5)
    given = columns(torch.tensor([[1.5, 0, 0], [1.5, 2, 2]]))
    assert given.shape == (2, 11)
    assert given[0].tolist() == [1.5] + [0] * 10
    assert (given[1, 1:6] - given[1, 6:]).abs().max() > 0


def test_tabms_answer_is_the_mean_of_members_that_differ() -> None:
    network: Any = tabm(Spec((5,)), Spec((3,)), members=4)
    rows = torch.randn(6, 5)
    scores = network.eval().members(rows)
    assert scores.shape == (6, 4, 3)
    torch.testing.assert_close(network(rows), scores.mean(1))
    assert (scores[:, 0] - scores[:, 1]).abs().max() > 1e-2
    outputs = network.train()(rows)
    assert len(outputs) == 5
    torch.testing.assert_close(outputs[0], torch.stack(outputs[1:]).mean(0))


def test_a_members_loss_does_not_reach_the_other_members_own_weights() -> None:
    network: Any = tabm(Spec((5,)), Spec((3,)), members=4)
    network.train()(torch.randn(6, 5))[2].sum().backward()  # the second member's
    for parameter in (network.signs.weight, network.heads.weight):
        assert [bool(part.abs().max() > 0) for part in parameter.grad] == [False, True, False, False]


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: transformer(WORDS, NEXT, width=20, heads=4), "width must be a multiple of 8 for 4 heads, got 20."),
        (
            lambda: transformer(Spec((0,), vocabulary=9), Spec((3,)), positions="learned"),
            "positions: learned needs a fixed length, but the data may have any. Take rotary.",
        ),
        (
            lambda: translator(PAIR, WRITTEN, cell="transformer", attention=False),
            "A transformer is made of attention: attention must be true for cell: transformer.",
        ),
        (lambda: translator(PAIR, WRITTEN, units=15), "units must be even, for the encoder reads both ways with half of them, got 15."),
        (lambda: nlinear(Spec((24, 2)), Spec((6,)), targets=3), "targets must be at most the 2 channels of the series, got 3."),
        (
            lambda: dlinear(Spec((24, 2)), Spec((7,)), targets=2),
            "7 outputs cannot be the same number of steps for each of 2 targets. Set targets to the number of columns that are "
            "forecast.",
        ),
        (
            lambda: bag(WORDS, NEXT),
            "bag gives one output for the whole example, but the task wants one for every place. Take recurrent or transformer.",
        ),
        (
            lambda: mlp(WORDS, Spec((3,))),
            "mlp reads vectors and table rows, but the data holds texts. `seodang list models` says what each model is for.",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(build: Any, sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        build()
    assert str(caught.value) == sentence
