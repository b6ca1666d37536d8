"""Numbers of a run that makes pictures: how far from real ones, how varied, whether copied, and how the two networks stand."""

# N pictures · F features
from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from seodang.core.language import tr
from seodang.data.load import Prepared, Subset
from seodang.data.prepare import Normalise, to_pixels
from seodang.evaluation.eye import Eye, make_eye
from seodang.evaluation.frechet import frechet, nearest, spread
from seodang.evaluation.making import kept, make, of_pictures
from seodang.evaluation.metrics import Numbers
from seodang.runs.folder import Run

# Pictures on each side of a distance; made ones are drawn so often, from seeds 0, 1, …
COUNT, DRAWS = 2_500, 5
# A class is drawn where its share of the made pictures is so much of its share of the real ones.
COVERED = 0.2
SHOWN, NEAREST = 64, 8
# Epochs whose kept pictures are looked at.
EPOCHS = 40
# Principal components of the normal distribution that pictures are drawn from, for comparison.
COMPONENTS = 100


def imitation(run: Run, judged: Subset, own: Prepared) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Every number of the report that belongs to the task, and the pictures (uint8) that the page shows; touches no disk."""
    eye = make_eye(own)
    count = min(COUNT, len(judged), len(own.train))
    real, others = _some(judged, count, 0), _some(own.train, count, 1)
    real_seen, real_classes = eye.see(real)
    other_seen, _ = eye.see(others)
    draws = [make(run, count, seed) for seed in range(DRAWS)]
    seen = [eye.see(pixels) for pixels in draws]
    distances = [frechet(features, real_seen) for features, _ in seen]
    mean, half = float(np.mean(distances)), 1.96 * float(np.std(distances, ddof=1))
    baselines = {
        "real": (others, tr("as many real pictures of the training split: no network can do better than this"))
    }
    baselines |= _simple(own, count)
    features, probabilities = seen[0]
    to_train, places = nearest(features, other_seen)
    found: dict[str, Any] = {
        "main": "frechet",
        "eye": {"how": eye.how, "accuracy": eye.accuracy},
        "compared": count,
        "metrics": {
            "frechet": _round(mean),
            "diversity": _round(spread(features) / spread(real_seen)),
            "nearness": _round(float(np.median(to_train) / np.median(nearest(real_seen, other_seen)[0]))),
        },
        "intervals": {"frechet": [_round(mean - half), _round(mean + half)]},
        "baselines": {},
        "over_epochs": _over_epochs(run, eye, real_seen),
        "discriminator": _discriminator(run, real, draws[0]),
        "classes": _classes(eye, probabilities, real_classes) if eye.classes else None,
        "examples": [],
        "mistakes": [],
    }
    for name, (pixels, how) in baselines.items():
        found["baselines"][name] = {"frechet": _round(frechet(eye.see(pixels)[0], real_seen)), "how": how}
    if eye.classes:
        sure = probabilities.max(axis=1)
        found["metrics"]["confidence"] = _round(float(sure.mean()))
        found["metrics"]["covered"] = found["classes"]["covered"] / len(eye.classes)
    shown = draws[0][:SHOWN]
    return found, {"made": shown, "near": others[torch.from_numpy(places[:NEAREST])]}


def _over_epochs(run: Run, eye: Eye, real: Numbers) -> list[dict[str, float]]:
    """How varied the kept pictures of each epoch are, 1 as real ones, and how sure the eye is of what it sees."""
    whole, found = spread(real), []
    for epoch, pixels in kept(run, EPOCHS):
        features, probabilities = eye.see(pixels)
        each = {"epoch": epoch, "diversity": _round(spread(features) / whole)}
        found.append({**each, "confidence": _round(float(probabilities.max(axis=1).mean()))} if eye.classes else each)
    return found


def _round(value: float) -> float:
    return float(f"{value:.5g}")


def _some(subset: Subset, count: int, seed: int) -> Tensor:
    where = np.sort(np.random.default_rng(seed).permutation(len(subset))[:count])
    return subset.fetch(torch.from_numpy(where))


def _simple(own: Prepared, count: int) -> dict[str, tuple[Tensor, str]]:
    """Pictures that need no network: every pixel drawn for itself, and the whole drawn from a normal distribution."""
    pixels = _some(own.train, min(len(own.train), 4 * count), 2)
    flat = pixels.flatten(1).numpy()
    generator = np.random.default_rng(0)
    rows = generator.integers(0, len(flat), (count, flat.shape[1]))
    apart = torch.from_numpy(np.take_along_axis(flat, rows, axis=0)).reshape(count, *pixels.shape[1:])
    found = {"naive": (apart, tr("every pixel drawn for itself, as often light or dark as in training pictures"))}
    components = min(COMPONENTS, *(side - 1 for side in flat.shape))
    if components > 0:
        from sklearn.decomposition import PCA

        before = Normalise(own.preparation)
        fitted = PCA(components, random_state=0).fit(before(pixels).flatten(1).numpy())
        codes = generator.standard_normal((count, components)) * np.sqrt(fitted.explained_variance_)
        drawn = torch.from_numpy(np.float32(fitted.inverse_transform(codes))).reshape(apart.shape)
        how = tr(
            "drawn from a normal distribution with the training pictures' mean and {components} principal components",
            components=components,
        )
        found["linear"] = (to_pixels(drawn, own.preparation), how)
    return found


def _discriminator(run: Run, real: Tensor, made: Tensor) -> dict[str, float] | None:
    """Which share of unseen real pictures, and of made ones, the run's own discriminator takes for real."""
    before, model = of_pictures(run)
    if not hasattr(model, "rivals"):
        return None
    with torch.inference_mode():
        shares = [
            float(torch.cat([model(before(part)) > 0 for part in pixels.split(500)]).float().mean())
            for pixels in (real, made)
        ]
    return {
        "real_taken_for_real": round(shares[0], 4),
        "made_taken_for_real": round(shares[1], 4),
        "right": round((shares[0] + 1 - shares[1]) / 2, 4),
    }


def _classes(eye: Eye, made: Numbers, real: Numbers) -> dict[str, Any]:
    """Which class the eye takes each made picture for, how sure it is, and the same of real ones."""
    size = len(eye.classes)
    shares = [np.bincount(each.argmax(axis=1), minlength=size) / len(each) for each in (made, real)]
    rows = []
    for index, name in enumerate(eye.classes):
        mine = made[made.argmax(axis=1) == index]
        sure = round(float(mine.max(axis=1).mean()), 4) if len(mine) else None
        rows.append(
            {
                "class": name,
                "made": round(float(shares[0][index]), 4),
                "real": round(float(shares[1][index]), 4),
                "sure": sure,
            }
        )
    covered = int(((shares[0] >= COVERED * shares[1]) & (shares[0] > 0)).sum())
    return {"covered": covered, "rows": rows, "real_confidence": round(float(real.max(axis=1).mean()), 4)}
