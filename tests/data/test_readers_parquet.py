"""Parquet and Arrow as on the Hugging Face hub, and the hub itself, played by a small server on this machine."""

import io
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seodang.core.errors import DataError
from seodang.data.open import open_source
from seodang.data.prepare import Preparation, resolve
from seodang.data.readers.hub import read_hub
from seodang.data.readers.parquet import read_parquet
from seodang.data.readers.parquet_rows import Later
from seodang.data.scan import scan


def png(value):
    stream = io.BytesIO()
    Image.new("L", (4, 4), value).save(stream, "PNG")
    return stream.getvalue()


def table(labels, names=None, image="image", label="label", struct=True, paths=None):
    encoded = [png(10 * number) for number in range(len(labels))]
    if struct:
        encoded = [
            {"bytes": content, "path": path}
            for content, path in zip(encoded, paths or ["x.png"] * len(labels), strict=True)
        ]
    made = pa.table({image: encoded, label: labels})
    if names:
        features = {image: {"_type": "Image"}, label: {"_type": "ClassLabel", "names": names}}
        made = made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    return made


def write(path, made):
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(made, path)
    return path


def message(path):
    with pytest.raises(DataError) as caught:
        open_source(path)
    return str(caught.value)


def left_out(source):
    return {one.path: one.reason for one in source.left_out}


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.int64(), pa.uint64()], ids=str)
def test_whole_numbers_of_any_width_are_the_same_labels(tmp_path, kind):
    made = table([2, 0, 10, 2])
    made = made.set_column(1, "label", pa.chunked_array([pa.array([2, 0], kind), pa.array([10, 2], kind)]))
    source = open_source(write(tmp_path / "a.parquet", made))
    assert (source.classes, source.labels.tolist()) == (("0", "2", "10"), [1, 0, 2, 1])


def test_labels_are_read_without_pandas(tmp_path):
    """Arrow's way to NumPy imports it, a quarter of a second of every training on the hub's pictures."""
    write(tmp_path / "train-00000-of-00001.parquet", table([1, 0, 1], ["cat", "dog"]))
    code = "import sys; from seodang.data.open import open_source; print(len(open_source(sys.argv[1])), 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "3 False\n", done.stderr


@pytest.mark.parametrize("inner", ["", "data", "mnist"])
def test_shards_and_splits_as_on_the_hub(tmp_path, inner):
    write(tmp_path / inner / "train-00000-of-00002.parquet", table([1, 0], ["cat", "dog"]))
    write(tmp_path / inner / "train-00001-of-00002.parquet", table([1], ["cat", "dog"]))
    write(tmp_path / inner / "test-00000-of-00001.parquet", table([0], ["cat", "dog"]))
    write(tmp_path / inner / "validation-00000-of-00001.parquet", table([0], ["cat", "dog"]))
    source = open_source(tmp_path)
    assert source.form == "Parquet"
    assert source.classes == ("cat", "dog")
    assert source.label_values == ("0", "1")
    assert source.labels.tolist() == [1, 0, 1, 0, 0]
    assert source.splits.tolist() == ["train"] * 3 + ["validation", "test"]
    assert source.ids[2] == f"{inner}/train-00001-of-00002.parquet row 1".lstrip("/")
    assert scan(source).thumbnail[:, 0, 0].tolist() == [0, 10, 0, 0, 0]


@pytest.mark.parametrize("struct", [True, False])
@pytest.mark.parametrize("labels", [["dog", "cat", "dog"], [3, 1, 3]])
def test_labels_without_names_and_plain_binary(tmp_path, struct, labels):
    source = open_source(write(tmp_path / "a.parquet", table(labels, struct=struct, image="img", label="Class")))
    assert source.classes == tuple(str(value) for value in sorted(set(labels)))
    assert source.labels.tolist() == [1, 0, 1]
    assert source.splits.tolist() == [""] * 3


