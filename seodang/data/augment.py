"""Augmentation by the batch: one affine `grid_sample` for all that moves, then brightness, contrast and erasing."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import torch
from pydantic import BeforeValidator, Field
from torch import Tensor
from torch.nn import functional

from seodang.core.language import tr
from seodang.core.values import Value

Range = tuple[float, float]


def _factor(given: Any) -> Any:
    """A number from 0 to below 1, or a pair (low, high) of factors above 0, written as a list or as "0.8,1.2"."""
    wanted = tr("must be a number from 0 to below 1, or a pair of factors such as 0.8,1.2, got {value!r}.", value=given)
    parts = given.split(",") if isinstance(given, str) else given
    try:
        numbers = [float(part) for part in (parts if isinstance(parts, list | tuple) else [parts])]
    except (TypeError, ValueError):
        raise ValueError(wanted) from None
    if isinstance(given, bool) or not all(math.isfinite(number) for number in numbers):
        raise ValueError(wanted)
    if len(numbers) == 1 and 0 <= numbers[0] < 1:
        return numbers[0]
    if len(numbers) == 2 and 0 < numbers[0] <= numbers[1]:
        return (numbers[0], numbers[1])
    raise ValueError(wanted)


Factor = Annotated[float | Range, BeforeValidator(_factor)]


class Augmentation(Value):
    """How training pictures are varied. Never applied to validation or test pictures. Everything off by default."""

    rotation: float = Field(default=0, ge=0, le=180, description="Largest turn to either side, in degrees.")
    shift_x: float = Field(default=0, ge=0, lt=1, description="Largest shift sideways, as a share of the width.")
    shift_y: float = Field(default=0, ge=0, lt=1, description="Largest shift up or down, as a share of the height.")
    zoom: Factor = Field(
        default=0,
        description="0.1: scale factor drawn from 0.9 to 1.1, one for both sides; or a pair (low, high) of scale "
        "factors. Above 1 things grow.",
    )
    shear: float = Field(default=0, ge=0, lt=90, description="Largest shear to either side, in degrees.")
    pad_crop: int = Field(
        default=0,
        ge=0,
        le=512,
        description="Whole-pixel shift of up to so many pixels either way: pad all round, crop at random.",
    )
    flip_horizontal: bool | None = Field(
        default=False,
        description="Left and right exchanged with probability 0.5. A mirrored hand or letter is another one. "
        "Null: used where a linear model reads mirrored pictures as well.",
    )
    flip_vertical: bool = Field(default=False, description="Top and bottom exchanged with probability 0.5.")
    brightness: Factor = Field(
        default=0, description="0.2: brightness factor drawn from 0.8 to 1.2; or a pair (low, high) of factors."
    )
    contrast: Factor = Field(
        default=0,
        description="0.2: contrast factor (around the picture's mean) drawn from 0.8 to 1.2; or a pair (low, high).",
    )
    erasing: float = Field(
        default=0, ge=0, le=1, description="Probability that a random rectangle (2 to 20 % of the area) is greyed out."
    )
    fill: Literal["zeros", "border", "reflection"] = Field(
        default="border",
        description="What comes in from outside: zeros (black), border (edge pixels go on), reflection.",
    )

    @property
    def is_on(self) -> bool:
        """Whether anything is varied at all."""
        return self.moves or bool(
            self.pad_crop
            or self.flip_horizontal
            or self.flip_vertical
            or _varies(self.brightness)
            or _varies(self.contrast)
            or self.erasing
        )

    @property
    def moves(self) -> bool:
        """Whether pictures must be sampled anew: turned, shifted by parts of a pixel, zoomed or sheared."""
        return bool(self.rotation or self.shift_x or self.shift_y or self.shear or _varies(self.zoom))


def _varies(factor: float | Range) -> bool:
    return factor not in (0, (1.0, 1.0))


# One row of uniform numbers for each thing that is drawn. Every row is drawn always, so that a picture's turn is the
# same whether or not its brightness is varied too.
_DRAWS = (
    *("rotation", "shift_x", "shift_y", "zoom", "shear", "pad_x", "pad_y", "flip_x", "flip_y"),
    *("brightness", "contrast", "erasing", "erase_area", "erase_shape", "erase_x", "erase_y"),
)
# Erased rectangles: 2 to 20 % of the area, sides in proportion 0.3 to 3.3. Zhong et al., 2017, go to 40 %; small
# pictures lose their subject so. https://arxiv.org/abs/1708.04896 Mid grey is near the mean after any scaling.
_ERASE_AREA, _ERASE_SHAPE, _GREY = (0.02, 0.2), 3.3, 127.5


def augment(pixels: Tensor, settings: Augmentation, generator: torch.Generator) -> Tensor:
    """A random variant of every picture of a batch, each drawn on its own.

    Args:
        pixels: (B, C, H, W) float32, 0 to 255, on any device; it is not changed.
        settings: What is varied and how far. With everything off, `pixels` itself comes back.
        generator: Where chance comes from, on the CPU or on the pixels' device. Same state, same result.

    Returns: (B, C, H, W) float32, 0 to 255.

    >>> picture = torch.arange(6.0).reshape(1, 1, 2, 3)
    >>> augment(picture, Augmentation(), torch.Generator()) is picture
    True
    """
    if not settings.is_on:
        return pixels
    numbers = torch.rand(len(_DRAWS), len(pixels), generator=generator, device=generator.device).to(pixels.device)
    draws = dict(zip(_DRAWS, numbers, strict=True))
    if settings.moves:
        out = move(pixels, draw_matrix(settings, draws, pixels.shape[-2:]), settings.fill)
    else:
        out = _rearrange(pixels, settings, draws)
    out = _colour(out, settings, draws, owned=out is not pixels)
    return _erase(out, settings, draws, owned=out is not pixels) if settings.erasing else out


# B batch · C channels · H height · W width


def _spread(draw: Tensor, limit: float) -> Tensor:
    """Uniform from -limit to limit, out of uniform from 0 to 1."""
    return draw.mul(2 * limit).sub_(limit)


def _between(draw: Tensor, factor: float | Range) -> Tensor:
    """Uniform within a factor's range."""
    low, high = (1 - factor, 1 + factor) if isinstance(factor, float | int) else factor
    return draw.mul(high - low).add_(low)


