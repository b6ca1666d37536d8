"""The gradient fades on its way back: the first layers learn nothing."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import USELESS, Diagnosis, grade
from seodang.diagnoses.probe import Layer, probe

# The gradient of a layer over its weights, beside that of the layer where it is largest. Each sigmoid takes at least three
# quarters off (its slope is at most 1/4), so six in a row leave 2e-4. In the runs on twelve small sets no layer
# is below 0.0018 (titanic).
FADED = 3e-4


def vanishing_gradients(case: Case) -> Iterator[Diagnosis]:
    """The gradient fades on its way back: the first layers learn nothing. Only of networks that learnt little."""
    if case.failed or not case.learnt_little:
        return
    layers = [layer for layer in probe(case).layers if layer.weight > 0]
    if len(layers) < 3:
        return
    sizes = [layer.gradient / layer.weight for layer in layers]
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    before = [place for place in range(largest) if sizes[place] < FADED * sizes[largest]]
    if not before or not sizes[largest]:
        return
    least = min(before, key=sizes.__getitem__)
    ratio = sizes[least] / sizes[largest]
    silent = [each for each in probe(case).activations if each.silent > 0.99]
    todo = tr(
        "Use relu instead of sigmoid or tanh, batch_norm between the layers, or residual layers; then He's start."
    )
    if silent:
        todo = tr("All its relu units are silent: start again with a smaller rate.")
    yield Diagnosis(
        tr("The gradient fades on its way back through the network."),
        tr(
            "Over its weights it is {ratio:.1g} times as large at {layer} as at {other}, on {examples} "
            "training examples; {count} of {total} layers get less than {least:g}.",
            ratio=ratio,
            layer=_named(layers[least]),
            other=_named(layers[largest]),
            examples=probe(case).examples,
            count=len(before),
            total=len(layers),
            least=FADED,
        ),
        tr("What a layer is not told it cannot learn: the first layers stay as they were drawn."),
        todo,
        grade(USELESS, 0.7),
        {"ratio": ratio, "layers": {layer.name: size for layer, size in zip(layers, sizes, strict=True)}},
    )


def _named(layer: Layer) -> str:
    return layer.name.removesuffix(".weight")
