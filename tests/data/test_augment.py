"""Augmentation does what each setting says: against torch, torchvision and by the numbers drawn."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as reference

from seodang.core.errors import RecipeError
from seodang.core.values import check
from seodang.data.augment import Augmentation, affine_matrix, augment, draw_matrix, move

EVERYTHING = Augmentation(
    rotation=20,
    shift_x=0.1,
    shift_y=0.2,
    zoom=(0.7, 1.3),
    shear=10,
    pad_crop=2,
    flip_horizontal=True,
    flip_vertical=True,
    brightness=0.4,
    contrast=0.4,
    erasing=0.5,
)


def pictures(count: int = 4, channels: int = 3, height: int = 20, width: int = 28) -> Tensor:
    return torch.rand(count, channels, height, width, generator=torch.Generator().manual_seed(1)) * 255


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def matrix(size: tuple[int, int], *, rotation=0.0, shift_x=0.0, shift_y=0.0, zoom=1.0, shear=0.0) -> Tensor:
    return affine_matrix(*(torch.tensor([float(value)]) for value in (rotation, shift_x, shift_y, zoom, shear)), size)


def smooth(height: int, width: int) -> Tensor:
    """A picture without fine detail, so that half a rounding step in a place changes little."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (127 + 60 * torch.sin(x / 4.0) + 60 * torch.cos(y / 3.0 + x / 9.0))[None, None]


def test_everything_off_is_the_same_tensor():
    batch = pictures()
    assert augment(batch, Augmentation(), generator()) is batch
    assert augment(batch, Augmentation(zoom=(1, 1), brightness=(1, 1)), generator()) is batch


@pytest.mark.parametrize("settings", [EVERYTHING, Augmentation(flip_horizontal=True), Augmentation(brightness=0.9)])
def test_the_given_batch_is_not_changed(settings):
    batch = pictures()
    before = batch.clone()
    augment(batch, settings, generator())
    assert torch.equal(batch, before)


def test_same_generator_state_same_result_and_other_state_another():
    first, again = (augment(pictures(), EVERYTHING, generator(7)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, augment(pictures(), EVERYTHING, generator(8)))


def test_result_stays_in_range_and_keeps_shape_and_type():
    for seed in range(5):
        out = augment(pictures(), EVERYTHING, generator(seed))
        assert out.shape == pictures().shape
        assert out.dtype == torch.float32
        assert out.min() >= 0
        assert out.max() <= 255


def test_quarter_turns_are_exact():
    square = pictures(height=15, width=15)[:1]
    for quarters in (1, 2, 3):
        turned = move(square, matrix((15, 15), rotation=90 * quarters), "zeros")
        # torch.rot90 goes against the clock, we go with it.
        torch.testing.assert_close(turned, torch.rot90(square, -quarters, (2, 3)), atol=1e-2, rtol=0)


def test_half_turn_of_a_picture_that_is_not_square():
    batch = pictures()[:1]
    turned = move(batch, matrix((20, 28), rotation=180), "zeros")
    torch.testing.assert_close(turned, batch.flip((2, 3)), atol=1e-2, rtol=0)


def test_quarter_turn_keeps_proportions():
    """A square in a wide picture is still a square after a quarter turn: the turn is made in pixels."""
    wide = torch.zeros(1, 1, 20, 40)
    wide[:, :, 7:13, 17:23] = 200.0
    turned = move(wide, matrix((20, 40), rotation=90), "zeros")
    torch.testing.assert_close(turned, wide, atol=1e-2, rtol=0)


@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, 2), (-4, 5)])
def test_whole_pixel_shift_is_roll_with_black_coming_in(right, down):
    batch = pictures()[:1]
    wanted = torch.roll(batch, (down, right), (2, 3))
    if right:
        wanted[..., (slice(None, right) if right > 0 else slice(right, None))] = 0
    if down:
        wanted[:, :, (slice(None, down) if down > 0 else slice(down, None))] = 0
    shifted = move(batch, matrix((20, 28), shift_x=right, shift_y=down), "zeros")
    torch.testing.assert_close(shifted, wanted, atol=1e-2, rtol=0)


def test_zoom_two_makes_things_twice_as_large():
    batch = torch.zeros(1, 1, 12, 12)
    batch[:, :, 5:7, 5:7] = 100.0  # the middle four pixels
    grown = move(batch, matrix((12, 12), zoom=2), "zeros")[0, 0]
    # The place 0.5 from the middle is read at 0.25: inside; the one at 2.5 is read at 1.25: three quarters outside.
    assert grown[6, 6] == pytest.approx(100)
    assert grown[6, 7] == pytest.approx(75)
    assert grown[6, 8] == pytest.approx(25)
    assert grown[6, 9] == pytest.approx(0)
    assert grown.sum() == pytest.approx(4 * 100 * 2 * 2)  # area grows with the square