def draw_matrix(settings: Augmentation, draws: dict[str, Tensor], size: tuple[int, ...]) -> Tensor:
    """The affine maps (B, 2, 3) of one draw, for `move`."""
    height, width = size
    shift_x = _spread(draws["shift_x"], settings.shift_x * width)
    shift_y = _spread(draws["shift_y"], settings.shift_y * height)
    if settings.pad_crop:
        shift_x, shift_y = (
            shift_x + _pad_shift(draws["pad_x"], settings),
            shift_y + _pad_shift(draws["pad_y"], settings),
        )
    theta = affine_matrix(
        _spread(draws["rotation"], settings.rotation),
        shift_x,
        shift_y,
        _between(draws["zoom"], settings.zoom),
        _spread(draws["shear"], settings.shear),
        size,
    )
    # A flip of the picture before it is moved is a mirrored place to read from.
    if settings.flip_horizontal:
        theta[:, 0] *= (draws["flip_x"] < 0.5).to(theta.dtype).mul_(2).sub_(1)[:, None]
    if settings.flip_vertical:
        theta[:, 1] *= (draws["flip_y"] < 0.5).to(theta.dtype).mul_(2).sub_(1)[:, None]
    return theta


def affine_matrix(
    rotation: Tensor, shift_x: Tensor, shift_y: Tensor, zoom: Tensor, shear: Tensor, size: tuple[int, ...]
) -> Tensor:
    """Where each place of the result is read from: maps (B, 2, 3) of grid_sample's coordinates, -1 to 1.

    The picture is sheared, scaled, turned about its middle and shifted, all in pixels, so that a turn is a turn
    whatever the picture's shape. Same meaning and signs as torchvision's `affine` with shear (shear, 0).

    Args:
        rotation: (B,) degrees, clockwise as seen on the screen.
        shift_x, shift_y: (B,) pixels to the right and down.
        zoom: (B,) scale factor, above 1 things grow.
        shear: (B,) degrees.
        size: Height and width in pixels.
    """
    height, width = size
    angle = rotation * (math.pi / 180)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    tan = (shear * (math.pi / 180)).tan()
    # The inverse of zoom * turn @ [[1, -tan], [0, 1]].
    a, b = cos - tan * sin, sin + tan * cos
    c, d = -sin, cos
    x = (a * shift_x + b * shift_y) * (-2 / width)
    y = (c * shift_x + d * shift_y) * (-2 / height)
    return torch.stack([a, b * (height / width), x, c * (width / height), d, y], 1).view(-1, 2, 3)


