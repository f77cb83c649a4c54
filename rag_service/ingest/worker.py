"""The extracting process: reads requests from its standard input, writes replies to its standard output."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from dataclasses import asdict
from typing import IO, Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError

_HEADER = 8
_READERS = "rag_service.ingest.readers"
_GRACE = 10


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests, replies = _private_streams()
    while (header := _receive(requests)) is not None:
        data = _receive(requests)
        if data is None:
            return
        request = json.loads(header)
        limits = Limits(**request["limits"])
        _confine(limits)
        answer = json.dumps(reply(request, data, limits)).encode()
        replies.write(len(answer).to_bytes(_HEADER, "big") + answer)
        replies.flush()
        signal.alarm(0)


def _private_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes, out of reach of libraries that print or read."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, replies


def _receive(stream: IO[bytes]) -> bytes | None:
    header = stream.read(_HEADER)
    return stream.read(int.from_bytes(header, "big")) if len(header) == _HEADER else None


def _confine(limits: Limits) -> None:
    """Bound memory, and time too in case the parent is gone; where the system can."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = limits.max_memory_bytes if hard == resource.RLIM_INFINITY else min(limits.max_memory_bytes, hard)
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        signal.alarm(int(limits.timeout) + _GRACE)


def reply(request: dict[str, Any], data: bytes, limits: Limits) -> dict[str, Any]:
    """What the reader extracts, or why it cannot, as JSON values."""
    try:
        return {"extracted": asdict(_extract(request, data, limits))}
    except UnreadableError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"needs more than {limits.max_memory_bytes // 10**6} MB to extract; split it"}
    except RecursionError:
        return {"error": "is nested too deeply; flatten it"}
    except Exception as error:  # a library met a malformed file: any error it raises is this file's fault
        return {"error": f"cannot be extracted ({type(error).__name__}: {error}); save it again with its program"}


def _extract(request: dict[str, Any], data: bytes, limits: Limits) -> Extracted:
    if request["llama"] is not None:
        from rag_service.ingest.llama_reader import read_with

        return read_with(request["llama"], request["suffix"], data)
    extracted: Extracted = importlib.import_module(f"{_READERS}.{request['module']}").read(data, limits)
    return extracted
