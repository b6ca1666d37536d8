"""How weights start: the initialisers by the names the papers and Keras give them."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

Initial = Literal[
    "glorot_uniform",
    "glorot_normal",
    "xavier_uniform",
    "xavier_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "normal",
    "uniform",
    "zeros",
]
NAMES: tuple[str, ...] = get_args(Initial)

# A normal distribution cut at two standard deviations has this standard deviation itself; dividing by it keeps the
# variance that the rule asks for (Keras' VarianceScaling does the same).
_CUT = 0.87962566103423978


def initialise(weight: Tensor, name: str) -> None:
    """Fill a weight (outputs, inputs, …) in place.

    Args:
        weight: of a dense layer (out, in) or a convolution (out, in of its group, height, width).
        name: glorot (= xavier): variance 2 / (fan_in + fan_out), Glorot & Bengio, 2010. he: 2 / fan_in, He et al.,
            2015, https://arxiv.org/abs/1502.01852. lecun: 1 / fan_in. normal: standard deviation 0.05, uniform: -0.05
            to 0.05, as in Keras. Normal ones of the first three are cut at two standard deviations, as in Keras.

    >>> weight = torch.empty(512, 784)
    >>> initialise(weight, "glorot_uniform")
    >>> bool(weight.abs().max() <= math.sqrt(6 / (512 + 784)))
    True
    """
    rule, _, shape = name.rpartition("_")
    if name == "zeros":
        nn.init.zeros_(weight)
    elif name == "normal":
        nn.init.normal_(weight, std=0.05)
    elif name == "uniform":
        nn.init.uniform_(weight, -0.05, 0.05)
    elif name in NAMES:
        variance = _variance(weight, rule)
        if shape == "uniform":
            limit = math.sqrt(3 * variance)
            nn.init.uniform_(weight, -limit, limit)
        else:
            std = math.sqrt(variance) / _CUT
            nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std)
    else:
        raise AssertionError(f"{name!r} is not an initialiser; the settings should have refused it")


def _variance(weight: Tensor, rule: str) -> float:
    field = math.prod(weight.shape[2:])
    fan_in, fan_out = weight.shape[1] * field, weight.shape[0] * field
    return {"glorot": 2 / (fan_in + fan_out), "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[
        rule
    ]


@torch.no_grad()
def start_at_frequencies(model: nn.Module, answers: Tensor, classes: int) -> bool:
    """Set the last biases of a network to the logs of how often each class or word is the answer; whether it has such biases.

    Half an answer is added to each (Krichevsky & Trofimov, 1981), so that what is never an answer in training stays possible.

    Args:
        model: Its last dense layer has an output for each of `classes`.   answers: any shape, ids; below 0 is none.

    >>> network = nn.Sequential(nn.Linear(3, 2))
    >>> start_at_frequencies(network, torch.tensor([0, 1, 1, -100]), 2), network[0].bias.exp().tolist()
    (True, [0.375, 0.625])
    """
    dense: list[Any] = [part for part in model.modules() if hasattr(part, "out_features") and hasattr(part, "bias")]
    asked = answers[answers >= 0].flatten()
    if classes < 2 or not len(asked) or not dense or dense[-1].bias is None or dense[-1].out_features != classes:
        return False
    counts = torch.bincount(asked, minlength=classes).double() + 0.5
    dense[-1].bias.copy_((counts / counts.sum()).log())
    return True


@torch.no_grad()
def start(module: nn.Module, name: str) -> None:
    """Start every dense and convolution layer inside `module`: weights by the named rule, biases at zero."""
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            initialise(part.weight, name)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
