"""What a person did not say: which recipe, how many epochs, which batch; each choice with its reason."""

from __future__ import annotations

from typing import Any

from seodang.core.errors import SeodangError
from seodang.core.language import in_english, tr
from seodang.core.registry import find
from seodang.core.sentences import said
from seodang.data.augment import Augmentation
from seodang.data.load import Prepared
from seodang.data.prepare import short_side
from seodang.data.source import Source
from seodang.pretrained.here import networks_here
from seodang.pretrained.preparing import preparation_for
from seodang.pretrained.weights import find_weights
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Transfer
from seodang.recipes.soundings import may_mirror, nearest_neighbour
from seodang.recipes.update_rule import OURS, with_optimizer

HOUSE = "image-classifier"

# How long the house recipe trains. Where a nearest neighbour is right this often, pictures are easy and few passes do.
EASY = 0.93
# A pretrained network sees pictures at this side: 98.2 % of cats and dogs at 192 pixels, 96.4 % at 160 (LOG.md).
SIDE = 192
# Below this side (median of the shorter ones) pictures hold no more than a small network of their own can learn.
LEAST_SIDE = 64
# A side that differs by less from the one that weights were trained at was probably meant to be that one: 244 for 224 (the notes).
NEARLY = 0.12
MOST_PICTURES = 50_000
# Passes over the training pictures: (at least, pictures to be seen beside that, at most). Chosen on the validation splits
# of digits, MNIST, Fashion-MNIST and asl-letters; see LOG.md.
EASY_EPOCHS = (1, 60_000, 15)
HARD_EPOCHS = (4, 190_000, 40)
# Turned and shifted pictures need more passes than these to help; in a few passes they cost accuracy (LOG.md).
MOVED_FROM_EPOCHS = 15
# From so many training pictures on the last stages of a pretrained network may be trained beside its head, and from so many on,
# with a GPU, all of it at a small rate (after the notes, L27; not measured on a GPU). Stages, rate, epochs at most. Validation loss
# and accuracy of the head alone and after 3 epochs, 96 pixels: hand-drawn-shapes 0.259, 91.6 % → 0.237, 93.5 %, cats-dogs-small
# 0.168, 93.5 % → 0.160, 93.3 %. At 1e-3 shapes gain more (0.158) and fruits (0.081 → 0.108) and cats (0.177) lose.
MEDIUM, LARGE = 1_000, 10_000
# With fewer of each class a network that may move learns its pictures by heart (a rule of thumb, not measured here).
FEWEST_A_CLASS = 20
LAST_PART = (2, 3e-4, 8)
EVERYTHING = (100, 1e-4, 8)
BATCH_BY_EXAMPLES = ((300, 16), (2_000, 32), (8_000, 64), (10**9, 128))


def suggest(look: dict[str, Any]) -> tuple[str, str]:
    """The recipe for what `seodang look` found, and why."""
    count = sum(sum(classes.values()) for classes in look["counts"].values())
    side = min(look["sizes"]["median"])
    if side >= LEAST_SIDE and count <= MOST_PICTURES:
        return HOUSE, tr(
            "{count:,} labelled pictures of about {side} pixels: a pretrained network with a new head",
            count=count,
            side=side,
        )
    return HOUSE, tr("{count:,} labelled pictures: a small network trained from scratch", count=count)


def decide(recipe: Recipe, source: Source) -> tuple[Recipe, list[str]]:
    """From scratch or from a pretrained network, before the pictures are decoded, because they are prepared for it; and why.

    For a pretrained network size, mean, standard deviation and interpolation are its weights' own.
    """
    transfer, reasons = recipe.transfer, []
    if transfer.strategy == "none":
        return recipe, []
    if transfer.strategy == "auto":
        found, reasons = _from_scratch_or_not(recipe, source)
        recipe = recipe.model_copy(update={"transfer": transfer.model_copy(update=found)})
        if found["strategy"] == "none":
            return recipe, reasons
    recipe, more = with_weights(recipe, recipe.transfer.backbone)
    return recipe, [*reasons, *more]


def with_weights(recipe: Recipe, name: str) -> tuple[Recipe, list[str]]:
    """The recipe with this pretrained network, its pictures prepared as the network's weights want them; and what that is.

    A side that is nearly the weights' own is told: 244 for 224 is a slip that costs nothing to name.
    """
    weights = find_weights(name)
    recipe = recipe.model_copy(update={"transfer": recipe.transfer.model_copy(update={"backbone": name})}).with_backbone
    asked, wanted = recipe.preparation, preparation_for(weights)
    # The whole short side is kept, and the side is smaller than the weights' own where any may go in: faster, and no worse.
    found = {"crop_share": asked.crop_share, "fit": "crop" if asked.fit == "squash" else asked.fit}
    if not weights.fixed_size:
        found |= {"height": asked.height or asked.width or SIDE, "width": asked.width or asked.height or SIDE}
    prepared = wanted.model_copy(update=found)
    reasons = [
        said(
            "preparation: {width}×{height} pixels; mean, standard deviation and interpolation as the weights "
            "of {name} want them",
            width=prepared.width,
            height=prepared.height,
            name=weights.name,
        )
    ]
    own = wanted.height or 0
    asked_side = asked.height or asked.width or own
    if 0 < abs(asked_side - own) < NEARLY * own and not weights.fixed_size:
        reasons.append(
            said(
                "preparation.height={side}: the weights of {name} were trained on {own}×{own} pixels; write {own}, unless {side} is meant",
                side=asked_side,
                name=weights.name,
                own=own,
            )
        )
    return recipe.model_copy(update={"preparation": prepared}), reasons


