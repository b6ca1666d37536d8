"""README's table of measured runs: lines come from runs' own files, and a new one replaces the old one of its recipe."""

from benchmarks.runs_table import HEADS, as_table, lines_of, merged


def test_a_new_line_replaces_that_of_the_same_recipe_data_and_seed():
    old = ["| a | x | 1 | 0 | old |", "| b | x | 1 | 0 | old |", "| b | x | 1 | 1 | old |"]
    new = ["| b | x | 2 | 0 | new |", "| B | y | 2 | 0 | new |"]
    assert merged(old, new) == [
        "| B | y | 2 | 0 | new |",
        "| a | x | 1 | 0 | old |",
        "| b | x | 2 | 0 | new |",
        "| b | x | 1 | 1 | old |",
    ]


def test_a_judged_run_is_a_line(digits_run):
    from seodang.evaluation.evaluate import evaluate

    report = evaluate(digits_run)
    (line,) = lines_of(digits_run.folder.parent)
    cells = [cell.strip() for cell in line.strip("| ").split("|")]
    assert cells[:5] == ["`image-classifier`", "digits", "6", "0", "test"]
    assert cells[5].startswith(f"{report['metrics']['accuracy']:.2%}")
    assert all(row.count("|") == len(HEADS) + 1 for row in as_table([line]).splitlines())
