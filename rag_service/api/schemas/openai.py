"""Chat completions and models as OpenAI's clients send and expect them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from rag_service import models
from rag_service.api.schemas.answers import AnswerBody
from rag_service.api.schemas.common import Filters, RequestBody, encodable
from rag_service.api.schemas.questions import TopK


class Tolerant(BaseModel):
    """Parameters that mean nothing here are let through, as clients send many."""

    model_config = ConfigDict(extra="allow")


class ContentPart(Tolerant):
    """A part of a message; only text is understood."""

    type: str = Field(examples=["text"])
    text: str | None = None


def _encodable(content: str | list[ContentPart] | None) -> str | list[ContentPart] | None:
    encodable([part.text for part in content] if isinstance(content, list) else content)
    return content


class Message(Tolerant):
    """A message of the conversation; only those of user and assistant are read."""

    role: str = Field(max_length=50, examples=["user"])
    content: Annotated[str | list[ContentPart] | None, AfterValidator(_encodable)] = Field(
        None, examples=["Wann trafen sich Kim und Putin 2019?"]
    )


class StreamOptions(Tolerant):
    """What a stream carries beside the answer."""

    include_usage: StrictBool | None = None


class AskOptions(RequestBody):
    """This service's own options, for clients that send an extra body."""

    filters: Filters | None = None
    top_k: TopK | None = None
    answerer: models.AnswererName = "auto"


class ChatRequest(Tolerant):
    """A chat completion; the last user message is the question, the ones before it the history."""

    model: str = Field(max_length=200, description="`rag/<collection>`", examples=["rag/default"])
    messages: list[Message] = Field(min_length=1, max_length=10_000)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(strict=True, ge=1, le=1, description="One answer a request.")] | None = None
    response_format: Any = Field(
        None, description="Only text: a wish for JSON is refused, but in a client's own prompts."
    )
    tool_choice: Any = Field(None, description="No tool is ever called: a call that is demanded is refused.")
    modalities: Any = Field(None, description="Only text: audio is refused.")
    rag: AskOptions | None = Field(None, description="This service's own options.")


class UrlCitation(BaseModel):
    """Where a marker stands in the text, and the page that shows its quote."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(BaseModel):
    """A marker of the text with its citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class ReplyMessage(BaseModel):
    """The assistant's message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatUsage(BaseModel):
    """Tokens that the model's endpoint counted; 0 without a model."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A completion with the whole answer object beside it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: ChatUsage
    rag: AnswerBody


class Delta(BaseModel):
    """What a chunk adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None


class ChunkChoice(BaseModel):
    """The one choice of a chunk."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None


class ChatChunk(BaseModel):
    """A piece of a streamed completion; the last delta carries annotations, its chunk the answer object."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: ChatUsage | None = None
    rag: AnswerBody | None = None

    def encoded(self) -> str:
        """JSON with the null that clients look for in finish_reason, and no others."""
        body: dict[str, Any] = self.model_dump(mode="json", exclude={"rag"}, exclude_none=True)
        for choice in body["choices"]:
            choice.setdefault("finish_reason", None)
        if self.rag is not None:
            body["rag"] = self.rag.model_dump(mode="json")
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


class Model(BaseModel):
    """A collection, as a model."""

    id: str = Field(examples=["rag/default"])
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["rag-service"] = "rag-service"


class ModelList(BaseModel):
    """One model a collection."""

    object: Literal["list"] = "list"
    data: list[Model]
