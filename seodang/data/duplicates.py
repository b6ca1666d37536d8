"""Pictures that are there twice: the same pixels, or nearly so (cropped, brighter, saved again), across splits and labels.

Near duplicates are found in three steps, each looking closer at fewer pairs:

1. Neighbours: each picture's nearest others by the 8 x 8 outline of its thumbnail (mean taken off, unit length), searched
   only among the pictures that lie near the same two of about sqrt(N) landmarks: N sqrt(N) products, never N squared.
2. Alignment at 16 x 16: how much of one thumbnail is left unexplained by the other under a small crop, brightness and
   contrast: a linear regression on the other thumbnail, its slopes, and a constant (Lucas and Kanade, 1981, one step).
3. The same at 32 x 32, then 64 x 64 where both pictures are that large, with the crop carried out, from the pixels themselves,
   for the few pairs that are left.
4. Their colours at 8 x 8: a red shirt and a blue one, photographed alike, are two pictures.

A pair counts where what is left unexplained is small, and small beside what is left between the picture and others much
like it: handwritten ones are all alike and none is a copy (the idea of Lowe's ratio test, 2004,
https://doi.org/10.1023/B:VISI.0000029664.99615.94).
"""

from __future__ import annotations

import contextlib
import hashlib
import weakref
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seodang.core.files import cache_folder, read_json, write_json
from seodang.data.augment import move
from seodang.data.opening import Refused
from seodang.data.pictures import Target, one, one_array
from seodang.data.scan import Scan

# Chosen on planted copies (crops of up to 5 %, brightness x 0.7 to 1.3, JPEG quality 40 to 90) among MNIST, Fashion-MNIST,
# CIFAR-100, cats-dogs-small, fruits, hand-drawn-shapes and digits; test_duplicates.py holds what came of it.
NEIGHBOURS = 12  # the farthest of them says how alike pictures are that are no copies
LOOKED_AT = 4  # of them, the nearest are looked at closer
LOOSE, CLOSER = 0.06, 0.25  # to be looked at closer: unexplained at 16 x 16, and beside what is usual
SURE = 0.001  # to count without asking the neighbours
# The side that decides, what may be left unexplained there, and beside what is usual among the neighbours of both. Small
# pictures lose more to JPEG, and have less to show.
SIDE, LARGE, MOST, RATIO = 32, 64, {32: 0.03, 64: 0.012}, {32: 0.05, 64: 0.1}
CELL, CROP = 2048, 0.06
SMALLEST = 12  # pixels: smaller pictures are too simple to be told apart so
FLAT = 4.0  # grey levels of spread: below it there is nothing to compare
# Colours differ where, at 8 x 8, so many levels of them and this share are not the other's at another brightness and contrast. Fainter
# ones are none. Planted copies' own: 4 levels and a fifth at most (crops; brightness and JPEG leave less).
COLOURS, COLOURS_APART, COLOURS_SHARE, COLOURLESS = 8, 10.0, 0.4, 4.0
GREY_MODES = ("1", "L", "LA", "I", "I;16", "F")
PAIRS_AT_MOST, CROPS_AT_MOST = 60_000, 10_000
# From so many pictures on (a second or so) the pairs are kept in the cache folder. Raise VERSION when others are found.
WORTH_KEEPING, VERSION = 4000, 3


@dataclass(frozen=True)
class Group:
    """Pictures that belong together. members: their indices in the scan, ascending. unexplained: 0 the same, to 0.03."""

    members: tuple[int, ...]
    unexplained: float = 0.0


_FOUND: weakref.WeakKeyDictionary[Scan, list[Group]] = weakref.WeakKeyDictionary()


def exact(looked: Scan) -> list[Group]:
    """Groups of pictures whose decoded pixels are the same, in the order of their first member."""
    _, which, counts = np.unique(looked.content, return_inverse=True, return_counts=True)
    return _groups(which.reshape(-1), counts > 1)


def _groups(which: np.ndarray, wanted: np.ndarray) -> list[Group]:
    """The members of each wanted group number."""
    order = np.argsort(which, kind="stable")
    order = order[wanted[which[order]]]
    cuts = np.flatnonzero(np.diff(which[order])) + 1
    found = [Group(tuple(part.tolist())) for part in np.split(order, cuts) if len(part)]
    return sorted(found, key=lambda group: group.members)


