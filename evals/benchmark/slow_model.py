"""A slow OpenAI-compatible endpoint as a process of its own: silence, then a reply that trickles.

    python -m evals.benchmark.slow_model [--first 5] [--pieces 200] [--per-second 10]

It copies sentences of the passages it is shown and cites them, as JSON where a schema is sent, else with markers.
GET /open tells how many replies are under way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from rag_service.text.sentences import split_sentences

MODEL = "slow"
_PIECE = 4  # characters, about one token
_PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)
_WORTH = 40  # characters of a sentence worth copying


def main(arguments: Sequence[str]) -> int:
    """Serve on a free port of the loopback interface until terminated; the first line tells the address."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark.slow_model", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--first", type=float, default=5.0, help="seconds until the first piece")
    parser.add_argument("--pieces", type=int, default=200, help="pieces of a reply, about a token each")
    parser.add_argument("--per-second", type=float, default=10.0, help="pieces a second")
    options = parser.parse_args(arguments)
    app = SlowModel(options.first, options.pieces, options.per_second)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        sys.stdout.write(f"Model at http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listener])
    return 0


@dataclass(slots=True)
class SlowModel:
    """The ASGI application; ``first`` and ``per_second`` are its pace, ``open`` counts replies under way."""

    first: float
    pieces: int
    per_second: float
    open: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell how many replies are open, or reply."""
        if scope["method"] == "GET":
            await _start(send, b"application/json")
            await send({"type": "http.response.body", "body": json.dumps({"open": self.open}).encode()})
            return
        self.open += 1
        try:
            await self._reply(json.loads(await _body(receive)), send)
        finally:
            self.open -= 1

    async def _reply(self, request: dict[str, Any], send: Send) -> None:
        clock = asyncio.get_running_loop().time
        started = clock()
        await _start(send, b"text/event-stream")
        await _event(send, {"role": "assistant", "content": ""})
        text = written(request, self.pieces * _PIECE)
        for index, start in enumerate(range(0, len(text), _PIECE)):
            due = started + self.first + index / self.per_second
            await asyncio.sleep(max(0.0, due - clock()))
            await _event(send, {"content": text[start : start + _PIECE]})
        await _event(send, {}, finish="stop")
        usage = {"prompt_tokens": 1000, "completion_tokens": self.pieces, "total_tokens": 1000 + self.pieces}
        await _line(send, {"choices": [], "usage": usage})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})


def written(request: dict[str, Any], length: int) -> str:
    """A reply of about so many characters: sentences of the passages shown, each with its passage's number."""
    said: dict[str, int] = {}
    for number, passage in _PASSAGE.findall(request["messages"][-1]["content"]):
        for start, end in split_sentences(passage, "de"):
            sentence = " ".join(passage[start:end].split())
            if len(sentence) >= _WORTH and sum(map(len, said)) < length:
                said.setdefault(sentence, int(number))
    if "response_format" in request:
        items = [{"text": text, "citations": [number]} for text, number in said.items()]
        return json.dumps({"statements": items}, ensure_ascii=False)
    return " ".join(f"{text} [{number}]" for text, number in said.items())


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _start(send: Send, kind: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})


async def _event(send: Send, delta: dict[str, str], finish: str | None = None) -> None:
    await _line(send, {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


async def _line(send: Send, event: dict[str, Any]) -> None:
    chunk = {"id": "chatcmpl-slow", "object": "chat.completion.chunk", "created": 1712345678, "model": MODEL} | event
    line = b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"
    await send({"type": "http.response.body", "body": line, "more_body": True})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
