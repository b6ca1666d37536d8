"""What every diagnosis promises: it fires on its planted fault, says what to do, and is silent on clean data and clean runs."""

from __future__ import annotations

import copy
import functools
import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional

from seodang.core.registry import describe, find, names
from seodang.data.open import open_any
from seodang.data.source import Source
from seodang.diagnoses.case import Case, case_of_data, case_of_run
from seodang.diagnoses.chosen_on_test import chosen_on_test
from seodang.diagnoses.diagnose import examine
from seodang.diagnoses.diagnosis import NotChecked
from seodang.diagnoses.too_few_examples import too_few_examples
from seodang.evaluation.evaluate import evaluate
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training
from seodang.runs.train import train

EVERY = names("diagnoses")
# The data is clean in truth: no example twice, none mislabelled that we know of, splits drawn at random or by time.
CLEAN = ("digits", "breast-cancer", "moons", "penguins", "daily-min-temperatures", "reviews")
REVIEWS = 1600


# Clean ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """What the checks say of each clean set, as data and as a run on it: {name: {check: diagnoses}}."""
    folder = tmp_path_factory.mktemp("clean")

    @functools.cache
    def said(name: str) -> list:
        data, settings = name, {}
        if name == "reviews":
            # A network knows so few texts by heart, which is no clean run: they are asked as data.
            return examine(case_of_data(_reviews(folder)))[0]
        if name in ("digits", "daily-min-temperatures"):
            settings = {"training.epochs": 6}
        # The notes' network for the moons has five units, and where it ends depends on the last digits of a machine.
        run = train(data, "table-quick" if name == "moons" else None, settings, runs=folder / "runs")
        evaluate(run)
        return [*examine(case_of_data(open_any(data)))[0], *examine(case_of_run(run.folder))[0]]

    return said


def _reviews(folder: Path) -> Path:
    """Real reviews, each once, cut to their first sentences."""
    place = Path(os.environ["SEODANG_DATA"]) / "imdb" / "train.parquet"
    if not place.exists():
        assert not os.environ.get("CI"), f"{place} is not there (set SEODANG_DATA)"
        pytest.skip(f"{place} is not there")
    table = pd.read_parquet(place, columns=["text", "label"])
    table["text"] = table["text"].str.slice(0, 500)
    table.drop_duplicates("text").sample(REVIEWS, random_state=0).to_csv(folder / "reviews.csv", index=False)
    return folder / "reviews.csv"


@pytest.mark.parametrize("data", CLEAN)
def test_nothing_is_said_of_clean_data_and_clean_runs(clean, data):
    assert [(each.name, each.evidence) for each in clean(data)] == []


# Planted ----------------------------------------------------------------------------------------------------------------

PLAIN = ["flatten", {"dense": 64}, "relu", {"dense": "outputs"}]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """`made(key, layers, settings, **training)`: the case of a small network on digits, trained and judged once a key."""
    folder = tmp_path_factory.mktemp("planted")

    @functools.cache
    def judged(key: str) -> Path:
        layers, settings, training = asked[key]
        model = Part(name="sequential", settings={"layers": layers})
        recipe = Recipe(name=key.rstrip("01"), data="digits", model=model, training=Training(**training))
        run = train("digits", recipe, settings, runs=folder / key.rstrip("01"), name=key)
        evaluate(run)
        return run.folder

    asked = {}

    def case(key, layers=PLAIN, settings=None, *, optimizer="adam", batch_size=32, **training):
        asked[key] = (layers, settings or {}, {"optimizer": optimizer, "batch_size": batch_size, **training})
        return case_of_run(judged(key))

    return case


@pytest.fixture
def planted(made, tmp_path):
    """A case with the fault of a check, by the check's name."""

    def make(name: str) -> Case:
        plant = PLANTED[name]
        return plant(made, tmp_path)

    return make


def memory(made, _):
    wide = ["flatten", {"dense": 256}, "relu", {"dense": 256}, "relu", {"dense": "outputs"}]
    return made("memory", wide, {"examples": 60}, epochs=40, batch_size=16, learning_rate=1e-3)


def sure(made, _):
    return made("sure", PLAIN, {"examples": 40}, epochs=60, batch_size=16, learning_rate=3e-2)


def slow(made, _):
    return made("slow", epochs=5, learning_rate=1e-6)