def test_the_fine_label_counts(tmp_path):
    features = {"fine_label": ["apple", "bear"], "coarse_label": ["fruit", "animal"]}
    made = table([0, 1], label="coarse_label").append_column("fine_label", pa.array([1, 0]))
    words = {name: {"_type": "ClassLabel", "names": names} for name, names in reversed(features.items())}
    made = made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": words}})})
    source = open_source(write(tmp_path / "a.parquet", made))
    assert source.classes == ("apple", "bear")
    assert source.labels.tolist() == [1, 0]


def test_dictionary_and_large_types(tmp_path):
    made = pa.table(
        {
            "image": pa.array([png(1), png(2)], pa.large_binary()),
            "label": pa.array(["b", "a"]).dictionary_encode(),
        }
    )
    assert open_source(write(tmp_path / "a.parquet", made)).classes == ("a", "b")


@pytest.mark.parametrize("kind", ["feather", "stream"])
def test_arrow(tmp_path, kind):
    path = tmp_path / "train.arrow"
    made = table([0, 1], ["cat", "dog"])
    if kind == "feather":
        pyarrow.feather.write_feather(made, str(path))
    else:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, made.schema) as writer:
            writer.write_table(made)
    source = open_source(path)
    assert source.classes == ("cat", "dog")
    assert len(scan(source)) == 2


def test_rows_without_picture_or_label_are_listed(tmp_path):
    made = pa.table(
        {
            "image": [
                {"bytes": png(1), "path": "1.png"},
                {"bytes": None, "path": "pictures/2.png"},
                None,
                {"bytes": png(4), "path": None},
                {"bytes": png(5), "path": None},
                {"bytes": b"nonsense", "path": None},
            ],
            "label": ["a", "a", "a", None, "b", "a"],
        }
    )
    source = open_source(write(tmp_path / "a.parquet", made))
    assert source.ids == ["a.parquet row 1", "a.parquet row 5", "a.parquet row 6"]
    assert left_out(scan(source).source) == {
        "a.parquet row 2": "names a file (pictures/2.png) instead of holding a picture",
        "a.parquet row 3": "no picture in this row",
        "a.parquet row 4": "no label in this row",
        "a.parquet row 6": "text, not a picture; JPEG, PNG, WebP, BMP, GIF and TIFF can be read",
    }


def test_classes_without_pictures_are_named(tmp_path):
    source = open_source(write(tmp_path / "a.parquet", table([0, 2, -1], ["cat", "dog", "eel"])))
    assert source.classes == ("cat", "eel")
    assert source.notes == ("1 of the 3 classes have no pictures and are left out: dog.",)
    assert left_out(source) == {"a.parquet row 3": "no label in this row"}


def test_a_test_file_without_labels_is_left_aside(tmp_path):
    write(tmp_path / "train.parquet", table([0, 1]))
    write(tmp_path / "test.parquet", table([0]).drop_columns("label"))
    source = open_source(tmp_path)
    assert len(source) == 2
    assert left_out(source) == {"test.parquet": "no column label, so no labels"}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (pa.table({"label": [1], "text": ["a"]}), "{path} holds no pictures but Parquet with 2 columns."),
        (table([1], label="kind"), "a.parquet has no label column. It is looked for under the names label, labels, class, target, "
                                   "y, category, fine_label, class_name, letter, digit; the columns are: image, kind."),
        (table([5], ["cat", "dog"]), "{path} has the label 5, but its schema names 2 classes, 0 to 1."),
        (table([0]).slice(0, 0), "{path} has no rows with a picture and a label."),
        (pa.table({"image": [png(1)], "label": [[1, 2]]}), "The label column of {path} cannot be read "),
    ],
)  # fmt: skip
def test_tables_that_do_not_fit(tmp_path, made, words):
    path = write(tmp_path / "a.parquet", made)
    assert message(path).startswith(words.format(path=path))


