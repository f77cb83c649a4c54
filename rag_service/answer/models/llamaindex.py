"""Any LlamaIndex LLM class, named by its dotted path."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Mapping
from contextlib import closing, suppress
from functools import partial
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import LLM, CustomLLM

from rag_service import dotted
from rag_service.answer.models.backend import Messages, Piece, Schema
from rag_service.errors import ModelError, SettingsError

_POLL = 0.02  # seconds between two looks for a free place


class LlamaIndexBackend:
    """A LlamaIndex LLM; any exception it raises becomes a ModelError."""

    def __init__(self, path: str, options: Mapping[str, Any], threads: int = 256) -> None:
        """``threads``: how many replies a class that blocks works on at once, with those that nobody awaits."""
        try:
            kind = dotted.load(path)
        except ImportError as error:
            raise SettingsError(f"RAG_LLM__LLAMAINDEX: cannot import {path}: {error}") from error
        if not (isinstance(kind, type) and issubclass(kind, LLM)):
            raise SettingsError(f"RAG_LLM__LLAMAINDEX: {path} is not a LlamaIndex LLM class.")
        try:
            self._llm: LLM = kind(**options)
            self.name = self._llm.metadata.model_name or kind.__name__
        except Exception as error:
            raise SettingsError(
                f"RAG_LLM__LLAMAINDEX: {path} cannot be made with RAG_LLM__LLAMAINDEX_OPTIONS: {error}"
            ) from error
        self._path = path
        self._places = threading.Semaphore(threads)

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
            stream = await self._stream(chat)
            try:
                written = ""
                async for response in stream:
                    # Some classes send what is new as delta, some only the text so far.
                    whole = response.message.content or ""
                    text = response.delta if response.delta is not None else whole.removeprefix(written)
                    written = whole
                    yield Piece(text)
            finally:
                if isinstance(stream, AsyncGenerator):
                    await stream.aclose()
        except Exception as error:
            raise ModelError(f"{self._path} failed: {dotted.failure(error)}") from error
        yield Piece("", None, "stop")

    async def _stream(self, chat: list[ChatMessage]) -> AsyncIterable[ChatResponse]:
        """The class's own stream; in a thread where it has none that leaves the event loop free."""
        # CustomLLM's own calls the class's blocking methods from the event loop
        if inspect.unwrap(type(self._llm).astream_chat) is not inspect.unwrap(CustomLLM.astream_chat):
            with suppress(NotImplementedError):
                return await self._llm.astream_chat(chat)
        return _threaded(partial(self._blocking, chat), self._places)

    def _blocking(self, chat: list[ChatMessage]) -> Generator[ChatResponse]:
        try:
            yield from self._llm.stream_chat(chat)
        except NotImplementedError:
            yield self._llm.chat(chat)


async def _threaded(
    responses: Callable[[], Generator[ChatResponse]], places: threading.Semaphore
) -> AsyncGenerator[ChatResponse]:
    """What a blocking stream gives, read in a thread of its own.

    The thread is a daemon: one that hangs does not keep the process from ending. It keeps its place until it has
    ended, as it goes on working when nobody waits any more: a model in this process may bear one call at a time only.
    """
    while not places.acquire(blocking=False):
        await asyncio.sleep(_POLL)
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[ChatResponse | Exception | None] = asyncio.Queue()
    left = threading.Event()

    def tell(what: ChatResponse | Exception | None) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(told.put_nowait, what)

    def read() -> None:
        try:
            with closing(responses()) as stream:
                for response in stream:
                    if left.is_set():
                        return
                    tell(response)
            tell(None)
        except Exception as error:
            tell(error)
        finally:
            places.release()

    try:
        threading.Thread(target=read, name="llm", daemon=True).start()
    except RuntimeError:  # the system gives no more threads
        places.release()
        raise
    try:
        while (what := await told.get()) is not None:
            if isinstance(what, Exception):
                raise what
            yield what
    finally:
        left.set()
