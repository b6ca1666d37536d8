"""The paper as Markdown: a model card as on the Hugging Face hub, with its YAML header."""

# The header's fields: https://github.com/huggingface/hub-docs/blob/main/modelcard.md and https://huggingface.co/docs/hub/model-cards
from __future__ import annotations

import re

from huggingface_hub import EvalResult, ModelCardData

from seodang.core.language import language, tr
from seodang.evaluation import naming
from seodang.evaluation.verdict import points
from seodang.papers import words
from seodang.papers.blocks import (
    Blank,
    Block,
    Command,
    Drawing,
    Finding,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Points,
    Section,
    Table,
)
from seodang.papers.evidence import Evidence
from seodang.papers.in_short import InShort
from seodang.papers.sources import sources

# Licences that the hub knows by these names (https://huggingface.co/docs/hub/repositories-licenses); others are "other" with a name.
LICENCES = """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl
lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib
pddl unknown
"""
UNKNOWN = "unknown"
# The hub's words for what is learnt (https://huggingface.co/tasks), by task and kind of example.
TASKS = {
    ("classify", "picture"): "image-classification",
    ("classify", "row"): "tabular-classification",
    ("classify", "text"): "text-classification",
    ("regress", "row"): "tabular-regression",
    ("regress", "text"): "text-classification",
    ("forecast", "window"): "time-series-forecasting",
    ("next_token", "text"): "text-generation",
    ("translate", "text"): "translation",
    ("imitate", "picture"): "unconditional-image-generation",
    ("reconstruct", "picture"): "image-feature-extraction",
    ("reconstruct", "row"): "feature-extraction",
}
# The hub's names of metrics (https://huggingface.co/metrics) where they are not ours. Our Fréchet distance is not its "fid", whose
# features are ImageNet's.
METRICS: dict[str, str] = {"macro_f1": "f1", "r2": "r_squared", "calibration_error": "ece"}
LISTED = (
    "accuracy",
    "balanced_accuracy",
    "macro_f1",
    "roc_auc",
    "log_loss",
    "mae",
    "rmse",
    "mse",
    "r2",
    "perplexity",
    "bleu",
    "frechet",
)


def header(evidence: Evidence) -> ModelCardData:
    """What stands between the dashes on top of a model card; of what is not known nothing is said."""
    report, run = evidence.report.value, evidence.run
    pipeline = TASKS.get((evidence.task, evidence.noun))
    listed = [METRICS.get(name, name) for name in LISTED if name in report["metrics"]]
    hub = evidence.facts.get("card", "hub")
    licence, licence_name = _licence(evidence)
    tags = [
        "seodang",
        "pytorch",
        evidence.task.replace("_", "-"),
        run.recipe.name,
        *([] if pipeline is None else [pipeline]),
    ]
    return ModelCardData(
        language=_languages(evidence),
        license=licence,
        license_name=licence_name,
        library_name="seodang",
        pipeline_tag=pipeline,
        tags=tags,
        datasets=None if hub is None else [hub.value],
        metrics=listed or None,
        model_name=run.name,
        eval_results=_results(evidence, pipeline, hub.value if hub is not None else ""),
    )


def _languages(evidence: Evidence) -> list[str]:
    """The languages the author names; else of what the model reads nothing is known, and it is the language of this card."""
    place = evidence.answers.get("language")
    named = re.split(r"[,;\s]+", "" if place is None else place.value.lower())
    return [code for code in dict.fromkeys(named) if re.fullmatch("[a-z]{2,3}", code)] or [language()]


def _licence(evidence: Evidence) -> tuple[str, str | None]:
    """The hub's identifier of the model's licence, and the name of one that it has none for."""
    place = evidence.answers.get("licence")
    said = "" if place is None else place.value.strip()
    if not said:
        return UNKNOWN, None
    name = re.sub(r"[^a-z0-9.+]+", "-", said.lower()).strip("-")
    return (name, None) if name in LICENCES.split() else ("other", name or UNKNOWN)


