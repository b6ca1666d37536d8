"""Numbers of a run that puts examples out again: how far off, against the mean example and as many principal components."""

# N examples · D numbers of one · K numbers of its code
from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seodang.core.language import tr
from seodang.data.batches import batches
from seodang.data.encoded import Data
from seodang.data.load import Prepared, Subset
from seodang.evaluation.amounts import nearer
from seodang.evaluation.frechet import nearest
from seodang.evaluation.intervals import wilson
from seodang.evaluation.making import parts
from seodang.evaluation.metrics import Labels, Numbers
from seodang.runs.folder import Run

Losses = NDArray[np.float64]
BATCH = 500
RESAMPLES = 1000
# What the simple methods learn from: at most so many training examples, and so many numbers in all.
LEARNT, LEARNT_NUMBERS = 10_000, 40_000_000
# Examples and worst ones that the page shows, points of a drawing, pictures that look for like ones.
EXAMPLES, POINTS, ASKED = 10, 1_000, 1_000
# An affine map's answers to sums are sums of answers to within rounding, this share of how far they lie apart.
STRAIGHT = 1e-3


def reconstruction(run: Run, judged: Subset, own: Data | None) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Every number of the report that belongs to the task, and the tensors that the page draws; touches no disk.

    The tensors: inputs, codes and outputs of the shown examples (and noisy and cleaned, where training had noise).
    """
    _, model = parts(run)
    learnt = None if own is None else _flat(run, own.train, LEARNT)
    width = int(_codes(run, judged, 1)[0].shape[-1])
    methods = _methods(learnt, width)
    errors, loss = _errors(run, judged, methods)
    mse = {name: float(each.mean()) for name, each in errors.items()}
    variance = _variance(run, judged)
    found: dict[str, Any] = {
        "main": "mse",
        "numbers": int(_inputs(run, judged, torch.tensor([0])).numel()),
        "code": width,
        "metrics": {
            "mse": _round(mse["network"]),
            "rmse": _round(mse["network"] ** 0.5),
            "explained": _round(1 - mse["network"] / variance if variance else 0.0),
            "loss": _round(loss),
        },
        "intervals": {"mse": [_round(value) for value in _interval(errors["network"])]},
        "baselines": {},
    }
    found["intervals"]["rmse"] = [_round(value**0.5) for value in found["intervals"]["mse"]]
    for name, method in methods.items():
        found["baselines"][name] = {
            "mse": _round(mse[name]),
            "interval": [_round(value) for value in _interval(errors[name])],
            "skill": round(1 - mse["network"] / mse[name], 4) if mse[name] else 0.0,
            "how": method.how,
            "seconds": round(method.seconds, 3),
            "network_against_it": nearer(errors[name], errors["network"]),
        }
    if "noisy" in errors:
        found["noisy"] = {
            "noise": list(model.disturbance),
            "mse": _round(mse["noisy"]),
            "left": _round(mse["identity"]),
            "removed": _round(1 - mse["noisy"] / mse["identity"]) if mse["identity"] else None,
            "network_against_it": nearer(errors["identity"], errors["noisy"]),
        }
    found["plane"] = _plane(run, judged, methods.get("linear"))
    found["codes"] = _drawn_codes(run, judged, methods.get("linear"), own)
    found["alike"] = _alike(run, own, judged) if isinstance(own, Prepared) else None
    drawn = np.sort(np.random.default_rng(0).permutation(len(judged))[:EXAMPLES])
    worst = np.argsort(-errors["network"], kind="stable")[:EXAMPLES]
    found["examples"] = [_example(judged, int(i), errors["network"]) for i in drawn]
    found["mistakes"] = [_example(judged, int(i), errors["network"]) for i in worst]
    return found, _shown(run, judged, np.concatenate([drawn, worst]))


def _round(value: float) -> float:
    return float(f"{value:.6g}")


def _inputs(run: Run, subset: Subset, where: Tensor) -> Tensor:
    before, _ = parts(run)
    return before(subset.fetch(where))


def _flat(run: Run, subset: Subset, most: int) -> Numbers:
    """At most so many examples, drawn with a fixed seed, as they go into the network: (M, D) float32."""
    numbers = max(1, _inputs(run, subset, torch.tensor([0])).numel())
    count = min(len(subset), most, max(100, LEARNT_NUMBERS // numbers))
    where = torch.from_numpy(np.sort(np.random.default_rng(0).permutation(len(subset))[:count]))
    return torch.cat([_inputs(run, subset, part).flatten(1) for part in where.split(BATCH)]).numpy()


class _Method:
    """A simple method: how it was made, and what it makes of flat inputs (B, D)."""

    def __init__(self, how: str, mean: Numbers, components: Numbers, seconds: float) -> None:
        self.how, self.mean, self.components, self.seconds = how, mean, components, seconds

    def codes(self, flat: Numbers) -> Numbers:
        return (flat - self.mean) @ self.components.T

    def __call__(self, flat: Numbers) -> Numbers:
        return self.mean + self.codes(flat) @ self.components


def _methods(learnt: Numbers | None, width: int) -> dict[str, _Method]:
    if learnt is None:
        return {}
    mean = learnt.mean(axis=0, dtype=np.float64).astype(np.float32)
    nothing = np.zeros((0, len(mean)), np.float32)
    found = {"naive": _Method(tr("always the mean training example"), mean, nothing, 0.0)}
    if width < min(learnt.shape):
        from sklearn.decomposition import PCA

        begun = time.perf_counter()
        fitted = PCA(width, random_state=0).fit(learnt)
        how = tr(
            "{width} principal components of {count:,} training examples, as many as the code has numbers",
            width=width,
            count=len(learnt),
        )
        components, middle = np.float32(fitted.components_), np.float32(fitted.mean_)
        found["linear"] = _Method(how, middle, components, time.perf_counter() - begun)  # pyright: ignore[reportArgumentType]
    return found


@torch.inference_mode()
def _errors(run: Run, judged: Subset, methods: dict[str, _Method]) -> tuple[dict[str, Losses], float]:
    """Each example's mean squared distance by every method, (N,) each, and the network's mean loss."""
    before, model = parts(run)
    task = run.task
    errors: dict[str, list[Losses]] = {}
    total = 0.0
    is_noisy = any(getattr(model, "disturbance", ()))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for pixels, _, _ in batches(judged, BATCH, None):
            inputs = before(pixels)
            outputs = model(inputs)
            total += float(task.loss(outputs, inputs)) * len(inputs)
            made = {"network": task.decode(outputs)}
            if is_noisy:
                noisy = model.disturbed(inputs)
                made |= {"noisy": task.decode(model(noisy)), "identity": noisy}
            flat = inputs.flatten(1).numpy()
            answers = {name: each.flatten(1).numpy() for name, each in made.items()}
            answers |= {name: method(flat) for name, method in methods.items()}
            for name, answer in answers.items():
                errors.setdefault(name, []).append(((answer - flat).astype(np.float64) ** 2).mean(axis=1))
    return {name: np.concatenate(each) for name, each in errors.items()}, total / max(1, len(judged))


def _variance(run: Run, judged: Subset) -> float:
    """The judged examples' mean squared distance from their own mean."""
    count, total, squares = 0, torch.zeros(1), torch.zeros(1)
    for where in torch.arange(len(judged)).split(BATCH):
        flat = _inputs(run, judged, where).flatten(1).double()
        count, total, squares = count + len(flat), total + flat.sum(0), squares + flat.square().sum(0)
    return float((squares / count - (total / count) ** 2).mean())


