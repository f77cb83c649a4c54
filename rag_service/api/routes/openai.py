"""OpenAI-compatible routes: a collection is a model."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request, Response

from rag_service.api import chat, streams
from rag_service.api.chat import MODEL_PREFIX, UnknownModel
from rag_service.api.dependencies import AccessDep, JsonBody, WiringDep
from rag_service.api.openapi import openai_errors
from rag_service.api.schemas.openai import ChatCompletion, ChatRequest, Model, ModelList
from rag_service.errors import UnknownCollection

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The completion, or with `stream` its chunks.",
        "content": {"text/event-stream": {}},
    }
}

router = APIRouter(tags=["openai"])


@router.get("/v1/models", responses=openai_errors(503))
async def list_models(wiring: WiringDep, access: AccessDep) -> ModelList:
    """One model for each collection that the key reaches."""
    found = await wiring.blocking(wiring.library.collections)
    return ModelList(
        data=[
            Model(id=MODEL_PREFIX + collection.name, created=collection.created)
            for collection in found
            if access.reaches(collection.name)
        ]
    )


@router.get("/v1/models/{model:path}", responses=openai_errors(404, 503))
async def show_model(model: str, wiring: WiringDep, access: AccessDep) -> Model:
    """One model."""
    for known in (await list_models(wiring, access)).data:
        if known.id == model:
            return known
    raise UnknownModel(f"The model {model!r} does not exist.")


@router.post(
    "/v1/chat/completions",
    response_model=ChatCompletion,
    dependencies=[JsonBody],
    responses=_STREAM | openai_errors(400, 404, 409, 502, 503, 504),
)
async def complete(
    body: ChatRequest, request: Request, wiring: WiringDep, access: AccessDep
) -> ChatCompletion | Response:
    """Answer the last user message; the text carries markers [n], `rag` the whole answer object."""
    collection = chat.collection_of(body.model)
    access.require(collection)
    asked = chat.ask_of(body, collection)
    base_url = str(request.base_url)
    try:
        if not body.stream:
            answer = await streams.whole_answer(wiring, request, asked)
            return chat.completion(answer, body.model, base_url)
        events = await streams.begin(streams.answer_events(wiring, asked))
    except UnknownCollection as error:
        raise UnknownModel(f"The model {body.model!r} does not exist.") from error
    chunks = chat.ChunkStream(
        scope=request.scope,
        model=body.model,
        base_url=base_url,
        created=int(time.time()),
        include_usage=bool(body.stream_options and body.stream_options.include_usage),
        sources=wiring.settings.server.openwebui_sources,
    )
    return streams.respond(chunks.server_sent(events))