def _results(evidence: Evidence, pipeline: str | None, hub: str) -> list[EvalResult]:
    report = evidence.report.value
    name = report["judged"]["data"] if not evidence.is_own else report["data"]["source"]["name"]
    split = report["split"] if report["split"] != "all" else None
    return [
        EvalResult(
            task_type=pipeline or evidence.task.replace("_", "-"),
            dataset_type=hub or name,
            dataset_name=name,
            dataset_split=split,
            metric_type=METRICS.get(str(metric), str(metric)),
            metric_value=value,
            metric_name=_named(evidence, metric),
        )
        for metric, value in report["metrics"].items()
    ]


def _named(evidence: Evidence, metric: str) -> str:
    """The metric's name, with its interval where there is one."""
    bounds = evidence.report.value["intervals"].get(metric)
    if bounds is None:
        return naming.metric(metric)
    examples = evidence.report.value["judged"]["examples"]
    low, high = (points(b, examples) if metric in words.SHARES else words.amount(b) for b in bounds)
    return f"{naming.metric(metric)} ({tr('95 % interval')} {low}–{high})"


def card(evidence: Evidence, short: InShort, sections: list[Section], command: str) -> str:
    """The whole Markdown."""
    lines = ["---", header(evidence).to_yaml(line_break="\n"), "---", "", f"# {evidence.run.name}", ""]
    lines += [f"## {tr('In short')}", "", f"**{_text(evidence, short.line)}**", ""]
    answers = (
        (tr("What it is for"), short.what_for),
        (tr("How good"), short.how_good),
        (tr("How sure"), short.how_sure),
        (tr("What would break it"), short.what_breaks),
    )
    for title, told in answers:
        lines += [f"**{title}.** " + " ".join(_text(evidence, each) for each in told), ""]
        if title == answers[0][0]:
            for block in sections[0].blocks:
                lines += _block(evidence, block)
    for section in sections[1:]:
        lines += [f"## {section.title}", ""]
        for block in section.blocks:
            lines += _block(evidence, block)
    lines += [f"## {tr('Where each number is from')}", ""]
    lines.append(tr("The file of the run and the place in it (a JSON pointer), and what stands there."))
    titles = [tr("Number"), tr("place"), tr("stands there"), tr("how")]
    rows = [
        [row.text, " ".join(f"`{each}`" for each in row.sources), row.stored, row.way]
        for row in sources(evidence.trace)
    ]
    lines += [
        "",
        *_table(titles, [[_escaped(cell) if i != 1 else cell for i, cell in enumerate(row)] for row in rows]),
        "",
    ]
    lines += [f"{tr('Written again by')} `{command}`", ""]
    return "\n".join(lines)


def _block(evidence: Evidence, block: Block) -> list[str]:
    """A block as lines of Markdown, an empty one last. Drawings stand on the page alone."""
    text = lambda given: _text(evidence, given)  # noqa: E731
    match block:
        case Heading():
            return [f"### {text(block.text)}", ""]
        case Paragraph():
            return [text(block.text), ""]
        case Points():
            return [*(f"- {text(each)}" for each in block.items), ""]
        case Table():
            titles = [text(each) for each in block.titles] or ["", ""]
            return [*_table(titles, [[text(cell) for cell in row] for row in block.rows]), ""]
        case Blank():
            if block.answer:
                return [f"*{block.question}* {text(block.answer)}", ""]
            return [f"> **{tr('To be filled in by the author:')}** {block.question} (`{block.key}`, about.yaml)", ""]
        case Finding():
            told = f"- **{text(block.what)}** {text(block.evidence)} {text(block.why)} → {text(block.todo)}"
            return [told, ""]
        case Command():
            return [f"`{block.command}` – {block.words}", ""]
        case Drawing() | Picture() | Gallery():
            return []


def _table(titles: list[str], rows: list[list[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    return [f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines]


def _text(evidence: Evidence, text: str) -> str:
    """A text for Markdown: words that stand in files are escaped, so that none is taken for markup."""
    pieces = evidence.trace.pieces(text)
    return "".join(each if isinstance(each, str) else _escaped(each.text) for each in pieces)


def _escaped(text: str) -> str:
    """Words from elsewhere as Markdown shows them.

    >>> _escaped("mean_radius | <b>")
    'mean\\\\_radius \\\\| &lt;b>'
    """
    return re.sub(r"([\\*_|\[\]#])", r"\\\1", text).replace("<", "&lt;")
