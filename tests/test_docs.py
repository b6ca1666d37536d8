"""Every code block of the documents runs; README's numbers come from files that commands wrote."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
DOCUMENTS = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(bash|python|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Blocks that set up a machine, or are a sketch on data the reader has, say so with a first comment line.
SKIPPED = ("# not run:",)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_block_runs_in_order(document, tmp_path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for language, text in BLOCK.findall(document.read_text(encoding="utf-8")):
        if text.startswith(SKIPPED):
            continue
        if language == "yaml":
            name = re.match(r"# file: (\S+)\n", text)
            assert name, f"{document.name}: a YAML block needs a first line `# file: NAME`"
            (tmp_path / name[1]).write_text(text)
            continue
        expected = re.match(r"# exit: (\d+)\n", text)
        command = ["bash", "-euc", text] if language == "bash" else [sys.executable, "-c", text]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == int(expected[1] if expected else 0), (
            f"{text}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        )
        assert "Traceback" not in done.stderr


def test_every_verb_and_recipe_is_documented():
    from seodang.cli import VERBS
    from seodang.core.registry import names

    text = "\n".join(d.read_text(encoding="utf-8") for d in DOCUMENTS)
    missing = [verb for verb in VERBS if f"seodang {verb}" not in text]
    missing += [name for name in names("recipes") if f"`{name}`" not in text]
    assert not missing


def test_links_point_at_files():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
