"""The house recipe by hand: its network and settings, read from the run it is compared with, in a plain loop."""

import math

import torch
import torch.nn.functional as F

# What the loop below does not do; a recipe that needs it is refused, for these would not be the same steps.
OFF = {"mixup": 0.0, "cutmix": 0.0, "class_weights": "none", "max_gradient_norm": None, "warmup": 0.0}
KNOWN = {"rotation", "shift_x", "shift_y", "fill"}


def network(recipe):
    """The recipe's own network: only the loop is another one here."""
    from seodang.core.spec import Spec
    from seodang.models.build import build

    form = recipe.preparation
    return build(recipe.model, Spec((form.channels, form.height, form.width)), Spec((10,)), recipe.training.seed)


def train(model, pixels, labels, recipe, epochs):
    """AdamW, one-cycle rate, label smoothing, small turns and shifts, and the average of the weights where it is asked for."""
    refuse_more(recipe)
    settings, moves = recipe.training, recipe.augmentation
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
            inputs = pixels.index_select(0, batch).float()
            if moves.rotation or moves.shift_x or moves.shift_y:
                inputs = moved(inputs, moves)
            loss = F.cross_entropy(
                model(inputs.mul_(scale).add_(shift)),
                labels.index_select(0, batch),
                label_smoothing=settings.label_smoothing,
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if average is not None:
                average.update_parameters(model)
        yield epoch


def moved(pictures, moves):
    """Each square picture turned and shifted by a draw of its own, in one grid_sample; the grid is a few sums."""
    count, side = len(pictures), pictures.shape[-1]
    turn, right, down = (torch.rand(3, count) * 2 - 1) * torch.tensor(
        [[moves.rotation * math.pi / 180], [2 * moves.shift_x], [2 * moves.shift_y]]
    )
    cos, sin = turn.cos()[:, None, None], turn.sin()[:, None, None]
    places = torch.arange(1 - side, side, 2) / side
    x, y = places[None, None, :] - right[:, None, None], places[None, :, None] - down[:, None, None]
    grid = torch.stack([cos * x + sin * y, cos * y - sin * x], dim=-1)
    return F.grid_sample(pictures, grid, padding_mode=moves.fill, align_corners=False)


def affine(preparation):
    """Scale and shift that bring bytes to what the network is given."""
    if preparation.scale == "standard":
        mean, std = preparation.mean[0], preparation.std[0]
    else:
        mean, std = {"unit": (0.0, 1.0), "symmetric": (0.5, 0.5)}[preparation.scale]
    return 1 / (255 * std), -mean / std


def refuse_more(recipe):
    """End where the recipe has steps that the loop above has not."""
    settings, moves = recipe.training, recipe.augmentation
    plain = type(moves)()
    more = [name for name, value in OFF.items() if getattr(settings, name) != value]
    more += [
        name for name in type(moves).model_fields if name not in KNOWN and getattr(moves, name) != getattr(plain, name)
    ]
    more += [name for name in (settings.optimizer, settings.schedule) if name not in ("adamw", "one_cycle")]
    if more:
        raise SystemExit(
            f"benchmarks/bare/house.py does not do {', '.join(more)}; write it there, or it is another race."
        )
