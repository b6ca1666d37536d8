"""`seodang look` on tables, texts and series: what they are, and each planted fault found; nothing found where nothing is."""

import json

import numpy as np
import pandas as pd
import pytest

from seodang.core.errors import SeodangError
from seodang.data.look import look

RANDOM = np.random.default_rng(0)


def people(rows=300):
    """A table with nothing wrong."""
    age = RANDOM.integers(18, 90, rows) + RANDOM.random(rows).round(3)
    return pd.DataFrame(
        {
            "age": age,
            "town": RANDOM.choice(["oslo", "rome", "bern"], rows),
            "income": (100 * RANDOM.random(rows)).round(3),
        }
    )


def written(table, tmp_path, name="people.csv"):
    table.to_csv(tmp_path / name, index=False)
    return tmp_path / name


def kinds(found):
    return {finding["kind"]: finding for finding in found["findings"]}


def looked(table, tmp_path):
    found = look(written(table, tmp_path))
    json.dumps(found)
    return found


def test_a_table_says_what_it_is(tmp_path):
    found = looked(people(), tmp_path)
    assert {"kind", "counts", "left_out", "findings"} <= set(found), "as pictures do"
    assert found["kind"] == "table"
    assert found["examples"] == 300
    assert [(c["name"], c["kind"], c["use"]) for c in found["columns"]] == [
        ("age", "number", "seen"),
        ("town", "category", "seen"),
        ("income", "number", "target"),
    ]
    assert found["purpose"]["task"] == "regress"
    assert found["amount"]["least"] >= 0
    assert found["amount"]["largest"] <= 100
    assert found["counts"] == {"all": {"examples": 300}}
    assert found["findings"] == []


def test_what_gives_the_answer_away_comes_first(tmp_path):
    table = people()
    table["label"] = RANDOM.choice(["yes", "no"], 300)
    table["answer"] = table.label.map({"yes": 1, "no": 0})
    found = looked(table, tmp_path)
    assert found["findings"][0]["kind"] == "gives_away"
    assert found["findings"][0]["level"] == "serious"
    assert found["findings"][0]["what"] == "answer gives label away."
    use = {column["name"]: column["use"] for column in found["columns"]}
    assert use["answer"].startswith("not used: it gives label away")


def test_classes_are_counted_and_rare_ones_named(tmp_path):
    table = people()
    table["label"] = ["a"] * 280 + ["b"] * 17 + ["c"] * 3
    found = looked(table, tmp_path)
    assert found["classes"] == ["a", "b", "c"]
    assert found["counts"] == {"all": {"a": 280, "b": 17, "c": 3}}
    tiny = kinds(found)["tiny_classes"]
    assert tiny["level"] == "serious", "3 rows"
    assert tiny["what"] == "2 classes of label have fewer than 20 rows."
    assert tiny["evidence"] == "The smallest: c (3), b (17)."
    assert kinds(found)["imbalance"]["what"] == "a is 93 times as common as c."
    assert "right 93 % of the time" in kinds(found)["imbalance"]["evidence"]


def test_classes_that_are_numbers_stand_in_order(tmp_path):
    table = people()
    table["label"] = RANDOM.integers(0, 3, 300) * 5
    assert looked(table, tmp_path)["classes"] == ["0", "5", "10"]


def test_rows_twice_and_rows_that_contradict(tmp_path):
    table = people()
    table["label"] = RANDOM.choice(["yes", "no"], 300)
    table.loc[10] = table.loc[3]
    table.loc[11] = table.loc[4]
    table.loc[11, "label"] = "no" if table.loc[4, "label"] == "yes" else "yes"
    found = kinds(looked(table, tmp_path))
    assert found["repeated"]["what"] == "1 row (0.33 %) repeats another in every column used."
    assert found["repeated"]["evidence"] == "Such as people.csv row 11, which is people.csv row 4."
    assert found["contradictions"]["what"] == "2 rows are like another in every feature, but not in label."
    assert "people.csv row 5" in found["contradictions"]["evidence"]
    assert "people.csv row 12" in found["contradictions"]["evidence"]


