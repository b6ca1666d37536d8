"""timm's MobileNetV2 as Keras' own: the same weights, the same features, so that Keras needs no download.

Three things differ, and none of them stays:
- Order of axes: a kernel is (out, in, height, width) here and (height, width, in, out) there; one of a depthwise
  convolution (height, width, channels, 1).
- Batch norm: 1e-5 is added to the variance here, 1e-3 there, so gamma is multiplied by sqrt((variance + 1e-3) / (variance + 1e-5)).
- Padding of stride 2: a pixel on every side here; there only below and on the right, where the side is even. With every kernel
  turned by 180° Keras' own network gives, for a picture turned by 180°, the features of the upright one: then its padding
  stands above and on the left, and the pixel below and on the right is one that stride 2 never reads. Averaged over the
  picture they are equal. The network itself is left as Keras builds it, so it costs what it costs everyone.

Measured on 8 photographs at 192 pixels, largest difference of a feature as a share of the largest feature (least cosine):
1e-6 (1.000) so; 0.22 (0.969) without the second; 0.52 (0.877) with Keras' padding and nothing turned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]
OUR_EPSILON, KERAS_EPSILON = 1e-5, 1e-3
# Blocks of MobileNetV2 by stage (Sandler et al., 2018, table 2, https://arxiv.org/abs/1801.04381).
BLOCKS = (1, 2, 3, 4, 3, 3, 1)


def keras_weights(tensors: Arrays) -> dict[str, list[np.ndarray]]:
    """What each layer of `keras.applications.MobileNetV2(include_top=False)` is given by `set_weights`, by its name.

    Args:
        tensors: timm's `mobilenetv2_100`, by timm's names, floats of any width; a classifier among them is left out.

    >>> names = [(ours, keras) for ours, _, keras, _ in layers()]
    >>> len(names), names[0], names[-1]
    (52, ('conv_stem', 'Conv1'), ('conv_head', 'Conv_1'))
    """
    found: dict[str, list[np.ndarray]] = {}
    for convolution, norm, keras_convolution, keras_norm in layers():
        found[keras_convolution] = [kernel(tensors[f"{convolution}.weight"])]
        found[keras_norm] = batch_norm(
            *(tensors[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var"))
        )
    return found


def put(base: Any, tensors: Arrays) -> None:
    """Give a Keras MobileNetV2 those weights; ends where a layer is left without or has another shape."""
    given = keras_weights(tensors)
    for layer in base.layers:
        if layer.weights:
            layer.set_weights(given.pop(layer.name))
    assert not given, f"Keras' MobileNetV2 has no {', '.join(given)}"


def kernel(weight: np.ndarray) -> np.ndarray:
    """A convolution's kernel in Keras' order of axes, turned by 180°.

    >>> kernel(np.arange(9.0).reshape(1, 1, 3, 3))[..., 0, 0].tolist()
    [[8.0, 7.0, 6.0], [5.0, 4.0, 3.0], [2.0, 1.0, 0.0]]
    """
    turned = weight.astype(np.float32)[:, :, ::-1, ::-1]
    is_depthwise = weight.shape[1] == 1
    return np.ascontiguousarray(turned.transpose((2, 3, 0, 1) if is_depthwise else (2, 3, 1, 0)))


def batch_norm(gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> list[np.ndarray]:
    """Gamma, beta, mean and variance with which Keras' epsilon gives what gamma, beta, mean and variance give with ours."""
    wide = variance.astype(np.float64)
    scaled = gamma.astype(np.float64) * np.sqrt((wide + KERAS_EPSILON) / (wide + OUR_EPSILON))
    return [each.astype(np.float32) for each in (scaled, beta, mean, variance)]


def layers() -> Iterator[tuple[str, str, str, str]]:
    """Each convolution and the norm after it, from the picture on: timm's two names, then Keras' two."""
    yield "conv_stem", "bn1", "Conv1", "bn_Conv1"
    number = 0
    for stage, count in enumerate(BLOCKS):
        for block in range(count):
            ours, keras = f"blocks.{stage}.{block}", "expanded_conv" if number == 0 else f"block_{number}"
            parts = [("conv_pw", "expand"), ("conv_dw", "depthwise"), ("conv_pwl", "project")]
            if number == 0:  # it has nothing to expand
                parts = [("conv_dw", "depthwise"), ("conv_pw", "project")]
            for place, (our_part, keras_part) in enumerate(parts, 1):
                name = f"{keras}_{keras_part}"
                yield f"{ours}.{our_part}", f"{ours}.bn{place}", name, f"{name}_BN"
            number += 1
    yield "conv_head", "bn2", "Conv_1", "Conv_1_bn"
