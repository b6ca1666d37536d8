"""Each finding fires on its planted fault and is silent on clean data; the page holds no script of the data's."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from seodang.data import grid as grids
from seodang.data.findings import prefixes
from seodang.data.grid import fitted_title, grid
from seodang.data.look import look, short
from seodang.data.open import open_source
from seodang.data.page import write_page
from seodang.data.scan import scan
from seodang.data.source import EMPTY_CLASS, LeftOut, Source
from seodang.data.split import Split, divide, leave_out


def made(
    count: int = 120, *, side: int = 24, classes: tuple[str, ...] = ("heron", "ibis"), splits: bool = True
) -> Source:
    """Pictures of soft noise, all different, in balanced classes: nothing wrong with them."""
    random = np.random.default_rng(0)
    coarse = random.uniform(40, 215, size=(count, 6, 6, 1)).repeat(side // 6, 1).repeat(side // 6, 2)
    pixels = (coarse + random.normal(0, 6, size=coarse.shape)).clip(0, 255).astype(np.uint8)
    labels = np.arange(count) % len(classes)
    third = np.array(["train", "train", "train", "train", "validation", "test"])
    return Source(
        name="birds",
        where="birds",
        form="NumPy",
        classes=classes,
        labels=labels,
        ids=[f"{classes[label]}/{index}.png" for index, label in enumerate(labels)],
        splits=np.repeat(third, -(-count // 6))[:count] if splits else np.full(count, ""),
        stamp="made",
        pixels=pixels,
    )


def found(source: Source, kind: str) -> dict:
    """The one finding of a kind."""
    (one,) = [finding for finding in look(source)["findings"] if finding["kind"] == kind]
    return one


def kinds(source: Source) -> list[str]:
    return [finding["kind"] for finding in look(source)["findings"]]


def large(**given) -> Source:
    return made(count=1200, **given)


def test_clean_data_has_no_findings():
    told = look(large())
    assert told["findings"] == []
    assert short(told) == ["birds: 1,200 pictures in 2 classes (NumPy): train 800, validation 200, test 200."]


def test_what_look_tells_is_json_and_counts_right():
    told = look(made())
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["kind"] == "pictures"
    assert told["counts"] == {
        "train": {"heron": 40, "ibis": 40},
        "validation": {"heron": 10, "ibis": 10},
        "test": {"heron": 10, "ibis": 10},
    }
    assert told["sizes"] == {
        "smallest": [24, 24],
        "median": [24, 24],
        "largest": [24, 24],
        "most_common": [24, 24],
        "most_common_share": 1.0,
        "different": 1,
    }
    assert told["modes"] == {"L": 120}
    assert look(made(splits=False))["counts"] == {"all": {"heron": 60, "ibis": 60}}


def test_the_splits_in_use_are_counted():
    source = made(splits=False)
    division = divide(source, Split(validation=0.1, test=0.2))
    told = look(source, scan(source), division)
    assert {name: sum(one.values()) for name, one in told["counts"].items()} == {
        "train": len(division.train),
        "validation": len(division.validation),
        "test": len(division.test),
    }


def copied(source: Source, first: int, second: int) -> Source:
    """The second picture made the same as the first."""
    pixels = source.pixels.copy()
    pixels[second] = pixels[first]
    return replace(source, pixels=pixels)


def test_the_same_picture_in_train_and_test_is_a_leak():
    one = found(copied(large(), 0, 1000), "leak_test")
    assert one["level"] == "serious"
    assert one["what"] == "1 test picture (0.5 %) is in train too (the same picture)."
    assert one["evidence"] == "1 group, for example heron/0.png and heron/1000.png."
    assert one["todo"] == "Remove these pictures from train or test."


def test_what_to_do_about_a_leak_is_what_helps():
    """`split.by` has no say where the data brings its splits; where they are drawn it has."""
    given = copied(large(), 0, 1000)
    one = found(given, "leak_test")
    assert one["todo"] == "Remove these pictures from train or test."
    drawn = replace(given, splits=np.full(len(given), ""))
    division = divide(drawn, Split(test=0.5, validation=0))
    first, second = int(division.train[0]), int(division.test[0])
    drawn.pixels[second] = drawn.pixels[first]
    told = look(drawn, division=division)["findings"]
    (one,) = [each for each in told if each["kind"] == "leak_test"]
    assert one["todo"] == "Remove these pictures from train or test, or keep what belongs together with split.by."


def test_near_copies_are_shown_by_two_that_are_not_the_very_same():
    """0, 2 the same, 4 nearly so: what the one finding says of 0 and 2 the other does not say again."""
    source = copied(copied(large(splits=False), 0, 2), 0, 4)
    source.pixels[4] = (source.pixels[4] * 0.9).astype(np.uint8)
    assert found(source, "duplicates")["evidence"] == "For example heron/0.png and heron/2.png."
    assert found(source, "near_duplicates")["evidence"] == "For example heron/0.png and heron/4.png."


def test_a_picture_nearly_the_same_in_train_and_validation_is_a_leak():
    source = copied(large(), 3, 901)
    source.pixels[901] = (source.pixels[901] * 0.9).astype(np.uint8)
    one = found(source, "leak_validation")
    assert one["what"] == "1 validation picture (0.5 %) is in train too (the same or nearly the same picture)."


def test_copies_in_one_split_are_no_leak():
    source = copied(large(), 0, 2)
    assert kinds(source) == ["duplicates"]
    one = found(source, "duplicates")
    assert one["what"] == "1 picture repeats another one of the same split (the same picture, 1 group)."
    assert kinds(copied(large(splits=False), 0, 2)) == ["duplicates"]


def test_one_picture_under_two_labels_comes_first():
    source = copied(copied(large(), 0, 1), 5, 1001)
    told = look(source)
    first = told["findings"][0]
    assert first["kind"] == "two_labels"
    assert first["what"] == "2 pictures stand under two labels (the same picture in 1 group)."
    assert first["evidence"] == "For example heron/0.png (heron) and ibis/1.png (ibis)."
    assert [one["kind"] for one in told["findings"]] == ["two_labels", "leak_test", "duplicates"]
    assert told["duplicates"]["groups"][0]["members"][1] == {
        "id": "ibis/1.png",
        "split": "train",
        "class": "ibis",
        "index": 1,
    }


def test_imbalance_and_tiny_classes():
    source = large(splits=False)
    source = source.select(np.flatnonzero((source.labels == 0) | (np.arange(1200) < 20)))
    assert found(source, "imbalance")["what"] == "heron has 60 times as many pictures as ibis."
    tiny = found(source, "tiny_classes")
    assert tiny["what"] == "1 class has fewer than 20 pictures."
    assert tiny["evidence"] == "ibis (10)."
    assert tiny["todo"] == "Add pictures."


def test_few_pictures():
    one = found(made(splits=False), "scarce")
    assert one["what"] == "There are few pictures: 60 in the middle class."
    assert found(made(), "few_test")["what"] == "test has only 20 pictures."


def test_classes_that_train_lacks_and_classes_nobody_judges():
    source = large(classes=("heron", "ibis", "owl"))
    owl = source.labels == 2
    no_owls = source.select(np.flatnonzero(~(owl & (source.splits == "train"))))
    one = found(no_owls, "not_in_train_test")
    assert one["what"] == "test has 1 class that train has not: owl."
    no_judge = source.select(np.flatnonzero(~(owl & (source.splits == "test"))))
    assert found(no_judge, "not_in_test")["what"] == "test has no pictures of 1 class: owl."


def test_left_out_files_are_told_with_their_reasons():
    left = tuple(LeftOut(f"{i}.png", "empty file" if i < 20 else "no picture") for i in range(25))
    source = replace(large(), left_out=left)
    one = found(source, "left_out")
    assert one["what"] == "25 files (2 %) are left out."
    assert one["evidence"] == "20 × empty file; 5 × no picture."
    assert look(source)["left_out"][0] == {"path": "0.png", "reason": "empty file"}
    assert "left_out" not in kinds(replace(large(), left_out=left[:3]))


def test_empty_class_folders_and_classes_left_out_are_no_files():
    source = replace(large(), left_out=(LeftOut("owls/", EMPTY_CLASS),))
    one = found(source, "empty_classes")
    assert (one["what"], one["evidence"]) == ("1 class folder has no pictures.", "owls/.")
    assert "left_out" not in kinds(source)
    source = leave_out(made(classes=("heron", "ibis", "owl")), ("owl",))
    assert "left_out" not in kinds(source)


def test_twelve_bits_in_files_of_sixteen(tmp_path):
    random = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(random.integers(0, 4096, (20, 20)).astype(np.uint16)).save(
                tmp_path / name / f"{number}.png"
            )
    one = found(open_source(tmp_path), "few_levels")
    assert one["what"] == "8 pictures of 16 bits are nearly black."
    assert one["evidence"].endswith("of 255: a/0.png.")
    for file in tmp_path.glob("*/*.png"):
        with Image.open(file) as picture:
            stretched = np.asarray(picture) * 16
        Image.fromarray(stretched).save(file)
    assert "few_levels" not in kinds(open_source(tmp_path))


def test_blank_pictures():
    source = large()
    source.pixels[7] = 200
    assert found(source, "blank")["what"] == "1 picture is of one flat colour."


def person(index: int) -> str:
    return f"person{index // 3 % 20:02d}_{index}.png"


def test_names_that_begin_with_a_person_ask_for_a_split_by_person():
    names = [f"{'ab'[index % 2]}/{person(index)}" for index in range(1200)]
    one = found(replace(large(), ids=names), "sources_test")
    assert one["level"] == "serious"
    assert one["what"] == "20 people or sources stand in both train and test."
    assert one["todo"].startswith("Keep each in one split: split.by='^([^_]*[^_0-9][^_]*)_'")
    drawn = found(replace(large(splits=False, classes=("a", "b", "c")), ids=names), "sources")
    assert drawn["what"] == "The pictures seem to come from 20 people or sources."


def test_the_pattern_for_people_is_one_that_split_understands():
    source = replace(large(splits=False, classes=("a", "b", "c")), ids=[person(index) for index in range(1200)])
    pattern, owners = prefixes(source.ids, source.labels) or ("", np.array([]))
    division = divide(source, Split(by=pattern))
    assert not set(owners[division.train]) & set(owners[division.test])


@pytest.mark.parametrize(
    "names",
    [
        ["cat_{}.jpg", "dog_{}.jpg"],  # the class itself
        ["IMG_{}.jpg", "IMG_{}.jpg"],  # the camera
        ["{}.jpg", "{}.jpg"],
        ["{}_1.jpg", "{}_2.jpg"],  # numbers only
        ["row {}", "row {}"],
    ],
)
def test_other_names_are_not_taken_for_people(names):
    ids = [names[index % 2].format(index) for index in range(400)]
    assert prefixes(ids, np.arange(400) % 2) is None


def test_short_has_at_most_six_lines_serious_ones_first():
    source = made()
    source = copied(copied(copied(source, 0, 1), 2, 100), 4, 82)
    source.pixels[9] = 0
    lines = short(look(replace(source, left_out=tuple(LeftOut(str(i), "empty file") for i in range(9)))))
    assert len(lines) == 6
    assert lines[1].startswith("! 2 pictures stand under two labels")
    assert lines[-1] == "- 4 more findings: `seodang look birds`."


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_page_escapes_names_and_needs_nothing_from_outside(tmp_path):
    source = made(classes=(EVIL, "{{ 7*7 }}"))
    source = replace(source, name=EVIL, where=EVIL, left_out=(LeftOut(EVIL, "empty file"),) * 9)
    source = copied(copied(source, 0, 1), 2, 100)
    told = look(source)
    told["suggested_recipe"] = {"name": EVIL, "reason": EVIL}
    write_page(told, scan(source), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "<script" not in text.lower()
    assert "onerror=alert(1)>" not in text
    assert "{{ 7*7 }}" in text
    assert not re.search(r"""(src|href)=(?!"data:)""", text.replace("&lt;img src=x onerror", ""))
    assert not re.search(r"https?://", text)
    assert text.count("data:image/png;base64,") == 24 + 4  # 12 samples of each class, two pairs of copies


