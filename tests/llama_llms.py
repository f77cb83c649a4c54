"""LlamaIndex LLM classes for the tests of the adapter: they speak by script, through LlamaIndex's own base class."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr


class Whole(CustomLLM):
    """Streams the text so far, by the base class's way from completion to chat."""

    reply: str = "Ja."

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted-llm")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.reply)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        for end in range(5, len(self.reply) + 5, 5):
            yield CompletionResponse(text=self.reply[:end], delta=self.reply[end - 5 : end])


class Deltas(Whole):
    """Streams messages that hold the text so far, without deltas."""

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        async def pieces() -> AsyncGenerator[ChatResponse]:
            for end in range(5, len(self.reply) + 5, 5):
                yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=self.reply[:end]))

        return pieces()


class Failing(Whole):
    """Raises in the middle."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        yield CompletionResponse(text="Am", delta="Am")
        raise RuntimeError("kaputt")


class Silent(Whole):
    """Blocks whoever asks it, for longer than anybody waits."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        time.sleep(60)
        yield CompletionResponse(text=self.reply)


class Slow(Whole):
    """Takes its time, and tells how many calls it was at work on when it began this one."""

    _busy: int = PrivateAttr(default=0)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        self._busy += 1
        busy = str(self._busy)
        try:
            time.sleep(0.5)
            yield CompletionResponse(text=busy, delta=busy)
        finally:
            self._busy -= 1


class WholeOnly(Whole):
    """Writes replies in one piece only."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        raise NotImplementedError


class Nameless(Whole):
    """Cannot say what it is."""

    @property
    def metadata(self) -> LLMMetadata:
        raise ValueError("kein Modell dieses Namens")


class NoLlm:
    """Not an LLM."""
