"""A network that was pretrained on other pictures, with a new head for these classes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.spec import Spec
from seodang.core.timm_import import timm_for
from seodang.models import _modules as modules
from seodang.models._initial import start
from seodang.models.sequential import sequential


class Backbone(nn.Module):
    """A pretrained base, the features it gives (B, F) or (B, F, H, W), and a head that tells classes from them.

    What is frozen gets no gradient, and its batch norms stay in inference mode, so that neither weights nor running
    statistics change by a bit.
    """

    def __init__(
        self, base: nn.Module, head: nn.Module, trained: Sequence[Sequence[str]], mirror: bool = False
    ) -> None:
        """`trained`: names of the base's parameters that are trained, a list for each stage, from the input on."""
        super().__init__()
        self.base, self.head, self.mirror = base, head, mirror
        base.requires_grad_(False)
        named = dict(base.named_parameters())
        self._trained = [[named[name] for name in stage] for stage in trained]
        for parameter in itertools.chain(*self._trained):
            parameter.requires_grad_(True)

    @property
    def is_frozen(self) -> bool:
        """Whether only the head is trained."""
        return not self._trained

    @property
    def parts(self) -> list[list[nn.Parameter]]:
        """The trained parameters stage by stage: the head first, then back towards the input."""
        return [[*self.head.parameters()], *reversed(self._trained)]

    def train_stages(self, stages: int) -> None:
        """From now on the last so many stages of the base are trained too."""
        named = dict(self.base.named_parameters())
        self._trained = [[named[name] for name in stage] for stage in trained_stages(self.base, "last", stages)]
        for parameter in itertools.chain(*self._trained):
            parameter.requires_grad_(True)

    def thaw(self, parts: int) -> None:
        """Train the first so many of `parts` only; the others keep their values until they are asked for."""
        for number, part in enumerate(self.parts):
            for parameter in part:
                parameter.requires_grad_(number < parts)

    def train(self, mode: bool = True) -> Backbone:
        """Training mode for the head alone. The base stays in inference mode, also where it is trained: with few pictures
        the statistics of ImageNet are better than those of a batch (as TensorFlow's guide to transfer learning has it)."""
        self.training = mode
        self.base.eval()
        self.head.train(mode)
        return self

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) → raw scores (B, outputs)."""
        return self.head(self.features(pictures))

    def features(self, pictures: Tensor) -> Tensor:
        """What the head sees, (B, F) or (B, F, H, W). A frozen base has a gradient only where one is asked for: of its input."""
        asked = not self.is_frozen or pictures.requires_grad
        with torch.set_grad_enabled(torch.is_grad_enabled() and asked):
            found = self.base(pictures)
            return (found + self.base(pictures.flip(3))) / 2 if self.mirror else found


def backbone(
    inputs: Spec,
    outputs: Spec,
    *,
    architecture: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = "mobilenetv2_100",
    pretrained: bool = True,
    trains: Literal["head", "last", "everything"] = "head",
    stages: Annotated[int, Field(ge=1, le=100)] = 1,
    pool: bool = True,
    mirror: bool = False,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    head: list[Any] | None = None,
) -> nn.Module:
    """Pretrained network of timm (VGG16, ResNet50, MobileNet, EfficientNet, ConvNeXt, ViT, …) with a new head.

    Args:
        inputs: (3, height, width). Sizes other than the weights' own go into most networks.
        outputs: (classes,).
        architecture: timm's name.
        pretrained: Whether the base starts from its ImageNet weights (see `seodang.pretrained.weights`), else at random.
        trains: head: the base is frozen. last: its last stages are trained too. everything.
        stages: How many of the last stages, for trains=last.
        pool: Whether features are averaged over the picture, (F,); else they keep their places, (F, H, W).
        mirror: Whether the features are the mean of a picture's and its mirror image's; twice the time.
        dropout: Share of the features that is dropped before the head while training.
        head: Layers of the head, as for the model `sequential`, ending in {dense: outputs}. None: one dense layer.
    """
    if inputs.shape[0] != 3:
        raise RecipeError(
            tr(
                "{architecture} was trained on colour pictures: preparation.channels must be 3, got {channels}.",
                architecture=architecture,
                channels=inputs.shape[0],
            )
        )
    base = make_base(architecture, pretrained=pretrained, pool=pool, height=inputs.shape[1], width=inputs.shape[2])
    features = _shape_of(base, inputs)
    if head is None:
        layers: list[nn.Module] = [] if len(features.shape) == 1 else [modules.Flatten()]
        layers += [nn.Dropout(dropout)] if dropout else []
        dense = nn.Linear(features.size, outputs.size)
        start(dense, "glorot_uniform")
        top: nn.Module = nn.Sequential(*layers, dense)
    else:
        top = sequential(features, outputs, layers=head)
    return Backbone(base, top, trained_stages(base, trains, stages), mirror)


def make_base(
    architecture: str, *, pretrained: bool, pool: bool, height: int, width: int, classes: int = 0
) -> nn.Module:
    """timm's network in inference mode, with its ImageNet weights in float32; `classes`=0: without its classifier."""
    beyond = architecture == "mobilenetv1_025"
    timm = timm_for("mobilenetv1_100" if beyond else architecture)
    options: dict[str, Any] = {"num_classes": classes}
    if not pool and not classes:
        options["global_pool"] = ""
    if beyond:
        from timm.models.efficientnet import _gen_mobilenet_v1

        base = _gen_mobilenet_v1("mobilenetv1_100", 0.25, pad_type="same", bn_eps=1e-3, **options)
    else:
        try:
            if _is_fixed(architecture):
                options["img_size"] = (height, width)
            base = timm.create_model(architecture, pretrained=False, **options)
        except RuntimeError as error:
            raise RecipeError(
                tr(
                    "{architecture!r} cannot be built: {reason}. `seodang list models` names some.",
                    architecture=architecture,
                    reason=" ".join(str(error).split()),
                )
            ) from None
    if not classes and hasattr(base, "pre_logits"):
        base.pre_logits = nn.Identity()  # VGG's dense layers belong to its 1,000 classes (Keras' include_top=False)
    if pretrained:
        load_weights(base, architecture)
    return base.eval()


