"""Pretrained weights by name: a local folder first, then the hub's cache, then the hub. Only safetensors, never pickle."""

from __future__ import annotations

import functools
import os
import socket
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seodang.core.errors import SeodangError, did_you_mean
from seodang.core.files import read_json
from seodang.core.hub import hub_errors
from seodang.core.language import tr
from seodang.core.timm_import import import_timm, timm_for

VARIABLE = "SEODANG_WEIGHTS"
FILES = ("model.safetensors", "config.json")
PATIENCE = 5.0  # seconds until the hub must have answered a knock
# Networks that timm can build but has no weights of: what their weights want (Howard et al., 2017,
# https://arxiv.org/abs/1704.04861, as Keras' applications publish them).
KERAS = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5), "crop_pct": 0.875, "interpolation": "bicubic"}
BEYOND_TIMM: dict[str, dict[str, Any]] = {
    "mobilenetv1_025": {**KERAS, "input_size": (3, 224, 224), "num_classes": 1000}
}
# Networks of Keras' applications whose names timm cuts otherwise.
KERAS_NAMES = {
    "mobilenet": "mobilenetv1_100",
    "mobilenetv2": "mobilenetv2_100",
    "mobilenetv3small": "mobilenetv3_small_100",
    "mobilenetv3large": "mobilenetv3_large_100",
}


@dataclass(frozen=True)
class Weights:
    """Where the weights of an architecture lie and what they expect.

    name: timm's name of the architecture.   path: the safetensors file.
    size: (height, width) they were trained at, in pixels.   fixed_size: whether other sizes cannot go in.
    mean, std: by channel, in units of 255.   crop_share: how much of the short side is kept.   classes: how many there are.
    crop_mode: timm's word: center (the short side is scaled), squash (both sides are) or border (the long side is).
    """

    name: str
    path: Path
    size: tuple[int, int]
    fixed_size: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop_share: float
    interpolation: str
    num_classes: int
    crop_mode: str = "center"


def find_weights(name: str) -> Weights:
    """The weights of an architecture: `$SEODANG_WEIGHTS/NAME/model.safetensors`, else the hub's cache, else the hub.

    Raises SeodangError, with what to fetch and where to put it, where there are none.
    """
    if (folder := _local(name)) is not None:
        path, described = folder / FILES[0], folder / FILES[1]
        config = read_json(described)["pretrained_cfg"] if described.exists() else _known(name)
        if config is None:
            raise SeodangError(
                tr(
                    "{folder} has no config.json, and timm knows no network {name!r}: how its weights want a picture is unknown.",
                    folder=folder,
                    name=name,
                )
            )
    else:
        if (known := _known(name)) is None:
            raise SeodangError(
                tr("{name!r} is not a network of timm. {hint}", name=name, hint=did_you_mean(name, architectures()))
            )
        path, config = _from_hub(name, known), known
    return Weights(
        name=name,
        path=path,
        size=tuple(config["input_size"][1:]),
        fixed_size=bool(config.get("fixed_input_size")),
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        crop_share=float(config.get("crop_pct") or 1.0),
        interpolation="bilinear" if config.get("interpolation") == "bilinear" else "bicubic",
        num_classes=int(config.get("num_classes") or 1000),
        crop_mode=config.get("crop_mode") or "center",
    )


def is_here(name: str) -> bool:
    """Whether the weights of an architecture lie on this machine, so that `find_weights` need not ask the hub for them."""
    if _local(name) is not None:
        return True
    repository = (_known(name) or {}).get("hf_hub_id")
    return bool(repository) and _cached(repository) is not None


def network_called(name: str) -> str:
    """timm's name of a network that is written as elsewhere, or the name as it is where none fits.

    Case and what joins the parts do not matter, and Keras' names are known.

    >>> network_called("VGG16"), network_called("InceptionV3"), network_called("MobileNetV2"), network_called("resnet50")
    ('vgg16', 'inception_v3', 'mobilenetv2_100', 'resnet50')
    """
    if _local(name) is not None or _known(name) is not None:
        return name
    word = _joined(name)
    same = [each for each in architectures() if _joined(each) == word]
    return same[0] if len(same) == 1 else KERAS_NAMES.get(word, name)


def _joined(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@functools.cache
def architectures() -> tuple[str, ...]:
    """Every name that can be asked for. Imports timm (about a second)."""
    timm = import_timm()

    return (*timm.list_models(), *BEYOND_TIMM)


def _local(name: str) -> Path | None:
    base = os.environ.get(VARIABLE)
    folder = Path(base) / name if base else None
    return folder if folder is not None and (folder / FILES[0]).is_file() else None


def _known(name: str) -> dict[str, Any] | None:
    """What timm says of an architecture's default weights, or None where it does not know it."""
    if name in BEYOND_TIMM:
        return BEYOND_TIMM[name]
    try:
        found = timm_for(name).get_pretrained_cfg(name)
    except RuntimeError:
        return None
    return found.to_dict() if found is not None else None


def _cached(repository: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, FILES[0])
    return Path(found) if isinstance(found, str) else None


def knock() -> None:
    """Raises OSError at once where the hub cannot be reached; its client would try for half a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise OSError(tr("HF_HUB_OFFLINE is set"))
    if urllib.request.getproxies():  # the way there is not ours to judge
        return
    address = urllib.parse.urlsplit(constants.ENDPOINT)
    port = address.port or (80 if address.scheme == "http" else 443)
    socket.create_connection((address.hostname or "", port), timeout=PATIENCE).close()


def _from_hub(name: str, known: dict[str, Any]) -> Path:
    repository = known.get("hf_hub_id")
    if not repository:
        raise SeodangError(
            tr(
                "There are no weights of {name} on the hub. Put model.safetensors and config.json into DIR/{name}/ and set "
                "{variable}=DIR.",
                name=name,
                variable=VARIABLE,
            )
        )
    if found := _cached(repository):
        return found
    from huggingface_hub import hf_hub_download

    try:
        knock()
        return Path(hf_hub_download(repository, FILES[0]))
    except hub_errors() as error:
        raise SeodangError(
            tr(
                "The weights of {name} are not on this machine and the hub cannot be reached ({reason}). Fetch model.safetensors and "
                "config.json from https://huggingface.co/{repository} elsewhere, put them into DIR/{name}/, and set {variable}=DIR.",
                name=name,
                reason=" ".join(str(error).split())[:100],
                repository=repository,
                variable=VARIABLE,
            )
        ) from None
