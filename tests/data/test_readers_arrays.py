"""IDX and NumPy: arrays as people have them, and what is said of those that are wrong. Nothing is ever unpickled."""

import gzip
import io
import struct
import time
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.data.open import open_source
from seodang.data.readers.idx import read_idx
from seodang.data.readers.numpy_files import read_numpy

PIXELS = np.arange(4 * 4 * 4, dtype=np.uint8).reshape(4, 4, 4)
LABELS = np.array([5, 2, 5, 9], np.uint8)


def idx(array):
    return struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def message(path):
    with pytest.raises(DataError) as caught:
        open_source(path)
    return str(caught.value)


def mnist_like(folder, packed=False, dot=False):
    for split, some in (("train", slice(0, 3)), ("t10k", slice(3, 4))):
        for kind, array in (("images-idx3", PIXELS[some]), ("labels-idx1", LABELS[some])):
            name = f"{split}-{kind}-ubyte"
            name = name.replace("-idx", ".idx") if dot else name
            content = idx(array)
            (folder / (name + (".gz" if packed else ""))).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dot", [False, True])
@pytest.mark.parametrize("raw", [False, True])
def test_idx_as_mnist_comes(tmp_path, packed, dot, raw):
    inner = tmp_path / "raw" if raw else tmp_path
    inner.mkdir(exist_ok=True)
    mnist_like(inner, packed, dot)
    source = open_source(tmp_path)
    assert source.form == "IDX"
    assert source.classes == ("2", "5", "9")
    assert source.labels.tolist() == [1, 0, 1, 2]
    assert source.splits.tolist() == ["train", "train", "train", "test"]
    assert np.array_equal(source.pixels[..., 0], PIXELS)


def test_one_idx_file_with_the_labels_beside_it(tmp_path):
    mnist_like(tmp_path)
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        assert len(open_source(tmp_path / name)) == 3
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    assert message(tmp_path / "train-images-idx3-ubyte") == (
        "train-images-idx3-ubyte has no labels beside it: train-labels-idx1-ubyte (or train-labels-idx1-ubyte.gz) is needed."
    )


def test_an_idx_file_whose_name_says_neither_images_nor_labels(tmp_path):
    mnist_like(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").rename(tmp_path / "mine-idx3-ubyte")
    assert message(tmp_path / "mine-idx3-ubyte") == (
        "mine-idx3-ubyte may be images or labels: its name does not say. Give both MNIST's names, such as train-images-idx3-ubyte "
        "and train-labels-idx1-ubyte."
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "train-images-idx3-ubyte is no IDX file: it does not begin with two zero bytes."),
        (b"PK\x03\x04", "train-images-idx3-ubyte is no IDX file: it does not begin with two zero bytes."),
        (b"\0\0\x0d\x03", "train-images-idx3-ubyte holds numbers of kind 0x0d; only bytes (0x08) can be read."),
        (b"\0\0\x08\x09", "train-images-idx3-ubyte has a damaged IDX header."),
        (idx(PIXELS)[:-1], "train-images-idx3-ubyte is cut off: its header promises 80 bytes, it has 79."),
        (idx(PIXELS) + b"\0", "train-images-idx3-ubyte is too long: its header promises 80 bytes, it has 81."),
        (
            struct.pack(">BBBBIII", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1),
            "train-images-idx3-ubyte is cut off: its header promises 79,228,162,458,924,105,385,300,197,391 bytes, it has 16.",
        ),
        (idx(PIXELS[:2]), "train-images-idx3-ubyte has 2 images but train-labels-idx1-ubyte has 3 labels."),
        (idx(LABELS), "train-images-idx3-ubyte has 1 dimensions (4,); images have 3: number, height, width."),
    ],
    ids=["empty", "zip", "floats", "header", "short", "long", "huge", "number", "labels"],
)
def test_damaged_idx(tmp_path, content, words):
    mnist_like(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    assert message(tmp_path) == words


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_idx_is_read_or_refused_in_words(tmp_path, data):
    mnist_like(tmp_path)
    content = bytearray(idx(PIXELS[:3]))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, 17))] = data.draw(st.integers(0, 255))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        assert len(read_idx(tmp_path)) > 0
    except DataError:
        return


# NumPy ----------------------------------------------------------------------------------------------------------------


def npz(path, **arrays):
    np.savez_compressed(path, **arrays)
    return path


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("xtrain", "ytrain", "xtest", "ytest"),
        ("X_train", "Y_train", "X_val", "Y_val"),
    ],
)
def test_npz_with_splits(tmp_path, names):
    path = npz(tmp_path / "a.npz", **dict(zip(names, (PIXELS[:3], LABELS[:3], PIXELS[3:], LABELS[3:]), strict=True)))
    source = open_source(path)
    assert source.classes == ("2", "5", "9")
    assert source.splits.tolist() == ["train"] * 3 + ["validation" if "val" in names[2].lower() else "test"]
    assert np.array_equal(source.pixels[..., 0], PIXELS)
    assert source.ids[0] == f"{names[0]} row 1"


