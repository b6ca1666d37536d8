"""Korean of what data says: errors at once, notes and reasons where they are shown; kept in English, and nobody's own words changed."""

import ast
import re
import string
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seodang.core import language as spoken
from seodang.core import sentences
from seodang.core.errors import DataError
from seodang.core.language import use_language
from seodang.core.sentences import CLAUSES, shown
from seodang.data.drawing import groups_of
from seodang.data.frame import frame_lines
from seodang.data.look import look, short
from seodang.data.open import open_any, open_source
from seodang.data.purpose import purpose
from seodang.data.scan import scan
from seodang.data.split import Split, divide, leave_out

DATA = Path(sentences.__file__).parents[1] / "data"
HANGUL = re.compile("[가-힣]")
# Three English words in a row are a sentence that was left as it was.
LEFT_ENGLISH = re.compile(r"(?<![\w./`'=])[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


@pytest.fixture
def korean(monkeypatch):
    """Korean is spoken."""
    for cached in (sentences._known, sentences._shown):
        cached.cache_clear()
    monkeypatch.setattr(spoken, "_chosen", "ko")
    yield
    for cached in (sentences._known, sentences._shown):
        cached.cache_clear()


def _picture(path, size=(20, 20), seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    array = np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
    Image.fromarray(array).save(path)
    return path


def _table(folder, text):
    file = folder / "a.csv"
    file.write_text(text, encoding="utf-8")
    return file


def _uneven(folder):
    open_any(_table(folder, "a,b,c\n1,2\n3,4\n5,6\n7,8,9\n"))


def _too_small(folder):
    for number in range(7):
        _picture(folder / ("cats" if number < 6 else "dogs") / f"{number}.png", seed=number)
    divide(open_source(folder), Split())


def _one_class(folder):
    _picture(folder / "cats" / "1.png")
    divide(open_source(folder), Split())


def _cut_off(folder):
    for name in ("cats", "dogs"):
        file = _picture(folder / name / "1.png", (200, 200))
        file.write_bytes(file.read_bytes()[:300])
    scan(open_source(folder))


def _no_such_class(folder):
    for name in ("cats", "dogs"):
        _picture(folder / name / "1.png")
    leave_out(open_source(folder), ("horses",))


def _pickled(folder):
    np.savez(folder / "a.npz", x=np.array([{}, {}], object), y=np.arange(2))
    open_any(folder / "a.npz")


def _web_page(folder):
    open_any(_table(folder, "<!doctype html><html><body>Sign in</body></html>\n"))


def _no_target(folder):
    open_any(_table(folder, "a,b\n1,2\n3,4\n"))
    purpose(open_any(folder / "a.csv"), target="c")


def _constant_target(folder):
    purpose(open_any(_table(folder, "a,b\n1,2\n3,2\n4,2\n")), target="b")


def _wrong_pattern(folder):
    _picture(folder / "cats" / "1.png")
    groups_of(open_source(folder), "user[")


BROKEN = {
    "nothing there": lambda folder: open_any(folder / "photos"),
    "no data set": lambda folder: open_any("mnits"),
    "empty folder": open_any,
    "one picture": lambda folder: open_any(_picture(folder / "a.png")),
    "no class folders": lambda folder: open_any(_picture(folder / "a.png").parent),
    "uneven table": _uneven,
    "empty table": lambda folder: open_any(_table(folder, "")),
    "header only": lambda folder: open_any(_table(folder, "a,b\n")),
    "a web page": _web_page,
    "class too small": _too_small,
    "one class": _one_class,
    "pictures cut off": _cut_off,
    "no such class": _no_such_class,
    "objects": _pickled,
    "no such column": _no_target,
    "constant target": _constant_target,
    "wrong pattern": _wrong_pattern,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_input_is_told_in_korean(broken, tmp_path, korean):
    with pytest.raises(DataError) as told:
        broken(tmp_path)
    _is_korean(str(told.value).replace(str(tmp_path), "data"))


def _is_korean(text):
    assert HANGUL.search(text), text
    assert not re.search(r"[{}]", text), text
    assert not LEFT_ENGLISH.search(re.sub(r"\([^)]*\)|`[^`]*`", "", text)), text


def test_notes_findings_and_lines_are_shown_in_korean(tmp_path, korean):
    for number in range(12):
        _picture(tmp_path / ("cats" if number < 6 else "dogs") / f"{number}.png", seed=number % 9)
    (tmp_path / "dogs" / "b.png").write_bytes(b"no picture")
    found = look(tmp_path)
    for finding in found["findings"]:
        _is_korean(shown(finding["what"]))
        _is_korean(shown(finding["why"]))
        _is_korean(shown(finding["todo"]).replace(str(tmp_path), "data"))
    assert {finding["kind"] for finding in found["findings"]} >= {"two_labels", "tiny_classes", "left_out"}
    for one in found["left_out"]:
        _is_korean(shown(one["reason"]))
    for line in short(found):
        _is_korean(line)
    table = open_any(_table(tmp_path.parent, "name;price;sold\n" + "a;1,5;2021-01-01\n\n" * 3 + "b;2,5;2021-02-01\n"))
    for sentence in (*table.notes, *purpose(table).reasons, *(column.reason for column in table.columns)):
        _is_korean(shown(sentence))
    _is_korean(frame_lines(table)[0])


def test_what_is_kept_is_the_same_in_every_language(tmp_path, monkeypatch):
    """Ids, reasons and notes go into data.json, hashes and the cache."""
    for number in range(4):
        _picture(tmp_path / ("cats" if number < 2 else "dogs") / f"{number}.png", seed=number)
    (tmp_path / "dogs" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    kept = []
    for code in ("en", "ko"):
        monkeypatch.setattr(spoken, "_chosen", code)
        source = scan(open_source(tmp_path)).source
        kept.append((source.left_out, source.notes, source.form, source.ids))
    assert kept[0] == kept[1]
    assert kept[1][0][0].reason == "cut off before its end (PNG)"


def test_an_error_that_becomes_a_reason_is_kept_in_english(tmp_path, korean):
    for name in ("neg", "pos"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"{name} words in a sentence.\n")
    (tmp_path / "pos" / "2.txt").write_bytes(b"\x1f\x8b damaged")
    (one,) = open_any(tmp_path).left_out
    assert one.reason.startswith("2.txt is a damaged or cut-off gzip file")
    assert "gzip" in shown(one.reason)
    _is_korean(shown(one.reason))


def _messages():
    """Every text that data keeps in English, from its source."""
    for file in sorted(DATA.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("said", "saidn"):
                texts = node.args[: 1 + (node.func.id == "saidn")]
                yield from (text.value for text in texts if isinstance(text, ast.Constant))


def test_every_kept_sentence_is_found_again(korean):
    """Filled with values, and shown: the Korean with the same values, whatever else is in the catalogue."""
    exact, patterns = sentences._known("ko")
    korean_of = {**exact, **{pattern.message: pattern.translation for pattern in patterns}}
    for message in sorted({*_messages()}):
        values = {}
        for _, name, spec, _ in string.Formatter().parse(message):
            if name is not None:
                number = name in ("count", "number") or bool(spec) and spec[-1] in ",dfg%"
                values[name] = 7 if number else "no values" if name in CLAUSES else f"{name}-7.csv"
        english = message.format(**values) if values else message
        translated = {name: shown(v) if name in CLAUSES and isinstance(v, str) else v for name, v in values.items()}
        assert message in korean_of, f"{message} has no Korean"
        wanted = korean_of[message].format(**translated) if values else korean_of[message]
        assert shown(english) == spoken.particles(wanted), message


def test_a_persons_words_stay(korean):
    for words in ("rock and roll", "no time to lose.", "x: y", "", "Cats. And dogs.", "is {not} a placeholder"):
        assert shown(words) == words
    # A column called like a word of ours is not translated inside a sentence.
    assert "rows" in shown("The target is rows, by its name. Say another with target=COLUMN.")


def test_language_is_chosen_as_by_the_command_line(tmp_path, korean):
    use_language("en")
    with pytest.raises(DataError, match="does not exist"):
        open_any(tmp_path / "photos")