def _from_scratch_or_not(recipe: Recipe, source: Source) -> tuple[dict[str, str], list[str]]:
    """Settings of `transfer` and the reasons; no reason where a person chose the network."""
    scratch = {"strategy": "none"}
    if recipe.model != Part(name="convnet") or recipe.preparation.channels == 1:
        return scratch, []
    side, count = short_side(source), len(source)
    if side < LEAST_SIDE:
        return scratch, [
            said(
                "transfer.strategy=none: pictures of about {side:.0f} pixels are too small for a pretrained network",
                side=side,
            )
        ]
    if count > MOST_PICTURES:
        return scratch, [
            said("transfer.strategy=none: {count:,} pictures are enough to train from scratch", count=count)
        ]
    try:
        with in_english():
            name, reasons = _network_at_hand(recipe.transfer.backbone)
    except SeodangError as error:
        return scratch, [
            said(
                "transfer.strategy=none, though photographs are told far better by a pretrained network. {error}",
                error=error,
            )
        ]
    return {"strategy": "features", "backbone": name}, [
        said(
            "transfer.strategy=features: {count:,} pictures of about {side:.0f} pixels; what {name} learnt "
            "on ImageNet says more than they can teach a new network",
            count=count,
            side=side,
            name=name,
        ),
        *reasons,
    ]


def _network_at_hand(name: str) -> tuple[str, list[str]]:
    """The network itself where its weights are to be had; else, where nobody asked for just this one, the largest of
    `$SEODANG_WEIGHTS`, and why. Raises SeodangError where there is none."""
    try:
        find_weights(name)
    except SeodangError:
        others = networks_here() if name == Transfer().backbone else []
        if not others:
            raise
        return others[0], [
            said(
                "transfer.backbone={other}: the weights of {name} are neither on this machine nor to be fetched; "
                "of the weights that are here these are the largest",
                other=others[0],
                name=name,
            )
        ]
    return name, []


def tune_or_not(asked: Recipe, recipe: Recipe, data: Prepared, has_gpu: bool) -> tuple[Recipe, list[str]]:
    """Whether more than the head of a pretrained network is trained, how much and how, and why.

    The last stages where there are enough pictures, something to judge by, and a GPU or minutes given; everything, at a small
    rate, where there are many pictures and a GPU; else only the head. Nothing is decided where a person named the strategy.

    asked: the recipe before anything was decided.   has_gpu: whether training runs on a GPU.
    """
    if asked.name == HOUSE and asked.transfer.fine_tune and recipe.solves_head:
        return _as_asked(recipe)
    if asked.transfer.strategy != "auto" or asked.transfer.fine_tune or not recipe.solves_head:
        return recipe, []
    count, minutes = len(data.train), asked.training.minutes
    if count < MEDIUM:
        return recipe, [
            said(
                "transfer.fine_tune=false: only the head is fitted; {count:,} training pictures are too few to "
                "train more of the network (from {medium:,} on)",
                count=count,
                medium=MEDIUM,
            )
        ]
    if count < FEWEST_A_CLASS * len(data.classes):
        return recipe, [
            said(
                "transfer.fine_tune=false: only the head is fitted; {count:,} training pictures of {classes:,} classes are too few "
                "of each to train more of the network (from {fewest} on)",
                count=count,
                classes=len(data.classes),
                fewest=FEWEST_A_CLASS,
            )
        ]
    if not len(data.validation):
        return recipe, [
            said("transfer.fine_tune=false: only the head is fitted; there is no validation split to see if more helps")
        ]
    if not has_gpu and minutes is None:
        return recipe, [
            said(
                "transfer.fine_tune=false: only the head is fitted, which a CPU does soon; with --minutes the time left over goes "
                "into the last stages"
            )
        ]
    all_of_it = has_gpu and count >= LARGE
    stages, rate, epochs = EVERYTHING if all_of_it else LAST_PART
    when = said("in what is left of the {minutes:g} minutes", minutes=minutes) if minutes else None
    named = {"count": count, "stages": stages, "clause": when or said("on the GPU, for {epochs} epochs", epochs=epochs)}
    if all_of_it:
        why = said(
            "transfer.fine_tune=true: with {count:,} training pictures the whole network is trained, slowly, after the head, "
            "{clause}, and kept only where validation is better than with the head alone",
            **named,
        )
    else:
        why = said(
            "transfer.fine_tune=true: with {count:,} training pictures the last {stages} stages are trained after the head, "
            "{clause}, and kept only where validation is better than with the head alone",
            **named,
        )
    return _tuned(recipe, stages, rate, epochs), [why]


