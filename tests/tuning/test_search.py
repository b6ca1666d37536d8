"""A search: the same trials for the same seed, whole or stopped on its way; hopeless trials end early and are whole runs."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import optuna
import pytest
from filelock import FileLock
from safetensors.torch import load_file

from seodang import tune
from seodang.core.errors import RecipeError, RunError, SeodangError
from seodang.core.files import read_lines
from seodang.runs.folder import load, read_recipe
from seodang.runs.repeat import repeat
from seodang.runs.train import resume
from seodang.tuning.answers import beyond_choice, read_answers
from seodang.tuning.hopeless import hopeless, looks
from seodang.tuning.importance import weights
from seodang.tuning.propose import propose, study_of
from seodang.tuning.results import command, described, rows, sentences
from seodang.tuning.search import Search, search_stream
from seodang.tuning.space import Choices, Range
from seodang.tuning.trial import Job, Record, Trial

SPACE = {
    "training.learning_rate": "1e-4..1e-1",
    "training.batch_size": [20, 50, 100],
    "training.optimizer": ["adam", "sgd"],
}
QUICK = {"training.epochs": 6}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    return tune("moons", "moons", SPACE, QUICK, trials=14, seed=3, folder=tmp_path_factory.mktemp("whole"))


def in_order(tuning):
    return sorted(tuning.trials, key=lambda trial: trial.number)


def tried(tuning):
    return [(trial.settings, trial.metrics, trial.stopped) for trial in in_order(tuning)]


def test_the_recipe_as_it_is_comes_first_and_what_is_tried_lies_within(searched):
    first, *others = in_order(searched)
    assert first.is_plain
    assert first.settings == {
        "training.learning_rate": "0.001",
        "training.batch_size": "100",
        "training.optimizer": "adam",
    }
    assert len({tuple(trial.settings.values()) for trial in searched.trials}) == 14
    for trial in others:
        assert 1e-4 <= float(trial.settings["training.learning_rate"]) <= 1e-1
        assert trial.settings["training.batch_size"] in ("20", "50", "100")
        recipe = load(searched.folder / "runs" / trial.run).recipe.training
        assert f"{recipe.learning_rate:g}" == f"{float(trial.settings['training.learning_rate']):g}"
        assert recipe.optimizer == trial.settings["training.optimizer"]


def test_the_best_is_the_best_of_those_trained_to_their_end(searched):
    whole = [trial for trial in searched.trials if trial.is_whole]
    assert searched.best.metrics["validation_accuracy"] == max(trial.metrics["validation_accuracy"] for trial in whole)
    assert searched.best.metrics["validation_accuracy"] > in_order(searched)[0].metrics["validation_accuracy"]
    assert [bool(trial.stopped) for trial in searched.trials] == sorted(
        bool(trial.stopped) for trial in searched.trials
    )


def test_a_search_that_was_stopped_goes_on_to_the_same_trials(searched, tmp_path, monkeypatch):
    """Killed in the middle of two trainings: of a trial at random, and of one that the estimator proposed."""
    from seodang.runs.events import Finished
    from seodang.runs.train import stream
    from seodang.training.loop import Step

    killing = ["trial-5", "trial-13"]

    def killed(*args, **more):
        events, answer = stream(*args, **more), None
        while (event := events.send(answer)) is not None:
            answer = yield event
            if isinstance(event, Finished):
                return
            if isinstance(event, Step) and event.step == 9 and more["name"] in killing:
                killing.remove(more["name"])
                raise KeyboardInterrupt

    monkeypatch.setattr("seodang.tuning.trial.stream", killed)
    often = {**QUICK, "training.checkpoint_seconds": 0.005}
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            tune("moons", "moons", SPACE, often, trials=14, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, often, trials=14, seed=3, folder=tmp_path)
    assert sum(trial.was_done for trial in again.trials) == 12
    assert tried(again) == tried(searched)
    ours, theirs = (load_file(each.folder / "runs" / each.best.run / "model.safetensors") for each in (again, searched))
    assert all((ours[name] == theirs[name]).all() for name in theirs)


@pytest.mark.parametrize(
    "how", ["a signal while it is measured", "killed at the epoch, history ahead of the checkpoint"]
)
def test_a_trial_that_is_left_at_its_epoch_is_asked_about_it_afterwards(searched, tmp_path, monkeypatch, how):
    """Each trial that the search stopped early is left at that very epoch, before it was asked whether it is hopeless."""
    from seodang.runs.train import stream
    from seodang.training import loop

    last = {f"trial-{trial.number}": trial.epochs for trial in searched.trials if trial.stopped}
    killing, now, real = dict(last), [""], loop.measure

    def killed(*args, **more):
        now[:], answer, events = [more["name"]], None, stream(*args, **more)
        with contextlib.suppress(StopIteration):
            while True:
                event = events.send(answer)
                if "signal" not in how and isinstance(event, loop.Epoch) and event.epoch == killing.get(now[0]):
                    del killing[now[0]]
                    raise KeyboardInterrupt
                answer = yield event

    def measure(state, *args, **more):
        if "signal" in how and state.epoch + 1 == killing.get(now[0]):
            del killing[now[0]]
            os.kill(os.getpid(), signal.SIGINT)
        return real(state, *args, **more)

    monkeypatch.setattr("seodang.tuning.trial.stream", killed)
    monkeypatch.setattr(loop, "measure", measure)
    for _ in last:
        with pytest.raises(KeyboardInterrupt):
            tune("moons", "moons", SPACE, QUICK, trials=14, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, QUICK, trials=14, seed=3, folder=tmp_path)
    assert not killing
    assert tried(again) == tried(searched)
    for one, other in zip(in_order(again), in_order(searched), strict=True):
        ours, theirs = (
            load_file(t.folder / "runs" / r.run / "model.safetensors") for t, r in ((again, one), (searched, other))
        )
        assert all((ours[name] == theirs[name]).all() for name in theirs), f"trial {one.number} ended elsewhere"


def test_fewer_trials_first_and_more_later_are_the_same_trials(searched, tmp_path):
    fewer = tune("moons", "moons", SPACE, QUICK, trials=5, seed=3, folder=tmp_path)
    assert tried(fewer) == tried(searched)[:5]
    more = tune("moons", "moons", SPACE, QUICK, trials=7, seed=3, folder=tmp_path)
    assert tried(more) == tried(searched)[:7]
    assert sum(trial.was_done for trial in more.trials) == 5


def test_what_is_done_is_read_and_not_proposed_anew(searched, monkeypatch):
    before = [*read_lines(searched.folder / "trials.jsonl")]
    monkeypatch.setattr("seodang.tuning.search.propose", lambda *_: pytest.fail("proposed again"))
    again = tune("moons", "moons", SPACE, QUICK, trials=14, seed=3, folder=searched.folder)
    assert tried(again) == tried(searched)
    assert [*read_lines(searched.folder / "trials.jsonl")] == before


def test_another_seed_tries_others(searched, tmp_path):
    other = tune("moons", "moons", SPACE, QUICK, trials=2, seed=4, folder=tmp_path)
    assert in_order(other)[0].settings == in_order(searched)[0].settings
    assert in_order(other)[1].settings != in_order(searched)[1].settings


def test_a_trial_that_is_stopped_leaves_a_whole_run_that_repeats_itself(searched, tmp_path):
    stopped = [trial for trial in searched.trials if trial.stopped]
    assert stopped, "the rates between 1e-4 and 1e-1 are not all as good"
    trial = stopped[0]
    assert trial.planned == 6
    assert trial.epochs < 6
    assert f"stopped after epoch {trial.epochs} of 6" in trial.stopped
    run = load(searched.folder / "runs" / trial.run)
    assert len(run.history) == trial.epochs
    assert run.recipe.training.epochs == trial.epochs
    assert f"# {trial.stopped}" in (run.folder / "recipe.yaml").read_text()
    assert repeat(run, runs=tmp_path)[1].words == "No difference: the same weights, bit for bit, and the same history."


@pytest.mark.parametrize("schedule", ["one_cycle", "step", "cosine"])
def test_what_was_stopped_is_what_its_first_epochs_were(tmp_path, schedule):
    """The schedule of a stopped run is that of the whole one, when it is repeated and, as a new cycle, when it is trained further."""
    from seodang.runs.events import End, Finished
    from seodang.runs.train import stream, train
    from seodang.training.loop import Epoch

    settings = {"training.epochs": 5, "training.schedule": schedule, "training.step_every": 1, "training.warmup": 0.3}
    settings |= {"training.batch_size": 50}
    whole = train("moons", "moons", settings, runs=tmp_path)
    events, answer = stream("moons", "moons", settings, runs=tmp_path), None
    while not isinstance(event := events.send(answer), Finished):
        answer = End("enough") if isinstance(event, Epoch) and event.epoch == 3 else None
    events.close()
    run = event.run
    measured = [{name: value for name, value in line.items() if name != "seconds"} for line in run.history]
    assert measured == [
        {name: value for name, value in line.items() if name != "seconds"} for line in whole.history[:3]
    ]
    assert repeat(run, runs=tmp_path)[1].same_weights
    further = resume(run.folder, {"training.epochs": "+2"})
    assert len(further.history) == 5
    rates = [line["learning_rate"] for line in further.history[3:]]
    assert max(rates) <= run.recipe.training.learning_rate
    assert len(set(rates)) == 2, "a cycle of its own, not the end of the old one"


def test_a_search_to_the_end_stops_nothing(tmp_path):
    found = tune("moons", "moons", SPACE, QUICK, trials=8, seed=3, to_the_end=True, folder=tmp_path)
    assert [trial.epochs for trial in found.trials] == [6] * 8
    assert not any("stopped early" in sentence for sentence in sentences(found))


def test_lists_alone_are_searched_where_trials_are_fewer_than_combinations(tmp_path):
    grid = {"training.learning_rate": [1e-3, 3e-3, 1e-2], "training.batch_size": [50, 100]}
    few = {"training.epochs": 1}
    found = tune("moons", "moons", grid, few, trials=4, folder=tmp_path)
    assert len({tuple(trial.settings.values()) for trial in found.trials}) == 4
    whole = tune("moons", "moons", grid, few, trials=6, folder=tmp_path)
    assert whole.search is None
    assert len(whole.trials) == 6
    assert sum(trial.was_done for trial in whole.trials) == 4
    over = tune("moons", "moons", {"training.batch_size": "98..100"}, few, trials=9, folder=tmp_path / "all")
    assert len(over.trials) == 3
    assert over.ended == "All combinations that there are were tried."


def test_minutes_end_a_search_and_the_same_command_goes_on(tmp_path, monkeypatch):
    clock = iter(range(0, 10**6))
    monkeypatch.setattr("seodang.tuning.search.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    settings = {
        "training.epochs": 3,
        "training.checkpoint_seconds": 0,
        "training.batch_size": 20,
    }  # 51 steps, a second each
    space = {"training.learning_rate": "1e-4..1e-1"}
    found = tune("moons", "moons", space, settings, minutes=0.5, folder=tmp_path)
    assert found.ended == "0.5 minutes are over. Trial 2 is on its way; the same command goes on with it."
    unfinished = [run for run in (tmp_path / "runs").iterdir() if not (run / "manifest.json").exists()]
    assert len(unfinished) == 1
    monkeypatch.undo()
    again = tune("moons", "moons", space, settings, trials=2, folder=tmp_path)
    assert [trial.was_done for trial in in_order(again)] == [True, False]
    assert (unfinished[0] / "manifest.json").exists(), "what was on its way was gone on with"


@pytest.mark.parametrize("seed", range(4))
def test_how_long_a_trial_takes_is_known_from_those_that_were_trained(tmp_path, monkeypatch, seed):
    """Trained are 25 s long; those that fail, and those that were done before, take no time and say nothing about the next."""
    now, trained = [0.0], []

    def train_trial(job, record, number, settings, **_):
        if settings.get("training.batch_size") in ("20", "30", "40"):
            yield Trial(number, settings, failed="It does not train.")
            return
        now[0] += 25
        trained.append(number)
        yield Trial(number, settings, {"validation_loss": 1.0}, epochs=1, planned=1, course=(1.0,))

    monkeypatch.setattr("seodang.tuning.search.time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr("seodang.tuning.search.train_trial", train_trial)
    job = Job(tmp_path, None, "moons", {}, "moons", None)
    values = tuple(f"{k}0" for k in range(1, 10))
    record, space = Record(job), {"training.batch_size": Choices(values)}
    for size in ("50", "60", "70"):
        some = {"training.batch_size": size}
        record.write("", job.key(some), Trial(9, some, {"validation_loss": 2.0}), record.now(some))
    *_, over = search_stream(job, record, Search(space, None, 1.0, seed, True), {"training.batch_size": [*values]})
    assert over.why == "1 minutes are over. The same command goes on from here."
    assert now[0] == 50, "a third would have ended after 75 s"
    assert len(trained) == 2


def test_the_house_recipe_can_be_searched_and_a_wrong_setting_of_its_network_is_told_after_one_trial(tmp_path):
    lines = "".join(f"{i % 17},{i % 5},{'ab'[i % 17 > 8]}\n" for i in range(120))
    (tmp_path / "classes.csv").write_text("x,y,kind\n" + lines)
    settings = {"training.epochs": 1}
    found = tune(tmp_path / "classes.csv", None, {"model.dropout": "0..0.5"}, settings, trials=2, folder=tmp_path / "t")
    assert in_order(found)[0].settings.keys() == {"model.dropout"}
    with pytest.raises(RecipeError, match="Did you mean dropout"):
        tune(tmp_path / "classes.csv", None, {"model.droput": "0..0.5"}, settings, trials=2, folder=tmp_path / "t")


def test_amounts_are_searched_downwards(tmp_path):
    lines = "".join(f"{i % 17},{i % 5},{3 * (i % 17) - (i % 5)}.5\n" for i in range(200))
    (tmp_path / "amounts.csv").write_text("a,b,price\n" + lines)
    found = tune(
        tmp_path / "amounts.csv", "table-regression", {"training.learning_rate": "1e-6..1e-2"}, {"training.epochs": 5},
        trials=6, folder=tmp_path / "t",
    )  # fmt: skip
    assert found.by == "validation_mae"
    assert found.best.metrics["validation_mae"] == min(trial.metrics["validation_mae"] for trial in found.trials)
    answers = read_answers(found.folder, "validation_mae")
    for trial in found.trials:
        assert answers[trial.run].scores.mean() == pytest.approx(trial.metrics["validation_mae"], rel=1e-4)
    assert found.expected >= found.best.metrics["validation_mae"], "a smaller error is better"


# What is proposed ---------------------------------------------------------------------------------------------------------

UNIT = {
    "x": Range(0, 1, log=False, whole=False),
    "y": Range(1e-4, 1, log=True, whole=False),
    "z": Choices(("1", "2", "3")),
}


def made(settings, number, value, **more):
    return Trial(number, settings, {"validation_loss": value}, **more)


def walk(score, trials, seed, space=UNIT):
    found = []
    for number in range(1, trials + 1):
        settings = propose(space, found, "validation_loss", seed)
        found.append(made(settings, number, score(settings)))
    return found


def bowl(settings):
    return (
        (float(settings["x"]) - 0.3) ** 2
        + 0.1 * (np.log10(float(settings["y"])) + 2) ** 2
        + 0.1 * abs(float(settings["z"]) - 2)
    )


def test_the_estimator_finds_lower_values_than_chance():
    """Twelve searches of 30 trials each against the best of 30 drawn at random."""
    searched = [min(bowl(trial.settings) for trial in walk(bowl, 30, seed)) for seed in range(12)]
    drawn = []
    for seed in range(12):
        generator = np.random.default_rng(seed)
        drawn.append(
            min(
                bowl({"x": generator.uniform(), "y": 10 ** generator.uniform(-4, 0), "z": generator.integers(1, 4)})
                for _ in range(30)
            )
        )
    assert np.median(searched) < 0.5 * np.median(drawn)


def test_a_proposal_depends_on_the_trials_and_the_seed_alone():
    trials = walk(bowl, 14, 0)
    again = [
        propose(UNIT, trials[:k], "validation_loss", 0) for k in reversed(range(14))
    ]  # in any order, in one process or many
    assert again[::-1] == [trial.settings for trial in trials]


def test_a_failed_trial_is_the_worst_and_a_stopped_one_is_known_by_how_far_it_came():
    settings = {"x": "0.5", "y": "0.1", "z": "1"}
    trials = [
        made(settings, 1, 0.5),
        Trial(2, settings, failed="it was"),
        made(settings, 3, 0.7, stopped="it was", course=(0.9, 0.7), epochs=2, planned=6),
        made({"x": "7", "y": "0.1", "z": "1"}, 4, 0.1, is_plain=True),  # outside of what is searched
    ]
    study = study_of(optuna, UNIT, trials, "validation_loss")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "PRUNED", "PRUNED"]
    assert study.trials[2].intermediate_values == {1: 0.9, 2: 0.7}
    assert study.best_value == 0.5


# What is stopped ----------------------------------------------------------------------------------------------------------


def runs_of(courses):
    return [
        Trial(k, {}, {"validation_accuracy": course[-1]}, len(course), planned=len(course), course=course)
        for k, course in enumerate(courses, start=1)
    ]


def test_what_was_never_as_good_as_half_of_the_trials_is_stopped():
    before = runs_of([(0.5, 0.6, 0.7, 0.8, 0.9, level) for level in (0.95, 0.96, 0.97, 0.98, 0.99)])
    assert looks(6) == [3, 4, 5]
    worse = {1: 0.8, 2: 0.8, 3: 0.69}
    assert hopeless(3, 6, worse, before, "validation_accuracy").why == (
        "stopped after epoch 3 of 6: validation accuracy 69.00 % at best since epoch 3, and half of the 5 whole trials before it had "
        "70.00 % or more there"
    )
    assert hopeless(3, 6, {3: 0.7}, before, "validation_accuracy") is None
    assert hopeless(2, 6, {2: 0.1}, before, "validation_accuracy") is None, "too early to say"
    assert hopeless(3, 6, worse, before[:4], "validation_accuracy") is None, "too few to say"
    assert hopeless(6, 12, {6: 0.1}, before, "validation_accuracy") is None, "trials of another length say nothing"
    assert hopeless(4, 6, {3: 0.8, 4: 0.5}, before, "validation_accuracy") is None, "it was good at epoch 3"
    lower = [replace(trial, metrics={"validation_mae": 1.0}) for trial in before]
    assert hopeless(3, 6, {3: 0.71}, lower, "validation_mae").why.endswith("had 0.7 or less there")
    assert hopeless(3, 6, {3: 0.69}, lower, "validation_mae") is None


@pytest.mark.parametrize("by", ["validation_accuracy", "validation_loss"])
def test_what_is_stopped_is_what_optunas_median_pruner_stops(by):
    """Random courses, rounded so that many tie; the pruner is told what was seen at the looks so far."""
    generator, decided = np.random.default_rng(0), []
    sign = 1 if by == "validation_accuracy" else -1
    rule = optuna.pruners.MedianPruner(n_startup_trials=5, n_min_trials=5)
    for _ in range(150):
        epochs, num_trials = int(generator.integers(2, 30)), int(generator.integers(4, 12))
        courses = np.cumsum(generator.normal(sign * 0.02, 0.05, (num_trials + 1, epochs)), axis=1).round(2)
        whole, course = runs_of([tuple(one) for one in courses[1:].tolist()]), courses[0].tolist()
        epoch = int(generator.choice(looks(epochs)))
        seen = [look for look in looks(epochs) if look <= epoch]
        study = optuna.create_study(direction="maximize" if sign > 0 else "minimize")
        for trial in whole:
            values = {look: trial.course[look - 1] for look in seen}
            study.add_trial(optuna.trial.create_trial(value=trial.course[-1], intermediate_values=values))
        running = optuna.trial.create_trial(
            state=optuna.trial.TrialState.RUNNING, intermediate_values={look: course[look - 1] for look in seen}
        )
        ours = hopeless(epoch, epochs, dict(enumerate(course[:epoch], start=1)), whole, by)
        decided.append(ours is not None)
        assert decided[-1] == rule.prune(study, running)
    assert 30 < sum(decided) < 120


# What mattered, and what the best is worth --------------------------------------------------------------------------------


def test_the_setting_that_decides_is_named_and_of_noise_nothing_is_said():
    generator = np.random.default_rng(1)
    drawn = [
        {
            "x": f"{generator.uniform():.3f}",
            "y": f"{10 ** generator.uniform(-4, 0):.3g}",
            "z": str(generator.integers(1, 4)),
        }
        for _ in range(20)
    ]
    told = [made(one, k, np.log10(float(one["y"]))) for k, one in enumerate(drawn, start=1)]
    first, *others = weights(UNIT, told, "validation_loss")
    assert first.name == "y"
    assert first.first >= 0.95
    assert first.share > 0.8
    assert first.share + sum(one.share for one in others) == pytest.approx(1)
    assert all(one.low <= one.high for one in (first, *others))
    noise = [made(one, k, generator.normal()) for k, one in enumerate(drawn, start=1)]
    assert max(one.first for one in weights(UNIT, noise, "validation_loss")) < 0.95
    assert weights(UNIT, told[:9], "validation_loss") == []


def test_trials_that_tie_have_no_weightiest_setting():
    """An easy validation split: all trials have the same score, or all but one, so that some resamples do not vary at all."""
    generator = np.random.default_rng(2)
    drawn = [{"x": f"{generator.uniform():.3f}", "y": "0.01", "z": str(k % 3 + 1)} for k in range(12)]
    assert weights(UNIT, [made(one, k, 0.5) for k, one in enumerate(drawn, start=1)], "validation_loss") == []
    found = weights(UNIT, [made(one, k, 0.5 + (k == 12)) for k, one in enumerate(drawn, start=1)], "validation_loss")
    assert sum(one.share for one in found) == pytest.approx(1)
    assert sum(one.first for one in found) < 0.8, (
        "of the resamples without the one trial, each third, no setting is first"
    )
    assert {one.high for one in found} != {1 / 3}


def test_the_luck_of_the_best_is_taken_out():
    """Thirty networks that are right on 80 % each: the best of them on 300 examples is lucky by about two points, and no better."""
    generator = np.random.default_rng(0)
    lucky, expected = [], []
    for _ in range(20):
        scores = (generator.random((30, 300)) < 0.8).astype(np.float32)
        lucky.append(scores.mean(axis=1).max())
        expected.append(beyond_choice(scores, higher=True))
    assert np.mean(lucky) > 0.84
    assert np.mean(expected) == pytest.approx(0.8, abs=0.006)


def test_of_trials_that_were_judged_on_different_examples_it_is_not_said_what_the_best_is_worth(tmp_path):
    few = {"training.epochs": 1}
    found = tune("moons", "moons", {"split.seed": [0, 1], "training.learning_rate": [1e-3, 1e-2]}, few, folder=tmp_path)
    assert found.examples_differ
    assert found.expected is None
    assert sentences(found)[-1].startswith("The trials were judged on different validation examples: ")
    same = tune("moons", "moons", {"training.learning_rate": [1e-3, 1e-2]}, few, folder=tmp_path)
    assert all(trial.was_done for trial in same.trials)
    assert not same.examples_differ
    assert same.expected is not None


def test_columns_prepared_otherwise_are_the_same_examples(tmp_path):
    lines = "".join(f"{i % 17},{i % 5},{'ab'[i % 17 > 8]}\n" for i in range(200))
    (tmp_path / "classes.csv").write_text("x,y,kind\n" + lines)
    varied = {"columns.leave_out": ["[]", "[y]"], "split.validation": [0.2]}
    found = tune(tmp_path / "classes.csv", "table-quick", varied, {"training.epochs": 1}, folder=tmp_path / "t")
    digests = {load(found.folder / "runs" / trial.run).data["sha256"]["validation"] for trial in found.trials}
    assert len(digests) == 2
    assert found.expected is not None


# What a person is told ----------------------------------------------------------------------------------------------------


def test_a_person_is_told_of_it(searched):
    heads, *lines = rows(searched)
    assert heads[:4] == ("trial", "learning_rate", "batch_size", "optimizer")
    stopped = next(line for trial, line in zip(searched.trials, lines, strict=True) if trial.stopped)
    assert stopped[6].endswith(" of 6")
    told = sentences(searched)
    best = searched.best
    assert f"is trial {best.number}: training.learning_rate={best.settings['training.learning_rate']}" in told[0]
    assert "trial 1, the recipe as it is" in told[1]
    assert any("stopped early" in sentence for sentence in told)
    assert "The test split was not looked at." in told[-1]
    assert 0 < searched.expected <= searched.best.metrics["validation_accuracy"]
    answer = json.loads(json.dumps(described(searched), allow_nan=False))
    assert answer["search"]["seed"] == 3
    assert answer["command"] == command(searched)


def test_where_nothing_is_better_than_the_recipe_its_command_is_the_recipes(tmp_path):
    found = tune(
        "moons", "moons", {"training.learning_rate": "1e-7..1e-6"}, {"training.epochs": 20}, trials=2, folder=tmp_path
    )
    assert found.best.is_plain
    assert sentences(found)[0] == "Of 2 by validation accuracy, none was better than trial 1, the recipe as it is."
    assert command(found) == "seodang train moons moons training.epochs=20"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["training.learning_rate=1e-4..1e-1"],
            "training.learning_rate=1e-4..1e-1: a range has no last value. Say how many trials",
        ),
        (
            ["training.learning_rate=1e-4..1e-1,2", "--trials", "3"],
            "A range stands alone, got training.learning_rate=1e-4..1e-1,2.",
        ),
        (["training.learning_rate=1e-1..1e-4", "--trials", "3"], "does not begin below its end"),
        (["training.optimizer=adam..sgd", "--trials", "3"], "between words there is no range"),
        (["training.epochs=2..5", "--trials", "1"], "A search has 2 trials or more"),
        (["training.epochs=2..5", "--minutes", "0"], "The minutes of a search are more than 0, got 0."),
        (["training.epochs=2,5", "--folder", "moons"], "moons is where the data are looked for."),
        (["model.droput=0.1,0.2"], "droput is not a setting of sequential."),
        (["training.epoch=2..5", "training.lr=1e-3..1e-1", "epochs=x", "--trials", "3"], "Did you mean epochs?"),
    ],
)
def test_mistakes_are_told_before_anything_is_trained(command, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError) as told:
        command("tune", "moons", *words)
    assert sentence in str(told.value)
    assert not [*tmp_path.rglob("recipe.yaml")]


def test_without_optuna_a_grid_goes_on_and_a_search_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert (
        len(
            tune(
                "moons", "moons", {"training.learning_rate": [1e-3, 1e-2]}, {"training.epochs": 1}, folder=tmp_path
            ).trials
        )
        == 2
    )
    with pytest.raises(
        SeodangError, match=r"A search needs Optuna, which is not installed: `pip install 'seodang\[tune\]'`"
    ):
        tune("moons", "moons", SPACE, QUICK, trials=3, folder=tmp_path / "s")
    assert not [*(tmp_path / "s").rglob("recipe.yaml")]


def test_where_the_recipe_itself_does_not_train_that_is_told_at_once(tmp_path):
    settings = {"training.batch_size": 1, "model.layers": "[{dense: 5}, batch_norm, relu, {dense: outputs}]"}
    with pytest.raises(RunError, match="The recipe as it is cannot be trained: The network has batch norm"):
        tune("moons", "moons", {"training.learning_rate": "1e-3..1e-1"}, settings, trials=3, folder=tmp_path)


def test_answers_are_kept_of_whole_trials_and_a_stop_before_them_trains_nothing_again(searched, tmp_path, monkeypatch):
    whole = {trial.run for trial in searched.trials if trial.is_whole}
    assert read_answers(searched.folder, "validation_accuracy").keys() == whole != {t.run for t in searched.trials}

    def stopped(folder, event, by):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("seodang.tuning.trial.keep_answers", stopped)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    assert [trial.was_done for trial in in_order(again)] == [True, True, False]
    assert again.expected is None


@pytest.mark.parametrize("file", ["trials.jsonl", "answers.jsonl"])
def test_a_line_that_a_crash_has_torn_is_not_glued_to_the_next(searched, tmp_path, file):
    tune("moons", "moons", SPACE, QUICK, trials=2, seed=3, folder=tmp_path)
    with open(tmp_path / file, "r+b") as torn:
        torn.truncate((tmp_path / file).stat().st_size - 9)
    for trials in (3, 4):
        again = tune("moons", "moons", SPACE, QUICK, trials=trials, seed=3, folder=tmp_path)
        assert tried(again) == tried(searched)[:trials]
    answers = read_answers(tmp_path, "validation_accuracy")
    assert [trial.number for trial in in_order(again) if trial.run not in answers] == ([2] if "answers" in file else [])


@pytest.mark.parametrize("number", [1, 2])
def test_a_full_disk_is_not_the_combinations_fault(searched, tmp_path, monkeypatch, number):
    from seodang.runs import follow

    real = follow.write_bytes

    def full(path, content):
        if path.parent.name == f"trial-{number}-1":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        real(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(follow, "write_bytes", full)
        with pytest.raises(RunError, match="No space left on device"):
            tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    assert tried(again) == tried(searched)[:3]


@pytest.mark.parametrize("number", [1, 2])
def test_a_run_that_another_process_holds_is_not_the_combinations_fault(searched, tmp_path, monkeypatch, number):
    from seodang.runs.train import stream
    from seodang.training.loop import Step

    def killed(*args, **more):
        for event in stream(*args, **more):
            yield event
            if isinstance(event, Step) and more["name"] == f"trial-{number}":
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("seodang.tuning.trial.stream", killed)
        with pytest.raises(KeyboardInterrupt):
            tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    with FileLock(tmp_path / "runs" / f"trial-{number}-1" / ".lock"), pytest.raises(RunError, match="is being written"):
        tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, QUICK, trials=3, seed=3, folder=tmp_path)
    assert tried(again) == tried(searched)[:3]


def test_a_recipe_that_did_not_train_as_it_is_is_tried_again(searched, tmp_path, monkeypatch):
    def failing(*_, **__):
        raise RunError("The data set is not there yet.")
        yield

    with monkeypatch.context() as patch:
        patch.setattr("seodang.tuning.trial.stream", failing)
        with pytest.raises(RunError, match="cannot be trained: The data set is not there yet"):
            tune("moons", "moons", SPACE, QUICK, trials=2, seed=3, folder=tmp_path)
    again = tune("moons", "moons", SPACE, QUICK, trials=2, seed=3, folder=tmp_path)
    assert tried(again) == tried(searched)[:2]


def test_the_verb_searches_and_prints_one_object(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command("tune", "moons", "training.learning_rate=1e-3..1e-1", "training.epochs=2", "--trials", "3", "--json")
    answer = json.loads(done.stdout)
    assert [trial["number"] for trial in answer["trials"] if trial["is_plain"]] == [1]
    page = (tmp_path / "tunings" / "moons-moons" / "trials.html").read_text()
    assert page.count("<svg") == 2
    assert "best so far" in page
    folder = tmp_path / "tunings" / "moons-moons"
    assert read_recipe(folder / "runs" / answer["trials"][0]["run"]).training.epochs == 2
