"""What a frozen base says of each picture, computed once and kept: by weights, preparation and the picture's own pixels."""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from seodang.data import kept
from seodang.data.augment import Augmentation, augment
from seodang.data.batches import batches
from seodang.data.load import Subset
from seodang.data.prepare import Normalise, Preparation
from seodang.models.backbone import Backbone
from seodang.models.folded import folded
from seodang.training.device import Place
from seodang.training.memory import keep_freed_memory

# Pictures that go through the base together. Always so many, filled up with zeros at the end: another number would change
# the last bits of the sums, and with them what is kept and what is repeated.
BATCH = 32
# What was computed is kept after so many seconds, so that a run that is stopped goes on from there.
KEEP_SECONDS = 10.0
# Raise it when what is computed from the same weights and pixels changes.
VERSION = 3


@dataclass(frozen=True)
class Passed:
    """So many of so many pictures went through the frozen base; those known from an earlier run are counted as passed."""

    done: int
    total: int


class Extractor:
    """Gives the features of pictures: the base with batch norms folded, and what earlier runs kept.

    Two pictures with the same pixels have the same features, whatever their names, splits or labels. A view is a picture
    augmented with randomness of its own pixels, the seed and the view's number alone, so it does not depend on the others.
    """

    def __init__(self, model: Backbone, preparation: Preparation, place: Place) -> None:
        self.normalise = Normalise(preparation).to(place.device)
        self.model, self.preparation, self.place = model, preparation, place
        model.base.to(place.device)
        self.key = self._key()
        self.found: dict[str, dict[bytes, np.ndarray]] = {}
        keep_freed_memory()

    def _key(self) -> str:
        """By this name the features are kept: other weights, preparation, device or version, another name."""
        base, form = self.model.base, self.preparation.model_dump(mode="json")
        described = [VERSION, torch.__version__, str(self.place.device), form, self.model.mirror]
        digest = hashlib.blake2b(json.dumps(described).encode(), digest_size=16)
        for name, tensor in sorted(base.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        digest.update(type(base).__name__.encode())
        return digest.hexdigest()

    @functools.cached_property
    def base(self) -> nn.Module:
        """The base with batch norms folded; made when the first picture has to go through."""
        assert self._key() == self.key, "the base was changed since the extractor was made for it"
        size = (2, 3, self.preparation.height or 1, self.preparation.width or 1)
        example = torch.randn(size, generator=torch.Generator().manual_seed(0))
        return folded(self.model.base, example.to(self.place.device))

    def known(self, content: np.ndarray, augmentation: Augmentation | None = None, view: int = 0, seed: int = 0) -> int:
        """How many of these pictures (N,) S16, in this view, need not go through the base."""
        found = self._kept(_view_key(self.key, augmentation, view, seed))
        return sum(digest in found for digest in _digests(content))

    def _kept(self, key: str) -> dict[bytes, np.ndarray]:
        """What earlier runs kept, read once."""
        if key not in self.found:
            self.found[key] = kept.fetch_features(key)
        return self.found[key]

    def features(
        self,
        subset: Subset,
        content: np.ndarray,
        augmentation: Augmentation | None = None,
        view: int = 0,
        seed: int = 0,
        order: Sequence[int] | None = None,
        is_over: Callable[[], bool] = bool,
    ) -> Iterator[Passed | Tensor]:
        """Yields `Passed` on the way and at last the features, (N, …) float32 on the CPU, in the order of the subset.

        Args:
            subset: N pictures.
            content: (N,) S16, the digests of their pixels (see `data.scan`).
            augmentation: For a view other than 0.
            view: 0: the pictures as they are.
            order: Which of them are wanted, in which order they pass; all of them where it is left out.
            is_over: Asked after each batch; True stops the pass, and only the features of the first so many of `order` are given.
        """
        order = range(len(subset)) if order is None else order
        changed = augmentation if view else None
        key = _view_key(self.key, augmentation, view, seed)
        digests, found = _digests(content), self._kept(key)
        first = {digests[row]: row for row in reversed(order) if digests[row] not in found}
        rows = [row for row in order if first.get(digests[row]) == row]
        fresh: list[tuple[bytes, np.ndarray]] = []
        last, done, total = time.monotonic(), len(order) - len(rows), len(order)
        yield Passed(done, total)
        for pixels, _, indices in batches(subset, BATCH, torch.tensor(rows, dtype=torch.int64)) if rows else ():
            some = [digests[i] for i in indices.tolist()]
            if changed is not None:
                pixels = torch.cat([_varied(one, changed, d, view, seed) for one, d in zip(pixels, some, strict=True)])
            fresh += zip(some, self.through(pixels).numpy(), strict=True)
            done += len(some)
            if time.monotonic() - last > KEEP_SECONDS:
                found.update(_keep(key, fresh))
                fresh, last = [], time.monotonic()
            yield Passed(done, total)
            if done < total and is_over():
                break
        found.update(_keep(key, fresh))
        missing = (place for place, row in enumerate(order) if digests[row] not in found)
        given = sorted(order[: next(missing, total)])
        yield torch.from_numpy(np.stack([found[digests[row]] for row in given])) if given else torch.zeros(0)

    def through(self, pixels: Tensor) -> Tensor:
        """(B, 3, H, W) uint8, or float32 in 0..255, to features (B, …); B at most `BATCH`."""
        filled = torch.zeros((BATCH, *pixels.shape[1:]), dtype=pixels.dtype)
        filled[: len(pixels)] = pixels
        inputs = self.normalise(filled.to(self.place.device)).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            found = self.base(inputs)
            if self.model.mirror:
                found = (found + self.base(inputs.flip(3))) / 2
        return found[: len(pixels)].float().cpu()


def all_features(extractor: Extractor, subset: Subset, content: np.ndarray) -> Tensor:
    """The same without telling how far it is."""
    *_, found = extractor.features(subset, content)
    assert isinstance(found, Tensor)
    return found


def _digests(content: np.ndarray) -> list[bytes]:
    """16 bytes each; numpy's S16 drops zeros at the end."""
    return [bytes(one).ljust(16, b"\0") for one in content]


def _view_key(key: str, augmentation: Augmentation | None, view: int, seed: int) -> str:
    if not view or augmentation is None:
        return key
    text = json.dumps([key, augmentation.model_dump(mode="json"), view, seed])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _varied(picture: Tensor, augmentation: Augmentation, digest: bytes, view: int, seed: int) -> Tensor:
    """One augmented picture, (1, 3, H, W) float32."""
    number = int.from_bytes(hashlib.blake2b(digest, digest_size=7, salt=f"{seed}.{view}".encode()[:16]).digest(), "big")
    return augment(picture[None].float(), augmentation, torch.Generator().manual_seed(number))


def _keep(key: str, fresh: list[tuple[bytes, np.ndarray]]) -> dict[bytes, np.ndarray]:
    if fresh:
        kept.store_features(key, [digest for digest, _ in fresh], np.stack([feature for _, feature in fresh]))
    return dict(fresh)
