"""Atomic writes and the lines of a history."""

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest

from seodang.core import files


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "note.json"
    files.write_json(path, {"old": 1})

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_json(path, {"new": 2})
    assert files.read_json(path) == {"old": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["note.json"]


def test_json_has_no_nan(tmp_path):
    with pytest.raises(ValueError, match="Out of range float"):
        files.write_json(tmp_path / "x.json", {"loss": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_a_torn_last_line_is_left_out_and_a_torn_middle_one_is_not_silent(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text('{"epoch": 1}\n{"epoch": 2}\n{"epo')
    assert list(files.read_lines(path)) == [{"epoch": 1}, {"epoch": 2}]
    path.write_text('{"epoch": 1}\n{"epo\n{"epoch": 3}\n')
    with pytest.raises(ValueError):
        list(files.read_lines(path))


def test_sha256_is_the_standard_one(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert files.sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_place_that_may_not_be_written_to_is_named_not_the_temporary_file(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / ".a.json.x7.tmp"))

    monkeypatch.setattr(tempfile, "mkstemp", denied)
    with pytest.raises(PermissionError) as caught:
        files.write_json(tmp_path / "a.json", {})
    assert caught.value.filename == str(tmp_path / "a.json")


def after_a_power_cut(write, path, monkeypatch):
    """Every content that may stand in `path` if the power goes after any call that `write(path)` makes, a set for each.

    A disk's promise: what fsync was called for is there; of all else anything may be. (Recorded calls, RELIABILITY T6.)
    """
    before, fsync, replace = path.read_bytes(), os.fsync, os.replace
    synced, states = set(), []
    renamed = None

    def look():
        if renamed is None:
            states.append({before})
            return
        content, whole = renamed
        may = {content} if whole else {content[:cut] for cut in (0, len(content) // 2, len(content))}
        states.append(may if "renamed folder" in synced else may | {before})

    def fsyncs(handle):
        fsync(handle)
        state = os.fstat(handle)
        synced.add("renamed folder" if stat.S_ISDIR(state.st_mode) and renamed else state.st_ino)
        look()

    def renames(old, new):
        nonlocal renamed
        renamed = Path(old).read_bytes(), os.stat(old).st_ino in synced
        replace(old, new)
        look()

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsyncs)
        patched.setattr(os, "replace", renames)
        write(path)
    return states


def test_a_power_cut_leaves_the_old_file_or_the_whole_new_one(tmp_path, monkeypatch):
    """And a writer that only renames, without fsync, fails the same test."""
    path, old, new = tmp_path / "a", b"old" * 100, b"new" * 200
    path.write_bytes(old)
    states = after_a_power_cut(lambda place: files.write_bytes(place, new), path, monkeypatch)
    assert states == [{old}, {old, new}, {new}], "after the file's fsync, the rename, the folder's fsync"

    def only_renames(place):
        (tmp_path / "b").write_bytes(new)
        os.replace(tmp_path / "b", place)

    path.write_bytes(old)
    assert after_a_power_cut(only_renames, path, monkeypatch)[-1] > {old, new}


def test_names_keep_the_letters_of_every_script_and_nothing_that_a_shell_or_a_path_reads():
    assert files.plain_name("../강아지 사진 (2)", "data") == "강아지-사진-2"
    assert files.plain_name("données_été.v2", "data") == "données_été.v2"
    assert files.plain_name("\u1100\u1161", "data") == "\uac00", "what macOS takes apart is put together"
    assert files.plain_name(" '$x;\n", "data") == "x"
    assert files.plain_name("caf\udce9", "data") == "caf"
    assert files.plain_name("🙂", "data") == "data"
    assert len(files.plain_name("가" * 100, "data").encode()) == 180
