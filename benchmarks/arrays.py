"""The data as Keras is given it: read from the files Seodang reads, or as plain arrays, which is fastest for Keras."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

SPLITS = ("train", "test")


def data_folder(name: str) -> Path:
    """Where a data set lies: below SEODANG_DATA, else below ../shared/data."""
    folder = Path(os.environ.get("SEODANG_DATA", "../shared/data")) / name
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there. Set SEODANG_DATA to the folder that holds {name}.")
    return folder.resolve()


def read_files(name: str) -> list[Any]:
    """x_train, y_train, x_test, y_test as a notebook would read them: PNG bytes from Parquet by Pillow, CSV by pandas.

    Pixels uint8 (N, 28, 28), labels int64 (N,).
    """
    import numpy as np
    import pandas as pd
    from PIL import Image

    found, folder = [], data_folder(name)
    for split in SPLITS:
        if (folder / f"{split}.parquet").exists():
            table = pd.read_parquet(folder / f"{split}.parquet")
            pictures = [np.array(Image.open(io.BytesIO(image["bytes"]))) for image in table["image"]]
            found += [np.stack(pictures), table["label"].to_numpy()]
        else:
            table = pd.read_csv(folder / f"{split}.csv.gz")
            found += [table.drop(columns="label").to_numpy("uint8").reshape(-1, 28, 28), table["label"].to_numpy()]
    return found


def write_plain(name: str, folder: Path) -> None:
    """Decode a data set once, before anything is timed, into uncompressed .npy files."""
    import numpy as np

    for part, array in zip(("x_train", "y_train", "x_test", "y_test"), read_files(name), strict=True):
        np.save(folder / f"{name}-{part}.npy", array, allow_pickle=False)


def read_plain(name: str, folder: Path) -> list[Any]:
    """x_train, y_train, x_test, y_test from those files."""
    import numpy as np

    parts = ("x_train", "y_train", "x_test", "y_test")
    return [np.load(folder / f"{name}-{part}.npy", allow_pickle=False) for part in parts]
