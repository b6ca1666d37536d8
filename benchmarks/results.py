"""The measured numbers as Markdown tables, with what was counted beside each."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable
from typing import Any

from benchmarks import row_results
from benchmarks.finetune import compared
from benchmarks.race import HOUSE, samples_per_second, seconds_to
from benchmarks.transfer import WAYS

Found = dict[str, Any]


def markdown(found: Found) -> str:
    """All tables of one benchmark. Written by the command, never by hand."""
    parts = [_head(found)]
    if labs := found["labs"]:
        parts += [_accuracy(labs), _work(labs), _epochs(labs)]
    parts += [row_results.section(lab) for lab in found.get("rows", [])]
    if "overhead" in found:
        parts.append(_overhead(found["overhead"]))
    if "start" in found:
        parts.append(_start(found["start"]))
    if "folder" in found:
        parts.append(_folder(found["folder"]))
    if "transfer" in found:
        parts.append(_transfer(found["transfer"]))
    if "finetune" in found:
        parts.append(_finetune(found["finetune"]))
    return "\n".join(parts)


def merged(before: str, found: Found) -> str:
    """What stood there before, with the sections of this run in the place of those with the same heading, or at the end.

    Each of them says which run it is of, for the head speaks of the others.
    """
    head, *sections = re.split(r"(?m)^(?=## )", before)
    kept = {each.splitlines()[0]: each.rstrip("\n") + "\n" for each in sections}
    for fresh in re.split(r"(?m)^(?=## )", markdown(found))[1:]:
        heading, text = fresh.split("\n", 1)
        kept[heading] = f"{heading}\n\nMeasured apart from the rest, {_made(found)}\n{text.rstrip()}\n"
    return "\n".join([head.rstrip("\n") + "\n", *kept.values()])


def with_races(text: str, before: str) -> str:
    """A whole benchmark, and of what stood there before the labs raced apart that it has not measured itself."""
    headings = re.findall(r"(?m)^## .*$", text)
    kept = [each for each in re.split(r"(?m)^(?=## )", before)[1:] if re.match(r"## L\d+ ", each)]
    kept = [each.rstrip("\n") + "\n" for each in kept if each.splitlines()[0] not in headings]
    return "\n".join([text, *kept])


def _head(found: Found) -> str:
    return (
        f"# Benchmarks\n\nWritten {_made(found)} "
        "Every run is a process of its own; the sides take turns. Every number is of this run.\n"
    )


def _made(found: Found) -> str:
    machine = found["machine"]
    command = " ".join(["python -m benchmarks", *found["what"], *(["--quick"] if found["quick"] else [])])
    versions = ", ".join(
        f"{name} {machine[name]}" for name in ("torch", "tensorflow", "keras", "numpy", "pillow", "pyarrow")
    )
    return (
        f"by `{command}` in {found['seconds'] / 60:.1f} minutes, {machine['date']}, commit {machine['commit']}. "
        f"{machine['cpu']}, {machine['cores']} cores, threads: {machine['threads']}, load before: {machine['load_before']}. "
        f"{machine['system']}, Python {machine['python']}, {versions}."
    )


def _accuracy(labs: list[Found]) -> str:
    rows, first, second = [], [], []
    for lab in labs:
        rounds = lab["rounds"]
        targets = [each["target"] for each in rounds]
        keras = [_reached(each["keras"], each["target"]) for each in rounds]
        faithful = [_reached(each["faithful"], each["target"]) for each in rounds]
        house = [
            each["house"]["seconds"] if each["house"]["accuracy"] >= each["target"] else math.inf for each in rounds
        ]
        read = statistics.median(each["keras"]["read_seconds"] for each in rounds)
        from_files = _median(keras) - read + lab["keras_read_files"]
        cold = lab["cold"]["seconds"]
        first.append(_median(keras) / _median(house))
        second.append(from_files / cold)
        rows.append(
            [
                f"{lab['lab']} `{lab['recipe']}`",
                _span(targets),
                _seconds(_median(keras)),
                f"{_seconds(_median(faithful))} ({_times(_median(keras) / _median(faithful))})",
                f"{_seconds(_median(house))} ({_times(first[-1])}), {lab['house_steps']} steps",
                _seconds(from_files),
                f"{_seconds(cold)} ({_times(second[-1])})",
            ]
        )
    rows.append(["geometric mean", "", "", "", _times(_geometric(first)), "", _times(_geometric(second))])
    heads = ["lab", "accuracy", "Keras, arrays", "our lab recipe, decoded before", f"`{HOUSE}`, decoded before"]
    return (
        "## Seconds to the same accuracy\n\n"
        "Accuracy on the test split, at the end of the first epoch that reaches it: the fixed target, or Keras' own best where it "
        "stayed below. Median of the rounds, each with another seed. Counted for both: reading the data, set-up (Keras' tracing, "
        "our plan), training; for the house recipe also its validation after each epoch and saving the run. Not counted: imports "
        "(below), judging on the test split. Keras reads uncompressed NumPy arrays, made before the clock; ours has decoded the data in "
        "an earlier run. In the last two columns both read the original files for the first time (Keras' time there is its time on "
        "arrays, with the reading of arrays exchanged for the reading of files, measured apart). The house recipe is run with the fewest "
        "steps of a ladder (25, 30, 35, 40, …) that reach the target; all else is its default.\n\n"
        + _table([*heads, "Keras, from files", f"`{HOUSE}`, from files"], rows)
    )


def _work(labs: list[Found]) -> str:
    rows = []
    for lab in labs:
        keras, ours = [each["keras"] for each in lab["rounds"]], [each["faithful"] for each in lab["rounds"]]
        operations = ours[0]["operations"]
        assert keras[0]["parameters"] == ours[0]["parameters"], f"{lab['lab']}: the two networks are not the same"
        rates = [max(samples_per_second(each["examples"], each["epochs"]) for each in side) for side in (keras, ours)]
        limits = [max(each["matrix_rate"] for each in side) for side in (keras, ours)]
        memory = [max(each["peak_memory"] for each in side) / 2**20 for side in (keras, ours)]
        rows.append(
            [
                f"{lab['lab']} `{lab['recipe']}`",
                f"{keras[0]['parameters']:,}",
                *[f"{rate:,.0f}" for rate in rates],
                _times(rates[1] / rates[0]),
                f"{operations / 1e6:.2f}",
                *[
                    f"{operations * rate / 1e9:.0f} of {limit / 1e9:.0f} ({operations * rate / limit:.0%})"
                    for rate, limit in zip(rates, limits, strict=True)
                ],
                *[f"{each:,.0f}" for each in memory],
                *[f"{min(each['import_seconds'] for each in side):.1f}" for side in (keras, ours)],
            ]
        )
    heads = ["lab", "parameters", "Keras samples/s", "ours", "ratio", "MFLOP a sample", "Keras GFLOP/s", "ours GFLOP/s"]
    return (
        "## The same work\n\n"
        "Same network, optimiser, batch size and number of training examples; the fastest epoch of all rounds but each run's first, "
        "training only. FLOP of a training step: dense layers and convolutions, a multiply-add as 2, forward once and backward twice, "
        "without the first layer's input gradient; beside it what a product of two 2048 × 2048 float32 matrices reaches in the same "
        "process. Memory: the most the training process held (resident), MiB. Imports in seconds.\n\n"
        + _table([*heads, "Keras MiB", "ours MiB", "Keras imports", "ours"], rows)
    )


def _epochs(labs: list[Found]) -> str:
    lines = []
    for lab in labs:
        for number, each in enumerate(lab["rounds"], 1):
            for side in ("keras", "faithful"):
                course = ", ".join(
                    f"{epoch['accuracy']:.2%} at {epoch['seconds']:.1f} s" for epoch in each[side]["epochs"]
                )
                lines.append(f"- {lab['lab']} round {number}, {side}: {course}")
            house = each["house"]
            lines.append(
                f"- {lab['lab']} round {number}, house, {house['num_steps']} steps: {house['accuracy']:.2%} at {house['seconds']:.1f} s"
            )
        if whole := lab.get("house_whole"):
            count = len(whole["epochs"])
            lines.append(
                f"- {lab['lab']}, house with its own number of epochs ({count}): {whole['accuracy']:.2%} at {whole['seconds']:.1f} s "
                f"(training as printed: {whole['training_seconds']:.1f} s)"
            )
    return (
        "## Every run\n\nTest accuracy at the end of each epoch, and the seconds until then.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def _overhead(found: Found) -> str:
    rows = [
        [f"`{name}`", *[f"{s:.2f}" for s in each["epoch_seconds"]], f"{each['epoch']:.3f}"]
        + [*[f"{s:.2f}" for s in each["whole_seconds"]], f"{each['whole']:.3f}"]
        for name, each in found.items()
    ]
    examples = next(iter(found.values()))["examples"]
    return (
        "## The loop's own cost\n\n"
        f"MNIST, {examples:,} examples, the same steps in a loop written by hand (`benchmarks/bare`), in turn, the fastest of each. "
        "An epoch: training only. The whole: from imports done to weights trained, in ours with opening the data, the plan and saving "
        "the run. Seconds.\n\n"
        + _table(["recipe", "our epoch", "bare", "ratio", "our whole run", "bare", "ratio"], rows)
    )


def _start(found: Found) -> str:
    rows = [[f"`{name}`" if " " in name else "Python alone", f"{seconds:.2f}"] for name, seconds in found.items()]
    return "## Waiting\n\nWhole processes, the fastest of 5, seconds.\n\n" + _table(["command", "seconds"], rows)


def _folder(found: Found) -> str:
    first = found["runs"][0]["seconds"]
    rows = [
        [
            f"`seodang train FOLDER training.epochs=1`, {each['turn']} run",
            f"{each['seconds']:.1f}",
            _metrics(each["metrics"]),
            "",
        ]
        for each in found["runs"]
    ]
    rows += [
        [f"{name} (quoted)", f"{seconds:.0f}", "", _times(seconds / first)] for name, seconds in found["quoted"].items()
    ]
    return (
        f"## From a folder of {found['pictures']:,} PNG files\n\n"
        "One epoch, the whole process counted: imports, finding and decoding the files, training, judging, report. The quoted figures were "
        "measured earlier on a machine of the same size (PERFORMANCE.md), not in this run.\n\n"
        + _table(["what", "seconds", "result", "times our first run"], rows)
    )


def _transfer(found: Found) -> str:
    rounds, agreement = found["rounds"], found["agreement"]
    courses = [
        f"- round {number}, Keras, {WAYS[way].words}: "
        + ", ".join(f"{epoch['accuracy']:.2%} at {epoch['seconds']:.1f} s" for epoch in side["epochs"])
        for number, each in enumerate(rounds, 1)
        for way, side in each["keras"].items()
    ]
    return (
        "## Cats and dogs by a frozen network\n\n"
        f"`{found['data']}`, pictures of {found['side']}×{found['side']}, MobileNetV2 with the same weights on both sides (features of "
        f"{agreement['pictures']} pictures differ by {agreement['difference']:.0e} of the largest), one dense head. Ours is "
        "`seodang train FOLDER`, nothing else given. Keras' programs are in `keras_programs/cats_dogs_transfer.py`; they squash pictures "
        "to size as Keras does, ours crops. The accuracy is on the validation pictures: the best that both reach, and half a point less, "
        "for a best of many epochs is luck in part. Counted for both: finding and decoding the files, set-up, training, validating; for "
        "ours also choosing the penalty. Not counted: imports, judging on the test pictures. Keras validates after every epoch; in "
        "brackets its time with the last validation only. Median of the rounds, seconds.\n\n"
        + _table(
            ["Keras", "validation accuracy", "Keras, s", "ours from nothing, s", "ours, features kept, s"],
            [_transfer_race(rounds, way, less) for way in rounds[0]["keras"] for less in (0.0, 0.005)],
        )
        + "\nWhat each took. Until the end: of Keras its last epoch (it stops where it reaches ours), of ours the head and its validation "
        "accuracy. The whole process goes from Python's start to its exit (not told of Keras, which judged on the test pictures after "
        "its clock stopped). Memory: the most the process held (resident) while training, MiB; of ours with judging and the report.\n\n"
        + _table(
            ["side", "imports, s", "until the end, s", "until the report, s", "whole process, s"]
            + ["validation accuracy", "test accuracy", "MiB"],
            _transfer_sides(rounds),
        )
        + "\nValidation accuracy at the end of each epoch, and the seconds until then.\n\n"
        + "\n".join(courses)
        + "\n"
    )


def _transfer_race(rounds: list[Found], way: str, less: float) -> list[str]:
    targets, keras, once = [], [], []
    for each in rounds:
        epochs = each["keras"][way]["epochs"]
        target = min(each["cold"]["validation_accuracy"], max(epoch["accuracy"] for epoch in epochs)) - less
        first = next(epoch for epoch in epochs if epoch["accuracy"] >= target)
        targets.append(target)
        keras.append(first["seconds"])
        once.append(first["seconds_validated_once"])
    ours = [_median(each[turn]["head_seconds"] for each in rounds) for turn in ("cold", "kept")]
    return [
        WAYS[way].words,
        _span(targets),
        f"{_seconds(_median(keras))} ({_seconds(_median(once))})",
        *[f"{_seconds(seconds)} ({_times(_median(keras) / seconds)})" for seconds in ours],
    ]


def _transfer_sides(rounds: list[Found]) -> list[list[str]]:
    rows = []
    for way in rounds[0]["keras"]:
        sides = [each["keras"][way] for each in rounds]
        rows.append(
            [
                f"Keras, {WAYS[way].words}",
                _seconds(_median(each["import_seconds"] for each in sides)),
                f"{_seconds(_median(each['epochs'][-1]['seconds'] for each in sides))} ({_counts(sides)} epochs)",
                "",
                "",
                f"{_span([max(epoch['accuracy'] for epoch in each['epochs']) for each in sides])} at best, "
                f"{_span([each['epochs'][-1]['accuracy'] for each in sides])} at the end",
                _span([each["test_accuracy"] for each in sides]),
                f"{max(each['peak_memory'] for each in sides) / 2**20:,.0f}",
            ]
        )
    for turn, words in {"cold": "ours from nothing", "kept": "ours, features kept"}.items():
        sides = [each[turn] for each in rounds]
        names = ("import_seconds", "head_seconds", "report_seconds", "process_seconds")
        rows.append(
            [words, *[_seconds(_median(each[name] for each in sides)) for name in names]]
            + [_span([each[name] for each in sides]) for name in ("validation_accuracy", "test_accuracy")]
            + [f"{max(each['peak_memory'] for each in sides) / 2**20:,.0f}"]
        )
    return rows


def _finetune(found: Found) -> str:
    rows = []
    for name, seeds in found["sets"].items():
        one, first = compared(seeds), seeds[0]["head"]
        low, high = one["interval"]
        spent = [_median(each[way]["cpu_seconds"] for each in seeds) for way in ("head", "tuned")]
        rows.append(
            [
                f"`{name}`",
                f"{first['training_pictures']:,} / {first['validation_pictures']:,} / {len(first['right']):,}",
                f"{one['head']:.2%}",
                f"{one['tuned']:.2%}",
                f"{100 * one['difference']:+.2f} ({100 * low:+.2f} to {100 * high:+.2f})",
                ", ".join(f"{100 * each:+.1f}" for each in one["by_seed"]),
                f"{one['kept']} of {len(seeds)}",
                " / ".join(f"{seconds:.0f}" for seconds in spent),
            ]
        )
    settings = found["settings"]
    every = [
        each[way]["cpu_seconds"] for seeds in found["sets"].values() for each in seeds for way in ("head", "tuned")
    ]
    heads = ["pictures", "train / choose / judge", "head alone", "with fine-tuning", "points more (95 % interval)"]
    return (
        "## Fine-tuning after the head\n\n"
        f"`seodang train FOLDER preparation.height={settings['side']}`, and the same with `transfer.fine_tune=true transfer.stages=2 "
        f"training.epochs={settings['epochs']}`: the house recipe's own way, kept only where validation is better than with the head "
        f"alone. Up to {max(map(len, found['sets'].values()))} seeds, which change the division (where the data leaves one to make), the "
        "order and the augmentation; accuracy on pictures that no run chose by (but the rate of all of them, 3e-4, was once chosen with "
        f"the judged pictures of fruits and hand-drawn-shapes in view, LOG.md). One thread, {sum(every) / 60:.0f} CPU minutes in all, in "
        "pieces. The interval adds the luck of the pictures and that of the seeds.\n\n"
        + _table([*heads, "seed by seed", "fine-tuning kept", "CPU seconds, head / both"], rows)
    )


def _counts(sides: list[Found]) -> str:
    return " and ".join(str(count) for count in sorted({len(each["epochs"]) for each in sides}))


def _metrics(metrics: Found) -> str:
    return f"accuracy {metrics['accuracy']:.2%}" if "accuracy" in metrics else ""


def _reached(side: Found, target: float) -> float:
    found = seconds_to(target, side["epochs"])
    return math.inf if found is None else found


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _geometric(values: list[float]) -> float:
    return 0.0 if 0.0 in values or math.inf in values else statistics.geometric_mean(values)


def _span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.2%}" if low == high else f"{low:.2%} to {high:.2%}"


def _seconds(value: float) -> str:
    return "not reached" if math.isinf(value) else f"{value:.1f}"


def _times(value: float) -> str:
    return "–" if value == 0 or not math.isfinite(value) else f"{value:.1f}×"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
