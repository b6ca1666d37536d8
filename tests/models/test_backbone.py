"""Pretrained networks: what is frozen stays, what is trained moves, folding changes nothing."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from seodang.core.errors import RecipeError, SeodangError
from seodang.core.spec import Spec
from seodang.models.backbone import backbone, make_base
from seodang.models.folded import folded
from seodang.pretrained.weights import find_weights
from seodang.recipes.settings import Training
from seodang.training.optimizer import make_optimizer

SMALL = "mobilenetv1_025"
SIDE = Spec((3, 48, 48))


def steps(model, number=3, **settings):
    """A few updates on random pictures."""
    torch.manual_seed(0)
    optimizer = make_optimizer(model, Training(**{"optimizer": "sgd", "learning_rate": 0.1, **settings}))
    model.train()
    for _ in range(number):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(torch.rand(8, *SIDE.shape)), torch.arange(8) % 3).backward()
        optimizer.step()


def copies(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def test_weights_are_the_files_own(real_data):
    base = make_base(SMALL, pretrained=True, pool=True, height=48, width=48)
    saved = load_file(find_weights(SMALL).path)
    for name, tensor in base.state_dict().items():
        assert torch.equal(tensor, saved[name].float() if saved[name].is_floating_point() else saved[name]), name


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"weight_decay": 0.1, "momentum": 0.9},
        {"optimizer": "adamw", "weight_decay": 0.1},
        {"optimizer": "rmsprop", "ema": 0.9},
    ],
    ids=["sgd", "sgd, decay", "adamw, decay", "rmsprop"],
)
def test_a_frozen_base_does_not_change_by_a_bit(real_data, settings):
    """Weights and the running statistics of batch norms, weight decay or not; the head does change."""
    model = backbone(SIDE, Spec((3,)), architecture=SMALL)
    before = copies(model)
    steps(model, **settings)
    after = model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before if name.startswith("base."))
    assert not any(torch.equal(before[name], after[name]) for name in before if name.startswith("head."))


def test_only_the_last_stages_move_and_no_statistics(real_data):
    model = backbone(SIDE, Spec((3,)), architecture=SMALL, trains="last", stages=1)
    before = copies(model)
    steps(model)
    moved = {name for name, tensor in model.state_dict().items() if not torch.equal(before[name], tensor)}
    assert any(name.startswith("base.blocks.4") for name in moved)
    assert not any(name.startswith(("base.blocks.0", "base.conv_stem", "base.bn1")) for name in moved)
    assert not any("running" in name or "num_batches" in name for name in moved)


def test_stages_thaw_from_the_head_down(real_data):
    model = backbone(SIDE, Spec((3,)), architecture=SMALL, trains="everything")
    trained = []
    for parts in range(1, len(model.parts) + 1):
        model.thaw(parts)
        trained.append(sum(p.numel() for p in model.parameters() if p.requires_grad))
    assert trained == sorted(set(trained))
    assert trained[0] == sum(p.numel() for p in model.head.parameters())
    assert trained[-1] == sum(p.numel() for p in model.parameters())


def test_stages_further_from_the_head_learn_slower(real_data):
    """Plain descent moves each parameter by its rate times its gradient, so the ratio of the moves is the decay's power."""
    moves = []
    for decay in (1.0, 0.5):
        torch.manual_seed(1)
        model = backbone(SIDE, Spec((3,)), architecture=SMALL, trains="everything")
        before = [[p.detach().clone() for p in part] for part in model.parts]
        torch.manual_seed(0)
        optimizer = make_optimizer(model, Training(optimizer="sgd", learning_rate=1e-3), decay)
        nn.functional.cross_entropy(model(torch.rand(8, *SIDE.shape)), torch.arange(8) % 3).backward()
        optimizer.step()
        moves.append(
            [
                sum(float((p.detach() - old).double().norm()) ** 2 for p, old in zip(part, olds, strict=True)) ** 0.5
                for part, olds in zip(model.parts, before, strict=True)
            ]
        )
    ratios = [slow / fast for fast, slow in zip(*moves, strict=True)]
    assert ratios == pytest.approx([0.5**depth for depth in range(len(ratios))], rel=0.05)


