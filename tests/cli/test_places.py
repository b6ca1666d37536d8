"""Where a verb is to write is asked before anything is computed; words that a verb does not know are answered with what was meant."""

import io
import os
import sys

import pytest

from seodang.cli import ABOUT, VERBS, main
from seodang.cli._screen import print_json
from seodang.cli._words import divide
from seodang.core.errors import RecipeError, SeodangError
from seodang.core.files import cache_folder, make_folder, refuse_place
from seodang.data.grid import refuse_picture, save_picture


def told(capsys, monkeypatch, *words):
    """What is said on stderr of a mistake."""
    monkeypatch.setattr(sys, "argv", ["seodang", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, ""), (out, err)
    return err


def test_places_that_cannot_be_written_are_sentences(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SeodangError, match=f"^{tmp_path} is a folder; say the name of a file.$"):
        refuse_place(tmp_path)
    with pytest.raises(SeodangError, match=f"^The folder {tmp_path}/no does not exist: make it, or write elsewhere.$"):
        refuse_place(tmp_path / "no" / "page.html")
    with pytest.raises(SeodangError, match="file is a file. Give a folder"):
        make_folder(tmp_path / "file")
    with pytest.raises(SeodangError, match=r"^page.htm does not say which kind of picture it is to be. Write a name"):
        refuse_picture("page.htm")
    refuse_place(tmp_path / "page.html")
    refuse_place(tmp_path / "file")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]  # nothing was left behind


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="a folder that even root cannot write to is needed")
def test_what_the_system_refuses_names_the_file():
    with pytest.raises(OSError, match=r"'/proc/self/page.html'"):
        refuse_place("/proc/self/page.html")


@pytest.mark.parametrize(
    ("words", "computes"),
    [
        (["learn", "3", "--out", "no/page.html"], "seodang.lessons.learn.learn"),
        (["explore", "least-squares", "--out", "no/page.html"], "seodang.foundations.explore.explore"),
    ],
)
def test_nothing_is_computed_for_a_place_that_is_not_there(capsys, monkeypatch, tmp_path, words, computes):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(computes, lambda *_, **__: pytest.fail("it was computed"))
    assert told(capsys, monkeypatch, *words) == "The folder no does not exist: make it, or write elsewhere.\n"


def test_all_lessons_ask_for_their_folder_first(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("seodang.lessons.learn.learn", lambda *_, **__: pytest.fail("it was computed"))
    (tmp_path / "file").write_text("")
    assert "file is a file. Give a folder" in told(capsys, monkeypatch, "learn", "all", "--out", tmp_path / "file")


def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    from PIL import Image

    place = tmp_path / "grid.png"
    save_picture(Image.new("RGB", (8, 8), "red"), place)
    before = place.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="grid.png"):
        save_picture(Image.new("RGB", (8, 8), "blue"), place)
    assert place.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["grid.png"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["digits-1", "evaluate"], "The verb comes first: `seodang evaluate digits-1`."),
        (["my run", "explain", "#3"], "The verb comes first: `seodang explain 'my run' '#3'`."),
        (["predict", "last", "--class", "cat"], "--class is an option of `seodang explain`."),
        (["train", "digits", "--copies", "3"], "--copies is an option of `seodang augment`."),
        (["train", "digits", "--epochs", "3"], "A setting is written without dashes: epochs=VALUE."),
        (["train", "digits", "--lr", "3"], "A setting is written without dashes: learning_rate=VALUE."),
        (
            ["train", "digits", "training.epochs", "=", "3"],
            "A setting is written without blanks: training.epochs=3.",
        ),
        (["list", "--lang"], "language '' is not one that Seodang speaks. Allowed: en, ko."),
        (["new", "recipe", ""], "recipe needs a name, such as `seodang new recipe mine`."),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(capsys, monkeypatch, tmp_path, words, sentence):
    monkeypatch.chdir(tmp_path)
    assert told(capsys, monkeypatch, *words).splitlines()[-1] == sentence
    assert not [*tmp_path.iterdir()]


def test_what_is_to_be_typed_next_can_be_typed_as_it_stands(command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert command("new", "recipe", "my birds").stdout.endswith("then `seodang train PATH 'my birds.yaml'`.\n")


def test_help_has_each_verb_in_a_line_that_is_not_cut_off(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "argv", ["seodang", "--help"])
    with pytest.raises(SystemExit):
        main()
    lines = capsys.readouterr().out.split("Commands:\n")[1].splitlines()[: len(VERBS)]
    assert [line.split()[0] for line in lines] == [*VERBS]
    assert [line.split(maxsplit=1)[1] for line in lines] == [*ABOUT.values()]


def test_a_folder_that_is_no_more_is_said(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    assert told(capsys, monkeypatch, "list", "runs") == (
        "The folder that this is called from does not exist any more. Go to another one.\n"
    )


def test_an_option_that_is_nothing_at_all_gets_no_hint(capsys, monkeypatch):
    assert told(capsys, monkeypatch, "look", "digits", "--frobnicate").splitlines()[-1].endswith("--frobnicate")


@pytest.mark.parametrize("words", [["epochs", "=", "3"], ["epochs", "=3"], ["epochs=", "3"]])
def test_blanks_around_the_equals_sign(words):
    with pytest.raises(RecipeError, match="^A setting is written without blanks: epochs=3.$"):
        divide(["digits", *words])
    assert divide(["digits", "epochs="]) == (["digits"], {"epochs": ""})
    assert divide(["columns.target=", "photos"]) == (["photos"], {"columns.target": ""})


def test_a_terminal_without_korean_gets_json_that_says_the_same(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", errors="replace"))
    print_json({"class": "나비", "file": "\udcff.png"})
    assert raw.getvalue() == b'{"class": "\\ub098\\ube44", "file": "\\udcff.png"}\n'


def test_where_nobody_s_home_is_known_the_cache_is_temporary(monkeypatch, tmp_path):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    for name in ("SEODANG_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.home", unknown)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert cache_folder() == tmp_path / f"seodang-{os.getuid()}"
