"""`seodang predict` for rows of tables, texts and series, as a person and as a program see it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from seodang.core.errors import DataError, RunError, SeodangError
from seodang.evaluation import predictions
from seodang.evaluation.evaluate import evaluate
from seodang.evaluation.margins import margins
from seodang.evaluation.predict import predict
from seodang.explanations.explain import explain
from seodang.runs.train import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three small data sets: flowers.csv (a class), flats.csv (an amount), sales.csv (a series), reviews.csv (texts)."""
    at, draw = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    length = draw.normal(0, 1, 150)
    pd.DataFrame(
        {
            "length": length.round(2),
            "colour": draw.choice(["red", "blue"], 150),
            "kind": np.where(length + draw.normal(0, 0.5, 150) > 0, "rose", "tulip"),
        }
    ).to_csv(at / "flowers.csv", index=False)
    size = draw.uniform(20, 200, 150).round(1)
    pd.DataFrame({"size": size, "price": (5 * size + draw.normal(0, 5, 150)).round(2)}).to_csv(
        at / "flats.csv", index=False
    )
    days = pd.bdate_range("2021-01-04", periods=200)
    pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "sales": np.sin(np.arange(200) / 5).round(4)}).to_csv(
        at / "sales.csv", index=False
    )
    good, bad = ["good", "great", "lovely", "fine"], ["bad", "awful", "dull", "poor"]
    rows = [(" ".join(draw.choice(words + ["the", "film", "was", "very"], 8)), label)
            for label, words in (("pos", good), ("neg", bad)) for _ in range(60)]  # fmt: skip
    pd.DataFrame(rows, columns=["review", "label"]).sample(frac=1, random_state=0).to_csv(
        at / "reviews.csv", index=False
    )
    return at


def trained(folder, name, **settings):
    return train(folder / name, settings={"training.epochs": 12, **settings}, runs=folder / "runs")


@pytest.fixture(scope="module")
def flowers(folder):
    return trained(folder, "flowers.csv")


@pytest.fixture(scope="module")
def flats(folder):
    return trained(folder, "flats.csv")


@pytest.fixture(scope="module")
def sales(folder):
    return trained(folder, "sales.csv")


@pytest.fixture(scope="module")
def reviews(folder):
    return trained(folder, "reviews.csv")


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


# Tables ---------------------------------------------------------------------------------------------------------------


def test_a_person_sees_a_line_a_row(command, flowers, tmp_path):
    new = written(tmp_path / "new.csv", "length,colour\n1.5,red\n-1.5,blue\n")
    lines = command("predict", flowers.folder, new).stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [["row", "1", "rose"], ["row", "2", "tulip"]]


def test_json_has_the_form_of_pictures(command, flowers, tmp_path):
    new = written(tmp_path / "new.csv", "colour,length\nred,1.5\n")
    told = json.loads(command("predict", flowers.folder, new, "--json").stdout)
    assert told["run"] == str(flowers.folder)
    (answer,) = told["predictions"]
    assert (answer["path"], answer["row"], answer["prediction"]) == (str(new), 1, "rose")
    assert [each["class"] for each in answer["top"]] == ["rose", "tulip"]
    assert sum(each["probability"] for each in answer["top"]) == pytest.approx(1, abs=1e-5)


def test_python_says_the_same_as_the_command_line(command, flats, folder):
    told = json.loads(command("predict", flats.folder, folder / "flats.csv", "--json").stdout)
    assert told["predictions"] == predict(flats, folder / "flats.csv") == predict(flats.folder, [folder / "flats.csv"])


def test_a_row_alone_is_answered_as_in_its_table(flats, folder, tmp_path):
    together = predict(flats, folder / "flats.csv")
    for row in (0, 77, 149):
        line = (folder / "flats.csv").read_text().splitlines()[row + 1]
        (alone,) = predict(flats, written(tmp_path / f"{row}.csv", f"size,price\n{line}\n"))
        assert alone["prediction"] == pytest.approx(together[row]["prediction"], rel=1e-6)


def test_a_row_alone_of_many_columns_without_names_is_a_row(tmp_path):
    numbers = np.random.default_rng(3).normal(size=(60, 25)).round(3)
    rows = [",".join(map(str, [*row, round(row.sum(), 3)])) for row in numbers]
    table = written(tmp_path / "all.csv", "\n".join(rows) + "\n")
    run = train(table, "table-regressor", {"training.epochs": 1, "columns.target": "column 26"}, runs=tmp_path / "runs")
    together = predict(run, table)
    (alone,) = predict(run, written(tmp_path / "one.csv", rows[41] + "\n"))
    assert alone["prediction"] == pytest.approx(together[41]["prediction"], rel=1e-4)


