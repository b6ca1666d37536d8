"""Decoding in other processes: each runs this file, gets encoded pictures through a pipe and answers with arrays.

Not `multiprocessing`: its spawn runs the user's own script once more (and fork is unsafe beside PyTorch's threads). A
decoder starts in about 0.2 s because it needs neither PyTorch nor pydantic. No pickle goes through the pipe. A picture
that kills its decoder (a fault in a codec) is found by decoding its chunk again one by one, and left out.
"""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

import numpy as np

from seodang.core.sentences import said
from seodang.data.pictures import THUMBNAIL, Decoded, Target, many

CRASHED = said("made the decoder crash")
# Encoded pictures are read and decoded until so many bytes are held, however many make a chunk: photos of 200 million pixels
# are files of 50 MB.
HELD = 64 * 2**20


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _send(pipe: IO[bytes], header: dict, *parts: bytes | memoryview) -> None:
    head = json.dumps({**header, "parts": [len(part) for part in parts]}).encode()
    pipe.write(struct.pack("<I", len(head)) + head)
    for part in parts:
        pipe.write(part)
    pipe.flush()


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content


def _receive(pipe: IO[bytes]) -> tuple[dict, list[bytes]]:
    (length,) = struct.unpack("<I", _exactly(pipe, 4))
    header = json.loads(_exactly(pipe, length))
    return header, [_exactly(pipe, part) for part in header["parts"]]


