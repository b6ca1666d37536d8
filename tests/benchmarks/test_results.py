"""The tables of the benchmarks: what stands beside what."""

import pytest

from benchmarks import results
from benchmarks.finetune import compared

HEADING = "## Cats and dogs by a frozen network"
BEFORE = (
    f"# Benchmarks\n\nWritten before.\n\n## Waiting\n\n| 3.08 |\n\n{HEADING}\n\nan older run\n\n## The last\n\nstays\n"
)

MACHINE = [
    *("date", "commit", "cpu", "cores", "threads", "load_before", "system", "python"),
    *("torch", "tensorflow", "keras", "numpy", "pillow", "pyarrow"),
]


def epoch(accuracy, seconds, judge):
    return {"accuracy": accuracy, "seconds": seconds, "seconds_validated_once": seconds - judge, "judge_seconds": 1.0}


def side(validation, head):
    return {
        **{"validation_accuracy": validation, "test_accuracy": 0.97, "peak_memory": 900 * 2**20},
        **{"import_seconds": 2.0, "head_seconds": head, "report_seconds": head + 10, "process_seconds": head + 12},
    }


def found(ours=0.98, keras=(0.91, 0.953, 0.956)):
    epochs = [epoch(accuracy, 60.0 * number, 20.0 * (number - 1)) for number, accuracy in enumerate(keras, 1)]
    tutorial = {"epochs": epochs, "import_seconds": 7.0, "test_accuracy": 0.95, "peak_memory": 1200 * 2**20}
    one = {"cold": side(ours, 40.0), "kept": side(ours, 8.0), "keras": {"tutorial": tutorial}}
    machine = dict.fromkeys(MACHINE, "-")
    transfer = {
        "data": "cats-dogs-small",
        "side": 192,
        "rounds": [one],
        "agreement": {"difference": 2e-6, "pictures": 8},
    }
    return {"machine": machine, "what": ["transfer"], "quick": False, "labs": [], "seconds": 60.0, "transfer": transfer}


def rows(text, words):
    return [line for line in text.splitlines() if line.startswith(f"| {words}")]


def test_the_race_ends_at_the_best_accuracy_that_both_reach():
    best, less = rows(results.markdown(found()), "TensorFlow's tutorial")
    assert "| 95.60% | 180.0 (140.0) | 40.0 (4.5×) | 8.0 (22.5×) |" in best  # Keras' own best, at its third epoch
    assert "| 95.10% | 120.0 (100.0) | 40.0 (3.0×) | 8.0 (15.0×) |" in less  # half a point less, at its second
    best, _ = rows(results.markdown(found(ours=0.95)), "TensorFlow's tutorial")
    assert "| 95.00% | 120.0 (100.0) |" in best  # ours, which Keras reaches at its second


def test_keras_epochs_are_counted_not_quoted():
    (line,) = rows(results.markdown(found()), "Keras, TensorFlow's tutorial")
    assert "| 180.0 (3 epochs) |" in line


def test_a_part_measured_apart_replaces_its_own_section_only():
    text = results.merged(BEFORE, found())
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        *("# Benchmarks", "## Waiting", HEADING, "## The last")
    ]
    assert "Written before.\n\n## Waiting\n\n| 3.08 |\n\n## Cats" in text
    assert "an older run" not in text
    assert "Measured apart from the rest, by `python -m benchmarks transfer` in 1.0 minutes" in text
    assert text.endswith("## The last\n\nstays\n")
    assert results.merged(text, found()) == text


def test_a_part_that_stood_nowhere_comes_last():
    text = results.merged("# Benchmarks\n\nWritten before.\n\n## Waiting\n\n| 3.08 |\n", found())
    assert text.index(HEADING) > text.index("| 3.08 |\n\n")


def seed_of(head, tuned, best=2):
    sizes = {"training_pictures": 90, "validation_pictures": 10, "cpu_seconds": 30.0}
    return {"head": {"right": head, **sizes}, "tuned": {"right": tuned, "best_epoch": best, **sizes}}


def test_fine_tuning_is_paired_picture_by_picture_and_seed_by_seed():
    """Two seeds, 100 pictures: 0 and 4 points more; by hand."""
    plain = [1] * 90 + [0] * 10
    better = [1] * 94 + [0] * 6
    one = compared([seed_of(plain, plain, best=0), seed_of(plain, better)])
    assert (one["head"], one["tuned"], one["kept"]) == (pytest.approx(0.9), pytest.approx(0.92), 1)
    assert one["by_seed"] == pytest.approx([0.0, 0.04])
    pictures = (4 * (0.5 - 0.02) ** 2 + 96 * 0.02**2) / 99 / 100  # variance of the mean of 4 halves among 96 zeros
    seeds = 2 * 0.02**2 / 1 / 2
    reach = 1.96 * (pictures + seeds) ** 0.5
    assert one["interval"] == pytest.approx((0.02 - reach, 0.02 + reach))


def test_the_table_of_fine_tuning():
    plain, better = [1] * 90 + [0] * 10, [1] * 94 + [0] * 6
    kept = {"settings": {"side": 96, "epochs": 3}, "sets": {"some": [seed_of(plain, better), seed_of(plain, plain, 0)]}}
    text = results.markdown({**found(), "finetune": kept})
    (line,) = rows(text, "`some`")
    assert line.startswith("| `some` | 90 / 10 / 100 | 90.00% | 92.00% | +2.00 (")
    assert "| +4.0, +0.0 | 1 of 2 | 30 / 30 |" in line
    assert "2 CPU minutes in all" in text