def fast(made, _):
    return made("fast", epochs=4, optimizer="adam", learning_rate=5)


def deep(made, _):
    layers = [layer for _ in range(10) for layer in ({"dense": 32}, "sigmoid")]
    return made("deep", ["flatten", *layers, {"dense": "outputs"}], epochs=3, optimizer="sgd", learning_rate=0.1)


def enormous(made, _):
    layers = [layer for _ in range(4) for layer in ({"dense": 64}, "leaky_relu")]
    return made("enormous", ["flatten", *layers, {"dense": "outputs"}], steps=2, optimizer="sgd", learning_rate=10)


def silent(made, _):
    layers = ["flatten", {"dense": 64}, "relu", {"dense": 64}, "relu", {"dense": "outputs"}]
    return made("silent", layers, epochs=3, learning_rate=0.3)


def flat(made, _):
    layers = [layer for _ in range(6) for layer in ({"dense": 32}, "tanh")]
    return made("flat", ["flatten", *layers, {"dense": "outputs"}], epochs=3, learning_rate=1)


def softmax_inside(made, _):
    return made("inside", ["flatten", {"dense": 64}, "softmax", {"dense": "outputs"}], epochs=2, learning_rate=1e-2)


def mirrored(made, _):
    return made("mirrored", PLAIN, {"augmentation.flip_horizontal": True}, epochs=2, learning_rate=1e-2)


def narrow(made, _):
    layers = ["flatten", {"dense": 2}, "relu", {"dense": "outputs"}]
    made("narrow0", layers, epochs=3, learning_rate=1e-2)
    return made("narrow1", layers, {"training.seed": 1}, epochs=3, learning_rate=1e-2)


def much_opened(made, tmp_path):
    folder = memory(made, tmp_path).run.folder
    for number in range(5):
        shutil.copytree(folder, tmp_path / f"memory-{number}")
    return case_of_run(tmp_path / "memory-0")


def few_judged(_, tmp_path):
    run = train("iris", settings={"training.epochs": 10}, runs=tmp_path)
    evaluate(run)
    return case_of_run(run.folder)


def rare(_, tmp_path):
    draw = np.random.default_rng(0)
    kind = np.where(np.arange(900) % 18 == 0, "rare", "common")
    table = {name: draw.normal(size=900) + (0.8 if name == "a" else 0) * (kind == "rare") for name in "abc"}
    pd.DataFrame({**table, "kind": kind}).to_csv(tmp_path / "rare.csv", index=False)
    run = train(str(tmp_path / "rare.csv"), settings={"training.epochs": 10}, runs=tmp_path / "runs")
    evaluate(run)
    return case_of_run(run.folder)


def walk(_, tmp_path):
    days = pd.date_range("2018-01-01", periods=1500)
    price = 100 + np.random.default_rng(3).normal(size=1500).cumsum()
    pd.DataFrame({"date": days, "close": price}).to_csv(tmp_path / "walk.csv", index=False)
    return case_of_data(tmp_path / "walk.csv")


def digits_source(**changes) -> Source:
    source = open_any("digits")
    splits = np.where(np.arange(len(source)) % 5 == 0, "test", "train").astype("U10")
    return replace(source, splits=splits, name="changed", where="changed", **changes)


def with_copies(share: float, *, labels: bool = False) -> tuple[Source, int]:
    """Digits of which some test pictures take the pixels of training pictures; with another label where that is asked."""
    source = digits_source()
    test, first = np.flatnonzero(source.splits == "test"), np.flatnonzero(source.splits == "train")
    number = max(1, round(share * len(test)))
    pixels, given = source.pixels.copy(), source.labels.copy()
    pixels[test[:number]] = pixels[first[:number]]
    given[test[:number]] = (given[first[:number]] + labels) % 10
    return replace(source, pixels=pixels, labels=given), number


def nearly_copied(share: float = 0.05) -> tuple[Source, int]:
    """Smooth drawn pictures of 32×32, a share of the test ones cropped and darkened copies of training ones."""
    draw = torch.Generator().manual_seed(0)
    rough = torch.rand(400, 3, 6, 6, generator=draw)
    pictures = functional.interpolate(rough, size=(40, 40), mode="bicubic").clamp(0, 1)
    splits = np.where(np.arange(400) % 4 == 0, "test", "train").astype("U10")
    test, first = np.flatnonzero(splits == "test"), np.flatnonzero(splits == "train")
    number = max(1, round(share * len(test)))
    copies = functional.interpolate(pictures[first[:number], :, 1:-1, 1:-1], size=(40, 40), mode="bilinear") * 0.8
    pictures[test[:number]] = copies
    pixels = (pictures * 255).round().byte().permute(0, 2, 3, 1).numpy()
    labels = np.arange(400) % 2
    ids = [f"picture {number}" for number in range(400)]
    return Source("smooth", "smooth", "arrays", ("a", "b"), labels, ids, splits, "smooth", pixels=pixels), number


