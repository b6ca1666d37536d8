"""Sentences and their translations: a tab between the two, or a file a language whose lines belong together."""

from __future__ import annotations

import collections
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.later import pandas as pd
from seodang.core.sentences import said, saidn, shown
from seodang.data.frame import Column, Frame
from seodang.data.readers.content import content_of, stamp_of
from seodang.data.readers.decoding import decoded, printable, read_as
from seodang.data.readers.naming import LABEL_NAMES, short_name, split_of
from seodang.data.repeated_texts import repeated_texts
from seodang.data.source import SPLITS, LeftOut

# ISO 639-1, and what translation tools call the two sides where they name no language.
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et "
    "eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl "
    "km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj "
    "om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to "
    "tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu src tgt source target"
)
LANGUAGES = frozenset(_CODES.split())
SIDES = {"src": "source", "tgt": "target"}
# Languages by their names, and ISO 639-2 codes that people write; only where nothing else tells (`loosely_parallel`).
_NAMES = (
    "english korean german french spanish italian japanese chinese portuguese russian dutch vietnamese arabic turkish polish hindi "
    "eng kor deu ger fra fre spa ita jpn zho chi por rus nld input output 영어 한국어 일본어 중국어 독일어 프랑스어"
)
NAMED = frozenset(_NAMES.split())
# Words of a header line: then it is a table with names, which is another reader's.
HEADER_WORDS = {*LABEL_NAMES, "id", "text", "document", "sentence", "review", "source", "target", "english", "korean"}
WIDEST = 6  # cells a line: the two sentences and what is noted of them
_LONG_WORD = 15  # letters of a line without spaces that is a sentence, as in Chinese
WHOLE = 0.8  # of the lines have them all: some lack their translation, and are left out
LEAST_DIFFERENT = 0.3  # of the sentences of a side: a column of labels has a few values again and again


@dataclass
class _Rows:
    """Sentence pairs of all files so far: a list a column, with the place of each row."""

    columns: dict[str, list[str]]
    ids: list[str]
    splits: list[str]
    left_out: list[LeftOut]
    encodings: list[str]


# Which files hold pairs -----------------------------------------------------------------------------------------------


def are_pairs(lines: Sequence[str]) -> bool:
    """Whether lines, the first of a file, are sentence pairs with a tab between them and no header.

    >>> are_pairs(["Who?\\t누구?", "Hello!\\t안녕!"]), are_pairs(["text\\tlabel", "good\\t1"])
    (True, False)
    """
    rows = [line.split("\t") for line in lines if line.strip()]
    width = _width(rows)
    if not 2 <= width <= WIDEST or sum(len(row) == width for row in rows) < WHOLE * len(rows):
        return False
    if any(cell.strip().lower() in HEADER_WORDS for cell in rows[0]):
        return False
    sides = list(zip(*(row[:2] for row in rows if len(row) == width), strict=True))
    return all(_are_sentences(side) for side in sides)


def _width(rows: Sequence[Sequence[str]]) -> int:
    return collections.Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0


def _are_sentences(cells: Sequence[str]) -> bool:
    worded = sum(bool(re.search(r"[^\W\d_]", cell)) for cell in cells)
    return worded >= 0.9 * len(cells) and (len(cells) < 5 or len(set(cells)) >= LEAST_DIFFERENT * len(cells))


def language_of(name: str) -> tuple[str, str]:
    """A file name without its language, and the language; the empty string where it names none.

    >>> language_of("train.en.gz"), language_of("corpus.de-en.de"), language_of("pt_BR.txt"), language_of("dev.zh-CN.txt")
    (('train', 'en'), ('corpus.de-en', 'de'), ('pt_BR', ''), ('dev', 'zh-CN'))
    """
    stem = name.removesuffix(".gz").removesuffix(".txt")
    rest, dot, last = stem.rpartition(".")
    code = re.split("[-_]", last.lower())[0]
    if not dot or not rest or code not in LANGUAGES or len(last) > len(code) + 5:
        return stem, ""
    return rest, SIDES.get(last.lower(), last)


def parallel_files(files: Sequence[str]) -> dict[str, dict[str, str]]:
    """Of paths inside a folder those that belong together: stem → language → path. Empty where there are none.

    >>> parallel_files(["train.de.gz", "train.en.gz", "notes.txt"])
    {'train': {'de': 'train.de.gz', 'en': 'train.en.gz'}}
    """
    stems: dict[str, dict[str, str]] = {}
    for file in sorted(files):
        folder, _, name = file.rpartition("/")
        stem, language = language_of(name)
        if language:
            stems.setdefault(f"{folder}/{stem}" if folder else stem, {})[language] = file
    return {stem: sides for stem, sides in stems.items() if len(sides) > 1}


