"""The bytes of a file that may be packed: gzip, bzip2, xz, or a zip with one file in it."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from pathlib import Path
from typing import IO

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.data.readers.content import content_of, most_bytes

_PART = 1 << 24
_TABLES = (".csv", ".tsv", ".tab", ".data", ".dat", ".parquet", ".jsonl", ".json", ".xlsx", ".arff")


def unpacked(path: Path) -> tuple[bytes, str]:
    """A file's bytes, and the name of what was read ("a.csv" in a.csv.zip). An Excel file, a zip itself, stays packed.

    Raises:
        DataError: It cannot be read, is damaged, locked by a password, holds several files, or is larger than memory allows.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(6)
        if head[:3] == b"BZh":
            return _limited(path.name, bz2.open(path, "rb")), path.name
        if head == b"\xfd7zXZ\x00":
            return _limited(path.name, lzma.open(path, "rb")), path.name
        content = content_of(path)
        return _from_zip(path, content) if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") else (content, path.name)
    except (EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError) as error:
        raise DataError(tr("{name} is a damaged or cut-off archive ({error}).", name=path.name, error=error)) from None
    except OSError as error:
        raise DataError(
            tr("{name} is damaged or cannot be read ({error}).", name=path.name, error=error.strerror or error)
        ) from None


def _limited(name: str, opened: IO[bytes]) -> bytes:
    limit, parts, total = most_bytes(), [], 0
    with opened:
        while part := opened.read(_PART):
            parts.append(part)
            total += len(part)
            if total > limit:
                raise DataError(
                    tr("{name} unpacks to more than the {limit:,} bytes that fit in memory.", name=name, limit=limit)
                )
    return b"".join(parts)


def _from_zip(path: Path, content: bytes) -> tuple[bytes, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names or "mimetype" in names:
            return content, path.name
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith(("__MACOSX/", "."))]
        tables = [m for m in members if m.filename.lower().endswith(_TABLES)]
        members = tables if len(tables) == 1 else members  # a licence beside it is none of the table
        if len(members) != 1:
            some = ", ".join(member.filename for member in members[:4]) + (", …" if len(members) > 4 else "")
            raise DataError(
                tr(
                    "{name} holds {count} files ({files}). One is expected: unpack it and give the folder.",
                    name=path.name,
                    count=len(members),
                    files=some,
                )
                if members
                else tr("{name} is an archive without files.", name=path.name)
            )
        if members[0].flag_bits & 1:
            raise DataError(tr("{name} is locked by a password. Unpack it first.", name=path.name))
        return _limited(path.name, archive.open(members[0])), Path(members[0].filename).name
