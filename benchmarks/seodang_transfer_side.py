"""Our side of `transfer`, run and timed: `python -m benchmarks.seodang_transfer_side REQUEST ANSWER`.

Request: data (a folder), runs (a folder), threads (or null); or {"features": .npy file, "pictures": .npy file, data, side, count}:
only prepare so many pictures and write them (N, 3, side, side) uint8 and their features (N, 1280) float32.
The house recipe with nothing else given. The clock starts after the imports of PyTorch and Seodang; what is imported on the way
(timm, scikit-learn) is counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.process import answer, peak_memory

BACKBONE = "mobilenetv2_100"


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Train and judge by the same stream of events that `seodang train` reads, or only give features."""
    started = time.perf_counter()
    import torch

    from seodang.evaluation.evaluate import evaluate
    from seodang.runs import events, transfer
    from seodang.runs.train import stream
    from seodang.training.head import Head

    if "features" in request:
        return features(request)
    if request["threads"]:
        torch.set_num_threads(request["threads"])
    import_seconds = time.perf_counter() - started

    seen: dict[str, Any] = {}
    solve_head = transfer.solve_head

    def watched(*given: Any) -> Iterator[Any]:
        for event in solve_head(*given):
            if isinstance(event, Head):
                seen["head_seconds"] = time.perf_counter() - started
                seen["validation_accuracy"] = event.metrics["validation_accuracy"]
            yield event

    transfer.solve_head = watched  # the stream tells of the head in words only
    report: dict[str, Any] = {}
    started = time.perf_counter()
    for event in stream(request["data"], runs=request["runs"]):
        if isinstance(event, events.Opened):
            seen["read_seconds"] = event.seconds
        elif isinstance(event, events.Begun):
            seen["recipe"], seen["reasons"] = event.recipe.model_dump(mode="json"), list(event.reasons)
            seen["pictures"], seen["known"] = getattr(event.plan, "pictures", 0), getattr(event.plan, "known", 0)
        elif isinstance(event, events.Finished):
            seen["saved_seconds"] = time.perf_counter() - started
            report = evaluate(event.run, prepared=event.data)
            seen["report_seconds"] = time.perf_counter() - started
    if "head_seconds" not in seen:
        raise SystemExit("The house recipe solved for no head here. It said: " + " ".join(seen["reasons"]))
    return {
        **seen,
        "import_seconds": import_seconds,
        "test_accuracy": report["metrics"]["accuracy"],
        "judged_on": report["split"],
        "peak_memory": peak_memory(),
        "threads": torch.get_num_threads(),
    }


def features(request: dict[str, Any]) -> dict[str, Any]:
    """Write pictures, evenly from all classes, and what our base says of them."""
    import numpy as np
    import torch

    from seodang.core.files import sha256
    from seodang.data.prepare import Normalise, Preparation, prepare
    from seodang.models.backbone import make_base
    from seodang.pretrained.weights import find_weights

    side, weights = request["side"], find_weights(BACKBONE)
    form = Preparation(
        height=side,
        width=side,
        channels=3,
        fit="crop",
        interpolation=weights.interpolation,  # pyright: ignore[reportArgumentType]
        scale="standard",
        mean=weights.mean,
        std=weights.std,
    )
    files = sorted(Path(request["data"]).glob("train/*/*.jpg"))
    some = files[:: max(1, len(files) // request["count"])][: request["count"]]
    pictures = np.stack([prepare(file.read_bytes(), form) for file in some])
    base = make_base(BACKBONE, pretrained=True, pool=True, height=side, width=side)
    with torch.inference_mode():
        found = base(Normalise(form)(torch.from_numpy(pictures)))
    np.save(request["pictures"], pictures, allow_pickle=False)
    np.save(request["features"], found.numpy(), allow_pickle=False)
    return {"weights": str(weights.path), "sha256": sha256(weights.path), "pictures": len(pictures)}


if __name__ == "__main__":
    answer(run)
