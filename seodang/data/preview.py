"""What augmentation does to pictures, to be looked at before anything is trained."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from seodang.data.augment import Augmentation, augment
from seodang.data.grid import grid, to_picture
from seodang.data.page import small_picture
from seodang.data.scan import Scan

SHOWN = 8  # pictures
SIDE = 200  # pixels, of the pictures that are varied


def preview(looked: Scan, varied: Augmentation, seed: int) -> Image.Image:
    """A grid of a few training pictures (of all, where no split is given), each above two variants of it."""
    splits = looked.source.splits
    usable = np.flatnonzero(splits == "train") if (splits == "train").any() else np.arange(len(looked))
    draw = torch.Generator().manual_seed(seed)
    chosen = usable[torch.randperm(len(usable), generator=draw)[:SHOWN].numpy()]
    pictures = [picture for index in chosen.tolist() if (picture := small_picture(looked, index, SIDE)) is not None]
    rows = [pictures, [], []]
    for picture in pictures:
        array = np.asarray(picture)
        pixels = torch.from_numpy(array.copy()).reshape(*array.shape[:2], -1).permute(2, 0, 1)[None].float()
        for row in rows[1:]:
            row.append(to_picture(augment(pixels, varied, draw)[0].round().to(torch.uint8)))
    return grid([picture for row in rows for picture in row], columns=len(pictures), cell=140)