def same_twice(_, __):
    return case_of_data(with_copies(0.05)[0])


def nearly_twice(_, __):
    return case_of_data(nearly_copied()[0])


def in_two_sizes(_, __):
    """Smooth drawn pictures, each once more at a quarter of its pixels: two classes, as folders of two sizes are."""
    high, _ = nearly_copied(0)
    pixels = torch.from_numpy(high.pixels).permute(0, 3, 1, 2)
    small = functional.avg_pool2d(pixels.float(), 2)
    again = functional.interpolate(small, size=(40, 40), mode="bilinear").round().byte().permute(0, 2, 3, 1).numpy()
    both = replace(
        high,
        classes=("high", "low"),
        labels=np.repeat([0, 1], len(high)),
        ids=[*high.ids, *(f"small {one}" for one in high.ids)],
        splits=np.full(2 * len(high), ""),
        pixels=np.concatenate([high.pixels, again]),
    )
    return case_of_data(both)


def contradicting(_, __):
    return case_of_data(with_copies(0.05, labels=True)[0])


def wrong_labels(_, __):
    source = open_any("digits")
    draw = np.random.default_rng(0)
    labels, some = source.labels.copy(), draw.permutation(len(source))[:180]
    labels[some] = (labels[some] + draw.integers(1, 10, len(some))) % 10
    return case_of_data(replace(source, labels=labels))


def darker_test(_, __):
    source = digits_source()
    pixels = source.pixels.copy()
    pixels[source.splits == "test"] = np.roll(pixels[source.splits == "test"], 1, axis=2)
    return case_of_data(replace(source, pixels=pixels))


def answer_beside(_, tmp_path):
    draw = np.random.default_rng(0)
    kind = draw.integers(0, 2, 300)
    table = {"size": draw.normal(size=300), "weight": draw.normal(size=300), "code": np.where(kind, "yes", "no")}
    pd.DataFrame({**table, "ill": kind}).to_csv(tmp_path / "ill.csv", index=False)
    return case_of_data(tmp_path / "ill.csv")


def patients(_, tmp_path):
    """Ten rows of each of sixty people, who differ in ten measures and are ill or not by chance."""
    draw = np.random.default_rng(0)
    who = np.repeat(np.arange(60), 10)
    measures = draw.normal(size=(60, 10))[who] + 0.3 * draw.normal(size=(600, 10))
    table = pd.DataFrame(measures.round(3), columns=[f"m{number}" for number in range(10)])
    table.insert(0, "patient", [f"P{number:02d}" for number in who])
    table["ill"] = np.array(["no", "yes"])[draw.permutation(np.arange(60) % 2)[who]]
    table.to_csv(tmp_path / "patients.csv", index=False)
    return case_of_data(tmp_path / "patients.csv")


def scaled(_, tmp_path, *, by: str = "all"):
    """A table in two files, whose columns were scaled by all rows, or by those that train."""
    draw = np.random.default_rng(0)
    kind = draw.integers(0, 2, 400)
    table = pd.DataFrame(draw.normal(kind[:, None], 1, (400, 4)), columns=list("abcd"))
    rows = table if by == "all" else table[:320]
    table = ((table - rows.mean()) / rows.std()).round(6)
    table["kind"] = np.where(kind, "yes", "no")
    (tmp_path / by).mkdir()
    table[:320].to_csv(tmp_path / by / "train.csv", index=False)
    table[320:].to_csv(tmp_path / by / "test.csv", index=False)
    return case_of_data(tmp_path / by)