def test_a_series_written_into_one_line_goes_on(tmp_path):
    wave = np.sin(np.arange(120) / 5).round(4)
    lying = written(tmp_path / "lying.csv", ",".join(map(str, wave)) + "\n")
    settings = {"training.epochs": 1, "series.window": 10, "series.horizon": 3}
    run = train(lying, settings=settings, runs=tmp_path / "runs")
    below = written(tmp_path / "below.csv", "\n".join(map(str, wave)) + "\n")
    told = [[answer["prediction"] for answer in predict(run, file)] for file in (lying, below)]
    assert told[0] == told[1]


def test_decimal_commas_are_read_as_in_training(folder, tmp_path):
    """1,234 alone could be a thousand; a run that learnt from 87,3 knows that it is one and a bit."""
    german = (folder / "flats.csv").read_text().replace(",", ";").replace(".", ",")
    run = train(written(tmp_path / "flats.csv", german), settings={"training.epochs": 1}, runs=tmp_path / "runs")
    assert run.recipe.columns.decimal == ","
    (alone,) = predict(run, written(tmp_path / "one.csv", "size;rooms\n87,345;3\n"))
    (plain,) = predict(run, written(tmp_path / "plain.csv", "size;rooms\n87,3450;3\n"))
    assert alone["prediction"] == plain["prediction"]


def test_csv_appends_to_the_rows_and_disarms_formulas(command, flowers, tmp_path):
    new = written(
        tmp_path / "new.csv",
        "length,colour,name,prediction\n1.5,red,=cmd|' /C calc'!A0,1\n2,blue,+1 234,2\n-3,,Kim,3\n",
    )
    rows = list(csv.reader(io.StringIO(command("predict", flowers.folder, new, "--csv").stdout)))
    assert rows[0] == ["length", "colour", "name", "prediction", "prediction (foretold)", "probability"]
    assert [row[:5] for row in rows[1:]] == [
        ["1.5", "red", "'=cmd|' /C calc'!A0", "1", "rose"],
        ["2", "blue", "'+1 234", "2", "rose"],
        ["-3", "", "Kim", "3", "tulip"],
    ]


def test_columns_that_are_gone_are_named_and_others_ignored(flowers, tmp_path):
    new = written(tmp_path / "new.csv", "lenght,price\n1.5,3\n")
    with pytest.raises(DataError) as caught:
        predict(flowers, new)
    assert str(caught.value) == (
        f"{new} has no column 'length', 'colour', which the network was trained on. Did you mean lenght?"
    )


def test_columns_spelt_otherwise_are_the_same(command, flats, folder, tmp_path):
    rows = (folder / "flats.csv").read_text().splitlines()[1:9]
    other = written(tmp_path / "new.csv", "\n".join(["Size ,PRICE,note", *(f"{row},x" for row in rows)]))
    same = written(tmp_path / "old.csv", "\n".join(["size,price", *rows]))
    assert [each["prediction"] for each in predict(flats, other)] == [
        each["prediction"] for each in predict(flats, same)
    ]


def test_what_training_never_saw_is_told(command, flowers, tmp_path):
    new = written(tmp_path / "new.csv", "length,colour\n1.5,green\n900,red\n,green\n")
    assert command("predict", flowers.folder, new).stderr.splitlines() == [
        "colour has 'green' in 2 of 3 rows, never or hardly seen in training: they count as unknown.",
        f"length is missing in 1 of 3 rows, and never was in training: {flowers.encoding.numbers[0].fill:g}, the median there, "
        "stands in.",
    ]
    far = command("predict", flowers.folder, written(tmp_path / "far.csv", "length,colour\n900,red\n")).stderr
    assert far.startswith("length is outside all that was seen in training (")
    assert far.endswith("in 1 of 1 rows, such as 900: the answer there means little.\n")
    assert command("predict", flowers.folder, written(tmp_path / "usual.csv", "length,colour\n1,red\n")).stderr == ""


def test_an_absurd_number_has_an_answer_that_json_can_hold(command, flats, tmp_path):
    new = written(tmp_path / "new.csv", "size\n1e308\n-1e308\n50\n")
    result = command("predict", flats.folder, new, "--json")
    far, _, usual = json.loads(result.stdout)["predictions"]
    assert far["prediction"] != usual["prediction"]
    assert 100 < usual["prediction"] < 600, "the row beside them is answered as ever"
    assert "size is outside all that was seen in training" in result.stderr


