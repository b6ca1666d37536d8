"""New pictures from a run: of noise, between two codes, and the strip and the moving picture of how it learnt to make them."""

# N pictures · K numbers of a code or of noise
from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from seodang.core.errors import RunError, SeodangError
from seodang.core.files import write_bytes
from seodang.core.language import tr
from seodang.data.grid import KINDS, plain_grid, to_picture
from seodang.data.prepare import prepare, to_pixels
from seodang.runs.folder import Run, load
from seodang.runs.samples import SIDE, sheets

BATCH = 500
# Pictures that are made at once: more are no grid that anyone looks at.
MOST = 10_000
# Of the strip: so many epochs from top to bottom, so many pictures of each.
STRIP_EPOCHS, STRIP_PICTURES = 8, 10
MOVING_MILLISECONDS, MOVING_QUALITY = 350, 60


def parts(run: Run) -> tuple[nn.Module, Any]:
    """What stands before the network, and the network itself, of a run whose answers are examples. RunError of any other."""
    if not run.recipe.makes_examples:
        raise RunError(
            tr(
                "{run} makes no pictures: its task is {task}. Train one that does: `seodang train PATH picture-gan`.",
                run=run.name,
                task=run.recipe.task,
            )
        )
    before, model = run.network().children()
    return before, model


def of_pictures(run: Run) -> tuple[nn.Module, Any]:
    """The same of a run on pictures."""
    found = parts(run)
    if run.encoding is not None:
        raise RunError(
            tr(
                "{run} was trained on rows, not on pictures: what it puts out is in its report, `seodang "
                "evaluate {folder}`.",
                run=run.name,
                folder=run.folder,
            )
        )
    return found


def make(run: Run | str | Path, count: int = 64, seed: int = 0) -> Tensor:
    """`count` new pictures (N, C, H, W) uint8 from a run that makes them of noise. The same seed makes the same pictures.

    Raises:
        RunError: The run makes no pictures, or none of noise: a plain autoencoder knows only codes of pictures.
        SeodangError: count is below 1 or above 10,000.
    """
    run = run if isinstance(run, Run) else load(run)
    _countable(count, 1)
    return _made(run, noise_of(run, count, seed))


def _countable(count: int, least: int) -> None:
    if not least <= count <= MOST:
        raise SeodangError(tr("count must be {least} to {most:,}, got {count:,}.", least=least, most=MOST, count=count))


def noise_of(run: Run, count: int, seed: int) -> Tensor:
    """The noise of so many pictures, (N, K) standard normal. RunError where the run makes none of noise."""
    _, model = of_pictures(run)
    if not hasattr(model, "make"):
        raise RunError(
            tr(
                "{run} is a plain autoencoder: any code of a picture makes a picture, but nothing says which codes "
                "are pictures, so there is nothing to draw from. Go from one picture to another with `--between "
                "A.png B.png`, or train picture-vae.",
                run=run.name,
            )
        )
    return torch.randn(count, model.noise, generator=torch.Generator().manual_seed(seed))


def _made(run: Run, noise: Tensor) -> Tensor:
    _, model = of_pictures(run)
    with torch.inference_mode():
        made = [run.task.decode(model.make(part)) for part in noise.split(BATCH)]
    return to_pixels(torch.cat(made), run.recipe.preparation)


def between(run: Run | str | Path, first: str, second: str, steps: int = 10) -> Tensor:
    """Pictures on the way from one to another, (steps, C, H, W) uint8; the ends are the reconstructions of the two.

    Args:
        first, second: Two files of pictures, whose codes are joined by a straight line (a run that puts pictures out again); or
            two seeds, whose noise is joined by an arc, because normal noise of many numbers lies near a sphere (White, 2016,
            https://arxiv.org/abs/1609.04468).
        steps: Pictures, both ends included; at least 2.
    """
    run = run if isinstance(run, Run) else load(run)
    if steps < 2:
        raise SeodangError(tr("From one picture to another takes 2 pictures or more, got {steps}.", steps=steps))
    _countable(steps, 2)
    _, model = of_pictures(run)
    along = torch.linspace(0, 1, steps)
    if _is_seed(first) and _is_seed(second):
        one, other = (noise_of(run, 1, int(seed)) for seed in (first, second))
        return _made(run, arc(one, other, along))
    if _is_seed(first) or _is_seed(second):
        raise SeodangError(
            tr("--between takes two pictures or two seeds, got {first} and {second}.", first=first, second=second)
        )
    if not hasattr(model, "encode"):
        raise RunError(
            tr(
                "{run} makes pictures of noise and has no codes of pictures. Give two seeds: `--between 1 2`.",
                run=run.name,
            )
        )
    codes = codes_of(run, torch.stack([read(run, path) for path in (first, second)]))
    line = codes[:1] + along.reshape(-1, *[1] * (codes.dim() - 1)) * (codes[1:] - codes[:1])
    with torch.inference_mode():
        return to_pixels(run.task.decode(model.decode(line)), run.recipe.preparation)