PLANTED = {
    "chosen-on-test": much_opened,
    "dead-units": silent,
    "exact-duplicates": same_twice,
    "exploding-gradients": enormous,
    "gives-away": answer_beside,
    "group-split": patients,
    "harmful-augmentation": mirrored,
    "head-and-loss": softmax_inside,
    "imbalance": rare,
    "label-noise": wrong_labels,
    "miscalibration": sure,
    "naive-baseline": walk,
    "near-duplicates": nearly_twice,
    "overfitting": memory,
    "rate-too-high": fast,
    "rate-too-low": slow,
    "same-pictures": in_two_sizes,
    "saturated-outputs": flat,
    "scaled-before-split": scaled,
    "seed-noise": narrow,
    "shift": darker_test,
    "too-few-examples": few_judged,
    "two-labels": contradicting,
    "underfitting": slow,
    "vanishing-gradients": deep,
}


@pytest.mark.parametrize("name", EVERY)
def test_it_fires_on_its_planted_fault_and_says_what_to_do(planted, name):
    found = list(find("diagnoses", name)(planted(name)))
    assert found, f"{name} did not fire"
    for each in found:
        assert 0 < each.severity <= 1
        assert each.numbers, "the evidence is there as numbers too"
        assert any(letter.isdigit() for letter in each.evidence), each.evidence
        for sentence in (each.what, each.why, each.todo):
            assert sentence[-1] in ".)`", sentence


@pytest.mark.parametrize("name", EVERY)
def test_its_first_line_is_its_line_in_the_list(name):
    assert describe("diagnoses", name)


def test_there_are_fifteen_and_more():
    assert len(EVERY) >= 15


# Leaks (RELIABILITY T34) ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_every_copied_picture_is_counted(share):
    source, number = with_copies(share)
    (found,) = find("diagnoses", "exact-duplicates")(case_of_data(source))
    assert found.numbers == {"test": number, "of": 360}


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_nine_of_ten_near_copies_are_found_and_nothing_else(share):
    source, number = nearly_copied(share)
    (found,) = find("diagnoses", "near-duplicates")(case_of_data(source))
    assert 0.9 * number <= found.numbers["test"] <= number


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_every_copied_row_is_counted(tmp_path, share):
    from sklearn.datasets import load_breast_cancer

    table = load_breast_cancer(as_frame=True).frame.drop_duplicates()
    test, rest = table.iloc[:100], table.iloc[100:]
    number = round(share * 100)
    test = pd.concat([test.iloc[number:], rest.iloc[:number]])
    (tmp_path / "set").mkdir()
    test.to_csv(tmp_path / "set" / "test.csv", index=False)
    rest.to_csv(tmp_path / "set" / "train.csv", index=False)
    (found,) = find("diagnoses", "exact-duplicates")(case_of_data(tmp_path / "set"))
    assert found.numbers == {"test": number, "of": 100}


def test_rows_that_are_alike_because_there_are_few_values_are_no_copies():
    assert not list(find("diagnoses", "exact-duplicates")(case_of_data("iris")))


def in_two_files(folder: Path, table: pd.DataFrame, judged: np.ndarray) -> Case:
    folder.mkdir()
    table[~judged].to_csv(folder / "train.csv", index=False)
    table[judged].to_csv(folder / "test.csv", index=False)
    return case_of_data(folder)


@pytest.mark.parametrize(("share", "fires"), [(0, False), (0.01, True), (0.05, True)])
def test_people_who_stand_on_both_sides_of_a_given_split(made, tmp_path, share, fires):
    patients(made, tmp_path)
    table = pd.read_csv(tmp_path / "patients.csv")
    judged = table["patient"].isin([f"P{number:02d}" for number in range(0, 60, 4)]).to_numpy(copy=True)
    moved = np.flatnonzero(judged)[: round(share * judged.sum())]
    judged[moved] = False  # a row of a person whose others are in the test
    found = list(find("diagnoses", "group-split")(in_two_files(tmp_path / "set", table, judged)))
    assert [each.numbers["column"] for each in found] == (["patient"] if fires else [])


@pytest.mark.parametrize("order", ["in time", "shuffled"])
def test_days_that_were_shuffled_before_the_split(tmp_path, order):
    """Fifteen stretches of weather, each with its own measures and its own answer: days beside each other are alike."""
    draw = np.random.default_rng(1)
    stretch = np.repeat(np.arange(15), 40)
    table = pd.DataFrame(draw.normal(size=(15, 6))[stretch] + 0.3 * draw.normal(size=(600, 6)), columns=list("abcdef"))
    # Two rows a day, so that this is a table and no series.
    table.insert(0, "day", pd.date_range("2020-01-01", periods=300).repeat(2))
    table["rain"] = np.array(["no", "yes"])[draw.permutation(np.arange(15) % 2)[stretch]]
    judged = np.arange(600) >= 480
    if order == "shuffled":
        judged = draw.permutation(judged)
    found = list(find("diagnoses", "group-split")(in_two_files(tmp_path / "set", table, judged)))
    assert [each.numbers["column"] for each in found] == (["day"] if order == "shuffled" else [])


