"""Questions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from rag_service.api import streams
from rag_service.api.dependencies import AccessDep, JsonBody, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.api.schemas.answers import AnswerBody
from rag_service.api.schemas.questions import AskRequest

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or with `stream` its events: passages, delta, citation, done or error.",
        "content": {
            "text/event-stream": {
                "example": 'event: delta\ndata: {"text": "Sie trafen sich am 25. April 2019. [1]"}\n\n',
            }
        },
    }
}

router = APIRouter(tags=["answers"], dependencies=[JsonBody])


@router.post("/v1/ask", response_model=AnswerBody, responses=_STREAM | problems_for(404, 409, 502, 503, 504))
async def ask(body: AskRequest, request: Request, wiring: WiringDep, access: AccessDep) -> AnswerBody | Response:
    """Answer a question from the documents of a collection, with citations, or decline.

    A client that disconnects stops the work.
    """
    collection = wiring.collection(body.collection)
    access.require(collection)
    asked = body.ask(collection)
    if not body.stream:
        return AnswerBody.of(await streams.whole_answer(wiring, request, asked))
    events = await streams.begin(streams.answer_events(wiring, asked))
    return streams.respond(streams.as_server_sent(request.scope, events))
