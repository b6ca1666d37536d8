"""Model and algorithm: what the network is, what goes into it, how it was trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seodang.core.language import tr, trn
from seodang.evaluation.naming import choice, metric
from seodang.evaluation.report import is_solved, recorded
from seodang.papers import drawings, words
from seodang.papers.blocks import Block, Heading, Paragraph, Points, Section, Table
from seodang.papers.data_card import blanks
from seodang.papers.evidence import Evidence
from seodang.papers.trace import Place
from seodang.recipes.recipe import Recipe

LAYERS = 40
# Settings that are told in sentences.
TOLD = {"epochs", "batch_size", "optimizer", "learning_rate", "schedule", "seed", "keep", "monitor", "device"}
GROUPS = ("preparation", "augmentation", "columns", "texts", "series", "split", "transfer", "training")


def model(evidence: Evidence) -> Section:
    """What the network is, what goes into it, how it was trained."""
    blocks: list[Block] = [
        Heading(tr("The network")),
        *_network(evidence),
        Heading(tr("What goes into it")),
        *_inputs(evidence),
        Heading(tr("How it was trained")),
        *_training(evidence),
        *_settings(evidence),
        *blanks(evidence, "licence", "authors"),
    ]
    return Section("model", tr("Model and algorithm"), blocks)


def _network(evidence: Evidence) -> Iterator[Block]:
    trace, training = evidence.trace, evidence.report["training"]
    told = tr(
        "Recipe {recipe}, network {network}: {parameters} numbers, of which training changed {trainable}.",
        recipe=trace.quote(evidence.recipe["name"]),
        network=trace.quote(evidence.recipe["model"]["name"]),
        parameters=trace.number(words.count, training["parameters"]),
        trainable=trace.number(words.count, training["trainable"]),
    )
    if training["operations"].value:  # 0 where a network has layers whose operations are not counted
        operations = trace.number(words.rounded_count, training["operations"])
        told += " " + (
            tr(
                "To make a picture and tell it from real ones takes {operations} multiplications and additions.",
                operations=operations,
            )
            if evidence.task == "imitate"
            else tr("An answer takes {operations} multiplications and additions.", operations=operations)
        )
    if weights := evidence.manifest.get("model.safetensors", "bytes"):
        told += " " + tr("Its weights take {size}.", size=trace.number(_size, weights))
    yield Paragraph(told)
    if (base := _base(evidence)) is not None:
        yield Paragraph(
            tr(
                "It begins with {base}, a network pretrained on other data; what it learnt there, and from whom, it brings along.",
                base=trace.quote(base),
            )
        )
    yield from drawings.network(evidence)
    layers = [each for each in training["layers"] if each.value["output_shape"]]
    if len(layers) <= LAYERS:
        rows = [
            [
                trace.quote(each["layer"]),
                trace.quote(each["kind"]),
                trace.quote(each["output_shape"], lambda sides: "×".join(map(str, sides))),
                trace.number(words.count, each["parameters"]),
            ]
            for each in layers
        ]
        yield Table([tr("Layer"), tr("kind"), tr("puts out"), tr("numbers")], rows, text=(1,))
    else:
        number = trace.number(words.count, training["layers"], way="number of")
        yield Paragraph(tr("It has {number} layers; report.json lists them.", number=number), is_soft=True)


def _size(value: int) -> str:
    """Bytes in words.

    >>> _size(1234567), _size(12_345), _size(312)
    ('1.2 MB', '12 kB', '0.3 kB')
    """
    if value >= 1e6:
        return f"{value / 1e6:,.1f} MB"
    return f"{value / 1e3:,.0f} kB" if value >= 1e4 else f"{value / 1e3:.1f} kB"


def _base(evidence: Evidence) -> Place | None:
    """The pretrained network that it began from."""
    settings = evidence.recipe["model"].get("settings")
    if settings is None or evidence.recipe["model"]["name"].value not in ("backbone", "language-model"):
        return None
    if settings.value.get("pretrained") is False:
        return None
    return settings.get("architecture")


def _inputs(evidence: Evidence) -> Iterator[Block]:
    trace, recipe, data = evidence.trace, evidence.recipe, evidence.data
    form = data.value.get("purpose", {}).get("form", "pictures")
    if evidence.run.encoding is None:
        preparation = recipe["preparation"]
        grey = preparation["channels"].value == 1
        told = tr("Each picture is brought to {width}×{height} pixels, {colour} ({fit}); its numbers: {scale}.",
            width=trace.number(words.count, preparation["width"]),
            height=trace.number(words.count, preparation["height"]),
            colour=tr("grey") if grey else tr("in colour"),
            fit=trace.quote(preparation["fit"], choice, is_ours=True),
            scale=trace.quote(preparation["scale"], choice, is_ours=True),
        )  # fmt: skip
    elif form == "series":
        told = tr("Windows of {window} steps; values {scaling}, learnt from training alone.",
            window=trace.number(words.count, data["facts"]["inputs"]["shape"][0]),
            scaling=trace.quote(recipe["series"]["scaling"], choice, is_ours=True),
        )  # fmt: skip
    elif form in ("texts", "pairs", "prose"):
        told = tr(
            "Texts are cut into tokens ({tokens}).",
            tokens=trace.quote(recipe["texts"]["tokens"], choice, is_ours=True),
        )
        if (known := data.get("facts", "inputs", "vocabulary")) is not None and known.value:
            number = trace.number(words.count, known)
            told += " " + tr("It knows {number} of them; a text's other tokens are unknown to it.", number=number)
    else:
        told = _columns(evidence)
    yield Paragraph(told + " " + tr("The same preparation is saved with the run and used for every answer."))


def _columns(evidence: Evidence) -> str:
    """How the columns of a table become numbers."""
    way = evidence.recipe["columns"]["numbers"]
    if way.value == "none":
        told = tr("Columns of numbers go in as they are.")
    else:
        told = tr(
            "Columns of numbers are scaled ({numbers}); how was learnt from training alone.",
            numbers=evidence.trace.quote(way, choice, is_ours=True),
        )
    codes = evidence.data.get("facts", "inputs", "categories")
    if codes is not None and codes.value:
        told += " " + tr("Columns of names become codes, one for each name that training had.")
    return told


def _training(evidence: Evidence) -> Iterator[Block]:
    if evidence.is_imported:
        yield Paragraph(tr("The run was imported: how it was trained is not known here."))
        return
    trace, training = evidence.trace, evidence.recipe["training"]
    lines = [
        tr("Two networks learnt against each other: one makes pictures, the other tells them from real ones.")
        if evidence.task == "imitate"
        else tr("It was trained to lower this loss: {loss}.", loss=_loss(evidence))
    ]
    if is_solved({"history": evidence.history.value}):
        number = trace.number(words.count, evidence.history, way="number of")
        lines.append(
            tr(
                "Its last layer was not trained step by step but solved for, with {number} penalties; cross-validation on the "
                "training examples chose among them.",
                number=number,
            )
            if "folds_loss" in evidence.history.value[0]
            else tr(
                "Its last layer was not trained step by step but solved for, with {number} penalties; validation chose among them.",
                number=number,
            )
        )
    else:
        lines += [_optimiser(evidence), *_kept(evidence)]
    lines.append(
        tr(
            "Training took {time} on {device} with {threads}; the seed was {seed}.",
            time=trace.number(words.seconds, evidence.report["seconds"]),
            device=trace.quote(evidence.machine["device"], str.upper),
            threads=_threads(evidence),
            seed=trace.number(words.count, training["seed"]),
        )
    )
    yield Points(lines)
    if not evidence.run.recipe.makes_examples and evidence.history.value:
        yield from _last_epoch(evidence)
    yield from drawings.learning(evidence)


def _threads(evidence: Evidence) -> str:
    threads = evidence.machine["threads"]
    number = evidence.trace.number(words.count, threads)
    return trn("{number} thread", "{number} threads", threads.value, number=number)


def _loss(evidence: Evidence) -> str:
    told: dict[str, Callable[[], str]] = {
        "cross_entropy": lambda: tr("cross-entropy, which costs most where it is sure and wrong"),
        "binary_cross_entropy": lambda: tr("binary cross-entropy, which costs most where it is sure and wrong"),
        "mse": lambda: tr("the mean squared distance"),
        "mae": lambda: tr("the mean distance"),
        "huber": lambda: tr("the squared distance where it is near, the plain distance where it is far"),
    }
    return told[evidence.recipe["loss"].value]()


def _optimiser(evidence: Evidence) -> str:
    trace, training = evidence.trace, evidence.recipe["training"]
    rules: dict[str, Callable[[], str]] = {
        "sgd": lambda: tr("stochastic gradient descent"),
        "rmsprop": lambda: tr("RMSprop, gradient descent with a step of its own for each weight"),
        "adam": lambda: tr("Adam, gradient descent with momentum and a step of its own for each weight"),
        "adamw": lambda: (
            tr("AdamW, gradient descent with momentum, a step of its own for each weight, and weight decay")
            if training["weight_decay"].value
            else rules["adam"]()  # without its decay it is Adam
        ),
        "muon": lambda: tr(
            "Muon for the filters, which makes their momentum orthogonal, and AdamW for all other weights"
        ),
    }
    rates: dict[str, Callable[[], str]] = {
        "constant": lambda: tr("kept constant"),
        "one_cycle": lambda: tr("rising, then falling to near nothing"),
        "cosine": lambda: tr("falling along a cosine"),
        "step": lambda: tr("falling in steps"),
    }
    epochs = trace.number(words.count, evidence.history, way="number of")
    return tr(
        "By {rule}, in {epochs} with batches of {batch}; the learning rate, {rate} at its highest, was {schedule}.",
        rule=rules[training["optimizer"].value](),
        epochs=trn("{number} epoch", "{number} epochs", len(evidence.history.value), number=epochs),
        batch=trace.number(words.count, training["batch_size"]),
        rate=trace.number(words.setting, training["learning_rate"]),
        schedule=rates[training["schedule"].value](),
    )


def _kept(evidence: Evidence) -> list[str]:
    training = evidence.recipe["training"].value
    if training["keep"] == "best" or training["patience"] is not None:
        monitor = evidence.trace.quote(evidence.recipe["training"]["monitor"], recorded, is_ours=True)
        return [tr("The weights of the best epoch by {monitor} were kept.", monitor=monitor)]
    return [tr("The weights of the last epoch were kept.")]


def _last_epoch(evidence: Evidence) -> Iterator[Block]:
    """Training and validation beside each other, in the epoch that was kept."""
    trace, history = evidence.trace, evidence.history
    chosen = next((line for line in history if line.value.get("chosen")), history[len(history.value) - 1])
    rows = []
    for name in ("loss", "accuracy", "mae"):
        if name in chosen:
            cells = []
            for split, place in (("train", chosen.get(name)), ("validation", chosen.get(f"validation_{name}"))):
                number = evidence.data.value["split"]["examples"].get(split) or 1000
                cells.append("" if place is None else trace.number(words.form_of(name, number), place))
            rows.append([metric(name), *cells])
    titles = [tr("At the end of training"), tr("training"), tr("validation")]
    yield Table(titles, rows)


def _settings(evidence: Evidence) -> Iterator[Block]:
    """Settings that are not as they come, and versions."""
    trace, plain = evidence.trace, Recipe().model_dump(mode="json")
    rows = []
    for name, place in evidence.recipe["model"]["settings"].items():
        if place.value is not None:
            value = trace.quote(place, words.setting) if name != "layers" else tr("a list, in recipe.yaml")
            rows.append([f"model.{name}", value])
    for group in GROUPS:
        for name, place in evidence.recipe[group].items():
            if place.value != plain[group][name] and not (group == "training" and name in TOLD):
                rows.append([f"{group}.{name}", trace.quote(place, words.setting)])
    for name in ("seodang", "torch", "python", "system", "commit"):
        if name in evidence.machine:
            rows.append([name, trace.quote(evidence.machine[name])])
    yield Heading(tr("Settings that are not as they come, and versions"))
    yield Table([], [[f"`{name}`", value] for name, value in rows], is_settings=True)
