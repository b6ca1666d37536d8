"""What a frozen base says is computed once, kept, and never stale."""

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.core.spec import Spec
from seodang.data.augment import Augmentation
from seodang.data.load import load
from seodang.data.open import open_source
from seodang.data.prepare import Normalise, Preparation
from seodang.data.split import Split
from seodang.models.backbone import Backbone, backbone
from seodang.training.device import Place
from seodang.training.features import Extractor, Passed, all_features

CPU = Place(torch.device("cpu"))
FORM = Preparation(
    height=48,
    width=48,
    channels=3,
    fit="crop",
    scale="standard",
    mean=(0.5,) * 3,
    std=(0.5,) * 3,
    interpolation="bicubic",
)


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A folder of 40 noisy pictures in two classes, an empty cache, and a function that prepares the folder."""
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for index in range(40):
        folder = tmp_path / "photos" / ("warm" if index % 2 else "cold")
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (60, 70, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")

    def prepared(preparation=FORM):
        return load(open_source(tmp_path / "photos"), preparation, Split(validation=0.2, test=0.2))

    prepared.folder = tmp_path / "photos"
    return prepared


def network(seed=0, mirror=False) -> Backbone:
    torch.manual_seed(seed)
    return backbone(Spec((3, 48, 48)), Spec((2,)), architecture="mobilenetv1_025", pretrained=False, mirror=mirror)


def passes(model, data, preparation=FORM, **more):
    """How many pictures went through the base, and the features."""
    extractor, went = Extractor(model, preparation, CPU), []
    through = extractor.through
    extractor.through = lambda pixels: went.append(len(pixels)) or through(pixels)
    *told, found = extractor.features(data.train, data.scan.content[data.division.train], **more)
    assert all(isinstance(event, Passed) for event in told)
    assert told[-1].done == told[-1].total == len(data.train)
    return sum(went), found


@pytest.mark.parametrize("mirror", [False, True])
def test_features_are_what_the_network_sees(photos, mirror):
    model, data = network(mirror=mirror).eval(), photos()
    _, found = passes(model, data)
    with torch.inference_mode():
        wanted = model.features(Normalise(FORM)(data.train.pixels))
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-5)


def test_a_second_time_nothing_goes_through(photos):
    model, data = network(), photos()
    first, found = passes(model, data)
    again, same = passes(model, photos())
    assert (first, again) == (len(data.train), 0)
    assert torch.equal(found, same)


def test_one_changed_picture_goes_through_again_alone(photos):
    model, data = network(), photos()
    _, before = passes(model, data)
    name = photos.folder / data.train.ids[3]
    Image.fromarray(np.full((60, 70, 3), 90, np.uint8)).save(name)
    went, after = passes(model, photos())
    assert went == 1
    assert [row for row in range(len(before)) if not torch.equal(before[row], after[row])] == [3]


def test_other_weights_size_or_crop_use_nothing_that_is_kept(photos):
    model, data = network(), photos()
    passes(model, data)
    assert passes(network(seed=1), data)[0] == len(data.train)
    assert passes(network(mirror=True), data)[0] == len(data.train)
    with torch.no_grad():
        next(iter(model.base.parameters())).view(-1)[0] += 1e-3  # one weight, a little
    assert passes(model, data)[0] == len(data.train)
    for change in (
        {"height": 40, "width": 40},
        {"crop_share": 0.8},
        {"interpolation": "bilinear"},
        {"mean": (0.4,) * 3},
    ):
        other = FORM.model_copy(update=change)
        model = backbone(
            Spec((3, other.height, other.width)), Spec((2,)), architecture="mobilenetv1_025", pretrained=False
        )
        model.load_state_dict(network().state_dict())
        assert passes(model, photos(other), other)[0] == len(data.train), change


def test_features_do_not_depend_on_what_else_goes_through(photos):
    """Bit for bit: alone, together, from the cache or not."""
    model, data = network(), photos()
    _, together = passes(model, data)
    extractor = Extractor(model, FORM, CPU)
    for row in (0, 5, len(data.train) - 1):
        assert torch.equal(extractor.through(data.train.pixels[row : row + 1])[0], together[row])


def test_views_are_varied_and_the_same_each_time(photos, monkeypatch, tmp_path):
    model, data, moved = network(), photos(), Augmentation(rotation=20, zoom=0.2, flip_horizontal=True)
    plain, one, two = (passes(model, data, augmentation=moved, view=view)[1] for view in (0, 1, 2))
    assert not torch.allclose(plain, one)
    assert not torch.allclose(one, two)
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "another"))
    went, again = passes(model, photos(), augmentation=moved, view=1)
    assert went == len(data.train)
    assert torch.equal(one, again)
    assert not torch.allclose(one, passes(model, data, augmentation=moved, view=1, seed=5)[1])


def test_a_damaged_file_of_the_cache_is_made_again(photos, tmp_path):
    model, data = network(), photos()
    _, found = passes(model, data)
    for file in (tmp_path / "cache").rglob("*-*.safetensors"):
        content = bytearray(file.read_bytes())
        content[-3] ^= 1
        file.write_bytes(content)
    went, again = passes(model, photos())
    assert went == len(data.train)
    assert torch.equal(found, again)


def test_without_telling(photos):
    model, data = network(), photos()
    content = data.scan.content[data.division.train]
    assert torch.equal(all_features(Extractor(model, FORM, CPU), data.train, content), passes(model, data)[1])
