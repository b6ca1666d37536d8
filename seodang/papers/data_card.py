"""The data card: what the data is, where it comes from, how it was divided."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import language, tr
from seodang.core.sentences import shown
from seodang.evaluation.naming import left_out
from seodang.papers import words
from seodang.papers.blocks import Blank, Block, Finding, Heading, Paragraph, Points, Section, Table
from seodang.papers.evidence import Evidence
from seodang.papers.questions import questions
from seodang.papers.trace import Place

# Up to so many classes and columns have a row each.
CLASSES, COLUMNS, LEFT_OUT = 24, 40, 5
HASH = 8  # letters of a hash that are shown


def data_card(evidence: Evidence) -> Section:
    """What the data is, where it comes from, how it was divided."""
    blocks: list[Block] = [*_definition(evidence), *_division(evidence), *_columns(evidence), *_left_out(evidence)]
    asked = ["consent"] if "card" in evidence.facts else ["data_source", "data_licence", "consent"]
    return Section("data-card", tr("Data card"), [*blocks, *blanks(evidence, *asked)])


def blanks(evidence: Evidence, *keys: str) -> Iterator[Block]:
    """Questions to the author, with their answers."""
    for key in keys:
        place = evidence.answers.get(key)
        answer = "" if place is None or not place.value else evidence.trace.quote(place)
        yield Blank(key, questions()[key], answer)


def finding(evidence: Evidence, place: Place) -> Finding:
    """What a check or a look found."""
    say = evidence.trace.say
    is_serious = place.value["level"] == "serious"
    return Finding(say(place["what"]), say(place["evidence"]), say(place["why"]), say(place["todo"]), is_serious)


def spoken(place: Place | None) -> bool:
    """Whether words that a file holds can be said in the paper's language."""
    if place is None or not place.value:
        return False
    has_korean = any("가" <= letter <= "힣" for letter in shown(str(place.value)))
    return has_korean == (language() == "ko")


def _definition(evidence: Evidence) -> Iterator[Block]:
    trace, source = evidence.trace, evidence.data["source"]
    if evidence.is_imported:
        yield Paragraph(tr("The run was imported: the data that it was trained on is not known here."))
        rows = [[tr("Where it lies"), trace.quote(source["where"])], [tr("Form"), trace.say(source["form"])]]
        yield Table([], rows, is_settings=True)
        return
    form = evidence.noun if evidence.noun in ("picture", "text") else "row"  # windows are cut from rows
    number = words.many(trace.number(words.count, source["examples"]), source["examples"].value, form)
    rows = [
        [tr("Name"), trace.quote(source["name"])],
        [tr("Where it lies"), trace.quote(source["where"])],
        [tr("Form"), f"{trace.say(source['form'])}, {number}"],
    ]
    if card := evidence.facts.get("card"):
        rows.append([tr("Title"), trace.quote(card["title"])])
        rows += [[tr("Home"), trace.quote(card["homepage"])], [tr("Licence of the data"), trace.say(card["licence"])]]
        if "hub" in card:
            rows.append([tr("On the Hugging Face hub"), trace.quote(card["hub"])])
        if spoken(card.get("note")):
            rows.append([tr("Remark"), trace.say(card["note"])])
    target = evidence.data.get("purpose", "target")
    if target is not None:
        rows.append([tr("Foretold is"), trace.quote(target)])
    yield Table([], rows, is_settings=True)


def _division(evidence: Evidence) -> Iterator[Block]:
    trace, data = evidence.trace, evidence.data
    counts, sizes = data.get("counts"), data.get("split", "examples")
    if sizes is None or counts is None:
        return
    yield Heading(tr("How it was divided"))
    yield Paragraph(" ".join(_how_divided(evidence)))
    names = [name for name, place in sizes.items() if place.value]
    titles = [tr("Class") if data.value.get("classes") else "", *(words.split_title(name) for name in names)]
    rows = [[tr("all"), *(trace.number(words.count, sizes[name]) for name in names)]]
    classes = data.value.get("classes", [])
    if 0 < len(classes) <= CLASSES:
        for place in data["classes"]:
            numbers = [counts[name].get(place.value) for name in names]
            rows.append([trace.quote(place), *("" if n is None else trace.number(words.count, n) for n in numbers)])
    if (stretches := evidence.facts.get("stretches")) is not None:
        for title, at in ((tr("the first forecast begins"), 0), (tr("the last forecast begins"), 1)):
            rows.append([title, *(trace.quote(stretches[name][at]) for name in names)])
    hashes = [data.get("sha256", name) for name in names]
    rows.append([tr("SHA-256 begins"), *("" if h is None else trace.quote(h, words.first(HASH)) for h in hashes)])
    yield Table(titles, rows)
    if len(classes) > CLASSES and "train" in counts:
        yield Paragraph(_extremes(evidence, counts["train"]))