@pytest.mark.parametrize("names", [("x", "y"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1")])
def test_npz_without_splits(tmp_path, names):
    source = open_source(npz(tmp_path / "a.npz", **dict(zip(names, (PIXELS, LABELS), strict=True))))
    assert source.splits.tolist() == [""] * 4
    assert source.form == "NumPy"


def test_pairs_of_npy(tmp_path):
    np.save(tmp_path / "X.npy", PIXELS)
    np.save(tmp_path / "y.npy", LABELS)
    for path in (tmp_path, tmp_path / "X.npy"):
        assert np.array_equal(open_source(path).pixels[..., 0], PIXELS)


@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        (PIXELS.reshape(4, 16), PIXELS[..., None]),
        (PIXELS[..., None], PIXELS[..., None]),
        (PIXELS[:, None], PIXELS[..., None]),
        (np.asfortranarray(PIXELS), PIXELS[..., None]),
        (PIXELS.astype(">i4"), PIXELS[..., None]),
        (PIXELS.astype(np.float32), PIXELS[..., None]),
        (np.stack([PIXELS] * 3, 1), np.stack([PIXELS] * 3, 3)),
        (PIXELS / 255, PIXELS[..., None]),
        (PIXELS > 17, (PIXELS > 17)[..., None] * 255),
    ],
    ids=["flat", "last", "second", "fortran", "big endian", "float", "colour second", "unit", "bool"],
)
def test_shapes_and_kinds(tmp_path, pixels, wanted):
    source = open_source(npz(tmp_path / "a.npz", x=pixels, y=LABELS))
    assert np.array_equal(source.pixels, wanted)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (LABELS[:, None], ("2", "5", "9")),
        (LABELS.astype(np.float64), ("2", "5", "9")),
        (np.array(["cat", "dog", "cat", "eel"]), ("cat", "dog", "eel")),
        (np.array([b"cat", b"dog", b"cat", b"eel"]), ("cat", "dog", "eel")),
        (np.eye(3)[[1, 0, 1, 2]], ("0", "1", "2")),
    ],
    ids=["column", "float", "text", "bytes", "one-hot"],
)
def test_labels_as_they_come(tmp_path, labels, classes):
    source = open_source(npz(tmp_path / "a.npz", x=PIXELS, y=labels))
    assert source.classes == classes


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": PIXELS}, "{path} has no pair of pictures and labels. Name them x and y, or x_train, y_train, x_test, y_test; "
                        "the arrays are: x (4, 4, 4)."),
        ({"x": PIXELS, "y": LABELS[:3]}, "x has 4 pictures but y has 3 labels."),
        ({"x": PIXELS.astype(int) - 5, "y": LABELS}, "x has values from -5 to 58; pixels are 0 to 255, 0 to 1 or -1 to 1. "
                                                          "Save them as they were before they were standardised."),
        ({"x": np.full((4, 3, 3), np.nan), "y": LABELS}, "x row 1 holds a value that is not a number (NaN or infinity)."),
        ({"x": np.zeros((4, 7)), "y": LABELS}, "x has the shape (4, 7). Pictures are (number, height, width), with 1 or 3 channels "
                                               "last or second, or (number, pixels) of a square."),
        ({"x": PIXELS, "y": np.array([0.5] * 4)}, "y holds fractions; labels are whole numbers or text."),
        ({"x": PIXELS, "y": np.ones((4, 2))}, "y has the shape (4, 2); labels are one value a picture, or one-hot rows."),
        ({"x": np.zeros((0, 3, 3)), "y": LABELS[:0]}, "x of shape (0, 3, 3) and kind float64 holds no pictures."),
        ({"x": PIXELS.astype(complex), "y": LABELS}, "a.npz, array x holds complex128, not numbers."),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit(tmp_path, arrays, words):
    path = npz(tmp_path / "a.npz", **arrays)
    assert message(path) == words.format(path=path)


class Canary:
    """Unpickling it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_objects_are_never_loaded(tmp_path):
    canary = tmp_path / "canary"
    objects = np.array([Canary(canary)] * 4, dtype=object)
    words = (
        "holds Python objects, which are never loaded: they could run any program. Save it as numbers: "
        "np.save(file, np.stack(pictures).astype(np.uint8))."
    )
    np.save(tmp_path / "X.npy", objects, allow_pickle=True)
    np.save(tmp_path / "y.npy", LABELS)
    assert message(tmp_path) == f"X.npy {words}"
    inner = io.BytesIO()
    np.save(inner, objects, allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", inner.getvalue())
    assert message(tmp_path / "a.npz") == f"a.npz, array x {words}"
    import pickle

    (tmp_path / "X.npy").unlink()
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Canary(canary)))
    assert message(tmp_path / "b.npy").endswith("is no .npy file or is damaged: its header cannot be read.")
    assert not canary.exists()


def test_npz_bombs_are_refused_before_they_unpack(tmp_path, monkeypatch):
    monkeypatch.setattr("seodang.data.readers.numpy_files.most_bytes", lambda: 10_000_000)
    path = npz(tmp_path / "a.npz", x=np.zeros((30_000_000,), np.uint8))
    begun = time.process_time()
    assert message(path) == "a.npz unpacks to 30,000,128 bytes, more than the 10,000,000 that fit in memory."
    assert time.process_time() - begun < 0.5


def test_headers_that_promise_too_much(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": (2**50,)})
    (tmp_path / "X.npy").write_bytes(stream.getvalue() + b"123")
    assert message(tmp_path / "X.npy") == "X.npy is cut off: its header promises 1,125,899,906,842,624 bytes, it has 3."


def test_damaged_npz(tmp_path):
    path = npz(tmp_path / "a.npz", x=PIXELS, y=LABELS)
    path.write_bytes(path.read_bytes()[:-30])
    assert message(path) == "a.npz is a damaged .npz archive (File is not a zip file)."


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_npy_is_read_or_refused_in_words(tmp_path, data):
    np.save(tmp_path / "y.npy", LABELS)
    stream = io.BytesIO()
    np.save(stream, PIXELS)
    content = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, 127))] = data.draw(st.integers(0, 255))
    (tmp_path / "X.npy").write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        assert len(read_numpy(tmp_path)) > 0
    except DataError:
        return