def _as_asked(recipe: Recipe) -> tuple[Recipe, list[str]]:
    """The house recipe where a person asked for fine-tuning: as many stages as they say, with steps that suit it."""
    _, rate, epochs = LAST_PART
    tuned = _tuned(recipe, recipe.transfer.stages, rate, epochs)
    fields = ("learning_rate", "epochs", "label_smoothing", "batch_size")
    changed = [name for name in fields if getattr(tuned.training, name) != getattr(recipe.training, name)]
    values = ", ".join(f"training.{name}={getattr(tuned.training, name):g}" for name in changed)
    return tuned, [
        said("{values}: a pretrained network is trained on in small steps", values=values)
    ] if changed else []


def _tuned(recipe: Recipe, stages: int, rate: float, epochs: int) -> Recipe:
    """The recipe with fine-tuning after the head. Training settings that a person gave, so that they differ from the house's, stay."""
    house = find("recipes", HOUSE)().training
    wanted = {"learning_rate": rate, "epochs": epochs, "label_smoothing": 0.0, "batch_size": 32}
    changed = {key: value for key, value in wanted.items() if getattr(recipe.training, key) == getattr(house, key)}
    parts = {
        "transfer": recipe.transfer.model_copy(update={"fine_tune": True, "stages": stages}),
        "training": recipe.training.model_copy(update=changed),
    }
    return recipe.model_copy(update=parts).with_backbone


def derive(recipe: Recipe, data: Prepared) -> tuple[Recipe, list[str]]:
    """Fill in what the recipe leaves open, from the data; say what and why."""
    recipe, reasons = with_optimizer(recipe)
    training, count = recipe.training, len(data.train)
    if recipe.solves_head and not recipe.transfer.fine_tune:  # no steps are taken
        recipe = recipe.model_copy(update={"training": training.model_copy(update={"epochs": 1, "batch_size": 32})})
        if recipe.transfer.views == 1:
            recipe = recipe.model_copy(update={"augmentation": Augmentation()})
        unused = [
            said(
                "training.epochs={epochs} is not used: the head is solved for, not trained step by step (transfer.strategy=last does that)",
                epochs=training.epochs,
            )
        ]
        asked = recipe.name == HOUSE and training.epochs not in (None, 1)  # 1 is what stands in a resolved recipe
        return recipe.model_copy(update={"preparation": data.preparation}), unused if asked else []
    if training.epochs is None and _is_short(recipe, count):
        training = training.model_copy(update={"epochs": 1})
    if training.batch_size is None:
        batch = min(count, next(value for limit, value in BATCH_BY_EXAMPLES if count <= limit))
        training = training.model_copy(update={"batch_size": batch})
        reasons.append(said("training.batch_size={batch}: {count:,} training pictures", batch=batch, count=count))
    if training.epochs is None:
        share = nearest_neighbour(data)
        least, seen, most = EASY_EPOCHS if share >= EASY else HARD_EPOCHS
        epochs = min(most, least + round(seen / count))
        training = training.model_copy(update={"epochs": epochs})
        named = {"epochs": epochs, "count": count, "share": share}
        if training.minutes and training.steps is None and training.schedule != "constant":  # the plan chooses
            why = said("training.epochs: as many as fit into {minutes:g} minutes", minutes=training.minutes)
        elif share >= EASY:
            why = said(
                "training.epochs={epochs}: {count:,} training pictures, easy ones (the most similar other picture is of the "
                "same class {share:.0%} of the time)",
                **named,
            )
        else:
            why = said(
                "training.epochs={epochs}: {count:,} training pictures, not easy ones (the most similar other picture is of "
                "the same class {share:.0%} of the time)",
                **named,
            )
        reasons.append(why)
    augmentation = recipe.augmentation
    few = recipe.training.epochs is None and (training.epochs or 0) < MOVED_FROM_EPOCHS
    if few and augmentation.moves:
        augmentation = augmentation.model_copy(update={"rotation": 0.0, "shift_x": 0.0, "shift_y": 0.0})
        reasons.append(
            said(
                "augmentation.rotation, shift_x, shift_y=0: they help from {epochs} epochs on",
                epochs=MOVED_FROM_EPOCHS,
            )
        )
    if augmentation.flip_horizontal is None:
        flip, reason = may_mirror(data)
        augmentation = augmentation.model_copy(update={"flip_horizontal": flip})
        reasons.append(reason)
    found = {"training": training, "augmentation": augmentation, "preparation": data.preparation}
    return recipe.model_copy(update=found), reasons


def _is_short(recipe: Recipe, count: int) -> bool:
    """Whether our own network is to see less than all the pictures once: how many passes it takes need not be found out."""
    steps = recipe.training.steps
    return recipe.model.name == OURS and steps is not None and steps * BATCH_BY_EXAMPLES[-1][1] < count