def test_damaged_parquet(tmp_path):
    path = write(tmp_path / "a.parquet", table([0, 1]))
    path.write_bytes(path.read_bytes()[:-10])
    assert message(path).startswith("a.parquet is damaged or no Parquet file (")
    path.write_bytes(b"")
    assert message(path).startswith("a.parquet is damaged or no Parquet file (")


def test_any_parquet_is_read_or_refused_in_words(tmp_path):
    path = write(tmp_path / "a.parquet", table([0, 1], ["cat", "dog"]))
    whole, refusals, attempts = path.read_bytes(), [], 0

    @settings(max_examples=100, deadline=None)
    @given(st.data())
    def damaged(data):
        nonlocal attempts
        attempts += 1
        content = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 6))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(content))
        try:
            source = read_parquet(path)
            pictures = [source.read(index) for index in range(len(source))]
        except DataError as error:
            refusals.append(str(error))
        else:
            assert all(isinstance(picture, bytes) for picture in pictures)
            assert len(pictures) == len(source.labels) == len(source.ids) > 0
            assert 0 <= source.labels.min() <= source.labels.max() < len(source.classes)

    damaged()
    assert 0 < len(refusals) < attempts  # both ends were met
    assert [text for text in refusals if "a.parquet" not in text or "\n" in text] == []


# The hub --------------------------------------------------------------------------------------------------------------


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for."""

    files: dict[str, bytes]
    sha = "0123456789012345678901234567890123456789"

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, body):
        path = self.path.split("?")[0]
        content, status = b"", 404
        if "/api/datasets/seodang/tiny" in path:
            siblings = [{"rfilename": name} for name in self.files]
            if "/tree/" in path:
                value = [{"type": "file", "path": n, "size": len(c), "oid": "1" * 40} for n, c in self.files.items()]
            else:
                value = {"id": "seodang/tiny", "sha": self.sha, "siblings": siblings, "private": False, "tags": []}
            content, status = json.dumps(value).encode(), 200
        elif "/resolve/" in path:
            name = path.split("/resolve/")[1].split("/", 1)[1]
            if name in self.files:
                content, status = self.files[name], 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", '"tiny-etag"')
        self.send_header("X-Repo-Commit", self.sha)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *words):
        pass


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub on 127.0.0.1 and a fresh cache; the library reads its address at import, so both are set in its constants."""
    import huggingface_hub.constants
    import huggingface_hub.hf_api

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    for name, value in (
        ("ENDPOINT", address),
        ("HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}"),
        ("HF_HUB_CACHE", str(tmp_path / "hub")),
        ("HF_HUB_OFFLINE", False),
        ("HF_HUB_DISABLE_XET", True),
        ("HF_HUB_DISABLE_PROGRESS_BARS", True),
    ):
        monkeypatch.setattr(huggingface_hub.constants, name, value, raising=False)
    monkeypatch.setattr(huggingface_hub.hf_api.api, "endpoint", address, raising=False)
    yield server
    server.shutdown()
    server.server_close()


def test_a_data_set_is_downloaded_once(hub, tmp_path):
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table([1, 0], ["cat", "dog"]), stream)
    Hub.files = {"data/train-00000-of-00001.parquet": stream.getvalue(), "README.md": b"hello"}
    source = read_hub("seodang/tiny", "tiny")
    assert source.classes == ("cat", "dog")
    assert source.splits.tolist() == ["train", "train"]
    assert source.where == "hub:seodang/tiny"
    hub.shutdown()  # no network now: what was downloaded is used
    hub.server_close()
    assert len(read_hub("seodang/tiny", "tiny")) == 2


OFFER = "Set SEODANG_DATA to a folder that holds tiny/, or, where it was downloaded before, set HF_HUB_OFFLINE=1."


def test_a_hub_that_cannot_be_reached(hub):
    hub.shutdown()
    hub.server_close()
    with pytest.raises(DataError) as caught:
        read_hub("seodang/tiny", "tiny")
    assert str(caught.value) == (
        f"tiny comes from the Hugging Face hub (seodang/tiny), which cannot be reached (no connection). {OFFER}"
    )