def test_grid_places_every_picture_and_keeps_its_shape():
    pixels = torch.zeros(5, 3, 10, 20, dtype=torch.uint8)
    pixels[:, 0] = 250
    sheet = np.asarray(grid(pixels, [f"number {i}" for i in range(5)], columns=3, cell=100))
    assert sheet.shape[1] == 3 * (100 + grids.GAP) + grids.GAP
    red = (sheet == [250, 0, 0]).all(2)
    assert red.sum() == 5 * 100 * 50  # each 20 x 10 picture fills the width of its cell and half the height


def test_grid_of_nothing_and_of_mixed_pictures():
    assert grid([]).size[0] > 0
    assert grid([Image.new("L", (3, 90)), Image.new("RGB", (500, 20))], ["one", "two"]).mode == "RGB"


def test_titles_are_cut_to_their_cell_and_letters_no_font_has_become_question_marks():
    used = grids.font(12)
    cut = fitted_title("a very long class name indeed", 60, 12)
    assert cut.endswith("…")
    assert used.getlength(cut) <= 60
    assert fitted_title("x\U0010fffdy", 100, 12) == "x?y"
    assert fitted_title("two\twords", 200, 12) == "two words"


def test_one_class_alone_is_told_and_commands_are_fit_to_be_copied():
    source = replace(made(classes=("heron",)), where="my photos/2026")
    assert found(source, "one_class")["what"] == "There is one class only, heron."
    assert "`seodang look 'my photos/2026' --augment" in found(source, "scarce")["todo"]
    assert short(look(source))[0].startswith("birds: 120 pictures in 1 class (NumPy)")


def test_the_page_quotes_the_path_in_the_command(tmp_path):
    source = replace(made(), where="my photos")
    told = {**look(source), "suggested_recipe": {"name": "lenet5", "reason": "why"}}
    write_page(told, scan(source), tmp_path / "page.html")
    assert "seodang train &#39;my photos&#39; lenet5" in (tmp_path / "page.html").read_text()
