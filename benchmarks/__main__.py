"""`python -m benchmarks [LAB…] [--quick] [--json FILE] [--write]`: see `--help`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.arrays import write_plain
from benchmarks.finetune import finetune
from benchmarks.folder import folder
from benchmarks.labs import LABS
from benchmarks.machine import describe
from benchmarks.overhead import overhead
from benchmarks.race import race
from benchmarks.row_labs import ROW_LABS
from benchmarks.row_race import race_rows
from benchmarks.start import start
from benchmarks.transfer import transfer

OTHERS = ("overhead", "start", "folder", "transfer", "finetune")
RESULTS = Path(__file__).parent / "results.md"


def arguments() -> argparse.Namespace:
    """The command line."""
    labs = ", ".join((*LABS, *ROW_LABS))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Seodang beside the labs' Keras programs, a bare PyTorch loop, and a person's patience.",
        epilog="Examples: python -m benchmarks --quick · python -m benchmarks L06 --json l06.json · python -m benchmarks L30 L42 --write",
    )
    parser.add_argument(
        "what", nargs="*", metavar="WHAT", help=f"{labs}, {', '.join(OTHERS)}; none: L01, L03, L06 and the four others."
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round and fewer epochs, labs only where none is named"
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of a lab at most (default: the lab's own number)")
    parser.add_argument(
        "--threads", type=int, help="threads for every side (default: each library's own choice, all cores)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number to FILE")
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"write the tables to {RESULTS.name} beside this file; where no lab is measured, only the sections of this run",
    )
    return parser.parse_args()


def main() -> None:
    """Measure what was asked, one thing after another, each in its own processes; print the tables."""
    asked = arguments()
    known = (*LABS, *ROW_LABS, *OTHERS)
    if unknown := [word for word in asked.what if word not in known]:
        raise SystemExit(f"{', '.join(unknown)}: not known here. Allowed: {', '.join(known)}.")
    chosen = asked.what or [lab.id for lab in LABS.values() if lab.main] + ([] if asked.quick else list(OTHERS))
    labs = [LABS[word] for word in chosen if word in LABS]
    row_labs = [ROW_LABS[word] for word in chosen if word in ROW_LABS]
    if (labs or row_labs or "transfer" in chosen) and importlib.util.find_spec("keras") is None:
        raise SystemExit("Keras is not installed. Install it with `pip install 'seodang[bench]'`.")
    began = time.perf_counter()
    found: dict[str, Any] = {"machine": describe(asked.threads), "what": asked.what, "quick": asked.quick, "labs": []}
    options = {"quick": asked.quick, "threads": asked.threads, "tell": _tell}
    with tempfile.TemporaryDirectory(prefix="seodang-benchmarks-") as name:
        work = Path(name)
        (work / "runs").mkdir()
        for data in sorted({lab.data for lab in labs} | ({"mnist"} if "overhead" in chosen else set())):
            write_plain(data, work)
        for lab in labs:
            found["labs"].append(race(lab, work, most_rounds=asked.rounds, **options))
        if row_labs:
            found["rows"] = [race_rows(lab, work, most_rounds=asked.rounds, **options) for lab in row_labs]
        if "overhead" in chosen:
            found["overhead"] = overhead(work, **options)
        if "start" in chosen:
            found["start"] = start(work, tell=_tell)
        if "folder" in chosen:
            found["folder"] = folder(work, tell=_tell)
        if "transfer" in chosen:
            found["transfer"] = transfer(work, most_rounds=asked.rounds, **options)
        if "finetune" in chosen:
            found["finetune"] = finetune(work, quick=asked.quick, tell=_tell)
    found["seconds"] = time.perf_counter() - began
    text = results.markdown(found)
    sys.stdout.write(text)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        apart = asked.what and not labs and before
        written = results.merged(before, found) if apart else results.with_races(text, before)
        RESULTS.write_text(written, encoding="utf-8")


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