def loosely_parallel(root: Path, files: Sequence[str]) -> dict[str, dict[str, str]]:
    """`parallel_files` where the language is a word anywhere in the name, or all of it (train_ko.txt, korean.txt, src.txt): only
    where exactly two files belong together and have as many lines, for such names may mean something else."""
    stems: dict[str, dict[str, str]] = {}
    for file in sorted(files):
        folder, _, name = file.rpartition("/")
        parts = re.split(r"[._-]", name.lower().removesuffix(".gz").removesuffix(".txt"))
        spoken = [part for part in parts if part in LANGUAGES or part in NAMED]
        if len(spoken) != 1:
            continue
        stem = "-".join(part for part in parts if part != spoken[0]) or "text"
        stems.setdefault(f"{folder}/{stem}" if folder else stem, {})[SIDES.get(spoken[0], spoken[0])] = file
    found = {stem: sides for stem, sides in stems.items() if len(sides) == 2}
    if len({frozenset(sides) for sides in found.values()}) != 1:
        return {}
    pairs = all(_are_as_long(root, list(sides.values())) for sides in found.values())
    return found if pairs and all(_hold_sentences(root, list(sides.values())) for sides in found.values()) else {}


def _are_as_long(root: Path, files: list[str]) -> bool:
    """Whether all are texts with the same number of lines, two or more."""
    texts = [decoded(content_of(root / file))[0] for file in files]
    numbers = {-1 if text is None else text.removesuffix("\n").count("\n") for text in texts}
    return len(numbers) == 1 and numbers.pop() > 0


def _hold_sentences(root: Path, files: list[str]) -> bool:
    """Whether the lines of one of them are more than single words: lists of names are no translations of one another."""
    heads = [(decoded(content_of(root / file))[0] or "").split("\n")[:200] for file in files]
    return any(
        sum(len(line.split()) > 1 or len(line) > _LONG_WORD for line in head) > 0.5 * len(head) for head in heads
    )


# Reading --------------------------------------------------------------------------------------------------------------


def read_tab_pairs(path: Path, root: Path, files: Sequence[str], left_out: Sequence[LeftOut] = ()) -> Frame:
    """Files of lines `source TAB target`, with or without further columns.

    Columns "source", "target", then "attribution" where that is what stands there (Tatoeba), else "column 3", …
    """
    found = _Rows({}, [], [], list(left_out), [])
    for file in files:
        rows = [line.split("\t") for line in _lines(root / file, file, found.encodings)]
        width = max(2, _width([row for row in rows if any(row)]))
        names = ["source", "target", *(_name_of(rows, number) for number in range(3, width + 1))]
        for number, row in enumerate(rows, start=1):
            place = f"{printable(file)} line {number}"
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) != width:
                found.left_out.append(
                    LeftOut(
                        place,
                        said("{count} cells where the other lines have {expected}", count=len(cells), expected=width),
                    )
                )
            elif not (cells[0] and cells[1]):
                found.left_out.append(
                    LeftOut(place, said("no target sentence") if cells[0] else said("no source sentence"))
                )
            else:
                _add(found, dict(zip(names, cells, strict=True)), place, split_of(file) if len(files) > 1 else "")
    note = said(
        "The lines name no languages: what stands before the first tab is the source, what follows it the target."
    )
    return _frame(path, root, files, found, ["source", "target"], [note])


def _name_of(rows: list[list[str]], number: int) -> str:
    cells = [row[number - 1] for row in rows if len(row) >= number]
    credits = sum("attribution" in cell.lower() for cell in cells)
    is_last = number == max(map(len, rows))
    return "attribution" if is_last and credits >= 0.9 * len(cells) else f"column {number}"


