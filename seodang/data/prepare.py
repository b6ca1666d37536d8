"""From any picture to the numbers a network is given: the one implementation, used by train, predict and every export."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.values import Value
from seodang.data import kept
from seodang.data.opening import BROKEN, Refused, open_picture, quiet, room_for
from seodang.data.pictures import Target, least_side, loaded, one, one_array, shown_size
from seodang.data.source import Source

# Pictures that all have one size, at most this, keep it; larger or unequal ones are brought to a square of at most this
# side, which a small network trains on a CPU. Recipes for larger pictures (cats-dogs-cnn: 150) state theirs.
LARGEST_OPEN_SIDE = 128
SAMPLE = 256  # pictures whose header is read to find the size
SAMPLE_COLOUR = 64  # pictures that are decoded to find whether all are grey
_SIZES: weakref.WeakKeyDictionary[Source, list[tuple[int, int]]] = weakref.WeakKeyDictionary()
_OPEN = "resolve() the preparation first: its height, width or channels are open"


class Preparation(Value):
    """How a picture becomes numbers. What is left open (null) is found from the data and saved with the run."""

    height: int | None = Field(default=None, ge=1, le=4096, description="Height in pixels. Null: found from the data.")
    width: int | None = Field(default=None, ge=1, le=4096, description="Width in pixels. Null: found from the data.")
    channels: Literal[1, 3] | None = Field(default=None, description="1 grey, 3 colour. Null: found from the data.")
    fit: Literal["squash", "crop", "pad"] = Field(
        default="squash",
        description="How another shape is brought to size: squash (both sides scaled), crop (short side scaled, middle "
        "kept) or pad (long side scaled, edges filled with black).",
    )
    crop_share: float = Field(
        default=1.0, gt=0, le=1, description="For fit=crop: how much of the short side is kept, from its middle."
    )
    interpolation: Literal["bilinear", "bicubic"] = Field(
        default="bilinear", description="How pixels between pixels are found; antialiased."
    )
    scale: Literal["unit", "standard", "symmetric", "samplewise"] = Field(
        default="unit",
        description="unit: 0 to 1 (divided by 255). symmetric: -1 to 1. standard: minus mean, over standard deviation of "
        "the training pictures, by channel. samplewise: each picture minus its own mean, in units of 255.",
    )
    mean: tuple[float, ...] | None = Field(
        default=None, description="By channel, in units of 255, for scale=standard. Null: measured."
    )
    std: tuple[float, ...] | None = Field(
        default=None, description="By channel, in units of 255, for scale=standard. Null: measured."
    )

    @model_validator(mode="after")
    def _one_number_a_channel(self) -> Preparation:
        for name, values in (("mean", self.mean), ("std", self.std)):
            if values is not None and len(values) != (self.channels or len(values)):
                raise ValueError(
                    tr(
                        "{name} needs one number a channel: {channels}, got {number}.",
                        name=name,
                        channels=self.channels,
                        number=len(values),
                    )
                )
            if values is not None and name == "std" and min(values, default=1) <= 0:
                raise ValueError(tr("std must be above 0."))
        return self


def target_of(preparation: Preparation) -> Target:
    """Size, channels and fit of a resolved preparation."""
    height, width, channels = preparation.height, preparation.width, preparation.channels
    assert height is not None, _OPEN
    assert width is not None, _OPEN
    assert channels is not None, _OPEN
    return Target(height, width, channels, preparation.fit, preparation.interpolation, preparation.crop_share)


def prepare(encoded: bytes | np.ndarray, preparation: Preparation) -> np.ndarray:
    """One picture as (channels, height, width) uint8, byte for byte as `scan` keeps it for training.

    Args:
        encoded: The bytes of a JPEG, PNG, WebP, BMP, GIF or TIFF file, or decoded uint8 pixels (height, width[, 1 or 3]).
        preparation: Resolved: height, width and channels known.

    Raises:
        DataError: What is no picture, damaged or too large; the text is the reason.

    >>> settings = Preparation(height=2, width=2, channels=1)
    >>> prepare(np.array([[0, 255], [255, 0]], np.uint8), settings).tolist()
    [[[0, 255], [255, 0]]]
    """
    target = target_of(preparation)
    if isinstance(encoded, np.ndarray):
        return np.array(one_array(encoded, target))
    try:
        return np.array(one(encoded, target))
    except Refused as refusal:
        raise DataError(str(refusal)) from None


def resolve(preparation: Preparation, source: Source) -> Preparation:
    """The preparation with height, width and channels filled in from a sample of the pictures.

    Size: where all sampled pictures have one size up to 128, that size. Else a square, its side the median of the short
    sides, to the nearest 8, at most 128. Channels: 1 where every sampled picture is grey, else 3.
    """
    given = preparation
    if given.height and given.width and given.channels:
        return given
    if given.height is None or given.width is None:
        height, width = open_size(source)
        if given.height or given.width:  # one side given: a square of it
            height = width = given.height or given.width or height
        given = given.model_copy(update={"height": height, "width": width})
    if given.channels is None:
        known = len(given.mean or given.std or ())
        given = given.model_copy(update={"channels": known or (1 if _all_grey(source) else 3)})
    return Preparation.model_validate(given.model_dump())


def open_size(source: Source) -> tuple[int, int]:
    """Height and width for pictures whose recipe leaves them open."""
    if source.pixels is not None:
        sizes = [source.pixels.shape[1:3]]
    else:
        sizes = [(height, width) for height, width in _sizes(source)]
    if not sizes:
        return 32, 32
    if len(set(sizes)) == 1 and max(sizes[0]) <= LARGEST_OPEN_SIDE:
        return int(sizes[0][0]), int(sizes[0][1])
    short = float(np.median([min(size) for size in sizes]))
    side = int(min(LARGEST_OPEN_SIDE, max(8, round(short / 8) * 8)))
    return side, side


def short_side(source: Source) -> float:
    """The median of the pictures' shorter sides in pixels, from a sample; 0 where none can be read."""
    if source.pixels is not None:
        return float(min(source.pixels.shape[1:3]))
    sides = [min(size) for size in _sizes(source)]
    return float(np.median(sides)) if sides else 0.0


