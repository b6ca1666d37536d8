"""What the 1,000 classes of ImageNet are called, from timm."""

from __future__ import annotations

import functools
import re

from seodang.core.timm_import import timm_part


@functools.cache
def imagenet_synonyms() -> tuple[tuple[str, ...], ...]:
    """Every name of each class, the usual one first, in the order of a network's outputs, as timm, torchvision and Keras
    count them.

    >>> imagenet_synonyms()[281]
    ('tabby', 'tabby cat')
    """
    info = timm_part("data.imagenet_info").ImageNetInfo()
    described = (info.index_to_description(index) for index in range(info.num_classes()))
    return tuple(tuple(name.strip() for name in each.split(",")) for each in described)


@functools.cache
def imagenet_names() -> tuple[str, ...]:
    """The classes in the same order, without synonyms.

    >>> imagenet_names()[151], imagenet_names()[281]
    ('Chihuahua', 'tabby')
    """
    return tuple(names[0] for names in imagenet_synonyms())


def imagenet_classes(name: str) -> tuple[int, ...]:
    """The classes that are called so, by any of their names: one or many of it, in whatever case, words joined by anything.

    Only whole names count: a Persian cat is a cat, but no class of ImageNet is called cat. Two are called crane.

    >>> imagenet_classes("daisies"), imagenet_classes("Golden_Retriever"), imagenet_classes("crane")
    ((985,), (207,), (134, 517))
    >>> imagenet_classes("cats"), imagenet_classes("roses")
    ((), ())
    """
    known = _classes_by_name()
    word = _joined(name)
    return tuple(sorted({index for form in (word, *_plurals(word)) for index in known.get(form, ())}))


@functools.cache
def _classes_by_name() -> dict[str, set[int]]:
    """The classes by each of their names and its plurals."""
    found: dict[str, set[int]] = {}
    for index, names in enumerate(imagenet_synonyms()):
        for word in map(_joined, names):
            for form in (word, *_plurals(word)):
                found.setdefault(form, set()).add(index)
    return found


def _joined(name: str) -> str:
    return "".join(re.findall(r"[^\W_]+", name.casefold()))


def _plurals(word: str) -> list[str]:
    """What many of it may be called.

    >>> _plurals("daisy"), _plurals("fox"), _plurals("wolf")
    (['daisys', 'daisies'], ['foxs', 'foxes'], ['wolfs', 'wolves'])
    """
    plurals = [word + "s"] if word else []
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        plurals.append(word + "es")
    if word.endswith("y"):
        plurals.append(word[:-1] + "ies")
    if word.endswith(("f", "fe")):
        plurals.append(re.sub("fe?$", "ves", word))
    return plurals