@pytest.mark.parametrize("size", [(28, 28), (20, 33)])
@pytest.mark.parametrize(
    "given",
    [
        {"rotation": 17.0},
        {"shear": 12.0},
        {"zoom": 1.3},
        {"zoom": 0.8, "rotation": -33.0},
        {"rotation": 25.0, "shift_x": 3.0, "shift_y": -2.0, "zoom": 1.1, "shear": -8.0},
    ],
)
def test_agrees_with_torchvision_affine(size, given):
    picture = smooth(*size)
    ours = move(picture, matrix(size, **given), "zeros")
    theirs = reference.affine(
        picture,
        angle=given.get("rotation", 0.0),
        translate=[given.get("shift_x", 0), given.get("shift_y", 0)],
        scale=given.get("zoom", 1.0),
        shear=[given.get("shear", 0.0), 0.0],
        interpolation=InterpolationMode.BILINEAR,
    )
    # torchvision blends in the fill with a mask, which differs by a part of a pixel where black comes in.
    inside = move(torch.ones_like(picture), matrix(size, **given), "zeros") > 0.999
    assert inside.float().mean() > 0.5
    torch.testing.assert_close(ours[inside], theirs[inside], atol=0.05, rtol=0)


@pytest.mark.parametrize(("name", "side"), [("flip_horizontal", 3), ("flip_vertical", 2)])
@pytest.mark.parametrize("also", [{}, {"rotation": 1e-6}])
def test_flip_is_torch_flip_for_about_half(name, side, also):
    batch = pictures(count=400, channels=1, height=6, width=8)
    out = augment(batch, Augmentation(**{name: True}, **also), generator())
    flipped = torch.tensor([torch.allclose(a, b.flip(side - 1), atol=0.01) for a, b in zip(out, batch, strict=True)])
    kept = torch.tensor([torch.allclose(a, b, atol=0.01) for a, b in zip(out, batch, strict=True)])
    assert bool((flipped ^ kept).all())
    assert 150 < int(flipped.sum()) < 250  # 200 ± 5 standard deviations


def test_flip_chooses_the_same_pictures_with_and_without_turning():
    batch = pictures(count=32)
    flipped = augment(batch, Augmentation(flip_horizontal=True), generator(3))
    sampled = augment(batch, Augmentation(flip_horizontal=True, rotation=1e-6), generator(3))
    torch.testing.assert_close(flipped, sampled, atol=0.01, rtol=0)


@pytest.mark.parametrize("fill", ["zeros", "border", "reflection"])
def test_pad_crop_by_index_is_the_shift_that_sampling_gives(fill):
    batch = pictures(count=60)
    cropped = augment(batch, Augmentation(pad_crop=3, fill=fill), generator(5))
    sampled = augment(batch, Augmentation(pad_crop=3, fill=fill, rotation=1e-6), generator(5))
    torch.testing.assert_close(cropped, sampled, atol=0.02, rtol=0)
    if fill == "zeros":
        places = [(int(p.amax((0, 2)).bool().sum()), int(p.amax((0, 1)).bool().sum())) for p in cropped]
        assert {rows for rows, _ in places} == {17, 18, 19, 20}
        assert {columns for _, columns in places} == {25, 26, 27, 28}


def test_what_is_drawn_lies_in_the_stated_ranges_and_fills_them():
    rows = ["rotation", "shift_x", "shift_y", "zoom", "shear", "pad_x", "pad_y", "flip_x", "flip_y"]
    numbers = torch.rand(len(rows), 20_000, generator=generator())
    settings = Augmentation(rotation=30)
    draws = dict(zip(rows, numbers, strict=True))
    theta = draw_matrix(settings, draws, (28, 28))
    angle = torch.rad2deg(torch.atan2(theta[:, 0, 1], theta[:, 0, 0]))
    assert 29.9 < float(angle.max()) <= 30.001
    assert -30.001 <= float(angle.min()) < -29.9
    assert abs(float(angle.mean())) < 0.6  # standard error 0.12

    zoomed = draw_matrix(Augmentation(zoom=(0.5, 2.0)), draws, (28, 28))
    scale = 1 / zoomed[:, 0, 0]
    assert 0.5 <= float(scale.min()) < 0.51
    assert 1.99 < float(scale.max()) <= 2.0001

    shifted = draw_matrix(Augmentation(shift_x=0.1), draws, (28, 28))[:, 0, 2] / 2
    assert 0.0999 < float(shifted.abs().max()) <= 0.10001


