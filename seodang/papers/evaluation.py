"""Evaluation and validation: every number with its interval, what it was set beside, class by class, and examples."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from seodang.core.errors import DataError, SeodangError
from seodang.core.language import tr
from seodang.data.load import Prepared, Subset
from seodang.data.prepare import to_pixels
from seodang.evaluation.making import parts
from seodang.evaluation.naming import example, metric, simple
from seodang.evaluation.pictures import LOSSLESS, data_uri
from seodang.papers import drawings, score, words
from seodang.papers.blocks import Block, Gallery, Heading, Paragraph, Picture, Points, Section, Table
from seodang.papers.data_card import spoken
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place

CLASSES = 24  # the weakest have a row each
MATRIX = 12  # classes up to which the confusion matrix is printed
EXAMPLES, PICTURES, REMADE = 8, 12, 8
CLEAR = ("last value", "a season ago")  # methods whose name says how they answer
LONGEST = 160  # letters of a text that was read wrongly


def evaluation(evidence: Evidence) -> Section:
    """Every number with its interval, what it was set beside, class by class, and examples."""
    blocks: list[Block] = [
        Paragraph(score.headline(evidence)),
        *_metrics(evidence, evidence.report),
        *_baselines(evidence, evidence.report),
        *drawings.judged(evidence),
        *_classes(evidence),
        *_confusion(evidence),
        *_cutoffs(evidence),
        *_mistakes(evidence),
        *_remade(evidence),
        *_written(evidence),
        *_made(evidence),
        *_lines(evidence),
    ]
    return Section("evaluation", tr("Evaluation and validation"), blocks)


def _metrics(evidence: Evidence, report: Place) -> Iterator[Block]:
    trace, rows = evidence.trace, []
    for name, place in report["metrics"].items():
        form = score.form(evidence, name)
        bounds = report.get("intervals", name)
        low_high = ""
        if bounds is not None:
            ends = words.points_of(score.counted(report)) if name in words.SHARES and "judged" in report else form
            low_high = f"{trace.number(ends, bounds[0])}–{trace.number(ends, bounds[1])}"
        rows.append([metric(name), trace.number(form, place), low_high])
    yield Table(["", tr("value"), tr("95 % interval")], rows)


def _baselines(evidence: Evidence, report: Place) -> Iterator[Block]:
    trace, found, main = evidence.trace, score.rivals(evidence, report), score.main_of(report)
    if not found:
        yield Paragraph(tr("It was set beside nothing simpler."))
        return
    outcomes = {"better": tr("better"), "same": tr("not shown to be better"), "worse": tr("WORSE")}
    task = "imitate" if main == "frechet" else evidence.task
    form = score.form(evidence, main)
    rows = [[tr("the network"), trace.number(form, report["metrics"][main]), "", ""]]
    bad = set()
    for each in found:
        chance = "" if each.p_value is None else trace.number(words.p_value, each.p_value)
        rows.append([simple(each.name, task), trace.number(form, each.place[main]), outcomes[each.outcome], chance])
        if each.outcome != "better":
            bad.add((len(rows) - 1, 2))
    if real := report.get("baselines", "real"):
        rows.append([simple("real", task), trace.number(form, real[main]), "", ""])
    yield Heading(tr("Beside what is simpler"))
    titles = ["", metric(main), tr("the network is"), tr("paired test")]
    if not any(row[3] for row in rows):
        titles, rows = titles[:3], [row[:3] for row in rows]
    yield Table(titles, rows, text=(2,), bad=frozenset(bad))
    hows = [
        f"{simple(each.name, task)}: {trace.say(each.place['how'])}"
        for each in found
        if spoken(each.place.get("how")) and each.name not in CLEAR
    ]
    if hows:
        yield Paragraph("; ".join(hows) + ".", is_soft=True)


def _classes(evidence: Evidence) -> Iterator[Block]:
    trace, found = evidence.trace, evidence.report.get("per_class")
    if found is None:
        return
    rows = []
    every = sorted((row for row in found if row.value["support"]), key=lambda row: row.value["recall"])
    for row in every[:CLASSES]:
        form = words.percent_of(row.value["support"])
        rows.append(
            [
                trace.quote(row["class"]),
                trace.number(words.count, row["support"]),
                trace.number(form, row["recall"]),
                trace.number(words.percent_of(row.value["predicted"]), row["precision"])
                if row.value["predicted"]
                else "",
                trace.number(words.amount, row["f1"]),
            ]
        )
    yield Heading(tr("Class by class, the weakest first"))
    yield Table([tr("Class"), tr("judged"), tr("found (recall)"), tr("right when called (precision)"), tr("F1")], rows)
    if len(every) > CLASSES:
        number = trace.number(words.count, found, way="number of")
        yield Paragraph(
            tr("There are {number} classes in all; report.json has the others.", number=number), is_soft=True
        )


def _confusion(evidence: Evidence) -> Iterator[Block]:
    trace, found = evidence.trace, evidence.report.get("confusion")
    if found is None or len(found.value) > MATRIX:
        return
    names = [trace.quote(each) for each in evidence.report["classes"]]
    rows = [[name, *(trace.number(words.count, cell) for cell in row)] for name, row in zip(names, found, strict=True)]
    wrong = {(i, j + 1) for i, row in enumerate(found.value) for j, cell in enumerate(row) if cell and i != j}
    yield Heading(tr("What was taken for what"))
    yield Paragraph(tr("Rows: what it is. Columns: what the network called it."), is_soft=True)
    yield Table(["", *names], rows, bad=frozenset(wrong))


def _cutoffs(evidence: Evidence) -> Iterator[Block]:
    """How many answers clear each confidence, and how right those are."""
    trace, found = evidence.trace, evidence.report.get("cutoffs")
    if found is None:
        return
    rows = []
    for each in found:
        answered, told = each["answered"].value, []
        if answered:
            ends = (trace.number(words.points_of(answered), end) for end in each["interval"])
            told = [trace.number(words.percent_of(answered), each["accuracy"]), "–".join(ends)]
        rows.append(
            [
                trace.number(words.whole_percent, each["at"]),
                trace.number(words.count, each["answered"]),
                trace.number(score.form(evidence, "accuracy"), each["share"]),
                *(told or ["–", "–"]),
            ]
        )
    yield Heading(tr("If only its surest answers are taken"))
    yield Paragraph(
        tr(
            "What is left for a person to look at is the rest. The network was judged on these examples, so a cut-off that is chosen "
            "here looks a little better than it is."
        ),
        is_soft=True,
    )
    titles = [tr("Confidence at least"), tr("answers"), tr("share of all"), tr("right"), tr("95 % interval")]
    yield Table(titles, rows)


def _mistakes(evidence: Evidence) -> Iterator[Block]:
    """The mistakes it was surest of, with their pictures where those can be read; of rows a table."""
    trace, found = evidence.trace, evidence.report.get("mistakes")
    if found is None or not found.value or evidence.run.recipe.makes_examples:
        return
    if evidence.noun == "picture":
        if shown := _shown(evidence, found):
            yield Heading(tr("The mistakes it was surest of"))
            yield Gallery(shown)  # pyright: ignore[reportArgumentType]
        return
    yield Heading(tr("The mistakes it was surest of") if evidence.task == "classify" else tr("The farthest off"))
    if len(evidence.report.value.get("by_step") or ()) > 1:
        yield Paragraph(
            tr("Each of a window: the mean of its steps, and how far off they are on average."), is_soft=True
        )
    last = "probability" if evidence.task == "classify" else "error"
    if evidence.task == "classify" and isinstance(found[0].value.get("shown"), str):
        yield Points([_read(evidence, each) for each in list(found)[:EXAMPLES]])
        return
    rows = []
    for each in list(found)[:EXAMPLES]:
        sure = trace.number(words.percent_of(100), each[last]) if last == "probability" else trace.quote(each[last])
        rows.append([trace.quote(each["id"], example), trace.quote(each["true"]), trace.quote(each["predicted"]), sure])
    titles = [tr("Which"), tr("true"), tr("foretold"), tr("how sure") if last == "probability" else tr("off by")]
    yield Table(titles, rows, text=(1, 2) if evidence.task == "classify" else ())


def _read(evidence: Evidence, mistake: Place) -> str:
    """A text that was read wrongly, what it is and what the network says."""
    trace = evidence.trace
    told = tr(
        "It is {true}; the network says {predicted}, {sure} sure.",
        true=trace.quote(mistake["true"]),
        predicted=trace.quote(mistake["predicted"]),
        sure=trace.number(words.percent_of(100), mistake["probability"]),
    )
    return f"“{trace.quote(mistake['shown'], _beginning)}” {told} ({trace.quote(mistake['id'], example)})"


def _beginning(text: str) -> str:
    """The first words of a text that is long."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _remade(evidence: Evidence) -> Iterator[Block]:
    """Of pictures that are put out again, what went in and what came out, of examples drawn at random."""
    subset = _judged_pictures(evidence) if evidence.task == "reconstruct" else None
    if subset is None:
        return
    import torch

    run, some = evidence.run, list(evidence.report["examples"])[:REMADE]
    before, model = parts(run)
    try:
        given = before(subset.fetch(torch.tensor([each.value["index"] for each in some])))
    except (DataError, SeodangError):
        return
    pairs = torch.cat([given, run.task.decode(model(given)).reshape(given.shape)], dim=-1)
    pictures = to_pixels(pairs, run.recipe.preparation).numpy()
    yield Heading(tr("What comes out again"))
    told = f"{tr('Drawn at random, not chosen.')} {tr('Left what went in, right what came out.')}"
    yield Paragraph(told, is_soft=True)
    caption = f"{tr('went in')} → {tr('came out')}"
    yield Gallery(  # pyright: ignore[reportArgumentType]
        [Picture(data_uri(one), caption, each.value["id"], True) for each, one in zip(some, pictures, strict=True)]
    )