def too_small(looked: Scan) -> bool:
    """Whether the pictures have too few pixels for near duplicates to be told from pictures that are merely alike."""
    return float(np.median(np.minimum(looked.height, looked.width))) <= SMALLEST


def near(looked: Scan) -> list[Group]:
    """Groups of pictures that are nearly the same, at least two different ones in each; their exact copies included.

    Nothing for pictures of 12 pixels or fewer: too simple. Pictures of one flat colour are left out. Sought once for a scan.
    """
    if looked not in _FOUND:
        _FOUND[looked] = _near(looked)
    return _FOUND[looked]


def _near(looked: Scan) -> list[Group]:
    if len(looked) < 2 or too_small(looked):
        return []
    _, first, which = np.unique(looked.content, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    spread = torch.from_numpy(looked.thumbnail[first]).flatten(1).float().std(1, unbiased=False)
    first = first[(spread >= FLAT).numpy()]
    if len(first) < 2:
        return []
    pairs, unexplained = _kept_pairs(looked, first) if len(first) >= WORTH_KEEPING else near_pairs(looked, first)
    return _joined(pairs, unexplained, which)


def _kept_pairs(looked: Scan, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`near_pairs`, from the cache folder where the same pictures were looked through before."""
    name = hashlib.blake2b(b"%d" % VERSION + looked.content.tobytes(), digest_size=16).hexdigest()
    file = cache_folder() / f"near-{name}.json"
    try:
        kept = read_json(file)
        return np.array(kept["pairs"], np.int64).reshape(-1, 2), np.array(kept["unexplained"], np.float32)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or not whole: it is made again
    pairs, unexplained = near_pairs(looked, first)
    with contextlib.suppress(OSError):  # a folder that cannot be written costs time, nothing else
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"pairs": pairs.tolist(), "unexplained": unexplained.tolist()})
    return pairs, unexplained


def _joined(pairs: np.ndarray, unexplained: np.ndarray, which: np.ndarray) -> list[Group]:
    """Pairs of pictures into groups: whoever is a near copy of a member belongs to it."""
    parent = np.arange(which.max() + 1)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in which[pairs].tolist():
        parent[root(left)] = root(right)
    roots = parent.copy()  # whoever is in no pair is alone
    for node in np.unique(which[pairs]).tolist():
        roots[node] = root(node)
    number = roots[which]
    wanted = np.zeros(len(parent), bool)
    wanted[number[pairs[:, 0]]] = True
    worst = np.zeros(len(parent))
    np.maximum.at(worst, number[pairs[:, 0]], unexplained)
    return [Group(group.members, float(worst[number[group.members[0]]])) for group in _groups(number, wanted)]


def near_pairs(looked: Scan, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (M, 2) of indices among `some` that are nearly the same, and what is left unexplained of each, (M,)."""
    thumbnails = torch.from_numpy(looked.thumbnail[some]).float()
    nearest = neighbours(thumbnails)
    rough, typical = unexplained_by_neighbours(thumbnails, nearest)
    left, column = torch.nonzero((rough < LOOSE) & (rough < CLOSER * typical[:, None]), as_tuple=True)
    ratio = rough[left, column] / typical[left]
    right = nearest[left, column]
    pairs, ratio = _once(torch.stack([left, right], 1), ratio)
    pairs = pairs[ratio.argsort()[:PAIRS_AT_MOST]]
    side = LARGE if float(np.median(np.minimum(looked.height, looked.width))) >= 0.75 * LARGE else SIDE
    grey, place = greys(looked, some, pairs, side)
    pairs = pairs[(place[pairs] >= 0).all(1)]
    small = grey if side == SIDE else functional.avg_pool2d(grey[:, None], side // SIDE)[:, 0]
    # A pair of which one was made as small as that is compared at 32 x 32, for the other's detail is not in it.
    sides = np.minimum(looked.height, looked.width)[some]
    fits = (
        torch.from_numpy(sides >= 0.75 * side)[pairs].all(1)
        if side == LARGE
        else torch.ones(len(pairs), dtype=torch.bool)
    )
    fine = torch.empty(len(pairs))
    fine[fits], fine[~fits] = (_finest(one, small, place[pairs[of]]) for one, of in ((grey, fits), (small, ~fits)))
    most, ratio = (torch.where(fits, limit[side], limit[SIDE]) for limit in (MOST, RATIO))
    usual = typical[pairs].log().mean(1).exp()
    good = (fine < SURE) | ((fine < most) & (fine < ratio * usual))
    found, left_over = some[pairs[good].numpy()].reshape(-1, 2), fine[good].numpy()
    alike = _alike_in_colour(looked, found)
    return found[alike], left_over[alike]


def _alike_in_colour(looked: Scan, pairs: np.ndarray) -> np.ndarray:
    """(M,) whether both of each pair have the same colours, up to brightness and contrast; one without any is like all."""
    in_colour = np.array([mode not in GREY_MODES for mode in looked.mode], bool)[pairs].all(1)
    alike = np.ones(len(pairs), bool)
    needed, place = np.unique(pairs[in_colour], return_inverse=True)
    if not len(needed):
        return alike
    small = torch.from_numpy(np.stack([_colours(looked, index) for index in needed.tolist()])).float()
    grey = small.mean(1, keepdim=True)
    contrast, colour = grey.flatten(1).std(1).clamp_min(1.0), (small - grey).flatten(1)
    first, second = torch.from_numpy(place.reshape(-1, 2)).T
    expected = colour[first] * (contrast[second] / contrast[first]).clamp(0.3, 3.0)[:, None]
    differ, most = _size(colour[second] - expected), torch.maximum(_size(colour[second]), _size(expected))
    colourless = torch.minimum(_size(colour[first]), _size(colour[second])) < COLOURLESS
    alike[in_colour] = (colourless | (differ < COLOURS_APART) | (differ < COLOURS_SHARE * most)).numpy()
    return alike


def _size(values: Tensor) -> Tensor:
    """Root of the mean square of each row."""
    return values.square().mean(1).sqrt()


def _colours(looked: Scan, index: int) -> np.ndarray:
    """A picture at 8 x 8 in colour, (3, 8, 8) uint8; grey where it is gone since the scan."""
    source, target = looked.source, Target(COLOURS, COLOURS, 3, "squash")
    if source.pixels is not None:
        return one_array(source.pixels[index], target)
    assert source.read is not None, "a source has pixels or read"
    with contextlib.suppress(Refused, OSError):
        return one(source.read(index), target)
    return np.zeros((3, COLOURS, COLOURS), np.uint8)


def _finest(grey: Tensor, small: Tensor, pairs: Tensor) -> Tensor:
    """What is left unexplained of each pair at the size of `grey`, (P,): as they are, and where that is not little, with crops.

    Copies with hardly a change need no crop to be tried; the others, the most promising ones, at 32 x 32 (`small`) first.
    """
    fine = _unexplained(grey, pairs, 0)
    open_ones = (fine >= SURE).nonzero()[:, 0][:CROPS_AT_MOST]
    open_ones = open_ones[_unexplained(small, pairs[open_ones], 1) < 2 * MOST[SIDE]]
    fine[open_ones] = torch.minimum(
        _unexplained(grey, pairs[open_ones], 3), _unexplained(grey, pairs[open_ones].flip(1), 3)
    )
    return fine


def _unexplained(grey: Tensor, pairs: Tensor, steps: int) -> Tensor:
    """What the first of each pair leaves unexplained of the second, (P,)."""
    parts = [unexplained_by_crop(grey[some[:, 0]], grey[some[:, 1]], steps) for some in pairs.split(512)]
    return torch.cat(parts) if parts else torch.zeros(0)


def _once(pairs: Tensor, ratio: Tensor) -> tuple[Tensor, Tensor]:
    """Each pair once, whichever of the two found the other, with its smaller ratio."""
    pairs = pairs.sort(1)[0]
    pairs, which = torch.unique(pairs, dim=0, return_inverse=True)
    least = torch.full((len(pairs),), torch.inf).scatter_reduce(0, which, ratio, "amin")
    return pairs, least


# N pictures · K neighbours · P pairs


def neighbours(thumbnails: Tensor) -> Tensor:
    """The up to 12 pictures most like each, nearest first, (N, K); found surely where they are near copies.

    Args:
        thumbnails: (N, 16, 16) float32.
    """
    count = len(thumbnails)
    wanted = min(NEIGHBOURS, count - 1)
    outline = functional.avg_pool2d(thumbnails[:, None], 2).flatten(1)
    outline = functional.normalize(outline - outline.mean(1, keepdim=True))
    if count <= CELL:
        return _nearest(outline, torch.arange(count), wanted)[1]
    chosen = torch.randperm(count, generator=torch.Generator().manual_seed(0))[: 2 * round(count**0.5)]
    at = (outline @ outline[chosen].T).topk(2, dim=1)[1]  # (N, 2): the landmarks of each
    likeness = torch.full((count, 2, wanted), -2.0)
    index = torch.arange(count)[:, None, None].repeat(1, 2, wanted)
    order = at.flatten().argsort(stable=True)
    for cell in torch.tensor_split(order, torch.bincount(at.flatten(), minlength=len(chosen)).cumsum(0)[:-1]):
        for part in cell.split(
            CELL
        ):  # a cell of very many like pictures is cut, so that no cell costs more than CELL^2
            if len(part) > 1:
                members, side = part // 2, part % 2
                some, who = _nearest(outline, members, min(wanted, len(part) - 1))
                likeness[members, side, : some.shape[1]] = some
                index[members, side, : some.shape[1]] = who
    likeness, index = likeness.flatten(1), index.flatten(1)
    index, order = index.sort(dim=1, stable=True)
    likeness = likeness.gather(1, order)
    likeness[:, 1:][index[:, 1:] == index[:, :-1]] = -2.0
    return index.gather(1, likeness.topk(wanted, dim=1)[1])


def _nearest(outline: Tensor, members: Tensor, wanted: int) -> tuple[Tensor, Tensor]:
    """Likeness and index of the nearest members of each member, nearest first."""
    own = outline[members]
    likeness, place = (own @ own.T).fill_diagonal_(-2.0).topk(wanted, dim=1)
    return likeness, members[place]


def unexplained_by_neighbours(thumbnails: Tensor, nearest: Tensor) -> tuple[Tensor, Tensor]:
    """At 16 x 16, what each picture cannot explain of its nearest four, (N, 4), and what is usual among its neighbours, (N,)."""
    count, known = nearest.shape
    columns = [*range(min(LOOKED_AT, known)), known - 1]
    out = torch.empty(count, len(columns))
    inside = slice(1, -1)
    units = _unit(thumbnails[:, inside, inside])
    for start in range(0, count, 2048):
        some = slice(start, start + 2048)
        # What small crops, brightness and contrast make of each picture, (n, 5, pixels); explained is what of another lies
        # in the space that these span.
        made = functional.normalize(_changes(thumbnails[some], inside), dim=2)
        gram = made @ made.mT + 1e-4 * torch.eye(5)
        along = made @ units[nearest[some][:, columns]].mT
        explained = torch.linalg.solve_triangular(torch.linalg.cholesky(gram), along, upper=False).square().sum(1)
        out[some] = 1 - explained.clamp(0, 1).sqrt()
    # Where there are too few others to say what is usual, nothing is: then only the limit itself counts.
    typical = out[:, -1] if known >= NEIGHBOURS else torch.ones(count)
    return out[:, :-1], typical.maximum(typical.median() / 4)


def _changes(pictures: Tensor, inside: slice) -> Tensor:
    """What growing and shifting across and down add to each picture, and the picture, mean taken off: (N, 5, pixels)."""
    size = pictures.shape[-1]
    across, down = _slopes(pictures)
    place = (torch.arange(size) * 2 + 1 - size) / size
    changes = [across * place, across, down * place[:, None], down, pictures]
    made = torch.stack([change[:, inside, inside].flatten(1) for change in changes], 1)
    return made - made.mean(2, keepdim=True)


def _slopes(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Change from pixel to pixel, to the right and down."""
    wide = functional.pad(pictures[:, None], (1, 1, 1, 1), mode="replicate")[:, 0]
    return (wide[:, 1:-1, 2:] - wide[:, 1:-1, :-2]) / 2, (wide[:, 2:, 1:-1] - wide[:, :-2, 1:-1]) / 2


def unexplained_by_crop(first: Tensor, second: Tensor, steps: int = 3) -> Tensor:
    """What is left of each second picture when the first is cropped or grown to fit it, 0 to 1, (P,).

    One minus the best correlation over crops of up to 6 % at each side; brightness, contrast and a bent tone curve do not
    count. Iterated least squares on the slopes (Lucas and Kanade, 1981).

    Args:
        first, second: (P, size, size) float32.
        steps: How often the crop is made better.
    """
    count, size, _ = first.shape
    inside = slice(size // 16, -(size // 16))
    wanted = _unit(second[:, inside, inside])
    crop = torch.zeros(count, 4)  # scale and shift across, scale and shift down
    best = torch.ones(count)
    for step in range(steps + 1):
        matrix = torch.zeros(count, 2, 3)
        matrix[:, 0, 0], matrix[:, 0, 2] = 1 + crop[:, 0], crop[:, 1]
        matrix[:, 1, 1], matrix[:, 1, 2] = 1 + crop[:, 2], crop[:, 3]
        moved = move(first[:, None], matrix, "border")[:, 0]
        shown = _unit(moved[:, inside, inside])
        likeness = (shown * wanted).sum(1)
        if step == steps:
            bent = _unit(moved[:, inside, inside].square())
            bent = functional.normalize(bent - (bent * shown).sum(1, keepdim=True) * shown)
            likeness = likeness.sign() * torch.hypot(likeness, (bent * wanted).sum(1))
        best = torch.minimum(best, 1 - likeness)
        if step < steps:
            made = _changes(moved, inside)
            gram = made @ made.mT
            gram = gram + 1e-5 * gram.diagonal(dim1=1, dim2=2).mean(1)[:, None, None] * torch.eye(5)
            found = torch.linalg.solve(gram, made @ wanted[:, :, None])[:, :, 0]
            gain = found[:, 4:].clamp_min(0.2 / made[:, 4].norm(dim=1, keepdim=True).clamp_min(1e-6))
            crop = (crop + found[:, :4] / gain / (size / 2)).clamp(-2 * CROP, 2 * CROP)
    return best


def _unit(pictures: Tensor) -> Tensor:
    """Flat, mean taken off, length 1."""
    flat = pictures.flatten(1)
    return functional.normalize(flat - flat.mean(1, keepdim=True))


def greys(looked: Scan, some: np.ndarray, pairs: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Grey pictures (U, side, side) float32 of all in pairs, and where each of `some` is among them (-1: nowhere)."""
    place = torch.full((len(some),), -1)
    needed = torch.unique(pairs)
    source = looked.source
    if looked.pixels is not None and (source.read is None or min(looked.pixels.shape[-2:]) >= 0.75 * side):
        held = looked.pixels
        pixels = _made_small((held[part] for part in torch.from_numpy(some)[needed].split(512)), side)
    elif source.pixels is not None:
        held = torch.from_numpy(source.pixels).permute(0, 3, 1, 2)
        pixels = _made_small((held[part] for part in torch.from_numpy(some)[needed].split(512)), side)
    else:
        read = source.read
        assert read is not None, "a source has pixels or read"
        taken, pictures = [], []
        for index in needed.tolist():
            try:
                pictures.append(one(read(int(some[index])), Target(side, side, 1, "squash")))
            except (Refused, OSError):
                continue  # gone or damaged since the scan; loading says so
            taken.append(index)
        needed = torch.tensor(taken, dtype=torch.long)
        pixels = torch.from_numpy(np.stack(pictures)).float()[:, 0] if pictures else torch.zeros(0, side, side)
    place[needed] = torch.arange(len(needed))
    return pixels, place


def _made_small(parts: Iterable[Tensor], side: int) -> Tensor:
    """uint8 pictures (N, C, H, W) in parts as grey ones (N, side, side) float32."""
    small = [torch.zeros(0, side, side)]
    for part in parts:
        grey = part.float().mean(1, keepdim=True)
        if grey.shape[-2:] != (side, side):
            grey = functional.interpolate(grey, (side, side), mode="bilinear", antialias=True)
        small.append(grey[:, 0])
    return torch.cat(small)