@pytest.mark.parametrize("architecture", [SMALL, "resnet18", "efficientnet_b0"])
def test_folding_batch_norms_changes_only_the_last_bits(architecture):
    base = make_base(architecture, pretrained=False, pool=True, height=64, width=64)
    torch.manual_seed(0)
    for module in base.modules():  # statistics as after training, not the identity
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
    pictures = torch.rand(4, 3, 64, 64)
    quick = folded(base, pictures[:2])
    assert not any(isinstance(module, nn.BatchNorm2d) for module in quick.modules())
    with torch.inference_mode():
        torch.testing.assert_close(quick(pictures), base(pictures), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.ReLU6, nn.SiLU, nn.Hardswish, nn.GELU])
def test_activations_are_fused_without_changing_what_is_said(activation):
    """A convolution with stride, padding, dilation and groups; what oneDNN has no name for here stays as it is."""
    torch.manual_seed(0)
    first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
    second = nn.Conv2d(8, 8, 3, padding=(2, 1), dilation=(2, 1), groups=8)
    model = nn.Sequential(first, activation(), second, activation(), nn.Conv2d(8, 4, 1)).eval()
    with torch.no_grad():
        second.bias.uniform_(-1, 9)  # past the 6 of ReLU6
    for pictures in (torch.rand(2, 3, 20, 24), torch.rand(5, 3, 31, 17)):
        quick = folded(model, pictures)
        left = sum(type(module) is nn.Conv2d for module in quick.modules())
        assert left == (3 if activation is nn.GELU or not torch.backends.mkldnn.is_available() else 1)
        with torch.inference_mode():
            torch.testing.assert_close(quick(pictures), model(pictures), rtol=1e-5, atol=1e-5)


def test_an_activation_that_is_used_twice_is_not_taken_away():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.act, self.second = nn.Conv2d(3, 3, 1), nn.ReLU(), nn.Conv2d(3, 3, 1)

        def forward(self, pictures):
            return self.act(self.second(self.act(self.first(pictures))))

    torch.manual_seed(0)
    model, pictures = Twice().eval(), torch.randn(4, 3, 8, 8)
    with torch.inference_mode():
        torch.testing.assert_close(folded(model, pictures)(pictures), model(pictures))


def test_folding_gives_up_where_a_norm_does_not_follow_its_neighbour():
    class Crossed(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.norm, self.second = nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1)

        def forward(self, pictures):
            return self.norm(self.second(self.first(pictures).relu()))

    model = Crossed().eval()
    model.norm.running_var.fill_(4.0)
    pictures = torch.rand(2, 3, 8, 8)
    with torch.inference_mode():
        torch.testing.assert_close(folded(model, pictures)(pictures), model(pictures))


def test_the_mean_of_a_picture_and_its_mirror_image(real_data):
    plain = backbone(SIDE, Spec((3,)), architecture=SMALL).eval()
    both = backbone(SIDE, Spec((3,)), architecture=SMALL, mirror=True).eval()
    pictures = torch.rand(2, *SIDE.shape)
    with torch.inference_mode():
        wanted = (plain.features(pictures) + plain.features(pictures.flip(3))) / 2
        torch.testing.assert_close(both.features(pictures), wanted)
        torch.testing.assert_close(both.features(pictures.flip(3)), wanted)


def test_grey_pictures_are_refused():
    with pytest.raises(RecipeError, match="was trained on colour pictures: preparation.channels must be 3, got 1."):
        backbone(Spec((1, 48, 48)), Spec((3,)), architecture=SMALL, pretrained=False)


def test_an_unknown_name_is_told_with_the_nearest(tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
    with pytest.raises(SeodangError, match="'mobilnetv2_100' is not a network of timm. .*mobilenetv2_100"):
        find_weights("mobilnetv2_100")


def test_without_weights_and_network_one_sentence_says_what_to_fetch(tmp_path, monkeypatch):
    monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(SeodangError) as told:
        find_weights("resnet18")
    assert str(told.value) == (
        "The weights of resnet18 are not on this machine and the hub cannot be reached (HF_HUB_OFFLINE is set). Fetch "
        "model.safetensors and config.json from https://huggingface.co/timm/resnet18.a1_in1k elsewhere, put them into "
        "DIR/resnet18/, and set SEODANG_WEIGHTS=DIR."
    )


def test_weights_of_another_network_are_refused(tmp_path, monkeypatch):
    (tmp_path / SMALL).mkdir()
    save_file({"conv_stem.weight": torch.zeros(3)}, tmp_path / SMALL / "model.safetensors")
    monkeypatch.setenv("SEODANG_WEIGHTS", str(tmp_path))
    with pytest.raises(RecipeError, match=f"does not hold {SMALL}: .* tensors are missing or of another shape"):
        make_base(SMALL, pretrained=True, pool=True, height=48, width=48)