def _interval(errors: Numbers) -> tuple[float, float]:
    """95 % interval of the mean by a bootstrap over examples."""
    generator = np.random.default_rng(0)
    means = [errors[generator.integers(0, len(errors), len(errors))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _codes(run: Run, subset: Subset, most: int) -> Tensor:
    _, model = parts(run)
    with torch.inference_mode():
        found = [
            model.encode(_inputs(run, subset, where)).flatten(1)
            for where in torch.arange(min(len(subset), most)).split(BATCH)
        ]
    return torch.cat(found)


def _plane(run: Run, judged: Subset, linear: _Method | None) -> dict[str, Any] | None:
    """Of a network that is an affine map: the principal angles, in degrees, between where its answers lie and PCA's subspace.

    An affine map is told by what it does: r(a) + r(b) - r(c) = r(a + b - c).
    """
    from scipy.linalg import subspace_angles

    if linear is None or len(judged) < 4:
        return None
    _, model = parts(run)
    count = min(len(judged), POINTS)
    with torch.inference_mode():
        inputs = _inputs(run, judged, torch.arange(count))
        answers = run.task.decode(model(inputs))
        a, b = inputs.roll(1, 0), inputs.roll(2, 0)
        moved = run.task.decode(model(a + b - inputs))
        expected = answers.roll(1, 0) + answers.roll(2, 0) - answers
    # Against how far the answers lie apart: of a network that hardly answers yet every map looks straight.
    if float((moved - expected).abs().max()) > STRAIGHT * float((answers - answers.mean(0)).abs().max()):
        return None
    flat = answers.flatten(1).double().numpy()
    _, _, directions = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    angles = np.degrees(subspace_angles(directions[: len(linear.components)].T, linear.components.T.astype(np.float64)))
    return {"angles": [round(float(angle), 4) for angle in sorted(angles)]}


def _drawn_codes(run: Run, judged: Subset, linear: _Method | None, own: Data | None) -> dict[str, Any] | None:
    """Codes of two numbers as points, beside PCA's; with the classes' names where there are some. Of wider codes nothing."""
    codes = _codes(run, judged, POINTS).numpy()
    if codes.shape[1] != 2:
        return None
    inputs = _inputs(run, judged, torch.arange(len(codes))).flatten(1).numpy()
    with torch.inference_mode():
        _, model = parts(run)
        outputs = run.task.decode(model(_inputs(run, judged, torch.arange(len(codes))))).flatten(1).numpy()
    classes = own is not None and own.classes
    return {
        "network": _rounded(codes),
        "pca": [] if linear is None else _rounded(linear.codes(inputs)),
        "labels": judged.labels[: len(codes)].tolist() if classes else [],
        "inputs": _rounded(inputs) if inputs.shape[1] <= 3 else [],
        "outputs": _rounded(outputs) if inputs.shape[1] <= 3 else [],
    }


def _rounded(points: Numbers) -> list[list[float]]:
    return [[round(float(value), 5) for value in point] for point in points]


def _alike(run: Run, own: Prepared, judged: Subset) -> dict[str, Any] | None:
    """How often the training picture with the nearest code is of the same class, and how often the one with the nearest pixels."""
    if len(torch.unique(own.train.labels)) < 2 or judged.labels.dtype != torch.int64:
        return None
    known = torch.from_numpy(np.sort(np.random.default_rng(0).permutation(len(own.train))[:LEARNT]))
    asked = torch.arange(len(judged))[:: max(1, len(judged) // ASKED)][:ASKED]
    labels, wanted = own.train.labels[known].numpy(), judged.labels[asked].numpy()
    _, model = parts(run)
    found: dict[str, Any] = {"asked": len(asked), "known": len(known)}
    with torch.inference_mode():
        for name in ("code", "pixels"):
            sides = []
            for subset, where in ((judged, asked), (own.train, known)):
                inputs = [_inputs(run, subset, part) for part in where.split(BATCH)]
                sides.append(torch.cat([(model.encode(x) if name == "code" else x).flatten(1) for x in inputs]).numpy())
            _, places = nearest(*sides)
            right = int((labels[places] == wanted).sum())
            found[name] = round(right / len(asked), 4)
            found[f"{name}_interval"] = [round(bound, 4) for bound in wilson(right, len(asked))]
    return found


def _example(judged: Subset, index: int, errors: Numbers) -> dict[str, Any]:
    return {"index": index, "id": judged.ids[index], "mse": _round(float(errors[index]))}


@torch.inference_mode()
def _shown(run: Run, judged: Subset, where: Labels) -> dict[str, Tensor]:
    _, model = parts(run)
    inputs = _inputs(run, judged, torch.from_numpy(where))
    codes = model.encode(inputs)
    shown = {"inputs": inputs, "codes": codes.flatten(1), "outputs": run.task.decode(model(inputs))}
    if any(getattr(model, "disturbance", ())):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            shown["noisy"] = model.disturbed(inputs)
        shown["cleaned"] = run.task.decode(model(shown["noisy"]))
    return shown