def _judged_pictures(evidence: Evidence) -> Subset | None:
    """The judged pictures, where they can be read again."""
    data = evidence.case.prepared
    if not isinstance(data, Prepared) or not evidence.is_own:
        return None
    return {"test": data.test, "validation": data.validation, "train": data.train}[evidence.report.value["split"]]


def _shown(evidence: Evidence, found: Place) -> list[Picture]:
    import torch

    subset, trace = _judged_pictures(evidence), evidence.trace
    if subset is None:
        return []
    some = list(found)[:PICTURES]
    try:
        pixels = subset.fetch(torch.tensor([each.value["index"] for each in some])).numpy()
    except (DataError, SeodangError):
        return []
    shown = []
    for each, one in zip(some, pixels, strict=True):
        told = tr(
            "It is {true}; the network says {predicted}, {sure} sure.",
            true=trace.quote(each["true"]),
            predicted=trace.quote(each["predicted"]),
            sure=trace.number(words.percent_of(100), each["probability"]),
        )
        shown.append(Picture(data_uri(one), told, each.value["id"], max(one.shape[1:]) <= LOSSLESS))
    return shown


def _written(evidence: Evidence) -> Iterator[Block]:
    """What it writes, or translates."""
    trace = evidence.trace
    if (found := evidence.report.get("samples")) is not None and found.value and "text" in found[0]:
        yield Heading(tr("What it writes"))
        rows = [[trace.quote(each["start"]), trace.quote(each["text"])] for each in list(found)[:EXAMPLES]]
        yield Table([tr("Begins with"), tr("goes on")], rows, text=(1,))
    if (found := evidence.report.get("translations")) is not None and found.value:
        yield Heading(tr("What it translates"))
        rows = [
            [trace.quote(each[name]) for name in ("source", "written", "wanted")] for each in list(found)[:EXAMPLES]
        ]
        yield Table([tr("Reads"), tr("writes"), tr("a person wrote")], rows, text=(1, 2))


