"""`seodang predict` as a person and as a program see it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from seodang.core.errors import SeodangError


@pytest.fixture
def photo(tmp_path):
    pixels = np.round(load_digits().images[0] * (255 / 16)).astype(np.uint8)  # a 0
    Image.fromarray(pixels).save(tmp_path / "nought.png")
    return tmp_path / "nought.png"


def test_a_person_sees_a_line_a_picture(command, digits_run, photo, tmp_path):
    (tmp_path / "thumbs.db").write_bytes(b"no picture")
    lines = command("predict", digits_run.folder, photo, tmp_path / "thumbs.db", "--top", "2").stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{photo}  ")
    assert lines[0].split()[1] == "0"
    assert lines[0].count("%") == 2
    assert lines[1].split(maxsplit=1)[0] == f"{tmp_path}/thumbs.db"
    assert lines[1].split(maxsplit=1)[1].startswith("left out: ")


def test_json_is_one_object(command, digits_run, photo):
    told = json.loads(command("predict", digits_run.folder, photo, "--json").stdout)
    (answer,) = told["predictions"]
    assert told["run"] == str(digits_run.folder)
    assert (answer["path"], answer["prediction"], len(answer["top"])) == (str(photo), "0", 3)


def test_csv_has_a_row_a_picture_and_harmless_cells(command, digits_run, photo, tmp_path):
    evil = tmp_path / "=cmd.png"
    evil.write_bytes(b"no picture")
    result = command("predict", digits_run.folder, photo, "--csv", "--top", "1")
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == ["path", "class_1", "probability_1", "error"]
    assert rows[1][:2] == [str(photo), "0"]
    from seodang.cli._answers import harmless

    assert [harmless(each) for each in ("=cmd.png", "-1", 0.5, "cat")] == ["'=cmd.png", "'-1", 0.5, "cat"]


def test_where_no_file_can_be_read_the_exit_code_is_2(command, digits_run, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    result = command("predict", digits_run.folder, tmp_path / "a.png", code=2)
    assert "left out: " in result.stdout
    assert result.stderr == "The file could not be read as a picture.\n"
    told = json.loads(command("predict", digits_run.folder, tmp_path / "a.png", "--json", code=2).stdout)
    assert told["predictions"][0]["error"]


def test_nothing_matched_and_two_forms_are_refused(command, digits_run, photo):
    with pytest.raises(SeodangError, match=r"^No file matches 'none-of-these/\*\.png'\.$"):
        command("predict", digits_run.folder, "none-of-these/*.png")
    with pytest.raises(SeodangError, match=r"^--csv and --json exclude each other; give one\.$"):
        command("predict", digits_run.folder, photo, "--csv", "--json")


def test_a_prediction_loads_no_library_it_does_not_need(digits_run, photo):
    code = (
        "import sys; sys.argv = ['seodang', 'predict', *sys.argv[1:]]\n"
        "from seodang.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'matplotlib', 'torchvision', 'accelerate', 'pyarrow', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(digits_run.folder), str(photo)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
    assert str(photo) in done.stdout


@pytest.mark.real
def test_the_courses_photos_are_read(command, digits_run, real_data):
    """Large RGBA photos go through the same preparation; which letter they are is L05's own test."""
    told = json.loads(command("predict", digits_run.folder, real_data("asl-photos"), "--json").stdout)
    assert [answer["path"].split("/")[-1] for answer in told["predictions"]] == ["a.png", "b.png"]
    assert all("prediction" in answer for answer in told["predictions"])