def test_words_where_numbers_were_are_refused(flowers, tmp_path):
    new = written(tmp_path / "new.csv", "length,colour\nlong,red\nshort,blue\n")
    with pytest.raises(DataError) as caught:
        predict(flowers, new)
    assert str(caught.value) == (
        f"{new} does not fit what flowers-1 was trained on. Column length cannot hold numbers: 2 of 2 values are none, such as "
        "'long'."
    )


def test_a_file_that_is_not_there_is_said(flowers, tmp_path):
    with pytest.raises(DataError, match=r"gone\.csv does not exist\.$"):
        predict(flowers, tmp_path / "gone.csv")
    with pytest.raises(
        DataError, match=r"^Say what flowers-1 should judge: a file, as in `seodang predict flowers-1 new\.csv`\.$"
    ):
        predict(flowers)


def test_a_pattern_is_all_its_files(flowers, tmp_path):
    for name in ("a", "b"):
        written(tmp_path / f"{name}.csv", "length,colour\n1.5,red\n")
    answers = predict(flowers, str(tmp_path / "*.csv"))
    assert [(answer["path"].rpartition("/")[2], answer["row"]) for answer in answers] == [("a.csv", 1), ("b.csv", 1)]


def test_many_rows_are_counted_not_all_shown(command, flowers, folder):
    lines = command("predict", flowers.folder, folder / "flowers.csv").stdout.splitlines()
    assert len(lines) == 42
    assert lines[40] == "… and 110 more; --csv or --json gives all."
    assert lines[41].startswith("In all: ")


def test_decisions_are_taken_on_rows(command, flowers, tmp_path):
    rule = written(tmp_path / "water.yaml", "rules:\n- {name: rose, classes: [rose], answer: water}\n")
    new = written(tmp_path / "new.csv", "length,colour\n1.5,red\n")
    (answer,) = predict(flowers, new, decide=rule)
    assert answer["decision"]["answer"] == "water"
    assert command("predict", flowers.folder, new, "--decide", rule).stdout.split()[2] == "water"


# Series ---------------------------------------------------------------------------------------------------------------


def test_a_series_goes_on_after_its_last_row(command, sales):
    told = json.loads(command("predict", sales.folder, "--json").stdout)["predictions"]
    horizon = sales.facts.horizon
    assert [answer["step"] for answer in told] == list(range(1, horizon + 1))
    expected = pd.bdate_range("2021-01-04", periods=200 + horizon)[200:]
    assert [answer["when"] for answer in told] == expected.strftime("%Y-%m-%d").tolist()


def test_a_later_file_is_foretold_from_its_own_end(sales, folder, tmp_path):
    """The answer is the network's on the last window, and nothing before it matters."""
    table = pd.read_csv(folder / "sales.csv")
    later = table.assign(
        date=pd.bdate_range("2022-01-03", periods=200).strftime("%Y-%m-%d"), sales=table["sales"] + 0.1
    )
    later.iloc[:-10].to_csv(tmp_path / "later.csv", index=False)
    found = predict(sales, tmp_path / "later.csv")
    assert found[0]["when"] == "2022-09-26"
    window = sales.encoding.window
    later.iloc[190 - window : 190].to_csv(tmp_path / "end.csv", index=False)
    assert [a["prediction"] for a in predict(sales, tmp_path / "end.csv")] == [a["prediction"] for a in found]
    later.iloc[: window - 1].to_csv(tmp_path / "short.csv", index=False)
    with pytest.raises(DataError, match=rf"short\.csv has {window - 1} rows; the network needs the last {window}\.$"):
        predict(sales, tmp_path / "short.csv")
    with pytest.raises(DataError, match=r"give one file, or none; got 2\.$"):
        predict(sales, ["a.csv", "b.csv"])


@pytest.fixture(scope="module")
def shops(folder):
    """A quiet shop and a wild one, whose sales follow offers that are known beforehand."""
    draw, parts = np.random.default_rng(0), []
    for shop, size, noise in (("corner", 50, 0.5), ("market", 500, 10)):
        offer = draw.integers(0, 2, 160)
        sold = size * (1 + 0.6 * offer) + draw.normal(0, noise, 160)
        days = pd.date_range("2021-01-01", periods=160).strftime("%Y-%m-%d")
        parts.append(pd.DataFrame({"day": days, "shop": shop, "offer": offer, "sold": sold.round(3)}))
    pd.concat(parts).to_csv(folder / "shops.csv", index=False)
    said = {
        "columns.target": "sold",
        "columns.key": "shop",
        "columns.time": "day",
        "series.known": "offer",
        "task": "forecast",
    }
    run = trained(folder, "shops.csv", **said, **{"series.horizon": 4, "series.window": 8, "training.epochs": 40})
    evaluate(run)
    return run


