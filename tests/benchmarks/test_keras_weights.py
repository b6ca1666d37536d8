"""The weights that the benchmark gives to Keras, by a forward pass as Keras' MobileNetV2 does it, without TensorFlow."""

import numpy as np
import pytest
import timm
import torch
import torch.nn.functional as F

from benchmarks import keras_weights
from benchmarks.keras_weights import KERAS_EPSILON, layers
from benchmarks.keras_weights import keras_weights as converted
from benchmarks.transfer import AGREE

STRIDE_TWO = {"Conv1", *(f"block_{number}_depthwise" for number in (1, 3, 6, 13))}


@pytest.fixture(scope="module")
def network():
    """timm's own, its norms as after a training; some variances are near both epsilons, as they are in real weights."""
    base = timm.create_model("mobilenetv2_100", num_classes=0)
    generator = torch.Generator().manual_seed(0)
    for module in base.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight, generator=generator)
            module.weight.data[::7] *= 0.01
        elif isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.uniform_(-0.5, 0.5, generator=generator)
            module.momentum = None  # the statistics of the batch below
    with torch.no_grad():
        base.train()(torch.randn(8, 3, 96, 96, generator=generator))
    return base.eval()


def as_keras(pictures, given):
    """keras.applications.MobileNetV2(include_top=False) and the average over places, on (N, 3, H, W), in PyTorch.

    Written from keras/src/applications/mobilenet_v2.py (Keras 3.15): stride 2 pads below and on the right, epsilon is 1e-3.
    """

    def step(x, name, norm, active=True):
        kernel = torch.from_numpy(given[name][0])
        is_depthwise = name.endswith("depthwise")
        weight = kernel.permute(2, 3, 0, 1) if is_depthwise else kernel.permute(3, 2, 0, 1)
        stride = 2 if name in STRIDE_TWO else 1
        if weight.shape[2] == 3:
            x = F.pad(x, (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1))
        x = F.conv2d(x, weight, stride=stride, groups=len(weight) if is_depthwise else 1)
        gamma, beta, mean, variance = (torch.from_numpy(each)[:, None, None] for each in given[norm])
        x = (x - mean) * (variance + KERAS_EPSILON).rsqrt() * gamma + beta
        return F.relu6(x) if active else x

    x = step(pictures, "Conv1", "bn_Conv1")
    for block in ["expanded_conv", *(f"block_{number}" for number in range(1, 17))]:
        before = x
        for part in ("expand", "depthwise", "project"):
            if f"{block}_{part}" in given:
                x = step(x, f"{block}_{part}", f"{block}_{part}_BN", active=part != "project")
        if x.shape == before.shape:
            x = before + x
    return step(x, "Conv_1", "Conv_1_bn").mean((2, 3))


@pytest.mark.parametrize("side", [64, 96])
def test_features_are_those_of_the_turned_picture(network, side):
    pictures = torch.randn(2, 3, side, side)
    given = converted({name: tensor.numpy() for name, tensor in network.state_dict().items()})
    with torch.inference_mode():
        wanted, found = network(pictures), as_keras(pictures.flip((2, 3)), given)
        upright = as_keras(pictures, given)
    largest = float(wanted.abs().max())
    assert float((found - wanted).abs().max()) <= AGREE * largest
    # The check sees what it is there for: turned kernels on an upright picture are another network.
    assert float((upright - wanted).abs().max()) > 1e-2 * largest


def test_every_convolution_and_norm_is_given_once(network):
    ours = [name for convolution, norm, _, _ in layers() for name in (convolution, norm)]
    named = {
        name for name, module in network.named_modules() if isinstance(module, torch.nn.Conv2d | torch.nn.BatchNorm2d)
    }
    assert len(ours) == len(set(ours))
    assert set(ours) == named


def test_counts_are_those_of_keras(network):
    given = converted({name: tensor.numpy() for name, tensor in network.state_dict().items()})
    # LABS.md: MobileNetV2 without head, as Keras counts.
    assert sum(array.size for arrays in given.values() for array in arrays) == 2_257_984


def test_a_layer_that_keras_lacks_is_an_error(network):
    class Base:
        layers = ()

    with pytest.raises(AssertionError, match="Keras' MobileNetV2 has no Conv1"):
        keras_weights.put(Base(), {name: np.asarray(tensor) for name, tensor in network.state_dict().items()})
