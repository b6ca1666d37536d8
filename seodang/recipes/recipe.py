"""A recipe: one frozen value that names data, preparation, augmentation, task, model and training."""

from __future__ import annotations

from pydantic import Field

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.values import Value
from seodang.data.augment import Augmentation
from seodang.data.prepare import Preparation
from seodang.data.reading import Columns, Series, Text
from seodang.data.split import Split
from seodang.recipes.settings import Part, Training, Transfer


class Recipe(Value):
    """Everything that decides what a training run does. Built-in ones are functions that return one; users write YAML."""

    name: str = Field(default="custom", description="The recipe's public name.")
    data: str | None = Field(
        default=None, description="The data set the lab uses where none is given, a name or a path."
    )
    task: str = Field(default="classify", description="What is learnt: a name of `seodang list tasks`.")
    loss: str = Field(
        default="cross_entropy",
        pattern="^(cross_entropy|binary_cross_entropy|mse|mae|huber)$",
        description="cross_entropy: one output a class. binary_cross_entropy: two classes, one output. Of amounts: mse, mae, huber.",
    )
    model: Part = Field(default=Part(name="convnet"), description="The network.")
    transfer: Transfer = Field(default=Transfer(), description="What is taken over from a pretrained network.")
    preparation: Preparation = Field(default=Preparation(), description="How a picture becomes numbers.")
    augmentation: Augmentation = Field(default=Augmentation(), description="How training pictures are varied.")
    columns: Columns = Field(default=Columns(), description="Which columns of a table mean what.")
    texts: Text = Field(default=Text(), description="How texts become token ids.")
    series: Series = Field(default=Series(), description="How a time series is cut into windows.")
    split: Split = Field(default=Split(), description="What is kept apart.")
    training: Training = Field(default=Training(), description="How it is trained.")
    examples: int | None = Field(
        default=None, ge=1, description="Use only so many training examples (stratified). Null: all."
    )

    @property
    def with_backbone(self) -> Recipe:
        """The recipe with its pretrained network in the place of the model, where it says that there is one."""
        trains = {"features": "head", "last": "last", "everything": "everything"}.get(self.transfer.strategy)
        if trains is None:
            return self
        if self.model.name != "backbone" and self.model != Part(name="convnet"):
            raise RecipeError(
                tr(
                    "transfer.strategy={strategy} puts {backbone} in the place of the network, but the recipe has "
                    "one of its own ({name}). Write transfer.strategy=none, or leave the model out.",
                    strategy=self.transfer.strategy,
                    backbone=self.transfer.backbone,
                    name=self.model.name,
                )
            )
        given = self.model.settings if self.model.name == "backbone" else {}
        transfer = self.transfer
        settings = {
            **given,
            "architecture": transfer.backbone,
            "trains": trains,
            "stages": transfer.stages,
            "mirror": transfer.mirror,
        }
        preparation = self.preparation.model_copy(update={"channels": 3})
        return self.model_copy(update={"model": Part(name="backbone", settings=settings), "preparation": preparation})

    @property
    def makes_examples(self) -> bool:
        """Whether the answers of the network are examples like those it learnt from, not classes, amounts or words."""
        return self.task in ("imitate", "reconstruct")

    @property
    def solves_head(self) -> bool:
        """Whether the head is one dense layer on frozen features, which is solved for and not trained step by step."""
        return self.uses_features and not self.model.settings.get("head")

    @property
    def uses_features(self) -> bool:
        """Whether each picture goes through a frozen pretrained base once, before anything is trained."""
        return self.transfer.strategy == "features"