def test_offers_to_come_are_believed(shops, folder, tmp_path):
    table = pd.read_csv(folder / "shops.csv")
    days = pd.date_range("2021-06-10", periods=4).strftime("%Y-%m-%d")
    coming = [pd.DataFrame({"day": days, "shop": shop, "offer": [0, 1, 1, 0]}) for shop in ("corner", "market")]
    pd.concat([table, *coming]).to_csv(tmp_path / "next.csv", index=False)
    found = pd.DataFrame(predict(shops, tmp_path / "next.csv"))
    assert found["when"].tolist() == [*days, *days]
    sold = found["prediction"].to_numpy().reshape(2, 4)
    np.testing.assert_allclose(sold[0], [50, 80, 80, 50], atol=8)
    later = coming[0].assign(day=["2021-06-10", "2021-06-12", "2021-06-13", "2021-06-14"])  # closed on the 11th
    pd.concat([table[table.shop == "corner"], later]).to_csv(tmp_path / "closed.csv", index=False)
    closed = pd.DataFrame(predict(shops, tmp_path / "closed.csv"))
    assert closed["when"].tolist() == later["day"].tolist(), "an offer is of the day that it stands at"
    wide = (found["high"] - found["low"]).to_numpy().reshape(2, 4)
    assert (wide[1] > 2 * wide[0]).all(), "each shop has its own margin"
    with pytest.raises(
        DataError, match=r"shops\.csv, corner, must say offer for the 4 steps that are foretold: add rows"
    ):
        predict(shops)
    with pytest.raises(DataError, match=r"shops\.csv, market, must say offer for the 4 steps that are foretold"):
        explain(shops, names=["past-steps"])
    explained = explain(shops, str(tmp_path / "next.csv"), names=["past-steps"])
    np.testing.assert_allclose(explained.answer["prediction"], sold[1], rtol=1e-3)


def test_margins_hold_as_many_forecasts_as_they_say(shops):
    """On the judged windows themselves 95 % and a little more lie within, for each series at each step."""
    judged, found = predictions.read(shops.folder), margins(shops)
    assert isinstance(judged, predictions.Amounts)
    assert found is not None
    for name in ("corner", "market"):
        rows = [each == name for each in judged.series or ()]
        inside = np.abs(judged.predicted - judged.targets)[rows] <= found.of(name)
        assert (inside.mean(0) >= 0.95).all()
        assert (inside.sum(0) >= np.ceil((len(inside) + 1) * 0.95)).all()
    assert found.of("kiosk") is None, "nothing is known of a shop that was not judged"


def test_margins_go_by_the_series_that_is_kept_and_not_by_names(tmp_path):
    """Series whose names say "from", and enough windows of one alone; a file of before series were kept has margins over all."""
    off = np.concatenate([np.arange(1.0, 41), [100.0] * 5])[:, None]
    names = ["goods from Oslo from 2020"] * 40 + ["x"] * 5
    kept = predictions.Amounts(["from 2021-01-01"] * 45, off, 0 * off, "mse", 0, "test", "one", names)
    predictions.write_amounts(tmp_path / predictions.NAME, kept)
    found = margins(SimpleNamespace(folder=tmp_path))  # type: ignore[arg-type]
    assert found is not None
    assert found.of(names[0]).tolist() == [39.0], "of 40 the 39th"  # type: ignore[union-attr]
    assert found.of("x") is None, "too few"
    predictions.write_amounts(tmp_path / predictions.NAME, replace(kept, series=None))
    found = margins(SimpleNamespace(folder=tmp_path))  # type: ignore[arg-type]
    assert found is not None
    assert (found.of_each, found.of(None).tolist()) == ({}, [100.0])  # type: ignore[union-attr]


def test_a_run_that_was_not_judged_has_no_margins(command, sales):
    assert margins(sales) is None
    assert "low" not in predict(sales)[0]


def test_margins_stand_beside_what_is_foretold(command, shops, folder, tmp_path):
    table = pd.read_csv(folder / "shops.csv").query("shop == 'market'")
    days = pd.date_range("2021-06-10", periods=4).strftime("%Y-%m-%d")
    more = pd.DataFrame({"day": days, "shop": "market", "offer": 0})
    pd.concat([table, more]).to_csv(tmp_path / "market.csv", index=False)
    rows = list(csv.DictReader(io.StringIO(command("predict", shops.folder, tmp_path / "market.csv", "--csv").stdout)))
    assert [*rows[0]] == ["series", "when", "step", "prediction", "low", "high"]
    assert all(float(row["low"]) < float(row["prediction"]) < float(row["high"]) for row in rows)
    shown = command("predict", shops.folder, tmp_path / "market.csv")
    assert "low to high: within that distance lay 95 % of what it foretold" in shown.stderr