def test_brightness_and_contrast_are_the_stated_formula():
    batch = torch.full((500, 1, 4, 4), 80.0)
    batch[:, :, :2] = 120.0
    out = augment(batch, Augmentation(brightness=0.2, contrast=0.3), generator())
    means = out.mean((1, 2, 3)) / 100
    spreads = (out[:, 0, 0, 0] - out[:, 0, 3, 3]) / 40 / means
    assert 0.8 <= float(means.min()) < 0.81
    assert 1.19 < float(means.max()) <= 1.2001
    assert 0.6999 <= float(spreads.min()) < 0.71
    assert 1.29 < float(spreads.max()) <= 1.3001
    assert abs(float(torch.corrcoef(torch.stack([means, spreads]))[0, 1])) < 0.2  # drawn apart


def test_brightness_agrees_with_torchvision():
    batch = pictures()
    ours = augment(batch, Augmentation(brightness=(1.5, 1.5)), generator())
    theirs = reference.adjust_brightness(batch / 255, 1.5) * 255
    torch.testing.assert_close(ours, theirs)


def test_erasing_greys_a_rectangle_of_the_stated_size():
    batch = torch.zeros(1000, 3, 40, 60)
    out = augment(batch, Augmentation(erasing=0.5), generator())
    grey = out[:, 0] == 127.5
    assert torch.equal(out[:, 0], out[:, 2])
    area = grey.sum((1, 2)) / (40 * 60)
    hit = area > 0
    assert 420 < int(hit.sum()) < 580
    assert float(area[hit].min()) > 0.015  # sides are rounded to whole pixels
    assert float(area.max()) < 0.22
    for mask in grey[hit][:50]:
        rows, columns = mask.any(1), mask.any(0)
        assert torch.equal(mask, rows[:, None] & columns[None, :])  # one full rectangle
    assert bool(grey.any(0).any(0).all())  # no row or column is spared
    assert bool(grey.any(0).any(1).all())


def test_each_picture_is_drawn_on_its_own():
    batch = smooth(24, 24).repeat(16, 1, 1, 1)
    out = augment(batch, Augmentation(rotation=20, zoom=0.2), generator())
    different = (out[:, None] - out[None]).abs().amax((2, 3, 4)) > 0.1
    assert bool((different | torch.eye(16, dtype=torch.bool)).all())


def test_other_pictures_of_the_batch_do_not_matter():
    batch = pictures(count=6)
    other = batch.clone()
    other[3:] = 0
    first, second = (augment(given, EVERYTHING, generator(2)) for given in (batch, other))
    assert torch.equal(first[:3], second[:3])


def test_memory_order_of_the_batch_does_not_matter():
    batch = pictures()
    other = augment(batch.to(memory_format=torch.channels_last), EVERYTHING, generator())
    torch.testing.assert_close(augment(batch, EVERYTHING, generator()), other)


@pytest.mark.parametrize("given", ["0.8,1.2", [0.8, 1.2], (0.8, 1.2)])
def test_a_pair_of_factors_can_be_written_in_three_ways(given):
    assert check(Augmentation, {"zoom": given}).zoom == (0.8, 1.2)


def test_wrong_settings_are_told_all_at_once():
    wrong = {"rotate": 10, "zoom": "much", "brightness": 1.5, "rotation": 200, "fill": "white"}
    with pytest.raises(RecipeError) as error:
        check(Augmentation, wrong)
    factor = "must be a number from 0 to below 1, or a pair of factors such as 0.8,1.2, got"
    assert set(str(error.value).splitlines()) == {
        "rotate is not a setting of Augmentation. Did you mean rotation?",
        f"zoom: {factor} 'much'.",
        f"brightness: {factor} 1.5.",
        "rotation must be less than or equal to 180, got 200.",
        "fill must be one of 'zeros', 'border', 'reflection', got 'white'.",
    }


@pytest.mark.parametrize("given", ["1.2,0.8", [0.5], True, float("nan"), [0, 1], [1, 2, 3], "-0.1", None])
def test_factors_that_make_no_sense_are_refused(given):
    if given == [0.5]:  # a list of one is that number
        assert check(Augmentation, {"zoom": given}).zoom == 0.5
        return
    with pytest.raises(RecipeError, match="zoom: must be a number from 0 to below 1"):
        check(Augmentation, {"zoom": given})
