"""Sentences that are kept in English and shown in another language: found again by their pattern."""

import gettext

import pytest

from seodang.core import language as spoken
from seodang.core import sentences
from seodang.core.language import in_english, tr
from seodang.core.sentences import said, saidn, shown

KOREAN = {
    "no values": "값이 없음",
    "empty file": "빈 파일",
    "{file} is empty.": "{file}이(가) 비어 있습니다.",
    "{file} is {clause}.": "{file}: {clause}.",
    "{count:,} files are left out.": "파일 {count:,}개를 제외합니다.",
    "{target} is an amount: {reason}.": "{target}은(는) 양입니다: {reason}.",
    "{count:,} numbers from {least} to {most}": "{least}부터 {most}까지의 수 {count:,}가지",
    "Column {name} is read, and {name} only.": "{name} 열만 읽습니다.",
}


class _Catalogue(gettext.NullTranslations):
    _catalog = KOREAN

    def gettext(self, message: str) -> str:
        return KOREAN.get(message, message)


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    monkeypatch.setattr(spoken, "catalogue", lambda code: _Catalogue() if code == "ko" else gettext.NullTranslations())
    monkeypatch.setattr(spoken, "_chosen", "ko")
    monkeypatch.setattr(sentences, "_plurals", lambda code: {})
    for cached in (sentences._known, sentences._shown):
        cached.cache_clear()
    yield
    for cached in (sentences._known, sentences._shown):
        cached.cache_clear()


def test_what_is_kept_is_english_and_shown_in_korean():
    note = saidn("1 file is left out.", "{count:,} files are left out.", 1200)
    assert note == "1,200 files are left out."
    assert shown(note) == "파일 1,200개를 제외합니다."


def test_a_clause_inside_is_translated_and_a_name_is_not():
    reason = said("{target} is an amount: {reason}.", target="no values", reason="5 numbers from 1 to 9")
    assert shown(reason) == "no values는 양입니다: 1부터 9까지의 수 5가지."
    assert shown("Column empty file is read, and empty file only.") == "empty file 열만 읽습니다."


def test_a_name_that_stands_twice_must_be_the_same():
    assert shown("Column a is read, and b only.") == "Column a is read, and b only."


def test_clauses_and_sentences_one_after_another_are_taken_apart():
    assert shown("5 numbers from 1 to 9; no values") == "1부터 9까지의 수 5가지; 값이 없음"
    assert shown("a.csv is empty. 3 files are left out.") == "a.csv가 비어 있습니다. 파일 3개를 제외합니다."
    assert shown("a.png: empty file\nb.png: empty file") == "a.png: 빈 파일\nb.png: 빈 파일"


def test_a_full_stop_more_or_less_does_not_matter():
    assert shown("empty file.") == "빈 파일."
    assert shown("a.csv is empty") == "a.csv가 비어 있습니다"


def test_a_pattern_of_few_letters_is_believed_only_with_a_clause_of_ours():
    assert shown("a.csv is empty file.") == "a.csv: 빈 파일."
    assert shown("This is another thing.") == "This is another thing."


def test_what_the_catalogue_does_not_know_stays():
    for text in ("Permission denied", "rock; roll", "x: y", "", "{braces} and 5 % of files"):
        assert shown(text) == text


def test_an_error_that_is_kept_speaks_english():
    with in_english():
        assert tr("{file} is empty.", file="a.csv") == "a.csv is empty."
    assert tr("{file} is empty.", file="a.csv") == "a.csv가 비어 있습니다."


def test_the_forms_of_one_and_of_many_are_read_from_the_catalogues_file(tmp_path, monkeypatch):
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    monkeypatch.undo()
    catalogue = Catalog(locale="ko")
    catalogue.add(("{count} picture", "{count:,} pictures"), ("이미지 {count:,}개",))
    catalogue.add("empty file", "빈 파일")
    file = tmp_path / "ko" / "LC_MESSAGES" / "seodang.mo"
    file.parent.mkdir(parents=True)
    with open(file, "wb") as opened:
        write_mo(opened, catalogue)
    monkeypatch.setattr(spoken, "FOLDER", tmp_path)
    assert sentences._plurals("ko") == {
        "{count} picture": "이미지 {count:,}개",
        "{count:,} pictures": "이미지 {count:,}개",
    }
