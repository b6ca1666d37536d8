"""From 70,000 picture files to a judged network: one epoch of the house recipe, everything counted, twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder

# PERFORMANCE.md, measured earlier on a 2-core machine and quoted, not measured again: seconds for one epoch on the same files.
QUOTED = {"fastai 2.8, same kind of network": 95.0, "yolo classify (yolo11n-cls, 32 px)": 213.0}


def folder(work: Path, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Seconds of `seodang train FOLDER training.epochs=1` as a process, imports, decoding, training and judging in it.

    The first run has an empty cache, the second what the first left there.
    """
    pictures = work / "pictures"
    count = write_pictures(pictures)
    tell(f"folder: {count:,} PNG files written")
    environment = {**os.environ, "SEODANG_CACHE": str(work / "cache-folder")}
    words = ["train", str(pictures), "training.epochs=1", "--json", "--runs", str(work / "runs")]
    found: dict[str, Any] = {"pictures": count, "quoted": QUOTED, "runs": []}
    for turn in ("first", "second"):
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "seodang", *words], env=environment, capture_output=True, text=True
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"seodang {' '.join(words)} failed:\n{done.stderr[-4000:]}")
        told = json.loads(done.stdout)
        found["runs"].append(
            {"turn": turn, "seconds": seconds, "metrics": told["metrics"], "training_seconds": told["seconds"]}
        )
        tell(f"folder, {turn} run: {seconds:.1f} s")
    return found


def write_pictures(base: Path) -> int:
    """MNIST as PNG files in train/DIGIT/ and test/DIGIT/: the bytes that stand in the Parquet files."""
    import pyarrow.parquet

    source, count = data_folder("mnist"), 0
    for split in ("train", "test"):
        table = pyarrow.parquet.read_table(source / f"{split}.parquet")
        for digit in range(10):
            (base / split / str(digit)).mkdir(parents=True, exist_ok=True)
        rows = zip(table["image"].to_pylist(), table["label"].to_pylist(), strict=True)
        for number, (image, label) in enumerate(rows):
            (base / split / str(label) / f"{number:05}.png").write_bytes(image["bytes"])
            count += 1
    return count
