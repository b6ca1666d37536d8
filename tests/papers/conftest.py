"""A judged run of every family, each trained for a moment; read-only for the tests that share them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from seodang.core import language


@pytest.fixture
def speak():
    """`speak("ko")`: the language from now on; English again after the test."""
    yield language.use_language
    language.use_language("en")


@pytest.fixture(scope="session")
def families(tmp_path_factory, digits_run, again_run, maker_run, small_weights):
    """`families(name)`: a judged run of that family, made when it is first asked for."""
    import shutil

    from seodang.evaluation.evaluate import evaluate
    from seodang.runs.folder import load
    from seodang.runs.train import train

    runs, made = tmp_path_factory.mktemp("papers"), {}

    def copied(run):
        return load(shutil.copytree(run.folder, runs / run.name, ignore=shutil.ignore_patterns("report*", "opened*")))

    def fresh(data, recipe=None, settings=None):
        return train(data, recipe, settings or {}, runs=runs)

    def write(name, lines):
        path = runs / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def season():
        months = [f"{1990 + n // 12}-{n % 12 + 1:02}-01,{100 + n + 20 * np.sin(n * np.pi / 6):.2f}" for n in range(160)]
        return fresh(write("sold.csv", ["month,sold", *months]), None, {"training.epochs": 3})

    def reviews():
        for name, words in (("좋다", "재미있는 영화 최고 감동"), ("싫다", "지루한 영화 최악 별로")):
            (runs / "reviews" / name).mkdir(parents=True)
            for number in range(24):
                (runs / "reviews" / name / f"{number}.txt").write_text(f"{words} {number}", encoding="utf-8")
        return fresh(runs / "reviews", None, {"training.epochs": 2})

    def headlines():
        lines = [f"the {who} {VERBS[n % 4]} a {what} at noon" for n, who in enumerate(WHO) for what in WHAT]
        return fresh(write("lines.csv", ["headline", *lines]), "text-generator", {"training.epochs": 1})

    def sentences():
        pairs = [f"{what} {who} sieht\tthe {who} sees a {what}" for who in WHO for what in WHAT]
        small = {"model.units": 16, "model.embedding": 8, "training.epochs": 1, "texts.tokens": "words"}
        columns = {"columns.text": "source", "columns.target": "target"}
        return fresh(write("pairs.tsv", pairs), "translator", small | columns)

    def pretrained():
        draws = np.random.default_rng(0)
        for index in range(60):
            kind = "dark" if index % 2 else "light"
            (runs / "shades" / kind).mkdir(parents=True, exist_ok=True)
            low = 0 if index % 2 else 120
            picture = Image.fromarray(draws.integers(low, low + 130, (80, 90, 3), dtype=np.uint8))
            picture.save(runs / "shades" / kind / f"{index:02d}.png")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SEODANG_WEIGHTS", str(small_weights))
            small = {"preparation.height": 64, "preparation.width": 64, "transfer.backbone": "test_efficientnet"}
            run = fresh(runs / "shades", None, {"transfer.strategy": "features", **small})
            evaluate(run)
            return run

    how = {
        "pictures": lambda: copied(digits_run),
        "pretrained": pretrained,
        "table-classify": lambda: fresh("iris", None, {"training.epochs": 5}),
        "table-regress": lambda: fresh("diabetes", None, {"training.epochs": 3}),
        "text": reviews,
        "series": season,
        "next-token": headlines,
        "translate": sentences,
        "autoencoder": lambda: copied(again_run),
        "gan": lambda: copied(maker_run),
    }

    def find(name):
        if name not in made:
            made[name] = how[name]()
            if not (made[name].folder / "report.json").exists():
                evaluate(made[name])
        return made[name]

    find.names = list(how)
    return find


WHO = ["cat", "dog", "bird", "king", "cook", "child", "nurse", "pilot", "baker", "farmer"]
VERBS = ["sees", "hears", "likes", "paints"]
WHAT = ["house", "tree", "river", "star", "bread", "ship", "road", "lamp"]
