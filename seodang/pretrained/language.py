"""Pretrained language models by name: a local folder first, then the hub's cache, then the hub. Only safetensors, no code."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seodang.core.errors import SeodangError
from seodang.core.hub import hub_errors
from seodang.core.language import tr
from seodang.data.tokens import Tokenizer, from_library
from seodang.pretrained.weights import VARIABLE, knock

CONFIG, TOKENIZER, WEIGHTS, PARTS = "config.json", "tokenizer.json", "model.safetensors", "model.safetensors.index.json"
# Names of the hub: OWNER/NAME or NAME, no path that leads out of a folder.
NAME = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,95})?$"
# What a configuration says of code to be fetched, of how numbers are stored, of other tasks' classes, of who made it: not taken over.
_LEFT = {
    *(
        "auto_map",
        "architectures",
        "attn_implementation",
        "custom_pipelines",
        "quantization_config",
        "transformers_version",
    ),
    *("dtype", "torch_dtype", "id2label", "label2id", "task_specific_params"),
}
# RoBERTa and its kin count places from 2 on, so two of their positions are no token's.
_SPARE = 2
_LONGEST = 512  # where a configuration does not say how long a text may be


@dataclass(frozen=True)
class LanguageModel:
    """A pretrained language model's files.

    name: as on the hub, or of its folder.   folder: where config.json and the weights lie.
    config: what decides the network's shape.   tokenizer: how it cuts texts.   longest: tokens of a text that it can read.
    """

    name: str
    folder: Path
    config: dict[str, Any]
    tokenizer: Tokenizer
    longest: int


def find_language_model(name: str) -> LanguageModel:
    """`$SEODANG_WEIGHTS/NAME/` with config.json, tokenizer.json and model.safetensors, else the hub's cache, else the hub.

    Raises SeodangError, with what to fetch and where to put it, where there is none or where it is of no use here.
    """
    folder = _local(name) or _from_hub(name)
    if not (folder / TOKENIZER).is_file():
        raise SeodangError(
            tr(
                "{name} has no {file}, so how it cuts texts is unknown here. Take a model that has one (most have), or make it with "
                "transformers: AutoTokenizer.from_pretrained({name!r}).save_pretrained(DIR).",
                name=name,
                file=TOKENIZER,
            )
        )
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tokenizer = from_library((folder / TOKENIZER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SeodangError(
            tr("{folder} cannot be read: {reason}", folder=folder, reason=" ".join(str(error).split())[:200])
        ) from None
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise SeodangError(
            tr(
                "{file} names no model_type: it is not the configuration of a model of transformers.",
                file=folder / CONFIG,
            )
        )
    places = config.get("max_position_embeddings") or config.get("n_positions") or _LONGEST + _SPARE
    return LanguageModel(name, folder, plain_config(config), tokenizer, max(1, int(places) - _SPARE))


def plain_config(config: dict[str, Any]) -> dict[str, Any]:
    """What of a configuration decides the network, and nothing that names code or files.

    >>> plain_config({"model_type": "bert", "auto_map": {"AutoModel": "x.Y"}, "_name_or_path": "/home/me", "hidden_size": 8})
    {'model_type': 'bert', 'hidden_size': 8}
    """
    return {name: value for name, value in config.items() if name not in _LEFT and not name.startswith("_")}


def _local(name: str) -> Path | None:
    base = os.environ.get(VARIABLE)
    folders = [Path(base) / name, Path(base) / name.rpartition("/")[2]] if base else []
    return next((each for each in folders if _is_whole(each)), None)


def _is_whole(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and any((folder / each).is_file() for each in (WEIGHTS, PARTS))


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    wanted = [CONFIG, TOKENIZER, "*.safetensors", PARTS]
    try:
        found = Path(snapshot_download(name, allow_patterns=wanted, local_files_only=True))
        if _is_whole(found):
            return found
    except hub_errors():
        pass
    try:
        knock()
        found = Path(snapshot_download(name, allow_patterns=wanted))
    except hub_errors() as error:
        raise SeodangError(
            tr(
                "The language model {name} is not on this machine and the hub does not give it ({reason}). Fetch {config}, {file} and "
                "{weights} from https://huggingface.co/{name} elsewhere, put them into DIR/{short}/, and set {variable}=DIR. `seodang "
                "train PATH text-classifier` needs no weights.",
                name=name,
                reason=" ".join(str(error).split())[:100],
                config=CONFIG,
                file=TOKENIZER,
                weights=WEIGHTS,
                short=name.rpartition("/")[2],
                variable=VARIABLE,
            )
        ) from None
    if not _is_whole(found):
        raise SeodangError(
            tr(
                "{name} has no weights as safetensors on the hub, and other files of weights may run code when they are read. Take "
                "another model, such as distilbert/distilbert-base-uncased.",
                name=name,
            )
        )
    return found