def test_what_was_scaled_by_training_alone_is_not_called_scaled_before_the_split(made, tmp_path):
    assert not list(find("diagnoses", "scaled-before-split")(scaled(made, tmp_path, by="train")))


@pytest.mark.parametrize("by", ["all", "training"])
def test_a_series_that_was_brought_between_0_and_1_by_its_future(tmp_path, by):
    values = 50 + np.arange(400) * 0.3 + 5 * np.random.default_rng(0).normal(size=400)
    known = values if by == "all" else values[:240]  # well before what judges
    values = (values - known.min()) / (known.max() - known.min())
    days = pd.date_range("2020-01-01", periods=400)
    pd.DataFrame({"day": days, "level": values}).to_csv(tmp_path / "level.csv", index=False)
    found = list(find("diagnoses", "scaled-before-split")(case_of_data(tmp_path / "level.csv")))
    assert len(found) == (by == "all")


@pytest.mark.parametrize("kind", ["pictures", "rows"])
def test_labels_that_were_shuffled_are_foretold_by_chance_alone(tmp_path, kind):
    """The control of every leak: where there is nothing to learn, a score beyond chance would be one (3 standard deviations)."""
    draw = np.random.default_rng(5)
    if kind == "pictures":
        source = open_any("digits")
        np.savez(tmp_path / "digits.npz", x=source.pixels, y=draw.permutation(source.labels))
        data, chance = tmp_path / "digits.npz", 0.1
    else:
        table = pd.DataFrame(draw.normal(size=(1000, 8)), columns=list("abcdefgh"))
        table["kind"] = np.array(["no", "yes"])[draw.permutation(np.arange(1000) % 2)]
        data, chance = tmp_path / "rows.csv", 0.5
        table.to_csv(data, index=False)
    run = train(data, settings={"training.epochs": 4}, runs=tmp_path / "runs")
    report = evaluate(run)
    spread = np.sqrt(chance * (1 - chance) / report["judged"]["examples"])
    assert report["split"] == "test"
    assert abs(report["metrics"]["accuracy"] - chance) < 3 * spread


def test_a_random_walk_is_foretold_no_better_than_by_its_last_value(tmp_path):
    price = 100 + np.random.default_rng(7).normal(size=700).cumsum()
    pd.DataFrame({"date": pd.date_range("2019-01-01", periods=700), "close": price}).to_csv(
        tmp_path / "walk.csv", index=False
    )
    run = train(tmp_path / "walk.csv", settings={"training.epochs": 5}, runs=tmp_path)
    against = evaluate(run)["baselines"]["last value"]["network_against_it"]
    assert against["p_value"] > 0.01 or against["difference"] < 0


def test_a_group_is_not_asked_for_where_it_is_kept_together(made, tmp_path):
    patients(made, tmp_path)
    run = train(str(tmp_path / "patients.csv"), settings={"split.by": "patient", "training.epochs": 2}, runs=tmp_path)
    assert not list(find("diagnoses", "group-split")(case_of_run(run.folder)))


def test_a_model_that_knows_nothing_contradicts_nobody():
    """Photos of cats and dogs, in thumbnails, are told apart by a linear model in 54 %: no label is shown to be wrong by that."""
    source = open_any("digits")
    shuffled = replace(source, labels=np.random.default_rng(0).permutation(source.labels))
    with pytest.raises(NotChecked, match="a linear model that did not see them is itself wrong in 9"):
        list(find("diagnoses", "label-noise")(case_of_data(shuffled)))


