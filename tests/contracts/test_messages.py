"""Everything that a person reads is in the catalogue, and the catalogue has its Korean."""

import gettext
import io

import pytest

from seodang.core.language import later, padded, tr
from seodang.core.registry import PACKAGE
from tools import messages
from tools.untranslated import escaped

# How many texts that read like sentences a folder may have outside the catalogue. It only shrinks.
ALLOWED = {
    "cli": 0,
    "core": 0,
    "data": 6,  # fingerprints of data that is made here, and what one function raises and itself catches
    "decisions": 0,
    "diagnoses": 0,
    "estimators": 0,
    "evaluation": 0,
    "explanations": 0,
    "foundations": 0,
    "lessons": 0,
    "models": 0,
    "papers": 0,
    "pretrained": 0,
    "recipes": 0,
    "runs": 0,
    "tasks": 0,
    "training": 0,
    "tuning": 0,
}


@pytest.fixture(scope="module")
def told():
    return messages.korean()


@pytest.fixture(scope="module")
def known(told):
    return messages.collect(told)


def test_nothing_is_missing_stale_or_at_odds_with_the_english(known, told):
    assert not messages.faults(known, told)


def test_the_files_are_what_the_sources_and_the_korean_make(known, told):
    """`make messages` was run: the catalogue is as it would be written, and its compiled form is of it."""
    made = messages.catalogue(known, told)
    assert messages.PO.read_bytes() == messages.as_po(made)
    assert messages.PO.with_suffix(".mo").read_bytes() == messages.as_mo(made)
    compiled = gettext.GNUTranslations(io.BytesIO(messages.as_mo(made)))
    assert all(compiled.gettext(text) == told[text] for text in list(known)[:50] if known[text].one is None)


def test_every_folder_is_counted():
    folders = {folder.name for folder in PACKAGE.iterdir() if folder.is_dir() and any(folder.rglob("*.py"))}
    assert folders == ALLOWED.keys()


@pytest.mark.parametrize("folder", ALLOWED)
def test_no_sentence_for_people_escapes_the_catalogue(folder, known):
    files = [file for file in sorted((PACKAGE / folder).rglob("*")) if file.suffix in (".py", ".jinja")]
    found = [
        f"{file.relative_to(PACKAGE)}:{line}: {text!r}" for file in files for line, text in escaped(file, set(known))
    ]
    assert len(found) <= ALLOWED[folder], "\n".join(found)


PROGRAM = '''
"""A file."""
def run(path, count):
    """Do it."""
    raise DataError(f"{path} holds {count} pictures.")
    raise DataError("The file is empty.")
    raise DataError(tr("{path} is known.", path=f"{count} pictures lie here"))
    raise NotImplementedError("for those who write code")
    console.print("Report")
    console.print(f"[bold]{path}[/bold]  {count}")
    key = "training.epochs"
    assert path, "a path is given"
    notes.append(f"{count} files are left out")
    words = f"{count} {'file is' if count == 1 else 'files are'} here"
'''


def test_what_escapes_is_found(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    assert [text for _, text in escaped(file, {"{path} is known."})] == [
        "{} holds {} pictures.",
        "The file is empty.",
        "{} pictures lie here",
        "Report",
        "{} files are left out",
        "file is",
        "files are",
    ]
    page = tmp_path / "page.html.jinja"
    page.write_text("<style>p { color: red }</style><p title='{{ x }}'>{{ tr('Said') }} Not said</p>&nbsp;{{ 3 }}")
    assert [text for _, text in escaped(page, set())] == ["Not said"]


@pytest.mark.parametrize(
    ("english", "korean", "fault"),
    [
        ("{path} is empty.", "{path}이(가) 비었습니다.", None),
        ("{path} is empty.", "파일이 비었습니다.", "placeholders differ"),
        ("{count:,} rows are here.", "행 {count}개가 있습니다.", "placeholders differ"),
        ("[bold]Findings[/bold]", "발견한 점", "markup differs"),
        ("\nReport: it is there", "보고서가 있습니다", "line ends differ"),
        ("This is a whole sentence.", "This is it.", "not Korean"),
        ("{path} is empty.", "{path}가(이) 비었습니다.", "particle"),
    ],
)
def test_faults_of_a_translation_are_told(english, korean, fault):
    found = messages.faults({english: messages.Message(english, "a.py")}, {english: korean})
    assert [line.partition(":")[0] for line in found] == ([] if fault is None else [fault])


def test_what_is_marked_or_padded_stays_as_it_is():
    assert later("Usage: ") == "Usage: "
    assert padded(tr("epochs"), 8) == "epochs  "
