"""The directory of a zip archive of others, judged before anything in it is read."""

from __future__ import annotations

import struct
import zipfile
from collections import Counter
from pathlib import Path
from typing import IO

from seodang.core.errors import RunError
from seodang.core.language import tr
from seodang.runs.foreign.hdf5 import shown

MOST_ENTRIES = 10_000
# A directory's entry is 46 bytes and a name; Keras and PyTorch write names of some 40 letters.
LARGEST_DIRECTORY = 512 * MOST_ENTRIES
END, END64 = 22, 56 + 20  # bytes of the records at the end, without and with zip64


def check_archive(path: Path) -> list[str]:
    """The names in an archive as Keras and PyTorch write them: nothing compressed, nothing twice, no way out.

    RunError where an entry is compressed (what is small could become endless), where entries together are larger than
    the archive, where there are more than 10,000, or where a name is there twice, absolute or holds `..`.
    """
    try:
        with open(path, "rb") as file:
            size, directory = _sizes(file, path)
            if directory > LARGEST_DIRECTORY:
                raise RunError(
                    _refusal(
                        path,
                        tr("its directory has {directory:,} bytes, far more than a network's", directory=directory),
                    )
                )
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, struct.error) as error:
        raise RunError(
            tr("{path} is damaged: its zip directory cannot be read ({error}).", path=path, error=shown(str(error)))
        ) from None
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES:
        raise RunError(
            _refusal(
                path,
                tr(
                    "it has {count:,} entries, at most {most:,} are allowed",
                    count=len(entries),
                    most=MOST_ENTRIES,
                ),
            )
        )
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise RunError(_refusal(path, tr("the entry {name!r} is there twice", name=shown(twice[0]))))
    for entry in entries:
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if not parts[0] or parts[0][1:2] == ":" or ".." in parts or "\0" in name:
            raise RunError(_refusal(path, tr("the entry {name!r} leads out of it", name=shown(name))))
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise RunError(_refusal(path, tr("the entry {name!r} is compressed or encrypted", name=shown(name))))
    if (total := sum(entry.file_size for entry in entries)) > size:
        raise RunError(
            _refusal(path, tr("its entries claim {total:,} bytes, and it has {size:,}", total=total, size=size))
        )
    return names


def _sizes(file: IO[bytes], path: Path) -> tuple[int, int]:
    """Bytes of the archive and of its directory, from the records at its very end, before the directory is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END - END64))
    tail = file.read()
    end = tail[-END:]
    if len(end) < END or end[:4] != b"PK\5\6" or end[20:] != b"\0\0":
        raise RunError(
            tr(
                "{path} is cut off, or text was added at its end: it does not end as an archive of weights does.",
                path=path,
            )
        )
    directory = struct.unpack("<L", end[12:16])[0]
    if tail[-END - 20 :][:4] == b"PK\6\7" and len(tail) == END + END64:
        directory = max(0 if directory == 0xFFFFFFFF else directory, struct.unpack("<Q", tail[40:48])[0])
    return size, directory


def _refusal(path: Path, reason: str) -> str:
    return tr(
        "{path} is refused unread: {reason}. Keras and PyTorch write no such archive; save the weights again with them.",
        path=path,
        reason=reason,
    )