def _array(pipe: IO[bytes], kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """An array straight from the pipe, writable, without a copy."""
    array = np.empty(shape, kind)
    view = array.reshape(-1).view(np.uint8).data
    done = 0
    while done < len(view):
        more = pipe.readinto(view[done:])  # type: ignore[attr-defined]
        if not more:
            raise EOFError
        done += more
    return array


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The decoder's own loop, until its pipe is closed. Its first word says that it could be started."""
    _send(answers, {"ready": True})
    while True:
        try:
            header, encoded = _receive(requests)
        except EOFError:
            return
        target = None if header["target"] is None else Target(*header["target"])
        done = many(encoded, target)
        arrays = [done.height, done.width, done.content, done.thumbnail]
        if done.pixels is not None:
            arrays.append(done.pixels)
        _send(answers, {"mode": done.mode, "reasons": done.reasons})
        for array in arrays:
            answers.write(np.ascontiguousarray(array).tobytes())
        answers.flush()


class _Decoder:
    """One process. `ask` is called by one thread at a time."""

    def __init__(self) -> None:
        folder = str(Path(__file__).parents[2])
        paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        # -P: nothing is imported from the folder the user happens to be in.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "seodang.data.decoders"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **threads, "PYTHONPATH": os.pathsep.join(paths)},
        )
        assert self.process.stdout is not None, "a decoder is started with both pipes"
        try:
            _receive(self.process.stdout)
        except EOFError:
            self.stop()
            raise

    def ask(self, encoded: Sequence[bytes], target: Target | None) -> Decoded:
        process, count = self.process, len(encoded)
        assert process.stdin is not None, "a decoder is started with both pipes"
        assert process.stdout is not None, "a decoder is started with both pipes"
        _send(process.stdin, {"target": target}, *encoded)
        header, _ = _receive(process.stdout)
        shapes = {
            "height": ("<i4", (count,)),
            "width": ("<i4", (count,)),
            "content": ("S16", (count,)),
            "thumbnail": ("u1", (count, THUMBNAIL, THUMBNAIL)),
        }
        arrays = {name: _array(process.stdout, kind, shape) for name, (kind, shape) in shapes.items()}
        pixels = None
        if target is not None:
            pixels = _array(process.stdout, "u1", (count, target.channels, target.height, target.width))
        return Decoded(mode=header["mode"], reasons=header["reasons"], pixels=pixels, **arrays)

    def stop(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self.process.kill()
        self.process.wait()


class Decoders:
    """Several decoders that answer in the order of the questions, a few chunks ahead. Use as a context or let it go."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._idle: queue.SimpleQueue[_Decoder | None] = queue.SimpleQueue()
        for _ in range(number):
            self._idle.put(None)  # started when first needed
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="seodang-decoder")
        self._finalize = weakref.finalize(self, _close, self._idle, self._threads)

    def __enter__(self) -> Decoders:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the processes."""
        self._finalize()

    def map(
        self, chunks: Iterable[Sequence[int]], read: Callable[[int], bytes], target: Target | None, ahead: int = 2
    ) -> Iterator[tuple[Sequence[int], Decoded]]:
        """Decode chunk after chunk; at most `ahead` chunks a decoder wait in memory beside the one in work."""
        pending: deque[tuple[Sequence[int], Future[Decoded]]] = deque()
        try:
            for chunk in chunks:
                pending.append((chunk, self._threads.submit(self._chunk, chunk, read, target)))
                if len(pending) > self.number * (1 + ahead):
                    done, future = pending.popleft()
                    yield done, future.result()
            while pending:
                done, future = pending.popleft()
                yield done, future.result()
        finally:
            for _, future in pending:
                future.cancel()

    def _chunk(self, chunk: Sequence[int], read: Callable[[int], bytes], target: Target | None) -> Decoded:
        decoder = self._idle.get()

        def ask(encoded: list[bytes]) -> Decoded:
            nonlocal decoder
            decoder, done = _surely(decoder, encoded, target)
            return done

        try:
            return in_pieces(chunk, read, ask)[0]
        finally:
            self._idle.put(decoder)


def _surely(decoder: _Decoder | None, encoded: list[bytes], target: Target | None) -> tuple[_Decoder | None, Decoded]:
    """Ask; where the process dies, start another and ask one by one, so that only the guilty picture is lost.

    Where no process can be started at all (a sandbox, a frozen program), the work is done here.
    """
    try:
        decoder = decoder or _Decoder()
    except (EOFError, OSError):
        return None, many(encoded, target)
    try:
        return decoder, decoder.ask(encoded, target)
    except (EOFError, OSError):
        decoder.stop()
    if len(encoded) == 1:
        lost = many([b""], target)
        lost.reasons[0] = CRASHED
        return None, lost
    parts: list[Decoded] = []
    left: _Decoder | None = None
    for content in encoded:
        left, part = _surely(left, [content], target)
        parts.append(part)
    return left, joined(parts)


def joined(parts: list[Decoded]) -> Decoded:
    """Several answers as one, in order."""
    pixels = [part.pixels for part in parts if part.pixels is not None]
    return Decoded(
        height=np.concatenate([part.height for part in parts]),
        width=np.concatenate([part.width for part in parts]),
        mode=[mode for part in parts for mode in part.mode],
        content=np.concatenate([part.content for part in parts]),
        thumbnail=np.concatenate([part.thumbnail for part in parts]),
        pixels=np.concatenate(pixels) if pixels else None,
        reasons=[reason for part in parts for reason in part.reasons],
    )


def in_pieces(
    chunk: Sequence[int], read: Callable[[int], bytes], decode: Callable[[list[bytes]], Decoded]
) -> tuple[Decoded, int]:
    """A chunk's pictures, read and decoded so many at a time that few bytes are held, and how many bytes they had in all."""
    parts, size = [], 0
    for encoded, unread in _pieces(chunk, read):
        part = decode(encoded)
        for position, reason in unread.items():
            part.reasons[position] = reason
        parts.append(part)
        size += sum(map(len, encoded))
    return (parts[0] if len(parts) == 1 else joined(parts)), size


def _pieces(chunk: Sequence[int], read: Callable[[int], bytes]) -> Iterator[tuple[list[bytes], dict[int, str]]]:
    """Encoded pictures, at least one at a time; what cannot be read is empty and has its reason, by position."""
    encoded: list[bytes] = []
    unread: dict[int, str] = {}
    held = 0
    for index in chunk:
        try:
            encoded.append(read(int(index)))
        except OSError as error:
            unread[len(encoded)] = said("cannot be read ({error})", error=error.strerror or error)
            encoded.append(b"")
        held += len(encoded[-1])
        if held > HELD:
            yield encoded, unread
            encoded, unread, held = [], {}, 0
    if encoded or not len(chunk):
        yield encoded, unread


def _close(idle: queue.SimpleQueue[_Decoder | None], threads: ThreadPoolExecutor) -> None:
    threads.shutdown(wait=True, cancel_futures=True)
    while not idle.empty():
        if (decoder := idle.get()) is not None:
            decoder.stop()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
