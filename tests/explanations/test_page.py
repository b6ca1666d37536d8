"""The verb, the function and the page."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import seodang
from seodang.core.errors import SeodangError
from seodang.explanations.explanation import DoesNotApply


def test_one_page_with_all_that_applies(pictures_run, tmp_path):
    found = seodang.explain(pictures_run, "#1", out=tmp_path / "page.html")
    assert list(found.explanations)[-1] == "certainty", "the run as a whole comes last"
    assert {"grad-cam", "integrated-gradients", "occlusion", "saliency", "filters", "layers"} <= set(found.explanations)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page == found.html
    assert "http" not in page.split("<body>")[1].replace("http://www.w3.org", "").replace("https://", "")
    for name in found.explanations:
        assert f'id="{name}"' in page
    assert len(page) < 1_500_000


def test_the_verb_prints_words_or_json(command, pictures_run, tmp_path):
    out = tmp_path / "page.html"
    done = command("explain", pictures_run.folder, "#1", "--with", "grad-cam,layers", "--out", out)
    assert done.stdout.startswith("#1, ")
    assert "grad-cam" in done.stdout
    assert str(out) in done.stdout
    told = json.loads(command("explain", pictures_run.folder, "#1", "--with", "layers", "--out", out, "--json").stdout)
    assert told["explained"]["class"] == told["prediction"]
    first = told["explanations"]["layers"]["layers"][0]
    assert {"layer", "trainable", "mean", "deviation"} <= set(first)


def test_without_an_example_the_network_is_shown(pictures_run):
    found = seodang.explain(pictures_run)
    assert list(found.explanations) == ["filters", "layers", "certainty"]
    assert found.answer == {}


def test_an_answer_that_was_not_given_can_be_explained(pictures_run):
    found = seodang.explain(pictures_run, "#1", ["integrated-gradients"], target="7")
    assert found.answer["explained"]["class"] == "7"
    assert "evidence for '7'" in found.explanations["integrated-gradients"].words[0].replace("the evidence", "evidence")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["#1", "--with", "grad-camm"], "'grad-camm' is not an explanation. Did you mean grad-cam?"),
        (["#1", "--with", "words"], "words does not apply: it looks at one text"),
        (["#1", "--with", ","], "--with needs names of explanations"),
        (["#0"], "#0 is not there"),
        (["no.png"], "no.png cannot be explained: there is no such file."),
        (["#1", "--class", "eleven"], "knows no class 'eleven'"),
        (["#1", "--with", "filters", "--layer", "conv"], "has no layer 'conv'"),
        (["--class", "3"], "--class asks why"),
        (["#1", "--out", "no/where.html"], "The folder no does not exist"),
    ],
)
def test_mistakes_are_told_in_a_sentence(command, pictures_run, words, sentence):
    with pytest.raises(SeodangError, match=sentence):
        command("explain", pictures_run.folder, *words)


def test_a_file_that_is_no_picture(pictures_run, tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    with pytest.raises(SeodangError, match="notes.png cannot be explained: "):
        seodang.explain(pictures_run, tmp_path / "notes.png")


def test_what_does_not_apply_is_left_out_unless_asked_for(texts_run):
    found = seodang.explain(texts_run, "재미있는 영화")
    assert "grad-cam" not in found.explanations
    with pytest.raises(DoesNotApply, match="grad-cam does not apply"):
        seodang.explain(texts_run, "재미있는 영화", ["grad-cam"])


def test_a_text_from_outside_is_text(texts_run):
    page = seodang.explain(texts_run, "<script>alert(1)</script> 영화 & <b>지루하다</b>").html
    assert "<script" not in page
    assert "<b>" not in page


def test_explaining_a_picture_loads_no_library_it_does_not_need(pictures_run, tmp_path):
    from PIL import Image

    Image.new("L", (8, 8), 200).save(tmp_path / "grey.png")
    code = (
        "import sys; sys.argv = ['seodang', 'explain', *sys.argv[1:]]\n"
        "from seodang.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'matplotlib', 'torchvision', 'captum', 'huggingface_hub', 'torch._dynamo'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    words = [
        pictures_run.folder,
        tmp_path / "grey.png",
        "--with",
        "occlusion,feature-maps",
        "--out",
        tmp_path / "a.html",
    ]
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
