"""What a person did not say of a table, texts or a series: what is foretold, which recipe, how many epochs; each with its reason."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.registry import find
from seodang.core.sentences import said, shown
from seodang.data.encode_text import TextEncoding, texts_of
from seodang.data.encoded import Encoded
from seodang.data.frame import Frame
from seodang.data.of_itself import of_itself
from seodang.data.purpose import purpose
from seodang.data.purposes import Purpose
from seodang.data.reading import Text
from seodang.data.scripts import are_piecewise
from seodang.pretrained.language import find_language_model
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part
from seodang.recipes.update_rule import with_optimizer

# The house recipe for each kind of data and task.
HOUSES = {
    ("table", "classify"): "table-classifier",
    ("table", "regress"): "table-regressor",
    ("texts", "classify"): "text-classifier",
    ("texts", "regress"): "text-regressor",
    ("texts", "next_token"): "text-generator",
    ("prose", "next_token"): "text-generator",
    ("series", "forecast"): "forecaster",
    ("pairs", "translate"): "translator",
}
_OF_TABLES = ("classify", "regress", "forecast")  # tasks that say of rows in time whether they are a series
# Passes over the training examples where the recipe leaves them open: so many examples are seen, within these bounds.
SEEN = {"table": 600_000, "texts": 100_000, "prose": 14_000, "series": 120_000, "pairs": 180_000}
MOST_EPOCHS = {"table": 30, "texts": 12, "prose": 30, "series": 300, "pairs": 30}
LEAST_EPOCHS = 4
# The pretrained language models that are taken where none is named (Sanh et al., 2019, https://arxiv.org/abs/1910.01108).
ENGLISH, MULTILINGUAL = "distilbert/distilbert-base-uncased", "distilbert/distilbert-base-multilingual-cased"
# With fewer tokens than this to learn from, text-generator counts runs of them beside its LSTM. Of a play of 1.1 MB (300,000 tokens)
# it then has 1.38 nats a character after three epochs, where a larger LSTM alone has 1.60 (LOG.md); of more text nothing was measured.
FEW_TOKENS = 2_000_000
# Neighbouring tokens that are looked at together, where tokens are less than words.
ORDERS = {"characters": 4, "bpe": 3}
BEFORE = {"characters": 3, "bpe": 3}  # tokens before the next that are counted with it
# A bin of a number column holds so many training rows; with fewer, forests of edges learn the noise (diabetes, 353 rows: R² 0.38
# with 4 bins, 0.32 with 16), with more, places on a map run together (california-housing: 0.78 with 16, 0.76 with 8).
ROWS_A_BIN, LEAST_BINS, MOST_BINS = 80, 4, 24
# The models whose numbers may go in by bins, and whether they do as they come.
BY_BINS = {"tabm": "ple", "mlp": "plain"}
BATCHES = {
    "table": ((200, 16), (500, 32), (4_000, 64), (50_000, 128), (10**9, 512)),
    "texts": ((2_000, 16), (10_000, 32), (10**9, 64)),
    "prose": ((10**9, 32),),
    "series": ((500, 16), (2_000, 32), (30_000, 64), (10**9, 256)),
    "pairs": ((2_000, 16), (10**9, 64)),
}


def purpose_of(frame: Frame, recipe: Recipe, guess: bool = False) -> Purpose:
    """What the frame is for as the recipe's columns and task say; what they leave open is guessed and said.

    Args:
        guess: whether the recipe's task says nothing, for no recipe was chosen yet.
    """
    columns = recipe.columns
    if recipe.task == "reconstruct":
        return of_itself(frame, target=columns.target, leave_out=columns.leave_out)
    found = purpose(
        frame,
        target=columns.target,
        time=columns.time,
        text=columns.text,
        key=columns.key,
        leave_out=columns.leave_out,
        forecast=None if guess or recipe.task not in _OF_TABLES else recipe.task == "forecast",
        among_others=guess or (recipe.texts != Text() and recipe.task in ("classify", "regress")),
    )
    if recipe.task == "next_token" and found.form == "texts" and found.target is not None:
        reason = said(
            "Only {text} is read: its next words are learnt, and {target} is not used.",
            text=found.text,
            target=found.target,
        )
        left = {**found.left, found.target: said("only {text} is read", text=found.text)}
        found = replace(found, task="next_token", target=None, left=left, reasons=(reason,))
    form = "texts" if found.form == "prose" and frame.form != "prose" else found.form
    return replace(found, form=form)


def house_for(frame: Frame, recipe: Recipe) -> str:
    """The house recipe for what the frame is; a recipe's columns (target, text, time) are heeded."""
    found = purpose_of(frame, recipe, guess=True)
    return HOUSES[found.form, found.task]


