"""Is a pretrained network worse for being trained on after its head was fitted? Real pictures, five seeds, paired."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.arrays import data_folder
from benchmarks.process import measure
from benchmarks.transfer import VARIABLE, weights_folder

# Sets and the folder of each that is judged. Where a set brings only two splits, its second one is kept for judging alone and each
# seed cuts another tenth of the training pictures off for choosing, so that nothing is judged on what it was chosen by.
SETS = {
    "presidential-doggy-door": "valid",
    "fruits": "valid",
    "hand-drawn-shapes": "valid",
    "cats-dogs-small": "test",
}
SEEDS = 5
# Half of the house recipe's side and three of its eight epochs: the question is of better or worse, and a seed takes one or two minutes.
SIDE, EPOCHS = 96, 3
QUICK = ("presidential-doggy-door",)
KEPT = Path(__file__).with_suffix(".json")


def finetune(work: Path, *, quick: bool, tell: Callable[[str], None]) -> dict[str, Any]:
    """Both ways on every set and seed. What was measured is kept beside this file at once, so that a run that was stopped goes on
    from there; remove finetune.json to measure anew. `quick`: one small set, two seeds, nothing kept."""
    settings = {"side": SIDE, "epochs": EPOCHS}
    before = json.loads(KEPT.read_text()) if KEPT.exists() and not quick else {}
    found = before if before.get("settings") == settings else {"settings": settings, "sets": {}}
    environment = {VARIABLE: str(weights_folder()), "SEODANG_CACHE": str(work / "cache-finetune")}
    for name in QUICK if quick else SETS:
        data, seeds = _laid_out(name, work), found["sets"].setdefault(name, [])
        for seed in range(len(seeds), 2 if quick else SEEDS):
            request = {"data": str(data), "runs": str(work / "runs"), **settings, "seed": seed}
            seeds.append(measure("finetune_side", request, environment))
            one = compared([seeds[-1]])
            tell(
                f"finetune: {name}, seed {seed}: {one['head']:.2%} by the head alone, {one['tuned']:.2%} with fine-tuning"
            )
            if not quick:
                KEPT.write_text(json.dumps(found) + "\n")
    return found


def _laid_out(name: str, work: Path) -> Path:
    """The set as train/ and test/ (and validation/ where it brings three splits), by links."""
    source, base = data_folder(name), work / name
    base.mkdir(exist_ok=True)
    links = {"train": "train", "test": SETS[name]}
    if SETS[name] == "test":
        links["validation"] = "validation"
    for here, there in links.items():
        if not (base / here).exists():
            (base / here).symlink_to(source / there, target_is_directory=True)
    return base


def compared(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Accuracy of both ways, and the mean difference with its 95 % interval, which counts both the luck of the pictures (every picture's
    mean difference over the seeds is one observation) and that of the seeds, by adding their variances.

    >>> right = {"head": {"right": [1, 1, 0, 0]}, "tuned": {"right": [1, 1, 1, 0], "best_epoch": 2}}
    >>> found = compared([right, right])
    >>> found["difference"], found["kept"], found["interval"][0] < 0 < found["interval"][1]
    (0.25, 2, True)
    """
    pairs = [(each["head"]["right"], each["tuned"]["right"]) for each in seeds]
    by_seed = [statistics.fmean(second) - statistics.fmean(first) for first, second in pairs]
    by_picture = [
        statistics.fmean(b - a for a, b in each)
        for each in zip(*[zip(*pair, strict=True) for pair in pairs], strict=True)
    ]
    difference = statistics.fmean(by_seed)
    variance = statistics.variance(by_picture) / len(by_picture)
    if len(by_seed) > 1:
        variance += statistics.variance(by_seed) / len(by_seed)
    reach = 1.96 * math.sqrt(variance)
    return {
        "head": statistics.fmean(statistics.fmean(first) for first, _ in pairs),
        "tuned": statistics.fmean(statistics.fmean(second) for _, second in pairs),
        "difference": difference,
        "interval": (difference - reach, difference + reach),
        "by_seed": by_seed,
        "kept": sum(bool(each["tuned"]["best_epoch"]) for each in seeds),
    }
