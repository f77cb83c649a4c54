"""Server-sent events of a streamed chat completion, read without building the SDK's objects for each of them.

Hundreds of streams send thousands of events a second: what is needed of one is a few fields.
"""

from __future__ import annotations

import json
import math
from typing import Any

from rag_service.answer.models.backend import REFUSED, Piece, ending
from rag_service.answer.models.complaint import complaint
from rag_service.models import Usage

END = "[DONE]"
_MARK = "\ufeff".encode()  # of the order of bytes, with which a stream may begin
_FIELDS = {"data", "event", "id", "retry", "error", ""}  # the last one opens a comment
_LONGEST_EVENT = 4_000_000  # bytes: an event that does not end fills no memory


class StreamError(Exception):
    """An error object inside the stream; the message is the endpoint's."""


class EventReader:
    """Takes bytes as they arrive and gives out the data of the events they complete; UTF-8, or ValueError.

    An event named error, and what stands in a field of that name, comes out as ``{"error": ...}``.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._begun = False
        self._known = self._foreign = False

    def feed(self, data: bytes) -> list[str]:
        """The data of each event that is whole now; comments and empty events are left out."""
        self._buffer = (self._buffer + data).replace(b"\r\n", b"\n")
        if not self._begun and not _MARK.startswith(self._buffer):
            self._begun, self._buffer = True, self._buffer.removeprefix(_MARK)
        *blocks, self._buffer = self._buffer.split(b"\n\n")
        if len(self._buffer) > _LONGEST_EVENT:
            raise ValueError("an event that does not end")
        found = (self._data(block.decode("utf-8")) for block in blocks)
        return [each for each in found if each]

    def rest(self) -> list[str]:
        """The data of an event that the stream ended in; ValueError when what came was no stream of events."""
        found = self.feed(b"\n\n")
        if self._foreign and not self._known:
            raise ValueError("not a stream of events")
        return found

    def _data(self, block: str) -> str:
        fields: dict[str, str] = {}
        for line in filter(None, block.split("\n")):
            name, _, value = line.partition(":")
            self._known, self._foreign = self._known or name in _FIELDS, self._foreign or name not in _FIELDS
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        data, error = fields.get("data", ""), fields.get("error", "")
        if fields.get("event") == "error":
            error = data or "error"
        return json.dumps({"error": _parsed(error)}) if error else data


def piece_of(events: list[str]) -> Piece:
    """What these events say together; ValueError for what is no chat completion chunk, StreamError for an error."""
    text, usage, finish, thinking = "", None, None, False
    for data in events:
        if data == END:
            break
        chunk = json.loads(data)
        if not isinstance(chunk, dict):
            raise ValueError("not a chat completion chunk")
        if chunk.get("error") or chunk.get("object") == "error":
            raise StreamError(complaint(chunk.get("error") or chunk))
        choice = _choice(chunk)
        delta = choice.get("delta") or {}
        text += _text(delta)
        usage = _usage(chunk.get("usage")) or usage
        finish = ending(finish, _finish(choice, delta))
        thinking = thinking or _thinks(delta)
    return Piece(text, usage, finish, thinking)


def whole_piece(body: bytes) -> Piece:
    """What a reply that is not streamed says; errors as `piece_of`."""
    reply = json.loads(body)
    if not isinstance(reply, dict):
        raise ValueError("not a chat completion")
    if reply.get("error"):
        raise StreamError(complaint(reply["error"]))
    if "choices" not in reply:
        raise ValueError("not a chat completion")
    choice = _choice(reply)
    message = choice.get("message") or {}
    finish = _finish(choice, message) or ("stop" if message else "cut")
    return Piece(_text(message), _usage(reply.get("usage")), finish, _thinks(message))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _choice(chunk: dict[str, Any]) -> dict[str, Any]:
    choices = chunk.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(each, dict) for each in choices[:1]):
        raise ValueError("not a chat completion chunk")
    return choices[0] if choices else {}


def _text(delta: Any) -> str:
    """The text of a delta or message; of one in parts, that of its text parts."""
    text = delta.get("content") if isinstance(delta, dict) else delta
    if isinstance(text, list):
        parts = (part.get("text") for part in text if isinstance(part, dict) and part.get("type") == "text")
        text = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(text or "", str):
        raise ValueError("content is not text")
    return text or ""


def _thinks(delta: Any) -> bool:
    if not isinstance(delta, dict):
        return False
    in_parts = isinstance(delta.get("content"), list) and not _text(delta)
    return in_parts or any(delta.get(name) for name in ("reasoning_content", "reasoning", "thinking"))


def _finish(choice: dict[str, Any], delta: Any) -> str | None:
    if isinstance(delta, dict) and delta.get("refusal"):
        return REFUSED
    reason = choice.get("finish_reason")
    return str(reason) if reason else None


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: Any) -> int:
    readable = isinstance(value, int | float) and 0 <= value < math.inf
    return int(value) if readable else 0  # what cannot be read must not cost the answer