# Texts ----------------------------------------------------------------------------------------------------------------


def test_texts_are_judged_from_a_table_a_file_or_as_typed(command, reviews, tmp_path):
    words = ["great lovely fine film", "awful dull poor film"]
    table = written(tmp_path / "new.csv", "id,review\n" + "".join(f"{i},{text}\n" for i, text in enumerate(words)))
    file = written(tmp_path / "lines.txt", "\n".join(words) + "\n")
    for asked in ([table], [file], words):
        told = json.loads(command("predict", reviews.folder, *asked, "--json").stdout)["predictions"]
        assert [answer["text"] for answer in told] == words
        assert [answer["prediction"] for answer in told] == ["pos", "neg"]


def test_another_column_of_text_is_read_and_said(command, reviews, tmp_path):
    new = written(
        tmp_path / "new.csv", "comment\ngreat lovely fine film was very great\nawful dull poor film bad bad\n"
    )
    assert (
        f"{new} has no column 'review'; its column 'comment' is read." in command("predict", reviews.folder, new).stderr
    )


def test_unknown_words_are_told(command, reviews):
    told = command("predict", reviews.folder, "xyzzy plugh")
    assert "The network knows none of the words of the text" in told.stderr


def test_a_missing_file_is_no_text(reviews):
    with pytest.raises(DataError, match=r"^reviewz\.csv does not exist\.$"):
        predict(reviews, "reviewz.csv")


def test_a_run_that_writes_is_not_asked_to_judge(folder):
    run = trained(folder, "reviews.csv", task="next_token", model="recurrent", **{"training.epochs": 1})
    with pytest.raises(RunError, match=r"writes texts and judges none: `seodang generate"):
        predict(run, "a film")


def test_a_run_that_writes_goes_on_from_a_beginning(command, folder, reviews):
    from seodang.evaluation.generate import Taste, generate

    run = trained(folder, "reviews.csv", task="next_token", model="recurrent", **{"training.epochs": 1})
    asked = ("generate", run.folder, "the film", "--words", 4, "--title")
    (surest,) = json.loads(command(*asked, "--json").stdout)["texts"]
    assert surest.startswith("The Film ")
    assert surest.lower() == generate(run, "the film", words=4)[0].lower(), "without chance the most probable words"
    drawn = command(*asked, "--count", 2, "--seed", 3).stdout.splitlines()
    taste = Taste(temperature=1)
    assert [text.lower() for text in drawn] == generate(run, "the film", words=4, count=2, taste=taste, seed=3)
    with pytest.raises(SeodangError, match=r"writes texts\.$"):
        command(*asked, "--out", "grid.png")
    with pytest.raises(RunError, match="makes neither texts nor pictures: its task is classify"):
        command("generate", reviews.folder, "the film", "--out", "grid.png")


def test_sentences_are_translated_as_the_run_translates_them(command, tmp_path):
    words = {"나는": "I", "간다": "go", "너는": "you", "온다": "come", "우리는": "we", "본다": "see"}
    subjects, verbs = ["나는", "너는", "우리는"], ["간다", "온다", "본다"]
    lines = [f"{words[s]} {words[v]} {n}.,{s} {v} {n}." for s in subjects for v in verbs for n in range(1, 8)]
    pairs = written(tmp_path / "pairs.csv", "en,ko\n" + "\n".join(lines) + "\n")
    run = train(pairs, settings={"training.epochs": 1, "text": "ko", "target": "en"}, runs=tmp_path / "runs")
    from seodang.evaluation.translating import translate

    told = json.loads(command("predict", run.folder, "나는 간다 3.", "너는 본다 1.", "--json").stdout)["predictions"]
    assert [answer["text"] for answer in told] == ["나는 간다 3.", "너는 본다 1."]
    assert [answer["prediction"] for answer in told] == translate(run, ["나는 간다 3.", "너는 본다 1."])
    told = json.loads(command("generate", run.folder, "나는 간다 3.", "--beam", 2, "--json").stdout)["texts"]
    assert told == translate(run, ["나는 간다 3."], beam=2)
    with pytest.raises(SeodangError, match=r"translates; leave out --words, --seed\.$"):
        command("generate", run.folder, "나는 간다 3.", "--words", 3, "--seed", 1)