def spelled_out(recipe: Recipe, frame: Frame) -> tuple[Recipe, list[str]]:
    """The recipe with the columns that were guessed written into it, so that it says the same of the same data again; and why.

    Raises RecipeError where the recipe's task is not one for this data.
    """
    found = purpose_of(frame, recipe)
    if recipe.task != found.task and not _also(recipe.task, found):
        raise RecipeError(
            tr(
                "{name} is for the task {task}, but {where} is data to {other}: {reasons} `seodang train {path}` chooses a "
                "recipe by itself.{hint}",
                name=recipe.name,
                task=recipe.task,
                where=frame.where,
                other=found.task,
                reasons=shown(" ".join(found.reasons)),
                path=shlex.quote(frame.where),
                hint=_which_column(recipe, frame),
            )
        )
    asked = recipe.columns
    guessed: dict[str, Any] = {name: getattr(found, name) for name in ("target", "text", "time", "key")}
    guessed["decimal"], guessed["day_first"], guessed["across"] = frame.decimal, frame.day_first, frame.across
    if found.form == "series":
        guessed["text"] = None
    columns = asked.model_copy(update={name: value for name, value in guessed.items() if getattr(asked, name) is None})
    model, reasons = _which_language_model(recipe, frame, found)
    return recipe.model_copy(update={"columns": columns, "model": model}), [*found.reasons, *reasons]


def _which_column(recipe: Recipe, frame: Frame) -> str:
    """Where a table has texts, how to say that one of them is to be read."""
    texts = [column.name for column in frame.columns if column.kind == "text"]
    if recipe.task != "next_token" or not texts:
        return ""
    if not texts[1:]:
        return " " + tr("To read one of its texts, say which: columns.text={text}.", text=texts[0])
    others = ", ".join(texts[1:5])
    return " " + tr(
        "To read one of its texts, say which: columns.text={text} (or {others}).", text=texts[0], others=others
    )


def architecture_of(recipe: Recipe) -> str:
    """The pretrained language model that a recipe names. RecipeError where its network is none, but its tokens are of one."""
    name = recipe.model.settings.get("architecture")
    if recipe.model.name != "language-model" or not name:
        raise RecipeError(
            tr(
                "texts.tokens=pretrained are tokens of a pretrained language model, but the network is {name}. "
                "Take the recipe text-finetune, or other tokens: words, bpe, characters.",
                name=recipe.model.name,
            )
        )
    return str(name)


def _which_language_model(recipe: Recipe, frame: Frame, found: Purpose) -> tuple[Part, list[str]]:
    """The model with the architecture written into it where it is a pretrained language model that nobody named; and why."""
    model = recipe.model
    if model.name != "language-model" or model.settings.get("architecture") or found.text is None:
        return model, []
    piecewise = are_piecewise(texts_of(frame, found.text))
    name = MULTILINGUAL if piecewise else ENGLISH
    if piecewise:
        why = said("model.architecture={name}: the texts are mostly Korean, Japanese, Chinese or Thai", name=name)
    else:
        why = said("model.architecture={name}: the texts are not mostly Korean, Japanese, Chinese or Thai", name=name)
    return model.model_copy(update={"settings": {**model.settings, "architecture": name}}), [why]


def _also(task: str, found: Purpose) -> bool:
    """Tasks that data may serve beside the one it looks like: whole numbers may be amounts."""
    return {task, found.task} == {"classify", "regress"} and found.form in ("table", "texts")


