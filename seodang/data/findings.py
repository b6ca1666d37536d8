"""What is wrong with labelled pictures: each finding says what, by which evidence, why it matters and what to do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from seodang.core.sentences import said, saidn
from seodang.data.class_findings import classes_missing, few, imbalance, one_class, scarce
from seodang.data.copy_findings import across, inside, same_pictures, two_labels
from seodang.data.finding import Finding, by_weight, finding, listed, share
from seodang.data.seen import Seen
from seodang.data.source import EMPTY_CLASS, SPLITS

LEFT_OUT_SHARE = 0.01
# The brightest of 255 levels that 12 of 16 bits reach.
TWELVE_BITS = 16
# Largest side over smallest.
SIZES_APART = 8


def findings(seen: Seen) -> list[Finding]:
    """Everything found, the most serious first. An empty list: nothing was found wrong."""
    found = [
        *same_pictures(seen),
        *two_labels(seen),
        *across(seen),
        *_people(seen),
        *one_class(seen),
        *classes_missing(seen),
        *few(seen),
        *_left_out(seen),
        *_empty_classes(seen),
        *_form_tells_class(seen),
        *_blank(seen),
        *_few_levels(seen),
        *imbalance(seen),
        *scarce(seen),
        *_sizes_apart(seen),
        *inside(seen),
    ]
    return by_weight(found)


def _people(seen: Seen) -> Iterator[Finding]:
    """Names that begin with who or what a picture comes from, when that is spread over splits, or will be."""
    source = seen.looked.source
    if source.groups is not None:
        return
    found = prefixes(source.ids, source.labels)
    if found is None:
        return
    pattern, owners = found
    numbers = np.unique(owners[owners != ""])
    names = numbers.tolist()
    evidence = said(
        "File names begin with {clause} ({count} in all).",
        clause=listed([repr(name) for name in names]),
        count=len(names),
    )
    why = said(
        "Pictures of one source look alike; a network that knows the source in training seems better than it is."
    )
    present = [name for name in SPLITS if (seen.splits == name).any()]
    if len(present) < 2:
        yield finding(
            "sources",
            "notice",
            said("The pictures seem to come from {count:,} people or sources.", count=len(names)),
            evidence,
            why,
            said("Keep each in one split: split.by='{pattern}'.", pattern=pattern),
        )
        return
    train = set(owners[seen.splits == "train"].tolist()) - {""}
    for name in present[1:]:
        both = train & set(owners[seen.splits == name].tolist())
        if both:
            yield finding(
                f"sources_{name}",
                "serious",
                saidn(
                    "1 person or source stands in both train and {split}.",
                    "{count:,} people or sources stand in both train and {split}.",
                    len(both),
                    split=name,
                ),
                evidence,
                why,
                said(
                    "Keep each in one split: split.by='{pattern}' (with splits of the data's own, divide the files anew).",
                    pattern=pattern,
                ),
            )


def prefixes(ids: list[str], labels: np.ndarray) -> tuple[str, np.ndarray] | None:
    """The pattern by which file names begin with a person or source, and each picture's; None where they do not.

    Told by: 3 to a quarter as many beginnings as pictures, nearly all names have one, most hold several pictures, and they
    are no class names: nearly every beginning stands in two classes or more.
    """
    stems = [name.replace("\\", "/").rsplit("/", 1)[-1] for name in ids]
    for separator in "_-":
        pattern = f"^([^{separator}]*[^{separator}0-9][^{separator}]*){separator}"
        begins = re.compile(pattern).match
        owners = np.array([match[1] if (match := begins(stem)) else "" for stem in stems])
        with_owner = owners != ""
        if with_owner.mean() < 0.9:
            continue
        names, which, numbers = np.unique(owners[with_owner], return_inverse=True, return_counts=True)
        if not 3 <= len(names) <= len(stems) / 4:
            continue
        classes: dict[int, set[int]] = defaultdict(set)
        for owner, label in zip(which.reshape(-1).tolist(), labels[with_owner].tolist(), strict=True):
            classes[owner].add(label)
        in_many = np.array([len(classes[i]) > 1 for i in range(len(names))])
        if numbers[in_many & (numbers >= 4)].sum() >= 0.8 * len(stems):
            return pattern, owners
    return None


def _left_out(seen: Seen) -> Iterator[Finding]:
    left = [one for one in seen.looked.source.left_out if one.is_file]
    total = len(left) + len(seen.looked)
    if len(left) > LEFT_OUT_SHARE * total:
        reasons: dict[str, int] = defaultdict(int)
        for one in left:
            reasons[one.reason] += 1
        common = sorted(reasons, key=lambda reason: -reasons[reason])
        rest = sum(reasons[reason] for reason in common[3:])
        told = [said("{count:,} × {reason}", count=reasons[reason], reason=reason) for reason in common[:3]]
        told += [said("{count:,} for other reasons", count=rest)] if rest else []
        yield finding(
            "left_out",
            "notice",
            saidn(
                "1 file ({share}) is left out.",
                "{count:,} files ({share}) are left out.",
                len(left),
                share=share(len(left), total),
            ),
            f"{'; '.join(told)}.",
            said("What cannot be read cannot be learnt from."),
            said("`seodang look` lists them with the reasons: mend or remove them."),
        )


def _empty_classes(seen: Seen) -> Iterator[Finding]:
    """Folders that would be classes and hold no picture."""
    gone = [one.path for one in seen.looked.source.left_out if one.reason == EMPTY_CLASS]
    if gone:
        yield finding(
            "empty_classes",
            "notice",
            saidn("1 class folder has no pictures.", "{count:,} class folders have no pictures.", len(gone)),
            f"{listed(gone)}.",
            said("What has no examples is no class: the network will never answer so."),
            said("Put pictures there, or remove it."),
        )


def _form_tells_class(seen: Seen) -> Iterator[Finding]:
    """A file mode (grey, palette, with transparency) that only one class has: a way to the answer past the subject."""
    source, modes = seen.looked.source, np.array(seen.looked.mode)
    for mode in np.unique(modes):
        held = source.labels[modes == mode]
        if not 20 <= len(held) <= 0.9 * len(modes):
            continue
        numbers = np.bincount(held, minlength=len(source.classes))
        own = int(numbers.argmax())
        if numbers[own] >= 0.95 * len(held) and (source.labels == own).mean() < 0.5:
            yield finding(
                "mode_tells_class",
                "notice",
                said("Nearly all pictures of mode {mode} are of class {name}.", mode=mode, name=source.classes[own]),
                said("{count:,} of {all:,}.", count=numbers[own], all=len(held)),
                said("How a picture was saved may give its class away, which will not help with new pictures."),
                said(
                    "Save all pictures in the same way, or see in the report whether other pictures of that class fail."
                ),
            )


def _blank(seen: Seen) -> Iterator[Finding]:
    flat = seen.looked.thumbnail.reshape(len(seen.looked), -1)
    blank = np.flatnonzero(flat.max(1) == flat.min(1))
    if len(blank):
        ids = [seen.looked.source.ids[i] for i in blank[:3]]
        yield finding(
            "blank",
            "notice",
            saidn("1 picture is of one flat colour.", "{count:,} pictures are of one flat colour.", len(blank)),
            f"{listed([*ids, *[''] * (len(blank) - len(ids))])}.",
            said("There is nothing in them to learn."),
            said("Look at them, and remove them if they are mistakes."),
        )


def _few_levels(seen: Seen) -> Iterator[Finding]:
    """16-bit files that hold 12 bits or fewer, as microscopes and scanners write them: brought to 255 levels, hardly one is left."""
    deep = np.array([mode.startswith("I") for mode in seen.looked.mode])
    brightest = seen.looked.thumbnail.reshape(len(seen.looked), -1).max(1)
    dark = np.flatnonzero(deep & (brightest <= TWELVE_BITS))
    if 2 * len(dark) > deep.sum():
        yield finding(
            "few_levels",
            "serious",
            saidn(
                "1 picture of 16 bits is nearly black.",
                "{count:,} pictures of 16 bits are nearly black.",
                len(dark),
            ),
            said(
                "The brightest part is {level} of 255: {example}.",
                level=int(brightest[dark].max()),
                example=seen.looked.source.ids[dark[0]],
            ),
            said("They seem to hold 12 bits or fewer, of which 16 levels are left when they are brought to 8."),
            said("Save them so that their values fill the range: of 12 bits, multiply by 16."),
        )


def _sizes_apart(seen: Seen) -> Iterator[Finding]:
    side = np.sqrt(seen.looked.width.astype(float) * seen.looked.height)
    small, large = int(side.argmin()), int(side.argmax())
    if side[large] > SIZES_APART * side[small]:
        ids, wide, high = seen.looked.source.ids, seen.looked.width, seen.looked.height
        yield finding(
            "sizes",
            "notice",
            said(
                "Sizes are far apart: {smallest} to {largest} pixels.",
                smallest=f"{wide[small]}×{high[small]}",
                largest=f"{wide[large]}×{high[large]}",
            ),
            f"{ids[small]} and {ids[large]}.",
            said("All are brought to one size: small ones are blurred, large ones lose detail."),
            said("Choose the size with preparation.height and preparation.width, and the way with preparation.fit."),
        )
