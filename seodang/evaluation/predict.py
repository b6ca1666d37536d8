"""What new pictures are: any photo, prepared exactly as in training, and the most probable classes."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seodang.core.errors import DataError, RunError
from seodang.core.language import tr
from seodang.data.opening import open_picture, quiet
from seodang.data.prepare import Preparation, prepare
from seodang.data.readers.walk import LARGEST_FILE, is_ours
from seodang.decisions.decision import Decider, Decision
from seodang.decisions.find import find_decision
from seodang.runs.folder import Run, load, read_report

if TYPE_CHECKING:
    import numpy as np

    from seodang.data.source import Source

# Pictures that are decoded, held and judged at once.
AT_ONCE = 256
# Files that may hold many pictures.
MANY = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet", ".arrow", ".feather", ".npy", ".npz")
# A photo whose shorter side is so many times the network's input loses what is small, where training pictures did not.
MUCH_LARGER = 4


@dataclass(frozen=True)
class Photo:
    """A file that was asked about: its prepared pixels (C, H, W) uint8, or the reason why there are none.

    size: width and height, as the file says.   brightness, contrast: mean and deviation of the prepared pixels, 0 to 255.
    """

    path: str
    pixels: np.ndarray | None
    reason: str = ""
    size: tuple[int, int] = (0, 0)
    is_colour: bool = False
    brightness: float = 0.0
    contrast: float = 0.0


def predict(
    run: Run | str | Path,
    paths: str | Path | Iterable[str | Path] = (),
    top: int = 3,
    decide: str | Path | Decision | None = None,
) -> list[dict[str, Any]]:
    """The `top` most probable classes of each picture, in the order of the paths; of rows and texts see `predict_rows`.

    Args:
        run: A run, or its path or name.
        paths: Files, folders (every file below them) and patterns such as "photos/*.jpg"; tables for a run on rows, texts for
            one on texts, none for one on a series.
        top: How many classes, at least 1; more than there are gives all.
        decide: A decision, its name or YAML file, whose rules name classes of the run.

    Each answer has `path`, `prediction`, `probability` and `top` [{class, probability}], with `decision` {answer, rule, sums}
    where one was asked for; or `path` and `error` (why the file could not be read). Raises DataError where nothing matches a
    path, or `top` is below 1.
    """
    decision = None if decide is None else find_decision(decide)
    run = run if isinstance(run, Run) else load(run)
    refuse_makers(run)
    asked = [paths] if isinstance(paths, str | Path) else paths
    if run.encoding is not None:
        from seodang.evaluation.predict_rows import predict_rows

        return predict_rows(run, [str(each) for each in asked], top, decision).answers
    found = expand(asked)
    return [answer for answers, _ in answered(run, found, top, decision) for answer in answers]


def refuse_makers(run: Run) -> None:
    """RunError, with what to do, of a run whose answers are examples and no classes or amounts."""
    if run.recipe.makes_examples:
        raise RunError(
            tr(
                "{run} foretells nothing: its task is {task}. `seodang generate {folder}` makes pictures with it, "
                "`seodang similar {folder} PICTURE` finds like ones by their codes, `seodang evaluate {folder} DATA` "
                "judges it on other data.",
                run=run.name,
                task=run.recipe.task,
                folder=run.folder,
            )
        )


def answered(
    run: Run, files: Sequence[str], top: int, decision: Decision | None = None
) -> Iterator[tuple[list[dict[str, Any]], list[Photo]]]:
    """Answers to files, some hundred at a time, beside the photos they are for (whose pixels are let go)."""
    import torch

    if top < 1:
        raise DataError(tr("top must be at least 1, got {top}.", top=top))
    decider = None if decision is None else Decider(decision, run.classes, run.name)
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as threads:
        asked = _each(files)
        while some := list(islice(asked, AT_ONCE)):
            photos = list(threads.map(lambda one: one(run.recipe.preparation), some))
            pixels = [torch.from_numpy(photo.pixels) for photo in photos if photo.pixels is not None]
            rows = iter(run.probabilities(torch.stack(pixels)) if pixels else [])
            answers = [_answer(run, photo, None if photo.reason else next(rows), top, decider) for photo in photos]
            yield answers, [replace(photo, pixels=None) for photo in photos]


def _answer(run: Run, photo: Photo, row: Any, top: int, decider: Decider | None) -> dict[str, Any]:
    if row is None:
        return {"path": photo.path, "error": photo.reason}
    values, indices = row.topk(min(top, len(row)))
    best = [
        {"class": run.classes[index], "probability": round(value, 6)}
        for value, index in zip(values.tolist(), indices.tolist(), strict=True)
    ]
    answer = {"path": photo.path, "prediction": best[0]["class"], "probability": best[0]["probability"], "top": best}
    return answer if decider is None else {**answer, "decision": decider(row.tolist()).as_dict()}


def _each(files: Sequence[str]) -> Iterator[Callable[[Preparation], Photo]]:
    """What prepares each picture: of a table of pixels, a Parquet, IDX or NumPy file every one that is in it, of others the file."""
    for file in files:
        try:
            source = _many_in(file)
        except DataError as error:
            reason = str(error)
            yield lambda _, file=file, reason=reason: Photo(file, None, reason)
            continue
        if source is None:
            yield lambda preparation, file=file: opened(file, preparation)
            continue
        for index in range(len(source)):
            yield lambda preparation, source=source, index=index: _of_many(source, index, preparation)
        for one in source.left_out:
            yield lambda _, one=one: Photo(one.path, None, one.reason)


def _many_in(file: str) -> Source | None:
    name = os.path.basename(file).lower()
    if not (name.endswith(MANY) or "ubyte" in name) or not os.path.isfile(file):
        return None
    from seodang.data.open import open_unlabelled  # pyarrow, which a photo does not need

    return open_unlabelled(Path(file))


def _of_many(source: Source, index: int, preparation: Preparation) -> Photo:
    if source.pixels is None:
        assert source.read is not None, "a source has pixels or read"
        return _prepared(source.ids[index], source.read(index), preparation)
    array = source.pixels[index]
    pixels = prepare(array, preparation)
    height, width, channels = array.shape
    name, values = source.ids[index], (float(pixels.mean()), float(pixels.std()))
    return Photo(name, pixels, "", (width, height), channels == 3, *values)


def opened(path: str, preparation: Preparation) -> Photo:
    """Read and prepare one file; whatever is wrong with it becomes the photo's reason."""
    try:
        with open(path, "rb") as file:
            if stat.S_ISCHR(mode := os.fstat(file.fileno()).st_mode) or stat.S_ISBLK(mode):
                return Photo(path, None, tr("a device or pipe, not a file"))
            encoded = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Photo(path, None, tr("there is no such file"))
    except OSError as error:
        return Photo(path, None, error.strerror or str(error))
    if len(encoded) > LARGEST_FILE:
        return Photo(path, None, tr("more than the {most} MB allowed for one picture", most=LARGEST_FILE // 2**20))
    return _prepared(path, encoded, preparation)


def _prepared(path: str, encoded: bytes, preparation: Preparation) -> Photo:
    try:
        pixels = prepare(encoded, preparation)
    except DataError as error:
        return Photo(path, None, str(error))
    size, is_colour = _header(encoded)
    return Photo(path, pixels, "", size, is_colour, float(pixels.mean()), float(pixels.std()))


def _header(encoded: bytes) -> tuple[tuple[int, int], bool]:
    """Size and whether the file says colour; `prepare` has read the file, so it is a picture."""
    with quiet():
        picture = open_picture(encoded)
    return picture.size, picture.mode not in ("1", "L", "LA", "I", "I;16", "F")


def expand(paths: Iterable[str | Path]) -> list[str]:
    """Files from files, folders and patterns, each once, in the order given; hidden files of a folder, and runs and pages
    of ours in it, are left out.

    Raises DataError, with every path that matches nothing, where not one file is left; a named file that is not there
    stays, and is answered with its reason.
    """
    files: dict[str, None] = {}
    nothing: list[str] = []
    for path in map(str, paths):
        matches = _matches(path)
        files.update(dict.fromkeys(matches))
        if not matches:
            nothing.append(path)
    if nothing and not files:
        raise DataError("\n".join(_nothing(path) for path in nothing))
    files.update(dict.fromkeys(path for path in nothing if not glob.has_magic(path) and not Path(path).is_dir()))
    if not files:
        raise DataError(tr("Say which pictures: files, folders or patterns such as 'photos/*.jpg'."))
    return list(files)


def _matches(path: str) -> list[str]:
    if Path(path).is_dir():
        return [os.path.join(folder, name) for folder, name in _below(path)]
    if Path(path).exists():
        return [path]
    if glob.has_magic(path):
        return [match for match in sorted(glob.glob(path, recursive=True)) if not Path(match).is_dir()]
    return []


def _below(folder: str) -> Iterator[tuple[str, str]]:
    for inside, folders, names in os.walk(folder):
        own = {name for name in (*folders, *names) if is_ours(Path(inside, name))}
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in own)
        for name in sorted(names):
            if not name.startswith(".") and name not in own and not stat.S_ISFIFO(_mode(os.path.join(inside, name))):
                yield inside, name  # opening a pipe would wait for who writes to it


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except OSError:
        return 0  # told when it is opened


def _nothing(path: str) -> str:
    if not path.strip():
        return tr("An empty name says no file. `.` is the folder you are in.")
    if re.match(r"[A-Za-z][A-Za-z0-9+]+://", path):
        return tr(
            "{path} is an address, and nothing is fetched from there. Download it, then give the file.", path=path
        )
    if Path(path).is_dir():
        return tr("{path} has no files in it.", path=path)
    if glob.has_magic(path):
        return tr("No file matches {path!r}.", path=path)
    return tr("{path} does not exist.", path=path)


def remarks(run: Run, photos: Sequence[Photo]) -> list[str]:
    """What a person should know before believing the answers: photos unlike the training pictures, a sentence each kind."""
    read = [photo for photo in photos if not photo.reason]
    return [sentence for sentence in (_shrunk(run, read), _unlike(run, read)) if sentence]


def _shrunk(run: Run, photos: Sequence[Photo]) -> str:
    """Photos much larger than the network's input, or in colour for a grey one, and what was done to them."""
    preparation = run.recipe.preparation
    side = min(preparation.height or 1, preparation.width or 1)
    large = [photo for photo in photos if min(photo.size) >= MUCH_LARGER * side]
    grey = [photo for photo in photos if photo.is_colour and preparation.channels == 1]
    changed = {id(photo): photo for photo in (*large, *grey)}
    if not changed:
        return ""
    first = next(iter(changed.values()))
    told: dict[str, Any] = {
        "path": first.path,
        "size": f"{first.size[0]}×{first.size[1]}",
        "done": _done(preparation, grey, large),
    }
    told |= {
        "how": {"squash": tr("both sides scaled"), "crop": tr("edges cut off"), "pad": tr("edges filled")}[
            preparation.fit
        ]
    }
    if len(changed) == 1:
        return tr(
            "{path} ({size}) was {done} ({how}), as this network was trained: the thing to recognise should fill as much of a "
            "picture as there.",
            **told,
        )
    return tr(
        "{count:,} of {total:,} photos (such as {path}, {size}) were {done} ({how}), as this network was trained: the thing to "
        "recognise should fill as much of a picture as there.",
        count=len(changed),
        total=len(photos),
        **told,
    )


def _done(preparation: Preparation, grey: list[Photo], large: list[Photo]) -> str:
    size = {"width": preparation.width, "height": preparation.height}
    if grey and large:
        return tr("turned grey and brought to {width}×{height}", **size)
    return tr("turned grey") if grey else tr("brought to {width}×{height}", **size)


def _unlike(run: Run, photos: Sequence[Photo]) -> str:
    """Photos brighter, darker or flatter than nearly all training pictures, as measured when the run was judged."""
    spread = _spread(run)
    if spread is None:
        return ""
    low, high = spread["brightness"]
    slack = 10 + 0.1 * (high - low)  # of 255: what a camera changes
    if odd := [photo for photo in photos if not low - slack <= photo.brightness <= high + slack]:
        first = odd[0]
        told = {"path": first.path, "mean": first.brightness, "low": low, "high": high}
        told |= {"count": len(odd), "total": len(photos)}
        if len(odd) == 1:
            what = (
                tr(
                    "{path} is much brighter (mean {mean:.0f} of 255) than 99 % of the training pictures ({low:.0f} to {high:.0f})",
                    **told,
                )
                if first.brightness > high
                else tr(
                    "{path} is much darker (mean {mean:.0f} of 255) than 99 % of the training pictures ({low:.0f} to {high:.0f})",
                    **told,
                )
            )
        else:
            what = (
                tr(
                    "{count:,} of {total:,} photos, such as {path}, are much brighter (mean {mean:.0f} of 255) than 99 % of the "
                    "training pictures ({low:.0f} to {high:.0f})",
                    **told,
                )
                if first.brightness > high
                else tr(
                    "{count:,} of {total:,} photos, such as {path}, are much darker (mean {mean:.0f} of 255) than 99 % of the "
                    "training pictures ({low:.0f} to {high:.0f})",
                    **told,
                )
            )
        return tr(
            "{what}: the answer means little. Is dark on light here what was light on dark there?",
            what=what,
        )
    if flat := [photo for photo in photos if photo.contrast < 0.5 * spread["contrast"][0]]:
        if len(flat) == 1:
            return tr("{path} has hardly any contrast: the answer means little.", path=flat[0].path)
        return tr(
            "{count:,} of {total:,} photos, such as {path}, have hardly any contrast: the answer means little.",
            count=len(flat),
            total=len(photos),
            path=flat[0].path,
        )
    return ""


def _spread(run: Run) -> dict[str, Any] | None:
    report = read_report(run.folder)
    return None if report is None else report.get("pictures")
