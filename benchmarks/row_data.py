"""What both sides of a race read: the same files, divided before anything is timed, into train and what is held out (test)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.arrays import data_folder

HELD_OUT_REVIEWS = 2_500
TRAINING_REVIEWS = 20_000


def houses(folder: Path) -> str:
    """california-housing as train.csv and test.csv, a fifth held out by chance."""
    import numpy as np
    import pandas as pd

    table = pd.read_csv(data_folder("tables") / "california-housing.csv")
    order = np.random.default_rng(0).permutation(len(table))
    held_out = len(table) // 5
    table.iloc[np.sort(order[:held_out])].to_csv(folder / "test.csv", index=False)
    table.iloc[np.sort(order[held_out:])].to_csv(folder / "train.csv", index=False)
    return str(folder)


def headlines(folder: Path) -> str:
    """The column of headlines as train.csv and test.csv; a tenth of the different ones is held out, with all that are the same."""
    import numpy as np
    import pandas as pd

    files = sorted(data_folder("nyt-headlines").glob("*.csv"))
    texts = pd.concat([pd.read_csv(file, usecols=["headline"]) for file in files], ignore_index=True)
    same = [" ".join(str(text).split()) for text in texts["headline"]]
    different = sorted(set(same))
    chosen = set(np.random.default_rng(0).permutation(different)[: len(different) // 10].tolist()) - {"Unknown"}
    is_held_out = np.array([text in chosen for text in same])
    texts.iloc[is_held_out].to_csv(folder / "test.csv", index=False)
    texts.iloc[~is_held_out].to_csv(folder / "train.csv", index=False)
    return str(folder)


def numbers(folder: Path) -> str:
    """Nothing is written: both sides count for themselves."""
    return "number-series"


def shares(folder: Path) -> str:
    """Apple's prices, the very file: what is held out are its last days, so both sides cut it themselves."""
    (folder / "AAPL.csv").write_bytes((data_folder("aapl") / "AAPL.csv").read_bytes())
    return str(folder / "AAPL.csv")


def reviews(folder: Path) -> str:
    """IMDB's training reviews, each once, as train.parquet and test.parquet, held out by chance."""
    import numpy as np
    import pandas as pd

    table = pd.read_parquet(data_folder("imdb") / "train.parquet").drop_duplicates("text")
    order = np.random.default_rng(0).permutation(len(table))
    cut = HELD_OUT_REVIEWS + TRAINING_REVIEWS
    table.iloc[np.sort(order[:HELD_OUT_REVIEWS])].to_parquet(folder / "test.parquet", index=False)
    table.iloc[np.sort(order[HELD_OUT_REVIEWS:cut])].to_parquet(folder / "train.parquet", index=False)
    return str(folder)