def test_missing_is_not_the_same_as_0_in_rows_that_repeat(tmp_path):
    table = pd.DataFrame({"a": [0.0, np.nan] * 100, "b": np.repeat(RANDOM.random(100), 2), "label": ["x", "y"] * 100})
    assert not {"repeated", "contradictions"} & set(kinds(looked(table, tmp_path)))


def test_no_method_is_better_than_contradicting_rows_allow(tmp_path):
    """Of each 4 like rows 3 are of one class: 75 % at best."""
    place = np.repeat(np.arange(60), 4) * 1.5
    table = pd.DataFrame({"place": place, "label": ["a", "a", "a", "b"] * 60})
    found = kinds(looked(table, tmp_path))["contradictions"]
    assert "more than 75 % of the rows" in found["why"]


def test_what_is_missing_is_counted(tmp_path):
    table = people()
    table["label"] = RANDOM.choice(["yes", "no"], 300)
    table.loc[:5, "label"] = None
    table.loc[:200, "town"] = None
    found = looked(table, tmp_path)
    assert kinds(found)["target_missing"]["what"] == "6 rows have no label."
    assert kinds(found)["mostly_missing"]["evidence"] == "Missing: town (67 %)."
    assert sum(found["counts"]["all"].values()) == 294


def test_rows_of_train_in_the_test_are_serious(tmp_path):
    table = people()
    table["label"] = RANDOM.choice(["yes", "no"], 300)
    (tmp_path / "both").mkdir()
    written(table[:200], tmp_path / "both", "train.csv")
    written(pd.concat([table[200:], table[:7]]), tmp_path / "both", "test.csv")
    found = look(tmp_path / "both")
    assert list(found["counts"]) == ["train", "test"]
    assert found["findings"][0]["kind"] == "leak_test"
    assert found["findings"][0]["what"] == "7 test rows (6.5 %) stand in train too."


def test_what_cannot_be_learnt_is_said_and_the_columns_are_shown_all_the_same(tmp_path):
    table = pd.DataFrame(
        {"name": [f"person number {i} of many" for i in range(50)], "code": [f"x{i}" for i in range(50)]}
    )
    table["more"] = [f"remark {i} that nobody reads" for i in range(50)]
    found = looked(table, tmp_path)
    assert found["purpose"] is None
    assert "no column that can be foretold" in found["problem"]
    assert len(found["columns"]) == 3


# Texts -------------------------------------------------------------------------------------------------------------------


def test_texts_that_stand_twice(tmp_path):
    words = ["the", "a", "film", "was", "very", "good", "bad", "long", "short", "and", "then", "some"]
    texts = [" ".join(RANDOM.choice(words, 12)) for _ in range(300)]
    labels = RANDOM.choice(["pos", "neg"], 300)
    texts[7], labels[7] = texts[3], "pos" if labels[3] == "neg" else "neg"
    texts[9] = ""
    found = looked(pd.DataFrame({"text": texts, "label": labels}), tmp_path)
    assert found["kind"] == "texts"
    assert found["findings"][0]["kind"] == "two_labels"
    assert found["findings"][0]["evidence"].startswith("people.csv row 4 has ")
    assert kinds(found)["repeated"]["what"] == "1 text repeats another."
    assert kinds(found)["empty"]["what"] == "1 text is empty."
    assert not any("repeats" in note for note in found["notes"]), "said once"


# Series ------------------------------------------------------------------------------------------------------------------


def daily(days=400):
    return pd.DataFrame(
        {
            "date": pd.date_range("2021-01-01", periods=days),
            "value": (np.arange(days) % 7 + RANDOM.random(days)).round(3),
        }
    )


def test_a_series_says_when_how_often_and_what_it_repeats_after(tmp_path):
    found = looked(daily(), tmp_path)
    assert found["kind"] == "series"
    assert found["series"] == {
        "series": 1, "steps": 400, "first": "2021-01-01", "last": "2022-02-04", "step": "a day", "gaps": 0,
        "is_regular": True, "season": 7,
    }  # fmt: skip
    assert [column["use"] for column in found["columns"]] == ["time", "target"]
    assert found["findings"] == []