def derive_rows(recipe: Recipe, data: Encoded) -> tuple[Recipe, list[str]]:
    """Fill in what the recipe leaves open, from the encoded data; say what and why."""
    recipe, reasons = with_optimizer(recipe)
    training, form = recipe.training, data.purpose.form
    count = len(data.train)
    if training.batch_size is None:
        batch = next(value for limit, value in BATCHES[form] if count <= limit)
        training = training.model_copy(update={"batch_size": batch})
        reasons.append(said("training.batch_size={batch}: {count:,} training examples", batch=batch, count=count))
    if training.epochs is None:
        epochs = max(LEAST_EPOCHS, min(MOST_EPOCHS[form], round(SEEN[form] / max(1, count))))
        training = training.model_copy(update={"epochs": epochs})
        reasons.append(said("training.epochs={epochs}: {count:,} training examples", epochs=epochs, count=count))
    model = recipe.model
    if (
        form == "table"
        and "bins" not in model.settings
        and model.settings.get("numbers", BY_BINS.get(model.name)) == "ple"
    ):
        bins = max(LEAST_BINS, min(MOST_BINS, count // ROWS_A_BIN))
        model = model.model_copy(update={"settings": {**model.settings, "bins": bins}})
        reasons.append(said("model.bins={bins}: {count:,} training examples", bins=bins, count=count))
    series = recipe.series
    if form == "series":
        encoding: Any = data.encoding
        found = {"window": encoding.window, "horizon": encoding.facts.horizon, "season": encoding.season}
        series = series.model_copy(update=found)
        if model.settings.get("own_scale", False) is None:
            several = encoding.key is not None
            model = model.model_copy(update={"settings": {**model.settings, "own_scale": several}})
            if several:
                reasons.append(said("model.own_scale=true: several series, and one may be larger than another"))
    texts = recipe.texts
    if data.purpose.text is not None:
        texts, model, more = _text_settings(recipe, data)
        reasons += more
    found = {"training": training, "model": model, "series": series, "texts": texts}
    return recipe.model_copy(update=found), reasons


def _text_settings(recipe: Recipe, data: Encoded) -> tuple[Text, Part, list[str]]:
    """How texts are cut, and how many neighbouring tokens are looked at together, from what was found in them; and why."""
    texts, model, encoding = recipe.texts, recipe.model, data.encoding
    assert isinstance(encoding, TextEncoding), "a text is read"
    kind, reasons = encoding.tokenizer.kind, []
    if texts.tokens == "auto":
        reasons.append(
            said("texts.tokens={kind}: the texts are mostly Korean, Japanese, Chinese or Thai", kind=kind)
            if kind == "characters"
            else said("texts.tokens={kind}: the texts are not mostly Korean, Japanese, Chinese or Thai", kind=kind)
        )
    length = encoding.length + 1 if texts.prefixes else encoding.length
    if model.name == "ngrams" and model.settings.get("orders") is None:
        orders = ORDERS.get(kind, 2)
        model = model.model_copy(update={"settings": {**model.settings, "orders": orders}})
        reasons.append(
            said(
                "model.orders={orders}: up to so many {kind} next to each other are looked at together",
                orders=orders,
                kind=kind,
            )
        )
    house = find("recipes", "text-generator")().model
    if recipe.task == "next_token" and model == house and data.facts.each_step:
        tokens = int((data.train.labels >= 0).sum())
        if tokens < FEW_TOKENS:
            model = Part(name="word-pairs", settings={"before": BEFORE.get(kind, 2), "kept": max(1, tokens)})
            reasons.append(
                said(
                    "model=word-pairs: with {tokens:,} tokens counts of pairs know what no network can learn",
                    tokens=tokens,
                )
            )
    if model.name == "language-model" and not model.settings.get("config"):
        config = find_language_model(str(model.settings["architecture"])).config
        model = model.model_copy(update={"settings": {**model.settings, "config": config}})
    return texts.model_copy(update={"length": texts.length or length, "tokens": kind}), model, reasons
