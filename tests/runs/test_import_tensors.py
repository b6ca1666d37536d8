"""safetensors and torch.save files: by name, whatever prefix, and the same answers as the network they were saved from."""

from __future__ import annotations

import re

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import shufflenet_v2_x0_5

from seodang.core.errors import RunError
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part
from seodang.runs.foreign import apart
from seodang.runs.foreign.tensors import by_name, open_tensors
from seodang.runs.importing import import_run

MODEL = '''"""torchvision's ShuffleNet."""
from torchvision.models import shufflenet_v2_x0_5


def shuffle(inputs, outputs):
    return shufflenet_v2_x0_5(weights=None, num_classes=outputs.size)
'''


@pytest.fixture(scope="module")
def shuffle(tmp_path_factory):
    """A recipe whose network is torchvision's, and such a network whose batch norms have seen something."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "shuffle.py").write_text(MODEL)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        network = shufflenet_v2_x0_5(weights=None, num_classes=3)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None  # the mean of what was seen, from the first batch on
        network(pixels().float() / 255)
    size = {"height": 64, "width": 64, "channels": 3}
    return Recipe(name="shuffle", model=Part(name=str(folder / "shuffle.py")), preparation=size), network.eval()


def expected(network, pixels):
    with torch.inference_mode():
        return network(pixels.float() / 255).softmax(dim=1)


def pixels():
    noise = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    return (255 * noise * torch.tensor([0.2, 0.5, 0.8, 1.0])[:, None, None, None]).byte()


def renamed(network, prefix):
    return {f"{prefix}{name}": tensor.clone() for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("prefix", ["", "module.", "model.", "module.net."])
def test_torchvisions_safetensors_answer_the_same(shuffle, prefix, tmp_path):
    recipe, network = shuffle
    save_file(renamed(network, prefix), tmp_path / "model.bin")  # the content decides what it is, not the name
    run = import_run(tmp_path / "model.bin", recipe, classes=["cat", "dog", "hen"], runs=tmp_path / "runs")
    found = run.probabilities(pixels())
    assert found.std(dim=0).max() > 1e-3
    assert (found - expected(network, pixels())).abs().max() < 1e-5
    assert run.data["imported"]["form"] == "safetensors"


@pytest.mark.parametrize(("kind", "tolerance"), [(torch.float16, 1e-2), (torch.bfloat16, 5e-2), (torch.float64, 1e-6)])
def test_other_floats_become_float32(kind, tolerance, tmp_path):
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    state = {name: t.to(kind) if t.is_floating_point() else t for name, t in network.state_dict().items()}
    del state["1.num_batches_tracked"]  # old files have none
    save_file(state, tmp_path / "half.safetensors")
    with open_tensors(tmp_path / "half.safetensors", "half.safetensors") as tensors:
        found, _ = by_name(tensors, network, "net")
    assert {name: tensor.dtype for name, tensor in found.items()} == {
        name: tensor.dtype for name, tensor in network.state_dict().items()
    }
    assert (found["0.weight"] - network.state_dict()["0.weight"]).abs().max() < tolerance


def test_what_is_missing_unexpected_or_of_another_shape_is_named(tmp_path):
    network = nn.Sequential(*[nn.Linear(4, 4) for _ in range(4)])
    state = {name: tensor.clone() for name, tensor in network.state_dict().items() if name[0] in "01"}
    state |= {"0.bias": torch.zeros(5), "head.weight": torch.zeros(2, 4)}
    save_file(state, tmp_path / "x.safetensors")
    with open_tensors(tmp_path / "x.safetensors", "x.safetensors") as tensors, pytest.raises(RunError) as caught:
        by_name(tensors, network, "net")
    assert str(caught.value) == (
        "x.safetensors does not fit net: 4 of the network's 8 are missing (2.weight, 2.bias, 3.weight, 3.bias); 1 of its 5 "
        "tensors have no place in it (head.weight); 1 of its 5 tensors have another shape (0.bias 5 instead of 4). Choose the "
        "recipe whose network it was saved from; the shape of the last layer is the number of --classes."
    )
    save_file({f"{n}.weight": torch.zeros(1) for n in range(7, 20)}, tmp_path / "y.safetensors")
    with open_tensors(tmp_path / "y.safetensors", "y.safetensors") as tensors, pytest.raises(RunError) as caught:
        by_name(tensors, network, "net")
    named = re.findall(r"\(([^()]*)\)", str(caught.value))
    assert named[0] == "0.weight, 0.bias, 1.weight, 1.bias, 2.weight and 3 more"
    assert named[1].endswith(" and 8 more")


@pytest.mark.parametrize(
    ("tensor", "sentence"),
    [
        (torch.zeros(2, 4, dtype=torch.int8), "weight must be float16, bfloat16, float32 or float64, got I8."),
        (torch.full((2, 4), torch.inf), "weight has numbers that are not finite in float32."),
        (torch.full((2, 4), 1e300, dtype=torch.float64), "weight has numbers that are not finite in float32."),
    ],
)
def test_tensors_that_are_no_weights_are_refused(tensor, sentence, tmp_path):
    save_file({"weight": tensor}, tmp_path / "x.safetensors")
    with open_tensors(tmp_path / "x.safetensors", "x.safetensors") as tensors, pytest.raises(RunError) as caught:
        by_name(tensors, nn.Linear(4, 2, bias=False), "net")
    assert str(caught.value).startswith(f"x.safetensors: {sentence}")


def test_a_cut_off_file_is_told(tmp_path):
    save_file({"weight": torch.zeros(100)}, tmp_path / "x.safetensors")
    whole = (tmp_path / "x.safetensors").read_bytes()
    (tmp_path / "x.safetensors").write_bytes(whole[:-40])
    with pytest.raises(
        RunError, match=r"x\.safetensors is damaged, or no safetensors file \(.+\)\. Fetch or save it again\.$"
    ):
        import_run(tmp_path / "x.safetensors", "lenet5", runs=tmp_path / "runs")


# --- torch.save ---


@pytest.mark.parametrize("inside", [None, "state_dict"])
def test_a_state_dict_of_torch_save_answers_the_same(shuffle, inside, tmp_path):
    recipe, network = shuffle
    state = renamed(network, "module.")
    torch.save({inside: state, "epoch": 3} if inside else state, tmp_path / "model.pt")
    run = import_run(tmp_path / "model.pt", recipe, classes=["cat", "dog", "hen"], runs=tmp_path / "runs")
    assert (run.probabilities(pixels()) - expected(network, pixels())).abs().max() < 1e-5
    assert run.data["imported"]["form"] == "torch.save"


def test_a_file_that_keeps_its_reader_too_long_is_given_up(monkeypatch, tmp_path):
    torch.save(nn.Linear(4, 2).state_dict(), tmp_path / "model.pt")
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    sentence = "could not be read in 0.01 s and was given up: it is damaged, or made to keep its reader busy."
    with pytest.raises(RunError, match=re.escape(f"{tmp_path / 'model.pt'} {sentence}")):
        import_run(tmp_path / "model.pt", "lenet5", runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
