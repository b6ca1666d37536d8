"""Drawings show Korean, on a machine with a font for it and on one without: never as boxes."""

import io
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure

from seodang.core import fonts
from seodang.core.language import language, tr
from seodang.core.spec import Spec
from seodang.data.grid import fitted_title, grid
from seodang.evaluation.figures import curve
from seodang.models.build import build
from seodang.models.drawing import draw, picture
from seodang.recipes.settings import Part

HISTORY = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 0.5}]
CHINESE = "简"  # simplified, which Noto Sans KR has not


@pytest.fixture
def no_other_fonts(monkeypatch):
    monkeypatch.setattr(fonts, "others", lambda: ())


@pytest.fixture
def korean(monkeypatch):
    monkeypatch.setattr("seodang.core.language._chosen", "ko")


def network():
    return build(Part(settings={"layers": ["flatten", {"dense": "outputs"}]}), Spec((1, 4, 4)), Spec((3,)), seed=0)


def test_pip_brings_a_font_with_every_korean_syllable():
    every = "".join(map(chr, range(ord("가"), ord("힣") + 1)))
    assert len(every) == 11_172
    assert fonts.lacking(every) == ""
    assert fonts.others()[0].family == "Noto Sans KR"


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_korean_label_is_drawn_and_no_glyph_is_missing(form):
    figure = Figure()
    figure.add_subplot().set_xlabel("정확도 accuracy")
    figure.text(0.5, 0.5, "굵은 글씨", fontweight="bold")
    assert fonts.fit(figure) == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of each letter that its fonts lack
        figure.savefig(io.BytesIO(), format=form)


def test_matplotlib_would_have_warned_without_it():
    figure = Figure()
    figure.text(0.5, 0.5, "정확도")
    with pytest.warns(UserWarning, match="Glyph .* missing from font"):
        figure.savefig(io.BytesIO(), format="png")


def test_plain_words_keep_the_plain_font():
    figure = Figure()
    text = figure.text(0.5, 0.5, "accuracy → 98 %", fontweight="bold")
    before = text.get_fontfamily(), text.get_fontweight()
    assert fonts.fit(figure, stand_in="?") == ""
    assert (text.get_fontfamily(), text.get_fontweight()) == before


def test_a_page_draws_korean_as_outlines_and_leaves_to_the_browser_what_no_font_here_has(monkeypatch):
    assert "<text" not in curve(HISTORY, "loss", "정확도")
    monkeypatch.setattr(fonts, "others", lambda: ())
    assert ">정확도</text>" in curve(HISTORY, "loss", "정확도")


def test_without_a_font_a_saved_drawing_is_in_english_and_names_have_question_marks(no_other_fonts, korean, tmp_path):
    assert fonts.lacking("정확도 loss") == "정확도"
    with fonts.drawable():
        assert (language(), tr("input")) == ("en", "input")
    assert language() == "ko"
    (axes,) = picture(network(), Spec((1, 4, 4)), "숫자").axes
    assert "input" in [text.get_text() for text in axes.texts]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(network(), Spec((1, 4, 4)), tmp_path / "network.png", "숫자")
    assert fitted_title("개와 cat", 200, 12) == "?? cat"


def test_with_a_font_a_drawing_speaks_korean(korean):
    with fonts.drawable():
        assert language() == "ko"


def test_titles_of_pictures_are_drawn_whole():
    assert fitted_title("개와 고양이 dog", 200, 12) == "개와 고양이 dog"
    assert fitted_title("dog", 200, 12) == "dog"
    assert fonts.best_font("dog") == fonts.plain()
    picture_of = lambda title: np.asarray(grid(np.zeros((1, 1, 8, 8), np.uint8), [title]))  # noqa: E731
    assert (picture_of("개") != picture_of("고")).any(), "boxes would look alike"