@pytest.mark.parametrize(("examples", "fires"), [(2, False), (10, False), (12, True)])
def test_a_guess_is_not_advised_where_no_network_could_be_shown_to_beat_it(made, examples, fires):
    """The guess has half of so many right, the network one more: with 6 wrong guesses a perfect network has p = 0.03."""
    report = copy.deepcopy(sure(made, None).report)
    right = examples // 2
    against = {"p_value": 1.0, "difference": 1 / examples}
    report["judged"]["examples"] = examples
    report["baselines"] = {"naive": {"accuracy": right / examples, "network_against_it": against}}
    report["metrics"]["accuracy"] = (right + 1) / examples
    case = replace(sure(made, None), given_report=report)
    found = list(find("diagnoses", "naive-baseline")(case))
    assert len(found) == fires
    assert all("Use the naive guess" not in each.todo for each in found)


@pytest.mark.parametrize(("recipe", "fires"), [("forecaster", False), ("lstm", True)])
def test_a_series_that_moved_more_in_its_past_is_no_sign_of_underfitting(recipe, fires, tmp_path):
    """The swings of the training years are ten times those of the judged ones, so that any training error is larger than a linear
    model's on these. A forecaster that starts as the last value is no worse than it, an LSTM that says 0 is."""
    days = pd.date_range("2018-01-01", periods=1200)
    swing = np.where(np.arange(1200) < 800, 10, 1) * np.sin(2 * np.pi * np.arange(1200) / 12)
    values = 50 + swing + 0.05 * np.random.default_rng(0).normal(size=1200)
    pd.DataFrame({"Date": days, "Temp": values.round(3)}).to_csv(tmp_path / "calm.csv", index=False)
    settings = {"training.learning_rate": 1e-7, "training.epochs": 1, "series.season": 12, "series.horizon": 1}
    run = train(tmp_path / "calm.csv", recipe, settings, runs=tmp_path / "runs")
    report = evaluate(run)
    linear = report["baselines"]["linear"]
    assert linear["network_against_it"]["difference"] < 0
    assert linear["network_against_it"]["p_value"] < 0.05
    assert run.history[-1]["mae"] > linear["mae"]
    assert bool(list(find("diagnoses", "underfitting")(case_of_run(run.folder)))) == fires


# How findings are told --------------------------------------------------------------------------------------------------


def test_the_worst_stands_first_and_what_was_not_checked_says_why(made):
    found, unchecked = examine(slow(made, None))
    severities = [each.severity for each in found]
    assert severities == sorted(severities, reverse=True)
    assert {each.name for each in found} >= {"rate-too-low", "underfitting", "naive-baseline"}
    why = {each["name"]: each["why"] for each in unchecked}
    assert "no other run of this recipe stands beside it" in why["seed-noise"]


def test_a_run_whose_data_is_gone_is_still_read(made, tmp_path):
    folder = shutil.copytree(memory(made, None).run.folder, tmp_path / "moved")
    text = (folder / "data.json").read_text()
    (folder / "data.json").write_text(text.replace('"opened": "digits"', '"opened": "/not/there.csv"'))
    run = memory(made, None).run
    case = Case(str(folder), None, run, None, "/not/there.csv does not exist.")
    found, unchecked = examine(case)
    assert "overfitting" in [each.name for each in found]
    assert any("/not/there.csv does not exist." in each["why"] for each in unchecked)


@pytest.mark.parametrize(
    ("given", "todo"),
    [
        ([], "Keep a test split apart: split.test=0.15, or a folder or file named test."),
        (["train", "validation"], "Keep a test split apart: a folder or file named test."),
    ],
)
def test_a_test_split_is_advised_where_the_setting_has_a_say(given, todo):
    """Splits that the data brings are kept as they are, whatever split.test says."""
    recipe = Recipe(name="chosen", model=Part(name="sequential"), training=Training(keep="best"))
    trained = SimpleNamespace(recipe=recipe, history=[{}, {}], data={"split": {"given": given}})
    report = {"split": "validation", "judged": {"examples": 30}}
    (one,) = chosen_on_test(SimpleNamespace(own_report=report, trained=trained))
    assert one.todo == todo


def test_other_draws_are_advised_where_splits_are_drawn():
    report = {
        "split": "test",
        "judged": {"examples": 30},
        "metrics": {"accuracy": 0.9},
        "intervals": {"accuracy": (0.7, 0.97)},
    }
    for given, ends in (
        ([], "or cross-validate (split.seed=1, 2, 3, …)."),
        (["train", "test"], "do not choose by this score."),
    ):
        trained = SimpleNamespace(data={"split": {"given": given}})
        (one,) = too_few_examples(SimpleNamespace(own_report=report, trained=trained))
        assert one.todo.endswith(ends)