def test_a_data_set_that_is_not_there(hub):
    Hub.files = {}
    with pytest.raises(DataError) as caught:
        read_hub("seodang/other", "tiny")
    assert str(caught.value) == f"tiny: the data set seodang/other is not there on the Hugging Face hub. {OFFER}"


def test_a_data_set_without_parquet(hub):
    Hub.files = {"README.md": b"hello"}
    with pytest.raises(DataError) as caught:
        read_hub("seodang/tiny", "tiny")
    assert str(caught.value) == f"tiny: the data set seodang/tiny on the Hugging Face hub has no Parquet files. {OFFER}"


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "counts", "first"),
    [
        ("mnist", (60_000, 10_000), "0"),
        ("fashion-mnist", (60_000, 10_000), "T-shirt/top"),
        ("cifar100", (10_000, 3_000), "apple"),
    ],
)
def test_real_parquet(real_data, name, counts, first):
    source = open_source(real_data(name))
    assert ((source.splits == "train").sum(), (source.splits == "test").sum()) == counts
    assert source.classes[0] == first
    assert len(np.unique(source.labels)) == len(source.classes)


def test_the_only_other_column_is_the_label_where_its_values_come_again(tmp_path):
    made = table(["cat", "dog", "cat", "dog"], image="img", label="kind", struct=False).append_column(
        "id", pa.array([4, 5, 6, 7])
    )
    source = open_source(write(tmp_path / "a.parquet", made))
    assert source.classes == ("cat", "dog")
    assert source.notes == ("The classes are the values of the column kind.",)


def test_paths_in_place_of_pictures_are_told(tmp_path):
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    made = pa.table({"image": pa.array([{"bytes": None, "path": "x.png"}] * 3, kind), "label": [0, 1, 0]})
    path = write(tmp_path / "a.parquet", made)
    assert message(path) == (
        f"{path} has no rows with a picture and a label. a.parquet row 1: names a file (x.png) instead of holding a picture."
    )


def test_pictures_kept_from_an_earlier_run_are_not_read_again(tmp_path, monkeypatch):
    """The second look finds sizes, colours and pixels where the first left them, and opens no column of pictures."""
    monkeypatch.setenv("SEODANG_CACHE", str(tmp_path / "cache"))
    write(tmp_path / "data" / "train.parquet", table([0, 1, 1]))
    write(tmp_path / "data" / "test.parquet", table([1, 0]))
    first = scan(open_source(tmp_path / "data"), resolve(Preparation(), open_source(tmp_path / "data")))
    assert not first.from_cache

    def unread(self):
        raise AssertionError(f"{self.file} was read")

    monkeypatch.setattr(Later, "_read", unread)
    source = open_source(tmp_path / "data")
    second = scan(source, resolve(Preparation(), source))
    assert second.from_cache
    torch.testing.assert_close(second.pixels, first.pixels)
    with pytest.raises(AssertionError, match="was read"):
        source.read(0)


def test_rows_without_a_picture_are_still_told_at_once(tmp_path):
    made = table([0, 1, 1])
    empty = pa.array([{"bytes": None, "path": "elsewhere.png"}, None], made.column("image").type)
    made = pa.concat_tables([made, pa.table({"image": empty, "label": [0, 1]})])
    source = open_source(write(tmp_path / "a.parquet", made))
    assert len(source) == 3
    assert list(left_out(source)) == ["a.parquet row 4", "a.parquet row 5"]


def test_a_file_that_changes_after_it_was_opened(tmp_path):
    source = open_source(write(tmp_path / "a.parquet", table([0, 1, 1])))
    write(tmp_path / "a.parquet", table([0, 1]))
    with pytest.raises(DataError, match=r"^a.parquet had 3 rows when it was opened and has 2 now\."):
        source.read(0)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match=r"^a.parquet is damaged or no Parquet file"):
        source.read(0)
