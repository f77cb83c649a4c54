"""Between OpenAI's chat protocol and the ask path: messages to a question, events to chunks."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.types import Scope

from rag_service.answer.conversation.client_tasks import client_task, split_task, unwrapped
from rag_service.answer.events import Ask, Delta, Done, Event
from rag_service.api import problems, streams
from rag_service.api.schemas.answers import AnswerBody
from rag_service.api.schemas.openai import (
    Annotation,
    AskOptions,
    ChatChunk,
    ChatCompletion,
    ChatRequest,
    ChatUsage,
    Choice,
    ChunkChoice,
    ContentPart,
    Message,
    ReplyMessage,
    UrlCitation,
)
from rag_service.api.schemas.openai import Delta as ChatDelta
from rag_service.errors import InvalidInput, UnknownCollection
from rag_service.models import Answer, Turn

MODEL_PREFIX = "rag/"
_TEXT = ("text", "input_text", "output_text")
_MARKER = re.compile(r"\[(\d+)\]")


class UnknownModel(UnknownCollection):
    """No model of that name: no collection stands behind it."""

    code = "model_not_found"


def collection_of(model: str) -> str:
    """The collection behind a model's name; UnknownModel."""
    if not model.startswith(MODEL_PREFIX) or model == MODEL_PREFIX:
        raise UnknownModel(f"The model {model!r} does not exist; models are named {MODEL_PREFIX}<collection>.")
    return model.removeprefix(MODEL_PREFIX)


def ask_of(request: ChatRequest, collection: str) -> Ask:
    """The last user message as the question, those of user and assistant before it as the history.

    A client's own prompt may stand in the system message, and the conversation it is about in the user's.
    """
    messages = request.messages
    last = next((index for index in range(len(messages) - 1, -1, -1) if messages[index].role == "user"), None)
    if last is None:
        raise InvalidInput("messages: there must be one with the role user; the last of them is the question.")
    unread = [part for part in _parts(messages[last]) if part.type not in _TEXT]
    if unread:
        raise InvalidInput(f"messages: content of type {unread[0].type!r} is not understood, only text.")
    history = tuple(
        Turn("user" if message.role == "user" else "assistant", unwrapped(text_of(message)))
        for message in messages[:last]
        if message.role in ("user", "assistant")
    )
    said = text_of(messages[last])
    prompts = (text_of(message) for message in messages if message.role in ("system", "developer"))
    task = next(filter(None, (split_task(prompt, said) for prompt in prompts)), None)
    options = request.rag or AskOptions()
    question = task or unwrapped(said)
    if (wish := _unmet(request)) and client_task(question, history) is None:
        raise InvalidInput(f"{wish}: an answer is text with citations, nothing else.")
    return Ask(question, collection, history, options.filters, options.top_k, options.answerer)


def _unmet(request: ChatRequest) -> str | None:
    """The parameter that wants another form of answer; one that would be read wrongly if it were ignored."""
    form, call = request.response_format, request.tool_choice
    if isinstance(form, dict) and form.get("type") in ("json_object", "json_schema"):
        return "response_format"
    if call == "required" or (isinstance(call, dict) and call.get("type") in ("function", "custom")):
        return "tool_choice"
    return "modalities" if isinstance(request.modalities, list) and "audio" in request.modalities else None


def text_of(message: Message) -> str:
    """A message's text; what else it holds, such as images, is left out."""
    return "\n".join(part.text or "" for part in _parts(message) if part.type in _TEXT)


def _parts(message: Message) -> Sequence[ContentPart]:
    if isinstance(message.content, list):
        return message.content
    return [ContentPart(type="text", text=message.content or "")]


def markers(answer: Answer, base_url: str) -> list[Annotation]:
    """One annotation for each marker that stands in the answer's text."""
    bodies = {citation.number: citation for citation in AnswerBody.of(answer).citations}
    found = []
    for marker in _MARKER.finditer(answer.text):
        citation = bodies.get(int(marker.group(1)))
        if citation is not None:
            start, end = marker.span()
            url = base_url.rstrip("/") + citation.url
            reference = UrlCitation(start_index=start, end_index=end, url=url, title=citation.title)
            found.append(Annotation(url_citation=reference))
    return found


def usage_of(answer: Answer) -> ChatUsage:
    """What the model's endpoint counted."""
    prompt = answer.usage.prompt_tokens if answer.usage else 0
    completion = answer.usage.completion_tokens if answer.usage else 0
    return ChatUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


def new_id() -> str:
    """An id for a completion."""
    return f"chatcmpl-{uuid.uuid4().hex}"


def completion(answer: Answer, model: str, base_url: str) -> ChatCompletion:
    """The whole completion."""
    message = ReplyMessage(content=answer.text, annotations=markers(answer, base_url))
    return ChatCompletion(
        id=new_id(),
        created=answer.created,
        model=model,
        choices=[Choice(message=message)],
        usage=usage_of(answer),
        rag=AnswerBody.of(answer),
    )


@dataclass(frozen=True, slots=True)
class ChunkStream:
    """How one streamed completion is written."""

    scope: Scope
    model: str
    base_url: str
    created: int
    include_usage: bool
    sources: bool
    id: str = field(default_factory=new_id)

    async def server_sent(self, events: AsyncIterator[Event]) -> AsyncIterator[ServerSentEvent]:
        """Chunks, then [DONE]; an error ends the stream with OpenAI's error object."""
        try:
            async with streams.closed_after(events):
                yield self._chunk(ChatDelta(role="assistant", content=""))
                async for event in events:
                    if isinstance(event, Delta):
                        yield self._chunk(ChatDelta(content=event.text))
                    elif isinstance(event, Done):
                        for item in self._closing(event.answer):
                            yield item
            yield streams.sent("[DONE]")
        except Exception as error:
            yield _data(problems.openai_error(streams.late_problem(self.scope, error)))

    def _chunk(self, delta: ChatDelta) -> ServerSentEvent:
        return streams.sent(self._of([ChunkChoice(delta=delta)]).encoded())

    def _of(self, choices: list[ChunkChoice], **more: Any) -> ChatChunk:
        return ChatChunk(id=self.id, created=self.created, model=self.model, choices=choices, **more)

    def _closing(self, answer: Answer) -> list[ServerSentEvent]:
        delta = ChatDelta(annotations=markers(answer, self.base_url))
        last = self._of([ChunkChoice(delta=delta, finish_reason="stop")], rag=AnswerBody.of(answer))
        items = [*(self._sources(answer) if self.sources else []), streams.sent(last.encoded())]
        if self.include_usage:
            items.append(streams.sent(self._of([], usage=usage_of(answer)).encoded()))
        return items

    def _sources(self, answer: Answer) -> list[ServerSentEvent]:
        """One chunk a citation, with the event that Open WebUI lists under a message, in the markers' order."""
        items = []
        chunk = self._of([]).model_dump(mode="json", exclude_none=True)  # for clients that know no events
        for citation in AnswerBody.of(answer).citations:
            name = f"{citation.title} ({citation.published})" if citation.published else citation.title
            place = {"source": citation.source, "name": name, "url": self.base_url.rstrip("/") + citation.url}
            source = {
                "source": {"id": citation.url, "name": name, "url": place["url"]},
                "document": [citation.cited_text],
                "metadata": [place],
                "distances": [citation.score],
            }
            items.append(_data({**chunk, "event": {"type": "source", "data": source}}))
        return items


def _data(body: dict[str, Any]) -> ServerSentEvent:
    return streams.sent(json.dumps(body, ensure_ascii=False))