def test_gaps_order_and_missing_values_of_a_series(tmp_path):
    table = daily().drop(range(100, 109))
    table.loc[50:52, "value"] = np.nan
    table = table.sample(frac=1, random_state=0)
    found = kinds(looked(table, tmp_path))
    assert found["gaps"]["what"] == "1 step is longer than usual, which is a day."
    assert found["gaps"]["evidence"] == "The longest: from 2021-04-10 to 2021-04-20."
    assert found["missing_steps"]["what"] == "3 values of value are missing."
    assert found["missing_steps"]["evidence"] == "0.77 % of all; at most 3 one after another."
    assert found["order"]["what"] == "The rows do not stand in the order of date."


def test_several_series_are_told_apart_and_the_longest_is_shown(tmp_path):
    table = pd.concat([daily(200).assign(city="oslo"), daily(300).assign(city="rome")])
    found = looked(table, tmp_path)
    assert found["purpose"]["key"] == "city"
    assert found["series"]["series"] == 2
    assert found["series"]["steps"] == 300
    assert found["series"]["season"] == 7


# The verb ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = people()
    table["label"] = RANDOM.choice(["yes", "no"], 300)
    table["answer"] = table.label.map({"yes": 1, "no": 0})
    return written(table, tmp_path).name


def test_words_for_a_person(command, file, tmp_path):
    text = command("look", file).stdout
    assert "CSV, 300 rows, 5 columns" in text
    assert "The target is label, by its name." in text
    assert "! answer gives label away." in text
    assert "Next: seodang train people.csv table-classifier" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == [file, "seodang-look-people.html"]
    command("look", file, "--no-page", "--page", "other.html")
    command("look", file, "--json")
    assert not (tmp_path / "other.html").exists()


def test_json_is_one_object(command, file):
    told = json.loads(command("look", file, "--json").stdout)
    assert told["kind"] == "table"
    assert told["suggested_recipe"]["name"] == "table-classifier"
    assert set(told["findings"][0]) == {"kind", "level", "what", "evidence", "why", "todo"}


def test_settings_of_columns_are_heeded_and_go_on_to_train(command, file):
    text = command("look", file, "columns.target=income", "kinds.answer=category").stdout
    assert "Next: seodang train people.csv table-regressor columns.target=income kinds.answer=category" in text
    kept = json.loads(command("look", file, "kinds.answer=category", "--json").stdout)
    assert {c["name"]: c["use"] for c in kept["columns"]}["answer"] == "seen", "as the finding says"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["columns.target=lable"], "people.csv has no column 'lable'. Did you mean label?"),
        (["--augment", "rotation=3"], "--augment shows pictures, and people.csv holds none: CSV."),
        (
            ["--page", "gone/x.html"],
            "The folder gone does not exist: make it, or write elsewhere.",
        ),
    ],
)
def test_mistakes_are_told_in_a_sentence(command, file, words, sentence):
    with pytest.raises(SeodangError) as error:
        command("look", file, *words)
    assert str(error.value) == sentence


def test_names_of_columns_are_not_taken_for_markup(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(people().rename(columns={"age": "[bold]age[/red]"}), tmp_path)
    assert "[bold]age[/red]" in command("look", "people.csv").stdout


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "kind", "recipe", "expected"),
    [
        ("titanic", "table", "table-classifier", {"gives_away", "repeated", "contradictions", "mostly_missing"}),
        ("nsmc", "texts", "text-classifier", {"leak", "two_labels", "repeated", "empty"}),
        ("etth1", "series", "forecaster", set()),
        ("daily-min-temperatures", "series", "forecaster", {"gaps"}),
        ("kor-eng", "pairs", "translator", {"repeated"}),
    ],
)
def test_real_data(command, real_data, name, kind, recipe, expected):
    told = json.loads(command("look", name, "--json").stdout)
    assert told["kind"] == kind
    assert told["suggested_recipe"]["name"] == recipe
    assert set(kinds(told)) == expected
