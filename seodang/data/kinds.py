"""What a file is, by its first bytes: a picture of a format that is read, or what else."""

from __future__ import annotations

from seodang.core.sentences import said

BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # lengths of the header's versions; text may begin with BM too
READABLE = said("JPEG, PNG, WebP, BMP, GIF and TIFF can be read")


def kind_of(head: bytes) -> str | None:
    """Pillow's name of the format that the first bytes announce, or None where it is none of ours.

    >>> kind_of(b"GIF89a")
    'GIF'
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith(b"GIF8"):
        return "GIF"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BMP_HEADERS:
        return "BMP"
    return None


def what_else(head: bytes) -> str:
    """Why bytes that are none of our formats are left out: the reason names what they are, where that is plain."""
    text = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return said("empty file")
    if head.startswith(b"version https://git-lfs"):
        return said("a Git LFS pointer, not the picture itself (`git lfs pull` fetches it)")
    if b"<svg" in text:
        return _besides(said("an SVG drawing, not pixels"))
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return said("a web page (HTML), not a picture")
    if text.startswith((b"<?xml", b"{", b"[")):
        return _besides(said("text, not a picture"))
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"):
            return _besides(said("a HEIC picture"))
        return _besides(said("an AVIF picture")) if head[8:12] in (b"avif", b"avis") else said("a film, not a picture")
    if head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return said("a pickle of Python, which may run code when it is opened; it is not")
    if head[128:132] == b"DICM":
        return _besides(said("a DICOM image"))
    for magic, name in _OTHER.items():
        if head.startswith(magic):
            return _besides(name)
    if head.count(0) == len(head):
        return said("only zero bytes, not a picture")
    if b"\0" not in head[:512] and text.isascii():
        return _besides(said("text, not a picture"))
    return _besides(said("not a picture"))


def _besides(what: str) -> str:
    """What a file is, and which could be read."""
    return f"{what}; {READABLE}"


_OTHER = {
    b"%PDF": said("a PDF document"),
    b"%!PS": said("a PostScript drawing"),
    b"\xc5\xd0\xd3\xc6": said("a PostScript drawing"),
    b"PK\x03\x04": said("a ZIP archive"),
    b"8BPS": said("a Photoshop document"),
    b"\0\0\1\0": said("an icon (ICO)"),
    b"\0\0\0\x0cjP  ": said("a JPEG 2000 picture"),
    b"\xff\x4f\xff\x51": said("a JPEG 2000 picture"),
    b"\0\0\0\x0cJXL ": said("a JPEG XL picture"),
    b"\xff\x0a": said("a JPEG XL picture"),
    b"\x1f\x8b": said("a gzip archive"),
    b"\x89HDF\r\n": said("an HDF5 file"),
    b"MATLAB 5.0": said("a file of MATLAB"),
}
