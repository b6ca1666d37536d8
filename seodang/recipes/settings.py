"""The values a recipe is made of that belong to training and to the task."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from seodang.core.values import Value


class Part(Value):
    """A model by name with its settings: `{name: resnet-small, depth: 14}`, or a list of layers (the model `sequential`)."""

    name: str = Field(
        default="sequential",
        description="A name of `seodang list models`, or the path of a Python file that defines one.",
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of that model.")

    @property
    def without_weights(self) -> Part:
        """The same network, not given its pretrained weights: they are not needed where others are loaded, or only shapes shown."""
        if self.name not in ("backbone", "language-model"):
            return self
        return self.model_copy(update={"settings": {**self.settings, "pretrained": False}})

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: Any) -> Any:
        if isinstance(given, list):
            return {"name": "sequential", "settings": {"layers": given}}
        if isinstance(given, str):
            return {"name": given}
        if isinstance(given, dict) and "settings" not in given:
            return {
                "name": given.get("name", "sequential"),
                "settings": {k: v for k, v in given.items() if k != "name"},
            }
        return given


class Transfer(Value):
    """How what a network learnt on other pictures is used."""

    strategy: Literal["none", "auto", "features", "last", "everything"] = Field(
        default="none",
        description="none: from scratch. features: each picture goes through the frozen base once and the head is fitted on what "
        "comes out. last: head and last stages are trained. everything. auto: features or none, by size and number of "
        "pictures and by what weights are here.",
    )
    backbone: str = Field(
        default="mobilenetv2_100",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="timm's name of the pretrained network. $SEODANG_WEIGHTS is looked at before the hub.",
    )
    mirror: bool = Field(
        default=False,
        description="Whether a picture's features are the mean of its own and its mirror image's; twice the time.",
    )
    views: int = Field(
        default=1,
        ge=1,
        le=64,
        description="For features: how often a training picture goes through the base, first as it is, then augmented.",
    )
    pictures: int | None = Field(
        default=None,
        ge=1,
        description="For features: only so many training pictures go through the base, drawn evenly from the classes. Null: all. Written "
        "where minutes were given and the machine was slower than measured.",
    )
    penalty: float | None = Field(
        default=None,
        gt=0,
        description="For features with a dense head: L2 penalty on its weights (of standardised features, over the number of "
        "examples). Null: chosen on validation, or by cross-validation where there are few pictures.",
    )
    stages: int = Field(
        default=1, ge=1, le=100, description="For last and fine_tune: how many of the last stages are trained."
    )
    rate_decay: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Each stage further from the head learns so many times slower than the one above it.",
    )
    unfreeze_every: int | None = Field(
        default=None,
        ge=1,
        description="Epochs after which one stage more is trained, from the head down. Null: all at once.",
    )
    fine_tune: bool = Field(
        default=False,
        description="After features: train the last stages too, with the recipe's training settings, and keep that only where "
        "validation says it is better.",
    )


class Training(Value):
    """How a network is trained."""

    epochs: int | None = Field(
        default=None, ge=1, le=100_000, description="Passes over the training examples. Null: chosen from their number."
    )
    batch_size: int | None = Field(
        default=None, ge=1, description="Examples in a step. Null: chosen from their number."
    )
    optimizer: Literal["sgd", "rmsprop", "adam", "adamw", "muon"] | None = Field(
        default="adamw",
        description="The update rule. muon: for the filters of convolutions, adamw for all else. Null: chosen by the network, "
        "with its momentum and warm-up where those are 0.",
    )
    learning_rate: float = Field(default=1e-3, gt=0, lt=100, description="Step size at its highest.")
    momentum: float = Field(
        default=0.0, ge=0, lt=1, description="Share of the last step that is carried into the next, for sgd and muon."
    )
    nesterov: bool = Field(default=False, description="Nesterov's form of momentum, for sgd and muon.")
    weight_decay: float = Field(
        default=0.0, ge=0, description="Decoupled for adamw, an L2 penalty otherwise. Biases and norms have none."
    )
    beta1: float = Field(
        default=0.9,
        ge=0,
        lt=1,
        description="For adam and adamw: decay of the gradients' average. Adversarial training likes it lower, 0.5.",
    )
    beta2: float = Field(
        default=0.999,
        gt=0,
        lt=1,
        description="For adam and adamw: decay of the squared gradients' average. Short runs like it lower.",
    )
    schedule: Literal["constant", "one_cycle", "cosine", "step"] = Field(
        default="constant", description="How the learning rate goes over the run."
    )
    warmup: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of the steps in which the rate rises from near 0 (one_cycle: 0.3 where 0).",
    )
    step_every: int = Field(default=10, ge=1, description="For schedule=step: epochs between two drops.")
    step_factor: float = Field(
        default=0.1, gt=0, lt=1, description="For schedule=step: the rate is multiplied by this."
    )
    label_smoothing: float = Field(default=0.0, ge=0, lt=1, description="Share of the target spread over all classes.")
    class_weights: Literal["none", "balanced"] = Field(
        default="none", description="balanced: each class weighs the same in the loss."
    )
    output_bias: Literal["as_built", "frequencies"] = Field(
        default="as_built",
        description="frequencies: before the first step the network's last biases are set so that it gives each class or word its "
        "share of the training answers; what is left to learn is what depends on the input.",
    )
    mixup: float = Field(
        default=0.0, ge=0, description="Alpha of the beta distribution that blends two examples. 0: off."
    )
    cutmix: float = Field(
        default=0.0, ge=0, description="Alpha of the beta distribution that sets the size of the pasted patch. 0: off."
    )
    ema: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Decay a step of the moving average of the weights that is judged and kept. 0: off.",
    )
    max_gradient_norm: float | None = Field(
        default=None, gt=0, description="Longer gradients are scaled down to this. Null: not."
    )
    channels_last: bool = Field(default=True, description="Memory order of pictures; faster convolutions.")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="auto: float32 on a CPU, mixed on a GPU."
    )
    compile: bool = Field(default=False, description="torch.compile; needs a C++ compiler and tens of seconds.")
    monitor: Literal[
        "validation_loss", "validation_accuracy", "validation_mae", "validation_mse", "loss", "accuracy", "mae", "mse"
    ] = Field(default="validation_loss", description="What early stopping and keep=best look at.")
    patience: int | None = Field(
        default=None, ge=1, description="Stop after so many epochs without a better monitor. Null: never."
    )
    keep: Literal["last", "best"] = Field(
        default="last", description="Which weights the run ends with. patience restores the best."
    )
    log_every: int = Field(
        default=1, ge=1, description="Epochs between two lines on the screen. The history has every epoch."
    )
    steps: int | None = Field(
        default=None, ge=1, description="Stop after so many steps, even inside an epoch. Null: whole epochs."
    )
    minutes: float | None = Field(
        default=None,
        gt=0,
        description="Time that all may take, from reading to the report; steps are chosen to fit. Null: no limit.",
    )
    replanned: tuple[tuple[int, int], ...] = Field(
        default=(),
        description="Written where `minutes` were given: [step, steps], from that step on the run was to end after so many.",
    )
    checkpoint_seconds: float = Field(
        default=10,
        ge=0,
        description="Least seconds between two checkpoints; more where writing one is slow. 0: every step.",
    )
    device: str = Field(
        default="auto", pattern=r"^(auto|cpu|cuda|mps)(:\d+)?$", description="auto, cpu, cuda, cuda:1 or mps."
    )
    seed: int = Field(
        default=0, ge=0, description="Same seed, machine and thread count: the same weights, bit for bit."
    )
