"""The house recipe by hand: its network and settings, read from the run it is compared with, in a plain loop."""

import torch
import torch.nn.functional as F

# What the loop below does; a recipe that needs more is refused, for it would not be the same steps.
OFF = {
    "mixup": 0.0,
    "cutmix": 0.0,
    "class_weights": "none",
    "max_gradient_norm": None,
    "warmup": 0.0,
    "optimizer": "adamw",
}


def network(recipe):
    """The recipe's own network: only the loop is ours here."""
    from seodang.core.spec import Spec
    from seodang.models.build import build

    form = recipe.preparation
    return build(recipe.model, Spec((form.channels, form.height, form.width)), Spec((10,)), recipe.training.seed)


def train(model, pixels, labels, recipe, epochs):
    """AdamW, one-cycle rate, label smoothing, and the average of the weights where the recipe keeps one."""
    settings = recipe.training
    more = [name for name, value in OFF.items() if getattr(settings, name) != value]
    if recipe.augmentation != type(recipe.augmentation)():
        more.append("augmentation")
    if more or settings.schedule != "one_cycle":
        raise SystemExit(
            f"benchmarks/bare/house.py does not do {', '.join([*more, settings.schedule])}; write it there."
        )
    model = model.to(memory_format=torch.channels_last)
    scale, shift = affine(recipe.preparation)
    matrices, rest = [p for p in model.parameters() if p.ndim > 1], [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, settings.beta2), fused=True)
    steps = epochs * -(-len(pixels) // settings.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.learning_rate, steps, cycle_momentum=False)
    average = None
    if settings.ema:
        ema = torch.optim.swa_utils.get_ema_multi_avg_fn(settings.ema)
        average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=ema, use_buffers=True)
    model.train()
    for epoch in range(epochs):
        for batch in torch.randperm(len(pixels)).split(settings.batch_size):
            inputs = pixels.index_select(0, batch).float().mul_(scale).add_(shift)
            outputs = model(inputs)
            loss = F.cross_entropy(outputs, labels.index_select(0, batch), label_smoothing=settings.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if average is not None:
                average.update_parameters(model)
        yield epoch


def affine(preparation):
    """Scale and shift that bring bytes to what the network is given."""
    means = {"unit": (0.0, 1.0), "symmetric": (0.5, 0.5)}
    if preparation.scale == "standard":
        mean, std = preparation.mean[0], preparation.std[0]
    else:
        mean, std = means[preparation.scale]
    return 1 / (255 * std), -mean / std
