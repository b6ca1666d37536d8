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
    code = (
        "import sys, torch, types, contextlib\n"
        "import seodang.core.timm_import as quick\n"
        "@contextlib.contextmanager\n"
        "def poor():\n"
        "    sys.modules['torch._dynamo'] = types.ModuleType('torch._dynamo')\n"
        "    sys.modules['torch._dynamo'].__path__ = []\n"
        "    try: yield\n"
        "    finally: del sys.modules['torch._dynamo']\n"
        "quick._stand_in = poor\n"
        "print(len(quick.import_timm().list_models()) > 1000, 'torch._inductor' in sys.modules)"
    )
    assert run(code) == "True True"