def load_weights(base: nn.Module, architecture: str) -> None:
    """Give a base its ImageNet weights; only the classifier may be missing or of another size."""
    from safetensors.torch import load_file

    from seodang.pretrained.weights import find_weights

    weights = find_weights(architecture)
    found = {name: t.float() if t.is_floating_point() else t for name, t in load_file(weights.path).items()}
    wanted = base.state_dict()
    missing = [name for name in wanted if name not in found or found[name].shape != wanted[name].shape]
    if missing:
        raise RecipeError(
            tr(
                "{path} does not hold {architecture}: {missing} of {wanted} tensors are missing or of another shape ({names}).",
                path=weights.path,
                architecture=architecture,
                missing=len(missing),
                wanted=len(wanted),
                names=", ".join(missing[:3]) + (", …" if len(missing) > 3 else ""),
            )
        )
    base.load_state_dict({name: found[name] for name in wanted})


def _is_fixed(architecture: str) -> bool:
    config = timm_for(architecture).get_pretrained_cfg(architecture)
    return bool(config and config.fixed_input_size)


def _shape_of(base: nn.Module, inputs: Spec) -> Spec:
    with torch.inference_mode():
        return Spec(tuple(base(torch.zeros(1, *inputs.shape)).shape[1:]))


def trained_stages(base: nn.Module, trains: str, stages: int) -> list[list[str]]:
    """Names of the base's trained parameters, a list for each stage, from the input on. The stages are timm's own: of
    MobileNet its blocks, of ResNet its four layers, of a transformer its blocks."""
    if trains == "head":
        return []
    from timm.models import group_parameters

    matcher = getattr(base, "group_matcher", None)
    groups = (
        group_parameters(base, matcher(coarse=True)) if matcher else {0: [name for name, _ in base.named_parameters()]}
    )
    found = [groups[number] for number in sorted(groups)]
    return found if trains == "everything" else found[-stages:]
