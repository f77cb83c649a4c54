"""Any LlamaIndex LLM class, named by its dotted path."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM

from rag_service import dotted
from rag_service.answer.models.backend import Messages, Piece, Schema
from rag_service.errors import ModelError, SettingsError


class LlamaIndexBackend:
    """A LlamaIndex LLM; any exception it raises becomes a ModelError."""

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        try:
            kind = dotted.load(path)
        except ImportError as error:
            raise SettingsError(f"RAG_LLM__LLAMAINDEX: cannot import {path}: {error}") from error
        if not (isinstance(kind, type) and issubclass(kind, LLM)):
            raise SettingsError(f"RAG_LLM__LLAMAINDEX: {path} is not a LlamaIndex LLM class.")
        try:
            self._llm: LLM = kind(**options)
        except Exception as error:
            raise SettingsError(
                f"RAG_LLM__LLAMAINDEX: {path} cannot be made with RAG_LLM__LLAMAINDEX_OPTIONS: {error}"
            ) from error
        self._path = path

    @property
    def name(self) -> str:
        """Model name as the class reports it, else the class name."""
        return self._llm.metadata.model_name or type(self._llm).__name__

    @property
    def place(self) -> str:
        """The class."""
        return self._path

    @property
    def structured(self) -> bool:
        """Never: LlamaIndex has no common way to stream JSON by schema."""
        return False

    @property
    def reserve(self) -> int:
        """None: what such a model thinks, it counts itself."""
        return 0

    async def attempt(self, messages: Messages, max_tokens: int, schema: Schema | None) -> AsyncGenerator[Piece]:
        """The reply; ``max_tokens`` is left to the class's own options, which name it in their own ways."""
        chat = [ChatMessage(role=MessageRole(each["role"]), content=each["content"]) for each in messages]
        try:
            stream = await self._llm.astream_chat(chat)
            written = ""
            async for response in stream:
                # Some classes send what is new as delta, some only the text so far.
                whole = response.message.content or ""
                text = response.delta if response.delta is not None else whole.removeprefix(written)
                written = whole
                yield Piece(text)
        except Exception as error:
            raise ModelError(f"{self._path} failed: {type(error).__name__}: {str(error)[:300]}") from error
        yield Piece("", None, "stop")
