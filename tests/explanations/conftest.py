"""Small judged runs of every kind, and a run whose network is another one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

KOREAN = {
    "좋다": ["정말 재미있는 영화", "배우 연기가 최고", "다시 보고 싶은 영화", "감동적이고 재미있다"],
    "싫다": ["지루한 영화", "돈이 아까운 영화", "연기가 최악", "다시는 안 본다 지루하다"],
}


@pytest.fixture(scope="session")
def with_network():
    """`with_network(run, model)`: the same run, answering with another network behind its preparation."""

    def make(run, model):
        other = dataclasses.replace(run)
        before = next(iter(run.network().children()))
        other.__dict__["_network"] = torch.nn.Sequential(before, model).eval()
        return other

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """`finished(data, recipe, settings)`: a run that was trained and judged."""
    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.train import train

    def make(data, recipe=None, settings=None):
        run = train(data, recipe, settings or {}, runs=tmp_path_factory.mktemp("runs"))
        evaluate(run)
        return run

    return make


@pytest.fixture(scope="session")
def pictures_run(digits_run, tmp_path_factory):
    """The shared run on digits, judged."""
    import shutil

    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.folder import load

    folder = tmp_path_factory.mktemp("explained") / digits_run.name
    shutil.copytree(digits_run.folder, folder)
    run = load(folder)
    evaluate(run)
    return run


@pytest.fixture(scope="session")
def rows_run(finished, tmp_path_factory):
    """Whether someone comes: by the weather and the day, not by the shoe; some values are missing."""
    draws = np.random.default_rng(0)
    lines = ["weather,warmth,shoe,day,comes"]
    for number in range(240):
        weather, warmth = draws.choice(["sun", "rain", "snow"]), round(float(draws.normal(15, 6)), 1)
        comes = "yes" if (weather == "sun") != (draws.random() < 0.05) else "no"
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        lines.append(f"{weather},{'' if number % 9 == 0 else warmth},{draws.integers(36, 46)},{day},{comes}")
    path = tmp_path_factory.mktemp("rows") / "visits.csv"
    path.write_text("\n".join(lines) + "\n")
    return finished(path, None, {"training.epochs": 12, "columns.target": "comes"})


@pytest.fixture(scope="session")
def texts_folder(tmp_path_factory):
    """Short Korean reviews in two folders."""
    folder = tmp_path_factory.mktemp("texts") / "reviews"
    for name, texts in KOREAN.items():
        (folder / name).mkdir(parents=True)
        for number in range(24):
            text = f"{texts[number % 4]} {texts[(number + 1) % 4]} {number}"
            (folder / name / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def texts_run(finished, texts_folder):
    """The house recipe on texts: n-grams, a linear model."""
    return finished(texts_folder, None, {"training.epochs": 3})


@pytest.fixture(scope="session")
def transformer_run(finished, texts_folder):
    """A small transformer that reads texts."""
    settings = {
        "model.name": "transformer",
        "model.settings": {"width": 16, "depth": 1, "heads": 2},
        "training.epochs": 2,
    }
    return finished(texts_folder, None, settings)


@pytest.fixture(scope="session")
def series_run(finished, tmp_path_factory):
    """A season on a trend, foretold by a linear model."""
    months = [f"{1990 + n // 12}-{n % 12 + 1:02}-01,{100 + n + 20 * np.sin(n * np.pi / 6):.2f}" for n in range(160)]
    path = tmp_path_factory.mktemp("series") / "sold.csv"
    path.write_text("month,sold\n" + "\n".join(months) + "\n")
    return finished(path, None, {"training.epochs": 5})


@pytest.fixture(scope="session")
def vectors_run(finished):
    """L50: points near a plane, put out again by a linear network."""
    return finished("near-plane", "linear-autoencoder", {"training.epochs": 50})