def _is_seed(word: str) -> bool:
    return word.isdigit() and not Path(word).exists()


def arc(first: Tensor, second: Tensor, along: Tensor) -> Tensor:
    """Points on the great circle from one vector (1, K) to another, at shares `along` (S,) of the way: (S, K).

    >>> arc(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]]), torch.tensor([0.5])).round(decimals=4)
    tensor([[0.7071, 0.7071]])
    """
    cosine = (first * second).sum() / (first.norm() * second.norm())
    angle = torch.acos(cosine.clamp(-1, 1))
    t = along[:, None]
    if angle.sin() < 1e-4:
        return first + t * (second - first)
    return (torch.sin((1 - t) * angle) * first + torch.sin(t * angle) * second) / torch.sin(angle)


def read(run: Run, path: str | Path) -> Tensor:
    """One picture file, prepared as in training: (C, H, W) uint8. Raises SeodangError with the reason where it cannot be."""
    try:
        encoded = Path(path).read_bytes()
    except OSError as error:
        raise SeodangError(tr("{path} cannot be read: {why}.", path=path, why=error.strerror or error)) from None
    try:
        return torch.from_numpy(prepare(encoded, run.recipe.preparation))
    except SeodangError as error:
        raise SeodangError(tr("{path} cannot be read: {why}.", path=path, why=str(error).rstrip("."))) from None


def codes_of(run: Run, pixels: Tensor) -> Tensor:
    """The codes of pictures (N, C, H, W) uint8, or of encoded rows (N, F)."""
    before, model = parts(run)
    with torch.inference_mode():
        return torch.cat([model.encode(before(part)) for part in pixels.split(BATCH)])


def sheet(pixels: Tensor, columns: int | None = None) -> Image.Image:
    """Pictures side by side without gaps, about as many rows as columns; small ones twice as large."""
    picture = to_picture(plain_grid(pixels, columns or math.ceil(math.sqrt(len(pixels)))))
    return (
        picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.NEAREST)
        if pixels.shape[-1] <= 64
        else picture
    )


def kept(run: Run, most: int) -> Iterator[tuple[int, Tensor]]:
    """Of at most so many epochs, evenly chosen, the epoch and its pictures (SIDE², C, H, W) uint8."""
    files = sheets(run.folder)
    for place in dict.fromkeys(np.linspace(0, len(files) - 1, min(most, len(files))).round().astype(int).tolist()):
        pixels = torch.from_numpy(np.array(_opened(files[place])))
        pixels = pixels[None] if pixels.dim() == 2 else pixels.permute(2, 0, 1)
        channels, high, wide = pixels.shape
        cells = pixels.reshape(channels, SIDE, high // SIDE, SIDE, wide // SIDE).permute(1, 3, 0, 2, 4)
        yield _epoch(files[place]), cells.reshape(SIDE**2, channels, high // SIDE, wide // SIDE)


def _epoch(file: Path) -> int:
    return int(re.findall(r"\d+", file.stem)[-1])


def strip(run: Run) -> Image.Image | None:
    """The same noise over the epochs: a row an epoch, the first and the last among them; None where nothing was kept."""
    files = sheets(run.folder)
    if not files:
        return None
    count = min(STRIP_EPOCHS, len(files))
    chosen = [files[round(i * (len(files) - 1) / max(1, count - 1))] for i in range(count)]
    pictures = [_opened(file) for file in chosen]
    wide, high = (side // SIDE for side in pictures[0].size)
    made = Image.new(pictures[0].mode, (STRIP_PICTURES * wide, count * high))
    for row, picture in enumerate(pictures):
        for place in range(STRIP_PICTURES):
            left, top = place % SIDE * wide, place // SIDE * high
            made.paste(picture.crop((left, top, left + wide, top + high)), (place * wide, row * high))
    return made


def _opened(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        return picture.copy()


def strip_epochs(run: Run) -> list[int]:
    """Which epochs the strip shows, from top to bottom."""
    files = sheets(run.folder)
    count = min(STRIP_EPOCHS, len(files))
    chosen = [files[round(i * (len(files) - 1) / max(1, count - 1))] for i in range(count)]
    return [_epoch(file) for file in chosen]


def moving(run: Run, path: Path) -> bool:
    """Write the epochs' sheets one after another as a moving picture (WebP or GIF, by the path's ending); False: none were kept."""
    files = sheets(run.folder)
    if not files:
        return False
    frames = [_opened(file).convert("RGB") for file in files]
    still = [MOVING_MILLISECONDS] * (len(frames) - 1) + [5 * MOVING_MILLISECONDS]
    content, kind = io.BytesIO(), KINDS[path.suffix.lower()]
    frames[0].save(
        content, kind, save_all=True, append_images=frames[1:], duration=still, loop=0, quality=MOVING_QUALITY
    )
    write_bytes(path, content.getvalue())
    return True
