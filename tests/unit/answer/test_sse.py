"""Streamed chat completions read from bytes, however they are cut."""

import json
import math

import pytest

from rag_service.answer.models.backend import Piece
from rag_service.answer.models.sse import EventReader, StreamError, piece_of
from rag_service.models import Usage


def chunk(text, **more):
    return json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": None}]} | more, ensure_ascii=False)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_events_are_whole_however_the_bytes_are_cut(newline, size):
    lines = [": ping", "", f"data: {chunk('Grüße ')}", "", "event: x", f"data:{chunk('🚂')}", "", "data: [DONE]"]
    sent = newline.join(lines).encode()
    reader, found = EventReader(), []
    for start in range(0, len(sent), size):
        found += reader.feed(sent[start : start + size])
    assert found == [chunk("Grüße "), chunk("🚂")]
    assert reader.rest() == ["[DONE]"]


@pytest.mark.parametrize("size", [1, 1000])
def test_a_mark_of_byte_order_swallows_nothing(size):
    sent = f"\ufeffdata: {chunk('Am')}\n\n".encode()
    reader = EventReader()
    found = [each for start in range(0, len(sent), size) for each in reader.feed(sent[start : start + size])]
    assert found == [chunk("Am")]


@pytest.mark.parametrize(
    "sent",
    [
        'event: error\ndata: {"message": "voll"}\n\n',
        'event: error\ndata: {"error": {"message": "voll"}}\n\n',
        "event: error\ndata: voll\n\n",
        'error: {"code": 500, "message": "voll"}\n\n',
        "error: voll",
    ],
)
def test_an_event_may_be_an_error(sent):
    reader = EventReader()
    events = reader.feed(sent.encode()) + reader.rest()
    with pytest.raises(StreamError, match="^voll$"):
        piece_of(events)


@pytest.mark.parametrize(
    "sent", ["<html><body>Login</body></html>", "<!doctype html>\n\n<p>Login: here</p>\n", "Login"]
)
def test_what_is_no_stream_of_events_is_refused(sent):
    reader = EventReader()
    reader.feed(sent.encode())
    with pytest.raises(ValueError, match="not a stream of events"):
        reader.rest()


@pytest.mark.parametrize(
    "sent", ["", ": waiting\n\n", f"status: odd\ndata: {chunk('Am')}\n\n", "event: ping\ndata\n\n"]
)
def test_a_stream_of_events_may_hold_other_lines_or_nothing(sent):
    reader = EventReader()
    assert reader.feed(sent.encode()) + reader.rest() == [chunk("Am")] * ("Am" in sent)


def test_what_arrives_together_is_one_piece():
    usage = {"prompt_tokens": 3, "completion_tokens": None}
    last = json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage})
    assert piece_of([chunk("Am "), chunk("Montag"), last, "[DONE]", "nonsense"]) == Piece(
        "Am Montag", Usage(3, 0), "stop"
    )


@pytest.mark.parametrize(
    "error", ['{"error": {"message": "voll"}}', '{"error": "voll"}', '{"object": "error", "message": "voll"}']
)
def test_errors_in_the_stream_are_told(error):
    with pytest.raises(StreamError, match="^voll$"):
        piece_of([chunk("Am "), error])


@pytest.mark.parametrize(
    "data", ["{", "[1]", '{"choices": 5}', '{"choices": [1]}', '{"choices": [{"delta": {"content": 5}}]}']
)
def test_other_shapes_are_refused(data):
    with pytest.raises(ValueError):
        piece_of([data])


@pytest.mark.parametrize(
    ("sent", "counted"),
    [(12.0, 12), ("12", 0), ({"total": 3}, 0), ([], 0), (math.nan, 0), (math.inf, 0), (-3, 0)],
)
def test_tokens_that_cannot_be_read_are_not_counted(sent, counted):
    usage = {"prompt_tokens": sent, "completion_tokens": 4}
    assert piece_of([json.dumps({"choices": [], "usage": usage})]).usage == Usage(counted, 4)