def read_parallel(path: Path, root: Path, stems: dict[str, dict[str, str]], left_out: Sequence[LeftOut] = ()) -> Frame:
    """Files a language whose lines belong together: line 7 of train.en and of train.de say the same. A column a language.

    Raises:
        DataError: Two files that belong together have different numbers of lines, or a file is no text.
    """
    languages = _languages(stems)
    found = _Rows({}, [], [], list(left_out), [])
    order = {name: position for position, name in enumerate((*SPLITS, ""))}
    files: list[str] = []
    for stem in sorted(stems, key=lambda stem: (order[split_of(stem)], stem)):
        if missing := [language for language in languages if language not in stems[stem]]:
            found.left_out.append(
                LeftOut(printable(stem), said("there is no {language} beside it", language=missing[0]))
            )
            continue
        sides = {
            language: _lines(root / stems[stem][language], stems[stem][language], found.encodings)
            for language in languages
        }
        files += [stems[stem][language] for language in languages]
        _sure_of_lengths({printable(stems[stem][language]): len(sides[language]) for language in languages})
        for number, cells in enumerate(zip(*sides.values(), strict=True), start=1):
            place = f"{printable(stem)} line {number}"
            if all(cell.strip() for cell in cells):
                row = {name: cell.strip() for name, cell in zip(languages, cells, strict=True)}
                _add(found, row, place, split_of(stem) if len(stems) > 1 else "")
            elif any(cell.strip() for cell in cells):
                empty = next(name for name, cell in zip(languages, cells, strict=True) if not cell.strip())
                found.left_out.append(LeftOut(place, said("no sentence in {language}", language=empty)))
    note = said("Languages by the names of the files: {languages}.", languages=", ".join(languages))
    return _frame(path, root, files, found, languages, [note])


def _sure_of_lengths(lines: dict[str, int]) -> None:
    (first, many), *others = lines.items()
    for other, number in others:
        if number != many:
            raise DataError(
                tr(
                    "{first} has {count:,} lines and {second} {number:,}: line by line they must say the same. "
                    "Find where one line is missing or broken in two.",
                    first=first,
                    count=many,
                    second=other,
                    number=number,
                )
            )


def _languages(stems: dict[str, dict[str, str]]) -> list[str]:
    """Those that most files have, English and "source" first, for most collections begin there; the rest by alphabet."""
    counts = collections.Counter(language for sides in stems.values() for language in sides)
    shared = [language for language in counts if counts[language] == max(counts.values())]
    return sorted(shared, key=lambda name: (not name.startswith("en") and name != "source", name))


def _lines(path: Path, file: str, encodings: list[str]) -> list[str]:
    text, encoding = decoded(content_of(path))
    if text is None:
        raise DataError(
            tr("{file} cannot be read as sentences: {reason}.", file=printable(file), reason=shown(encoding))
        )
    encodings.append(encoding)
    return text.removesuffix("\n").split("\n")  # not splitlines: U+2028 and form feeds are no line ends here


def _add(found: _Rows, row: dict[str, str], place: str, split: str) -> None:
    for name, cell in row.items():
        if name not in found.columns:  # earlier files did not have it: empty in their rows
            found.columns[name] = [""] * len(found.ids)
        found.columns[name].append(cell)
    found.ids.append(place)
    found.splits.append(split)
    if len(row) < len(found.columns):
        for name in found.columns.keys() - row.keys():
            found.columns[name].append("")


def _frame(path: Path, root: Path, files: Sequence[str], found: _Rows, sides: list[str], notes: list[str]) -> Frame:
    if not found.ids:
        raise DataError(
            tr(
                "{path} has no sentence pairs: every line is empty on one side or has the wrong number of cells.",
                path=path,
            )
        )
    series = {
        name: pd.Series([value or None for value in values], dtype=object) for name, values in found.columns.items()
    }
    both = ["\t".join(row) for row in zip(*(found.columns[side] for side in sides), strict=True)]
    if unpaired := len(found.left_out):
        notes.append(
            saidn(
                "1 line or file left out, listed with the reason.",
                "{count:,} lines and files left out, listed with the reason.",
                unpaired,
            )
        )
    return Frame(
        name=short_name(path),
        where=str(path),
        form=said("sentence pairs"),
        table=pd.DataFrame(series),
        columns=tuple(_column(name, values, name in sides) for name, values in found.columns.items()),
        ids=found.ids,
        splits=np.array(found.splits),
        stamp=stamp_of(root, [root / file for file in files]),
        left_out=tuple(found.left_out),
        notes=(*notes, *read_as(found.encodings), *repeated_texts(both, found.ids, found.splits)),
    )


def _column(name: str, values: list[str], is_side: bool) -> Column:
    missing, different = values.count(""), len({*values} - {""})
    if different == 1 and not is_side:
        return Column(
            name, "constant", said("always {value!r}", value=next(iter({*values} - {""}))), missing, different
        )
    reason = (
        said("sentences, {count:,} different", count=different)
        if is_side
        else said("what stands behind the pair, {count:,} different", count=different)
    )
    return Column(name, "text", reason, missing, different)