def _made(evidence: Evidence) -> Iterator[Block]:
    """Of a network that makes pictures: numbers and classes of what it makes, and a strip of it over training."""
    trace = evidence.trace
    made = evidence.report.get("made")
    if made is not None:
        yield Heading(tr("What it makes from noise"))
        yield Paragraph(score.made(evidence, made))
        yield from _metrics(evidence, made)
        yield from _baselines(evidence, made)
    of = evidence.report if evidence.task == "imitate" else made
    if of is None:
        return
    for each in score.told_of_made(evidence, of):
        yield Paragraph(each)
    if (rows := of.get("classes", "rows")) is not None and len(rows.value) <= CLASSES:
        yield Paragraph(tr("What a classifier takes the made and the real pictures for:"))
        form = words.percent_of(1000)
        table = [
            [trace.quote(each["class"]), *(trace.number(form, each[name]) for name in ("made", "real"))]
            for each in rows
        ]
        yield Table([tr("Class"), tr("made"), tr("real")], table)
    strip = evidence.report.get("files", "strip")
    if strip is not None and (evidence.run.folder / strip.value).exists():
        content = (evidence.run.folder / strip.value).read_bytes()
        uri = f"data:image/png;base64,{base64.b64encode(content).decode()}"
        yield Picture(uri, tr("The same noise over training: a row an epoch, the first on top."), strip.value)


def _lines(evidence: Evidence) -> Iterator[Block]:
    """When it was judged."""
    when = evidence.trace.quote(evidence.report["evaluated_at"])
    yield Paragraph(tr("Judged at {time}.", time=when), is_soft=True)
