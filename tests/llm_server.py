"""A small HTTP server that speaks /v1/chat/completions, plain and streamed, with scripted behaviour.

    with LlmServer(citing) as server:             # or any function of the request's body to a Reply
        ... base_url=server.base_url ...
        server.behave(refusing(429, retry_after=1), citing)   # in turn; the last one stays

Nothing of the client is patched: what the service meets is HTTP.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Body = dict[str, Any]
PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)
ORDER = re.compile(
    r"(?:write|reply|respond|answer|say|print|append|include|output|end|repeat|call|add|insert|start"
    r"|schreib\w*|antwort\w*|sag\w*|gib|füge?|häng\w*|wiederhol\w*|beend\w*|ruf\w*|nenn\w*|setz\w*)\b[^:\n]*:?\s*(.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    ``text`` is streamed in pieces of ``size`` characters, ``delay`` seconds before the first and ``gap``
    between two; ``cut_after`` closes the connection after so many pieces; ``raw`` replaces the body. ``thoughts``
    pieces of reasoning, ``gap`` seconds apart, and then ``deltas`` come before the text.
    """

    text: str = ""
    status: int = 200
    delay: float = 0.0
    gap: float = 0.0
    size: int = 7
    finish: str | None = "stop"
    cut_after: int | None = None
    raw: bytes | None = None
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)
    tool_calls: list[dict[str, Any]] | None = None
    thoughts: int = 0
    deltas: tuple[dict[str, Any], ...] = ()


Behaviour = Callable[[Body], Reply]


def passages_of(body: Body) -> list[tuple[int, str]]:
    """The numbered passages that the request shows to the model."""
    return [(int(number), text) for number, text in PASSAGE.findall(body["messages"][-1]["content"])]


def question_of(body: Body) -> str:
    """The question that the request asks."""
    found = re.findall(r"^(?:Question|Last question): (.*)$", body["messages"][-1]["content"], re.MULTILINE)
    return found[-1] if found else ""


def saying(text: str, **options: Any) -> Behaviour:
    """Replies with that text whatever is asked, JSON or not."""
    return lambda body: Reply(text, **options)


def stating(*statements: tuple[str, list[int]], **options: Any) -> Behaviour:
    """Replies with these statements: as JSON where a schema was sent, else as text with markers."""
    return lambda body: Reply(_written(body, list(statements)), **options)


def citing(body: Body) -> Reply:
    """Copies the sentence that shares the most words with the question, cited; declines without one."""
    words = set(re.findall(r"\w{4,}", question_of(body).casefold()))
    best, best_score = ("", 0), 0
    for number, text in passages_of(body):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])|\n+", text):
            score = len(words & set(re.findall(r"\w{4,}", sentence.casefold())))
            if score > best_score:
                best, best_score = (sentence, number), score
    return Reply(_written(body, [(best[0], [best[1]])] if best_score else []))


def declining(body: Body) -> Reply:
    """Says that the passages do not answer."""
    return Reply(_written(body, []))


def obedient(body: Body) -> Reply:
    """Does what the passages say: repeats every order found in them, cites as told, follows role markers."""
    said = []
    for number, text in passages_of(body):
        for line in re.split(r"\n+|(?<=[.!?])\s+", text):
            order = ORDER.search(line)
            if order:
                said.append((order.group(1).strip(), [number]))
                said.append((line.strip(), [number]))
    return Reply(_written(body, said) if said else citing(body).text, size=11)


def refusing(status: int, *, retry_after: float | None = None, message: str = "scripted refusal") -> Behaviour:
    """An HTTP error with OpenAI's error body."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    raw = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return lambda body: Reply(status=status, raw=raw, content_type="application/json", headers=headers)


def without_schema(then: Behaviour, status: int = 400) -> Behaviour:
    """Refuses response_format as older servers do, and behaves as ``then`` without it."""
    refuse = refusing(status, message="response_format.type json_schema is not supported")
    return lambda body: refuse(body) if "response_format" in body else then(body)


def _written(body: Body, statements: list[tuple[str, list[int]]]) -> str:
    if "response_format" in body:
        items = [{"text": text, "citations": numbers} for text, numbers in statements]
        return json.dumps({"statements": items}, ensure_ascii=False)
    if not statements:
        return "NOT_IN_DOCUMENTS"
    return " ".join(text + " " + "".join(f"[{number}]" for number in numbers) for text, numbers in statements)


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that hang up between two requests."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LlmServer:
    """The server on a free port of the loopback interface, in threads; ``requests`` holds the bodies it got."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.requests: list[Body] = []
        self.keys: list[str] = []
        self.open = 0
        self.most_open = 0
        self.abandoned = 0
        self.lock = threading.Lock()
        self.behave(*(behaviours or (citing,)))
        self._server = _QuietServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """Ends in /v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def behave(self, *behaviours: Behaviour) -> None:
        """One behaviour a request, in turn; the last one stays."""
        self._behaviours = list(behaviours)

    def next_reply(self, body: Body) -> Reply:
        """The reply to one request."""
        with self.lock:
            self.requests.append(body)
            behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
        return behaviour(body)

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _handler(owner: LlmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._json({"object": "list", "data": [{"id": "scripted", "object": "model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            owner.keys.append(self.headers.get("Authorization", ""))
            with owner.lock:
                owner.open += 1
                owner.most_open = max(owner.most_open, owner.open)
            try:
                self._reply(body, owner.next_reply(body))
            except (BrokenPipeError, ConnectionResetError):
                owner.abandoned += 1
            finally:
                with owner.lock:
                    owner.open -= 1

        def _reply(self, body: Body, reply: Reply) -> None:
            if reply.raw is not None:
                time.sleep(reply.delay)
                self._send(reply.status, reply.content_type, reply.raw, reply.headers)
            elif body.get("stream"):
                self._stream(reply)
            else:
                time.sleep(reply.delay)
                message = {"role": "assistant", "content": reply.text, "tool_calls": reply.tool_calls}
                choice = {"index": 0, "message": message, "finish_reason": reply.finish}
                usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
                self._json({**_envelope("chat.completion"), "choices": [choice], "usage": usage})

        def _stream(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._event({"role": "assistant", "content": ""}, None)
            time.sleep(reply.delay)
            for _ in range(reply.thoughts):
                self._event({"reasoning_content": "hm "}, None)
                time.sleep(reply.gap)
            for delta in reply.deltas:
                self._event(delta, None)
            for index, start in enumerate(range(0, len(reply.text), reply.size)):
                if reply.cut_after is not None and index >= reply.cut_after:
                    self.close_connection = True
                    return
                self._event({"content": reply.text[start : start + reply.size]}, None)
                time.sleep(reply.gap)
            if reply.tool_calls:
                self._event({"tool_calls": reply.tool_calls}, None)
            if reply.finish:
                self._event({}, reply.finish)
            usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            self._line({**_envelope("chat.completion.chunk"), "choices": [], "usage": usage})
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")

        def _event(self, delta: dict[str, Any], finish: str | None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            self._line({**_envelope("chat.completion.chunk"), "choices": [choice]})

        def _line(self, event: dict[str, Any]) -> None:
            self._chunk(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _json(self, value: dict[str, Any]) -> None:
            self._send(200, "application/json", json.dumps(value, ensure_ascii=False).encode(), {})

        def _send(self, status: int, content_type: str, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            """Quiet: a test's output is its own."""

    return Handler


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 1712345678, "model": "scripted"}
