"""The tables of the benchmarks: what stands beside what."""

from benchmarks import results

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
