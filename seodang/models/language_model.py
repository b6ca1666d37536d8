"""Pretrained language model of Hugging Face transformers (BERT, DistilBERT, GPT-2, …) with a new head."""

# B batch · L length · W width
from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._initial import start
from seodang.models._inputs import must_be, one_output
from seodang.models._recurrent import reading_order
from seodang.pretrained.language import NAME, find_language_model, plain_config


class _LanguageModel(nn.Module):
    def __init__(self, base: nn.Module, width: int, outputs: int, dropout: float, trained: list[str] | None) -> None:
        super().__init__()
        self.base, self.dropout, self.head = base, modules.Dropout(dropout), nn.Linear(width, outputs)
        start(self.head, "glorot_uniform")
        if trained is not None:
            base.requires_grad_(False)
            for name, parameter in base.named_parameters():
                parameter.requires_grad_(name in trained)
        self.is_frozen = trained == []

    def train(self, mode: bool = True) -> _LanguageModel:
        """A frozen base drops nothing while its head is trained."""
        super().train(mode)
        if self.is_frozen:
            self.base.eval()
        return self

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L) → (B, outputs): from the mean of the last layer's vectors over the tokens."""
        real = tokens != 0
        if not torch.compiler.is_exporting() and bool((real[:, 1:] & ~real[:, :-1]).any()):  # padding in front
            order = reading_order(real)
            tokens, real = tokens.gather(1, order), real.gather(1, order)
        # Here 0 is padding; the library's ids begin one lower.
        found = self.base(input_ids=(tokens - 1).clamp_min(0), attention_mask=real.long())
        return self.head(self.dropout(modules.masked_mean(found.last_hidden_state, real)))


def language_model(
    inputs: Spec,
    outputs: Spec,
    *,
    architecture: Annotated[str, Field(pattern=NAME)] = "distilbert/distilbert-base-uncased",
    pretrained: bool = True,
    config: dict[str, Any] | None = None,
    trains: Literal["head", "last", "everything"] = "everything",
    stages: Annotated[int, Field(ge=1, le=200)] = 1,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1,
) -> nn.Module:
    """A pretrained language model that reads a text, and a dense layer on the mean of what it makes of the tokens.

    Args:
        inputs: tokens (length,), cut by the model's own tokenizer: the recipe says texts.tokens=pretrained.
        outputs: (C,).
        architecture: A name of the Hugging Face hub, such as klue/bert-base, or of a folder in $SEODANG_WEIGHTS with config.json,
            tokenizer.json and model.safetensors. Only safetensors are read, and no code comes with them.
        pretrained: Whether it starts from its weights, else at random.
        config: The network's shape as transformers writes it in config.json. Null: the architecture's own. A run keeps it,
            so that it needs nothing but its folder later.
        trains: head: the base is frozen. last: its last stages are trained too. everything.
        stages: How many of the last layers, for trains=last.
        dropout: Share of the mean that is dropped before the head while training.

    Devlin et al., 2018, https://arxiv.org/abs/1810.04805. Needs `pip install 'seodang[text]'`.
    """
    must_be("language-model", inputs, ["tokens"])
    one_output("language-model", outputs)
    found = find_language_model(architecture) if pretrained or config is None else None
    shape = config or (found.config if found is not None else {})
    base = _base(architecture, shape, None if found is None or not pretrained else str(found.folder))
    known = int(base.config.vocab_size)  # type: ignore[union-attr, arg-type]
    if inputs.vocabulary - 1 > known:
        raise RecipeError(
            tr(
                "{architecture} knows {known:,} tokens, but the texts are cut into {cut:,}: they must be cut by its own tokenizer. "
                "Write texts.tokens=pretrained.",
                architecture=architecture,
                known=known,
                cut=inputs.vocabulary - 1,
            )
        )
    width = int(base.config.hidden_size)  # type: ignore[union-attr, arg-type]
    return _LanguageModel(base, width, outputs.size, dropout, _trained(base, trains, stages))


def _base(architecture: str, config: dict[str, Any], folder: str | None) -> nn.Module:
    """The network of transformers in float32, with the weights that lie in `folder`, or drawn ones."""
    try:
        from transformers import AutoConfig, AutoModel
        from transformers.utils import logging
    except ImportError:
        raise RecipeError(
            tr("Pretrained language models need transformers, which is not installed: `pip install 'seodang[text]'`.")
        ) from None
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    rest = {name: value for name, value in plain_config(config).items() if name != "model_type"}
    try:
        made: Any = AutoConfig.for_model(str(config.get("model_type")), **rest)
        if made.is_encoder_decoder or not hasattr(made, "vocab_size") or not hasattr(made, "hidden_size"):
            raise RecipeError(
                tr(
                    "{architecture} ({model_type}) is no model that reads a text: take one like BERT or GPT-2.",
                    architecture=architecture,
                    model_type=made.model_type,
                )
            )
        if folder is None:
            base: Any = AutoModel.from_config(made, trust_remote_code=False, dtype=torch.float32)
        else:
            options: dict[str, Any] = {"use_safetensors": True, "trust_remote_code": False, "local_files_only": True}
            base = AutoModel.from_pretrained(folder, config=made, dtype=torch.float32, **options)
    except (ValueError, TypeError, OSError, KeyError, AttributeError, RuntimeError, ImportError) as error:
        raise RecipeError(
            tr(
                "{architecture} cannot be built by transformers: {reason}",
                architecture=architecture,
                reason=" ".join(str(error).split())[:300],
            )
        ) from None
    if getattr(base, "pooler", None) is not None:  # for the task that it was pretrained on
        base.pooler = None
    return base


def _trained(base: nn.Module, trains: str, stages: int) -> list[str] | None:
    """Names of the base's parameters that are trained; None: all."""
    if trains == "everything":
        return None
    layers = max(
        ((name, module) for name, module in base.named_modules() if isinstance(module, nn.ModuleList)),
        key=lambda each: len(each[1]),
        default=None,
    )
    if trains == "head" or layers is None:
        return []
    name, blocks = layers
    last = {f"{name}.{place}." for place in range(max(0, len(blocks) - stages), len(blocks))}
    return [each for each, _ in base.named_parameters() if each.startswith(tuple(last))]