def move(pixels: Tensor, matrix: Tensor, fill: str) -> Tensor:
    """The pictures read anew at the places that `matrix` (B, 2, 3) names, bilinear; a new tensor (B, C, H, W)."""
    height, width = pixels.shape[-2:]
    # torch's affine_grid goes through a batched matrix product that takes three times as long as grid_sample itself
    # (28 x 28, batch 128, one thread: 1.4 ms against 0.1 ms for these sums), and is rough under TF32 or autocast.
    x = torch.arange(1 - width, width, 2, device=matrix.device) / width
    y = torch.arange(1 - height, height, 2, device=matrix.device) / height
    columns, rows = matrix[:, :, :1] * x, matrix[:, :, 1:2] * y + matrix[:, :, 2:]
    grid = columns[:, :, None, :] + rows[:, :, :, None]
    return functional.grid_sample(
        pixels, grid.permute(0, 2, 3, 1), mode="bilinear", padding_mode=fill, align_corners=False
    )


def _pad_shift(draw: Tensor, settings: Augmentation) -> Tensor:
    """Whole pixels from -pad_crop to pad_crop."""
    return draw.mul(2 * settings.pad_crop + 1).floor_().sub_(settings.pad_crop)


def _rearrange(pixels: Tensor, settings: Augmentation, draws: dict[str, Tensor]) -> Tensor:
    """Whole-pixel shifts and flips, by index and without sampling; what `move` makes of the same draw."""
    if not (settings.pad_crop or settings.flip_horizontal or settings.flip_vertical):
        return pixels
    height, width = pixels.shape[-2:]
    rows = _places(height, settings, draws["pad_y"], draws["flip_y"] if settings.flip_vertical else None)
    columns = _places(width, settings, draws["pad_x"], draws["flip_x"] if settings.flip_horizontal else None)
    if settings.pad_crop and settings.fill == "zeros":
        pad = settings.pad_crop
        pixels, rows, columns = functional.pad(pixels, (pad, pad, pad, pad)), rows + pad, columns + pad
    index = rows[:, :, None] * pixels.shape[-1] + columns[:, None, :]
    index = index.view(len(pixels), 1, -1).expand(-1, pixels.shape[1], -1)
    return pixels.flatten(2).gather(2, index).unflatten(2, (height, width))


def _places(length: int, settings: Augmentation, shift: Tensor, flip: Tensor | None) -> Tensor:
    """Which row (or column) of the picture each row of the result is, (B, length); outside as grid_sample counts."""
    places = torch.arange(length, device=shift.device) - _pad_shift(shift, settings).long()[:, None]
    if flip is not None:
        places = torch.where(flip[:, None] < 0.5, places, length - 1 - places)
    if settings.fill == "border":
        return places.clamp_(0, length - 1)
    if settings.fill == "reflection":
        places %= 2 * length
        return torch.minimum(places, 2 * length - 1 - places)
    return places


def _colour(pixels: Tensor, settings: Augmentation, draws: dict[str, Tensor], *, owned: bool) -> Tensor:
    """Brightness, then contrast around the mean of the brightened picture, in one product and sum, held to 0..255."""
    if not (_varies(settings.brightness) or _varies(settings.contrast)):
        return pixels
    brightness = _between(draws["brightness"], settings.brightness).view(-1, 1, 1, 1)
    contrast = _between(draws["contrast"], settings.contrast).view(-1, 1, 1, 1)
    factor = brightness * contrast
    out = pixels.mul_(factor) if owned else pixels * factor
    if _varies(settings.contrast):
        # The mean is now factor * mean; what is missing to brightness * mean goes to every pixel.
        out += out.mean((1, 2, 3), keepdim=True) * (1 / contrast - 1)
    return out.clamp_(0, 255)


def _erase(pixels: Tensor, settings: Augmentation, draws: dict[str, Tensor], *, owned: bool) -> Tensor:
    """Grey out one rectangle, wholly inside the picture, of those pictures whose draw says so."""
    height, width = pixels.shape[-2:]
    share = _between(draws["erase_area"], _ERASE_AREA)
    stretch = (_spread(draws["erase_shape"], math.log(_ERASE_SHAPE)) / 2).exp()
    tall = (share.sqrt() * stretch * height).round().clamp(1, height)
    wide = (share.sqrt() / stretch * width).round().clamp(1, width)
    tall = torch.where(draws["erasing"] < settings.erasing, tall, 0)
    top = (draws["erase_y"] * (height - tall + 1)).floor()
    left = (draws["erase_x"] * (width - wide + 1)).floor()
    rows = torch.arange(height, device=pixels.device) - top[:, None]
    columns = torch.arange(width, device=pixels.device) - left[:, None]
    inside_rows = (rows >= 0) & (rows < tall[:, None])
    inside_columns = (columns >= 0) & (columns < wide[:, None])
    mask = (inside_rows[:, :, None] & inside_columns[:, None, :])[:, None]
    return pixels.masked_fill_(mask, _GREY) if owned else pixels.masked_fill(mask, _GREY)