def _sample(source: Source, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, len(source) - 1, min(most, len(source))).astype(np.int64))


def _sizes(source: Source) -> list[tuple[int, int]]:
    """Height and width of a sample, read once for each source."""
    if source not in _SIZES:
        found = _once(source, f"sizes of {SAMPLE}", lambda: np.array([*_read_sizes(source)], np.int32).reshape(-1, 2))
        _SIZES[source] = [(int(height), int(width)) for height, width in found]
    return _SIZES[source]


def _once(source: Source, what: str, find: Callable[[], np.ndarray]) -> np.ndarray:
    """What `find` gives, kept for later runs on the same files."""
    if not source.stamp:  # nobody could tell that they changed
        return find()
    name = kept.key(f"{source.stamp} {len(source)} {what}", None)
    found = kept.load_sample(name)
    if found is None:
        found = find()
        kept.save_sample(name, found)
    return found


def _read_sizes(source: Source) -> Iterator[tuple[int, int]]:
    assert source.read is not None, "a source has pixels or read"
    with quiet():
        for index in _sample(source, SAMPLE):
            try:
                picture = open_picture(source.read(int(index)))
            except (Refused, OSError):
                continue  # left out by scan, which says why
            yield shown_size(picture)


def _all_grey(source: Source) -> bool:
    if source.pixels is not None:
        if source.pixels.shape[3] == 1:
            return True
        some = source.pixels[_sample(source, SAMPLE_COLOUR)]
        return bool((some == some[..., :1]).all())
    return bool(_once(source, f"colour of {SAMPLE_COLOUR}", lambda: np.array([_read_grey(source)]))[0])


def _read_grey(source: Source) -> bool:
    assert source.read is not None, "a source has pixels or read"
    with quiet():
        for index in _sample(source, SAMPLE_COLOUR):
            try:
                encoded = source.read(int(index))
                picture = open_picture(encoded)
                if picture.mode in ("1", "L", "LA", "I;16", "I;16B"):
                    continue
                with room_for(picture, encoded, least_side(None)):
                    array = np.asarray(loaded(picture))
            except (Refused, *BROKEN):
                continue  # left out by scan, which says why
            if array.ndim == 3 and not (array == array[..., :1]).all():
                return False
    return True


class Normalise(nn.Module):
    """uint8 (B, C, H, W) → float32 of the same shape, scaled as the preparation says. Saved and exported with the network.

    `mean` and `std` are buffers of shape (C,), in units of 255; for samplewise the mean is the picture's own.
    """

    mean: Tensor
    std: Tensor
    factor: Tensor
    shift: Tensor

    def __init__(self, preparation: Preparation) -> None:
        super().__init__()
        channels = preparation.channels
        assert channels is not None, _OPEN
        self.scale = preparation.scale
        mean, std = (0.0,) * channels, (1.0,) * channels
        if self.scale == "symmetric":
            mean, std = (0.5,) * channels, (0.5,) * channels
        elif self.scale == "standard":
            assert preparation.mean is not None, "load() measures mean and std for scale=standard"
            assert preparation.std is not None, "load() measures mean and std for scale=standard"
            mean, std = preparation.mean, preparation.std
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32))
        # One multiply and one subtraction: (v / 255 - mean) / std.
        self.register_buffer("factor", (1 / (255 * self.std))[:, None, None], persistent=False)
        self.register_buffer("shift", (self.mean / self.std)[:, None, None], persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, C, H, W) uint8, or float32 in 0..255 (after augmentation)."""
        values = pixels.to(self.mean.dtype)
        if self.scale == "samplewise":
            return (values - values.mean(dim=(1, 2, 3), keepdim=True)) / 255
        scaled = (
            values * self.factor if values is pixels else values.mul_(self.factor)
        )  # in place only what was made here
        return scaled.sub_(self.shift)


def to_pixels(values: Tensor, preparation: Preparation) -> Tensor:
    """Back from what goes into a network to pixels: (B, C, H, W) float → uint8, what lies outside cut off.

    scale=samplewise took each picture's own mean away; here it is put back as mid grey.

    >>> to_pixels(torch.tensor([0.5]).reshape(1, 1, 1, 1), Preparation(channels=1)).item()
    128
    """
    mean, std = torch.zeros(1), torch.ones(1)
    if preparation.scale != "unit":
        mean, std = mean + 0.5, std if preparation.scale == "samplewise" else std / 2
    if preparation.scale == "standard":
        mean, std = torch.tensor(preparation.mean), torch.tensor(preparation.std)
    values = values.float().cpu() * std[:, None, None] + mean[:, None, None]
    return (255 * values).round().clamp(0, 255).to(torch.uint8)
