"""Sentences of a paper hold for their run: what judges, what was drawn, what was left out, what a small run weighs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import seodang
from seodang.evaluation.generative_verdict import HARDLY, NARROW


@pytest.fixture
def paper(tmp_path):
    """`paper(run)`: (what `report` gives back, its model card as text, facts.json)."""

    def find(run):
        found = seodang.report(run, tmp_path / run.name)
        facts = json.loads(Path(found["files"]["facts"]).read_text(encoding="utf-8"))
        return found, Path(found["files"]["card"]).read_text(encoding="utf-8"), facts

    return find


def report_of(run):
    return json.loads((run.folder / "report.json").read_text(encoding="utf-8"))


def test_pictures_that_leave_classes_out_are_not_called_good(families, paper):
    run = families("gan")
    found, card, _ = paper(run)
    report = report_of(run)
    rows = (report.get("classes") or {}).get("rows", [])
    is_narrow = report["metrics"]["diversity"] < NARROW
    if is_narrow or any(row["made"] < HARDLY * row["real"] for row in rows):
        assert not found["is_good"]
        assert (
            "No check found anything that has to be mended first" not in card or "how varied its pictures are" in card
        )
    assert "examples from elsewhere (other people" not in card, "it takes no examples"
    assert f"{100 * report['discriminator']['made_taken_for_real']:.1f} %" in card
    assert len(re.findall("How it learnt", card)) == 0, "drawings stand on the page alone"
    page = Path(found["files"]["page"]).read_text(encoding="utf-8")
    captions = re.findall(r"How it learnt: ([^<(]*)", page)
    assert len(set(captions)) == len(captions) >= 2, "each drawing says what it shows"


def test_the_judged_stretch_of_a_series_is_named(families, paper):
    run = families("series")
    found, card, facts = paper(run)
    lines = Path(run.data["source"]["where"]).read_text(encoding="utf-8").split()
    when = [line.split(",")[0] for line in lines[1:]]
    first, last = facts["stretches"]["test"]
    assert {first, last} <= {*when}
    assert facts["stretches"]["train"][1] < facts["stretches"]["validation"][0] < first < last <= when[-1]
    assert f"{first} to {last}" in " ".join(found["in_short"]["what_breaks"])
    report = report_of(run)
    if report["horizon"] > 1:  # a window's mean may be near where its steps are far off
        worst = report["mistakes"][0]
        assert f"by {worst['error']} on average over the steps" in card


def test_adam_without_decay_is_not_said_to_have_one(families, paper):
    for name in ("text", "table-classify"):
        run = families(name)
        _, card, _ = paper(run)
        training = run.recipe.training
        assert training.optimizer == "adamw"
        assert ("and weight decay" in card) == (training.weight_decay > 0)


def test_where_nothing_was_kept_apart_nothing_is_called_drawn(xor_run, paper):
    found, card, _ = paper(xor_run)
    assert "nothing was kept apart" in card
    assert "Drawn at random" not in card
    assert "were drawn from the same data" not in card
    assert "did not learn from" in card
    assert not found["is_good"]
    assert " 0 kB" not in card


def test_texts_read_wrongly_are_shown(families, paper):
    run = families("text")
    report = report_of(run)
    _, card, _ = paper(run)
    for each in report["mistakes"][:8]:
        assert each["shown"][:20] in card


def test_what_went_in_and_came_out_stands_on_the_page(families, paper):
    found, _, _ = paper(families("autoencoder"))
    page = Path(found["files"]["page"]).read_text(encoding="utf-8")
    gallery = page.split("Left what went in, right what came out.")[1].split("</div>")[0]
    assert gallery.count("<img") >= 6


@pytest.fixture(scope="module")
def xor_run(tmp_path_factory):
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.train import train

    run = train("xor", "xor", {"training.epochs": 20}, runs=tmp_path_factory.mktemp("xor"))
    evaluate(run)
    return run
