"""timm is imported without PyTorch's compiler, and nothing is different afterwards."""

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


FIRST = "import sys, torch; from seodang.core.timm_import import import_timm; timm = import_timm()\n"


def test_the_compiler_is_not_loaded_and_the_stand_in_is_gone():
    assert (
        run(
            FIRST
            + "print([m for m in sys.modules if m.startswith('torch._dynamo') or m in ('sympy', 'torch._inductor')])"
        )
        == "[]"
    )


def test_all_of_timm_is_there():
    assert run(FIRST + "print(timm is sys.modules['timm'], len(timm.list_models()) > 1000)") == "True True"


def test_the_compiler_works_afterwards():
    """The two names that came from the stand-in ask the real module; what is compiled gives what is not."""
    code = FIRST + (
        "roi = sys.modules['torchvision.ops.roi_align']\n"
        "from timm.layers import disable_compiler\n"
        "assert disable_compiler(lambda t: t + 1)(1) == 2\n"
        "from timm.models import naflexvit\n"
        "from torch._dynamo.utils import is_compile_supported\n"
        "assert roi.is_compile_supported('cpu') == is_compile_supported('cpu')\n"
        "assert roi.is_compile_supported('meta') is False\n"
        "x = torch.rand(2, 3, 8, 8); boxes = torch.tensor([[0, 1., 1., 6., 6.]])\n"
        "assert torch.ops.torchvision.roi_align(x, boxes, 1.0, 2, 2, 2, False).shape == (1, 3, 2, 2)\n"
        "f = torch.compile(lambda t: t.sin() + 1, backend='eager')\n"
        "assert torch.equal(f(x), x.sin() + 1)\n"
        "pool = naflexvit.NaFlexEmbeds\n"
        "marked = [f for f in vars(pool).values() if hasattr(f, '__wrapped__')]\n"
        "assert marked\n"
        "print(torch._dynamo.__file__ is not None)"
    )
    assert run(code) == "True"


def test_where_a_version_wants_more_of_the_compiler_it_is_imported_as_usual():
    """A stand-in that lacks what is asked of it: the import begins again without it."""
    poor = (
        "import sys, torch, types, contextlib\n"
        "import seodang.core.timm_import as quick\n"
        "@contextlib.contextmanager\n"
        "def poor():\n"
        "    sys.modules['torch._dynamo'] = types.ModuleType('torch._dynamo')\n"
        "    sys.modules['torch._dynamo'].__path__ = []\n"
        "    try: yield\n"
        "    finally: del sys.modules['torch._dynamo']\n"
        "quick._stand_in = poor\n"
    )
    told = "print(len(quick.import_timm().list_models()) > 1000, 'torch._inductor' in sys.modules)"
    assert run(poor + told) == "True True"
    assert (
        run(poor + "begun = quick.timm_for('test_resnet')\nassert len(begun.list_models()) > 1000\n" + told)
        == "True True"
    )


ONE = "import sys, torch; from seodang.core.timm_import import import_timm, timm_for\n"
LOADED = "print(sorted({m.split('.')[0] for m in sys.modules} & {'torchvision', 'huggingface_hub', 'sympy'}))\n"


def test_of_one_architecture_only_its_family_is_imported():
    code = ONE + (
        "timm = timm_for('mobilenetv2_100')\n"
        "assert timm.create_model('mobilenetv2_100', pretrained=False, num_classes=0).num_features == 1280\n"
        "assert timm.get_pretrained_cfg('mobilenetv2_100').tag == 'ra_in1k'\n"
        "from timm.models import group_parameters\n"
        "assert 'timm.models.vision_transformer' not in sys.modules\n" + LOADED
    )
    assert run(code) == "[]"


def test_one_familys_networks_are_those_of_all_of_timm():
    """From the same state of the generator the same weights, and the same parameters in the same stages."""
    code = ONE + (
        "from timm_names import NAMES\n"
        "def made(timm, name):\n"
        "    torch.manual_seed(0)\n"
        "    network = timm.create_model(name, pretrained=False, num_classes=3).eval()\n"
        "    from timm.models import group_parameters\n"
        "    stages = group_parameters(network, network.group_matcher(coarse=True))\n"
        "    return network.state_dict(), stages, timm.get_pretrained_cfg(name).to_dict()\n"
        "one = [made(timm_for(name), name) for name in NAMES]\n"
        "assert 'torchvision' not in sys.modules\n"
        "begun = sys.modules['timm']\n"
        "whole = timm_for('no_such_network')\n"  # of no file: all of timm
        "assert whole is begun is sys.modules['timm'] and len(whole.list_models()) > 1000\n"
        "for name, (state, stages, known) in zip(NAMES, one):\n"
        "    other, other_stages, other_known = made(whole, name)\n"
        "    assert list(state) == list(other) and all(torch.equal(state[key], other[key]) for key in state), name\n"
        "    assert stages == other_stages and known == other_known, name\n"
        "print(type(whole).__name__)"
    ).replace("from timm_names import NAMES", f"NAMES = {FAMILIES}")
    assert run(code) == "module"


FAMILIES = ["test_efficientnet", "test_resnet", "test_vit", "test_convnext", "mobilenetv3_small_050", "test_byobnet"]


def test_what_else_of_timm_is_asked_for_is_there():
    """Whoever imports timm afterwards, by any way, has all of it; what stood for others asks them."""
    code = ONE + (
        "timm_for('test_resnet')\n"
        "from timm.data import create_transform, IMAGENET_DEFAULT_MEAN\n"
        "import timm, timm.models\n"
        "assert len(timm.list_models()) > 1000 and timm.models.VisionTransformer and 'torchvision' in sys.modules\n"
        "network = timm.create_model('test_resnet', features_only=True, out_indices=(1, 2))\n"
        "assert [each.shape[1] for each in network(torch.rand(1, 3, 64, 64))] == [32, 48]\n"
        "from timm.layers import get_graph_node_names\n"
        "assert 'layer1.0.conv1' in get_graph_node_names(timm.create_model('test_resnet').eval())[0]\n"
        "from timm.models import _builder, _hub\n"
        "assert _builder.has_hf_hub() == _hub.has_hf_hub() == True\n"
        "namespace = {}\n"
        "exec('from timm.models import *', namespace)\n"
        "print('VisionTransformer' in namespace, namespace['create_model'] is timm.create_model)"
    )
    assert run(code) == "True True"
