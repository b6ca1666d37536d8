"""Races of rows, texts and series: the same examples on every side, the score, and what is written of it."""

import math

import pandas as pd
import pytest

from benchmarks import results, row_data, row_race
from benchmarks.row_labs import ROW_LABS
from benchmarks.row_race import end_of, reached, samples_per_second
from benchmarks.row_results import section
from benchmarks.scores import best, fingerprint, is_reached, score
from benchmarks.seodang_rows_side import run


def epochs(*scores, each=2.0):
    return [
        {"score": s, "seconds": each * n, "cpu_seconds": each * n / 2, "train_seconds": each}
        for n, s in enumerate(scores, 1)
    ]


def side(course, **more):
    return {
        **{"epochs": course, "examples": 100, "parameters": 1169, "import_seconds": 5.0, "peak_memory": 800 * 2**20},
        **{"held_out": "20 abc", **more},
    }


def race(house):
    keras, faithful = side(epochs(9.0, 3.0, 4.0)), side(epochs(8.0, 2.5, each=0.5))
    return {"lab": "L41", "rounds": [{"target": 3.0, "keras": keras, "faithful": faithful, "ways": [house]}]}


def finished(value):
    return side([], finished={"score": value, "seconds": 0.2, "cpu_seconds": 0.3, "steps": 20})


def rows(text):
    return [line for line in text.splitlines() if line.startswith("| ")]


def test_scores_are_those_of_the_books():
    assert score("rmse", [1.0, 2.0], [1.0, 4.0]) == math.sqrt(2)
    assert score("mae", [1.0, 2.0], [1.0, 4.0]) == 1.0
    assert score("accuracy", [True, False, True], [True, True, True]) == pytest.approx(2 / 3)
    # Whoever gives each of V words the same probability has the perplexity V (Jurafsky & Martin, 3.3).
    assert score("perplexity", [math.log(1 / 50)] * 7, list("abcdefg")) == pytest.approx(50)
    with pytest.raises(AssertionError, match="2 answers to 3 examples"):
        score("mae", [1.0, 2.0], [1.0, 2.0, 3.0])


def test_lower_is_better_but_for_accuracy():
    assert best("rmse", [3.0, 2.0]) == 2.0
    assert best("accuracy", [0.8, 0.9]) == 0.9
    assert is_reached("perplexity", 10.0, 10.0)
    assert not is_reached("perplexity", 10.1, 10.0)
    assert is_reached("accuracy", 0.91, 0.9)


def test_the_race_ends_at_keras_best_epoch():
    keras, all_of_keras, faithful, house = rows(section(race(finished(2.9))))[2:]
    assert keras.startswith("| Keras | 3 | 4.00 (2.00) |")
    assert all_of_keras.startswith("| Keras, all 3 epochs | 4 | 6.00 (3.00) |")
    assert faithful.startswith("| `number-series` | the same | 1.00 (0.50) | 4.0× | 200 (4.0×) |")
    assert house.startswith("| `forecaster`, 20 steps | 2.9 | 0.20 (0.30) | 20.0× |")


def test_our_way_is_run_with_the_fewest_steps_that_are_enough(monkeypatch, tmp_path):
    asked = []

    def measured(module, request, environment=None):
        asked.append(request)
        if module == "keras_rows_side":
            return side(epochs(9.0, 3.0, 4.0))
        if request["target"] is not None:
            return side(epochs(8.0, 2.5, each=0.5))
        steps = request["settings"]["training.steps"]
        return side([], finished={"score": 60.0 / steps, "seconds": 0.2, "cpu_seconds": 0.3, "steps": steps})

    monkeypatch.setattr(row_race, "measure", measured)
    options = {"quick": False, "most_rounds": 2, "threads": None, "tell": lambda sentence: None}
    found = row_race.race_rows(ROW_LABS["L41"], tmp_path, **options)
    # 60 / 20 is Keras' 3.0: 10 steps are too few; the second round begins where the first one ended.
    assert [each["settings"]["training.steps"] for each in asked if "target" in each and each["target"] is None] == [
        *(10, 20, 20)
    ]
    assert [each["settings"]["training.epochs"] for each in asked if each.get("target")] == [1000, 1000]
    assert "| `forecaster`, 20 steps | 3 | 0.20 (0.30) | 20.0× |" in section(found)


def test_a_score_that_is_not_reached_has_no_time():
    *_, house = rows(section(race(finished(3.1))))
    assert house.startswith("| `forecaster`, 20 steps | 3.1 | not reached | – |")


def test_the_two_networks_must_be_the_same():
    found = race(finished(2.9))
    found["rounds"][0]["faithful"]["parameters"] = 1170
    with pytest.raises(AssertionError, match="L41: the two networks are not the same"):
        section(found)


def test_our_best_way_ends_where_it_is_good_enough():
    course = epochs(9.0, 2.0, 1.0)
    assert reached("mae", course, 2.5) is course[1]
    assert end_of("mae", side(course), 2.5) is course[1]
    assert end_of("mae", side(course), 0.5) is course[2]
    assert samples_per_second(side(course)) == 50.0


def test_a_race_stays_when_the_rest_is_measured_anew():
    before = "# Benchmarks\n\nold\n\n## Waiting\n\n| 3.08 |\n\n## L41 `number-series`, to the same mae\n\n| 20.0× |\n"
    text = results.with_races("# Benchmarks\n\nnew\n\n## Waiting\n\n| 2.00 |\n", before)
    assert "old" not in text
    assert "3.08" not in text
    assert text.endswith("| 2.00 |\n\n## L41 `number-series`, to the same mae\n\n| 20.0× |\n")
    assert results.with_races(text, before) == text


@pytest.mark.real
def test_no_held_out_text_is_trained_on(tmp_path):
    row_data.headlines(tmp_path)
    train, held_out = (
        {" ".join(str(text).split()) for text in pd.read_csv(tmp_path / f"{name}.csv")["headline"]}
        for name in ("train", "test")
    )
    assert len(held_out) == len(train | held_out) // 10
    assert not train & held_out
    assert "Unknown" in train  # dropping it is a step of the lab


@pytest.mark.real
def test_a_fifth_of_the_houses_is_held_out(tmp_path):
    row_data.houses(tmp_path)
    train, held_out = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("train", "test"))
    assert (len(train), len(held_out)) == (16_512, 4_128)


@pytest.mark.parametrize(
    ("recipe", "settings"), [("number-series", {}), (ROW_LABS["L41"].ways[0].recipe, ROW_LABS["L41"].ways[0].settings)]
)
def test_our_side_judges_the_last_twenty_windows(recipe, settings, tmp_path):
    where = ROW_LABS["L41"].data(tmp_path)
    request = {"lab": "L41", "data": where, "recipe": recipe, "settings": {**settings, "training.epochs": 2}}
    found = run({**request, "runs": str(tmp_path / "runs"), "target": 0.0, "least": 1, "threads": None})
    # LABS.md: 100 windows of 0 to 104, 80 to train; what follows the last 20 of them, doubled.
    assert found["held_out"] == fingerprint([2.0 * n for n in range(85, 105)])
    assert [epoch["score"] > 0 for epoch in found["epochs"]] == [True, True]
    assert found["finished"]["epochs"] == 2
