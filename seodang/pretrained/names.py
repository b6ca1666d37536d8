"""What the 1,000 classes of ImageNet are called, from timm."""

from __future__ import annotations

import functools


@functools.cache
def imagenet_names() -> tuple[str, ...]:
    """The classes in the order of a network's outputs, as timm, torchvision and Keras count them, without synonyms.

    >>> imagenet_names()[151], imagenet_names()[281]
    ('Chihuahua', 'tabby')
    """
    from timm.data.imagenet_info import ImageNetInfo

    info = ImageNetInfo()
    return tuple(info.index_to_description(i).split(",")[0] for i in range(info.num_classes()))