def _extremes(evidence: Evidence, counts: Place) -> str:
    """Of many classes the rarest and the commonest."""
    rows = sorted(counts.items(), key=lambda each: each[1].value)
    (rare, few), (common, most) = rows[0], rows[-1]
    place = {each.value: each for each in evidence.data["classes"]}
    trace = evidence.trace
    return tr(
        "Of {number} classes the rarest in training is {rare} ({few}), the commonest {common} ({most}).",
        number=trace.number(words.count, evidence.data["classes"], way="number of"),
        rare=trace.quote(place[rare]),
        few=trace.number(words.count, few),
        common=trace.quote(place[common]),
        most=trace.number(words.count, most),
    )


def _how_divided(evidence: Evidence) -> list[str]:
    split = evidence.data["split"]
    given, seed = split.value["given"], evidence.trace.number(words.count, split["seed"])
    if evidence.task == "forecast":
        return [tr("In time order: the first windows train, the last judge.")]
    if "test" in given:
        lines = [tr("The data gives its test split itself.")]
        if "validation" not in given and split["examples"].value.get("validation"):
            lines.append(tr("Validation was drawn from training, with seed {seed}.", seed=seed))
        return lines
    if [name for name, number in split["examples"].items() if number.value] == ["train"]:
        return [tr("Not at all: nothing was kept apart, all of it trains.")]
    if "validation" in given:
        lines = [tr("The data gives training and validation itself.")]
        if split["examples"].value.get("test"):
            lines.append(tr("The test split was drawn from training, with seed {seed}.", seed=seed))
        return lines
    by = split.get("by")
    if by is not None:
        return [tr("Drawn at random by {column}, with seed {seed}.", column=evidence.trace.quote(by), seed=seed)]
    return [tr("Drawn at random, with seed {seed}.", seed=seed)]


def _columns(evidence: Evidence) -> Iterator[Block]:
    trace = evidence.trace
    columns = evidence.facts.get("look", "columns") or evidence.data.get("columns")
    if columns is None:
        return
    yield Heading(tr("Its columns"))
    rows = []
    for each in list(columns)[:COLUMNS]:
        use = trace.say(each["use"]) if spoken(each.get("use")) else ""
        numbers = [trace.number(words.count, each[name]) for name in ("missing", "distinct")]
        holds = trace.say(each["reason"]) if spoken(each.get("reason")) else ""
        rows.append([trace.quote(each["name"]), trace.say(each["kind"]), *numbers, holds, use])
    titles = [tr("Column"), tr("kind"), tr("missing"), tr("different values"), tr("what it holds"), tr("used as")]
    for last in (5, 4):
        if not any(row[last] for row in rows):
            titles, rows = titles[:last] + titles[last + 1 :], [row[:last] + row[last + 1 :] for row in rows]
    yield Table(titles, rows, text=(1, 4, 5))
    if len(columns.value) > COLUMNS:
        number = trace.number(words.count, columns, way="number of")
        yield Paragraph(tr("There are {number} columns in all; data.json lists them.", number=number), is_soft=True)


def _left_out(evidence: Evidence) -> Iterator[Block]:
    trace, left = evidence.trace, evidence.data.get("left_out")
    if left is None or not left.value:
        return
    yield Heading(tr("Left out"))
    if len(left.value) > LEFT_OUT:
        number = trace.number(words.count, left, way="number of")
        yield Paragraph(tr("{number} entries were left out; the first:", number=number))
    told = evidence.facts.get("described", "left_out") or left
    yield Points(
        [
            f"{trace.quote(each['path'], left_out, is_ours=True)}"
            + (f": {trace.say(each['reason'])}" if spoken(each["reason"]) else "")
            for each in list(told)[:LEFT_OUT]
        ]
    )
