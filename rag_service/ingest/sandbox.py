"""Extraction in worker processes with bounded time and memory, for formats that hostile files exploit."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from typing import IO, Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError

_HEADER = 8
_PIECE = 1 << 20
_PATIENCE = 2.0  # seconds


class Sandbox:
    """At most `workers` worker processes, started when needed, kept, and replaced when they die."""

    def __init__(self, limits: Limits, workers: int) -> None:
        self._limits = limits
        self._slots = threading.BoundedSemaphore(workers)
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()

    def extract(self, module: str, suffix: str, data: bytes, llama: str | None = None) -> Extracted:
        """What the reader module makes of the bytes; UnreadableError when it fails, stalls or dies."""
        request = {"module": module, "suffix": suffix, "llama": llama, "limits": asdict(self._limits)}
        with self._slots:
            worker = self._take()
            try:
                reply = worker.ask(request, data, self._limits.timeout)
            except BaseException as error:
                worker.kill()
                if isinstance(error, TimeoutError):
                    raise UnreadableError(
                        f"took longer than the {self._limits.timeout:g} s that ingest.file_timeout allows; "
                        "raise the setting or split the file"
                    ) from error
                if isinstance(error, (EOFError, BrokenPipeError)):
                    raise UnreadableError(
                        "made its extractor fail: out of memory, or the file is malformed on purpose; "
                        "save it again with its program or leave it out"
                    ) from error
                raise
            self._idle.put(worker)
        if "error" in reply:
            raise UnreadableError(reply["error"])
        fields = reply["extracted"]
        return Extracted(**{**fields, "pages": tuple(fields["pages"]), "joins": tuple(fields["joins"])})

    def close(self) -> None:
        """End all idle workers."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().end()

    def _take(self) -> _Worker:
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker.alive():
                    return worker
        return _Worker()


class _Worker:
    """One process that answers framed requests: eight bytes of length, then JSON or the file's bytes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the parent in order, not its workers before it
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout
        os.set_blocking(self._in.fileno(), False)
        os.set_blocking(self._out.fileno(), False)

    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Let the idle worker leave by itself; end it when it does not."""
        self._in.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        self._out.close()

    def ask(self, request: dict[str, Any], data: bytes, timeout: float) -> dict[str, Any]:
        """The worker's reply; TimeoutError, EOFError or BrokenPipeError when there is none."""
        deadline = time.monotonic() + timeout
        header = json.dumps(request).encode()
        for part in (len(header).to_bytes(_HEADER, "big"), header, len(data).to_bytes(_HEADER, "big"), data):
            self._send(part, deadline)
        length = int.from_bytes(self._receive(_HEADER, deadline), "big")
        reply: dict[str, Any] = json.loads(self._receive(length, deadline))
        return reply

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._in, selectors.EVENT_WRITE, deadline)
            view = view[os.write(self._in.fileno(), view[:_PIECE]) :]

    def _receive(self, length: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            self._wait(self._out, selectors.EVENT_READ, deadline)
            piece = os.read(self._out.fileno(), min(_PIECE, length - len(received)))
            if not piece:
                raise EOFError
            received += piece
        return bytes(received)

    @staticmethod
    def _wait(stream: IO[bytes], event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(stream, event)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError


# The parent's search path, so that the worker finds this package wherever the parent did.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from rag_service.ingest.worker import main; main()"
